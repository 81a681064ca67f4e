//! Orders come in once, wait for a reason, and never get more than there is.

use aisle_core::{
    quantity::Quantity,
    task::state::{FulfilmentOrder, FulfilmentState},
};
use aisle_oms::{
    order::{intake::Taken, parked::Parked},
    stock::sellable,
    store::record::{Bucket, OrderState},
};

use crate::house::{House, code};

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

#[test]
fn the_same_order_again_changes_nothing_and_other_content_is_reported() {
    let mut house = House::stocked();
    assert_eq!(house.order("1", &[("MUG", 2)]), Taken::New);
    assert_eq!(house.order("1", &[("MUG", 2)]), Taken::Same);
    assert_eq!(house.order("1", &[("MUG", 3)]), Taken::Changed);
    assert_eq!(house.parts("1"), [0, 0, 2, 0, 0, 0, 0]);
    assert_eq!(house.all::<FulfilmentOrder>().len(), 1);
    house.proved();
}

#[test]
fn an_unknown_item_parks_the_order_until_it_is_imported() {
    let mut house = House::stocked();
    let parked = Parked::UnknownItems(vec!["POT".into()]);
    assert_eq!(house.order("1", &[("MUG", 2), ("POT", 1)]), Taken::Parked(parked));
    assert_eq!(house.parts("1"), [0, 2, 0, 0, 0, 0, 0], "nothing of it is promised");
    assert_eq!(house.order("1", &[("MUG", 2), ("POT", 1)]), Taken::Same);
    house.proved();
    house.act(|tx, context| {
        let pots = b"sku,name,width_mm,length_mm,height_mm,weight_g\nPOT,Pot,1,1,1,1\n";
        aisle_oms::site::item::import_items(tx, pots, &Default::default()).unwrap();
        assert_eq!(aisle_oms::order::intake::retry_parked(tx, context)?, 1);
        Ok(())
    });
    assert_eq!(house.parts("1"), [0, 0, 2, 0, 0, 0, 0]);
    assert_eq!(house.lines("1")[1].part(Bucket::Backordered), Quantity(1));
    house.proved();
}

#[test]
fn an_order_with_an_unreadable_row_is_parked_and_replaced_by_the_mended_file() {
    let mut house = House::stocked();
    let cut = format!("{HEADER}1,MUG,x,2,12/1/10 8:26,1,7,F\n1,CUP,x");
    let taken = house.import(&cut);
    assert!(matches!(&taken[0], Taken::Parked(Parked::UnreadableRow(_))), "{taken:?}");
    house.proved();
    let whole = format!("{HEADER}1,MUG,x,2,12/1/10 8:26,1,7,F\n1,CUP,x,1,12/1/10 8:26,1,7,F\n");
    assert_eq!(house.import(&whole), [Taken::New]);
    assert_eq!(house.lines("1").len(), 2);
    house.proved();
}

#[test]
fn a_return_waits_for_somebody_and_touches_no_stock() {
    let mut house = House::stocked();
    let taken = house.import(&format!("{HEADER}C1,MUG,x,-2,12/1/10 8:26,1,7,F\n"));
    assert_eq!(taken, [Taken::Parked(Parked::ReturnWithoutOrder)]);
    assert_eq!(house.level("MUG", "loc:A01"), 6);
    house.proved();
}

#[test]
fn an_order_of_charges_alone_is_closed_at_once() {
    let mut house = House::stocked();
    assert_eq!(house.import(&format!("{HEADER}1,POST,x,2,12/1/10 8:26,18,7,F\n")), [Taken::New]);
    let order = house.act(|tx, _| tx.order_by_reference("csv", "1")).unwrap();
    assert_eq!(order.state, OrderState::Closed);
    let charges = house.act(|tx, _| tx.charges(order.id));
    assert_eq!(charges[0].amount_minor, 3_600);
    house.proved();
}

