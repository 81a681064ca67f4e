//! The shortest walk past a list of stops, and how good it is.
//!
//! A layout, a start, an end and stops enter; the order to visit them in, the walk itself, its length and a
//! certificate leave. Up to four blocks the walk is exact. Nothing here reads a clock or draws a random number;
//! it must never return a walk that skips a stop, and never call a walk optimal that is not proven so.

mod bound;
mod cell;
mod dp;
mod effort;
mod fallback;
mod legs;
mod line;
mod local;
mod moves;
mod network;
mod precedence;
mod prize;
mod sweep;
mod table;
mod task;
mod thumb;
mod walk;

pub(crate) use effort::Dice;
pub use effort::Effort;
pub use legs::{Corridor, Leg, Turn, legs};
pub use network::{Network, NetworkRoute, Passage, Place, Spot};
pub(crate) use prize::{MUST, Prizes, WHOLE};
pub(crate) use sweep::Sweep;
pub use thumb::{alphanumeric, in_order, serpentine};

use crate::plan::layout::{Layout, LayoutError, Point};
use serde::{Deserialize, Serialize};
use table::Table;

/// Most stops in one route: far beyond any pick list, and small enough for every counter.
pub const MOST_STOPS: usize = 20_000;

/// A place to be visited. Walks are measured along the middle of an aisle, from where both its sides are within
/// reach, so that it does not matter to them which side a place is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stop {
    /// Where the picker stands to pick.
    pub at: Point,
    /// When it may be picked, for the sake of the load.
    #[serde(default)]
    pub load: Load,
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
        Self { at, load: Load::Normal }
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
    /// A spot is not in its network's passage, or stands on a blocked stretch.
    #[error("passage {passage} has no place at {at_mm} mm", passage = .0.passage, at_mm = .0.at_mm)]
    NoSpot(Spot),
    /// A passage names a node that is not there.
    #[error("passage {0} leads to a node that is not there")]
    NoPassage(usize),
    /// Restrictions cut something off.
    #[error("the restrictions leave no way to all stops and the end")]
    CutOff,
    /// The passages of a network are so long that lengths could overflow.
    #[error("the network is too large to plan on")]
    TooLarge,
}

/// Enough to settle a pick list in a few milliseconds.
const DEFAULT_EFFORT: Effort = Effort { steps: 40_000, seed: 1 };

/// Plans routes and keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct Router {
    task: task::Task,
    search: dp::Search,
    walker: walk::Walker,
}

