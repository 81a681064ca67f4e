//! The way down: rows that changed, or all of them, taken in whole runs.

use aisle_core::{
    canary,
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{FeedPage, FeedRow, LONG_POLL_S, SnapshotPage},
    },
};

use super::{Effect, Engine, Lane, NetError, Trouble, wait};
use crate::store::{Position, Store, StoreError};

/// Rows gathered before a run of feed pages must be taken in; a snapshot of a large site passes through
/// memory once.
const GATHER_MAX_ROWS: usize = 4_000_000;
/// A feed call that is answered with nothing sooner than this was not held, in milliseconds.
const HELD_MS: i64 = 1_000;
/// How long rows that differ even when they were just fetched are worked with, in milliseconds.
const COMPARE_AGAIN_MS: i64 = 600_000;

/// The download lane.
#[derive(Debug)]
pub(super) struct Down {
    pub(super) lane: Lane,
    pub(super) failures: u32,
    gathered: Vec<FeedRow>,
    snapshot: Option<Snapshot>,
    asked: Asked,
    /// The centre refuses its rows: this terminal was revoked, or never known.
    pub(super) refused: bool,
    /// Sums that differ although all rows were fetched anew are not compared before this.
    compared_from: Millis,
}

#[derive(Debug)]
struct Snapshot {
    epoch: Incarnation,
    from: u64,
    after: Option<String>,
    complete: bool,
}

/// What was known when the feed call that is out was made.
#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Millis,
    epoch: Incarnation,
    cursor: u64,
    held: bool,
    /// The life of the journal, and how far the centre had confirmed it.
    life: Incarnation,
    confirmed: u64,
}

impl Down {
    pub(super) const fn new() -> Self {
        let (none, none_yet) = (Incarnation(0), Millis(i64::MIN));
        let asked = Asked { at: Millis(0), epoch: none, cursor: 0, held: false, life: none, confirmed: 0 };
        Self {
            lane: Lane::Idle,
            failures: 0,
            gathered: Vec::new(),
            snapshot: None,
            asked,
            refused: false,
            compared_from: none_yet,
        }
    }

    fn begin_snapshot(&mut self) {
        self.gathered.clear();
        self.snapshot = Some(Snapshot { epoch: Incarnation(0), from: 0, after: None, complete: false });
    }

    fn cursor_after(&self, start: u64) -> u64 {
        self.gathered.iter().map(|r| r.seq).max().map_or(start, |seq| seq.max(start))
    }
}

impl Engine {
    /// Asks for rows when that is due.
    pub(super) fn go_down(
        &mut self,
        now: Millis,
        store: &Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        if self.down.lane.is_due(now) {
            effects.push(self.ask(now, store)?);
            self.down.lane = Lane::Waiting;
        } else {
            effects.extend(self.down.lane.until().map(Effect::WakeAt));
        }
        Ok(())
    }

    fn ask(&mut self, now: Millis, store: &Store) -> Result<Effect, StoreError> {
        let position = store.view.position()?;
        let (epoch, start, held) = match (&self.down.snapshot, position.epoch) {
            (Some(Snapshot { complete: false, after, .. }), _) => {
                return Ok(Effect::Snapshot { after: after.clone() });
            }
            (Some(done), _) => (done.epoch, done.from, false),
            (None, Some(epoch)) => (epoch, position.cursor, self.down.gathered.is_empty()),
            (None, None) => return Ok(Effect::Snapshot { after: None }),
        };
        let cursor = self.down.cursor_after(start);
        let (life, confirmed) = (store.journal.incarnation(), store.journal.heard().applied_hi);
        self.down.asked = Asked { at: now, epoch, cursor, held, life, confirmed };
        Ok(Effect::Feed { epoch, cursor, wait_s: if held { LONG_POLL_S } else { 0 } })
    }

    pub(super) fn fed(
        &mut self,
        now: Millis,
        answer: Result<FeedPage, NetError>,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        let asked = self.down.asked;
        let mut page = match answer {
            Ok(page) if page.epoch != asked.epoch => {
                return self.down_failed(now, &garbled("it is about another feed"));
            }
            Ok(page) if page.more && page.rows.iter().all(|row| row.seq <= asked.cursor) => {
                return self.down_failed(now, &garbled("more is promised and nothing is told"));
            }
            Ok(page) => page,
            Err(NetError::SnapshotRequired) => {
                // Of a snapshot just made, that is no answer to ask again for at once.
                let odd = self.down.snapshot.is_some();
                self.down.begin_snapshot();
                self.down_on(now, odd);
                return Ok(());
            }
            Err(error) => return self.down_failed(now, &error),
        };
        self.down.refused = false;
        self.heard(now);
        self.down.gathered.append(&mut page.rows);
        if page.more && self.down.gathered.len() < GATHER_MAX_ROWS {
            self.down_on(now, false);
            return Ok(());
        }
        self.take(now, &page, store, effects)
    }

