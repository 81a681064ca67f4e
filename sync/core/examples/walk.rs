//! Plans the shortest walk for tasks of any layout of parallel aisles, from anywhere to anywhere.
//!
//! ```text
//! cargo run --release -q -p aisle-core --example walk -- FILE…
//! ```
//!
//! A file holds one task a line, as JSON; lengths in millimetres, a place is `[aisle, along]`:
//! `{"aisles":10,"pitch":3000,"cross":[0,12000,24000],"start":[0,0],"end":[4,900],"stops":[[1,500],[3,7000]]}`.
//! Without `end` the walk ends at its last stop. Cross-aisles rise along the aisles; the last is their back end.
//!
//! Prints a line for each task, separated by tabs: the length in millimetres, the certificate (`optimal`, or the
//! proven bound), the microseconds for the plan, and the order of the visit, as numbers of stops from 0.

#![allow(clippy::disallowed_methods, reason = "whoever runs an example lends it a clock")]

use std::{process::ExitCode, time::Instant};

use aisle_core::plan::{
    layout::{Layout, Point},
    route::{Certificate, End, Router, Stop},
};
use serde::Deserialize;

/// One line of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    aisles: u16,
    pitch: u32,
    cross: Vec<u32>,
    start: (u16, u32),
    end: Option<(u16, u32)>,
    stops: Vec<(u16, u32)>,
}

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() || files.iter().any(|file| file.starts_with("--")) {
        eprintln!("usage: walk FILE…");
        return ExitCode::from(2);
    }
    let mut router = Router::default();
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{file}: {error}");
                code = ExitCode::FAILURE;
                continue;
            }
        };
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            match solve(&mut router, line) {
                Ok(told) => println!("{told}"),
                Err(reason) => {
                    eprintln!("{file}:{number}: {reason}");
                    code = ExitCode::FAILURE;
                }
            }
        }
    }
    code
}

fn solve(router: &mut Router, line: &str) -> Result<String, String> {
    let task: Task = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let point = |(aisle, along): (u16, u32)| Point::new(aisle, along);
    let layout = Layout::rectangular(task.aisles, task.pitch, &task.cross, Point::new(0, 0));
    let layout = layout.map_err(|error| error.to_string())?;
    let stops: Vec<Stop> = task.stops.into_iter().map(|stop| Stop::at(point(stop))).collect();
    let end = task.end.map_or(End::Anywhere, |end| End::At(point(end)));
    let begun = Instant::now();
    let route = router.route(&layout, point(task.start), end, &stops).map_err(|error| error.to_string())?;
    let micros = begun.elapsed().as_micros();
    let certificate = match route.certificate {
        Certificate::Optimal => "optimal".to_owned(),
        Certificate::Within { bound_mm } => format!("at least {bound_mm}"),
    };
    let order: Vec<String> = route.order.iter().map(ToString::to_string).collect();
    Ok(format!("{}\t{certificate}\t{micros}\t{}", route.length_mm, order.join(",")))
}
