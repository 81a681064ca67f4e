//! The floor: what an operator's action means, decided without a clock, a disk or a network.
//!
//! [`State`] and an [`Action`] enter, a [`Decision`] leaves: a [`Refusal`] with its [`Cue`], or the operations
//! to record. Nothing here is confirmed to anybody: the caller records first, then applies ([`State::apply`])
//! and only then lets a cue be heard.
//!
//! The state is two things. The rows are the centre's as last fed with our own operations applied. The
//! [`Session`] is what is open before the operator; all of it that matters comes back by folding the journal
//! since she signed on, so a terminal that was killed returns to the same line and quantity.
//!
//! It must never do I/O, log, or word anything: refusals and prompts are enums with data.

pub mod bench;
pub mod cart;
pub mod cue;
pub mod draft;
pub mod giving;
pub mod keys;
pub mod lead;
pub mod load;
pub mod lot;
pub mod message;
pub mod pack;
pub mod pick;
pub mod refusal;
pub mod replay;
pub mod reroute;
pub mod scanner;
pub mod session;
pub mod short;
pub mod sign_on;
pub mod thing;
pub mod undo;
pub mod weigh;

use aisle_core::{
    code::Sscc,
    id::{Code, Id, Mint},
    task::{
        apply,
        op::{Op, Origin},
        rows::Floor,
        state::{Operator, Parcel, Role, Terminal},
    },
    time::Millis,
    wire::v1::RequestVerdict,
};

use crate::scan::scanners::Scanners;

pub use self::{
    cue::Cue,
    draft::Draft,
    keys::Key,
    refusal::Refusal,
    session::{Peek, Session},
    thing::{Catalogue, Read, Thing},
};

/// What the terminal knows: the rows, and what is open before the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// This terminal.
    pub terminal: Code<Terminal>,
    /// The centre's rows with our own operations applied.
    pub rows: Floor,
    /// What is open.
    pub session: Session,
    /// What was learned of the scanners of this terminal.
    pub scanners: Scanners,
    /// Whether the disk has no room for new work: what is under way may be finished.
    pub full: bool,
}

/// What happened to the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A scan, resolved as far as it could be.
    Scan(Read),
    /// The scanner read the setup symbol, and what that taught is kept.
    ScannerSetUp,
    /// A key, a tap on what shows that key, or a printed command.
    Key(Key),
    /// The PIN that [`Decision::CheckPin`] asked about was right, or not.
    PinChecked(bool),
    /// The scale settled on so many grams.
    Weighed(u32),
    /// The label of a parcel came out of the printer, or was written as a file.
    Printed(Id<Parcel>),
    /// The centre's rows changed under us.
    Fed,
    /// The centre answered a request.
    Verdict {
        /// Which request.
        op: Id<Op>,
        /// What it said.
        verdict: RequestVerdict,
    },
    /// Time went by: at least every few seconds while nothing else happens.
    Tick,
}

/// What a decision may use besides the state.
pub struct Ctx<'a> {
    /// Makes ids.
    pub mint: &'a mut Mint,
    /// Items, locations, carts, cartons and people.
    pub catalogue: &'a dyn Catalogue,
    /// The next SSCC of the terminal's own range; none when the range is used up or was never given.
    pub sscc: Option<Sscc>,
}

/// What leaves the terminal once the operations are on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Print the label and the packing slip of a parcel, then tell [`Action::Printed`].
    Print {
        /// The parcel.
        parcel: Id<Parcel>,
    },
    /// Print the handover list of a closed manifest.
    PrintManifest {
        /// The manifest.
        manifest: Id<aisle_core::task::state::Manifest>,
    },
    /// Forget what was learned of the scanner that read last, before anything of this is shown.
    ForgetScanner,
    /// Change a setting of the operator's screen.
    Setting(Setting),
    /// Write the diagnostics bundle.
    Diagnostics,
}

/// A setting that a key cycles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Day, dark, sunlight.
    Theme,
    /// Sound louder, softer, off.
    Sound,
    /// Text size.
    Text,
}

