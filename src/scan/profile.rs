//! What a scanner does to the bytes on the way, learned from one scan of a known symbol, and undone.
//!
//! The setup symbol (`aisle_core::code::setup`, printed as a Data Matrix) carries every printable character and separators.
//! From how it arrives a [`Profile`] is learned: keyboard layout, caps lock, the form of the separator, prefix, AIM
//! identifier, suffix and terminator. From then on [`Profile::decode`] gives back the bytes of the symbol exactly, or
//! refuses and says why; it never hands on a changed code. Characters that cannot come through are listed.

use super::layout::{Caps, Keys, Layout, Typed, composed};
use aisle_core::code::{
    Aim, Symbology, gs1,
    setup::{HEAD, TAIL},
};
use std::collections::BTreeMap;

/// The separator as it is in a symbol.
const GS: u8 = 0x1D;

/// No scan of the setup symbol is shorter, in characters, whatever a keyboard makes of it: a dead key takes one away
/// where it joins the next letter. What is shorter is any other scan, and is not looked at further.
const FEWEST: usize = 90;

/// The longest form of a separator, prefix or suffix, in characters.
const LONGEST: usize = 16;

/// How the bytes come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// As they are in the symbol: serial lines, HID-POS, broadcasts with bytes.
    Bytes,
    /// As keystrokes through a layout.
    Keys {
        /// The machine's layout.
        layout: Layout,
        /// What is locked.
        caps: Caps,
    },
}

/// What ends a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Terminator {
    /// Nothing: the driver tells the end.
    #[default]
    None,
    /// Carriage return.
    Cr,
    /// Line feed.
    Lf,
    /// Both.
    CrLf,
    /// A tabulator.
    Tab,
    /// End of text, 0x03.
    Etx,
}

impl Terminator {
    const ALL: [(Terminator, &'static str); 5] = [
        (Terminator::CrLf, "\r\n"),
        (Terminator::Cr, "\r"),
        (Terminator::Lf, "\n"),
        (Terminator::Tab, "\t"),
        (Terminator::Etx, "\u{3}"),
    ];

    /// The characters.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(known, _)| *known == self).map_or("", |(_, text)| text)
    }
}

/// What was learned of one scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    path: Path,
    prefix: String,
    suffix: String,
    terminator: Terminator,
    aim: bool,
    /// The separator as it arrives; empty where it is lost.
    separator: String,
    /// What each arriving character was.
    map: BTreeMap<char, u8>,
    unmapped: Vec<u8>,
}

/// Why nothing was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// It is not the setup symbol, or a layout we do not know.
    #[error("not the setup symbol, or an unknown keyboard layout")]
    NotRecognised,
    /// What stands before, after or for the separator is longer than any scanner should add.
    #[error("the scanner adds too much around the code")]
    TooMuchAround,
}

/// Why a scan cannot be given back exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The prefix, suffix or terminator learned is not there: another scanner, or its settings changed.
    #[error("the scan does not begin and end as this scanner's do")]
    Frame,
    /// A character that no key of the symbol could have become, at this character of what arrived.
    #[error("a character that cannot have come from the code")]
    Character(usize),
    /// The bytes are no text, and this scanner types text.
    #[error("not the text this scanner types")]
    NotText,
}

/// A scan as it was in the symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes, with an AIM identifier in front where the scanner sends one.
    pub bytes: Vec<u8>,
    /// Whether separators do not come through, so that a GS1 string may have lost some.
    pub separators_lost: bool,
}

impl Profile {
    /// A scanner that gives the bytes as they are, with at most a terminator after them: until a setup scan says more.
    pub fn bytes() -> Self {
        Self {
            path: Path::Bytes,
            prefix: String::new(),
            suffix: String::new(),
            terminator: Terminator::None,
            aim: false,
            separator: '\u{1D}'.to_string(),
            map: BTreeMap::new(),
            unmapped: Vec::new(),
        }
    }

