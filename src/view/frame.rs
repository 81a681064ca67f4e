//! The frame: where she is in her work, and how the terminal stands with the centre.

use aisle_core::{place::Site, task::state::Role};
use serde::Serialize;

use super::Input;
use crate::floor::{bench, pick};

/// The frame round every screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Who is signed on, by name.
    pub operator: String,
    /// Her role.
    pub role: Option<Role>,
    /// The language of her screen.
    pub language: String,
    /// What the leading end of the status bar says.
    pub whereabouts: Whereabouts,
    /// The site is a sandbox.
    pub practice: bool,
    /// The centre is heard.
    pub online: bool,
    /// For how long it has not been, in minutes.
    pub offline_min: i32,
    /// Operations that are not at the centre yet.
    pub unsent: u64,
    /// Requests without an answer.
    pub asked: usize,
    /// Messages not yet read.
    pub unread: usize,
    /// Battery in percent.
    pub battery: Option<u8>,
    /// Somebody should look at the sync.
    pub sync_trouble: bool,
}

/// What the leading end of the status bar says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// Nothing.
    #[default]
    None,
    /// A stop of so many.
    Stop {
        /// Which, from 1.
        at: usize,
        /// Of how many.
        of: usize,
    },
    /// Her name.
    Person(String),
    /// An order.
    Order(String),
    /// The shift lead.
    Lead(String),
}

pub(super) fn build(input: Input<'_>) -> Frame {
    let session = &input.state.session;
    let who = session.badge().and_then(|badge| input.catalogue.operator(badge));
    Frame {
        operator: who.as_ref().map(|who| who.name.clone()).unwrap_or_default(),
        role: session.operator.as_ref().map(|operator| operator.role),
        language: who.as_ref().map(|who| who.language.clone()).unwrap_or_default(),
        whereabouts: whereabouts(input, who.map(|who| who.name)),
        practice: input.state.rows.all::<Site>().any(|site| site.practice),
        online: input.offline_since.is_none(),
        offline_min: input.offline_since.map_or(0, |since| input.age_min(since)),
        unsent: input.unsent,
        asked: session.asked.len(),
        unread: session.messages.iter().filter(|message| !message.read).count(),
        battery: input.battery,
        sync_trouble: input.sync_trouble,
    }
}

fn whereabouts(input: Input<'_>, name: Option<String>) -> Whereabouts {
    let (rows, session) = (&input.state.rows, &input.state.session);
    if let Some(list) = session.list(rows)
        && let Some(due) = pick::due(rows, session)
    {
        let at = list.tasks.iter().position(|task| *task == due.id).unwrap_or(0) + 1;
        return Whereabouts::Stop { at, of: list.tasks.len() };
    }
    if let Some(order) = bench::order(rows, session) {
        return Whereabouts::Order(order.number.clone());
    }
    match (session.operator.as_ref().map(|operator| operator.role), name) {
        (Some(Role::Lead), Some(name)) => Whereabouts::Lead(name),
        (_, Some(name)) => Whereabouts::Person(name),
        _ => Whereabouts::None,
    }
}
