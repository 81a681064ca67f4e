//! How much of a list goes over: all that remains, an aisle of it, or lines that the lead ticks.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id},
    place::Location,
    task::{
        op::Request,
        rows::Floor,
        state::{PickList, PickTask},
    },
};

use super::{
    Catalogue, Cue, Draft, Key, Refusal, Session, Thing, lead, pick,
    session::{LeadScreen, Part},
};

/// The lines shown at a time, each with a digit of its own.
pub const LINES_SHOWN: usize = 3;

/// The stops of a list that can go over: something is still to be taken.
pub fn remaining<'r>(rows: &'r Floor, list: &'r PickList) -> impl Iterator<Item = &'r PickTask> {
    pick::tasks(rows, list).filter(|task| task.remaining().is_some())
}

/// The stops of a part of a list; empty for [`Part::All`], which names none.
#[must_use]
pub fn part_of(
    rows: &Floor,
    catalogue: &dyn Catalogue,
    session: &Session,
    list: &PickList,
    part: Part,
) -> Vec<Id<PickTask>> {
    match part {
        Part::All => Vec::new(),
        Part::Aisle => aisle(rows, catalogue, list),
        Part::Lines => ticked(rows, session, list),
    }
}

/// How much was asked to go over, and how many stops that are. After a restart the request tells it until it is
/// decided; then nobody knows any more.
#[must_use]
pub fn given(rows: &Floor, catalogue: &dyn Catalogue, session: &Session) -> Option<(Part, usize)> {
    let LeadScreen::Asked { op, list, .. } = &session.lead.screen else { return None };
    if session.lead.given.is_some() {
        return session.lead.given;
    }
    let asked = session.asked.iter().find(|asked| asked.op == *op)?;
    let Request::Reassign { tasks, .. } = &asked.request else { return None };
    let list = rows.find::<PickList>(list)?;
    Some(match tasks.len() {
        0 => (Part::All, remaining(rows, list).count()),
        count if *tasks == aisle(rows, catalogue, list) => (Part::Aisle, count),
        count => (Part::Lines, count),
    })
}

/// What remains in the aisle with the most stops.
fn aisle(rows: &Floor, catalogue: &dyn Catalogue, list: &PickList) -> Vec<Id<PickTask>> {
    let mut aisles: BTreeMap<u16, Vec<Id<PickTask>>> = BTreeMap::new();
    for task in remaining(rows, list) {
        let travel = catalogue.location(&task.location).and_then(|location| location.travel);
        if let Some(travel) = travel {
            aisles.entry(travel.aisle).or_default().push(task.id);
        }
    }
    aisles.into_values().max_by_key(Vec::len).unwrap_or_default()
}

/// The lines ticked, as far as they still remain.
fn ticked(rows: &Floor, session: &Session, list: &PickList) -> Vec<Id<PickTask>> {
    let chosen = &session.lead.chosen;
    remaining(rows, list).map(|task| task.id).filter(|task| chosen.contains(task)).collect()
}

/// The lines that stand on the screen, from `first` on.
pub fn shown<'r>(
    rows: &'r Floor,
    list: &'r PickList,
    first: usize,
) -> impl Iterator<Item = &'r PickTask> + use<'r> {
    remaining(rows, list).skip(first).take(LINES_SHOWN)
}

/// The digit ticks its row, or takes the tick away; # shows the next rows, Enter or * is enough.
pub(super) fn key(
    draft: &mut Draft<'_, '_>,
    list: Id<PickList>,
    first: usize,
    key: Key,
) -> Result<(), Refusal> {
    let Some(row) = draft.find::<PickList>(&list) else { return Err(Refusal::NothingRemains) };
    match key {
        Key::Digit(digit @ 1..) => {
            let line = shown(draft.rows, row, first).nth(usize::from(digit) - 1).map(|task| task.id);
            tick(draft, line.ok_or(Refusal::NotNow)?);
        }
        Key::Hash => {
            let next = first + LINES_SHOWN;
            let first = if next < remaining(draft.rows, row).count() { next } else { 0 };
            draft.session.lead.screen = LeadScreen::Lines { list, first };
        }
        Key::Enter | Key::Star => {
            let part =
                if ticked(draft.rows, &draft.session, row).is_empty() { Part::All } else { Part::Lines };
            draft.session.lead.screen = LeadScreen::To { list, part };
        }
        Key::Dot | Key::Back => {
            draft.session.lead.chosen.clear();
            draft.session.lead.screen = LeadScreen::To { list, part: Part::All };
        }
        _ => return Err(Refusal::NotNow),
    }
    Ok(())
}

/// The scan of a place ticks its lines; a badge takes what is ticked.
pub(super) fn scanned(draft: &mut Draft<'_, '_>, list: Id<PickList>, thing: &Thing) -> Result<(), Refusal> {
    match thing {
        Thing::Badge(badge) => {
            let Some(row) = draft.find::<PickList>(&list) else { return Err(Refusal::NothingRemains) };
            if ticked(draft.rows, &draft.session, row).is_empty() {
                return Err(Refusal::NotNow);
            }
            lead::reassign(draft, list, Part::Lines, badge)
        }
        Thing::Location(place) => tick_place(draft, list, place),
        other => Err(Refusal::NotDueNow { thing: other.clone() }),
    }
}

fn tick_place(draft: &mut Draft<'_, '_>, list: Id<PickList>, place: &Code<Location>) -> Result<(), Refusal> {
    let Some(row) = draft.find::<PickList>(&list) else { return Err(Refusal::NothingRemains) };
    let at = |task: &&PickTask| task.location == *place;
    let there: Vec<Id<PickTask>> = remaining(draft.rows, row).filter(at).map(|task| task.id).collect();
    let first = remaining(draft.rows, row).position(|task| task.location == *place);
    let Some(first) = first else { return Err(Refusal::NotDueNow { thing: Thing::Location(place.clone()) }) };
    draft.session.lead.chosen.extend(there);
    draft.session.lead.screen = LeadScreen::Lines { list, first: first - first % LINES_SHOWN };
    draft.hear(Cue::Good);
    Ok(())
}

fn tick(draft: &mut Draft<'_, '_>, line: Id<PickTask>) {
    let chosen = &mut draft.session.lead.chosen;
    if !chosen.remove(&line) {
        chosen.insert(line);
    }
}