/// The answer to an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// No. Nothing is recorded.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The session from here on.
        session: Box<Session>,
    },
    /// Yes, once `entries` are on disk.
    Accepted(Box<Accepted>),
    /// Verify this PIN against the operator's verifier and come back with [`Action::PinChecked`].
    CheckPin {
        /// Whose.
        operator: Operator,
        /// The digits.
        pin: String,
        /// The session from here on.
        session: Box<Session>,
    },
}

/// An accepted action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Whose operations these are; none when there are none and nobody is signed on.
    pub by: Option<Code<Operator>>,
    /// What to record, in order, each under its id. May be empty.
    pub entries: Vec<(Id<Op>, Op)>,
    /// What she hears once that is done.
    pub cue: Option<Cue>,
    /// The session from here on, before `entries` are applied.
    pub session: Session,
    /// What to release once that is done.
    pub effects: Vec<Effect>,
}

impl State {
    /// A floor with these rows and nobody signed on.
    #[must_use]
    pub fn new(terminal: Code<Terminal>, rows: Floor) -> Self {
        Self { terminal, rows, session: Session::default(), scanners: Scanners::default(), full: false }
    }

    /// Applies a recorded operation to the rows and the session.
    pub fn apply(&mut self, origin: &Origin, op: &Op) {
        self.fold(origin, op);
        self.session.replay(&self.rows, origin, op);
    }

    /// Comes back after a start: folds recorded operations since the last sign-on, oldest first, into the
    /// session. The rows contain them already.
    pub fn resume<'a>(&mut self, ops: impl IntoIterator<Item = (&'a Origin, &'a Op)>) {
        for (origin, op) in ops {
            self.session.replay(&self.rows, origin, op);
        }
        message::settle(&self.rows, &mut self.session);
    }

    /// Which requests are still without a verdict: all others were answered before the start.
    pub fn still_asked<'a>(&mut self, open: impl IntoIterator<Item = (&'a Origin, &'a Op)>) {
        let asked = open.into_iter().filter_map(|(origin, op)| match op {
            Op::Request(request) => {
                Some(session::Asked { op: origin.op, request: request.clone(), at: origin.at })
            }
            Op::Fact(_) | Op::Note(_) => None,
        });
        self.session.asked = asked.collect();
    }

    /// Applies a recorded operation to the rows alone: for operations of ours that the centre's rows do not
    /// contain yet.
    pub fn fold(&mut self, origin: &Origin, op: &Op) {
        let folded: Result<(), std::convert::Infallible> = match op {
            Op::Fact(fact) => apply::fact(&mut self.rows, origin, fact).map(drop),
            Op::Note(note) => apply::note(&mut self.rows, note),
            Op::Request(_) => Ok(()),
        };
        match folded {
            Ok(()) => {}
        }
    }
}

/// Decides what an action comes to.
pub fn decide(state: &State, action: &Action, now: Millis, ctx: &mut Ctx<'_>) -> Decision {
    let mut draft = Draft::new(state, now, ctx);
    let done = match action {
        Action::Scan(read) => scanned(&mut draft, read),
        Action::ScannerSetUp => {
            scanner::set_up(&mut draft);
            Ok(())
        }
        Action::Key(key) => keys::pressed(&mut draft, *key),
        Action::PinChecked(right) => sign_on::pin_checked(&mut draft, *right),
        Action::Weighed(grams) => weigh::weighed(&mut draft, *grams),
        Action::Printed(parcel) => weigh::printed(&mut draft, *parcel),
        Action::Fed => message::fed(&mut draft),
        Action::Verdict { op, verdict } => message::verdict(&mut draft, *op, verdict),
        Action::Tick => message::tick(&mut draft),
    };
    draft.finish(action, done)
}

