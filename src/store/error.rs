//! How the world fails behind the store, told so that a person knows what to do.

use std::path::PathBuf;

/// A failure of the terminal's files.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space is left: nothing more can be recorded.
    #[error("the disk is full: free some space, nothing recorded so far is lost")]
    Full,
    /// The file system takes no writes.
    #[error("the disk takes no writes: hand this terminal in, its data stays on it")]
    ReadOnly,
    /// The files were closed after a failure, and opening them again failed too.
    #[error("the terminal's files are closed after a failure: they are tried again with the next input")]
    Closed,
    /// Another program has the file.
    #[error("another Aisle is already running on these files: close it first")]
    Busy,
    /// A newer Aisle wrote the file.
    #[error(
        "{file} was written by a newer Aisle (format {found}, this one knows {known}): update this program; the file is left as it is"
    )]
    Newer {
        /// Which file.
        file: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The journal does not prove itself.
    #[error(
        "the journal is damaged at operation {seq}: stop working on this terminal and hand it in; the file is left as it is"
    )]
    Damaged {
        /// The first operation whose link does not fit.
        seq: u64,
    },
    /// The journal belongs to another terminal.
    #[error("these files belong to terminal {found}, not {wanted}: choose another data folder")]
    Foreign {
        /// Whose they are.
        found: String,
        /// Who opened them.
        wanted: String,
    },
    /// The SQLite library is too old to be trusted with a write-ahead log.
    #[error("SQLite {0} has a known fault that can lose data; 3.51.3 or newer is needed")]
    OldSqlite(String),
    /// Something else.
    #[error("the terminal's files failed: {0}")]
    Sql(rusqlite::Error),
    /// The folder cannot be made or read.
    #[error("the data folder failed: {0}")]
    Io(std::io::Error),
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::ReadOnly) => Self::ReadOnly,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            _ => Self::Sql(error),
        }
    }
}

impl StoreError {
    /// Whether the file itself is broken, as opposed to the disk or the caller.
    #[must_use]
    pub fn is_corrupt(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        matches!(self, Self::Sql(e) if matches!(
            e.sqlite_error_code(), Some(Code::DatabaseCorrupt | Code::NotADatabase)))
    }
}
