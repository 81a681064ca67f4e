//! The store in an SQLite file: WAL, `synchronous=FULL`, one connection, STRICT tables.
//!
//! `schema.sql` says why each column is there. Statements are prepared once and cached.

mod cells;
mod feed;
mod migrate;
mod orders;
mod quarantine;
mod read;
pub mod restore;
pub mod ship;
mod stock;
mod sync;
mod wal;

use std::{cell::Cell, path::Path};

use aisle_core::wire::sum::RowSum;
use rusqlite::{Connection, ErrorCode};

use self::read::Read;
use super::{Result, Store, StoreError};

/// The oldest SQLite whose WAL we trust: before it, a checkpoint racing a commit could corrupt a file.
const LEAST_SQLITE: (&str, i32) = ("3.51.3", 3_051_003);
/// How long to wait for another program that holds the file (`aisle-oms import` beside a running centre).
const BUSY_TIMEOUT_MS: u64 = 10_000;
/// Statements kept prepared: more than there are in this store.
const CACHED_STATEMENTS: usize = 128;

/// The centre's database in a file.
pub struct Sqlite {
    db: Connection,
    depth: u32,
    /// The sum over live rows, as of a feed sequence; none when it is to be reckoned.
    sum: Cell<Option<(u64, RowSum)>>,
    /// What it was at each open savepoint.
    sums: Vec<Option<(u64, RowSum)>>,
    /// Rows that the open transaction read or wrote.
    read: Read,
}

/// Turns a file's error into ours, with what was being done.
fn broken(doing: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
    move |source| StoreError::Database { doing, source: Box::new(source) }
}

/// Turns an engine's error into ours, with what was being done.
fn failed(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::Guard { what: format!("{doing}: {source}") },
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Corrupt { what: format!("the file itself ({source})") }
        }
        _ => StoreError::Database { doing, source: Box::new(source) },
    }
}

impl Sqlite {
    /// Opens a database file, making or upgrading it. `entropy` names this life of a database that is new.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, is newer than this program, or SQLite is too old.
    pub fn open(path: &Path, entropy: [u8; 16]) -> Result<Self> {
        Self::over(Connection::open(path).map_err(failed("open the database"))?, entropy)
    }

    /// A database in memory, for tests.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory(entropy: [u8; 16]) -> Result<Self> {
        Self::over(Connection::open_in_memory().map_err(failed("open a database in memory"))?, entropy)
    }

    fn over(mut db: Connection, entropy: [u8; 16]) -> Result<Self> {
        if rusqlite::version_number() < LEAST_SQLITE.1 {
            return Err(StoreError::Library { found: rusqlite::version().to_owned(), least: LEAST_SQLITE.0 });
        }
        let doing = "prepare the connection";
        db.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(failed(doing))?;
        db.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        db.pragma_update(None, "journal_mode", "WAL").map_err(failed(doing))?;
        let synchronous = if aisle_core::canary::sings("centre_sync_off") { "OFF" } else { "FULL" };
        db.pragma_update(None, "synchronous", synchronous).map_err(failed(doing))?;
        db.pragma_update(None, "foreign_keys", true).map_err(failed(doing))?;
        db.pragma_update(None, "trusted_schema", false).map_err(failed(doing))?;
        migrate::migrate(&mut db, migrate::STEPS)?;
        let mut store = Self { db, depth: 0, sum: Cell::new(None), sums: Vec::new(), read: Read::default() };
        store.name_lives(entropy)?;
        Ok(store)
    }

    /// Gives a new database its incarnation and its feed's epoch.
    fn name_lives(&mut self, entropy: [u8; 16]) -> Result<()> {
        for (name, word) in super::lives(entropy) {
            self.db
                .execute(
                    "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    [name, &word],
                )
                .map_err(failed("name this life of the database"))?;
        }
        Ok(())
    }

    fn run(&self, sql: &str, doing: &'static str) -> Result<()> {
        self.db.prepare_cached(sql).and_then(|mut st| st.execute([])).map(drop).map_err(failed(doing))
    }

    /// Runs one changing statement and answers how many rows it changed.
    fn change(&self, doing: &'static str, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        self.db.prepare_cached(sql).and_then(|mut st| st.execute(values)).map_err(failed(doing))
    }

    /// Reads all rows of a query.
    fn list<T>(
        &self,
        doing: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.db.prepare_cached(sql).map_err(failed(doing))?;
        let rows = statement.query_map(values, |row| read(row)).map_err(failed(doing))?;
        rows.collect::<rusqlite::Result<Vec<T>>>().map_err(unreadable(doing))
    }

    /// Reads the one row of a query, if there is one.
    fn one<T>(
        &self,
        doing: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.db.prepare_cached(sql).map_err(failed(doing))?;
        let mut rows = statement.query(values).map_err(failed(doing))?;
        match rows.next().map_err(failed(doing))? {
            Some(row) => read(row).map(Some).map_err(unreadable(doing)),
            None => Ok(None),
        }
    }
}

