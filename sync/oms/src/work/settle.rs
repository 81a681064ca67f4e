//! Settles exceptions: each remedy as one business operation, refused when it does not apply.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::{Place, Usage},
    quantity::Quantity,
    task::{
        op::Origin,
        rows::Rows,
        state::{
            FulfilmentOrder, FulfilmentState, ListState, PickList, PickTask, Tote, ToteState, held_of, shift,
        },
        trouble::{Remedy, Trouble, TroubleKind},
    },
    wire::v1::{No, RequestVerdict},
};

use super::{
    bind, choose, count,
    list::{self, Bound},
    request::no,
    walk::Ground,
};
use crate::{
    context::Context,
    dispatch::manifest,
    order::allocate,
    stock::ledger::{self, Posting, settled},
    store::{Result, StoreError, Tx, record::Bucket},
};

/// `Ok` when the remedy took effect.
type Done = std::result::Result<(), No>;

/// Why a remedy is undone: it does not apply after all, or the store failed.
enum Fault {
    No(No),
    Store(StoreError),
}
impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Settles an exception.
///
/// # Errors
/// When the store fails.
pub fn settle(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    origin: &Origin,
    id: &Id<Trouble>,
    remedy: Remedy,
) -> Result<RequestVerdict> {
    let Some(mut trouble) = tx.fetch::<Trouble>(id)? else { return Ok(no(No::Unknown)) };
    if trouble.settled.is_some() {
        return Ok(no(No::TooLate));
    }
    // What is in quarantine is decided there, where its operations can be applied.
    if !trouble.remedies.contains(&remedy) || trouble.kind == TroubleKind::Quarantined {
        return Ok(no(No::NoWay));
    }
    let done = tx.savepoint(|tx| {
        let done = match remedy {
            Remedy::PickElsewhere => pick_elsewhere(tx, context, &trouble)?,
            Remedy::Backorder => Ok(()),
            Remedy::CancelRest => cancel_rest(tx, &trouble)?,
            Remedy::PutBack => put_back(tx, context, origin, &trouble)?,
            Remedy::Acknowledge => acknowledge(tx, context, origin, &trouble)?,
            Remedy::Discard => Ok(()),
        };
        done.map_err(Fault::No)
    });
    match done {
        Ok(()) => {}
        Err(Fault::No(reason)) => return Ok(no(reason)),
        Err(Fault::Store(error)) => return Err(error),
    }
    let fulfilment = trouble.fulfilment;
    let short = matches!(trouble.kind, TroubleKind::ShortPick | TroubleKind::ShortPack);
    trouble.settled = Some(settled(remedy, &origin.operator, context.now));
    tx.keep(trouble)?;
    if let Some(fulfilment) = fulfilment.filter(|_| short) {
        let open = tx.all::<Trouble>()?.into_iter().any(|other| {
            other.settled.is_none()
                && other.fulfilment == Some(fulfilment)
                && matches!(other.kind, TroubleKind::ShortPick | TroubleKind::ShortPack)
        });
        manifest::finish(tx, context, fulfilment, !open)?;
    }
    if matches!(remedy, Remedy::Backorder | Remedy::PutBack) {
        allocate::retry_backorders(tx, context)?;
    }
    Ok(RequestVerdict::Accepted)
}

/// The order, line and item that a short is about.
fn shorted_line(tx: &Tx<'_>, trouble: &Trouble) -> Result<Option<(FulfilmentOrder, u32, Code<Item>)>> {
    let (Some(id), Some(item)) = (&trouble.fulfilment, &trouble.item) else { return Ok(None) };
    let Some(order) = tx.fetch::<FulfilmentOrder>(id)? else { return Ok(None) };
    let of_task = match &trouble.task {
        Some(task) => tx.fetch::<PickTask>(task)?.map(|task| task.line),
        None => None,
    };
    let lost = order.lines.iter().find(|line| line.item == *item && line.lost >= trouble.quantity);
    Ok(of_task.or(lost.map(|line| line.line)).map(|line| (order, line, item.clone())))
}

