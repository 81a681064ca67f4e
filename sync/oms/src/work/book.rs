//! Books a fact: rows by core's fold, then what it means for stock, lines and claims. Never refused.
//!
//! A short writes off what the book still had for that stop: to loss, or to quarantine when the pieces are
//! there and cannot be sold. Undone, it comes back.

use std::collections::BTreeSet;

use aisle_core::{
    canary,
    id::{Code, Id},
    item::{Item, Lot},
    place::{Place, Usage},
    quantity::Quantity,
    task::{
        apply::{self as fold, Effect, LineChange},
        op::{Fact, Op, Origin},
        rows::Rows,
        state::{FulfilmentOrder, Manifest, Parcel, PickTask, ShortReason},
        trouble::Trouble,
    },
    wire::v1::FactVerdict,
};

use super::lost;
use crate::{
    context::Context,
    dispatch::manifest,
    order::progress,
    stock::ledger::{self, Posting},
    store::{
        Result, Tx,
        record::{ClaimRecord, Goods},
    },
};

/// Items, lots and places whose levels a fact changed.
pub(crate) type Touched = BTreeSet<(Code<Item>, Option<Code<Lot>>, Place)>;

/// The cause under which the moves of an operation stand in the ledger.
#[must_use]
pub fn cause(op: Id<Op>) -> String {
    format!("op {op}")
}

/// Books one fact.
///
/// # Errors
/// When the store fails.
pub fn fact(tx: &mut Tx<'_>, context: &mut Context<'_>, origin: &Origin, fact: &Fact) -> Result<FactVerdict> {
    let outcome = fold::fact(tx, origin, fact)?;
    let mut touched = Touched::new();
    let mut short = Quantity::ZERO;
    for effect in &outcome.effects {
        match effect {
            Effect::Moved { item, lot, quantity, from, to } => {
                move_goods(tx, context, origin, (item, lot.as_ref()), *quantity, from, to)?;
                touched.insert((item.clone(), lot.clone(), from.clone()));
                touched.insert((item.clone(), lot.clone(), to.clone()));
            }
            Effect::Line { fulfilment, line, change, by } => {
                progress::line_changed(tx, *fulfilment, *line, *change, *by)?;
                if *change == LineChange::Short {
                    short += *by;
                }
            }
            Effect::Unclaimed { task, by } => unclaim(tx, *task, *by, &mut touched)?,
        }
    }
    if let Fact::ToteCounted { tote, .. } = fact {
        lost::remember(tx, tote, &outcome.effects)?;
    }
    consequences(tx, context, origin, fact, short)?;
    let mut exceptions: Vec<Id<Trouble>> = outcome.raised;
    for (item, lot, place) in &touched {
        if !matches!(place, Place::Virtual(_)) {
            exceptions.extend(ledger::watch(tx, origin, (item, lot.as_ref()), place)?);
        }
    }
    exceptions.dedup();
    Ok(if exceptions.is_empty() {
        FactVerdict::Accepted
    } else {
        FactVerdict::AcceptedWithException { exceptions }
    })
}

fn move_goods(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    (item, lot): Goods<'_>,
    quantity: Quantity,
    from: &Place,
    to: &Place,
) -> Result<()> {
    let quantity = if canary::sings("moves_booked_twice") { quantity + quantity } else { quantity };
    let cause = cause(origin.op);
    let actor = origin.operator.as_str();
    let at = origin.at;
    let posting = Posting { cause: &cause, item, lot, quantity, from, to, at, actor };
    ledger::book(tx, context, &posting)
}

/// Shrinks a task's claim on its location, or lets it grow again when `by` is negative.
pub(crate) fn unclaim(
    tx: &mut Tx<'_>,
    task: Id<PickTask>,
    by: Quantity,
    touched: &mut Touched,
) -> Result<()> {
    if by.is_zero() || canary::sings("claim_not_shrunk") {
        return Ok(());
    }
    let known = tx.claim(task)?;
    let mut claim = match known {
        Some(claim) => claim,
        None => {
            let Some(row) = tx.fetch::<PickTask>(&task)? else { return Ok(()) };
            let PickTask { item, location, lot, .. } = row;
            ClaimRecord { task, item, lot, location, quantity: Quantity::ZERO }
        }
    };
    claim.quantity -= by;
    let place = Place::Location(claim.location.clone());
    tx.force_level((&claim.item, claim.lot.as_ref()), &place, Quantity::ZERO, -by)?;
    tx.put_claim(&claim)?;
    touched.insert((claim.item, claim.lot, place));
    Ok(())
}

/// What follows from a fact besides its effects.
fn consequences(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    origin: &Origin,
    fact: &Fact,
    short: Quantity,
) -> Result<()> {
    match fact {
        Fact::Shorted { task, item, location, reason, undoes, .. } => {
            let here = Place::Location(location.clone());
            let lot = tx.fetch::<PickTask>(task)?.and_then(|task| task.lot);
            match undoes {
                Some(op) if !short.is_zero() => restore(tx, context, origin, *op, item)?,
                _ => write_off(tx, context, origin, (item, lot.as_ref()), short, &here, *reason)?,
            }
            if let Some(task) = tx.fetch::<PickTask>(task)? {
                manifest::finish(tx, context, task.fulfilment, false)?;
            }
        }
        Fact::PackShorted { fulfilment, .. } => manifest::finish(tx, context, *fulfilment, false)?,
        Fact::CartonOpened { fulfilment, .. } => {
            if let Some(order) = tx.fetch::<FulfilmentOrder>(fulfilment)? {
                manifest::ensure_open(tx, context, &order.service)?;
            }
        }
        Fact::Loaded { parcel, manifest } => {
            // The vehicle has left and this parcel is on it: it is the carrier's like the others.
            if let Some(manifest) = tx.fetch::<Manifest>(manifest)?
                && manifest.closed
                && let Some(parcel) = tx.fetch::<Parcel>(parcel)?
            {
                manifest::hand_over(tx, context, parcel, manifest.number, origin.at, &origin.operator)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Takes out of the book what a stop was to find and did not. What other stops count on stays.
fn write_off(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    goods: Goods<'_>,
    short: Quantity,
    here: &Place,
    reason: ShortReason,
) -> Result<()> {
    let level = tx.level(goods, here)?;
    let free = (level.on_hand - level.assigned).or_zero();
    // "Empty" says that nothing at all is left: whatever no other stop counts on is gone.
    let quantity = if reason == ShortReason::Empty { free } else { Quantity(short.0.min(free.0)).or_zero() };
    let gone = match reason {
        ShortReason::Empty | ShortReason::OtherItem => Usage::Loss,
        ShortReason::Damaged | ShortReason::Unreachable => Usage::Quarantine,
    };
    move_goods(tx, context, origin, goods, quantity, here, &Place::Virtual(gone))
}

/// Puts back into the book what a short had taken out.
fn restore(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    undone: Id<Op>,
    item: &Code<Item>,
) -> Result<()> {
    let cause = cause(undone);
    for posted in tx.moves_of(item)?.into_iter().filter(|posted| posted.cause == cause) {
        let goods = (item, posted.lot.as_ref());
        move_goods(tx, context, origin, goods, posted.quantity, &posted.to, &posted.from)?;
    }
    Ok(())
}
