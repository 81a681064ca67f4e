//! Chooses the locations of a run's picks together, by the walk past them.
//!
//! A release first binds each line by itself ([`bind`]), so that what is promised to one order is gone for the
//! next. Once it is known which orders go on one cart, that binding is given back and made anew for all of
//! them at once: pick faces before reserve, reserve in whole cases as long as these fill the wish, what expires
//! first before the rest, and among what these rules leave open whatever makes the walk shortest. Locations held
//! back (quarantine, lanes, benches) are never offered, nor are lots that have expired.

use std::collections::{BTreeMap, VecDeque};

use aisle_core::{
    id::Code,
    item::{Item, Lot},
    place::{Location, Place, Usage},
    plan::{
        bin::{self, Bin, BinError, Choice, Fefo, Line},
        layout::Layout,
        route::{Effort, End},
    },
    quantity::Quantity,
    task::rows::Rows,
    time::Day,
};

use super::{
    bind::{self, Free, Taken},
    list::Bound,
    walk::Ground,
};
use crate::{
    context::Context,
    store::{Result, StoreError, Tx},
};

/// Changes tried for each line that leaves a choice.
const STEPS_PER_LINE: u64 = 20;

/// Where an item can be had.
struct Source {
    location: Code<Location>,
    lot: Option<Code<Lot>>,
    reserve: bool,
    bin: Bin,
}

/// Binds the picks of one run anew, for the shortest walk past all of them. What comes back is as much of each
/// line as was given, already taken out of what is free; where the walk cannot be told, it is the picks as given.
/// Nothing is taken from `except`.
///
/// # Errors
/// When the store fails.
pub fn anew(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    ground: &mut Ground,
    picks: Vec<Bound>,
    except: Option<&Code<Location>>,
) -> Result<Vec<Bound>> {
    let Some(layout) = ground.layout().cloned() else { return Ok(picks) };
    let mut wanted: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    for pick in &picks {
        *wanted.entry(pick.item.clone()).or_default() += pick.quantity;
    }
    give_back(tx, &picks)?;
    let mut sources = Vec::with_capacity(wanted.len());
    for (item, quantity) in &wanted {
        match sources_of(tx, context, ground, item, *quantity, except)? {
            Some(found) => sources.push(found),
            None => return take(tx, picks),
        }
    }
    if sources.iter().all(|found| found.len() == 1) {
        return take(tx, picks);
    }
    let wishes: Vec<Quantity> = wanted.values().copied().collect();
    let Some(choice) = chosen(&layout, &mut sources, &wishes) else { return take(tx, picks) };
    let mut takes: BTreeMap<&Code<Item>, VecDeque<Taken>> = BTreeMap::new();
    let items: Vec<&Code<Item>> = wanted.keys().collect();
    for taken in &choice.takes {
        let quantity = Quantity(i64::try_from(taken.quantity).unwrap_or(i64::MAX));
        let Source { location, lot, .. } = &sources[taken.line][taken.bin];
        let taken_here = Taken { location: location.clone(), lot: lot.clone(), quantity };
        takes.entry(items[taken.line]).or_default().push_back(taken_here);
    }
    let bound = dealt(&picks, &mut takes);
    take(tx, bound)
}

/// What the picks hold is free again.
///
/// # Errors
/// When the store fails.
pub(super) fn give_back(tx: &mut Tx<'_>, picks: &[Bound]) -> Result<()> {
    for pick in picks {
        let (goods, place) = ((&pick.item, pick.lot.as_ref()), Place::Location(pick.location.clone()));
        tx.shift_level(goods, &place, Quantity::ZERO, -pick.quantity)?;
    }
    Ok(())
}

/// Takes what the picks name out of what is free.
///
/// # Errors
/// When the store fails, and when they are not free.
pub(super) fn take(tx: &mut Tx<'_>, picks: Vec<Bound>) -> Result<Vec<Bound>> {
    for pick in &picks {
        let place = Place::Location(pick.location.clone());
        if !tx.shift_level((&pick.item, pick.lot.as_ref()), &place, Quantity::ZERO, pick.quantity)? {
            let what = format!("{} {} of {} are not free", pick.quantity.0, pick.item, pick.location);
            return Err(StoreError::Guard { what });
        }
    }
    Ok(picks)
}

