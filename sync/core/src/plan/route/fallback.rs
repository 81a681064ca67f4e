//! Rectangular layouts that the exact search does not cover: five blocks and more, and one-way aisles. They are
//! walked as networks; very long lists by the best rule of thumb. The certificate says how far off it can be.

use super::network::{Graph, MOST_MEASURED, Network, Passage, Place, Spot};
use super::{Certificate, Effort, End, Route, RouteError, Router, Stop, Waypoint, finish, thumb};
use crate::plan::layout::{Layout, Point, Way};

/// The best walk found.
pub(super) fn route(
    router: &mut Router,
    layout: &Layout,
    start: Point,
    end: End<'_>,
    stops: &[Stop],
    effort: Effort,
) -> Result<Route, RouteError> {
    let known =
        router.relaxed_mm(layout, start, end, stops)?.unwrap_or(0).max(farthest(layout, start, end, stops));
    let mut points: Vec<Point> = stops.iter().map(|stop| stop.at).collect();
    points.sort_unstable();
    points.dedup();
    if points.len() > MOST_MEASURED {
        return by_thumb(layout, start, end, stops, known);
    }
    let map = Map::new(layout);
    let stops: Option<Vec<Spot>> = stops.iter().map(|stop| map.spot(stop.at)).collect();
    let stops = stops.ok_or(RouteError::CutOff)?;
    let ends: Vec<Spot> = match end {
        End::At(point) => map.spot(point).into_iter().collect(),
        End::Nearest(points) => points.iter().filter_map(|point| map.spot(*point)).collect(),
        End::Anywhere => Vec::new(),
    };
    if ends.is_empty() && end != End::Anywhere {
        return Err(RouteError::CutOff);
    }
    let start = map.spot(start).ok_or(RouteError::CutOff)?;
    let graph = Graph::new(&map.network, start, &ends, &stops)?;
    let found = graph.route(effort, known)?;
    let mut path: Vec<Waypoint> = Vec::new();
    for (place, stop) in found.path {
        let at = map.point(layout, place);
        if stop.is_some() || path.last().is_none_or(|last| last.at != at) {
            path.push(Waypoint { at, stop });
        }
    }
    Ok(Route { certificate: found.certificate, ..finish(layout, path) })
}

/// Every walk goes to the farthest stop and on to the end.
fn farthest(layout: &Layout, start: Point, end: End<'_>, stops: &[Stop]) -> u64 {
    let out = |at: Point| match end {
        End::At(point) => layout.distance_mm(at, point),
        End::Nearest(points) => points.iter().map(|point| layout.distance_mm(at, *point)).min().unwrap_or(0),
        End::Anywhere => 0,
    };
    let lengths =
        stops.iter().map(|stop| u64::from(layout.distance_mm(start, stop.at)) + u64::from(out(stop.at)));
    lengths.max().unwrap_or(u64::from(out(start)))
}

/// The best of the rules of thumb, for lists too long to measure every distance.
fn by_thumb(
    layout: &Layout,
    start: Point,
    end: End<'_>,
    stops: &[Stop],
    known: u64,
) -> Result<Route, RouteError> {
    if !layout.free() {
        return Err(RouteError::TooMany(stops.len()));
    }
    let cross = layout.cross_mm();
    let mut by_block: Vec<usize> = (0..stops.len()).collect();
    by_block.sort_by_key(|stop| {
        let Point { aisle, along_mm } = stops[*stop].at;
        let block = cross.partition_point(|row| *row < along_mm) as u16;
        let aisle = if block.is_multiple_of(2) { aisle } else { u16::MAX - aisle };
        (block, aisle, if aisle.is_multiple_of(2) { along_mm } else { u32::MAX - along_mm })
    });
    let walks = [
        thumb::serpentine(layout, start, end, stops)?,
        thumb::in_order(layout, start, end, stops, &by_block)?,
    ];
    let best = walks.into_iter().min_by_key(|walk| walk.length_mm).ok_or(RouteError::CutOff)?;
    let certificate = Certificate::Within { bound_mm: known.min(best.length_mm) };
    Ok(Route { certificate, ..best })
}

/// A layout as a network: crossings and dead ends are its nodes.
struct Map {
    network: Network,
    /// Where each node is.
    nodes: Vec<Point>,
    /// Per passage, its aisle and the place of its beginning, if it is part of an aisle.
    parts: Vec<Option<(u16, u32)>>,
    /// Passages by aisle and the places of their front ends and back ends.
    by_place: Vec<(u16, u32, u32, u32)>,
}

