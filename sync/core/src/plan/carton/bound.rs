//! What no packing can do: lower bounds from dual feasible functions.
//!
//! In: a load. Out: proofs that a carton, or a set of cartons, cannot take it. Support and fragility are
//! ignored, so whatever is refuted here is refuted with them too. Never wrong, sometimes silent.
//!
//! A *measure* gives each kind of item a share of one carton type such that whatever fits together adds
//! up to at most one. Volume over inner volume is one; so is weight over load; so is the product of one
//! dual feasible function per edge (Fekete and Schepers 2004), taken as the least over the turns that fit.
//! If for some measure per carton type m(t) and some price a(t) >= 0 the sum over items of
//! min a(t)·m(t, item) exceeds the sum of a(t) over the cartons of a kit, the kit cannot take the load:
//! that is weak duality of the assignment problem.

use super::item::{Bin, Load};

/// One, as measures and prices count it.
const ONE: u64 = 1 << 30;
/// One, per edge, before three edges are multiplied.
const EDGE_ONE: u64 = 1 << 20;
/// Beyond this many kinds only the first functions are tried.
const MANY_KINDS: usize = 60;
/// A kind that does not fit the carton type at all.
const NEVER: u64 = u64::MAX;
/// The price every type starts with, and the highest one.
const PRICE_ONE: u64 = 1 << 10;
const PRICE_MOST: u64 = 1 << 16;
/// How often the price and the measure of every type are chosen anew.
const ROUNDS: usize = 3;
/// u^(1) to u^(MAX_K) are tried on each edge.
const MAX_K: u64 = 12;
/// Largest edges per axis that get a cut-off function of their own.
const MAX_CUTS: usize = 4;

/// A dual feasible function on the integers 0 to `whole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dual {
    /// x over whole; `Steps(0)` is the same.
    Plain,
    /// u^(k): rounds (k + 1)·x down to a multiple of 1/k, unless it is whole.
    Steps(u64),
    /// U^(e): at least `whole - e + 1` counts as all, below `e` as nothing.
    Cut(u64),
}

impl Dual {
    /// The share of `x`, rounded down, in 1/`one`.
    fn share(self, x: u64, whole: u64, one: u64) -> u64 {
        match self {
            Self::Steps(k) if k > 0 && !((k + 1) * x).is_multiple_of(whole) => (k + 1) * x / whole * one / k,
            Self::Cut(e) if x > whole - e => one,
            Self::Cut(e) if x < e => 0,
            _ => x * one / whole,
        }
    }
}

/// One representative per kind of item.
#[derive(Debug)]
struct Kind {
    count: u64,
    turns: Vec<[u32; 3]>,
    weight: u64,
}

type Measure = Vec<u64>;

/// The measures of one load in each carton type.
#[derive(Debug)]
pub(super) struct Bound {
    counts: Vec<u64>,
    /// Per carton type.
    measures: Vec<Vec<Measure>>,
}

impl Bound {
    /// Finds good measures for the items named, in each of the carton types.
    pub(super) fn new(load: &Load, set: &[usize], types: &[usize]) -> Self {
        let mut kinds: Vec<Option<Kind>> = (0..load.kinds).map(|_| None).collect();
        for &index in set {
            let item = &load.items[index];
            let new = || Kind { count: 0, turns: item.turns.clone(), weight: item.weight };
            kinds[item.kind].get_or_insert_with(new).count += 1;
        }
        let kinds: Vec<Kind> = kinds.into_iter().flatten().collect();
        let mut measures = vec![Vec::new(); load.bins.len()];
        for &kind in types {
            measures[kind] = found(&kinds, &load.bins[kind]);
        }
        Self { counts: kinds.iter().map(|kind| kind.count).collect(), measures }
    }

    /// Whether one carton of this type provably cannot take everything.
    pub(super) fn refutes_one(&self, bin: usize) -> bool {
        self.measures[bin].iter().any(|measure| total(&self.counts, measure) > ONE)
    }