#[test]
fn many_who_want_the_last_pieces_get_exactly_as_many_as_there_are() {
    let mut house = House::stocked();
    for buyer in 0..64 {
        house.order(&format!("{buyer}"), &[("CUP", 1)]);
    }
    let won = house.all::<FulfilmentOrder>().len();
    assert_eq!(won, 5);
    let counter = house.act(|tx, _| tx.sellable(&code("S"), &code("CUP")));
    assert_eq!((counter.allocated, counter.free()), (Quantity(5), Quantity::ZERO));
    house.proved();
}

#[test]
fn what_is_not_there_is_backordered_and_comes_with_stock_oldest_first() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 7)]);
    house.order("2", &[("CUP", 3)]);
    assert_eq!(house.parts("1"), [0, 0, 5, 2, 0, 0, 0]);
    assert_eq!(house.parts("2"), [0, 0, 0, 3, 0, 0, 0]);
    house.stock("sku,location,quantity\nCUP,A02,8\n");
    assert_eq!(house.parts("1"), [0, 0, 7, 0, 0, 0, 0]);
    assert_eq!(house.parts("2"), [0, 0, 1, 2, 0, 0, 0]);
    let numbers: Vec<_> = house.all::<FulfilmentOrder>().iter().map(|o| o.number.clone()).collect();
    assert!(numbers.contains(&"1".into()) && numbers.contains(&"1/2".into()), "{numbers:?}");
    house.proved();
}

#[test]
fn reserved_and_kept_back_pieces_are_not_promised() {
    let mut house = House::stocked();
    let until = house.now.plus(60_000);
    let reserve = |house: &mut House, name: &str, quantity| {
        house.act(|tx, context| sellable::reserve(tx, context, name, &code("CUP"), Quantity(quantity), until))
    };
    assert!(reserve(&mut house, "cart 1", 4));
    assert!(reserve(&mut house, "cart 1", 4), "asked twice, reserved once");
    assert!(!reserve(&mut house, "cart 2", 2));
    house.order("1", &[("CUP", 3)]);
    assert_eq!(house.parts("1"), [0, 0, 1, 2, 0, 0, 0]);
    house.proved();
    house.now = until;
    assert!(reserve(&mut house, "cart 3", 0) || !reserve(&mut house, "cart 3", 0), "sweeps what expired");
    house.act(|tx, context| sellable::sweep(tx, context));
    house.release();
    assert_eq!(house.parts("1"), [0, 0, 3, 0, 0, 0, 0]);
    house.proved();
    house.settings.stock.safety.insert(code("MUG"), Quantity(7));
    house.act(|tx, context| sellable::keep_back(tx, context));
    house.order("2", &[("MUG", 3)]);
    assert_eq!(house.parts("2"), [0, 0, 1, 2, 0, 0, 0]);
    house.proved();
}

#[test]
fn nothing_more_is_released_than_the_floor_should_hold() {
    let mut house = House::stocked();
    house.settings.release.max_open_stops = 2;
    for order in ["1", "2", "3"] {
        house.order(order, &[("TIN", 1)]);
    }
    let released = house.release();
    assert_eq!((released.orders, released.waiting), (2, 1));
    assert_eq!(house.release().orders, 0);
    house.pick_all("PA", "C1", &["T1", "T2"]);
    assert_eq!(house.release().orders, 1);
    let open = house.all::<FulfilmentOrder>().iter().filter(|o| o.state == FulfilmentState::Open).count();
    assert_eq!(open, 0);
    house.proved();
}

#[test]
fn a_counted_sheet_again_books_nothing_and_never_takes_what_stops_count_on() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 4)]);
    house.release();
    let import = |house: &mut House, sheet: &str| {
        house.act(|tx, context| {
            Ok(aisle_oms::site::stock::import_stock(tx, context, sheet.as_bytes(), &Default::default())
                .unwrap())
        })
    };
    assert_eq!(import(&mut house, crate::house::STOCK).changed, 0);
    let sheet = "sku,location,quantity\nCUP,A02,3\nPOT,A02,1\nCUP,X99,1\nCUP,A02,-1\nCUP,A02,lots\n";
    let done = import(&mut house, sheet);
    assert_eq!((done.changed, done.problems.len()), (0, 5));
    house.proved();
}
