//! `aisle-oms print`: labels, badges and documents as files.

use std::path::PathBuf;

use aisle_core::{id::Code, task::state::Operator};
use aisle_oms::{
    paper::{self, Pins, Press, Printed},
    store::Tx,
};
use anyhow::Context as _;

use super::home::{self, Home};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to print.
    #[command(subcommand)]
    what: What,
    /// Where to write the files.
    #[arg(long, global = true, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Language of the words, such as en or de.
    #[arg(long, global = true, value_name = "TAG", default_value = "en")]
    language: String,
}

#[derive(clap::Subcommand)]
enum What {
    /// The badges of all operators.
    Badges,
    /// The labels of all locations, lanes and benches.
    Locations,
    /// The stickers of all totes.
    Totes,
    /// The labels of all carts.
    Carts,
    /// Every barcode that the open pick lists need, with people and keys.
    Practice {
        /// A sheet of operators whose PINs are printed beside their badges.
        #[arg(long, value_name = "FILE")]
        operators: Option<PathBuf>,
    },
    /// A parcel's label (PDF and ZPL) and packing slip, again.
    Parcel {
        /// Its SSCC, 18 digits.
        sscc: String,
    },
    /// A closed manifest.
    Manifest {
        /// Its number.
        number: u32,
    },
}

pub(crate) fn run(home: Home, args: &Args) -> anyhow::Result<()> {
    let pins = match &args.what {
        What::Practice { operators: Some(file) } => {
            pins(&home::read(file)?).with_context(|| format!("{} cannot be read", file.display()))?
        }
        _ => Pins::new(),
    };
    let done = home.act(|tx, context| {
        let printed = Press::new(context.settings, &args.language, context.now)
            .and_then(|press| print(&press, tx, &args.what, &pins));
        Ok(printed)
    })?;
    for path in paper::write(&done?, &args.out)? {
        println!("{}", path.display());
    }
    Ok(())
}

fn print(press: &Press, tx: &Tx<'_>, what: &What, pins: &Pins) -> paper::Result<Vec<Printed>> {
    match what {
        What::Badges => press.badges(tx),
        What::Locations => press.locations(tx),
        What::Totes => press.totes(tx),
        What::Carts => press.carts(tx),
        What::Practice { .. } => press.practice(tx, pins),
        What::Parcel { sscc } => press.parcel(tx, sscc),
        What::Manifest { number } => press.manifest(tx, *number),
    }
}

/// The PINs of a sheet of operators, by badge. Rows that are wrong are passed over: their badges have no PIN.
fn pins(bytes: &[u8]) -> anyhow::Result<Pins> {
    let columns = [("badge", "badge"), ("pin", "pin")];
    let sheet = aisle_oms::sheet::Sheet::read(bytes, &columns, &std::collections::BTreeMap::new())?;
    let pin = |row: aisle_oms::sheet::Row<'_>| {
        let badge: Code<Operator> = row.parsed("badge").ok()?;
        Some((badge, row.needed("pin").ok()?.to_owned()))
    };
    Ok(sheet.rows().filter_map(pin).collect())
}
