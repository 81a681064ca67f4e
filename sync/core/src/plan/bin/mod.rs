//! Which bins an order line is picked from, decided late and by the walk: lines with all their bins enter, what
//! to take where and the route past it leave.
//!
//! Rules come first: held stock is not touched, expiry goes before distance, whole cases stay whole. Only among
//! what the rules leave open does the walk decide. Nothing here reserves stock.

mod offer;
mod relax;
mod search;

use crate::plan::layout::{Layout, Point};
use crate::plan::route::{Certificate, Effort, End, Route, RouteError, Stop};
use offer::Offer;
use search::Search;
use serde::{Deserialize, Serialize};

/// Most lines in one choice.
pub const MOST_LINES: usize = 10_000;

/// Stock of an item at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// Where the picker stands.
    pub at: Point,
    /// What can be taken, in base units.
    pub holds: u64,
    /// It is taken in multiples of this many base units: 1, or a whole case.
    pub unit: u64,
    /// The day it expires, counted from any fixed day.
    pub expires_day: Option<i64>,
    /// Whether it must not be touched.
    pub held: bool,
}

impl Bin {
    /// Loose stock that does not expire.
    pub const fn loose(at: Point, holds: u64) -> Self {
        Self { at, holds, unit: 1, expires_day: None, held: false }
    }
}

/// What is wanted of one item, and where it can be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// In base units.
    pub quantity: u64,
    /// Where it lies.
    pub bins: Vec<Bin>,
}

/// Whether what expires first must leave first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expiry", rename_all = "snake_case")]
pub enum Fefo {
    /// Expiry does not matter.
    Ignored,
    /// Bins that expire within so many days of the first to expire count as equal; 0 is strict.
    Within {
        /// The days.
        days: u32,
    },
}

/// One take from one bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Take {
    /// The line, as a number in the list given.
    pub line: usize,
    /// The bin, as a number in the line's list.
    pub bin: usize,
    /// In base units.
    pub quantity: u64,
}

/// A choice of bins, with the walk past them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What to take where, by line and bin.
    pub takes: Vec<Take>,
    /// The walk; its stops are the takes, by their number. Its certificate speaks for the choice of bins too.
    pub route: Route,
}

/// Why there is no choice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BinError {
    /// More than [`MOST_LINES`].
    #[error("{0} lines are more than {MOST_LINES}")]
    TooMany(usize),
    /// A line asks for nothing.
    #[error("line {0} asks for nothing")]
    Nothing(usize),
    /// The bins do not hold what is wanted, or not in these units.
    #[error("line {line} can have only {available} of what it wants from its bins")]
    Short {
        /// The line.
        line: usize,
        /// What the rules leave available, in base units.
        available: u64,
    },
    /// The walk cannot be made.
    #[error(transparent)]
    Walk(#[from] RouteError),
}

/// Chooses bins and plans the walk from `start` past them to `end`.
///
/// # Errors
/// When a line cannot be filled under the rules, or a bin cannot be walked to.
pub fn choose(
    layout: &Layout,
    start: Point,
    end: End<'_>,
    lines: &[Line],
    fefo: Fefo,
    effort: Effort,
) -> Result<Choice, BinError> {
    let mut chooser = Chooser::new(layout, start, end, lines, fefo, effort.seed)?;
    chooser.improve(effort.steps);
    chooser.finish()
}

/// A choice that can be improved step by step, for callers with a clock of their own.
pub struct Chooser<'a> {
    layout: &'a Layout,
    start: Point,
    end: End<'a>,
    lines: &'a [Line],
    offers: Vec<Offer>,
    search: Option<Search<'a>>,
}

impl<'a> Chooser<'a> {
    /// Makes a quick first choice.
    ///
    /// # Errors
    /// When a line cannot be filled under the rules, or a bin is off the layout.
    pub fn new(
        layout: &'a Layout,
        start: Point,
        end: End<'a>,
        lines: &'a [Line],
        fefo: Fefo,
        seed: u64,
    ) -> Result<Self, BinError> {
        if lines.len() > MOST_LINES {
            return Err(BinError::TooMany(lines.len()));
        }
        for point in lines.iter().flat_map(|line| &line.bins) {
            layout.check(point.at).map_err(RouteError::from)?;
        }
        let offers: Result<Vec<Offer>, BinError> =
            lines.iter().enumerate().map(|(number, line)| Offer::read(number, line, fefo)).collect();
        let mut offers = offers?;
        search::nearest(layout, start, lines, &mut offers);
        let search = Search::new(layout, start, end, lines, &offers, seed)?;
        Ok(Self { layout, start, end, lines, offers, search })
    }

    /// Tries so many changes.
    pub fn improve(&mut self, steps: u64) {
        if let Some(search) = &mut self.search {
            search.improve(&mut self.offers, steps);
        }
    }

    /// Whether no better choice can be found, because none exists or there is nothing to choose.
    pub fn done(&self) -> bool {
        self.search.as_ref().is_none_or(|search| search.best_mm <= search.bound_mm)
    }

    /// The best choice found.
    ///
    /// # Errors
    /// When the walk cannot be made.
    pub fn finish(mut self) -> Result<Choice, BinError> {
        let mut bound_mm = 0;
        if let Some(search) = &mut self.search {
            search.recall(&mut self.offers);
            bound_mm = search.bound_mm;
        }
        let mut takes: Vec<Take> = Vec::new();
        for (number, offer) in self.offers.iter().enumerate() {
            takes.extend(offer.takes(number));
        }
        takes.sort_unstable();
        let stops: Vec<Stop> =
            takes.iter().map(|take| Stop::at(self.lines[take.line].bins[take.bin].at)).collect();
        let mut route = crate::plan::route::route(self.layout, self.start, self.end, &stops)?;
        let settled = self.offers.iter().all(Offer::settled);
        if !settled && bound_mm < route.length_mm {
            route.certificate = Certificate::Within { bound_mm };
        }
        Ok(Choice { takes, route })
    }
}
