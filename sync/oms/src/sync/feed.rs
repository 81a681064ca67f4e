//! Telling terminals what changed.

use aisle_core::{
    id::Code,
    task::{rows::Key, state::Terminal},
    wire::{
        chain::Incarnation,
        v1::{FeedPage, FeedRow, PAGE_MAX_ROWS, SnapshotPage},
    },
};
use serde_json::value::RawValue;

use crate::store::{Result, StoreError, Tx, record::Fed};

/// What a feed call gets.
#[derive(Debug)]
pub enum Feed {
    /// The rows that changed.
    Page(FeedPage),
    /// The feed began anew, or the cursor lies ahead of it: all rows must be fetched.
    SnapshotRequired,
}

/// Rows that changed after `cursor`, with how far they contain the terminal's own operations.
///
/// # Errors
/// When the store fails.
pub fn feed(tx: &Tx<'_>, terminal: &Code<Terminal>, epoch: Incarnation, cursor: u64) -> Result<Feed> {
    let hi = tx.feed_hi()?;
    if epoch != tx.feed_epoch()? || cursor > hi {
        return Ok(Feed::SnapshotRequired);
    }
    let rows = tx.feed_rows(cursor, PAGE_MAX_ROWS)?;
    let record = tx.terminal_state(terminal)?;
    let to = rows.last().map_or(cursor, |row| row.seq);
    Ok(Feed::Page(FeedPage {
        centre: Some(tx.centre_incarnation()?),
        epoch,
        to,
        more: to < hi && !rows.is_empty(),
        rows: rows.into_iter().map(told).collect::<Result<_>>()?,
        my_applied_hi: record.as_ref().map_or(0, |r| r.applied_hi),
        my_incarnation: record.and_then(|r| r.incarnation),
        my_safe_hi: 0,
        book: tx.last_move()?,
    }))
}

/// All rows, a page at a time. A row that changes while the pages are read comes again through the feed from
/// the first page's `as_of`.
///
/// # Errors
/// When the store fails.
pub fn snapshot(tx: &Tx<'_>, after: Option<&Key>) -> Result<SnapshotPage> {
    let rows = tx.rows_by_key(after, PAGE_MAX_ROWS)?;
    let next = (rows.len() == PAGE_MAX_ROWS).then(|| rows.last().map(|row| row.key.clone())).flatten();
    Ok(SnapshotPage {
        epoch: tx.feed_epoch()?,
        as_of: tx.feed_hi()?,
        rows: rows.into_iter().map(told).collect::<Result<_>>()?,
        next,
    })
}

fn told(row: Fed) -> Result<FeedRow> {
    let body = row
        .body
        .map(RawValue::from_string)
        .transpose()
        .map_err(|error| StoreError::Corrupt { what: format!("row {}: {error}", row.key) })?;
    Ok(FeedRow { key: row.key, seq: row.seq, body })
}
