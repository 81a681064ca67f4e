//! What the operator reads, as plain data: numbers, names, codes and variants; the words are the screens'.
//!
//! [`Input`] enters (the floor's state, master data, the time and the state of sync), a [`View`] leaves: the
//! frame, the screen, and the refusal over it. The same data is shown, spoken, and written as JSON by the
//! terminal without a window. It decides nothing and changes nothing.

pub mod diff;
mod forecast;
pub mod frame;
pub mod inquiry;
pub mod lead;
pub mod load;
pub mod message;
pub mod pack;
pub mod pick;
pub mod refusal;
pub mod route;
pub mod run;
pub mod things;
pub mod work;

use aisle_core::{task::state::Role, time::Millis};
use serde::Serialize;

use crate::floor::{
    Catalogue, Peek, State, cart, load as loading, pack as packing, scanner, session::LeadScreen,
};

/// What a view is made of.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The floor.
    pub state: &'a State,
    /// Master data.
    pub catalogue: &'a dyn Catalogue,
    /// The time.
    pub now: Millis,
    /// What the local day is ahead of UTC, in minutes.
    pub utc_offset_min: i32,
    /// Since when the centre has not been heard; none when it is.
    pub offline_since: Option<Millis>,
    /// When the centre's rows were last complete here.
    pub fed_at: Option<Millis>,
    /// Operations that are not at the centre yet.
    pub unsent: u64,
    /// The journal or the sync needs somebody.
    pub sync_trouble: bool,
    /// Battery in percent, where the machine has one.
    pub battery: Option<u8>,
}

impl Input<'_> {
    /// Minutes of the local day at a moment.
    #[must_use]
    pub const fn minute_of_day(&self, at: Millis) -> i32 {
        let minutes = at.0.div_euclid(60_000) + self.utc_offset_min as i64;
        minutes.rem_euclid(1_440) as i32
    }

    /// Whole minutes since a moment.
    #[must_use]
    pub fn age_min(&self, at: Millis) -> i32 {
        i32::try_from(self.now.since(at) / 60_000).unwrap_or(i32::MAX)
    }
}

/// Everything on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// The frame round it.
    pub frame: frame::Frame,
    /// The screen.
    #[serde(flatten)]
    pub screen: Screen,
    /// Help is open over it.
    pub help: bool,
    /// The refusal over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<refusal::Banner>,
}

/// Why the disk did not take something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSaved {
    /// It failed.
    Unknown,
    /// No space is left.
    Full,
    /// It takes no writes.
    ReadOnly,
}

/// A screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant holds the data of the screen of its name")]
pub enum Screen {
    SignOn(work::SignOn),
    MyWork(work::MyWork),
    Nothing(work::Nothing),
    Cart(run::CartView),
    Pick(Box<pick::Pick>),
    Short(run::Short),
    Route(route::Route),
    Tote(run::ToteView),
    Drop(run::Drop),
    Messages(message::Messages),
    Inquiry(inquiry::Inquiry),
    Scanner(scanner::Learned),
    Pack(Box<pack::Pack>),
    Load(load::Load),
    Trouble(lead::Troubles),
    Reassign(lead::Reassign),
    Board(lead::Board),
}

/// What is on the screen now.
#[must_use]
pub fn build(input: Input<'_>) -> View {
    let session = &input.state.session;
    View {
        frame: frame::build(input),
        screen: screen(input),
        help: session.peek == Peek::Help,
        banner: session.refusal.as_ref().map(|refusal| refusal::build(input, refusal)),
    }
}

fn screen(input: Input<'_>) -> Screen {
    let session = &input.state.session;
    if session.peek == Peek::Scanner {
        return Screen::Scanner(scanner::learned(input.state));
    }
    let Some(operator) = &session.operator else { return Screen::SignOn(work::sign_on(input)) };
    match &session.peek {
        Peek::Messages => return Screen::Messages(message::build(input)),
        Peek::Inquiry(thing) => return Screen::Inquiry(inquiry::build(input, thing)),
        _ => {}
    }
    match operator.role {
        Role::Picker => picker(input),
        Role::Packer => packer(input),
        Role::Lead => match &session.lead.screen {
            LeadScreen::Trouble => Screen::Trouble(lead::troubles(input)),
            LeadScreen::Board => Screen::Board(lead::board(input)),
            LeadScreen::People
            | LeadScreen::To { .. }
            | LeadScreen::Lines { .. }
            | LeadScreen::Asked { .. } => Screen::Reassign(lead::reassign(input)),
        },
    }
}

fn picker(input: Input<'_>) -> Screen {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let list = session.list(rows);
    match (cart::stage(rows, session), list) {
        (cart::Stage::Totes, Some(list)) => Screen::Cart(run::cart(input, list)),
        (cart::Stage::Drop, Some(list)) => Screen::Drop(run::drop(input, list)),
        (cart::Stage::Walk, Some(list)) => {
            let Some(task) = crate::floor::pick::due(rows, session) else {
                return Screen::Drop(run::drop(input, list));
            };
            match session.peek {
                Peek::Short => Screen::Short(run::short(input, task)),
                Peek::Route(at) => Screen::Route(route::build(input, list, at)),
                Peek::Contents => Screen::Tote(run::tote(input, list, task)),
                _ => Screen::Pick(Box::new(pick::build(input, list, task))),
            }
        }
        _ => work::build(input),
    }
}

fn packer(input: Input<'_>) -> Screen {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let loading = session.load.manifest.is_some() || session.load.parcel.is_some();
    if loading && matches!(packing::stage(rows, session), packing::Stage::Tote) {
        return Screen::Load(load::build(input, &loading::open(rows)));
    }
    if session.peek == Peek::Short
        && let Some((item, left)) = crate::floor::bench::to_grab(rows, session).first()
    {
        return Screen::Short(run::pack_short(input, item, *left));
    }
    Screen::Pack(Box::new(pack::build(input)))
}
