//! What happens between shelf and carrier, and what the books say after it.

use aisle_core::{
    id::Id,
    quantity::Quantity,
    task::{
        op::{Fact, Request},
        state::{
            FulfilmentOrder, FulfilmentState, ListState, Manifest, Parcel, ParcelState, PickList, PickTask,
        },
        trouble::{Remedy, TroubleKind},
    },
    wire::v1::{FactVerdict, No, RequestVerdict},
};
use aisle_oms::store::record::OrderState;

use crate::house::{House, ROLES, code};

fn only_order(house: &mut House) -> Id<FulfilmentOrder> {
    let orders = house.all::<FulfilmentOrder>();
    assert_eq!(orders.len(), 1);
    orders[0].id
}

fn state(house: &mut House, order: &Id<FulfilmentOrder>) -> FulfilmentState {
    house.row::<FulfilmentOrder>(order).state
}

#[test]
fn an_order_goes_from_promise_to_the_carrier_and_closes() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 7), ("TIN", 3)]);
    assert_eq!(house.parts("1"), [0, 0, 7, 0, 0, 0, 0]);
    let released = house.release();
    assert_eq!((released.lists, released.orders, released.stops), (1, 1, 3), "mugs lie in two places");
    house.proved();
    house.pick_all("PA", "C1", &["T1"]);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 7, 0, 0]);
    assert_eq!(house.level("MUG", "tote:T1"), 7);
    house.proved();
    let order = only_order(&mut house);
    let parcel = house.pack_all(&order);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 7, 0]);
    assert_eq!(state(&mut house, &order), FulfilmentState::Packed);
    house.proved();
    assert_eq!(house.ship(&[parcel]), RequestVerdict::Accepted);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 0, 7]);
    assert_eq!(state(&mut house, &order), FulfilmentState::Shipped);
    assert_eq!(house.level("MUG", "virtual:carrier"), 7);
    let record = house.act(|tx, _| tx.order_by_reference("csv", "1")).unwrap();
    assert_eq!(record.state, OrderState::Closed);
    house.proved();
}

#[test]
fn a_manifest_without_a_loaded_parcel_is_not_closed_and_the_next_one_opens_by_itself() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 3)]);
    house.release();
    let manifest = house.all::<Manifest>().remove(0).id;
    let close = Request::CloseManifest { manifest };
    assert_eq!(house.ask("PK", close.clone()), RequestVerdict::Refused { reason: No::NotReady });
    house.pick_all("PA", "C1", &["T1"]);
    let order = only_order(&mut house);
    let parcel = house.pack_all(&order);
    assert_eq!(house.ship(&[parcel]), RequestVerdict::Accepted);
    assert_eq!(house.ask("PK", close), RequestVerdict::Refused { reason: No::TooLate });
    let numbers: Vec<_> = house.all::<Manifest>().iter().map(|m| (m.number, m.closed)).collect();
    assert_eq!(numbers.len(), 2);
    assert!(numbers.contains(&(1, true)) && numbers.contains(&(2, false)));
}

#[test]
fn a_parcel_loaded_after_its_manifest_closed_is_the_carriers_too() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 3)]);
    house.order("2", &[("TIN", 4)]);
    house.release();
    house.pick_all("PA", "C1", &["T1", "T2"]);
    let orders: Vec<_> = house.all::<FulfilmentOrder>().iter().map(|order| order.id).collect();
    let (first, second) = (house.pack_all(&orders[0]), house.pack_all(&orders[1]));
    let manifest = house.all::<Manifest>().remove(0).id;
    assert_eq!(house.ship(&[first]), RequestVerdict::Accepted);
    house.fact("PK", Fact::Loaded { parcel: second, manifest });
    assert_eq!(house.row::<Parcel>(&second).state, ParcelState::Dispatched);
    assert_eq!(state(&mut house, &orders[1]), FulfilmentState::Shipped);
    house.proved();
}

