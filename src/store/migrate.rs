//! Brings a file to the format this program knows: one transaction a step, the number in `user_version`.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// Runs the steps that the file has not seen. `steps[n]` takes it from format `n` to `n + 1`.
///
/// # Errors
/// [`StoreError::Newer`] when a newer program wrote the file; otherwise when SQLite fails, in which case the
/// file is as it was before the failing step.
pub(super) fn migrate(db: &mut Connection, file: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { file: file.to_owned(), found, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    for (format, step) in (found + 1..).zip(&steps[done..]) {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", format)?;
        tx.commit()?;
    }
    Ok(())
}

/// The oldest SQLite whose write-ahead log is free of the reset fault, as `sqlite3_libversion_number`.
const SQLITE_OLDEST: i32 = 3_051_003;

/// Refuses a SQLite that can lose what it said it kept.
pub(super) fn assert_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() < SQLITE_OLDEST {
        return Err(StoreError::OldSqlite(rusqlite::version().to_owned()));
    }
    Ok(())
}
