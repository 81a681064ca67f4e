//! The calls of shops and other systems: orders in; orders, stock and events out.
//!
//! The channel is the token's: an integrator sees and makes orders of its own channel alone.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    item::Item,
    order::{Address, CarrierService},
    quantity::{QUANTITY_MAX, Quantity},
    time::Millis,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Centre, auth::caller, body, problem::Problem};
use crate::{
    order::{
        cancel::{Cancelled, cancel},
        intake::{Incoming, IncomingLine, Taken, take_in},
    },
    store::{
        Result, Tx,
        record::{Bucket, OrderKind, OrderRecord, Scope},
    },
};

/// The most lines one order may have over HTTP: a body of 1 MiB holds about as many.
const LINES_MAX: usize = 5_000;
/// The most events in an answer.
const EVENTS_MAX: usize = 500;

/// An order as a shop sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    reference: String,
    #[serde(default)]
    placed_at: Option<Millis>,
    #[serde(default)]
    customer: String,
    #[serde(default)]
    ship_to: Address,
    #[serde(default)]
    service: Option<Code<CarrierService>>,
    lines: Vec<LineBody>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineBody {
    item: Code<Item>,
    quantity: i64,
    #[serde(default)]
    description: String,
    #[serde(default)]
    amount_minor: i64,
}

/// Takes an order in. The same order again changes nothing; its reference is the idempotency key.
///
/// # Errors
/// For a caller, body or order that is none; 409 when the reference is known with other content.
pub async fn take_order(
    State(centre): State<Centre>,
    headers: HeaderMap,
    bytes: Body,
) -> std::result::Result<Response, Problem> {
    let channel = caller(&centre, &headers, Scope::Integrator).await?.code.to_string();
    let order = incoming(body::read(&headers, bytes).await?, (centre.clock)())?;
    let reference = order.reference.clone();
    let taken = centre.run(move |tx, context| take_in(tx, context, &channel, &order)).await?;
    let (status, state, why) = match taken {
        Taken::New => (StatusCode::CREATED, "taken", None),
        Taken::Same => (StatusCode::OK, "known", None),
        Taken::Parked(why) => (StatusCode::ACCEPTED, "parked", Some(why.to_string())),
        Taken::Changed => {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "changed-order",
                format!("{reference} is known with other content and under way: nothing was changed"),
            ));
        }
    };
    Ok((status, Json(json!({ "reference": reference, "state": state, "reason": why }))).into_response())
}

fn incoming(order: OrderBody, now: Millis) -> std::result::Result<Incoming, Problem> {
    let bad = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-order", why);
    if order.reference.trim().is_empty() || order.reference.len() > 100 {
        return Err(bad("reference: 1 to 100 characters".to_owned()));
    }
    if order.lines.is_empty() || order.lines.len() > LINES_MAX {
        return Err(bad(format!("lines: 1 to {LINES_MAX}")));
    }
    let mut merged: BTreeMap<Code<Item>, IncomingLine> = BTreeMap::new();
    for line in order.lines {
        let quantity = Quantity::counted(line.quantity)
            .ok_or_else(|| bad(format!("{}: quantity is 1 to {QUANTITY_MAX}", line.item)))?;
        let entry = merged.entry(line.item.clone()).or_insert_with(|| IncomingLine {
            item: line.item,
            description: line.description,
            quantity: Quantity::ZERO,
            amount_minor: 0,
        });
        entry.quantity += quantity;
        entry.amount_minor = entry.amount_minor.saturating_add(line.amount_minor);
    }
    Ok(Incoming {
        reference: order.reference,
        kind: OrderKind::Order,
        placed: order.placed_at.unwrap_or(now),
        customer: order.customer,
        ship_to: order.ship_to,
        service: order.service,
        lines: merged.into_values().collect(),
        charges: Vec::new(),
        unreadable: None,
    })
}

/// Tells how far an order of the caller's channel is.
///
/// # Errors
/// For a caller that is none; 404 when no such order is known in its channel.
pub async fn order(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Path(reference): Path<String>,
) -> std::result::Result<Response, Problem> {
    let channel = caller(&centre, &headers, Scope::Integrator).await?.code.to_string();
    let asked = reference.clone();
    let told = centre
        .run(move |tx, _| match tx.order_by_reference(&channel, &asked)? {
            Some(order) => describe(tx, &order).map(Some),
            None => Ok(None),
        })
        .await?;
    told.map(|told| Json(told).into_response()).ok_or_else(|| {
        let why = format!("{reference} is not known in this channel");
        Problem::new(StatusCode::NOT_FOUND, "unknown-order", why)
    })
}