/// A value that cannot be read back is damage, not a failing engine.
fn unreadable(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |error| match error {
        rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..) => {
            StoreError::Corrupt { what: format!("to {doing}: {error}") }
        }
        other => failed(doing)(other),
    }
}

impl Store for Sqlite {
    fn begin(&mut self) -> Result<()> {
        self.sums.clear();
        self.run("BEGIN IMMEDIATE", "begin a transaction")?;
        self.read.open();
        Ok(())
    }
    fn commit(&mut self) -> Result<()> {
        self.read.close();
        let done = self.run("COMMIT", "commit");
        if done.is_err() {
            self.sum.set(None);
        }
        if done.is_err() && !self.db.is_autocommit() {
            self.run("ROLLBACK", "roll back a commit that failed")?;
        }
        done
    }
    fn rollback(&mut self) -> Result<()> {
        self.depth = 0;
        self.read.close();
        self.sum.set(None);
        if self.db.is_autocommit() { Ok(()) } else { self.run("ROLLBACK", "roll back") }
    }
    fn savepoint(&mut self) -> Result<()> {
        self.run(&format!("SAVEPOINT s{}", self.depth), "open a savepoint")?;
        self.depth += 1;
        self.sums.push(self.sum.get());
        Ok(())
    }
    fn release(&mut self) -> Result<()> {
        self.depth -= 1;
        self.sums.pop();
        self.run(&format!("RELEASE s{}", self.depth), "keep a savepoint")
    }
    fn undo(&mut self) -> Result<()> {
        self.depth -= 1;
        self.sum.set(self.sums.pop().flatten());
        self.read.forget();
        if self.db.is_autocommit() {
            return Ok(());
        }
        self.run(&format!("ROLLBACK TO s{}", self.depth), "undo a savepoint")?;
        self.run(&format!("RELEASE s{}", self.depth), "close a savepoint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_database_is_named_as_damage() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("centre.db");
        std::fs::write(&path, vec![b'x'; 8192]).unwrap();
        assert!(matches!(Sqlite::open(&path, [1; 16]), Err(StoreError::Corrupt { .. })));
    }

    #[test]
    fn a_database_keeps_its_name_when_opened_again() {
        use crate::store::tables::FeedTables;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("centre.db");
        let first = Sqlite::open(&path, [1; 16]).unwrap().centre_incarnation().unwrap();
        let second = Sqlite::open(&path, [2; 16]).unwrap().centre_incarnation().unwrap();
        assert_eq!(first, second);
        let mode: String = Sqlite::open(&path, [3; 16])
            .unwrap()
            .db
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn a_full_disk_loses_nothing_and_is_worked_on_once_there_is_room() {
        use crate::store::tables::FeedTables;
        let dir = tempfile::tempdir().unwrap();
        let mut store = Sqlite::open(&dir.path().join("centre.db"), [1; 16]).unwrap();
        store.transact(|tx| tx.set_meta("before", "kept")).unwrap();
        let pages: i64 = store.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        store.db.pragma_update(None, "max_page_count", pages + 2).unwrap();
        let fill = |tx: &mut crate::store::Tx<'_>| -> Result<()> {
            tx.set_meta("during", "half")?;
            (0..100).try_for_each(|n| tx.set_meta(&format!("much {n}"), &"x".repeat(4_000)))
        };
        let full = store.transact(fill).unwrap_err();
        assert!(matches!(full, StoreError::Database { .. }) && full.to_string().contains("full"), "{full}");
        assert_eq!(store.meta("before").unwrap().as_deref(), Some("kept"));
        assert_eq!(store.meta("during").unwrap(), None);
        store.db.pragma_update(None, "max_page_count", 1_000_000).unwrap();
        store.transact(fill).unwrap();
        assert_eq!(store.meta("during").unwrap().as_deref(), Some("half"));
    }
}