/// Promises the missing pieces again and opens a list that picks them from other locations.
fn pick_elsewhere(tx: &mut Tx<'_>, context: &mut Context<'_>, trouble: &Trouble) -> Result<Done> {
    let Some((mut order, number, item)) = shorted_line(tx, trouble)? else { return Ok(Err(No::Unknown)) };
    if matches!(order.state, FulfilmentState::Shipped | FulfilmentState::Cancelled) {
        return Ok(Err(No::TooLate));
    }
    let quantity = trouble.quantity;
    let except = trouble.location.as_ref();
    if bind::free(tx, &item, except)? < quantity || !tx.allocate(context.site(), &item, quantity)? {
        return Ok(Err(No::NoWay));
    }
    let back = tx.shift_line(order.order, number, Bucket::Backordered, Bucket::Allocated, quantity)?;
    let allocation = tx.allocation(order.id, number)?;
    let (Some(line), Some(mut allocation)) = (order.line_mut(number), allocation) else {
        return Ok(Err(No::Unknown));
    };
    if !back {
        // What was reported short does not wait any more: a fact took it elsewhere.
        return Ok(Err(No::TooLate));
    }
    allocation.open += quantity;
    if trouble.kind == TroubleKind::ShortPick {
        line.short -= quantity;
        allocation.released -= quantity;
    } else {
        line.wanted += quantity;
        allocation.promised += quantity;
    }
    if order.state == FulfilmentState::Packed {
        order.state = FulfilmentState::Packing;
    }
    let (fulfilment, name, due) = (order.id, order.number.clone(), order.due);
    tx.put_allocation(&allocation)?;
    tx.keep(order)?;
    let bound = bind::assign(tx, context, &item, quantity, except)?;
    if bound.is_empty() {
        return Ok(Err(No::NoWay));
    }
    let picks: Vec<Bound> = bound
        .into_iter()
        .map(|bind::Taken { location, lot, quantity }| Bound {
            fulfilment,
            order: name.clone(),
            line: number,
            item: item.clone(),
            location,
            quantity,
            due,
            lot,
        })
        .collect();
    let mut ground = Ground::of(context);
    let picks = choose::anew(tx, context, &mut ground, picks, except)?;
    list::open(tx, context, &mut ground, &picks, None)?;
    Ok(Ok(()))
}

/// Cancels what is missing: the customer gets the rest.
fn cancel_rest(tx: &mut Tx<'_>, trouble: &Trouble) -> Result<Done> {
    let Some((order, line, _)) = shorted_line(tx, trouble)? else { return Ok(Err(No::Unknown)) };
    let done = tx.shift_line(order.order, line, Bucket::Backordered, Bucket::Cancelled, trouble.quantity)?;
    Ok(if done { Ok(()) } else { Err(No::TooLate) })
}

/// Where the excess lies now: still on the cart, or in a tote of its order that is not packed yet.
fn excess_at(tx: &Tx<'_>, task: &PickTask, quantity: Quantity) -> Result<Option<Place>> {
    if task.in_hand() >= quantity {
        let list = tx.fetch::<PickList>(&task.list)?.filter(|list| list.state != ListState::Closed);
        return Ok(list.and_then(|list| list.cart).map(Place::Cart));
    }
    let Some(order) = tx.fetch::<FulfilmentOrder>(&task.fulfilment)? else { return Ok(None) };
    let mut found = None;
    for code in &order.totes {
        if let Some(tote) = tx.fetch::<Tote>(code)?
            && held_of(&tote.contents, &task.item, task.lot.as_ref()) >= quantity
        {
            // The tote of the run that took too many, where that can be told.
            if tote.list == Some(task.list) {
                return Ok(Some(Place::Tote(tote.code)));
            }
            found = Some(Place::Tote(tote.code));
        }
    }
    Ok(found)
}

