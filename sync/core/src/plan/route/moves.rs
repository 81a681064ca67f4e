//! What can be done in one aisle, step by step, as moves between states: the part of the search that knows the
//! layout and the stops, but no lengths reached so far.

use super::cell::{self, Cell, Choices, Effect, NONE};
use super::table::Table;
use super::task::{Finish, Task};
use crate::plan::layout::{Layout, Point};
use std::ops::Range;

/// Set in a move's mark when the walk ends with it; the bits below are its effect.
pub(super) const ENDS_HERE: u32 = 1 << 8;

/// What is decided in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Something is to be done at a crossing.
    Touch { row: usize },
    /// The walk begins at a crossing.
    Start,
    /// The walk may (or must) end at a crossing.
    End { row: usize },
    /// A block of the aisle above cross-aisle `row`, or a dead end at it.
    Block { row: usize, part: Part },
    /// On to the next aisle.
    Across,
}

/// Which part of an aisle beside a crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The block above it.
    Above,
    /// The dead end beyond the last cross-aisle.
    DeadAbove,
    /// The dead end before the first.
    DeadBelow,
}

/// One way to make a step, from each of a range of states.
#[derive(Debug, Clone)]
pub(super) struct Move {
    /// State reached from each state; `None`: the same.
    pub(super) to: Option<&'static [u16]>,
    pub(super) cost: u32,
    pub(super) mark: u32,
    pub(super) from: Range<usize>,
}

/// The steps of one aisle, each with its moves.
#[derive(Debug, Default, Clone)]
pub(super) struct Moves {
    pub(super) moves: Vec<Move>,
    /// Each step, with where its moves end.
    pub(super) steps: Vec<(Step, usize)>,
}

/// Which states can occur, by what the walk has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phase {
    begun: bool,
    even: bool,
    odd: bool,
    terminals: u8,
}

impl Phase {
    /// Before the first aisle.
    pub(super) const NEW: Self = Self { begun: false, even: true, odd: false, terminals: 0 };

    /// States that can be reached so far.
    pub(super) fn range(self, table: &Table) -> Range<usize> {
        let low = if self.even { 0 } else { table.even };
        let even = if self.terminals > 1 { table.even } else { table.closed };
        low..if self.odd { table.states } else { even }
    }

    /// States in which the walk has not ended yet.
    pub(super) fn not_ended(self, table: &Table) -> Range<usize> {
        if self.begun { table.even..table.states } else { 0..table.closed }
    }

    pub(super) fn begin(&mut self) {
        (self.even, self.odd, self.begun) = (self.odd, self.even, true);
        self.terminals += 1;
    }

    pub(super) fn end(&mut self, fixed: bool) {
        let both = (true, true);
        (self.even, self.odd) = if fixed { (self.odd, self.even) } else { both };
        self.terminals = self.terminals.saturating_add(1);
    }
}

/// The part of a sorted task in one aisle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) aisle: usize,
    /// Number of its first place among all places of the task.
    pub(super) first: usize,
    /// Places to visit, rising.
    pub(super) along: &'a [u32],
    /// Where the walk may end, rising.
    pub(super) ends: &'a [u32],
}

impl Column<'_> {
    /// The places and possible ends within a cell, without its crossings.
    pub(super) fn within(&self, cell: &Cell<'_>) -> (Range<usize>, Range<usize>) {
        let cut = |along: &[u32]| {
            let start =
                along.partition_point(|at| if cell.dead.0 { *at < cell.below } else { *at <= cell.below });
            let end =
                along.partition_point(|at| if cell.dead.1 { *at <= cell.above } else { *at < cell.above });
            start..end.max(start)
        };
        (cut(self.along), cut(self.ends))
    }
}

