//! Telling terminals what changed.

use aisle_core::{
    canary,
    id::Code,
    task::{rows::Key, state::Terminal},
    time::Millis,
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
    /// The feed began anew, or the cursor lies ahead of it or before what it still tells: all rows must be fetched.
    SnapshotRequired,
}

/// Rows that changed after `cursor`, with how far they contain the terminal's own operations.
///
/// # Errors
/// When the store fails.
pub fn feed(tx: &Tx<'_>, terminal: &Code<Terminal>, epoch: Incarnation, cursor: u64) -> Result<Feed> {
    let hi = tx.feed_hi()?;
    let least = tx.meta(LEAST)?.and_then(|least| least.parse::<u64>().ok()).unwrap_or(0);
    let stale = epoch != tx.feed_epoch()? && !canary::sings("feed_ignores_epoch");
    if stale || cursor > hi || cursor < least {
        return Ok(Feed::SnapshotRequired);
    }
    let mut rows = tx.feed_rows(cursor, PAGE_MAX_ROWS)?;
    if rows.len() > 1 && canary::strikes("feed_row_skipped", 5) {
        rows.remove(0);
    }
    let record = tx.terminal_state(terminal)?;
    let to = rows.last().map_or(cursor, |row| row.seq);
    let more = to < hi && !rows.is_empty();
    let sum = if more { None } else { Some(tx.feed_sum()?) };
    Ok(Feed::Page(FeedPage {
        centre: Some(tx.centre_incarnation()?),
        epoch,
        to,
        more,
        rows: rows.into_iter().map(told).collect::<Result<_>>()?,
        my_applied_hi: record.as_ref().map_or(0, |r| r.applied_hi),
        my_link: record.as_ref().and_then(|r| r.link),
        my_incarnation: record.and_then(|r| r.incarnation),
        my_safe_hi: 0,
        book: tx.last_move()?,
        sum,
    }))
}

/// For so long a terminal may be away and still be told what is gone, in milliseconds: fourteen days.
pub const TOMBSTONES_MS: i64 = 14 * DAY_MS;
const DAY_MS: i64 = 24 * 3_600_000;
/// The named value of how far the feed was on each day.
const DAYS: &str = "feed_days";
/// The named value of the least cursor that misses no tombstone.
const LEAST: &str = "feed_least";

/// Takes note of how far the feed is today, and forgets tombstones that are older than [`TOMBSTONES_MS`]: who was
/// away for longer fetches all rows. Answers whether any were forgotten.
///
/// # Errors
/// When the store fails.
pub fn prune(tx: &mut Tx<'_>, now: Millis) -> Result<bool> {
    let known = tx.meta(DAYS)?;
    // What cannot be read is begun anew: tombstones stay longer then.
    let mut days: Vec<(i64, u64)> =
        known.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    if days.last().is_some_and(|(at, _)| now.0 < at + DAY_MS) {
        return Ok(false);
    }
    let old = now.0.saturating_sub(TOMBSTONES_MS);
    let upto = days.iter().take_while(|(at, _)| *at <= old).map(|(_, hi)| *hi).last();
    days.retain(|(at, _)| *at > old);
    days.push((now.0, tx.feed_hi()?));
    tx.set_value(DAYS, &days)?;
    let least = tx.drop_tombstones(upto.unwrap_or(0))?;
    if least > 0 {
        tx.set_meta(LEAST, &least.to_string())?;
    }
    Ok(least > 0)
}

