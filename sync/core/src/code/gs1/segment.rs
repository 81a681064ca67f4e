//! Element strings whose separators were lost on the way.
//!
//! Every legal way to cut the string is tried, and it is accepted only where exactly one of them names the item that
//! is expected, and the lot and the serial where those are due. A guess is never made: two ways, or none, are told.

use super::{AIS, check_value, prefix};
use crate::code::Gtin;

/// What the task expects of a scan.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The trade item.
    pub gtin: Gtin,
    /// The lot, where one is due.
    pub lot: Option<&'a [u8]>,
    /// The serial, where a certain one is due.
    pub serial: Option<&'a [u8]>,
}

/// What trying every cut came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cuts {
    /// Exactly one way names what is expected.
    One,
    /// No way does.
    None,
    /// More than one does.
    Several,
    /// Too many ways to try them all; nothing can be said.
    TooMany,
}

/// Places tried before giving up: a hundred times what a real label needs, and well under a millisecond.
const MOST_STEPS: u32 = 20_000;

/// Tries every cut of a string without separators.
pub fn cuts(data: &[u8], expected: &Expected<'_>) -> Cuts {
    let mut search = Search { data, expected, found: 0, steps: 0 };
    search.from(0, false, expected.lot.is_none(), expected.serial.is_none());
    match search {
        Search { steps: MOST_STEPS.., found: 0 | 1, .. } => Cuts::TooMany,
        Search { found: 0, .. } => Cuts::None,
        Search { found: 1, .. } => Cuts::One,
        _ => Cuts::Several,
    }
}

struct Search<'a> {
    data: &'a [u8],
    expected: &'a Expected<'a>,
    found: u32,
    steps: u32,
}

impl Search<'_> {
    fn from(&mut self, at: usize, item: bool, lot: bool, serial: bool) {
        if at == self.data.len() {
            self.found += u32::from(item && lot && serial);
            return;
        }
        let Some(index) = prefix(&self.data[at..]) else { return };
        let ai = &AIS[usize::from(index)];
        let start = at + ai.code.len();
        let most = usize::from(ai.max).min(self.data.len().saturating_sub(start));
        for length in usize::from(ai.min).max(1)..=most {
            self.steps += 1;
            if self.found > 1 || self.steps >= MOST_STEPS {
                return;
            }
            let value = &self.data[start..start + length];
            if check_value(ai, value).is_err() {
                continue;
            }
            let is = |wanted: Option<&[u8]>| wanted.is_none_or(|wanted| wanted == value);
            let matches = match ai.code {
                "01" => Gtin::parse(value).ok() == Some(self.expected.gtin),
                "10" => is(self.expected.lot),
                "21" => is(self.expected.serial),
                _ => true,
            };
            if matches {
                self.from(
                    start + length,
                    item || ai.code == "01",
                    lot || ai.code == "10",
                    serial || ai.code == "21",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected<'a>(lot: Option<&'a [u8]>) -> Expected<'a> {
        Expected { gtin: Gtin::parse("09521234543213").unwrap(), lot, serial: None }
    }

    #[test]
    fn the_expected_lot_makes_the_cut() {
        let data = b"010952123454321310ABC17261231";
        assert_eq!(cuts(data, &expected(Some(b"ABC"))), Cuts::One);
        assert_eq!(cuts(data, &expected(Some(b"ABC17261231"))), Cuts::One);
        assert_eq!(cuts(data, &expected(Some(b"ABD"))), Cuts::None);
    }

    #[test]
    fn without_a_lot_due_two_ways_are_not_guessed_between() {
        assert_eq!(cuts(b"010952123454321310ABC17261231", &expected(None)), Cuts::Several);
        assert_eq!(cuts(b"0109521234543213", &expected(None)), Cuts::One);
        assert_eq!(cuts(b"0109521234543220", &expected(None)), Cuts::None);
    }

    #[test]
    fn a_string_with_endless_ways_ends() {
        let mut data = b"0109521234543213".to_vec();
        data.extend(std::iter::repeat_n(b"9191", 60).flatten());
        assert!(matches!(cuts(&data, &expected(None)), Cuts::Several | Cuts::TooMany));
        assert!(matches!(cuts(&data, &expected(Some(b"X"))), Cuts::None | Cuts::TooMany));
    }
}
