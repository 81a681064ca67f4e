//! The way: the stops that remain, and the one looked at.

use std::cmp::Ordering;

use aisle_core::{
    id::{Code, Id},
    place::{Location, Site, SiteLayout, Travel},
    plan::{
        ground::Ground,
        layout::Point,
        route::{self, End, Leg, Stop},
    },
    task::state::{PickList, PickTask},
};
use serde::Serialize;

use super::{
    Input,
    things::{self, PlaceText, Walk},
};
use crate::floor::{pick, reroute};

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
    /// The way past them, the part behind her first.
    pub legs: Vec<MapLeg>,
    /// From where she stands to the stop looked at, in metres.
    pub metres: Option<u64>,
    /// From where she stands past all stops to the depot, in metres.
    pub metres_left: Option<u64>,
    /// Where she scanned last.
    pub you: Option<(i32, i32)>,
    /// Which way the next leg leads.
    pub heading: Heading,
}

/// A straight piece of the way, from one place of the map to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MapLeg {
    /// Where it begins.
    pub from: (i32, i32),
    /// Where it ends.
    pub to: (i32, i32),
    /// It lies behind her.
    pub walked: bool,
}

/// A direction on the map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Heading {
    /// Towards the back of the aisles.
    #[default]
    Up,
    /// Towards aisles of higher number.
    Right,
    /// Towards the front.
    Down,
    /// Towards aisles of lower number.
    Left,
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
    let way = layout.and_then(|layout| Way::plan(input, layout, list, looked.map(|task| task.id)));
    let way = way.unwrap_or_default();
    Route {
        place: looked.map(|task| things::place(&task.location, from)).unwrap_or_default(),
        walk: looked.map(|task| things::walk(input, before, from, &task.location)).unwrap_or_default(),
        stops_left: open.len(),
        aisles: layout.map(|layout| aisles(layout, looked_travel)).unwrap_or_default(),
        stops,
        legs: way.legs,
        metres: way.metres,
        metres_left: way.metres_left,
        heading: way.heading,
        you: layout.zip(from.and_then(travel)).map(|(layout, travel)| on_map(layout, travel)),
    }
}

/// The way behind and before her.
#[derive(Default)]
struct Way {
    legs: Vec<MapLeg>,
    metres: Option<u64>,
    metres_left: Option<u64>,
    heading: Heading,
}

impl Way {
    /// None when a stop does not lie on the layout.
    fn plan(
        input: Input<'_>,
        site: &SiteLayout,
        list: &PickList,
        looked: Option<Id<PickTask>>,
    ) -> Option<Self> {
        let (rows, session) = (&input.state.rows, &input.state.session);
        let ground = Ground::of(Some(site));
        let layout = ground.layout()?;
        let point = |code: &Code<Location>| ground.point(&input.catalogue.location(code)?);
        let stops = |tasks: &[&PickTask]| -> Option<Vec<Stop>> {
            tasks.iter().map(|task| point(&task.location).map(Stop::at)).collect()
        };
        let open: Vec<&PickTask> = pick::open(rows, list).collect();
        let done: Vec<&PickTask> = pick::tasks(rows, list).filter(|task| task.is_over()).collect();
        let stands = reroute::stands(session).and_then(point);
        let depot = layout.depot();
        let walk = |from, end, stops: &[Stop]| {
            let order: Vec<usize> = (0..stops.len()).collect();
            let route = route::in_order(layout, from, end, stops, &order).ok()?;
            Some(route::legs(layout, &route))
        };
        let end = stands.map_or(End::Anywhere, End::At);
        let mut way = Self::default();
        way.draw(site, depot, &walk(depot, end, &stops(&done)?)?, true);
        let here = stands.unwrap_or(depot);
        let ahead = walk(here, End::At(depot), &stops(&open)?)?;
        way.draw(site, here, &ahead, false);
        way.heading =
            ahead.iter().find(|leg| leg.to != here).map_or(Heading::Up, |leg| heading(here, leg.to));
        let metres = |legs: &[Leg]| legs.iter().map(|leg| u64::from(leg.length_mm)).sum::<u64>() / 1_000;
        let at = open.iter().position(|task| Some(task.id) == looked);
        let reached = at.and_then(|at| ahead.iter().position(|leg| leg.stop == Some(at)));
        way.metres = reached.map(|last| metres(&ahead[..=last]));
        way.metres_left = Some(metres(&ahead));
        Some(way)
    }

    fn draw(&mut self, site: &SiteLayout, mut from: Point, legs: &[Leg], walked: bool) {
        for leg in legs.iter().filter(|leg| leg.length_mm > 0) {
            let at = |point: Point| place_on_map(site, point.aisle, point.along_mm);
            self.legs.push(MapLeg { from: at(from), to: at(leg.to), walked });
            from = leg.to;
        }
    }
}

fn heading(from: Point, to: Point) -> Heading {
    match (from.aisle.cmp(&to.aisle), from.along_mm.cmp(&to.along_mm)) {
        (Ordering::Less, _) => Heading::Right,
        (Ordering::Greater, _) => Heading::Left,
        (Ordering::Equal, Ordering::Greater) => Heading::Down,
        (Ordering::Equal, _) => Heading::Up,
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

fn on_map(layout: &SiteLayout, travel: Travel) -> (i32, i32) {
    place_on_map(layout, travel.aisle, travel.along_mm)
}

/// Cross-aisles at front and back keep a twentieth of the map each.
fn place_on_map(layout: &SiteLayout, aisle: u16, along_mm: u32) -> (i32, i32) {
    let front = layout.cross_aisles_mm.first().copied().unwrap_or(0);
    let back = layout.cross_aisles_mm.last().copied().unwrap_or(0).max(front + 1);
    let along = i64::from(along_mm.clamp(front, back) - front);
    let y = 950 - along * 900 / i64::from(back - front);
    (across(layout, aisle), i32::try_from(y).unwrap_or(0))
}
