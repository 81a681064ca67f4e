//! The floor's rows against the books: tasks, totes, carts, parcels, exceptions, the feed's numbers.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::{Place, Usage},
    quantity::Quantity,
    task::{
        state::{
            Content, FulfilmentOrder, FulfilmentState, Manifest, Parcel, ParcelState, PickList, PickTask,
            Tote,
        },
        trouble::{Remedy, Trouble, TroubleKind},
    },
};

use super::{At, Law, Of, Report};
use crate::store::{Result, Tx};

/// Feed rows read at a time.
const PAGE: usize = 5_000;

pub(super) fn check(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    for key in tx.broken_rows()? {
        report.note(Law::Floor, format!("row {key}"), "its body", "what was written");
    }
    let tasks = tx.all::<PickTask>()?;
    let troubles = tx.all::<Trouble>()?;
    report.records += tasks.len() as u64;
    claims(tx, report, &tasks)?;
    lines(tx, report, &tasks)?;
    shorts(tx, report, &tasks, &troubles)?;
    containers(tx, report)?;
    if !troubles.iter().any(|trouble| trouble.kind == TroubleKind::Unmatched) {
        carts(tx, report, &tasks)?;
    }
    numbers(tx, report)
}

/// What a task still has to take is what it claims.
fn claims(tx: &Tx<'_>, report: &mut Report, tasks: &[PickTask]) -> Result<()> {
    let remaining: BTreeMap<Id<PickTask>, Quantity> =
        tasks.iter().map(|task| (task.id, task.remaining())).collect();
    let claimed = tx.claims()?.into_iter().map(|claim| (claim.task, claim.quantity)).collect();
    report.same(Law::I3, "claim of task", &remaining, &claimed);
    Ok(())
}

/// The tasks of a line come to what its fulfilment order says.
fn lines(tx: &Tx<'_>, report: &mut Report, tasks: &[PickTask]) -> Result<()> {
    let mut wanted = BTreeMap::new();
    let mut picked = BTreeMap::new();
    for task in tasks {
        let key = At(task.line, task.fulfilment);
        *wanted.entry(key.clone()).or_insert(Quantity::ZERO) += task.wanted - task.withdrawn - task.short;
        *picked.entry(key).or_insert(Quantity::ZERO) += task.picked - task.excess();
    }
    let (mut told_wanted, mut told_picked) = (BTreeMap::new(), BTreeMap::new());
    for order in tx.all::<FulfilmentOrder>()? {
        for line in order.lines.iter().filter(|_| order.state != FulfilmentState::Open) {
            let key = At(line.line, order.id);
            told_wanted.insert(key.clone(), line.wanted - line.short);
            told_picked.insert(key, line.picked);
        }
    }
    report.same(Law::Floor, "wanted of line", &wanted, &told_wanted);
    report.same(Law::Floor, "picked of line", &picked, &told_picked);
    Ok(())
}

/// Every short has its exception, with the same number of pieces.
fn shorts(tx: &Tx<'_>, report: &mut Report, tasks: &[PickTask], troubles: &[Trouble]) -> Result<()> {
    let short: BTreeMap<_, _> =
        tasks.iter().filter(|task| !task.short.is_zero()).map(|task| (task.id, task.short)).collect();
    let (mut told, mut told_lost) = (BTreeMap::new(), BTreeMap::new());
    for trouble in troubles {
        // A short that was undone is acknowledged by who undid it.
        let undone = trouble.settled.as_ref().is_some_and(|end| end.remedy == Remedy::Acknowledge);
        match (trouble.kind, trouble.task, trouble.fulfilment, &trouble.item) {
            (TroubleKind::ShortPick, Some(task), ..) if !undone => {
                *told.entry(task).or_insert(Quantity::ZERO) += trouble.quantity;
            }
            (TroubleKind::ShortPack, _, Some(order), Some(item)) => {
                *told_lost.entry(At(item.clone(), order)).or_insert(Quantity::ZERO) += trouble.quantity;
            }
            _ => {}
        }
    }
    report.same(Law::Floor, "short of task", &short, &told);
    let mut lost = BTreeMap::new();
    for order in tx.all::<FulfilmentOrder>()? {
        for line in order.lines.iter().filter(|line| !line.lost.is_zero()) {
            *lost.entry(At(line.item.clone(), order.id)).or_insert(Quantity::ZERO) += line.lost;
        }
    }
    report.same(Law::Floor, "lost of", &lost, &told_lost);
    Ok(())
}

