//! The search over bins: a quick first choice, then a relaxation that also bounds all choices, then exchanges,
//! each measured by the exact walk.

use super::offer::Offer;
use super::relax::Relax;
use super::{BinError, Line};
use crate::plan::layout::{Layout, Point};
use crate::plan::route::{Dice, End, Stop, Sweep};

/// The first heat is this fraction of the best walk.
const HEAT: u64 = 150;
/// Ruins before the first reheating; each time there are twice as many.
const CYCLE: u64 = 200;
/// Most lines taken out at once.
const MOST_VICTIMS: usize = 12;

/// Most of all places that a line's bins are weighed against in the first choice.
const MOST_ANCHORS: usize = 200;

/// The first choice: lines with the fewest bins first, each from the bins nearest to what is already visited.
pub(super) fn nearest(layout: &Layout, start: Point, lines: &[Line], offers: &mut [Offer]) {
    let mut anchors = vec![start];
    for (line, offer) in lines.iter().zip(&*offers) {
        anchors.extend(offer.needed().map(|bin| line.bins[bin].at));
    }
    let mut open: Vec<usize> = (0..offers.len()).filter(|line| !offers[*line].settled()).collect();
    open.sort_by_key(|line| (offers[*line].choices(), *line));
    for number in open {
        let (line, offer) = (&lines[number], &mut offers[number]);
        let recent = anchors.len().saturating_sub(MOST_ANCHORS);
        let away = |bin: usize| {
            let at = line.bins[bin].at;
            anchors[recent..].iter().map(|anchor| layout.distance_mm(*anchor, at)).min().unwrap_or(0)
        };
        let mut near: Vec<(u32, usize)> = (0..offer.choices()).map(|at| (away(offer.bin(at)), at)).collect();
        near.sort_unstable();
        near.iter().for_each(|(_, at)| offer.choose(*at, false));
        for (_, at) in &near {
            if offer.missing() > 0 {
                offer.choose(*at, true);
            }
        }
        trim(offer, usize::MAX, 0, |_| {});
        anchors.extend(
            (0..offer.choices()).filter(|at| offer.chosen(*at)).map(|at| line.bins[offer.bin(at)].at),
        );
    }
}

/// Lets go of chosen bins that the others make up for, but for `keep`; `from` is where to begin looking.
pub(super) fn trim(offer: &mut Offer, keep: usize, from: usize, mut gone: impl FnMut(usize)) {
    let count = offer.choices();
    for step in 0..count {
        let at = (from + step) % count;
        if at == keep || !offer.chosen(at) {
            continue;
        }
        offer.choose(at, false);
        if offer.missing() > 0 {
            offer.choose(at, true);
        } else {
            gone(at);
        }
    }
}

/// The choice in the making.
pub(super) struct Search<'a> {
    lines: &'a [Line],
    sweep: Sweep<'a>,
    dice: Dice,
    relax: Option<Relax<'a>>,
    /// Lines with something to choose.
    open: Vec<usize>,
    /// What the move in hand has chosen and let go: line, place in its offer, chosen.
    changes: Vec<(usize, usize, bool)>,
    /// Lines taken out.
    victims: Vec<usize>,
    /// Trials made since [`Self::improve`] was called.
    trials: u64,
    best: Vec<Vec<bool>>,
    now_mm: u64,
    /// Length of the best walk found.
    pub(super) best_mm: u64,
    /// A length that no choice can walk less than.
    pub(super) bound_mm: u64,
    /// Moves made and to be made until the next reheating.
    cycle: (u64, u64),
}

