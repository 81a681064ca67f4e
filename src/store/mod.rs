//! The terminal's memory: two files, the journal that is never lost and the cache that may be.
//!
//! In: operations to keep, rows fed by the centre. Out: receipts, the floor, look-ups. It never decides
//! and never talks to the network. Everything runs on the turn's thread: one connection a file.

pub mod error;
pub mod journal;
mod migrate;
pub mod view;

#[cfg(test)]
mod tests;

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
};

use aisle_core::{
    id::{Code, Mint},
    task::{apply, op::Op, rows::Floor, state::Terminal},
    time::Millis,
};

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
    const fn word(self) -> &'static str {
        match self {
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
}

impl Store {
    /// Opens both files in a folder, which is made when it is missing. A broken cache is put aside and made
    /// anew; a broken journal is left as it is and refused.
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
        let journal = Journal::open(&folder.join("journal.db"), terminal, durability, now, mint)?;
        let file = folder.join("view.db");
        let (view, put_aside) = match View::open(&file) {
            Ok(view) => (view, None),
            Err(error) if error.is_corrupt() || matches!(error, StoreError::Newer { .. }) => {
                tracing::warn!(%error, "the cache is put aside and fetched again");
                let aside = put_aside(&file, now)?;
                (View::open(&file)?, Some(aside))
            }
            Err(error) => return Err(error),
        };
        Ok(Self { journal, view, put_aside })
    }

    /// The floor as it stands: the centre's rows as last fed, with our own operations beyond what they
    /// contain applied in order.
    ///
    /// # Errors
    /// When a file fails.
    pub fn floor(&self) -> Result<Floor, StoreError> {
        let mut floor = self.view.floor()?;
        for entry in self.journal.entries_after(self.overlay_from()?)? {
            overlay(&mut floor, &entry);
        }
        Ok(floor)
    }

    /// The last of our operations that the fed rows contain.
    ///
    /// # Errors
    /// When the cache fails.
    pub fn overlay_from(&self) -> Result<u64, StoreError> {
        let position = self.view.position()?;
        let ours = position.incarnation == Some(self.journal.incarnation());
        Ok(if ours { position.applied_hi } else { 0 })
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

fn put_aside(file: &Path, now: Millis) -> Result<PathBuf, StoreError> {
    let aside = file.with_extension(format!("broken-{}", now.0));
    fs::rename(file, &aside)?;
    for tail in ["-wal", "-shm"] {
        let mut side = file.as_os_str().to_owned();
        side.push(tail);
        match fs::remove_file(PathBuf::from(side)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(aside)
}
