//! The Lagrangian relaxation of choosing bins: every line has a price for not being picked, and a walk may leave
//! out what costs more to reach. Prices rise for lines left out and fall for lines passed twice (subgradient
//! method). Each round gives a length that no choice can walk less than, and a walk that is nearly a choice.

use super::offer::Offer;
use super::search::trim;
use super::{BinError, Line};
use crate::plan::layout::{Layout, Point};
use crate::plan::route::{Dice, End, MUST, Prizes, WHOLE};

/// Most rounds.
const ROUNDS: u32 = 80;
/// Rounds without a better bound before steps are made smaller.
const PATIENCE: u32 = 4;

pub(super) struct Relax<'a> {
    layout: &'a Layout,
    prizes: Prizes<'a>,
    start: Point,
    /// Places as given to `prizes`: their point, the line's number among the open ones (or [`MUST`]), the bin's
    /// number in its offer, and its share.
    places: Vec<(Point, usize, usize, u64)>,
    prices: Vec<u32>,
    /// Share of each line passed in the last round.
    passed: Vec<u64>,
    reach: Reach,
    /// What was chosen before the last walk, by owner and bin.
    before: Vec<(usize, usize)>,
    /// Lengths are multiples of this.
    grain: u64,
    round: u32,
    bound: i64,
    stale: u32,
    /// Step size in thousandths.
    step: i64,
}

impl<'a> Relax<'a> {
    pub(super) fn new(
        layout: &'a Layout,
        start: Point,
        end: End<'_>,
        lines: &[Line],
        offers: &[Offer],
        open: &[usize],
    ) -> Result<Option<Self>, BinError> {
        let mut places = Vec::new();
        for (line, offer) in lines.iter().zip(offers) {
            places.extend(offer.needed().map(|bin| (line.bins[bin].at, MUST, 0, 0)));
        }
        for (owner, line) in open.iter().enumerate() {
            for at in 0..offers[*line].choices() {
                let share = offers[*line].share(at, WHOLE);
                places.push((lines[*line].bins[offers[*line].bin(at)].at, owner, at, share));
            }
        }
        let given: Vec<(Point, usize, u64)> =
            places.iter().map(|place| (place.0, place.1, place.3)).collect();
        let Some(prizes) = Prizes::new(layout, start, end, &given, open.len())? else { return Ok(None) };
        let grain = grain(layout, start, end, &places);
        Ok(Some(Self {
            layout,
            prizes,
            start,
            places,
            prices: vec![0; open.len()],
            passed: vec![0; open.len()],
            reach: Reach::default(),
            before: Vec::new(),
            grain,
            round: 0,
            bound: 0,
            stale: 0,
            step: 1_000,
        }))
    }

    /// Whether another round can help.
    pub(super) fn more(&self) -> bool {
        self.round < ROUNDS && self.step > 10
    }

    /// One round: the bound it gives, if the walk could be made. `best` is the shortest walk known.
    pub(super) fn round(&mut self, best: u64) -> Option<u64> {
        if self.round == 0 {
            let first = (best / (2 * self.prices.len() as u64)).min(1 << 20) as u32;
            self.prices.fill(first);
        }
        self.round += 1;
        let paid: i64 = self.prices.iter().map(|price| i64::from(*price)).sum();
        let value = self.prizes.walk(&self.prices)? + paid;
        if value > self.bound {
            self.bound = value;
            self.stale = 0;
        } else {
            self.stale += 1;
            if self.stale >= PATIENCE {
                self.stale = 0;
                self.step = self.step * 4 / 5;
            }
        }
        self.passed.fill(0);
        self.reach.clear(self.layout);
        self.reach.visit(self.layout, self.start);
        for place in self.prizes.passed() {
            let Some((at, owner, _, share)) = self.places.get(place) else { continue };
            self.reach.visit(self.layout, *at);
            if let Some(passed) = self.passed.get_mut(*owner) {
                *passed += share;
            }
        }
        self.reprice(best, value);
        Some((self.bound.max(0) as u64).div_ceil(self.grain) * self.grain)
    }

    fn reprice(&mut self, best: u64, value: i64) {
        let off = |passed: u64| WHOLE as i64 - passed as i64;
        let norm: i128 = self.passed.iter().map(|passed| i128::from(off(*passed)).pow(2)).sum();
        if norm == 0 {
            self.step = 0;
            return;
        }
        let gap = (best as i64 - value).max(1) as i128;
        for (price, passed) in self.prices.iter_mut().zip(&self.passed) {
            let change =
                gap * i128::from(self.step) * i128::from(off(*passed)) * WHOLE as i128 / (1_000 * norm);
            let next = i128::from(*price) + change;
            *price = next.clamp(0, 1 << 20) as u32;
        }
    }

