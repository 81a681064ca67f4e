//! What is open before the operator.
//!
//! Part of it follows from operations alone ([`Session::replay`], in `replay`): after a crash it comes back.
//! The rest is what her fingers are doing (digits being keyed, a view opened to look): losing it costs a key.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::{Code, Id},
    item::{CartonType, Item, Lot},
    place::Location,
    quantity::Quantity,
    task::{
        op::{Fact, Op, Request},
        rows::Floor,
        state::{FulfilmentOrder, Manifest, Operator, Parcel, PickList, PickTask, Role, Tote},
        trouble::Trouble,
    },
    time::Millis,
    wire::v1::No,
};
use serde::Serialize;

use super::{Refusal, Thing};

/// The most steps that can be taken back: a long line of single pieces; older ones are settled.
pub const UNDO_MAX: usize = 64;
/// The most messages kept: a fourth pushes the oldest out.
pub const MESSAGES_MAX: usize = 3;

/// What is open before the operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// Who is signed on.
    pub operator: Option<SignedOn>,
    /// The badge being proved, and wrong PINs so far.
    pub sign_on: SignOn,
    /// The run.
    pub pick: Picking,
    /// The order on the bench.
    pub pack: Packing,
    /// Parcels to lanes and vehicles.
    pub load: Loading,
    /// The lead's screens.
    pub lead: Leading,
    /// What can be taken back, the newest last.
    pub undo: Vec<Undoable>,
    /// Requests without a verdict.
    pub asked: Vec<Asked>,
    /// Lists that she reported as over, until the centre disagrees.
    pub completed: BTreeSet<Id<PickList>>,
    /// What the rows said when they were last fed, to notice what the centre changed.
    pub watch: Option<Watch>,
    /// When more work was last asked for.
    pub claimed: Option<Millis>,
    /// What the centre changed under us, and what it said.
    pub messages: Vec<Message>,
    /// Number of the last message, to name the next.
    pub message_no: u32,
    /// Digits keyed so far.
    pub keyed: String,
    /// A view opened to look.
    pub peek: Peek,
    /// The item of the last scan, and how many, while its lot is due.
    pub item_seen: Option<(Code<Item>, Quantity)>,
    /// The things that the last scan could mean, while the question is open.
    pub question: Vec<Thing>,
    /// The last refusal, until something good happens.
    pub refusal: Option<Refusal>,
    /// The last action took something back.
    pub taken_back: bool,
}

/// Who is signed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOn {
    /// Her badge.
    pub badge: Code<Operator>,
    /// Her role in this session.
    pub role: Role,
    /// Since when.
    pub since: Millis,
}

/// Proving who she is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignOn {
    /// The badge that was scanned.
    pub badge: Option<Code<Operator>>,
    /// Wrong PINs in a row, and until when the badge is locked.
    pub tries: BTreeMap<Code<Operator>, Tries>,
}

/// Wrong PINs of one badge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// In a row.
    pub wrong: u32,
    /// No PIN is looked at before.
    pub locked_until: Millis,
}

/// A run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picking {
    /// Which of the lists she holds is chosen on the screen of her work.
    pub choice: usize,
    /// The list under way.
    pub list: Option<Id<PickList>>,
    /// Enough totes are set: the walk began.
    pub walking: bool,
    /// The location she scanned last.
    pub arrived: Option<Code<Location>>,
    /// The one before, for the changed part of the place.
    pub came_from: Option<Code<Location>>,
    /// The stop that her last piece was for.
    pub task: Option<Id<PickTask>>,
    /// The tote scanned before the pieces were complete, and the stop it was for.
    pub offered: Option<(Id<PickTask>, Code<Tote>)>,
}

/// An order on the bench.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packing {
    /// The order.
    pub order: Option<Id<FulfilmentOrder>>,
    /// Its totes that were brought to the bench.
    pub totes: Vec<Code<Tote>>,
    /// The parcel being filled.
    pub parcel: Option<Id<Parcel>>,
    /// The carton chosen instead of the proposed one, before a parcel is open.
    pub carton: Option<Code<CartonType>>,
    /// What was scanned last, and how many since.
    pub last: Option<LastPacked>,
    /// Items put off: they are named last.
    pub put_off: Vec<Code<Item>>,
    /// The parcel is full: it goes on the scale though pieces remain.
    pub full: bool,
    /// A weight that was refused and may be taken as it is.
    pub doubted: Option<u32>,
    /// The sealed parcel whose label is due.
    pub label: Option<Id<Parcel>>,
}

/// The item scanned last at the bench.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastPacked {
    /// The item.
    pub item: Code<Item>,
    /// Which lot of it, where it is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// How many of it were packed in a row.
    pub quantity: Quantity,
}

