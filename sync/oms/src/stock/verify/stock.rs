//! I1 to I4: moves, levels, claims, sellable counters, reservations.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::Code,
    item::{Item, Tracked},
    place::{Location, Place},
    quantity::Quantity,
    task::{rows::Rows, trouble::Trouble},
};

use super::{At, Law, Of, Report};
use crate::{
    stock::{
        ledger::{negative_stock_id, usage_sells},
        sellable::SAFETY_IN_FORCE,
    },
    store::{Result, Tx, record::LevelRecord},
};

/// Moves read at a time.
const PAGE: usize = 10_000;

type ByPlace = BTreeMap<At<Of, Place>, Quantity>;
type BySite = BTreeMap<At<Code<Item>, Code<aisle_core::place::Site>>, Quantity>;

pub(super) fn check(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let levels = tx.levels()?;
    report.records += levels.len() as u64;
    let of = |level: &LevelRecord| Of(level.item.clone(), level.lot.clone());
    let mut sums: BTreeMap<Of, Quantity> = BTreeMap::new();
    for level in &levels {
        *sums.entry(of(level)).or_default() += level.on_hand;
    }
    report.same(Law::I1, "all places of", &sums, &BTreeMap::new());
    let on_hand: ByPlace = levels.iter().map(|l| (At(of(l), l.place.clone()), l.on_hand)).collect();
    let moved = moved(tx, report)?;
    report.same(Law::I2, "level of", &on_hand, &moved);
    claims(tx, report, &levels)?;
    lots(tx, report, &levels)?;
    sellable(tx, report, &levels)
}

/// What the moves come to, by item and place.
fn moved(tx: &Tx<'_>, report: &mut Report) -> Result<ByPlace> {
    let mut by_place = ByPlace::new();
    let mut expected = 1;
    loop {
        let page = tx.moves_after(expected - 1, PAGE)?;
        if page.is_empty() {
            return Ok(by_place);
        }
        for posted in page {
            report.equal(Law::I2, "number of a move", posted.number, expected);
            expected = posted.number + 1;
            report.records += 1;
            let of = Of(posted.item, posted.lot);
            *by_place.entry(At(of.clone(), posted.from)).or_default() -= posted.quantity;
            *by_place.entry(At(of, posted.to)).or_default() += posted.quantity;
        }
    }
}

fn claims(tx: &Tx<'_>, report: &mut Report, levels: &[LevelRecord]) -> Result<()> {
    let mut claimed = ByPlace::new();
    for claim in tx.claims()? {
        *claimed.entry(At(Of(claim.item, claim.lot), Place::Location(claim.location))).or_default() +=
            claim.quantity;
    }
    let assigned: ByPlace = levels
        .iter()
        .filter(|level| !level.assigned.is_zero())
        .map(|level| (At(Of(level.item.clone(), level.lot.clone()), level.place.clone()), level.assigned))
        .collect();
    report.same(Law::I3, "assigned of", &assigned, &claimed);
    for level in levels.iter().filter(|level| !level.is_sound()) {
        let trouble = tx.fetch::<Trouble>(&negative_stock_id(level.goods(), &level.place))?;
        if trouble.is_none_or(|trouble| trouble.settled.is_some()) {
            let of = Of(level.item.clone(), level.lot.clone());
            let about = format!("{of} at {} without an open exception", level.place);
            report.note(Law::I3, about, format_args!("on hand {}", level.on_hand), level.assigned);
        }
    }
    Ok(())
}

/// What lies at locations is of known lots where its item is kept by lot, and of none where it is not.
fn lots(tx: &Tx<'_>, report: &mut Report, levels: &[LevelRecord]) -> Result<()> {
    let items: BTreeMap<Code<Item>, Tracked> =
        tx.all::<Item>()?.into_iter().map(|item| (item.code, item.tracked)).collect();
    for level in levels.iter().filter(|l| !l.on_hand.is_zero() && matches!(l.place, Place::Location(_))) {
        let Some(tracked) = items.get(&level.item) else { continue };
        let known = level.lot.as_ref().is_none_or(|lot| tracked.lots.iter().any(|row| row.lot == *lot));
        if (level.lot.is_some() != tracked.by_lot || !known) && level.is_sound() {
            let of = Of(level.item.clone(), level.lot.clone());
            let kept = if tracked.by_lot { "lots that came with stock" } else { "no lot" };
            report.note(Law::I2, At(of, level.place.clone()).to_string(), level.on_hand, kept);
        }
    }
    Ok(())
}

fn sellable(tx: &Tx<'_>, report: &mut Report, levels: &[LevelRecord]) -> Result<()> {
    let sells: BTreeSet<Code<Location>> = tx
        .all::<Location>()?
        .into_iter()
        .filter(|location| usage_sells(location.usage))
        .map(|location| location.code)
        .collect();
    let counters = tx.sellables()?;
    report.records += counters.len() as u64;
    let count = |value: fn(&crate::store::record::SellableRecord) -> Quantity| -> BySite {
        counters.iter().map(|c| (At(c.item.clone(), c.site.clone()), value(c))).collect()
    };
    let mut allocated = BySite::new();
    for allocation in tx.allocations()? {
        *allocated.entry(At(allocation.item, allocation.site)).or_default() += allocation.open;
    }
    report.same(Law::I4, "allocated", &count(|c| c.allocated), &allocated);
    let mut reserved = BySite::new();
    for reservation in tx.reservations()? {
        *reserved.entry(At(reservation.item, reservation.site)).or_default() += reservation.quantity;
    }
    report.same(Law::I4, "reserved", &count(|c| c.reserved), &reserved);
    // One site stands behind a centre: every location is that site's.
    let mut on_hand: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    for level in levels {
        if matches!(&level.place, Place::Location(code) if sells.contains(code)) {
            *on_hand.entry(level.item.clone()).or_default() += level.on_hand;
        }
    }
    let mut sold: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    let mut kept_back: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    for counter in &counters {
        *sold.entry(counter.item.clone()).or_default() += counter.on_hand;
        *kept_back.entry(counter.item.clone()).or_default() += counter.safety;
    }
    report.same(Law::I4, "sellable on hand", &sold, &on_hand);
    let in_force = tx.value(SAFETY_IN_FORCE)?.unwrap_or_default();
    report.same(Law::I4, "safety stock", &kept_back, &in_force);
    Ok(())
}
