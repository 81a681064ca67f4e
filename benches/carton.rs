//! Cartons: how few, how sure and how fast, over the 2,197 real orders published with BoxPacker.
//!
//! Each order is planned with the default limits, alone on one thread, three times; its time is the
//! shortest of the three, because the figure is about the planner and not about what else the machine does.
//!
//! Three bounds, each the sum over the orders of what is proven for one order, and each a proof about less:
//! * `carton_bound_plain`: an order's volume over the inner volume of the largest carton, or its weight over the
//!   load of the strongest, whichever is more, rounded up. It knows nothing of shapes.
//! * `carton_bound_without_support`: no set of so many cartons less one can take the order even if pieces float. A
//!   set is refuted by dual feasible functions (`plan/carton/bound.rs`), a single carton also by an exhaustive
//!   search. `carton_total_without_support` is what the packer then needs.
//! * `carton_bound`: the same, where 70 % of each base must rest on something; only the exhaustive search of a
//!   single carton uses that. No packer that keeps this rule can use fewer, so no goal below it can be met.

#![allow(clippy::disallowed_methods, reason = "a bench times what it runs")]

mod report;

use aisle_core::plan::carton::{Carton, Limits, Piece, pack};
use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

const BOXES: &str = include_str!("../sync/core/data/boxpacker/boxes.csv");
const ITEMS: &str = include_str!("../sync/core/data/boxpacker/items.csv");
const ROUNDS: usize = 3;

fn main() {
    let (cartons, orders) = (cartons(), orders());
    let (mut total, mut bound, mut proven) = (0, 0, 0);
    let (mut floating, mut floating_bound, mut plain) = (0, 0, 0);
    let mut times = Vec::with_capacity(orders.len());
    for pieces in &orders {
        let mut shortest = Duration::MAX;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            black_box(pack(black_box(pieces), &cartons, Limits::default()).is_ok());
            shortest = shortest.min(start.elapsed());
        }
        times.push(shortest);
        let plan = pack(pieces, &cartons, Limits::default()).expect("every published order fits");
        total += plan.cartons.len();
        bound += plan.bound() as usize;
        proven += usize::from(plan.bound() as usize == plan.cartons.len());
        let plan = pack(pieces, &cartons, Limits { support_percent: 0, ..Limits::default() });
        let plan = plan.expect("every published order fits");
        floating += plan.cartons.len();
        floating_bound += plan.bound() as usize;
        plain += plain_bound(pieces, &cartons);
    }
    times.sort_unstable();
    let p99 = times[(times.len() * 99).div_ceil(100) - 1];
    report::figures(
        "carton",
        &[
            ("carton_total", total as f64),
            ("carton_bound", bound as f64),
            ("carton_bound_without_support", floating_bound as f64),
            ("carton_total_without_support", floating as f64),
            ("carton_bound_plain", plain as f64),
            ("carton_us_p99", p99.as_nanos() as f64 / 1000.0),
            ("carton_proven_percent", proven as f64 * 100.0 / orders.len() as f64),
        ],
    );
}

/// By volume and by weight alone.
fn plain_bound(pieces: &[Piece], cartons: &[Carton]) -> usize {
    let volume = |w: u32, l: u32, d: u32| u64::from(w) * u64::from(l) * u64::from(d);
    let room = cartons.iter().map(|carton| volume(carton.w, carton.l, carton.d)).max().expect("cartons");
    let load = cartons.iter().map(|carton| u64::from(carton.max_g - carton.empty_g)).max().expect("cartons");
    let filled: u64 = pieces.iter().map(|piece| volume(piece.w, piece.l, piece.d)).sum();
    let weight: u64 = pieces.iter().map(|piece| u64::from(piece.weight_g)).sum();
    filled.div_ceil(room).max(weight.div_ceil(load)) as usize
}

fn number(text: &str) -> u32 {
    text.parse().expect("the published files hold whole numbers")
}

fn cartons() -> Vec<Carton> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let [ow, ol, od, empty_g, w, l, d, max_g] = std::array::from_fn(|at| number(fields[at + 1]));
        let cost = u64::from(ow) * u64::from(ol) * u64::from(od);
        Carton { code: fields[0].to_owned(), w, l, d, empty_g, max_g, cost }
    };
    BOXES.lines().map(row).collect()
}

fn orders() -> Vec<Vec<Piece>> {
    let mut orders: BTreeMap<&str, Vec<Piece>> = BTreeMap::new();
    for line in ITEMS.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let [w, l, d, weight_g] = std::array::from_fn(|at| number(fields[at + 3]));
        let id = fields[2].to_owned();
        let piece = Piece { id, w, l, d, weight_g, this_side_up: false, fragile: false };
        let quantity = number(fields[1]) as usize;
        orders.entry(fields[0]).or_default().extend(std::iter::repeat_n(piece, quantity));
    }
    orders.into_values().collect()
}
