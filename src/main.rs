//! `aisle`: the terminal, as a program. Parses arguments, wires, runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use aisle::app::{
    headless::{self, Headless},
    log::Log,
    place::Place,
};
use aisle_core::wire::v1::Enrolment;
use anyhow::Context;
use clap::{Parser, Subcommand};
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// The warehouse terminal. Without an enrolment it opens on a training sandbox.
#[derive(Parser)]
#[command(version, about)]
struct Args {
    /// Keep all files under this folder instead of where the system says.
    #[arg(long, global = true, value_name = "FOLDER")]
    home: Option<PathBuf>,
    /// Work without a window: raw scans come from the input, one a line, and each is answered with one JSON line.
    #[arg(long)]
    headless: bool,
    /// With --headless: read the scans from this file, then end.
    #[arg(long, value_name = "FILE", requires = "headless")]
    scans: Option<PathBuf>,
    /// With --headless: draw every screen and keep a picture of each state in this folder.
    #[arg(long, value_name = "FOLDER", requires = "headless")]
    screens: Option<PathBuf>,
    /// A bench's or desk's screen, 1280 by 800.
    #[arg(long)]
    wide: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Print where this terminal keeps its files.
    Where,
    /// Become the terminal that this enrolment names, as `aisle-oms enrol` wrote it.
    Enrol {
        /// The enrolment file.
        file: PathBuf,
    },
    /// Begin the training sandbox anew.
    Practice,
    /// Write a bundle for support and print where it is.
    Diagnostics,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aisle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> anyhow::Result<()> {
    let place = Place::find(args.home.as_deref())?;
    match &args.command {
        Some(Command::Where) => {
            for (what, folder) in
                [("config", &place.config), ("data", &place.data), ("logs", &place.logs), ("out", &place.out)]
            {
                println!("{what}\t{}", folder.display());
            }
            return Ok(());
        }
        Some(Command::Enrol { file }) => return enrol(&place, file),
        Some(Command::Practice) => {
            let folder = place.practice();
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
            }
        }
        Some(Command::Diagnostics) => {
            println!("{}", headless::diagnostics(&place, seed()?)?.display());
            return Ok(());
        }
        None => {}
    }
    log_to(&place)?;
    let enrolment = if matches!(args.command, Some(Command::Practice)) { None } else { place.enrolment()? };
    if args.headless {
        let how = Headless { scans: args.scans.clone(), screens: args.screens.clone(), wide: args.wide };
        return Ok(headless::run(place, enrolment.as_ref(), seed()?, &how)?);
    }
    open_window(place, enrolment.as_ref(), args.wide)
}

#[cfg(feature = "desktop")]
fn open_window(place: Place, enrolment: Option<&Enrolment>, wide: bool) -> anyhow::Result<()> {
    Ok(aisle::app::window::run(place, enrolment, seed()?, wide)?)
}

#[cfg(not(feature = "desktop"))]
fn open_window(_: Place, _: Option<&Enrolment>, _: bool) -> anyhow::Result<()> {
    anyhow::bail!("this build has no window: start it with --headless")
}

fn enrol(place: &Place, file: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let enrolment: Enrolment =
        toml::from_str(&text).with_context(|| format!("{} is no enrolment", file.display()))?;
    place.enrol(&enrolment)?;
    println!("{} works with {}", enrolment.terminal, enrolment.centre);
    Ok(())
}

/// Randomness for this run's ids and waits.
fn seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(seed)
}

fn log_to(place: &Place) -> anyhow::Result<()> {
    let log: &'static Log = Box::leak(Box::new(Log::open(&place.logs)?));
    let wanted = std::env::var("AISLE_LOG").ok().and_then(|told| told.parse().ok());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO));
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || log);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    Ok(())
}
