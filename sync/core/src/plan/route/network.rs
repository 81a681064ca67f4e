//! Any network of passages: fishbones, mezzanines, one-way systems. Walks on it are found by the search for
//! orders, measured by shortest ways between stops.
//!
//! A point is passed in one of two directions, and turning round is itself a step that a passage may forbid: so
//! a stop in a passage where nobody turns is left the way it was come to.

use super::{Certificate, Effort, RouteError, bound, local};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Most nodes of a network and most stops on it: shortest ways are worked out from every stop.
const MOST_PLACES: usize = 20_000;
/// Most stops for which all distances are kept.
pub(super) const MOST_MEASURED: usize = 1_500;

/// Most millimetres of passage in all: no shortest way, there and back, then overflows its counter.
const MOST_MM: u64 = (u32::MAX / 4) as u64;

/// Not reachable.
const FAR: u32 = u32::MAX;
const NONE: u32 = u32::MAX;

/// A straight piece of network between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Its length in millimetres.
    pub length_mm: u32,
    /// Whether it is walked only from its beginning to its end.
    pub one_way: bool,
    /// Whether a picker may turn round inside it.
    pub may_turn: bool,
}

/// A place in a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// The passage, as a number in the network's list.
    pub passage: u32,
    /// Distance from its beginning in millimetres.
    pub at_mm: u32,
}

/// Passages between numbered nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// How many nodes there are.
    pub nodes: u32,
    /// The passages.
    pub passages: Vec<Passage>,
}

/// A point of a walk through a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A node.
    Node(u32),
    /// A place in a passage.
    Spot(Spot),
}

/// A route through a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkRoute {
    /// The stops in the order to visit them, as numbers in the list given.
    pub order: Vec<usize>,
    /// Length of the walk in millimetres.
    pub length_mm: u64,
    /// How good it is.
    pub certificate: Certificate,
    /// The walk itself, each point with the stop served there.
    pub path: Vec<(Place, Option<usize>)>,
}

impl Network {
    /// The shortest walk found from `start` past all stops to the nearest of `ends` (to the last stop, if there
    /// are none), with at most `effort.steps` moves.
    ///
    /// # Errors
    /// When a passage or a spot is not in the network, or something cannot be reached.
    pub fn route(
        &self,
        start: Spot,
        ends: &[Spot],
        stops: &[Spot],
        effort: Effort,
    ) -> Result<NetworkRoute, RouteError> {
        let graph = Graph::new(self, start, ends, stops)?;
        graph.route(effort, 0)
    }
}

/// The network with every spot as a point of its own, each point once for each direction it is passed in.
pub(super) struct Graph {
    places: Vec<Place>,
    /// Per state (twice the point, plus the direction): where one can go and how far.
    links: Vec<Vec<(u32, u32)>>,
    /// Point of the start, of each stop, of each end.
    start: usize,
    stops: Vec<usize>,
    ends: Vec<usize>,
    /// Whether every way can be walked back.
    symmetric: bool,
}

impl Graph {
    pub(super) fn new(
        network: &Network,
        start: Spot,
        ends: &[Spot],
        stops: &[Spot],
    ) -> Result<Self, RouteError> {
        let count = network.nodes as usize + stops.len() + ends.len() + 1;
        if count > 2 * MOST_PLACES {
            return Err(RouteError::TooMany(stops.len()));
        }
        if let Some(number) = network.passages.iter().position(|p| p.from.max(p.to) >= network.nodes) {
            return Err(RouteError::NoPassage(number));
        }
        if network.passages.iter().map(|passage| u64::from(passage.length_mm)).sum::<u64>() > MOST_MM {
            return Err(RouteError::TooLarge);
        }
        let mut spots: Vec<Spot> = stops.iter().chain(ends).copied().chain([start]).collect();
        for spot in &spots {
            let passage = network.passages.get(spot.passage as usize);
            if passage.is_none_or(|passage| spot.at_mm > passage.length_mm) {
                return Err(RouteError::NoSpot(*spot));
            }
        }
        let at_node = |spot: &Spot| {
            let passage = &network.passages[spot.passage as usize];
            let from = (spot.at_mm == 0).then_some(passage.from as usize);
            from.or_else(|| (spot.at_mm == passage.length_mm).then_some(passage.to as usize))
        };
        spots.retain(|spot| at_node(spot).is_none());
        spots.sort_unstable();
        spots.dedup();
        let nodes = network.nodes as usize;
        let point =
            |spot: &Spot| at_node(spot).unwrap_or_else(|| nodes + spots.binary_search(spot).unwrap_or(0));
        let mut graph = Self {
            places: (0..network.nodes)
                .map(Place::Node)
                .chain(spots.iter().copied().map(Place::Spot))
                .collect(),
            links: vec![Vec::new(); 2 * (nodes + spots.len())],
            start: point(&start),
            stops: stops.iter().map(point).collect(),
            ends: ends.iter().map(point).collect(),
            symmetric: network.passages.iter().all(|passage| passage.may_turn && !passage.one_way),
        };
        for node in 0..nodes {
            graph.turn(node);
        }
        for (number, passage) in network.passages.iter().enumerate() {
            let first = spots.partition_point(|spot| (spot.passage as usize) < number);
            let last = spots.partition_point(|spot| (spot.passage as usize) <= number);
            let (mut from, mut at) = (passage.from as usize, 0);
            for (point, spot) in (nodes + first..).zip(&spots[first..last]) {
                graph.join(from, point, spot.at_mm - at, passage.one_way);
                if passage.may_turn {
                    graph.turn(point);
                }
                (from, at) = (point, spot.at_mm);
            }
            graph.join(from, passage.to as usize, passage.length_mm - at, passage.one_way);
        }
        Ok(graph)
    }

