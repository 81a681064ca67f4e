//! Paper from a site that was taken in, with orders released and a parcel packed.

use std::collections::BTreeMap;

use aisle_core::{
    code::Sscc,
    id::Mint,
    task::state::{Content, ParcelState},
};

use super::*;
use crate::{
    context::Context,
    demo::{self, DemoSite},
    order::intake,
    sheet::orders,
    site::{item, people, place, stock},
    store::{Result as Stored, Store, memory::Memory},
    work::release,
};

/// A centre with the demo site, in memory.
struct Centre {
    store: Memory,
    settings: Settings,
    mint: Mint,
    site: DemoSite,
}

const NOW: Millis = Millis(1_291_190_400_000);

impl Centre {
    /// With the first `rows` rows of the demo's orders taken in and released.
    fn with(rows: usize) -> Self {
        let lines: Vec<&str> = demo::ORDERS.lines().take(rows + 1).collect();
        let orders = lines.join("\n");
        let site = demo::generate(&orders, demo::SIZES, 1).unwrap();
        let settings = Settings::read(&site.settings()).unwrap();
        let (store, mint) = (Memory::new([5; 16]), Mint::new([6; 32]));
        let mut centre = Self { store, settings, mint, site };
        let files: BTreeMap<&str, String> = centre.site.files().into_iter().collect();
        let none = BTreeMap::new();
        centre.act(|tx, context| {
            let bytes = |name: &str| files[name].as_bytes();
            let imported = [
                item::import_items(tx, bytes("items.csv"), &none).unwrap(),
                place::import_locations(tx, context, bytes("locations.csv"), &none).unwrap(),
                item::import_cartons(tx, bytes("cartons.csv"), &none).unwrap(),
                place::import_totes(tx, bytes("totes.csv"), &none).unwrap(),
                place::import_carts(tx, bytes("carts.csv"), &none).unwrap(),
                people::import_operators(tx, context, bytes("operators.csv"), &none).unwrap(),
                stock::import_stock(tx, context, bytes("stock.csv"), &none).unwrap(),
            ];
            assert!(imported.iter().all(|done| done.rows > 0 && done.problems.is_empty()), "{imported:?}");
            let charges = &context.settings.import.charges;
            let read = orders::read(orders.as_bytes(), &none, charges, &TimeZone::UTC).unwrap();
            for order in &read.orders {
                intake::take_in(tx, context, "shop", order)?;
            }
            release::run(tx, context).map(drop)
        });
        centre
    }

    fn act<T>(&mut self, work: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> Stored<T>) -> T {
        let (settings, mint) = (&self.settings, &mut self.mint);
        self.store.transact(|tx| work(tx, &mut Context { now: NOW, settings, mint })).unwrap()
    }

    fn press(&self) -> Press {
        Press::new(&self.settings, "en", NOW).unwrap()
    }

