//! The reckoning: the goods as `physics.jsonl` tells them against the centre's ledger, and every order told.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use aisle_core::{
    place::Place,
    task::{rows::Rows, state::Parcel, trouble::Trouble},
};
use aisle_oms::store::{
    Result, Store, Tx,
    record::{Bucket, LineRecord, OrderKind, OrderRecord},
    sqlite::Sqlite,
};

use super::{
    process::Failure,
    site,
    world::{self, Stock},
};

/// What the reckoning found.
#[derive(Default)]
pub struct Reckoning {
    /// Orders of the file, returns among them.
    pub orders: usize,
    /// Orders of which goods left and nothing is still under way.
    pub shipped: usize,
    /// Orders and returns that wait for somebody, each with its reason.
    pub parked: Vec<(String, String)>,
    /// Orders of which nothing could be promised or found: all of it waits for stock or was cancelled.
    pub waiting: Vec<String>,
    /// Orders that are neither: each is a failure.
    pub unexplained: Vec<String>,
    /// Exceptions that were raised.
    pub exceptions: usize,
    /// Exceptions that nobody settled.
    pub open_exceptions: usize,
    /// Pieces of which the ledger and the goods disagree.
    pub lost: i64,
    /// Where they disagree.
    pub differences: Vec<String>,
    /// Missing pieces that nobody has come upon yet.
    pub undiscovered: i64,
}

/// Reads the centre's database and the physics file, and compares.
pub fn reckon(
    database: &Path,
    physics: &Path,
    shrunk: &[(String, String, i64)],
    labels: &BTreeMap<String, String>,
) -> std::result::Result<Reckoning, Failure> {
    let mut store = Sqlite::open(database, [0; 16])?;
    let mut told = Reckoning::default();
    let ledger = store.transact(|tx| {
        orders(tx, &mut told)?;
        exceptions(tx, &mut told)?;
        ledger(tx, labels)
    })?;
    compare(ledger, world::recount(physics)?, shrunk, &mut told);
    Ok(told)
}

fn orders(tx: &Tx<'_>, told: &mut Reckoning) -> Result<()> {
    for order in tx.orders()? {
        told.orders += 1;
        let lines = tx.lines(order.id)?;
        if let Some(why) = &order.parked {
            told.parked.push((order.reference.clone(), why.clone()));
        } else if order.kind == OrderKind::Order {
            judge(&order, &lines, told);
        }
    }
    Ok(())
}

fn judge(order: &OrderRecord, lines: &[LineRecord], told: &mut Reckoning) {
    let sum = |bucket: Bucket| lines.iter().map(|line| line.part(bucket).0).sum::<i64>();
    let under_way =
        sum(Bucket::Unrouted) + sum(Bucket::Allocated) + sum(Bucket::Picked) + sum(Bucket::Packed);
    if under_way > 0 {
        told.unexplained.push(format!("{}: {under_way} pieces under way", order.reference));
    } else if sum(Bucket::Shipped) > 0 || lines.is_empty() {
        told.shipped += 1;
    } else {
        told.waiting.push(order.reference.clone());
    }
}

fn exceptions(tx: &Tx<'_>, told: &mut Reckoning) -> Result<()> {
    for trouble in tx.all::<Trouble>()? {
        told.exceptions += 1;
        told.open_exceptions += usize::from(trouble.settled.is_none());
    }
    Ok(())
}

/// The ledger's levels, with parcels named by the label that they wear.
fn ledger(tx: &Tx<'_>, labels: &BTreeMap<String, String>) -> Result<Stock> {
    let mut stock = Stock::new();
    for level in tx.levels()? {
        let place = match &level.place {
            Place::Parcel(id) => {
                let sscc = tx.fetch::<Parcel>(id)?.and_then(|parcel| parcel.sscc);
                let worn = sscc.and_then(|sscc| labels.get(&sscc).cloned());
                worn.unwrap_or_else(|| level.place.to_string())
            }
            other => other.to_string(),
        };
        let lot = level.lot.as_ref().map(ToString::to_string).unwrap_or_default();
        let goods = site::goods(&level.item.to_string(), &lot);
        *stock.entry((place, goods)).or_default() += level.on_hand.0;
    }
    stock.retain(|_, n| *n != 0);
    Ok(stock)
}

/// Where goods and ledger differ. What shrank unseen before the morning, and nobody came upon, may.
fn compare(ledger: Stock, mut goods: Stock, shrunk: &[(String, String, i64)], told: &mut Reckoning) {
    for (item, place, missing) in shrunk {
        let (here, loss) = ((place.clone(), item.clone()), ("virtual:loss".to_owned(), item.clone()));
        let booked = ledger.get(&here).copied().unwrap_or(0);
        let there = goods.get(&here).copied().unwrap_or(0);
        if booked == there + missing {
            *goods.entry(here).or_default() += missing;
            *goods.entry(loss).or_default() -= missing;
            told.undiscovered += missing;
        }
    }
    goods.retain(|_, n| *n != 0);
    let places: BTreeSet<_> = ledger.keys().chain(goods.keys()).cloned().collect();
    let mut by_item: BTreeMap<&str, i64> = BTreeMap::new();
    for key in &places {
        let of = |stock: &Stock| stock.get(key).copied().unwrap_or(0);
        let (booked, there) = (of(&ledger), of(&goods));
        if booked != there {
            told.differences.push(format!("{} at {}: {there} are there, {booked} in the book", key.1, key.0));
            *by_item.entry(&key.1).or_default() += (booked - there).abs();
        }
    }
    // Each displaced piece is missing in one place and too many in another.
    told.lost = by_item.values().map(|off| (off + 1) / 2).sum();
}
