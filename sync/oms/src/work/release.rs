//! Releases fulfilment orders to the floor: a stream with a cap on work in progress, most urgent first, in
//! runs of as many orders as a cart has slots.

use aisle_core::{
    plan::cart::{self, Limits, Size},
    plan::route::Effort,
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Cart, FulfilmentOrder, FulfilmentState},
    },
};

use super::{
    bind,
    list::{self, Bound},
    walk::Ground,
};
use crate::{
    context::Context,
    dispatch::manifest,
    order::allocate,
    store::{Result, Tx, record::Bucket},
};

/// Orders looked at together when carts are built: enough to find good company, few enough to plan at once.
const HORIZON_ORDERS: usize = 400;
/// Moves the cart planner may try for each order.
const STEPS_PER_ORDER: u64 = 200;

/// What a release came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Released {
    /// Pick lists opened.
    pub lists: usize,
    /// Fulfilment orders on them.
    pub orders: usize,
    /// Stops on them.
    pub stops: usize,
    /// Fulfilment orders that wait because enough is on the floor.
    pub waiting: usize,
}

/// One fulfilment order, bound to locations.
struct Work {
    picks: Vec<Bound>,
    urgency: u8,
    left_ms: Option<u64>,
}

/// Releases what the cap allows.
///
/// # Errors
/// When the store fails.
pub fn run(tx: &mut Tx<'_>, context: &mut Context<'_>) -> Result<Released> {
    allocate::retry_backorders(tx, context)?;
    let mut released = Released::default();
    let mut open_stops = tx.claims()?.len();
    let mut works = Vec::new();
    for order in candidates(tx)? {
        let cap = context.settings.release.max_open_stops as usize;
        if open_stops >= cap || works.len() >= HORIZON_ORDERS {
            released.waiting += 1;
            continue;
        }
        let work = bind_order(tx, context, order)?;
        open_stops += work.picks.len();
        released.stops += work.picks.len();
        if !work.picks.is_empty() {
            works.push(work);
        }
    }
    released.orders = works.len();
    let mut ground = Ground::of(context);
    for run in runs(tx, context, &mut ground, &works)? {
        let picks: Vec<Bound> = run.iter().flat_map(|index| works[*index].picks.clone()).collect();
        list::open(tx, context, &mut ground, &picks, None)?;
        released.lists += 1;
    }
    Ok(released)
}

/// Open fulfilment orders without a hold, the most urgent first, then as they were placed.
fn candidates(tx: &Tx<'_>) -> Result<Vec<FulfilmentOrder>> {
    let mut open = Vec::new();
    for order in tx.all::<FulfilmentOrder>()? {
        if order.state == FulfilmentState::Open && order.holds.is_empty() {
            let placed = tx.order(order.order)?.map(|record| (record.placed, record.reference));
            open.push((order.due.map_or(i64::MAX, |due| due.0), placed, order));
        }
    }
    open.sort_by(|a, b| (a.0, &a.1, a.2.id).cmp(&(b.0, &b.1, b.2.id)));
    Ok(open.into_iter().map(|(_, _, order)| order).collect())
}

/// Binds an order's lines to locations. What no location has free goes back to wait for stock.
fn bind_order(tx: &mut Tx<'_>, context: &mut Context<'_>, mut order: FulfilmentOrder) -> Result<Work> {
    let mut picks = Vec::new();
    for line in &mut order.lines {
        let mut left = line.to_pick();
        for (location, quantity) in bind::assign(tx, &line.item, left, None)? {
            left -= quantity;
            picks.push(Bound {
                fulfilment: order.id,
                order: order.number.clone(),
                line: line.line,
                item: line.item.clone(),
                location,
                quantity,
                due: order.due,
            });
        }
        if left.is_some()
            && let Some(mut allocation) = tx.allocation(order.id, line.line)?
        {
            line.wanted -= left;
            allocation.promised -= left;
            allocation.open -= left;
            tx.put_allocation(&allocation)?;
            let none = Quantity::ZERO;
            tx.force_sellable(&allocation.site, &allocation.item, none, -left, none)?;
            tx.force_line(allocation.order, line.line, Bucket::Allocated, Bucket::Backordered, left)?;
        }
    }
    order.state = if picks.is_empty() { FulfilmentState::Cancelled } else { FulfilmentState::Released };
    let left_ms = order.due.map(|due| u64::try_from(due.since(context.now)).unwrap_or(0));
    if !picks.is_empty() {
        manifest::ensure_open(tx, context, &order.service)?;
    }
    tx.keep(order)?;
    Ok(Work { picks, urgency: 0, left_ms })
}

/// Gathers works into runs: the planner's carts on a layout, else in order until a cart is full.
fn runs(tx: &Tx<'_>, context: &Context<'_>, ground: &mut Ground, works: &[Work]) -> Result<Vec<Vec<usize>>> {
    let slots = slots(tx, context)?;
    let most = u64::from(context.settings.release.run_max_stops);
    let mut orders = Vec::with_capacity(works.len());
    for work in works {
        let mut stops = Vec::with_capacity(work.picks.len());
        for pick in &work.picks {
            stops.extend(ground.stop(tx, &pick.location)?);
        }
        if stops.len() == work.picks.len() {
            // Here a unit of capacity is a stop: the planner then keeps runs as short as we want them.
            let size = Size { totes: (stops.len() as u64).min(most), ..Size::default() };
            orders.push(cart::Order { stops, size, priority: work.urgency, left_ms: work.left_ms });
        }
    }
    if let Some(layout) = ground.layout()
        && orders.len() == works.len()
    {
        let size = Size { totes: most, weight_g: u64::MAX, volume_mm3: u64::MAX };
        let job = cart::Job {
            layout,
            start: layout.depot(),
            end: layout.depot(),
            orders: &orders,
            limits: Limits { orders: slots, ..Limits::of(size) },
            running: &[],
        };
        let effort = Effort::steps(STEPS_PER_ORDER * works.len() as u64);
        if let Ok(plan) = cart::batch(&job, effort) {
            let mut runs: Vec<Vec<usize>> = plan.batches.into_iter().map(|batch| batch.orders).collect();
            let planned: std::collections::BTreeSet<usize> = runs.iter().flatten().copied().collect();
            runs.extend((0..works.len()).filter(|index| !planned.contains(index)).map(|index| vec![index]));
            return Ok(runs);
        }
    }
    Ok(in_order(works, slots, most))
}

fn in_order(works: &[Work], slots: usize, most: u64) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut stops = 0;
    for (index, work) in works.iter().enumerate() {
        let more = work.picks.len() as u64;
        match runs.last_mut() {
            Some(run) if run.len() < slots && stops + more <= most => run.push(index),
            _ => {
                runs.push(vec![index]);
                stops = 0;
            }
        }
        stops += more;
    }
    runs
}

/// How many orders a run may collect: the settings, but no more than the smallest cart has slots.
fn slots(tx: &Tx<'_>, context: &Context<'_>) -> Result<usize> {
    let carts = tx.all::<Cart>()?;
    let smallest = carts.iter().map(|cart| u16::from(cart.columns) * u16::from(cart.shelves)).min();
    let wanted = u16::from(context.settings.release.cart_slots);
    Ok(usize::from(smallest.map_or(wanted, |slots| slots.min(wanted)).max(1)))
}
