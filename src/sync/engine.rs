//! The terminal's end of the protocol, as a step function.
//!
//! In: what happened (operations were appended, an answer came, time passed), the store, and the time.
//! Out: what to do next, to be done only after the step returned: whatever the step wrote is then on the
//! disk. It never reads a clock, opens a socket or decides anything about the floor.

use aisle_core::{
    id::Mint,
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{
            Ack, BATCH_MAX_OPS, Batch, FeedPage, FeedRow, LONG_POLL_S, SnapshotPage, Stop, VERSION, Verdict,
        },
    },
};

use super::backoff::wait_ms;
use crate::store::{Position, Store, StoreError};

/// The most operation bytes in a batch before compression; the centre's body limit is 1 MiB.
const BATCH_MAX_BYTES: usize = 256 * 1024;
/// Rows gathered before a run of feed pages must be taken in; a snapshot of a large site passes through
/// memory once.
const GATHER_MAX_ROWS: usize = 4_000_000;

#[cfg(test)]
mod tests;

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The program started, or operations were appended.
    Wake,
    /// A time asked for with [`Effect::WakeAt`] has come.
    Tick,
    /// The answer to an upload.
    Uploaded(Result<Ack, NetError>),
    /// The answer to a feed call.
    Fed(Result<FeedPage, NetError>),
    /// The answer to a snapshot call.
    Snapped(Result<SnapshotPage, NetError>),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Nobody there.
    #[error("the centre cannot be reached: {0}")]
    Unreachable(String),
    /// The centre asks to wait.
    #[error("the centre is busy")]
    Busy {
        /// How long, when it says so.
        after_ms: Option<u64>,
    },
    /// The centre does not know this terminal.
    #[error("the centre does not accept this terminal's token: enrol it again")]
    Unauthorized,
    /// The cursor is too old, or the feed began anew.
    #[error("a snapshot is required")]
    SnapshotRequired,
    /// Something answered, but not as the centre does.
    #[error("the answer is not the centre's: {0}")]
    Garbled(String),
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send operations.
    Upload(Batch),
    /// Ask for rows that changed.
    Feed {
        /// Which life of the feed.
        epoch: Incarnation,
        /// From where.
        cursor: u64,
        /// How long the centre may hold the call, in seconds.
        wait_s: u64,
    },
    /// Ask for all rows.
    Snapshot {
        /// After which key; from the beginning when none.
        after: Option<String>,
    },
    /// Send [`Event::Tick`] at this time.
    WakeAt(Millis),
    /// The centre's rows changed: fold the floor anew.
    RowsChanged,
    /// The centre answered these operations.
    Answered(Vec<(u64, Verdict)>),
}

/// How the connection stands, for the status bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Whether what is done now reaches the centre: the last call was answered, and by the centre.
    pub online: bool,
    /// The last good contact; none before the first.
    pub heard_at: Option<Millis>,
    /// Operations that have not reached the centre.
    pub unsent: u64,
    /// What a person must look at: a refused token, a fork.
    pub trouble: Option<Trouble>,
}

/// What stands between this terminal and the centre until somebody acts. Work goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The token is not accepted.
    Unauthorized,
    /// The centre knows another history of this journal.
    Fork,
    /// What answers is not the centre.
    Garbled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Idle,
    Waiting,
    Until(Millis),
}

/// The engine.
#[derive(Debug)]
pub struct Engine {
    app: String,
    mint: MintDebug,
    up: Lane,
    up_failures: u32,
    send_from: Option<u64>,
    down: Lane,
    down_failures: u32,
    gathered: Vec<FeedRow>,
    snapshot: Option<Snapshot>,
    status: Status,
    battery: Option<u8>,
}

struct MintDebug(Mint);
impl std::fmt::Debug for MintDebug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mint")
    }
}

#[derive(Debug)]
struct Snapshot {
    epoch: Incarnation,
    from: u64,
    after: Option<String>,
    complete: bool,
}

