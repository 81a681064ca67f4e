//! The fold where the floor and the centre's decisions cross: shorts of what was handed on or settled.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use aisle_core::{
    id::{Code, Id},
    order::Address,
    quantity::Quantity,
    task::{
        apply,
        op::{Fact, Op, Origin},
        rows::{Floor, Rows},
        state::{FulfilmentLine, FulfilmentOrder, FulfilmentState, PickTask, ShortReason},
        trouble::{Remedy, Settled, Trouble},
    },
    time::Millis,
};

fn id<T>(number: u8) -> Id<T> {
    Id::from_bytes([number; 16])
}

fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).unwrap()
}

/// One order of five pieces on one stop.
fn floor() -> Floor {
    let mut floor = Floor::default();
    let (item, none) = (code("MUG"), Quantity::ZERO);
    let line = FulfilmentLine {
        line: 1,
        item: item.clone(),
        wanted: Quantity(5),
        picked: none,
        short: none,
        lost: none,
        packed: none,
        shipped: none,
    };
    let Ok(()) = floor.keep(FulfilmentOrder {
        id: id(1),
        order: id(2),
        number: "1".into(),
        site: code("S"),
        state: FulfilmentState::Released,
        lines: vec![line],
        totes: Vec::new(),
        parcels: Vec::new(),
        ship_to: Address::default(),
        service: code("van"),
        due: None,
        holds: Default::default(),
        packer: None,
    });
    let Ok(()) = floor.keep(PickTask {
        id: id(3),
        list: id(4),
        slot: 1,
        fulfilment: id(1),
        line: 1,
        item,
        location: code("A01"),
        wanted: Quantity(5),
        picked: none,
        put: none,
        short: none,
        short_reason: None,
        withdrawn: none,
        continued_by: None,
        skipped: 0,
        lot: None,
    });
    floor
}

fn shorted(floor: &mut Floor, op: u8, quantity: i64, undoes: Option<Id<Op>>) -> apply::Outcome {
    let origin = Origin { op: id(op), operator: code("P1"), terminal: code("H1"), at: Millis(1) };
    let fact = Fact::Shorted {
        task: id(3),
        item: code("MUG"),
        location: code("A01"),
        quantity: Quantity(quantity),
        reason: ShortReason::Empty,
        undoes,
    };
    let Ok(outcome) = apply::fact(floor, &origin, &fact);
    outcome
}

fn state(floor: &Floor) -> (Quantity, Quantity) {
    (
        floor.find::<PickTask>(&id(3)).unwrap().short,
        floor.find::<FulfilmentOrder>(&id(1)).unwrap().lines[0].short,
    )
}

#[test]
fn a_short_of_what_was_handed_on_changes_nothing() {
    let mut floor = floor();
    let mut task = floor.find::<PickTask>(&id(3)).unwrap().clone();
    task.withdrawn = Quantity(3);
    let Ok(()) = floor.keep(task);
    let outcome = shorted(&mut floor, 10, 5, None);
    assert_eq!(state(&floor), (Quantity(2), Quantity(2)));
    assert_eq!(floor.find::<Trouble>(&id(10)).unwrap().quantity, Quantity(2));
    assert_eq!(outcome.effects.len(), 2);
    let again = shorted(&mut floor, 11, 1, None);
    assert_eq!(again, apply::Outcome::default());
}

#[test]
fn an_undone_short_gives_back_what_it_took() {
    let mut floor = floor();
    shorted(&mut floor, 10, 2, None);
    shorted(&mut floor, 11, 2, Some(id(10)));
    assert_eq!(state(&floor), (Quantity::ZERO, Quantity::ZERO));
    assert!(floor.find::<Trouble>(&id(10)).unwrap().settled.is_some());
    shorted(&mut floor, 12, 2, Some(id(10)));
    assert_eq!(state(&floor), (Quantity::ZERO, Quantity::ZERO));
}

#[test]
fn a_short_that_the_lead_settled_is_not_undone() {
    let mut floor = floor();
    shorted(&mut floor, 10, 2, None);
    let mut trouble = floor.find::<Trouble>(&id(10)).unwrap().clone();
    trouble.settled = Some(Settled { remedy: Remedy::CancelRest, by: code("L1"), at: Millis(2) });
    let Ok(()) = floor.keep(trouble);
    let outcome = shorted(&mut floor, 11, 2, Some(id(10)));
    assert_eq!(outcome, apply::Outcome::default());
    assert_eq!(state(&floor), (Quantity(2), Quantity(2)));
}

#[test]
fn pieces_found_after_a_short_count_once_the_short_is_undone() {
    let mut floor = floor();
    shorted(&mut floor, 10, 2, None);
    let origin = Origin { op: id(11), operator: code("P1"), terminal: code("H1"), at: Millis(1) };
    let fact = Fact::Picked {
        task: id(3),
        item: code("MUG"),
        location: code("A01"),
        cart: code("C1"),
        quantity: Quantity(5),
        keyed: false,
        undoes: None,
        lot: None,
    };
    let Ok(_) = apply::fact(&mut floor, &origin, &fact);
    assert_eq!(floor.find::<FulfilmentOrder>(&id(1)).unwrap().lines[0].picked, Quantity(3));
    shorted(&mut floor, 12, 2, Some(id(10)));
    let line = &floor.find::<FulfilmentOrder>(&id(1)).unwrap().lines[0];
    assert_eq!((line.picked, line.short, line.to_pick()), (Quantity(5), Quantity::ZERO, Quantity::ZERO));
    assert_eq!(floor.find::<PickTask>(&id(3)).unwrap().excess(), Quantity::ZERO);
}