#[test]
fn a_short_pick_is_written_off_and_waits_for_the_lead() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.pick("PA", &task, "C1", 3);
    house.put("PA", &task, "C1", "T1", 3);
    let verdict = house.short("PA", &task, 2);
    assert!(matches!(verdict, FactVerdict::AcceptedWithException { .. }));
    assert_eq!(house.parts("1"), [0, 0, 0, 2, 3, 0, 0]);
    assert_eq!((house.level("CUP", "loc:A02"), house.level("CUP", "virtual:loss")), (0, 2));
    house.proved();
    house.stock("sku,location,quantity\nCUP,A03,9\n");
    assert_eq!(house.parts("1"), [0, 0, 0, 2, 3, 0, 0], "the lead decides first");
    assert_eq!(house.settle(Remedy::CancelRest), RequestVerdict::Accepted);
    assert_eq!(house.parts("1"), [2, 0, 0, 0, 3, 0, 0]);
    house.proved();
}

#[test]
fn a_short_is_picked_elsewhere_or_there_is_no_way() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 6)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    assert_eq!(task.location, code("A01"));
    house.pick("PA", &task, "C1", 3);
    house.put("PA", &task, "C1", "T1", 3);
    house.short("PA", &task, 3);
    let refused = RequestVerdict::Refused { reason: No::NoWay };
    assert_eq!(house.settle(Remedy::PickElsewhere), refused, "only two mugs lie elsewhere");
    house.proved();
    house.stock("sku,location,quantity\nMUG,A02,1\n");
    assert_eq!(house.settle(Remedy::PickElsewhere), RequestVerdict::Accepted);
    assert_eq!(house.parts("1"), [0, 0, 3, 0, 3, 0, 0]);
    house.proved();
    house.drop_tote("PA", &list, "T1");
    house.complete("PA", &list);
    house.pick_all("PB", "C2", &["T2"]);
    let order = only_order(&mut house);
    let parcel = house.pack_all(&order);
    house.ship(&[parcel]);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 0, 6]);
    house.proved();
}

#[test]
fn an_order_of_which_nothing_was_found_ends_without_a_parcel() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 2)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.short("PA", &task, 2);
    assert_eq!(house.level("CUP", "loc:A02"), 0, "empty means that nothing at all is there");
    assert_eq!(house.settle(Remedy::Backorder), RequestVerdict::Accepted);
    let order = only_order(&mut house);
    assert_eq!(state(&mut house, &order), FulfilmentState::Cancelled);
    house.proved();
    house.stock("sku,location,quantity\nCUP,A02,3\n");
    let orders = house.all::<FulfilmentOrder>();
    assert_eq!(orders.len(), 2, "three cups came, so it is tried again");
    assert!(orders.iter().any(|order| order.state == FulfilmentState::Cancelled));
    assert!(orders.iter().any(|order| order.state == FulfilmentState::Open));
    house.proved();
}

#[test]
fn pieces_missing_at_packing_are_lost_and_can_be_picked_again() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 5)]);
    house.release();
    house.pick_all("PA", "C1", &["T1"]);
    let order = only_order(&mut house);
    let row = house.row::<FulfilmentOrder>(&order);
    house.fact("PK", Fact::PackStarted { fulfilment: order, tote: code("T1") });
    let lost = Fact::PackShorted {
        fulfilment: order,
        line: row.lines[0].line,
        item: code("TIN"),
        tote: code("T1"),
        quantity: Quantity(2),
        reason: aisle_core::task::state::ShortReason::Damaged,
        lot: None,
    };
    house.fact("PK", lost);
    assert_eq!(house.parts("1"), [0, 0, 0, 2, 3, 0, 0]);
    house.proved();
    assert_eq!(house.settle(Remedy::PickElsewhere), RequestVerdict::Accepted);
    house.proved();
    house.pick_all("PB", "C2", &["T2"]);
    let parcel = house.pack_all(&order);
    house.ship(&[parcel]);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 0, 5]);
    house.proved();
}

