//! Walks that never need to leave one aisle.

use super::Waypoint;
use super::task::{Finish, HOME, Task};
use crate::plan::layout::{Layout, Point};

/// The walk along one aisle: where it begins, turns, turns again and ends.
fn turns(layout: &Layout, task: &Task) -> Option<[Point; 4]> {
    let visited = || task.places.iter().map(|place| place.0);
    let home = task.home();
    let start = task.start.or(home)?;
    let low = visited().min().map_or(start, |low| low.min(start));
    let high = visited().max().map_or(start, |high| high.max(start));
    let ends = if task.finish == Some(Finish::Closed) { std::slice::from_ref(&start) } else { &task.ends };
    let ends = ends.iter().filter(|end| end.aisle == start.aisle);
    let walks = ends.flat_map(|end| [[start, low, high, *end], [start, high, low, *end]]);
    walks.filter(|walk| layout.free() || allowed(layout, walk)).min_by_key(length)
}

fn length(turns: &[Point; 4]) -> u64 {
    turns.windows(2).map(|pair| u64::from(pair[0].along_mm.abs_diff(pair[1].along_mm))).sum()
}

/// Length of the shortest walk that stays in one aisle, if there is one.
pub(super) fn length_mm(layout: &Layout, task: &Task) -> Option<u64> {
    turns(layout, task).as_ref().map(length)
}

/// The shortest walk that stays in one aisle.
pub(super) fn walk(layout: &Layout, task: &Task) -> Vec<Waypoint> {
    let Some(turns) = turns(layout, task) else { return Vec::new() };
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

/// Whether nothing is blocked on this walk and turning is allowed where it turns.
fn allowed(layout: &Layout, walk: &[Point; 4]) -> bool {
    let aisle = usize::from(walk[0].aisle);
    let cross = layout.cross_mm();
    let may_turn = |at: Point| {
        let above = cross.partition_point(|row| *row < at.along_mm);
        let crossing = cross.get(above) == Some(&at.along_mm);
        let block = above.checked_sub(1).filter(|_| above < cross.len());
        crossing || block.is_none_or(|block| layout.limits().may_turn(aisle, block))
    };
    let mut up = None;
    for pair in walk.windows(2).filter(|pair| pair[0] != pair[1]) {
        let (low, high) = (pair[0].along_mm.min(pair[1].along_mm), pair[0].along_mm.max(pair[1].along_mm));
        let heading = pair[0] < pair[1];
        if layout.limits().blocked(aisle, low, high)
            || (up.is_some_and(|up| up != heading) && !may_turn(pair[0]))
        {
            return false;
        }
        up = Some(heading);
    }
    true
}
