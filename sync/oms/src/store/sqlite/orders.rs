//! Orders, lines, charges and allocations in SQLite.

use aisle_core::{id::Id, order::Order, quantity::Quantity, task::state::FulfilmentOrder, time::Millis};
use rusqlite::{Row, params};

use super::{
    Result, Sqlite, StoreError,
    cells::{id, json, line, text, word},
};
use crate::store::{
    record::{AllocationRecord, Bucket, ChargeRecord, LineRecord, OrderKind, OrderRecord, OrderState},
    tables::OrderTables,
};

const ORDER: &str = "SELECT id, channel, reference, kind, state, parked, placed, received, customer, ship_to,
    service, due, content FROM orders";
const LINE: &str = "SELECT order_id, line, item, description, ordered, cancelled, unrouted, allocated,
    backordered, picked, packed, shipped, amount_minor FROM order_line";
const ALLOCATION: &str = "SELECT fulfilment, line, order_id, site, item, promised, open, consumed, released
    FROM allocation";

fn order(row: &Row<'_>) -> rusqlite::Result<OrderRecord> {
    Ok(OrderRecord {
        id: id(row, 0)?,
        channel: row.get(1)?,
        reference: row.get(2)?,
        kind: word(row, 3, OrderKind::of)?,
        state: word(row, 4, OrderState::of)?,
        parked: row.get(5)?,
        placed: Millis(row.get(6)?),
        received: Millis(row.get(7)?),
        customer: row.get(8)?,
        ship_to: json(row, 9)?,
        service: text(row, 10)?,
        due: row.get::<_, Option<i64>>(11)?.map(Millis),
        content: row.get(12)?,
    })
}

fn order_line(row: &Row<'_>) -> rusqlite::Result<LineRecord> {
    let mut parts = [Quantity::ZERO; 7];
    for (index, part) in parts.iter_mut().enumerate() {
        *part = Quantity(row.get(5 + index)?);
    }
    Ok(LineRecord {
        order: id(row, 0)?,
        line: line(row, 1)?,
        item: text(row, 2)?,
        description: row.get(3)?,
        ordered: Quantity(row.get(4)?),
        parts,
        amount_minor: row.get(12)?,
    })
}

fn allocation(row: &Row<'_>) -> rusqlite::Result<AllocationRecord> {
    Ok(AllocationRecord {
        fulfilment: id(row, 0)?,
        line: line(row, 1)?,
        order: id(row, 2)?,
        site: text(row, 3)?,
        item: text(row, 4)?,
        promised: Quantity(row.get(5)?),
        open: Quantity(row.get(6)?),
        consumed: Quantity(row.get(7)?),
        released: Quantity(row.get(8)?),
    })
}

impl OrderTables for Sqlite {
    fn put_order(&mut self, order: &OrderRecord) -> Result<()> {
        let address = serde_json::to_string(&order.ship_to).expect("an address is plain text");
        self.change(
            "write an order",
            "INSERT INTO orders (id, channel, reference, kind, state, parked, placed, received, customer,
                 ship_to, service, due, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, parked = excluded.parked,
                 service = excluded.service, due = excluded.due",
            params![
                order.id.as_bytes(),
                order.channel,
                order.reference,
                order.kind.word(),
                order.state.word(),
                order.parked,
                order.placed.0,
                order.received.0,
                order.customer,
                address,
                order.service.as_str(),
                order.due.map(|at| at.0),
                order.content,
            ],
        )?;
        Ok(())
    }

    fn order(&self, id: Id<Order>) -> Result<Option<OrderRecord>> {
        self.one("read an order", &format!("{ORDER} WHERE id = ?1"), [id.as_bytes()], order)
    }

    fn order_by_reference(&self, channel: &str, reference: &str) -> Result<Option<OrderRecord>> {
        self.one(
            "find an order",
            &format!("{ORDER} WHERE channel = ?1 AND reference = ?2"),
            [channel, reference],
            order,
        )
    }

    fn orders(&self) -> Result<Vec<OrderRecord>> {
        self.list("list orders", &format!("{ORDER} ORDER BY received, id"), [], order)
    }

    fn delete_order(&mut self, id: Id<Order>) -> Result<()> {
        for sql in [
            "DELETE FROM order_charge WHERE order_id = ?1",
            "DELETE FROM order_line WHERE order_id = ?1",
            "DELETE FROM orders WHERE id = ?1",
        ] {
            self.change("forget a parked order", sql, [id.as_bytes()])?;
        }
        Ok(())
    }

