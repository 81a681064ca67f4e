//! Takes orders in: once each, by the channel's own reference.
//!
//! The same content again changes nothing; other content under a known reference is reported, and replaces
//! the order only while it is parked. What cannot be promised is parked with its reason, never dropped.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    order::{Address, CarrierService, Order},
    quantity::Quantity,
    task::rows::Kept,
    time::Millis,
};
use serde_json::json;

use super::{allocate, parked::Parked};
use crate::{
    context::Context,
    stock::ledger::tell,
    store::{
        Result, Tx,
        record::{Bucket, ChargeRecord, LineRecord, OrderKind, OrderRecord, OrderState},
    },
};

/// An order or return as a channel sent it, already in our types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The channel's reference.
    pub reference: String,
    /// What it is.
    pub kind: OrderKind,
    /// When it was placed.
    pub placed: Millis,
    /// The channel's name for the customer.
    pub customer: String,
    /// Where it goes.
    pub ship_to: Address,
    /// The service it asks for.
    pub service: Option<Code<CarrierService>>,
    /// Goods; no item twice.
    pub lines: Vec<IncomingLine>,
    /// What is no goods.
    pub charges: Vec<IncomingCharge>,
    /// What of it could not be read.
    pub unreadable: Option<String>,
}

/// Goods on an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingLine {
    /// The item.
    pub item: Code<Item>,
    /// The channel's words.
    pub description: String,
    /// How many: 1 or more, also on a return.
    pub quantity: Quantity,
    /// What the line comes to, in minor money.
    pub amount_minor: i64,
}

/// What is no goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingCharge {
    /// The channel's code.
    pub code: String,
    /// The channel's words.
    pub description: String,
    /// How many of it.
    pub quantity: i64,
    /// What it comes to, in minor money.
    pub amount_minor: i64,
}

/// What became of an order that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// New, and promised as far as stock goes.
    New,
    /// New, and waiting for somebody.
    Parked(Parked),
    /// Known, with the same content.
    Same,
    /// Known and past parking, with other content: nothing was changed.
    Changed,
}

/// Takes one order in.
///
/// # Errors
/// When the store fails.
pub fn take_in(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    channel: &str,
    incoming: &Incoming,
) -> Result<Taken> {
    let id = context.mint.id(context.now);
    let (mut order, lines, charges) = records(context, id, channel, incoming);
    order.parked = why_parked(tx, incoming)?.map(|why| why.to_string());
    if let Some(known) = tx.order_by_reference(channel, &incoming.reference)? {
        if known.content == order.content && (known.parked.is_none() || known.parked == order.parked) {
            return Ok(Taken::Same);
        }
        if known.state != OrderState::Received || known.parked.is_none() {
            return Ok(Taken::Changed);
        }
        tx.delete_order(known.id)?;
    }
    if lines.is_empty() && order.parked.is_none() {
        order.state = OrderState::Closed;
    }
    tx.put_order(&order)?;
    for line in &lines {
        tx.insert_line(line)?;
    }
    for charge in &charges {
        tx.insert_charge(charge)?;
    }
    tell(tx, context.now, "order.received", &incoming.reference, &json!({ "channel": channel }))?;
    if let Some(why) = &order.parked {
        tell(tx, context.now, "order.parked", &incoming.reference, &json!({ "reason": why }))?;
    } else if order.state == OrderState::Received {
        allocate::promise(tx, context, &order)?;
    }
    let now = tx.order(id)?.and_then(|order| order.parked);
    Ok(match now {
        Some(why) => Taken::Parked(why.parse().unwrap_or(Parked::Other(why))),
        None => Taken::New,
    })
}

