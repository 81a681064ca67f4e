//! The pick loop: place, item and tote of one stop, in any order, each scan one record.
//!
//! A stop is over once all its pieces were taken or given up and lie in the tote. A tote scanned early is
//! remembered and closes the line by itself; so does a place scanned late.

use aisle_core::{
    canary,
    id::Code,
    item::{Counting, Item},
    place::Location,
    quantity::Quantity,
    task::{
        op::{Fact, Note},
        rows::Floor,
        state::{PickList, PickTask, Tote, ToteState},
    },
};

use super::{Cue, Draft, Key, Peek, Refusal, Session, Thing, cart, keys, lot, reroute, short, undo};

/// The stops of a list, in walking order.
pub fn tasks<'r>(rows: &'r Floor, list: &'r PickList) -> impl Iterator<Item = &'r PickTask> {
    list.tasks.iter().filter_map(|task| rows.find::<PickTask>(task))
}

/// The stops where something is left to do, in the order she goes to them: walking order, those put off last.
pub fn open<'r>(rows: &'r Floor, list: &'r PickList) -> impl Iterator<Item = &'r PickTask> {
    let mut open: Vec<&PickTask> = tasks(rows, list).filter(|task| !task.is_over()).collect();
    open.sort_by_key(|task| task.skipped);
    open.into_iter()
}

/// The stop that is due: the one her last scan was for, else the one whose pieces are in hand, else one where
/// she stands, else the next on the way.
#[must_use]
pub fn due<'r>(rows: &'r Floor, session: &Session) -> Option<&'r PickTask> {
    let list = session.list(rows)?;
    let open: Vec<&PickTask> = open(rows, list).collect();
    let last = session.pick.task.and_then(|id| open.iter().find(|task| task.id == id));
    let in_hand = || open.iter().find(|task| task.in_hand().is_some());
    let here = || open.iter().find(|task| is_here(session, task));
    last.or_else(in_hand).or_else(here).or_else(|| open.first()).copied()
}

/// Whether she scanned the place of this stop last.
#[must_use]
pub fn is_here(session: &Session, task: &PickTask) -> bool {
    session.pick.arrived.as_ref() == Some(&task.location)
}

/// The tote that stands in the slot of a stop.
#[must_use]
pub fn tote_of<'r>(list: &'r PickList, task: &PickTask) -> Option<&'r Code<Tote>> {
    list.slots.iter().find(|slot| slot.number == task.slot)?.tote.as_ref()
}

/// The tote that takes the pieces without another scan: the one scanned early for this stop, or the only one
/// on the cart, which no piece can miss.
#[must_use]
pub fn tote_known<'r>(session: &'r Session, list: &'r PickList, task: &PickTask) -> Option<&'r Code<Tote>> {
    if let [only] = list.slots.as_slice() {
        return only.tote.as_ref();
    }
    session.pick.offered.as_ref().filter(|(id, _)| *id == task.id).map(|(_, tote)| tote)
}

pub(super) fn scanned(draft: &mut Draft<'_, '_>, thing: &Thing) -> Result<(), Refusal> {
    let (Some(list), Some(task)) = (draft.list(), due(draft.rows, &draft.session)) else {
        return Err(Refusal::NoWork);
    };
    match thing {
        Thing::Location(location) => arrive(draft, list, task, location),
        Thing::Item { item, quantity } => take(draft, list, task, item, *quantity),
        Thing::Tote(tote) => put(draft, list, task, tote),
        other => Err(Refusal::NotDueNow { thing: other.clone() }),
    }
}

fn arrive(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    task: &PickTask,
    location: &Code<Location>,
) -> Result<(), Refusal> {
    if *location != task.location {
        return stand_elsewhere(draft, list, task, location);
    }
    draft.note(Note::Arrived { task: task.id, location: location.clone() });
    draft.hear(Cue::Good);
    if task.remaining().is_zero()
        && let Some(tote) = tote_known(&draft.session, list, task).cloned()
    {
        close(draft, list, task, &tote, task.in_hand(), Quantity::ZERO);
    }
    Ok(())
}

