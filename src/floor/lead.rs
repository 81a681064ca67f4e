//! The shift lead: what needs a person, its remedies, and work that goes from one operator to another.
//!
//! All of it is asked of the centre: the screen says "asked" until its verdict.

use aisle_core::{
    id::{Code, Id},
    task::{
        op::Request,
        rows::Floor,
        state::{Cart, FulfilmentOrder, ListState, Operator, PickList, Role},
        trouble::{Remedy, Trouble},
    },
};

use super::{
    Catalogue, Cue, Draft, Key, Refusal, Session, Thing, giving, keys,
    session::{LeadScreen, Part},
    sign_on,
};

/// The name of the hold that a lead sets by key.
pub const HOLD: &str = "lead";
/// The key of the first candidate; 1 to 3 choose how much goes over.
pub const FIRST_CANDIDATE: u8 = 4;
/// The key of the first row below the plate; 1 and 2 are the plate's remedies.
pub const FIRST_ROW: u8 = 3;

/// What needs a person, the oldest first: neither settled nor asked to be.
#[must_use]
pub fn troubles<'r>(rows: &'r Floor, session: &Session) -> Vec<&'r Trouble> {
    let asked = |id: Id<Trouble>| {
        session
            .asked
            .iter()
            .any(|asked| matches!(&asked.request, Request::Settle { exception, .. } if *exception == id))
    };
    let mut open: Vec<&Trouble> =
        rows.all::<Trouble>().filter(|trouble| trouble.settled.is_none() && !asked(trouble.id)).collect();
    open.sort_by_key(|trouble| (trouble.raised, trouble.id));
    open
}

/// The trouble on the plate.
#[must_use]
pub fn on_plate<'r>(rows: &'r Floor, session: &Session) -> Option<&'r Trouble> {
    let troubles = troubles(rows, session);
    let chosen = session.lead.open.and_then(|id| troubles.iter().find(|trouble| trouble.id == id));
    chosen.or_else(|| troubles.first()).copied()
}

/// Lists under way or waiting in somebody's hands, by the holder's badge.
#[must_use]
pub fn working(rows: &Floor) -> Vec<&PickList> {
    let mut lists: Vec<&PickList> = rows
        .all::<PickList>()
        .filter(|list| list.state != ListState::Closed && list.holder.is_some())
        .collect();
    lists.sort_by_key(|list| {
        let badge = list.holder.as_ref().map(|holder| holder.operator.clone());
        (badge, list.state != ListState::Started, list.number)
    });
    lists
}

/// Pickers who can take work from this list's holder: those with the fewest stops left first.
#[must_use]
pub fn candidates(rows: &Floor, catalogue: &dyn Catalogue, list: &PickList) -> Vec<Operator> {
    let stops = |badge: &Code<Operator>| -> usize {
        working(rows)
            .into_iter()
            .filter(|list| list.holder.as_ref().is_some_and(|holder| holder.operator == *badge))
            .map(|list| giving::remaining(rows, list).count())
            .sum()
    };
    let mut people: Vec<Operator> = catalogue.operators();
    people.retain(|person| may_take(person, list));
    people.sort_by_key(|person| (stops(&person.badge), person.badge.clone()));
    people
}

fn may_take(person: &Operator, list: &PickList) -> bool {
    let has_it = list.holder.as_ref().is_some_and(|holder| holder.operator == person.badge);
    person.active && person.role == Role::Picker && !has_it
}

pub(super) fn scanned(draft: &mut Draft<'_, '_>, thing: &Thing) -> Result<(), Refusal> {
    match (draft.session.lead.screen.clone(), thing) {
        (LeadScreen::To { list, part }, Thing::Badge(badge)) => reassign(draft, list, part, badge),
        (LeadScreen::Lines { list, .. }, _) => giving::scanned(draft, list, thing),
        (_, Thing::Cart(cart)) => from_cart(draft, cart),
        (LeadScreen::People, Thing::Badge(badge)) => from_person(draft, badge),
        (_, Thing::Badge(badge)) => sign_on::badge_again(draft, badge),
        (_, other) => {
            keys::look_up(draft, other.clone());
            Ok(())
        }
    }
}

fn from_cart(draft: &mut Draft<'_, '_>, cart: &Code<Cart>) -> Result<(), Refusal> {
    let of_cart = |list: &&&PickList| list.cart.as_ref() == Some(cart);
    match working(draft.rows).iter().find(of_cart) {
        Some(list) => give(draft, list),
        None => Err(Refusal::NothingRemains),
    }
}

fn from_person(draft: &mut Draft<'_, '_>, badge: &Code<Operator>) -> Result<(), Refusal> {
    let theirs = |list: &&&PickList| list.holder.as_ref().is_some_and(|holder| holder.operator == *badge);
    match working(draft.rows).iter().find(theirs) {
        Some(list) => give(draft, list),
        None => Err(Refusal::NothingRemains),
    }
}

fn give(draft: &mut Draft<'_, '_>, list: &PickList) -> Result<(), Refusal> {
    if giving::remaining(draft.rows, list).next().is_none() {
        return Err(Refusal::NothingRemains);
    }
    draft.session.lead.chosen.clear();
    draft.session.lead.screen = LeadScreen::To { list: list.id, part: Part::All };
    draft.hear(Cue::Good);
    Ok(())
}