    /// A number of cartons of these types that is provably needed.
    pub(super) fn least(&self, types: &[usize]) -> usize {
        let mut chosen = vec![0; types.len()];
        let even = vec![1; types.len()];
        let mut best = 0;
        for _ in 0..2 {
            for at in 0..types.len() {
                let others = self.cheapest(types, &chosen, &even, at);
                for (index, measure) in self.measures[types[at]].iter().enumerate() {
                    let sum = self.priced(&others, measure, 1);
                    if sum > best {
                        (best, chosen[at]) = (sum, index);
                    }
                }
            }
        }
        usize::try_from(best.div_ceil(u128::from(ONE)).max(1)).unwrap_or(usize::MAX)
    }

    /// Whether a kit (so many of each of these types, none zero) provably cannot take everything.
    pub(super) fn refutes(&self, types: &[usize], numbers: &[u64]) -> bool {
        let mut chosen = vec![0; types.len()];
        let mut prices = vec![PRICE_ONE; types.len()];
        for _ in 0..ROUNDS {
            for at in 0..types.len() {
                let others = self.cheapest(types, &chosen, &prices, at);
                let fixed: u64 = (0..types.len()).filter(|&i| i != at).map(|i| numbers[i] * prices[i]).sum();
                let mut best: Option<(i128, usize, u64)> = None;
                for (index, measure) in self.measures[types[at]].iter().enumerate() {
                    let over = |price: u64| {
                        let room = u128::from(fixed + numbers[at] * price) * u128::from(ONE);
                        self.priced(&others, measure, price) as i128 - room as i128
                    };
                    let price = highest(over);
                    let most = over(price);
                    if most > 0 {
                        return true;
                    }
                    if best.is_none_or(|(least, ..)| most > least) {
                        best = Some((most, index, price));
                    }
                }
                if let Some((_, index, price)) = best {
                    (chosen[at], prices[at]) = (index, price.max(1));
                }
            }
        }
        false
    }

    /// Per kind, the least price among the types but one.
    fn cheapest(&self, types: &[usize], chosen: &[usize], prices: &[u64], but: usize) -> Measure {
        let mut least = vec![NEVER; self.counts.len()];
        for at in (0..types.len()).filter(|&at| at != but) {
            for (least, &share) in least.iter_mut().zip(&self.measures[types[at]][chosen[at]]) {
                *least = (*least).min(times(share, prices[at]));
            }
        }
        least
    }

    /// What everything costs at least; more than any kit has when a kind fits nowhere.
    fn priced(&self, others: &[u64], measure: &[u64], price: u64) -> u128 {
        let mut sum = 0u128;
        for ((&count, &other), &share) in self.counts.iter().zip(others).zip(measure) {
            sum += u128::from(count) * u128::from(other.min(times(share, price)));
        }
        sum
    }
}

