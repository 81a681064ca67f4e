//! Heavy first, fragile last: a walk in parts, each of which picks everything of its class.
//!
//! Each part is an exact walk from the first stop of its class to the last; all pairs of first and last are tried
//! and chained, so the whole is exact while the pairs are few. With very many stops between heavy and fragile
//! ones only the most promising first stops are tried, and the certificate says so.

use super::{Certificate, Effort, End, Load, Route, RouteError, Router, Stop, Waypoint, finish};
use crate::plan::layout::{Layout, Point};
use std::collections::BTreeMap;

/// Most walks tried for a part in the middle.
const MOST_PAIRS: usize = 2_500;

/// A way to have walked all parts so far: length, and the last stop of each part with the next part's first.
#[derive(Debug, Clone, Default)]
struct Chain {
    length_mm: u64,
    joints: Vec<(Point, Point)>,
}

/// The walk, when stops of different classes are present, the lowest first; nothing if all are of one class. `class`
/// tells a stop's by its number.
pub(super) fn route<P: Ord>(
    router: &mut Router,
    layout: &Layout,
    start: Point,
    end: End<'_>,
    stops: &[Stop],
    class: impl Fn(usize) -> P,
    effort: Effort,
) -> Result<Option<Route>, RouteError> {
    let mut classes: BTreeMap<P, Vec<usize>> = BTreeMap::new();
    for (number, stop) in stops.iter().enumerate() {
        layout.check(stop.at)?;
        classes.entry(class(number)).or_default().push(number);
    }
    if classes.len() < 2 {
        return Ok(None);
    }
    let parts: Vec<(Vec<usize>, Vec<Stop>)> = classes
        .into_values()
        .map(|numbers| {
            let plain = numbers.iter().map(|number| Stop { load: Load::Normal, ..stops[*number] }).collect();
            (numbers, plain)
        })
        .collect();
    let mut walks = Walks { router, layout, effort, exact: true };
    let chain = walks.chain(start, end, &parts)?;
    let route = walks.join(start, end, &parts, &chain)?;
    let exact = walks.exact;
    if exact {
        return Ok(Some(route));
    }
    let plain: Vec<Stop> = stops.iter().map(|stop| Stop { load: Load::Normal, ..*stop }).collect();
    let free = router.plain(layout, start, end, &plain, effort)?;
    let bound_mm = match free.certificate {
        Certificate::Optimal => free.length_mm,
        Certificate::Within { bound_mm } => bound_mm,
    };
    let proven = bound_mm >= route.length_mm;
    let certificate = if proven { Certificate::Optimal } else { Certificate::Within { bound_mm } };
    Ok(Some(Route { certificate, ..route }))
}

/// The parts' walks, all by the same means.
struct Walks<'a> {
    router: &'a mut Router,
    layout: &'a Layout,
    effort: Effort,
    /// Whether everything was tried and exact so far.
    exact: bool,
}

