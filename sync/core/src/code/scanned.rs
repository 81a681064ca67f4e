//! What a scan may mean: every reading its bytes and its evidence admit.
//!
//! Bytes as the scanner gave them enter; candidates leave. Nothing here decides between candidates: that takes
//! what the task expects and what the site knows. The bytes themselves are always one of them.

use super::{gtin::Gtin, house::House, sscc::Sscc};

/// One thing a scan may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate<'a> {
    /// The payload as it stands: an alias, a lot written bare, a name of somebody else's.
    Raw(&'a [u8]),
    /// One of our own labels.
    House(House<'a>),
    /// A trade item number read from digits.
    Gtin(Gtin),
    /// An SSCC read from digits.
    Sscc(Sscc),
}

/// A scan and all it may mean.
#[derive(Debug, Clone, Copy)]
pub struct Scanned<'a> {
    raw: &'a [u8],
    list: [Option<Candidate<'a>>; 6],
}

/// Everything these bytes may mean.
pub fn candidates(raw: &[u8]) -> Scanned<'_> {
    let mut scanned = Scanned { raw, list: [None; 6] };
    scanned.list[0] = Some(Candidate::Raw(raw));
    scanned.list[1] = House::parse_bytes(raw).ok().map(Candidate::House);
    scanned.list[2] = Gtin::parse(raw).ok().map(Candidate::Gtin);
    scanned.list[3] = Gtin::from_upc_e(raw).ok().map(Candidate::Gtin);
    scanned.list[4] = Sscc::parse(raw).ok().map(Candidate::Sscc);
    scanned
}

impl<'a> Scanned<'a> {
    /// The bytes as scanned, untouched.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The candidates, the bytes themselves first.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate<'a>> + '_ {
        self.list.iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_always_a_candidate() {
        for raw in [&b"9521234543213"[..], b"", b"\xFF\x00", b"LA-01-02-3V"] {
            assert_eq!(candidates(raw).candidates().next(), Some(Candidate::Raw(raw)));
        }
    }

    #[test]
    fn eight_digits_may_be_an_ean_and_a_upc() {
        let both = candidates(b"01234565").candidates().count();
        assert!(both >= 2);
    }
}