/// Where a concave function of the price is highest.
fn highest(over: impl Fn(u64) -> i128) -> u64 {
    let (mut low, mut high) = (0, PRICE_MOST);
    while low < high {
        let middle = low.midpoint(high);
        if over(middle + 1) > over(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn times(share: u64, price: u64) -> u64 {
    if share == NEVER { NEVER } else { share * price }
}

fn total(counts: &[u64], measure: &[u64]) -> u64 {
    counts
        .iter()
        .zip(measure)
        .fold(0, |sum: u64, (&count, &share)| sum.saturating_add(count.saturating_mul(share)))
}

/// Every turn that fits a carton type, with its share of each edge under each function.
struct Shares {
    /// Per kind, where its turns end in the lists below.
    ends: Vec<usize>,
    /// Per axis and function, the share of each turn.
    edges: [Vec<Vec<u32>>; 3],
}

impl Shares {
    fn new(kinds: &[Kind], bin: &Bin) -> Self {
        let mut turns: Vec<[u32; 3]> = Vec::new();
        let mut ends = Vec::with_capacity(kinds.len());
        for kind in kinds {
            if kind.weight <= bin.load {
                turns.extend(kind.turns.iter().filter(|turn| bin.holds(turn)));
            }
            ends.push(turns.len());
        }
        let edges = [0, 1, 2].map(|axis| {
            let whole = bin.size[axis];
            let share = |dual: Dual, edge: u32| dual.share(edge.into(), whole.into(), EDGE_ONE) as u32;
            let duals = edge_duals(turns.iter().map(|turn| turn[axis]), whole, kinds.len());
            duals.iter().map(|&dual| turns.iter().map(|turn| share(dual, turn[axis])).collect()).collect()
        });
        Self { ends, edges }
    }

    /// The measure of one function per axis: each kind in its cheapest turn.
    fn measure(&self, triple: [usize; 3]) -> Measure {
        let [x, y, z] = [0, 1, 2].map(|axis| &self.edges[axis][triple[axis]]);
        let mut from = 0;
        let mut measure = Vec::with_capacity(self.ends.len());
        for &end in &self.ends {
            let shares = x[from..end].iter().zip(&y[from..end]).zip(&z[from..end]);
            let least = shares.map(|((&x, &y), &z)| (u64::from(x) * u64::from(y) * u64::from(z)) >> 30).min();
            measure.push(least.unwrap_or(NEVER));
            from = end;
        }
        measure
    }
}

fn most_k(kinds: usize) -> u64 {
    if kinds > MANY_KINDS { 3 } else { MAX_K }
}

/// The functions tried on one axis; `Plain` first, then u^(1), the rest as the number of kinds allows.
fn edge_duals(edges: impl Iterator<Item = u32>, whole: u32, kinds: usize) -> Vec<Dual> {
    let mut cuts: Vec<u32> = edges.filter(|&edge| edge * 2 > whole && edge < whole).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut duals = vec![Dual::Plain];
    duals.extend((1..=most_k(kinds)).map(Dual::Steps));
    duals.extend(cuts.iter().rev().take(MAX_CUTS).map(|&edge| Dual::Cut(u64::from(whole - edge) + 1)));
    duals
}

/// The measures worth keeping for one carton type: weight and space, each alone and halved together.
fn found(kinds: &[Kind], bin: &Bin) -> Vec<Measure> {
    let shares = Shares::new(kinds, bin);
    let counts: Vec<u64> = kinds.iter().map(|kind| kind.count).collect();
    let worth = |measure: &Measure| {
        let known = counts.iter().zip(measure).filter(|(_, share)| **share != NEVER);
        known.map(|(count, share)| count * share).sum::<u64>()
    };
    let mut measures: Vec<Measure> = Vec::new();
    let mut keep = |measure: Measure| {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    };
    let last = most_k(kinds.len()) as usize;
    let starts = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1], [last, last, 0]];
    let mut best = shares.measure(starts[0]);
    for mut triple in starts {
        let mut here = shares.measure(triple);
        keep(here.clone());
        for axis in [0, 1, 2, 0, 1, 2] {
            for dual in 0..shares.edges[axis].len() {
                let old = std::mem::replace(&mut triple[axis], dual);
                let there = shares.measure(triple);
                if worth(&there) > worth(&here) {
                    here = there;
                } else {
                    triple[axis] = old;
                }
            }
        }
        if worth(&here) > worth(&best) {
            best.clone_from(&here);
        }
        keep(here);
    }
    let weigh = |dual: Dual| weights(kinds, bin, &best, dual);
    let plain = weigh(Dual::Plain);
    let stepped = (1..=MAX_K).map(|k| weigh(Dual::Steps(k))).max_by_key(worth);
    let both = best.iter().zip(&plain).map(|(&a, &b)| if a == NEVER { NEVER } else { (a + b) / 2 });
    keep(both.collect());
    keep(plain);
    stepped.into_iter().for_each(keep);
    measures
}

/// The weight measure; what does not fit by `space` does not fit.
fn weights(kinds: &[Kind], bin: &Bin, space: &[u64], dual: Dual) -> Measure {
    let share = |(kind, &space): (&Kind, &u64)| {
        if space == NEVER { NEVER } else { dual.share(kind.weight, bin.load.max(1), ONE) }
    };
    kinds.iter().zip(space).map(share).collect()
}
