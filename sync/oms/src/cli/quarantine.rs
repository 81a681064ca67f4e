//! `aisle-oms quarantine`: look at what is kept and not applied, and decide on it.

use std::io::{BufWriter, Write};

use aisle_oms::{sync::quarantine, words};
use anyhow::bail;
use clap::Subcommand;

use super::home::Home;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List what waits for a decision.
    List {
        /// Also what was accepted or discarded.
        #[arg(long)]
        all: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one thing whole, as it came.
    Show {
        /// Its number.
        number: u64,
    },
    /// Apply it, as if it came now. An operation that arrived otherwise takes no second effect.
    Accept {
        /// Its number; several, or a range such as 3-17.
        #[arg(required = true)]
        numbers: Vec<String>,
        /// Who decides, for the record.
        #[arg(long, default_value = "aisle-oms")]
        by: String,
    },
    /// Keep it as evidence, without effect.
    Discard {
        /// Its number; several, or a range such as 3-17.
        #[arg(required = true)]
        numbers: Vec<String>,
        /// Who decides, for the record.
        #[arg(long, default_value = "aisle-oms")]
        by: String,
    },
}

pub(crate) fn run(home: Home, command: Command) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match command {
        Command::List { all, json } => {
            for held in home.act(|tx, _| tx.quarantine(!all))? {
                let line = if json { words::held_json(&held).to_string() } else { words::held(&held) };
                writeln!(out, "{line}")?;
            }
        }
        Command::Show { number } => match home.act(|tx, _| tx.held(number))? {
            Some(held) => write!(out, "{}", words::held_whole(&held))?,
            None => bail!("nothing in quarantine has number {number}"),
        },
        Command::Accept { numbers, by } => {
            for number in expand(&numbers)? {
                let done = home.act(|tx, context| quarantine::accept(tx, context, number, &by))?;
                writeln!(out, "{}", words::decided(number, &done))?;
            }
        }
        Command::Discard { numbers, by } => {
            for number in expand(&numbers)? {
                let done = home.act(|tx, context| quarantine::discard(tx, context, number, &by))?;
                writeln!(out, "{}", words::decided(number, &done))?;
            }
        }
    }
    Ok(out.flush()?)
}

/// The most numbers one call may name: a range with a slip of the finger does not run for hours.
const NUMBERS_MAX: u64 = 100_000;

/// `3`, `5-8` as numbers.
fn expand(texts: &[String]) -> anyhow::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for text in texts {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (Ok(first), Ok(last)) = (first.trim().parse::<u64>(), last.trim().parse::<u64>()) else {
            bail!("{text:?} is no number and no range such as 3-17");
        };
        if last < first || last - first >= NUMBERS_MAX {
            bail!("{text:?} is no range of at most {NUMBERS_MAX} numbers");
        }
        numbers.extend(first..=last);
    }
    Ok(numbers)
}
