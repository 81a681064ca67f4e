//! Orders, lines, charges and allocations in maps.

use aisle_core::{id::Id, order::Order, quantity::Quantity, task::state::FulfilmentOrder};

use super::{Memory, Result, StoreError, guard};
use crate::store::{
    record::{AllocationRecord, Bucket, ChargeRecord, LineRecord, OrderRecord},
    tables::OrderTables,
};

impl Memory {
    /// Lines, charges and allocations belong to an order that is there.
    fn belongs(&self, order: Id<Order>) -> Result<()> {
        guard(self.kept.orders.contains_key(&order), || format!("there is no order {order}"))
    }

    fn shifted(
        &self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Option<LineRecord> {
        let mut record = self.kept.lines.get(&(order, line))?.clone();
        record.parts[from.index()] -= by;
        record.parts[to.index()] += by;
        Some(record)
    }
}

impl OrderTables for Memory {
    fn put_order(&mut self, order: &OrderRecord) -> Result<()> {
        let name = (order.channel.clone(), order.reference.clone());
        let record = match self.kept.orders.get(&order.id) {
            // What a channel said stays; how far the order is changes.
            Some(known) => OrderRecord {
                state: order.state,
                parked: order.parked.clone(),
                service: order.service.clone(),
                due: order.due,
                ..known.clone()
            },
            None => {
                let taken = self.kept.order_by_reference.contains_key(&name);
                guard(!taken, || format!("order {} of {} is known under another id", name.1, name.0))?;
                self.set(|kept| &mut kept.order_by_reference, name, Some(order.id));
                order.clone()
            }
        };
        self.set(|kept| &mut kept.orders, order.id, Some(record));
        Ok(())
    }

    fn order(&self, id: Id<Order>) -> Result<Option<OrderRecord>> {
        Ok(self.kept.orders.get(&id).cloned())
    }

    fn order_by_reference(&self, channel: &str, reference: &str) -> Result<Option<OrderRecord>> {
        let id = self.kept.order_by_reference.get(&(channel.to_owned(), reference.to_owned()));
        Ok(id.and_then(|id| self.kept.orders.get(id)).cloned())
    }

    fn orders(&self) -> Result<Vec<OrderRecord>> {
        let mut orders: Vec<OrderRecord> = self.kept.orders.values().cloned().collect();
        orders.sort_by_key(|order| (order.received, order.id));
        Ok(orders)
    }

    fn delete_order(&mut self, id: Id<Order>) -> Result<()> {
        let promised = self.kept.allocations.values().any(|allocation| allocation.order == id);
        guard(!promised, || format!("order {id} has allocations"))?;
        let lines: Vec<u32> = self.lines(id)?.iter().map(|line| line.line).collect();
        for line in lines {
            self.set(|kept| &mut kept.lines, (id, line), None);
        }
        let charges: Vec<u32> = self.charges(id)?.iter().map(|charge| charge.number).collect();
        for number in charges {
            self.set(|kept| &mut kept.charges, (id, number), None);
        }
        if let Some(order) = self.kept.orders.get(&id) {
            let name = (order.channel.clone(), order.reference.clone());
            self.set(|kept| &mut kept.order_by_reference, name, None);
            self.set(|kept| &mut kept.orders, id, None);
        }
        Ok(())
    }

    fn insert_line(&mut self, line: &LineRecord) -> Result<()> {
        self.belongs(line.order)?;
        let key = (line.order, line.line);
        guard(!self.kept.lines.contains_key(&key), || format!("line {} is there already", line.line))?;
        let whole = line.parts.iter().copied().sum::<Quantity>() == line.ordered;
        guard(whole && line.ordered.is_some() && line.line >= 1, || {
            format!("line {} of order {} is not the sum of its parts", line.line, line.order)
        })?;
        self.set(|kept| &mut kept.lines, key, Some(line.clone()));
        Ok(())
    }

    fn lines(&self, order: Id<Order>) -> Result<Vec<LineRecord>> {
        Ok(self.kept.lines.range((order, 0)..=(order, u32::MAX)).map(|(_, line)| line.clone()).collect())
    }

    fn lines_with(&self, bucket: Bucket) -> Result<Vec<LineRecord>> {
        let lines = self.kept.lines.values().filter(|line| line.part(bucket).is_some());
        let mut lines: Vec<LineRecord> = lines.cloned().collect();
        lines.sort_by_key(|line| {
            (self.kept.orders.get(&line.order).map(|order| order.received), line.order, line.line)
        });
        Ok(lines)
    }

    fn shift_line(
        &mut self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Result<bool> {
        let Some(record) = self.shifted(order, line, from, to, by) else { return Ok(false) };
        if record.part(from).0 < 0 {
            return Ok(false);
        }
        self.set(|kept| &mut kept.lines, (order, line), Some(record));
        Ok(true)
    }

    fn force_line(
        &mut self,
        order: Id<Order>,
        line: u32,
        from: Bucket,
        to: Bucket,
        by: Quantity,
    ) -> Result<()> {
        let record = self.shifted(order, line, from, to, by);
        let record =
            record.ok_or_else(|| StoreError::Guard { what: format!("order {order} has no line {line}") })?;
        self.set(|kept| &mut kept.lines, (order, line), Some(record));
        Ok(())
    }

    fn insert_charge(&mut self, charge: &ChargeRecord) -> Result<()> {
        self.belongs(charge.order)?;
        let key = (charge.order, charge.number);
        let free = charge.number >= 1 && !self.kept.charges.contains_key(&key);
        guard(free, || format!("charge {} of order {} is there already", charge.number, charge.order))?;
        self.set(|kept| &mut kept.charges, key, Some(charge.clone()));
        Ok(())
    }

    fn charges(&self, order: Id<Order>) -> Result<Vec<ChargeRecord>> {
        let charges = self.kept.charges.range((order, 0)..=(order, u32::MAX));
        Ok(charges.map(|(_, charge)| charge.clone()).collect())
    }

    fn put_allocation(&mut self, a: &AllocationRecord) -> Result<()> {
        self.belongs(a.order)?;
        guard(a.line >= 1 && a.promised == a.open + a.consumed + a.released, || {
            format!("the promise of line {} is not the sum of its parts", a.line)
        })?;
        let key = (a.fulfilment, a.line);
        let record = match self.kept.allocations.get(&key) {
            Some(known) => AllocationRecord {
                promised: a.promised,
                open: a.open,
                consumed: a.consumed,
                released: a.released,
                ..known.clone()
            },
            None => a.clone(),
        };
        self.set(|kept| &mut kept.allocations, key, Some(record));
        Ok(())
    }

    fn allocation(&self, fulfilment: Id<FulfilmentOrder>, line: u32) -> Result<Option<AllocationRecord>> {
        Ok(self.kept.allocations.get(&(fulfilment, line)).cloned())
    }

    fn allocations_of(&self, order: Id<Order>) -> Result<Vec<AllocationRecord>> {
        let of = |allocation: &&AllocationRecord| allocation.order == order;
        Ok(self.kept.allocations.values().filter(of).cloned().collect())
    }

    fn allocations(&self) -> Result<Vec<AllocationRecord>> {
        Ok(self.kept.allocations.values().cloned().collect())
    }
}
