//! The exact search: from the first aisle to the last, the cheapest way to reach each state of the cut.
//!
//! A value holds the length in its upper half and, below, how the state was reached in this step, so that one
//! comparison settles both. Loops run over plain tables; nothing is allocated once the buffers have grown.

use super::cell::{Cell, Choices, Effect, NONE};
use super::table::{DONE, NOTHING, SLOTS, Table};
use super::task::{Finish, Task};
use crate::plan::layout::{Layout, Point};
use std::ops::Range;

/// Nothing known yet; twice this still fits.
const FAR: u64 = 0x7FFF_FFFF << 32;
const LENGTH: u64 = !0xFFFF_FFFF;
/// Set in a step's mark when the walk ends in it.
const ENDS_HERE: u64 = 1 << 8;

/// What is decided in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Something is to be done at a crossing.
    Touch { row: usize },
    /// The walk begins at a crossing.
    Start { row: usize },
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

/// A step that was taken on the cheapest walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) aisle: usize,
    pub(super) step: Step,
    /// The effect chosen in a block.
    pub(super) effect: Effect,
    /// Whether the walk ends in this step.
    pub(super) ends: bool,
    /// Rows walked to the next aisle: bits 0..8 once, 8..16 twice.
    pub(super) across: u32,
}

/// Buffers of the search, used again and again.
#[derive(Debug)]
pub(super) struct Search {
    now: Box<[u64; SLOTS]>,
    next: Box<[u64; SLOTS]>,
    trace: Vec<u32>,
    steps: Vec<(usize, Step)>,
    keep: bool,
    begun: bool,
    even: bool,
    odd: bool,
    terminals: u8,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            now: Box::new([FAR; SLOTS]),
            next: Box::new([FAR; SLOTS]),
            trace: Vec::new(),
            steps: Vec::new(),
            keep: false,
            begun: false,
            even: true,
            odd: false,
            terminals: 0,
        }
    }
}

/// The part of a sorted task in one aisle.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) aisle: usize,
    pub(super) places: Range<usize>,
    pub(super) ends: Range<usize>,
}

impl Column {
    pub(super) fn next(task: &Task, aisle: usize, before: &Column) -> Self {
        let places = span(&task.places[before.places.end..], |place| usize::from(place.0.aisle) <= aisle);
        let ends = span(&task.ends[before.ends.end..], |end| usize::from(end.aisle) <= aisle);
        Self {
            aisle,
            places: before.places.end..before.places.end + places,
            ends: before.ends.end..before.ends.end + ends,
        }
    }

    pub(super) fn none() -> Self {
        Self { aisle: 0, places: 0..0, ends: 0..0 }
    }

    /// The places and possible ends of this column within a part of the aisle, without its crossings.
    pub(super) fn within(
        &self,
        task: &Task,
        low: u32,
        high: u32,
        dead: (bool, bool),
    ) -> (Range<usize>, Range<usize>) {
        let after = |along: u32| along > low || (dead.0 && along == low);
        let before = |along: u32| along < high || (dead.1 && along == high);
        let cut = |range: &Range<usize>, along: &dyn Fn(usize) -> u32| {
            let start = range.start + count(range.clone(), |at| !after(along(at)));
            let end = start + count(start..range.end, |at| before(along(at)));
            start..end
        };
        (cut(&self.places, &|at| task.along[at]), cut(&self.ends, &|at| task.ends[at].along_mm))
    }
}

fn span<T>(items: &[T], belongs: impl Fn(&T) -> bool) -> usize {
    items.iter().take_while(|item| belongs(item)).count()
}

fn count(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    range.take_while(|at| holds(*at)).count()
}

/// The cell of a part of an aisle.
pub(super) fn cell<'a>(layout: &'a Layout, task: &'a Task, aisle: usize, row: usize, part: Part) -> Cell<'a> {
    let cross = layout.cross_mm();
    let (below, above, dead) = match part {
        Part::Above => (cross[row], cross[row + 1], (false, false)),
        Part::DeadAbove => (cross[row], layout.length_mm(), (false, true)),
        Part::DeadBelow => (0, cross[row], (true, false)),
    };
    let turning = !matches!(part, Part::Above) || layout.free() || layout.limits().may_turn(aisle, row);
    Cell {
        aisle,
        below,
        above,
        places: &[],
        start: None,
        end: None,
        may_turn: turning,
        dead,
        double: task.finish != Some(Finish::Closed) || !layout.free() || task.rows.1 > task.rows.0 + 1,
        limits: (!layout.free()).then(|| layout.limits()),
    }
}

/// Whether a point lies inside a cell (its crossings belong to no cell, dead ends to theirs).
pub(super) fn holds(cell: &Cell<'_>, point: Point) -> bool {
    let above = point.along_mm > cell.below || (cell.dead.0 && point.along_mm == cell.below);
    let below = point.along_mm < cell.above || (cell.dead.1 && point.along_mm == cell.above);
    usize::from(point.aisle) == cell.aisle && above && below
}

