//! Stock by lot, from the sheet to the carrier: every law holds for each lot.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    item::{Item, Lot},
    task::{
        state::{FulfilmentOrder, PickTask},
        trouble::{Remedy, TroubleKind},
    },
    wire::v1::{FactVerdict, RequestVerdict},
};
use aisle_oms::{
    site::{item, stock},
    stock::explain,
    words,
};

use crate::house::{House, code};

const TEA: &str = "sku,name,width_mm,length_mm,height_mm,weight_g,tracking\nTEA,Tea,60,60,60,100,lot\n";
/// One lot has expired; what expires next lies in reserve, behind what lies at the pick face.
const LOTS: &str = "sku,location,quantity,lot,expires\nTEA,A01,4,GONE,2010-11-01\nTEA,R01,5,L1,2011-03-31\n\
    TEA,A01,5,L2,2011-06-30\n";

fn house() -> House {
    let mut house = House::stocked();
    sheet(&mut house, TEA);
    house.stock(LOTS);
    house
}

fn sheet(house: &mut House, sheet: &str) {
    house.act(|tx, _| {
        let done = item::import_items(tx, sheet.as_bytes(), &BTreeMap::new()).unwrap();
        assert_eq!(done.problems, []);
        Ok(())
    });
}

fn problems(house: &mut House, sheet: &str) -> usize {
    house.act(|tx, context| {
        Ok(stock::import_stock(tx, context, sheet.as_bytes(), &BTreeMap::new()).unwrap().problems.len())
    })
}

fn bound(house: &mut House) -> Vec<(String, String, i64)> {
    let named = |lot: &Option<Code<Lot>>| lot.as_ref().map(ToString::to_string).unwrap_or_default();
    let tasks = house.all::<PickTask>();
    let mut bound: Vec<_> =
        tasks.iter().map(|task| (task.location.to_string(), named(&task.lot), task.wanted.0)).collect();
    bound.sort();
    bound
}

#[test]
fn what_expires_first_is_bound_first_and_what_has_expired_never() {
    let mut house = house();
    house.order("1", &[("TEA", 7)]);
    house.release();
    let part = |location: &str, lot: &str, n| (location.to_owned(), lot.to_owned(), n);
    assert_eq!(bound(&mut house), [part("A01", "L2", 2), part("R01", "L1", 5)]);
    house.proved();
}

#[test]
fn a_lot_goes_from_its_shelf_to_the_carrier_and_no_law_breaks() {
    let mut house = house();
    house.order("1", &[("TEA", 7), ("TIN", 1)]);
    house.release();
    house.pick_all("PA", "C1", &["T1"]);
    assert_eq!(
        (house.level_of_lot("TEA", "L1", "tote:T1"), house.level_of_lot("TEA", "L2", "tote:T1")),
        (5, 2)
    );
    assert_eq!((house.level("TEA", "tote:T1"), house.level("TIN", "tote:T1")), (0, 1));
    house.proved();
    let order = house.all::<FulfilmentOrder>().remove(0).id;
    let parcel = house.pack_all(&order);
    house.proved();
    assert_eq!(house.ship(&[parcel]), RequestVerdict::Accepted);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 0, 7]);
    assert_eq!(house.level_of_lot("TEA", "L1", "virtual:carrier"), 5);
    assert_eq!(house.level_of_lot("TEA", "L2", "loc:A01"), 3);
    house.proved();
}

#[test]
fn an_explanation_names_lots_and_when_they_expire() {
    let mut house = house();
    house.order("1", &[("TEA", 1)]);
    house.release();
    let told = house.act(|tx, context| {
        let sku = code::<Item>("TEA");
        Ok(words::explained(&sku, &explain::explain(tx, context, &sku)?, true))
    });
    assert!(told.contains("lot L1 until 2011-03-31"), "{told}");
    assert!(told.contains("lot GONE until 2010-11-01"), "{told}");
    assert!(told.contains("1 to be picked for order 1"), "{told}");
}

#[test]
fn a_pick_of_another_lot_is_booked_as_that_lot_and_raises_an_exception() {
    let mut house = house();
    house.order("1", &[("TEA", 2)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    assert_eq!(task.lot, Some(code("L1")));
    // Nothing of that lot ever lay there: the fact stands, and somebody must look.
    let other = PickTask { lot: Some(code("L9")), ..task.clone() };
    let verdict = house.pick("PA", &other, "C1", 2);
    assert!(matches!(verdict, FactVerdict::AcceptedWithException { .. }), "{verdict:?}");
    assert_eq!(house.level_of_lot("TEA", "L9", "loc:R01"), -2);
    assert_eq!(house.level_of_lot("TEA", "L1", "loc:R01"), 5);
    house.proved();
    let trouble = house.trouble();
    assert_eq!((trouble.kind, trouble.lot), (TroubleKind::NegativeStock, Some(code("L9"))));
    assert_eq!(house.settle(Remedy::Acknowledge), RequestVerdict::Accepted);
    assert_eq!(house.level_of_lot("TEA", "L9", "loc:R01"), 0);
    house.proved();
}

#[test]
fn an_empty_lot_is_written_off_and_the_other_lots_of_its_place_stay() {
    let mut house = house();
    house.stock("sku,location,quantity,lot,expires\nTEA,A01,3,L0,2011-01-31\n");
    house.order("1", &[("TEA", 3)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    assert_eq!((task.location.as_str(), task.lot.clone()), ("A01", Some(code("L0"))));
    house.short("PA", &task, 3);
    assert_eq!(house.level_of_lot("TEA", "L0", "loc:A01"), 0);
    assert_eq!(house.level_of_lot("TEA", "L2", "loc:A01"), 5);
    assert_eq!(house.level_of_lot("TEA", "L0", "virtual:loss"), 3);
    house.proved();
}

#[test]
fn stock_names_a_lot_where_its_item_is_kept_by_lot_and_only_there() {
    let mut house = house();
    let head = "sku,location,quantity,lot,expires\n";
    assert_eq!(problems(&mut house, &format!("{head}TEA,A01,4,,\n")), 1);
    assert_eq!(problems(&mut house, &format!("{head}MUG,A01,4,L1,\n")), 1);
    assert_eq!(problems(&mut house, &format!("{head}TEA,A01,4,L1,2011-02-30\n")), 1);
    assert_eq!(problems(&mut house, "sku,location,quantity\nMUG,A01,6\n"), 0);
    // Pieces that are there change neither into lots nor out of them, and a sheet of items forgets no lot.
    house.act(|tx, _| {
        let loose = TEA.replace(",lot\n", ",\n");
        let done = item::import_items(tx, loose.as_bytes(), &BTreeMap::new()).unwrap();
        assert_eq!(done.problems.len(), 1);
        Ok(())
    });
    sheet(&mut house, &TEA.replace(",Tea,", ",Green tea,"));
    assert_eq!(house.row::<Item>(&code("TEA")).tracked.lots.len(), 3);
    house.proved();
}
