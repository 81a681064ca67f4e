//! Releases fulfilment orders to the floor: a stream with a cap on work in progress, most urgent first, in
//! runs of as many orders as a cart has slots.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    plan::{
        cart::{self, Limits, Running, Size},
        ground::{STOP_MS, WALK_MM_S},
        route::Effort,
    },
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Cart, FulfilmentOrder, FulfilmentState, ListState, PickList},
    },
    time::Millis,
};

use super::{
    bind, choose,
    list::{self, Bound},
    load,
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
/// What is due within an hour, or within four, is of another urgency than the rest.
const URGENT_WITHIN_MS: [u64; 2] = [3_600_000, 4 * 3_600_000];
/// Moves the cart planner may try for each order, and in all: a release keeps the writer no longer than a few seconds.
const STEPS_PER_ORDER: u64 = 2_000;
const MOST_STEPS: u64 = 80_000;

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
    /// 0 is the most urgent.
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
        if !work.picks.is_empty() {
            works.push(work);
        }
    }
    released.orders = works.len();
    open_lists(tx, context, works, &mut released)?;
    Ok(released)
}

/// Puts works on lists, those that nobody has begun and new ones. What passes the limit of stops once bins are
/// chosen is planned again with what else is left over.
fn open_lists(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    mut works: Vec<Work>,
    released: &mut Released,
) -> Result<()> {
    let mut ground = Ground::of(context);
    let most = context.settings.release.run_max_stops as usize;
    let mut joining = true;
    while !works.is_empty() {
        let mut placed: BTreeSet<usize> = BTreeSet::new();
        for run in runs(tx, context, &mut ground, &works, joining)? {
            let on_it = run.joins.as_ref().map(|list| list.tasks.len());
            let (picks, fitting) = fitted(tx, context, &mut ground, (&works, &run.works), most, on_it)?;
            if fitting == 0 {
                continue;
            }
            placed.extend(&run.works[..fitting]);
            released.stops += picks.len();
            match run.joins {
                Some(list) => list::extend(tx, context, &mut ground, list, &picks)?,
                None => {
                    list::open(tx, context, &mut ground, &picks, None)?;
                    released.lists += 1;
                }
            }
        }
        assert!(joining || !placed.is_empty(), "a new list takes at least one order");
        joining &= !placed.is_empty();
        let mut number = 0..;
        works.retain(|_| number.next().is_some_and(|number| !placed.contains(&number)));
    }
    Ok(())
}

