//! The setup of the scanner in her hand: what was learned of it is shown, and can be forgotten.
//!
//! The setup symbol may be scanned on any screen, signed on or not: a keyboard's layout may well keep the badge
//! from being read. Learning and keeping is the turn's; here is the view opened to look.

use serde::Serialize;

use super::{Cue, Draft, Effect, Key, Peek, Refusal, State};
use crate::scan::profile::Path;

/// What was learned of the scanner that read last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Learned {
    /// It read the setup symbol.
    pub set_up: bool,
    /// The keyboard layout that it types through, by its country; empty where the bytes come as they are.
    pub layout: &'static str,
    /// Caps or shift lock was on.
    pub caps: bool,
    /// The separator as it arrives: its name where it has no character; empty where it is lost.
    pub separator: String,
    /// What it puts before a code.
    pub before: String,
    /// What it puts after a code.
    pub after: String,
    /// It tells the kind of code.
    pub aim: bool,
    /// The printable characters that it cannot send.
    pub unmapped: String,
}

/// What was learned of the scanner that read last.
#[must_use]
pub fn learned(state: &State) -> Learned {
    let Some(profile) = state.scanners.in_hand() else { return Learned::default() };
    let (before, after) = profile.around();
    let (layout, caps) = match profile.path() {
        Path::Bytes => ("", false),
        Path::Keys { layout, caps } => (layout.word(), caps.is_on()),
    };
    Learned {
        set_up: true,
        layout,
        caps,
        separator: profile.separator().chars().map(named).collect(),
        before: profile.printed(before).chars().map(named).collect(),
        after: profile.printed(after).chars().map(named).collect(),
        aim: profile.sends_aim(),
        unmapped: profile.unmapped().iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// A character, or its name where it shows nothing.
fn named(character: char) -> String {
    match character {
        '\u{1D}' => "GS".into(),
        '\u{F700}' => "↑".into(),
        '\u{F701}' => "↓".into(),
        '\u{F702}' => "←".into(),
        '\u{F703}' => "→".into(),
        '\u{F704}'..='\u{F70F}' => format!("F{}", u32::from(character) - 0xF703),
        _ if character.is_control() => format!("{:02X}", u32::from(character)),
        _ => character.to_string(),
    }
}

/// The setup symbol was read, and what it taught is kept.
pub(super) fn set_up(draft: &mut Draft<'_, '_>) {
    draft.session.question.clear();
    draft.session.peek = Peek::Scanner;
    draft.hear(Cue::Good);
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Dot | Key::Back => draft.session.peek = Peek::None,
        Key::Star => draft.effects.push(Effect::ForgetScanner),
        _ => return Err(Refusal::NotNow),
    }
    Ok(())
}