    /// Learns from one scan of the setup symbol.
    pub fn learn(arrived: &[u8]) -> Result<Self, SetupError> {
        let text = std::str::from_utf8(arrived).map_err(|_| SetupError::NotRecognised)?;
        if text.chars().count() < FEWEST {
            return Err(SetupError::NotRecognised);
        }
        let ways = Layout::ALL.into_iter().flat_map(|layout| Caps::ALL.map(|caps| (layout, caps)));
        let mut best = Err(SetupError::NotRecognised);
        for (layout, caps) in ways {
            for keys in [Keys::new(layout, caps), Keys::apart(layout, caps)] {
                match Self::learn_as(text, &keys, layout, caps) {
                    Ok(profile) => return Ok(profile),
                    Err(error) if error != SetupError::NotRecognised => best = Err(error),
                    Err(_) => {}
                }
            }
        }
        best
    }

    fn learn_as(text: &str, keys: &Keys, layout: Layout, caps: Caps) -> Result<Self, SetupError> {
        let shown = |bytes: &[u8]| keys.type_text(bytes).ok_or(SetupError::NotRecognised);
        let (head, tail) = (shown(HEAD.as_bytes())?, shown(TAIL.as_bytes())?);
        let start = text.find(&head).ok_or(SetupError::NotRecognised)?;
        let rest = &text[start + head.len()..];
        let end = rest.find(&tail).ok_or(SetupError::NotRecognised)?;
        let (before, separator, after) = (&text[..start], &rest[..end], &rest[end + tail.len()..]);
        let (after, terminator) = Terminator::ALL
            .iter()
            .find_map(|(terminator, text)| after.strip_suffix(text).map(|rest| (rest, *terminator)))
            .unwrap_or((after, Terminator::None));
        let identifiers = ["]d1", "]d2", "]d4", "]d5"].map(|aim| keys.type_text(aim.as_bytes()));
        let stripped = identifiers.iter().flatten().find_map(|aim| before.strip_suffix(aim.as_str()));
        let longest = |part: &str| part.chars().count() > LONGEST;
        if longest(before) || longest(separator) || longest(after) {
            return Err(SetupError::TooMuchAround);
        }
        let (map, unmapped) = invert(keys);
        // A US layout without caps leaves bytes as they are, whatever the path.
        let plain = layout == Layout::Us && caps == Caps::Off;
        Ok(Self {
            path: if plain { Path::Bytes } else { Path::Keys { layout, caps } },
            prefix: stripped.unwrap_or(before).to_owned(),
            suffix: after.to_owned(),
            terminator,
            aim: stripped.is_some(),
            separator: separator.to_owned(),
            map,
            unmapped,
        })
    }

    /// How the bytes come.
    pub const fn path(&self) -> Path {
        self.path
    }

    /// What ends a scan.
    pub const fn terminator(&self) -> Terminator {
        self.terminator
    }

    /// What the scanner puts before and after a code.
    pub fn around(&self) -> (&str, &str) {
        (&self.prefix, &self.suffix)
    }

    /// What arrives as this text, as far as that can be told.
    pub fn printed(&self, arrived: &str) -> String {
        arrived.chars().map(|shown| self.map.get(&shown).map_or(shown, |byte| char::from(*byte))).collect()
    }

    /// Whether an AIM identifier stands before a code.
    pub const fn sends_aim(&self) -> bool {
        self.aim
    }

    /// The separator as it arrives; empty where it is lost.
    pub fn separator(&self) -> &str {
        &self.separator
    }

    /// The printable characters that cannot come through: to be listed, and said aloud.
    pub fn unmapped(&self) -> &[u8] {
        &self.unmapped
    }

    /// Gives back the bytes of the symbol, exactly or not at all.
    pub fn decode(&self, arrived: &[u8]) -> Result<Decoded, Refused> {
        let body = arrived
            .strip_suffix(self.terminator.text().as_bytes())
            .and_then(|body| body.strip_suffix(self.suffix.as_bytes()))
            .and_then(|body| body.strip_prefix(self.prefix.as_bytes()))
            .ok_or(Refused::Frame)?;
        if self.aim && (body.len() < 3 || self.first(body)? != b']') {
            return Err(Refused::Frame);
        }
        let separator = self.separator.as_str();
        let bytes = match self.may_be_data() && contains(body, separator.as_bytes()) {
            false => self.read(body, separator)?,
            true => self.read(body, separator).ok().filter(|read| self.is_gs1(read)).map_or_else(
                // A separator that may as well be data is one only in GS1 data.
                || self.read(body, ""),
                Ok,
            )?,
        };
        Ok(Decoded { bytes, separators_lost: separator.is_empty() })
    }

