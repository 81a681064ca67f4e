//! Promises: which site serves an order, what it can serve now, when it must be with the carrier.
//!
//! What is free is taken by the store's conditional update; what is not free is backordered and tried again
//! when stock comes. Each decision is told as an event with its trace.

use std::collections::BTreeSet;

use aisle_core::{
    id::{Code, Id},
    order::{CarrierService, Order},
    place::Site,
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{FulfilmentLine, FulfilmentOrder, FulfilmentState},
        trouble::{Trouble, TroubleKind},
    },
    time::Millis,
};
use jiff::tz::TimeZone;
use serde_json::json;

use super::{
    parked::Parked,
    routing::{Decision, Offer, Wanted},
};
use crate::{
    context::Context,
    stock::ledger::tell,
    store::{
        Result, Tx,
        record::{AllocationRecord, Bucket, LineRecord, OrderRecord, OrderState},
    },
};

/// What a line still needs a promise for.
fn needs(line: &LineRecord) -> Quantity {
    line.part(Bucket::Unrouted) + line.part(Bucket::Backordered)
}

/// Routes an order and promises what is free of it. What is not free waits as backordered.
///
/// # Errors
/// When the store fails.
pub fn promise(tx: &mut Tx<'_>, context: &mut Context<'_>, order: &OrderRecord) -> Result<()> {
    let mut order = order.clone();
    let lines = tx.lines(order.id)?;
    let decision = decide(tx, context, &order, &lines)?;
    let trace = serde_json::to_value(&decision).expect("a decision is plain data");
    let Some(site) = &decision.site else {
        return wait(tx, context, order, &lines, &decision, &trace);
    };
    let service = context.settings.service(decision.service.as_ref().or(Some(&order.service)));
    let due = due(context, &service.code);
    order.service = service.code.clone();
    order.due = order.due.or(due);
    order.state = OrderState::Open;
    order.parked = None;
    tx.put_order(&order)?;
    let fulfilment = context.mint.id(context.now);
    let promised = take(tx, &order, &lines, site, fulfilment)?;
    if !promised.is_empty() {
        let earlier: BTreeSet<_> = tx.allocations_of(order.id)?.iter().map(|a| a.fulfilment).collect();
        let number = match earlier.len() {
            0 | 1 => order.reference.clone(),
            more => format!("{}/{more}", order.reference),
        };
        tx.keep(FulfilmentOrder {
            id: fulfilment,
            order: order.id,
            number,
            site: site.clone(),
            state: FulfilmentState::Open,
            lines: promised,
            totes: Vec::new(),
            parcels: Vec::new(),
            ship_to: order.ship_to.clone(),
            service: order.service.clone(),
            due,
            holds: BTreeSet::new(),
            packer: None,
        })?;
    }
    let backordered: Quantity = tx.lines(order.id)?.iter().map(|line| line.part(Bucket::Backordered)).sum();
    let body = json!({ "routing": trace, "backordered": backordered });
    tell(tx, context.now, "order.allocated", &order.reference, &body)
}

/// When an order of this service must be with the carrier.
#[must_use]
pub fn due(context: &Context<'_>, service: &Code<CarrierService>) -> Option<Millis> {
    let zone = TimeZone::get(&context.settings.site.time_zone).ok()?;
    context.settings.service(Some(service)).next_cut_off(context.now, &zone)
}

fn decide(tx: &Tx<'_>, context: &Context<'_>, order: &OrderRecord, lines: &[LineRecord]) -> Result<Decision> {
    let wanted =
        Wanted { country: &order.ship_to.country, pieces: lines.iter().map(|line| needs(line).0).sum() };
    context.settings.routing.decide(context.site(), &wanted, |site| {
        let mut pieces = 0;
        for line in lines {
            pieces += needs(line).0.min(tx.sellable(site, &line.item)?.free().0);
        }
        Ok(Offer { site: site.clone(), pieces })
    })
}

