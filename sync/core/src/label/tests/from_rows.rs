//! Rows become documents that say what the rows say, and nothing else.

use std::collections::BTreeSet;

use crate::{
    code::Sscc,
    id::{Code, Id, Mint},
    item::{Counting, Item},
    label::{doc::Stock, from_rows::*},
    order::Address,
    place::{LoadRule, Location, Site, Usage},
    quantity::Quantity,
    task::state::*,
    time::Millis,
};

use super::sample::{NOW, faces, words};

fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).unwrap()
}

fn id<T>(n: u8) -> Id<T> {
    Mint::new([n; 32]).id(Millis(1_000))
}

fn site() -> Site {
    Site {
        code: code("DEMO"),
        name: "Lantern & Hook".into(),
        address: vec!["Canal Wharf 4".into(), "Leeds LS10 1JG".into(), "United Kingdom".into()],
        time_zone: "Europe/London".into(),
        practice: true,
        layout: None,
        load: LoadRule::default(),
    }
}

fn item(sku: &Code<Item>) -> Option<Item> {
    (sku.as_str() == "71053").then(|| Item {
        code: sku.clone(),
        telling: "White metal".into(),
        name: "Lantern".into(),
        barcodes: Vec::new(),
        size_mm: [100, 100, 200],
        weight_g: 300,
        counting: Counting::ScanEach,
        handling: crate::item::Handling::default(),
        tracked: Default::default(),
    })
}

fn line(line: u32, sku: &str, wanted: i64, packed: i64, short: i64) -> FulfilmentLine {
    FulfilmentLine {
        line,
        item: code(sku),
        wanted: Quantity(wanted),
        picked: Quantity(wanted - short),
        short: Quantity(short),
        lost: Quantity(0),
        packed: Quantity(packed),
        shipped: Quantity(0),
    }
}

fn order() -> FulfilmentOrder {
    FulfilmentOrder {
        id: id(1),
        order: id(2),
        number: "536365".into(),
        site: code("DEMO"),
        state: FulfilmentState::Packing,
        lines: vec![line(1, "71053", 6, 6, 0), line(2, "22632", 4, 2, 0)],
        totes: Vec::new(),
        parcels: vec![id(3), id(4)],
        ship_to: Address {
            name: "17850".into(),
            lines: vec!["High Street 1".into()],
            postal_code: "YO1 7HH".into(),
            town: "York".into(),
            country: "United Kingdom".into(),
        },
        service: code("own_fleet.next_day"),
        due: None,
        holds: BTreeSet::new(),
        packer: None,
    }
}

fn parcel(n: u8, number: u16, contents: &[(&str, i64)]) -> Parcel {
    Parcel {
        id: id(n),
        fulfilment: id(1),
        number,
        state: ParcelState::Sealed,
        carton: code("M"),
        contents: contents
            .iter()
            .map(|(sku, n)| Content { item: code(sku), quantity: Quantity(*n), lot: None })
            .collect(),
        weight_g: Some(2_310),
        sscc: Some(Sscc::mint("9520000", 3, u64::from(n)).unwrap().to_string()),
        service: code("own_fleet.next_day"),
        lane: None,
        manifest: None,
        labelled: false,
    }
}

#[test]
fn a_parcel_is_one_of_how_many_only_when_nothing_more_is_to_be_packed() {
    let (mut order, parcel) = (order(), parcel(3, 1, &[("71053", 6)]));
    let label = parcel_label(&site(), &order, &parcel).unwrap();
    assert_eq!((label.parcel, label.parcels, label.weight_g), (1, 0, 2_310));
    assert_eq!((label.carrier.as_str(), label.service.as_str()), ("Own fleet", "Next day"));
    assert_eq!((label.to.town.as_str(), label.to.country.as_str()), ("York YO1 7HH", ""));
    label.sheet(&words("en"), &faces(), Stock::A6).unwrap();
    order.lines[1] = line(2, "22632", 4, 2, 2);
    assert_eq!(parcel_label(&site(), &order, &parcel).unwrap().parcels, 2);
}

#[test]
fn an_open_parcel_or_a_broken_sscc_prints_no_label() {
    let open = Parcel { sscc: None, ..parcel(3, 1, &[]) };
    assert_eq!(parcel_label(&site(), &order(), &open), Err(FromRowsError::NotSealed(1)));
    let broken = Parcel { sscc: Some("395200000000000001".into()), ..open };
    assert!(matches!(parcel_label(&site(), &order(), &broken), Err(FromRowsError::Sscc { .. })));
}

#[test]
fn a_slip_tells_this_parcel_the_others_and_what_is_to_come() {
    let (first, second) = (parcel(3, 1, &[("71053", 6)]), parcel(4, 2, &[("22632", 1), ("22632", 1)]));
    let slip = packing_slip(&site(), &order(), &first, &[first.clone(), second], &item, Some(NOW));
    let told = |lines: &[crate::label::doc::SlipLine]| -> Vec<(String, u64)> {
        lines.iter().map(|line| (line.item.clone(), line.quantity)).collect()
    };
    assert_eq!(slip.lines[0].description, "Lantern, White metal");
    assert_eq!(told(&slip.lines), [("71053".to_owned(), 6)]);
    assert_eq!(told(&slip.elsewhere), [("22632".to_owned(), 2)]);
    assert_eq!(told(&slip.to_follow), [("22632".to_owned(), 2)]);
    assert_eq!(slip.carrier, "Own fleet, Next day");
    assert!(slip.code.starts_with("D536365-1"));
}

#[test]
fn without_a_town_the_country_is_what_the_sorter_reads() {
    let mut order = order();
    order.ship_to = Address { name: "12583".into(), country: "France".into(), ..Address::default() };
    let label = parcel_label(&site(), &order, &parcel(3, 1, &[])).unwrap();
    assert_eq!((label.to.town.as_str(), label.to.country.as_str()), ("France", ""));
    order.ship_to.town = "Paris".into();
    order.ship_to.postal_code = "75011".into();
    let label = parcel_label(&site(), &order, &parcel(3, 1, &[])).unwrap();
    assert_eq!((label.to.town.as_str(), label.to.country.as_str()), ("75011 Paris", "France"));
}

#[test]
fn a_manifest_lists_every_parcel_or_is_not_printed() {
    let row = Manifest {
        id: id(9),
        number: 12,
        service: code("own_fleet.next_day"),
        lane: code("STAGE-1"),
        due: None,
        parcels: vec![id(3)],
        closed: true,
    };
    let parcels = [(parcel(3, 1, &[]), order())];
    let doc = manifest(&site(), &row, &parcels, None, NOW).unwrap();
    assert!(doc.number.starts_with("DM12"));
    doc.sheets(&words("en"), &faces()).unwrap();
    let parcels = [(Parcel { sscc: None, ..parcel(3, 1, &[]) }, order())];
    assert_eq!(manifest(&site(), &row, &parcels, None, NOW), Err(FromRowsError::NotSealed(1)));
}

#[test]
fn a_location_people_read_with_blanks_is_printed_with_dashes() {
    let mut location = Location {
        code: code("B07 14 C"),
        usage: Usage::PickFace,
        check_digits: Some("42".into()),
        pick_sequence: 1,
        travel: None,
    };
    let label = location_label(&location).unwrap();
    assert_eq!((label.name.as_str(), label.check.as_str()), ("B07 14 C", "42"));
    assert!(label.code.starts_with("LB07-14-C"));
    location.code = code("b07/14");
    assert!(matches!(location_label(&location), Err(FromRowsError::Label { .. })));
}