    /// Makes the last walk a choice: what it passes, what is near for lines it leaves out, nothing twice.
    pub(super) fn adopt(
        &mut self,
        lines: &[Line],
        offers: &mut [Offer],
        open: &[usize],
        dice: &mut Dice,
        mut change: impl FnMut(usize, usize, bool),
    ) {
        self.before.clear();
        for (owner, line) in open.iter().enumerate() {
            let chosen = (0..offers[*line].choices()).filter(|at| offers[*line].chosen(*at));
            self.before.extend(chosen.map(|at| (owner, at)));
        }
        self.before.iter().for_each(|(owner, at)| offers[open[*owner]].choose(*at, false));
        for place in self.prizes.passed() {
            if let Some((_, owner, at, _)) = self.places.get(place)
                && let Some(line) = open.get(*owner)
            {
                offers[*line].choose(*at, true);
            }
        }
        self.fill(lines, offers, open);
        self.empty(lines, offers, open);
        for (owner, line) in open.iter().enumerate() {
            let from = dice.roll(offers[*line].choices());
            trim(&mut offers[*line], usize::MAX, from, |_| {});
            for at in 0..offers[*line].choices() {
                let was = self.before.binary_search(&(owner, at)).is_ok();
                if was != offers[*line].chosen(at) {
                    change(*line, at, !was);
                }
            }
        }
    }

    /// Lines left out are picked where the detour looks shortest.
    fn fill(&mut self, lines: &[Line], offers: &mut [Offer], open: &[usize]) {
        for line in open {
            let offer = &mut offers[*line];
            while offer.missing() > 0 {
                let place = |at: usize| lines[*line].bins[offer.bin(at)].at;
                let free = (0..offer.choices()).filter(|at| !offer.chosen(*at));
                let Some(nearest) = free.min_by_key(|at| self.reach.away(self.layout, place(*at))) else {
                    break;
                };
                self.reach.visit(self.layout, place(nearest));
                offer.choose(nearest, true);
            }
        }
    }

    /// Aisles whose lines can all be picked elsewhere are left, the emptiest first.
    fn empty(&mut self, lines: &[Line], offers: &mut [Offer], open: &[usize]) {
        let mut by_aisle: Vec<(usize, usize, usize)> = Vec::new();
        for line in open {
            let offer = &offers[*line];
            let chosen = (0..offer.choices()).filter(|at| offer.chosen(*at));
            by_aisle
                .extend(chosen.map(|at| (usize::from(lines[*line].bins[offer.bin(at)].at.aisle), *line, at)));
        }
        by_aisle.sort_unstable();
        let mut groups: Vec<&[(usize, usize, usize)]> =
            by_aisle.chunk_by(|one, other| one.0 == other.0).collect();
        groups.sort_by_key(|group| group.len());
        for group in groups {
            group.iter().for_each(|(_, line, at)| offers[*line].choose(*at, false));
            if group.iter().any(|(_, line, _)| offers[*line].missing() > 0) {
                group.iter().for_each(|(_, line, at)| offers[*line].choose(*at, true));
            }
        }
    }
}

/// Where a walk goes, roughly: the stretch of each aisle it needs.
#[derive(Debug, Default)]
struct Reach {
    stretch: Vec<Option<(u32, u32)>>,
    /// Way from each aisle to the nearest one visited.
    beside: Vec<u32>,
}

impl Reach {
    fn clear(&mut self, layout: &Layout) {
        self.stretch.clear();
        self.stretch.resize(layout.aisles(), None);
        self.beside.clear();
        self.beside.resize(layout.aisles(), u32::MAX / 4);
    }

    fn visit(&mut self, layout: &Layout, at: Point) {
        let aisle = usize::from(at.aisle);
        if let Some((low, high)) = &mut self.stretch[aisle] {
            *low = at.along_mm.min(*low);
            *high = at.along_mm.max(*high);
            return;
        }
        self.stretch[aisle] = Some((at.along_mm, at.along_mm));
        for (other, beside) in self.beside.iter_mut().enumerate() {
            *beside = (*beside).min(layout.aisle_mm(other).abs_diff(layout.aisle_mm(aisle)));
        }
    }

    /// How long a detour to a point looks.
    fn away(&self, layout: &Layout, at: Point) -> u32 {
        let aisle = usize::from(at.aisle);
        let cross = layout.cross_mm().iter().map(|row| row.abs_diff(at.along_mm)).min().unwrap_or(0);
        match self.stretch[aisle] {
            Some((low, high)) => {
                cross.min(low.saturating_sub(at.along_mm) + at.along_mm.saturating_sub(high))
            }
            None => cross + self.beside[aisle],
        }
    }
}

/// The largest length of which every walk is a multiple; a round walks everything of it an even number of times.
fn grain(layout: &Layout, start: Point, end: End<'_>, places: &[(Point, usize, usize, u64)]) -> u64 {
    let cross = layout.cross_mm();
    let apart = |place: u32| place.abs_diff(cross[0]);
    let mut lengths: Vec<u32> = cross.iter().map(|place| apart(*place)).collect();
    lengths.extend((1..layout.aisles()).map(|aisle| layout.gap_mm(aisle - 1)));
    lengths.extend(places.iter().map(|place| apart(place.0.along_mm)));
    lengths.push(apart(start.along_mm));
    let round = match end {
        End::At(point) => {
            lengths.push(apart(point.along_mm));
            point == start
        }
        End::Nearest(points) => {
            lengths.extend(points.iter().map(|point| apart(point.along_mm)));
            false
        }
        End::Anywhere => false,
    };
    let common = lengths.into_iter().fold(0, divisor).max(1);
    u64::from(common) * if round { 2 } else { 1 }
}

fn divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { divisor(other, one % other) }
}
