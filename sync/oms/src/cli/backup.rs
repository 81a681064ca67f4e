//! `aisle-oms backup` and `aisle-oms restore`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use aisle_core::{id::Code, time::Millis};
use aisle_oms::{
    stock::verify,
    store::{
        Store,
        sqlite::{
            Sqlite,
            restore::{self, Rebuilt},
            ship::Shipper,
        },
    },
    words,
    work::notice,
};
use anyhow::{Context as _, bail};

use super::home::{self, Home};

/// Makes one whole copy, beside a centre that may be running.
pub(crate) fn backup(home: Home, folder: &Path) -> anyhow::Result<()> {
    if !home.database.exists() {
        bail!("{} is not there: nothing to back up", home.database.display());
    }
    let same = |other: &PathBuf| fs::canonicalize(other).ok() == fs::canonicalize(folder).ok();
    if home.settings.backup.folder.as_ref().is_some_and(same) {
        bail!("{} is the folder that `aisle-oms serve` writes to: name another one", folder.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut mint = home::mint()?;
    let mut shipper = Shipper::open(&home.database, folder, Box::new(move || mint.bits()))?;
    let marks =
        shipper.copy_once((home.now)()).with_context(|| format!("no backup in {}", folder.display()))?;
    let made = shipper.generation().unwrap_or(folder);
    println!("{}", words::backed_up(made, &marks));
    Ok(())
}

/// Rebuilds a database from a backup and proves it; puts it in place unless it was only to be proved.
pub(crate) fn restore(
    home: Home,
    from: &Path,
    only_verify: bool,
    contradictions: bool,
) -> anyhow::Result<ExitCode> {
    let now = (home.now)();
    if !only_verify && restore::is_in_use(&home.database).unwrap_or(false) {
        bail!("{} is open: stop the centre first", home.database.display());
    }
    if let Some(folder) = home.database.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let part = restore::beside(&home.database, &format!(".rebuilt-{}", now.0));
    let done = prove(from, &part, now, contradictions);
    let (rebuilt, sound) = match done {
        Ok(done) => done,
        Err(error) => {
            restore::remove(&part);
            return Err(error);
        }
    };
    if only_verify || !sound {
        restore::remove(&part);
        return Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let aside = put_in_place(&part, &home.database, now)?;
    println!("{}", words::restored(&home.database, aside.as_deref(), &rebuilt));
    Ok(ExitCode::SUCCESS)
}

/// Rebuilds beside the database, and tells what was found. `false` when its books contradict one another.
fn prove(from: &Path, part: &Path, now: Millis, contradictions: bool) -> anyhow::Result<(Rebuilt, bool)> {
    let mut entropy = [0u8; 16];
    getrandom::fill(&mut entropy).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let rebuilt = restore::rebuild(from, part, entropy)?;
    let mut store = Sqlite::open(part, entropy)?;
    let by = Code::parse(home::CENTRE)?;
    store.transact(|tx| notice::restored(tx, &by, now))?;
    let report = store.transact(|tx| verify::verify(tx))?;
    drop(store);
    println!("{}", words::rebuilt(&rebuilt));
    for violation in &report.violations {
        println!("{violation}");
    }
    println!("{}", words::verified(&report));
    Ok((rebuilt, report.violations.is_empty() || contradictions))
}

/// Moves the database that is there aside, and the rebuilt one in its place.
fn put_in_place(part: &Path, database: &Path, now: Millis) -> anyhow::Result<Option<PathBuf>> {
    let aside = restore::beside(database, &format!(".before-{}", now.0));
    let was_there = database.exists();
    for ending in ["", "-wal", "-shm"] {
        let from = restore::beside(database, ending);
        if from.exists() {
            fs::rename(&from, restore::beside(&aside, ending))
                .with_context(|| format!("cannot move {} aside", from.display()))?;
        }
    }
    fs::rename(part, database).with_context(|| format!("cannot put {} in place", database.display()))?;
    Ok(was_there.then_some(aside))
}
