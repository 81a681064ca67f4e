//! The shortest walk past a list of stops, and how good it is.
//!
//! A layout, a start, an end and stops enter; the order to visit them in, the walk itself, its length and a
//! certificate leave. Up to four blocks the walk is exact. Nothing here reads a clock or draws a random number;
//! it must never return a walk that skips a stop, and never call a walk optimal that is not proven so.

mod cell;
mod dp;
mod effort;
mod legs;
mod line;
mod moves;
mod prize;
mod sweep;
mod table;
mod task;
mod thumb;
mod walk;

pub(crate) use effort::Dice;
pub use effort::Effort;
pub use legs::{Corridor, Leg, Turn, legs};
pub(crate) use prize::{MUST, Prizes, WHOLE};
pub(crate) use sweep::Sweep;
pub use thumb::{alphanumeric, in_order, serpentine};

use crate::plan::layout::{Layout, LayoutError, Point};
use serde::{Deserialize, Serialize};
use table::Table;

/// Most stops in one route: far beyond any pick list, and small enough for every counter.
pub const MOST_STOPS: usize = 20_000;

/// A place to be visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stop {
    /// Where the picker stands to pick.
    pub at: Point,
    /// Which side of the aisle it is on.
    #[serde(default)]
    pub side: Side,
    /// When it may be picked, for the sake of the load.
    #[serde(default)]
    pub load: Load,
}

/// A side of an aisle, seen from the front.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Within reach from the middle, whichever side it is on.
    #[default]
    Either,
    /// On the left.
    Left,
    /// On the right.
    Right,
}

/// Where an item belongs in a load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// Goes to the bottom: picked before everything else.
    Heavy,
    /// Goes anywhere between.
    #[default]
    Normal,
    /// Goes on top: picked after everything else.
    Fragile,
}

impl Stop {
    /// A stop at a point, of no special side or load.
    pub const fn at(at: Point) -> Self {
        Self { at, side: Side::Either, load: Load::Normal }
    }
}

/// Where a walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End<'a> {
    /// At this point; if it is the start, the walk is a round.
    At(Point),
    /// At whichever of these points makes the walk shortest (several drop points).
    Nearest(&'a [Point]),
    /// At the last stop, whichever that is.
    Anywhere,
}

/// How good a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "certificate", rename_all = "snake_case")]
pub enum Certificate {
    /// No walk is shorter.
    Optimal,
    /// No walk is shorter than this.
    Within {
        /// A proven lower bound of the length, in millimetres.
        bound_mm: u64,
    },
}

/// A point of a walk; between two neighbours one walks straight along an aisle or a cross-aisle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waypoint {
    /// Where.
    pub at: Point,
    /// The stop served here, by its number in the list given.
    pub stop: Option<usize>,
}

/// A planned route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The stops in the order to visit them, as numbers in the list given.
    pub order: Vec<usize>,
    /// Length of the walk in millimetres, from the start over all stops to the end.
    pub length_mm: u64,
    /// How good it is.
    pub certificate: Certificate,
    /// The walk itself, from start to end.
    pub path: Vec<Waypoint>,
}

impl Route {
    /// How much longer than the shortest walk this can be at most, in thousandths of the bound.
    pub fn gap_permille(&self) -> u64 {
        match self.certificate {
            Certificate::Optimal => 0,
            Certificate::Within { bound_mm } => {
                (self.length_mm.saturating_sub(bound_mm) * 1_000).div_ceil(bound_mm.max(1))
            }
        }
    }
}

/// Why there is no route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// A stop, the start or the end is not on the layout.
    #[error(transparent)]
    Off(#[from] LayoutError),
    /// More than [`MOST_STOPS`] stops.
    #[error("{0} stops are more than {MOST_STOPS}")]
    TooMany(usize),
    /// No point was given to end at.
    #[error("the walk has no place to end")]
    NoEnd,
    /// An order names a stop that is not in the list.
    #[error("there is no stop {0}")]
    NoStop(usize),
    /// Restrictions cut something off.
    #[error("the restrictions leave no way to all stops and the end")]
    CutOff,
    /// The layout is so large that lengths could overflow.
    #[error("the layout is too large to plan on")]
    TooLarge,
}