pub(super) fn reassign(
    draft: &mut Draft<'_, '_>,
    list: Id<PickList>,
    part: Part,
    to: &Code<Operator>,
) -> Result<(), Refusal> {
    let Some(row) = draft.find::<PickList>(&list) else { return Err(Refusal::NothingRemains) };
    let person = draft.ctx.catalogue.operator(to);
    if !person.is_some_and(|person| may_take(&person, row)) {
        return Err(Refusal::CannotTake { badge: to.clone() });
    }
    if giving::remaining(draft.rows, row).next().is_none() {
        return Err(Refusal::NothingRemains);
    }
    let tasks = giving::part_of(draft.rows, draft.ctx.catalogue, &draft.session, row, part);
    if part != Part::All && tasks.is_empty() {
        return Err(Refusal::NothingRemains);
    }
    let count = if part == Part::All { giving::remaining(draft.rows, row).count() } else { tasks.len() };
    draft.request(Request::Reassign { list, epoch: row.epoch, tasks, to: to.clone() });
    draft.session.lead.given = Some((part, count));
    draft.hear(Cue::Good);
    Ok(())
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    let screen = draft.session.lead.screen.clone();
    match (screen, key) {
        (LeadScreen::Trouble, _) => trouble_key(draft, key),
        (LeadScreen::People, Key::Digit(digit @ 1..)) => {
            let lists = working(draft.rows);
            let list = lists.get(usize::from(digit) - 1).copied().ok_or(Refusal::NotNow)?;
            give(draft, list)
        }
        (LeadScreen::To { list, .. }, Key::Digit(digit @ 1..=2)) => {
            let part = if digit == 1 { Part::All } else { Part::Aisle };
            draft.session.lead.screen = LeadScreen::To { list, part };
            Ok(())
        }
        (LeadScreen::To { list, .. }, Key::Digit(3)) => {
            draft.session.lead.screen = LeadScreen::Lines { list, first: 0 };
            Ok(())
        }
        (LeadScreen::Lines { list, first }, _) => giving::key(draft, list, first, key),
        (LeadScreen::To { list, part }, Key::Digit(digit @ FIRST_CANDIDATE..)) => {
            let Some(row) = draft.find::<PickList>(&list) else { return Err(Refusal::NothingRemains) };
            let people = candidates(draft.rows, draft.ctx.catalogue, row);
            let index = usize::from(digit - FIRST_CANDIDATE);
            let Some(person) = people.get(index) else { return Err(Refusal::NotNow) };
            reassign(draft, list, part, &person.badge)
        }
        (LeadScreen::To { .. }, Key::Dot | Key::Back) => {
            draft.session.lead.screen = LeadScreen::People;
            Ok(())
        }
        (LeadScreen::Board, Key::Digit(1..)) => trouble_key(draft, key),
        (_, Key::Dot | Key::Back | Key::Enter | Key::F(1)) => {
            draft.session.lead.screen = LeadScreen::Trouble;
            Ok(())
        }
        _ => Err(Refusal::NotNow),
    }
}

fn trouble_key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::F(1) => draft.session.lead.screen = LeadScreen::People,
        Key::F(2) => draft.session.lead.screen = LeadScreen::Board,
        Key::Digit(digit @ 1..=2) => return settle(draft, usize::from(digit) - 1),
        Key::Enter => return settle(draft, 0),
        Key::F(3) => return settle(draft, 2),
        Key::Digit(digit @ FIRST_ROW..) => {
            let plate = on_plate(draft.rows, &draft.session).map(|trouble| trouble.id);
            let others: Vec<&Trouble> = troubles(draft.rows, &draft.session)
                .into_iter()
                .filter(|trouble| Some(trouble.id) != plate)
                .collect();
            let row = others.get(usize::from(digit - FIRST_ROW)).ok_or(Refusal::NotNow)?;
            draft.session.lead.open = Some(row.id);
        }
        Key::Star => return hold(draft),
        Key::Dot | Key::Back => draft.session.lead.open = None,
        _ => return Err(Refusal::NotNow),
    }
    Ok(())
}

fn settle(draft: &mut Draft<'_, '_>, index: usize) -> Result<(), Refusal> {
    let Some(trouble) = on_plate(draft.rows, &draft.session) else { return Err(Refusal::NotNow) };
    let remedy: Remedy = trouble.remedies.get(index).copied().ok_or(Refusal::NotNow)?;
    draft.request(Request::Settle { exception: trouble.id, remedy });
    draft.session.lead.open = None;
    draft.hear(Cue::Good);
    Ok(())
}

/// Holds the order of the trouble on the plate back, or lets it go.
fn hold(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let order = on_plate(draft.rows, &draft.session)
        .and_then(|trouble| trouble.fulfilment)
        .and_then(|id| draft.find::<FulfilmentOrder>(&id));
    let Some(order) = order else { return Err(Refusal::NotNow) };
    let (fulfilment, hold) = (order.id, HOLD.to_owned());
    draft.request(if order.holds.contains(HOLD) {
        Request::Unhold { fulfilment, hold }
    } else {
        Request::Hold { fulfilment, hold }
    });
    draft.hear(Cue::Good);
    Ok(())
}

/// The list whose giver and taker are being chosen.
#[must_use]
pub fn giving(session: &Session) -> Option<Id<PickList>> {
    match &session.lead.screen {
        LeadScreen::To { list, .. } | LeadScreen::Lines { list, .. } | LeadScreen::Asked { list, .. } => {
            Some(*list)
        }
        LeadScreen::Trouble | LeadScreen::People | LeadScreen::Board => None,
    }
}