impl Router {
    /// The shortest walk from `start` past all `stops` to the end, heavy ones first and fragile ones last.
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
        self.route_with(layout, start, end, stops, DEFAULT_EFFORT)
    }

    /// The same with a search budget, which only layouts need that are too large or too restricted to be
    /// planned exactly.
    ///
    /// # Errors
    /// As [`Self::route`].
    pub fn route_with(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
        effort: Effort,
    ) -> Result<Route, RouteError> {
        if stops.len() > MOST_STOPS {
            return Err(RouteError::TooMany(stops.len()));
        }
        if stops.iter().any(|stop| stop.load != Load::Normal)
            && let Some(route) =
                precedence::route(self, layout, start, end, stops, |stop| stops[stop].load, effort)?
        {
            return Ok(route);
        }
        self.plain(layout, start, end, stops, effort)
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
        if stops.iter().any(|stop| stop.load != Load::Normal) {
            return Ok(self.route(layout, start, end, stops)?.length_mm);
        }
        Ok(self.measure(layout, start, end, stops, DEFAULT_EFFORT)?.0)
    }

    /// A walk whose order no load restricts.
    fn plain(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
        effort: Effort,
    ) -> Result<Route, RouteError> {
        let line = self.read(layout, start, end, stops)?;
        if let Some(within) = line.only {
            return within.map(|_| finish(layout, line::walk(layout, &self.task))).ok_or(RouteError::CutOff);
        }
        let Some(table) = self.exact(layout) else {
            return fallback::route(self, layout, start, end, stops, effort);
        };
        let length = self.search.run(layout, &self.task, table, true).map(u64::from);
        match (length, line.length_mm) {
            (None, None) => Err(RouteError::CutOff),
            (Some(across), line) if line.is_none_or(|line| across < line) => {
                Ok(proven(across, stops.len(), self.walker.walk(layout, &self.task, &self.search, table)))
            }
            _ => Ok(finish(layout, line::walk(layout, &self.task))),
        }
    }

    /// The length of a walk whose order no load restricts, and whether it is the shortest for sure.
    fn measure(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
        effort: Effort,
    ) -> Result<(u64, bool), RouteError> {
        if stops.len() > MOST_STOPS {
            return Err(RouteError::TooMany(stops.len()));
        }
        let line = self.read(layout, start, end, stops)?;
        if let Some(within) = line.only {
            return within.map(|length| (length, true)).ok_or(RouteError::CutOff);
        }
        let Some(table) = self.exact(layout) else {
            let route = fallback::route(self, layout, start, end, stops, effort)?;
            return Ok((route.length_mm, route.certificate == Certificate::Optimal));
        };
        let length = self.search.run(layout, &self.task, table, false).map(u64::from);
        let length = length.into_iter().chain(line.length_mm).min().ok_or(RouteError::CutOff)?;
        Ok((length, true))
    }

    fn read(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
    ) -> Result<Line, RouteError> {
        let end = if matches!(end, End::Anywhere) && stops.is_empty() { End::At(start) } else { end };
        self.task.read(layout, start, end, stops)?;
        let Some(aisle) = self.task.single_aisle() else { return Ok(Line::default()) };
        let length_mm = line::length_mm(layout, &self.task);
        let only = (layout.free() && self.task.ends_in(aisle)).then_some(length_mm);
        Ok(Line { length_mm, only })
    }

    /// The tables to search the task exactly with, if that can be done.
    fn exact(&self, layout: &Layout) -> Option<&'static Table> {
        if layout.one_way() { None } else { Table::of(self.task.rows.1 - self.task.rows.0 + 1) }
    }

    /// A length that no walk past these stops is shorter than, if one is quickly found: the shortest walk as if
    /// every aisle could be walked both ways.
    fn relaxed_mm(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
    ) -> Result<Option<u64>, RouteError> {
        let line = self.read(layout, start, end, stops)?;
        let Some(table) = Table::of(self.task.rows.1 - self.task.rows.0 + 1) else { return Ok(None) };
        let length = self.search.run(layout, &self.task, table, false).map(u64::from);
        Ok(length.into_iter().chain(line.length_mm).min())
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

/// The shortest walk past all stops that picks everything of a part before anything of the next one. `part` tells
/// the part of a stop from its number in the list; what stops say of their load is not looked at.
///
/// # Errors
/// As [`Router::route`].
pub fn in_parts<P: Ord>(
    layout: &Layout,
    start: Point,
    end: End<'_>,
    stops: &[Stop],
    part: impl Fn(usize) -> P,
) -> Result<Route, RouteError> {
    if stops.len() > MOST_STOPS {
        return Err(RouteError::TooMany(stops.len()));
    }
    let mut router = Router::default();
    match precedence::route(&mut router, layout, start, end, stops, part, DEFAULT_EFFORT)? {
        Some(route) => Ok(route),
        None => router.plain(layout, start, end, stops, DEFAULT_EFFORT),
    }
}

/// A route along a walk known to be shortest.
fn finish(layout: &Layout, path: Vec<Waypoint>) -> Route {
    let length_mm = path.windows(2).map(|pair| u64::from(straight_mm(layout, pair[0].at, pair[1].at))).sum();
    proven(length_mm, path.len(), path)
}

/// The same, when its length is known and how many stops it has at most.
fn proven(length_mm: u64, stops: usize, path: Vec<Waypoint>) -> Route {
    let mut order = Vec::with_capacity(stops);
    order.extend(path.iter().filter_map(|waypoint| waypoint.stop));
    Route { order, length_mm, certificate: Certificate::Optimal, path }
}

/// Length of a straight piece of walk.
fn straight_mm(layout: &Layout, from: Point, to: Point) -> u32 {
    if from.aisle == to.aisle {
        return from.along_mm.abs_diff(to.along_mm);
    }
    layout.aisle_mm(usize::from(from.aisle)).abs_diff(layout.aisle_mm(usize::from(to.aisle)))
}
