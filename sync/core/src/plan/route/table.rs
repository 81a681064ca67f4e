//! The states of a walk cut at an aisle, and what each move does to them. Computed when the crate is built
//! (`build/route_tables.rs`), read here, never changed.

use super::cell::Effect;

/// The state before anything happened.
pub(super) const NOTHING: usize = 0;
/// The state of a finished walk.
pub(super) const DONE: usize = 1;
/// More than the states of the largest table, a power of two: an index masked by it is always in range.
pub(super) const SLOTS: usize = 4096;

/// Effects that concern both crossings of a block.
const PAIRS: usize = 8;

/// Everything known for one number of cross-aisles. Targets equal to `states` are moves that cannot be made.
#[derive(Debug)]
pub(super) struct Table {
    /// How many states there are.
    pub(super) states: usize,
    /// States below this one suffice for a closed walk.
    pub(super) closed: usize,
    /// States below this one have an even number of odd crossings.
    pub(super) even: usize,
    touch: &'static [u16],
    flip: &'static [u16],
    pair: &'static [u16],
    /// Moves to the next aisle by rising origin: from, to, edges walked (bits 32..40),
    /// rows walked once (40..48), rows walked twice (48..56).
    pub(super) across: &'static [u64],
}

include!(concat!(env!("OUT_DIR"), "/route_tables.rs"));

impl Table {
    /// The tables for this many cross-aisles, at most [`MOST_ROWS`].
    pub(super) fn of(rows: usize) -> Option<&'static Self> {
        TABLES.get(rows.checked_sub(1)?)
    }

    /// The crossing at `row` is used, without an end of the walk there.
    pub(super) fn touch(&self, row: usize) -> &'static [u16] {
        &self.touch[row * self.states..(row + 1) * self.states]
    }

    /// The walk begins or ends at the crossing at `row`, or leaves it once.
    pub(super) fn flip(&self, row: usize) -> &'static [u16] {
        &self.flip[row * self.states..(row + 1) * self.states]
    }

    /// What walking in the aisle above `row` does; `None` if nothing.
    pub(super) fn effect(&self, row: usize, effect: Effect) -> Option<&'static [u16]> {
        let pair = match effect {
            Effect::Void => return None,
            Effect::TwoBelow => return Some(self.touch(row)),
            Effect::TwoAbove => return Some(self.touch(row + 1)),
            Effect::OneBelow => return Some(self.flip(row)),
            Effect::OneAbove => return Some(self.flip(row + 1)),
            Effect::Through => 0,
            Effect::TwoTwo => 1,
            Effect::Double => 2,
            Effect::OneTwo => 3,
            Effect::TwoOne => 4,
            Effect::OneTwoJoined => 5,
            Effect::TwoOneJoined => 6,
            Effect::OneOne => 7,
        };
        let start = (row * PAIRS + pair) * self.states;
        Some(&self.pair[start..start + self.states])
    }

    /// The moves to the next aisle from the states `from..to`.
    pub(super) fn across(&self, from: usize, to: usize) -> &'static [u64] {
        let origin = |edge: &u64| (edge & 0xFFFF) as usize;
        let start = self.across.partition_point(|edge| origin(edge) < from);
        let end = self.across.partition_point(|edge| origin(edge) < to);
        &self.across[start..end]
    }
}

#[cfg(test)]
mod tests {
    use super::{SLOTS, TABLES, Table};

    #[test]
    fn the_states_are_as_many_as_theory_has_them() {
        // Ratliff and Rosenthal have 7 for two cross-aisles, Roodbergen and de Koster 25 for three.
        let counts: Vec<(usize, usize)> = TABLES.iter().map(|table| (table.closed, table.states)).collect();
        assert_eq!(counts, [(3, 4), (7, 14), (25, 71), (113, 421), (569, 2_665)]);
        // One slot is left for moves that cannot be made.
        assert!(counts.iter().all(|count| count.1 < SLOTS));
    }

    #[test]
    fn tables_for_three_blocks_fit_a_small_cache() {
        let bytes = |table: &Table| {
            2 * (table.touch.len() + table.flip.len() + table.pair.len()) + 8 * table.across.len()
        };
        assert!(bytes(&TABLES[3]) < 64 * 1024, "{}", bytes(&TABLES[3]));
    }
}
