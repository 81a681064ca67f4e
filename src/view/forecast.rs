//! What is reckoned for the lead: when runs end, how far people will have walked, and what taking work over adds.
//!
//! Walks are reckoned on the site's layout from the location that a list confirmed last, past its stops in their
//! order, to the depot. Times are estimates at a plain pace. What cannot be reckoned is told as nothing.

use aisle_core::{
    id::{Code, Id},
    place::{Location, Site},
    plan::{
        ground::{Ground, Spot, time_ms},
        layout::Point,
    },
    task::state::{FulfilmentOrder, FulfilmentState, Manifest, Operator, PickList, PickTask},
};

use super::{Input, lead::Forecast};
use crate::floor::{giving, lead, pick, reroute, session::Part};

/// A walk still to come.
struct Rest {
    length_mm: u64,
    stops: usize,
}

/// What remains of a list, in the order its holder goes.
fn rest(input: Input<'_>, list: &PickList) -> Option<Rest> {
    let rows = &input.state.rows;
    let ground = reroute::ground(rows, list);
    let open: Vec<Location> =
        pick::open(rows, list).map(|task| input.catalogue.location(&task.location)).collect::<Option<_>>()?;
    let length_mm = ground.along(stands(input, &ground, list), open.iter().map(Some))?;
    Some(Rest { length_mm, stops: open.len() })
}

/// Where the holder of a list was last, as far as it told; the depot otherwise.
fn stands(input: Input<'_>, ground: &Ground, list: &PickList) -> Option<Point> {
    let at = list.walked.at.as_ref()?;
    ground.point(&input.catalogue.location(at)?)
}

/// The shortest walk past stops, from where a list's holder stands or from the depot.
fn planned(input: Input<'_>, list: &PickList, from_here: bool, tasks: &[&PickTask]) -> Option<Rest> {
    let ground = reroute::ground(&input.state.rows, list);
    let places: Vec<Option<Location>> =
        tasks.iter().map(|task| input.catalogue.location(&task.location)).collect();
    let mut spots = Vec::with_capacity(tasks.len());
    for (task, place) in tasks.iter().zip(&places) {
        let load = reroute::load(&ground, input.catalogue, task);
        spots.push(Spot { load, ..Spot::of(&task.location, place.as_ref()) });
    }
    let from = if from_here { stands(input, &ground, list) } else { None };
    Some(Rest { length_mm: ground.walk(from, &spots).length_mm?, stops: tasks.len() })
}

/// How long it takes to walk the rest of lists, one after another, with so much more to walk and so many more
/// stops, in milliseconds.
fn takes_ms(input: Input<'_>, lists: &[&PickList], more_mm: u64, more_stops: usize) -> Option<i64> {
    let mut ms = time_ms(more_mm, more_stops);
    for list in lists {
        let rest = rest(input, list)?;
        ms = ms.saturating_add(time_ms(rest.length_mm, rest.stops));
    }
    i64::try_from(ms).ok()
}

/// When lists are done, one after another, with so much more to walk and so many more stops, in minutes of the
/// local day.
pub(super) fn done_min(
    input: Input<'_>,
    lists: &[&PickList],
    more_mm: u64,
    more_stops: usize,
) -> Option<i32> {
    let ms = takes_ms(input, lists, more_mm, more_stops)?;
    Some(input.minute_of_day(input.now.plus(ms)))
}

/// What a vehicle has to spare when the last piece for it leaves the shelves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spare {
    /// In minutes; less than nothing when it will be late.
    pub min: i32,
    /// Nothing is to spare when the holders go on walking as much more than planned as they did so far.
    pub tight: bool,
}

/// What a vehicle has to spare, as far as picking goes. None when nothing is left to pick for it, when it has no
/// time to leave at, and while any of its goods wait for somebody to pick them.
pub(super) fn spare(input: Input<'_>, manifest: &Manifest) -> Option<Spare> {
    let rows = &input.state.rows;
    let is_for = |order: &&FulfilmentOrder| order.service == manifest.service;
    if rows.all::<FulfilmentOrder>().filter(is_for).any(|order| order.state == FulfilmentState::Open) {
        return None;
    }
    let is_ours =
        |task: &&PickTask| rows.find::<FulfilmentOrder>(&task.fulfilment).is_some_and(|o| is_for(&o));
    let mut runs = Vec::new();
    for list in rows.all::<PickList>().filter(|list| pick::open(rows, list).any(|task| is_ours(&task))) {
        let hers = lists_of(input, &list.holder.as_ref()?.operator);
        let before = hers.iter().position(|other| other.id == list.id)?;
        let ms = takes_ms(input, hers.get(..=before)?, 0, 0)?;
        let slower = i64::from(walked_percent(input, list).unwrap_or(0).max(0));
        runs.push((ms, ms.saturating_add(ms.saturating_mul(slower) / 100)));
    }
    spare_after(manifest.due?.since(input.now), &runs)
}

