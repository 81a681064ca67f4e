//! How our types are written into cells, and read back with a check.

use std::{fmt::Display, str::FromStr};

use aisle_core::{id::Id, wire::chain::Link};
use rusqlite::{Row, types::Type};

fn wrong(
    column: usize,
    kind: Type,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, error.into())
}

/// An id from 16 bytes.
pub(super) fn id<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<Id<T>> {
    row.get(column).map(Id::from_bytes)
}

/// Anything that parses from its text.
pub(super) fn text<T: FromStr<Err: Display>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| wrong(column, Type::Text, error.to_string()))
}

/// A word of a closed list.
pub(super) fn word<T>(row: &Row<'_>, column: usize, of: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    of(&text).ok_or_else(|| wrong(column, Type::Text, format!("{text:?} is none of the known words")))
}

/// A value stored as JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| wrong(column, Type::Text, error))
}

/// A count that is never negative.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|error| wrong(column, Type::Integer, error))
}

/// A line number.
pub(super) fn line(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    row.get(column)
}

/// A chain link.
pub(super) fn link(row: &Row<'_>, column: usize) -> rusqlite::Result<Link> {
    row.get(column).map(Link)
}

/// 64 bits as SQLite's signed integer.
pub(super) const fn bits(word: u64) -> i64 {
    i64::from_le_bytes(word.to_le_bytes())
}

/// The 64 bits behind SQLite's signed integer.
pub(super) const fn from_bits(number: i64) -> u64 {
    u64::from_le_bytes(number.to_le_bytes())
}

/// A count as SQLite's signed integer; what is beyond it does not occur and stays at the end.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A limit as SQLite's signed integer.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
