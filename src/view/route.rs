//! The way: the stops that remain, and the one looked at.

use aisle_core::{
    place::{Site, SiteLayout, Travel},
    task::state::PickList,
};
use serde::Serialize;

use super::{
    Input,
    things::{self, PlaceText, Walk},
};
use crate::floor::pick;

/// The way through the aisles. Places on the map are in thousandths of its width and height, from the top
/// left; the front of the aisles is at the bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The place looked at.
    pub place: PlaceText,
    /// The way to it.
    #[serde(flatten)]
    pub walk: Walk,
    /// Stops that remain.
    pub stops_left: usize,
    /// Names of the aisles and where their middle lies.
    pub aisles: Vec<AisleName>,
    /// All stops, in walking order.
    pub stops: Vec<MapStop>,
    /// Where she scanned last.
    pub you: Option<(i32, i32)>,
}

/// The name of an aisle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AisleName {
    /// Its middle.
    pub x: i32,
    /// Its name.
    pub name: String,
    /// The stop looked at is in it.
    pub mine: bool,
}

/// A stop on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MapStop {
    /// Where, across.
    pub x: i32,
    /// Where, down.
    pub y: i32,
    /// Its number in the run, from 1.
    pub number: usize,
    /// How it stands.
    pub state: StopState,
}

/// How a stop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopState {
    /// Over.
    Done,
    /// To come.
    Ahead,
    /// Looked at.
    Next,
}

pub(super) fn build(input: Input<'_>, list: &PickList, at: usize) -> Route {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let open: Vec<_> = pick::open(rows, list).collect();
    let looked = open.get(at).or_else(|| open.first());
    let layout = rows.all::<Site>().find(|site| site.code == list.site).and_then(|site| site.layout.as_ref());
    let travel = |code| input.catalogue.location(code).and_then(|location| location.travel);
    let looked_travel = looked.and_then(|task| travel(&task.location));
    let mut stops = Vec::new();
    for (number, task) in (1..).zip(pick::tasks(rows, list)) {
        let (Some(layout), Some(travel)) = (layout, travel(&task.location)) else { continue };
        let (x, y) = on_map(layout, travel);
        let state = match looked {
            Some(looked) if looked.id == task.id => StopState::Next,
            _ if task.is_over() => StopState::Done,
            _ => StopState::Ahead,
        };
        stops.push(MapStop { x, y, number, state });
    }
    let (before, from) = (session.pick.came_from.as_ref(), session.pick.arrived.as_ref());
    Route {
        place: looked.map(|task| things::place(&task.location, from)).unwrap_or_default(),
        walk: looked.map(|task| things::walk(input, before, from, &task.location)).unwrap_or_default(),
        stops_left: open.len(),
        aisles: layout.map(|layout| aisles(layout, looked_travel)).unwrap_or_default(),
        stops,
        you: layout.zip(from.and_then(travel)).map(|(layout, travel)| on_map(layout, travel)),
    }
}

fn aisles(layout: &SiteLayout, looked: Option<Travel>) -> Vec<AisleName> {
    let name = |(at, name): (usize, &String)| {
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        AisleName {
            x: across(layout, at),
            name: name.clone(),
            mine: looked.is_some_and(|travel| travel.aisle == at),
        }
    };
    layout.aisles.iter().enumerate().map(name).collect()
}

/// The middle of an aisle: the map is as wide as all aisles and half a pitch at each end.
fn across(layout: &SiteLayout, aisle: u16) -> i32 {
    let count = i64::try_from(layout.aisles.len().max(1)).unwrap_or(1);
    i32::try_from((2 * i64::from(aisle) + 1) * 500 / count).unwrap_or(0)
}

/// Cross-aisles at front and back keep a twentieth of the map each.
fn on_map(layout: &SiteLayout, travel: Travel) -> (i32, i32) {
    let front = layout.cross_aisles_mm.first().copied().unwrap_or(0);
    let back = layout.cross_aisles_mm.last().copied().unwrap_or(0).max(front + 1);
    let along = i64::from(travel.along_mm.clamp(front, back) - front);
    let y = 950 - along * 900 / i64::from(back - front);
    (across(layout, travel.aisle), i32::try_from(y).unwrap_or(0))
}
