//! The cache of the centre's rows. It may be lost at any time: the feed fills it again.

use std::path::Path;

use aisle_core::{
    canary,
    id::Code,
    item::{Barcode, BarcodeKey, Item},
    task::rows::{Floor, Kept, Key, Row, RowKind},
    time::Millis,
    wire::{
        chain::Incarnation,
        sum::{RowSum, seal},
        v1::FeedRow,
    },
};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{
    error::StoreError,
    migrate::{assert_sqlite, migrate},
};

const STEPS: [&str; 2] = [include_str!("view.sql"), include_str!("view-2.sql")];

/// Where the cache stands in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Which life of the feed; none before the first snapshot.
    pub epoch: Option<Incarnation>,
    /// The feed sequence that the rows are at.
    pub cursor: u64,
    /// The journal incarnation that `applied_hi` counts in.
    pub incarnation: Option<Incarnation>,
    /// How far the rows contain this terminal's own operations.
    pub applied_hi: u64,
    /// Last good contact.
    pub heard_at: Millis,
}

/// The open cache file.
#[derive(Debug)]
pub struct View {
    /// None while the file is closed after a failure.
    db: Option<Connection>,
}

impl View {
    /// Opens or makes the cache.
    ///
    /// # Errors
    /// When the file is broken, or written by a newer program: the caller may put it aside.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        assert_sqlite()?;
        let mut db = Connection::open(file)?;
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        db.pragma_update(None, "mmap_size", 0)?;
        db.pragma_update(None, "trusted_schema", "OFF")?;
        migrate(&mut db, file, &STEPS)?;
        db.execute(
            "INSERT INTO feed (one, epoch, cursor, incarnation, applied_hi, heard_at)
             VALUES (1, '', 0, '', 0, 0) ON CONFLICT DO NOTHING",
            [],
        )?;
        db.query_row("SELECT count(*) FROM (SELECT kind FROM row LIMIT 1)", [], |_| Ok(()))?;
        Ok(Self { db: Some(db) })
    }

    /// Lets go of the file, whose lock the next connection needs.
    pub(super) fn close(&mut self) {
        self.db = None;
    }

    /// Whether the file is closed after a failure.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.db.is_none()
    }

    fn db(&self) -> Result<&Connection, StoreError> {
        self.db.as_ref().ok_or(StoreError::Closed)
    }

    /// Where the cache stands.
    ///
    /// # Errors
    /// When the file fails.
    pub fn position(&self) -> Result<Position, StoreError> {
        let read = |text: String| u64::from_str_radix(&text, 16).ok().map(Incarnation);
        Ok(self.db()?.query_row(
            "SELECT epoch, cursor, incarnation, applied_hi, heard_at FROM feed",
            [],
            |r| {
                Ok(Position {
                    epoch: read(r.get(0)?),
                    cursor: r.get::<_, i64>(1)?.cast_unsigned(),
                    incarnation: read(r.get(2)?),
                    applied_hi: r.get::<_, i64>(3)?.cast_unsigned(),
                    heard_at: Millis(r.get(4)?),
                })
            },
        )?)
    }

    /// Takes in fed rows and the new position in one transaction. With `anew`, the rows replace all others.
    ///
    /// # Errors
    /// When the file fails; then nothing changed.
    pub fn take(&mut self, rows: &[FeedRow], position: Position, anew: bool) -> Result<(), StoreError> {
        let db = self.db.as_mut().ok_or(StoreError::Closed)?;
        let mut tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if canary::sings("cursor_before_rows") {
            place(&tx, position, None)?;
            tx.commit()?;
            tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        }
        if anew {
            tx.execute_batch("DELETE FROM row; DELETE FROM barcode;")?;
        }
        let mut sum = if anew { RowSum::default() } else { known_sum(&tx)? };
        for row in rows {
            sum = take_row(&tx, row, sum)?;
        }
        place(&tx, position, Some(sum))?;
        tx.commit()?;
        Ok(())
    }

    /// The sum over all rows, which the centre's must equal.
    ///
    /// # Errors
    /// When the file fails.
    pub fn sum(&self) -> Result<RowSum, StoreError> {
        known_sum(self.db()?)
    }

    /// The rows that the floor is folded from: all but the catalogue of items and locations.
    ///
    /// # Errors
    /// When the file fails.
    pub fn floor(&self) -> Result<Floor, StoreError> {
        let mut select =
            self.db()?.prepare_cached("SELECT kind, body FROM row WHERE kind NOT IN ('item', 'location')")?;
        let mut rows = select.query([])?;
        let mut floor = Floor::default();
        while let Some(row) = rows.next()? {
            let kind = RowKind::of(&row.get::<_, String>(0)?);
            let body: String = row.get(1)?;
            match Row::from_json(&kind, &body) {
                Ok(Some(row)) => floor.set(row),
                Ok(None) => {}
                Err(error) => tracing::warn!(kind = kind.word(), %error, "a cached row cannot be read"),
            }
        }
        Ok(floor)
    }

    /// One row of the cache.
    ///
    /// # Errors
    /// When the file fails.
    pub fn find<T: Kept>(&self, name: &T::Name) -> Result<Option<T>, StoreError> {
        let key = T::key_of(name);
        let mut select = self.db()?.prepare_cached("SELECT body FROM row WHERE kind = ?1 AND id = ?2")?;
        let body: Option<String> = select.query_row([key.kind.word(), &key.id], |r| r.get(0)).optional()?;
        Ok(body.and_then(|b| Row::from_json(&key.kind, &b).ok().flatten()).and_then(T::from_row))
    }

    /// All cached rows of a kind, by their names.
    ///
    /// # Errors
    /// When the file fails.
    pub fn all<T: Kept>(&self) -> Result<Vec<T>, StoreError> {
        let mut select = self.db()?.prepare_cached("SELECT body FROM row WHERE kind = ?1 ORDER BY id")?;
        let bodies = select.query_map([T::KIND.word()], |r| r.get::<_, String>(0))?;
        let mut all = Vec::new();
        for body in bodies {
            all.extend(Row::from_json(&T::KIND, &body?).ok().flatten().and_then(T::from_row));
        }
        Ok(all)
    }

    /// The items that a barcode means, with the base units that one scan of it stands for.
    ///
    /// # Errors
    /// When the file fails.
    pub fn items_of(&self, barcode: &BarcodeKey) -> Result<Vec<(Code<Item>, i64)>, StoreError> {
        let mut select =
            self.db()?.prepare_cached("SELECT item, quantity FROM barcode WHERE key = ?1 ORDER BY item")?;
        let rows = select.query_map([barcode_word(barcode)], |r| Ok((r.get::<_, String>(0)?, r.get(1)?)))?;
        let mut items = Vec::new();
        for row in rows {
            let (item, quantity) = row?;
            if let Ok(item) = Code::parse(&item) {
                items.push((item, quantity));
            }
        }
        Ok(items)
    }
}

