//! A walk told turn by turn, for the screen.

use super::{Route, Waypoint, straight_mm};
use crate::plan::layout::{Layout, Point};
use serde::{Deserialize, Serialize};

/// Which way to turn, seen by the walker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Straight on, or the first leg.
    Ahead,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Turn round.
    Back,
}

/// What a leg leads along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corridor {
    /// An aisle, counted from 0 at the left.
    Aisle(u16),
    /// A cross-aisle, counted from 0 at the front.
    Cross(u16),
}

/// A straight piece of a walk, from the last turn or stop to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// How to turn first.
    pub turn: Turn,
    /// How far to walk, in millimetres; 0 if the next stop is at the same place.
    pub length_mm: u32,
    /// What to walk along.
    pub along: Corridor,
    /// Where the leg ends.
    pub to: Point,
    /// The stop served there, by its number in the list given.
    pub stop: Option<usize>,
    /// Whether the next stop (or the end) is in another aisle than the last stop (or the start).
    pub aisle_changed: bool,
}

/// Where a walker is headed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    Back,
    Right,
    Front,
    Left,
}

/// The legs of a route. Neighbouring straight pieces without a stop between them are one leg.
pub fn legs(layout: &Layout, route: &Route) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    let mut heading: Option<Heading> = None;
    let mut last_stop = route.path.first().map_or(0, |first| first.at.aisle);
    let first = route.path.first().copied().into_iter().filter(|first| first.stop.is_some());
    let first = first.map(|first| (first, first));
    let pairs = first.chain(route.path.windows(2).map(|pair| (pair[0], pair[1])));
    for (from, to) in pairs {
        let next = heading_of(from, to).or(heading);
        let turn = turn_of(heading, next);
        let along = corridor(layout, from.at, to.at, legs.last());
        let length_mm = straight_mm(layout, from.at, to.at);
        match legs.last_mut() {
            Some(last) if turn == Turn::Ahead && last.stop.is_none() && last.along == along => {
                last.length_mm += length_mm;
                last.to = to.at;
                last.stop = to.stop;
            }
            _ => legs.push(Leg { turn, length_mm, along, to: to.at, stop: to.stop, aisle_changed: false }),
        }
        heading = next;
    }
    let mut next_stop = legs.last().map_or(0, |last| last.to.aisle);
    let targets: Vec<u16> = legs
        .iter()
        .rev()
        .map(|leg| {
            if leg.stop.is_some() {
                next_stop = leg.to.aisle;
            }
            next_stop
        })
        .collect();
    for (leg, target) in legs.iter_mut().zip(targets.into_iter().rev()) {
        leg.aisle_changed = target != last_stop;
        if leg.stop.is_some() {
            last_stop = leg.to.aisle;
        }
    }
    legs
}

fn heading_of(from: Waypoint, to: Waypoint) -> Option<Heading> {
    let (from, to) = (from.at, to.at);
    match (from.aisle.cmp(&to.aisle), from.along_mm.cmp(&to.along_mm)) {
        (std::cmp::Ordering::Less, _) => Some(Heading::Right),
        (std::cmp::Ordering::Greater, _) => Some(Heading::Left),
        (_, std::cmp::Ordering::Less) => Some(Heading::Back),
        (_, std::cmp::Ordering::Greater) => Some(Heading::Front),
        _ => None,
    }
}

fn turn_of(before: Option<Heading>, after: Option<Heading>) -> Turn {
    let (Some(before), Some(after)) = (before, after) else { return Turn::Ahead };
    match (after as u8 + 4 - before as u8) % 4 {
        0 => Turn::Ahead,
        1 => Turn::Right,
        2 => Turn::Back,
        _ => Turn::Left,
    }
}

fn corridor(layout: &Layout, from: Point, to: Point, last: Option<&Leg>) -> Corridor {
    if from.aisle != to.aisle {
        let row = layout.cross_mm().partition_point(|row| *row < from.along_mm);
        return Corridor::Cross(row as u16);
    }
    match last {
        Some(last) if from == to => last.along,
        _ => Corridor::Aisle(from.aisle),
    }
}