/// All rows, a page at a time. A row that changes while the pages are read comes again through the feed from
/// the first page's `as_of`.
///
/// # Errors
/// When the store fails.
pub fn snapshot(tx: &Tx<'_>, after: Option<&Key>) -> Result<SnapshotPage> {
    let mut rows = tx.rows_by_key(after, PAGE_MAX_ROWS)?;
    if canary::sings("snapshot_row_skipped") {
        rows.pop();
    }
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

#[cfg(test)]
mod tests {
    use aisle_core::{
        task::{
            rows::{Kept as _, Rows as _},
            state::Tote,
        },
        wire::sum::{RowSum, seal},
    };

    use super::*;
    use crate::store::{Store, memory::Memory, sqlite::Sqlite};

    fn tote(name: &str) -> Tote {
        Tote::empty(Code::parse(name).expect("a code"))
    }

    fn page(tx: &Tx<'_>, cursor: u64) -> Result<Option<FeedPage>> {
        let epoch = tx.feed_epoch()?;
        Ok(match feed(tx, &Code::parse("H1").expect("a code"), epoch, cursor)? {
            Feed::Page(page) => Some(page),
            Feed::SnapshotRequired => None,
        })
    }

    fn forgotten_tombstones(mut store: impl Store + 'static) {
        let day = |n: i64| Millis(n * DAY_MS);
        let done: Result<()> = store.transact(|tx| {
            for name in ["T1", "T2", "T3"] {
                tx.keep(tote(name))?;
            }
            tx.delete_row(&tote("T1").key())?;
            tx.keep(tote("T4"))?;
            assert!(!prune(tx, day(100))?, "how far the feed is today is noted");
            assert!(!prune(tx, day(113))?, "thirteen days later it is still told");
            assert_eq!(page(tx, 0)?.expect("it is told").rows.len(), 4);
            assert!(prune(tx, day(114))?, "after fourteen it is not");
            assert!(!prune(tx, day(114).plus(1))?, "once a day is enough");
            assert!(page(tx, 0)?.is_none(), "who knows of the row must fetch all");
            assert!(page(tx, 3)?.is_none());
            assert_eq!(page(tx, 4)?.expect("who knows that it is gone goes on").rows.len(), 1);
            assert_eq!(snapshot(tx, None)?.rows.len(), 3);
            // The last state of all stays: the feed ends with it.
            tx.delete_row(&tote("T2").key())?;
            assert!(!prune(tx, day(140))?);
            assert!(!prune(tx, day(160))?);
            assert_eq!(page(tx, 5)?.expect("it is told").rows.len(), 1);
            Ok(())
        });
        done.expect("the store holds");
    }

    #[test]
    fn who_was_away_for_longer_than_a_fortnight_fetches_all_rows() {
        forgotten_tombstones(Memory::new([1; 16]));
        forgotten_tombstones(Sqlite::in_memory([1; 16]).expect("a database"));
    }

    fn sums(mut store: impl Store + 'static) {
        let reckoned = |tx: &Tx<'_>| -> Result<RowSum> {
            let rows = tx.rows_by_key(None, 1_000)?;
            let seals = rows.iter().map(|row| seal(&row.key.to_string(), row.body.as_deref()));
            Ok(seals.fold(RowSum::default(), |sum, seal| sum.with(&seal)))
        };
        let done: Result<()> = store.transact(|tx| {
            for name in ["T1", "T2", "T3"] {
                tx.keep(tote(name))?;
                assert_eq!(tx.feed_sum()?, reckoned(tx)?);
            }
            let before = tx.feed_sum()?;
            let undone: Result<()> = tx.savepoint(|tx| {
                tx.delete_row(&tote("T1").key())?;
                tx.savepoint(|tx| tx.keep(Tote { slot: Some(3), ..tote("T2") }))?;
                assert_eq!(tx.feed_sum()?, reckoned(tx)?);
                Err(StoreError::Guard { what: "a test".to_owned() })
            });
            assert!(undone.is_err());
            assert_eq!(tx.feed_sum()?, before, "what was undone is not in it");
            tx.keep(Tote { slot: Some(4), ..tote("T2") })?;
            assert_ne!(tx.feed_sum()?, before);
            assert_eq!(page(tx, 0)?.and_then(|page| page.sum), Some(reckoned(tx)?));
            Ok(())
        });
        done.expect("the store holds");
        let lost: Result<()> = store.transact(|tx| {
            tx.keep(tote("T9"))?;
            Err(StoreError::Guard { what: "a test".to_owned() })
        });
        assert!(lost.is_err());
        let done: Result<()> = store.transact(|tx| {
            assert_eq!(tx.feed_sum()?, reckoned(tx)?, "what was rolled back is not in it");
            Ok(())
        });
        done.expect("the store holds");
    }

    #[test]
    fn the_sum_over_the_rows_is_theirs_after_every_change_and_undoing() {
        sums(Memory::new([1; 16]));
        sums(Sqlite::in_memory([1; 16]).expect("a database"));
    }
}