/// The choices in a cell where the walk does not end, and where it does.
pub(super) fn choices(cell: Cell<'_>, column: &Column, task: &Task) -> (Choices, Option<Choices>) {
    let (places, ends) = column.within(task, cell.below, cell.above, cell.dead);
    let start = task.start.filter(|start| holds(&cell, *start)).map(|start| start.along_mm);
    let cell = Cell { places: &task.along[places], start, ..cell };
    let mut plain = NONE;
    let fixed = task.finish == Some(Finish::Fixed);
    if !fixed || ends.is_empty() {
        cell.choose(&mut plain);
    }
    let ending = (!ends.is_empty()).then(|| {
        let mut best = NONE;
        for end in ends {
            Cell { end: Some(task.ends[end].along_mm), ..cell }.choose(&mut best);
        }
        best
    });
    (plain, ending)
}

impl Search {
    /// Length of the shortest walk, or nothing if there is none. With `keep`, [`Self::taken`] tells the walk.
    pub(super) fn run(&mut self, layout: &Layout, task: &Task, table: &Table, keep: bool) -> Option<u32> {
        self.trace.clear();
        self.steps.clear();
        (self.keep, self.begun, self.even, self.odd, self.terminals) = (keep, false, true, false, 0);
        self.now[..=table.states].fill(FAR);
        self.next[..=table.states].fill(FAR);
        self.now[NOTHING] = 0;
        let (first, last) = task.aisles;
        let mut column = Column::none();
        for aisle in first..=last {
            column = Column::next(task, aisle, &column);
            self.column(layout, task, table, &column);
            if aisle < last {
                self.across(layout, task, table, aisle);
            }
        }
        let finishing = |edge: &&u64| (**edge >> 16 & 0xFFFF) as usize == DONE && **edge >> 32 & 0xFF == 0;
        let states =
            table.across(0, table.even).iter().filter(finishing).map(|edge| (edge & 0xFFFF) as usize);
        let (length, state) = states.map(|state| (self.now[state] >> 32, state)).min()?;
        if length >= FAR >> 32 {
            return None;
        }
        self.trace.push(state as u32);
        Some(length as u32)
    }

    fn column(&mut self, layout: &Layout, task: &Task, table: &Table, column: &Column) {
        let (low, high) = task.rows;
        let cross = layout.cross_mm();
        for row in low..=high {
            self.crossing(layout, task, table, column, row);
            let before = row == 0 && cross[0] > 0;
            let beyond = row + 1 == cross.len() && cross[row] < layout.length_mm();
            if before {
                self.block(layout, task, table, column, row, Part::DeadBelow);
            }
            if beyond {
                self.block(layout, task, table, column, row, Part::DeadAbove);
            }
            if row < high {
                self.block(layout, task, table, column, row, Part::Above);
            }
        }
    }

    fn crossing(&mut self, layout: &Layout, task: &Task, table: &Table, column: &Column, row: usize) {
        let at = layout.crossing(column.aisle, row);
        let local = row - task.rows.0;
        if task.places[column.places.clone()].iter().any(|place| place.0 == at) {
            self.step(column.aisle, Step::Touch { row }, table, |search, range| {
                search.push(Some(table.touch(local)), range, 0, 0);
            });
        }
        if task.start == Some(at) {
            self.step(column.aisle, Step::Start { row }, table, |search, range| {
                search.push(Some(table.flip(local)), range, 0, 0);
            });
            (self.even, self.odd, self.begun) = (self.odd, self.even, true);
            self.terminals += 1;
        }
        if task.ends[column.ends.clone()].contains(&at) {
            let fixed = task.finish == Some(Finish::Fixed);
            let open = self.not_ended(table);
            self.step(column.aisle, Step::End { row }, table, |search, range| {
                if !fixed {
                    search.push(None, range, 0, 0);
                }
                search.push(Some(table.flip(local)), open, 0, ENDS_HERE);
            });
            self.ended(fixed);
        }
    }

    fn block(
        &mut self,
        layout: &Layout,
        task: &Task,
        table: &Table,
        column: &Column,
        row: usize,
        part: Part,
    ) {
        let (plain, ending) = choices(cell(layout, task, column.aisle, row, part), column, task);
        let begins =
            task.start.is_some_and(|start| holds(&cell(layout, task, column.aisle, row, part), start));
        let idle = |choices: &Choices| {
            choices.iter().enumerate().all(|(effect, choice)| effect == 0 || choice.cost == u32::MAX)
        };
        if ending.is_none() && idle(&plain) && plain[0].cost == 0 {
            return;
        }
        let local = row - task.rows.0;
        let open = self.not_ended(table);
        let effect_table = |effect: Effect| match (part, effect) {
            (_, Effect::Void) => Some(None),
            (Part::Above, _) => Some(table.effect(local, effect)),
            (Part::DeadAbove, Effect::TwoBelow) | (Part::DeadBelow, Effect::TwoAbove) => {
                Some(Some(table.touch(local)))
            }
            (Part::DeadAbove, Effect::OneBelow) | (Part::DeadBelow, Effect::OneAbove) => {
                Some(Some(table.flip(local)))
            }
            _ => None,
        };
        self.step(column.aisle, Step::Block { row, part }, table, |search, range| {
            let both = [(Some(&plain), range, 0), (ending.as_ref(), open, ENDS_HERE)];
            for (choices, range, mark) in both {
                for effect in Effect::ALL {
                    let cost = choices.map_or(u32::MAX, |choices| choices[effect as usize].cost);
                    if cost < u32::MAX
                        && let Some(to) = effect_table(effect)
                    {
                        search.push(to, range.clone(), cost, mark | effect as u64);
                    }
                }
            }
        });
        if begins {
            (self.even, self.odd, self.begun) = (self.odd, self.even, true);
            self.terminals += 1;
        }
        if ending.is_some() {
            self.ended(task.finish == Some(Finish::Fixed));
        }
    }

