//! Binds what is to be picked to locations: late, at release, from what is free there.

use aisle_core::{
    id::Code,
    item::{Item, Lot},
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::rows::Rows,
    time::Day,
};

use crate::{
    context::Context,
    store::{Result, Tx},
};

/// So many of an item, taken out of what is free at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The location.
    pub location: Code<Location>,
    /// Which lot, where the item is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// How many.
    pub quantity: Quantity,
}

/// Assigns `wanted` of an item to locations that have it free. Of an item that is kept by lot, what expires first
/// goes first, whatever the stops; nothing is taken of a lot that has expired. Otherwise in as few stops as can be:
/// one that has all, or else pick faces before reserve and the fullest first. What comes back may be less than
/// wanted; each part is already taken out of what is free there. `except` is left out.
///
/// # Errors
/// When the store fails.
pub fn assign(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    item: &Code<Item>,
    wanted: Quantity,
    except: Option<&Code<Location>>,
) -> Result<Vec<Taken>> {
    let mut free = free_at(tx, context, item)?;
    free.retain(|free| Some(&free.location.code) != except);
    // Among those that have enough, the nearest in the walk; else the fullest, to make few stops.
    free.sort_by_key(|free| {
        let (lacks, reserve) = (free.quantity < wanted, free.location.usage == Usage::Storage);
        let expires = free.expires.map_or(i64::MAX, Day::number);
        let order = if lacks { -free.quantity.0 } else { i64::from(free.location.pick_sequence) };
        (expires, lacks, reserve, order, free.location.code.clone(), free.lot.clone())
    });
    let mut left = wanted;
    let mut bound = Vec::new();
    for Free { location, lot, quantity, .. } in free {
        let take = Quantity(left.0.min(quantity.0));
        if !take.is_some() {
            break;
        }
        let place = Place::Location(location.code.clone());
        if tx.shift_level((item, lot.as_ref()), &place, Quantity::ZERO, take)? {
            left -= take;
            bound.push(Taken { location: location.code, lot, quantity: take });
        }
    }
    Ok(bound)
}

/// Where an item is free.
#[derive(Debug, Clone)]
pub struct Free {
    /// The pick face or reserve location.
    pub location: Location,
    /// Which lot, where the item is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// When that lot expires, where it is known.
    pub expires: Option<Day>,
    /// How many are free.
    pub quantity: Quantity,
}

/// The pick faces and reserve locations where an item is free, lot by lot, and how many of it. Lots that have
/// expired are left out.
///
/// # Errors
/// When the store fails.
pub fn free_at(tx: &Tx<'_>, context: &Context<'_>, item: &Code<Item>) -> Result<Vec<Free>> {
    let tracked = tx.fetch::<Item>(item)?.map(|item| item.tracked).unwrap_or_default();
    let today = Day::of(context.now);
    let mut free = Vec::new();
    for level in tx.levels_of(item)? {
        let quantity = level.on_hand - level.assigned;
        let expires = level.lot.as_ref().and_then(|lot| tracked.expiry(lot));
        if let Place::Location(code) = &level.place
            && quantity.is_some()
            && expires.is_none_or(|day| day >= today)
            && let Some(location) = tx.fetch::<Location>(code)?
            && matches!(location.usage, Usage::PickFace | Usage::Storage)
        {
            free.push(Free { location, lot: level.lot, expires, quantity });
        }
    }
    Ok(free)
}

/// How many of an item could be assigned now, leaving out one location.
///
/// # Errors
/// When the store fails.
pub fn free(tx: &Tx<'_>, item: &Code<Item>, except: Option<&Code<Location>>) -> Result<Quantity> {
    let mut free = Quantity::ZERO;
    for level in tx.levels_of(item)? {
        if let Place::Location(code) = &level.place
            && Some(code) != except
            && crate::stock::ledger::sells(tx, &level.place)?
        {
            free += (level.on_hand - level.assigned).or_zero();
        }
    }
    Ok(free)
}
