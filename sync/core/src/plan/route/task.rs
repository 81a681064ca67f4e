//! A route to be planned, sorted onto the layout: which places lie in which aisle and block, which part of
//! the layout matters, and where the walk may begin and end.

use super::moves::Column;
use super::{End, RouteError, Stop};
use crate::plan::layout::{Layout, Point};

/// Marks the place where a closed walk begins, among the stops: larger than any number of a stop.
pub(super) const HOME: u32 = (1 << PLACE_BITS) - 1;

/// How many bits of a sort key the distance along the aisle takes ([`crate::plan::layout::MOST_MM`] fits), and how
/// many the number of the stop.
const PLACE_BITS: u32 = 24;

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

/// The part of the sorted task in one aisle: where its places and possible ends begin, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    first: u32,
    count: u32,
    first_end: u32,
    ends: u32,
}

/// A sorted task. Buffers are kept from one task to the next.
#[derive(Debug, Default)]
pub(super) struct Task {
    /// Places to visit by aisle and place, with the stop's number or [`HOME`].
    pub(super) places: Vec<(Point, u32)>,
    /// `places` as numbers that sort alike.
    keys: Vec<u64>,
    /// By aisle, from the first that matters.
    spans: Vec<Span>,
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
        if stops.len() >= HOME as usize {
            return Err(RouteError::TooMany(stops.len()));
        }
        self.keys.clear();
        self.ends.clear();
        for (number, stop) in stops.iter().enumerate() {
            layout.check(stop.at)?;
            self.keys.push(key(stop.at, number as u32));
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
            self.keys.push(key(start, HOME));
            self.ends.clear();
        }
        self.start = (finish != Finish::Closed).then_some(start);
        self.finish = Some(finish);
        self.keys.sort_unstable();
        self.places.clear();
        self.places.extend(self.keys.iter().map(|key| place(*key)));
        self.along.clear();
        self.along.extend(self.places.iter().map(|place| place.0.along_mm));
        self.ends_along.clear();
        self.ends_along.extend(self.ends.iter().map(|end| end.along_mm));
        self.clip(layout);
        self.span();
        Ok(())
    }

    /// Cuts the task into aisles.
    fn span(&mut self) {
        let (first, last) = self.aisles;
        self.spans.clear();
        self.spans.resize(last - first + 1, Span::default());
        for place in &self.places {
            self.spans[usize::from(place.0.aisle) - first].count += 1;
        }
        for end in &self.ends {
            self.spans[usize::from(end.aisle) - first].ends += 1;
        }
        let (mut places, mut ends) = (0, 0);
        for span in &mut self.spans {
            (span.first, span.first_end) = (places, ends);
            places += span.count;
            ends += span.ends;
        }
    }

    /// The part of the task in an aisle that matters.
    pub(super) fn column(&self, aisle: usize) -> Column<'_> {
        let span = self.spans[aisle - self.aisles.0];
        let (first, first_end) = (span.first as usize, span.first_end as usize);
        Column {
            aisle,
            first,
            along: &self.along[first..first + span.count as usize],
            ends: &self.ends_along[first_end..first_end + span.ends as usize],
        }
    }

    /// Where a closed walk begins.
    pub(super) fn home(&self) -> Option<Point> {
        self.places.iter().find(|place| place.1 == HOME).map(|place| place.0)
    }

    /// Where the walk may end in an aisle.
    pub(super) fn ends_in_aisle(&self, aisle: usize) -> &[u32] {
        self.column(aisle).ends
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

/// A place and its stop as one number: by aisle, then by place, then by stop.
fn key(at: Point, stop: u32) -> u64 {
    u64::from(at.aisle) << (2 * PLACE_BITS) | u64::from(at.along_mm) << PLACE_BITS | u64::from(stop)
}

/// What [`key`] was made of.
fn place(key: u64) -> (Point, u32) {
    let low = (1 << PLACE_BITS) - 1;
    let at = Point::new((key >> (2 * PLACE_BITS)) as u16, (key >> PLACE_BITS & low) as u32);
    (at, (key & low) as u32)
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
