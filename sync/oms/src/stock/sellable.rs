//! What can be promised: soft reservations and the safety stock.
//!
//! The guard against overselling is the store's conditional update; nothing here reads a level first and
//! writes it later.

use aisle_core::{
    id::Code,
    item::Item,
    quantity::{QUANTITY_MAX, Quantity},
    time::Millis,
};

use crate::{
    context::Context,
    store::{Result, Tx, record::ReservationRecord},
};

/// Reserves `quantity` of an item until `until`, under a name the asker chose. The same name again keeps the
/// first answer. `false` when so many are not free.
///
/// # Errors
/// When the store fails.
pub fn reserve(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    name: &str,
    item: &Code<Item>,
    quantity: Quantity,
    until: Millis,
) -> Result<bool> {
    sweep(tx, context)?;
    if tx.reservation(name)?.is_some() {
        return Ok(true);
    }
    if quantity.0 < 1 || quantity.0 > QUANTITY_MAX || until <= context.now {
        return Ok(false);
    }
    if !tx.reserve(context.site(), item, quantity)? {
        return Ok(false);
    }
    tx.put_reservation(&ReservationRecord {
        name: name.to_owned(),
        site: context.site().clone(),
        item: item.clone(),
        quantity,
        until,
    })?;
    Ok(true)
}

/// Gives a reservation back; one that is not there is already given back.
///
/// # Errors
/// When the store fails.
pub fn give_back(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let Some(mut reservation) = tx.reservation(name)? else { return Ok(()) };
    let none = Quantity::ZERO;
    tx.force_sellable(&reservation.site, &reservation.item, none, none, -reservation.quantity)?;
    reservation.quantity = Quantity::ZERO;
    tx.put_reservation(&reservation)
}

/// Gives back what has expired.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &mut Tx<'_>, context: &Context<'_>) -> Result<()> {
    for reservation in tx.reservations()? {
        if reservation.until <= context.now {
            give_back(tx, &reservation.name)?;
        }
    }
    Ok(())
}

/// The named value that records the safety stock in force, so that a counter changed by hand is found.
pub const SAFETY_IN_FORCE: &str = "safety";

/// Brings the safety stock of the settings into force.
///
/// # Errors
/// When the store fails.
pub fn keep_back(tx: &mut Tx<'_>, context: &Context<'_>) -> Result<()> {
    let wanted = &context.settings.stock.safety;
    for counter in tx.sellables()? {
        if counter.safety.is_some() && !wanted.contains_key(&counter.item) {
            tx.set_safety(context.site(), &counter.item, Quantity::ZERO)?;
        }
    }
    for (item, safety) in wanted {
        tx.set_safety(context.site(), item, safety.or_zero())?;
    }
    tx.set_value(SAFETY_IN_FORCE, wanted)
}
