//! Settling an exception with one of its remedies.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        op::Origin,
        rows::Rows,
        state::{
            FulfilmentOrder, FulfilmentState, ListState, PickList, PickTask, Slot, Tote, held, shift,
        },
        trouble::{Remedy, Settled, Trouble, TroubleKind},
    },
    wire::v1::{No, RequestVerdict},
};

use super::{book::moved, requests::refused};
use crate::{
    context::Context,
    stock::ledger::Posting,
    store::{
        Result, Tx,
        record::{AllocationRecord, Bucket, ClaimRecord},
    },
};

/// Settles an exception.
///
/// # Errors
/// When the store fails.
pub fn settle(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    id: &Id<Trouble>,
    remedy: Remedy,
) -> Result<RequestVerdict> {
    let Some(mut trouble) = tx.fetch::<Trouble>(id)? else { return Ok(refused(No::Unknown)) };
    if trouble.settled.is_some() {
        return Ok(refused(No::TooLate));
    }
    if !trouble.remedies.contains(&remedy) {
        return Ok(refused(No::NoWay));
    }
    let no = match remedy {
        // The shortfall stands as backordered since it was reported.
        Remedy::Backorder | Remedy::Acknowledge => None,
        Remedy::CancelRest => cancel_rest(tx, &trouble)?,
        Remedy::PickElsewhere => pick_elsewhere(tx, origin, &trouble)?,
        Remedy::PutBack => put_back(tx, context, origin, &trouble)?,
    };
    if let Some(no) = no {
        return Ok(refused(no));
    }
    trouble.settled = Some(Settled { remedy, by: origin.operator.clone(), at: context.now });
    tx.keep(trouble)?;
    Ok(RequestVerdict::Accepted)
}

/// The fulfilment order and the number of the line that a shortfall is about.
fn line_of(tx: &Tx<'_>, trouble: &Trouble) -> Result<Option<(FulfilmentOrder, u32)>> {
    let Some(order) = trouble.fulfilment.map(|id| tx.fetch::<FulfilmentOrder>(&id)).transpose()?.flatten()
    else {
        return Ok(None);
    };
    let task = trouble.task.map(|id| tx.fetch::<PickTask>(&id)).transpose()?.flatten();
    let line = task.map(|t| t.line).or_else(|| {
        order.lines.iter().find(|l| Some(&l.item) == trouble.item.as_ref() && l.lost.is_some()).map(|l| l.line)
    });
    Ok(line.map(|line| (order, line)))
}

fn cancel_rest(tx: &mut Tx<'_>, trouble: &Trouble) -> Result<Option<No>> {
    let Some((order, line)) = line_of(tx, trouble)? else { return Ok(Some(No::Unknown)) };
    let done = tx.shift_line(order.order, line, Bucket::Backordered, Bucket::Cancelled, trouble.quantity)?;
    Ok((!done).then_some(No::TooLate))
}

/// Makes a new run to other locations, if so many are free there and the order has not left.
fn pick_elsewhere(tx: &mut Tx<'_>, origin: &Origin, trouble: &Trouble) -> Result<Option<No>> {
    let Some((mut order, number)) = line_of(tx, trouble)? else { return Ok(Some(No::Unknown)) };
    if matches!(order.state, FulfilmentState::Shipped | FulfilmentState::Cancelled) {
        return Ok(Some(No::TooLate));
    }
    let Some(item) = trouble.item.clone() else { return Ok(Some(No::Unknown)) };
    let Some(stops) = free_elsewhere(tx, &item, trouble.location.as_ref(), trouble.quantity)? else {
        return Ok(Some(No::NoWay));
    };
    let (site, by) = (order.site.clone(), trouble.quantity);
    if !tx.allocate(&site, &item, by)? {
        return Ok(Some(No::NoWay));
    }
    if !tx.shift_line(order.order, number, Bucket::Backordered, Bucket::Allocated, by)? {
        tx.force_sellable(&site, &item, Quantity::ZERO, -by, Quantity::ZERO)?;
        return Ok(Some(No::TooLate));
    }
    promise_again(tx, &order, number, &item, by)?;
    if let Some(line) = order.line_mut(number) {
        match trouble.kind {
            TroubleKind::ShortPack => {
                line.lost -= by;
                line.picked -= by;
            }
            _ => line.short -= by,
        }
    }
    if order.state == FulfilmentState::Packed {
        order.state = FulfilmentState::Packing;
    }
    new_run(tx, origin, &order, number, &item, &stops)?;
    tx.keep(order)?;
    Ok(None)
}