/// Cancels an order of the caller's channel, all of it or nothing. The same call again changes nothing.
///
/// # Errors
/// For a caller that is none; 404 when no such order is known in its channel, 409 once a packer has it.
pub async fn cancel_order(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Path(reference): Path<String>,
) -> std::result::Result<Response, Problem> {
    let caller = caller(&centre, &headers, Scope::Integrator).await?.code;
    let (channel, asked) = (caller.to_string(), reference.clone());
    let by = caller
        .as_str()
        .parse()
        .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "bad-code", format!("{e}")))?;
    let done = centre.run(move |tx, context| cancel(tx, context, &channel, &asked, &by)).await?;
    let state = match done {
        Cancelled::Whole => "cancelled",
        Cancelled::Rest => "rest_cancelled",
        Cancelled::Over => "over",
        Cancelled::TooLate(_) => {
            let why = format!(
                "{reference} is at packing: nothing was changed. Hold it, or take it back as a return"
            );
            return Err(Problem::new(StatusCode::CONFLICT, "too-late", why));
        }
        Cancelled::Unknown => {
            let why = format!("{reference} is not known in this channel");
            return Err(Problem::new(StatusCode::NOT_FOUND, "unknown-order", why));
        }
    };
    Ok(Json(json!({ "reference": reference, "state": state })).into_response())
}

fn describe(tx: &Tx<'_>, order: &OrderRecord) -> Result<Value> {
    let lines: Vec<Value> = tx
        .lines(order.id)?
        .into_iter()
        .map(|line| {
            let parts: serde_json::Map<String, Value> =
                Bucket::ALL.iter().map(|b| (b.word().to_owned(), json!(line.part(*b)))).collect();
            json!({ "line": line.line, "item": line.item, "ordered": line.ordered, "parts": parts })
        })
        .collect();
    Ok(json!({
        "reference": order.reference,
        "state": order.state.word(),
        "parked": order.parked,
        "due": order.due,
        "lines": lines,
    }))
}

/// Tells how many of an item can be sold now.
///
/// # Errors
/// For a caller that is none, or a code that is none.
pub async fn stock(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Path(item): Path<String>,
) -> std::result::Result<Response, Problem> {
    caller(&centre, &headers, Scope::Integrator).await?;
    let item: Code<Item> =
        item.parse().map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "bad-code", format!("{e}")))?;
    let told = centre
        .run(move |tx, context| {
            let counter = tx.sellable(context.site(), &item)?;
            Ok(json!({
                "item": counter.item,
                "sellable": counter.free(),
                "on_hand": counter.on_hand,
                "allocated": counter.allocated,
                "reserved": counter.reserved,
                "safety": counter.safety,
            }))
        })
        .await?;
    Ok(Json(told).into_response())
}

/// The query of an events call.
#[derive(Debug, Deserialize)]
pub struct EventsQuery {
    #[serde(default)]
    after: u64,
}

/// Tells events after a number, oldest first, as CloudEvents.
///
/// # Errors
/// For a caller or query that is none; 410 when the centre has not told the event that the caller heard last.
pub async fn events(
    State(centre): State<Centre>,
    headers: HeaderMap,
    query: std::result::Result<Query<EventsQuery>, QueryRejection>,
) -> std::result::Result<Response, Problem> {
    caller(&centre, &headers, Scope::Integrator).await?;
    let query = body::query(query)?;
    let told = centre
        .run(move |tx, context| {
            let source = format!("/sites/{}", context.site());
            // A centre that was restored from a backup has not told what its caller heard last.
            if query.after > 0
                && tx.events_after(query.after - 1, 1)?.first().map(|e| e.number) != Some(query.after)
            {
                return Ok(None);
            }
            let events = tx.events_after(query.after, EVENTS_MAX)?;
            let told: Vec<Value> = events
                .into_iter()
                .map(|event| {
                    json!({
                        "specversion": "1.0",
                        "id": event.number.to_string(),
                        "source": source,
                        "type": event.kind,
                        "subject": event.subject,
                        "time_ms": event.at,
                        "data": serde_json::from_str::<Value>(&event.body).unwrap_or(Value::Null),
                    })
                })
                .collect();
            Ok(Some(told))
        })
        .await?;
    told.map(|told| Json(told).into_response()).ok_or_else(|| {
        let title =
            "this centre has not told the event before: it was restored; read its events again from 0";
        Problem::new(StatusCode::GONE, "events-anew", title)
    })
}
