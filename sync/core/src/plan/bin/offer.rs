//! One line's bins after the rules: those that must be emptied first, and those that the walk may choose among.

use super::{BinError, Fefo, Line, Take};

/// What a line may be picked from, and what is chosen.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    /// Bins that every choice takes from, with the quantity.
    fixed: Vec<(usize, u64)>,
    /// Bins to choose among, largest unit first.
    free: Vec<Free>,
    /// What they must give together.
    quantity: u64,
}

/// A bin that may be chosen.
#[derive(Debug, Clone, Copy)]
struct Free {
    bin: usize,
    holds: u64,
    unit: u64,
    chosen: bool,
}

impl Offer {
    /// Applies the rules to a line.
    pub(super) fn read(number: usize, line: &Line, fefo: Fefo) -> Result<Self, BinError> {
        if line.quantity == 0 {
            return Err(BinError::Nothing(number));
        }
        let whole = |bin: &super::Bin| bin.holds - bin.holds % bin.unit.max(1);
        let bins = line.bins.iter().enumerate().filter(|(_, bin)| !bin.held && whole(bin) > 0);
        let mut bins: Vec<(i64, usize)> = bins
            .map(|(at, bin)| {
                (if fefo == Fefo::Ignored { 0 } else { bin.expires_day.unwrap_or(i64::MAX) }, at)
            })
            .collect();
        bins.sort_unstable();
        let available = bins.iter().fold(0_u64, |sum, (_, at)| sum.saturating_add(whole(&line.bins[*at])));
        let short = BinError::Short { line: number, available: available.min(line.quantity) };
        if available < line.quantity {
            return Err(short);
        }
        let mut offer = Self { fixed: Vec::new(), free: Vec::new(), quantity: line.quantity };
        let days = if let Fefo::Within { days } = fefo { i64::from(days) } else { 0 };
        let mut from = 0;
        while from < bins.len() {
            let last = bins[from].0.saturating_add(days);
            let to = from + bins[from..].iter().take_while(|bin| bin.0 <= last).count();
            let group = &bins[from..to];
            let sum = group.iter().fold(0_u64, |sum, (_, at)| sum.saturating_add(whole(&line.bins[*at])));
            from = to;
            if sum < offer.quantity {
                offer.fixed.extend(group.iter().map(|(_, at)| (*at, whole(&line.bins[*at]))));
                offer.quantity -= sum;
                continue;
            }
            let free = |at: usize| {
                let bin = &line.bins[at];
                Free { bin: at, holds: whole(bin), unit: bin.unit.max(1), chosen: true }
            };
            offer.free = group.iter().map(|(_, at)| free(*at)).collect();
            break;
        }
        offer.free.sort_by_key(|free| (std::cmp::Reverse(free.unit), free.bin));
        if offer.missing() > 0 {
            return Err(BinError::Short { line: number, available: line.quantity - offer.missing() });
        }
        offer.settle();
        Ok(offer)
    }

    /// If only one choice is left, makes it a fixed one.
    fn settle(&mut self) {
        let needed: Vec<bool> = (0..self.free.len()).map(|at| self.needs(at)).collect();
        if needed.iter().all(|needed| *needed) {
            let takes: Vec<(usize, u64)> = self.fill().collect();
            self.fixed.extend(takes);
            self.free.clear();
            self.quantity = 0;
        }
    }

    fn needs(&mut self, at: usize) -> bool {
        let was = std::mem::replace(&mut self.free[at].chosen, false);
        let needed = self.missing() > 0;
        self.free[at].chosen = was;
        needed
    }

    /// What each chosen bin gives.
    fn fill(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let mut left = self.quantity;
        self.free.iter().filter(|free| free.chosen).map(move |free| {
            let most = free.holds.min(left);
            let take = most - most % free.unit;
            left -= take;
            (free.bin, take)
        })
    }

    /// What the chosen bins cannot give.
    pub(super) fn missing(&self) -> u64 {
        self.quantity - self.fill().map(|take| take.1).sum::<u64>()
    }

    /// Whether nothing is left to choose.
    pub(super) fn settled(&self) -> bool {
        self.free.is_empty()
    }

    /// Bins that every choice takes from.
    pub(super) fn needed(&self) -> impl Iterator<Item = usize> + '_ {
        self.fixed.iter().map(|fixed| fixed.0)
    }

    /// Bins to choose among.
    pub(super) fn open(&self) -> impl Iterator<Item = usize> + '_ {
        self.free.iter().map(|free| free.bin)
    }

    /// How many bins there are to choose among.
    pub(super) fn choices(&self) -> usize {
        self.free.len()
    }

    pub(super) fn bin(&self, at: usize) -> usize {
        self.free[at].bin
    }

    /// How much of what is wanted a bin can give, as a share of `whole`, rounded up.
    pub(super) fn share(&self, at: usize, whole: u64) -> u64 {
        let part = u128::from(self.free[at].holds.min(self.quantity)) * u128::from(whole);
        part.div_ceil(u128::from(self.quantity.max(1))) as u64
    }

    /// What a bin not yet chosen could add of what is missing.
    pub(super) fn gives(&self, at: usize, missing: u64) -> u64 {
        let free = &self.free[at];
        let most = free.holds.min(missing);
        if free.chosen { 0 } else { most - most % free.unit }
    }

    pub(super) fn chosen(&self, at: usize) -> bool {
        self.free[at].chosen
    }

    pub(super) fn choose(&mut self, at: usize, chosen: bool) {
        self.free[at].chosen = chosen;
    }

    /// What to take from where.
    pub(super) fn takes(&self, line: usize) -> Vec<Take> {
        let all = self.fixed.iter().copied().chain(self.fill());
        all.filter(|take| take.1 > 0).map(|(bin, quantity)| Take { line, bin, quantity }).collect()
    }
}
