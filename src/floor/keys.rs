//! Keys: a keypad's, a tap on what shows one, or a printed command. Every control is a key.

use std::{fmt, str::FromStr};

use aisle_core::task::state::Role;
use serde::{Serialize, Serializer};

use super::{Draft, Effect, Peek, Refusal, Setting, Thing, cart, lead, meant, pack, scanner, sign_on};

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `0` to `9`.
    Digit(u8),
    /// `.`: take back; in lists, back.
    Dot,
    /// `*`: short; in lists, enough.
    Star,
    /// `#`: skip.
    Hash,
    /// `F1` to `F12`.
    F(u8),
    /// Enter.
    Enter,
    /// The system's back: moves the view up, never takes back a fact.
    Back,
}

/// The text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no key; keys are 0 to 9, ., *, #, F1 to F12, Enter and Back")]
pub struct KeyError(String);

impl FromStr for Key {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError(text.to_owned());
        if let [digit @ b'0'..=b'9'] = text.as_bytes() {
            return Ok(Self::Digit(digit - b'0'));
        }
        match text {
            "." => Ok(Self::Dot),
            "*" => Ok(Self::Star),
            "#" => Ok(Self::Hash),
            _ if text.eq_ignore_ascii_case("enter") => Ok(Self::Enter),
            _ if text.eq_ignore_ascii_case("back") => Ok(Self::Back),
            _ => {
                let number = text.strip_prefix(['F', 'f']).ok_or_else(wrong)?;
                let number: u8 = number.parse().map_err(|_| wrong())?;
                if (1..=12).contains(&number) { Ok(Self::F(number)) } else { Err(wrong()) }
            }
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digit(digit) => write!(f, "{digit}"),
            Self::Dot => f.write_str("."),
            Self::Star => f.write_str("*"),
            Self::Hash => f.write_str("#"),
            Self::F(number) => write!(f, "F{number}"),
            Self::Enter => f.write_str("Enter"),
            Self::Back => f.write_str("Back"),
        }
    }
}

/// The most digits a number may be keyed with: a million pieces, or a tonne in grams.
pub const KEYED_MAX_DIGITS: usize = 7;

/// An Enter this soon after a PIN belongs to the PIN, which needs none: it must not settle anything.
const ENTER_AFTER_PIN_MS: i64 = 1_500;

pub(super) fn pressed(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    if !draft.session.question.is_empty() {
        return answered(draft, key);
    }
    let Some(operator) = draft.session.operator.clone() else {
        let scanner = draft.session.peek == Peek::Scanner;
        return if scanner { scanner::key(draft, key) } else { sign_on::key(draft, key) };
    };
    if key == Key::Enter && draft.now.since(operator.since) < ENTER_AFTER_PIN_MS {
        return Ok(());
    }
    if key == Key::F(4) {
        draft.session.peek = if draft.session.peek == Peek::Help { Peek::None } else { Peek::Help };
        return Ok(());
    }
    match draft.session.peek.clone() {
        Peek::Help => help(draft, key),
        Peek::Messages => messages(draft, key),
        Peek::Scanner => scanner::key(draft, key),
        Peek::Inquiry(_) if matches!(key, Key::F(2) | Key::Dot | Key::Back) => {
            draft.session.peek = Peek::None;
            Ok(())
        }
        _ => match operator.role {
            Role::Picker => cart::key(draft, key),
            Role::Packer => pack::key(draft, key),
            Role::Lead => lead::key(draft, key),
        },
    }
}

/// "1 item, 2 place": the key says which of the meanings it is.
fn answered(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Digit(digit @ 1..) => {
            let index = usize::from(digit) - 1;
            let Some(thing) = draft.session.question.get(index).cloned() else { return Err(Refusal::NotNow) };
            draft.session.question.clear();
            draft.session.peek = Peek::None;
            meant(draft, &thing)
        }
        Key::Dot | Key::Back => {
            draft.session.question.clear();
            Ok(())
        }
        _ => Err(Refusal::NotNow),
    }
}

fn help(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Back | Key::Dot => draft.session.peek = Peek::None,
        Key::Digit(3) => draft.effects.push(Effect::Setting(Setting::Theme)),
        Key::Digit(6) => draft.effects.push(Effect::Setting(Setting::Sound)),
        Key::Digit(9) => draft.effects.push(Effect::Setting(Setting::Text)),
        Key::Digit(4) => draft.session.peek = Peek::Scanner,
        Key::Digit(7) => draft.session.peek = Peek::Messages,
        Key::Digit(8) => draft.effects.push(Effect::Diagnostics),
        Key::Digit(1) => return sign_on::off(draft),
        // A number, or its confirmation, would be keyed into a screen that help covers.
        Key::Digit(_) | Key::Enter => return Err(Refusal::NotNow),
        // The keys that help names do what they do without help.
        Key::Star | Key::Hash | Key::F(_) => {
            draft.session.peek = Peek::None;
            return pressed(draft, key);
        }
    }
    Ok(())
}

fn messages(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Back | Key::Dot => draft.session.peek = Peek::None,
        Key::Star => {
            draft.session.messages.iter_mut().for_each(|message| message.read = true);
            draft.session.peek = Peek::None;
        }
        _ => return Err(Refusal::NotNow),
    }
    Ok(())
}

/// Adds a digit to the number being keyed; one too many is refused rather than lost.
pub(super) fn digit(draft: &mut Draft<'_, '_>, digit: u8) -> Result<(), Refusal> {
    if draft.session.keyed.len() >= KEYED_MAX_DIGITS {
        return Err(Refusal::NotANumber);
    }
    draft.session.keyed.push(char::from(b'0' + digit.min(9)));
    Ok(())
}

/// The number keyed so far, and a clean slate; none when nothing was keyed.
pub(super) fn number(draft: &mut Draft<'_, '_>) -> Option<i64> {
    std::mem::take(&mut draft.session.keyed).parse().ok()
}

/// Opens what is known about a thing, to look only.
pub(super) fn look_up(draft: &mut Draft<'_, '_>, thing: Thing) {
    draft.session.peek = Peek::Inquiry(thing);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aisle_core::label::from_rows::KEYS;

    use super::*;

    #[test]
    fn every_printed_key_is_a_key_and_every_key_is_printed() {
        let printed: BTreeSet<Key> = KEYS.iter().map(|(_, name)| name.parse().unwrap()).collect();
        let digits = (0..=9).map(Key::Digit);
        let all =
            digits.chain((1..=12).map(Key::F)).chain([Key::Dot, Key::Star, Key::Hash, Key::Enter, Key::Back]);
        assert_eq!(printed, all.collect());
    }

    #[test]
    fn every_key_reads_back_from_its_name() {
        for name in ["0", "9", ".", "*", "#", "F1", "F12", "Enter", "Back"] {
            assert_eq!(name.parse::<Key>().map(|key| key.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "10", "F0", "F13", "Fx", "é"] {
            assert!(name.parse::<Key>().is_err(), "{name:?}");
        }
    }
}