/// Promises parked orders whose items are known by now. Answers how many went on.
///
/// # Errors
/// When the store fails.
pub fn retry_parked(tx: &mut Tx<'_>, context: &mut Context<'_>) -> Result<usize> {
    let mut went_on = 0;
    for mut order in tx.orders()? {
        let reason = order.parked.as_deref().map(|why| why.parse().unwrap_or(Parked::ReturnWithoutOrder));
        if order.kind != OrderKind::Order
            || !matches!(reason, Some(Parked::UnknownItems(_) | Parked::NoSite(_)))
        {
            continue;
        }
        let unknown = unknown_items(tx, tx.lines(order.id)?.iter().map(|line| &line.item))?;
        let still = (!unknown.is_empty()).then(|| Parked::UnknownItems(unknown).to_string());
        if still == order.parked {
            continue;
        }
        order.parked.clone_from(&still);
        tx.put_order(&order)?;
        if still.is_none() {
            allocate::promise(tx, context, &order)?;
            went_on += usize::from(tx.order(order.id)?.is_some_and(|now| now.parked.is_none()));
        }
    }
    Ok(went_on)
}

fn why_parked(tx: &Tx<'_>, incoming: &Incoming) -> Result<Option<Parked>> {
    if let Some(what) = &incoming.unreadable {
        return Ok(Some(Parked::UnreadableRow(what.clone())));
    }
    if incoming.kind == OrderKind::Return {
        return Ok(Some(Parked::ReturnWithoutOrder));
    }
    let unknown = unknown_items(tx, incoming.lines.iter().map(|line| &line.item))?;
    Ok((!unknown.is_empty()).then_some(Parked::UnknownItems(unknown)))
}

fn unknown_items<'i>(tx: &Tx<'_>, items: impl Iterator<Item = &'i Code<Item>>) -> Result<Vec<String>> {
    let mut unknown = Vec::new();
    for item in items {
        if tx.body(&Item::key_of(item))?.is_none() {
            unknown.push(item.to_string());
        }
    }
    Ok(unknown)
}

fn records(
    context: &Context<'_>,
    id: Id<Order>,
    channel: &str,
    incoming: &Incoming,
) -> (OrderRecord, Vec<LineRecord>, Vec<ChargeRecord>) {
    let lines: Vec<LineRecord> = (1..)
        .zip(&incoming.lines)
        .map(|(line, goods)| {
            let mut parts = [Quantity::ZERO; 7];
            parts[Bucket::Unrouted.index()] = goods.quantity;
            LineRecord {
                order: id,
                line,
                item: goods.item.clone(),
                description: goods.description.clone(),
                ordered: goods.quantity,
                parts,
                amount_minor: goods.amount_minor,
            }
        })
        .collect();
    let charges: Vec<ChargeRecord> = (1..)
        .zip(&incoming.charges)
        .map(|(number, charge)| ChargeRecord {
            order: id,
            number,
            code: charge.code.clone(),
            description: charge.description.clone(),
            quantity: charge.quantity,
            amount_minor: charge.amount_minor,
        })
        .collect();
    let mut order = OrderRecord {
        id,
        channel: channel.to_owned(),
        reference: incoming.reference.clone(),
        kind: incoming.kind,
        state: OrderState::Received,
        parked: None,
        placed: incoming.placed,
        received: context.now,
        customer: incoming.customer.clone(),
        ship_to: incoming.ship_to.clone(),
        service: context.settings.service(incoming.service.as_ref()).code.clone(),
        due: None,
        content: [0; 32],
    };
    order.content = content(&order, &lines, &charges);
    (order, lines, charges)
}

/// The hash over what an order asks for: the same for the same content, and no longer itself when a line or
/// charge was changed behind the program's back.
#[must_use]
pub fn content(order: &OrderRecord, lines: &[LineRecord], charges: &[ChargeRecord]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("aisle order content 1");
    let mut field = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    field(order.kind.word());
    field(&order.customer);
    field(&serde_json::to_string(&order.ship_to).expect("an address is plain text"));
    for line in lines {
        field("line");
        field(line.item.as_str());
        field(&line.ordered.to_string());
        field(&line.amount_minor.to_string());
    }
    for charge in charges {
        field("charge");
        field(&charge.code);
        field(&charge.quantity.to_string());
        field(&charge.amount_minor.to_string());
    }
    *hasher.finalize().as_bytes()
}