/// She stands at another stop of her list than the one that is due: then that one is due, and the way leads on
/// from there. With pieces in hand she finishes where she took them.
fn stand_elsewhere(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    due: &PickTask,
    location: &Code<Location>,
) -> Result<(), Refusal> {
    let other = open(draft.rows, list).find(|task| task.location == *location);
    match other {
        Some(other) if due.in_hand().is_zero() => {
            draft.note(Note::Arrived { task: other.id, location: location.clone() });
            draft.hear(Cue::Good);
            reroute::shorten(draft, list, Some(location), Some(other.id), None);
            Ok(())
        }
        _ => {
            let (scanned, wanted) = (location.clone(), due.location.clone());
            Err(Refusal::WrongLocation { scanned, wanted })
        }
    }
}

/// Which stop a scanned item is for.
fn stop_of<'r>(
    draft: &Draft<'r, '_>,
    list: &'r PickList,
    due: &'r PickTask,
    item: &Code<Item>,
) -> Result<&'r PickTask, Refusal> {
    if due.item == *item {
        return Ok(due);
    }
    let wanting = || open(draft.rows, list).filter(|task| task.item == *item && task.remaining().is_some());
    if let Some(here) = wanting().find(|task| is_here(&draft.session, task)) {
        return Ok(here);
    }
    match wanting().next() {
        Some(other) => {
            Err(Refusal::WrongLocation { scanned: other.location.clone(), wanted: due.location.clone() })
        }
        None => Err(not_wanted(draft, item)),
    }
}

/// Why an item that no open stop wants is refused.
pub(super) fn not_wanted(draft: &Draft<'_, '_>, item: &Code<Item>) -> Refusal {
    let withdrawn = draft
        .list()
        .and_then(|list| tasks(draft.rows, list).find(|task| task.item == *item && task.withdrawn.is_some()));
    match (withdrawn, due(draft.rows, &draft.session)) {
        (Some(task), _) => Refusal::Withdrawn { item: item.clone(), location: task.location.clone() },
        (None, Some(due)) => Refusal::WrongItem { scanned: item.clone(), wanted: due.item.clone() },
        (None, None) => {
            Refusal::NotDueNow { thing: Thing::Item { item: item.clone(), quantity: Quantity::ONE } }
        }
    }
}

fn take(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    due: &PickTask,
    item: &Code<Item>,
    quantity: Quantity,
) -> Result<(), Refusal> {
    let task = stop_of(draft, list, due, item)?;
    if quantity > task.remaining() {
        return Err(
            too_large(item, quantity, task.remaining()).unwrap_or_else(|| over(task, task.picked + quantity))
        );
    }
    lot::proved(draft, task, quantity)?;
    draft.session.keyed.clear();
    picked(draft, list, task, quantity, false);
    Ok(())
}

/// A packing that holds more than the `left` pieces which are wanted still; none where it is one piece, or where
/// nothing is wanted.
pub(super) fn too_large(item: &Code<Item>, holds: Quantity, left: Quantity) -> Option<Refusal> {
    let refused = holds > Quantity::ONE && left.is_some() && holds > left;
    refused.then(|| Refusal::CaseHolds { item: item.clone(), holds, left })
}

/// Too many: how many are wanted, and how many there would be.
pub(super) fn over(task: &PickTask, counted: Quantity) -> Refusal {
    Refusal::OverQuantity { wanted: (task.wanted - task.withdrawn - task.short).or_zero(), counted }
}

/// Records pieces taken, and closes the line when place and tote were scanned before.
pub(super) fn picked(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    task: &PickTask,
    quantity: Quantity,
    keyed: bool,
) {
    let Some(cart) = list.cart.clone() else { return };
    draft.fact(Fact::Picked {
        task: task.id,
        item: task.item.clone(),
        location: task.location.clone(),
        cart,
        quantity: if canary::sings("pick_told_double") { quantity + quantity } else { quantity },
        keyed,
        undoes: None,
        lot: task.lot.clone(),
    });
    draft.hear(Cue::Good);
    let complete = (task.remaining() - quantity).is_zero();
    if complete
        && is_here(&draft.session, task)
        && let Some(tote) = tote_known(&draft.session, list, task).cloned()
    {
        close(draft, list, task, &tote, task.in_hand() + quantity, quantity);
    }
}

