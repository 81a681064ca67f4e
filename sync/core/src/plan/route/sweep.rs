//! The exact length of a walk while its stops keep changing: what lies before and behind the changed aisles is
//! kept, so that only the aisles between them are searched again.

use super::dp::{FAR, Front};
use super::moves::{Both, Column, Gather, Moves, Phase};
use super::table::{DONE, Table};
use super::task::Task;
use super::{End, RouteError, Stop};
use crate::plan::layout::{Layout, Point};

/// One aisle of the walk.
#[derive(Debug, Default)]
struct Aisle {
    /// Places to visit, rising; one entry for each stop.
    along: Vec<u32>,
    moves: Moves,
    /// Cheapest way to each state before this aisle, and on from each state after it.
    before: Vec<u64>,
    after: Vec<u64>,
    phase: Option<Phase>,
    changed: bool,
}

/// A walk whose stops come and go.
#[derive(Debug)]
pub(crate) struct Sweep<'a> {
    layout: &'a Layout,
    task: Task,
    table: &'static Table,
    aisles: Vec<Aisle>,
    front: Front,
    changed: Vec<usize>,
    spare: Moves,
    both: Both,
    length_mm: u64,
}

impl<'a> Sweep<'a> {
    /// A walk without stops, on the part of the layout that `candidates` lie in. Nothing if that part has too
    /// many blocks or one-way aisles, or if the end depends on the stops.
    pub(crate) fn new(
        layout: &'a Layout,
        start: Point,
        end: End<'_>,
        candidates: &[Stop],
    ) -> Result<Option<Self>, RouteError> {
        let mut task = Task::default();
        task.read(layout, start, end, candidates)?;
        let rows = task.rows.1 - task.rows.0 + 1;
        let open = end == End::Anywhere || layout.one_way();
        let (Some(table), false) = (Table::of(rows), open) else { return Ok(None) };
        let count = task.aisles.1 - task.aisles.0 + 1;
        let mut aisles: Vec<Aisle> = (0..count).map(|_| Aisle::default()).collect();
        if let Some(home) = task.home() {
            aisles[usize::from(home.aisle) - task.aisles.0].along.push(home.along_mm);
        }
        let mut sweep = Self {
            layout,
            task,
            table,
            aisles,
            front: Front::default(),
            changed: Vec::new(),
            spare: Moves::default(),
            both: Both::default(),
            length_mm: u64::MAX,
        };
        sweep.fill();
        Ok(Some(sweep))
    }

    /// Adds a stop; it counts from the next [`Self::keep`] on.
    pub(crate) fn add(&mut self, at: Point) {
        let aisle = self.touch(at);
        let along = &mut self.aisles[aisle].along;
        along.insert(along.partition_point(|place| *place < at.along_mm), at.along_mm);
    }

    /// Takes a stop out again.
    pub(crate) fn remove(&mut self, at: Point) {
        let aisle = self.touch(at);
        let along = &mut self.aisles[aisle].along;
        if let Ok(place) = along.binary_search(&at.along_mm) {
            along.remove(place);
        }
    }

    /// Length of the walk at the last [`Self::keep`].
    pub(crate) fn length_mm(&self) -> u64 {
        self.length_mm
    }

    fn touch(&mut self, at: Point) -> usize {
        let aisle = usize::from(at.aisle) - self.task.aisles.0;
        if !std::mem::replace(&mut self.aisles[aisle].changed, true) {
            self.changed.push(aisle);
        }
        aisle
    }

    /// Makes the changes count, and tells the shortest walk past all stops, in millimetres; nothing if there is
    /// none.
    pub(crate) fn keep(&mut self) -> Option<u64> {
        let first = self.changed.iter().min().copied().unwrap_or(0);
        let last = self.changed.iter().max().copied().unwrap_or(0);
        while let Some(aisle) = self.changed.pop() {
            self.aisles[aisle].changed = false;
            self.gather(aisle);
        }
        self.forward(first);
        self.backward(last);
        let length = self.between(last, last);
        self.length_mm = length.unwrap_or(u64::MAX);
        length
    }

    /// The shortest walk if one more stop were in it. Nothing may be changed since the last [`Self::keep`].
    pub(crate) fn length_with(&mut self, at: Point) -> Option<u64> {
        let aisle = usize::from(at.aisle) - self.task.aisles.0;
        let along = &mut self.aisles[aisle].along;
        let place = along.partition_point(|place| *place < at.along_mm);
        if along.get(place) == Some(&at.along_mm) {
            return Some(self.length_mm);
        }
        along.insert(place, at.along_mm);
        let length = self.length_trying(aisle);
        self.aisles[aisle].along.remove(place);
        length
    }

