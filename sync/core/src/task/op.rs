//! What an operator did, asks for, or leaves as a note.
//!
//! A [`Fact`] physically happened: no end may refuse it. A [`Request`] asks the centre, which may say no.
//! A [`Note`] helps to resume and to explain. Each is written once as JSON, `{"kind": …}`, and its bytes
//! are never rewritten: a new meaning is a new kind or a higher [`Op::version`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    bounds::{self, Beyond},
    state::{
        Cart, Content, FulfilmentOrder, Manifest, Operator, Parcel, PickList, PickTask, Role, ShortReason,
        Terminal, Tote,
    },
    trouble::{Remedy, Trouble},
    upcast::{self, STEPS, Step},
};
use crate::{
    id::{Code, Id},
    item::{CartonType, Item, Lot},
    place::Location,
    quantity::Quantity,
    time::Millis,
};

/// One operation, before it is journaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// It happened.
    Fact(Fact),
    /// It is asked.
    Request(Request),
    /// It is worth knowing.
    Note(Note),
}

/// Which kind of answer an operation may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A [`Fact`]: accepted, perhaps with an exception, or parked.
    Fact,
    /// A [`Request`]: accepted, superseded, refused or parked.
    Request,
    /// A [`Note`]: kept.
    Note,
}

/// Who did it, when, and under which identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The operation's id: its idempotency key.
    pub op: Id<Op>,
    /// Who was signed on.
    pub operator: Code<Operator>,
    /// At which terminal.
    pub terminal: Code<Terminal>,
    /// When, by the terminal's clock. Evidence, never an order.
    pub at: Millis,
}

/// Something that physically happened. Its numbers keep to [`bounds`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A cart was taken for a pick list.
    ListStarted {
        /// The list.
        list: Id<PickList>,
        /// The cart.
        cart: Code<Cart>,
    },
    /// A tote was set into a slot. With `undoes`, taken out again.
    ToteAssigned {
        /// The list.
        list: Id<PickList>,
        /// The slot.
        slot: u8,
        /// The tote.
        tote: Code<Tote>,
        /// The operation that this takes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<Id<Op>>,
    },
    /// Pieces went from a location onto the cart. With `undoes`, back again.
    Picked {
        /// The stop.
        task: Id<PickTask>,
        /// The item taken.
        item: Code<Item>,
        /// Where from.
        location: Code<Location>,
        /// Whose cart.
        cart: Code<Cart>,
        /// How many.
        quantity: Quantity,
        /// Whether the number was keyed, not scanned piece by piece.
        #[serde(default, skip_serializing_if = "is_false")]
        keyed: bool,
        /// The operation that this takes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<Id<Op>>,
        /// Of which lot, where the item is kept by lot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Code<Lot>>,
    },
    /// Pieces went from the cart into a tote. With `undoes`, out again.
    Put {
        /// The stop.
        task: Id<PickTask>,
        /// The item.
        item: Code<Item>,
        /// The cart.
        cart: Code<Cart>,
        /// The tote.
        tote: Code<Tote>,
        /// How many.
        quantity: Quantity,
        /// The operation that this takes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<Id<Op>>,
        /// Of which lot, where the item is kept by lot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Code<Lot>>,
    },
    /// Fewer were found than wanted. With `undoes`, they were found after all.
    Shorted {
        /// The stop.
        task: Id<PickTask>,
        /// The item.
        item: Code<Item>,
        /// Where it was missing.
        location: Code<Location>,
        /// How many are missing.
        quantity: Quantity,
        /// Why.
        reason: ShortReason,
        /// The operation that this takes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<Id<Op>>,
    },
    /// A tote was full and left its slot, closed.
    ToteFilled {
        /// The list.
        list: Id<PickList>,
        /// The slot.
        slot: u8,
        /// The tote.
        tote: Code<Tote>,
    },
    /// A tote was set down in a lane.
    ToteDropped {
        /// The list.
        list: Id<PickList>,
        /// The tote.
        tote: Code<Tote>,
        /// The lane.
        lane: Code<Location>,
    },
    /// A packer began on a fulfilment order.
    PackStarted {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// The tote that was scanned.
        tote: Code<Tote>,
    },
    /// A carton was opened for a fulfilment order.
    CartonOpened {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// The new parcel.
        parcel: Id<Parcel>,
        /// The carton.
        carton: Code<CartonType>,
    },
    /// Another carton was taken for an open parcel.
    CartonChanged {
        /// The parcel.
        parcel: Id<Parcel>,
        /// The carton.
        carton: Code<CartonType>,
    },
    /// Pieces went from a tote into a parcel. With `undoes`, back again.
    Packed {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// The line.
        line: u32,
        /// The item.
        item: Code<Item>,
        /// The tote.
        tote: Code<Tote>,
        /// The parcel.
        parcel: Id<Parcel>,
        /// How many.
        quantity: Quantity,
        /// The operation that this takes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<Id<Op>>,
        /// Of which lot, where the item is kept by lot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Code<Lot>>,
    },
    /// Pieces that should be in a tote are missing or broken at packing.
    PackShorted {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// The line.
        line: u32,
        /// The item.
        item: Code<Item>,
        /// The tote.
        tote: Code<Tote>,
        /// How many.
        quantity: Quantity,
        /// Why.
        reason: ShortReason,
        /// Of which lot, where the item is kept by lot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Code<Lot>>,
    },
    /// A parcel was closed, weighed and given its SSCC.
    Sealed {
        /// The parcel.
        parcel: Id<Parcel>,
        /// Its SSCC, 18 digits, from the terminal's own range.
        sscc: String,
        /// Weighed, in grams.
        weight_g: u32,
    },
    /// A label was printed for a parcel.
    Labelled {
        /// The parcel.
        parcel: Id<Parcel>,
    },
    /// A parcel was set down in a staging lane.
    Staged {
        /// The parcel.
        parcel: Id<Parcel>,
        /// The lane.
        lane: Code<Location>,
    },
    /// A parcel was put on a vehicle.
    Loaded {
        /// The parcel.
        parcel: Id<Parcel>,
        /// The manifest.
        manifest: Id<Manifest>,
    },
    /// All that is in a tote was counted, by somebody who was not told what should be.
    ToteCounted {
        /// The tote.
        tote: Code<Tote>,
        /// All of it, each item once.
        contents: Vec<Content>,
    },
    /// All of an item at a location was counted.
    Counted {
        /// The item.
        item: Code<Item>,
        /// The location.
        location: Code<Location>,
        /// How many are there; 0 for none.
        found: Quantity,
        /// The last move of the ledger that the counter's rows contained, as the feed told it.
        book: u64,
    },
    /// Pieces in a tote are of this lot.
    LotTaken {
        /// The stop.
        task: Id<PickTask>,
        /// The item.
        item: Code<Item>,
        /// The lot as it is printed.
        lot: String,
        /// The lot that was asked for, when it was another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<String>,
        /// How many.
        quantity: Quantity,
    },
}

