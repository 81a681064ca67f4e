//! Orders that are taken back, at each point of their life.

use aisle_core::{
    id::Id,
    quantity::Quantity,
    task::{
        op::{Fact, Request},
        state::{FulfilmentOrder, FulfilmentState, ListState, PickList, Tote},
        trouble::{Remedy, Trouble, TroubleKind},
    },
    wire::v1::{FactVerdict, No, RequestVerdict},
};
use aisle_oms::{
    order::cancel::{Cancelled, cancel},
    store::record::OrderState,
};

use super::house::{House, code, picked};

impl House {
    fn cancel(&mut self, reference: &str) -> Cancelled {
        self.act(|tx, context| cancel(tx, context, "csv", reference, &code("CENTRE")))
    }

    fn order_state(&mut self, reference: &str) -> OrderState {
        self.act(|tx, _| tx.order_by_reference("csv", reference)).unwrap().state
    }

    fn free(&mut self, item: &str) -> i64 {
        self.act(|tx, context| tx.sellable(context.site(), &code(item))).free().0
    }
}

fn fulfilment(house: &mut House) -> Id<FulfilmentOrder> {
    house.all::<FulfilmentOrder>()[0].id
}

#[test]
fn an_order_that_was_only_promised_gives_its_stock_back() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 5), ("CUP", 9)]);
    assert_eq!((house.free("MUG"), house.free("CUP")), (3, 0));
    assert_eq!(house.cancel("1"), Cancelled::Whole);
    assert_eq!((house.free("MUG"), house.free("CUP")), (8, 5));
    assert_eq!(house.parts("1"), [5, 0, 0, 0, 0, 0, 0]);
    assert_eq!(house.order_state("1"), OrderState::Cancelled);
    assert_eq!(house.release().lists, 0);
    house.proved();
    assert_eq!(house.cancel("1"), Cancelled::Over, "a second time changes nothing");
    assert_eq!(house.cancel("2"), Cancelled::Unknown);
    house.proved();
}

#[test]
fn what_a_cancelled_order_gives_back_goes_to_those_who_wait() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.order("2", &[("CUP", 4)]);
    assert_eq!(house.parts("2"), [0, 0, 0, 4, 0, 0, 0]);
    house.cancel("1");
    assert_eq!(house.parts("2"), [0, 0, 4, 0, 0, 0, 0]);
    house.proved();
}

#[test]
fn a_parked_order_is_cancelled_without_having_been_promised() {
    let mut house = House::stocked();
    house.order("1", &[("UNHEARD", 2)]);
    assert_eq!(house.cancel("1"), Cancelled::Whole);
    assert_eq!(house.order_state("1"), OrderState::Cancelled);
    house.proved();
}

#[test]
fn a_list_that_nobody_began_is_over_with_its_order() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 4)]);
    house.release();
    assert_eq!(house.cancel("1"), Cancelled::Whole);
    assert!(house.all::<PickList>().iter().all(|list| list.state == ListState::Closed));
    assert_eq!(house.free("MUG"), 8);
    house.proved();
}

#[test]
fn what_was_picked_goes_back_and_what_was_not_is_withdrawn() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 7)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.pick("PA", &task, "C1", 3);
    house.put("PA", &task, "C1", "T1", 3);
    assert_eq!(house.cancel("1"), Cancelled::Whole);
    house.proved();
    let task = house.tasks(&list).remove(0);
    assert_eq!((task.remaining(), task.excess()), (Quantity::ZERO, Quantity(3)));
    let trouble = house.trouble();
    assert_eq!((trouble.kind, trouble.quantity), (TroubleKind::ExcessPick, Quantity(3)));
    assert_eq!((house.free("TIN"), house.level("TIN", "loc:A03")), (17, 17));
    house.drop_tote("PA", &list, "T1");
    house.complete("PA", &list);
    assert_eq!(house.settle(Remedy::PutBack), RequestVerdict::Accepted);
    assert_eq!((house.free("TIN"), house.level("TIN", "loc:A03")), (20, 20));
    assert!(house.row::<Tote>(&code("T1")).contents.is_empty());
    house.proved();
}

#[test]
fn a_pick_that_was_reported_after_the_cancellation_stands_and_goes_back() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 7)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.cancel("1");
    let verdict = house.fact("PA", picked(&task, "C1", 7, None));
    assert!(matches!(verdict, FactVerdict::AcceptedWithException { .. }), "{verdict:?}");
    house.put("PA", &task, "C1", "T1", 7);
    house.proved();
    house.drop_tote("PA", &list, "T1");
    house.complete("PA", &list);
    assert_eq!(house.settle(Remedy::PutBack), RequestVerdict::Accepted);
    assert_eq!(house.level("TIN", "loc:A03"), 20);
    assert_eq!(house.parts("1"), [7, 0, 0, 0, 0, 0, 0]);
    house.proved();
}

#[test]
fn a_short_of_a_cancelled_order_needs_nobody() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.pick("PA", &task, "C1", 2);
    house.put("PA", &task, "C1", "T1", 2);
    house.short("PA", &task, 3);
    assert_eq!(house.cancel("1"), Cancelled::Whole);
    assert_eq!(house.parts("1"), [5, 0, 0, 0, 0, 0, 0]);
    let open: Vec<Trouble> = house.all::<Trouble>().into_iter().filter(|t| t.settled.is_none()).collect();
    assert!(open.iter().all(|trouble| trouble.kind == TroubleKind::ExcessPick), "{open:?}");
    house.proved();
}

#[test]
fn once_a_packer_has_it_nothing_is_changed() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 2)]);
    house.release();
    house.pick_all("PA", "C1", &["T1"]);
    let order = fulfilment(&mut house);
    house.fact("PK", Fact::PackStarted { fulfilment: order, tote: code("T1") });
    assert_eq!(house.cancel("1"), Cancelled::TooLate(vec!["1".into()]));
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 2, 0, 0]);
    let parcel = house.pack_all(&order);
    assert!(matches!(house.cancel("1"), Cancelled::TooLate(_)));
    house.ship(&[parcel]);
    assert_eq!(house.cancel("1"), Cancelled::Over);
    house.proved();
}

#[test]
fn what_was_packed_without_a_network_stays_in_the_house() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 2)]);
    house.order("2", &[("TIN", 3)]);
    house.release();
    house.pick_all("PA", "C1", &["T1", "T2"]);
    let order = house.all::<FulfilmentOrder>().into_iter().find(|row| row.number == "1").unwrap().id;
    assert_eq!(house.cancel("1"), Cancelled::Whole);
    let parcel = house.pack_all(&order);
    assert_eq!(house.row::<FulfilmentOrder>(&order).state, FulfilmentState::Cancelled);
    assert_eq!(house.ship(&[parcel]), RequestVerdict::Refused { reason: No::NotReady });
    house.proved();
}

#[test]
fn an_order_shipped_in_part_loses_what_it_still_waits_for() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 8)]);
    house.release();
    house.pick_all("PA", "C1", &["T1"]);
    let order = fulfilment(&mut house);
    let parcel = house.pack_all(&order);
    house.ship(&[parcel]);
    assert_eq!(house.parts("1"), [0, 0, 0, 3, 0, 0, 5]);
    assert_eq!(house.cancel("1"), Cancelled::Rest);
    assert_eq!(house.parts("1"), [3, 0, 0, 0, 0, 0, 5]);
    assert_eq!(house.order_state("1"), OrderState::Closed);
    let hold = Request::Hold { fulfilment: order, hold: "late".into() };
    assert!(matches!(house.ask("LD", hold), RequestVerdict::Refused { .. }));
    house.proved();
}
