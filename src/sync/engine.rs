//! The terminal's end of the protocol, as a step function.
//!
//! In: what happened (operations were appended, an answer came, time passed), the store, and the time.
//! Out: what to do next, to be done only after the step returned: whatever the step wrote is then on the
//! disk. It never reads a clock, opens a socket or decides anything about the floor.

use aisle_core::{
    id::{Id, Mint},
    task::op::Op,
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{Ack, Batch, FeedPage, Salvage, Salvaged, SnapshotPage, Verdict},
    },
};

use self::{down::Down, up::Up};
use super::backoff::{UNREACHED_MAX, slot_ms, wait_ms};
use crate::store::{Store, StoreError};

mod down;
mod up;

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
    /// The answer to pieces of a damaged journal.
    Salvaged(Result<Salvaged, NetError>),
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
    /// Send what was left of a damaged journal.
    Salvage(Salvage),
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
    Answered(Vec<(Id<Op>, Verdict)>),
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
    /// The centre knows another history of this journal, and takes no new life of it either.
    Fork,
    /// The centre needs operations that this terminal was told to be safe and has let go of.
    Missing,
    /// What answers is not the centre.
    Garbled,
    /// The rows here were not the centre's, though nobody knows why: they are fetched anew.
    Desynced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Idle,
    Waiting,
    Until(Millis),
}

impl Lane {
    const fn is_due(self, now: Millis) -> bool {
        match self {
            Self::Idle => true,
            Self::Waiting => false,
            Self::Until(at) => now.0 >= at.0,
        }
    }

    /// Whether it goes on by itself, later.
    const fn waits(self, now: Millis) -> bool {
        match self {
            Self::Until(at) => at.0 > now.0,
            Self::Idle | Self::Waiting => false,
        }
    }

    const fn until(self) -> Option<Millis> {
        match self {
            Self::Until(at) => Some(at),
            Self::Idle | Self::Waiting => None,
        }
    }
}

/// The engine.
#[derive(Debug)]
pub struct Engine {
    app: String,
    mint: MintDebug,
    up: Up,
    down: Down,
    status: Status,
    battery: Option<u8>,
    /// Whether the centre has yet to hear that the rows here were not its own.
    desynced: bool,
}

struct MintDebug(Mint);
impl std::fmt::Debug for MintDebug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mint")
    }
}

impl Engine {
    /// An engine that has sent nothing yet. `app` is the program's version.
    #[must_use]
    pub fn new(app: &str, mint: Mint) -> Self {
        Self {
            app: app.to_owned(),
            mint: MintDebug(mint),
            up: Up::new(),
            down: Down::new(),
            status: Status { online: false, heard_at: None, unsent: 0, trouble: None },
            battery: None,
            desynced: false,
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
        let up_is_out =
            self.up.lane == Lane::Waiting && !matches!(event, Event::Uploaded(_) | Event::Salvaged(_));
        let down_is_out =
            self.down.lane == Lane::Waiting && !matches!(event, Event::Fed(_) | Event::Snapped(_));
        let stepped = self.try_step(now, event, store);
        if stepped.is_err() {
            // What is not out and not waiting for its time would be tried again at once.
            if !up_is_out && !self.up.lane.waits(now) {
                self.up_again(now);
            }
            if !down_is_out && !self.down.lane.waits(now) {
                self.down_again(now);
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
        due(self.up.lane).into_iter().chain(due(self.down.lane)).min().unwrap_or(now)
    }

    fn try_step(&mut self, now: Millis, event: Event, store: &mut Store) -> Result<Vec<Effect>, StoreError> {
        let mut effects = Vec::new();
        match event {
            Event::Wake | Event::Tick => {}
            Event::Uploaded(answer) => self.uploaded(now, answer, store, &mut effects)?,
            Event::Salvaged(answer) => self.salvaged(now, answer, store)?,
            Event::Fed(answer) => self.fed(now, answer, store, &mut effects)?,
            Event::Snapped(answer) => self.snapped(now, answer),
        }
        self.go_up(now, store, &mut effects)?;
        self.go_down(now, store, &mut effects)?;
        self.status.unsent = store.journal.unsent();
        if self.status.heard_at.is_none() {
            let heard = store.view.position()?.heard_at;
            self.status.heard_at = (heard != Millis(0)).then_some(heard);
        }
        Ok(effects)
    }

    fn heard(&mut self, now: Millis) {
        self.status.online = true;
        self.status.heard_at = Some(now);
        let over = match self.status.trouble {
            Some(Trouble::Unauthorized) => !self.down.refused,
            Some(Trouble::Garbled) => true,
            _ => false,
        };
        if over {
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
            NetError::Busy { after_ms: Some(ms) } => self.slot(now, *ms),
            NetError::Unreachable(_) => now.plus(wait(failures.min(UNREACHED_MAX), &mut self.mint.0)),
            _ => now.plus(wait(failures, &mut self.mint.0)),
        }
    }

    fn slot(&mut self, now: Millis, asked_ms: u64) -> Millis {
        now.plus(i64::try_from(slot_ms(asked_ms, &mut self.mint.0)).unwrap_or(i64::MAX))
    }
}

fn wait(failures: u32, mint: &mut Mint) -> i64 {
    i64::try_from(wait_ms(failures, mint)).unwrap_or(i64::MAX)
}
