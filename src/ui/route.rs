//! The map: stops, aisles, racks between them, and the way from stop to stop along aisles and cross-aisles.

use aisle_ui::{AisleName, App, Heading, Leg, MapStop, MapStopState, Rack, Route};
use slint::Global;

use super::{
    rows::Rows,
    things::{self, int, or_none},
};
use crate::view::route::{self, StopState};

/// Racks keep this far from the cross-aisles.
const RACK_TOP: i32 = 90;
/// How wide a rack is, in thousandths of an aisle's pitch.
const RACK_SHARE: i32 = 300;

/// The lists of the map.
pub(super) struct Map {
    racks: Rows<Rack>,
    aisles: Rows<AisleName>,
    legs: Rows<Leg>,
    stops: Rows<MapStop>,
}

impl Map {
    pub(super) fn tied(app: &App) -> Self {
        let map = Self {
            racks: Rows::default(),
            aisles: Rows::default(),
            legs: Rows::default(),
            stops: Rows::default(),
        };
        let screen = Route::get(app);
        screen.set_racks(map.racks.model());
        screen.set_aisles(map.aisles.model());
        screen.set_legs(map.legs.model());
        screen.set_stops(map.stops.model());
        map
    }

    pub(super) fn show(&self, app: &App, view: &route::Route) {
        let screen = Route::get(app);
        screen.set_place(things::place(&view.place));
        screen.set_way(things::way(view.walk.way));
        screen.set_bays(view.walk.bays);
        screen.set_flank(things::flank(view.walk.side));
        screen.set_metres(or_none(view.metres));
        screen.set_metres_left(or_none(view.metres_left));
        screen.set_stops_left(int(view.stops_left));
        screen.set_has_you(view.you.is_some());
        let (x, y) = view.you.unwrap_or_default();
        screen.set_you_x(x);
        screen.set_you_y(y);
        screen.set_heading(match view.heading {
            route::Heading::Up => Heading::Up,
            route::Heading::Right => Heading::ToRight,
            route::Heading::Down => Heading::Down,
            route::Heading::Left => Heading::ToLeft,
        });
        screen.set_can_skip(view.stops_left > 1);
        let name = |aisle: &route::AisleName| AisleName { x: aisle.x, name: aisle.name.as_str().into() };
        screen.set_mine(or_none(view.aisles.iter().position(|aisle| aisle.mine)));
        self.aisles.set_by_place(&view.aisles.iter().map(name).collect::<Vec<_>>());
        self.racks.set_by_place(&racks(&view.aisles));
        self.legs.set_by_place(&view.legs.iter().map(leg).collect::<Vec<_>>());
        self.stops.set(&view.stops.iter().map(stop).collect::<Vec<_>>(), |stop| stop.number);
    }
}

fn stop(stop: &route::MapStop) -> MapStop {
    MapStop {
        x: stop.x,
        y: stop.y,
        number: int(stop.number),
        state: match stop.state {
            StopState::Done => MapStopState::Done,
            StopState::Ahead => MapStopState::Ahead,
            StopState::Next => MapStopState::Next,
        },
    }
}

/// A rack on each side of every aisle.
fn racks(aisles: &[route::AisleName]) -> Vec<Rack> {
    let Some(first) = aisles.first() else { return Vec::new() };
    let pitch = aisles.get(1).map_or(2 * first.x, |second| second.x - first.x).max(1);
    let width = (pitch * RACK_SHARE / 1_000).max(1);
    (0..=int(aisles.len()))
        .map(|at| {
            let middle = first.x - pitch / 2 + at * pitch;
            let left = (middle - width / 2).clamp(0, 1_000 - width);
            Rack { x: left, y: RACK_TOP, w: width, h: 1_000 - 2 * RACK_TOP }
        })
        .collect()
}

fn leg(leg: &route::MapLeg) -> Leg {
    let ((x1, y1), (x2, y2)) = (leg.from, leg.to);
    Leg { x1, y1, x2, y2, walked: leg.walked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rack_stands_on_each_side_of_every_aisle() {
        let aisle = |x| route::AisleName { x, name: String::new(), mine: false };
        assert_eq!(racks(&[aisle(250), aisle(750)]).len(), 3);
        assert!(racks(&[]).is_empty());
    }
}
