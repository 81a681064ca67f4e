//! The store in maps: for tests and simulations, which need thousands of centres and no file.
//!
//! It keeps what the SQLite store keeps and guards what its schema guards; one suite runs on both. Each change
//! notes how to take it back, so that savepoints nest and a rollback leaves nothing behind.
//! Never here: anything that outlives the process.

mod feed;
mod orders;
mod quarantine;
mod stock;
mod sync;

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id},
    item::{Item, Lot},
    order::Order,
    place::Site,
    task::{
        op::Op,
        state::{FulfilmentOrder, PickTask, Terminal},
    },
    wire::sum::RowSum,
};

use super::{
    Result, Store, StoreError,
    record::{
        AllocationRecord, ChargeRecord, ClaimRecord, EventRecord, Fed, HeldRecord, LevelRecord, LineRecord,
        MoveRecord, OpRecord, OrderRecord, ReservationRecord, SellableRecord, TerminalRecord,
    },
};

/// The centre's database in maps.
pub struct Memory {
    kept: Kept,
    log: Log,
}

/// The place of an operation in a journal: terminal, incarnation (as the signed number that SQLite sorts by),
/// sequence.
type OpPlace = (Code<Terminal>, i64, u64);

/// An item, a place as text, a lot.
type LevelKey = (Code<Item>, String, Option<Code<Lot>>);

/// Every table by its key, and what is looked up otherwise.
#[derive(Default)]
struct Kept {
    meta: BTreeMap<String, String>,
    counters: BTreeMap<String, u64>,
    feed: BTreeMap<String, Fed>,
    feed_by_seq: BTreeMap<u64, String>,
    /// The sum over live rows, under the only key.
    sum: BTreeMap<(), RowSum>,
    orders: BTreeMap<Id<Order>, OrderRecord>,
    order_by_reference: BTreeMap<(String, String), Id<Order>>,
    lines: BTreeMap<(Id<Order>, u32), LineRecord>,
    charges: BTreeMap<(Id<Order>, u32), ChargeRecord>,
    allocations: BTreeMap<(Id<FulfilmentOrder>, u32), AllocationRecord>,
    moves: BTreeMap<u64, MoveRecord>,
    levels: BTreeMap<LevelKey, LevelRecord>,
    claims: BTreeMap<Id<PickTask>, ClaimRecord>,
    sellables: BTreeMap<(Code<Site>, Code<Item>), SellableRecord>,
    reservations: BTreeMap<String, ReservationRecord>,
    terminals: BTreeMap<Code<Terminal>, TerminalRecord>,
    ops: BTreeMap<OpPlace, OpRecord>,
    op_by_id: BTreeMap<Id<Op>, OpPlace>,
    events: BTreeMap<u64, EventRecord>,
    quarantine: BTreeMap<u64, HeldRecord>,
}

/// How to take one change back.
type Undo = Box<dyn FnOnce(&mut Kept) + Send>;

/// The changes of an open transaction, oldest first, and where its savepoints began.
#[derive(Default)]
struct Log {
    open: bool,
    changes: Vec<Undo>,
    marks: Vec<usize>,
}

/// Picks one table out of all.
type Table<K, V> = fn(&mut Kept) -> &mut BTreeMap<K, V>;

impl Memory {
    /// An empty store. `entropy` names this life of it, as for a new database.
    #[must_use]
    pub fn new(entropy: [u8; 16]) -> Self {
        let mut kept = Kept::default();
        for (name, word) in super::lives(entropy) {
            kept.meta.insert(name.to_owned(), word);
        }
        Self { kept, log: Log::default() }
    }

    /// Writes a value under a key, or takes it away, and notes how to take that back.
    fn set<K, V>(&mut self, table: Table<K, V>, key: K, value: Option<V>)
    where
        K: Ord + Clone + Send + 'static,
        V: Send + 'static,
    {
        let before = change(table(&mut self.kept), key.clone(), value);
        if self.log.open {
            self.log.changes.push(Box::new(move |kept| {
                change(table(kept), key, before);
            }));
        }
    }

    /// Takes back every change after the first `keep` of the transaction, newest first.
    fn take_back(&mut self, keep: usize) {
        while self.log.changes.len() > keep {
            if let Some(undo) = self.log.changes.pop() {
                undo(&mut self.kept);
            }
        }
    }
}

/// Writes or takes away; answers what was there.
fn change<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) -> Option<V> {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    }
}

/// A change refused by what the schema guards.
fn guard(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(StoreError::Guard { what: what() }) }
}

impl Store for Memory {
    fn begin(&mut self) -> Result<()> {
        guard(!self.log.open, || "a transaction is open already".to_owned())?;
        self.log = Log { open: true, ..Log::default() };
        Ok(())
    }
    fn commit(&mut self) -> Result<()> {
        guard(self.log.open, || "no transaction is open".to_owned())?;
        self.log = Log::default();
        Ok(())
    }
    fn rollback(&mut self) -> Result<()> {
        self.take_back(0);
        self.log = Log::default();
        Ok(())
    }
    fn savepoint(&mut self) -> Result<()> {
        guard(self.log.open, || "a savepoint needs a transaction".to_owned())?;
        self.log.marks.push(self.log.changes.len());
        Ok(())
    }
    fn release(&mut self) -> Result<()> {
        let open = self.log.marks.pop().is_some();
        guard(open, || "no savepoint is open".to_owned())
    }
    fn undo(&mut self) -> Result<()> {
        let mark = self.log.marks.pop();
        guard(mark.is_some(), || "no savepoint is open".to_owned())?;
        self.take_back(mark.unwrap_or(0));
        Ok(())
    }
}
