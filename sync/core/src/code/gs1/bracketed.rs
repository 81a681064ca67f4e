//! Element strings as people write them: `(01)09521234543213(10)ABC`.
//!
//! A bracket begins an identifier only where two to four digits and the closing bracket follow and there is such an
//! identifier; elsewhere it is data, and `\(` always is. The same values are accepted as in a scan.

use super::{AIS, Buffer, Elements, Error, Fault, check_value, find};

/// Whether a text begins with a bracketed identifier.
pub fn is_bracketed(data: &[u8]) -> bool {
    opening(data).is_some()
}

/// The identifier a text begins with and the length of its brackets and digits.
fn opening(data: &[u8]) -> Option<(u16, usize)> {
    let digits = data.strip_prefix(b"(")?;
    let length = digits.iter().take(5).position(|byte| *byte == b')')?;
    Some((find(&digits[..length])?, length + 2))
}

/// Reads the bracketed element string in `scan[from..to]`.
pub fn parse_bracketed<'a>(
    scan: &'a [u8],
    from: usize,
    to: usize,
    buffer: &'a mut Buffer,
) -> Result<Elements<'a>, Error> {
    buffer.clear();
    match fill(&scan[from..to], from, buffer) {
        Ok(()) => Ok(buffer.elements(scan)),
        Err(error) => {
            buffer.clear();
            Err(error)
        }
    }
}

fn fill(data: &[u8], base: usize, buffer: &mut Buffer) -> Result<(), Error> {
    let mut at = 0;
    // First all lengths, then all contents: a bracket missing is told as such.
    while at < data.len() {
        let Some((index, taken)) = opening(&data[at..]) else {
            return Err(Error { fault: Fault::AI_PARSE_FAILED, ai: None, at: base + at, length: 0 });
        };
        let start = at + taken;
        let (end, escaped) = value_end(data, start);
        let ai = &AIS[usize::from(index)];
        let error = |fault, at, length| Error { fault, ai: Some(ai.code), at: base + at, length };
        let begin = if escaped { unescape(&data[start..end], buffer) } else { Ok(base + start) };
        let begin = begin.map_err(|fault| error(fault, start, end - start))?;
        let length = if escaped { buffer.used - begin } else { end - start };
        let fault = match length {
            0 => Some(Fault::AI_DATA_IS_EMPTY),
            length if length < usize::from(ai.min) => Some(Fault::AI_VALUE_IS_TOO_SHORT),
            length if length > usize::from(ai.max) => Some(Fault::AI_VALUE_IS_TOO_LONG),
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(error(fault, start, end - start));
        }
        if let Some(caret) = data[start..end].iter().position(|byte| *byte == b'^') {
            return Err(error(Fault::AI_CONTAINS_ILLEGAL_CARAT_CHARACTER, start + caret, 1));
        }
        buffer.push(index, begin, length, escaped).map_err(|fault| error(fault, start, 0))?;
        at = end;
    }
    for number in 0..buffer.count {
        let element = buffer.list[number];
        let (start, ai) = (element.start as usize, &AIS[usize::from(element.ai)]);
        let range = start..start + usize::from(element.length);
        // A decoded value is laid back over the scan only roughly; the identifier tells the rest.
        let (value, at) = match element.decoded {
            true => (&buffer.scratch[range], base),
            false => (&data[start - base..range.end - base], start),
        };
        check_value(ai, value).map_err(|flaw| flaw.of(ai, at))?;
    }
    Ok(())
}

/// Where a value ends, and whether it has an escaped bracket.
fn value_end(data: &[u8], start: usize) -> (usize, bool) {
    let (mut at, mut escaped) = (start, false);
    while at < data.len() {
        if data[at..].starts_with(b"\\(") {
            escaped = true;
            at += 2;
        } else if opening(&data[at..]).is_some() {
            break;
        } else {
            at += 1;
        }
    }
    (at, escaped)
}

/// Writes a value without its escapes and says where.
fn unescape(value: &[u8], buffer: &mut Buffer) -> Result<usize, Fault> {
    let begin = buffer.used;
    let mut at = 0;
    while at < value.len() {
        at += usize::from(value[at..].starts_with(b"\\("));
        *buffer.scratch.get_mut(buffer.used).ok_or(Fault::DATA_TOO_LONG)? = value[at];
        buffer.used += 1;
        at += 1;
    }
    Ok(begin)
}
