//! The ledger, levels, claims, sellable counters and reservations in SQLite.

use aisle_core::{
    id::{Code, Id},
    item::{Item, Lot},
    place::{Place, Site},
    quantity::Quantity,
    task::state::PickTask,
    time::Millis,
};
use rusqlite::{Row, params};

use super::{
    Result, Sqlite, StoreError,
    cells::{count, id, limit, number, text},
};
use crate::store::{
    record::{ClaimRecord, Goods, LevelRecord, MoveRecord, ReservationRecord, SellableRecord},
    tables::StockTables,
};

const MOVE: &str = "SELECT number, cause, item, quantity, source, target, at, actor, lot FROM stock_move";
const LEVEL: &str = "SELECT item, place, on_hand, assigned, lot FROM stock_level";
const CLAIM: &str = "SELECT task, item, location, quantity, lot FROM claim";
const SELLABLE: &str = "SELECT site, item, on_hand, allocated, reserved, safety FROM sellable";
/// Free to promise: the oversell guard of every write path.
const FREE: &str = "on_hand - allocated - reserved - safety";

/// A lot's column: empty where the item is kept by no lot.
fn lot(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Code<Lot>>> {
    if row.get_ref(column)?.as_str().is_ok_and(str::is_empty) {
        Ok(None)
    } else {
        text(row, column).map(Some)
    }
}

/// The same for writing.
fn written(lot: Option<&Code<Lot>>) -> &str {
    lot.map_or("", Code::as_str)
}

fn stock_move(row: &Row<'_>) -> rusqlite::Result<MoveRecord> {
    Ok(MoveRecord {
        number: count(row, 0)?,
        cause: row.get(1)?,
        item: text(row, 2)?,
        quantity: Quantity(row.get(3)?),
        from: text(row, 4)?,
        to: text(row, 5)?,
        at: Millis(row.get(6)?),
        actor: row.get(7)?,
        lot: lot(row, 8)?,
    })
}

fn level(row: &Row<'_>) -> rusqlite::Result<LevelRecord> {
    Ok(LevelRecord {
        item: text(row, 0)?,
        place: text(row, 1)?,
        on_hand: Quantity(row.get(2)?),
        assigned: Quantity(row.get(3)?),
        lot: lot(row, 4)?,
    })
}

fn claim(row: &Row<'_>) -> rusqlite::Result<ClaimRecord> {
    Ok(ClaimRecord {
        task: id(row, 0)?,
        item: text(row, 1)?,
        location: text(row, 2)?,
        quantity: Quantity(row.get(3)?),
        lot: lot(row, 4)?,
    })
}

fn sellable(row: &Row<'_>) -> rusqlite::Result<SellableRecord> {
    Ok(SellableRecord {
        site: text(row, 0)?,
        item: text(row, 1)?,
        on_hand: Quantity(row.get(2)?),
        allocated: Quantity(row.get(3)?),
        reserved: Quantity(row.get(4)?),
        safety: Quantity(row.get(5)?),
    })
}

fn reservation(row: &Row<'_>) -> rusqlite::Result<ReservationRecord> {
    Ok(ReservationRecord {
        name: row.get(0)?,
        site: text(row, 1)?,
        item: text(row, 2)?,
        quantity: Quantity(row.get(3)?),
        until: Millis(row.get(4)?),
    })
}

impl Sqlite {
    /// Raises one counter by `by` if so many are free.
    fn take_free(&self, counter: &str, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool> {
        let sql = format!(
            "UPDATE sellable SET {counter} = {counter} + ?3 WHERE site = ?1 AND item = ?2 AND {FREE} >= ?3"
        );
        let changed = self.change("promise stock", &sql, params![site.as_str(), item.as_str(), by.0])?;
        Ok(changed == 1)
    }
}

impl StockTables for Sqlite {
    fn append_move(&mut self, m: &MoveRecord) -> Result<u64> {
        self.change(
            "append to the ledger",
            "INSERT INTO stock_move (cause, item, quantity, source, target, at, actor, lot)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                m.cause,
                m.item.as_str(),
                m.quantity.0,
                m.from.to_string(),
                m.to.to_string(),
                m.at.0,
                m.actor,
                written(m.lot.as_ref()),
            ],
        )?;
        Ok(u64::try_from(self.db.last_insert_rowid()).unwrap_or(0))
    }

    fn last_move(&self) -> Result<u64> {
        let last = self.one(
            "read the ledger's end",
            "SELECT coalesce(max(number), 0) FROM stock_move",
            [],
            |row| count(row, 0),
        )?;
        Ok(last.unwrap_or(0))
    }

    fn moves_after(&self, after: u64, rows: usize) -> Result<Vec<MoveRecord>> {
        let sql = format!("{MOVE} WHERE number > ?1 ORDER BY number LIMIT ?2");
        self.list("read the ledger", &sql, [number(after), limit(rows)], stock_move)
    }

    fn moves_of(&self, item: &Code<Item>) -> Result<Vec<MoveRecord>> {
        let sql = format!("{MOVE} WHERE item = ?1 ORDER BY number");
        self.list("read the ledger of an item", &sql, [item.as_str()], stock_move)
    }

    fn level(&self, (item, lot): Goods<'_>, place: &Place) -> Result<LevelRecord> {
        let sql = format!("{LEVEL} WHERE item = ?1 AND place = ?2 AND lot = ?3");
        let values = [item.as_str(), &place.to_string(), written(lot)];
        let found = self.one("read a stock level", &sql, values, level)?;
        Ok(found.unwrap_or_else(|| LevelRecord {
            item: item.clone(),
            lot: lot.cloned(),
            place: place.clone(),
            on_hand: Quantity::ZERO,
            assigned: Quantity::ZERO,
        }))
    }

    fn shift_level(
        &mut self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<bool> {
        let now = self.level(goods, place)?;
        let next = LevelRecord { on_hand: now.on_hand + on_hand, assigned: now.assigned + assigned, ..now };
        if !next.is_sound() {
            return Ok(false);
        }
        self.force_level(goods, place, on_hand, assigned)?;
        Ok(true)
    }

    fn force_level(
        &mut self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<LevelRecord> {
        let found = self.one(
            "change a stock level",
            "INSERT INTO stock_level (item, place, lot, on_hand, assigned, unsound)
             VALUES (?1, ?2, ?5, ?3, ?4, ?2 NOT GLOB 'virtual:*' AND NOT (?3 >= 0 AND ?4 >= 0 AND ?4 <= ?3))
             ON CONFLICT (item, place, lot) DO UPDATE SET on_hand = on_hand + ?3, assigned = assigned + ?4,
                 unsound = ?2 NOT GLOB 'virtual:*' AND NOT (on_hand + ?3 >= 0 AND assigned + ?4 >= 0
                     AND assigned + ?4 <= on_hand + ?3)
             RETURNING item, place, on_hand, assigned, lot",
            params![goods.0.as_str(), place.to_string(), on_hand.0, assigned.0, written(goods.1)],
            level,
        )?;
        found.ok_or_else(|| StoreError::Corrupt { what: format!("level of {} at {place}", goods.0) })
    }

    fn levels_of(&self, item: &Code<Item>) -> Result<Vec<LevelRecord>> {
        let sql = format!("{LEVEL} WHERE item = ?1 ORDER BY place, lot");
        self.list("read the levels of an item", &sql, [item.as_str()], level)
    }

    fn levels_at(&self, place: &Place) -> Result<Vec<LevelRecord>> {
        let sql = format!("{LEVEL} WHERE place = ?1 AND (on_hand <> 0 OR assigned <> 0) ORDER BY item, lot");
        self.list("read the levels at a place", &sql, [place.to_string()], level)
    }

    fn levels(&self) -> Result<Vec<LevelRecord>> {
        self.list("list stock levels", &format!("{LEVEL} ORDER BY item, place, lot"), [], level)
    }

    fn put_claim(&mut self, c: &ClaimRecord) -> Result<()> {
        if c.quantity.is_zero() {
            self.change("end a claim", "DELETE FROM claim WHERE task = ?1", [c.task.as_bytes()])?;
            return Ok(());
        }
        self.change(
            "write a claim",
            "INSERT INTO claim (task, item, location, quantity, lot) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (task) DO UPDATE SET quantity = excluded.quantity",
            params![
                c.task.as_bytes(),
                c.item.as_str(),
                c.location.as_str(),
                c.quantity.0,
                written(c.lot.as_ref())
            ],
        )?;
        Ok(())
    }

    fn claim(&self, task: Id<PickTask>) -> Result<Option<ClaimRecord>> {
        let sql = format!("{CLAIM} WHERE task = ?1");
        self.one("read a claim", &sql, [task.as_bytes()], claim)
    }

    fn claims(&self) -> Result<Vec<ClaimRecord>> {
        self.list("list claims", &format!("{CLAIM} ORDER BY task"), [], claim)
    }

    fn sellable(&self, site: &Code<Site>, item: &Code<Item>) -> Result<SellableRecord> {
        let sql = format!("{SELLABLE} WHERE site = ?1 AND item = ?2");
        let found = self.one("read sellable stock", &sql, [site.as_str(), item.as_str()], sellable)?;
        Ok(found.unwrap_or_else(|| SellableRecord {
            site: site.clone(),
            item: item.clone(),
            on_hand: Quantity::ZERO,
            allocated: Quantity::ZERO,
            reserved: Quantity::ZERO,
            safety: Quantity::ZERO,
        }))
    }

    fn sellables(&self) -> Result<Vec<SellableRecord>> {
        self.list("list sellable stock", &format!("{SELLABLE} ORDER BY site, item"), [], sellable)
    }

    fn allocate(&mut self, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool> {
        self.take_free("allocated", site, item, by)
    }

    fn reserve(&mut self, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool> {
        self.take_free("reserved", site, item, by)
    }

    fn force_sellable(
        &mut self,
        site: &Code<Site>,
        item: &Code<Item>,
        on_hand: Quantity,
        allocated: Quantity,
        reserved: Quantity,
    ) -> Result<()> {
        // Not an upsert: the constraints would see the change itself as a row of its own.
        let doing = "change sellable stock";
        let values = params![site.as_str(), item.as_str(), on_hand.0, allocated.0, reserved.0];
        let changed = self.change(
            doing,
            "UPDATE sellable SET on_hand = on_hand + ?3, allocated = allocated + ?4, reserved = reserved + ?5
             WHERE site = ?1 AND item = ?2",
            values,
        )?;
        if changed == 0 {
            self.change(
                doing,
                "INSERT INTO sellable (site, item, on_hand, allocated, reserved, safety)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0)",
                values,
            )?;
        }
        Ok(())
    }

    fn set_safety(&mut self, site: &Code<Site>, item: &Code<Item>, safety: Quantity) -> Result<()> {
        self.change(
            "set safety stock",
            "INSERT INTO sellable (site, item, on_hand, allocated, reserved, safety) VALUES (?1, ?2, 0, 0, 0, ?3)
             ON CONFLICT (site, item) DO UPDATE SET safety = excluded.safety",
            params![site.as_str(), item.as_str(), safety.0],
        )?;
        Ok(())
    }

    fn put_reservation(&mut self, r: &ReservationRecord) -> Result<()> {
        if r.quantity.is_zero() {
            self.change("end a reservation", "DELETE FROM reservation WHERE name = ?1", [&r.name])?;
            return Ok(());
        }
        self.change(
            "write a reservation",
            "INSERT INTO reservation (name, site, item, quantity, until) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO UPDATE SET quantity = excluded.quantity, until = excluded.until",
            params![r.name, r.site.as_str(), r.item.as_str(), r.quantity.0, r.until.0],
        )?;
        Ok(())
    }

    fn reservation(&self, name: &str) -> Result<Option<ReservationRecord>> {
        let sql = "SELECT name, site, item, quantity, until FROM reservation WHERE name = ?1";
        self.one("read a reservation", sql, [name], reservation)
    }

    fn reservations(&self) -> Result<Vec<ReservationRecord>> {
        let sql = "SELECT name, site, item, quantity, until FROM reservation ORDER BY name";
        self.list("list reservations", sql, [], reservation)
    }
}
