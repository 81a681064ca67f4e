//! Routes: how long the exact walk takes to plan, and how good late bin choice is in 20 ms.
//!
//! Routes: 30 aisles, 40 random stops, sixty such tasks for each figure, planned with order and walk by one router
//! whose buffers have grown. The sixty are timed together, twenty times over; the figure is the fastest of the
//! twenty, divided by sixty: what the planner takes when nothing disturbs it, not what a terminal will see. Nothing
//! here is compared with another solver: `tests/outside` does that, once, outside `make test`.
//! Closed rounds start and end at the front of the first aisle; `mid` ones start inside an aisle and end elsewhere.
//!
//! Bins: the published instances with several bins an article, against their published optima, each given 20 ms of
//! this machine's time, so the figure moves with the machine. For two blocks and varying quantities our choices
//! differ from the published optima by more than they do anywhere else, and why was not settled: their figure
//! stands apart.

#![allow(clippy::disallowed_methods, reason = "a bench times what it runs")]

mod report;

use aisle_core::plan::bin::{Bin, Chooser, Fefo, Line};
use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::{End, Router, Stop};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const TASKS: usize = 60;
const ROUNDS: usize = 20;
const UNIT: u32 = 1_000;
const BUDGET: Duration = Duration::from_millis(20);

fn main() {
    let mut figures: Vec<(String, f64)> = Vec::new();
    for blocks in 1..=4 {
        for (mid, suffix) in [(false, ""), (true, "_mid")] {
            figures.push((format!("route_{blocks}block_40picks{suffix}_us"), route_us(blocks, mid)));
        }
    }
    let gaps = bin_gaps();
    for (name, gaps) in &gaps {
        let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
        figures.push((format!("bin_choice_gap_percent_20ms{name}"), mean));
    }
    let named: Vec<(&str, f64)> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    report::figures("route", &named);
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }
}

fn route_us(blocks: u32, mid: bool) -> f64 {
    let mut dice = Dice(7);
    let cross: Vec<u32> = (0..=blocks).map(|row| row * 45_000 / blocks).collect();
    let layout = Layout::rectangular(30, 5_000, &cross, Point::new(0, 0)).expect("the layout is sound");
    let mut point = || Point::new(dice.roll(30) as u16, 500 + dice.roll(45) * 1_000);
    let tasks: Vec<(Point, Point, Vec<Stop>)> = (0..TASKS)
        .map(|_| {
            let stops = (0..40).map(|_| Stop::at(Point { ..point() })).collect();
            if mid { (point(), point(), stops) } else { (Point::new(0, 0), Point::new(0, 0), stops) }
        })
        .collect();
    let mut router = Router::default();
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for (from, to, stops) in &tasks {
            black_box(router.route(&layout, *from, End::At(*to), black_box(stops)).is_ok());
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / TASKS as f64);
    }
    best
}

/// Gaps in percent, by kind of instance.
fn bin_gaps() -> BTreeMap<&'static str, Vec<f64>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sync/core/data/sprp-ss");
    let read =
        |name: &str| std::fs::read_to_string(folder.join(name)).expect("the instances are in the repository");
    let mut gaps: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in read("optima.csv").lines().skip(1).filter(|row| !row.contains("_F1_")) {
        let fields: Vec<&str> = row.split(',').collect();
        let text = read(fields[0]);
        for (two_block, optimum) in [(false, fields[1]), (true, fields[2])] {
            let optimum = f64::from(number(optimum) * UNIT);
            let name = match (two_block, fields[0].starts_with("varying")) {
                (false, _) => "",
                (true, false) => "_2block",
                (true, true) => "_2block_varying",
            };
            gaps.entry(name).or_default().push((length(&text, two_block) / optimum - 1.0) * 100.0);
        }
    }
    gaps
}

fn number(text: &str) -> u32 {
    text.trim().parse().expect("the instances hold whole numbers")
}

fn length(text: &str, two_block: bool) -> f64 {
    let field = |name: &str| {
        let row = text.lines().find(|row| row.starts_with(name)).expect("the field is there");
        row.split(':').nth(1).expect("the field has a value").trim()
    };
    let (cells, wide) = (number(field("NUM_CELLS")), u32::from(two_block));
    let along = |cell: u32| (cells - cell + if cell < cells / 2 { wide } else { 0 }) * UNIT;
    let top = (cells + 1 + wide) * UNIT;
    let cross = if two_block { vec![0, top / 2, top] } else { vec![0, top] };
    let depot = Point::new(
        number(field("DEPOT_AISLE")) as u16,
        if field("DEPOT_LOCATION") == "top" { top } else { 0 },
    );
    let gap = number(field("DISTANCE_AISLE_TO_AISLE")) * UNIT;
    let aisles = number(field("NUM_AISLES")) as u16;
    let layout = Layout::rectangular(aisles, gap, &cross, depot).expect("the instances are sound");
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    let (stock, wanted) = text.split_once("ORDER_SECTION").expect("the instances have orders");
    for words in ids(wanted) {
        lines.insert(number(words[1]), Line { quantity: u64::from(number(words[3])), bins: Vec::new() });
    }
    for words in ids(stock).filter(|words| words.len() > 4) {
        if let Some(line) = lines.get_mut(&number(words[1])) {
            let at = Point::new(number(words[3]) as u16, along(number(words[5])));
            line.bins.push(Bin::loose(at, u64::from(number(words[7]))));
        }
    }
    let lines: Vec<Line> = lines.into_values().collect();
    let start = Instant::now();
    let chooser = Chooser::new(&layout, depot, End::At(depot), &lines, Fefo::Ignored, 1);
    let mut chooser = chooser.expect("every line can be filled");
    while !chooser.done() && start.elapsed() < BUDGET {
        chooser.improve(20);
    }
    chooser.finish().expect("every bin can be reached").route.length_mm as f64
}

fn ids(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|row| row.starts_with("ID")).map(|row| row.split_whitespace().collect())
}