/// The cell of a part of an aisle, still empty.
pub(super) fn cell<'a>(layout: &'a Layout, task: &Task, aisle: usize, row: usize, part: Part) -> Cell<'a> {
    let cross = layout.cross_mm();
    let (below, above, dead) = match part {
        Part::Above => (cross[row], cross[row + 1], (false, false)),
        Part::DeadAbove => (cross[row], layout.length_mm(), (false, true)),
        Part::DeadBelow => (0, cross[row], (true, false)),
    };
    let free = layout.free();
    Cell {
        aisle,
        below,
        above,
        places: &[],
        start: None,
        end: None,
        may_turn: !matches!(part, Part::Above) || free || layout.limits().may_turn(aisle, row),
        dead,
        // In one free block a round never walks an aisle twice from end to end (Revenant et al. 2024).
        double: task.finish != Some(Finish::Closed) || !free || task.rows.1 > task.rows.0 + 1,
        limits: (!free).then(|| layout.limits()),
    }
}

/// Whether a point lies inside a cell (its crossings belong to no cell, dead ends to theirs).
pub(super) fn holds(cell: &Cell<'_>, point: Point) -> bool {
    let above = point.along_mm > cell.below || (cell.dead.0 && point.along_mm == cell.below);
    let below = point.along_mm < cell.above || (cell.dead.1 && point.along_mm == cell.above);
    usize::from(point.aisle) == cell.aisle && above && below
}

/// The choices in a cell where the walk does not end, and (if it can end there) where it does.
#[derive(Debug)]
pub(super) struct Both {
    pub(super) plain: Choices,
    pub(super) ending: Choices,
    pub(super) may_end: bool,
}

impl Default for Both {
    fn default() -> Self {
        Self { plain: NONE, ending: NONE, may_end: false }
    }
}

impl Both {
    /// Works out the choices in a cell.
    pub(super) fn read(&mut self, cell: Cell<'_>, column: Column<'_>, task: &Task) {
        let (places, ends) = column.within(&cell);
        let start = task.start.filter(|start| holds(&cell, *start)).map(|start| start.along_mm);
        let cell = Cell { places: &column.along[places], start, ..cell };
        self.plain = NONE;
        self.may_end = !ends.is_empty();
        if task.finish != Some(Finish::Fixed) || !self.may_end {
            cell.choose(&mut self.plain);
        }
        if self.may_end {
            self.ending = NONE;
            for end in &column.ends[ends] {
                Cell { end: Some(*end), ..cell }.choose(&mut self.ending);
            }
        }
    }
}

/// Where moves are gathered.
pub(super) struct Gather<'a> {
    pub(super) layout: &'a Layout,
    pub(super) task: &'a Task,
    pub(super) table: &'static Table,
    pub(super) phase: Phase,
    pub(super) out: &'a mut Moves,
    pub(super) both: &'a mut Both,
}