    /// Whether the separator arrives as characters that a code may have too.
    fn may_be_data(&self) -> bool {
        !self.separator.is_empty()
            && self
                .separator
                .chars()
                .all(|c| !c.is_control() && !matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{241D}'))
    }

    /// Whether bytes with separators in them are GS1 data: by their AIM identifier, else by being sound as such.
    fn is_gs1(&self, bytes: &[u8]) -> bool {
        if self.aim {
            return Aim::at_start(bytes).is_some_and(|aim| aim.symbology() == Symbology::ElementString);
        }
        let mut buffer = gs1::Buffer::new();
        gs1::parse(bytes, 0, bytes.len(), &mut buffer).is_ok_and(|elements| !elements.repaired())
    }

    fn first(&self, body: &[u8]) -> Result<u8, Refused> {
        match self.path {
            Path::Bytes => body.first().copied().ok_or(Refused::Frame),
            Path::Keys { .. } => {
                let text = std::str::from_utf8(body).map_err(|_| Refused::NotText)?;
                let first = text.chars().next().and_then(|c| self.map.get(&c)).copied();
                first.ok_or(Refused::Frame)
            }
        }
    }

    /// Reads a body, taking `separator` (if any) for the separator.
    fn read(&self, body: &[u8], separator: &str) -> Result<Vec<u8>, Refused> {
        if self.path == Path::Bytes {
            let mut out = Vec::with_capacity(body.len());
            let mut rest = body;
            while let Some((byte, next)) = rest.split_first() {
                let after = rest.strip_prefix(separator.as_bytes()).filter(|_| !separator.is_empty());
                out.push(if after.is_some() { GS } else { *byte });
                rest = after.unwrap_or(next);
            }
            return Ok(out);
        }
        let text = std::str::from_utf8(body).map_err(|_| Refused::NotText)?;
        let (mut out, mut rest, mut number) = (Vec::with_capacity(text.len()), text, 0);
        while let Some(character) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix(separator).filter(|_| !separator.is_empty()) {
                out.push(GS);
                number += rest[..rest.len() - after.len()].chars().count();
                rest = after;
                continue;
            }
            out.push(*self.map.get(&character).ok_or(Refused::Character(number))?);
            rest = &rest[character.len_utf8()..];
            number += 1;
        }
        Ok(out)
    }
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

/// What each character that shows was; and the characters that cannot be told or do not show by themselves.
fn invert(keys: &Keys) -> (BTreeMap<char, u8>, Vec<u8>) {
    let (mut map, mut unmapped) = (BTreeMap::<char, u8>::new(), Vec::new());
    for byte in 0x20..0x7F {
        match keys.typed(byte) {
            Some(Typed::Is(shown)) => match map.insert(shown, byte) {
                None => {}
                Some(other) => unmapped.extend([other, byte]),
            },
            Some(Typed::Dead(_)) | None => unmapped.push(byte),
        }
    }
    // A letter that a dead key and another letter make may have been either.
    let shown: Vec<Typed> = (0x20..0x7F).filter_map(|byte| keys.typed(byte)).collect();
    for mark in
        shown.iter().filter_map(|typed| if let Typed::Dead(mark) = typed { Some(*mark) } else { None })
    {
        for letter in shown.iter().filter_map(|typed| if let Typed::Is(c) = typed { Some(*c) } else { None })
        {
            unmapped.extend(composed(mark, letter).and_then(|made| map.get(&made)));
        }
    }
    map.retain(|_, byte| !unmapped.contains(byte));
    unmapped.sort_unstable();
    unmapped.dedup();
    (map, unmapped)
}

#[cfg(test)]
#[path = "tests/profile.rs"]
mod tests;
