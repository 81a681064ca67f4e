//! The row operations a store offers inside a transaction.
//!
//! Each does one thing to one table. Operations that a command uses answer `false` when a guard says no;
//! operations that a fact uses go through, and leave the level marked as unsound.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    order::Order,
    place::{Place, Site},
    quantity::Quantity,
    task::{
        op::Op,
        rows::{Key, RowKind},
        state::{FulfilmentOrder, PickTask, Terminal},
    },
    wire::{
        chain::{Incarnation, Link},
        sum::RowSum,
    },
};

use super::{Result, record::*};

/// Everything, as one object.
pub trait Tables: FeedTables + OrderTables + StockTables + SyncTables + QuarantineTables {}
impl<T: FeedTables + OrderTables + StockTables + SyncTables + QuarantineTables> Tables for T {}

/// Rows of the floor, counters and named values.
pub trait FeedTables {
    /// The JSON of a row; `None` when there is none or it is gone.
    ///
    /// # Errors
    /// When the database fails.
    fn body(&self, key: &Key) -> Result<Option<String>>;
    /// Writes a row and gives it the next feed sequence; the same JSON again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    fn put_body(&mut self, key: &Key, body: &str) -> Result<()>;
    /// Takes a row away and leaves a tombstone with the next feed sequence.
    ///
    /// # Errors
    /// When the database fails.
    fn delete_row(&mut self, key: &Key) -> Result<()>;
    /// The JSON of every row of a kind, by key.
    ///
    /// # Errors
    /// When the database fails.
    fn bodies(&self, kind: &RowKind) -> Result<Vec<(Key, String)>>;
    /// Row states after a feed sequence, oldest change first, tombstones among them.
    ///
    /// # Errors
    /// When the database fails.
    fn feed_rows(&self, after: u64, limit: usize) -> Result<Vec<Fed>>;
    /// The sum over all live rows.
    ///
    /// # Errors
    /// When the database fails.
    fn feed_sum(&self) -> Result<RowSum>;
    /// Forgets the tombstones up to a feed sequence; the last state of all stays. Answers the highest sequence that
    /// was forgotten, 0 for none.
    ///
    /// # Errors
    /// When the database fails.
    fn drop_tombstones(&mut self, upto: u64) -> Result<u64>;
    /// Live rows after a key, by the text of their keys.
    ///
    /// # Errors
    /// When the database fails.
    fn rows_by_key(&self, after: Option<&Key>, limit: usize) -> Result<Vec<Fed>>;
    /// Rows whose body is not the one that was written: somebody changed the file by hand.
    ///
    /// # Errors
    /// When the database fails.
    fn broken_rows(&self) -> Result<Vec<Key>>;
    /// The last feed sequence given.
    ///
    /// # Errors
    /// When the database fails.
    fn feed_hi(&self) -> Result<u64>;
    /// The next number of a series: 1, 2, 3 …
    ///
    /// # Errors
    /// When the database fails.
    fn next_number(&mut self, series: &str) -> Result<u64>;
    /// The last number given of a series; 0 before the first.
    ///
    /// # Errors
    /// When the database fails.
    fn last_number(&self, series: &str) -> Result<u64>;
    /// A named value.
    ///
    /// # Errors
    /// When the database fails.
    fn meta(&self, name: &str) -> Result<Option<String>>;
    /// Sets a named value.
    ///
    /// # Errors
    /// When the database fails.
    fn set_meta(&mut self, name: &str, value: &str) -> Result<()>;
    /// Which life of the centre's database this is: another one means it was restored.
    ///
    /// # Errors
    /// When the database fails.
    fn centre_incarnation(&self) -> Result<Incarnation>;
    /// Which life of the feed this is: another one needs a snapshot.
    ///
    /// # Errors
    /// When the database fails.
    fn feed_epoch(&self) -> Result<Incarnation>;
}