/// The things that are due now: where a code means several, one of these is meant.
#[must_use]
pub fn expected(state: &State) -> Vec<Thing> {
    let (rows, session) = (&state.rows, &state.session);
    let item = |item: &Code<aisle_core::item::Item>| Thing::Item {
        item: item.clone(),
        quantity: aisle_core::quantity::Quantity::ONE,
    };
    match session.operator.as_ref().map(|operator| operator.role) {
        Some(Role::Picker) => {
            let Some(list) = session.list(rows) else { return Vec::new() };
            let mut due: Vec<Thing> =
                list.slots.iter().filter_map(|slot| slot.tote.clone()).map(Thing::Tote).collect();
            if let Some(task) = pick::due(rows, session) {
                due.push(Thing::Location(task.location.clone()));
                due.push(item(&task.item));
            }
            due
        }
        Some(Role::Packer) => bench::to_grab(rows, session).iter().map(|(of, _)| item(of)).collect(),
        Some(Role::Lead) | None => Vec::new(),
    }
}

/// The lots that are due now, each with its item: where separators of a code were lost, only one of these is meant.
#[must_use]
pub fn lots_due(state: &State) -> Vec<lot::Due> {
    let (rows, session) = (&state.rows, &state.session);
    let due = |item: &Code<aisle_core::item::Item>, lot: &Option<Code<aisle_core::item::Lot>>| {
        lot.clone().map(|lot| lot::Due { item: item.clone(), lot })
    };
    match session.operator.as_ref().map(|operator| operator.role) {
        Some(Role::Picker) => {
            pick::due(rows, session).and_then(|task| due(&task.item, &task.lot)).into_iter().collect()
        }
        Some(Role::Packer) => bench::order(rows, session)
            .map(|order| bench::left(rows, order, &session.pack.totes))
            .unwrap_or_default()
            .iter()
            .filter_map(|part| due(&part.item, &part.lot))
            .collect(),
        Some(Role::Lead) | None => Vec::new(),
    }
}

fn scanned(draft: &mut Draft<'_, '_>, read: &Read) -> Result<(), Refusal> {
    let seen = draft.session.item_seen.take();
    let meaning = match read {
        // A printed key is a press of that key, whatever is on the screen: it may answer a question.
        Read::Command(key) => return keys::pressed(draft, *key),
        Read::One(thing) => Ok(thing.clone()),
        Read::OfLot { thing, label } => {
            draft.label = Some(label.clone());
            Ok(thing.clone())
        }
        // The item was scanned before, and its lot was due.
        Read::LotAlone(label) => match seen {
            Some((item, quantity)) => {
                draft.label = Some(label.clone());
                Ok(Thing::Item { item, quantity })
            }
            None => Err(Refusal::LotAlone { scanned: label.clone() }),
        },
        Read::Changed { raw } => Err(Refusal::ScannerChanged { raw: raw.clone() }),
        Read::NotSent { raw } => Err(Refusal::ScannerCannot { raw: raw.clone() }),
        Read::Unknown { raw } => Err(Refusal::UnknownCode { raw: raw.clone() }),
        Read::Unreadable { ai, raw } => Err(Refusal::Unreadable { ai: ai.clone(), raw: raw.clone() }),
        Read::Several(things) => Err(Refusal::TwoMeanings { things: things.clone() }),
    };
    draft.session.question = if let Read::Several(things) = read { things.clone() } else { Vec::new() };
    let thing = meaning?;
    draft.session.peek = Peek::None;
    meant(draft, &thing)
}

/// What a thing means now, by who is signed on and what is open.
pub(crate) fn meant(draft: &mut Draft<'_, '_>, thing: &Thing) -> Result<(), Refusal> {
    let Some(operator) = draft.session.operator.clone() else {
        return sign_on::badge(draft, thing);
    };
    if let Thing::Badge(badge) = thing
        && operator.role != Role::Lead
    {
        return sign_on::badge_again(draft, badge);
    }
    match operator.role {
        Role::Picker => cart::scanned(draft, thing),
        Role::Packer => pack::scanned(draft, thing),
        Role::Lead => lead::scanned(draft, thing),
    }
}
