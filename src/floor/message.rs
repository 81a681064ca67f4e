//! What the centre changes under the operator, and what it answers.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id},
    task::{
        op::{Op, Request},
        rows::Floor,
        state::{FulfilmentOrder, FulfilmentState, ListState, Operator, PickList, PickTask, Role},
    },
    wire::v1::{No, RequestVerdict},
};

use super::{
    Cue, Draft, Effect, Refusal, Session, cart, pick, reroute,
    session::{LeadScreen, MessageKind, Packing, Picking, Watch},
};

/// How long to wait before asking again when there was nothing to claim, in milliseconds.
pub const CLAIM_AGAIN_MS: i64 = 30_000;

pub(super) fn fed(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let Some(operator) = draft.session.operator.clone() else { return Ok(()) };
    match operator.role {
        Role::Picker => {
            moved(draft, &operator.badge);
            withdrawn(draft, &operator.badge);
        }
        Role::Packer => stopped(draft),
        Role::Lead => {}
    }
    Ok(())
}

/// After the session was folded from the journal: what the centre ended meanwhile is no longer open.
pub(super) fn settle(rows: &Floor, session: &mut Session) {
    let mine = |list: &PickList| {
        let holder = list.holder.as_ref().map(|holder| &holder.operator);
        list.state != ListState::Closed && holder.is_some() && holder == session.badge()
    };
    if session.pick.list.is_some() && !session.list(rows).is_some_and(mine) {
        session.pick = Picking::default();
        session.undo.clear();
    }
    let order = session.pack.order.map(|id| rows.find::<FulfilmentOrder>(&id));
    if order.is_some_and(|order| order.is_none_or(is_stopped)) {
        session.pack = Packing::default();
        session.undo.clear();
    }
}

fn is_stopped(order: &FulfilmentOrder) -> bool {
    order.state == FulfilmentState::Cancelled || !order.holds.is_empty()
}

/// Her run went to somebody else, or the centre closed it.
fn moved(draft: &mut Draft<'_, '_>, badge: &Code<Operator>) {
    let Some(list) = draft.list() else {
        draft.session.pick.list = None;
        return;
    };
    let holder = list.holder.as_ref().map(|holder| &holder.operator);
    let mine = holder == Some(badge);
    if list.state != ListState::Closed && mine {
        return;
    }
    if !mine {
        let kind = MessageKind::MovedTo { number: list.number, to: holder.cloned() };
        draft.session.tell(kind, draft.now);
        draft.hear(Cue::Message);
    }
    draft.session.pick = Picking::default();
    draft.session.undo.clear();
}

fn withdrawn(draft: &mut Draft<'_, '_>, badge: &Code<Operator>) {
    let lists = cart::work(draft.rows, &draft.session, badge);
    let tasks: Vec<&PickTask> = lists.iter().flat_map(|list| pick::tasks(draft.rows, list)).collect();
    let now = Watch {
        lists: lists.iter().map(|list| list.id).collect(),
        withdrawn: tasks.iter().map(|task| (task.id, task.withdrawn)).collect::<BTreeMap<_, _>>(),
    };
    let mut fewer_stops = false;
    if let Some(before) = draft.session.watch.clone() {
        for task in tasks {
            let Some(seen) = before.withdrawn.get(&task.id) else { continue };
            let fewer = task.withdrawn - *seen;
            if fewer.is_some() {
                let kind = MessageKind::Withdrawn {
                    item: task.item.clone(),
                    location: task.location.clone(),
                    quantity: fewer,
                    put_back: task.excess(),
                };
                draft.session.tell(kind, draft.now);
                draft.hear(Cue::Message);
                fewer_stops |= task.is_over() && draft.session.pick.list == Some(task.list);
            }
        }
        let fresh = lists.iter().find(|list| !before.lists.contains(&list.id));
        if let (Some(list), true) = (fresh, before.lists.is_empty()) {
            draft.session.tell(MessageKind::NewWork { number: list.number }, draft.now);
            draft.hear(Cue::Message);
        }
    }
    draft.session.watch = Some(now);
    if fewer_stops && let Some(list) = draft.list() {
        reroute::from_here(draft, list);
    }
}

/// The order on the bench was cancelled or held.
fn stopped(draft: &mut Draft<'_, '_>) {
    let Some(order) = draft.session.pack.order.and_then(|id| draft.find::<FulfilmentOrder>(&id)) else {
        return;
    };
    if is_stopped(order) {
        let kind = MessageKind::OrderStopped { order: order.number.clone() };
        draft.session.tell(kind, draft.now);
        draft.session.pack = Packing::default();
        draft.session.undo.clear();
        draft.hear(Cue::Message);
    }
}

pub(super) fn verdict(
    draft: &mut Draft<'_, '_>,
    op: Id<Op>,
    verdict: &RequestVerdict,
) -> Result<(), Refusal> {
    let Some(at) = draft.session.asked.iter().position(|asked| asked.op == op) else { return Ok(()) };
    let asked = draft.session.asked.remove(at);
    match (&asked.request, verdict) {
        (Request::CloseManifest { manifest }, RequestVerdict::Accepted) => {
            draft.effects.push(Effect::PrintManifest { manifest: *manifest });
            draft.hear(Cue::ToteDone);
        }
        (_, RequestVerdict::Accepted)
        | (Request::Claim { .. }, RequestVerdict::Refused { reason: No::NothingToDo }) => {}
        (request, RequestVerdict::Refused { reason }) => refused(draft, op, request, *reason),
        (request, RequestVerdict::Superseded { .. }) => refused(draft, op, request, No::TooLate),
        // Kept by the centre and not understood yet: nothing to do for her.
        (_, RequestVerdict::Parked { .. }) => {}
    }
    Ok(())
}

fn refused(draft: &mut Draft<'_, '_>, op: Id<Op>, request: &Request, no: No) {
    if let Request::Complete { list, .. } = request {
        draft.session.completed.remove(list);
    }
    if let LeadScreen::Asked { op: asked, .. } = &draft.session.lead.screen
        && *asked == op
    {
        draft.session.lead.screen = LeadScreen::People;
    }
    draft.session.tell(MessageKind::Refused { request: request.kind().to_owned(), no }, draft.now);
    draft.hear(Cue::SyncTrouble);
}

/// A picker without work asks again now and then.
pub(super) fn tick(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let Some(operator) = draft.session.operator.clone() else { return Ok(()) };
    let waited = draft.session.claimed.is_none_or(|at| draft.now.since(at) >= CLAIM_AGAIN_MS);
    if operator.role == Role::Picker
        && waited
        && draft.session.pick.list.is_none()
        && cart::work(draft.rows, &draft.session, &operator.badge).is_empty()
    {
        cart::claim(draft, &operator.badge);
    }
    Ok(())
}
