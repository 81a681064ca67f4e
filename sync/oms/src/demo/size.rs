//! Sizes, weights and cartons.
//!
//! Items get the size and weight of a real thing from a sample: the one that a hash of the SKU points to, so that
//! an item is the same on every day and in every file. Nothing is ever scaled or turned into another shape to
//! make it fit; a thing of the sample that fits no carton, or is too heavy for it, is not chosen for any item.

use std::collections::BTreeMap;

use aisle_core::item::CartonType;

use super::draw;
use crate::{
    settings::known,
    sheet::{Sheet, SheetError},
};

/// A real thing: its sides in millimetres as packed, its weight in grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thing {
    /// Width, length, height.
    pub(super) size_mm: [u32; 3],
    /// Weight.
    pub(super) weight_g: u32,
}

impl Thing {
    /// Its volume in millilitres, rounded up.
    pub(super) fn millilitres(&self) -> u64 {
        self.size_mm.iter().map(|side| u64::from(*side)).product::<u64>().div_ceil(1_000)
    }
}

/// The columns of a sample, with their usual headers.
const COLUMNS: [(&str, &str); 4] = [
    ("width_mm", "width_mm"),
    ("length_mm", "length_mm"),
    ("height_mm", "height_mm"),
    ("weight_g", "weight_g"),
];

/// Reads a sample: its distinct things that fit the largest carton, smallest first. Broken rows are passed over.
pub(super) fn read(bytes: &[u8], cartons: &[CartonType]) -> Result<Vec<Thing>, SheetError> {
    let sheet = Sheet::read(bytes, &COLUMNS, &BTreeMap::new())?;
    let mut things = Vec::new();
    for row in sheet.rows() {
        let side = |column| row.number(column, 1..=10_000).map(|mm| u32::try_from(mm).unwrap_or(0));
        let (Ok(w), Ok(l), Ok(h)) = (side("width_mm"), side("length_mm"), side("height_mm")) else {
            continue;
        };
        let Ok(weight) = row.number("weight_g", 1..=1_000_000) else { continue };
        let thing = Thing { size_mm: [w, l, h], weight_g: u32::try_from(weight).unwrap_or(0) };
        if row.whole().is_ok() && cartons.iter().any(|carton| fits(&thing, carton)) {
            things.push(thing);
        }
    }
    things.sort_unstable();
    things.dedup();
    Ok(things)
}

/// The thing that stands for an item; `None` when the sample is empty.
pub(super) fn thing_for(sku: &str, sample: &[Thing]) -> Option<Thing> {
    let count = u64::try_from(sample.len()).unwrap_or(u64::MAX);
    let index = draw(0, "size", sku).checked_rem(count)?;
    usize::try_from(index).ok().and_then(|index| sample.get(index).copied())
}

/// Whether a thing goes into a carton alone, turned any way round.
pub(super) fn fits(thing: &Thing, carton: &CartonType) -> bool {
    let (mut sides, mut room) = (thing.size_mm, carton.inner_mm);
    sides.sort_unstable();
    room.sort_unstable();
    let light = thing.weight_g.saturating_add(carton.empty_g) <= carton.max_g;
    light && sides.iter().zip(&room).all(|(side, room)| side <= room)
}

/// The cartons a shop of this kind keeps: four sizes of shipping box and one for long things, single or (from
/// L on) double wall, with what such boxes weigh empty and may weigh filled.
pub(super) fn cartons() -> Vec<CartonType> {
    let carton = |code, rank, inner_mm: [u32; 3], wall: [u32; 3], empty_g, max_g| CartonType {
        code: known(code),
        rank,
        inner_mm,
        outer_mm: [inner_mm[0] + wall[0], inner_mm[1] + wall[1], inner_mm[2] + wall[2]],
        empty_g,
        max_g,
    };
    vec![
        carton("S", 1, [230, 160, 100], [6, 6, 12], 95, 5_000),
        carton("M", 2, [305, 230, 150], [6, 6, 12], 190, 10_000),
        carton("L", 3, [400, 300, 250], [12, 12, 24], 480, 20_000),
        carton("XL", 4, [600, 400, 400], [12, 12, 24], 980, 30_000),
        carton("LONG", 5, [900, 180, 150], [6, 6, 12], 430, 15_000),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_no_carton_is_never_chosen() {
        let cartons = cartons();
        let text = "width_mm,length_mm,height_mm,weight_g\n\
            10,20,30,40\n10,20,30,40\n1000,500,500,10\n10,10,10,40000\nx,1,1,1\n1,2\n150,880,140,900\n";
        let sample = read(text.as_bytes(), &cartons).unwrap();
        let sizes: Vec<_> = sample.iter().map(|thing| thing.size_mm).collect();
        assert_eq!(sizes, [[10, 20, 30], [150, 880, 140]]);
        assert_eq!(thing_for("85123A", &sample), thing_for("85123A", &sample));
        assert_eq!(thing_for("85123A", &[]), None);
    }

    #[test]
    fn a_carton_is_larger_outside_than_inside() {
        for carton in cartons() {
            assert!(carton.inner_mm.iter().zip(&carton.outer_mm).all(|(inner, outer)| inner < outer));
            assert!(carton.empty_g < carton.max_g);
        }
    }
}