/// Puts what is in hand for a stop into its tote. `settled` of what remained were taken or given up in this
/// very turn.
pub(super) fn close(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    task: &PickTask,
    tote: &Code<Tote>,
    in_hand: Quantity,
    settled: Quantity,
) {
    let Some(cart) = list.cart.clone() else { return };
    if !in_hand.is_some() {
        return;
    }
    let (item, tote) = (task.item.clone(), tote.clone());
    draft.fact(Fact::Put {
        task: task.id,
        item,
        cart,
        tote,
        quantity: in_hand,
        undoes: None,
        lot: task.lot.clone(),
    });
    let over = (task.remaining() - settled).is_zero();
    let slot_over = over
        && tasks(draft.rows, list)
            .all(|other| other.slot != task.slot || other.id == task.id || other.is_over());
    draft.hear(if slot_over {
        Cue::ToteDone
    } else if over {
        Cue::LineDone
    } else {
        Cue::Good
    });
}

fn put(draft: &mut Draft<'_, '_>, list: &PickList, due: &PickTask, tote: &Code<Tote>) -> Result<(), Refusal> {
    let Some(due_tote) = tote_of(list, due).cloned() else { return fill_slot(draft, list, due, tote) };
    let Some(slot) = list.slots.iter().find(|slot| slot.tote.as_ref() == Some(tote)) else {
        return Err(stranger(draft, list, tote));
    };
    if slot.number == due.slot && !draft.session.keyed.is_empty() {
        return keyed_then_put(draft, list, due, tote);
    }
    let stops: Vec<&PickTask> =
        tasks(draft.rows, list).filter(|task| task.slot == slot.number && task.in_hand().is_some()).collect();
    if stops.is_empty() {
        if slot.number != due.slot {
            return Err(Refusal::WrongTote { scanned: tote.clone(), wanted: Some(due_tote), slot: due.slot });
        }
        draft.note(Note::Offered { task: due.id, tote: tote.clone() });
        draft.hear(Cue::Good);
        return Ok(());
    }
    for task in stops {
        if is_here(&draft.session, task) {
            close(draft, list, task, tote, task.in_hand(), Quantity::ZERO);
        } else {
            draft.note(Note::Offered { task: task.id, tote: tote.clone() });
            draft.hear(Cue::Good);
        }
    }
    Ok(())
}

/// Why a tote that stands in no slot is refused.
fn stranger(draft: &Draft<'_, '_>, list: &PickList, tote: &Code<Tote>) -> Refusal {
    let tote = tote.clone();
    match draft.find::<Tote>(&tote) {
        Some(row) if row.list == Some(list.id) && row.state == ToteState::Closed => {
            Refusal::ToteFull { tote }
        }
        _ => Refusal::UnknownTote { tote },
    }
}

/// The slot has no tote, or lost it when it was full: this one goes there, and takes what is in hand.
fn fill_slot(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    due: &PickTask,
    tote: &Code<Tote>,
) -> Result<(), Refusal> {
    if list.slots.iter().any(|slot| slot.tote.as_ref() == Some(tote)) {
        return Err(Refusal::WrongTote { scanned: tote.clone(), wanted: None, slot: due.slot });
    }
    if draft.find::<Tote>(tote).is_some_and(|row| row.list == Some(list.id) && !row.contents.is_empty()) {
        return Err(Refusal::ToteFull { tote: tote.clone() });
    }
    cart::assign(draft, list, due.slot, tote)?;
    draft.hear(Cue::Good);
    if due.in_hand().is_some() && due.remaining().is_zero() && is_here(&draft.session, due) {
        close(draft, list, due, tote, due.in_hand(), Quantity::ZERO);
    }
    Ok(())
}