    /// The shortest walk with other stops in one aisle.
    fn length_trying(&mut self, aisle: usize) -> Option<u64> {
        let kept = std::mem::replace(&mut self.aisles[aisle].moves, std::mem::take(&mut self.spare));
        self.gather(aisle);
        let length = self.between(aisle, aisle);
        self.spare = std::mem::replace(&mut self.aisles[aisle].moves, kept);
        length
    }

    /// The shortest walk, searching only these aisles.
    fn between(&mut self, first: usize, last: usize) -> Option<u64> {
        self.front.reset(self.table);
        self.front.now[..self.table.states].copy_from_slice(&self.aisles[first].before);
        for aisle in first..=last {
            self.walk(aisle);
            if aisle < last {
                self.across(aisle);
            }
        }
        let ways = self.front.now[..self.table.states].iter().zip(&self.aisles[last].after);
        let length = ways.map(|(now, after)| now + after).min()?;
        (length < FAR).then_some(length >> 32)
    }

    fn fill(&mut self) {
        let mut phase = Phase::NEW;
        for aisle in 0..self.aisles.len() {
            self.aisles[aisle].phase = Some(phase);
            phase = self.gather(aisle);
            self.aisles[aisle].before = vec![FAR; self.table.states];
            self.aisles[aisle].after = vec![FAR; self.table.states];
        }
        self.aisles[0].before[0] = 0;
        let count = self.aisles.len();
        for edge in self.table.across {
            if (edge >> 16 & 0xFFFF) as usize == DONE && edge >> 32 & 0xFF == 0 {
                self.aisles[count - 1].after[(edge & 0xFFFF) as usize] = 0;
            }
        }
        self.forward(0);
        self.backward(count - 1);
    }

    fn gather(&mut self, aisle: usize) -> Phase {
        let mut out = std::mem::take(&mut self.aisles[aisle].moves);
        out.moves.clear();
        out.steps.clear();
        let number = aisle + self.task.aisles.0;
        let here = &self.aisles[aisle];
        let ends = self.task.ends_in_aisle(number);
        let column = Column { aisle: number, first: 0, along: &here.along, ends };
        let phase = here.phase.unwrap_or(Phase::NEW);
        let (layout, task, table) = (self.layout, &self.task, self.table);
        let mut gather = Gather { layout, task, table, phase, out: &mut out, both: &mut self.both };
        gather.column(column);
        let phase = gather.phase;
        self.aisles[aisle].moves = out;
        phase
    }

    fn walk(&mut self, aisle: usize) {
        let moves = &self.aisles[aisle].moves;
        let mut start = 0;
        for (_, end) in &moves.steps {
            self.front.step(&moves.moves[start..*end]);
            self.front.settle(self.table.states);
            start = *end;
        }
    }

    fn across(&mut self, aisle: usize) {
        let number = aisle + self.task.aisles.0;
        let range = self.aisles[aisle + 1].phase.unwrap_or(Phase::NEW).range(self.table);
        let blocked = self.layout.limits().blocked_cross(number) >> self.task.rows.0 & 0xFF;
        self.front.across(self.table, range, u64::from(self.layout.gap_mm(number)), blocked);
        self.front.settle(self.table.states);
    }

    /// Works out anew what comes before each aisle after `first`.
    fn forward(&mut self, first: usize) {
        self.front.reset(self.table);
        self.front.now[..self.table.states].copy_from_slice(&self.aisles[first].before);
        for aisle in first..self.aisles.len() - 1 {
            self.walk(aisle);
            self.across(aisle);
            self.aisles[aisle + 1].before.copy_from_slice(&self.front.now[..self.table.states]);
        }
    }

    /// Works out anew what comes after each aisle before `last`.
    fn backward(&mut self, last: usize) {
        let states = self.table.states;
        for aisle in (0..last).rev() {
            let (left, right) = self.aisles.split_at_mut(aisle + 1);
            let (here, next) = (&mut left[aisle], &right[0]);
            self.front.now[..states].copy_from_slice(&next.after);
            self.front.now[states] = FAR;
            let mut end = next.moves.moves.len();
            for step in (0..next.moves.steps.len()).rev() {
                let start = step.checked_sub(1).map_or(0, |before| next.moves.steps[before].1);
                self.front.pull(self.table, &next.moves.moves[start..end]);
                end = start;
            }
            let number = aisle + self.task.aisles.0;
            let width = u64::from(self.layout.gap_mm(number));
            let blocked = self.layout.limits().blocked_cross(number) >> self.task.rows.0 & 0xFF;
            here.after.fill(FAR);
            for edge in self.table.across {
                if blocked != 0 && (edge >> 40 | edge >> 48) & blocked != 0 {
                    continue;
                }
                let on =
                    self.front.now[(edge >> 16 & 0xFFFF) as usize] + ((width * (edge >> 32 & 0xFF)) << 32);
                let slot = &mut here.after[(edge & 0xFFFF) as usize];
                *slot = (*slot).min(on);
            }
        }
    }
}