fn promise_again(
    tx: &mut Tx<'_>,
    order: &FulfilmentOrder,
    line: u32,
    item: &Code<Item>,
    by: Quantity,
) -> Result<()> {
    let known = tx.allocation(order.id, line)?;
    let mut allocation = known.unwrap_or_else(|| AllocationRecord {
        fulfilment: order.id,
        line,
        order: order.order,
        site: order.site.clone(),
        item: item.clone(),
        promised: Quantity::ZERO,
        open: Quantity::ZERO,
        consumed: Quantity::ZERO,
        released: Quantity::ZERO,
    });
    allocation.promised += by;
    allocation.open += by;
    tx.put_allocation(&allocation)
}

/// Locations that hold so many free pieces together, the fullest first; none when they do not.
fn free_elsewhere(
    tx: &Tx<'_>,
    item: &Code<Item>,
    not: Option<&Code<Location>>,
    wanted: Quantity,
) -> Result<Option<Vec<(Code<Location>, Quantity)>>> {
    let mut free = Vec::new();
    for level in tx.levels_of(item)? {
        let Place::Location(code) = &level.place else { continue };
        let usage = tx.fetch::<Location>(code)?.map(|location| location.usage);
        let sells = matches!(usage, Some(Usage::PickFace | Usage::Storage));
        let rest = level.on_hand - level.assigned;
        if sells && Some(code) != not && rest.is_some() {
            free.push((code.clone(), rest));
        }
    }
    free.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let (mut stops, mut open) = (Vec::new(), wanted);
    for (code, rest) in free {
        let take = Quantity(rest.0.min(open.0));
        if take.is_some() {
            stops.push((code, take));
            open -= take;
        }
    }
    Ok(open.is_zero().then_some(stops))
}

fn new_run(
    tx: &mut Tx<'_>,
    origin: &Origin,
    order: &FulfilmentOrder,
    line: u32,
    item: &Code<Item>,
    stops: &[(Code<Location>, Quantity)],
) -> Result<()> {
    let list: Id<PickList> = origin.op.derived(0);
    let mut tasks = Vec::new();
    for (n, (location, wanted)) in (1u32..).zip(stops) {
        let task = PickTask {
            id: origin.op.derived(n),
            list,
            slot: 1,
            fulfilment: order.id,
            line,
            item: item.clone(),
            location: location.clone(),
            wanted: *wanted,
            picked: Quantity::ZERO,
            put: Quantity::ZERO,
            short: Quantity::ZERO,
            short_reason: None,
            withdrawn: Quantity::ZERO,
            continued_by: None,
            skipped: 0,
        };
        let place = Place::Location(location.clone());
        tx.force_level(item, &place, Quantity::ZERO, *wanted)?;
        tx.put_claim(&ClaimRecord {
            task: task.id,
            item: item.clone(),
            location: location.clone(),
            quantity: *wanted,
        })?;
        tasks.push(task.id);
        tx.keep(task)?;
    }
    tx.keep(PickList {
        id: list,
        number: u32::try_from(tx.next_number("pick_list")?).unwrap_or(u32::MAX),
        site: order.site.clone(),
        state: ListState::Open,
        epoch: 0,
        holder: None,
        cart: None,
        slots: vec![Slot { number: 1, fulfilment: order.id, order: order.number.clone(), tote: None }],
        tasks,
        due: order.due,
        walk_mm: 0,
    })
}

/// The pieces too many go back to their location: out of a tote of the order, or off the cart.
fn put_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    trouble: &Trouble,
) -> Result<Option<No>> {
    let (Some(id), Some(item)) = (trouble.task, trouble.item.clone()) else { return Ok(Some(No::Unknown)) };
    let Some(mut task) = tx.fetch::<PickTask>(&id)? else { return Ok(Some(No::Unknown)) };
    let by = Quantity(trouble.quantity.0.min(task.excess().0));
    if !by.is_some() {
        return Ok(None);
    }
    let from = match tote_with(tx, &task, &item, by)? {
        Some(mut tote) => {
            let place = Place::Tote(tote.code.clone());
            shift(&mut tote.contents, &item, -by);
            task.put -= by;
            tx.keep(tote)?;
            place
        }
        None => match tx.fetch::<PickList>(&task.list)?.and_then(|list| list.cart) {
            Some(cart) if task.in_hand() >= by => Place::Cart(cart),
            _ => return Ok(Some(No::NotReady)),
        },
    };
    task.picked -= by;
    let to = Place::Location(task.location.clone());
    tx.keep(task)?;
    let cause = format!("settle {}", origin.op);
    let posting = Posting {
        cause: &cause,
        item: &item,
        quantity: by,
        from: &from,
        to: &to,
        at: context.now,
        actor: origin.operator.as_str(),
    };
    moved(tx, context, origin, &posting)?;
    Ok(None)
}

fn tote_with(tx: &Tx<'_>, task: &PickTask, item: &Code<Item>, by: Quantity) -> Result<Option<Tote>> {
    let totes = tx.all::<Tote>()?.into_iter();
    Ok(totes
        .filter(|tote| tote.fulfilment == Some(task.fulfilment))
        .find(|tote| held(&tote.contents, item) >= by))
}
