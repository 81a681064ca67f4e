//! What a fact means for the books: ledger, order lines, allocations, claims.
//!
//! In: the effects that the fold returned. Out: exceptions that the books alone can see. Nothing here says no.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        apply::{Effect, LineChange},
        op::{Fact, Op, Origin},
        rows::Rows,
        state::{FulfilmentOrder, PickTask, ShortReason},
        trouble::Trouble,
    },
};

use crate::{
    context::Context,
    stock::ledger::{self, Posting},
    store::{Result, Tx, record::Bucket},
};

/// Books the effects of a fact. Returns the exceptions this raised.
///
/// # Errors
/// When the store fails.
pub fn fact(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    fact: &Fact,
    effects: &[Effect],
) -> Result<Vec<Id<Trouble>>> {
    let mut raised = Vec::new();
    let cause = format!("op {}", origin.op);
    for effect in effects {
        match effect {
            Effect::Moved { item, quantity, from, to } => {
                let posting = Posting {
                    cause: &cause,
                    item,
                    quantity: *quantity,
                    from,
                    to,
                    at: origin.at,
                    actor: origin.operator.as_str(),
                };
                raised.extend(moved(tx, context, origin, &posting)?);
            }
            Effect::Line { fulfilment, line, change, by } => {
                progress(tx, *fulfilment, *line, *change, *by)?;
            }
            Effect::Unclaimed { task, by } => unclaim(tx, *task, *by)?,
        }
    }
    if let Fact::Shorted { item, location, reason, undoes, .. } = fact {
        match undoes {
            None if *reason == ShortReason::Empty => write_off(tx, context, origin, item, location)?,
            None => {}
            Some(op) => write_back(tx, context, origin, *op, item)?,
        }
    }
    Ok(raised)
}

/// Books a move that happened and looks whether both places are still possible. Returns the exceptions this
/// opened.
///
/// # Errors
/// When the store fails.
pub fn moved(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    posting: &Posting<'_>,
) -> Result<Vec<Id<Trouble>>> {
    ledger::book(tx, context, posting)?;
    let mut raised = Vec::new();
    raised.extend(ledger::watch(tx, origin, posting.item, posting.from)?);
    raised.extend(ledger::watch(tx, origin, posting.item, posting.to)?);
    Ok(raised)
}

/// Moves a quantity of an order line from one part to the next, and the allocation behind it.
fn progress(
    tx: &mut Tx<'_>,
    fulfilment: Id<FulfilmentOrder>,
    line: u32,
    change: LineChange,
    by: Quantity,
) -> Result<()> {
    let Some(order) = tx.fetch::<FulfilmentOrder>(&fulfilment)? else { return Ok(()) };
    let (from, to) = match change {
        LineChange::Picked => (Bucket::Allocated, Bucket::Picked),
        LineChange::Short => (Bucket::Allocated, Bucket::Backordered),
        LineChange::Lost => (Bucket::Picked, Bucket::Backordered),
        LineChange::Packed => (Bucket::Picked, Bucket::Packed),
    };
    let (from, to, count) = if by.is_some() { (from, to, by) } else { (to, from, -by) };
    tx.force_line(order.order, line, from, to, count)?;
    if !matches!(change, LineChange::Picked | LineChange::Short) {
        return Ok(());
    }
    let Some(mut allocation) = tx.allocation(fulfilment, line)? else { return Ok(()) };
    allocation.open -= by;
    if change == LineChange::Picked {
        allocation.consumed += by;
    } else {
        allocation.released += by;
    }
    tx.force_sellable(&allocation.site, &allocation.item, Quantity::ZERO, -by, Quantity::ZERO)?;
    tx.put_allocation(&allocation)
}

/// Shrinks what a task holds at its location, and lets it grow again for a negative `by`.
fn unclaim(tx: &mut Tx<'_>, task: Id<PickTask>, by: Quantity) -> Result<()> {
    let Some(mut claim) = tx.claim(task)? else { return reclaim(tx, task, by) };
    let by = if by.is_some() { Quantity(by.0.min(claim.quantity.0)) } else { by };
    claim.quantity -= by;
    let place = Place::Location(claim.location.clone());
    tx.force_level(&claim.item, &place, Quantity::ZERO, -by)?;
    tx.put_claim(&claim)
}

/// A claim that was used up comes back: a pick was taken back.
fn reclaim(tx: &mut Tx<'_>, task: Id<PickTask>, by: Quantity) -> Result<()> {
    if by.0 >= 0 {
        return Ok(());
    }
    let Some(row) = tx.fetch::<PickTask>(&task)? else { return Ok(()) };
    let place = Place::Location(row.location.clone());
    tx.force_level(&row.item, &place, Quantity::ZERO, -by)?;
    tx.put_claim(&crate::store::record::ClaimRecord {
        task,
        item: row.item,
        location: row.location,
        quantity: -by,
    })
}

/// Somebody stood there and saw nothing more: what the book still has there, and no other task counts on, is
/// written off. Tasks that count on it find out, and say so, in their turn.
fn write_off(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    item: &Code<Item>,
    location: &Code<Location>,
) -> Result<()> {
    let place = Place::Location(location.clone());
    let level = tx.level(item, &place)?;
    let gone = level.on_hand - level.assigned;
    if !gone.is_some() {
        return Ok(());
    }
    let cause = format!("short {}", origin.op);
    let loss = Place::Virtual(Usage::Loss);
    let posting = Posting {
        cause: &cause,
        item,
        quantity: gone,
        from: &place,
        to: &loss,
        at: origin.at,
        actor: origin.operator.as_str(),
    };
    moved(tx, context, origin, &posting).map(drop)
}

/// A short report was taken back: what it wrote off is there after all.
fn write_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    op: Id<Op>,
    item: &Code<Item>,
) -> Result<()> {
    let cause = format!("short {op}");
    let written: Vec<_> = tx.moves_of(item)?.into_iter().filter(|m| m.cause == cause).collect();
    let cause = format!("short {op} taken back by {}", origin.op);
    for old in written {
        let posting = Posting {
            cause: &cause,
            item,
            quantity: old.quantity,
            from: &old.to,
            to: &old.from,
            at: origin.at,
            actor: origin.operator.as_str(),
        };
        moved(tx, context, origin, &posting)?;
    }
    Ok(())
}