impl<'a> Search<'a> {
    /// Nothing if there is nothing to choose, or no quick way to measure a choice.
    pub(super) fn new(
        layout: &'a Layout,
        start: Point,
        end: End<'_>,
        lines: &'a [Line],
        offers: &[Offer],
        seed: u64,
    ) -> Result<Option<Self>, BinError> {
        let open: Vec<usize> = (0..offers.len()).filter(|line| !offers[*line].settled()).collect();
        let mut candidates = Vec::new();
        for (line, offer) in lines.iter().zip(offers) {
            candidates.extend(offer.needed().chain(offer.open()).map(|bin| Stop::at(line.bins[bin].at)));
        }
        if open.is_empty() {
            return Ok(None);
        }
        let Some(mut sweep) = Sweep::new(layout, start, end, &candidates)? else { return Ok(None) };
        for (line, offer) in lines.iter().zip(offers) {
            for bin in offer.needed() {
                sweep.add(line.bins[bin].at);
            }
        }
        let bound_mm = sweep.keep().unwrap_or(0);
        let best = open.iter().map(|line| vec![false; offers[*line].choices()]).collect();
        let relax = Relax::new(layout, start, end, lines, offers, &open)?;
        let mut search = Self {
            lines,
            sweep,
            dice: Dice::new(seed),
            relax,
            open,
            changes: Vec::new(),
            victims: Vec::new(),
            trials: 0,
            best,
            now_mm: 0,
            best_mm: 0,
            bound_mm,
            cycle: (0, CYCLE),
        };
        let Some(length) = search.place(offers) else { return Ok(None) };
        (search.now_mm, search.best_mm) = (length, length);
        search.remember(offers);
        Ok(Some(search))
    }

    /// Makes about so many trials; a round of the relaxation counts as one for each line.
    pub(super) fn improve(&mut self, offers: &mut [Offer], steps: u64) {
        self.trials = 0;
        while self.trials < steps && self.best_mm > self.bound_mm {
            match self.relax.take() {
                Some(mut relax) => {
                    self.trials += self.open.len() as u64;
                    if self.relax_once(&mut relax, offers) {
                        self.relax = Some(relax);
                    } else {
                        self.recall(offers);
                    }
                }
                None => self.ruin_once(offers),
            }
        }
    }

    /// One round of the relaxation; false when it is done.
    fn relax_once(&mut self, relax: &mut Relax<'a>, offers: &mut [Offer]) -> bool {
        let Some(bound) = relax.round(self.best_mm) else { return false };
        self.bound_mm = self.bound_mm.max(bound);
        self.changes.clear();
        relax.adopt(self.lines, offers, &self.open, &mut self.dice, |line, at, chosen| {
            self.changes.push((line, at, chosen));
        });
        for change in 0..self.changes.len() {
            self.apply(offers, self.changes[change]);
        }
        if let Some(length) = self.sweep.keep() {
            self.now_mm = length;
            self.note_best(offers);
        }
        relax.more()
    }

    fn note_best(&mut self, offers: &[Offer]) {
        if self.now_mm < self.best_mm {
            self.best_mm = self.now_mm;
            self.remember(offers);
        }
    }

    /// Takes some lines out of the walk and puts each back where that costs least; kept if the walk is not much
    /// longer than what the heat allows.
    fn ruin_once(&mut self, offers: &mut [Offer]) {
        let (done, all) = self.cycle;
        if done == all {
            self.cycle = (0, all.saturating_mul(2));
            self.recall(offers);
            return;
        }
        self.cycle.0 += 1;
        self.changes.clear();
        self.pick_victims(offers);
        for victim in 0..self.victims.len() {
            let line = self.victims[victim];
            for at in (0..offers[line].choices()).rev() {
                if offers[line].chosen(at) {
                    self.change(offers, (line, at, false));
                }
            }
        }
        self.sweep.keep();
        let mut length = None;
        for victim in 0..self.victims.len() {
            length = self.put_back(offers, self.victims[victim]);
        }
        let left = u128::from(all - done);
        let heat = u128::from(self.best_mm / HEAT) * left / u128::from(all);
        let slack = self.dice.slack(heat as u64);
        match length {
            Some(length) if length <= self.now_mm + slack => {
                self.now_mm = length;
                self.note_best(offers);
            }
            _ => {
                while let Some((line, at, chosen)) = self.changes.pop() {
                    offers[line].choose(at, !chosen);
                    self.apply(offers, (line, at, !chosen));
                }
                self.sweep.keep();
            }
        }
    }

