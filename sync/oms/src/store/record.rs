//! The records of the centre's own tables: what the floor never sees.
//!
//! Rows of the floor are core's ([`aisle_core::task::rows::Row`]); these stand behind them.

use aisle_core::{
    id::{Code, Id},
    item::{Item, Lot},
    order::{Address, CarrierService, Order},
    place::{Location, Place, Site},
    quantity::Quantity,
    task::{
        op::Op,
        rows::Key,
        state::{FulfilmentOrder, PickTask, Terminal},
    },
    time::Millis,
    wire::chain::{Incarnation, Link},
};

/// A state of a row as the feed tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    /// Which row.
    pub key: Key,
    /// The feed sequence of this state.
    pub seq: u64,
    /// Its JSON; none once the row is gone.
    pub body: Option<String>,
}

/// Defines an enum that is a short stable word on disk.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }
        impl $name {
            /// Every one, in order.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant,)+];
            /// The word on disk.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
            /// The one with this word.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// What a channel sent.
    OrderKind {
        /// Goods to send.
        Order = "order",
        /// Goods that come back.
        Return = "return",
    }
}

words! {
    /// Where an order is in its life. All progress is told by the quantities of its lines.
    OrderState {
        /// Taken in; parked when [`OrderRecord::parked`] says why.
        Received = "received",
        /// Promised.
        Open = "open",
        /// Nothing more is to come.
        Closed = "closed",
        /// Nothing of it ships.
        Cancelled = "cancelled",
    }
}

/// An order, or a return, of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRecord {
    /// Its id.
    pub id: Id<Order>,
    /// The channel it came by.
    pub channel: String,
    /// The channel's own reference; unique within the channel.
    pub reference: String,
    /// What it is.
    pub kind: OrderKind,
    /// How far it is.
    pub state: OrderState,
    /// Why it waits for somebody, when it does.
    pub parked: Option<String>,
    /// When the customer placed it, as the channel says.
    pub placed: Millis,
    /// When the centre took it in.
    pub received: Millis,
    /// The channel's name for the customer.
    pub customer: String,
    /// Where it goes.
    pub ship_to: Address,
    /// How it goes.
    pub service: Code<CarrierService>,
    /// When it must be with the carrier.
    pub due: Option<Millis>,
    /// Hash over lines and charges as taken in: tells a change of content, and a change by hand.
    pub content: [u8; 32],
}

impl OrderRecord {
    /// What orders are served by: first come, first served; those that came together as they were placed.
    #[must_use]
    pub fn age(&self) -> (Millis, Millis, &str) {
        (self.received, self.placed, &self.reference)
    }
}

words! {
    /// One of the quantities that an ordered quantity is split into (I5), in the order of a piece's life.
    Bucket {
        /// Will not ship.
        Cancelled = "cancelled",
        /// No site promised it yet.
        Unrouted = "unrouted",
        /// A site promised it and has not picked it.
        Allocated = "allocated",
        /// Waits for stock.
        Backordered = "backordered",
        /// Picked, in no parcel yet.
        Picked = "picked",
        /// In a parcel.
        Packed = "packed",
        /// With the carrier.
        Shipped = "shipped",
    }
}

impl Bucket {
    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A line of an order: what was ordered, and where each piece of it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRecord {
    /// The order.
    pub order: Id<Order>,
    /// Its number, from 1.
    pub line: u32,
    /// The item.
    pub item: Code<Item>,
    /// What the channel calls it.
    pub description: String,
    /// How many were ordered.
    pub ordered: Quantity,
    /// The seven parts of it, by [`Bucket::index`].
    pub parts: [Quantity; 7],
    /// What the customer pays for the line, in the currency's minor unit.
    pub amount_minor: i64,
}

impl LineRecord {
    /// One part.
    #[must_use]
    pub const fn part(&self, bucket: Bucket) -> Quantity {
        self.parts[bucket.index()]
    }
}

/// Something on an order that is no goods: postage, a discount, a fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRecord {
    /// The order.
    pub order: Id<Order>,
    /// Its number within the order, from 1.
    pub number: u32,
    /// The channel's code for it.
    pub code: String,
    /// The channel's words for it.
    pub description: String,
    /// How many of it; negative when it is taken back.
    pub quantity: i64,
    /// What it comes to, in the currency's minor unit.
    pub amount_minor: i64,
}

/// A soft claim on sellable stock, until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationRecord {
    /// Its name, chosen by who reserves: asking twice reserves once.
    pub name: String,
    /// The site.
    pub site: Code<Site>,
    /// The item.
    pub item: Code<Item>,
    /// How many.
    pub quantity: Quantity,
    /// Until when it holds.
    pub until: Millis,
}

/// A site's promise for one line of a fulfilment order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationRecord {
    /// The fulfilment order.
    pub fulfilment: Id<FulfilmentOrder>,
    /// The line, numbered as in the order.
    pub line: u32,
    /// The order.
    pub order: Id<Order>,
    /// The site.
    pub site: Code<Site>,
    /// The item.
    pub item: Code<Item>,
    /// How many were ever promised: open + consumed + released.
    pub promised: Quantity,
    /// Of these, still to be picked.
    pub open: Quantity,
    /// Of these, picked.
    pub consumed: Quantity,
    /// Of these, given up: short.
    pub released: Quantity,
}

/// What a pick task holds at its location, so that no other task counts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRecord {
    /// The task.
    pub task: Id<PickTask>,
    /// The item.
    pub item: Code<Item>,
    /// Of which lot, where the item is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// The location.
    pub location: Code<Location>,
    /// How many are still to be taken there.
    pub quantity: Quantity,
}

