//! Terminals and the centre over a network that exists only as numbers: 50 ms there and back, 10 Mbit/s.
//!
//! The engine, both stores with every commit fsynced, the bodies and the centre's step functions are those of
//! production, and what they take is measured. What the network would take is reckoned and added: a round trip a
//! call, and a body's bytes at the line's rate. Nothing sleeps.
//!
//! `converge_after_heal_s_p99` is over two hundred partitions of up to half an hour in which calls fail at once, from
//! the healing until the terminal has nothing unsent and all rows. `idle_requests_per_h` counts calls of a terminal
//! that has nothing to say, at a centre that has nothing to tell. `storm_200x150_ratio` is how much longer a fleet
//! takes than the centre needs for its operations alone.

#![allow(clippy::disallowed_methods, reason = "what is measured here is time")]

mod line;
#[path = "../report/mod.rs"]
mod report;
mod site;
mod storm;

use aisle_core::{
    id::Mint,
    item::{Barcode, BarcodeKey, Item},
    task::rows::Rows,
    time::Millis,
};

use line::{Handheld, Line};
use site::Centre;

/// Operations that wait at a terminal that was away for long.
const DRAINED: usize = 10_000;
/// Barcodes of a large site, two of each item.
const BARCODES: usize = 100_000;
/// Partitions.
const PARTITIONS: u64 = 200;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut centre = Centre::open(&folder.path().join("centre.db"));
    let stops = centre.stops();
    let bytes_per_op = batches_of_a_hundred(&mut centre, folder.path(), &stops);
    let drain_s = drain(&mut centre, folder.path(), &stops);
    let idle_per_h = idle(&mut centre, folder.path());
    let converge_s = converge(&mut centre, folder.path(), &stops);
    let storm_ratio = storm::ratio(&mut centre, folder.path(), &stops);
    let (snapshot_s, snapshot_mb) = snapshot(&mut centre, folder.path());
    report::figures(
        "sync",
        &[
            ("sync_bytes_per_op", round(bytes_per_op, 1)),
            ("drain_10000_ops_s", round(drain_s, 2)),
            ("idle_requests_per_h", idle_per_h),
            ("converge_after_heal_s_p99", round(converge_s, 2)),
            ("storm_200x150_ratio", round(storm_ratio, 2)),
            ("snapshot_100k_barcodes_s", round(snapshot_s, 2)),
            ("snapshot_100k_barcodes_mb", round(snapshot_mb, 2)),
        ],
    );
}

fn round(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}

/// What an operation takes on the wire, packed, in batches of a hundred.
fn batches_of_a_hundred(centre: &mut Centre, folder: &std::path::Path, stops: &[site::Stop]) -> f64 {
    let mut handheld = Handheld::enrolled(centre, folder, "HB");
    let mut line = Line::default();
    for round in 0..20 {
        handheld.fill(&stops[round % stops.len()..], 100);
        line.run(&mut handheld, centre, |handheld| handheld.unsent() == 0);
    }
    let (bytes, batches) = line.hundreds;
    assert!(batches > 10, "a hundred operations are sent in one batch: {batches}");
    bytes as f64 / (batches * 100) as f64
}

fn drain(centre: &mut Centre, folder: &std::path::Path, stops: &[site::Stop]) -> f64 {
    let mut handheld = Handheld::enrolled(centre, folder, "HD");
    handheld.fill(stops, DRAINED);
    let mut line = Line::default();
    let took = line.run(&mut handheld, centre, |handheld| handheld.unsent() == 0);
    took.as_secs_f64()
}

fn idle(centre: &mut Centre, folder: &std::path::Path) -> f64 {
    let mut handheld = Handheld::enrolled(centre, folder, "HI");
    let mut line = Line::default();
    line.run(&mut handheld, centre, Handheld::is_fed);
    let (begun, calls) = (handheld.now, line.calls);
    line.run(&mut handheld, centre, |handheld| handheld.now.since(begun) >= 3_600_000);
    (line.calls - calls) as f64
}

/// The wait of one in a hundred, in seconds.
fn converge(centre: &mut Centre, folder: &std::path::Path, stops: &[site::Stop]) -> f64 {
    let mut handheld = Handheld::enrolled(centre, folder, "HC");
    let mut line = Line::default();
    line.run(&mut handheld, centre, Handheld::is_fed);
    let mut chance = Mint::new([11; 32]);
    let mut waits: Vec<f64> = (0..PARTITIONS)
        .map(|_| {
            line.parted = true;
            let away_ms = i64::try_from(chance.bits() % 1_800_000).unwrap_or(0);
            let until = handheld.now.plus(away_ms);
            handheld.fill(stops, usize::try_from(chance.bits() % 60).unwrap_or(0) + 1);
            line.run(&mut handheld, centre, |handheld| handheld.now >= until);
            line.parted = false;
            let healed = handheld.now;
            line.run(&mut handheld, centre, Handheld::is_told);
            handheld.now.since(healed) as f64 / 1e3
        })
        .collect();
    waits.sort_by(f64::total_cmp);
    waits[waits.len() * 99 / 100]
}

/// A new terminal of a site with a hundred thousand barcodes: until its rows are complete, and what came.
fn snapshot(centre: &mut Centre, folder: &std::path::Path) -> (f64, f64) {
    centre.act(|tx, _| {
        let like = tx.all::<Item>()?.remove(0);
        let have: usize = tx.all::<Item>()?.iter().map(|item| item.barcodes.len()).sum();
        for n in 0..BARCODES.saturating_sub(have).div_ceil(2) {
            let gtin = 9_520_000_000_000 + 10 * n as u64;
            let mut item = like.clone();
            item.code = aisle_core::id::Code::parse(&format!("BENCH{n}")).expect("a code");
            item.name = format!("{} {n}", like.name);
            item.barcodes = [1, 12]
                .map(|quantity| Barcode {
                    key: BarcodeKey::Gtin(gtin + u64::from(quantity == 12)),
                    quantity: aisle_core::quantity::Quantity(quantity),
                })
                .to_vec();
            tx.keep(item)?;
        }
        Ok(())
    });
    let mut handheld = Handheld::enrolled(centre, folder, "HS");
    let mut line = Line::default();
    let took = line.run(&mut handheld, centre, Handheld::is_fed);
    (took.as_secs_f64(), line.bytes_down as f64 / 1e6)
}

/// A time to begin at.
const BEGUN: Millis = Millis(1_291_190_400_000);