    /// Chooses the lines to take out: any, or those picked in one aisle and a few more.
    fn pick_victims(&mut self, offers: &[Offer]) {
        self.victims.clear();
        let most = (self.open.len() / 3).clamp(2, MOST_VICTIMS);
        let count = 1 + self.dice.roll(most);
        if self.dice.roll(2) == 0 {
            let line = self.open[self.dice.roll(self.open.len())];
            let place = |line: usize, at: usize| self.lines[line].bins[offers[line].bin(at)].at.aisle;
            let chosen = (0..offers[line].choices()).find(|at| offers[line].chosen(*at));
            let aisle = chosen.map(|at| place(line, at));
            let there = |line: &&usize| {
                let mut bins = 0..offers[**line].choices();
                bins.any(|at| offers[**line].chosen(at) && Some(place(**line, at)) == aisle)
            };
            self.victims.extend(self.open.iter().filter(there).take(MOST_VICTIMS));
        }
        let wanted = self.victims.len().max(count) + usize::from(!self.victims.is_empty());
        for _ in 0..4 * wanted {
            let line = self.open[self.dice.roll(self.open.len())];
            if self.victims.len() < wanted && !self.victims.contains(&line) {
                self.victims.push(line);
            }
        }
        for last in (1..self.victims.len()).rev() {
            let other = self.dice.roll(last + 1);
            self.victims.swap(last, other);
        }
    }

    /// Picks a line again, bin by bin, each time where a unit costs least; then lets go of what is superfluous.
    fn put_back(&mut self, offers: &mut [Offer], line: usize) -> Option<u64> {
        let mut length = None;
        let mut bins = 0;
        while offers[line].missing() > 0 {
            let before = self.sweep.length_mm();
            let missing = offers[line].missing();
            let from = self.dice.roll(offers[line].choices());
            let mut best: Option<(u128, usize)> = None;
            for step in 0..offers[line].choices() {
                let at = (from + step) % offers[line].choices();
                let gives = offers[line].gives(at, missing);
                if gives == 0 {
                    continue;
                }
                self.trials += 1;
                let place = self.lines[line].bins[offers[line].bin(at)].at;
                let Some(after) = self.sweep.length_with(place) else { continue };
                // A small constant keeps bins with more ahead where nothing costs anything.
                let price =
                    u128::from(after.saturating_sub(before) + 1) * u128::from(missing) / u128::from(gives);
                if best.is_none_or(|best| price < best.0) {
                    best = Some((price, at));
                }
            }
            let (_, at) = best?;
            self.change(offers, (line, at, true));
            length = self.sweep.keep();
            bins += 1;
        }
        if bins > 1 {
            let changes = &mut self.changes;
            let first = changes.len();
            trim(&mut offers[line], usize::MAX, 0, |at| changes.push((line, at, false)));
            for change in first..self.changes.len() {
                self.apply(offers, self.changes[change]);
            }
            length = self.sweep.keep();
        }
        length
    }

    fn change(&mut self, offers: &mut [Offer], change: (usize, usize, bool)) {
        offers[change.0].choose(change.1, change.2);
        self.changes.push(change);
        self.apply(offers, change);
    }

    /// Goes back to the best choice found.
    pub(super) fn recall(&mut self, offers: &mut [Offer]) {
        for number in 0..self.open.len() {
            let line = self.open[number];
            for at in 0..offers[line].choices() {
                let chosen = self.best[number][at];
                if offers[line].chosen(at) != chosen {
                    offers[line].choose(at, chosen);
                    self.apply(offers, (line, at, chosen));
                }
            }
        }
        self.now_mm = self.sweep.keep().unwrap_or(self.best_mm);
    }

    /// Puts the chosen bins of all open lines into the walk.
    fn place(&mut self, offers: &[Offer]) -> Option<u64> {
        for line in 0..self.open.len() {
            let line = self.open[line];
            for at in (0..offers[line].choices()).filter(|at| offers[line].chosen(*at)) {
                let place = self.lines[line].bins[offers[line].bin(at)].at;
                self.sweep.add(place);
            }
        }
        self.sweep.keep()
    }

    fn remember(&mut self, offers: &[Offer]) {
        for (line, best) in self.open.iter().zip(&mut self.best) {
            for (at, chosen) in best.iter_mut().enumerate() {
                *chosen = offers[*line].chosen(at);
            }
        }
    }

    fn apply(&mut self, offers: &[Offer], (line, at, chosen): (usize, usize, bool)) {
        let place = self.lines[line].bins[offers[line].bin(at)].at;
        if chosen {
            self.sweep.add(place);
        } else {
            self.sweep.remove(place);
        }
    }
}