/// Chooses the locations of a run's picks, for as many of its works, from the first, as then stay within the limit of
/// stops; so many are `on_it` already. A list of its own takes the first whatever its stops.
fn fitted(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    ground: &mut Ground,
    (works, run): (&[Work], &[usize]),
    most: usize,
    on_it: Option<usize>,
) -> Result<(Vec<Bound>, usize)> {
    for fitting in (1..=run.len()).rev() {
        let picks: Vec<Bound> = run[..fitting].iter().flat_map(|at| works[*at].picks.clone()).collect();
        let chosen = choose::anew(tx, context, ground, picks.clone(), None)?;
        if on_it.unwrap_or(0) + chosen.len() <= most || on_it.is_none() && fitting == 1 {
            return Ok((chosen, fitting));
        }
        choose::give_back(tx, &chosen)?;
        choose::take(tx, picks)?;
    }
    Ok((Vec::new(), 0))
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
        for bind::Taken { location, lot, quantity } in bind::assign(tx, context, &line.item, left, None)? {
            left -= quantity;
            picks.push(Bound {
                fulfilment: order.id,
                order: order.number.clone(),
                line: line.line,
                item: line.item.clone(),
                location,
                quantity,
                due: order.due,
                lot,
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
    let (urgency, left_ms) = urgency(order.due, context);
    if !picks.is_empty() {
        manifest::ensure_open(tx, context, &order.service)?;
    }
    tx.keep(order)?;
    Ok(Work { picks, urgency, left_ms })
}

/// Orders that go on one cart.
struct Run {
    /// The list nobody has begun that they join; a new one when there is none.
    joins: Option<PickList>,
    /// The works, as numbers in the list given.
    works: Vec<usize>,
}

/// Gathers works into runs: the planner's carts on a layout, else in order until a cart is full. Lists that
/// nobody holds keep their orders and may take more, if `joining`.
fn runs(
    tx: &Tx<'_>,
    context: &Context<'_>,
    ground: &mut Ground,
    works: &[Work],
    joining: bool,
) -> Result<Vec<Run>> {
    let limits = limits(tx, context)?;
    let most = limits.size.totes;
    let mut sizes = Vec::with_capacity(works.len());
    for work in works {
        sizes.push(size_of(tx, &work.picks, most)?);
    }
    let plain = || filled(&sizes, &limits).into_iter().map(|works| Run { joins: None, works }).collect();
    let Some(layout) = ground.layout().cloned() else { return Ok(plain()) };
    let mut orders = Vec::with_capacity(works.len());
    for (work, size) in works.iter().zip(&sizes) {
        let Some(stops) = load::stops(tx, ground, &work.picks)? else { return Ok(plain()) };
        orders.push(cart::Order { stops, size: *size, priority: work.urgency, left_ms: work.left_ms });
    }
    let (lists, running) =
        if joining { waiting(tx, context, ground, &mut orders, most)? } else { (Vec::new(), Vec::new()) };
    let job = cart::Job {
        layout: &layout,
        start: layout.depot(),
        end: layout.depot(),
        orders: &orders,
        limits,
        running: &running,
    };
    let effort = Effort::steps((STEPS_PER_ORDER * works.len() as u64).min(MOST_STEPS));
    let Ok(plan) = cart::batch(&job, effort) else { return Ok(plain()) };
    let mut runs: Vec<Run> = Vec::with_capacity(plan.batches.len());
    for batch in plan.batches {
        let joins = batch.running.and_then(|cart| lists.get(cart).cloned());
        let works: Vec<usize> = batch.orders.into_iter().filter(|order| *order < works.len()).collect();
        if !works.is_empty() {
            runs.push(Run { joins, works });
        }
    }
    runs.extend(plan.too_large.into_iter().map(|order| Run { joins: None, works: vec![order] }));
    Ok(runs)
}

fn size_of(tx: &Tx<'_>, picks: &[Bound], most: u64) -> Result<Size> {
    load::size(tx, picks.iter().map(|pick| (&pick.item, pick.quantity)), most)
}

/// What a cart takes. A unit of the planner's `totes` is a stop here: it then keeps runs as short as we want them.
///
/// # Errors
/// When the store fails.
pub(super) fn limits(tx: &Tx<'_>, context: &Context<'_>) -> Result<Limits> {
    let release = &context.settings.release;
    Ok(Limits {
        size: Size {
            totes: u64::from(release.run_max_stops),
            weight_g: u64::from(release.cart_max_kg) * 1_000,
            volume_mm3: u64::from(release.cart_max_l) * 1_000_000,
        },
        orders: slots(tx, context)?,
        priorities_apart: 1,
        speed_mm_s: WALK_MM_S,
        stop_ms: STOP_MS,
    })
}

/// Lists that nobody holds or has begun, as carts whose orders stay on them; their orders join `orders`.
fn waiting(
    tx: &Tx<'_>,
    context: &Context<'_>,
    ground: &mut Ground,
    orders: &mut Vec<cart::Order>,
    most: u64,
) -> Result<(Vec<PickList>, Vec<Running>)> {
    let Some(start) = ground.layout().map(aisle_core::plan::layout::Layout::depot) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let (mut lists, mut running) = (Vec::new(), Vec::new());
    for list in tx.all::<PickList>()? {
        if list.state != ListState::Open || list.holder.is_some() || list.slots.is_empty() {
            continue;
        }
        let mut picks: BTreeMap<u8, Vec<Bound>> = BTreeMap::new();
        for task in list::tasks(tx, &list)? {
            picks.entry(task.slot).or_default().push(Bound {
                fulfilment: task.fulfilment,
                order: String::new(),
                line: task.line,
                item: task.item.clone(),
                location: task.location.clone(),
                quantity: task.remaining(),
                due: None,
                lot: task.lot.clone(),
            });
        }
        let first = orders.len();
        let (priority, left_ms) = urgency(list.due, context);
        for picks in picks.values() {
            let Some(stops) = load::stops(tx, ground, picks)? else { continue };
            orders.push(cart::Order { stops, size: size_of(tx, picks, most)?, priority, left_ms });
        }
        running.push(Running { start, locked: (first..orders.len()).collect(), planned: Vec::new() });
        lists.push(list);
    }
    Ok((lists, running))
}

/// How urgent something due then is, in steps that may share a cart with the next, and the time left.
fn urgency(due: Option<Millis>, context: &Context<'_>) -> (u8, Option<u64>) {
    let Some(due) = due else { return (3, None) };
    let left_ms = u64::try_from(due.since(context.now)).unwrap_or(0);
    let step = URGENT_WITHIN_MS.iter().position(|within| left_ms <= *within).unwrap_or(2);
    (u8::try_from(step).unwrap_or(2), Some(left_ms))
}

/// Carts filled in the order given: the next order on the same cart while it fits.
pub(super) fn filled(sizes: &[Size], limits: &Limits) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut on_it = Size::default();
    for (index, size) in sizes.iter().enumerate() {
        let together = on_it.plus(*size);
        match runs.last_mut() {
            Some(run) if run.len() < limits.orders && together.within(limits.size) => {
                run.push(index);
                on_it = together;
            }
            _ => {
                runs.push(vec![index]);
                on_it = *size;
            }
        }
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
