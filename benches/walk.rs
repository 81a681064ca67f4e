//! The walk of the demo's morning, from its orders to its lists: released by the centre as it releases them (bins,
//! carts and routes planned), against the same picks on carts filled as the orders came and walked by a fixed
//! sequence of locations. What is compared, and what is not, stands in `aisle_oms::work::compare`.
//!
//! `walk_vs_serpentine_percent` and `walk_vs_alphanumeric_percent`: by how much less is walked, carts and routes
//! together. `walk_order_alone_percent`: by how much less than the same carts walked by the fixed sequence; what
//! the order of stops alone is worth. The rest are the lengths behind them.

#![allow(clippy::disallowed_methods, reason = "a bench is a program of its own")]

mod report;

use std::collections::BTreeMap;

use aisle_core::{id::Mint, time::Millis};
use aisle_oms::{
    context::Context,
    demo,
    order::intake::take_in,
    settings::Settings,
    sheet::orders,
    site::{item, place, stock},
    store::{Result, Store, Tx, sqlite::Sqlite},
    work::{
        compare::{self, Rounds},
        release,
    },
};

fn main() {
    let site = demo::generate(demo::ORDERS, demo::SIZES, 1).expect("the demo's own site");
    let files: BTreeMap<&str, String> = site.files().into_iter().collect();
    let settings = Settings::read(&files["aisle-oms.toml"]).expect("the demo's own settings");
    let mut store = Sqlite::in_memory(*b"bench of a walk1").expect("a database in memory");
    let mut mint = Mint::new([9; 32]);
    let mut act = |work: &mut dyn FnMut(&mut Tx<'_>, &mut Context<'_>) -> Result<()>| {
        let now = Millis(1_291_190_000_000);
        let done = store.transact(|tx| work(tx, &mut Context { now, settings: &settings, mint: &mut mint }));
        done.expect("the database works");
    };
    act(&mut |tx, context| {
        let map = BTreeMap::new();
        let file = |name: &str| files[name].as_bytes();
        item::import_items(tx, file("items.csv"), &map).expect("items");
        place::import_locations(tx, context, file("locations.csv"), &map).expect("locations");
        place::import_carts(tx, file("carts.csv"), &map).expect("carts");
        stock::import_stock(tx, context, file("stock.csv"), &map).expect("stock");
        let charges = &context.settings.import.charges;
        let zone = jiff::tz::TimeZone::UTC;
        let read = orders::read(demo::ORDERS.as_bytes(), &map, charges, &zone).expect("the demo's orders");
        read.orders.iter().try_for_each(|order| take_in(tx, context, "csv", order).map(drop))?;
        release::run(tx, context).map(drop)
    });
    let mut walks = None;
    act(&mut |tx, context| {
        walks = compare::walks(tx, context)?;
        Ok(())
    });
    let walks = walks.expect("the demo has a layout");
    let saved = |other: Rounds| walks.saved_permille(other) as f64 / 10.0;
    let metres = |rounds: Rounds| (rounds.length_mm / 1_000) as f64;
    report::figures(
        "walk",
        &[
            ("walk_vs_serpentine_percent", saved(walks.serpentine)),
            ("walk_vs_alphanumeric_percent", saved(walks.alphanumeric)),
            ("walk_order_alone_percent", saved(walks.carts_by_sequence)),
            ("walk_planned_m", metres(walks.planned)),
            ("walk_serpentine_m", metres(walks.serpentine)),
            ("walk_alphanumeric_m", metres(walks.alphanumeric)),
            ("walk_lists", walks.planned.rounds as f64),
            ("walk_lists_as_they_came", walks.serpentine.rounds as f64),
            ("walk_picks", walks.picks as f64),
        ],
    );
}
