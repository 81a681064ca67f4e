//! I1 to I4: moves, levels, claims, sellable counters, reservations.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::Code,
    item::Item,
    place::{Location, Place},
    quantity::Quantity,
    task::{rows::Rows, trouble::Trouble},
};

use super::{At, Law, Report};
use crate::{
    stock::{
        ledger::{negative_stock_id, usage_sells},
        sellable::SAFETY_IN_FORCE,
    },
    store::{Result, Tx, record::LevelRecord},
};

/// Moves read at a time.
const PAGE: usize = 10_000;

type ByPlace = BTreeMap<At<Code<Item>, Place>, Quantity>;
type BySite = BTreeMap<At<Code<Item>, Code<aisle_core::place::Site>>, Quantity>;

pub(super) fn check(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let levels = tx.levels()?;
    report.records += levels.len() as u64;
    let mut sums: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    for level in &levels {
        *sums.entry(level.item.clone()).or_default() += level.on_hand;
    }
    report.same(Law::I1, "all places of", &sums, &BTreeMap::new());
    let on_hand: ByPlace = levels.iter().map(|l| (At(l.item.clone(), l.place.clone()), l.on_hand)).collect();
    let moved = moved(tx, report)?;
    report.same(Law::I2, "level of", &on_hand, &moved);
    claims(tx, report, &levels)?;
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
            *by_place.entry(At(posted.item.clone(), posted.from)).or_default() -= posted.quantity;
            *by_place.entry(At(posted.item, posted.to)).or_default() += posted.quantity;
        }
    }
}

fn claims(tx: &Tx<'_>, report: &mut Report, levels: &[LevelRecord]) -> Result<()> {
    let mut claimed = ByPlace::new();
    for claim in tx.claims()? {
        *claimed.entry(At(claim.item, Place::Location(claim.location))).or_default() += claim.quantity;
    }
    let assigned: ByPlace = levels
        .iter()
        .filter(|level| !level.assigned.is_zero())
        .map(|level| (At(level.item.clone(), level.place.clone()), level.assigned))
        .collect();
    report.same(Law::I3, "assigned of", &assigned, &claimed);
    for level in levels.iter().filter(|level| !level.is_sound()) {
        let trouble = tx.fetch::<Trouble>(&negative_stock_id(&level.item, &level.place))?;
        if trouble.is_none_or(|trouble| trouble.settled.is_some()) {
            let about = format!("{} at {} without an open exception", level.item, level.place);
            report.note(Law::I3, about, format_args!("on hand {}", level.on_hand), level.assigned);
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