/// What is to spare of so much time after all runs: how long each takes, and how long at the pace its holder showed,
/// in milliseconds. None after no run.
fn spare_after(left_ms: i64, runs: &[(i64, i64)]) -> Option<Spare> {
    let plain = runs.iter().map(|(plain, _)| *plain).max()?;
    let shown = runs.iter().map(|(_, shown)| *shown).max()?;
    Some(Spare {
        min: i32::try_from((left_ms - plain).div_euclid(60_000)).ok()?,
        tight: left_ms >= plain && left_ms < shown,
    })
}

/// By how many percent the walk of a run will be longer than planned: what was walked so far and what remains,
/// against the plan. None before the first stop, and where the stops are not those that were planned.
pub(super) fn walked_percent(input: Input<'_>, list: &PickList) -> Option<i32> {
    let changed = |task: &PickTask| task.continued_by.is_some() || task.withdrawn.is_some();
    if list.walk_mm == 0 || list.walked.is_none() || pick::tasks(&input.state.rows, list).any(changed) {
        return None;
    }
    let walks = list.walked.mm.saturating_add(rest(input, list)?.length_mm);
    let percent = u128::from(walks) * 100 / u128::from(list.walk_mm);
    i32::try_from(percent).ok().map(|percent| percent - 100)
}

/// What handing a part of a list over comes to.
pub(super) fn handing_over(input: Input<'_>, list: &PickList, part: Part) -> Forecast {
    let rows = &input.state.rows;
    let goes = |part: Part| giving::part_of(rows, input.catalogue, &input.state.session, list, part);
    let without = |part: Part| {
        let gone = goes(part);
        let stays: Vec<&PickTask> = pick::open(rows, list).filter(|task| !gone.contains(&task.id)).collect();
        let rest = planned(input, list, true, &stays)?;
        done_min(input, &[], rest.length_mm, rest.stops)
    };
    let best = lead::candidates(rows, input.catalogue, list).into_iter().next();
    let over = over(input, list, &goes(part));
    let lists = best.as_ref().map(|best| lists_of(input, &best.badge)).unwrap_or_default();
    Forecast {
        from_eta_min: done_min(input, &[list], 0, 0),
        aisle_eta_min: without(Part::Aisle),
        lines_eta_min: without(Part::Lines),
        best_eta_min: best
            .as_ref()
            .and(over.as_ref())
            .and_then(|over| done_min(input, &lists, over.length_mm, over.stops)),
        best_extra_m: best.as_ref().and(over.as_ref()).map(|over| over.length_mm / 1_000),
        best_aisle: lists.iter().find_map(|list| aisle_of(input, list)).unwrap_or_default(),
    }
}

/// What goes over becomes a list of its own, walked as a round from the depot. No ids stand for all that remains.
fn over(input: Input<'_>, list: &PickList, tasks: &[Id<PickTask>]) -> Option<Rest> {
    let goes: Vec<&PickTask> = giving::remaining(&input.state.rows, list)
        .filter(|task| tasks.is_empty() || tasks.contains(&task.id))
        .collect();
    planned(input, list, false, &goes)
}

fn lists_of<'r>(input: Input<'r>, badge: &Code<Operator>) -> Vec<&'r PickList> {
    let hers = |list: &&PickList| list.holder.as_ref().is_some_and(|holder| holder.operator == *badge);
    lead::working(&input.state.rows).into_iter().filter(hers).collect()
}

/// The name of the aisle where a list's holder was last.
fn aisle_of(input: Input<'_>, list: &PickList) -> Option<String> {
    let travel = input.catalogue.location(list.walked.at.as_ref()?)?.travel?;
    let site = input.state.rows.all::<Site>().find(|site| site.code == list.site)?;
    site.layout.as_ref()?.aisles.get(usize::from(travel.aisle)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: i64 = 60_000;

    #[test]
    fn a_cut_off_is_tight_by_the_one_who_walks_most_more_though_another_takes_longest() {
        let runs = [(10 * MIN, 30 * MIN), (12 * MIN, 12 * MIN)];
        assert_eq!(spare_after(20 * MIN, &runs), Some(Spare { min: 8, tight: true }));
        assert_eq!(spare_after(30 * MIN, &runs), Some(Spare { min: 18, tight: false }));
        assert_eq!(
            spare_after(11 * MIN, &runs),
            Some(Spare { min: -1, tight: false }),
            "it is late, not tight"
        );
        assert_eq!(spare_after(20 * MIN, &[]), None);
    }
}
