//! The terminal's memory: two files, the journal that is never lost and the cache that may be.
//!
//! In: operations to keep, rows fed by the centre. Out: receipts, the floor, look-ups. It never decides
//! and never talks to the network. Everything runs on the turn's thread: one connection a file.

mod answers;
mod ballast;
pub mod error;
pub mod journal;
mod life;
mod mend;
mod migrate;
mod salvage;
pub mod view;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeSet,
    convert::Infallible,
    fs, io,
    path::{Path, PathBuf},
};

use aisle_core::{
    canary,
    id::{Code, Id, Mint},
    task::{
        apply,
        op::Op,
        rows::Floor,
        state::{Operator, Terminal},
    },
    time::Millis,
};

pub use ballast::BALLAST_BYTES;
use ballast::Ballast;
pub use error::StoreError;
pub use journal::{Entry, Journal, Receipt};
pub use view::{Position, View};

/// How hard the journal insists on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every append waits for the disk. The only choice in production.
    Full,
    /// No append waits: for simulations whose crashes are simulated too.
    Off,
}

impl Durability {
    fn word(self) -> &'static str {
        match self {
            Self::Full if canary::sings("journal_sync_off") => "OFF",
            Self::Full if canary::sings("journal_sync_normal") => "NORMAL",
            Self::Full => "FULL",
            Self::Off => "OFF",
        }
    }
}

/// The two files, open.
#[derive(Debug)]
pub struct Store {
    /// Operations.
    pub journal: Journal,
    /// The centre's rows.
    pub view: View,
    /// Where a broken cache was put aside when the store was opened.
    pub put_aside: Option<PathBuf>,
    /// Where a damaged journal was put aside when the store was opened: what proves itself of it is in the new one,
    /// and the rest goes to the centre's quarantine.
    pub mended: Option<PathBuf>,
    folder: PathBuf,
    ballast: Option<Ballast>,
}

impl Store {
    /// Opens both files in a folder, which is made when it is missing. A broken cache is put aside and made
    /// anew. A damaged journal is put aside too, and what is left of it goes on in a new one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(
        folder: &Path,
        terminal: &Code<Terminal>,
        durability: Durability,
        now: Millis,
        mint: &mut Mint,
    ) -> Result<Self, StoreError> {
        fs::create_dir_all(folder)?;
        let file = folder.join("journal.db");
        let mut mended = mend::put_in_place(&file, now)?;
        let journal = match Journal::open(&file, terminal, durability, now, mint) {
            Err(error) if error.is_corrupt() || matches!(error, StoreError::Damaged { .. }) => {
                tracing::error!(%error, "the journal is damaged: what is left of it goes on in a new one");
                mended = Some(mend::mend(&file, terminal, durability, now, mint, &error)?);
                Journal::open(&file, terminal, durability, now, mint)?
            }
            opened => opened?,
        };
        let (view, put_aside) = open_view(folder, now)?;
        Ok(Self { journal, view, put_aside, mended, folder: folder.to_owned(), ballast: None })
    }

    /// Appends operations in one transaction. When it returns, they are on the disk.
    ///
    /// # Errors
    /// When they are not. On a full disk the ballast is let go of and the append tried once more. The files were
    /// opened anew, for after a failure a connection's idea of its file is in doubt, and the operations were looked for. Where the files could not be opened, [`Store::is_closed`] tells,
    /// and the next [`Store::reopen`] may still find them.
    pub fn append(
        &mut self,
        now: Millis,
        operator: &Code<Operator>,
        ops: &[(Id<Op>, Op)],
    ) -> Result<Receipt, StoreError> {
        let before = self.journal.last_seq();
        let failure = match self.journal.append(now, operator, ops) {
            Ok(receipt) => return Ok(receipt),
            Err(failure) => failure,
        };
        tracing::error!(%failure, "an append failed: the files are opened anew");
        // Before the files are opened: what that writes needs room too.
        let room = matches!(failure, StoreError::Full)
            && self.ballast.as_mut().is_some_and(|ballast| ballast.release());
        if let Err(error) = self.reopen(now) {
            tracing::error!(%error, "the files cannot be opened anew");
        }
        match self.journal.receipt_after(before, ops) {
            Ok(Some(receipt)) => Ok(receipt),
            Ok(None) if room => self.journal.append(now, operator, ops),
            Ok(None) | Err(_) => Err(failure),
        }
    }

    /// Takes up `bytes` of space beside the files from now on, to give back when the disk is full.
    pub fn keep_ballast(&mut self, bytes: u64) {
        self.ballast = Some(Ballast::keep(&self.folder, bytes));
    }

    /// Whether the disk was full, and there has not been room for a new ballast since.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.ballast.as_ref().is_some_and(|ballast| !ballast.is_held())
    }

    /// Makes the ballast anew where there is room for it.
    pub fn renew_ballast(&mut self) {
        if let Some(ballast) = &mut self.ballast {
            ballast.renew();
        }
    }

    /// Opens both files anew after a failure. A broken cache is put aside and made anew. Tells whether the journal
    /// goes on further than was known: what an append had reported as failed is on the disk.
    ///
    /// # Errors
    /// See [`StoreError`]. What could not be opened is closed, and every use of it fails until this succeeds.
    pub fn reopen(&mut self, now: Millis) -> Result<bool, StoreError> {
        let known = self.journal.last_seq();
        self.view.close();
        self.journal.reopen()?;
        let (view, put_aside) = open_view(&self.folder, now)?;
        self.view = view;
        self.put_aside = put_aside.or_else(|| self.put_aside.take());
        Ok(self.journal.last_seq() > known)
    }

    /// Whether a file is closed: after a failure, when it could not be opened anew.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.journal.is_closed() || self.view.is_closed()
    }

    /// The floor as it stands: the centre's rows as last fed, with our own operations beyond what they
    /// contain applied in order.
    ///
    /// # Errors
    /// When a file fails.
    pub fn floor(&self) -> Result<Floor, StoreError> {
        let position = self.view.position()?;
        let mut floor = self.view.floor()?;
        if canary::sings("overlay_forgotten") {
            return Ok(floor);
        }
        let (from, contained) = match position.incarnation {
            Some(life) if life == self.journal.incarnation() => (position.applied_hi, BTreeSet::new()),
            Some(life) => (0, self.journal.agreed(life, position.applied_hi)?),
            None => (0, BTreeSet::new()),
        };
        for entry in self.journal.entries_after(from)? {
            if !contained.contains(&entry.origin.op) {
                overlay(&mut floor, &entry);
            }
        }
        Ok(floor)
    }

    /// Lets go of operations that nobody needs from here any more: see [`Journal`]. Tells whether that was all for
    /// now.
    ///
    /// # Errors
    /// When a file fails.
    pub fn prune(&mut self, now: Millis) -> Result<bool, StoreError> {
        let position = self.view.position()?;
        if position.incarnation != Some(self.journal.incarnation()) {
            return Ok(true);
        }
        self.journal.prune(now, position.applied_hi)
    }
}

