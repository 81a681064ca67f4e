//! Foul weather: connections that break, terminals that die with a scan in hand, a centre that loses power.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{process::Failure, site::Luck};

/// The weather over all terminals' Wi-Fi: drawn anew for each connection while the storm lasts.
#[derive(Clone)]
pub struct Storm {
    blows: Arc<AtomicBool>,
    luck: Arc<Mutex<Luck>>,
    broken: Arc<AtomicU64>,
}

/// What becomes of one direction of a connection.
#[derive(Clone, Copy, Default)]
pub struct Fate {
    /// It breaks after so many bytes.
    pub breaks_after: Option<usize>,
    /// Each piece of it is so late.
    pub late: Duration,
}

impl Storm {
    /// Fair weather.
    pub fn new(seed: u64) -> Self {
        Self { blows: Arc::default(), luck: Arc::new(Mutex::new(Luck::new(seed))), broken: Arc::default() }
    }

    /// The storm begins, or is over.
    pub fn set_blows(&self, blows: bool) {
        self.blows.store(blows, Ordering::SeqCst);
    }

    /// Connections that were broken or refused.
    pub fn broken(&self) -> u64 {
        self.broken.load(Ordering::SeqCst)
    }

    /// What becomes of the next connection, asking and answering; none when it is refused.
    pub fn fates(&self) -> Option<[Fate; 2]> {
        if !self.blows.load(Ordering::SeqCst) {
            return Some(<[Fate; 2]>::default());
        }
        let mut luck = self.luck.lock().unwrap_or_else(PoisonError::into_inner);
        if luck.once_in(12) {
            self.broken.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        Some([fate(&mut luck), fate(&mut luck)])
    }

    /// A connection broke as its fate was.
    pub fn broke(&self) {
        self.broken.fetch_add(1, Ordering::SeqCst);
    }
}

/// One direction in seven breaks within its first 4,000 bytes, and one in four is slow.
fn fate(luck: &mut Luck) -> Fate {
    Fate {
        breaks_after: luck.once_in(7).then(|| usize::try_from(luck.next() % 4_000).unwrap_or(0)),
        late: Duration::from_millis(if luck.once_in(4) { luck.next() % 120 } else { 0 }),
    }
}

/// Kills a terminal now and then while it works on what it was just told.
pub struct Torment {
    luck: Luck,
    one_in: u64,
}

impl Torment {
    /// One input in so many is the terminal's last in that life.
    pub const fn new(seed: u64, one_in: u64) -> Self {
        Self { luck: Luck::new(seed), one_in }
    }

    /// How long the terminal still lives after this input; none when nothing happens to it.
    pub fn lives_on(&mut self) -> Option<Duration> {
        if !self.luck.once_in(self.one_in) {
            return None;
        }
        // A commit takes part of a millisecond, a screen some: up to 12 ms meets all of it and the time after.
        Some(Duration::from_micros(self.luck.next() % 12_000))
    }
}

/// The last operation in the journal of a dead terminal. It is read from a copy: what a power cut left behind
/// is for the terminal itself to mend.
pub fn journal_head(data: &Path) -> Result<u64, Failure> {
    let copy = tempfile::tempdir()?;
    for name in ["journal.db", "journal.db-wal"] {
        let from = data.join(name);
        if from.is_file() {
            std::fs::copy(from, copy.path().join(name))?;
        }
    }
    let journal = rusqlite::Connection::open(copy.path().join("journal.db"))?;
    let newest = "SELECT max(seq) FROM op WHERE incarnation = (SELECT max(no) FROM incarnation)";
    let head: Option<i64> = journal.query_row(newest, [], |row| row.get(0))?;
    Ok(u64::try_from(head.unwrap_or(0))?)
}
