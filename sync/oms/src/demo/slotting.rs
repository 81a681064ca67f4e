//! Which item lies where, and how many of it.
//!
//! The rules:
//! * *Stock.* Of about one item in [`SHORT_ONE_IN`] less is there than the orders want, down to none; of the
//!   others all of it and a tenth to six tenths more.
//! * *Faces.* An item has as many pick faces as its stock fills, at most [`MOST_FACES`]; what does not go in is
//!   not there. One item in ten, those on most lines, has two even where one would do.
//! * *Lots.* What is kept by lot lies on each face in two lots, what expires first the smaller half.
//! * *Places.* Items on most lines first, aisle by aisle: the aisle at the depot is filled, then those next to it,
//!   and so on outwards (within-aisle storage); in an aisle the face that costs the least effort comes first. Carts
//!   then find what goes fast in few aisles and pass the far ones by, which walks less than ranking faces by their
//!   distance alone (Petersen and Schmenner 1999); the price is more than one cart in the aisle at the depot. Where
//!   the item would stand beside one that is told by the same words, one of the next [`LOOK_AHEAD`] takes the face
//!   instead. Second and further faces are dealt out after half of the items: a second face in the same corner
//!   helps nobody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use aisle_core::{
    id::Code,
    item::{Item, LotRow},
    place::{Location, SiteLayout},
    quantity::{QUANTITY_MAX, Quantity},
};

use super::{DemoError, Shelved, draw, goods::Demand, ground, ground::Face, size::Thing};

/// One item in so many is short.
const SHORT_ONE_IN: u64 = 16;
/// Pick faces of one item at most.
const MOST_FACES: u64 = 6;
/// One item in so many has a second pick face anyway.
const TWO_FACES_ONE_IN: usize = 10;
/// How many items may pass one that would stand beside its like.
const LOOK_AHEAD: usize = 32;

/// Items on their faces.
pub(super) struct Slotted {
    pub(super) layout: SiteLayout,
    pub(super) locations: Vec<Location>,
    pub(super) stock: Vec<Shelved>,
    pub(super) short: BTreeSet<Code<Item>>,
}

/// One face's load.
struct Load {
    item: usize,
    pieces: i64,
}

/// Puts every item somewhere. `items` are those of `demands`, in the same order.
pub(super) fn slot(demands: &[Demand], items: &[Item], seed: u64) -> Result<Slotted, DemoError> {
    let mut by_velocity: Vec<usize> = (0..demands.len()).collect();
    by_velocity.sort_by_key(|n| {
        (std::cmp::Reverse((demands[*n].lines, demands[*n].pieces)), demands[*n].sku.clone())
    });
    let (mut first, mut more, mut short) = (VecDeque::new(), Vec::new(), BTreeSet::new());
    for (rank, item) in by_velocity.iter().copied().enumerate() {
        let demand = &demands[item];
        let least = if rank < demands.len() / TWO_FACES_ONE_IN { 2 } else { 1 };
        let shares = shares(wanted_stock(demand, seed), capacity(&items[item]), least);
        if shares.iter().sum::<i64>() < demand.pieces {
            short.insert(demand.sku.clone());
        }
        for (place, pieces) in shares.into_iter().enumerate() {
            let load = Load { item, pieces };
            if place == 0 { first.push_back(load) } else { more.push(load) }
        }
    }
    let half = first.len() / 2;
    let rest = first.split_off(half);
    first.extend(more);
    first.extend(rest);
    let ground = ground::Ground::with(first.len())?;
    let stock = deal(first, items, &ground.faces);
    Ok(Slotted { locations: ground::locations(&ground.faces, seed), layout: ground.layout, stock, short })
}

/// How many pieces there should be.
fn wanted_stock(demand: &Demand, seed: u64) -> i64 {
    let sku = demand.sku.as_str();
    let pieces = demand.pieces.clamp(0, QUANTITY_MAX);
    let percent = |purpose, below: u64| i64::try_from(draw(seed, purpose, sku) % below).unwrap_or(0);
    if draw(seed, "short", sku).is_multiple_of(SHORT_ONE_IN) {
        return pieces * percent("how short", 90) / 100;
    }
    (pieces + pieces * (10 + percent("how many more", 51)) / 100 + 1).min(QUANTITY_MAX)
}

