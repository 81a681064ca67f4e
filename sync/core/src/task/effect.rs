//! What applying a fact comes to beyond the rows: moves of stock, changes of lines, claims that end.

use super::{
    state::{FulfilmentOrder, PickTask},
    trouble::Trouble,
};
use crate::{
    id::{Code, Id},
    item::{Item, Lot},
    place::Place,
    quantity::Quantity,
};

/// What a fact means beyond the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Goods went from one place to another.
    Moved {
        /// The item.
        item: Code<Item>,
        /// Of which lot, where the item is kept by lot.
        lot: Option<Code<Lot>>,
        /// How many, 1 or more.
        quantity: Quantity,
        /// Where from.
        from: Place,
        /// Where to.
        to: Place,
    },
    /// A line of a fulfilment order progressed, or went back when `by` is negative.
    Line {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// Its line.
        line: u32,
        /// What of it.
        change: LineChange,
        /// By how many.
        by: Quantity,
    },
    /// Of what a task was to take from its location, so many were taken or given up: the centre's claim on
    /// that location shrinks by as much, and grows again when `by` is negative.
    Unclaimed {
        /// The stop.
        task: Id<PickTask>,
        /// By how many.
        by: Quantity,
    },
}

/// Which quantity of a line changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange {
    /// Taken from the pick face.
    Picked,
    /// Not found at the pick face.
    Short,
    /// Missing or broken at packing.
    Lost,
    /// Into a parcel.
    Packed,
}

/// What applying a fact came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What the centre books.
    pub effects: Vec<Effect>,
    /// Exceptions that it raised.
    pub raised: Vec<Id<Trouble>>,
}
