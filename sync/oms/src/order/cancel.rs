//! Takes an order back before it is packed: what was promised is free again, stops that are not walked yet are
//! withdrawn, and what was picked already goes back to its location by an exception per stop.
//!
//! A pick reported late (the picker had no network) still counts as a fact: it finds its stop withdrawn and
//! becomes such an exception by itself. Once a packer has the order it is too late: then it is held, or comes
//! back as a return.

use std::collections::BTreeSet;

use aisle_core::{
    canary,
    id::{Code, Id},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{FulfilmentOrder, FulfilmentState, Operator, PickList, PickTask},
        trouble::{Remedy, Trouble, TroubleKind},
    },
};
use serde_json::json;

use super::{allocate, progress};
use crate::{
    context::Context,
    stock::ledger::{settled, tell},
    store::{
        Result, Tx,
        record::{Bucket, OrderRecord, OrderState},
    },
    work::{book, list},
};

/// What became of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancelled {
    /// Nothing of it ships.
    Whole,
    /// What was not with the carrier yet does not ship.
    Rest,
    /// It was over before: nothing was changed.
    Over,
    /// A packer has these fulfilment orders: nothing was changed.
    TooLate(Vec<String>),
    /// The channel has no order of this reference.
    Unknown,
}

/// Cancels an order of a channel, all of it or nothing; a second time changes nothing. `by` is who answers for it
/// in the exceptions that follow.
///
/// # Errors
/// When the store fails.
pub fn cancel(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    channel: &str,
    reference: &str,
    by: &Code<Operator>,
) -> Result<Cancelled> {
    let Some(order) = tx.order_by_reference(channel, reference)? else { return Ok(Cancelled::Unknown) };
    if !matches!(order.state, OrderState::Received | OrderState::Open) {
        return Ok(Cancelled::Over);
    }
    let ids: BTreeSet<Id<FulfilmentOrder>> =
        tx.allocations_of(order.id)?.into_iter().map(|allocation| allocation.fulfilment).collect();
    let mut orders = Vec::with_capacity(ids.len());
    for id in ids {
        orders.extend(tx.fetch::<FulfilmentOrder>(&id)?.filter(|row| row.state != FulfilmentState::Shipped));
    }
    let with_packer = |row: &&FulfilmentOrder| {
        matches!(row.state, FulfilmentState::Packing | FulfilmentState::Packed) || !row.parcels.is_empty()
    };
    let late: Vec<String> = orders.iter().filter(with_packer).map(|row| row.number.clone()).collect();
    if !late.is_empty() {
        return Ok(Cancelled::TooLate(late));
    }
    for row in orders {
        take_back(tx, context, row, by)?;
    }
    for line in tx.lines(order.id)? {
        for from in [Bucket::Unrouted, Bucket::Backordered] {
            tx.force_line(order.id, line.line, from, Bucket::Cancelled, line.part(from))?;
        }
    }
    let done = end(tx, context, order)?;
    // What it gave back may be what others wait for.
    allocate::retry_backorders(tx, context)?;
    Ok(done)
}

/// Closes the order and tells it.
fn end(tx: &mut Tx<'_>, context: &Context<'_>, mut order: OrderRecord) -> Result<Cancelled> {
    let whole = tx.lines(order.id)?.iter().all(|line| line.part(Bucket::Cancelled) == line.ordered);
    let (id, reference) = (order.id, order.reference.clone());
    if order.state == OrderState::Received {
        order.state = OrderState::Cancelled;
        order.parked = None;
        tx.put_order(&order)?;
    }
    progress::close_if_done(tx, context, id)?;
    tell(tx, context.now, "order.cancelled", &reference, &json!({ "whole": whole }))?;
    Ok(if whole { Cancelled::Whole } else { Cancelled::Rest })
}

/// Takes one fulfilment order off the floor.
fn take_back(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    mut row: FulfilmentOrder,
    by: &Code<Operator>,
) -> Result<()> {
    settle_shorts(tx, context, &row, by)?;
    let mut tasks = tx.all::<PickTask>()?;
    tasks.retain(|task| task.fulfilment == row.id);
    let lists: BTreeSet<Id<PickList>> = tasks.iter().map(|task| task.list).collect();
    for task in tasks {
        withdraw(tx, context, task, by)?;
    }
    for id in lists {
        if let Some(mut list) = tx.fetch::<PickList>(&id)?
            && list::end_if_over(tx, &mut list)?
        {
            tx.keep(list)?;
        }
    }
    for line in &mut row.lines {
        let Some(mut allocation) = tx.allocation(row.id, line.line)? else { continue };
        let (open, picked, none) = (allocation.open, line.picked, Quantity::ZERO);
        tx.force_line(row.order, line.line, Bucket::Allocated, Bucket::Cancelled, open)?;
        tx.force_line(row.order, line.line, Bucket::Picked, Bucket::Cancelled, picked)?;
        tx.force_sellable(&allocation.site, &allocation.item, none, -open, none)?;
        allocation.promised = allocation.released;
        allocation.open = none;
        allocation.consumed = none;
        tx.put_allocation(&allocation)?;
        line.wanted = line.short;
        line.picked = none;
    }
    row.state = FulfilmentState::Cancelled;
    tx.keep(row)
}

/// What was short of it needs nobody any more.
fn settle_shorts(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    row: &FulfilmentOrder,
    by: &Code<Operator>,
) -> Result<()> {
    for mut trouble in tx.all::<Trouble>()? {
        let short = matches!(trouble.kind, TroubleKind::ShortPick | TroubleKind::ShortPack);
        if short && trouble.settled.is_none() && trouble.fulfilment == Some(row.id) {
            trouble.settled = Some(settled(Remedy::CancelRest, by, context.now));
            tx.keep(trouble)?;
        }
    }
    Ok(())
}

/// Nothing more is wanted at a stop; what was taken there goes back.
fn withdraw(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    mut task: PickTask,
    by: &Code<Operator>,
) -> Result<()> {
    let (excess, open) = (task.excess(), task.remaining());
    book::unclaim(tx, task.id, open, &mut book::Touched::new())?;
    task.withdrawn = task.wanted - task.short;
    let back = task.excess() - excess;
    if back.is_some() && !canary::sings("cancel_without_disposition") {
        tx.keep(put_back(context, &task, back, by))?;
    }
    tx.keep(task)
}

fn put_back(context: &mut Context<'_>, task: &PickTask, quantity: Quantity, by: &Code<Operator>) -> Trouble {
    let id = context.mint.id(context.now);
    Trouble {
        task: Some(task.id),
        fulfilment: Some(task.fulfilment),
        item: Some(task.item.clone()),
        location: Some(task.location.clone()),
        quantity,
        remedies: vec![Remedy::PutBack, Remedy::Acknowledge],
        ..Trouble::blank(id, TroubleKind::ExcessPick, by, context.now)
    }
}
