//! The planner of one order: one carton if any takes it all, else the fewest that do, then the cheapest.
//!
//! In: a checked load, limits. Out: a plan and what is proven about it. Every search only replaces a plan
//! by a better one, so running out of budget anywhere leaves a valid answer.

use super::{
    Limits, Packed, Placement, Plan, Proof,
    bound::Bound,
    exact::{self, Verdict},
    item::Load,
    kit,
    search::Search,
    stack::{self, Group},
};

/// Beyond this many kinds of pieces only the plain bound is affordable.
const BOUND_KINDS: usize = 300;
/// Runs per carton type before the next dearer type gets its turn.
const FIRST_RUNS: usize = 10;
/// Runs per cheaper carton type after a dearer one was found to do.
const CHEAPER_RUNS: usize = 40;

/// Plans the order.
pub(super) fn plan(load: &Load, limits: Limits) -> Plan {
    let mut cheap: Vec<usize> = (0..load.bins.len()).collect();
    cheap.sort_by_key(|&bin| (load.bins[bin].cost, load.bins[bin].volume, bin));
    let all: Vec<usize> = (0..load.items.len()).collect();
    let mut planner = Planner { search: Search::new(load, limits), all, cheap };
    if let Some(group) = planner.one() {
        return told(load, vec![group], 1);
    }
    planner.several()
}

struct Planner<'a> {
    search: Search<'a>,
    all: Vec<usize>,
    /// Carton types, cheapest first.
    cheap: Vec<usize>,
}