impl Map {
    fn new(layout: &Layout) -> Self {
        let mut map = Self {
            network: Network { nodes: 0, passages: Vec::new() },
            nodes: Vec::new(),
            parts: Vec::new(),
            by_place: Vec::new(),
        };
        let mut crossings: Vec<Vec<u32>> = Vec::new();
        for aisle in 0..layout.aisles() {
            crossings.push(map.aisle(layout, aisle));
        }
        for aisle in 1..layout.aisles() {
            let blocked = layout.limits().blocked_cross(aisle - 1);
            for row in (0..layout.cross_mm().len()).filter(|row| blocked >> row & 1 == 0) {
                let (from, to) = (crossings[aisle - 1][row], crossings[aisle][row]);
                map.add(from, to, layout.gap_mm(aisle - 1), None, false, true);
            }
        }
        map.network.nodes = map.nodes.len() as u32;
        map.by_place.sort_unstable();
        map
    }

    /// Adds an aisle: its parts between crossings, dead ends and blocked stretches. Answers its crossings.
    fn aisle(&mut self, layout: &Layout, aisle: usize) -> Vec<u32> {
        let cross = layout.cross_mm();
        let mut ends: Vec<u32> = cross.to_vec();
        ends.extend([0, layout.length_mm()]);
        ends.extend(layout.limits().blocked_ends(aisle));
        ends.sort_unstable();
        ends.dedup();
        let first = self.nodes.len() as u32;
        self.nodes.extend(ends.iter().map(|along_mm| Point::new(aisle as u16, *along_mm)));
        for (number, pair) in ends.windows(2).enumerate() {
            let (low, high) = (pair[0], pair[1]);
            if layout.limits().blocked(aisle, low, high) {
                continue;
            }
            let block = cross
                .partition_point(|row| *row <= low)
                .checked_sub(1)
                .filter(|block| block + 1 < cross.len());
            let way = block.and_then(|block| layout.limits().way(aisle, block));
            let turn = block.is_none_or(|block| layout.limits().may_turn(aisle, block));
            let (from, to) = (first + number as u32, first + number as u32 + 1);
            let part = Some((aisle as u16, low));
            match way {
                Some(Way::Front) => self.add(to, from, high - low, part, true, turn),
                way => self.add(from, to, high - low, part, way.is_some(), turn),
            }
        }
        let place = |row: &u32| first + ends.binary_search(row).unwrap_or(0) as u32;
        cross.iter().map(place).collect()
    }

    fn add(
        &mut self,
        from: u32,
        to: u32,
        length_mm: u32,
        part: Option<(u16, u32)>,
        one_way: bool,
        may_turn: bool,
    ) {
        if let Some((aisle, low)) = part {
            self.by_place.push((aisle, low, low + length_mm, self.network.passages.len() as u32));
        }
        self.network.passages.push(Passage { from, to, length_mm, one_way, may_turn });
        self.parts.push(part);
    }

    /// The spot of a point that is on the layout; none in the middle of a blocked stretch.
    fn spot(&self, at: Point) -> Option<Spot> {
        let holds = |part: &&(u16, u32, u32, u32)| {
            part.0 == at.aisle && part.1 <= at.along_mm && at.along_mm <= part.2
        };
        let (_, low, high, number) = self.by_place.iter().find(holds)?;
        let passage = &self.network.passages[*number as usize];
        let forward = self.nodes[passage.from as usize].along_mm == *low;
        let at_mm = if forward { at.along_mm - low } else { high - at.along_mm };
        Some(Spot { passage: *number, at_mm })
    }

    fn point(&self, layout: &Layout, place: Place) -> Point {
        match place {
            Place::Node(node) => self.nodes.get(node as usize).copied().unwrap_or(layout.depot()),
            Place::Spot(spot) => {
                let passage = &self.network.passages[spot.passage as usize];
                let (from, to) = (self.nodes[passage.from as usize], self.nodes[passage.to as usize]);
                let along_mm = if from.along_mm <= to.along_mm {
                    from.along_mm + spot.at_mm
                } else {
                    from.along_mm - spot.at_mm
                };
                Point { aisle: from.aisle, along_mm }
            }
        }
    }
}