/// The pieces that nothing wants went back to their location.
fn put_back(tx: &mut Tx<'_>, context: &Context<'_>, origin: &Origin, trouble: &Trouble) -> Result<Done> {
    let Some(id) = &trouble.task else { return Ok(Err(No::NoWay)) };
    let Some(mut task) = tx.fetch::<PickTask>(id)? else { return Ok(Err(No::Unknown)) };
    let quantity = trouble.quantity;
    if task.excess() < quantity {
        return Ok(Err(No::NoWay));
    }
    let Some(from) = excess_at(tx, &task, quantity)? else { return Ok(Err(No::NotReady)) };
    let to = Place::Location(trouble.location.clone().unwrap_or_else(|| task.location.clone()));
    if !settle_move(tx, context, origin, trouble, &Back { task: &task, quantity, from: &from, to: &to })? {
        return Ok(Err(No::NotReady));
    }
    task.picked -= quantity;
    if let Place::Tote(code) = &from {
        task.put -= quantity;
        if let Some(mut tote) = tx.fetch::<Tote>(code)? {
            shift(&mut tote.contents, &task.item, task.lot.as_ref(), -quantity);
            if tote.contents.is_empty() && tote.state == ToteState::Closed {
                tote = Tote::empty(code.clone());
            }
            tx.keep(tote)?;
        }
    }
    let (item, lot) = (task.item.clone(), task.lot.clone());
    tx.keep(task)?;
    for place in [&from, &to] {
        ledger::watch(tx, origin, (&item, lot.as_ref()), place)?;
    }
    Ok(Ok(()))
}

/// Pieces that go back.
struct Back<'a> {
    task: &'a PickTask,
    quantity: Quantity,
    from: &'a Place,
    to: &'a Place,
}

fn settle_move(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    trouble: &Trouble,
    back: &Back<'_>,
) -> Result<bool> {
    let cause = format!("settle {}", trouble.id);
    let (at, actor) = (context.now, origin.operator.as_str());
    let (item, lot) = (&back.task.item, back.task.lot.as_ref());
    let Back { quantity, from, to, .. } = *back;
    let posting = Posting { cause: &cause, item, lot, quantity, from, to, at, actor };
    ledger::post(tx, context, &posting)
}

/// Somebody looked. Where the book had less than was taken, the difference is booked as found.
fn acknowledge(tx: &mut Tx<'_>, context: &Context<'_>, origin: &Origin, trouble: &Trouble) -> Result<Done> {
    if let (TroubleKind::SecondCount, Some(item), Some(location)) =
        (trouble.kind, &trouble.item, &trouble.location)
    {
        let cause = format!("settle {}", trouble.id);
        count::post(tx, context, origin, &cause, (item, location), trouble.quantity)?;
        ledger::watch(tx, origin, (item, None), &Place::Location(location.clone()))?;
        return Ok(Ok(()));
    }
    let (TroubleKind::NegativeStock, Some(item)) = (trouble.kind, &trouble.item) else { return Ok(Ok(())) };
    let place = match (&trouble.location, &trouble.tote) {
        (Some(code), _) => Place::Location(code.clone()),
        (None, Some(code)) => Place::Tote(code.clone()),
        (None, None) => return Ok(Err(No::NotReady)),
    };
    let lot = trouble.lot.as_ref();
    let level = tx.level((item, lot), &place)?;
    let found = (-level.on_hand).or_zero();
    let cause = format!("settle {}", trouble.id);
    let loss = Place::Virtual(Usage::Loss);
    let posting = Posting {
        cause: &cause,
        item,
        quantity: found,
        from: &loss,
        to: &place,
        at: context.now,
        actor: origin.operator.as_str(),
        lot,
    };
    ledger::book(tx, context, &posting)?;
    // Stops that still count on what is not there end as shorts; until then the exception stands.
    Ok(if tx.level((item, lot), &place)?.is_sound() { Ok(()) } else { Err(No::NotReady) })
}
