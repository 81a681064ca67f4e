//! The planner of one order: one carton if any takes it all, else the fewest that do.
//!
//! In: a checked load, limits. Out: a plan and what is proven about it. Every search below only replaces
//! a plan by a better one, so running out of budget anywhere leaves a valid answer.

use std::cmp::Reverse;

use super::{
    Limits, Packed, Placement, Plan, Proof,
    fill::{Meter, Placed, Rule, Space},
    item::{Item, Load},
    seed::Stream,
    stack::{self, Group},
};

/// Beyond this many pieces only the plain plan is affordable.
const SEARCH_PIECES: usize = 600;
/// Fills tried per carton kind before the kinds above it get their turn.
const FIRST_RUNS: usize = 12;

const RULES: [Rule; 7] = [
    Rule::Near([2, 1, 0]),
    Rule::Far([2, 1, 0]),
    Rule::Near([1, 2, 0]),
    Rule::Far([1, 2, 0]),
    Rule::Touch,
    Rule::Far([0, 2, 1]),
    Rule::Near([0, 2, 1]),
];

pub(super) struct Planner<'a> {
    load: &'a Load,
    limits: Limits,
    meter: Meter,
    stream: Stream,
    space: Space,
    order: Vec<usize>,
    rank: Vec<u64>,
    /// Carton kinds, cheapest first.
    cheap: Vec<usize>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(load: &'a Load, limits: Limits) -> Self {
        let mut cheap: Vec<usize> = (0..load.bins.len()).collect();
        cheap.sort_by_key(|&bin| (load.bins[bin].cost, load.bins[bin].volume, bin));
        Self {
            load,
            limits,
            meter: Meter { left: limits.steps },
            stream: Stream::new(limits.seed),
            space: Space::default(),
            order: Vec::new(),
            rank: vec![0; load.kinds],
            cheap,
        }
    }

    pub(super) fn plan(mut self) -> Plan {
        let all: Vec<usize> = (0..self.load.items.len()).collect();
        let least = self.least(&all);
        let mut best = stack::cartons(self.load);
        if all.len() <= SEARCH_PIECES {
            if let Some(group) = self.single(&all) {
                best = vec![group];
            }
            if best.len() > 1 {
                self.spread(&all, least, &mut best);
            }
        }
        self.told(best, least)
    }

    /// Volume and weight bound on the number of cartons.
    fn least(&self, set: &[usize]) -> usize {
        let (volume, weight) = self.sums(set);
        let room = self.load.bins.iter().map(|bin| bin.volume).max().unwrap_or(1);
        let load = self.load.bins.iter().map(|bin| bin.load).max().unwrap_or(1).max(1);
        usize::try_from(volume.div_ceil(room).max(weight.div_ceil(load)).max(1)).unwrap_or(usize::MAX)
    }

    fn sums(&self, set: &[usize]) -> (u64, u64) {
        set.iter().fold((0, 0), |(volume, weight), &index| {
            (volume + self.load.items[index].volume, weight + self.load.items[index].weight)
        })
    }

    /// Everything in the cheapest carton that is found to take it.
    fn single(&mut self, set: &[usize]) -> Option<Group> {
        let (volume, weight) = self.sums(set);
        for at in 0..self.cheap.len() {
            let kind = self.cheap[at];
            let bin = &self.load.bins[kind];
            let takes = |&index: &usize| bin.takes(&self.load.items[index]);
            if volume > bin.volume || weight > bin.load || !set.iter().all(takes) {
                continue;
            }
            for run in 0..FIRST_RUNS {
                if self.meter.spent() {
                    return None;
                }
                if self.fill(set, kind, run) == set.len() {
                    return Some(Group { bin: kind, boxes: self.space.boxes.clone() });
                }
            }
        }
        None
    }

    /// Fills one carton of the kind with what of the set it takes; answers how many.
    fn fill(&mut self, set: &[usize], kind: usize, run: usize) -> usize {
        self.sort(set, run);
        let rule = RULES[run % RULES.len()];
        self.space.open(&self.load.bins[kind], self.limits.support_percent);
        for at in 0..self.order.len() {
            let index = self.order[at];
            if self.meter.spent() {
                break;
            }
            self.space.place(index, &self.load.items[index], rule, &mut self.meter);
        }
        self.space.boxes.len()
    }

    /// Orders the set for one run: by volume, largest face or longest edge, then ever more by chance.
    fn sort(&mut self, set: &[usize], run: usize) {
        let noise = (run as u64 / 3 * 8).min(64);
        for rank in &mut self.rank {
            *rank = 100 + self.stream.below(noise + 1);
        }
        let size = |item: &Item| {
            let mut edges = item.turns[0];
            edges.sort_unstable();
            match run % 3 {
                0 => item.volume,
                1 => u64::from(edges[2]) * u64::from(edges[1]),
                _ => u64::from(edges[2]) << 14 | u64::from(edges[1]),
            }
        };
        self.order.clear();
        self.order.extend_from_slice(set);
        let (items, rank) = (&self.load.items, &self.rank);
        self.order.sort_by_cached_key(|&index| {
            let item = &items[index];
            (item.fragile, Reverse(u128::from(size(item)) * u128::from(rank[item.kind])), item.kind, index)
        });
    }

    /// Looks for a plan of fewer, then cheaper, cartons until the budget is spent.
    fn spread(&mut self, all: &[usize], least: usize, best: &mut Vec<Group>) {
        let mut run = 0;
        while !self.meter.spent() && best.len() > least {
            let mut rest = all.to_vec();
            let mut groups = Vec::new();
            while !rest.is_empty() && groups.len() + self.least(&rest) < best.len() && !self.meter.spent() {
                if let Some(group) = self.single(&rest) {
                    groups.push(group);
                    rest.clear();
                    break;
                }
                let pick = self.stream.below(self.cheap.len() as u64) as usize;
                let kind = self.cheap[self.cheap.len() - 1 - pick];
                if self.fill(&rest, kind, run) == 0 {
                    break;
                }
                let boxes = self.space.boxes.clone();
                rest.retain(|index| !boxes.iter().any(|placed| placed.item == *index));
                groups.push(Group { bin: kind, boxes });
                run += 1;
            }
            run += 1;
            if rest.is_empty() && groups.len() < best.len() {
                *best = groups;
            }
        }
    }

    fn told(&self, groups: Vec<Group>, least: usize) -> Plan {
        let proven = match u32::try_from(least) {
            Ok(least) if (least as usize) < groups.len() => Proof::AtLeast(least),
            _ => Proof::Minimal,
        };
        Plan { cartons: groups.into_iter().map(|group| self.packed(group)).collect(), proven }
    }

    fn packed(&self, group: Group) -> Packed {
        let bin = &self.load.bins[group.bin];
        let (mut volume, mut weight) = (0, bin.empty);
        let mut boxes = group.boxes;
        boxes.sort_by_key(|placed: &Placed| (placed.at[2], placed.at[1], placed.at[0]));
        let mut placements = Vec::with_capacity(boxes.len());
        for placed in boxes {
            let ([x, y, z], [w, l, d]) = (placed.at, placed.size);
            volume += self.load.items[placed.item].volume;
            weight += self.load.items[placed.item].weight;
            placements.push(Placement { piece: placed.item, x, y, z, w, l, d });
        }
        let fill_permille = u32::try_from(volume * 1000 / bin.volume).unwrap_or(1000);
        Packed { carton: group.bin, placements, fill_permille, gross_g: weight }
    }
}
