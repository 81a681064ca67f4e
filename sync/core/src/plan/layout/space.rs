//! Walking distance between two points of a layout without restrictions.

use super::{Layout, Point};

impl Layout {
    /// The shortest walk between two points, in millimetres, if nothing were restricted.
    ///
    /// In another aisle one must go by some cross-aisle; in the same aisle, straight along it.
    pub fn distance_mm(&self, from: Point, to: Point) -> u32 {
        if from.aisle == to.aisle {
            return from.along_mm.abs_diff(to.along_mm);
        }
        let across = self.at_mm[usize::from(from.aisle)].abs_diff(self.at_mm[usize::from(to.aisle)]);
        across + self.detour(from, to).0
    }

    /// The cross-aisle that the shortest walk between two points of different aisles takes.
    pub(crate) fn best_cross(&self, from: Point, to: Point) -> usize {
        self.detour(from, to).1
    }

    fn detour(&self, from: Point, to: Point) -> (u32, usize) {
        let (low, high) = (from.along_mm.min(to.along_mm), from.along_mm.max(to.along_mm));
        let above = self.cross_mm.partition_point(|row| *row < low);
        let via = |row: usize| {
            let place = self.cross_mm[row];
            place.abs_diff(low) + place.abs_diff(high)
        };
        // The nearest cross-aisle at or above the lower point is best unless the one below it is nearer.
        let up = (above < self.cross_mm.len()).then(|| (via(above), above));
        let down = above.checked_sub(1).map(|row| (via(row), row));
        up.into_iter().chain(down).min().unwrap_or((0, 0))
    }

    /// Where cross-aisle `row` crosses `aisle`.
    pub(crate) fn crossing(&self, aisle: usize, row: usize) -> Point {
        Point { aisle: aisle as u16, along_mm: self.cross_mm[row] }
    }
}
