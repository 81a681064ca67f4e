//! The searches: one carton filled in many orders, and a kit of cartons refilled until all is in.
//!
//! In: a checked load, which pieces, which cartons, and a budget. Out: filled cartons that keep every rule,
//! or nothing. A search never says that something is impossible; see `bound` and `exact` for that.

use std::cmp::Reverse;

use super::{
    Limits,
    fill::{Meter, Rule, Space},
    item::{Item, Load},
    seed::Stream,
    stack::{self, Group},
};

const RULES: [Rule; 7] = [
    Rule::Near([2, 1, 0]),
    Rule::Far([2, 1, 0]),
    Rule::Near([1, 2, 0]),
    Rule::Touch,
    Rule::Far([1, 2, 0]),
    Rule::Near([0, 2, 1]),
    Rule::Far([0, 2, 1]),
];
/// Sort keys the runs take in turn.
const KEYS: usize = 4;
/// Runs after which chance has its full say.
const WARM_RUNS: usize = 24;
/// Carton types the first plan chooses among, the largest first.
const GREEDY_TYPES: usize = 6;
/// What a run costs before its first comparison, in steps per piece.
const RUN_STEPS: usize = 24;

/// One order's searches: the budget, the number stream and the buffers they share.
pub(super) struct Search<'a> {
    pub(super) load: &'a Load,
    pub(super) limits: Limits,
    pub(super) meter: Meter,
    pub(super) stream: Stream,
    pub(super) space: Space,
    order: Vec<usize>,
    keyed: Vec<(bool, Reverse<u64>, usize, usize)>,
    rank: Vec<u64>,
    /// The fullest carton, to weigh what is left over by.
    room: u64,
    bears: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(load: &'a Load, limits: Limits) -> Self {
        Self {
            load,
            limits,
            meter: Meter { left: limits.steps },
            stream: Stream::new(limits.seed),
            space: Space::new(),
            order: Vec::new(),
            keyed: Vec::new(),
            rank: vec![0; load.kinds],
            room: load.bins.iter().map(|bin| bin.volume).max().unwrap_or(1),
            bears: load.bins.iter().map(|bin| bin.load).max().unwrap_or(1).max(1),
        }
    }

    /// Runs something on a share of what is left of the budget.
    pub(super) fn within<T>(&mut self, share: u64, of: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let whole = self.meter.left;
        let part = whole / of * share;
        self.meter.left = part;
        let result = work(self);
        self.meter.left += whole - part;
        result
    }

    /// Whether the set could fit a carton of the kind, by volume, weight and single sizes.
    pub(super) fn may_take(&self, set: &[usize], kind: usize) -> bool {
        let bin = &self.load.bins[kind];
        let (mut volume, mut weight) = (0, 0);
        for &index in set {
            let item = &self.load.items[index];
            volume += item.volume;
            weight += item.weight;
            if !bin.takes(item) {
                return false;
            }
        }
        volume <= bin.volume && weight <= bin.load
    }

    /// Everything in one carton of the kind, if one of the runs finds how.
    pub(super) fn single(
        &mut self,
        set: &[usize],
        kind: usize,
        runs: std::ops::Range<usize>,
    ) -> Option<Group> {
        for run in runs {
            if self.meter.spent() {
                return None;
            }
            if self.fill(set, kind, run) == set.len() {
                return Some(Group { bin: kind, boxes: self.space.boxes.clone() });
            }
        }
        None
    }

    /// Fills one carton of the kind with what of the set it takes; answers how many.
    pub(super) fn fill(&mut self, set: &[usize], kind: usize, run: usize) -> usize {
        self.meter.spend(RUN_STEPS * set.len());
        self.sort(set, run);
        let rule = RULES[run % RULES.len()];
        self.space.open(&self.load.bins[kind], self.limits.support_percent, rule);
        let mut in_vain = None;
        for at in 0..self.order.len() {
            let index = self.order[at];
            let item = &self.load.items[index];
            if self.meter.spent() {
                break;
            }
            if in_vain == Some(item.kind) {
                continue;
            }
            let placed = self.space.place(index, item, &mut self.meter);
            in_vain = (!placed).then_some(item.kind);
        }
        self.space.boxes.len()
    }

    /// Orders the set for one run: by one of the keys, then ever more by chance.
    fn sort(&mut self, set: &[usize], run: usize) {
        let noise = if run < KEYS * RULES.len() { (run / KEYS) as u64 * 8 } else { 64 };
        for rank in &mut self.rank {
            *rank = 100 + self.stream.below(noise + 1);
        }
        self.keyed.clear();
        for &index in set {
            let item = &self.load.items[index];
            let key = u128::from(self.key(item, run % KEYS)) * u128::from(self.rank[item.kind]);
            let key = u64::try_from(key).unwrap_or(u64::MAX);
            self.keyed.push((item.fragile, Reverse(key), item.kind, index));
        }
        self.keyed.sort_unstable();
        self.order.clear();
        self.order.extend(self.keyed.iter().map(|&(.., index)| index));
    }

    fn key(&self, item: &Item, key: usize) -> u64 {
        let mut edges = item.turns[0];
        edges.sort_unstable();
        match key {
            0 => item.volume,
            1 => u64::from(edges[2]) * u64::from(edges[1]),
            2 => self.bulk(item),
            _ => u64::from(edges[2]) << 14 | u64::from(edges[1]),
        }
    }

    /// The share of the largest carton an item takes, by volume or weight, in millionths.
    fn bulk(&self, item: &Item) -> u64 {
        (item.volume * 1_000_000 / self.room).max(item.weight * 1_000_000 / self.bears)
    }

    /// One carton after the other, each of the type that takes most; what the budget leaves over is stacked.
    pub(super) fn greedy(&mut self, set: &[usize], types: &[usize]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut left = set.to_vec();
        while !left.is_empty() && !self.meter.spent() {
            let mut best: Option<(u64, Group)> = None;
            for (run, &bin) in types.iter().take(GREEDY_TYPES).enumerate() {
                self.fill(&left, bin, groups.len() + run * KEYS);
                let taken = self.space.boxes.iter().map(|placed| placed.item);
                let bulk = taken.map(|index| self.bulk(&self.load.items[index])).sum();
                if bulk > best.as_ref().map_or(0, |(most, _)| *most) {
                    best = Some((bulk, Group { bin, boxes: self.space.boxes.clone() }));
                }
            }
            let Some((_, group)) = best else { break };
            remove(&mut left, &group);
            groups.push(group);
        }
        groups.extend(stack::cartons(self.load, &left));
        groups
    }

    /// Everything in the cartons of a kit, filled one after the other and then again and again.
    pub(super) fn kit(&mut self, set: &[usize], kit: &[usize]) -> Option<Vec<Group>> {
        let mut groups: Vec<Group> = kit.iter().map(|&bin| Group { bin, boxes: Vec::new() }).collect();
        let mut left = set.to_vec();
        for (run, group) in groups.iter_mut().enumerate() {
            self.refill(group, &mut left, run);
        }
        self.refit(groups, left)
    }

    /// Empties one or two cartons by chance and fills them again with what is left over, as long as what
    /// is left over does not grow, until nothing is.
    pub(super) fn refit(&mut self, mut groups: Vec<Group>, mut left: Vec<usize>) -> Option<Vec<Group>> {
        let mut run = WARM_RUNS;
        while !left.is_empty() && !self.meter.spent() {
            run += 1;
            let one = self.stream.below(groups.len() as u64) as usize;
            let two = self.stream.below(groups.len() as u64) as usize;
            let mut pool = left.clone();
            pool.extend(groups[one].boxes.iter().map(|placed| placed.item));
            let mut new_one = Group { bin: groups[one].bin, boxes: Vec::new() };
            let mut new_two = Group { bin: groups[two].bin, boxes: Vec::new() };
            if one != two {
                pool.extend(groups[two].boxes.iter().map(|placed| placed.item));
            }
            let chance = self.stream.below(WARM_RUNS as u64) as usize;
            self.refill(&mut new_one, &mut pool, chance);
            if one != two {
                self.refill(&mut new_two, &mut pool, run);
            }
            let over = |left: &[usize]| left.iter().map(|&at| self.bulk(&self.load.items[at])).sum::<u64>();
            if over(&pool) <= over(&left) {
                left = pool;
                groups[one] = new_one;
                if one != two {
                    groups[two] = new_two;
                }
            }
        }
        groups.retain(|group| !group.boxes.is_empty());
        left.is_empty().then_some(groups)
    }

    fn refill(&mut self, group: &mut Group, left: &mut Vec<usize>, run: usize) {
        self.fill(left, group.bin, run);
        group.boxes.clone_from(&self.space.boxes);
        remove(left, group);
    }
}

/// Takes what a group holds out of a list of items.
fn remove(left: &mut Vec<usize>, group: &Group) {
    let mut held: Vec<usize> = group.boxes.iter().map(|placed| placed.item).collect();
    held.sort_unstable();
    left.retain(|index| held.binary_search(index).is_err());
}
