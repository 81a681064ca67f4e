//! A handful of pieces in one carton, decided for good: branch and bound over relative positions.
//!
//! Two boxes that do not overlap are apart along some axis, one before the other. Boxes are added largest
//! first, in every turn; each new box is put before or behind every earlier one along one axis, and a
//! branch ends when a chain of boxes is longer than the carton (Pisinger and Sigurd 2007). Support and
//! fragility do not bound the search: "no" therefore holds with them too, and a packing that is found
//! still has to pass [`super::fill::Space::fits`].

use super::{
    fill::{Meter, Placed, Rule, Space},
    item::{Bin, Item, Load},
};

/// Most pieces it is worth starting for.
pub(super) const MOST: usize = 9;

/// What one node costs, in steps.
const NODE_STEPS: usize = 32;

/// What the search knows when it ends.
#[derive(Debug)]
pub(super) enum Verdict {
    /// A packing under all rules.
    Packed(Vec<Placed>),
    /// There is none, not even without gravity.
    Never,
    /// The budget ended first, or only packings without gravity exist.
    Open,
}

/// Decides whether the carton takes the set, of at most [`MOST`] pieces.
pub(super) fn decide(
    load: &Load,
    bin: &Bin,
    set: &[usize],
    support_percent: u32,
    space: &mut Space,
    meter: &mut Meter,
) -> Verdict {
    if set.len() > MOST {
        return Verdict::Open;
    }
    let mut order = set.to_vec();
    order.sort_by_key(|&index| (std::cmp::Reverse(load.items[index].volume), load.items[index].kind, index));
    let alike = order.windows(2).any(|pair| load.items[pair[0]].kind == load.items[pair[1]].kind);
    let mut search = Search { load, bin, order, alike, support_percent, space, meter, floating: false };
    let found = search.add(&mut Chains::default());
    match found {
        Some(true) => Verdict::Packed(search.space.boxes.clone()),
        Some(false) if !search.floating => Verdict::Never,
        _ => Verdict::Open,
    }
}

/// The boxes so far: their sizes, their least coordinates, and who is behind whom.
#[derive(Debug, Clone, Default)]
struct Chains {
    count: usize,
    size: [[u32; 3]; MOST],
    turn: [usize; MOST],
    low: [[u32; 3]; MOST],
    /// Bit j of `behind[axis][i]`: box j starts where box i ends, or later.
    behind: [[u16; MOST]; 3],
}

struct Search<'a> {
    load: &'a Load,
    bin: &'a Bin,
    order: Vec<usize>,
    alike: bool,
    support_percent: u32,
    space: &'a mut Space,
    meter: &'a mut Meter,
    floating: bool,
}

impl Search<'_> {
    fn item(&self, at: usize) -> &Item {
        &self.load.items[self.order[at]]
    }

    /// Adds the next box in every turn. `None`: the budget ended.
    fn add(&mut self, chains: &mut Chains) -> Option<bool> {
        let new = chains.count;
        if new == self.order.len() {
            return Some(self.stands(chains));
        }
        let twin = new > 0 && self.item(new).kind == self.item(new - 1).kind;
        for turn in 0..self.item(new).turns.len() {
            let size = self.item(new).turns[turn];
            if !self.bin.holds(&size) || (twin && turn < chains.turn[new - 1]) {
                continue;
            }
            let mut next = chains.clone();
            next.count += 1;
            next.size[new] = size;
            next.turn[new] = turn;
            if self.part(&mut next, 0)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Parts the newest box from each earlier one, from `other` on.
    fn part(&mut self, chains: &mut Chains, other: usize) -> Option<bool> {
        self.meter.spend(NODE_STEPS);
        if self.meter.spent() {
            return None;
        }
        let new = chains.count - 1;
        if other == new {
            return self.add(chains);
        }
        if chains.apart(other, new) {
            return self.part(chains, other + 1);
        }
        let same = self.item(other).kind == self.item(new).kind && chains.turn[other] == chains.turn[new];
        for axis in 0..3 {
            if chains.size[other][axis] + chains.size[new][axis] > self.bin.size[axis] {
                continue;
            }
            for (first, then) in [(other, new), (new, other)] {
                // Boxes of one kind and turn are numbered along x. Without twins the whole picture may be
                // mirrored along each axis instead, which settles who of the first two boxes comes first.
                let mirrored = if self.alike { same && axis == 0 } else { new == 1 };
                if first == new && mirrored {
                    continue;
                }
                let mut next = chains.clone();
                if next.chain(axis, first, then, self.bin.size[axis]) && self.part(&mut next, other + 1)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// Whether the boxes, each as near the corner as its chains allow, keep every rule.
    fn stands(&mut self, chains: &Chains) -> bool {
        let mut rising: Vec<usize> = (0..chains.count).collect();
        rising.sort_by_key(|&at| (chains.low[at][2], chains.low[at][1], chains.low[at][0]));
        self.space.open(self.bin, self.support_percent, Rule::Touch);
        for at in rising {
            let item = &self.load.items[self.order[at]];
            let (low, size) = (chains.low[at], chains.size[at]);
            if self.space.fits(low, size, item, false, self.meter).is_none() {
                self.floating = true;
                return false;
            }
            self.space.put(self.order[at], item, low, size, self.meter);
        }
        true
    }
}

impl Chains {
    fn apart(&self, a: usize, b: usize) -> bool {
        self.behind.iter().any(|behind| behind[a] >> b & 1 == 1 || behind[b] >> a & 1 == 1)
    }

    /// Puts `then` behind `first`; false when the axis has no room for it.
    fn chain(&mut self, axis: usize, first: usize, then: usize, whole: u32) -> bool {
        let behind = &mut self.behind[axis];
        if behind[then] >> first & 1 == 1 {
            return false;
        }
        let after = behind[then] | 1 << then;
        for (at, behind) in behind.iter_mut().enumerate().take(self.count) {
            if at == first || *behind >> first & 1 == 1 {
                *behind |= after;
            }
        }
        self.settle(axis, then, self.low[first][axis] + self.size[first][axis], whole)
    }

    fn settle(&mut self, axis: usize, at: usize, low: u32, whole: u32) -> bool {
        if low <= self.low[at][axis] {
            return true;
        }
        if low + self.size[at][axis] > whole {
            return false;
        }
        self.low[at][axis] = low;
        (0..self.count).all(|next| {
            self.behind[axis][at] >> next & 1 == 0
                || self.settle(axis, next, low + self.size[at][axis], whole)
        })
    }
}
