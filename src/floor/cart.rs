//! A run from its cart to its drop: choosing a list, setting totes, and setting them down at the end. What
//! lies between is `pick`.

use aisle_core::{
    id::{Code, Id},
    place::{Location, Usage},
    task::{
        op::{Fact, Note, Request},
        rows::Floor,
        state::{Cart, ListState, Operator, PickList, PickTask, Slot, Tote, ToteState},
    },
};

use super::{Cue, Draft, Key, Peek, Refusal, Session, Thing, keys, pick, undo};

/// How many lists a picker holds at once: one under way, one to go on with when the network is away.
pub const LISTS_HELD: u8 = 2;

/// Where a picker is in her work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Choosing a list and a cart.
    Work,
    /// Setting totes into the slots of her cart.
    Totes,
    /// Walking and taking.
    Walk,
    /// Setting totes down.
    Drop,
}

/// Where she is.
#[must_use]
pub fn stage(rows: &Floor, session: &Session) -> Stage {
    let Some(list) = session.list(rows) else { return Stage::Work };
    if pick::open(rows, list).next().is_none() {
        return Stage::Drop;
    }
    if session.pick.walking || free_slot(list).is_none() { Stage::Walk } else { Stage::Totes }
}

/// The slot that the next tote goes into.
#[must_use]
pub fn free_slot(list: &PickList) -> Option<&Slot> {
    list.slots.iter().filter(|slot| slot.tote.is_none()).min_by_key(|slot| slot.number)
}

/// The lists an operator holds and has not reported as over: the one under way first, then by deadline.
#[must_use]
pub fn work<'r>(rows: &'r Floor, session: &Session, badge: &Code<Operator>) -> Vec<&'r PickList> {
    let mut lists: Vec<&PickList> = rows
        .all::<PickList>()
        .filter(|list| list.state != ListState::Closed && !session.completed.contains(&list.id))
        .filter(|list| list.holder.as_ref().is_some_and(|holder| holder.operator == *badge))
        .collect();
    lists.sort_by_key(|list| {
        (list.state != ListState::Started, list.due.is_none(), list.due, list.number, list.id)
    });
    lists
}

/// A stop of the list under way whose pieces lie in no tote yet.
#[must_use]
pub fn in_hand<'r>(rows: &'r Floor, session: &Session) -> Option<&'r PickTask> {
    pick::tasks(rows, session.list(rows)?).find(|task| task.in_hand().is_some())
}

/// Asks for more work when she holds too little and has not asked already.
pub(super) fn claim(draft: &mut Draft<'_, '_>, badge: &Code<Operator>) {
    let held = work(draft.rows, &draft.session, badge).len();
    if held < usize::from(LISTS_HELD) && !draft.session.is_claiming() {
        draft.request(Request::Claim { lists: LISTS_HELD });
    }
}

pub(super) fn scanned(draft: &mut Draft<'_, '_>, thing: &Thing) -> Result<(), Refusal> {
    match (stage(draft.rows, &draft.session), thing) {
        (Stage::Work, Thing::Cart(cart)) => start(draft, cart),
        (Stage::Work, other) => {
            keys::look_up(draft, other.clone());
            Ok(())
        }
        (Stage::Totes, Thing::Tote(tote)) => set_tote(draft, tote),
        (Stage::Totes, Thing::Location(_)) | (Stage::Walk, _) => pick::scanned(draft, thing),
        (Stage::Drop, Thing::Location(lane)) => lane_scanned(draft, lane),
        (Stage::Drop, Thing::Tote(tote)) => drop_tote(draft, tote),
        (Stage::Drop, Thing::Item { item, .. }) => Err(pick::not_wanted(draft, item)),
        _ => Err(Refusal::NotDueNow { thing: thing.clone() }),
    }
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    if key == Key::Dot && draft.session.peek == Peek::None && draft.session.refusal.is_some() {
        return Ok(());
    }
    match (stage(draft.rows, &draft.session), key) {
        (Stage::Walk, _) => pick::key(draft, key),
        (Stage::Work, Key::Digit(digit @ 1..)) => {
            let Some(badge) = draft.session.badge().cloned() else { return Err(Refusal::BadgeFirst) };
            let index = usize::from(digit) - 1;
            if index >= work(draft.rows, &draft.session, &badge).len() {
                return Err(Refusal::NotNow);
            }
            draft.session.pick.choice = index;
            Ok(())
        }
        (Stage::Work, Key::F(2)) => {
            draft.session.peek = Peek::Messages;
            Ok(())
        }
        (Stage::Work, Key::Enter | Key::Back) | (_, Key::Back) => {
            draft.session.peek = Peek::None;
            Ok(())
        }
        (Stage::Totes, Key::Star) => {
            draft.session.pick.walking = true;
            Ok(())
        }
        (_, Key::Dot) => undo::last(draft),
        _ => Err(Refusal::NotNow),
    }
}

fn start(draft: &mut Draft<'_, '_>, cart: &Code<Cart>) -> Result<(), Refusal> {
    let Some(badge) = draft.session.badge().cloned() else { return Err(Refusal::BadgeFirst) };
    let lists = work(draft.rows, &draft.session, &badge);
    let on_it = lists.iter().find(|list| list.cart.as_ref() == Some(cart));
    let chosen = on_it.or_else(|| lists.get(draft.session.pick.choice)).or_else(|| lists.first());
    let Some(list) = chosen.copied() else {
        return Err(Refusal::NoWork);
    };
    fits(draft, list, cart)?;
    draft.fact(Fact::ListStarted { list: list.id, cart: cart.clone() });
    draft.hear(Cue::Good);
    Ok(())
}

