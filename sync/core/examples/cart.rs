//! Puts the orders of published kinds of instances onto carts and prints what it found.
//!
//! ```text
//! cargo run --release -q -p aisle-core --example cart -- [--plan] [--ms BUDGET] FILE…
//! ```
//!
//! Reads JSON: `{"aisles":10,"cells":45,"cell":1,"aisle_pitch":5,"entry":1.5,"depot":{"aisle":0,"end":"front"},
//! "capacity":45,"orders":[{"id":"…","size":12,"picks":[[aisle,cell],…]},…]}`. One block, one closed walk from the
//! depot for each cart; a pick in cell c lies `entry + c × cell` from the front cross-aisle, an aisle is
//! `2 × entry + (cells − 1) × cell` long; the sizes on a cart add up to at most the capacity.
//!
//! Prints a line for each file, separated by tabs: the file, the length of all walks in the file's own unit, the
//! number of carts, and the seconds from the parsed file to the plan. With `--plan` a line for each cart follows,
//! with its order ids separated by commas. The budget is 1,000 ms unless told.

#![allow(clippy::disallowed_methods, reason = "whoever runs an example lends it a clock")]

use aisle_core::plan::cart::{Job, Limits, Order, Plan, Planner, Size};
use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::Stop;
use serde_json::Value;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Moves tried between two looks at the clock.
const STEPS: u64 = 200;
/// Combinations tried when the plan is put together from all carts.
const COMBINATIONS: u64 = 100_000;

