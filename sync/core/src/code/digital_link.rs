//! GS1 Digital Link: element strings written as web addresses.
//!
//! An address enters; elements leave, by the rules of the URI syntax: the rightmost primary key begins the path,
//! qualifiers follow in their order, attributes stand in the query. The host may be any. The address is never
//! opened, and one without a GS1 key is simply no Digital Link.

use super::gs1::{self, AIS, Ai, Buffer, Elements, Error, Fault, check_value, find};

/// The most identifiers looked at in a path; a key has three qualifiers at most.
const MAX_PATH: usize = 8;

/// The least length of a scheme, to tell a web address at a glance.
fn scheme(data: &[u8]) -> Option<usize> {
    [&b"https://"[..], b"http://", b"HTTPS://", b"HTTP://"]
        .into_iter()
        .find(|scheme| data.starts_with(scheme))
        .map(<[u8]>::len)
}

/// Whether a text is a web address, with its scheme all in small or all in capital letters.
pub fn is_web_address(data: &[u8]) -> bool {
    scheme(data).is_some()
}

/// Reads the address in `scan[from..to]`. `None` where it has no GS1 key: it is somebody's address, not an error.
pub fn parse<'a>(
    scan: &'a [u8],
    from: usize,
    to: usize,
    buffer: &'a mut Buffer,
) -> Option<Result<Elements<'a>, Error>> {
    buffer.clear();
    let data = &scan[from..to];
    let address = Address::split(data)?;
    let key = address.key(data)?;
    Some(match read(data, from, &address, key, buffer) {
        Ok(()) => Ok(buffer.elements(scan)),
        Err(error) => {
            buffer.clear();
            Err(error)
        }
    })
}

/// Where the parts of an address lie.
struct Address {
    domain: (usize, usize),
    path_end: usize,
    query: (usize, usize),
}

impl Address {
    fn split(data: &[u8]) -> Option<Self> {
        let start = scheme(data)?;
        let slash = start + data[start..].iter().position(|byte| *byte == b'/')?;
        if slash == start {
            return None;
        }
        let end = data[slash..].iter().position(|byte| *byte == b'#').map_or(data.len(), |at| slash + at);
        let path_end = data[slash..end].iter().position(|byte| *byte == b'?').map_or(end, |at| slash + at);
        Some(Self { domain: (start, slash), path_end, query: ((path_end + 1).min(end), end) })
    }

    /// Where the rightmost primary key's pair begins, walking back over identifiers that are none.
    fn key(&self, data: &[u8]) -> Option<usize> {
        let path = &data[..self.path_end];
        let slash = |before: usize| {
            path[self.domain.1..before].iter().rposition(|byte| *byte == b'/').map(|at| self.domain.1 + at)
        };
        let mut end = path.len();
        loop {
            let value = slash(end)?;
            let pair = slash(value)?;
            let index = find(&path[pair + 1..value])?;
            if AIS[usize::from(index)].key {
                return Some(pair);
            }
            end = pair;
        }
    }
}

fn error(fault: Fault, ai: Option<&'static str>, at: usize, length: usize) -> Error {
    Error { fault, ai, at, length }
}

fn read(data: &[u8], base: usize, address: &Address, key: usize, buffer: &mut Buffer) -> Result<(), Error> {
    if let Some(at) = data.iter().position(|byte| !gs1::lint::in_address(*byte)) {
        return Err(error(Fault::URI_CONTAINS_ILLEGAL_CHARACTERS, None, base + at, 1));
    }
    let (start, end) = address.domain;
    if let Some(at) = data[start..end].iter().position(|byte| gs1::lint::not_in_host(*byte)) {
        return Err(error(Fault::DOMAIN_CONTAINS_ILLEGAL_CHARACTERS, None, base + start + at, 1));
    }
    let mut reader = Reader { data, base, buffer, starts: [0; gs1::MAX_ELEMENTS] };
    reader.path(key, address.path_end)?;
    let path = reader.buffer.count();
    reader.query(address.query)?;
    let mut sequence = [0; MAX_PATH];
    let known = path.min(MAX_PATH);
    for (slot, number) in sequence.iter_mut().zip(0..known) {
        *slot = reader.buffer.index(number);
    }
    if path > MAX_PATH || !is_sequence(&sequence[..path]) {
        let fault = Fault::INVALID_KEY_QUALIFIER_SEQUENCE;
        return Err(error(fault, Some(AIS[usize::from(sequence[0])].code), base + key, 0));
    }
    reader.attributes(&sequence[..path])?;
    reader.contents()
}