/// A number was keyed and the tote scanned without Enter between: both count.
fn keyed_then_put(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    due: &PickTask,
    tote: &Code<Tote>,
) -> Result<(), Refusal> {
    let delta = keyed_delta(draft, due)?;
    recount(draft, list, due, delta);
    if is_here(&draft.session, due) {
        let just_picked = if delta.is_some() { delta } else { Quantity::ZERO };
        close(draft, list, due, tote, due.in_hand() + delta, just_picked);
        if delta.0 < 0 {
            draft.hear(Cue::Good);
        }
    } else {
        draft.note(Note::Offered { task: due.id, tote: tote.clone() });
    }
    Ok(())
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    let (Some(list), Some(task)) = (draft.list(), due(draft.rows, &draft.session)) else {
        return Err(Refusal::NoWork);
    };
    match (draft.session.peek.clone(), key) {
        (Peek::Short, _) => short::key(draft, list, task, key),
        (Peek::Route(at), Key::Digit(4)) => look_along(draft, list, at.saturating_sub(1)),
        (Peek::Route(at), Key::Digit(6)) => look_along(draft, list, at + 1),
        (Peek::Route(_), Key::F(1)) | (Peek::Route(_) | Peek::Contents, Key::Dot | Key::Back) => {
            draft.session.peek = Peek::None;
            Ok(())
        }
        (Peek::Contents, Key::F(3)) => full(draft, list, task),
        (_, Key::F(1)) => {
            let at = open(draft.rows, list).position(|open| open.id == task.id).unwrap_or(0);
            look_along(draft, list, at)
        }
        (_, Key::F(2)) => {
            keys::look_up(draft, Thing::Item { item: task.item.clone(), quantity: Quantity::ONE });
            Ok(())
        }
        (_, Key::F(3)) => {
            draft.session.peek = Peek::Contents;
            Ok(())
        }
        (_, Key::Star) => short::open(draft, task),
        (_, Key::Hash) => skip(draft, list, task),
        (_, Key::Digit(digit)) => keys::digit(draft, digit),
        (_, Key::Enter) => {
            let delta = keyed_delta(draft, task)?;
            recount(draft, list, task, delta);
            Ok(())
        }
        (_, Key::Dot | Key::Back) if !draft.session.keyed.is_empty() => {
            draft.session.keyed.clear();
            Ok(())
        }
        (_, Key::Dot) => undo::last(draft),
        (_, Key::Back) => Ok(()),
        _ => Err(Refusal::NotNow),
    }
}

fn look_along(draft: &mut Draft<'_, '_>, list: &PickList, at: usize) -> Result<(), Refusal> {
    let last = open(draft.rows, list).count().saturating_sub(1);
    draft.session.peek = Peek::Route(at.min(last));
    Ok(())
}

/// The keyed number replaces what is in hand for the stop: by how many it differs.
fn keyed_delta(draft: &mut Draft<'_, '_>, task: &PickTask) -> Result<Quantity, Refusal> {
    let Some(number) = keys::number(draft) else { return Err(Refusal::NotNow) };
    may_key(draft, task)?;
    let counted = Quantity::counted(number).ok_or(Refusal::NotANumber)?;
    let delta = counted - task.in_hand();
    if delta > task.remaining() {
        return Err(over(task, task.picked + delta));
    }
    Ok(delta)
}

/// Whether a number may be keyed for this stop now.
pub(super) fn may_key(draft: &Draft<'_, '_>, task: &PickTask) -> Result<(), Refusal> {
    let counting = draft.ctx.catalogue.item(&task.item).map(|item| item.counting).unwrap_or_default();
    if counting == Counting::ScanEach {
        return Err(Refusal::ScanEach { item: task.item.clone() });
    }
    if !task.in_hand().is_some() {
        return Err(Refusal::ScanOneFirst { item: task.item.clone() });
    }
    Ok(())
}

fn recount(draft: &mut Draft<'_, '_>, list: &PickList, task: &PickTask, delta: Quantity) {
    draft.hear(Cue::Good);
    if delta.is_some() {
        picked(draft, list, task, delta, true);
    } else {
        undo::fewer_picked(draft, task, -delta);
    }
}

fn skip(draft: &mut Draft<'_, '_>, list: &PickList, task: &PickTask) -> Result<(), Refusal> {
    if task.in_hand().is_some() {
        return Err(Refusal::PiecesInHand { quantity: task.in_hand(), slot: task.slot });
    }
    if open(draft.rows, list).nth(1).is_none() {
        return Err(Refusal::OnlyStop);
    }
    draft.note(Note::Skipped { task: task.id });
    draft.hear(Cue::Good);
    let here = reroute::stands(&draft.session).cloned();
    reroute::shorten(draft, list, here.as_ref(), None, Some(task.id));
    Ok(())
}

/// The tote of the stop that is due is full: it leaves its slot, closed.
fn full(draft: &mut Draft<'_, '_>, list: &PickList, task: &PickTask) -> Result<(), Refusal> {
    let Some(tote) = tote_of(list, task).cloned() else { return Err(Refusal::NotNow) };
    if draft.find::<Tote>(&tote).is_none_or(|row| row.contents.is_empty()) {
        return Err(Refusal::ToteEmpty { tote });
    }
    draft.fact(Fact::ToteFilled { list: list.id, slot: task.slot, tote });
    draft.session.peek = Peek::None;
    draft.hear(Cue::Good);
    Ok(())
}