    fn insert_line(&mut self, line: &LineRecord) -> Result<()> {
        let part = |bucket: Bucket| line.part(bucket).0;
        self.change(
            "add an order line",
            "INSERT INTO order_line (order_id, line, item, description, ordered, cancelled, unrouted,
                 allocated, backordered, picked, packed, shipped, amount_minor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                line.order.as_bytes(),
                line.line,
                line.item.as_str(),
                line.description,
                line.ordered.0,
                part(Bucket::Cancelled),
                part(Bucket::Unrouted),
                part(Bucket::Allocated),
                part(Bucket::Backordered),
                part(Bucket::Picked),
                part(Bucket::Packed),
                part(Bucket::Shipped),
                line.amount_minor,
            ],
        )?;
        Ok(())
    }

    fn lines(&self, order: Id<Order>) -> Result<Vec<LineRecord>> {
        let sql = format!("{LINE} WHERE order_id = ?1 ORDER BY line");
        self.list("read order lines", &sql, [order.as_bytes()], order_line)
    }

    fn lines_with(&self, bucket: Bucket) -> Result<Vec<LineRecord>> {
        let part = bucket.word();
        let sql = format!(
            "{} JOIN orders ON orders.id = order_line.order_id
             WHERE {part} > 0 ORDER BY orders.received, orders.id, line",
            LINE
        );
        self.list("find order lines", &sql, [], order_line)
    }

    fn shift_line(
        &mut self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Result<bool> {
        let (from, to) = (from.word(), to.word());
        let changed = self.change(
            "move part of an order line",
            &format!(
                "UPDATE order_line SET {from} = {from} - ?3, {to} = {to} + ?3
                 WHERE order_id = ?1 AND line = ?2 AND {from} >= ?3"
            ),
            params![order.as_bytes(), line, by.0],
        )?;
        Ok(changed == 1)
    }

    fn force_line(
        &mut self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Result<()> {
        let (source, target) = (from.word(), to.word());
        let changed = self.change(
            "book a fact on an order line",
            &format!(
                "UPDATE order_line SET {source} = {source} - ?3, {target} = {target} + ?3
                 WHERE order_id = ?1 AND line = ?2"
            ),
            params![order.as_bytes(), line, by.0],
        )?;
        if changed == 1 {
            return Ok(());
        }
        Err(StoreError::Guard { what: format!("order {order} has no line {line}") })
    }

    fn insert_charge(&mut self, charge: &ChargeRecord) -> Result<()> {
        self.change(
            "add a charge",
            "INSERT INTO order_charge (order_id, number, code, description, quantity, amount_minor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                charge.order.as_bytes(),
                charge.number,
                charge.code,
                charge.description,
                charge.quantity,
                charge.amount_minor,
            ],
        )?;
        Ok(())
    }

    fn charges(&self, order: Id<Order>) -> Result<Vec<ChargeRecord>> {
        self.list(
            "read charges",
            "SELECT order_id, number, code, description, quantity, amount_minor FROM order_charge
             WHERE order_id = ?1 ORDER BY number",
            [order.as_bytes()],
            |row| {
                Ok(ChargeRecord {
                    order: id(row, 0)?,
                    number: line(row, 1)?,
                    code: row.get(2)?,
                    description: row.get(3)?,
                    quantity: row.get(4)?,
                    amount_minor: row.get(5)?,
                })
            },
        )
    }

    fn put_allocation(&mut self, a: &AllocationRecord) -> Result<()> {
        self.change(
            "write an allocation",
            "INSERT INTO allocation (fulfilment, line, order_id, site, item, promised, open, consumed, released)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (fulfilment, line) DO UPDATE SET promised = excluded.promised, open = excluded.open,
                 consumed = excluded.consumed, released = excluded.released",
            params![
                a.fulfilment.as_bytes(),
                a.line,
                a.order.as_bytes(),
                a.site.as_str(),
                a.item.as_str(),
                a.promised.0,
                a.open.0,
                a.consumed.0,
                a.released.0,
            ],
        )?;
        Ok(())
    }

    fn allocation(&self, fulfilment: Id<FulfilmentOrder>, line: u32) -> Result<Option<AllocationRecord>> {
        let sql = format!("{ALLOCATION} WHERE fulfilment = ?1 AND line = ?2");
        self.one("read an allocation", &sql, params![fulfilment.as_bytes(), line], allocation)
    }

    fn allocations_of(&self, order: Id<Order>) -> Result<Vec<AllocationRecord>> {
        let sql = format!("{ALLOCATION} WHERE order_id = ?1 ORDER BY fulfilment, line");
        self.list("read the allocations of an order", &sql, [order.as_bytes()], allocation)
    }

    fn allocations(&self) -> Result<Vec<AllocationRecord>> {
        let sql = format!("{ALLOCATION} ORDER BY fulfilment, line");
        self.list("list allocations", &sql, [], allocation)
    }
}