    /// Prints in a transaction of its own.
    fn print(&mut self, work: impl FnOnce(&Press, &Tx<'_>) -> Result<Vec<Printed>>) -> Result<Vec<Printed>> {
        let press = self.press();
        self.store.transact(|tx| work(&press, tx))
    }

    /// A parcel with all of the first order's first line, sealed or not; answers its SSCC.
    fn parcel(&mut self, sealed: bool) -> String {
        let sscc = Sscc::mint("9520000", 3, 7).unwrap().to_string();
        self.act(|tx, context| {
            let order = tx.all::<FulfilmentOrder>()?.remove(0);
            let line = &order.lines[0];
            tx.keep(Parcel {
                id: context.mint.id(NOW),
                fulfilment: order.id,
                number: 1,
                state: if sealed { ParcelState::Sealed } else { ParcelState::Open },
                carton: Code::parse("M").unwrap(),
                contents: vec![Content { item: line.item.clone(), quantity: line.wanted, lot: None }],
                weight_g: Some(1_234),
                sscc: Some(sscc.clone()),
                service: order.service.clone(),
                lane: None,
                manifest: None,
                labelled: false,
            })
        });
        sscc
    }
}

fn names(printed: &[Printed]) -> Vec<&str> {
    printed.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn the_demo_site_is_taken_in_without_a_single_problem_and_its_orders_become_work() {
    let mut centre = Centre::with(120);
    let lists = centre.act(|tx, _| tx.all::<aisle_core::task::state::PickList>());
    assert!(!lists.is_empty());
    assert!(lists.iter().all(|list| list.walk_mm > 0), "every list has a planned walk");
}

#[test]
fn the_practice_sheet_has_people_things_keys_and_every_stop() {
    let mut centre = Centre::with(40);
    let pins: Pins =
        centre.site.people.iter().map(|person| (person.badge.clone(), person.pin.clone())).collect();
    let printed = centre.print(|press, tx| press.practice(tx, &pins)).unwrap();
    assert_eq!(names(&printed), ["practice.pdf"]);
    assert!(printed[0].bytes.starts_with(b"%PDF-"));
    let again = centre.print(|press, tx| press.practice(tx, &pins)).unwrap();
    assert_eq!(printed, again, "the same rows print the same bytes");
}

#[test]
fn badges_and_labels_of_places_and_things_are_printed() {
    let mut centre = Centre::with(10);
    let badges = centre.print(|press, tx| press.badges(tx)).unwrap();
    let totes = centre.print(|press, tx| press.totes(tx)).unwrap();
    let carts = centre.print(|press, tx| press.carts(tx)).unwrap();
    let all = [badges, totes, carts].concat();
    assert_eq!(names(&all), ["badges.pdf", "totes.pdf", "carts.pdf"]);
    assert!(all.iter().all(|file| file.bytes.starts_with(b"%PDF-")));
}

#[test]
fn a_parcel_is_printed_again_as_zpl_and_pdf_with_its_slip() {
    let mut centre = Centre::with(20);
    let sscc = centre.parcel(true);
    let printed = centre.print(|press, tx| press.parcel(tx, &sscc)).unwrap();
    let label = format!("parcel-{sscc}");
    let wanted = [
        format!("{label}.pdf"),
        format!("{label}-203.zpl"),
        format!("{label}-300.zpl"),
        format!("slip-{sscc}.pdf"),
    ];
    assert_eq!(names(&printed), wanted);
    let zpl = String::from_utf8(printed[1].bytes.clone()).unwrap();
    assert!(zpl.starts_with("^XA") && zpl.contains(&sscc), "the digits are printed in words");
    let missing = centre.print(|press, tx| press.parcel(tx, "395200000000000999")).unwrap_err();
    assert!(matches!(missing, PaperError::Nothing { what: "parcel", .. }));
}

#[test]
fn a_manifest_is_printed_once_it_is_closed() {
    let mut centre = Centre::with(20);
    centre.parcel(true);
    let keep = |closed| {
        move |tx: &mut Tx<'_>, context: &mut Context<'_>| {
            let parcel = tx.all::<Parcel>()?.remove(0);
            let known = tx.all::<Manifest>()?.pop();
            tx.keep(Manifest {
                id: known.map_or_else(|| context.mint.id(NOW), |manifest| manifest.id),
                number: 12,
                service: parcel.service.clone(),
                lane: Code::parse("STAGE-1").unwrap(),
                due: Some(NOW),
                parcels: vec![parcel.id],
                closed,
            })
        }
    };
    centre.act(keep(false));
    let open = centre.print(|press, tx| press.manifest(tx, 12)).unwrap_err();
    assert!(matches!(open, PaperError::Open(12)));
    centre.act(keep(true));
    let printed = centre.print(|press, tx| press.manifest(tx, 12)).unwrap();
    assert_eq!(names(&printed), ["manifest-12.pdf"]);
    assert!(centre.print(|press, tx| press.manifest(tx, 13)).is_err());
}

#[test]
fn paper_is_printed_in_every_language_of_the_table_and_no_other() {
    let mut centre = Centre::with(5);
    for language in Words::languages(embedded::WORDS) {
        let press = Press::new(&centre.settings, &language, NOW).unwrap();
        assert!(centre.store.transact(|tx| press.carts(tx)).is_ok(), "{language}");
    }
    assert!(matches!(Press::new(&centre.settings, "xx", NOW), Err(PaperError::Words(_))));
}

#[test]
fn files_that_cannot_be_written_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let printed = [Printed { name: "a.pdf".into(), bytes: vec![1] }];
    let paths = write(&printed, &dir.path().join("deep/er")).unwrap();
    assert!(paths[0].ends_with("deep/er/a.pdf") && paths[0].exists());
    let error = write(&printed, &paths[0]).unwrap_err().to_string();
    assert!(error.contains("a.pdf"), "{error}");
}
