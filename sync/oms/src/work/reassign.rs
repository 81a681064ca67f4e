//! What remains of a pick list goes to another operator.
//!
//! The stops that remain become stops of a new list; the old ones are withdrawn and name their heirs, so that
//! a pick made before the news came still counts: it is the heir's stop that shrinks (see the fold).

use aisle_core::{
    id::{Code, Id},
    quantity::Quantity,
    task::{
        op::Origin,
        rows::Rows,
        state::{Holder, ListState, Operator, PickList, PickTask, Role, Slot, Terminal},
    },
    wire::v1::{No, RequestVerdict},
};

use super::requests::{refused, superseded};
use crate::store::{Result, Tx, record::ClaimRecord};

/// What the lead wishes.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The list.
    pub list: &'a Id<PickList>,
    /// Its epoch as the lead saw it.
    pub epoch: u32,
    /// Which stops; all that remain when empty.
    pub tasks: &'a [Id<PickTask>],
    /// Who takes them.
    pub to: &'a Code<Operator>,
}

/// Hands what remains on.
///
/// # Errors
/// When the store fails.
pub fn reassign(
    tx: &mut Tx<'_>,
    terminal: &Code<Terminal>,
    origin: &Origin,
    wish: &Wish<'_>,
) -> Result<RequestVerdict> {
    let Some(mut list) = tx.fetch::<PickList>(wish.list)? else { return Ok(refused(No::Unknown)) };
    let heir = tx.fetch::<Operator>(wish.to)?.filter(|o| o.active && o.role != Role::Packer);
    if heir.is_none() {
        return Ok(refused(No::Unknown));
    }
    if list.epoch != wish.epoch {
        return Ok(superseded(&list));
    }
    let mut rest = Vec::new();
    for id in list.tasks.iter().filter(|id| wish.tasks.is_empty() || wish.tasks.contains(id)) {
        if let Some(task) = tx.fetch::<PickTask>(id)?
            && task.remaining().is_some()
        {
            rest.push(task);
        }
    }
    if rest.is_empty() || list.state == ListState::Closed {
        return Ok(refused(No::TooLate));
    }
    let holder = Holder { operator: wish.to.clone(), terminal: terminal_of(tx, wish.to, terminal)? };
    let new = hand_on(tx, origin, &list, rest, holder)?;
    tx.keep(new)?;
    list.epoch += 1;
    tx.keep(list)?;
    Ok(RequestVerdict::Accepted)
}

/// The terminal that the operator is signed on at; the asking one when she is nowhere.
fn terminal_of(tx: &Tx<'_>, operator: &Code<Operator>, asking: &Code<Terminal>) -> Result<Code<Terminal>> {
    let hers = tx.all::<Terminal>()?.into_iter().filter(|t| t.operator.as_ref() == Some(operator));
    Ok(hers.max_by_key(|t| t.heard).map_or_else(|| asking.clone(), |t| t.code))
}

fn hand_on(
    tx: &mut Tx<'_>,
    origin: &Origin,
    old: &PickList,
    rest: Vec<PickTask>,
    holder: Holder,
) -> Result<PickList> {
    let id: Id<PickList> = origin.op.derived(0);
    let mut slots: Vec<Slot> = Vec::new();
    let mut tasks = Vec::new();
    for (n, mut task) in (1u32..).zip(rest) {
        let slot = match slots.iter().find(|s| s.fulfilment == task.fulfilment) {
            Some(slot) => slot.number,
            None => {
                let number = u8::try_from(slots.len() + 1).unwrap_or(u8::MAX);
                let order = old.slots.iter().find(|s| s.number == task.slot);
                slots.push(Slot {
                    number,
                    fulfilment: task.fulfilment,
                    order: order.map_or_else(String::new, |s| s.order.clone()),
                    tote: None,
                });
                number
            }
        };
        let heir = heir_of(&task, origin.op.derived(n), id, slot);
        move_claim(tx, &task, &heir)?;
        tasks.push(heir.id);
        task.withdrawn += heir.wanted;
        task.continued_by = Some(heir.id);
        tx.keep(heir)?;
        tx.keep(task)?;
    }
    Ok(PickList {
        id,
        number: u32::try_from(tx.next_number("pick_list")?).unwrap_or(u32::MAX),
        site: old.site.clone(),
        state: ListState::Open,
        epoch: 1,
        holder: Some(holder),
        cart: None,
        slots,
        tasks,
        due: old.due,
        walk_mm: old.walk_mm,
    })
}

fn heir_of(task: &PickTask, id: Id<PickTask>, list: Id<PickList>, slot: u8) -> PickTask {
    PickTask {
        id,
        list,
        slot,
        wanted: task.remaining(),
        picked: Quantity::ZERO,
        put: Quantity::ZERO,
        short: Quantity::ZERO,
        short_reason: None,
        withdrawn: Quantity::ZERO,
        continued_by: None,
        skipped: 0,
        ..task.clone()
    }
}

/// What the old stop still held at its location is the new stop's.
fn move_claim(tx: &mut Tx<'_>, task: &PickTask, heir: &PickTask) -> Result<()> {
    if let Some(mut claim) = tx.claim(task.id)? {
        let moved = Quantity(claim.quantity.0.min(heir.wanted.0));
        claim.quantity -= moved;
        tx.put_claim(&claim)?;
        tx.put_claim(&ClaimRecord { task: heir.id, quantity: moved, ..claim })?;
    }
    Ok(())
}