    fn across(&mut self, layout: &Layout, task: &Task, table: &Table, aisle: usize) {
        let width = u64::from(layout.aisle_mm(aisle + 1) - layout.aisle_mm(aisle));
        let blocked = layout.limits().blocked_cross(aisle) >> task.rows.0 & 0xFF;
        self.step(aisle, Step::Across, table, |search, range| {
            let (now, next) = (&search.now, &mut search.next);
            for edge in table.across(range.start, range.end) {
                if blocked != 0 && (edge >> 40 | edge >> 48) & blocked != 0 {
                    continue;
                }
                let from = edge & 0xFFFF;
                let length = now[from as usize % SLOTS] + (width * (edge >> 32 & 0xFF) << 32);
                let slot = &mut next[(edge >> 16) as usize % SLOTS];
                *slot = (*slot).min(length | from);
            }
        });
    }

    /// States that can be reached so far.
    fn range(&self, table: &Table) -> Range<usize> {
        let low = if self.even { 0 } else { table.even };
        let even = if self.terminals > 1 { table.even } else { table.closed };
        low..if self.odd { table.states } else { even }
    }

    /// States in which the walk has not ended yet.
    fn not_ended(&self, table: &Table) -> Range<usize> {
        if self.begun { table.even..table.states } else { 0..table.closed }
    }

    fn ended(&mut self, fixed: bool) {
        if fixed {
            (self.even, self.odd) = (self.odd, self.even);
        } else {
            (self.even, self.odd) = (true, true);
        }
        self.terminals += 1;
    }

    fn step(&mut self, aisle: usize, step: Step, table: &Table, moves: impl FnOnce(&mut Self, Range<usize>)) {
        let range = self.range(table);
        moves(self, range);
        std::mem::swap(&mut self.now, &mut self.next);
        if self.keep {
            self.steps.push((aisle, step));
            self.trace.extend(self.now[..table.states].iter().map(|value| *value as u32));
        }
        for value in &mut self.now[..table.states] {
            *value &= LENGTH;
        }
        self.next[..=table.states].fill(FAR);
    }

    fn push(&mut self, to: Option<&[u16]>, range: Range<usize>, cost: u32, mark: u64) {
        let add = u64::from(cost) << 32 | mark << 16;
        let Some(to) = to else {
            let pairs = self.now[range.clone()].iter().zip(&mut self.next[range.clone()]);
            for (from, (now, next)) in range.zip(pairs) {
                *next = (*next).min(now + add + from as u64);
            }
            return;
        };
        let next = &mut self.next;
        for ((from, now), to) in (range.start..).zip(&self.now[range.clone()]).zip(&to[range]) {
            let slot = &mut next[usize::from(*to) % SLOTS];
            *slot = (*slot).min(now + add + from as u64);
        }
    }

    /// The steps of the shortest walk, last first.
    pub(super) fn taken(&self, table: &Table, mut each: impl FnMut(Taken)) {
        let mut state = self.trace.last().map_or(0, |state| *state as usize);
        for (number, (aisle, step)) in self.steps.iter().enumerate().rev() {
            let mark = self.trace[number * table.states + state];
            let from = (mark & 0xFFFF) as usize;
            let effect = (mark >> 16 & 0xFF) as usize;
            let across = if *step == Step::Across { rows_walked(table, from, state) } else { 0 };
            let effect = Effect::ALL.get(effect).copied().unwrap_or(Effect::Void);
            let ends = mark >> 16 & ENDS_HERE as u32 != 0;
            each(Taken { aisle: *aisle, step: *step, effect, ends, across });
            state = from;
        }
    }
}

/// The cross-aisles walked once and twice between two states: bits 0..8 and 8..16.
fn rows_walked(table: &Table, from: usize, to: usize) -> u32 {
    let edge = table.across(from, from + 1).iter().find(|edge| (**edge >> 16 & 0xFFFF) as usize == to);
    edge.map_or(0, |edge| (edge >> 40 & 0xFFFF) as u32)
}
