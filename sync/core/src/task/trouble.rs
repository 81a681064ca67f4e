//! Exceptions: contradictions and shortfalls with an owner and remedies.

use serde::{Deserialize, Serialize};

use super::state::{FulfilmentOrder, Operator, PickTask, Role, Terminal, Tote};
use crate::{
    id::{Code, Id},
    item::{Item, Lot},
    place::Location,
    quantity::Quantity,
    time::Millis,
};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Fewer were found at a pick face than wanted.
    ShortPick,
    /// Pieces in a tote that nothing wants: they go back.
    ExcessPick,
    /// Pieces were missing or broken at packing.
    ShortPack,
    /// A tote carries goods of two fulfilment orders.
    ToteConflict,
    /// A fact that fits no row the centre knows.
    Unmatched,
    /// More left a location than the book had there.
    NegativeStock,
    /// Operations of a terminal are held in quarantine: somebody must accept or discard them.
    Quarantined,
    /// Two live terminals report under one name: a clone is about.
    Cloned,
    /// Somebody reported work that her role does not do, or her badge is not valid. It counts.
    OutOfRole,
    /// A terminal's clock differs from the centre's. Nothing depends on it; what it says was when is off.
    ClockOff,
    /// A terminal has no space left: what is under way can be finished, nothing begun.
    DiskFull,
    /// A terminal is lost, with what it did not report: its totes are to be counted.
    Lost,
    /// What is in a tote is not known for sure: it is to be counted.
    ToteUnsure,
    /// A count differs so much from the book that a second person is to count. The quantity is found less booked.
    SecondCount,
    /// Goods of a lot that is on hold are in an order: it is not packed.
    LotHeld,
    /// The centre's database was restored from a backup.
    Restored,
    /// A terminal's rows were not the centre's: it fetched them anew.
    Desynced,
}

/// How an exception may be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Ship what there is; what is missing waits for stock.
    Backorder,
    /// Ship what there is; what is missing is cancelled.
    CancelRest,
    /// Pick it from another location.
    PickElsewhere,
    /// The pieces were put back where they belong.
    PutBack,
    /// Somebody looked and it is right.
    Acknowledge,
    /// It takes no effect, and is kept as evidence.
    Discard,
}

/// One exception. At most one is open per cause: its id derives from the operation that raised it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Its id.
    pub id: Id<Trouble>,
    /// What is wrong.
    pub kind: TroubleKind,
    /// Whose it is to settle.
    pub owner: Role,
    /// When it was raised, by the clock of the terminal that saw it.
    pub raised: Millis,
    /// Who was there.
    pub by: Code<Operator>,
    /// The stop.
    pub task: Option<Id<PickTask>>,
    /// The fulfilment order.
    pub fulfilment: Option<Id<FulfilmentOrder>>,
    /// The item.
    pub item: Option<Code<Item>>,
    /// The location.
    pub location: Option<Code<Location>>,
    /// The tote.
    pub tote: Option<Code<Tote>>,
    /// The terminal, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<Code<Terminal>>,
    /// How many.
    pub quantity: Quantity,
    /// Of which lot, where the item is kept by lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Code<Lot>>,
    /// What may be done.
    pub remedies: Vec<Remedy>,
    /// What was done, once it is.
    pub settled: Option<Settled>,
}

impl Trouble {
    /// An open exception for the lead, about nothing in particular yet. It can be acknowledged.
    #[must_use]
    pub fn blank(id: Id<Self>, kind: TroubleKind, by: &Code<Operator>, raised: Millis) -> Self {
        Self {
            id,
            kind,
            owner: Role::Lead,
            raised,
            by: by.clone(),
            task: None,
            fulfilment: None,
            item: None,
            location: None,
            tote: None,
            terminal: None,
            quantity: Quantity::ZERO,
            remedies: vec![Remedy::Acknowledge],
            settled: None,
            lot: None,
        }
    }

    /// The id of the exception about what is in a tote.
    #[must_use]
    pub fn of_tote(tote: &Code<Tote>) -> Id<Self> {
        Self::about("aisle tote unsure 1", &[tote.as_str()])
    }

    /// The id of the exception about a cause that no single operation raised: always the same one, so that it is
    /// open at most once. `domain` names the kind of cause, `about` which one.
    #[must_use]
    pub fn about(domain: &str, about: &[&str]) -> Id<Self> {
        let name = blake3::derive_key(domain, about.join("\n").as_bytes());
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&name[..16]);
        Id::from_bytes(bytes)
    }
}

/// How an exception ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The remedy.
    pub remedy: Remedy,
    /// Who chose it.
    pub by: Code<Operator>,
    /// When, by the centre's clock.
    pub at: Millis,
}
