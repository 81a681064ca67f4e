//! Reads an element string: identifiers one after the other, separated where their length is not predefined.

use super::{
    AIS, Ai, Buffer, Elements, Error, Fault, SEPARATOR,
    lint::{Flaw, characters},
    prefix,
};

/// What readers and keyboards put where a separator was. None of the single characters may occur in a GS1 value.
const SUBSTITUTES: [&[u8]; 15] = [
    b"{GS}",
    b"<GS>",
    b"\\F",
    b"^]",
    b"\xE2\x90\x9D", // U+241D, the picture of the control character
    b"\xEF\x9C\x8B", // U+F70B, F8 on a Mac
    b"~",
    b"^",
    b"|",
    b"{",
    b"}",
    b"@",
    b"$",
    b"\\",
    b"`",
];

/// Reads the element string in `scan[from..to]`.
///
/// A leading separator is dropped (some readers send the first FNC1 so), and separators side by side count as one.
/// Only where the string cannot be read as it stands are substitutes for the separator tried; then all of it must
/// be sound, and [`Elements::repaired`] tells.
pub fn parse<'a>(
    scan: &'a [u8],
    from: usize,
    to: usize,
    buffer: &'a mut Buffer,
) -> Result<Elements<'a>, Error> {
    buffer.clear();
    let data = &scan[from..to];
    let strict = fill(data, from, buffer);
    // The written separator is made of characters that a value may have; no value has them.
    let written = strict.is_ok() && data.contains(&b'<') && contains(data, b"<GS>");
    if (written || strict.is_err()) && !repair(data, buffer) {
        buffer.clear();
        strict?;
        fill(data, from, buffer)?;
    }
    Ok(buffer.elements(scan))
}

fn contains(data: &[u8], part: &[u8]) -> bool {
    data.windows(part.len()).any(|window| window == part)
}

/// Copies the data with every substitute replaced and reads that. Says whether all of it was sound.
fn repair(data: &[u8], buffer: &mut Buffer) -> bool {
    let mut text = [0; super::SCRATCH];
    let (mut at, mut length, mut found) = (0, 0, false);
    while at < data.len() {
        let substitute = SUBSTITUTES.iter().find(|substitute| data[at..].starts_with(substitute));
        let Some(slot) = text.get_mut(length) else { return false };
        *slot = if substitute.is_some() { SEPARATOR } else { data[at] };
        found |= substitute.is_some();
        at += substitute.map_or(1, |substitute| substitute.len());
        length += 1;
    }
    // At the end a substitute separates nothing: that is a bad character, not a separator.
    if !found || text[length - 1] == SEPARATOR {
        return false;
    }
    buffer.clear();
    if fill(&text[..length], 0, buffer).is_err() {
        return false;
    }
    for element in &mut buffer.list[..buffer.count] {
        element.decoded = true;
    }
    buffer.scratch = text;
    buffer.repaired = true;
    true
}

fn fill(data: &[u8], base: usize, buffer: &mut Buffer) -> Result<(), Error> {
    let mut at = usize::from(data.first() == Some(&SEPARATOR));
    if at == data.len() {
        return Err(Error { fault: Fault::AI_DATA_EMPTY, ai: None, at: base + at, length: 0 });
    }
    while at < data.len() {
        if data[at] == SEPARATOR {
            buffer.repaired = true;
            at += 1;
            continue;
        }
        let Some(index) = prefix(&data[at..]) else {
            let length = 4.min(data.len() - at);
            return Err(Error { fault: Fault::NO_AI_FOR_PREFIX, ai: None, at: base + at, length });
        };
        let ai = &AIS[usize::from(index)];
        let start = at + ai.code.len();
        let limit = data.len().min(start + usize::from(ai.max));
        let value = &data[start..limit];
        let length = value.iter().position(|byte| *byte == SEPARATOR).unwrap_or(value.len());
        let value = &value[..length];
        check_value(ai, value).map_err(|flaw| flaw.of(ai, base + start))?;
        let end = start + length;
        match data.get(end) {
            Some(&SEPARATOR) => at = end + 1,
            Some(_) if !ai.predefined => {
                let length = data[end..].iter().take_while(|byte| **byte != SEPARATOR).count();
                let fault = Fault::AI_DATA_IS_TOO_LONG;
                return Err(Error { fault, ai: Some(ai.code), at: base + end, length });
            }
            _ => at = end,
        }
        buffer.push(index, base + start, length, false).map_err(|fault| Error {
            fault,
            ai: Some(ai.code),
            at: base + start,
            length: 0,
        })?;
    }
    Ok(())
}

impl Flaw {
    /// The flaw of a value that begins at `start` of the scan.
    pub(crate) fn of(self, ai: &'static Ai, start: usize) -> Error {
        Error { fault: self.fault, ai: Some(ai.code), at: start + self.at, length: self.length }
    }
}

/// Judges a value by its identifier's components, in order.
#[inline]
pub(crate) fn check_value(ai: &Ai, value: &[u8]) -> Result<(), Flaw> {
    if value.is_empty() {
        return Err(Flaw::whole(Fault::AI_DATA_IS_EMPTY, value));
    }
    let mut at = 0;
    for component in ai.components {
        let length = (value.len() - at).min(usize::from(component.max));
        if component.optional && length == 0 {
            continue;
        }
        if length < usize::from(component.min) {
            return Err(Flaw::whole(Fault::AI_DATA_HAS_INCORRECT_LENGTH, value));
        }
        let part = &value[at..at + length];
        let within = |flaw: Flaw| Flaw { at: at + flaw.at, ..flaw };
        characters(component.set, part).map_err(within)?;
        for linter in component.linters {
            linter.check(part).map_err(within)?;
        }
        at += length;
    }
    Ok(())
}
