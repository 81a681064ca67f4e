//! How the quantities of a line follow the floor, and when an order is closed.

use aisle_core::{
    id::Id,
    order::Order,
    quantity::Quantity,
    task::{apply::LineChange, rows::Rows, state::FulfilmentOrder},
};
use serde_json::json;

use crate::{
    context::Context,
    stock::ledger::tell,
    store::{
        Result, Tx,
        record::{Bucket, OrderState},
    },
};

/// Books that a line of a fulfilment order progressed on the floor, or went back when `by` is negative.
///
/// # Errors
/// When the store fails, or the fulfilment order stands for no order.
pub fn line_changed(
    tx: &mut Tx<'_>,
    fulfilment: Id<FulfilmentOrder>,
    line: u32,
    change: LineChange,
    by: Quantity,
) -> Result<()> {
    let (from, to) = match change {
        LineChange::Picked => (Bucket::Allocated, Bucket::Picked),
        LineChange::Short => (Bucket::Allocated, Bucket::Backordered),
        LineChange::Lost => (Bucket::Picked, Bucket::Backordered),
        LineChange::Packed => (Bucket::Picked, Bucket::Packed),
    };
    let Some(mut allocation) = tx.allocation(fulfilment, line)? else { return Ok(()) };
    tx.force_line(allocation.order, line, from, to, by)?;
    if from == Bucket::Allocated {
        allocation.open -= by;
        if change == LineChange::Picked {
            allocation.consumed += by;
        } else {
            allocation.released += by;
        }
        let none = Quantity::ZERO;
        tx.force_sellable(&allocation.site, &allocation.item, none, -by, none)?;
        tx.put_allocation(&allocation)?;
    }
    Ok(())
}

/// Closes an order when nothing more of it is to come.
///
/// # Errors
/// When the store fails.
pub fn close_if_done(tx: &mut Tx<'_>, context: &Context<'_>, id: Id<Order>) -> Result<()> {
    let Some(mut order) = tx.order(id)? else { return Ok(()) };
    let lines = tx.lines(id)?;
    let over = |bucket| lines.iter().map(|line| line.part(bucket)).sum::<Quantity>();
    let ordered: Quantity = lines.iter().map(|line| line.ordered).sum();
    let (shipped, cancelled) = (over(Bucket::Shipped), over(Bucket::Cancelled));
    if order.state != OrderState::Open || shipped + cancelled != ordered {
        return Ok(());
    }
    order.state = if shipped.is_some() { OrderState::Closed } else { OrderState::Cancelled };
    tx.put_order(&order)?;
    let body = json!({ "shipped": shipped, "cancelled": cancelled });
    tell(tx, context.now, "order.closed", &order.reference, &body)
}

/// The order behind a fulfilment order.
///
/// # Errors
/// When the store fails.
pub fn order_of(tx: &Tx<'_>, fulfilment: Id<FulfilmentOrder>) -> Result<Option<Id<Order>>> {
    Ok(tx.fetch::<FulfilmentOrder>(&fulfilment)?.map(|row| row.order))
}