/// Something that the centre may refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Request {
    /// More work for the operator who asks.
    Claim {
        /// How many lists she would hold at once.
        lists: u8,
    },
    /// A pick list is over.
    Complete {
        /// The list.
        list: Id<PickList>,
        /// The epoch she saw.
        epoch: u32,
    },
    /// What remains of a pick list goes to another operator.
    Reassign {
        /// The list.
        list: Id<PickList>,
        /// The epoch the lead saw.
        epoch: u32,
        /// Which stops; all that remain when empty.
        #[serde(default)]
        tasks: Vec<Id<PickTask>>,
        /// Who takes them.
        to: Code<Operator>,
    },
    /// A fulfilment order is held back.
    Hold {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// The hold's name.
        hold: String,
    },
    /// A hold is lifted.
    Unhold {
        /// The fulfilment order.
        fulfilment: Id<FulfilmentOrder>,
        /// The hold's name.
        hold: String,
    },
    /// An exception is settled.
    Settle {
        /// The exception.
        exception: Id<Trouble>,
        /// How.
        remedy: Remedy,
    },
    /// A manifest is handed over.
    CloseManifest {
        /// The manifest.
        manifest: Id<Manifest>,
    },
    /// A terminal will not come back with what it holds.
    MarkLost {
        /// Which.
        terminal: Code<Terminal>,
    },
}