fn main() -> ExitCode {
    let mut show = false;
    let mut budget = Duration::from_millis(1_000);
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--plan" => show = true,
            "--ms" => match arguments.next().and_then(|value| value.parse().ok()) {
                Some(ms) => budget = Duration::from_millis(ms),
                None => return usage("--ms needs a whole number of milliseconds"),
            },
            flag if flag.starts_with("--") => return usage(&format!("unknown option {flag}")),
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        return usage("no file given");
    }
    let mut code = ExitCode::SUCCESS;
    for file in files {
        match solve(&file, budget, show) {
            Ok(text) => print!("{text}"),
            Err(reason) => {
                eprintln!("{file}: {reason}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}\nusage: cart [--plan] [--ms BUDGET] FILE…");
    ExitCode::from(2)
}

fn solve(file: &str, budget: Duration, show: bool) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let json: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let instance = Instance::read(&json)?;
    let begun = Instant::now();
    let plan = instance.plan(begun, budget)?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut out =
        format!("{file}\t{}\t{}\t{seconds:.3}\n", instance.unit.show(plan.length_mm), plan.batches.len());
    if show {
        for batch in &plan.batches {
            let ids: Vec<&str> = batch.orders.iter().map(|order| instance.ids[*order].as_str()).collect();
            out += &ids.join(",");
            out.push('\n');
        }
    }
    Ok(out)
}

/// How many whole numbers make one of the file's unit.
#[derive(Clone, Copy)]
struct Unit(u64);

impl Unit {
    /// A length from its text, exactly.
    fn read(self, text: &str) -> Option<u32> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let tens = 10_u64.checked_pow(part.len() as u32)?;
        let part = if part.is_empty() { 0 } else { part.parse::<u64>().ok()? };
        let length = whole.parse::<u64>().ok()?.checked_mul(self.0)?.checked_add(part * self.0 / tens)?;
        u32::try_from(length).ok()
    }

    fn show(self, length: u64) -> String {
        let text = format!("{}.{:06}", length / self.0, length % self.0 * 1_000_000 / self.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

struct Instance {
    unit: Unit,
    layout: Layout,
    orders: Vec<Order>,
    ids: Vec<String>,
    capacity: u64,
}

impl Instance {
    fn read(json: &Value) -> Result<Self, String> {
        let names = ["cell", "aisle_pitch", "entry"];
        let decimals = names
            .iter()
            .map(|name| json[*name].to_string().split_once('.').map_or(0, |(_, part)| part.len().min(4)));
        let unit = Unit(10_u64.pow(decimals.max().unwrap_or(0) as u32));
        let length = |name: &str| {
            unit.read(&json[name].to_string()).ok_or_else(|| format!("\"{name}\" is not a length"))
        };
        let whole = |value: &Value, name: &str| {
            value.as_u64().ok_or_else(|| format!("\"{name}\" is not a whole number"))
        };
        let (cell, pitch, entry) = (length("cell")?, length("aisle_pitch")?, length("entry")?);
        let cells = whole(&json["cells"], "cells")?;
        let aisles = u16::try_from(whole(&json["aisles"], "aisles")?).map_err(|_| "too many aisles")?;
        let along = |number: u64| -> Option<u32> {
            let steps = u32::try_from(number).ok()?.checked_mul(cell)?;
            (number < cells).then(|| entry.checked_add(steps)).flatten()
        };
        let last = cells.checked_sub(1).and_then(along).and_then(|place| place.checked_add(entry));
        let last = last.ok_or("the aisles have no length that can be planned with")?;
        let depot_aisle = whole(&json["depot"]["aisle"], "depot.aisle")?;
        let depot_along = match json["depot"]["end"].as_str() {
            Some("front") => 0,
            Some("back") => last,
            _ => return Err("depot.end is neither front nor back".to_owned()),
        };
        let depot = Point::new(u16::try_from(depot_aisle).map_err(|_| "the depot is off")?, depot_along);
        let layout =
            Layout::rectangular(aisles, pitch, &[0, last], depot).map_err(|error| error.to_string())?;
        let capacity = whole(&json["capacity"], "capacity")?;
        let mut instance = Self { unit, layout, orders: Vec::new(), ids: Vec::new(), capacity };
        for order in json["orders"].as_array().ok_or("no orders")? {
            instance.order(order, along)?;
        }
        Ok(instance)
    }

    fn order(&mut self, json: &Value, along: impl Fn(u64) -> Option<u32>) -> Result<(), String> {
        let id = match &json["id"] {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        let totes = json["size"].as_u64().ok_or_else(|| format!("order {id} has no size"))?;
        if totes > self.capacity {
            return Err(format!("order {id} of size {totes} is larger than a cart"));
        }
        let picks = json["picks"].as_array().ok_or_else(|| format!("order {id} has no picks"))?;
        let stop = |pick: &Value| {
            let aisle = u16::try_from(pick[0].as_u64()?).ok()?;
            Some(Stop::at(Point::new(aisle, along(pick[1].as_u64()?)?)))
        };
        let stops: Option<Vec<Stop>> = picks.iter().map(stop).collect();
        let stops = stops.ok_or_else(|| format!("order {id} has a pick that is nowhere"))?;
        self.orders.push(Order {
            stops,
            size: Size { totes, ..Size::default() },
            priority: 0,
            left_ms: None,
        });
        self.ids.push(id);
        Ok(())
    }

    /// Plans within the budget: most of it exchanging orders, the rest putting the best carts together.
    fn plan(&self, begun: Instant, budget: Duration) -> Result<Plan, String> {
        let home = self.layout.depot();
        let limits = Limits::of(Size { totes: self.capacity, ..Size::default() });
        let job =
            Job { layout: &self.layout, start: home, end: home, orders: &self.orders, limits, running: &[] };
        let mut planner = Planner::new(&job, 1).map_err(|error| error.to_string())?;
        let most = budget * 9 / 10;
        loop {
            let spent = begun.elapsed();
            if spent >= most {
                break;
            }
            let left = 1_000 - (spent.as_nanos() * 1_000 / most.as_nanos().max(1)) as u64;
            planner.improve(STEPS, left);
        }
        if !budget.is_zero() {
            planner.recombine(COMBINATIONS);
        }
        Ok(planner.finish())
    }
}
