//! Walks that need not pass everything: each place left out costs what it is worth.
//!
//! With the right worth for every line of an order this is the Lagrangian relaxation of choosing bins: its value
//! less the worth of all lines is a length that no choice can walk less than, and the places it does pass are a
//! good choice to begin with. The search is the exact one, with more ways to walk an aisle.

use super::cell::{Cell, Effect};
use super::dp::Search;
use super::moves::{self, Both, Gather, Moves, Part, Phase, Step};
use super::table::Table;
use super::task::Task;
use super::{End, RouteError, Stop};
use crate::plan::layout::{Layout, Point};

/// The owner of a place that must be passed.
pub(crate) const MUST: usize = usize::MAX;

/// Worths are shares of this.
pub(crate) const WHOLE: u64 = 1 << 10;

/// Ways to walk a cell when places may be left out.
const WAYS: [Effect; 6] =
    [Effect::Void, Effect::Through, Effect::TwoBelow, Effect::TwoAbove, Effect::TwoTwo, Effect::Double];

/// One way: what it costs with what it leaves out, and which places it passes: those before the first number
/// and those from the second on.
#[derive(Debug, Clone, Copy)]
struct Way {
    cost: u32,
    passes: (usize, usize),
}

const NO_WAY: Way = Way { cost: u32::MAX, passes: (0, 0) };

/// A walk past some of many places.
#[derive(Debug)]
pub(crate) struct Prizes<'a> {
    layout: &'a Layout,
    task: Task,
    table: &'static Table,
    search: Search,
    worth: Worth,
    passed: Vec<usize>,
}

/// What places are worth.
#[derive(Debug, Default)]
struct Worth {
    /// By place in the sorted task: whose it is and which share of its owner's worth it has.
    owner: Vec<(usize, u64)>,
    /// By owner.
    worth: Vec<u32>,
    /// By owner, scratch: the share counted in the pass in hand.
    counted: Vec<u64>,
    before: Vec<u32>,
    after: Vec<u32>,
}

impl<'a> Prizes<'a> {
    /// Places with their owner and share. Nothing if the layout is restricted, has too many blocks here, or if
    /// the end depends on the stops.
    pub(crate) fn new(
        layout: &'a Layout,
        start: Point,
        end: End<'_>,
        places: &[(Point, usize, u64)],
        owners: usize,
    ) -> Result<Option<Self>, RouteError> {
        let stops: Vec<Stop> = places.iter().map(|place| Stop::at(place.0)).collect();
        let mut task = Task::default();
        task.read(layout, start, end, &stops)?;
        let table = Table::of(task.rows.1 - task.rows.0 + 1);
        let (Some(table), true, false) = (table, layout.free(), end == End::Anywhere) else {
            return Ok(None);
        };
        let owner = |stop: u32| places.get(stop as usize).map_or((MUST, 0), |place| (place.1, place.2));
        let owner = task.places.iter().map(|place| owner(place.1)).collect();
        let worth = Worth { owner, worth: vec![0; owners], counted: vec![0; owners], ..Worth::default() };
        Ok(Some(Self { layout, task, table, search: Search::default(), worth, passed: Vec::new() }))
    }

    /// The cheapest walk when leaving out owners costs these worths: its length and penalties, less the worth
    /// of all places. Negative worths are not allowed. [`Self::passed`] tells the places passed.
    pub(crate) fn walk(&mut self, worths: &[u32]) -> Option<i64> {
        self.worth.worth.copy_from_slice(worths);
        let (layout, task, table) = (self.layout, &self.task, self.table);
        let mut worth = std::mem::take(&mut self.worth);
        let mut all = 0_i64;
        let value = self.search.sweep(layout, task, table, true, |aisle, phase, out| {
            let column = task.column(aisle);
            let mut aisle = Aisle { layout, task, table, worth: &mut worth, shift: 0 };
            let phase = aisle.gather(column, phase, out);
            all += aisle.shift;
            phase
        });
        self.passed.clear();
        let passed = &mut self.passed;
        self.search.taken(table, |taken| {
            let mut aisle = Aisle { layout, task, table, worth: &mut worth, shift: 0 };
            aisle.passes(taken.aisle, taken.step, taken.effect, passed);
        });
        self.worth = worth;
        value.map(|value| i64::from(value) - all)
    }

