//! Hands what remains of a pick list to another operator: on a new list, with new stops.
//!
//! The old stops stay with what was done at them and point to their heirs, so that a pick reported late still
//! finds what it was for. Claims go over piece by piece; the old list's epoch rises.

use aisle_core::{
    canary,
    id::{Code, Id},
    task::{
        rows::Rows,
        state::{FulfilmentOrder, Holder, ListState, Operator, PickList, PickTask, Role, Terminal},
    },
    wire::v1::{No, RequestVerdict},
};

use super::{
    list::{self, Bound},
    request::{continued_by, no},
    walk::Ground,
};
use crate::{
    context::Context,
    store::{Result, Tx},
};

/// What is asked.
pub(super) struct Asked<'a> {
    /// The list.
    pub(super) list: &'a Id<PickList>,
    /// The epoch the lead saw.
    pub(super) epoch: u32,
    /// Which stops; all that remain when empty.
    pub(super) tasks: &'a [Id<PickTask>],
    /// Who takes them.
    pub(super) to: &'a Code<Operator>,
    /// Where the lead asks from.
    pub(super) terminal: &'a Code<Terminal>,
}

/// Decides a reassignment.
pub(super) fn hand_over(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    asked: &Asked<'_>,
) -> Result<RequestVerdict> {
    let Some(mut list) = tx.fetch::<PickList>(asked.list)? else { return Ok(no(No::Unknown)) };
    let Some(heir) = tx.fetch::<Operator>(asked.to)? else { return Ok(no(No::Unknown)) };
    if !heir.active || heir.role == Role::Packer {
        return Ok(no(No::NotAllowed));
    }
    if list.epoch != asked.epoch && !canary::sings("epoch_ignored") {
        let holder = continued_by(tx, &list)?;
        return Ok(RequestVerdict::Superseded { epoch: list.epoch, holder });
    }
    let mut rest = list::tasks(tx, &list)?;
    rest.retain(|task| {
        task.remaining().is_some() && (asked.tasks.is_empty() || asked.tasks.contains(&task.id))
    });
    if list.state == ListState::Closed || rest.is_empty() {
        return Ok(no(No::TooLate));
    }
    let terminal = seat(tx, &heir.badge)?.unwrap_or_else(|| asked.terminal.clone());
    let holder = Holder { operator: heir.badge, terminal };
    move_rest(tx, context, rest, Some(holder))?;
    list.epoch += 1;
    list::end_if_over(tx, &mut list)?;
    tx.keep(list)?;
    Ok(RequestVerdict::Accepted)
}

/// The terminal that an operator is signed on at.
fn seat(tx: &Tx<'_>, operator: &Code<Operator>) -> Result<Option<Code<Terminal>>> {
    let mut seats = tx.all::<Terminal>()?;
    seats.retain(|terminal| terminal.operator.as_ref() == Some(operator));
    seats.sort_by_key(|terminal| terminal.heard);
    Ok(seats.pop().map(|terminal| terminal.code))
}

/// Moves what remains of stops to a new list.
pub(super) fn move_rest(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    mut rest: Vec<PickTask>,
    holder: Option<Holder>,
) -> Result<()> {
    let mut picks = Vec::with_capacity(rest.len());
    for task in &rest {
        let order = tx.fetch::<FulfilmentOrder>(&task.fulfilment)?;
        picks.push(Bound {
            fulfilment: task.fulfilment,
            order: order.as_ref().map_or_else(String::new, |order| order.number.clone()),
            line: task.line,
            item: task.item.clone(),
            location: task.location.clone(),
            quantity: if canary::sings("heir_gets_all") { task.wanted } else { task.remaining() },
            due: order.and_then(|order| order.due),
            lot: task.lot.clone(),
        });
    }
    // The levels count these pieces as assigned already: the old claims end, the new list's begin.
    for task in &rest {
        if let Some(mut claim) = tx.claim(task.id)? {
            claim.quantity -= task.remaining();
            tx.put_claim(&claim)?;
        }
    }
    let (_, heirs) = list::open(tx, context, &mut Ground::of(context), &picks, holder)?;
    for (task, heir) in rest.iter_mut().zip(heirs) {
        if !canary::sings("reassign_leaves_stop_open") {
            task.withdrawn += task.remaining();
        }
        task.continued_by = Some(heir);
        tx.keep(task.clone())?;
    }
    Ok(())
}
