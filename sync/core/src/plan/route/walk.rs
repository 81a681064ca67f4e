//! From the pieces of aisle and cross-aisle that a shortest walk uses to the walk itself.
//!
//! The pieces form a connected graph in which every crossing has an even number of ends (but for the two ends
//! of an open walk), so one walk uses each piece once (Euler; found as Hierholzer did). Among the walks of the
//! same length the one that goes straight on at crossings is preferred.

use super::Waypoint;
use super::cell::{self, Cell, Choice, Effect, Event};
use super::dp::{Search, Taken};
use super::moves::{self, Both, Column, Part, Step};
use super::table::Table;
use super::task::{Finish, HOME, Task};
use crate::plan::layout::{Layout, Point};
use std::ops::Range;

/// No node, no edge.
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    Back,
    Front,
    Left,
    Right,
}

impl Heading {
    fn reverse(self) -> Self {
        match self {
            Self::Back => Self::Front,
            Self::Front => Self::Back,
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// A piece walked once. If both ends are the same node it goes out to the last place and comes back.
#[derive(Debug, Clone, Copy)]
struct Edge {
    ends: [u32; 2],
    /// Heading when leaving the first end.
    heading: Heading,
    /// Places on it, as numbers in the task.
    places: (u32, u32),
    used: bool,
}

/// Buffers for finding walks.
#[derive(Debug, Default)]
pub(super) struct Walker {
    edges: Vec<Edge>,
    head: Vec<u32>,
    links: Vec<u32>,
    stack: Vec<(u32, u32)>,
    circuit: Vec<(u32, u32)>,
    served: Vec<bool>,
    end: Option<Point>,
    both: Both,
}

impl Walker {
    /// The walk that the search found, from its start to its end.
    pub(super) fn walk(
        &mut self,
        layout: &Layout,
        task: &Task,
        search: &Search,
        table: &Table,
    ) -> Vec<Waypoint> {
        self.edges.clear();
        self.end = None;
        let (first, last) = task.aisles;
        search.taken(table, |taken| self.collect(layout, task, task.column(taken.aisle), taken));
        let nodes = (last - first + 1) * (task.rows.1 - task.rows.0 + 1) + 2;
        self.link(nodes);
        let start = self.start_node(layout, task, nodes);
        self.euler(start);
        self.tell(layout, task, start)
    }

    fn node(task: &Task, aisle: usize, row: usize) -> u32 {
        let rows = task.rows.1 - task.rows.0 + 1;
        ((aisle - task.aisles.0) * rows + row - task.rows.0) as u32
    }

    fn inner(task: &Task, event: Event) -> u32 {
        let crossings = (task.aisles.1 - task.aisles.0 + 1) * (task.rows.1 - task.rows.0 + 1);
        crossings as u32 + u32::from(event == Event::End)
    }

    fn point(&self, layout: &Layout, task: &Task, node: u32) -> Point {
        let rows = (task.rows.1 - task.rows.0 + 1) as u32;
        let (aisle, row) = ((node / rows) as usize + task.aisles.0, (node % rows) as usize + task.rows.0);
        if aisle <= task.aisles.1 {
            return layout.crossing(aisle, row);
        }
        let inner = if node == Self::inner(task, Event::Start) { task.start } else { self.end };
        inner.unwrap_or(layout.depot())
    }

    fn add(&mut self, ends: [u32; 2], heading: Heading, places: Range<usize>) {
        let places = (places.start as u32, places.end as u32);
        self.edges.push(Edge { ends, heading, places, used: false });
    }

    fn collect(&mut self, layout: &Layout, task: &Task, column: Column<'_>, taken: Taken) {
        match taken.step {
            Step::Touch { .. } | Step::Start => {}
            Step::End { row } => {
                if taken.ends {
                    self.end = Some(layout.crossing(taken.aisle, row));
                }
            }
            Step::Across => {
                for row in task.rows.0..=task.rows.1 {
                    let bit = row - task.rows.0;
                    let times = (taken.across >> bit & 1) + 2 * (taken.across >> (8 + bit) & 1);
                    let (from, to) =
                        (Self::node(task, taken.aisle, row), Self::node(task, taken.aisle + 1, row));
                    for _ in 0..times {
                        self.add([from, to], Heading::Right, 0..0);
                    }
                }
            }
            Step::Block { row, part } => self.block(layout, task, column, taken, row, part),
        }
    }

    fn block(
        &mut self,
        layout: &Layout,
        task: &Task,
        column: Column<'_>,
        taken: Taken,
        row: usize,
        part: Part,
    ) {
        let cell = moves::cell(layout, task, taken.aisle, row, part);
        let (within, ends) = column.within(&cell);
        let bottom = Self::node(task, taken.aisle, row);
        let top = if part == Part::Above { bottom + 1 } else { bottom };
        let start = task.start.filter(|start| moves::holds(&cell, *start)).map(|start| start.along_mm);
        if within.is_empty() && ends.is_empty() && start.is_none() {
            let times =
                [Effect::Void, Effect::Through, Effect::Double].iter().position(|e| *e == taken.effect);
            for _ in 0..times.unwrap_or(0) {
                self.add([bottom, top], Heading::Back, 0..0);
            }
            return;
        }
        if cell.limits.is_none() && part == Part::Above && ends.is_empty() && start.is_none() {
            return self.passed([bottom, top], taken.effect, column, within);
        }
        self.both.read(cell, column, task);
        let choices = if taken.ends { &self.both.ending } else { &self.both.plain };
        let choice = choices[taken.effect as usize];
        if taken.effect == Effect::Void && choice.end.is_none() {
            return;
        }
        if let Some(along_mm) = choice.end {
            self.end = Some(Point { aisle: taken.aisle as u16, along_mm });
        }
        let places = column.first + within.start..column.first + within.end;
        let filled = Cell { places: &column.along[within], start, end: choice.end, ..cell };
        let mut from = if part == Part::DeadBelow { NONE } else { bottom };
        let last = if part == Part::DeadAbove { NONE } else { top };
        if start.is_none() && choice.end.is_none() {
            let gap_at = choice.gap.map(|gap| places.start + gap as usize);
            let piece = Piece { odd: choice.odd, first: places.start, next: places.end, gap_at };
            return self.piece(from, last, piece);
        }
        let mut piece = Piece { odd: choice.odd, first: places.start, next: places.start, gap_at: None };
        let mut segment = 0;
        for (at, event) in filled.events() {
            piece.pass(choice, segment);
            segment += 1;
            match event {
                Event::Place(number) => piece.next = places.start + number + 1,
                Event::Start | Event::End => {
                    let to = Self::inner(task, event);
                    // Places just here are served here, whichever way the walk goes on.
                    piece.next = places.start + filled.places.partition_point(|place| *place <= at);
                    self.piece(from, to, piece);
                    piece = piece.after();
                    from = to;
                }
            }
        }
        piece.pass(choice, segment);
        self.piece(from, last, piece);
    }

    /// Adds the edges of a free cell in which the walk neither begins nor ends.
    fn passed(&mut self, nodes: [u32; 2], effect: Effect, column: Column<'_>, within: Range<usize>) {
        let places = column.first + within.start..column.first + within.end;
        let gap_at = match effect {
            Effect::TwoBelow => Some(places.end),
            Effect::TwoAbove => Some(places.start),
            Effect::TwoTwo => Some(places.start + cell::widest(&column.along[within]).1 as usize),
            _ => None,
        };
        let odd = effect == Effect::Through;
        self.piece(nodes[0], nodes[1], Piece { odd, first: places.start, next: places.end, gap_at });
    }

    /// Adds the edges of one stretch between two nodes.
    fn piece(&mut self, from: u32, to: u32, piece: Piece) {
        let all = piece.first..piece.next;
        if piece.odd {
            return self.add([from, to], Heading::Back, all);
        }
        match piece.gap_at {
            None => {
                self.add([from, to], Heading::Back, all.clone());
                self.add([from, to], Heading::Back, all);
            }
            Some(gap) => {
                if gap > all.start {
                    self.add([from, from], Heading::Back, all.start..gap);
                }
                if gap < all.end {
                    self.add([to, to], Heading::Front, gap..all.end);
                }
            }
        }
    }

    fn link(&mut self, nodes: usize) {
        self.head.clear();
        self.head.resize(nodes, NONE);
        self.links.clear();
        for (number, edge) in self.edges.iter().enumerate() {
            for (side, node) in edge.ends.iter().enumerate() {
                let slot = (2 * number + side) as u32;
                self.links.push(self.head[*node as usize]);
                self.head[*node as usize] = slot;
            }
        }
        self.served.clear();
    }

    fn start_node(&self, layout: &Layout, task: &Task, nodes: usize) -> u32 {
        let begin =
            task.start.or_else(|| task.places.iter().find(|place| place.1 == HOME).map(|place| place.0));
        let crossings = nodes as u32 - 2;
        let at = begin.and_then(|begin| {
            let row = layout.cross_mm().binary_search(&begin.along_mm).ok()?;
            Some(Self::node(task, usize::from(begin.aisle), row))
        });
        match (at, task.start) {
            (Some(node), _) => node,
            (None, Some(_)) => crossings,
            (None, None) => self.edges.first().map_or(0, |edge| edge.ends[0]),
        }
    }

    fn euler(&mut self, start: u32) {
        self.stack.clear();
        self.circuit.clear();
        self.stack.push((start, NONE));
        let mut straight = None;
        while let Some((node, slot)) = self.stack.last().copied() {
            if let Some(next) = self.best_slot(node, straight) {
                let edge = &mut self.edges[next as usize / 2];
                edge.used = true;
                let to = edge.ends[1 - next as usize % 2];
                let leaving = if next.is_multiple_of(2) { edge.heading } else { edge.heading.reverse() };
                let looped = edge.ends[0] == edge.ends[1];
                straight = if looped { straight } else { Some(leaving) };
                self.stack.push((to, next));
            } else {
                self.circuit.push((node, slot));
                self.stack.pop();
                straight = self.arrival();
            }
        }
        debug_assert!(self.edges.iter().all(|edge| edge.used), "the pieces hang together");
    }

    /// The heading with which the walk so far arrives at its end.
    fn arrival(&self) -> Option<Heading> {
        let slot = self.stack.last()?.1;
        let edge = self.edges.get(slot as usize / 2)?;
        Some(if slot.is_multiple_of(2) { edge.heading } else { edge.heading.reverse() })
    }

    /// The unused piece to take at a node: first those that come back here, then straight on, turning back last.
    fn best_slot(&self, node: u32, straight: Option<Heading>) -> Option<u32> {
        let mut best = None;
        let mut slot = self.head[node as usize];
        while slot != NONE {
            let edge = &self.edges[slot as usize / 2];
            if !edge.used {
                let leaving = if slot.is_multiple_of(2) { edge.heading } else { edge.heading.reverse() };
                let rank = match straight {
                    _ if edge.ends[0] == edge.ends[1] => 0,
                    Some(ahead) if ahead == leaving => 1,
                    Some(ahead) if ahead == leaving.reverse() => 3,
                    _ => 2,
                };
                best = best.min(Some((rank, slot))).or(Some((rank, slot)));
            }
            slot = self.links[slot as usize];
        }
        best.map(|(_, slot)| slot)
    }

    fn tell(&mut self, layout: &Layout, task: &Task, start: u32) -> Vec<Waypoint> {
        let room = task.places.len() + 2 * self.circuit.len() + 2;
        let served = std::mem::take(&mut self.served);
        let mut path = Path { task, served, waypoints: Vec::with_capacity(room) };
        path.served.resize(task.places.len(), false);
        let circuit = std::mem::take(&mut self.circuit);
        path.reach(self.point(layout, task, start));
        for (node, slot) in circuit.iter().rev() {
            if let Some(edge) = self.edges.get(*slot as usize / 2) {
                path.along(*edge, slot.is_multiple_of(2));
            }
            path.reach(self.point(layout, task, *node));
        }
        let mut waypoints = path.waypoints;
        self.circuit = circuit;
        self.served = path.served;
        if task.finish == Some(Finish::Closed) {
            let home = task.places.iter().find(|place| place.1 == HOME);
            if let Some((home, _)) = home {
                from_home(&mut waypoints, *home);
            }
        }
        waypoints
    }
}

/// A stretch between two nodes, while its places are being counted.
#[derive(Clone, Copy)]
struct Piece {
    odd: bool,
    first: usize,
    next: usize,
    /// Where the stretch is not walked: before this place.
    gap_at: Option<usize>,
}

impl Piece {
    fn pass(&mut self, choice: Choice, segment: u32) {
        if choice.gap == Some(segment) {
            self.gap_at = Some(self.next);
        }
    }

    fn after(self) -> Self {
        Self { odd: !self.odd, first: self.next, next: self.next, gap_at: None }
    }
}

/// The walk being told, with what has been served.
struct Path<'a> {
    task: &'a Task,
    served: Vec<bool>,
    waypoints: Vec<Waypoint>,
}

impl Path<'_> {
    /// Passes a point: serves everything there, or just marks the way.
    fn reach(&mut self, at: Point) {
        let column = self.task.column(usize::from(at.aisle));
        let first = column.first + column.along.partition_point(|place| *place < at.along_mm);
        let here = self.task.places[first..].iter().take_while(|place| place.0 == at);
        let mut served = false;
        for (number, place) in (first..).zip(here) {
            if !std::mem::replace(&mut self.served[number], true) {
                self.waypoints.push(Waypoint { at, stop: (place.1 != HOME).then_some(place.1 as usize) });
                served = true;
            }
        }
        let known = self.waypoints.last().is_some_and(|last| last.at == at);
        if !served && !known {
            self.waypoints.push(Waypoint { at, stop: None });
        }
    }

    fn along(&mut self, edge: Edge, forward: bool) {
        let places = edge.places.0 as usize..edge.places.1 as usize;
        let looped = edge.ends[0] == edge.ends[1];
        let rising = (edge.heading == Heading::Back) == (forward || looped);
        for step in 0..places.len() {
            let number = if rising { places.start + step } else { places.end - 1 - step };
            self.pass(number, places.clone());
        }
    }

    /// Passes one place of an edge; what lies at its very point is served with it, in the order given.
    fn pass(&mut self, number: usize, edge: Range<usize>) {
        let (at, stop) = self.task.places[number];
        let beside = [number.wrapping_sub(1), number + 1];
        if beside.iter().any(|other| edge.contains(other) && self.task.places[*other].0 == at) {
            return self.reach(at);
        }
        if !std::mem::replace(&mut self.served[number], true) {
            self.waypoints.push(Waypoint { at, stop: (stop != HOME).then_some(stop as usize) });
        } else if self.waypoints.last().is_none_or(|last| last.at != at) {
            self.waypoints.push(Waypoint { at, stop: None });
        }
    }
}

/// Turns a round walk so that it begins and ends at home.
fn from_home(waypoints: &mut Vec<Waypoint>, home: Point) {
    let Some(first) = waypoints.iter().position(|waypoint| waypoint.at == home) else { return };
    if first == 0 {
        return;
    }
    if waypoints.last().is_some_and(|last| last.stop.is_none()) {
        waypoints.pop();
    }
    let first = first.min(waypoints.len());
    waypoints.rotate_left(first);
    waypoints.push(Waypoint { at: home, stop: None });
}