#[test]
fn what_remains_of_a_list_goes_to_another_operator() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 6), ("TIN", 4)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let tasks = house.tasks(&list);
    house.pick("PA", &tasks[0], "C1", 2);
    house.put("PA", &tasks[0], "C1", "T1", 2);
    let reassign = |epoch| Request::Reassign { list: list.id, epoch, tasks: Vec::new(), to: code("PB") };
    assert_eq!(house.ask("PA", reassign(1)), RequestVerdict::Refused { reason: No::NotAllowed });
    assert_eq!(house.ask("LD", reassign(1)), RequestVerdict::Accepted);
    house.proved();
    let again = house.ask("LD", reassign(1));
    assert_eq!(again, RequestVerdict::Superseded { epoch: 2, holder: Some(code("PB")) });
    let heir = house.held("PB");
    assert_eq!(house.tasks(&heir).iter().map(|task| task.wanted.0).sum::<i64>(), 8);
    let old = Request::Complete { list: list.id, epoch: 1 };
    assert!(matches!(house.ask("PA", old), RequestVerdict::Superseded { .. }));
    house.drop_tote("PA", &list, "T1");
    house.complete("PA", &list);
    house.begin("PB", &heir, "C2", &["T2"]);
    for task in house.tasks(&heir) {
        let wanted = task.wanted.0;
        house.pick("PB", &task, "C2", wanted);
        house.put("PB", &task, "C2", "T2", wanted);
    }
    house.drop_tote("PB", &heir, "T2");
    house.complete("PB", &heir);
    let order = only_order(&mut house);
    let parcel = house.pack_all(&order);
    house.ship(&[parcel]);
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 0, 6]);
    house.proved();
}

#[test]
fn a_pick_reported_late_takes_its_line_back_from_the_heir() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 6)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    let reassign = Request::Reassign { list: list.id, epoch: 1, tasks: Vec::new(), to: code("PB") };
    house.ask("LD", reassign);
    assert_eq!(house.pick("PA", &task, "C1", 4), FactVerdict::Accepted);
    let list = house.held("PB");
    let heir = house.tasks(&list).remove(0);
    assert_eq!(heir.remaining(), Quantity(2));
    assert_eq!(house.parts("1"), [0, 0, 2, 0, 4, 0, 0]);
    house.proved();
}

#[test]
fn a_double_pick_is_excess_and_goes_back() {
    let mut house = House::stocked();
    house.order("1", &[("MUG", 4)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    let reassign = Request::Reassign { list: list.id, epoch: 1, tasks: Vec::new(), to: code("PB") };
    house.ask("LD", reassign);
    let heirs = house.held("PB");
    house.begin("PB", &heirs, "C2", &["T2"]);
    let heir = house.tasks(&heirs).remove(0);
    house.pick("PB", &heir, "C2", 4);
    house.put("PB", &heir, "C2", "T2", 4);
    let late = house.pick("PA", &task, "C1", 2);
    assert!(matches!(late, FactVerdict::AcceptedWithException { .. }));
    house.put("PA", &task, "C1", "T1", 2);
    assert_eq!(house.trouble().kind, TroubleKind::ExcessPick);
    assert_eq!((house.parts("1"), house.level("MUG", "loc:A01")), ([0, 0, 0, 0, 4, 0, 0], 0));
    house.proved();
    assert_eq!(house.settle(Remedy::PutBack), RequestVerdict::Accepted);
    assert_eq!((house.level("MUG", "tote:T1"), house.level("MUG", "loc:A01")), (0, 2));
    house.proved();
}

#[test]
fn more_than_the_book_has_leaves_a_location_and_is_told_once() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.pick("PA", &task, "C1", 5);
    let more = house.pick("PA", &task, "C1", 1);
    let FactVerdict::AcceptedWithException { exceptions } = more else { panic!("{more:?}") };
    assert_eq!(exceptions.len(), 2, "excess and negative stock");
    let again = house.pick("PA", &task, "C1", 1);
    let FactVerdict::AcceptedWithException { exceptions } = again else { panic!("{again:?}") };
    assert_eq!(exceptions.len(), 1, "negative stock is open already");
    assert_eq!(house.level("CUP", "loc:A02"), -2);
    house.proved();
    house.stock("sku,location,quantity\nCUP,A02,0\n");
    house.proved();
}

#[test]
fn a_pick_is_undone_to_the_last_piece() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.pick("PA", &task, "C1", 5);
    let undone: Id<aisle_core::task::op::Op> = house.mint.id(house.now);
    house.fact("PA", crate::house::picked(&task, "C1", 5, Some(undone)));
    assert_eq!((house.parts("1"), house.level("CUP", "loc:A02")), ([0, 0, 5, 0, 0, 0, 0], 5));
    assert_eq!(house.row::<PickTask>(&task.id).remaining(), Quantity(5));
    house.proved();
}

