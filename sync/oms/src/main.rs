//! The centre, as a program: reads the arguments, the clock and the system's randomness, and runs a command.

mod cli;

use std::{process::ExitCode, time::SystemTime};

use aisle_core::time::Millis;
use clap::Parser;

/// The time. This is the only place of the centre that reads the system's clock.
#[expect(clippy::disallowed_methods, reason = "the binary's main is where the clock enters")]
fn now() -> Millis {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn cut_short(error: &anyhow::Error) -> bool {
    let broken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref::<std::io::Error>().is_some_and(broken)
}

fn main() -> ExitCode {
    match cli::run(cli::Args::parse(), now) {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if cut_short(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aisle-oms: {error:#}");
            ExitCode::FAILURE
        }
    }
}
