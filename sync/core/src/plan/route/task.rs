//! A route to be planned, sorted onto the layout: which places lie in which aisle and block, which part of
//! the layout matters, and where the walk may begin and end.

use super::moves::Column;
use super::{End, RouteError, Stop};
use crate::plan::layout::{Layout, Point};

/// Marks the place where a closed walk begins, among the stops.
pub(super) const HOME: u32 = u32::MAX;

/// How the walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// Where it began.
    Closed,
    /// At the one candidate.
    Fixed,
    /// At one of the candidates.
    Choose,
}

/// A sorted task. Buffers are kept from one task to the next.
#[derive(Debug, Default)]
pub(super) struct Task {
    /// Places to visit by aisle and place, with the stop's number or [`HOME`].
    pub(super) places: Vec<(Point, u32)>,
    /// Distances of `places`, for slicing.
    pub(super) along: Vec<u32>,
    /// Where the walk may end, sorted.
    pub(super) ends: Vec<Point>,
    /// Distances of `ends`, for slicing.
    pub(super) ends_along: Vec<u32>,
    /// Where it begins.
    pub(super) start: Option<Point>,
    pub(super) finish: Option<Finish>,
    /// First and last aisle that matter.
    pub(super) aisles: (usize, usize),
    /// First and last cross-aisle that matter.
    pub(super) rows: (usize, usize),
}

impl Task {
    pub(super) fn read(
        &mut self,
        layout: &Layout,
        start: Point,
        end: End<'_>,
        stops: &[Stop],
    ) -> Result<(), RouteError> {
        layout.check(start)?;
        self.places.clear();
        self.ends.clear();
        for (number, stop) in stops.iter().enumerate() {
            layout.check(stop.at)?;
            self.places.push((stop.at, number as u32));
        }
        match end {
            End::At(point) => self.ends.push(point),
            End::Nearest(points) => self.ends.extend_from_slice(points),
            End::Anywhere => self.ends.extend(stops.iter().map(|stop| stop.at)),
        }
        for point in &self.ends {
            layout.check(*point)?;
        }
        self.ends.sort_unstable();
        self.ends.dedup();
        let finish = match end {
            // Under restrictions a round from inside an aisle is a walk that happens to end where it began:
            // its two ends may face the same way, which a stop passed on the way could not.
            End::At(point) if point == start && (layout.free() || crossing(layout, start)) => Finish::Closed,
            End::At(_) => Finish::Fixed,
            End::Nearest([]) => return Err(RouteError::NoEnd),
            End::Nearest(_) | End::Anywhere => Finish::Choose,
        };
        if finish == Finish::Closed {
            self.places.push((start, HOME));
            self.ends.clear();
        }
        self.start = (finish != Finish::Closed).then_some(start);
        self.finish = Some(finish);
        self.places.sort_unstable();
        self.along.clear();
        self.along.extend(self.places.iter().map(|place| place.0.along_mm));
        self.ends_along.clear();
        self.ends_along.extend(self.ends.iter().map(|end| end.along_mm));
        self.clip(layout);
        Ok(())
    }

    /// What comes before the first column.
    pub(super) fn before_columns(&self) -> Column<'_> {
        Column { aisle: 0, first: 0, along: &[], ends: &[], first_end: 0 }
    }

    /// The part of the task in an aisle, given the part in the aisle before.
    pub(super) fn column(&self, aisle: usize, before: Column<'_>) -> Column<'_> {
        let first = before.first + before.along.len();
        let count =
            self.places[first..].iter().take_while(|place| usize::from(place.0.aisle) <= aisle).count();
        let first_end = before.first_end + before.ends.len();
        let ends = self.ends[first_end..].iter().take_while(|end| usize::from(end.aisle) <= aisle).count();
        Column {
            aisle,
            first,
            along: &self.along[first..first + count],
            first_end,
            ends: &self.ends_along[first_end..first_end + ends],
        }
    }

    /// Where a closed walk begins.
    pub(super) fn home(&self) -> Option<Point> {
        self.places.iter().find(|place| place.1 == HOME).map(|place| place.0)
    }

    /// Where the walk may end in an aisle, and the number of the first such place.
    pub(super) fn ends_in_aisle(&self, aisle: usize) -> (&[u32], usize) {
        let first = self.ends.partition_point(|end| usize::from(end.aisle) < aisle);
        let last = self.ends.partition_point(|end| usize::from(end.aisle) <= aisle);
        (&self.ends_along[first..last], first)
    }

    /// Everything the walk must or may touch.
    pub(super) fn points(&self) -> impl Iterator<Item = Point> + '_ {
        self.places.iter().map(|place| place.0).chain(self.ends.iter().copied()).chain(self.start)
    }

    /// Without restrictions no shortest walk leaves the smallest part of the layout that holds everything:
    /// what it does outside it could do on the border, not longer.
    fn clip(&mut self, layout: &Layout) {
        let last_row = layout.cross_mm().len() - 1;
        if !layout.free() {
            self.aisles = (0, layout.aisles() - 1);
            self.rows = (0, last_row);
            return;
        }
        let (mut aisles, mut rows) = ((usize::MAX, 0), (usize::MAX, 0));
        for point in self.points() {
            let aisle = usize::from(point.aisle);
            aisles = (aisles.0.min(aisle), aisles.1.max(aisle));
            let (below, above) = rows_of(layout, point);
            rows = (rows.0.min(below), rows.1.max(above));
        }
        self.aisles = aisles;
        self.rows = rows;
    }

    /// The aisle that holds the start and all places to visit, if it is one; the search looks only for walks
    /// that pass a crossing, so a walk inside one aisle is compared with them.
    pub(super) fn single_aisle(&self) -> Option<u16> {
        let mut points = self.places.iter().map(|place| place.0).chain(self.start);
        let aisle = points.next()?.aisle;
        points.all(|point| point.aisle == aisle).then_some(aisle)
    }

    /// Whether every possible end lies in this aisle too.
    pub(super) fn ends_in(&self, aisle: u16) -> bool {
        self.ends.iter().all(|end| end.aisle == aisle)
    }
}

fn crossing(layout: &Layout, at: Point) -> bool {
    layout.cross_mm().binary_search(&at.along_mm).is_ok()
}

/// The cross-aisles directly below and above a point (the same twice if it is on one, or in a dead end).
fn rows_of(layout: &Layout, point: Point) -> (usize, usize) {
    let cross = layout.cross_mm();
    let above = cross.partition_point(|row| *row < point.along_mm);
    match cross.get(above) {
        None => (cross.len() - 1, cross.len() - 1),
        Some(row) if *row == point.along_mm || above == 0 => (above, above),
        Some(_) => (above - 1, above),
    }
}