    fn turn(&mut self, point: usize) {
        self.links[2 * point].push((2 * point as u32 + 1, 0));
        self.links[2 * point + 1].push((2 * point as u32, 0));
    }

    fn join(&mut self, from: usize, to: usize, length: u32, one_way: bool) {
        self.links[2 * from].push((2 * to as u32, length));
        if !one_way {
            self.links[2 * to + 1].push((2 * from as u32 + 1, length));
        }
    }

    /// The way from a state to all others: distances and the states before.
    fn ways(&self, from: u32) -> (Vec<u32>, Vec<u32>) {
        let mut away = vec![FAR; self.links.len()];
        let mut before = vec![NONE; self.links.len()];
        let mut heap = BinaryHeap::new();
        away[from as usize] = 0;
        heap.push(Reverse((0, from)));
        while let Some(Reverse((length, state))) = heap.pop() {
            if length > away[state as usize] {
                continue;
            }
            for (next, more) in &self.links[state as usize] {
                let total = length.saturating_add(*more);
                if total < away[*next as usize] {
                    away[*next as usize] = total;
                    before[*next as usize] = state;
                    heap.push(Reverse((total, *next)));
                }
            }
        }
        (away, before)
    }

    /// A walk past all stops. `known` is a length that no walk can be shorter than.
    pub(super) fn route(&self, effort: Effort, known: u64) -> Result<NetworkRoute, RouteError> {
        let mut unique: Vec<usize> = self.stops.clone();
        unique.sort_unstable();
        unique.dedup();
        if unique.len() > MOST_MEASURED {
            return Err(RouteError::TooMany(self.stops.len()));
        }
        let sources: Vec<usize> = [self.start].into_iter().chain(unique.iter().copied()).collect();
        let table = Distances::new(self, &sources);
        let matrix = table.matrix(self)?;
        let order = local::shortest(&matrix, effort);
        let (length_mm, path) = self.walk(&table, &order)?;
        let bound = bound::tree(&matrix, length_mm, effort).max(known);
        let proven = bound >= length_mm || (order.exact && self.one_minded());
        let certificate = if proven { Certificate::Optimal } else { Certificate::Within { bound_mm: bound } };
        let path = self.serve(path);
        let order = path.iter().filter_map(|(_, stop)| *stop).collect();
        Ok(NetworkRoute { order, length_mm, certificate, path })
    }

    /// Whether no stop can be come to in one direction and have to be left in another that is shorter: then the
    /// distances between stops are those of walks.
    fn one_minded(&self) -> bool {
        let mut entered = vec![false; self.links.len()];
        for (to, _) in self.links.iter().flatten() {
            entered[*to as usize] = true;
        }
        let turns = |point: usize| self.links[2 * point].iter().any(|(to, _)| *to as usize == 2 * point + 1);
        self.stops.iter().all(|stop| turns(*stop) || !entered[2 * stop] || !entered[2 * stop + 1])
    }

