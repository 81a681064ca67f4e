//! The demo site holds what its rules say, on real orders and on hostile ones.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{code::House, item::BarcodeKey, label::from_rows, place::Usage};

use super::*;
use crate::settings::Settings;

const HEAD: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

fn site(seed: u64) -> DemoSite {
    generate(ORDERS, SIZES, seed).unwrap()
}

#[test]
fn demo_gtins_carry_their_check_digit() {
    for n in [0, 1, 7, 999, 123_456_789] {
        let text = format!("{:013}", demo_gtin(n));
        assert!(text.starts_with("952"));
        assert!(Gtin::parse(&text).is_ok(), "{text}");
    }
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_seed_others() {
    let files = site(1).files();
    assert_eq!(files, site(1).files());
    let other = site(2).files();
    let differ: Vec<&str> =
        files.iter().zip(&other).filter(|(a, b)| a.1 != b.1).map(|(file, _)| file.0).collect();
    assert_eq!(differ, ["locations.csv", "operators.csv", "stock.csv", "practice.json"]);
}

#[test]
fn every_item_has_a_pick_face_of_its_own_and_some_have_two() {
    let site = site(1);
    let mut faces: BTreeMap<_, usize> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut owners: BTreeMap<_, &Code<Item>> = BTreeMap::new();
    for shelved in &site.stock {
        let owner = owners.entry(&shelved.location).or_insert(&shelved.item);
        assert_eq!(*owner, &shelved.item, "{} is used twice", shelved.location);
        // Two lots of one item may share a face.
        if taken.insert(&shelved.location) {
            *faces.entry(&shelved.item).or_default() += 1;
        }
    }
    assert!(site.items.len() > 500);
    assert!(site.items.iter().all(|item| faces.contains_key(&item.code)));
    assert!(faces.values().filter(|faces| **faces >= 2).count() >= 50);
    let known: BTreeSet<_> = site.locations.iter().map(|location| &location.code).collect();
    assert!(taken.iter().all(|code| known.contains(code)));
    assert_eq!(known.len(), site.locations.len());
}

#[test]
fn no_location_holds_more_than_its_usable_volume() {
    let site = site(1);
    let items: BTreeMap<_, _> = site.items.iter().map(|item| (&item.code, item)).collect();
    for shelved in &site.stock {
        let item = items[&shelved.item];
        let thing = size::Thing { size_mm: item.size_mm, weight_g: item.weight_g };
        let pieces = u64::try_from(shelved.quantity.0).unwrap();
        assert!(pieces * thing.millilitres() <= ground::USABLE_ML, "{}", shelved.location);
    }
}

#[test]
fn some_items_are_kept_by_lot_and_the_sku_alone_decides_which() {
    let (site, other) = (site(1), site(2));
    let kept: Vec<_> = site.items.iter().filter(|item| item.tracked.by_lot).collect();
    assert!((10..60).contains(&kept.len()), "{}", kept.len());
    assert!(kept.iter().all(|item| other.items.contains(item)));
    for shelved in &site.stock {
        let item = site.items.iter().find(|item| item.code == shelved.item).unwrap();
        let known = shelved.lot.as_ref().is_some_and(|row| item.tracked.lots.contains(row));
        assert_eq!(known, item.tracked.by_lot, "{}", item.code);
    }
    for item in kept {
        let mut days: Vec<_> = item.tracked.lots.iter().map(|row| row.expires.unwrap()).collect();
        days.sort_unstable();
        assert!(days.len() == 2 && days[0] < days[1], "{}", item.code);
    }
}

#[test]
fn most_lines_can_be_served_and_some_cannot() {
    let site = site(1);
    let demands = goods::read(ORDERS.as_bytes(), &ImportSettings::default().charges).unwrap();
    let mut there: BTreeMap<_, i64> = BTreeMap::new();
    for shelved in &site.stock {
        *there.entry(&shelved.item).or_default() += shelved.quantity.0;
    }
    let lacks = |demand: &&goods::Demand| there[&demand.sku] < demand.pieces;
    let short: BTreeSet<_> = demands.iter().filter(lacks).map(|demand| demand.sku.clone()).collect();
    assert_eq!(short, site.short);
    assert!((10..demands.len() / 8).contains(&short.len()), "{}", short.len());
}

#[test]
fn the_most_ordered_items_lie_nearest_to_the_depot() {
    let site = site(1);
    let demands = goods::read(ORDERS.as_bytes(), &ImportSettings::default().charges).unwrap();
    let lines: BTreeMap<_, _> = demands.iter().map(|demand| (&demand.sku, demand.lines)).collect();
    let layout = site.site.layout.as_ref().unwrap();
    let travel: BTreeMap<_, _> =
        site.locations.iter().filter_map(|location| Some((&location.code, location.travel?))).collect();
    let walk = |fast: bool| {
        let shelves = site.stock.iter().filter(|shelved| (lines[&shelved.item] >= 5) == fast);
        let walks: Vec<u64> = shelves
            .map(|shelved| {
                let at = travel[&shelved.location];
                let across = u64::from(at.aisle.abs_diff(layout.depot_aisle)) * 3_000;
                across + u64::from(at.along_mm)
            })
            .collect();
        walks.iter().sum::<u64>() / u64::try_from(walks.len()).unwrap()
    };
    assert!(walk(true) * 3 < walk(false) * 2, "{} and {}", walk(true), walk(false));
}

/// Whether two faces are beside or above each other, so that a hand could take the one for the other.
fn beside(face: &ground::Face, other: &ground::Face) -> bool {
    let (a, b) = (face.travel, other.travel);
    let apart = a.bay.abs_diff(b.bay) / 2 + u16::from(a.level.abs_diff(b.level));
    a.aisle == b.aisle && a.side == b.side && apart <= 1
}

#[test]
fn neighbours_are_told_by_different_words_as_far_as_possible() {
    let site = site(1);
    let items: BTreeMap<_, _> = site.items.iter().map(|item| (&item.code, item)).collect();
    let travel: BTreeMap<_, _> =
        site.locations.iter().filter_map(|location| Some((&location.code, location.travel?))).collect();
    let shelves: Vec<_> = site
        .stock
        .iter()
        .map(|shelved| (ground::Face { travel: travel[&shelved.location] }, items[&shelved.item]))
        .collect();
    let mut alike = 0;
    for (at, (face, item)) in shelves.iter().enumerate() {
        // Two lots of one item share a face.
        for (other, neighbour) in shelves[..at].iter().filter(|(other, _)| other.travel != face.travel) {
            alike += usize::from(beside(face, other) && slotting::told(item) == slotting::told(neighbour));
        }
    }
    assert_eq!(alike, 0);
}

#[test]
fn barcodes_check_digits_and_labels_are_valid() {
    let site = site(1);
    let mut seen = BTreeSet::new();
    for barcode in site.items.iter().flat_map(|item| &item.barcodes) {
        let BarcodeKey::Gtin(key) = barcode.key else { panic!("a demo barcode is a GTIN") };
        assert!(Gtin::parse(format!("{key:014}")).is_ok());
        assert!(seen.insert(key));
    }
    for location in &site.locations {
        assert!(from_rows::location_label(location).is_ok());
        let digits = location.check_digits.as_deref().unwrap();
        assert!(aisle_core::code::CheckDigits::parse(digits).is_some());
    }
    for person in &site.people {
        let label = from_rows::house(aisle_core::code::house::Kind::Badge, person.badge.as_str()).unwrap();
        assert!(House::parse(&label).is_ok());
    }
    let faces = site.locations.iter().filter(|location| location.usage == Usage::PickFace).count();
    assert!(faces > site.stock.len());
}

#[test]
fn every_item_fits_a_carton_as_it_is() {
    for item in site(1).items {
        let thing = size::Thing { size_mm: item.size_mm, weight_g: item.weight_g };
        assert!(size::cartons().iter().any(|carton| size::fits(&thing, carton)), "{}", item.code);
    }
}

#[test]
fn the_settings_are_settings() {
    let settings = Settings::read(&site(1).settings()).unwrap();
    assert_eq!(settings.site.code.as_str(), "DEMO");
    assert_eq!(settings.site_row(), site(1).site);
    assert_eq!(settings.routing.rules.len(), 2);
}

#[test]
fn an_empty_file_still_makes_a_site() {
    for orders in ["", HEAD] {
        let site = generate(orders, SIZES, 3).unwrap();
        assert_eq!((site.items.len(), site.stock.len()), (0, 0));
        assert!(site.locations.len() > 1_000);
        assert!(Settings::read(&site.settings()).is_ok());
    }
}

#[test]
fn hostile_orders_break_nothing() {
    let mut rows = HEAD.to_owned();
    let long = "X".repeat(400);
    for (sku, text, quantity) in [
        ("A1", "\"A, \"\"B\"\" MUG\"", "3"),
        ("A/2", "=cmd|' /C calc'!A0", "1000000"),
        ("é-ü", "ÜBER TASSE", "12"),
        ("A3", "", "24"),
        ("A4", long.as_str(), "7"),
        (long.as_str(), "LONG SKU", "7"),
        ("A5", "NEGATIVE", "-9223372036854775808"),
        ("A6", "HUGE", "9223372036854775807"),
        ("A7", "TEXT", "six"),
        ("", "NO SKU", "1"),
        ("POST", "POSTAGE", "1"),
    ] {
        rows.push_str(&format!("1,{sku},{text},{quantity},12/1/10 8:26,1.0,7,France\n"));
    }
    rows.push_str("2,A8\n\n,,,,,,,\n3,A9,\"never closed,1,12/1/10 8:26,1.0,7,France");
    let site = generate(&rows, SIZES, 3).unwrap();
    let skus: Vec<_> = site.items.iter().map(|item| item.code.as_str()).collect();
    assert_eq!(skus, ["A/2", "A1", "A3", "A4", "é-ü"]);
    assert!(site.items.iter().all(|item| !item.name.is_empty()));
    assert!(site.short.contains(&Code::parse("A/2").unwrap()));
    let mut bytes = rows.into_bytes();
    bytes.extend([0xff, 0xfe, 0x00, b'\n']);
    assert!(generate(bytes, SIZES, 3).is_ok());
}

#[test]
fn a_file_that_is_no_orders_or_no_sizes_is_refused_with_a_reason() {
    assert!(matches!(generate("a,b\n1,2\n", SIZES, 1), Err(DemoError::Orders(_))));
    assert!(matches!(generate(ORDERS, "a,b\n1,2\n", 1), Err(DemoError::Sizes(_))));
    let none = "width_mm,length_mm,height_mm,weight_g\n";
    assert!(matches!(generate(ORDERS, none, 1), Err(DemoError::NoSizes)));
}

#[test]
fn the_practice_rows_name_only_rows_that_are_there() {
    use aisle_core::task::{rows::Row, rows::RowKind, state::ListState};
    #[derive(serde::Deserialize)]
    struct Given {
        key: aisle_core::task::rows::Key,
        body: Box<serde_json::value::RawValue>,
    }
    let given: Vec<Given> = serde_json::from_str(&site(1).practice).unwrap();
    let keys: BTreeSet<String> = given.iter().map(|row| row.key.to_string()).collect();
    let mut lists = 0;
    for row in &given {
        match Row::from_json(&row.key.kind, row.body.get()).unwrap().unwrap() {
            Row::PickList(list) => {
                lists += 1;
                assert!(list.state == ListState::Open && list.walk_mm > 0);
                assert!(list.tasks.iter().all(|task| keys.contains(&format!("pick_task/{task}"))));
            }
            Row::PickTask(task) => {
                assert!(keys.contains(&format!("item/{}", task.item)));
                assert!(keys.contains(&format!("location/{}", task.location)));
                assert!(keys.contains(&format!("fulfilment/{}", task.fulfilment)));
            }
            _ => assert_ne!(row.key.kind, RowKind::Unknown(String::new())),
        }
    }
    assert_eq!(lists, 2);
}

#[test]
fn the_practice_site_that_travels_with_the_terminal_is_that_of_seed_1() {
    let kept = include_str!("../../../../assets/demo/practice.json");
    assert!(site(1).practice == kept, "make it anew: aisle-oms demo-site --seed 1 --out FOLDER");
}

#[test]
fn what_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("taken");
    std::fs::write(&file, "x").unwrap();
    let error = site(1).write(&file).unwrap_err().to_string();
    assert!(error.contains("taken"), "{error}");
    site(1).write(&dir.path().join("made/here")).unwrap();
    assert!(dir.path().join("made/here/stock.csv").exists());
}
