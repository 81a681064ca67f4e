//! Kits: which cartons, and how many of each, could take an order at all.
//!
//! In: a load, its carton types, and its bounds. Out: all kits of a given number of cartons that no bound
//! refutes, the cheapest first.

use super::{
    bound::Bound,
    item::{Bin, Load},
};

/// Most kits looked at for one number of cartons; beyond it the list says that it is not whole.
const MOST_KITS: usize = 400;
/// The same, times the kinds of items: judging a kit looks at every kind.
const MOST_KINDS: usize = 12_000;

/// Branches looked at for one number of cartons, judged or not.
const MOST_BRANCHES: usize = 20_000;
/// Beyond this many cartons there are too many kits to be worth a list.
const MOST_CARTONS: usize = 40;

/// The kits of one size.
#[derive(Debug)]
pub(super) struct Kits {
    /// Carton types, one per carton, the largest first.
    pub(super) open: Vec<Vec<usize>>,
    /// Whether every kit that is not listed is refuted.
    pub(super) whole: bool,
}

/// The carton types that matter to the load: each takes a piece and no other takes all that it takes.
pub(super) fn types(load: &Load) -> Vec<usize> {
    let upright = load.items.iter().any(|item| item.upright);
    let useful = |bin: &Bin| load.items.iter().any(|item| bin.takes(item));
    let covers = |a: &Bin, b: &Bin| {
        let (mut big, mut small) = (a.size, b.size);
        let edges = if upright { 2 } else { 3 };
        big[..edges].sort_unstable();
        small[..edges].sort_unstable();
        a.load >= b.load && big.iter().zip(&small).all(|(big, small)| big >= small)
    };
    let mut types: Vec<usize> = (0..load.bins.len()).filter(|&at| useful(&load.bins[at])).collect();
    let all = types.clone();
    types.retain(|&at| {
        !all.iter().any(|&other| {
            let (a, b) = (&load.bins[other], &load.bins[at]);
            other != at && covers(a, b) && (!covers(b, a) || (a.cost, other) < (b.cost, at))
        })
    });
    types.sort_by_key(|&at| std::cmp::Reverse((load.bins[at].volume, at)));
    types
}

/// Lists the kits of `number` cartons of these types that may take the whole load.
pub(super) fn open(load: &Load, types: &[usize], bound: &Bound, number: usize) -> Kits {
    let mut kits = Kits { open: Vec::new(), whole: number <= MOST_CARTONS };
    if !kits.whole {
        return kits;
    }
    let volume = load.items.iter().map(|item| item.volume).sum();
    let weight = load.items.iter().map(|item| item.weight).sum();
    let mut numbers = vec![0; types.len()];
    let mut left = MOST_KITS.min(MOST_KINDS / load.kinds.max(1)).max(1);
    let mut branches = MOST_BRANCHES;
    let mut wish = Wish { load, types, bound, kits: &mut kits, left: &mut left, branches: &mut branches };
    wish.choose(&mut numbers, 0, number as u64, volume, weight);
    kits.open.sort_by_key(|kit| {
        let sum = |of: fn(&Bin) -> u64| kit.iter().map(|&at| u128::from(of(&load.bins[at]))).sum::<u128>();
        (sum(|bin| bin.cost), sum(|bin| bin.volume), kit.clone())
    });
    kits
}

struct Wish<'a> {
    load: &'a Load,
    types: &'a [usize],
    bound: &'a Bound,
    kits: &'a mut Kits,
    /// How many kits may still be judged.
    left: &'a mut usize,
    branches: &'a mut usize,
}

impl Wish<'_> {
    /// Chooses how many of type `at` and later ones; `volume` and `weight` are still to be taken.
    fn choose(&mut self, numbers: &mut Vec<u64>, at: usize, left: u64, volume: u64, weight: u64) {
        if *self.left == 0 || *self.branches == 0 {
            self.kits.whole = false;
            return;
        }
        *self.branches -= 1;
        let rest = &self.types[at..];
        let most = |of: fn(&Bin) -> u64| rest.iter().map(|&bin| of(&self.load.bins[bin])).max().unwrap_or(0);
        if most(|bin| bin.volume) * left < volume || most(|bin| bin.load) * left < weight {
            return;
        }
        if left == 0 || at == self.types.len() {
            *self.left -= 1;
            self.judge(numbers);
            return;
        }
        let from = if at + 1 == self.types.len() { left } else { 0 };
        for number in (from..=left).rev() {
            numbers[at] = number;
            let bin = &self.load.bins[self.types[at]];
            let (volume, weight) =
                (volume.saturating_sub(number * bin.volume), weight.saturating_sub(number * bin.load));
            self.choose(numbers, at + 1, left - number, volume, weight);
            numbers[at] = 0;
        }
    }

    fn judge(&mut self, numbers: &[u64]) {
        let used: Vec<usize> = (0..numbers.len()).filter(|&at| numbers[at] > 0).collect();
        let types: Vec<usize> = used.iter().map(|&at| self.types[at]).collect();
        let counts: Vec<u64> = used.iter().map(|&at| numbers[at]).collect();
        if !self.bound.refutes(&types, &counts) {
            let cartons =
                types.iter().zip(&counts).flat_map(|(&bin, &n)| std::iter::repeat_n(bin, n as usize));
            self.kits.open.push(cartons.collect());
        }
    }
}
