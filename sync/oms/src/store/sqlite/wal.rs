//! Reads SQLite's write-ahead log: which frames are whole, and where commits end.
//!
//! The format is SQLite's own (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>): a header of 32
//! bytes, then frames of 24 bytes and one page. Each frame repeats the header's salts and carries a checksum over
//! everything before it, so that a frame of an earlier round, half a frame and a flipped bit are all told apart
//! from a whole one. Nothing here writes, or knows what a page holds.

/// The length of the header, in bytes.
pub(super) const HEADER: usize = 32;
/// The length of a frame's own header, in bytes.
const FRAME_HEADER: usize = 24;
/// The format's version, as SQLite writes it.
const VERSION: u32 = 3_007_000;

/// A running checksum.
type Sum = (u32, u32);

/// One round of the log: it begins anew, with new salts, once everything in it was checkpointed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    /// Tell the frames of this round from those of an earlier one.
    pub(super) salts: [u8; 8],
    big_endian: bool,
    page: usize,
    sum: Sum,
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[at..at + 4]);
    u32::from_be_bytes(four)
}

impl Round {
    /// Reads the header of a log; none when it is not whole.
    pub(super) fn read(header: &[u8; HEADER]) -> Option<Self> {
        let big_endian = match word(header, 0) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let page = usize::try_from(word(header, 8)).ok()?;
        if word(header, 4) != VERSION || !page.is_power_of_two() || !(512..=65_536).contains(&page) {
            return None;
        }
        let sum = add((0, 0), &header[..24], big_endian);
        let mut salts = [0; 8];
        salts.copy_from_slice(&header[16..24]);
        (sum == (word(header, 24), word(header, 28))).then_some(Self { salts, big_endian, page, sum })
    }

    /// The length of a frame, in bytes.
    pub(super) const fn frame(&self) -> usize {
        FRAME_HEADER + self.page
    }
}

/// How far a round is read: up to the end of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    round: Round,
    /// Bytes from the beginning of the log.
    pub(super) offset: u64,
    sum: Sum,
}

impl Read {
    /// Nothing but the header.
    pub(super) const fn begin(round: Round) -> Self {
        Self { round, offset: HEADER as u64, sum: round.sum }
    }

    /// The round.
    pub(super) const fn round(&self) -> &Round {
        &self.round
    }

    /// Reads on over `bytes`, which follow what was read: answers where the last whole commit in them ends.
    #[must_use]
    pub(super) fn on(&self, bytes: &[u8]) -> Self {
        let (mut end, mut sum, mut at) = (*self, self.sum, 0);
        for frame in bytes.chunks_exact(self.round.frame()) {
            at += frame.len() as u64;
            if frame[8..16] != self.round.salts || word(frame, 0) == 0 {
                break;
            }
            sum = add(sum, &frame[..8], self.round.big_endian);
            sum = add(sum, &frame[FRAME_HEADER..], self.round.big_endian);
            if sum != (word(frame, 16), word(frame, 20)) {
                break;
            }
            // A frame that names the size of the database ends a commit.
            if word(frame, 4) != 0 {
                end = Self { round: self.round, offset: self.offset + at, sum };
            }
        }
        end
    }
}

fn add(sum: Sum, bytes: &[u8], big_endian: bool) -> Sum {
    let (mut one, mut two) = sum;
    for pair in bytes.chunks_exact(8) {
        let part = |at: usize| if big_endian { word(pair, at) } else { word(pair, at).swap_bytes() };
        one = one.wrapping_add(part(0)).wrapping_add(two);
        two = two.wrapping_add(part(4)).wrapping_add(one);
    }
    (one, two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// A log of three commits, as SQLite writes it.
    fn log() -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let db = Connection::open(&path).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        db.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);").unwrap();
        std::fs::read(dir.path().join("a.db-wal")).unwrap()
    }

    fn header(log: &[u8]) -> [u8; HEADER] {
        log[..HEADER].try_into().unwrap()
    }

    #[test]
    fn what_sqlite_wrote_is_read_to_its_end() {
        let log = log();
        let round = Round::read(&header(&log)).unwrap();
        let end = Read::begin(round).on(&log[HEADER..]);
        assert_eq!(end.offset, log.len() as u64);
        let half = Read::begin(round).on(&log[HEADER..HEADER + 2 * round.frame()]);
        assert!(half.offset <= (HEADER + 2 * round.frame()) as u64);
        let rest = half.on(&log[usize::try_from(half.offset).unwrap()..]);
        assert_eq!(rest, end, "read in two parts it ends alike");
    }

    #[test]
    fn a_flipped_bit_anywhere_ends_the_reading_before_it() {
        let log = log();
        let round = Round::read(&header(&log)).unwrap();
        for at in (HEADER..log.len()).step_by(97) {
            let mut broken = log.clone();
            broken[at] ^= 1;
            let end = Read::begin(round).on(&broken[HEADER..]).offset;
            let frame = HEADER + (at - HEADER) / round.frame() * round.frame();
            let ignored = matches!((at - HEADER) % round.frame(), 16..24);
            assert!(end <= frame as u64 || (ignored && end < log.len() as u64), "bit at {at}: read to {end}");
        }
    }

    #[test]
    fn a_header_that_is_not_whole_is_none() {
        let log = log();
        for at in 0..HEADER {
            let mut broken = header(&log);
            broken[at] ^= 1;
            assert_eq!(Round::read(&broken), None, "byte {at}");
        }
        assert_eq!(Round::read(&[0; HEADER]), None);
    }
}
