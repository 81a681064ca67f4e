//! Signing on, and what she may do next.

use aisle_core::{
    place::Site,
    quantity::Quantity,
    task::state::{ListState, PickList},
};
use serde::Serialize;

use super::{Input, Screen, things};
use crate::floor::{cart, pick, sign_on::PIN_DIGITS};

/// Signing on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOn {
    /// What is due: the badge, or its PIN.
    pub step: SignOnStep,
    /// The site's name.
    pub site: String,
    /// Whose PIN is asked for.
    pub name: String,
    /// Digits of a PIN.
    pub pin_length: usize,
    /// Digits keyed.
    pub pin_typed: usize,
}

/// What signing on waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignOnStep {
    /// A badge.
    Badge,
    /// Its PIN.
    Pin,
}

/// What she may do next: the plate is the list to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MyWork {
    /// The list on the plate.
    pub list: u32,
    /// She holds it unfinished: scan this cart to go on.
    pub resume_cart: Option<String>,
    /// Stops left.
    pub stops: usize,
    /// Pieces left.
    pub pieces: i64,
    /// Totes that it needs.
    pub totes: usize,
    /// Cut-off, in minutes of the local day.
    pub leaves_min: Option<i32>,
    /// Minutes left until it; 0 once it has passed.
    pub left_min: i32,
    /// Planned walk in metres.
    pub walk_m: u64,
    /// All lists that she holds, this one included.
    pub lists: Vec<WorkRow>,
    /// Messages not yet read.
    pub unread: usize,
}

/// One list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkRow {
    /// Opaque.
    pub id: String,
    /// The digit that puts it on the plate.
    pub key: usize,
    /// Its number.
    pub list: u32,
    /// It is on the plate.
    pub chosen: bool,
    /// It has one tote.
    pub single: bool,
    /// Stops left.
    pub stops: usize,
    /// Cut-off, in minutes of the local day.
    pub due_min: Option<i32>,
    /// Less than half an hour is left.
    pub urgent: bool,
}

/// No work yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nothing {
    /// More work was asked for and not answered.
    pub asked: bool,
    /// Messages not yet read.
    pub unread: usize,
}

/// Less than this is urgent, in minutes.
const URGENT_MIN: i64 = 30;

pub(super) fn sign_on(input: Input<'_>) -> SignOn {
    let session = &input.state.session;
    let who = session.sign_on.badge.as_ref().and_then(|badge| input.catalogue.operator(badge));
    SignOn {
        step: if who.is_some() { SignOnStep::Pin } else { SignOnStep::Badge },
        site: input.state.rows.all::<Site>().next().map(|site| site.name.clone()).unwrap_or_default(),
        name: who.map(|who| who.name).unwrap_or_default(),
        pin_length: PIN_DIGITS,
        pin_typed: session.keyed.len(),
    }
}

pub(super) fn build(input: Input<'_>) -> Screen {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let lists = session.badge().map(|badge| cart::work(rows, session, badge)).unwrap_or_default();
    let unread = session.messages.iter().filter(|message| !message.read).count();
    let plate = lists.get(session.pick.choice).or_else(|| lists.first()).copied();
    let Some(plate) = plate else {
        return Screen::Nothing(Nothing { asked: session.is_claiming(), unread });
    };
    let pieces: Quantity = pick::tasks(rows, plate).map(|task| task.remaining()).sum();
    let left_ms = plate.due.map_or(0, |due| due.since(input.now));
    Screen::MyWork(MyWork {
        list: plate.number,
        resume_cart: plate
            .cart
            .as_ref()
            .filter(|_| plate.state == ListState::Started)
            .map(ToString::to_string),
        stops: pick::open(rows, plate).count(),
        pieces: pieces.0,
        totes: plate.slots.len(),
        leaves_min: plate.due.map(|due| input.minute_of_day(due)),
        left_min: things::number(Quantity(left_ms / 60_000)),
        walk_m: plate.walk_mm / 1_000,
        lists: lists.iter().enumerate().map(|(at, list)| row(input, plate, at, list)).collect(),
        unread,
    })
}

fn row(input: Input<'_>, plate: &PickList, at: usize, list: &PickList) -> WorkRow {
    WorkRow {
        id: list.id.to_string(),
        key: at + 1,
        list: list.number,
        chosen: list.id == plate.id,
        single: list.slots.len() == 1,
        stops: pick::open(&input.state.rows, list).count(),
        due_min: list.due.map(|due| input.minute_of_day(due)),
        urgent: list.due.is_some_and(|due| due.since(input.now) < URGENT_MIN * 60_000),
    }
}
