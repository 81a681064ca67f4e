//! GS1 element strings: Application Identifiers and their values, and GS1's rules for them.
//!
//! The payload of one scan enters; elements leave, or GS1's own name for what is wrong, the identifier and the byte.
//! Two checks, kept apart: *syntax* ([`parse`], on one scan) and *associations* ([`associate`], on all that has
//! been scanned of one thing), so a lot alone is a good scan. Nothing is allocated: values are spans of the scan,
//! or lie in the caller's [`Buffer`] where they had to be decoded. No value is ever changed, padded or cleaned.

pub mod associate;
mod bracketed;
mod codes;
mod fault;
pub mod lint;
mod parse;
pub mod segment;
mod table;
pub mod value;

pub use associate::{Line, Violation};
pub use bracketed::{is_bracketed, parse_bracketed};
pub use fault::Fault;
pub use lint::Linter;
pub use parse::parse;
pub use table::{Ai, Component, Set, ai};

pub(crate) use parse::check_value;
pub(crate) use table::{AIS, find, prefix};

/// The most elements in one scan, as in GS1's own engine.
pub const MAX_ELEMENTS: usize = 64;

/// Room for values that had to be decoded: far more than any symbol carries.
const SCRATCH: usize = 2048;

/// The separator between elements (FNC1 in the symbol).
pub const SEPARATOR: u8 = 0x1D;

/// What is wrong with a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// GS1's name for it.
    pub fault: Fault,
    /// The identifier whose value is wrong, where there is one.
    pub ai: Option<&'static str>,
    /// The first bad byte, from the start of the scan.
    pub at: usize,
    /// How many bytes are bad; 0 where it is the place that counts.
    pub length: usize,
}

#[derive(Debug, Clone, Copy)]
struct Element {
    start: u32,
    ai: u16,
    length: u8,
    /// Whether the value lies in the buffer's scratch rather than in the scan.
    decoded: bool,
}

/// Room to read into; made once and used for every scan.
#[derive(Debug, Clone)]
pub struct Buffer {
    list: [Element; MAX_ELEMENTS],
    count: usize,
    scratch: [u8; SCRATCH],
    used: usize,
    repaired: bool,
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Buffer {
    /// An empty buffer.
    pub const fn new() -> Self {
        let none = Element { start: 0, ai: 0, length: 0, decoded: false };
        Self { list: [none; MAX_ELEMENTS], count: 0, scratch: [0; SCRATCH], used: 0, repaired: false }
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.used = 0;
        self.repaired = false;
    }

    #[inline]
    pub(crate) fn push(&mut self, ai: u16, start: usize, length: usize, decoded: bool) -> Result<(), Fault> {
        let slot = self.list.get_mut(self.count).ok_or(Fault::TOO_MANY_AIS)?;
        *slot = Element { start: start as u32, ai, length: length as u8, decoded };
        self.count += 1;
        Ok(())
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    pub(crate) const fn index(&self, number: usize) -> u16 {
        self.list[number].ai
    }

    /// The value of an element of `data`, which begins at `base` of the scan, and whether it was decoded.
    pub(crate) fn value<'a>(&'a self, number: usize, data: &'a [u8], base: usize) -> (&'a [u8], bool) {
        let element = &self.list[number];
        let (start, length) = (element.start as usize, usize::from(element.length));
        match element.decoded {
            true => (&self.scratch[start..start + length], true),
            false => (&data[start - base..start - base + length], false),
        }
    }

    /// Writes a value of an address without its escapes, after `pad` zeros; says where and how long.
    pub(crate) fn decode(
        &mut self,
        raw: &[u8],
        pad: usize,
        query: bool,
        null: Fault,
    ) -> Result<(usize, usize), Fault> {
        let begin = self.used;
        let mut at = 0;
        for _ in 0..pad {
            self.put(b'0')?;
        }
        while at < raw.len() {
            let byte = match super::digital_link::escape(&raw[at..]) {
                Some(0) => return Err(null),
                Some(byte) => {
                    at += 2;
                    byte
                }
                None if query && raw[at] == b'+' => b' ',
                None => raw[at],
            };
            self.put(byte)?;
            at += 1;
        }
        Ok((begin, self.used - begin))
    }

    fn put(&mut self, byte: u8) -> Result<(), Fault> {
        *self.scratch.get_mut(self.used).ok_or(Fault::DATA_TOO_LONG)? = byte;
        self.used += 1;
        Ok(())
    }

    pub(crate) fn elements<'a>(&'a self, scan: &'a [u8]) -> Elements<'a> {
        Elements { scan, buffer: self }
    }
}

/// The elements of a scan, in the order they came.
#[derive(Debug, Clone, Copy)]
pub struct Elements<'a> {
    scan: &'a [u8],
    buffer: &'a Buffer,
}

impl<'a> Elements<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.buffer.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.buffer.count == 0
    }

    /// Whether something had to be set right: a doubled separator, or a substitute for it.
    pub fn repaired(&self) -> bool {
        self.buffer.repaired
    }

    /// Identifiers and values, in the order of the scan.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Ai, &'a [u8])> + Clone + use<'a> {
        let this = *self;
        this.buffer.list[..this.buffer.count].iter().map(move |e| (&AIS[usize::from(e.ai)], this.value(e)))
    }

    pub(crate) fn indexed(&self) -> impl Iterator<Item = (u16, &'a [u8])> + Clone + use<'a> {
        let this = *self;
        this.buffer.list[..this.buffer.count].iter().map(move |e| (e.ai, this.value(e)))
    }

    /// The value of an identifier, where it came first.
    pub fn get(&self, code: &str) -> Option<&'a [u8]> {
        self.at(find(code.as_bytes())?)
    }

    /// The value of the identifier at this place of the table, where it came first.
    #[inline]
    pub(crate) fn at(&self, wanted: u16) -> Option<&'a [u8]> {
        let element = self.buffer.list[..self.buffer.count].iter().find(|element| element.ai == wanted)?;
        Some(self.value(element))
    }

    /// The byte offset of a value in the scan, or `None` where it had to be decoded.
    pub fn offset(&self, number: usize) -> Option<usize> {
        self.buffer.list[..self.buffer.count].get(number).filter(|e| !e.decoded).map(|e| e.start as usize)
    }

    fn value(&self, element: &Element) -> &'a [u8] {
        let from = if element.decoded { &self.buffer.scratch[..] } else { self.scan };
        let start = element.start as usize;
        &from[start..start + usize::from(element.length)]
    }
}
