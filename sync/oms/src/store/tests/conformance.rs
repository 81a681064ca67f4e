//! One suite for every store: what a store keeps, gives back, guards and forgets.
//!
//! Each fact runs on a fresh store of each kind; then both kinds are driven through the same long random
//! life, savepoints and rollbacks among it, and must be alike after every transaction.

mod facts;
mod life;

use aisle_core::{
    id::{Code, Id, Mint},
    item::Item,
    place::Place,
    quantity::Quantity,
    time::Millis,
};

use crate::store::{Result, Store, StoreError, memory::Memory, record::*, sqlite::Sqlite, tables::*};

/// A store of any kind.
type Any = dyn Store + 'static;

/// Everything that a store answers, as text.
pub(super) fn everything(store: &Any) -> String {
    let mut all = vec![
        format!("{:?}", store.feed_rows(0, usize::MAX).unwrap()),
        format!("{:?}", store.rows_by_key(None, usize::MAX).unwrap()),
        format!("{:?} {:?}", store.feed_hi().unwrap(), store.broken_rows().unwrap()),
        format!("{:?}", store.allocations().unwrap()),
        format!("{:?}", store.moves_after(0, usize::MAX).unwrap()),
        format!("{:?}", store.levels().unwrap()),
        format!("{:?}", store.claims().unwrap()),
        format!("{:?}", store.sellables().unwrap()),
        format!("{:?}", store.reservations().unwrap()),
        format!("{:?}", store.events_after(0, usize::MAX).unwrap()),
        format!("{:?} {:?}", store.meta("a").unwrap(), store.meta("b").unwrap()),
        format!("{:?} {:?}", store.last_number("list").unwrap(), store.last_move().unwrap()),
        format!("{}", store.feed_sum().unwrap()),
        format!("{:?}", store.quarantine(false).unwrap()),
    ];
    for order in store.orders().unwrap() {
        all.push(format!("{order:?}"));
        all.push(format!("{:?}", store.lines(order.id).unwrap()));
        all.push(format!("{:?}", store.charges(order.id).unwrap()));
        all.push(format!("{:?}", store.allocations_of(order.id).unwrap()));
    }
    for bucket in Bucket::ALL {
        all.push(format!("{:?}", store.lines_with(bucket).unwrap()));
    }
    for terminal in store.terminals().unwrap() {
        all.push(format!("{terminal:?} {:?}", store.ops_of(&terminal.code).unwrap()));
    }
    all.join("\n")
}

fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).unwrap()
}

fn id<T>(n: u8) -> Id<T> {
    Mint::new([n; 32]).id(Millis(1_000))
}

fn item() -> Code<Item> {
    code("85123A")
}

fn at(place: &str) -> Place {
    place.parse().unwrap()
}

fn q(n: i64) -> Quantity {
    Quantity(n)
}

#[test]
fn memory_is_what_the_suite_asks() {
    for (name, fact) in facts::SUITE {
        eprintln!("memory: {name}");
        fact(&mut Memory::new([5; 16]));
    }
}

#[test]
fn sqlite_is_what_the_suite_asks() {
    for (name, fact) in facts::SUITE {
        eprintln!("sqlite: {name}");
        fact(&mut Sqlite::in_memory([5; 16]).unwrap());
    }
}

#[test]
fn both_stores_live_the_same_life() {
    for seed in 0..24 {
        let (mut memory, mut sqlite) = (Memory::new([5; 16]), Sqlite::in_memory([5; 16]).unwrap());
        let (mut one, mut other) = (life::Life::new(seed), life::Life::new(seed));
        for turn in 0..40 {
            let (a, b) = (one.turn(&mut memory), other.turn(&mut sqlite));
            assert_eq!(a, b, "answers differ: seed {seed}, turn {turn}");
            assert_eq!(everything(&memory), everything(&sqlite), "seed {seed}, turn {turn}");
        }
    }
}

#[test]
fn a_file_opened_again_holds_what_was_committed_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("centre.db");
    let mut life = life::Life::new(99);
    let mut store = Sqlite::open(&path, [5; 16]).unwrap();
    for _ in 0..40 {
        life.turn(&mut store);
    }
    let kept = everything(&store);
    store.begin().unwrap();
    store.set_meta("a", "never committed").unwrap();
    drop(store);
    let store = Sqlite::open(&path, [6; 16]).unwrap();
    assert_eq!(everything(&store), kept);
    assert_eq!(store.centre_incarnation().unwrap(), Memory::new([5; 16]).centre_incarnation().unwrap());
}