/// What totes and parcels hold is what the book has there.
fn containers(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let mut held = BTreeMap::new();
    let mut dispatched = BTreeMap::new();
    let add = |map: &mut BTreeMap<_, Quantity>, place: &Place, contents: &[Content]| {
        for content in contents {
            let of = Of(content.item.clone(), content.lot.clone());
            *map.entry(At(of, place.clone())).or_default() += content.quantity;
        }
    };
    for tote in tx.all::<Tote>()? {
        add(&mut held, &Place::Tote(tote.code), &tote.contents);
    }
    for parcel in tx.all::<Parcel>()? {
        let gone = parcel.state == ParcelState::Dispatched;
        let map = if gone { &mut dispatched } else { &mut held };
        add(map, &Place::Parcel(parcel.id), &parcel.contents);
    }
    let mut booked = BTreeMap::new();
    for level in tx.levels()? {
        if matches!(level.place, Place::Tote(_) | Place::Parcel(_)) && !level.on_hand.is_zero() {
            booked.insert(At(Of(level.item, level.lot), level.place), level.on_hand);
        }
    }
    report.same(Law::Floor, "contents of", &held, &booked);
    report.same(Law::Floor, "dispatched", &dispatched, &with_carrier(tx)?);
    Ok(())
}

fn with_carrier(tx: &Tx<'_>) -> Result<BTreeMap<At<Of, Place>, Quantity>> {
    let mut gone = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = tx.moves_after(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(gone) };
        after = last.number;
        for posted in page {
            if posted.to == Place::Virtual(Usage::Carrier) {
                *gone.entry(At(Of(posted.item, posted.lot), posted.from)).or_insert(Quantity::ZERO) +=
                    posted.quantity;
            }
        }
    }
}

/// What was taken and not put into a tote lies on carts, of whichever lot it was.
fn carts(tx: &Tx<'_>, report: &mut Report, tasks: &[PickTask]) -> Result<()> {
    let mut in_hand: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    for task in tasks {
        *in_hand.entry(task.item.clone()).or_default() += task.picked - task.put;
    }
    let mut on_carts: BTreeMap<Code<Item>, Quantity> = BTreeMap::new();
    for level in tx.levels()?.into_iter().filter(|level| matches!(level.place, Place::Cart(_))) {
        *on_carts.entry(level.item).or_default() += level.on_hand;
    }
    report.same(Law::Floor, "on carts", &in_hand, &on_carts);
    Ok(())
}

/// Series end where the rows say: the feed, pick lists, manifests.
fn numbers(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let (mut last, mut after) = (0, 0);
    loop {
        let page = tx.feed_rows(after, PAGE)?;
        let Some(row) = page.last() else { break };
        after = row.seq;
        last = last.max(row.seq);
        report.records += page.len() as u64;
    }
    report.equal(Law::Floor, "end of the feed", tx.feed_hi()?, last);
    let lists = tx.all::<PickList>()?.iter().map(|list| u64::from(list.number)).max().unwrap_or(0);
    report.equal(Law::Floor, "last pick list", tx.last_number("pick_list")?, lists);
    let manifests = tx.all::<Manifest>()?.iter().map(|m| u64::from(m.number)).max().unwrap_or(0);
    report.equal(Law::Floor, "last manifest", tx.last_number("manifest")?, manifests);
    Ok(())
}
