//! `aisle-oms import`: sheets of orders and of the site, with a dry run, a column map and a progress bar.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    path::{Path, PathBuf},
    time::Duration,
};

use aisle_core::id::Mint;
use aisle_oms::{
    context::Context,
    order::intake::{Incoming, Taken, retry_parked, take_in},
    sheet::orders,
    site::{ImportError, Imported, item, people, place, stock},
    store::{Store, StoreError, Tx, sqlite::Sqlite},
    words::{self, OrdersTaken},
};
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use super::home::{self, Home};

/// Orders that share a transaction: enough to hide the disk's own pace, few enough to show progress.
const GROUP: usize = 256;

/// What to import.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the file holds; `site` takes a folder with all the sheets of a site.
    what: What,
    /// The file, or the folder of a site.
    file: PathBuf,
    /// Say what would happen and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Our name of a column and the file's, when they differ: --map sku=StockCode. May be repeated.
    #[arg(long, value_name = "NAME=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Orders,
    Items,
    Locations,
    Stock,
    Cartons,
    Totes,
    Carts,
    Operators,
    Site,
}

/// The sheets of a site, in the order in which they build on one another.
const SHEETS: [(What, &str); 7] = [
    (What::Items, "items.csv"),
    (What::Locations, "locations.csv"),
    (What::Cartons, "cartons.csv"),
    (What::Totes, "totes.csv"),
    (What::Carts, "carts.csv"),
    (What::Operators, "operators.csv"),
    (What::Stock, "stock.csv"),
];

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, column) = text.split_once('=').ok_or("write NAME=COLUMN")?;
    Ok((name.to_owned(), column.to_owned()))
}

/// Imports.
pub(crate) fn import(home: Home, args: &Args) -> anyhow::Result<()> {
    let map: BTreeMap<String, String> = args.map.iter().cloned().collect();
    match args.what {
        What::Site => site(home, &args.file, args.dry_run, &map),
        What::Orders => import_orders(&home, &args.file, args.dry_run, &map),
        what => {
            let done = sheet(&home, what, &args.file, args.dry_run, &map)?;
            print!("{}", words::imported(&done, args.dry_run));
            Ok(())
        }
    }
}

/// Imports a folder of sheets, its settings first when the centre has none.
fn site(mut home: Home, folder: &Path, dry_run: bool, map: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let settings = folder.join("aisle-oms.toml");
    if settings.is_file() && !home.settings_file.exists() && !dry_run {
        if let Some(parent) = home.settings_file.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        home::write(&home.settings_file, &home::read(&settings)?)?;
        let text = String::from_utf8_lossy(&home::read(&settings)?).into_owned();
        home.settings = aisle_oms::settings::Settings::read(&text)?;
        println!("settings: {}", home.settings_file.display());
    }
    for (what, name) in SHEETS {
        let file = folder.join(name);
        if !file.is_file() {
            bail!("{} is missing: a site is a folder with its sheets", file.display());
        }
        let done = sheet(&home, what, &file, dry_run, map)?;
        print!("{name}: {}", words::imported(&done, dry_run));
    }
    Ok(())
}

/// Why an import was undone: it was only tried, or it failed.
enum Undone<T> {
    Tried(T),
    Failed(ImportError),
}
impl<T> From<StoreError> for Undone<T> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}
impl<T> From<ImportError> for Undone<T> {
    fn from(error: ImportError) -> Self {
        Self::Failed(error)
    }
}

/// Runs work in a transaction that is forgotten when it was only a try.
fn maybe<T>(
    store: &mut Sqlite,
    dry_run: bool,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, ImportError>,
) -> anyhow::Result<T> {
    let done = store.transact(|tx| match work(tx) {
        Ok(done) if dry_run => Err(Undone::Tried(done)),
        other => other.map_err(Undone::from),
    });
    match done {
        Ok(done) | Err(Undone::Tried(done)) => Ok(done),
        Err(Undone::Failed(error)) => Err(error.into()),
    }
}

fn sheet(
    home: &Home,
    what: What,
    file: &Path,
    dry_run: bool,
    map: &BTreeMap<String, String>,
) -> anyhow::Result<Imported> {
    let bytes = home::read(file)?;
    let (mut store, mut mint) = (home.open_beside()?, home::mint()?);
    let waits = spinner(file);
    let done = maybe(&mut store, dry_run, |tx| {
        let mut context = Context { now: (home.now)(), settings: &home.settings, mint: &mut mint };
        match what {
            What::Items => {
                let done = item::import_items(tx, &bytes, map)?;
                retry_parked(tx, &mut context)?;
                Ok(done)
            }
            What::Locations => place::import_locations(tx, &context, &bytes, map),
            What::Stock => stock::import_stock(tx, &mut context, &bytes, map),
            What::Cartons => item::import_cartons(tx, &bytes, map),
            What::Totes => place::import_totes(tx, &bytes, map),
            What::Carts => place::import_carts(tx, &bytes, map),
            What::Operators => people::import_operators(tx, &mut context, &bytes, map),
            What::Orders | What::Site => Ok(Imported::default()),
        }
    });
    waits.finish_and_clear();
    done.with_context(|| format!("{} was not imported", file.display()))
}

fn spinner(file: &Path) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let waits = ProgressBar::new_spinner().with_message(file.display().to_string());
    waits.enable_steady_tick(Duration::from_millis(100));
    waits
}

fn import_orders(
    home: &Home,
    file: &Path,
    dry_run: bool,
    map: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let zone = jiff::tz::TimeZone::get(&home.settings.site.time_zone)?;
    let read = orders::read(&home::read(file)?, map, &home.settings.import.charges, &zone)
        .with_context(|| format!("{} was not imported", file.display()))?;
    let (mut store, mut mint) = (home.open_beside()?, home::mint()?);
    let mut taken = OrdersTaken { rows: read.rows, problems: read.problems, ..OrdersTaken::default() };
    let bar = bar(read.orders.len());
    // A dry run is one transaction: later orders must see what earlier ones took.
    let group = if dry_run { read.orders.len().max(1) } else { GROUP };
    for orders in read.orders.chunks(group) {
        let done = maybe(&mut store, dry_run, |tx| take_group(tx, home, &mut mint, orders, &bar))?;
        for (order, outcome) in orders.iter().zip(done) {
            taken.add(order, outcome);
        }
    }
    bar.finish_and_clear();
    print!("{}", words::orders_taken(&taken, dry_run));
    Ok(())
}

fn take_group(
    tx: &mut Tx<'_>,
    home: &Home,
    mint: &mut Mint,
    orders: &[Incoming],
    bar: &ProgressBar,
) -> Result<Vec<Taken>, ImportError> {
    let channel = &home.settings.import.channel;
    let mut context = Context { now: (home.now)(), settings: &home.settings, mint };
    let mut done = Vec::with_capacity(orders.len());
    for order in orders {
        done.push(take_in(tx, &mut context, channel, order)?);
        bar.inc(1);
    }
    Ok(done)
}

fn bar(orders: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("orders {wide_bar} {pos}/{len} {per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(orders as u64).with_style(style)
}
