//! Lots that are on hold, and which orders they went into.
//!
//! A terminal tells the lot of pieces that it put into a tote; the fact stands whatever the lot is. An order with
//! pieces of a lot on hold bears a hold itself: it is not packed, and what is packed is not handed to the carrier.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    quantity::Quantity,
    task::{
        op::{Fact, Origin},
        rows::Rows,
        state::{FulfilmentOrder, Operator, PickTask},
        trouble::{Remedy, Trouble, TroubleKind},
    },
    time::Millis,
};
use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    stock::ledger::{settled, tell},
    store::{Result, Tx},
};

/// What is known of a lot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Lot {
    held: bool,
    /// Which orders have pieces of it, and how many.
    orders: Vec<(Id<FulfilmentOrder>, Quantity)>,
}

fn place_of(item: &Code<Item>, lot: &str) -> String {
    format!("lot {lot} of {item}")
}

fn read(tx: &Tx<'_>, item: &Code<Item>, lot: &str) -> Result<Lot> {
    Ok(tx.value(&place_of(item, lot))?.unwrap_or_default())
}

fn write(tx: &mut Tx<'_>, item: &Code<Item>, lot: &str, known: &Lot) -> Result<()> {
    tx.set_value(&place_of(item, lot), known)
}

/// The name of the hold that an order bears for a lot.
#[must_use]
pub fn hold_name(lot: &str) -> String {
    format!("lot {lot}")
}

/// The exception about a lot in an order.
#[must_use]
pub fn trouble_id(order: Id<FulfilmentOrder>, item: &Code<Item>, lot: &str) -> Id<Trouble> {
    Trouble::about("aisle lot held 1", &[&order.to_string(), item.as_str(), lot])
}

/// Takes note of the lot of pieces. Answers the exception that it opened.
///
/// # Errors
/// When the store fails.
pub(super) fn watch(tx: &mut Tx<'_>, origin: &Origin, fact: &Fact) -> Result<Option<Id<Trouble>>> {
    let (task, item, lot, quantity) = match fact {
        Fact::LotTaken { task, item, lot, quantity, .. } => (task, item, lot.as_str(), *quantity),
        Fact::Put { task, item, lot: Some(lot), quantity, undoes, .. } => {
            (task, item, lot.as_str(), if undoes.is_some() { -*quantity } else { *quantity })
        }
        _ => return Ok(None),
    };
    let Some(task) = tx.fetch::<PickTask>(task)? else { return Ok(None) };
    let mut known = read(tx, item, lot)?;
    match known.orders.iter_mut().find(|(order, _)| *order == task.fulfilment) {
        Some((_, count)) => *count += quantity,
        None => known.orders.push((task.fulfilment, quantity)),
    }
    write(tx, item, lot, &known)?;
    if !known.held || !quantity.is_some() {
        return Ok(None);
    }
    block(tx, (item, lot), task.fulfilment, quantity, &origin.operator, origin.at)
}

/// Holds an order back for a lot, and tells the lead.
fn block(
    tx: &mut Tx<'_>,
    (item, lot): (&Code<Item>, &str),
    order: Id<FulfilmentOrder>,
    quantity: Quantity,
    by: &Code<Operator>,
    at: Millis,
) -> Result<Option<Id<Trouble>>> {
    let id = trouble_id(order, item, lot);
    if let Some(mut row) = tx.fetch::<FulfilmentOrder>(&order)? {
        row.holds.insert(hold_name(lot));
        tx.keep(row)?;
    }
    let open = tx.fetch::<Trouble>(&id)?.filter(|trouble| trouble.settled.is_none());
    let before = open.as_ref().map_or(Quantity::ZERO, |trouble| trouble.quantity);
    tx.keep(Trouble {
        fulfilment: Some(order),
        item: Some(item.clone()),
        quantity: before + quantity,
        ..Trouble::blank(id, TroubleKind::LotHeld, by, at)
    })?;
    Ok(open.is_none().then_some(id))
}

/// Puts a lot on hold, with every order that has pieces of it. Answers how many.
///
/// # Errors
/// When the store fails.
pub fn hold(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    item: &Code<Item>,
    lot: &str,
    by: &Code<Operator>,
) -> Result<usize> {
    let mut known = read(tx, item, lot)?;
    if !known.held {
        known.held = true;
        write(tx, item, lot, &known)?;
        for (order, quantity) in &known.orders {
            block(tx, (item, lot), *order, *quantity, by, context.now)?;
        }
        tell(tx, context.now, "lot.held", item.as_str(), &serde_json::json!({ "lot": lot, "by": by }))?;
    }
    Ok(known.orders.len())
}

/// Lets a lot go, with every order that was held for it. Answers how many.
///
/// # Errors
/// When the store fails.
pub fn release(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    item: &Code<Item>,
    lot: &str,
    by: &Code<Operator>,
) -> Result<usize> {
    let mut known = read(tx, item, lot)?;
    if known.held {
        known.held = false;
        write(tx, item, lot, &known)?;
        for (order, _) in &known.orders {
            if let Some(mut row) = tx.fetch::<FulfilmentOrder>(order)? {
                row.holds.remove(&hold_name(lot));
                tx.keep(row)?;
            }
            let trouble = tx.fetch::<Trouble>(&trouble_id(*order, item, lot))?;
            if let Some(mut trouble) = trouble.filter(|trouble| trouble.settled.is_none()) {
                trouble.settled = Some(settled(Remedy::Acknowledge, by, context.now));
                tx.keep(trouble)?;
            }
        }
        tell(tx, context.now, "lot.released", item.as_str(), &serde_json::json!({ "lot": lot, "by": by }))?;
    }
    Ok(known.orders.len())
}