    /// The places passed by the last walk, as numbers in the list given.
    pub(crate) fn passed(&self) -> impl Iterator<Item = usize> + '_ {
        self.passed.iter().map(|place| self.task.places[*place].1 as usize)
    }
}

/// One aisle with places that may be left out.
struct Aisle<'a> {
    layout: &'a Layout,
    task: &'a Task,
    table: &'static Table,
    worth: &'a mut Worth,
    /// Worth of everything in it.
    shift: i64,
}

impl Aisle<'_> {
    fn gather(&mut self, column: moves::Column<'_>, phase: Phase, out: &mut Moves) -> Phase {
        let (low, high) = self.task.rows;
        let cross = self.layout.cross_mm();
        let must: Vec<u32> = Vec::new();
        let (layout, task, table) = (self.layout, self.task, self.table);
        let mut both = Both::default();
        let mut gather = Gather { layout, task, table, phase, out, both: &mut both };
        for row in low..=high {
            self.crossing(&mut gather, column, row, &must);
            if row == 0 && cross[0] > 0 {
                self.block(&mut gather, column, row, Part::DeadBelow);
            }
            if row + 1 == cross.len() && cross[row] < self.layout.length_mm() {
                self.block(&mut gather, column, row, Part::DeadAbove);
            }
            if row < high {
                self.block(&mut gather, column, row, Part::Above);
            }
        }
        gather.phase
    }

    fn crossing(&mut self, gather: &mut Gather<'_>, column: moves::Column<'_>, row: usize, must: &[u32]) {
        let at = self.layout.crossing(column.aisle, row).along_mm;
        let here = self.at_crossing(column, at);
        if !here.is_empty() {
            let range = gather.phase.range(self.table);
            let all = self.worth.sum(here.clone());
            self.shift += i64::from(all);
            let musts = here.clone().any(|place| self.worth.owner[place].0 == MUST);
            if !musts {
                gather.add(None, range.clone(), all, 0);
            }
            let got = self.worth.pass(here);
            gather.add(Some(self.table.touch(row - self.task.rows.0)), range, all - got, 1);
            gather.step(Step::Touch { row });
        }
        // Begin and end at the crossing as always, with nothing to visit.
        gather.crossing(moves::Column { along: must, ..column }, row);
    }

    fn at_crossing(&self, column: moves::Column<'_>, at: u32) -> std::ops::Range<usize> {
        let start = column.along.partition_point(|place| *place < at);
        let end = column.along.partition_point(|place| *place <= at);
        column.first + start..column.first + end
    }

    fn block(&mut self, gather: &mut Gather<'_>, column: moves::Column<'_>, row: usize, part: Part) {
        let cell = moves::cell(self.layout, self.task, column.aisle, row, part);
        let (places, ends) = column.within(&cell);
        let begins = self.task.start.is_some_and(|start| moves::holds(&cell, start));
        if begins || !ends.is_empty() {
            // Where the walk begins or ends inside, only what must be passed counts: the rest is a gift.
            let must: Vec<u32> = places
                .filter(|place| self.worth.owner[column.first + place].0 == MUST)
                .map(|place| column.along[place])
                .collect();
            return gather.block(moves::Column { along: &must, ..column }, row, part);
        }
        if places.is_empty() {
            return gather.block(moves::Column { along: &[], ..column }, row, part);
        }
        let cell = Cell { places: &column.along[places.clone()], ..cell };
        let (ways, all) = self.worth.ways(&cell, column.first + places.start);
        self.shift += i64::from(all);
        let range = gather.phase.range(self.table);
        for (way, effect) in ways.iter().zip(WAYS) {
            if way.cost < u32::MAX
                && let Some(to) = moves::target(self.table, row - self.task.rows.0, part, effect)
            {
                gather.add(to, range.clone(), way.cost, effect as u32);
            }
        }
        gather.step(Step::Block { row, part });
    }

    /// Adds the places that a step taken passes.
    fn passes(&mut self, aisle: usize, step: Step, effect: Effect, passed: &mut Vec<usize>) {
        let column = self.task.column(aisle);
        let along = column.along;
        let passing = match step {
            Step::Touch { row } if effect == Effect::Through => {
                passed.extend(self.at_crossing(column, self.layout.crossing(aisle, row).along_mm));
                return;
            }
            Step::Block { row, part } => (row, part),
            _ => return,
        };
        let cell = moves::cell(self.layout, self.task, aisle, passing.0, passing.1);
        let (places, inner) = column.within(&cell);
        let begins = self.task.start.is_some_and(|start| moves::holds(&cell, start));
        if begins || !inner.is_empty() || places.is_empty() {
            return;
        }
        let start = column.first + places.start;
        let count = places.len();
        let (ways, _) = self.worth.ways(&Cell { places: &along[places], ..cell }, start);
        let way = WAYS.iter().position(|way| *way == effect).map_or(NO_WAY, |way| ways[way]);
        passed.extend((start..start + way.passes.0).chain(start + way.passes.1..start + count));
    }
}

