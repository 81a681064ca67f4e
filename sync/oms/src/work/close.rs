//! A manifest is handed over: its parcels are the carrier's.

use std::collections::BTreeSet;

use aisle_core::{
    id::Id,
    place::{Place, Usage},
    quantity::Quantity,
    task::{
        op::Origin,
        rows::Rows,
        state::{Content, FulfilmentOrder, FulfilmentState, Manifest, Parcel, ParcelState},
    },
    time::Millis,
    wire::v1::{No, RequestVerdict},
};

use super::{book::moved, requests::refused};
use crate::{
    context::Context,
    stock::ledger::{self, Posting},
    store::{
        Result, Tx,
        record::{Bucket, OrderState},
    },
};

/// Closes a manifest and ships what was loaded for it.
///
/// # Errors
/// When the store fails.
pub fn manifest(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    id: &Id<Manifest>,
) -> Result<RequestVerdict> {
    let Some(mut manifest) = tx.fetch::<Manifest>(id)? else { return Ok(refused(No::Unknown)) };
    if manifest.closed {
        return Ok(refused(No::TooLate));
    }
    if manifest.parcels.is_empty() {
        return Ok(refused(No::NotReady));
    }
    let mut orders = BTreeSet::new();
    for parcel in &manifest.parcels {
        let Some(mut parcel) = tx.fetch::<Parcel>(parcel)? else { continue };
        for content in &parcel.contents {
            hand_over(tx, context, origin, &manifest, &parcel, content)?;
        }
        parcel.state = ParcelState::Dispatched;
        orders.insert(parcel.fulfilment);
        told(tx, context.now, "parcel.dispatched", parcel.sscc.as_deref().unwrap_or_default())?;
        tx.keep(parcel)?;
    }
    manifest.closed = true;
    tx.keep(manifest)?;
    for order in orders {
        finish(tx, context.now, order)?;
    }
    Ok(RequestVerdict::Accepted)
}

fn hand_over(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    manifest: &Manifest,
    parcel: &Parcel,
    content: &Content,
) -> Result<()> {
    let posting = Posting {
        cause: &format!("manifest {}", manifest.number),
        item: &content.item,
        quantity: content.quantity,
        from: &Place::Parcel(parcel.id),
        to: &Place::Virtual(Usage::Carrier),
        at: context.now,
        actor: origin.operator.as_str(),
    };
    moved(tx, context, origin, &posting)?;
    let Some(mut order) = tx.fetch::<FulfilmentOrder>(&parcel.fulfilment)? else { return Ok(()) };
    let mut open = content.quantity;
    for line in order.lines.iter_mut().filter(|line| line.item == content.item) {
        let by = Quantity(open.0.min((line.packed - line.shipped).0)).or_zero();
        if by.is_some() {
            line.shipped += by;
            open -= by;
            tx.force_line(order.order, line.line, Bucket::Packed, Bucket::Shipped, by)?;
        }
    }
    tx.keep(order)
}

/// A fulfilment order has shipped when all of it that will come is with the carrier; its order is closed when
/// nothing of it waits any more.
fn finish(tx: &mut Tx<'_>, now: Millis, id: Id<FulfilmentOrder>) -> Result<()> {
    let Some(mut order) = tx.fetch::<FulfilmentOrder>(&id)? else { return Ok(()) };
    let gone = order.lines.iter().all(|line| line.shipped == line.packed);
    if order.state == FulfilmentState::Packed && gone && order.is_packed() {
        order.state = FulfilmentState::Shipped;
        told(tx, now, "fulfilment.shipped", &order.number)?;
    }
    let Some(mut record) = tx.order(order.order)? else { return tx.keep(order) };
    let lines = tx.lines(order.order)?;
    let over = lines.iter().all(|l| l.part(Bucket::Shipped) + l.part(Bucket::Cancelled) == l.ordered);
    if over && record.state == OrderState::Open {
        record.state = OrderState::Closed;
        told(tx, now, "order.closed", &record.reference)?;
        tx.put_order(&record)?;
    }
    tx.keep(order)
}

fn told(tx: &mut Tx<'_>, at: Millis, kind: &str, subject: &str) -> Result<()> {
    ledger::tell(tx, at, kind, subject, &serde_json::json!({}))
}
