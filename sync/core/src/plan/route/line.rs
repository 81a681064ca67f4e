//! Walks that never need to leave one aisle.

use super::Waypoint;
use super::task::{Finish, HOME, Task};
use crate::plan::layout::{Layout, Point};

/// The walk along one aisle: where it begins, turns, turns again and ends.
fn turns(task: &Task) -> Option<[Point; 4]> {
    let visited = || task.places.iter().map(|place| place.0);
    let home = task.places.iter().find(|place| place.1 == HOME).map(|place| place.0);
    let start = task.start.or(home).unwrap_or(Point::new(0, 0));
    let low = visited().min().map_or(start, |low| low.min(start));
    let high = visited().max().map_or(start, |high| high.max(start));
    let ends = if task.finish == Some(Finish::Closed) { std::slice::from_ref(&start) } else { &task.ends };
    let ends = ends.iter().filter(|end| end.aisle == start.aisle);
    let walks = ends.flat_map(|end| [[start, low, high, *end], [start, high, low, *end]]);
    walks.min_by_key(length)
}

fn length(turns: &[Point; 4]) -> u64 {
    turns.windows(2).map(|pair| u64::from(pair[0].along_mm.abs_diff(pair[1].along_mm))).sum()
}

/// Length of the shortest walk that stays in one aisle and the stretch of it that it needs, if there is one.
pub(super) fn length_mm(task: &Task) -> Option<(u64, [u32; 2])> {
    let turns = turns(task)?;
    let along = turns.map(|turn| turn.along_mm);
    Some((length(&turns), [*along.iter().min()?, *along.iter().max()?]))
}

/// The shortest walk that stays in one aisle.
pub(super) fn walk(task: &Task) -> Vec<Waypoint> {
    let Some(turns) = turns(task) else { return Vec::new() };
    let mut served = vec![false; task.places.len()];
    let mut path = vec![Waypoint { at: turns[0], stop: None }];
    for pair in turns.windows(2) {
        let (low, high) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
        let first = task.places.partition_point(|place| place.0 < low);
        let last = task.places.partition_point(|place| place.0 <= high);
        for step in 0..last - first {
            let number = if pair[0] <= pair[1] { first + step } else { last - 1 - step };
            if !std::mem::replace(&mut served[number], true) && task.places[number].1 != HOME {
                path.push(Waypoint { at: task.places[number].0, stop: Some(task.places[number].1 as usize) });
            }
        }
        if path.last().is_some_and(|last| last.at != pair[1]) {
            path.push(Waypoint { at: pair[1], stop: None });
        }
    }
    path
}

/// Whether an aisle may be walked and turned in freely between two places.
pub(super) fn allowed(layout: &Layout, aisle: usize, low: u32, high: u32) -> bool {
    let cross = layout.cross_mm();
    let blocks = (0..layout.blocks()).filter(|block| cross[*block] < high && low < cross[block + 1]);
    let turning = blocks.into_iter().all(|block| layout.limits().may_turn(aisle, block));
    turning && !layout.limits().blocked(aisle, low, high)
}
