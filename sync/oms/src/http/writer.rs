//! The one writer: a thread that owns the store and commits in groups.
//!
//! Commands arrive on a bounded channel. Whatever waits when a commit begins shares it, up to
//! [`GROUP_MAX`]; each has its own savepoint, and no answer leaves before the group is on the disk.
//!
//! A command on the command line writes to the same database from a process of its own. While nothing else is
//! to do, the writer looks every half second whether one did, so that held feed calls hear of it.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    thread,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use crate::store::{Result, Store, StoreError, Tx, transact};

/// The most commands that share a commit.
pub const GROUP_MAX: usize = 256;
/// The most commands that may wait; beyond that callers are told to come back.
pub const QUEUE_MAX: usize = 1024;

/// How long another process's commit may go unnoticed.
const LISTEN: Duration = Duration::from_millis(500);

type Job = Box<dyn FnOnce(&mut Tx<'_>) -> Answered + Send>;
/// Sends the answer once the group is committed; told the group's failure otherwise.
type Answered = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Too many commands wait.
    #[error("the centre is busy")]
    Busy,
    /// The writer has stopped.
    #[error("the centre is shutting down")]
    Stopped,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The commit that the command shared failed; nothing of it counts.
    #[error("nothing was kept: {0}")]
    Commit(String),
}

/// A handle to the writer's thread. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Job>,
    feed_hi: watch::Receiver<u64>,
}

impl Writer {
    /// Starts the thread over a store.
    ///
    /// # Errors
    /// When the thread cannot be made.
    pub fn start(store: Box<dyn Store>) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE_MAX);
        let (told, feed_hi) = watch::channel(0);
        thread::Builder::new().name("writer".into()).spawn(move || run(store, &queue, &told))?;
        Ok(Self { jobs, feed_hi })
    }

    /// Runs a command in the next group and gives its answer after the commit.
    ///
    /// # Errors
    /// See [`WriteError`]; on any error nothing of the command was kept.
    pub async fn run<T: Send + 'static>(
        &self,
        command: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, WriteError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            let done = tx.savepoint(command);
            Box::new(move |committed| {
                let answer = match (done, committed) {
                    (Err(error), _) => Err(WriteError::Store(error)),
                    (Ok(_), Err(error)) => Err(WriteError::Commit(error)),
                    (Ok(value), Ok(())) => Ok(value),
                };
                // A caller that hung up needs no answer; what was committed stays.
                let _ = reply.send(answer);
            })
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => WriteError::Busy,
            TrySendError::Disconnected(_) => WriteError::Stopped,
        })?;
        answer.await.map_err(|_| WriteError::Stopped)?
    }

    /// The last feed sequence committed; changes wake who waits on it.
    #[must_use]
    pub fn feed_hi(&self) -> watch::Receiver<u64> {
        self.feed_hi.clone()
    }
}

fn run(mut store: Box<dyn Store>, queue: &Receiver<Job>, told: &watch::Sender<u64>) {
    loop {
        let first = match queue.recv_timeout(LISTEN) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => {
                listen(&*store, told);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP_MAX - 1));
        let mut answers: Vec<Answered> = Vec::with_capacity(group.len());
        let committed = transact(&mut *store, |tx| -> Result<u64> {
            answers.extend(group.into_iter().map(|job| job(tx)));
            tx.feed_hi()
        });
        let outcome = match committed {
            Ok(hi) => {
                tell(told, hi);
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "a group of commands was not kept");
                Err(error.to_string())
            }
        };
        for answer in answers {
            answer(outcome.clone());
        }
    }
}

fn tell(told: &watch::Sender<u64>, hi: u64) {
    told.send_if_modified(|known| std::mem::replace(known, hi) != hi);
}

/// Looks whether another process committed.
fn listen(store: &dyn Store, told: &watch::Sender<u64>) {
    match store.feed_hi() {
        Ok(hi) => tell(told, hi),
        Err(error) => tracing::warn!(%error, "cannot see what other processes wrote"),
    }
}

#[cfg(test)]
mod tests {
    use aisle_core::{
        id::Code,
        task::{
            rows::{Row, Rows},
            state::Tote,
        },
    };

    use super::*;
    use crate::store::sqlite::Sqlite;

    #[tokio::test]
    async fn a_commit_of_another_process_wakes_a_held_feed_call() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("centre.db");
        let writer = Writer::start(Box::new(Sqlite::open(&file, [1; 16]).unwrap())).unwrap();
        let mut committed = writer.feed_hi();

        let mut other = Sqlite::open(&file, [2; 16]).unwrap();
        let tote = Tote::empty(Code::parse("T1").unwrap());
        transact(&mut other, |tx| tx.put(Row::Tote(tote))).unwrap();

        let patience = Duration::from_secs(60);
        let heard = tokio::time::timeout(patience, committed.wait_for(|hi| *hi == 1)).await;
        assert!(heard.is_ok(), "nobody told what another process wrote");
    }
}