    /// The walk in a given order: its length and its points, choosing the direction at each stop.
    fn walk(&self, table: &Distances, order: &local::Order) -> Result<(u64, Vec<usize>), RouteError> {
        let count = order.stops.len();
        // Cheapest way to be at a stop in each direction, and the direction at the stop before.
        let mut reached: Vec<[(u64, usize); 2]> = vec![[(0, 0); 2]];
        for (step, stop) in order.stops.iter().enumerate() {
            let from = step.checked_sub(1).map_or(0, |before| order.stops[before]);
            let point = table.sources[*stop];
            let mut here = [(u64::MAX, 0); 2];
            for (heading, slot) in here.iter_mut().enumerate() {
                for (before, (length, _)) in reached[step].iter().enumerate() {
                    let more = table.away[2 * from + before].0[2 * point + heading];
                    if *length < u64::MAX && more < FAR {
                        *slot = (*slot).min((length + u64::from(more), before));
                    }
                }
            }
            reached.push(here);
        }
        let last = count.checked_sub(1).map_or(0, |last| order.stops[last]);
        let mut best: Option<(u64, usize, Option<usize>)> = None;
        for (heading, (length, _)) in reached[count].iter().enumerate().filter(|(_, way)| way.0 < u64::MAX) {
            let ways = &table.away[2 * last + heading].0;
            let ends = self.ends.iter().flat_map(|end| [2 * end, 2 * end + 1]);
            let out = ends
                .filter(|state| ways[*state] < FAR)
                .map(|state| (length + u64::from(ways[state]), heading, Some(state)));
            let stay = self.ends.is_empty().then_some((*length, heading, None));
            best = best.into_iter().chain(out).chain(stay).min();
        }
        let (length, mut heading, end) = best.ok_or(RouteError::CutOff)?;
        let mut states: Vec<u32> = Vec::new();
        if let Some(end) = end {
            table.back(2 * last + heading, end as u32, &mut states);
        }
        for step in (0..count).rev() {
            let from = step.checked_sub(1).map_or(0, |before| order.stops[before]);
            let target = 2 * table.sources[order.stops[step]] + heading;
            heading = reached[step + 1][heading].1;
            table.back(2 * from + heading, target as u32, &mut states);
        }
        states.push(2 * self.start as u32);
        let mut points: Vec<usize> = states.iter().rev().map(|state| *state as usize / 2).collect();
        points.dedup();
        Ok((length, points))
    }

    fn serve(&self, points: Vec<usize>) -> Vec<(Place, Option<usize>)> {
        let mut waiting: Vec<(usize, usize)> =
            self.stops.iter().enumerate().map(|(stop, point)| (*point, stop)).collect();
        waiting.sort_unstable();
        let mut served = vec![false; waiting.len()];
        let mut path = Vec::new();
        for point in points {
            let first = waiting.partition_point(|(at, _)| *at < point);
            let here = (first..waiting.len()).take_while(|at| waiting[*at].0 == point);
            let mut told = false;
            for at in here {
                if !std::mem::replace(&mut served[at], true) {
                    path.push((self.places[point], Some(waiting[at].1)));
                    told = true;
                }
            }
            if !told {
                path.push((self.places[point], None));
            }
        }
        path
    }
}

/// Shortest ways from the start and every stop, in both directions.
struct Distances {
    sources: Vec<usize>,
    away: Vec<(Vec<u32>, Vec<u32>)>,
}

impl Distances {
    fn new(graph: &Graph, sources: &[usize]) -> Self {
        let states = sources.iter().flat_map(|source| [2 * *source as u32, 2 * *source as u32 + 1]);
        Self { sources: sources.to_vec(), away: states.map(|state| graph.ways(state)).collect() }
    }

    /// Adds the states from the target back to (but without) the source.
    fn back(&self, source: usize, target: u32, states: &mut Vec<u32>) {
        let from = 2 * self.sources[source / 2] as u32 + (source % 2) as u32;
        let mut state = target;
        while state != from && state != NONE {
            states.push(state);
            state = self.away[source].1[state as usize];
        }
    }

    /// Distances from start (0) and stops to stops, and to the end (the last number), whatever the directions.
    fn matrix(&self, graph: &Graph) -> Result<local::Matrix, RouteError> {
        let count = self.sources.len() + 1;
        let mut matrix = local::Matrix::new(count, graph.symmetric);
        for (from, ways) in self.away.chunks(2).enumerate() {
            let away = |point: usize| {
                let ways = ways.iter().flat_map(|way| [way.0[2 * point], way.0[2 * point + 1]]);
                ways.min().unwrap_or(FAR)
            };
            for (to, point) in self.sources.iter().enumerate() {
                matrix.set(from, to, away(*point));
            }
            let end = graph.ends.iter().map(|end| away(*end)).min();
            matrix.set(from, count - 1, end.unwrap_or(0));
        }
        let cut_off = (1..count).any(|to| matrix.get(0, to) == FAR);
        if cut_off { Err(RouteError::CutOff) } else { Ok(matrix) }
    }
}