fn fits(draft: &Draft<'_, '_>, list: &PickList, cart: &Code<Cart>) -> Result<(), Refusal> {
    if let Some(wanted) = &list.cart
        && list.state == ListState::Started
        && wanted != cart
    {
        return Err(Refusal::WrongCart { scanned: cart.clone(), wanted: wanted.clone() });
    }
    let other = draft.rows.all::<PickList>().find(|other| {
        other.id != list.id
            && other.state == ListState::Started
            && other.cart.as_ref() == Some(cart)
            && !draft.session.completed.contains(&other.id)
    });
    if let Some(other) = other {
        let by = other.holder.as_ref().map(|holder| holder.operator.clone());
        return Err(Refusal::CartTaken { cart: cart.clone(), by });
    }
    let slots = list.slots.iter().map(|slot| slot.number).max().unwrap_or(0);
    let room = draft.ctx.catalogue.cart(cart).map(|cart| u16::from(cart.columns) * u16::from(cart.shelves));
    match room {
        Some(room) if room < u16::from(slots) => Err(Refusal::CartTooSmall { cart: cart.clone(), slots }),
        _ => Ok(()),
    }
}

fn set_tote(draft: &mut Draft<'_, '_>, tote: &Code<Tote>) -> Result<(), Refusal> {
    let Some(list) = draft.list() else { return Err(Refusal::NoWork) };
    let Some(slot) = free_slot(list) else { return Err(Refusal::NotNow) };
    assign(draft, list, slot.number, tote)?;
    draft.hear(Cue::Good);
    Ok(())
}

/// Sets a tote into a slot, when it may be.
pub(super) fn assign(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    slot: u8,
    tote: &Code<Tote>,
) -> Result<(), Refusal> {
    let Some(row) = draft.find::<Tote>(tote) else {
        return Err(Refusal::UnknownTote { tote: tote.clone() });
    };
    let elsewhere = row.state == ToteState::InUse && row.list.is_some_and(|other| still_out(draft, other));
    if elsewhere || row.state == ToteState::Closed || !row.contents.is_empty() {
        return Err(Refusal::ToteTaken { tote: tote.clone() });
    }
    draft.fact(Fact::ToteAssigned { list: list.id, slot, tote: tote.clone(), undoes: None });
    Ok(())
}

fn still_out(draft: &Draft<'_, '_>, list: Id<PickList>) -> bool {
    draft.find::<PickList>(&list).is_some_and(|list| list.state != ListState::Closed)
}

/// The totes of a run that are to be set down: those with goods.
pub fn to_drop<'r>(rows: &'r Floor, list: &PickList) -> impl Iterator<Item = &'r Tote> {
    let id = list.id;
    rows.all::<Tote>()
        .filter(move |tote| tote.list == Some(id) && tote.lane.is_none() && !tote.contents.is_empty())
}

/// The lane where she stands, once she scanned one after the last stop.
#[must_use]
pub fn lane(session: &Session, catalogue: &dyn super::Catalogue) -> Option<Code<Location>> {
    let arrived = session.pick.arrived.as_ref()?;
    let location = catalogue.location(arrived)?;
    (location.usage == Usage::Packing).then_some(location.code)
}

fn lane_scanned(draft: &mut Draft<'_, '_>, lane: &Code<Location>) -> Result<(), Refusal> {
    let Some(list) = draft.list() else { return Err(Refusal::NoWork) };
    let usage = draft.ctx.catalogue.location(lane).map(|location| location.usage);
    if usage != Some(Usage::Packing) {
        return Err(Refusal::WrongLane { scanned: lane.clone(), wanted: None });
    }
    if let Some(task) = list.tasks.last() {
        draft.note(Note::Arrived { task: *task, location: lane.clone() });
    }
    draft.hear(Cue::Good);
    if to_drop(draft.rows, list).next().is_none() {
        complete(draft, list, lane);
    }
    Ok(())
}

fn drop_tote(draft: &mut Draft<'_, '_>, tote: &Code<Tote>) -> Result<(), Refusal> {
    let Some(list) = draft.list() else { return Err(Refusal::NoWork) };
    let Some(row) = draft.find::<Tote>(tote).filter(|row| row.list == Some(list.id)) else {
        return Err(Refusal::UnknownTote { tote: tote.clone() });
    };
    if row.lane.is_some() {
        return Err(Refusal::ToteDropped { tote: tote.clone() });
    }
    let Some(lane) = lane(&draft.session, draft.ctx.catalogue) else { return Err(Refusal::ScanLaneFirst) };
    draft.fact(Fact::ToteDropped { list: list.id, tote: tote.clone(), lane: lane.clone() });
    let more = to_drop(draft.rows, list).any(|other| other.code != *tote);
    draft.hear(if more { Cue::Good } else { Cue::ToteDone });
    if !more {
        complete(draft, list, &lane);
    }
    Ok(())
}

/// The run is over: its empty totes are free again, the centre is told, and more work is asked for.
fn complete(draft: &mut Draft<'_, '_>, list: &PickList, lane: &Code<Location>) {
    let empty: Vec<Code<Tote>> = list
        .slots
        .iter()
        .filter_map(|slot| slot.tote.as_ref())
        .filter(|tote| draft.find::<Tote>(tote).is_some_and(|row| row.contents.is_empty()))
        .cloned()
        .collect();
    for tote in empty {
        draft.fact(Fact::ToteDropped { list: list.id, tote, lane: lane.clone() });
    }
    draft.request(Request::Complete { list: list.id, epoch: list.epoch });
    draft.session.completed.insert(list.id);
    let badge = draft.session.badge().cloned();
    if let Some(badge) = badge {
        claim(draft, &badge);
    }
    draft.hear(Cue::ToteDone);
}