/// Whether a key and its qualifiers stand in an order the dictionary gives.
fn is_sequence(path: &[u16]) -> bool {
    let [key, qualifiers @ ..] = path else { return false };
    let follows = |sequence: &&[u16]| {
        let mut rest = sequence.iter();
        qualifiers.iter().all(|qualifier| rest.any(|known| known == qualifier))
    };
    qualifiers.is_empty() || AIS[usize::from(*key)].sequences.iter().any(follows)
}

struct Reader<'d, 'b> {
    data: &'d [u8],
    base: usize,
    buffer: &'b mut Buffer,
    /// Where each value begins in the address, decoded or not.
    starts: [u32; gs1::MAX_ELEMENTS],
}

impl Reader<'_, '_> {
    fn path(&mut self, key: usize, end: usize) -> Result<(), Error> {
        let mut at = key;
        while at < end {
            let pair = &self.data[at + 1..end];
            // Walked over before: every identifier up to here is known.
            let Some(length) = pair.iter().position(|byte| *byte == b'/') else { break };
            let Some(index) = find(&pair[..length]) else { break };
            let ai = &AIS[usize::from(index)];
            let start = at + 1 + length + 1;
            let value = self.data[start..end].iter().position(|byte| *byte == b'/');
            let stop = value.map_or(end, |length| start + length);
            if start == stop {
                let fault = Fault::AI_VALUE_PATH_ELEMENT_IS_EMPTY;
                return Err(error(fault, Some(ai.code), self.base + start, 0));
            }
            self.take(index, start, stop, false, Fault::DECODED_AI_FROM_DL_PATH_INFO_CONTAINS_ILLEGAL_NULL)?;
            at = stop;
        }
        Ok(())
    }

    fn query(&mut self, (from, to): (usize, usize)) -> Result<(), Error> {
        let mut at = from;
        while at < to {
            let stop =
                self.data[at..to].iter().position(|byte| *byte == b'&').map_or(to, |length| at + length);
            let parameter = &self.data[at..stop];
            if let Some(length) = parameter.iter().position(|byte| *byte == b'=') {
                let name = &parameter[..length];
                if !name.is_empty() && name.iter().all(u8::is_ascii_digit) {
                    self.attribute(name, at, stop)?;
                }
            }
            at = stop + 1;
        }
        Ok(())
    }

    fn attribute(&mut self, name: &[u8], at: usize, stop: usize) -> Result<(), Error> {
        let Some(index) = find(name) else {
            return Err(error(Fault::UNKNOWN_AI_IN_QUERY_PARAMS, None, self.base + at, name.len()));
        };
        let start = at + name.len() + 1;
        if start == stop {
            let code = AIS[usize::from(index)].code;
            return Err(error(Fault::AI_VALUE_QUERY_ELEMENT_IN_EMPTY, Some(code), self.base + start, 0));
        }
        let null = Fault::DECODED_AI_VALUE_FROM_QUERY_PARAMS_CONTAINS_ILLEGAL_NULL;
        self.take(index, start, stop, true, null)
    }