#[cfg(test)]
impl Store {
    /// As after a failure that nothing could be opened after.
    pub(crate) fn close(&mut self) {
        self.view.close();
        self.journal.close();
    }

    /// As [`Store::close`], the cache alone.
    pub(crate) fn close_cache(&mut self) {
        self.view.close();
    }

    /// As when a broken cache is put aside.
    pub(crate) fn lose_cache(&mut self) {
        self.view.close();
        put_aside(&self.folder.join("view.db"), Millis(0)).expect("the file can be moved");
        self.view = open_view(&self.folder, Millis(0)).expect("a new file").0;
    }
}

/// Applies one of our own operations to the floor. Requests change nothing until the centre's rows do.
pub fn overlay(floor: &mut Floor, entry: &Entry) {
    let done: Result<(), Infallible> = match &entry.op {
        Some(Op::Fact(fact)) => apply::fact(floor, &entry.origin, fact).map(|_| ()),
        Some(Op::Note(note)) => apply::note(floor, note),
        Some(Op::Request(_)) | None => Ok(()),
    };
    let Ok(()) = done;
}

fn open_view(folder: &Path, now: Millis) -> Result<(View, Option<PathBuf>), StoreError> {
    let file = folder.join("view.db");
    match View::open(&file) {
        Ok(view) => Ok((view, None)),
        Err(error) if error.is_corrupt() || matches!(error, StoreError::Newer { .. }) => {
            tracing::warn!(%error, "the cache is put aside and fetched again");
            let aside = put_aside(&file, now)?;
            Ok((View::open(&file)?, Some(aside)))
        }
        Err(error) => Err(error),
    }
}

fn put_aside(file: &Path, now: Millis) -> Result<PathBuf, StoreError> {
    let aside = file.with_extension(format!("broken-{}", now.0));
    fs::rename(file, &aside)?;
    for tail in ["-wal", "-shm"] {
        if_there(fs::remove_file(beside(file, tail)))?;
    }
    Ok(aside)
}

/// The file that SQLite keeps beside a database under this ending.
fn beside(file: &Path, tail: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

/// What is not there need not be moved or removed.
fn if_there(done: io::Result<()>) -> io::Result<()> {
    done.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
