//! Orders of visit when only distances are known: exactly for few stops, else by local search.
//!
//! Number 0 is the start and the last number the end; a walk visits all others in between. Distances may differ
//! by direction; then nothing is reversed.

use super::{Dice, Effort};

/// Most stops planned exactly (Held and Karp).
const MOST_EXACT: usize = 12;
/// Longest run of stops moved at once.
const LONGEST_RUN: usize = 3;
/// Most places a shaken part is long.
const WINDOW: usize = 50;

/// Distances between all places.
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    count: usize,
    symmetric: bool,
    away: Vec<u32>,
}

impl Matrix {
    pub(super) fn new(count: usize, symmetric: bool) -> Self {
        Self { count, symmetric, away: vec![0; count * count] }
    }

    pub(super) fn set(&mut self, from: usize, to: usize, length: u32) {
        self.away[from * self.count + to] = length;
    }

    pub(super) fn get(&self, from: usize, to: usize) -> u32 {
        self.away[from * self.count + to]
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The shorter of both directions, for bounds.
    pub(super) fn either(&self, one: usize, other: usize) -> u32 {
        if other + 1 == self.count || one == 0 {
            return self.get(one, other);
        }
        if one + 1 == self.count || other == 0 {
            return self.get(other, one);
        }
        self.get(one, other).min(self.get(other, one))
    }
}

/// An order of the stops.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) stops: Vec<usize>,
    /// Whether no other is shorter.
    pub(super) exact: bool,
}

/// The shortest order found.
pub(super) fn shortest(matrix: &Matrix, effort: Effort) -> Order {
    let stops = matrix.count() - 2;
    if stops <= MOST_EXACT {
        return Order { stops: held_karp(matrix), exact: true };
    }
    let mut search = Search::new(matrix, effort);
    search.settle();
    search.shake();
    let stops = search.best[1..=stops].to_vec();
    Order { stops, exact: false }
}

fn held_karp(matrix: &Matrix) -> Vec<usize> {
    let stops = matrix.count() - 2;
    if stops == 0 {
        return Vec::new();
    }
    let far = u64::MAX / 2;
    let mut best = vec![far; stops << stops];
    for last in 0..stops {
        best[(1 << last) * stops + last] = u64::from(matrix.get(0, last + 1));
    }
    for set in 1..1_usize << stops {
        for last in (0..stops).filter(|last| set >> last & 1 == 1) {
            let here = best[set * stops + last];
            for next in (0..stops).filter(|next| set >> next & 1 == 0) {
                let slot = &mut best[(set | 1 << next) * stops + next];
                *slot = (*slot).min(here + u64::from(matrix.get(last + 1, next + 1)));
            }
        }
    }
    let mut set = (1 << stops) - 1;
    let leave = |last: &usize| best[set * stops + last] + u64::from(matrix.get(last + 1, stops + 1));
    let mut last = (0..stops).min_by_key(leave).unwrap_or(0);
    let mut order = vec![last + 1];
    while set.count_ones() > 1 {
        let rest = set & !(1 << last);
        let come = |before: &usize| best[rest * stops + before] + u64::from(matrix.get(before + 1, last + 1));
        let before = (0..stops).filter(|before| rest >> before & 1 == 1).min_by_key(come);
        set = rest;
        last = before.unwrap_or(0);
        order.push(last + 1);
    }
    order.reverse();
    order
}

struct Search<'a> {
    matrix: &'a Matrix,
    dice: Dice,
    steps: u64,
    tour: Vec<usize>,
    length: i64,
    best: Vec<usize>,
    spare: Vec<usize>,
}

impl<'a> Search<'a> {
    /// Always on to the nearest stop not yet visited.
    fn new(matrix: &'a Matrix, effort: Effort) -> Self {
        let count = matrix.count();
        let mut left: Vec<usize> = (1..count - 1).collect();
        let mut tour = vec![0];
        let mut at = 0;
        while !left.is_empty() {
            let nearest = (0..left.len()).min_by_key(|stop| (matrix.get(at, left[*stop]), left[*stop]));
            at = left.swap_remove(nearest.unwrap_or(0));
            tour.push(at);
        }
        tour.push(count - 1);
        let mut search = Self {
            matrix,
            dice: Dice::new(effort.seed),
            steps: effort.steps,
            best: tour.clone(),
            tour,
            length: 0,
            spare: Vec::new(),
        };
        search.length = search.measure(&search.tour);
        search
    }

