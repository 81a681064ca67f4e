//! Rows of the floor, counters and named values in SQLite.

use aisle_core::{
    canary,
    task::rows::{Key, RowKind},
    wire::{
        chain::Incarnation,
        sum::{RowSum, seal},
    },
};
use rusqlite::params;

use super::{
    Result, Sqlite, StoreError,
    cells::{count, limit, number, text},
    read::Live,
};
use crate::store::{record::Fed, tables::FeedTables};

fn fed(row: &rusqlite::Row<'_>) -> rusqlite::Result<Fed> {
    Ok(Fed { key: text(row, 0)?, seq: count(row, 1)?, body: row.get(2)? })
}

impl Sqlite {
    fn life(&self, name: &str) -> Result<Incarnation> {
        let word = self.meta(name)?.unwrap_or_default();
        u64::from_str_radix(&word, 16)
            .map(Incarnation)
            .map_err(|_| StoreError::Corrupt { what: format!("{name} reads {word:?}") })
    }

    /// A row that is there, and its seal.
    fn live(&self, key: &str) -> Result<Live> {
        if let Some(known) = self.read.find(key) {
            return Ok(known);
        }
        let found = self.one(
            "read a row of the floor",
            "SELECT body, seal FROM feed WHERE key = ?1 AND deleted = 0",
            [key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        self.read.keep(key, found.clone());
        Ok(found)
    }

    /// Writes a row, whose seal before was `before` while it was there.
    fn write_row(&mut self, key: &str, body: Option<&str>, before: Option<[u8; 32]>) -> Result<()> {
        let reused = canary::strikes("feed_seq_reused", 6);
        let seq = if reused { self.last_number("feed")? } else { self.next_number("feed")? };
        let fresh = seal(key, body);
        self.change(
            "write a row of the floor",
            "INSERT INTO feed (key, body, feed_seq, deleted, seal) VALUES (?1, ?2, ?3, ?2 IS NULL, ?4)
             ON CONFLICT (key) DO UPDATE SET body = excluded.body, feed_seq = excluded.feed_seq,
                 deleted = excluded.deleted, seal = excluded.seal",
            params![key, body, number(seq), fresh],
        )?;
        self.read.keep(key, body.map(|body| (body.to_owned(), fresh)));
        // Somebody else wrote in between when the number is not the next one: then it is reckoned anew.
        let known = self.sum.get().filter(|(hi, _)| hi + 1 == seq);
        self.sum.set(known.map(|(_, sum)| {
            let sum = before.map_or(sum, |before| sum.without(&before));
            (seq, if body.is_some() { sum.with(&fresh) } else { sum })
        }));
        Ok(())
    }
}

impl FeedTables for Sqlite {
    fn body(&self, key: &Key) -> Result<Option<String>> {
        Ok(self.live(&key.to_string())?.map(|(body, _)| body))
    }

    fn put_body(&mut self, key: &Key, body: &str) -> Result<()> {
        let key = key.to_string();
        let before = self.live(&key)?;
        if before.as_ref().is_some_and(|(known, _)| known == body) {
            return Ok(());
        }
        self.write_row(&key, Some(body), before.map(|(_, seal)| seal))
    }

    fn delete_row(&mut self, key: &Key) -> Result<()> {
        let key = key.to_string();
        let Some((_, before)) = self.live(&key)? else { return Ok(()) };
        self.write_row(&key, None, Some(before))
    }

    fn bodies(&self, kind: &RowKind) -> Result<Vec<(Key, String)>> {
        let (first, end) = (format!("{}/", kind.word()), format!("{}0", kind.word()));
        self.list(
            "list rows of the floor",
            "SELECT key, body FROM feed WHERE key >= ?1 AND key < ?2 AND deleted = 0 ORDER BY key",
            [first, end],
            |row| Ok((text(row, 0)?, row.get(1)?)),
        )
    }

    fn feed_rows(&self, after: u64, rows: usize) -> Result<Vec<Fed>> {
        self.list(
            "read the feed",
            "SELECT key, feed_seq, body FROM feed WHERE feed_seq > ?1 ORDER BY feed_seq LIMIT ?2",
            [number(after), limit(rows)],
            fed,
        )
    }

    fn rows_by_key(&self, after: Option<&Key>, rows: usize) -> Result<Vec<Fed>> {
        self.list(
            "read a snapshot",
            "SELECT key, feed_seq, body FROM feed WHERE key > ?1 AND deleted = 0 ORDER BY key LIMIT ?2",
            params![after.map(Key::to_string).unwrap_or_default(), limit(rows)],
            fed,
        )
    }

    fn feed_sum(&self) -> Result<RowSum> {
        let hi = self.feed_hi()?;
        if let Some((_, sum)) = self.sum.get().filter(|(at, _)| *at == hi) {
            return Ok(sum);
        }
        let sql = "SELECT seal FROM feed WHERE deleted = 0";
        let seals: Vec<[u8; 32]> = self.list("sum the rows up", sql, [], |row| row.get(0))?;
        let sum = seals.iter().fold(RowSum::default(), |sum, seal| sum.with(seal));
        self.sum.set(Some((hi, sum)));
        Ok(sum)
    }

    fn drop_tombstones(&mut self, upto: u64) -> Result<u64> {
        let upto = upto.min(self.feed_hi()?.saturating_sub(1));
        let last = self.one(
            "find tombstones",
            "SELECT coalesce(max(feed_seq), 0) FROM feed WHERE deleted = 1 AND feed_seq <= ?1",
            [number(upto)],
            |row| count(row, 0),
        )?;
        let sql = "DELETE FROM feed WHERE deleted = 1 AND feed_seq <= ?1";
        self.change("forget tombstones", sql, [number(upto)])?;
        Ok(last.unwrap_or(0))
    }

    fn broken_rows(&self) -> Result<Vec<Key>> {
        let rows =
            self.list("read the seals", "SELECT key, body, seal FROM feed ORDER BY key", [], |row| {
                let (key, body): (String, Option<String>) = (row.get(0)?, row.get(1)?);
                let broken = row.get::<_, [u8; 32]>(2)? != seal(&key, body.as_deref());
                Ok(if broken { Some(text(row, 0)?) } else { None })
            })?;
        Ok(rows.into_iter().flatten().collect())
    }

    fn feed_hi(&self) -> Result<u64> {
        self.last_number("feed")
    }

    fn last_number(&self, series: &str) -> Result<u64> {
        let sql = "SELECT value FROM counter WHERE series = ?1";
        let found = self.one("read the end of a series", sql, [series], |row| count(row, 0))?;
        Ok(found.unwrap_or(0))
    }

    fn next_number(&mut self, series: &str) -> Result<u64> {
        let next = self.one(
            "draw the next number",
            "INSERT INTO counter (series, value) VALUES (?1, 1)
             ON CONFLICT (series) DO UPDATE SET value = value + 1 RETURNING value",
            [series],
            |row| count(row, 0),
        )?;
        next.ok_or_else(|| StoreError::Corrupt { what: format!("counter {series}") })
    }

    fn meta(&self, name: &str) -> Result<Option<String>> {
        self.one("read a named value", "SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
    }

    fn set_meta(&mut self, name: &str, value: &str) -> Result<()> {
        self.change(
            "set a named value",
            "INSERT INTO meta (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )?;
        Ok(())
    }

    fn centre_incarnation(&self) -> Result<Incarnation> {
        self.life("centre_incarnation")
    }

    fn feed_epoch(&self) -> Result<Incarnation> {
        self.life("feed_epoch")
    }
}