/// How many of an item a face holds.
fn capacity(item: &Item) -> i64 {
    let thing = Thing { size_mm: item.size_mm, weight_g: item.weight_g };
    i64::try_from(ground::USABLE_ML / thing.millilitres().max(1)).unwrap_or(i64::MAX)
}

/// Shares `pieces` out to as many faces as they fill, and to `least` when there are so many pieces. No share is
/// above `capacity`; there is always one share, if only of nothing.
fn shares(pieces: i64, capacity: i64, least: i64) -> Vec<i64> {
    let capacity = capacity.max(1);
    let most = i64::try_from(MOST_FACES).unwrap_or(1);
    let faces = (pieces.saturating_add(capacity - 1) / capacity).max(least.min(pieces)).clamp(1, most);
    let pieces = pieces.min(faces.saturating_mul(capacity));
    (0..faces).map(|face| pieces / faces + i64::from(face < pieces % faces)).collect()
}

/// Deals loads out to faces, in the order of the faces.
fn deal(mut loads: VecDeque<Load>, items: &[Item], faces: &[Face]) -> Vec<Shelved> {
    let mut stock = Vec::with_capacity(loads.len());
    let mut placed = Placed::default();
    for face in faces {
        let next = loads.iter().take(LOOK_AHEAD).position(|load| placed.is_clear(face, &items[load.item]));
        let Some(load) = loads.remove(next.unwrap_or(0)) else { break };
        let item = &items[load.item];
        placed.put(face, item);
        stock.extend(lots_of(item, load.pieces).into_iter().map(|(lot, pieces)| Shelved {
            item: item.code.clone(),
            location: face.code(),
            quantity: Quantity(pieces),
            lot,
        }));
    }
    assert!(loads.is_empty(), "the building was made for all of them");
    stock
}

/// How the pieces of a face are shared out between the lots of its item: by halves, what expires first the smaller
/// half.
fn lots_of(item: &Item, pieces: i64) -> Vec<(Option<LotRow>, i64)> {
    let mut lots: Vec<&LotRow> = item.tracked.lots.iter().collect();
    lots.sort_by_key(|row| row.expires);
    match lots.as_slice() {
        [] => vec![(None, pieces)],
        [older, newer, ..] if pieces > 1 => {
            let half = pieces / 2;
            vec![(Some((*older).clone()), half), (Some((*newer).clone()), pieces - half)]
        }
        [first, ..] => vec![(Some((*first).clone()), pieces)],
    }
}

/// What is told by which words, by place.
#[derive(Default)]
struct Placed(BTreeMap<(u16, u16, u8), String>);

impl Placed {
    fn put(&mut self, face: &Face, item: &Item) {
        let at = face.travel;
        self.0.insert((at.aisle, at.bay, at.level), told(item).to_owned());
    }

    /// Whether no neighbour of the face is told by the item's words.
    fn is_clear(&self, face: &Face, item: &Item) -> bool {
        let at = face.travel;
        let beside = [(at.bay + 2, at.level), (at.bay.saturating_sub(2), at.level)];
        let above = [(at.bay, at.level + 1), (at.bay, at.level.saturating_sub(1))];
        let mut neighbours = beside.into_iter().chain(above);
        neighbours
            .all(|(bay, level)| self.0.get(&(at.aisle, bay, level)).is_none_or(|words| words != told(item)))
    }
}

/// The words that tell an item: its telling attribute, or its name where it has none.
pub(super) fn told(item: &Item) -> &str {
    if item.telling.is_empty() { &item.name } else { &item.telling }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_no_face_overflows() {
        assert_eq!(shares(0, 10, 2), [0]);
        assert_eq!(shares(7, 10, 1), [7]);
        assert_eq!(shares(7, 10, 2), [4, 3]);
        assert_eq!(shares(1, 10, 2), [1]);
        assert_eq!(shares(25, 10, 1), [9, 8, 8]);
        assert_eq!(shares(1_000_000, 10, 1), [10; 6]);
        assert_eq!(shares(i64::MAX, i64::MAX, 1), [i64::MAX]);
    }
}