    /// Takes in what was gathered, which this page ends.
    fn take(
        &mut self,
        now: Millis,
        page: &FeedPage,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        let asked = self.down.asked;
        let before = store.view.position()?;
        let anew = self.down.snapshot.is_some();
        if !anew && before.epoch != Some(page.epoch) {
            // The cache was lost while the call was out: what changed is nothing without what it changed.
            self.down.begin_snapshot();
            self.down_on(now, false);
            return Ok(());
        }
        let other = |known: Option<Incarnation>, told| known.zip(told).is_some_and(|(one, two)| one != two);
        // A cache that was never filled knows no epoch; the journal knows whom it told.
        let restored =
            other(before.epoch, Some(page.epoch)) || other(store.journal.heard().centre, page.centre);
        let ours = is_ours(page, store)?;
        let (life, contained) = contained(page, store, asked, restored, ours)?;
        let position = Position {
            epoch: Some(page.epoch),
            cursor: page.to,
            incarnation: Some(life),
            applied_hi: contained,
            heard_at: now,
        };
        // What was gathered is let go of only when it is kept.
        let whole = anew && !canary::sings("snapshot_keeps_old_rows");
        store.view.take(&self.down.gathered, position, whole)?;
        let news = !std::mem::take(&mut self.down.gathered).is_empty();
        self.down.snapshot = None;
        self.compare(page, store, asked, restored, ours)?;
        let odd = self.differs(now, page, store, anew)?;
        let shifted = (before.incarnation, before.applied_hi) != (position.incarnation, position.applied_hi);
        if anew || shifted || news {
            effects.push(Effect::RowsChanged);
        }
        let unheld = asked.held && !news && !shifted && now.0 - asked.at.0 < HELD_MS;
        self.down_on(now, unheld || odd);
        Ok(())
    }

    /// Holds the sum over the rows here against the centre's. Rows that differ are fetched anew, once: should they
    /// differ still, they are worked with, and compared again after a while.
    fn differs(
        &mut self,
        now: Millis,
        page: &FeedPage,
        store: &Store,
        anew: bool,
    ) -> Result<bool, StoreError> {
        let Some(told) = page.sum.filter(|_| now >= self.down.compared_from) else { return Ok(false) };
        if store.view.sum()? == told {
            if self.status.trouble == Some(Trouble::Desynced) {
                self.status.trouble = None;
            }
            return Ok(false);
        }
        self.desynced = true;
        self.status.trouble.get_or_insert(Trouble::Desynced);
        if anew {
            self.down.compared_from = now.plus(COMPARE_AGAIN_MS);
        } else {
            self.down.begin_snapshot();
        }
        Ok(true)
    }

    /// Compares how far the centre is with what it said before: it may have been restored from an older copy, and
    /// so may this terminal.
    fn compare(
        &mut self,
        page: &FeedPage,
        store: &mut Store,
        asked: Asked,
        restored: bool,
        ours: bool,
    ) -> Result<(), StoreError> {
        let (life, heard) = (store.journal.incarnation(), store.journal.heard());
        let applied = (page.my_incarnation == Some(life)).then_some(page.my_applied_hi);
        let known = match applied {
            Some(_) if !ours => {
                self.up.fork();
                return Ok(());
            }
            // What it has anew it may have judged anew: from what was safe on, its verdicts are asked for.
            _ if restored => applied.unwrap_or(0).min(heard.safe_hi),
            Some(applied) if asked.life == life && applied < asked.confirmed => applied,
            Some(_) => {
                store.journal.mark_safe(page.my_safe_hi);
                return Ok(());
            }
            None => return Ok(()),
        };
        if known < heard.applied_hi {
            store.journal.rewind(known)?;
            self.up.outdate();
        }
        Ok(())
    }