#[test]
fn a_parcel_reported_before_its_picks_comes_right_by_itself() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 2)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let order = only_order(&mut house);
    let parcel = house.mint.id(house.now);
    house.fact("PK", Fact::CartonOpened { fulfilment: order, parcel, carton: code("M") });
    let packed = Fact::Packed {
        fulfilment: order,
        line: 1,
        item: code("TIN"),
        tote: code("T1"),
        parcel,
        quantity: Quantity(2),
        undoes: None,
        lot: None,
    };
    let early = house.fact("PK", packed);
    assert!(matches!(early, FactVerdict::AcceptedWithException { .. }));
    let task = house.tasks(&list).remove(0);
    house.pick("PA", &task, "C1", 2);
    house.put("PA", &task, "C1", "T1", 2);
    assert!(house.all::<aisle_core::task::trouble::Trouble>().iter().all(|t| t.settled.is_some()));
    assert_eq!(house.parts("1"), [0, 0, 0, 0, 0, 2, 0]);
    house.proved();
}

#[test]
fn nothing_to_do_is_said_and_enough_is_enough() {
    let mut house = House::stocked();
    let nothing = house.ask("PA", Request::Claim { lists: 1 });
    assert_eq!(nothing, RequestVerdict::Refused { reason: No::NothingToDo });
    house.order("1", &[("TIN", 2)]);
    assert_eq!(house.ask("PA", Request::Claim { lists: 1 }), RequestVerdict::Accepted);
    let list = house.held("PA");
    assert_eq!((list.epoch, list.state), (1, ListState::Open));
    assert_eq!(house.ask("PA", Request::Claim { lists: 1 }), RequestVerdict::Accepted);
    assert_eq!(house.all::<PickList>().len(), 1);
}

#[test]
fn each_role_may_ask_its_own() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 2)]);
    house.release();
    let list = house.all::<PickList>().remove(0);
    let manifest = house.all::<Manifest>().remove(0).id;
    let exception = house.mint.id(house.now);
    let denied = RequestVerdict::Refused { reason: No::NotAllowed };
    for (who, _) in ROLES {
        for (request, allowed) in [
            (Request::Reassign { list: list.id, epoch: 9, tasks: vec![], to: code("PB") }, who == "LD"),
            (Request::Settle { exception, remedy: Remedy::Acknowledge }, who == "LD"),
            (Request::CloseManifest { manifest }, matches!(who, "PK" | "LD")),
            (Request::Complete { list: list.id, epoch: 9 }, who == "LD"),
        ] {
            assert_eq!(house.ask(who, request.clone()) != denied, allowed, "{who} {request:?}");
        }
    }
    house.act(|tx, _| aisle_oms::site::people::set_active(tx, &code("LD"), false));
    assert_eq!(house.ask("LD", Request::Claim { lists: 1 }), denied, "a badge that is no longer valid");
}

#[test]
fn an_order_on_hold_is_neither_released_nor_shipped() {
    let mut house = House::stocked();
    house.order("1", &[("TIN", 2)]);
    let order = only_order(&mut house);
    let hold = |hold: &str| Request::Hold { fulfilment: order, hold: hold.into() };
    assert_eq!(house.ask("LD", hold("address")), RequestVerdict::Accepted);
    assert_eq!(house.release().orders, 0);
    let unhold = Request::Unhold { fulfilment: order, hold: "address".into() };
    assert_eq!(house.ask("LD", unhold), RequestVerdict::Accepted);
    assert_eq!(house.release().orders, 1);
    house.pick_all("PA", "C1", &["T1"]);
    let parcel = house.pack_all(&order);
    house.ask("LD", hold("payment"));
    assert_eq!(house.ship(&[parcel]), RequestVerdict::Refused { reason: No::NotReady });
    house.proved();
}
