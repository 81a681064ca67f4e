//! What the terminal says no to. A closed list: each has a cue, words of its own on the screen, and a test.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::Location,
    quantity::Quantity,
    task::state::{Cart, FulfilmentOrder, Operator, Parcel, Tote},
    time::Millis,
};
use serde::Serialize;

use super::{Cue, Thing, lot::Label};

/// A no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// Another item is due.
    WrongItem {
        /// What was scanned.
        scanned: Code<Item>,
        /// What is due.
        wanted: Code<Item>,
    },
    /// Another location is due: what was scanned is there, or belongs there.
    WrongLocation {
        /// Where she is, or where the scanned item belongs.
        scanned: Code<Location>,
        /// Where she should be.
        wanted: Code<Location>,
    },
    /// Another order's tote.
    WrongTote {
        /// What was scanned.
        scanned: Code<Tote>,
        /// Which is due; none when the slot is empty.
        wanted: Option<Code<Tote>>,
        /// The slot that it stands in.
        slot: u8,
    },
    /// No such tote here: not of this cart, or not of this site.
    UnknownTote {
        /// What was scanned.
        tote: Code<Tote>,
    },
    /// The tote holds goods already, or stands on another cart.
    ToteTaken {
        /// What was scanned.
        tote: Code<Tote>,
    },
    /// The tote holds nothing to pack.
    ToteEmpty {
        /// What was scanned.
        tote: Code<Tote>,
    },
    /// The tote is still on a cart, being filled.
    ToteNotDropped {
        /// What was scanned.
        tote: Code<Tote>,
    },
    /// The tote was taken off the run as full.
    ToteFull {
        /// What was scanned.
        tote: Code<Tote>,
    },
    /// The tote is set down already.
    ToteDropped {
        /// What was scanned.
        tote: Code<Tote>,
    },
    /// Somebody else has the cart, or another run is on it.
    CartTaken {
        /// What was scanned.
        cart: Code<Cart>,
        /// Who has it.
        by: Option<Code<Operator>>,
    },
    /// The run is on another cart already.
    WrongCart {
        /// What was scanned.
        scanned: Code<Cart>,
        /// Which carries it.
        wanted: Code<Cart>,
    },
    /// The cart has too few slots for this run.
    CartTooSmall {
        /// What was scanned.
        cart: Code<Cart>,
        /// Slots that the run needs.
        slots: u8,
    },
    /// More than is wanted.
    OverQuantity {
        /// How many are wanted in all.
        wanted: Quantity,
        /// How many there would be.
        counted: Quantity,
    },
    /// Another lot of the item is due.
    WrongLot {
        /// The item.
        item: Code<Item>,
        /// What was scanned.
        scanned: Label,
        /// What is due.
        wanted: Label,
    },
    /// A lot is due that expires before the one that was scanned.
    OlderLotFirst {
        /// The item.
        item: Code<Item>,
        /// What was scanned.
        scanned: Label,
        /// What is due.
        wanted: Label,
    },
    /// The lot may not be used any more.
    Expired {
        /// The item.
        item: Code<Item>,
        /// What was scanned.
        scanned: Label,
    },
    /// The item is kept by lot, and the code names none: the one that does is scanned.
    LotDue {
        /// The item.
        item: Code<Item>,
        /// The lot that is due.
        wanted: Label,
    },
    /// A lot without its item: the item is scanned first.
    LotAlone {
        /// What was scanned.
        scanned: Label,
    },
    /// A case was scanned where fewer pieces are wanted than it holds.
    CaseHolds {
        /// The item.
        item: Code<Item>,
        /// How many the case holds.
        holds: Quantity,
        /// How many more are wanted.
        left: Quantity,
    },
    /// One is scanned before a number is keyed.
    ScanOneFirst {
        /// The item that is due.
        item: Code<Item>,
    },
    /// Each piece of this item is scanned; no number is taken.
    ScanEach {
        /// The item.
        item: Code<Item>,
    },
    /// The number keyed cannot be a number of pieces or grams here.
    NotANumber,
    /// Pieces are in hand: they go into a tote first.
    PiecesInHand {
        /// How many.
        quantity: Quantity,
        /// The tote's slot.
        slot: u8,
    },
    /// No other stop is open to go to instead.
    OnlyStop,
    /// The place that the drop is due at was not scanned yet.
    ScanLaneFirst,
    /// Not a lane for this.
    WrongLane {
        /// What was scanned.
        scanned: Code<Location>,
        /// Which is due, where one is known.
        wanted: Option<Code<Location>>,
    },
    /// Nobody here knows this code.
    UnknownCode {
        /// What was scanned, printable.
        raw: String,
    },
    /// GS1 data with a fault.
    Unreadable {
        /// The Application Identifier that is wrong.
        ai: String,
        /// What was scanned, printable.
        raw: String,
    },
    /// The code means several things: one question.
    TwoMeanings {
        /// Which.
        things: Vec<Thing>,
    },
    /// The thing is known and has no meaning on this screen.
    NotDueNow {
        /// Which.
        thing: Thing,
    },
    /// The key does nothing now.
    NotNow,
    /// Nothing can be taken back.
    NothingToUndo,
    /// Somebody else's badge.
    NotYourBadge {
        /// Whose.
        badge: Code<Operator>,
    },
    /// The badge is no longer valid.
    BadgeEnded {
        /// Whose.
        badge: Code<Operator>,
    },
    /// Nobody signed on: a badge comes first.
    BadgeFirst,
    /// Not her PIN.
    WrongPin {
        /// Tries left before the badge is locked for a while.
        left: u32,
    },
    /// Too many wrong PINs.
    Locked {
        /// Until when.
        until: Millis,
    },
    /// The line is no longer wanted: the piece goes back.
    Withdrawn {
        /// The item.
        item: Code<Item>,
        /// Where it goes back to.
        location: Code<Location>,
    },
    /// The order is cancelled: nothing of it ships.
    Cancelled {
        /// The order.
        order: Id<FulfilmentOrder>,
    },
    /// The order is held back.
    Held {
        /// The order.
        order: Id<FulfilmentOrder>,
        /// The hold's name.
        hold: String,
    },
    /// An order is on the bench: it is finished first.
    OrderOpen {
        /// Which.
        order: Id<FulfilmentOrder>,
    },
    /// No carton of the site takes what remains.
    NoCarton,
    /// Nothing is in the parcel yet.
    ParcelEmpty,
    /// Heavier than the pieces and the carton.
    TooHeavy {
        /// Read, in grams.
        grams: u32,
        /// Expected, in grams.
        expected: u32,
    },
    /// Lighter than the pieces and the carton.
    TooLight {
        /// Read, in grams.
        grams: u32,
        /// Expected, in grams.
        expected: u32,
    },
    /// The terminal has no SSCC left to give.
    NoSscc,
    /// The parcel has no label yet, or is still open.
    NotSealed {
        /// Which.
        parcel: Id<Parcel>,
    },
    /// The parcel is on a vehicle already.
    AlreadyLoaded {
        /// Which.
        parcel: Id<Parcel>,
    },
    /// No vehicle is planned for this parcel's service.
    NoManifest {
        /// Which.
        parcel: Id<Parcel>,
    },
    /// The parcel goes with another vehicle.
    WrongVehicle {
        /// Which.
        parcel: Id<Parcel>,
        /// The lane of the vehicle it goes with.
        lane: Code<Location>,
    },
    /// Parcels of this vehicle stand in the lane still. The same key again closes it without them.
    NotAllLoaded {
        /// How many.
        left: u32,
    },
    /// The person cannot take this: not active, no picker, or has it already.
    CannotTake {
        /// Who.
        badge: Code<Operator>,
    },
    /// The scan does not begin and end as her scanner's do: another scanner, or its settings changed.
    ScannerChanged {
        /// What arrived, printable.
        raw: String,
    },
    /// The code has a character that her scanner cannot send.
    ScannerCannot {
        /// What arrived, printable.
        raw: String,
    },
    /// The terminal has no space left for new work: what is under way is finished, and the terminal handed in.
    DiskFull,
    /// There is no list for her.
    NoWork,
    /// Nothing remains of the list.
    NothingRemains,
}

impl Refusal {
    /// What she hears.
    #[must_use]
    pub const fn cue(&self) -> Cue {
        match self {
            Self::Withdrawn { .. } | Self::TwoMeanings { .. } => Cue::Message,
            Self::Cancelled { .. }
            | Self::Held { .. }
            | Self::TooHeavy { .. }
            | Self::TooLight { .. }
            | Self::BadgeEnded { .. }
            | Self::Locked { .. }
            | Self::ScanEach { .. }
            | Self::OlderLotFirst { .. }
            | Self::Expired { .. }
            | Self::LotDue { .. }
            | Self::NoSscc
            | Self::NotAllLoaded { .. }
            | Self::ScannerChanged { .. }
            | Self::ScannerCannot { .. }
            | Self::DiskFull
            | Self::CannotTake { .. } => Cue::Stop,
            _ => Cue::Wrong,
        }
    }

    /// The stable word, for scripts and logs.
    #[must_use]
    pub fn word(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(fields)) => {
                fields.get("refusal").and_then(|word| word.as_str()).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }
}
