//! The demonstration: a real morning of orders, from the import to the carrier's hands.
//!
//! ```text
//! cargo run --example shift -- --orders assets/demo/orders.csv --seed 1 --mode auto|scripted|windows|torture
//! ```
//!
//! Scripted, three pickers, two packers and a lead work through the morning on headless terminals of their own
//! (raw scanner bytes in; pixels, cues and screen data out), over a network that fails and power cuts on both
//! sides. The script decides what people do, never what the software answers: goods move first, in
//! `target/demo/physics.jsonl`, and the end is reckoned from that file and the centre's ledger.
//!
//! Tortured, mornings follow each other for so many minutes: connections break and lag, terminals die while they
//! work on a scan, the centre loses power again and again. Each morning ends with the same reckoning.

#![allow(unreachable_pub, reason = "a program's modules speak to each other; nobody else names them")]

mod audit;
mod floor;
mod lead;
mod morning;
mod packer;
mod picker;
mod process;
mod proxy;
mod site;
mod storm;
mod torture;
mod walks;
mod windows;
mod world;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use process::Failure;

/// Plays a morning.
#[derive(Parser)]
struct Args {
    /// The day's orders.
    #[arg(long, default_value = "assets/demo/orders.csv")]
    orders: PathBuf,
    /// Another seed, another shift.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// In windows where there is a display, scripted where there is none; or as said.
    #[arg(long, value_enum, default_value = "auto")]
    mode: Mode,
    /// Scripted, without drawing the screens: quicker.
    #[arg(long)]
    no_pictures: bool,
    /// Tortured: mornings begin for so long.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// Where everything goes.
    #[arg(long, default_value = "target/demo")]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Auto,
    Scripted,
    Windows,
    Torture,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let windows = args.mode == Mode::Windows || (args.mode == Mode::Auto && display);
    let done: Result<bool, Failure> = if args.mode == Mode::Torture {
        torture::play(&args.orders, args.seed, &args.out, args.minutes)
    } else if windows {
        windows::open(&args.orders, args.seed, &args.out).map(|()| true)
    } else {
        morning::play(&args.orders, args.seed, &args.out, !args.no_pictures)
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the demonstration stopped: {error}");
            ExitCode::FAILURE
        }
    }
}