fn place(tx: &Transaction<'_>, position: Position, sum: Option<RowSum>) -> Result<(), StoreError> {
    let word = |i: Option<Incarnation>| i.map_or_else(String::new, |i| i.to_string());
    tx.execute(
        "UPDATE feed SET epoch = ?1, cursor = ?2, incarnation = ?3, applied_hi = ?4, heard_at = ?5,
             sum = coalesce(?6, sum)",
        params![
            word(position.epoch),
            position.cursor.cast_signed(),
            word(position.incarnation),
            position.applied_hi.cast_signed(),
            position.heard_at.0,
            sum.map(|sum| sum.to_string())
        ],
    )?;
    Ok(())
}

/// The sum over all rows; reckoned from them where it is not known yet.
fn known_sum(db: &Connection) -> Result<RowSum, StoreError> {
    let text: String = db.query_row("SELECT sum FROM feed", [], |r| r.get(0))?;
    if let Some(sum) = RowSum::parse(&text) {
        return Ok(sum);
    }
    let mut sum = RowSum::default();
    let mut select = db.prepare("SELECT kind, id, body FROM row")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, id): (String, String) = (row.get(0)?, row.get(1)?);
        sum = sum.with(&seal(&format!("{kind}/{id}"), Some(&row.get::<_, String>(2)?)));
    }
    Ok(sum)
}

/// Takes a row in. Answers the sum with it.
fn take_row(tx: &Transaction<'_>, row: &FeedRow, mut sum: RowSum) -> Result<RowSum, StoreError> {
    let Key { kind, id } = &row.key;
    let name = row.key.to_string();
    let before: Option<String> = tx
        .prepare_cached("SELECT body FROM row WHERE kind = ?1 AND id = ?2")?
        .query_row([kind.word(), id], |r| r.get(0))
        .optional()?;
    if let Some(before) = before {
        sum = sum.without(&seal(&name, Some(&before)));
    }
    if let Some(body) = &row.body {
        sum = sum.with(&seal(&name, Some(body.get())));
    }
    if *kind == RowKind::Item {
        tx.prepare_cached("DELETE FROM barcode WHERE item = ?1")?.execute([id])?;
    }
    let Some(body) = &row.body else {
        tx.prepare_cached("DELETE FROM row WHERE kind = ?1 AND id = ?2")?.execute([kind.word(), id])?;
        return Ok(sum);
    };
    tx.prepare_cached(
        "INSERT INTO row (kind, id, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
    )?
    .execute([kind.word(), id, body.get()])?;
    if *kind == RowKind::Item
        && let Ok(item) = serde_json::from_str::<Item>(body.get())
    {
        let mut insert = tx.prepare_cached(
            "INSERT INTO barcode (key, item, quantity) VALUES (?1, ?2, ?3)
             ON CONFLICT (key, item) DO UPDATE SET quantity = excluded.quantity",
        )?;
        for Barcode { key, quantity } in item.barcodes.iter().filter(|b| b.quantity.is_some()) {
            insert.execute(params![barcode_word(key), id, quantity.0])?;
        }
    }
    Ok(sum)
}

fn barcode_word(key: &BarcodeKey) -> String {
    match key {
        BarcodeKey::Gtin(gtin) => format!("{gtin:014}"),
        BarcodeKey::Raw(raw) => format!("={raw}"),
    }
}
