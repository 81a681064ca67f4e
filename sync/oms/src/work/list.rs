//! Makes pick lists from bound picks: slots, stops in walking order, claims.

use aisle_core::{
    id::{Code, Id},
    item::{Item, Lot},
    place::Location,
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{FulfilmentOrder, Holder, ListState, PickList, PickTask, Slot, Walked},
    },
    time::Millis,
};

use super::walk::Ground;
use crate::{
    context::Context,
    store::{Result, Tx, record::ClaimRecord},
};

/// So many of an item for a line, bound to a location whose level already counts them as assigned.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The fulfilment order.
    pub fulfilment: Id<FulfilmentOrder>,
    /// Its name, as people say it.
    pub order: String,
    /// The line.
    pub line: u32,
    /// The item.
    pub item: Code<Item>,
    /// Which lot of it, where it is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// The location.
    pub location: Code<Location>,
    /// How many.
    pub quantity: Quantity,
    /// When it must be with the carrier.
    pub due: Option<Millis>,
}

/// Opens a pick list over bound picks and claims their stock. Answers it with its tasks in the order of
/// `picks`, for those who must link to them.
///
/// # Errors
/// When the store fails.
pub fn open(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    ground: &mut Ground,
    picks: &[Bound],
    holder: Option<Holder>,
) -> Result<(PickList, Vec<Id<PickTask>>)> {
    assert!(!picks.is_empty(), "a pick list has a stop");
    let stops: Vec<_> = picks.iter().map(|pick| (&pick.item, &pick.location)).collect();
    let (order, walk_mm) = ground.order(tx, &stops)?;
    let id = context.mint.id(context.now);
    let slots = slots(picks);
    let tasks: Vec<Id<PickTask>> = picks.iter().map(|_| context.mint.id(context.now)).collect();
    for (pick, task) in picks.iter().zip(&tasks) {
        let slot = slots.iter().find(|slot| slot.fulfilment == pick.fulfilment).map_or(1, |slot| slot.number);
        claim(tx, id, *task, slot, pick)?;
    }
    let list = PickList {
        id,
        number: u32::try_from(tx.next_number("pick_list")?).unwrap_or(u32::MAX),
        site: context.site().clone(),
        state: ListState::Open,
        epoch: u32::from(holder.is_some()),
        holder,
        cart: None,
        slots,
        tasks: order.iter().map(|index| tasks[*index]).collect(),
        due: picks.iter().filter_map(|pick| pick.due).min(),
        walk_mm,
        walked: Walked::default(),
    };
    tx.keep(list.clone())?;
    Ok((list, tasks))
}

/// Puts more picks on a list that nobody has begun, in one walk with those that are on it.
///
/// # Errors
/// When the store fails.
pub fn extend(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    ground: &mut Ground,
    mut list: PickList,
    picks: &[Bound],
) -> Result<()> {
    let on_it = tasks(tx, &list)?;
    let mut ids: Vec<Id<PickTask>> = on_it.iter().map(|task| task.id).collect();
    for pick in picks {
        if !list.slots.iter().any(|slot| slot.fulfilment == pick.fulfilment) {
            let number = list.slots.iter().map(|slot| slot.number).max().unwrap_or(0).saturating_add(1);
            let (fulfilment, order) = (pick.fulfilment, pick.order.clone());
            list.slots.push(Slot { number, fulfilment, order, tote: None });
        }
        let of_order = |slot: &&Slot| slot.fulfilment == pick.fulfilment;
        let slot = list.slots.iter().find(of_order).map_or(1, |slot| slot.number);
        let task = context.mint.id(context.now);
        claim(tx, list.id, task, slot, pick)?;
        ids.push(task);
    }
    let stops = on_it.iter().map(|task| (&task.item, &task.location));
    let stops: Vec<_> = stops.chain(picks.iter().map(|pick| (&pick.item, &pick.location))).collect();
    let (order, walk_mm) = ground.order(tx, &stops)?;
    list.tasks = order.iter().map(|at| ids[*at]).collect();
    list.walk_mm = walk_mm;
    list.due = list.due.into_iter().chain(picks.iter().filter_map(|pick| pick.due)).min();
    tx.keep(list)
}

/// Keeps a stop and what it may take.
fn claim(tx: &mut Tx<'_>, list: Id<PickList>, task: Id<PickTask>, slot: u8, pick: &Bound) -> Result<()> {
    tx.keep(task_row(list, task, slot, pick))?;
    tx.put_claim(&ClaimRecord {
        task,
        item: pick.item.clone(),
        location: pick.location.clone(),
        quantity: pick.quantity,
        lot: pick.lot.clone(),
    })
}

fn task_row(list: Id<PickList>, id: Id<PickTask>, slot: u8, pick: &Bound) -> PickTask {
    PickTask {
        id,
        list,
        slot,
        fulfilment: pick.fulfilment,
        line: pick.line,
        item: pick.item.clone(),
        location: pick.location.clone(),
        wanted: pick.quantity,
        picked: Quantity::ZERO,
        put: Quantity::ZERO,
        short: Quantity::ZERO,
        short_reason: None,
        withdrawn: Quantity::ZERO,
        continued_by: None,
        skipped: 0,
        lot: pick.lot.clone(),
    }
}

/// One slot per fulfilment order, in the order they come.
fn slots(picks: &[Bound]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for pick in picks {
        if !slots.iter().any(|slot| slot.fulfilment == pick.fulfilment) {
            slots.push(Slot {
                number: u8::try_from(slots.len() + 1).unwrap_or(u8::MAX),
                fulfilment: pick.fulfilment,
                order: pick.order.clone(),
                tote: None,
            });
        }
    }
    slots
}

/// Ends a list that nobody began once nothing of it is left; one on a cart is finished by its picker. Tells whether
/// it did.
///
/// # Errors
/// When the store fails.
pub fn end_if_over(tx: &Tx<'_>, list: &mut PickList) -> Result<bool> {
    let over = list.state == ListState::Open && tasks(tx, list)?.iter().all(PickTask::is_over);
    if over {
        list.state = ListState::Closed;
    }
    Ok(over)
}

/// The tasks of a list, in walking order.
///
/// # Errors
/// When the store fails.
pub fn tasks(tx: &Tx<'_>, list: &PickList) -> Result<Vec<PickTask>> {
    let mut tasks = Vec::with_capacity(list.tasks.len());
    for id in &list.tasks {
        tasks.extend(tx.fetch::<PickTask>(id)?);
    }
    Ok(tasks)
}