/// What the book has of an item at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRecord {
    /// The item.
    pub item: Code<Item>,
    /// Of which lot, where the item is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// The place.
    pub place: Place,
    /// How many are there.
    pub on_hand: Quantity,
    /// How many of these pick tasks count on.
    pub assigned: Quantity,
}

/// An item, and which lot of it where it is kept by lot.
pub type Goods<'a> = (&'a Code<Item>, Option<&'a Code<Lot>>);

impl LevelRecord {
    /// What is counted.
    #[must_use]
    pub const fn goods(&self) -> Goods<'_> {
        (&self.item, self.lot.as_ref())
    }

    /// Whether the book is possible: nothing negative, nothing promised that is not there. Places outside
    /// the building may go negative: that is how goods come from a supplier.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        matches!(self.place, Place::Virtual(_))
            || (self.on_hand.0 >= 0 && self.assigned.0 >= 0 && self.assigned.0 <= self.on_hand.0)
    }
}

/// One move of the ledger. Never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRecord {
    /// Its number: 1, 2, 3 … without a hole.
    pub number: u64,
    /// Why: `op ID`, `import NAME`, `manifest NUMBER`, `settle ID`.
    pub cause: String,
    /// The item.
    pub item: Code<Item>,
    /// Of which lot, where the item is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// How many, 1 or more.
    pub quantity: Quantity,
    /// Where from.
    pub from: Place,
    /// Where to.
    pub to: Place,
    /// When it was booked or, for a fact, when the terminal says it happened.
    pub at: Millis,
    /// Who: a badge, or the command.
    pub actor: String,
}

/// What a site can sell of an item, as counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellableRecord {
    /// The site.
    pub site: Code<Site>,
    /// The item.
    pub item: Code<Item>,
    /// On hand at locations that sell.
    pub on_hand: Quantity,
    /// Promised to fulfilment orders and not picked.
    pub allocated: Quantity,
    /// Reserved by carts and integrators.
    pub reserved: Quantity,
    /// Kept back.
    pub safety: Quantity,
}

impl SellableRecord {
    /// How many can still be promised.
    #[must_use]
    pub fn free(&self) -> Quantity {
        (self.on_hand - self.allocated - self.reserved - self.safety).or_zero()
    }
}

words! {
    /// What a bearer token may be used for.
    Scope {
        /// A terminal's own calls.
        Terminal = "terminal",
        /// A shop or another system: orders and stock.
        Integrator = "integrator",
    }
}

/// A terminal or integrator that was enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalRecord {
    /// Its code.
    pub code: Code<Terminal>,
    /// What its token may do.
    pub scope: Scope,
    /// BLAKE3 of its bearer token.
    pub token_hash: [u8; 32],
    /// First serial of its SSCC range.
    pub sscc_first: u64,
    /// Last serial of its SSCC range.
    pub sscc_last: u64,
    /// The life of its journal that was heard last.
    pub incarnation: Option<Incarnation>,
    /// Every operation of that life up to this one is applied.
    pub applied_hi: u64,
    /// The link of that operation.
    pub link: Option<Link>,
    /// Whether its token no longer counts.
    pub revoked: bool,
}

/// An operation as it arrived, with the centre's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpRecord {
    /// Who sent it.
    pub terminal: Code<Terminal>,
    /// Which life of its journal.
    pub incarnation: Incarnation,
    /// Its place in it.
    pub seq: u64,
    /// Its id.
    pub op: Id<Op>,
    /// The link after it.
    pub link: Link,
    /// The operation as it was sent: the JSON of a [`aisle_core::wire::v1::WireOp`].
    pub bytes: String,
    /// The JSON of the verdict, exactly as it was answered.
    pub verdict: String,
    /// Whether the same operation had come before, in an earlier life of the journal.
    pub repeated: bool,
}

/// Something the centre tells the outside, in the transaction that made it true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number: 1, 2, 3 …
    pub number: u64,
    /// When.
    pub at: Millis,
    /// Its type, such as `order.allocated`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Its data, as JSON.
    pub body: String,
}

words! {
    /// Why something is kept and not applied.
    Cause {
        /// Its terminal was revoked.
        Revoked = "revoked",
        /// Its operator's badge is not valid any more.
        Badge = "badge",
        /// This program does not know its kind or version.
        Unknown = "unknown",
        /// It breaks a limit, says one thing and holds another, or bears the id of something else.
        Forged = "forged",
        /// The books refused it.
        Books = "books",
        /// Its terminal found it in a damaged journal.
        Salvaged = "salvaged",
    }
}

words! {
    /// What became of something in quarantine.
    Fate {
        /// Nobody decided yet.
        Held = "held",
        /// Applied.
        Accepted = "accepted",
        /// Kept as evidence, without effect.
        Discarded = "discarded",
    }
}

/// Something kept and not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRecord {
    /// Its number: 1, 2, 3 … as people say it.
    pub number: u64,
    /// Who sent it.
    pub terminal: Code<Terminal>,
    /// Which life of its journal, where known.
    pub incarnation: Option<Incarnation>,
    /// Its place in it, where known.
    pub seq: Option<u64>,
    /// Its id, where known.
    pub op: Option<Id<Op>>,
    /// Why it is here, as a word.
    pub cause: Cause,
    /// Why it is here, for a person.
    pub why: String,
    /// Its bytes, as they came.
    pub bytes: Vec<u8>,
    /// Tells it from everything else of its terminal: its chain link, or the hash of a piece.
    pub mark: [u8; 32],
    /// When it came.
    pub received: Millis,
    /// What became of it.
    pub fate: Fate,
    /// Who decided.
    pub settled_by: Option<String>,
    /// When.
    pub settled_at: Option<Millis>,
    /// The JSON of the verdict it got once accepted.
    pub verdict: Option<String>,
}