    /// Takes one value, decoded where it must be, with the checks that need no component.
    fn take(&mut self, index: u16, start: usize, stop: usize, query: bool, null: Fault) -> Result<(), Error> {
        let ai = &AIS[usize::from(index)];
        let raw = &self.data[start..stop];
        let at = self.base + start;
        let error = |fault| error(fault, Some(ai.code), at, raw.len());
        let encoded = raw.iter().any(|byte| *byte == b'%' || (query && *byte == b'+'));
        // In a query a GTIN may have lost its leading zeros.
        let pad =
            if query && ai.code == "01" && matches!(raw.len(), 8 | 12 | 13) { 14 - raw.len() } else { 0 };
        let (begin, length) = match encoded || pad > 0 {
            false => (at, raw.len()),
            true => self.buffer.decode(raw, pad, query, null).map_err(error)?,
        };
        if length < usize::from(ai.min) {
            return Err(error(Fault::AI_VALUE_IS_TOO_SHORT));
        }
        if length > usize::from(ai.max) {
            return Err(error(Fault::AI_VALUE_IS_TOO_LONG));
        }
        if let Some(slot) = self.starts.get_mut(self.buffer.count()) {
            *slot = start as u32;
        }
        self.buffer.push(index, begin, length, encoded || pad > 0).map_err(error)
    }

    /// Attributes must be permitted as such, come once, and not belong into the path.
    fn attributes(&self, path: &[u16]) -> Result<(), Error> {
        for number in path.len()..self.buffer.count() {
            let index = self.buffer.index(number);
            let ai = &AIS[usize::from(index)];
            let tell = |fault| Err(error(fault, Some(ai.code), self.base + self.starts[number] as usize, 0));
            if (0..number).any(|before| self.buffer.index(before) == index) {
                return tell(Fault::DUPLICATE_AI);
            }
            if !ai.attribute {
                return tell(Fault::AI_IS_NOT_VALID_DATA_ATTRIBUTE);
            }
            if path.len() < MAX_PATH && (1..=path.len()).any(|at| belongs(path, at, index)) {
                return tell(Fault::AI_SHOULD_BE_IN_PATH_INFO);
            }
        }
        Ok(())
    }

    fn contents(&self) -> Result<(), Error> {
        for number in 0..self.buffer.count() {
            let ai: &'static Ai = &AIS[usize::from(self.buffer.index(number))];
            let start = self.starts[number] as usize;
            let (value, decoded) = self.buffer.value(number, self.data, self.base);
            check_value(ai, value).map_err(|flaw| {
                let raw = &self.data[start..];
                let length = raw.iter().take_while(|byte| !matches!(byte, b'&' | b'#')).count();
                let padded = if decoded { value.len().saturating_sub(length) } else { 0 };
                let within = flaw.at.saturating_sub(padded);
                let at = if decoded { encoded_offset(raw, within) } else { within };
                error(flaw.fault, Some(ai.code), self.base + start + at, flaw.length)
            })?;
        }
        Ok(())
    }
}

/// Whether a path stays a valid sequence with one more identifier at a place.
fn belongs(path: &[u16], at: usize, index: u16) -> bool {
    let mut longer = [0; MAX_PATH];
    longer[..at].copy_from_slice(&path[..at]);
    longer[at] = index;
    longer[at + 1..=path.len()].copy_from_slice(&path[at..]);
    is_sequence(&longer[..=path.len()])
}

/// Where the decoded byte `at` of a value lies in its encoded form.
fn encoded_offset(raw: &[u8], at: usize) -> usize {
    let mut offset = 0;
    for _ in 0..at {
        offset += if escape(&raw[offset.min(raw.len())..]).is_some() { 3 } else { 1 };
    }
    offset
}

/// The byte that an escape at the start of a text stands for.
pub(super) fn escape(text: &[u8]) -> Option<u8> {
    match text {
        [b'%', a, b, ..] => {
            let high = char::from(*a).to_digit(16)?;
            let low = char::from(*b).to_digit(16)?;
            Some((high * 16 + low) as u8)
        }
        _ => None,
    }
}