/// Orders, their lines and charges, allocations.
pub trait OrderTables {
    /// Writes an order, new or changed.
    ///
    /// # Errors
    /// When the database fails, or another order has the same channel and reference.
    fn put_order(&mut self, order: &OrderRecord) -> Result<()>;
    /// The order with this id.
    ///
    /// # Errors
    /// When the database fails.
    fn order(&self, id: Id<Order>) -> Result<Option<OrderRecord>>;
    /// The order with this reference.
    ///
    /// # Errors
    /// When the database fails.
    fn order_by_reference(&self, channel: &str, reference: &str) -> Result<Option<OrderRecord>>;
    /// Every order, oldest first: by the time it was taken in, then its id.
    ///
    /// # Errors
    /// When the database fails.
    fn orders(&self) -> Result<Vec<OrderRecord>>;
    /// Forgets an order that nothing was promised of, with its lines and charges.
    ///
    /// # Errors
    /// When the database fails, or something refers to the order.
    fn delete_order(&mut self, id: Id<Order>) -> Result<()>;
    /// Adds a line.
    ///
    /// # Errors
    /// When the database fails.
    fn insert_line(&mut self, line: &LineRecord) -> Result<()>;
    /// The lines of an order, by number.
    ///
    /// # Errors
    /// When the database fails.
    fn lines(&self, order: Id<Order>) -> Result<Vec<LineRecord>>;
    /// Every line that has something in a part, oldest order first.
    ///
    /// # Errors
    /// When the database fails.
    fn lines_with(&self, bucket: Bucket) -> Result<Vec<LineRecord>>;
    /// Moves `by` of a line from one part to another, if the first has as many.
    ///
    /// # Errors
    /// When the database fails.
    fn shift_line(
        &mut self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Result<bool>;
    /// Moves `by` of a line from one part to another, whatever is there: for facts.
    ///
    /// # Errors
    /// When the database fails.
    fn force_line(
        &mut self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Result<()>;
    /// Adds a charge.
    ///
    /// # Errors
    /// When the database fails.
    fn insert_charge(&mut self, charge: &ChargeRecord) -> Result<()>;
    /// The charges of an order, by number.
    ///
    /// # Errors
    /// When the database fails.
    fn charges(&self, order: Id<Order>) -> Result<Vec<ChargeRecord>>;
    /// Writes an allocation, new or changed.
    ///
    /// # Errors
    /// When the database fails.
    fn put_allocation(&mut self, allocation: &AllocationRecord) -> Result<()>;
    /// The allocation of a fulfilment order's line.
    ///
    /// # Errors
    /// When the database fails.
    fn allocation(&self, fulfilment: Id<FulfilmentOrder>, line: u32) -> Result<Option<AllocationRecord>>;
    /// The allocations of an order, by fulfilment order and line.
    ///
    /// # Errors
    /// When the database fails.
    fn allocations_of(&self, order: Id<Order>) -> Result<Vec<AllocationRecord>>;
    /// Every allocation, by fulfilment order and line.
    ///
    /// # Errors
    /// When the database fails.
    fn allocations(&self) -> Result<Vec<AllocationRecord>>;
}

/// The ledger, its levels, claims, sellable counters and reservations.
pub trait StockTables {
    /// Appends a move to the ledger; its number is given here.
    ///
    /// # Errors
    /// When the database fails.
    fn append_move(&mut self, posted: &MoveRecord) -> Result<u64>;
    /// The number of the last move; 0 before the first.
    ///
    /// # Errors
    /// When the database fails.
    fn last_move(&self) -> Result<u64>;
    /// Moves after a number, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn moves_after(&self, number: u64, limit: usize) -> Result<Vec<MoveRecord>>;
    /// The moves of an item, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn moves_of(&self, item: &Code<Item>) -> Result<Vec<MoveRecord>>;
    /// The level of a lot of an item at a place, or of the item where it is kept by no lot; zero when the book
    /// knows of none.
    ///
    /// # Errors
    /// When the database fails.
    fn level(&self, goods: Goods<'_>, place: &Place) -> Result<LevelRecord>;
    /// Changes a level if it stays sound.
    ///
    /// # Errors
    /// When the database fails.
    fn shift_level(
        &mut self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<bool>;
    /// Changes a level, sound or not: for facts. Answers the level it comes to.
    ///
    /// # Errors
    /// When the database fails.
    fn force_level(
        &mut self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<LevelRecord>;
    /// The levels of an item, by place and lot.
    ///
    /// # Errors
    /// When the database fails.
    fn levels_of(&self, item: &Code<Item>) -> Result<Vec<LevelRecord>>;
    /// The levels at a place, by item and lot; nothing for what is not there.
    ///
    /// # Errors
    /// When the database fails.
    fn levels_at(&self, place: &Place) -> Result<Vec<LevelRecord>>;
    /// Every level, by item, place and lot.
    ///
    /// # Errors
    /// When the database fails.
    fn levels(&self) -> Result<Vec<LevelRecord>>;
    /// Writes a claim; one of nothing is taken away.
    ///
    /// # Errors
    /// When the database fails.
    fn put_claim(&mut self, claim: &ClaimRecord) -> Result<()>;
    /// The claim of a task.
    ///
    /// # Errors
    /// When the database fails.
    fn claim(&self, task: Id<PickTask>) -> Result<Option<ClaimRecord>>;
    /// Every claim, by task.
    ///
    /// # Errors
    /// When the database fails.
    fn claims(&self) -> Result<Vec<ClaimRecord>>;
    /// What a site can sell of an item; zero when it never had any.
    ///
    /// # Errors
    /// When the database fails.
    fn sellable(&self, site: &Code<Site>, item: &Code<Item>) -> Result<SellableRecord>;
    /// Every sellable counter, by site and item.
    ///
    /// # Errors
    /// When the database fails.
    fn sellables(&self) -> Result<Vec<SellableRecord>>;
    /// Promises `by` if so many are free.
    ///
    /// # Errors
    /// When the database fails.
    fn allocate(&mut self, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool>;
    /// Reserves `by` if so many are free.
    ///
    /// # Errors
    /// When the database fails.
    fn reserve(&mut self, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool>;
    /// Changes the counters, whatever comes of it: what moves and facts do to them.
    ///
    /// # Errors
    /// When the database fails, or `allocated` or `reserved` would become negative.
    fn force_sellable(
        &mut self,
        site: &Code<Site>,
        item: &Code<Item>,
        on_hand: Quantity,
        allocated: Quantity,
        reserved: Quantity,
    ) -> Result<()>;
    /// Sets what is kept back of an item.
    ///
    /// # Errors
    /// When the database fails.
    fn set_safety(&mut self, site: &Code<Site>, item: &Code<Item>, safety: Quantity) -> Result<()>;
    /// Writes a reservation; one of nothing is taken away.
    ///
    /// # Errors
    /// When the database fails.
    fn put_reservation(&mut self, reservation: &ReservationRecord) -> Result<()>;
    /// The reservation with this name.
    ///
    /// # Errors
    /// When the database fails.
    fn reservation(&self, name: &str) -> Result<Option<ReservationRecord>>;
    /// Every reservation that still counts, by name.
    ///
    /// # Errors
    /// When the database fails.
    fn reservations(&self) -> Result<Vec<ReservationRecord>>;
}

/// Terminals, the archive of operations, events for the outside.
pub trait SyncTables {
    /// Writes a terminal, new or changed.
    ///
    /// # Errors
    /// When the database fails.
    fn put_terminal(&mut self, terminal: &TerminalRecord) -> Result<()>;
    /// The terminal with this code.
    ///
    /// # Errors
    /// When the database fails.
    fn terminal_state(&self, code: &Code<Terminal>) -> Result<Option<TerminalRecord>>;
    /// The terminal whose bearer token has this BLAKE3 hash.
    ///
    /// # Errors
    /// When the database fails.
    fn terminal_by_token_hash(&self, hash: &[u8; 32]) -> Result<Option<TerminalRecord>>;
    /// Every terminal, by code.
    ///
    /// # Errors
    /// When the database fails.
    fn terminals(&self) -> Result<Vec<TerminalRecord>>;
    /// Notes how far a terminal's journal is applied.
    ///
    /// # Errors
    /// When the database fails, or no such terminal is enrolled.
    fn set_terminal_state(
        &mut self,
        code: &Code<Terminal>,
        incarnation: Incarnation,
        applied_hi: u64,
        link: &Link,
    ) -> Result<()>;
    /// An operation as it first came, with its verdict.
    ///
    /// # Errors
    /// When the database fails.
    fn first_op(&self, op: Id<Op>) -> Result<Option<OpRecord>>;
    /// The link and verdict at a place of a terminal's journal.
    ///
    /// # Errors
    /// When the database fails.
    fn op_at(
        &self,
        terminal: &Code<Terminal>,
        incarnation: Incarnation,
        seq: u64,
    ) -> Result<Option<(Link, String)>>;
    /// Archives an operation with its verdict.
    ///
    /// # Errors
    /// When the database fails, or the place in the journal is taken.
    fn store_op(&mut self, op: &OpRecord) -> Result<()>;
    /// The archived operations of a terminal, by incarnation and sequence.
    ///
    /// # Errors
    /// When the database fails.
    fn ops_of(&self, terminal: &Code<Terminal>) -> Result<Vec<OpRecord>>;
    /// Adds an event; its number is given here.
    ///
    /// # Errors
    /// When the database fails.
    fn append_event(&mut self, event: &EventRecord) -> Result<u64>;
    /// Events after a number, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn events_after(&self, number: u64, limit: usize) -> Result<Vec<EventRecord>>;
}

/// What is kept and not applied.
pub trait QuarantineTables {
    /// Keeps something; its number is given here. `None` when it is kept already.
    ///
    /// # Errors
    /// When the database fails, or its terminal was never enrolled.
    fn hold(&mut self, held: &HeldRecord) -> Result<Option<u64>>;
    /// What has this number.
    ///
    /// # Errors
    /// When the database fails.
    fn held(&self, number: u64) -> Result<Option<HeldRecord>>;
    /// Writes what became of something that is kept.
    ///
    /// # Errors
    /// When the database fails.
    fn settle_held(&mut self, held: &HeldRecord) -> Result<()>;
    /// Everything, by number; only what nobody decided on when `open`.
    ///
    /// # Errors
    /// When the database fails.
    fn quarantine(&self, open: bool) -> Result<Vec<HeldRecord>>;
    /// How much of a terminal waits for a decision, for one cause.
    ///
    /// # Errors
    /// When the database fails.
    fn count_held(&self, terminal: &Code<Terminal>, cause: Cause) -> Result<u64>;
    /// What an operation came to that was accepted out of quarantine: the JSON of its verdict.
    ///
    /// # Errors
    /// When the database fails.
    fn accepted_verdict(&self, op: Id<Op>) -> Result<Option<String>>;
}