/// Parcels to lanes and vehicles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loading {
    /// The manifest on the screen.
    pub manifest: Option<Id<Manifest>>,
    /// The parcel scanned last, on its way to a lane.
    pub parcel: Option<Id<Parcel>>,
    /// The parcel that was set down last.
    pub last: Option<Id<Parcel>>,
    /// She was told that parcels are missing on the vehicle.
    pub warned: bool,
}

/// The lead's screens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leading {
    /// Which screen.
    pub screen: LeadScreen,
    /// The trouble on the plate, by its id; the first when none.
    pub open: Option<Id<Trouble>>,
    /// The lines ticked to go over.
    pub chosen: BTreeSet<Id<PickTask>>,
    /// How much was asked to go over last, and how many stops that were; none after a restart.
    pub given: Option<(Part, usize)>,
}

/// A lead's screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LeadScreen {
    /// What needs a person.
    #[default]
    Trouble,
    /// Who works on what: whose work goes over?
    People,
    /// Who takes what remains of this list?
    To {
        /// The list.
        list: Id<PickList>,
        /// How much of it.
        part: Part,
    },
    /// Which lines of this list go over?
    Lines {
        /// The list.
        list: Id<PickList>,
        /// How many lines stand above the first one shown.
        first: usize,
    },
    /// It was asked; the answer follows.
    Asked {
        /// Which request.
        op: Id<Op>,
        /// The list.
        list: Id<PickList>,
        /// Who is to take it.
        to: Code<Operator>,
    },
    /// The board.
    Board,
}

/// How much of a list goes over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All that remains.
    #[default]
    All,
    /// What remains in the aisle with the most stops.
    Aisle,
    /// The lines that she ticked.
    Lines,
}

/// One step that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undoable {
    /// The operation.
    pub op: Id<Op>,
    /// When it was told: what one scan came to was told at one moment.
    pub at: Millis,
    /// What it said.
    pub fact: Fact,
}

/// A request without a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which operation.
    pub op: Id<Op>,
    /// What was asked.
    pub request: Request,
    /// When.
    pub at: Millis,
}

/// What the operator's rows said when they were last fed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// Her lists.
    pub lists: BTreeSet<Id<PickList>>,
    /// How many of each of their stops were withdrawn.
    pub withdrawn: BTreeMap<Id<PickTask>, Quantity>,
}

/// Something the operator should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its number, from 1.
    pub number: u32,
    /// What it is.
    pub kind: MessageKind,
    /// When it came.
    pub at: Millis,
    /// She has seen it.
    pub read: bool,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Pieces of her run are no longer wanted.
    Withdrawn {
        /// The item.
        item: Code<Item>,
        /// Where it would have been, or goes back to.
        location: Code<Location>,
        /// How many fewer.
        quantity: Quantity,
        /// How many she took already and puts back.
        put_back: Quantity,
    },
    /// Her run went to somebody else.
    MovedTo {
        /// The list's number.
        number: u32,
        /// Who has it now.
        to: Option<Code<Operator>>,
    },
    /// New work came.
    NewWork {
        /// The list's number.
        number: u32,
    },
    /// The order on the bench is cancelled or held.
    OrderStopped {
        /// The order.
        order: String,
    },
    /// The centre said no to a request.
    Refused {
        /// The word of the request's kind.
        request: String,
        /// Why.
        no: No,
    },
}

/// A view opened to look: the next good scan closes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Peek {
    /// None.
    #[default]
    None,
    /// All keys, in words.
    Help,
    /// The way, at a stop of the list.
    Route(usize),
    /// What the tote of this stop holds.
    Contents,
    /// What is missing, and why.
    Short,
    /// The cartons, to take another.
    Box,
    /// Messages.
    Messages,
    /// What was learned of the scanner in her hand.
    Scanner,
    /// What is known about a thing.
    Inquiry(Thing),
}

impl Session {
    /// The list under way.
    #[must_use]
    pub fn list<'r>(&self, rows: &'r Floor) -> Option<&'r PickList> {
        rows.find::<PickList>(&self.pick.list?)
    }

    /// The badge of whoever is signed on.
    #[must_use]
    pub fn badge(&self) -> Option<&Code<Operator>> {
        self.operator.as_ref().map(|operator| &operator.badge)
    }

    /// Adds a message; the oldest goes when there are too many.
    pub fn tell(&mut self, kind: MessageKind, at: Millis) {
        self.message_no += 1;
        self.messages.push(Message { number: self.message_no, kind, at, read: false });
        if self.messages.len() > MESSAGES_MAX {
            self.messages.remove(0);
        }
    }

    /// Whether more work has been asked for and not answered.
    #[must_use]
    pub fn is_claiming(&self) -> bool {
        self.asked.iter().any(|asked| matches!(asked.request, Request::Claim { .. }))
    }
}
