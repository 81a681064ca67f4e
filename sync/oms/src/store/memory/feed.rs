//! Rows of the floor, counters and named values in maps.

use std::ops::Bound;

use aisle_core::{
    task::rows::{Key, RowKind},
    wire::{
        chain::Incarnation,
        sum::{RowSum, seal},
    },
};

use super::{Memory, Result, StoreError};
use crate::store::{record::Fed, tables::FeedTables};

impl Memory {
    fn life(&self, name: &str) -> Result<Incarnation> {
        let word = self.meta(name)?.unwrap_or_default();
        u64::from_str_radix(&word, 16)
            .map(Incarnation)
            .map_err(|_| StoreError::Corrupt { what: format!("{name} reads {word:?}") })
    }

    fn write_row(&mut self, key: &Key, body: Option<&str>) -> Result<()> {
        let seq = self.next_number("feed")?;
        let text = key.to_string();
        let mut sum = self.feed_sum()?;
        if let Some(before) = self.kept.feed.get(&text) {
            if let Some(body) = &before.body {
                sum = sum.without(&seal(&text, Some(body)));
            }
            let seq = before.seq;
            self.set(|kept| &mut kept.feed_by_seq, seq, None);
        }
        if body.is_some() {
            sum = sum.with(&seal(&text, body));
        }
        self.set(|kept| &mut kept.sum, (), Some(sum));
        let fed = Fed { key: key.clone(), seq, body: body.map(str::to_owned) };
        self.set(|kept| &mut kept.feed, text.clone(), Some(fed));
        self.set(|kept| &mut kept.feed_by_seq, seq, Some(text));
        Ok(())
    }
}

impl FeedTables for Memory {
    fn body(&self, key: &Key) -> Result<Option<String>> {
        Ok(self.kept.feed.get(&key.to_string()).and_then(|fed| fed.body.clone()))
    }

    fn put_body(&mut self, key: &Key, body: &str) -> Result<()> {
        if self.body(key)?.as_deref() == Some(body) {
            return Ok(());
        }
        self.write_row(key, Some(body))
    }

    fn delete_row(&mut self, key: &Key) -> Result<()> {
        if self.body(key)?.is_none() {
            return Ok(());
        }
        self.write_row(key, None)
    }

    fn bodies(&self, kind: &RowKind) -> Result<Vec<(Key, String)>> {
        // `0` follows `/`: the range holds the keys of this kind alone.
        let (first, end) = (format!("{}/", kind.word()), format!("{}0", kind.word()));
        let rows = self.kept.feed.range(first..end);
        Ok(rows.filter_map(|(_, fed)| Some((fed.key.clone(), fed.body.clone()?))).collect())
    }

    fn feed_rows(&self, after: u64, rows: usize) -> Result<Vec<Fed>> {
        let fed = self.kept.feed_by_seq.range((Bound::Excluded(after), Bound::Unbounded));
        Ok(fed.filter_map(|(_, key)| self.kept.feed.get(key).cloned()).take(rows).collect())
    }

    fn rows_by_key(&self, after: Option<&Key>, rows: usize) -> Result<Vec<Fed>> {
        let after = after.map(Key::to_string).unwrap_or_default();
        let live = self.kept.feed.range((Bound::Excluded(after), Bound::Unbounded));
        Ok(live.filter(|(_, fed)| fed.body.is_some()).map(|(_, fed)| fed.clone()).take(rows).collect())
    }

    fn feed_sum(&self) -> Result<RowSum> {
        Ok(self.kept.sum.get(&()).copied().unwrap_or_default())
    }

    fn drop_tombstones(&mut self, upto: u64) -> Result<u64> {
        let upto = upto.min(self.feed_hi()?.saturating_sub(1));
        let old: Vec<(u64, String)> =
            self.kept.feed_by_seq.range(..=upto).map(|(seq, key)| (*seq, key.clone())).collect();
        let mut last = 0;
        for (seq, key) in old {
            if self.kept.feed.get(&key).is_some_and(|fed| fed.body.is_none()) {
                self.set(|kept| &mut kept.feed, key, None);
                self.set(|kept| &mut kept.feed_by_seq, seq, None);
                last = seq;
            }
        }
        Ok(last)
    }

    fn broken_rows(&self) -> Result<Vec<Key>> {
        // Nobody reaches into this process to change a body behind the store's back.
        Ok(Vec::new())
    }

    fn feed_hi(&self) -> Result<u64> {
        self.last_number("feed")
    }

    fn last_number(&self, series: &str) -> Result<u64> {
        Ok(self.kept.counters.get(series).copied().unwrap_or(0))
    }

    fn next_number(&mut self, series: &str) -> Result<u64> {
        let next = self.last_number(series)? + 1;
        self.set(|kept| &mut kept.counters, series.to_owned(), Some(next));
        Ok(next)
    }

    fn meta(&self, name: &str) -> Result<Option<String>> {
        Ok(self.kept.meta.get(name).cloned())
    }

    fn set_meta(&mut self, name: &str, value: &str) -> Result<()> {
        self.set(|kept| &mut kept.meta, name.to_owned(), Some(value.to_owned()));
        Ok(())
    }

    fn centre_incarnation(&self) -> Result<Incarnation> {
        self.life("centre_incarnation")
    }

    fn feed_epoch(&self) -> Result<Incarnation> {
        self.life("feed_epoch")
    }
}
