//! Why so many of an item can be sold: where each piece is, who counts on it, and the moves that put it there.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id},
    item::{Item, Lot},
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{FulfilmentOrder, PickTask},
    },
};

use super::ledger::usage_sells;
use crate::{
    context::Context,
    store::{
        Result, Tx,
        record::{AllocationRecord, Bucket, LevelRecord, MoveRecord, ReservationRecord, SellableRecord},
    },
};

/// Why pieces at a place can or cannot be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// At a pick face or in reserve.
    Sells,
    /// At a location of another usage.
    Usage(Usage),
    /// At a location nobody imported.
    UnknownLocation,
    /// On a cart, in a tote or in a parcel: picked for an order.
    Picked,
    /// Outside the building.
    Outside,
}

/// Pieces at one place.
#[derive(Debug, Clone)]
pub struct Here {
    /// The level.
    pub level: LevelRecord,
    /// Whether it can be sold.
    pub because: Because,
    /// Who counts on pieces here: the stop, how many, and the order they are for.
    pub claimed: Vec<(Id<PickTask>, Quantity, String)>,
}

/// All there is to know about an item's stock.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The item, where it was imported.
    pub item: Option<Item>,
    /// The counters.
    pub sellable: SellableRecord,
    /// Where pieces are; places without any are left out.
    pub places: Vec<Here>,
    /// Promises that are not picked yet, with the order's name.
    pub promised: Vec<(String, AllocationRecord)>,
    /// Reservations.
    pub reserved: Vec<ReservationRecord>,
    /// Lines that wait for stock: the order's reference and how many.
    pub waiting: Vec<(String, Quantity)>,
    /// Every move of it, oldest first.
    pub moves: Vec<MoveRecord>,
}

/// Explains an item.
///
/// # Errors
/// When the store fails.
pub fn explain(tx: &Tx<'_>, context: &Context<'_>, item: &Code<Item>) -> Result<Explained> {
    let mut claimed: BTreeMap<(Code<Location>, Option<Code<Lot>>), Vec<_>> = BTreeMap::new();
    for claim in tx.claims()?.into_iter().filter(|claim| claim.item == *item) {
        let order = order_of(tx, claim.task)?;
        claimed.entry((claim.location, claim.lot)).or_default().push((claim.task, claim.quantity, order));
    }
    let mut places = Vec::new();
    for level in tx.levels_of(item)? {
        if level.on_hand.is_zero() && level.assigned.is_zero() {
            continue;
        }
        let claimed = match &level.place {
            Place::Location(code) => claimed.remove(&(code.clone(), level.lot.clone())).unwrap_or_default(),
            _ => Vec::new(),
        };
        let because = because(tx, &level.place)?;
        places.push(Here { level, because, claimed });
    }
    let mut promised = Vec::new();
    for allocation in tx.allocations()?.into_iter().filter(|a| a.item == *item && a.open.is_some()) {
        let order = tx.fetch::<FulfilmentOrder>(&allocation.fulfilment)?;
        promised.push((order.map_or_else(String::new, |order| order.number), allocation));
    }
    let mut waiting = Vec::new();
    for line in tx.lines_with(Bucket::Backordered)?.into_iter().filter(|line| line.item == *item) {
        let order = tx.order(line.order)?;
        waiting
            .push((order.map_or_else(String::new, |order| order.reference), line.part(Bucket::Backordered)));
    }
    let mut reserved = tx.reservations()?;
    reserved.retain(|reservation| reservation.item == *item);
    Ok(Explained {
        item: tx.fetch(item)?,
        sellable: tx.sellable(context.site(), item)?,
        places,
        promised,
        reserved,
        waiting,
        moves: tx.moves_of(item)?,
    })
}

fn because(tx: &Tx<'_>, place: &Place) -> Result<Because> {
    Ok(match place {
        Place::Location(code) => match tx.fetch::<Location>(code)? {
            Some(location) if usage_sells(location.usage) => Because::Sells,
            Some(location) => Because::Usage(location.usage),
            None => Because::UnknownLocation,
        },
        Place::Cart(_) | Place::Tote(_) | Place::Parcel(_) => Because::Picked,
        Place::Virtual(_) => Because::Outside,
    })
}

fn order_of(tx: &Tx<'_>, task: Id<PickTask>) -> Result<String> {
    let Some(task) = tx.fetch::<PickTask>(&task)? else { return Ok(String::new()) };
    let order = tx.fetch::<FulfilmentOrder>(&task.fulfilment)?;
    Ok(order.map_or_else(String::new, |order| order.number))
}
