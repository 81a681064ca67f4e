//! The fleet simulator: several terminals, a packing station, a lead and the centre in one process, one thread, under
//! one seed and a virtual clock.
//!
//! Everything that decides is production code: the terminal's shell with its floor, store and engine, the centre's
//! step functions, store and backup. Simulated are time, people, goods, the network and the disk, which fails. Goods
//! are moved first, then told. Laws (`laws::LAWS`) are watched all the time and at the end. `docs/simulator.md` tells
//! how to run it; `make simulate` and `cargo test --test fleet` are this program.

#![allow(unreachable_pub, reason = "a program's modules speak to each other; nobody else names them")]
#![expect(
    clippy::disallowed_methods,
    reason = "how many seeds a minute takes is told; no seed reads the clock"
)]

mod audit;
mod centre;
mod disk;
mod flow;
mod goods;
mod handheld;
mod laws;
mod mishaps;
mod net;
mod people;
mod platter;
mod profile;
mod run;
mod site;
mod sweep;
mod world;

use std::{env, panic, process::ExitCode, time::Instant};

use aisle_core::canary;

use profile::Profile;
use run::{Sum, catch, play, tell};
use site::Base;
use sweep::Wanted;

/// Seeds and canaries of a run of the tests: what fits into half a minute.
const SAMPLE_SEEDS: u64 = 16;
/// Canaries of a run of the tests.
const SAMPLE_CANARIES: [&str; 6] = [
    "journal_sync_off",
    "no_dedupe",
    "overlay_forgotten",
    "answered_not_committed",
    "excess_not_flagged",
    "undo_doubled",
];
/// Within so many seeds each canary must be caught.
const CANARY_SEEDS: u64 = 500;

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

fn main() -> ExitCode {
    // Run with every other test, and asked for others only: there is nothing to do.
    let filters: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if env::args().any(|arg| arg == "--list")
        || (!filters.is_empty() && !filters.iter().any(|filter| "fleet simulate".contains(filter.as_str())))
    {
        return ExitCode::SUCCESS;
    }
    panic::set_hook(Box::new(|_| {}));
    let wanted = env::var("SWEEP").unwrap_or_default();
    if !wanted.is_empty() {
        let Some(wanted) = Wanted::read(&wanted) else {
            println!("SWEEP is all, a share such as 20, or a point such as H1:123:Torn");
            return ExitCode::FAILURE;
        };
        return if sweep::sweep(&wanted) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let base = site::base(site::ORDERS, |order| 1 + order);
    let wanted = env::var("CANARY").unwrap_or_default();
    let canaries: Vec<&'static str> = match wanted.as_str() {
        "" if number("SEED").or_else(|| number("SEEDS")).is_none() => SAMPLE_CANARIES.to_vec(),
        "" => Vec::new(),
        "all" => canary::NAMES.to_vec(),
        name => canary::NAMES.into_iter().filter(|known| *known == name).collect(),
    };
    if !wanted.is_empty() && canaries.is_empty() {
        println!("no canary is called {wanted}: {}", canary::NAMES.join(" "));
        return ExitCode::FAILURE;
    }
    let sample = wanted.is_empty() && number("SEED").or_else(|| number("SEEDS")).is_none();
    let swept = !sample || sweep::sweep(&Wanted::SAMPLE);
    let first = number("SEED_BASE").unwrap_or(1);
    let began = Instant::now();
    let sum = seeds(&base, first, wanted.is_empty());
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let caught = canaries.iter().filter(|name| is_caught(&base, name, first)).count();
    if sum.seeds > 0 {
        let met: Vec<String> = sum.met.iter().map(|(what, count)| format!("{what} {count}")).collect();
        println!("met: {}", met.join(", "));
        println!("seeds_per_min: {:.0}", sum.seeds as f64 / minutes.max(1e-6));
    }
    let missed = canaries.len() - caught;
    println!(
        "simulate: seeds={} device_hours={:.1} faults={} invariants={} canaries={caught}/{} violations={}",
        sum.seeds,
        sum.device_ms as f64 / 3_600_000.0,
        sum.faults(),
        laws::LAWS.len(),
        canaries.len(),
        sum.violations,
    );
    if sum.violations == 0 && missed == 0 && sum.seeds > 0 && swept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plays the seeds that are wanted. With a canary, unless seeds are named too, only the sample.
fn seeds(base: &Base, first: u64, plain: bool) -> Sum {
    let mut sum = Sum::default();
    let one = number("SEED");
    let count = number("SEEDS").unwrap_or(SAMPLE_SEEDS);
    let wanted: Vec<u64> = match one {
        Some(seed) => vec![seed],
        None => (first..first.saturating_add(count)).collect(),
    };
    let mut doubled = false;
    for seed in wanted {
        let faults = env::var("FAULTS").ok().filter(|names| !names.is_empty());
        let until = number("UNTIL").and_then(|ms| i64::try_from(ms).ok());
        let profile = Profile::of(seed).only(faults.as_deref(), until);
        let played = play(base, &profile);
        sum.add(&played);
        if let Some(wrong) = &played.wrong {
            tell(base, &profile, wrong);
        }
        if !doubled && (plain || one.is_some()) {
            doubled = true;
            let again = play(base, &profile);
            if again.hash != played.hash {
                println!("S30 the same seed plays the same morning: seed {seed} does not");
                sum.violations += 1;
            }
        }
    }
    sum
}

fn is_caught(base: &Base, name: &&'static str, first: u64) -> bool {
    let began = Instant::now();
    let within = number("WITHIN").unwrap_or(CANARY_SEEDS);
    let seeds = first..first.saturating_add(within);
    match catch(base, name, seeds) {
        Some((seed, wrong)) => {
            let wrong: String = wrong.chars().take(150).collect();
            println!(
                "canary {name}: caught by seed {seed} in {:.0} s: {wrong}",
                began.elapsed().as_secs_f64()
            );
            true
        }
        None => {
            println!("canary {name}: not caught by {within} seeds");
            false
        }
    }
}