impl Engine {
    /// An engine that has sent nothing yet. `app` is the program's version.
    #[must_use]
    pub fn new(app: &str, mint: Mint) -> Self {
        Self {
            app: app.to_owned(),
            mint: MintDebug(mint),
            up: Lane::Idle,
            up_failures: 0,
            send_from: None,
            down: Lane::Idle,
            down_failures: 0,
            gathered: Vec::new(),
            snapshot: None,
            status: Status { online: false, heard_at: None, unsent: 0, trouble: None },
            battery: None,
        }
    }

    /// The connection as it stands.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// Tells the battery's charge, in percent, to go with the next batch.
    pub const fn set_battery(&mut self, percent: Option<u8>) {
        self.battery = percent;
    }

    /// One step. The effects may be carried out once it returned.
    ///
    /// # Errors
    /// When the store fails. Nothing is to be done then but to open the store anew and to call
    /// [`Engine::reopened`]: no call of this step is out, and what an answer told is asked for again.
    pub fn step(&mut self, now: Millis, event: Event, store: &mut Store) -> Result<Vec<Effect>, StoreError> {
        let out = |lane: Lane, answered: bool| lane == Lane::Waiting && !answered;
        let up_is_out = out(self.up, matches!(event, Event::Uploaded(_)));
        let down_is_out = out(self.down, matches!(event, Event::Fed(_) | Event::Snapped(_)));
        let stepped = self.try_step(now, event, store);
        if stepped.is_err() {
            if self.up == Lane::Waiting && !up_is_out {
                self.up_failures = self.up_failures.saturating_add(1);
                self.up = Lane::Until(now.plus(wait(self.up_failures, &mut self.mint.0)));
            }
            if self.down == Lane::Waiting && !down_is_out {
                self.down_failures = self.down_failures.saturating_add(1);
                self.down = Lane::Until(now.plus(wait(self.down_failures, &mut self.mint.0)));
            }
        }
        stepped
    }

    /// The store was opened anew after it had failed: tells when to send [`Event::Tick`] so that both lanes go on.
    #[must_use]
    pub fn reopened(&self, now: Millis) -> Millis {
        let due = |lane| match lane {
            Lane::Idle => Some(now),
            Lane::Until(at) => Some(at),
            Lane::Waiting => None,
        };
        due(self.up).into_iter().chain(due(self.down)).min().unwrap_or(now)
    }

    fn try_step(&mut self, now: Millis, event: Event, store: &mut Store) -> Result<Vec<Effect>, StoreError> {
        let mut effects = Vec::new();
        match event {
            Event::Wake | Event::Tick => {}
            Event::Uploaded(answer) => self.uploaded(now, answer, store, &mut effects)?,
            Event::Fed(answer) => self.fed(now, answer, store, &mut effects)?,
            Event::Snapped(answer) => self.snapped(now, answer),
        }
        self.go_on(now, store, &mut effects)?;
        self.status.unsent = store.journal.unsent();
        if self.status.heard_at.is_none() {
            let heard = store.view.position()?.heard_at;
            self.status.heard_at = (heard != Millis(0)).then_some(heard);
        }
        Ok(effects)
    }

    fn go_on(&mut self, now: Millis, store: &Store, effects: &mut Vec<Effect>) -> Result<(), StoreError> {
        if ready(self.up, now) {
            match self.batch(now, store)? {
                Some(batch) => {
                    self.up = Lane::Waiting;
                    effects.push(Effect::Upload(batch));
                }
                None => self.up = Lane::Idle,
            }
        } else if let Lane::Until(at) = self.up {
            effects.push(Effect::WakeAt(at));
        }
        if ready(self.down, now) {
            effects.push(self.ask(store)?);
            self.down = Lane::Waiting;
        } else if let Lane::Until(at) = self.down {
            effects.push(Effect::WakeAt(at));
        }
        Ok(())
    }

