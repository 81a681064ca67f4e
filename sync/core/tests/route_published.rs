//! The published optima of picker routing with one bin for each article, in one and two blocks.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::{Certificate, End, Router, Stop};
use std::path::Path;

/// Millimetres in the files' unit.
const UNIT: u32 = 1_000;

struct Instance {
    cells: u32,
    aisles: u16,
    gap: u32,
    depot: (u16, bool),
    stops: Vec<(u16, u32)>,
}

fn read(text: &str) -> Instance {
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split(':').nth(1).unwrap().trim().to_owned()
    };
    let number = |name: &str| field(name).parse::<u32>().unwrap();
    let stock = text.lines().filter(|line| line.contains("CELL") && line.starts_with("ID"));
    let stops = stock.map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        (words[3].parse().unwrap(), words[5].parse().unwrap())
    });
    for name in ["DISTANCE_CELL_TO_CELL", "DISTANCE_TOP_TO_CELL", "DISTANCE_BOTTOM_TO_CELL"] {
        assert_eq!(number(name), 1);
    }
    Instance {
        cells: number("NUM_CELLS"),
        aisles: number("NUM_AISLES") as u16,
        gap: number("DISTANCE_AISLE_TO_AISLE"),
        depot: (number("DEPOT_AISLE") as u16, field("DEPOT_LOCATION") == "top"),
        stops: stops.collect(),
    }
}

/// Cell 0 is at the top; a middle cross-aisle one unit wide divides the cells in halves.
fn length(instance: &Instance, two_block: bool, router: &mut Router) -> u64 {
    let wide = u32::from(two_block);
    let along = |cell: u32| (instance.cells - cell + if cell < instance.cells / 2 { wide } else { 0 }) * UNIT;
    let top = (instance.cells + 1 + wide) * UNIT;
    let cross = if two_block { vec![0, top / 2, top] } else { vec![0, top] };
    let depot = Point::new(instance.depot.0, if instance.depot.1 { top } else { 0 });
    let layout = Layout::rectangular(instance.aisles, instance.gap * UNIT, &cross, depot).unwrap();
    let stops: Vec<Stop> =
        instance.stops.iter().map(|(aisle, cell)| Stop::at(Point::new(*aisle, along(*cell)))).collect();
    let route = router.route(&layout, depot, End::At(depot), &stops).unwrap();
    assert_eq!(route.certificate, Certificate::Optimal);
    assert_eq!(route.order.len(), stops.len());
    route.length_mm
}

#[test]
fn every_published_optimum_with_one_bin_an_article_is_met() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sprp-ss");
    let optima = std::fs::read_to_string(folder.join("optima.csv")).unwrap();
    let mut router = Router::default();
    let mut met = 0;
    for line in optima.lines().skip(1).filter(|line| line.contains("_F1_")) {
        let fields: Vec<&str> = line.split(',').collect();
        let instance = read(&std::fs::read_to_string(folder.join(fields[0])).unwrap());
        for (two_block, optimum) in [(false, fields[1]), (true, fields[2])] {
            let optimum = optimum.parse::<u64>().unwrap() * u64::from(UNIT);
            assert_eq!(length(&instance, two_block, &mut router), optimum, "{line}");
            met += 1;
        }
    }
    assert_eq!(met, 96);
}
