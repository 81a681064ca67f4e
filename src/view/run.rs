//! A run besides its stops: cart set-up, short picks, the contents of a tote, the drop.

use aisle_core::{
    id::Code,
    item::Item,
    quantity::Quantity,
    task::state::{PickList, PickTask, Tote},
};
use serde::Serialize;

use super::{
    Input,
    things::{self, CountText, ItemText},
};
use crate::floor::{bench, cart, pick};

/// Setting totes into the slots of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartView {
    /// The list's number.
    pub list: u32,
    /// The cart.
    pub cart: String,
    /// Slots on the cart.
    pub slots: usize,
    /// Slots side by side.
    pub columns: i32,
    /// Totes that the list needs.
    pub needed: usize,
    /// The slots that have their tote, by number.
    pub filled: Vec<u8>,
    /// The slot whose tote is due.
    pub next: Option<u8>,
    /// The order that goes into it.
    pub order: String,
    /// `.` works.
    pub can_undo: bool,
    /// Stops of the list.
    pub stops: usize,
}

/// A short pick, or pieces missing at packing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Short {
    /// The item.
    pub item: ItemText,
    /// How many are missing, less the number keyed.
    pub missing: i64,
    /// How many of how many.
    pub count: CountText,
    /// Digits keyed so far.
    pub keyed: String,
}

/// What is in a tote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToteView {
    /// The slot.
    pub number: i32,
    /// Slots side by side on this cart.
    pub columns: i32,
    /// The tote; none while the slot is empty.
    pub tote: Option<String>,
    /// The order.
    pub order: String,
    /// Pieces in all.
    pub pieces: i64,
    /// Item by item.
    pub lines: Vec<ToteLine>,
}

/// So many of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToteLine {
    /// Opaque.
    pub id: String,
    /// The item.
    pub item: ItemText,
    /// How many.
    pub quantity: i64,
}

/// Setting totes down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drop {
    /// The list's number.
    pub list: u32,
    /// The lane that was scanned; none while it is due.
    pub lane: Option<String>,
    /// The totes with goods.
    pub totes: Vec<DropTote>,
    /// Slots side by side on this cart.
    pub columns: i32,
}

/// A tote to set down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DropTote {
    /// The tote.
    pub id: String,
    /// Its slot.
    pub number: i32,
    /// It was set down.
    pub dropped: bool,
}

pub(super) fn cart(input: Input<'_>, list: &PickList) -> CartView {
    let row = list.cart.as_ref().and_then(|cart| input.catalogue.cart(cart));
    let room = row.map_or(list.slots.len(), |cart| usize::from(cart.columns) * usize::from(cart.shelves));
    let next = cart::free_slot(list);
    CartView {
        list: list.number,
        cart: list.cart.as_ref().map(ToString::to_string).unwrap_or_default(),
        slots: room,
        columns: things::columns(input, list),
        needed: list.slots.len(),
        filled: list.slots.iter().filter(|slot| slot.tote.is_some()).map(|slot| slot.number).collect(),
        next: next.map(|slot| slot.number),
        order: next.map(|slot| slot.order.clone()).unwrap_or_default(),
        can_undo: !input.state.session.undo.is_empty(),
        stops: list.tasks.len(),
    }
}

pub(super) fn short(input: Input<'_>, task: &PickTask) -> Short {
    let keyed = input.state.session.keyed.clone();
    let want = (task.wanted - task.withdrawn - task.short).or_zero();
    let more = keyed.parse().map_or(Quantity::ZERO, |found: i64| Quantity(found) - task.in_hand());
    Short {
        item: things::item_of_lot(input, &task.item, task.lot.as_ref()),
        missing: (task.remaining() - more).or_zero().0,
        count: CountText { have: task.picked.0, want: want.0, ..CountText::default() },
        keyed,
    }
}

pub(super) fn pack_short(input: Input<'_>, item: &Code<Item>, left: Quantity) -> Short {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let keyed = session.keyed.clone();
    let found: i64 = keyed.parse().unwrap_or(0);
    let packed: Quantity = bench::order(rows, session)
        .into_iter()
        .flat_map(|order| &order.lines)
        .filter(|line| line.item == *item)
        .map(|line| line.packed)
        .sum();
    Short {
        item: things::item(input, item),
        missing: (left - Quantity(found)).or_zero().0,
        count: CountText { have: packed.0, want: (packed + left).0, ..CountText::default() },
        keyed,
    }
}

pub(super) fn tote(input: Input<'_>, list: &PickList, task: &PickTask) -> ToteView {
    let slot = list.slots.iter().find(|slot| slot.number == task.slot);
    let tote = pick::tote_of(list, task);
    let row = tote.and_then(|tote| input.state.rows.find::<Tote>(tote));
    let contents = row.map(|row| row.contents.as_slice()).unwrap_or_default();
    ToteView {
        number: i32::from(task.slot),
        columns: things::columns(input, list),
        tote: tote.map(ToString::to_string),
        order: slot.map(|slot| slot.order.clone()).unwrap_or_default(),
        pieces: contents.iter().map(|content| content.quantity).sum::<Quantity>().0,
        lines: contents
            .iter()
            .map(|content| ToteLine {
                id: content.item.to_string(),
                item: things::item(input, &content.item),
                quantity: content.quantity.0,
            })
            .collect(),
    }
}

pub(super) fn drop(input: Input<'_>, list: &PickList) -> Drop {
    let mut totes: Vec<DropTote> = input
        .state
        .rows
        .all::<Tote>()
        .filter(|tote| tote.list == Some(list.id) && !tote.contents.is_empty())
        .map(|tote| DropTote {
            id: tote.code.to_string(),
            number: tote.slot.map_or(0, i32::from),
            dropped: tote.lane.is_some(),
        })
        .collect();
    totes.sort_by_key(|tote| (tote.number, tote.id.clone()));
    Drop {
        list: list.number,
        lane: cart::lane(&input.state.session, input.catalogue).map(|lane| lane.to_string()),
        totes,
        columns: things::columns(input, list),
    }
}