/// Nobody serves it now: it waits for stock, or is parked when the rules themselves stand in the way.
fn wait(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    mut order: OrderRecord,
    lines: &[LineRecord],
    decision: &Decision,
    trace: &serde_json::Value,
) -> Result<()> {
    let only_stock = decision.rejected.iter().all(|(_, why)| *why == "nothing free");
    if decision.rule.is_none() || !only_stock {
        let why = if decision.rule.is_none() { "no rule applies" } else { "not in full" };
        order.parked = Some(Parked::NoSite(why.into()).to_string());
        tx.put_order(&order)?;
        return tell(tx, context.now, "order.parked", &order.reference, &json!({ "routing": trace }));
    }
    let mut news = order.state != OrderState::Open;
    order.due = order.due.or(due(context, &order.service));
    order.state = OrderState::Open;
    tx.put_order(&order)?;
    for line in lines {
        let rest = line.part(Bucket::Unrouted);
        news |= rest.is_some();
        assert!(
            tx.shift_line(order.id, line.line, Bucket::Unrouted, Bucket::Backordered, rest)?,
            "a line read in this transaction has what it had"
        );
    }
    if news {
        tell(tx, context.now, "order.backordered", &order.reference, &json!({ "routing": trace }))?;
    }
    Ok(())
}

/// Takes what is free of each line at a site, and backorders the rest.
fn take(
    tx: &mut Tx<'_>,
    order: &OrderRecord,
    lines: &[LineRecord],
    site: &Code<Site>,
    fulfilment: Id<FulfilmentOrder>,
) -> Result<Vec<FulfilmentLine>> {
    let mut promised = Vec::new();
    for line in lines {
        let free = tx.sellable(site, &line.item)?.free();
        let mut taken = Quantity(needs(line).0.min(free.0));
        if !taken.is_some() || !tx.allocate(site, &line.item, taken)? {
            taken = Quantity::ZERO;
        }
        let unrouted = line.part(Bucket::Unrouted);
        let fresh = Quantity(taken.0.min(unrouted.0));
        for (from, to, by) in [
            (Bucket::Unrouted, Bucket::Allocated, fresh),
            (Bucket::Backordered, Bucket::Allocated, taken - fresh),
            (Bucket::Unrouted, Bucket::Backordered, unrouted - fresh),
        ] {
            let moved = by.is_zero() || tx.shift_line(order.id, line.line, from, to, by)?;
            assert!(moved, "a line read in this transaction has what it had");
        }
        if taken.is_some() {
            tx.put_allocation(&AllocationRecord {
                fulfilment,
                line: line.line,
                order: order.id,
                site: site.clone(),
                item: line.item.clone(),
                promised: taken,
                open: taken,
                consumed: Quantity::ZERO,
                released: Quantity::ZERO,
            })?;
            promised.push(blank_line(line, taken));
        }
    }
    Ok(promised)
}

fn blank_line(line: &LineRecord, wanted: Quantity) -> FulfilmentLine {
    FulfilmentLine {
        line: line.line,
        item: line.item.clone(),
        wanted,
        picked: Quantity::ZERO,
        short: Quantity::ZERO,
        lost: Quantity::ZERO,
        packed: Quantity::ZERO,
        shipped: Quantity::ZERO,
    }
}

/// Promises backordered lines that stock has come for. Orders with an open short are left to the lead.
/// Answers how many orders gained something.
///
/// # Errors
/// When the store fails.
pub fn retry_backorders(tx: &mut Tx<'_>, context: &mut Context<'_>) -> Result<usize> {
    let mut waiting = BTreeSet::new();
    for line in tx.lines_with(Bucket::Backordered)? {
        if tx.sellable(context.site(), &line.item)?.free().is_some() {
            waiting.insert(line.order);
        }
    }
    if waiting.is_empty() {
        return Ok(0);
    }
    let undecided = undecided(tx)?;
    let mut orders = Vec::new();
    for id in waiting.difference(&undecided) {
        orders.extend(tx.order(*id)?.filter(|order| order.state == OrderState::Open));
    }
    orders.sort_by(|a, b| a.age().cmp(&b.age()));
    let gained = orders.len();
    for order in orders {
        promise(tx, context, &order)?;
    }
    Ok(gained)
}

/// Orders with a short that the lead has not settled.
fn undecided(tx: &Tx<'_>) -> Result<BTreeSet<Id<Order>>> {
    let mut orders = BTreeSet::new();
    for trouble in tx.all::<Trouble>()? {
        let short = matches!(trouble.kind, TroubleKind::ShortPick | TroubleKind::ShortPack);
        if short
            && trouble.settled.is_none()
            && let Some(id) = trouble.fulfilment
            && let Some(fulfilment) = tx.fetch::<FulfilmentOrder>(&id)?
        {
            orders.insert(fulfilment.order);
        }
    }
    Ok(orders)
}