impl Walks<'_> {
    fn measure(&mut self, from: Point, to: End<'_>, stops: &[Stop]) -> Result<u64, RouteError> {
        let (length_mm, exact) = self.router.measure(self.layout, from, to, stops, self.effort)?;
        self.exact &= exact;
        Ok(length_mm)
    }

    /// The best chain of parts.
    fn chain(
        &mut self,
        start: Point,
        end: End<'_>,
        parts: &[(Vec<usize>, Vec<Stop>)],
    ) -> Result<Chain, RouteError> {
        // Every way to have finished the parts so far: the point it ends at.
        let mut ends: BTreeMap<Point, Chain> = BTreeMap::new();
        for last in points(&parts[0].1) {
            let length_mm = self.measure(start, End::At(last), &parts[0].1)?;
            ends.insert(last, Chain { length_mm, joints: Vec::new() });
        }
        for (number, (_, stops)) in parts.iter().enumerate().skip(1) {
            let firsts = points(stops);
            let mut begun: Vec<(Point, Chain)> = Vec::new();
            for first in &firsts {
                begun.extend(self.arrive(&ends, *first)?.map(|chain| (*first, chain)));
            }
            begun.sort_by_key(|(first, chain)| (chain.length_mm, *first));
            if number + 1 == parts.len() {
                return self.last(end, begun, stops);
            }
            let most = (MOST_PAIRS / firsts.len()).max(1);
            self.exact &= begun.len() <= most;
            ends = self.middle(&begun[..begun.len().min(most)], &firsts, stops)?;
        }
        Err(RouteError::CutOff)
    }

    /// The best way to arrive at the first stop of the next part.
    fn arrive(&mut self, ends: &BTreeMap<Point, Chain>, first: Point) -> Result<Option<Chain>, RouteError> {
        let mut best: Option<(u64, Point, &Chain)> = None;
        for (last, chain) in ends {
            let apart = if self.layout.free() {
                u64::from(self.layout.distance_mm(*last, first))
            } else {
                match self.measure(*last, End::At(first), &[]) {
                    Err(RouteError::CutOff) => continue,
                    apart => apart?,
                }
            };
            let length_mm = chain.length_mm + apart;
            if best.is_none_or(|best| length_mm < best.0) {
                best = Some((length_mm, *last, chain));
            }
        }
        Ok(best.map(|(length_mm, last, chain)| {
            let joints = chain.joints.iter().copied().chain([(last, first)]).collect();
            Chain { length_mm, joints }
        }))
    }

    /// All ways through a part in the middle, from each first stop to each last.
    fn middle(
        &mut self,
        begun: &[(Point, Chain)],
        lasts: &[Point],
        stops: &[Stop],
    ) -> Result<BTreeMap<Point, Chain>, RouteError> {
        let mut ends: BTreeMap<Point, Chain> = BTreeMap::new();
        // Where every aisle is walked both ways, a way there is a way back.
        let free = self.layout.free();
        let mut known: BTreeMap<(Point, Point), u64> = BTreeMap::new();
        for (first, chain) in begun {
            for last in lasts.iter().filter(|last| *last != first || lasts.len() == 1) {
                let through = match known.get(&(*last, *first)).filter(|_| free) {
                    Some(back) => *back,
                    None => self.measure(*first, End::At(*last), stops)?,
                };
                known.insert((*first, *last), through);
                let length_mm = chain.length_mm + through;
                if ends.get(last).is_none_or(|best| length_mm < best.length_mm) {
                    ends.insert(*last, Chain { length_mm, ..chain.clone() });
                }
            }
        }
        Ok(ends)
    }

    /// The best way to finish with the last part.
    fn last(
        &mut self,
        end: End<'_>,
        begun: Vec<(Point, Chain)>,
        stops: &[Stop],
    ) -> Result<Chain, RouteError> {
        let mut best: Option<Chain> = None;
        for (first, chain) in begun {
            let length_mm = chain.length_mm + self.measure(first, end, stops)?;
            if best.as_ref().is_none_or(|best| length_mm < best.length_mm) {
                best = Some(Chain { length_mm, ..chain });
            }
        }
        best.ok_or(RouteError::CutOff)
    }

    /// Walks a chain of parts.
    fn join(
        &mut self,
        start: Point,
        end: End<'_>,
        parts: &[(Vec<usize>, Vec<Stop>)],
        chain: &Chain,
    ) -> Result<Route, RouteError> {
        let mut path: Vec<Waypoint> = Vec::new();
        for (number, (numbers, stops)) in parts.iter().enumerate() {
            let from = number.checked_sub(1).map_or(start, |before| chain.joints[before].1);
            let to = chain.joints.get(number).map_or(end, |joint| End::At(joint.0));
            let mut told: Vec<Waypoint> = Vec::new();
            if let Some(last) = path.last().map(|last| last.at) {
                told.extend(self.router.plain(self.layout, last, End::At(from), &[], self.effort)?.path);
            }
            let part = self.router.plain(self.layout, from, to, stops, self.effort)?;
            told.extend(
                part.path
                    .into_iter()
                    .map(|waypoint| Waypoint { stop: waypoint.stop.map(|stop| numbers[stop]), ..waypoint }),
            );
            for waypoint in told {
                let known = path.last().is_some_and(|last| last.at == waypoint.at);
                if waypoint.stop.is_some() || !known {
                    path.push(waypoint);
                }
            }
        }
        Ok(finish(self.layout, path))
    }
}

fn points(stops: &[Stop]) -> Vec<Point> {
    let mut points: Vec<Point> = stops.iter().map(|stop| stop.at).collect();
    points.sort_unstable();
    points.dedup();
    points
}