    pub(super) fn snapped(&mut self, now: Millis, answer: Result<SnapshotPage, NetError>) {
        let after = self.down.snapshot.as_ref().and_then(|snapshot| snapshot.after.clone());
        let next = answer.as_ref().ok().and_then(|page| page.next.as_ref()).map(ToString::to_string);
        let checked = match answer {
            Ok(page) if next.is_some() && (page.rows.is_empty() || next == after) => {
                Err(garbled("the snapshot does not go on"))
            }
            Ok(_) if self.down.gathered.len() > GATHER_MAX_ROWS => Err(garbled("the snapshot has no end")),
            answer => answer,
        };
        let page = match checked {
            Ok(page) => page,
            Err(error) => {
                if matches!(error, NetError::Garbled(_)) {
                    self.down.begin_snapshot();
                }
                let Ok(()) = self.down_failed::<std::convert::Infallible>(now, &error);
                return;
            }
        };
        self.down.refused = false;
        self.heard(now);
        let begun = self.down.snapshot.as_ref().filter(|_| after.is_some());
        if begun.is_some_and(|snapshot| snapshot.epoch != page.epoch) {
            self.down.begin_snapshot();
            self.down_on(now, true);
            return;
        }
        if begun.is_none() {
            self.down.begin_snapshot();
        }
        self.down.gathered.extend(page.rows.into_iter().map(|row| FeedRow { seq: 0, ..row }));
        if let Some(snapshot) = &mut self.down.snapshot {
            if after.is_none() {
                (snapshot.epoch, snapshot.from) = (page.epoch, page.as_of);
            }
            snapshot.complete = next.is_none();
            snapshot.after = next;
        }
        self.down_on(now, false);
    }

    /// Goes on: at once, or after a while when the answer was odd.
    fn down_on(&mut self, now: Millis, odd: bool) {
        if odd {
            self.down_again(now);
        } else {
            self.down.failures = 0;
            self.down.lane = Lane::Idle;
        }
    }

    pub(super) fn down_again(&mut self, now: Millis) {
        self.down.failures = self.down.failures.saturating_add(1);
        self.down.lane = Lane::Until(now.plus(wait(self.down.failures, &mut self.mint.0)));
    }

    fn down_failed<E>(&mut self, now: Millis, error: &NetError) -> Result<(), E> {
        self.down.failures = self.down.failures.saturating_add(1);
        self.down.lane = Lane::Until(self.after(now, self.down.failures, error));
        if *error == NetError::Unauthorized {
            // What a revoked terminal did is taken all the same. Whether a restored centre lacks any of it, only the
            // answer to a batch tells.
            self.down.refused = true;
            self.up.ask();
        }
        self.failed(error);
        Ok(())
    }
}

fn garbled(why: &str) -> NetError {
    NetError::Garbled(why.to_owned())
}

/// Whether what the centre has of this life of the journal lies here: another copy of this terminal may have gone on
/// with it, or an older copy was put in the file's place.
fn is_ours(page: &FeedPage, store: &Store) -> Result<bool, StoreError> {
    let (journal, hi) = (&store.journal, page.my_applied_hi);
    if page.my_incarnation != Some(journal.incarnation()) || canary::sings("twin_taken_for_own") {
        return Ok(true);
    }
    if hi > journal.last_seq() {
        return Ok(false);
    }
    // What was let go of, but for the last, has no link any more: it was proved before.
    let own = journal.link_at(hi)?;
    Ok(page.my_link.zip(own).is_none_or(|(told, own)| told == own))
}

/// Which life of the journal the page's rows contain, and how far.
fn contained(
    page: &FeedPage,
    store: &Store,
    asked: Asked,
    restored: bool,
    ours: bool,
) -> Result<(Incarnation, u64), StoreError> {
    let life = store.journal.incarnation();
    match page.my_incarnation {
        Some(theirs) if theirs == life && canary::sings("applied_read_outside") => {
            Ok((life, page.my_applied_hi.max(store.journal.heard().applied_hi)))
        }
        Some(theirs) if theirs == life && ours => Ok((life, page.my_applied_hi)),
        // Another copy of this terminal sent last. What the centre had confirmed before it was asked is in the rows.
        _ if !restored && asked.life == life && asked.confirmed > 0 => Ok((life, asked.confirmed)),
        Some(theirs) if theirs != life && store.journal.had_life(theirs)? => Ok((theirs, page.my_applied_hi)),
        _ => Ok((life, 0)),
    }
}
