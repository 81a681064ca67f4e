//! Whether a read is the same trigger delivered twice.
//!
//! Two rules and no more: the same decode id is the same decode; without one, the same bytes from the same source
//! within [`BOUNCE_MS`] are a bounce, because no hand pulls a trigger twice in that time. Content alone never drops a
//! scan: five equal items are five scans.

use super::{Scan, Source};
use std::collections::BTreeMap;

/// Below any human's second pull of the trigger, above every bounce seen: milliseconds.
pub const BOUNCE_MS: u64 = 120;

/// The most sources remembered; the one heard longest ago is forgotten first. More scanners than any bench has.
const MOST_SOURCES: usize = 16;

/// What to do with a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Counts,
    /// The same decode, delivered again.
    SameDecode,
    /// The same code again sooner than a hand could.
    Bounce,
}

#[derive(Debug, Clone)]
struct Last {
    raw: Vec<u8>,
    decode_id: Option<u64>,
    from_ms: u64,
    at_ms: u64,
}

/// What each source read last.
#[derive(Debug, Clone, Default)]
pub struct Repeats {
    last: BTreeMap<Source, Last>,
}

impl Repeats {
    /// Judges a read and remembers it.
    pub fn judge(&mut self, scan: &Scan) -> Verdict {
        let verdict = match self.last.get(&scan.source) {
            Some(last) => against(last, scan),
            None => Verdict::Counts,
        };
        let (from_ms, at_ms) = (scan.from_ms, scan.at_ms);
        let now = Last { raw: scan.raw.clone(), decode_id: scan.decode_id, from_ms, at_ms };
        self.last.insert(scan.source, now);
        if self.last.len() > MOST_SOURCES {
            let oldest = self.last.iter().min_by_key(|(_, last)| last.at_ms).map(|(source, _)| *source);
            oldest.map(|source| self.last.remove(&source));
        }
        verdict
    }
}

fn against(last: &Last, scan: &Scan) -> Verdict {
    match (last.decode_id, scan.decode_id) {
        (Some(before), Some(now)) if before == now => Verdict::SameDecode,
        (_, Some(_)) => Verdict::Counts,
        _ => {
            // A clock that went back says nothing about the time between. Reads that waited may lie further apart
            // than they were read: only what surely came so soon is dropped.
            let soon = scan.at_ms.checked_sub(last.from_ms).is_some_and(|passed| passed < BOUNCE_MS);
            if soon && last.raw == scan.raw { Verdict::Bounce } else { Verdict::Counts }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(raw: &[u8], at_ms: u64, decode_id: Option<u64>) -> Scan {
        Scan { decode_id, ..Scan::new(raw, Source::Serial(0), at_ms) }
    }

    #[test]
    fn a_bounce_is_dropped_and_a_quick_hand_is_not() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.judge(&scan(b"A", 0, None)), Verdict::Counts);
        assert_eq!(repeats.judge(&scan(b"A", 119, None)), Verdict::Bounce);
        assert_eq!(repeats.judge(&scan(b"A", 239, None)), Verdict::Counts);
        assert_eq!(repeats.judge(&scan(b"B", 240, None)), Verdict::Counts);
        assert_eq!(repeats.judge(&scan(b"A", 241, None)), Verdict::Counts);
    }

    #[test]
    fn reads_that_waited_for_a_busy_driver_count() {
        let mut repeats = Repeats::default();
        let waited = |from_ms, at_ms| Scan { from_ms, ..scan(b"A", at_ms, None) };
        assert_eq!(repeats.judge(&waited(1_000, 1_300)), Verdict::Counts);
        assert_eq!(repeats.judge(&waited(1_000, 1_302)), Verdict::Counts);
        assert_eq!(repeats.judge(&waited(1_400, 1_402)), Verdict::Counts);
        assert_eq!(repeats.judge(&waited(1_450, 1_452)), Verdict::Bounce);
    }

    #[test]
    fn five_equal_items_are_five_scans() {
        let mut repeats = Repeats::default();
        let counted =
            (0..5).filter(|n| repeats.judge(&scan(b"A", n * BOUNCE_MS, None)) == Verdict::Counts).count();
        assert_eq!(counted, 5);
    }

    #[test]
    fn a_decode_id_decides_alone() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.judge(&scan(b"A", 0, Some(1))), Verdict::Counts);
        assert_eq!(repeats.judge(&scan(b"A", 1, Some(2))), Verdict::Counts);
        assert_eq!(repeats.judge(&scan(b"A", 5000, Some(2))), Verdict::SameDecode);
        assert_eq!(repeats.judge(&scan(b"A", 5001, None)), Verdict::Bounce);
    }

    #[test]
    fn two_scanners_are_two_sources() {
        let mut repeats = Repeats::default();
        let other = Scan { source: Source::Serial(1), ..scan(b"A", 1, None) };
        assert_eq!(repeats.judge(&scan(b"A", 0, None)), Verdict::Counts);
        assert_eq!(repeats.judge(&other), Verdict::Counts);
        for device in 0..100 {
            let source = Source::Wedge(device);
            repeats.judge(&Scan { source, ..scan(b"A", u64::from(device) + 2, None) });
        }
        assert!(repeats.last.len() <= MOST_SOURCES);
    }

    #[test]
    fn a_clock_that_went_back_drops_nothing() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.judge(&scan(b"A", 1000, None)), Verdict::Counts);
        assert_eq!(repeats.judge(&scan(b"A", 10, None)), Verdict::Counts);
    }
}