    fn ask(&mut self, store: &Store) -> Result<Effect, StoreError> {
        let position = store.view.position()?;
        let snapping = self.snapshot.as_ref().filter(|s| !s.complete);
        if let Some(snapshot) = snapping {
            return Ok(Effect::Snapshot { after: snapshot.after.clone() });
        }
        Ok(match (&self.snapshot, position.epoch) {
            (Some(done), _) => {
                Effect::Feed { epoch: done.epoch, cursor: self.cursor_after(done.from), wait_s: 0 }
            }
            (None, Some(epoch)) => Effect::Feed {
                epoch,
                cursor: self.cursor_after(position.cursor),
                wait_s: if self.gathered.is_empty() { LONG_POLL_S } else { 0 },
            },
            (None, None) => Effect::Snapshot { after: None },
        })
    }

    fn cursor_after(&self, start: u64) -> u64 {
        self.gathered.iter().map(|r| r.seq).max().map_or(start, |seq| seq.max(start))
    }

    fn batch(&mut self, now: Millis, store: &Store) -> Result<Option<Batch>, StoreError> {
        let journal = &store.journal;
        let from = self.send_from.unwrap_or(journal.heard().applied_hi).min(journal.last_seq());
        if from >= journal.last_seq() {
            return Ok(None);
        }
        let mut ops = journal.ops_after(from, BATCH_MAX_OPS)?;
        let mut bytes = 0;
        let fits = ops.iter().take_while(|op| {
            bytes += op.body.get().len() + 200;
            bytes <= BATCH_MAX_BYTES
        });
        let fits = fits.count().max(1);
        ops.truncate(fits);
        let Some(before) = journal.link_at(from)? else { return Err(StoreError::Damaged { seq: from }) };
        let last = from + ops.len() as u64;
        Ok(Some(Batch {
            proto: VERSION,
            app: self.app.clone(),
            terminal: journal.terminal().clone(),
            incarnation: journal.incarnation(),
            before,
            ops,
            pending: journal.last_seq() - last,
            sent_at: now,
            battery: self.battery,
        }))
    }

    fn uploaded(
        &mut self,
        now: Millis,
        answer: Result<Ack, NetError>,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        let ack = match answer {
            Ok(ack) => ack,
            Err(error) => {
                self.up_failures = self.up_failures.saturating_add(1);
                self.up = Lane::Until(self.after(now, self.up_failures, &error));
                self.failed(&error);
                return Ok(());
            }
        };
        self.heard(now);
        let before = store.journal.heard().applied_hi;
        let fresh = store.journal.record_ack(&ack, now)?;
        if !fresh.is_empty() {
            effects.push(Effect::Answered(fresh));
        }
        self.up = Lane::Idle;
        self.send_from = None;
        let moved = store.journal.heard().applied_hi > before;
        match ack.stop {
            Some(Stop::Gap { expected }) => self.send_from = Some(expected.saturating_sub(1)),
            Some(Stop::Fork { .. }) => {
                self.status.trouble = Some(Trouble::Fork);
                self.up_failures = self.up_failures.saturating_add(1);
                self.up = Lane::Until(now.plus(wait(self.up_failures, &mut self.mint.0)));
                return Ok(());
            }
            Some(Stop::Retry { after_ms }) => {
                self.up = Lane::Until(now.plus(i64::try_from(after_ms).unwrap_or(i64::MAX)));
                return Ok(());
            }
            None if !moved && store.journal.unsent() > 0 => {
                // An answer that moves nothing must not be asked for again in a tight loop.
                self.up_failures = self.up_failures.saturating_add(1);
                self.up = Lane::Until(now.plus(wait(self.up_failures, &mut self.mint.0)));
                return Ok(());
            }
            None => {}
        }
        self.up_failures = 0;
        Ok(())
    }

