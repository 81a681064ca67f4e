//! The continuous backup's thread, and how far it is: what terminals may let go of.
//!
//! Every commit is in the folder within a second of it, see [`crate::store::sqlite::ship`]. [`Safe`] is what acks
//! and feed pages tell: 0 for all without a backup, and nothing that the backup does not hold.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use aisle_core::{id::Code, task::state::Terminal, wire::chain::Incarnation};

use crate::{
    http::Clock,
    store::{
        Result,
        sqlite::ship::{Mark, Shipper},
    },
};

/// How long commits may wait for the next step, in milliseconds: half of the second that is promised.
const STEP_MS: u64 = 500;

type Marks = BTreeMap<Code<Terminal>, (Incarnation, u64)>;

/// How far each terminal's journal is in the backup.
#[derive(Debug, Clone, Default)]
pub struct Safe {
    marks: Arc<Mutex<Marks>>,
}

impl Safe {
    /// Every operation of this life of the terminal's journal up to this one is in the backup; 0 when none is, or
    /// nobody knows.
    #[must_use]
    pub fn hi(&self, terminal: &Code<Terminal>, incarnation: Option<Incarnation>) -> u64 {
        match self.marks().get(terminal) {
            Some((life, hi)) if Some(*life) == incarnation => *hi,
            _ => 0,
        }
    }

    /// Tells how far the backup is now.
    pub fn tell(&self, told: Vec<Mark>) {
        let mut marks = self.marks();
        for (terminal, incarnation, hi) in told {
            marks.insert(terminal, (incarnation, hi));
        }
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that ships. It ends, after a last step, when this is dropped.
#[derive(Debug)]
pub struct Backup {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Backup {
    /// Starts the thread. `draw` names generations apart.
    ///
    /// # Errors
    /// When the database cannot be opened a second time, or the thread cannot be made.
    pub fn start(
        database: PathBuf,
        folder: PathBuf,
        clock: Clock,
        safe: Safe,
        draw: Box<dyn FnMut() -> u64 + Send>,
    ) -> Result<Self> {
        let mut shipper = Shipper::open(&database, &folder, draw)?;
        let (stop, stopped) = channel::<()>();
        let run = move || {
            let mut failing = false;
            loop {
                match shipper.step(clock()) {
                    Ok(marks) => {
                        if failing {
                            tracing::info!(folder = %folder.display(), "the backup goes on");
                        }
                        failing = false;
                        safe.tell(marks);
                    }
                    Err(error) => {
                        if !failing {
                            tracing::error!(folder = %folder.display(), %error, "the backup stands still");
                        }
                        failing = true;
                    }
                }
                if let Ok(()) | Err(RecvTimeoutError::Disconnected) =
                    stopped.recv_timeout(Duration::from_millis(STEP_MS))
                {
                    break;
                }
            }
            // What was committed while the centre stopped.
            if let Err(error) = shipper.step(clock()) {
                tracing::error!(%error, "the last commits are not in the backup");
            }
        };
        let started = thread::Builder::new().name("backup".into()).spawn(run);
        let thread = started.map_err(|source| crate::store::StoreError::Database {
            doing: "start the backup's thread",
            source: Box::new(source),
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the backup's thread died");
        }
    }
}
