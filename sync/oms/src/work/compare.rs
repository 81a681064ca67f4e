//! The walks of released lists against those of a plain system on the same picks.
//!
//! The plain system puts orders on carts as they came, the next one on the same cart while it fits (slots, stops,
//! weight, volume; urgency it does not know), and walks each cart by one fixed order of locations: by pick sequence,
//! which goes up one aisle and down the next (serpentine), or by their names (alphanumeric). Orders, stops, locations,
//! carts and ground are the same for all; every walk is a round from the depot, each time by the shortest way from one
//! location to the next. What a plain system would lose by choosing other locations is not counted.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::{Code, Id},
    place::Location,
    plan::ground,
    task::{
        rows::Rows,
        state::{FulfilmentOrder, PickList, PickTask},
    },
};

use super::{list, load, release};
use crate::{
    context::Context,
    store::{Result, Tx},
};

/// Walks in millimetres, and on how many rounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rounds {
    /// All together.
    pub length_mm: u64,
    /// How many.
    pub rounds: usize,
}

/// The same picks, walked in different ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walks {
    /// Orders on the lists.
    pub orders: usize,
    /// Picks on them.
    pub picks: usize,
    /// As planned.
    pub planned: Rounds,
    /// The planned carts, each walked by pick sequence: what the order of stops alone is worth.
    pub carts_by_sequence: Rounds,
    /// Carts filled as orders came, each walked by pick sequence.
    pub serpentine: Rounds,
    /// Carts filled as orders came, each walked by the names of locations.
    pub alphanumeric: Rounds,
}

impl Walks {
    /// By how many thousandths the planned walks are shorter than others.
    #[must_use]
    pub fn saved_permille(&self, other: Rounds) -> i64 {
        let of = |mm: u64| i128::from(mm);
        let saved = of(other.length_mm) - of(self.planned.length_mm);
        i64::try_from(saved * 1_000 / of(other.length_mm.max(1))).unwrap_or(0)
    }
}

/// The picks of one cart or order.
type Picks<'a> = Vec<&'a PickTask>;

/// Reckons the walks of all lists that brought an order to the floor. Those made later for orders that were on a
/// list before (handed over, or picked elsewhere after a short) are passed over: no plan knew of them. None without
/// a layout, and when a location does not lie on it.
///
/// # Errors
/// When the store fails.
pub fn walks(tx: &Tx<'_>, context: &Context<'_>) -> Result<Option<Walks>> {
    let ground = ground::Ground::of(context.settings.site.layout.as_ref());
    let mut lists: Vec<(PickList, Vec<PickTask>)> = Vec::new();
    for list in tx.all::<PickList>()? {
        let tasks = list::tasks(tx, &list)?;
        lists.push((list, tasks));
    }
    lists.sort_by_key(|(list, _)| list.number);
    let mut known: BTreeSet<Id<FulfilmentOrder>> = BTreeSet::new();
    lists.retain(|(_, tasks)| {
        let new = tasks.iter().any(|task| !known.contains(&task.fulfilment));
        known.extend(tasks.iter().map(|task| task.fulfilment));
        new
    });
    let mut places: BTreeMap<Code<Location>, Location> = BTreeMap::new();
    for task in lists.iter().flat_map(|(_, tasks)| tasks) {
        if let Some(place) = tx.fetch::<Location>(&task.location)? {
            places.insert(task.location.clone(), place);
        }
    }
    let carts: Vec<Picks<'_>> = lists.iter().map(|(_, tasks)| tasks.iter().collect()).collect();
    let as_they_came = as_they_came(tx, context, &carts)?;
    let by_sequence = |task: &PickTask| {
        let sequence = places.get(&task.location).map_or(u32::MAX, |place| place.pick_sequence);
        (sequence, task.location.clone())
    };
    let by_name = |task: &PickTask| (0, task.location.clone());
    let planned_mm: u64 = lists.iter().map(|(list, _)| list.walk_mm).sum();
    let all = (
        rounds(&ground, &places, &carts, by_sequence),
        rounds(&ground, &places, &as_they_came, by_sequence),
        rounds(&ground, &places, &as_they_came, by_name),
    );
    let (Some(carts_by_sequence), Some(serpentine), Some(alphanumeric)) = all else { return Ok(None) };
    let orders: BTreeSet<Id<FulfilmentOrder>> = carts.iter().flatten().map(|task| task.fulfilment).collect();
    Ok(Some(Walks {
        orders: orders.len(),
        picks: carts.iter().map(Vec::len).sum(),
        planned: Rounds { length_mm: planned_mm, rounds: carts.len() },
        carts_by_sequence,
        serpentine,
        alphanumeric,
    }))
}

/// The same orders on carts as they came: the next one on the same cart while it has a slot and stops left.
fn as_they_came<'a>(tx: &Tx<'_>, context: &Context<'_>, carts: &[Picks<'a>]) -> Result<Vec<Picks<'a>>> {
    let mut orders: BTreeMap<Id<FulfilmentOrder>, Picks<'a>> = BTreeMap::new();
    for task in carts.iter().flatten() {
        orders.entry(task.fulfilment).or_default().push(task);
    }
    let mut came = Vec::with_capacity(orders.len());
    for (id, picks) in orders {
        let order = tx.fetch::<FulfilmentOrder>(&id)?;
        let record = match &order {
            Some(order) => tx.order(order.order)?,
            None => None,
        };
        came.push((record.map(|record| (record.placed, record.reference)), id, picks));
    }
    came.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let picks: Vec<Picks<'a>> = came.into_iter().map(|(_, _, picks)| picks).collect();
    let limits = release::limits(tx, context)?;
    let mut sizes = Vec::with_capacity(picks.len());
    for order in &picks {
        let wanted = order.iter().map(|task| (&task.item, task.wanted));
        sizes.push(load::size(tx, wanted, limits.size.totes)?);
    }
    let runs = release::filled(&sizes, &limits);
    Ok(runs.iter().map(|run| run.iter().flat_map(|at| picks[*at].iter().copied()).collect()).collect())
}

/// The walks of carts whose stops are visited in a fixed order.
fn rounds<K: Ord>(
    ground: &ground::Ground,
    places: &BTreeMap<Code<Location>, Location>,
    carts: &[Picks<'_>],
    key: impl Fn(&PickTask) -> K,
) -> Option<Rounds> {
    let mut length_mm = 0;
    for cart in carts {
        let mut cart = cart.clone();
        cart.sort_by_cached_key(|task| key(task));
        length_mm += ground.along(None, cart.iter().map(|task| places.get(&task.location)))?;
    }
    Some(Rounds { length_mm, rounds: carts.len() })
}
