//! The exact search: from the first aisle to the last, the cheapest way to reach each state of the cut.
//!
//! A value holds the length in its upper half and, below, how the state was reached in this step, so that one
//! comparison settles both. Loops run over plain tables; nothing is allocated once the buffers have grown.

use super::cell::Effect;
use super::moves::{Both, ENDS_HERE, Gather, Move, Moves, Phase, Step};
use super::table::{DONE, NOTHING, SLOTS, Table};
use super::task::{Finish, Task};
use crate::plan::layout::Layout;
use std::ops::Range;

/// Nothing known yet; twice this still fits.
pub(super) const FAR: u64 = 0x7FFF_FFFF << 32;
const LENGTH: u64 = !0xFFFF_FFFF;

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

/// The cheapest way to each state, as one sweep has it.
#[derive(Debug)]
pub(super) struct Front {
    pub(super) now: Box<[u64; SLOTS]>,
    next: Box<[u64; SLOTS]>,
}

impl Default for Front {
    fn default() -> Self {
        Self { now: Box::new([FAR; SLOTS]), next: Box::new([FAR; SLOTS]) }
    }
}

impl Front {
    /// Before the first aisle.
    pub(super) fn reset(&mut self, table: &Table) {
        self.now[..=table.states].fill(FAR);
        self.next[..=table.states].fill(FAR);
        self.now[NOTHING] = 0;
    }

    /// Makes one step by any of these moves.
    pub(super) fn step(&mut self, moves: &[Move]) {
        for one in moves {
            let add = u64::from(one.cost) << 32 | u64::from(one.mark) << 16;
            let range = one.from.clone();
            let Some(to) = one.to else {
                let pairs = self.now[range.clone()].iter().zip(&mut self.next[range.clone()]);
                for (from, (now, next)) in range.zip(pairs) {
                    *next = (*next).min(now + add + from as u64);
                }
                continue;
            };
            let next = &mut self.next;
            for ((from, now), to) in (range.start..).zip(&self.now[range.clone()]).zip(&to[range]) {
                let slot = &mut next[usize::from(*to) % SLOTS];
                *slot = (*slot).min(now + add + from as u64);
            }
        }
        std::mem::swap(&mut self.now, &mut self.next);
    }

    /// Makes one step backwards: from what each state costs after it to what each costs before it.
    pub(super) fn pull(&mut self, table: &Table, moves: &[Move]) {
        self.next[..=table.states].fill(FAR);
        for one in moves {
            let cost = u64::from(one.cost) << 32;
            for from in one.from.clone() {
                let to = one.to.map_or(from, |to| usize::from(to[from]));
                self.next[from] = self.next[from].min(self.now[to % SLOTS] + cost);
            }
        }
        std::mem::swap(&mut self.now, &mut self.next);
    }

    /// Goes on to the next aisle.
    pub(super) fn across(&mut self, table: &Table, range: Range<usize>, width: u64, blocked: u64) {
        let (now, next) = (&self.now, &mut self.next);
        for edge in table.across(range.start, range.end) {
            if blocked != 0 && (edge >> 40 | edge >> 48) & blocked != 0 {
                continue;
            }
            let from = edge & 0xFFFF;
            let length = now[from as usize % SLOTS] + ((width * (edge >> 32 & 0xFF)) << 32);
            let slot = &mut next[(edge >> 16) as usize % SLOTS];
            *slot = (*slot).min(length | from);
        }
        std::mem::swap(&mut self.now, &mut self.next);
    }

    /// Forgets how the first `live` states were reached and makes room for the next step.
    pub(super) fn settle(&mut self, live: usize) {
        for value in &mut self.now[..live] {
            *value &= LENGTH;
        }
        self.next[..live].fill(FAR);
    }

    /// The same, once how they were reached is noted.
    fn settle_noting(&mut self, trace: &mut [u32]) {
        let live = trace.len();
        for (value, mark) in self.now[..live].iter_mut().zip(trace) {
            *mark = *value as u32;
            *value &= LENGTH;
        }
        self.next[..live].fill(FAR);
    }