    fn away(&self, from: usize, to: usize) -> i64 {
        i64::from(self.matrix.get(from, to))
    }

    fn measure(&self, tour: &[usize]) -> i64 {
        tour.windows(2).map(|pair| self.away(pair[0], pair[1])).sum()
    }

    /// Moves runs of stops and turns parts round until neither helps.
    fn settle(&mut self) {
        while self.steps > 0 && (self.move_runs() || self.turn_parts()) {}
    }

    /// Moves runs of up to three stops to wherever they cost least.
    fn move_runs(&mut self) -> bool {
        let last = self.tour.len() - 1;
        let mut better = false;
        for length in 1..=LONGEST_RUN {
            let mut start = 1;
            while start + length <= last && self.steps > 0 {
                better |= self.move_run(start, length);
                start += 1;
            }
        }
        better
    }

    fn move_run(&mut self, start: usize, length: usize) -> bool {
        let end = start + length - 1;
        let (before, first) = (self.tour[start - 1], self.tour[start]);
        let (last, after) = (self.tour[end], self.tour[end + 1]);
        let gain = self.away(before, first) + self.away(last, after) - self.away(before, after);
        if gain <= 0 {
            return false;
        }
        let mut best = (0, 0, false);
        for place in (0..self.tour.len() - 1).filter(|place| *place + 1 < start || *place > end) {
            let (left, right) = (self.tour[place], self.tour[place + 1]);
            let gap = self.away(left, right);
            let straight = self.away(left, first) + self.away(last, right) - gap;
            best = best.min((straight - gain, place, false));
            if self.matrix.symmetric && length > 1 {
                let turned = self.away(left, last) + self.away(first, right) - gap;
                best = best.min((turned - gain, place, true));
            }
        }
        self.steps = self.steps.saturating_sub(self.tour.len() as u64);
        let (change, place, turned) = best;
        if change >= 0 {
            return false;
        }
        if turned {
            self.tour[start..=end].reverse();
        }
        if place < start {
            self.tour[place + 1..=end].rotate_right(length);
        } else {
            self.tour[start..=place].rotate_left(length);
        }
        self.length += change;
        true
    }

    /// Turns parts of the walk round (2-opt), where directions do not matter.
    fn turn_parts(&mut self) -> bool {
        if !self.matrix.symmetric {
            return false;
        }
        let mut better = false;
        for start in 1..self.tour.len() - 2 {
            self.steps = self.steps.saturating_sub((self.tour.len() - start) as u64);
            for end in start + 1..self.tour.len() - 1 {
                let (before, first) = (self.tour[start - 1], self.tour[start]);
                let (last, after) = (self.tour[end], self.tour[end + 1]);
                let change = self.away(before, last) + self.away(first, after)
                    - self.away(before, first)
                    - self.away(last, after);
                if change < 0 {
                    self.tour[start..=end].reverse();
                    self.length += change;
                    better = true;
                }
            }
            if self.steps == 0 {
                break;
            }
        }
        better
    }

    /// Swaps two neighbouring parts, settles again, and keeps what is not longer, until the budget is used up.
    fn shake(&mut self) {
        let mut best = self.length;
        self.best.clone_from(&self.tour);
        while self.steps > 0 {
            let inner = self.tour.len() - 2;
            let window = inner.min(WINDOW);
            let first = 1 + self.dice.roll(inner - window + 1);
            let mut cuts = [0; 3].map(|_: usize| first + self.dice.roll(window));
            cuts.sort_unstable();
            self.steps = self.steps.saturating_sub(1);
            if cuts[0] == cuts[1] || cuts[1] == cuts[2] {
                continue;
            }
            self.spare.clone_from(&self.tour);
            self.tour[cuts[0]..cuts[2]].rotate_left(cuts[1] - cuts[0]);
            self.length = self.measure(&self.tour);
            self.settle();
            if self.length <= best {
                best = self.length;
                self.best.clone_from(&self.tour);
            } else {
                std::mem::swap(&mut self.tour, &mut self.spare);
                self.length = best;
            }
        }
    }
}
