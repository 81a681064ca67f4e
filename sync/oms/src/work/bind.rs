//! Binds what is to be picked to locations: late, at release, from what is free there.

use aisle_core::{
    id::Code,
    item::Item,
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::rows::Rows,
};

use crate::store::{Result, Tx};

/// Assigns `wanted` of an item to locations that have it free, in as few stops as can be: one that has all,
/// or else pick faces before reserve and the fullest first. What comes back may be less than wanted; each
/// part is already taken out of what is free there. `except` is left out.
///
/// # Errors
/// When the store fails.
pub fn assign(
    tx: &mut Tx<'_>,
    item: &Code<Item>,
    wanted: Quantity,
    except: Option<&Code<Location>>,
) -> Result<Vec<(Code<Location>, Quantity)>> {
    let mut free = Vec::new();
    for (location, have) in free_at(tx, item)? {
        if Some(&location.code) != except {
            let reserve = location.usage == Usage::Storage;
            free.push((have < wanted, reserve, -have, location.pick_sequence, location.code));
        }
    }
    // Among those that have enough, the nearest in the walk; else the fullest, to make few stops.
    free.sort_by_key(|(lacks, reserve, less, sequence, _)| {
        (*lacks, *reserve, if *lacks { less.0 } else { i64::from(*sequence) })
    });
    let mut left = wanted;
    let mut bound = Vec::new();
    for (_, _, less, _, code) in free {
        let take = Quantity(left.0.min(-less.0));
        if !take.is_some() {
            break;
        }
        let place = Place::Location(code.clone());
        if tx.shift_level(item, &place, Quantity::ZERO, take)? {
            left -= take;
            bound.push((code, take));
        }
    }
    Ok(bound)
}

/// The pick faces and reserve locations where an item is free, and how many of it.
///
/// # Errors
/// When the store fails.
pub fn free_at(tx: &Tx<'_>, item: &Code<Item>) -> Result<Vec<(Location, Quantity)>> {
    let mut free = Vec::new();
    for level in tx.levels_of(item)? {
        let have = level.on_hand - level.assigned;
        if let Place::Location(code) = &level.place
            && have.is_some()
            && let Some(location) = tx.fetch::<Location>(code)?
            && matches!(location.usage, Usage::PickFace | Usage::Storage)
        {
            free.push((location, have));
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