impl Gather<'_> {
    /// All steps of an aisle, front to back.
    pub(super) fn column(&mut self, column: Column<'_>) {
        let (low, high) = self.task.rows;
        let cross = self.layout.cross_mm();
        for row in low..=high {
            self.crossing(column, row);
            if row == 0 && cross[0] > 0 {
                self.block(column, row, Part::DeadBelow);
            }
            if row + 1 == cross.len() && cross[row] < self.layout.length_mm() {
                self.block(column, row, Part::DeadAbove);
            }
            if row < high {
                self.block(column, row, Part::Above);
            }
        }
    }

    pub(super) fn add(&mut self, to: Option<&'static [u16]>, from: Range<usize>, cost: u32, mark: u32) {
        self.out.moves.push(Move { to, cost, mark, from });
    }

    pub(super) fn step(&mut self, step: Step) {
        self.out.steps.push((step, self.out.moves.len()));
    }

    pub(super) fn crossing(&mut self, column: Column<'_>, row: usize) {
        let at = self.layout.crossing(column.aisle, row);
        let local = row - self.task.rows.0;
        if column.along.binary_search(&at.along_mm).is_ok() {
            self.add(Some(self.table.touch(local)), self.phase.range(self.table), 0, 0);
            self.step(Step::Touch { row });
        }
        if self.task.start == Some(at) {
            self.add(Some(self.table.flip(local)), self.phase.range(self.table), 0, 0);
            self.step(Step::Start);
            self.phase.begin();
        }
        if column.ends.binary_search(&at.along_mm).is_ok() {
            let fixed = self.task.finish == Some(Finish::Fixed);
            if !fixed {
                self.add(None, self.phase.range(self.table), 0, 0);
            }
            self.add(Some(self.table.flip(local)), self.phase.not_ended(self.table), 0, ENDS_HERE);
            self.step(Step::End { row });
            self.phase.end(fixed);
        }
    }

    pub(super) fn block(&mut self, column: Column<'_>, row: usize, part: Part) {
        let cell = cell(self.layout, self.task, column.aisle, row, part);
        let begins = self.task.start.is_some_and(|start| holds(&cell, start));
        let (places, ends) = column.within(&cell);
        if places.is_empty() && ends.is_empty() && !begins {
            return self.empty(&cell, row, part);
        }
        if cell.limits.is_none() && part == Part::Above && ends.is_empty() && !begins {
            return self.passed(&cell, &column.along[places], row);
        }
        self.both.read(cell, column, self.task);
        let table = self.table;
        let (range, open) = (self.phase.range(table), self.phase.not_ended(table));
        let may_end = self.both.may_end;
        for (choices, range, mark) in [(&self.both.plain, range, 0), (&self.both.ending, open, ENDS_HERE)] {
            if mark == ENDS_HERE && !may_end {
                break;
            }
            for effect in Effect::ALL {
                let cost = choices[effect as usize].cost;
                if cost < u32::MAX
                    && let Some(to) = target(table, row - self.task.rows.0, part, effect)
                {
                    self.out.moves.push(Move { to, cost, mark: mark | effect as u32, from: range.clone() });
                }
            }
        }
        self.step(Step::Block { row, part });
        if begins {
            self.phase.begin();
        }
        if may_end {
            self.phase.end(self.task.finish == Some(Finish::Fixed));
        }
    }

    /// A free cell with places to visit, where the walk neither begins nor ends: most of them. The choices are those
    /// of [`Cell::choose`].
    fn passed(&mut self, cell: &Cell<'_>, places: &[u32], row: usize) {
        let ([first, .., last] | [first @ last]) = places else { return };
        let length = cell.above - cell.below;
        let (gap, _) = cell::widest(places);
        let ways = [
            (Effect::Through, length),
            (Effect::TwoBelow, 2 * (last - cell.below)),
            (Effect::TwoAbove, 2 * (cell.above - first)),
            (Effect::TwoTwo, if places.len() > 1 { 2 * (length - gap) } else { u32::MAX }),
            (Effect::Double, if cell.double { 2 * length } else { u32::MAX }),
        ];
        let (range, local) = (self.phase.range(self.table), row - self.task.rows.0);
        for (effect, cost) in ways.into_iter().filter(|way| way.1 < u32::MAX) {
            self.add(self.table.effect(local, effect), range.clone(), cost, effect as u32);
        }
        self.step(Step::Block { row, part: Part::Above });
    }

    /// A cell with nothing to do in it: passed by or walked through.
    fn empty(&mut self, cell: &Cell<'_>, row: usize, part: Part) {
        let blocked = cell.limits.is_some_and(|limits| limits.blocked(cell.aisle, cell.below, cell.above));
        if blocked || part != Part::Above {
            return;
        }
        let (range, local) = (self.phase.range(self.table), row - self.task.rows.0);
        let length = cell.above - cell.below;
        self.add(None, range.clone(), 0, Effect::Void as u32);
        self.add(self.table.effect(local, Effect::Through), range.clone(), length, Effect::Through as u32);
        if cell.double {
            self.add(self.table.effect(local, Effect::Double), range, 2 * length, Effect::Double as u32);
        }
        self.step(Step::Block { row, part });
    }
}

/// The states that an effect leads to; nothing if a dead end cannot have it.
pub(super) fn target(
    table: &'static Table,
    row: usize,
    part: Part,
    effect: Effect,
) -> Option<Option<&'static [u16]>> {
    match (part, effect) {
        (_, Effect::Void) => Some(None),
        (Part::Above, _) => Some(table.effect(row, effect)),
        (Part::DeadAbove, Effect::TwoBelow) | (Part::DeadBelow, Effect::TwoAbove) => {
            Some(Some(table.touch(row)))
        }
        (Part::DeadAbove, Effect::OneBelow) | (Part::DeadBelow, Effect::OneAbove) => {
            Some(Some(table.flip(row)))
        }
        _ => None,
    }
}
