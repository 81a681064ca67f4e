//! What is asked of the centre, and its answer. Here it may say no.

use aisle_core::{
    id::{Code, Id},
    task::{
        op::{Origin, Request},
        rows::Rows,
        state::{
            FulfilmentOrder, FulfilmentState, Holder, ListState, Operator, PickList, PickTask, Role, Terminal,
        },
    },
    wire::v1::{No, RequestVerdict},
};

use super::{close, reassign, settle};
use crate::{
    context::Context,
    store::{Result, Tx},
};

/// The most lists one operator may hold: her shift, should the network be gone all day.
pub const HELD_MAX: u8 = 12;

/// Decides a request.
///
/// # Errors
/// When the store fails.
pub fn decide(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    terminal: &Code<Terminal>,
    origin: &Origin,
    request: &Request,
) -> Result<RequestVerdict> {
    let operator = tx.fetch::<Operator>(&origin.operator)?;
    let Some(role) = operator.filter(|o| o.active).map(|o| o.role) else {
        return Ok(refused(No::NotAllowed));
    };
    if !may(role, request) {
        return Ok(refused(No::NotAllowed));
    }
    match request {
        Request::Claim { lists } => claim(tx, terminal, origin, *lists),
        Request::Complete { list, epoch } => complete(tx, list, *epoch),
        Request::Reassign { list, epoch, tasks, to } => {
            reassign::reassign(tx, terminal, origin, &reassign::Wish { list, epoch: *epoch, tasks, to })
        }
        Request::Hold { fulfilment, hold } => set_hold(tx, fulfilment, hold, true),
        Request::Unhold { fulfilment, hold } => set_hold(tx, fulfilment, hold, false),
        Request::Settle { exception, remedy } => settle::settle(tx, context, origin, exception, *remedy),
        Request::CloseManifest { manifest } => close::manifest(tx, context, origin, manifest),
    }
}

/// A no.
#[must_use]
pub const fn refused(reason: No) -> RequestVerdict {
    RequestVerdict::Refused { reason }
}

const fn may(role: Role, request: &Request) -> bool {
    match request {
        Request::Claim { .. } | Request::Complete { .. } => matches!(role, Role::Picker | Role::Lead),
        Request::CloseManifest { .. } => matches!(role, Role::Packer | Role::Lead),
        Request::Reassign { .. } | Request::Hold { .. } | Request::Unhold { .. } | Request::Settle { .. } => {
            matches!(role, Role::Lead)
        }
    }
}

/// Leases the most urgent open lists until the operator holds as many as she asked for.
fn claim(tx: &mut Tx<'_>, terminal: &Code<Terminal>, origin: &Origin, lists: u8) -> Result<RequestVerdict> {
    let me = Holder { operator: origin.operator.clone(), terminal: terminal.clone() };
    let (mut held, mut open) = (0u8, Vec::new());
    for list in tx.all::<PickList>()? {
        match &list.holder {
            _ if list.state == ListState::Closed => {}
            None => open.push(list),
            Some(holder) if holder.operator == me.operator => {
                held = held.saturating_add(1);
                if holder.terminal != me.terminal {
                    lease(tx, list, &me)?;
                }
            }
            Some(_) => {}
        }
    }
    open.sort_by_key(|list| (list.due.is_none(), list.due, list.number));
    let wanted = usize::from(lists.min(HELD_MAX).saturating_sub(held));
    for list in open.into_iter().take(wanted) {
        lease(tx, list, &me)?;
        held = held.saturating_add(1);
    }
    Ok(if held == 0 { refused(No::NothingToDo) } else { RequestVerdict::Accepted })
}

fn lease(tx: &mut Tx<'_>, mut list: PickList, holder: &Holder) -> Result<()> {
    list.epoch += 1;
    list.holder = Some(holder.clone());
    tx.keep(list)
}

fn complete(tx: &mut Tx<'_>, list: &Id<PickList>, epoch: u32) -> Result<RequestVerdict> {
    let Some(mut list) = tx.fetch::<PickList>(list)? else { return Ok(refused(No::Unknown)) };
    if list.state == ListState::Closed {
        return Ok(RequestVerdict::Accepted);
    }
    if list.epoch != epoch {
        return Ok(superseded(&list));
    }
    for task in &list.tasks {
        if tx.fetch::<PickTask>(task)?.is_some_and(|task| !task.is_over()) {
            return Ok(refused(No::NotReady));
        }
    }
    list.state = ListState::Closed;
    tx.keep(list)?;
    Ok(RequestVerdict::Accepted)
}

/// The list moved on: who has it now.
#[must_use]
pub fn superseded(list: &PickList) -> RequestVerdict {
    let holder = list.holder.as_ref().map(|holder| holder.operator.clone());
    RequestVerdict::Superseded { epoch: list.epoch, holder }
}

fn set_hold(tx: &mut Tx<'_>, id: &Id<FulfilmentOrder>, hold: &str, on: bool) -> Result<RequestVerdict> {
    let Some(mut order) = tx.fetch::<FulfilmentOrder>(id)? else { return Ok(refused(No::Unknown)) };
    if matches!(order.state, FulfilmentState::Shipped | FulfilmentState::Cancelled) {
        return Ok(refused(No::TooLate));
    }
    if hold.is_empty() || hold.len() > 40 {
        return Ok(refused(No::Unknown));
    }
    if on {
        order.holds.insert(hold.to_owned());
    } else {
        order.holds.remove(hold);
    }
    tx.keep(order)?;
    Ok(RequestVerdict::Accepted)
}