impl Worth {
    fn value(&self, place: usize) -> u32 {
        let (owner, share) = self.owner[place];
        self.worth.get(owner).map_or(0, |worth| (u64::from(*worth) * share).div_ceil(WHOLE) as u32)
    }

    fn sum(&self, places: std::ops::Range<usize>) -> u32 {
        places.map(|place| self.value(place)).sum()
    }

    /// What passing all these places is worth: nobody's worth counts more than once.
    fn pass(&mut self, places: std::ops::Range<usize>) -> u32 {
        let got = places.clone().map(|place| self.count(place)).sum();
        places.for_each(|place| self.forget(place));
        got
    }

    fn count(&mut self, place: usize) -> u32 {
        let (owner, share) = self.owner[place];
        let Some(counted) = self.counted.get_mut(owner) else { return 0 };
        let more = share.min(WHOLE - *counted);
        *counted += more;
        (u64::from(self.worth[owner]) * more).div_ceil(WHOLE) as u32
    }

    fn forget(&mut self, place: usize) {
        if let Some(counted) = self.counted.get_mut(self.owner[place].0) {
            *counted = 0;
        }
    }

    /// The ways to walk a cell whose places begin at `first`, and the worth of all of them.
    fn ways(&mut self, cell: &Cell<'_>, first: usize) -> ([Way; WAYS.len()], u32) {
        let count = cell.places.len();
        let all = self.sum(first..first + count);
        let (mut before, mut after) = (std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        before.clear();
        before.push(0);
        for place in 0..count {
            let got = self.count(first + place);
            before.push(before[place] + got);
        }
        (first..first + count).for_each(|place| self.forget(place));
        after.clear();
        after.resize(count + 1, 0);
        for place in (0..count).rev() {
            after[place] = after[place + 1] + self.count(first + place);
        }
        (first..first + count).for_each(|place| self.forget(place));
        let must = |place: &usize| self.owner[first + place].0 == MUST;
        let (first_must, last_must) = ((0..count).find(must), (0..count).rfind(must));
        let length = cell.above - cell.below;
        let left = all - before[count];
        let mut ways = [NO_WAY; WAYS.len()];
        let through = Way { cost: length + left, passes: (count, count) };
        if last_must.is_none() {
            ways[0] = Way { cost: all, passes: (0, count) };
        }
        if cell.dead == (false, false) {
            ways[1] = through;
            if cell.double {
                ways[5] = Way { cost: 2 * length + left, ..through };
            }
        }
        let mut best = NO_WAY;
        for place in 0..count {
            let down =
                Way { cost: 2 * (cell.above - cell.places[place]) + all - after[place], passes: (0, place) };
            if first_must.is_none_or(|must| place <= must) && down.cost < ways[3].cost {
                ways[3] = down;
            }
            // From both sides: the best way in from below so far, and from above down to here.
            if best.cost < u32::MAX {
                let cost = best.cost + down.cost - all;
                if last_must.is_none_or(|must| must < best.passes.0 || place <= must) && cost < ways[4].cost {
                    ways[4] = Way { cost, passes: (best.passes.0, place) };
                }
            }
            let up = Way {
                cost: 2 * (cell.places[place] - cell.below) + all - before[place + 1],
                passes: (place + 1, count),
            };
            if last_must.is_none_or(|must| must <= place) && up.cost < ways[2].cost {
                ways[2] = up;
            }
            if must(&place) || up.cost < best.cost {
                best = up;
            }
        }
        (self.before, self.after) = (before, after);
        (ways, all)
    }
}