    fn fed(
        &mut self,
        now: Millis,
        answer: Result<FeedPage, NetError>,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        let page = match answer {
            Ok(page) => page,
            Err(NetError::SnapshotRequired) => {
                self.gathered.clear();
                self.snapshot = None;
                self.down = Lane::Idle;
                self.begin_snapshot();
                return Ok(());
            }
            Err(error) => {
                self.down_failures = self.down_failures.saturating_add(1);
                self.down = Lane::Until(self.after(now, self.down_failures, &error));
                self.failed(&error);
                return Ok(());
            }
        };
        self.heard(now);
        self.gathered.extend(page.rows);
        if page.more && self.gathered.len() < GATHER_MAX_ROWS {
            self.down_failures = 0;
            self.down = Lane::Idle;
            return Ok(());
        }
        let anew = self.snapshot.is_some();
        let before = store.view.position()?;
        if !anew && before.epoch != Some(page.epoch) {
            // The cache was lost while the call was out: what changed is nothing without what it changed.
            self.gathered.clear();
            self.begin_snapshot();
            self.down = Lane::Idle;
            return Ok(());
        }
        let position = Position {
            epoch: Some(page.epoch),
            cursor: page.to,
            incarnation: page.my_incarnation,
            applied_hi: page.my_applied_hi,
            heard_at: now,
        };
        // What was gathered is let go of only when it is kept.
        store.view.take(&self.gathered, position, anew)?;
        let changed = !std::mem::take(&mut self.gathered).is_empty();
        self.snapshot = None;
        self.down_failures = 0;
        self.down = Lane::Idle;
        let shifted = (before.incarnation, before.applied_hi) != (position.incarnation, position.applied_hi);
        if anew || shifted || changed {
            effects.push(Effect::RowsChanged);
        }
        Ok(())
    }

    fn begin_snapshot(&mut self) {
        self.snapshot = Some(Snapshot { epoch: Incarnation(0), from: 0, after: None, complete: false });
    }

    fn snapped(&mut self, now: Millis, answer: Result<SnapshotPage, NetError>) {
        let page = match answer {
            Ok(page) => page,
            Err(error) => {
                self.down_failures = self.down_failures.saturating_add(1);
                self.down = Lane::Until(self.after(now, self.down_failures, &error));
                self.failed(&error);
                return;
            }
        };
        self.heard(now);
        self.down_failures = 0;
        self.down = Lane::Idle;
        let first = self.snapshot.as_ref().is_none_or(|s| s.after.is_none());
        let changed = self.snapshot.as_ref().is_some_and(|s| s.after.is_some() && s.epoch != page.epoch);
        if first || changed {
            self.gathered.clear();
            self.snapshot =
                Some(Snapshot { epoch: page.epoch, from: page.as_of, after: None, complete: false });
            if changed {
                return;
            }
        }
        self.gathered.extend(page.rows.into_iter().map(|row| FeedRow { seq: 0, ..row }));
        if let Some(snapshot) = &mut self.snapshot {
            snapshot.complete = page.next.is_none();
            snapshot.after = page.next.map(|key| key.to_string());
        }
    }

    fn heard(&mut self, now: Millis) {
        self.status.online = true;
        self.status.heard_at = Some(now);
        if self.status.trouble != Some(Trouble::Fork) {
            self.status.trouble = None;
        }
    }

    fn failed(&mut self, error: &NetError) {
        match error {
            NetError::Unreachable(_) => self.status.online = false,
            NetError::Unauthorized => {
                self.status.online = false;
                self.status.trouble = Some(Trouble::Unauthorized);
            }
            NetError::Garbled(_) => {
                self.status.online = false;
                self.status.trouble = Some(Trouble::Garbled);
            }
            NetError::Busy { .. } | NetError::SnapshotRequired => {}
        }
    }

    fn after(&mut self, now: Millis, failures: u32, error: &NetError) -> Millis {
        match error {
            NetError::Busy { after_ms: Some(ms) } => now.plus(i64::try_from(*ms).unwrap_or(i64::MAX)),
            _ => now.plus(wait(failures, &mut self.mint.0)),
        }
    }
}

fn wait(failures: u32, mint: &mut Mint) -> i64 {
    i64::try_from(wait_ms(failures, mint)).unwrap_or(i64::MAX)
}

const fn ready(lane: Lane, now: Millis) -> bool {
    match lane {
        Lane::Idle => true,
        Lane::Waiting => false,
        Lane::Until(at) => now.0 >= at.0,
    }
}
