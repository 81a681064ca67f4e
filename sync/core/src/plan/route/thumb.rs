//! Rules of thumb that other systems walk by, for comparison only.

use super::{Certificate, End, Route, RouteError, Stop, Waypoint, finish};
use crate::plan::layout::{Layout, Point};

/// Up one aisle and down the next: even aisles from the front, odd aisles from the back, as fixed pick
/// sequences number them.
///
/// # Errors
/// As [`in_order`].
pub fn serpentine(layout: &Layout, start: Point, end: End<'_>, stops: &[Stop]) -> Result<Route, RouteError> {
    let mut order: Vec<usize> = (0..stops.len()).collect();
    order.sort_by_key(|number| {
        let Point { aisle, along_mm } = stops[*number].at;
        (aisle, if aisle.is_multiple_of(2) { along_mm } else { u32::MAX - along_mm })
    });
    in_order(layout, start, end, stops, &order)
}

/// By location name, aisle before bay: always from the front of an aisle to its back.
///
/// # Errors
/// As [`in_order`].
pub fn alphanumeric(
    layout: &Layout,
    start: Point,
    end: End<'_>,
    stops: &[Stop],
) -> Result<Route, RouteError> {
    let mut order: Vec<usize> = (0..stops.len()).collect();
    order.sort_by_key(|number| stops[*number].at);
    in_order(layout, start, end, stops, &order)
}

/// The walk that visits the stops in a given order, each time by the shortest way, as if nothing were
/// restricted. Its certificate says nothing more than that it is a walk.
///
/// # Errors
/// When something is not on the layout.
pub fn in_order(
    layout: &Layout,
    start: Point,
    end: End<'_>,
    stops: &[Stop],
    order: &[usize],
) -> Result<Route, RouteError> {
    layout.check(start)?;
    let mut path = vec![Waypoint { at: start, stop: None }];
    for number in order {
        let stop = stops.get(*number).ok_or(RouteError::NoStop(*number))?;
        layout.check(stop.at)?;
        go(layout, &mut path, Waypoint { at: stop.at, stop: Some(*number) });
    }
    let last = path.last().map_or(start, |last| last.at);
    let last = match end {
        End::Anywhere => last,
        End::At(point) => point,
        End::Nearest(points) => {
            points.iter().try_for_each(|point| layout.check(*point))?;
            let nearest = points.iter().min_by_key(|point| layout.distance_mm(last, **point));
            *nearest.ok_or(RouteError::NoEnd)?
        }
    };
    layout.check(last)?;
    if path.last().is_some_and(|waypoint| waypoint.at != last) {
        go(layout, &mut path, Waypoint { at: last, stop: None });
    }
    Ok(Route { certificate: Certificate::Within { bound_mm: 0 }, ..finish(layout, path) })
}

/// Walks on to a point, over the best cross-aisle if it is in another aisle.
pub(super) fn go(layout: &Layout, path: &mut Vec<Waypoint>, to: Waypoint) {
    if let Some(from) = path.last().map(|last| last.at)
        && from.aisle != to.at.aisle
    {
        let row = layout.best_cross(from, to.at);
        for aisle in [from.aisle, to.at.aisle] {
            let at = layout.crossing(usize::from(aisle), row);
            if path.last().is_some_and(|last| last.at != at) {
                path.push(Waypoint { at, stop: None });
            }
        }
    }
    if to.stop.is_some() || path.last().is_some_and(|last| last.at != to.at) {
        path.push(to);
    }
}