/// Where so many of an item can be had under the rules: pick faces, and reserve only where these do not suffice.
/// None when a location that would be needed does not lie on the layout.
fn sources_of(
    tx: &Tx<'_>,
    context: &Context<'_>,
    ground: &mut Ground,
    item: &Code<Item>,
    wanted: Quantity,
    except: Option<&Code<Location>>,
) -> Result<Option<Vec<Source>>> {
    let case = tx.fetch::<Item>(item)?.map_or(1, |item| case_of(&item));
    let mut sources = Vec::new();
    for Free { location, lot, expires, quantity } in bind::free_at(tx, context, item)? {
        if Some(&location.code) == except {
            continue;
        }
        let Some(stop) = ground.stop(tx, &location.code)? else { continue };
        let reserve = location.usage == Usage::Storage;
        let holds = u64::try_from(quantity.0).unwrap_or(0);
        let unit = if reserve { case } else { 1 };
        let expires_day = expires.map(Day::number);
        let bin = Bin { unit, expires_day, ..Bin::loose(stop.at, holds) };
        sources.push(Source { location: location.code, lot, reserve, bin });
    }
    let sum = |sources: &[Source], reserve: bool| -> u64 {
        sources.iter().filter(|source| reserve || !source.reserve).map(|source| source.bin.holds).sum()
    };
    let wanted = u64::try_from(wanted.0).unwrap_or(0);
    // What expires first goes first, wherever it lies.
    let dated = sources.iter().any(|source| source.bin.expires_day.is_some());
    if !dated && sum(&sources, false) >= wanted {
        sources.retain(|source| !source.reserve);
    }
    Ok((sum(&sources, true) >= wanted).then_some(sources))
}

/// Base units of an item's largest pack; 1 when it has none.
fn case_of(item: &Item) -> u64 {
    let largest = item.barcodes.iter().map(|barcode| barcode.quantity.0).max().unwrap_or(1);
    u64::try_from(largest).unwrap_or(1).max(1)
}

/// The choice with the shortest walk. A case is opened where whole ones do not fill the wish.
fn chosen(layout: &Layout, sources: &mut [Vec<Source>], wishes: &[Quantity]) -> Option<Choice> {
    let depot = layout.depot();
    let open = sources.iter().filter(|found| found.len() > 1).count() as u64;
    for _ in 0..=sources.len() {
        let lines: Vec<Line> = sources
            .iter()
            .zip(wishes)
            .map(|(found, wish)| Line {
                quantity: u64::try_from(wish.0).unwrap_or(0),
                bins: found.iter().map(|source| source.bin).collect(),
            })
            .collect();
        let effort = Effort::steps(STEPS_PER_LINE * open);
        match bin::choose(layout, depot, End::At(depot), &lines, Fefo::Within { days: 0 }, effort) {
            Ok(choice) => return Some(choice),
            Err(BinError::Short { line, .. }) if sources[line].iter().any(|source| source.bin.unit > 1) => {
                sources[line].iter_mut().for_each(|source| source.bin.unit = 1);
            }
            Err(_) => return None,
        }
    }
    None
}

/// Deals what is taken of each item out to the picks that want it, in their order. Picks of one line are one.
fn dealt(picks: &[Bound], takes: &mut BTreeMap<&Code<Item>, VecDeque<Taken>>) -> Vec<Bound> {
    let mut bound: Vec<Bound> = Vec::with_capacity(picks.len());
    for pick in picks {
        let mut left = pick.quantity;
        let Some(queue) = takes.get_mut(&pick.item) else { continue };
        while left.is_some()
            && let Some(there) = queue.front_mut()
        {
            let Taken { location, lot, .. } = there.clone();
            let quantity = Quantity(left.0.min(there.quantity.0));
            let same = |other: &&mut Bound| {
                (other.fulfilment, other.line) == (pick.fulfilment, pick.line)
                    && (&other.location, &other.lot) == (&location, &lot)
            };
            match bound.iter_mut().find(same) {
                Some(other) => other.quantity += quantity,
                None => bound.push(Bound { location, lot, quantity, ..pick.clone() }),
            }
            left -= quantity;
            there.quantity -= quantity;
            if !there.quantity.is_some() {
                queue.pop_front();
            }
        }
    }
    bound
}
