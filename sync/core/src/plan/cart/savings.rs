//! Merging carts while that saves walking (Clarke and Wright 1964, with the savings of a merged cart worked out
//! anew, which de Koster et al. 1999 found to matter).

use super::Job;
use super::cost::Costs;
use super::state::{Cart, State};

/// Most pairs of carts weighed at first, where a walk is measured in a blink and where it is not. With more carts
/// each is weighed against those next to it, in an order that puts like beside like.
const MOST_PAIRS: [usize; 2] = [200_000, 40_000];

/// What putting two carts together would save.
#[derive(Debug, Clone, Copy)]
struct Merge {
    saves: i64,
    length_mm: u64,
    partner: usize,
}

/// Merges the best pair again and again until no pair saves anything.
pub(super) fn merge(job: &Job<'_>, costs: &mut Costs<'_>, state: &mut State) {
    let count = state.carts.len();
    let most = MOST_PAIRS[usize::from(!costs.quick())];
    let reach = (most / count.max(1)).max(8);
    if reach < count {
        state.carts.sort_by_cached_key(|cart| (cart.running.is_none(), alike(job, cart)));
    }
    let mut best: Vec<Option<Merge>> =
        (0..count).map(|cart| partner(job, costs, state, cart, reach)).collect();
    loop {
        let pairs = best.iter().enumerate().filter_map(|(cart, merge)| Some((cart, (*merge)?)));
        let Some((cart, merge)) = pairs.max_by_key(|(cart, merge)| (merge.saves, std::cmp::Reverse(*cart)))
        else {
            return;
        };
        let (keep, drop) = if state.carts[merge.partner].running.is_some() {
            (merge.partner, cart)
        } else {
            (cart, merge.partner)
        };
        let moved = std::mem::take(&mut state.carts[drop]);
        state.carts[keep].orders.extend(moved.orders);
        state.carts[keep].length_mm = merge.length_mm;
        for (other, best) in best.iter_mut().enumerate() {
            let stale = other == keep || best.is_some_and(|m| m.partner == keep || m.partner == drop);
            if other == drop {
                *best = None;
            } else if stale {
                *best = partner(job, costs, state, other, reach);
            } else if other.abs_diff(keep) <= reach
                && let Some(new) = weigh(job, costs, state, other, keep)
                && best.is_none_or(|old| old.saves < new.saves)
            {
                *best = Some(new);
            }
        }
    }
}

/// What puts carts with like orders beside each other: how urgent, and where in the layout on average.
fn alike(job: &Job<'_>, cart: &Cart) -> (u8, u64, u64) {
    let orders = || cart.orders.iter().map(|order| &job.orders[*order]);
    let priority = orders().map(|order| order.priority).min().unwrap_or(0);
    let stops = || orders().flat_map(|order| &order.stops);
    let count = stops().count().max(1) as u64;
    let aisle = stops().map(|stop| u64::from(stop.at.aisle)).sum::<u64>() * 4 / count;
    (priority, aisle, stops().map(|stop| u64::from(stop.at.along_mm)).sum::<u64>() / count)
}

/// The best partner of a cart among the `reach` carts after it (the pair is weighed once).
fn partner(job: &Job<'_>, costs: &mut Costs<'_>, state: &State, cart: usize, reach: usize) -> Option<Merge> {
    let count = state.carts.len();
    let mut best: Option<Merge> = None;
    for other in (cart + 1..count).take(reach) {
        if let Some(merge) = weigh(job, costs, state, cart, other)
            && best.is_none_or(|best| best.saves < merge.saves)
        {
            best = Some(merge);
        }
    }
    best
}

fn weigh(job: &Job<'_>, costs: &mut Costs<'_>, state: &State, one: usize, other: usize) -> Option<Merge> {
    let (first, second): (&Cart, &Cart) = (&state.carts[one], &state.carts[other]);
    let movable = |cart: &Cart| cart.running.is_none() && !cart.orders.is_empty();
    let running = first.running.or(second.running);
    if !movable(first) && !movable(second) || one == other {
        return None;
    }
    let emptied = first.running.is_none() && first.orders.is_empty();
    if emptied || second.running.is_none() && second.orders.is_empty() {
        return None;
    }
    let together: Vec<usize> = first.orders.iter().chain(&second.orders).copied().collect();
    if !state.fits(job, &together) {
        return None;
    }
    let length_mm = costs.length_mm(running, &together).ok()?;
    let saves = (first.length_mm + second.length_mm) as i64 - length_mm as i64;
    (saves > 0 && state.in_time(job, &together, length_mm)).then_some(Merge {
        saves,
        length_mm,
        partner: other,
    })
}
