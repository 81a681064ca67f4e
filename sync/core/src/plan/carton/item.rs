//! What the searches work on: pieces and cartons as plain numbers, checked once.
//!
//! In: the caller's pieces and cartons. Out: a [`Load`] in which every piece fits at least one carton.
//! Past this point no size is zero and no sum can overflow.

use std::collections::{BTreeMap, BTreeSet};

use super::{Carton, MAX_CARTONS, MAX_EDGE_MM, MAX_PIECES, MAX_WEIGHT_G, Piece, Refusal};

/// A piece as numbers.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The distinct sizes it can show as (x, y, z), in the order tried.
    pub(super) turns: Vec<[u32; 3]>,
    pub(super) volume: u64,
    pub(super) weight: u64,
    pub(super) fragile: bool,
    /// Its height is its own.
    pub(super) upright: bool,
    /// Items of one kind are exchangeable.
    pub(super) kind: usize,
}

/// A carton as numbers.
#[derive(Debug, Clone)]
pub(super) struct Bin {
    pub(super) size: [u32; 3],
    pub(super) volume: u64,
    /// What its contents may weigh.
    pub(super) load: u64,
    pub(super) empty: u64,
    pub(super) cost: u64,
}

/// One order, checked.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) items: Vec<Item>,
    pub(super) bins: Vec<Bin>,
    /// How many kinds the items have.
    pub(super) kinds: usize,
}

impl Load {
    /// Checks and converts.
    pub(super) fn read(pieces: &[Piece], cartons: &[Carton]) -> Result<Self, Refusal> {
        if pieces.len() > MAX_PIECES {
            return Err(Refusal::TooManyPieces(pieces.len()));
        }
        if cartons.len() > MAX_CARTONS {
            return Err(Refusal::TooManyCartons(cartons.len()));
        }
        if cartons.is_empty() && !pieces.is_empty() {
            return Err(Refusal::NoCartons);
        }
        let bins = cartons.iter().map(bin).collect::<Result<Vec<_>, _>>()?;
        let mut kinds = BTreeMap::new();
        let mut items = Vec::with_capacity(pieces.len());
        for piece in pieces {
            items.push(item(piece, &mut kinds)?);
        }
        let homeless: BTreeSet<&str> = items
            .iter()
            .zip(pieces)
            .filter(|(item, _)| !bins.iter().any(|bin| bin.takes(item)))
            .map(|(_, piece)| piece.id.as_str())
            .collect();
        if !homeless.is_empty() {
            return Err(Refusal::FitsNoCarton(homeless.into_iter().map(str::to_owned).collect()));
        }
        Ok(Self { items, bins, kinds: kinds.len() })
    }
}

impl Bin {
    /// Whether the item alone fits.
    pub(super) fn takes(&self, item: &Item) -> bool {
        item.weight <= self.load && item.turns.iter().any(|turn| self.holds(turn))
    }

    /// Whether a box of this size fits as it is turned.
    pub(super) fn holds(&self, size: &[u32; 3]) -> bool {
        size.iter().zip(&self.size).all(|(edge, room)| edge <= room)
    }
}

fn sane(edges: [u32; 3], weight_g: u32) -> bool {
    edges.iter().all(|edge| (1..=MAX_EDGE_MM).contains(edge)) && weight_g <= MAX_WEIGHT_G
}

fn volume(size: [u32; 3]) -> u64 {
    size.iter().map(|&edge| u64::from(edge)).product()
}

fn bin(carton: &Carton) -> Result<Bin, Refusal> {
    let size = [carton.w, carton.l, carton.d];
    if !sane(size, carton.empty_g) || carton.empty_g > carton.max_g {
        return Err(Refusal::AbsurdCarton(carton.code.clone()));
    }
    Ok(Bin {
        size,
        volume: volume(size),
        load: u64::from(carton.max_g - carton.empty_g),
        empty: u64::from(carton.empty_g),
        cost: carton.cost,
    })
}

type Kinds = BTreeMap<([u32; 3], u32, bool, bool), usize>;

fn item(piece: &Piece, kinds: &mut Kinds) -> Result<Item, Refusal> {
    let size = [piece.w, piece.l, piece.d];
    if !sane(size, piece.weight_g) {
        return Err(Refusal::AbsurdPiece(piece.id.clone()));
    }
    let next = kinds.len();
    let mut shape = size;
    if piece.this_side_up {
        shape[..2].sort_unstable();
    } else {
        shape.sort_unstable();
    }
    let kind = *kinds.entry((shape, piece.weight_g, piece.this_side_up, piece.fragile)).or_insert(next);
    let [w, l, d] = shape;
    let mut turns = vec![[w, l, d], [l, w, d]];
    if !piece.this_side_up {
        turns.extend([[w, d, l], [d, w, l], [l, d, w], [d, l, w]]);
    }
    turns.sort_unstable();
    turns.dedup();
    Ok(Item {
        turns,
        volume: volume(size),
        weight: piece.weight_g.into(),
        fragile: piece.fragile,
        upright: piece.this_side_up,
        kind,
    })
}