/// Something that helps to resume and to explain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// An operator signed on.
    SignedOn {
        /// Her role in this session.
        role: Role,
    },
    /// She signed off.
    SignedOff,
    /// She scanned a location.
    Arrived {
        /// The stop it was for.
        task: Id<PickTask>,
        /// The location.
        location: Code<Location>,
    },
    /// She scanned the tote of a stop before its pieces were complete: they go in once they are.
    Offered {
        /// The stop.
        task: Id<PickTask>,
        /// The tote.
        tote: Code<Tote>,
    },
    /// She put a stop off.
    Skipped {
        /// The stop.
        task: Id<PickTask>,
    },
    /// The way through what remains was planned anew from where she stands.
    Rerouted {
        /// The list.
        list: Id<PickList>,
        /// The stops that come last from now on, in the order to go to them.
        tasks: Vec<Id<PickTask>>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Why bytes are no operation that this build knows.
#[derive(Debug, thiserror::Error)]
pub enum OpError {
    /// A kind or version that a newer build wrote.
    #[error("operation {kind:?} version {version} is newer than this program")]
    Newer {
        /// The kind it names.
        kind: String,
        /// The version it names.
        version: u16,
    },
    /// A number or name beyond its limit: forged or damaged.
    #[error("operation {kind:?} is beyond its limits: {limit}")]
    Beyond {
        /// The kind it names.
        kind: String,
        /// Which limit.
        limit: Beyond,
    },
    /// Not the JSON of an operation.
    #[error("not an operation: {0}")]
    Garbled(#[from] serde_json::Error),
}

impl Op {
    /// Which family it belongs to.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            Self::Fact(_) => Family::Fact,
            Self::Request(_) => Family::Request,
            Self::Note(_) => Family::Note,
        }
    }

    /// The version of its kind.
    #[must_use]
    pub fn version(&self) -> u16 {
        upcast::current(STEPS, self.family(), self.kind())
    }

    /// Its JSON bytes, as they are journaled, hashed and sent.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let written = match self {
            Self::Fact(fact) => serde_json::to_vec(fact),
            Self::Request(request) => serde_json::to_vec(request),
            Self::Note(note) => serde_json::to_vec(note),
        };
        written.expect("operations are plain structs with string keys")
    }

    /// Reads an operation back.
    ///
    /// # Errors
    /// [`OpError::Newer`] when the version or kind is not known here, [`OpError::Beyond`] when it breaks one of
    /// the [`bounds`], [`OpError::Garbled`] when the bytes are no operation at all.
    pub fn from_bytes(family: Family, version: u16, bytes: &[u8]) -> Result<Self, OpError> {
        Self::read(STEPS, family, version, bytes)
    }

    /// [`Op::from_bytes`], with these steps from older versions to the present ones.
    fn read(steps: &[Step], family: Family, version: u16, bytes: &[u8]) -> Result<Self, OpError> {
        #[derive(Deserialize)]
        struct Kind {
            kind: String,
        }
        let kind: Kind = serde_json::from_slice(bytes)?;
        let newer = || OpError::Newer { kind: kind.kind.clone(), version };
        let beyond = |limit| OpError::Beyond { kind: kind.kind.clone(), limit };
        let current = upcast::current(steps, family, &kind.kind);
        if version > current {
            return Err(newer());
        }
        if version == 0 {
            return Err(beyond(Beyond::Version));
        }
        let cast = if version < current {
            let fields = upcast::cast(steps, family, &kind.kind, version, serde_json::from_slice(bytes)?);
            let fields = fields.ok_or_else(|| beyond(Beyond::Version))?;
            Cow::Owned(serde_json::to_vec(&fields)?)
        } else {
            Cow::Borrowed(bytes)
        };
        let read = match family {
            Family::Fact => serde_json::from_slice(&cast).map(Self::Fact),
            Family::Request => serde_json::from_slice(&cast).map(Self::Request),
            Family::Note => serde_json::from_slice(&cast).map(Self::Note),
        };
        let op = read.map_err(|error| {
            if error.to_string().starts_with("unknown variant") { newer() } else { OpError::Garbled(error) }
        })?;
        bounds::check(&op).map_err(beyond)?;
        Ok(op)
    }

    /// The word of its kind, for logs and the journal's column.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Fact(fact) => fact.kind(),
            Self::Request(request) => request.kind(),
            Self::Note(note) => note.kind(),
        }
    }
}

impl Fact {
    /// The lot of the pieces it moves, where it names one.
    #[must_use]
    pub const fn lot(&self) -> Option<&Code<Lot>> {
        match self {
            Self::Picked { lot, .. }
            | Self::Put { lot, .. }
            | Self::Packed { lot, .. }
            | Self::PackShorted { lot, .. } => lot.as_ref(),
            _ => None,
        }
    }

    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ListStarted { .. } => "list_started",
            Self::ToteAssigned { .. } => "tote_assigned",
            Self::Picked { .. } => "picked",
            Self::Put { .. } => "put",
            Self::Shorted { .. } => "shorted",
            Self::ToteFilled { .. } => "tote_filled",
            Self::ToteDropped { .. } => "tote_dropped",
            Self::PackStarted { .. } => "pack_started",
            Self::CartonOpened { .. } => "carton_opened",
            Self::CartonChanged { .. } => "carton_changed",
            Self::Packed { .. } => "packed",
            Self::PackShorted { .. } => "pack_shorted",
            Self::Sealed { .. } => "sealed",
            Self::Labelled { .. } => "labelled",
            Self::Staged { .. } => "staged",
            Self::Loaded { .. } => "loaded",
            Self::ToteCounted { .. } => "tote_counted",
            Self::Counted { .. } => "counted",
            Self::LotTaken { .. } => "lot_taken",
        }
    }
}

impl Request {
    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "claim",
            Self::Complete { .. } => "complete",
            Self::Reassign { .. } => "reassign",
            Self::Hold { .. } => "hold",
            Self::Unhold { .. } => "unhold",
            Self::Settle { .. } => "settle",
            Self::CloseManifest { .. } => "close_manifest",
            Self::MarkLost { .. } => "mark_lost",
        }
    }
}

impl Note {
    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SignedOn { .. } => "signed_on",
            Self::SignedOff => "signed_off",
            Self::Arrived { .. } => "arrived",
            Self::Offered { .. } => "offered",
            Self::Skipped { .. } => "skipped",
            Self::Rerouted { .. } => "rerouted",
        }
    }
}

#[cfg(test)]
mod tests;
