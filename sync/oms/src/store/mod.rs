//! Where the centre keeps its state: narrow, synchronous row operations inside transactions.
//!
//! [`tables`] lists the operations, [`record`] the records they carry. [`sqlite`] keeps them in a file,
//! [`memory`] in maps; one conformance suite runs on both. The domain sees only [`Tx`]: it never learns
//! which store is behind it, and nothing it does counts until [`Store::transact`] has committed.
//!
//! Never here: a business decision, a clock, a random number, a network.

pub mod memory;
pub mod record;
pub mod sqlite;
pub mod tables;

#[cfg(test)]
mod tests;

use std::ops::{Deref, DerefMut};

use aisle_core::{
    canary,
    task::rows::{Kept, Key, Row, Rows},
};

use serde::{Serialize, de::DeserializeOwned};

use tables::Tables;

/// The named values that tell one life of a database, and of its feed, from another, drawn from `entropy`.
fn lives(entropy: [u8; 16]) -> [(&'static str, String); 2] {
    let (centre, feed) = entropy.split_at(8);
    [("centre_incarnation", centre), ("feed_epoch", feed)]
        .map(|(name, bytes)| (name, bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// How a store fails. None of these is an answer to a question: answers are values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database engine failed: disk, lock, constraint.
    #[error("the database failed while it was to {doing}: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the engine said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something stored reads as nothing this program wrote.
    #[error(
        "the database holds something unreadable: {what}; run `aisle-oms verify` on a copy and restore a backup"
    )]
    Corrupt {
        /// What and where.
        what: String,
    },
    /// The file belongs to a newer program.
    #[error(
        "the database has format {found}, this program knows formats up to {known}: start the newer program, or restore a backup made by this one"
    )]
    Newer {
        /// The format on disk.
        found: u32,
        /// The newest format this program knows.
        known: u32,
    },
    /// The SQLite library itself is too old to be trusted with WAL.
    #[error("SQLite {found} is linked, at least {least} is needed")]
    Library {
        /// What is linked.
        found: String,
        /// What is needed.
        least: &'static str,
    },
    /// A change would break a rule that the store itself guards.
    #[error("the store refused a change that would break its books: {what}")]
    Guard {
        /// Which.
        what: String,
    },
}

/// What a store operation gives.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A store: row operations, and the brackets around them.
pub trait Store: Tables + Send {
    /// Begins the one write transaction.
    ///
    /// # Errors
    /// When the database fails.
    fn begin(&mut self) -> Result<()>;
    /// Makes the transaction durable.
    ///
    /// # Errors
    /// When the database fails; nothing of the transaction counts then.
    fn commit(&mut self) -> Result<()>;
    /// Forgets the transaction.
    ///
    /// # Errors
    /// When the database fails.
    fn rollback(&mut self) -> Result<()>;
    /// Opens a savepoint; they nest.
    ///
    /// # Errors
    /// When the database fails.
    fn savepoint(&mut self) -> Result<()>;
    /// Keeps what happened since the innermost savepoint.
    ///
    /// # Errors
    /// When the database fails.
    fn release(&mut self) -> Result<()>;
    /// Undoes and closes the innermost savepoint.
    ///
    /// # Errors
    /// When the database fails.
    fn undo(&mut self) -> Result<()>;

    /// Runs `work` in one transaction: committed when it answers `Ok`, forgotten when it answers `Err`.
    ///
    /// # Errors
    /// What `work` answered, or the store's own failure.
    fn transact<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E>
    where
        Self: Sized + 'static,
    {
        transact(self, work)
    }
}

/// [`Store::transact`] for a store behind a pointer.
///
/// # Errors
/// What `work` answered, or the store's own failure.
pub fn transact<T, E: From<StoreError>>(
    store: &mut (dyn Store + 'static),
    work: impl FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    store.begin()?;
    match work(&mut Tx { store: &mut *store }) {
        Ok(done) => {
            if canary::strikes("answered_not_committed", 9) {
                store.rollback()?;
            } else {
                store.commit()?;
            }
            Ok(done)
        }
        Err(error) => {
            store.rollback()?;
            Err(error)
        }
    }
}

/// An open transaction. Dereferences to the row operations; is core's [`Rows`], so that the fold runs in it.
pub struct Tx<'a> {
    store: &'a mut (dyn Store + 'static),
}

impl Tx<'_> {
    /// Runs `work` so that an `Err` undoes only what `work` itself did.
    ///
    /// # Errors
    /// What `work` answered, or the store's own failure.
    pub fn savepoint<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.store.savepoint()?;
        match work(&mut Tx { store: &mut *self.store }) {
            Ok(done) => {
                self.store.release()?;
                Ok(done)
            }
            Err(error) => {
                self.store.undo()?;
                Err(error)
            }
        }
    }

    /// A named value that is kept as JSON; `None` when there is none.
    ///
    /// # Errors
    /// When the store fails or the value is unreadable.
    pub fn value<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let read = |json: String| serde_json::from_str(&json);
        let value = self.meta(name)?.map(read).transpose();
        value.map_err(|error| StoreError::Corrupt { what: format!("{name}: {error}") })
    }

    /// Keeps a named value as JSON.
    ///
    /// # Errors
    /// When the store fails or the value has no JSON.
    pub fn set_value(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let json = serde_json::to_string(value)
            .map_err(|error| StoreError::Corrupt { what: format!("{name}: {error}") })?;
        self.set_meta(name, &json)
    }

    /// Every row of one type, by key.
    ///
    /// # Errors
    /// When the store fails or a row is unreadable.
    pub fn all<T: Kept>(&self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        for (key, body) in self.bodies(&T::KIND)? {
            let row = read_row(&key, &body)?.and_then(T::from_row);
            rows.push(row.ok_or_else(|| StoreError::Corrupt { what: format!("row {key}") })?);
        }
        Ok(rows)
    }
}

/// Reads a stored row; `None` for a kind that this build does not know.
fn read_row(key: &Key, body: &str) -> Result<Option<Row>> {
    Row::from_json(&key.kind, body)
        .map_err(|error| StoreError::Corrupt { what: format!("row {key}: {error}") })
}

impl Deref for Tx<'_> {
    type Target = dyn Tables;
    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}
impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.store
    }
}

impl Rows for Tx<'_> {
    type Error = StoreError;
    fn get(&self, key: &Key) -> Result<Option<Row>> {
        match self.store.body(key)? {
            Some(body) => read_row(key, &body),
            None => Ok(None),
        }
    }
    fn put(&mut self, row: Row) -> Result<()> {
        self.store.put_body(&row.key(), &row.to_json())
    }
}
