//! Manifests: one open per service, closed when its vehicle leaves. Closing hands the parcels to the carrier:
//! the goods leave the books of the house, lines are shipped, orders end.

use aisle_core::{
    id::{Code, Id},
    order::CarrierService,
    place::{Place, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{FulfilmentOrder, FulfilmentState, Manifest, Operator, Parcel, ParcelState},
    },
    time::Millis,
};
use serde_json::json;

use crate::{
    context::Context,
    order::{allocate, progress},
    stock::ledger::{self, Posting, tell},
    store::{Result, Tx, record::Bucket},
};

/// Sees to it that a service has an open manifest, so that parcels can be loaded even without a network.
///
/// # Errors
/// When the store fails.
pub fn ensure_open(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    service: &Code<CarrierService>,
) -> Result<Id<Manifest>> {
    if let Some(open) = tx.all::<Manifest>()?.into_iter().find(|m| !m.closed && m.service == *service) {
        return Ok(open.id);
    }
    let id = context.mint.id(context.now);
    let number = u32::try_from(tx.next_number("manifest")?).unwrap_or(u32::MAX);
    tx.keep(Manifest {
        id,
        number,
        service: service.clone(),
        lane: context.settings.service(Some(service)).lane.clone(),
        due: allocate::due(context, service),
        parcels: Vec::new(),
        closed: false,
    })?;
    Ok(id)
}

/// Why a manifest cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotClosed {
    /// It is closed already.
    Already,
    /// No parcel is on the vehicle.
    Empty,
    /// A parcel of an order that is on hold or cancelled is on the vehicle.
    Held,
}

/// Closes a manifest: every loaded parcel is the carrier's from now on, and the next manifest opens.
///
/// # Errors
/// When the store fails.
pub fn close(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    mut manifest: Manifest,
    by: &Code<Operator>,
) -> Result<std::result::Result<(), NotClosed>> {
    if manifest.closed {
        return Ok(Err(NotClosed::Already));
    }
    let mut loaded = Vec::new();
    for id in &manifest.parcels {
        let Some(parcel) = tx.fetch::<Parcel>(id)? else { continue };
        let order = tx.fetch::<FulfilmentOrder>(&parcel.fulfilment)?;
        let stays =
            |order: FulfilmentOrder| !order.holds.is_empty() || order.state == FulfilmentState::Cancelled;
        if order.is_some_and(stays) {
            return Ok(Err(NotClosed::Held));
        }
        if parcel.state == ParcelState::Loaded {
            loaded.push(parcel);
        }
    }
    if loaded.is_empty() {
        return Ok(Err(NotClosed::Empty));
    }
    manifest.closed = true;
    let (number, service, parcels) = (manifest.number, manifest.service.clone(), loaded.len());
    tx.keep(manifest)?;
    for parcel in loaded {
        hand_over(tx, context, parcel, number, context.now, by)?;
    }
    let body = json!({ "service": service, "parcels": parcels });
    tell(tx, context.now, "manifest.closed", &number.to_string(), &body)?;
    ensure_open(tx, context, &service)?;
    Ok(Ok(()))
}

/// Hands one parcel to the carrier.
///
/// # Errors
/// When the store fails.
pub fn hand_over(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    mut parcel: Parcel,
    manifest: u32,
    at: Millis,
    by: &Code<Operator>,
) -> Result<()> {
    if parcel.state == ParcelState::Dispatched {
        return Ok(());
    }
    let cause = format!("manifest {manifest}");
    let (here, carrier) = (Place::Parcel(parcel.id), Place::Virtual(Usage::Carrier));
    for content in &parcel.contents {
        let posting = Posting {
            cause: &cause,
            item: &content.item,
            quantity: content.quantity,
            from: &here,
            to: &carrier,
            at,
            actor: by.as_str(),
            lot: content.lot.as_ref(),
        };
        ledger::book(tx, context, &posting)?;
    }
    parcel.state = ParcelState::Dispatched;
    let sscc = parcel.sscc.clone();
    tx.keep(parcel.clone())?;
    let Some(mut order) = tx.fetch::<FulfilmentOrder>(&parcel.fulfilment)? else { return Ok(()) };
    for content in &parcel.contents {
        ship_lines(tx, &mut order, &content.item, content.quantity)?;
    }
    let (id, reference) = (order.order, order.number.clone());
    settle_shipped(tx, &mut order)?;
    tx.keep(order)?;
    tell(tx, context.now, "parcel.dispatched", &reference, &json!({ "sscc": sscc }))?;
    progress::close_if_done(tx, context, id)
}

/// Counts `quantity` of an item as shipped on the lines that packed it, the first line first.
fn ship_lines(
    tx: &mut Tx<'_>,
    order: &mut FulfilmentOrder,
    item: &Code<aisle_core::item::Item>,
    quantity: Quantity,
) -> Result<()> {
    let mut left = quantity;
    let lines = order.lines.iter_mut().filter(|line| line.item == *item);
    for line in lines {
        let by = Quantity(left.0.min((line.packed - line.shipped).or_zero().0));
        line.shipped += by;
        left -= by;
        tx.force_line(order.order, line.line, Bucket::Packed, Bucket::Shipped, by)?;
    }
    Ok(())
}

/// An order whose pieces are all with the carrier is shipped.
///
/// # Errors
/// When the store fails.
pub fn settle_shipped(tx: &Tx<'_>, order: &mut FulfilmentOrder) -> Result<()> {
    let mut gone = order.is_packed();
    for id in &order.parcels {
        let parcel = tx.fetch::<Parcel>(id)?;
        gone &= parcel.is_some_and(|p| p.state == ParcelState::Dispatched || p.contents.is_empty());
    }
    let any = order.lines.iter().any(|line| line.shipped.is_some());
    if gone && any {
        order.state = FulfilmentState::Shipped;
    }
    Ok(())
}

/// Brings a fulfilment order's state in line with its quantities: packed, shipped, reopened, or cancelled when
/// nothing of it ships and nobody has to decide any more (`settled`). Then closes its order when that is done.
///
/// # Errors
/// When the store fails.
pub fn finish(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    fulfilment: Id<FulfilmentOrder>,
    settled: bool,
) -> Result<()> {
    let Some(mut order) = tx.fetch::<FulfilmentOrder>(&fulfilment)? else { return Ok(()) };
    let id = order.order;
    if !order.is_packed() {
        if order.state == FulfilmentState::Packed {
            order.state = FulfilmentState::Packing;
        }
    } else if order.lines.iter().any(|line| line.packed.is_some()) {
        let mut sealed = true;
        for parcel in &order.parcels {
            let row = tx.fetch::<Parcel>(parcel)?;
            sealed &= row.is_some_and(|p| p.state >= ParcelState::Sealed || p.contents.is_empty());
        }
        if sealed && matches!(order.state, FulfilmentState::Released | FulfilmentState::Packing) {
            order.state = FulfilmentState::Packed;
        }
        settle_shipped(tx, &mut order)?;
    } else if settled && order.state != FulfilmentState::Open {
        order.state = FulfilmentState::Cancelled;
    }
    tx.keep(order)?;
    progress::close_if_done(tx, context, id)
}