    /// The cheapest finished walk after the last aisle: its length and the state it was in.
    fn finish(&self, table: &Table, live: usize) -> Option<(u32, usize)> {
        let finishing = |edge: &&u64| (**edge >> 16 & 0xFFFF) as usize == DONE && **edge >> 32 & 0xFF == 0;
        let states = table
            .across(0, table.even.min(live))
            .iter()
            .filter(finishing)
            .map(|edge| (edge & 0xFFFF) as usize);
        let (length, state) = states.map(|state| (self.now[state] >> 32, state)).min()?;
        (length < FAR >> 32).then_some((length as u32, state))
    }
}

/// Buffers of the search, used again and again.
#[derive(Debug, Default)]
pub(super) struct Search {
    front: Front,
    moves: Moves,
    both: Both,
    /// How each of the `live` states was reached, by step.
    trace: Vec<u32>,
    /// The states that can occur; a round needs fewer.
    live: usize,
    steps: Vec<(usize, Step)>,
    /// The state after the last step.
    last: usize,
}

impl Search {
    /// Length of the shortest walk, or nothing if there is none. With `keep`, [`Self::taken`] tells the walk.
    pub(super) fn run(
        &mut self,
        layout: &Layout,
        task: &Task,
        table: &'static Table,
        keep: bool,
    ) -> Option<u32> {
        let mut both = std::mem::take(&mut self.both);
        let length = self.sweep(layout, task, table, keep, |aisle, phase, out| {
            let mut gather = Gather { layout, task, table, phase, out, both: &mut both };
            gather.column(task.column(aisle));
            gather.phase
        });
        self.both = both;
        length
    }

    /// The same with moves from elsewhere: `gather` puts those of an aisle into the empty buffer.
    pub(super) fn sweep(
        &mut self,
        layout: &Layout,
        task: &Task,
        table: &'static Table,
        keep: bool,
        mut gather: impl FnMut(usize, Phase, &mut Moves) -> Phase,
    ) -> Option<u32> {
        self.steps.clear();
        self.live = if task.finish == Some(Finish::Closed) { table.closed } else { table.states };
        self.front.reset(table);
        let mut phase = Phase::NEW;
        let mut out = std::mem::take(&mut self.moves);
        let (first, last) = task.aisles;
        for aisle in first..=last {
            out.moves.clear();
            out.steps.clear();
            phase = gather(aisle, phase, &mut out);
            let mut start = 0;
            for (step, end) in &out.steps {
                self.front.step(&out.moves[start..*end]);
                self.note(aisle, *step, keep);
                start = *end;
            }
            if aisle < last {
                let blocked = layout.limits().blocked_cross(aisle) >> task.rows.0 & 0xFF;
                self.front.across(table, phase.range(table), u64::from(layout.gap_mm(aisle)), blocked);
                self.note(aisle, Step::Across, keep);
            }
        }
        self.moves = out;
        let (length, state) = self.front.finish(table, self.live)?;
        self.last = state;
        Some(length)
    }

    /// Keeps how each state was reached in the step just made.
    fn note(&mut self, aisle: usize, step: Step, keep: bool) {
        if !keep {
            return self.front.settle(self.live);
        }
        let from = self.steps.len() * self.live;
        let to = from + self.live;
        if self.trace.len() < to {
            self.trace.resize(2 * to, 0);
        }
        self.steps.push((aisle, step));
        self.front.settle_noting(&mut self.trace[from..to]);
    }

    /// The steps of the shortest walk, last first.
    pub(super) fn taken(&self, table: &Table, mut each: impl FnMut(Taken)) {
        let mut state = self.last;
        for (number, (aisle, step)) in self.steps.iter().enumerate().rev() {
            let mark = self.trace[number * self.live + state];
            let from = (mark & 0xFFFF) as usize;
            let effect = (mark >> 16 & 0xFF) as usize;
            let across = if *step == Step::Across { rows_walked(table, from, state) } else { 0 };
            let effect = Effect::ALL.get(effect).copied().unwrap_or(Effect::Void);
            each(Taken { aisle: *aisle, step: *step, effect, ends: mark >> 16 & ENDS_HERE != 0, across });
            state = from;
        }
    }
}

/// The cross-aisles walked once and twice between two states: bits 0..8 and 8..16.
fn rows_walked(table: &Table, from: usize, to: usize) -> u32 {
    let edge = table.across(from, from + 1).iter().find(|edge| (**edge >> 16 & 0xFFFF) as usize == to);
    edge.map_or(0, |edge| (edge >> 40 & 0xFFFF) as u32)
}