impl Planner<'_> {
    /// Everything in one carton, the cheapest found.
    fn one(&mut self) -> Option<Group> {
        let all = self.all.clone();
        let fits: Vec<usize> =
            self.cheap.iter().copied().filter(|&bin| self.search.may_take(&all, bin)).collect();
        let mut found = None;
        for (at, &bin) in fits.iter().enumerate() {
            if let Some(group) = self.search.single(&all, bin, 0..FIRST_RUNS) {
                found = Some((at, group));
                break;
            }
        }
        let (at, mut group) = found?;
        if at > 0 {
            let bound = Bound::new(self.search.load, &all, &fits[..at]);
            for &bin in fits[..at].iter().filter(|&&bin| !bound.refutes_one(bin)) {
                let better =
                    self.search.within(1, 8, |search| search.single(&all, bin, FIRST_RUNS..CHEAPER_RUNS));
                if let Some(better) = better.or_else(|| self.decided(bin).ok().flatten()) {
                    group = better;
                    break;
                }
            }
        }
        Some(group)
    }

    /// The exact search for one carton: a packing, none known, or `Err` when there is none at all.
    fn decided(&mut self, bin: usize) -> Result<Option<Group>, ()> {
        let all = self.all.clone();
        self.search.within(1, 8, |search| {
            let (load, support) = (search.load, search.limits.support_percent);
            let kind = &load.bins[bin];
            match exact::decide(load, kind, &all, support, &mut search.space, &mut search.meter) {
                Verdict::Packed(boxes) => Ok(Some(Group { bin, boxes })),
                Verdict::Never => Err(()),
                Verdict::Open => Ok(None),
            }
        })
    }

    /// The fewest cartons found, and how few there must be.
    fn several(&mut self) -> Plan {
        let load = self.search.load;
        let types = kit::types(load);
        // An eighth is kept for the cost of the cartons, however hard their number is.
        let reserve = self.search.meter.left / 8;
        self.search.meter.left -= reserve;
        let mut best = self.first(&types);
        if load.kinds > BOUND_KINDS {
            self.fewer(&mut best);
            return told(load, best, plain_least(load));
        }
        let bound = Bound::new(load, &self.all, &types);
        let mut least = bound.least(&types);
        let mut proving = true;
        let mut number = least;
        while number < best.len() && (proving || !self.search.meter.spent()) {
            let mut kits = kit::open(load, &types, &bound, number);
            let found = if number == 1 { self.sieve(&mut kits) } else { None };
            if proving && kits.whole && kits.open.is_empty() && found.is_none() {
                least = number + 1;
            } else {
                proving = false;
            }
            if let Some(groups) = found.or_else(|| self.try_kits(&kits.open)) {
                best = groups;
            }
            number += 1;
        }
        if best.len() > least {
            self.fewer(&mut best);
        }
        self.search.meter.left = reserve;
        self.cheaper(&types, &bound, &mut best);
        told(load, best, least)
    }

    /// A plan to improve on: the better of stacks and of cartons filled one after the other.
    fn first(&mut self, types: &[usize]) -> Vec<Group> {
        let all = self.all.clone();
        let stacked = stack::cartons(self.search.load, &all);
        let filled = self.search.within(1, 3, |search| search.greedy(&all, types));
        if filled.len() < stacked.len() { filled } else { stacked }
    }

    /// Drops the emptiest carton and refits its pieces into the others, as long as that works.
    fn fewer(&mut self, best: &mut Vec<Group>) {
        while best.len() > 1 && !self.search.meter.spent() {
            let mut groups = best.clone();
            let load = self.search.load;
            let used = |group: &Group| group.boxes.iter().map(|at| load.items[at.item].volume).sum::<u64>();
            groups.sort_by_key(|group| std::cmp::Reverse(used(group)));
            let dropped = groups.pop().map_or(Vec::new(), |group| group.boxes);
            let left = dropped.iter().map(|placed| placed.item).collect();
            match self.search.within(1, 2, |search| search.refit(groups, left)) {
                Some(groups) => *best = groups,
                None => return,
            }
        }
    }

    /// Single cartons: decides those that can be, and leaves the undecided ones open.
    fn sieve(&mut self, kits: &mut kit::Kits) -> Option<Vec<Group>> {
        let mut undecided = Vec::new();
        for kit in std::mem::take(&mut kits.open) {
            match self.decided(kit[0]) {
                Ok(Some(group)) => return Some(vec![group]),
                Ok(None) => undecided.push(kit),
                Err(()) => {}
            }
        }
        kits.open = undecided;
        None
    }

    /// The first kit that is found to take everything, each on an equal share of half the budget left.
    fn try_kits(&mut self, kits: &[Vec<usize>]) -> Option<Vec<Group>> {
        let all = self.all.clone();
        let share = 2 * kits.len() as u64;
        let budget = self.search.meter.left / share.max(1);
        for kit in kits {
            let of = self.search.meter.left / budget.max(1);
            let found = self.search.within(1, of.max(1), |search| search.kit(&all, kit));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Same number, less cost: cheaper kits, then a cheaper type for each carton alone.
    fn cheaper(&mut self, types: &[usize], bound: &Bound, best: &mut Vec<Group>) {
        let load = self.search.load;
        let cost = |kit: &mut dyn Iterator<Item = usize>| {
            kit.map(|bin| u128::from(load.bins[bin].cost)).sum::<u128>()
        };
        if self.search.meter.spent() {
            return;
        }
        let now = cost(&mut best.iter().map(|group| group.bin));
        let mut kits = kit::open(load, types, bound, best.len()).open;
        kits.retain(|kit| cost(&mut kit.iter().copied()) < now);
        if let Some(groups) = self.try_kits(&kits) {
            *best = groups;
        }
        for group in best {
            let set: Vec<usize> = group.boxes.iter().map(|placed| placed.item).collect();
            for at in 0..self.cheap.len() {
                let bin = self.cheap[at];
                if load.bins[bin].cost >= load.bins[group.bin].cost {
                    break;
                }
                if !self.search.may_take(&set, bin) {
                    continue;
                }
                if let Some(better) = self.search.single(&set, bin, 0..FIRST_RUNS) {
                    *group = better;
                    break;
                }
            }
        }
    }
}

/// Volume and weight bound on the number of cartons.
fn plain_least(load: &Load) -> usize {
    let room = load.bins.iter().map(|bin| bin.volume).max().unwrap_or(1);
    let bears = load.bins.iter().map(|bin| bin.load).max().unwrap_or(1).max(1);
    let volume: u64 = load.items.iter().map(|item| item.volume).sum();
    let weight: u64 = load.items.iter().map(|item| item.weight).sum();
    usize::try_from(volume.div_ceil(room).max(weight.div_ceil(bears)).max(1)).unwrap_or(usize::MAX)
}

fn told(load: &Load, groups: Vec<Group>, least: usize) -> Plan {
    let proven = match u32::try_from(least) {
        Ok(bound) if least < groups.len() => Proof::AtLeast(bound),
        _ => Proof::Minimal,
    };
    Plan { cartons: groups.into_iter().map(|group| packed(load, group)).collect(), proven }
}

fn packed(load: &Load, group: Group) -> Packed {
    let bin = &load.bins[group.bin];
    let (mut volume, mut weight) = (0, bin.empty);
    let mut boxes = group.boxes;
    boxes.sort_by_key(|placed| (placed.at[2], placed.at[1], placed.at[0]));
    let mut placements = Vec::with_capacity(boxes.len());
    for placed in boxes {
        let ([x, y, z], [w, l, d]) = (placed.at, placed.size);
        volume += load.items[placed.item].volume;
        weight += load.items[placed.item].weight;
        placements.push(Placement { piece: placed.item, x, y, z, w, l, d });
    }
    let fill_permille = u32::try_from(volume * 1000 / bin.volume).unwrap_or(1000);
    Packed { carton: group.bin, placements, fill_permille, gross_g: weight }
}