/// Plans routes and keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct Router {
    task: task::Task,
    search: dp::Search,
    walker: walk::Walker,
}

impl Router {
    /// The shortest walk from `start` past all `stops` to the end.
    ///
    /// # Errors
    /// When something is not on the layout, or cannot be reached.
    pub fn route(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
    ) -> Result<Route, RouteError> {
        let line = self.read(layout, start, end, stops)?;
        if let Some(within) = line.only {
            return within.map(|_| finish(layout, line::walk(&self.task))).ok_or(RouteError::CutOff);
        }
        let table = self.table().ok_or(RouteError::TooLarge)?;
        let length = self.search.run(layout, &self.task, table, true).map(u64::from);
        match (length, line.length_mm) {
            (None, None) => Err(RouteError::CutOff),
            (Some(across), line) if line.is_none_or(|line| across < line) => {
                Ok(finish(layout, self.walker.walk(layout, &self.task, &self.search, table)))
            }
            _ => Ok(finish(layout, line::walk(&self.task))),
        }
    }

    /// The length of the shortest walk in millimetres, without the walk.
    ///
    /// # Errors
    /// As [`Self::route`].
    pub fn length_mm(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
    ) -> Result<u64, RouteError> {
        let line = self.read(layout, start, end, stops)?;
        if let Some(within) = line.only {
            return within.ok_or(RouteError::CutOff);
        }
        let table = self.table().ok_or(RouteError::TooLarge)?;
        let length = self.search.run(layout, &self.task, table, false).map(u64::from);
        length.into_iter().chain(line.length_mm).min().ok_or(RouteError::CutOff)
    }

    fn read(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
    ) -> Result<Line, RouteError> {
        if stops.len() > MOST_STOPS {
            return Err(RouteError::TooMany(stops.len()));
        }
        let end = if matches!(end, End::Anywhere) && stops.is_empty() { End::At(start) } else { end };
        self.task.read(layout, start, end, stops)?;
        let Some(aisle) = self.task.single_aisle() else { return Ok(Line::default()) };
        let walk = line::length_mm(&self.task).filter(|(_, [low, high])| {
            layout.free() || line::allowed(layout, usize::from(aisle), *low, *high)
        });
        let length_mm = walk.map(|walk| walk.0);
        let only = (layout.free() && self.task.ends_in(aisle)).then_some(length_mm);
        Ok(Line { length_mm, only })
    }

    fn table(&self) -> Option<&'static Table> {
        Table::of(self.task.rows.1 - self.task.rows.0 + 1)
    }
}

/// A walk inside one aisle.
#[derive(Debug, Default, Clone, Copy)]
struct Line {
    /// Its length, if there is one.
    length_mm: Option<u64>,
    /// Set, to the same, if no other walk can be shorter.
    only: Option<Option<u64>>,
}

/// Plans one route; [`Router`] keeps buffers for more.
///
/// # Errors
/// As [`Router::route`].
pub fn route(layout: &Layout, start: Point, end: End<'_>, stops: &[Stop]) -> Result<Route, RouteError> {
    Router::default().route(layout, start, end, stops)
}

/// A route along a walk known to be shortest.
fn finish(layout: &Layout, path: Vec<Waypoint>) -> Route {
    let order = path.iter().filter_map(|waypoint| waypoint.stop).collect();
    let length_mm = path.windows(2).map(|pair| u64::from(straight_mm(layout, pair[0].at, pair[1].at))).sum();
    Route { order, length_mm, certificate: Certificate::Optimal, path }
}

/// Length of a straight piece of walk.
fn straight_mm(layout: &Layout, from: Point, to: Point) -> u32 {
    if from.aisle == to.aisle {
        return from.along_mm.abs_diff(to.along_mm);
    }
    layout.aisle_mm(usize::from(from.aisle)).abs_diff(layout.aisle_mm(usize::from(to.aisle)))
}
