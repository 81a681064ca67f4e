//! Carts: how close a plan comes in one second to the best ever found, over twenty instances of Henn and
//! Wäscher's kind (10 aisles of 45 cells, 20 to 100 orders), kept in `sync/core/data/carts` with those totals.
//!
//! Nine tenths of the second go to annealing, the rest to putting the best carts together. A total below the
//! best known is told on the way: it belongs into `best.csv`.

#![allow(clippy::disallowed_methods, reason = "a bench times what it runs")]

mod report;

use aisle_core::plan::cart::{Job, Limits, Order, Planner, Size};
use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::Stop;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

const BUDGET: Duration = Duration::from_millis(900);
const UNIT: u32 = 1_000;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sync/core/data/carts");
    let read =
        |name: &str| std::fs::read_to_string(folder.join(name)).expect("the instances are in the repository");
    let (mut gaps, mut worst) = (Vec::new(), 0.0_f64);
    for row in read("best.csv").lines().skip(1) {
        let (name, best) = row.split_once(',').expect("a name and a total");
        let best: f64 = best.parse().expect("a total");
        let json: Value = serde_json::from_str(&read(name)).expect("the instances are JSON");
        let total = plan(&json) / f64::from(UNIT);
        if total < best {
            println!("{name}: {total} is below the best known {best}");
        }
        let gap = (total / best - 1.0) * 100.0;
        worst = worst.max(gap);
        gaps.push(gap);
    }
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    report::figures("cart", &[("cart_gap_percent_1s", mean), ("cart_gap_percent_1s_worst", worst)]);
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|value| u32::try_from(value).ok()).expect("the instances hold whole numbers")
}

fn plan(json: &Value) -> f64 {
    let along = |cell: u32| (number(&json["entry"]) + cell * number(&json["cell"])) * UNIT;
    let last = along(number(&json["cells"]) - 1) + number(&json["entry"]) * UNIT;
    let home = Point::new(number(&json["depot"]["aisle"]) as u16, 0);
    let aisles = number(&json["aisles"]) as u16;
    let layout = Layout::rectangular(aisles, number(&json["aisle_pitch"]) * UNIT, &[0, last], home);
    let layout = layout.expect("the instances are sound");
    let stop = |pick: &Value| Stop::at(Point::new(number(&pick[0]) as u16, along(number(&pick[1]))));
    let order = |order: &Value| Order {
        stops: order["picks"].as_array().expect("picks").iter().map(stop).collect(),
        size: Size { totes: u64::from(number(&order["size"])), ..Size::default() },
        priority: 0,
        left_ms: None,
    };
    let orders: Vec<Order> = json["orders"].as_array().expect("orders").iter().map(order).collect();
    let limits = Limits::of(Size { totes: u64::from(number(&json["capacity"])), ..Size::default() });
    let job = Job { layout: &layout, start: home, end: home, orders: &orders, limits, running: &[] };
    let begun = Instant::now();
    let mut planner = Planner::new(&job, 1).expect("every order can be walked");
    while begun.elapsed() < BUDGET {
        let left = 1_000 - (begun.elapsed().as_nanos() * 1_000 / BUDGET.as_nanos()).min(1_000) as u64;
        planner.improve(200, left);
    }
    planner.recombine(100_000);
    planner.finish().length_mm as f64
}
