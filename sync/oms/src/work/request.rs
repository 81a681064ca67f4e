//! Decides requests. The centre may say no; a request of an old epoch never takes effect.

use aisle_core::{
    canary,
    id::{Code, Id},
    task::{
        op::{Origin, Request},
        rows::Rows,
        state::{
            FulfilmentOrder, FulfilmentState, Holder, ListState, Manifest, Operator, PickList, PickTask,
            Role, Terminal,
        },
    },
    wire::v1::{No, RequestVerdict},
};

use super::{Badge, list, lost, reassign, release, settle};
use crate::{
    context::Context,
    dispatch::manifest::{self, NotClosed},
    store::{Result, Tx},
};

/// The most lists one operator may hold: her shift, should the network be gone all day.
const MOST_LISTS: u8 = 12;

/// The verdict that says no.
pub(super) const fn no(reason: No) -> RequestVerdict {
    RequestVerdict::Refused { reason }
}

/// Decides one request.
///
/// # Errors
/// When the store fails.
pub fn decide(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    origin: &Origin,
    request: &Request,
    badge: Badge,
) -> Result<RequestVerdict> {
    let Some(operator) = tx.fetch::<Operator>(&origin.operator)? else { return Ok(no(No::NotAllowed)) };
    let valid = operator.active || badge == Badge::Vouched;
    if !valid || !may(operator.role, request) {
        return Ok(no(No::NotAllowed));
    }
    match request {
        Request::Claim { lists } => claim(tx, context, &operator, &origin.terminal, *lists),
        Request::Complete { list, epoch } => complete(tx, &operator, list, *epoch),
        Request::Reassign { list, epoch, tasks, to } => {
            let asked = reassign::Asked { list, epoch: *epoch, tasks, to, terminal: &origin.terminal };
            reassign::hand_over(tx, context, &asked)
        }
        Request::Hold { fulfilment, hold } => hold_order(tx, fulfilment, hold, true),
        Request::Unhold { fulfilment, hold } => hold_order(tx, fulfilment, hold, false),
        Request::Settle { exception, remedy } => settle::settle(tx, context, origin, exception, *remedy),
        Request::CloseManifest { manifest } => close(tx, context, manifest, &operator.badge),
        Request::MarkLost { terminal: which } => lost::decide(tx, context, which, &operator.badge),
    }
}

/// Which role may ask what.
const fn may(role: Role, request: &Request) -> bool {
    match request {
        Request::Claim { .. } | Request::Complete { .. } => matches!(role, Role::Picker | Role::Lead),
        Request::CloseManifest { .. } | Request::Hold { .. } => matches!(role, Role::Packer | Role::Lead),
        Request::Reassign { .. }
        | Request::Unhold { .. }
        | Request::Settle { .. }
        | Request::MarkLost { .. } => {
            matches!(role, Role::Lead)
        }
    }
}

/// Leases the most urgent open lists to an operator until she holds as many as she asks for.
fn claim(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    operator: &Operator,
    terminal: &Code<Terminal>,
    lists: u8,
) -> Result<RequestVerdict> {
    let mut wanted = usize::from(lists.min(MOST_LISTS));
    let all = tx.all::<PickList>()?;
    let hers = |list: &&PickList| list.holder.as_ref().is_some_and(|h| h.operator == operator.badge);
    let held = all.iter().filter(hers).filter(|list| list.state != ListState::Closed).count();
    wanted = wanted.saturating_sub(held);
    if wanted == 0 {
        return Ok(RequestVerdict::Accepted);
    }
    let mut open = free_lists(all);
    if open.is_empty() {
        release::run(tx, context)?;
        open = free_lists(tx.all::<PickList>()?);
    }
    if open.is_empty() && held == 0 {
        return Ok(no(No::NothingToDo));
    }
    for mut list in open.into_iter().take(wanted) {
        list.holder = Some(Holder { operator: operator.badge.clone(), terminal: terminal.clone() });
        list.epoch += 1;
        tx.keep(list)?;
    }
    Ok(RequestVerdict::Accepted)
}

/// Open lists that nobody holds, the most urgent first.
fn free_lists(lists: Vec<PickList>) -> Vec<PickList> {
    let mut open: Vec<PickList> = lists
        .into_iter()
        .filter(|list| {
            list.state == ListState::Open && (list.holder.is_none() || canary::sings("lease_given_twice"))
        })
        .collect();
    open.sort_by_key(|list| (list.due.map_or(i64::MAX, |due| due.0), list.number));
    open
}

/// Closes a list whose stops are over and whose totes are off the cart.
fn complete(tx: &mut Tx<'_>, operator: &Operator, id: &Id<PickList>, epoch: u32) -> Result<RequestVerdict> {
    let Some(mut list) = tx.fetch::<PickList>(id)? else { return Ok(no(No::Unknown)) };
    let hers = list.holder.as_ref().is_some_and(|holder| holder.operator == operator.badge);
    if !hers && operator.role != Role::Lead {
        return Ok(no(No::NotAllowed));
    }
    if list.epoch != epoch && !canary::sings("epoch_ignored") {
        let holder = continued_by(tx, &list)?;
        return Ok(RequestVerdict::Superseded { epoch: list.epoch, holder });
    }
    if list.state == ListState::Closed {
        return Ok(RequestVerdict::Accepted);
    }
    let over = list::tasks(tx, &list)?.iter().all(PickTask::is_over);
    if !over || list.slots.iter().any(|slot| slot.tote.is_some()) {
        return Ok(no(No::NotReady));
    }
    list.state = ListState::Closed;
    tx.keep(list)?;
    Ok(RequestVerdict::Accepted)
}

/// Who works on what was handed on from a list; else its own holder.
pub(super) fn continued_by(tx: &Tx<'_>, list: &PickList) -> Result<Option<Code<Operator>>> {
    for task in list::tasks(tx, list)? {
        if let Some(heir) = task.continued_by
            && let Some(heir) = tx.fetch::<PickTask>(&heir)?
            && let Some(heirs) = tx.fetch::<PickList>(&heir.list)?
        {
            return Ok(heirs.holder.map(|holder| holder.operator));
        }
    }
    Ok(list.holder.as_ref().map(|holder| holder.operator.clone()))
}

fn hold_order(tx: &mut Tx<'_>, id: &Id<FulfilmentOrder>, hold: &str, put_on: bool) -> Result<RequestVerdict> {
    let Some(mut order) = tx.fetch::<FulfilmentOrder>(id)? else { return Ok(no(No::Unknown)) };
    if matches!(order.state, FulfilmentState::Shipped | FulfilmentState::Cancelled) {
        return Ok(no(No::TooLate));
    }
    let known = if put_on { !order.holds.insert(hold.to_owned()) } else { !order.holds.remove(hold) };
    if known && !put_on {
        return Ok(no(No::Unknown));
    }
    tx.keep(order)?;
    Ok(RequestVerdict::Accepted)
}

fn close(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    id: &Id<Manifest>,
    by: &Code<Operator>,
) -> Result<RequestVerdict> {
    let Some(manifest) = tx.fetch::<Manifest>(id)? else { return Ok(no(No::Unknown)) };
    Ok(match manifest::close(tx, context, manifest, by)? {
        Ok(()) => RequestVerdict::Accepted,
        Err(NotClosed::Already) => no(No::TooLate),
        Err(NotClosed::Empty | NotClosed::Held) => no(No::NotReady),
    })
}
