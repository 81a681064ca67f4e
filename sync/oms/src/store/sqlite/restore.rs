//! Rebuilds a database from a backup, proves it, and gives it a new life.
//!
//! Every round of the log is laid beside the copy and taken in by SQLite itself, one after the other. A database
//! that was rebuilt knows less than the terminals do: so it draws its own name and its feed's name anew, and the
//! terminals send again what it does not have, and fetch its rows whole. Nothing here changes the backup.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use aisle_core::{canary, wire::chain::Incarnation};
use rusqlite::Connection;

use super::{
    Sqlite, broken, failed,
    ship::{hash_file, round_path},
    wal::{HEADER, Read, Round},
};
use crate::{
    store::{Result, Store, StoreError, lives, record::TerminalRecord, tables::SyncTables},
    terminal::SSCC_FLOOR,
};

/// How many ranges of parcel numbers are left out after a restore: more terminals than are enrolled between a
/// backup and the loss of the disk.
const RANGES_LEFT_OUT: u64 = 20;

/// How wide a range usually is, where the backup knows of none.
const RANGE_USUAL: u64 = 10_000;

/// What a rebuilt database is.
#[derive(Debug)]
pub struct Rebuilt {
    /// The generation, or the file, it was made of.
    pub from: PathBuf,
    /// Rounds of the log that were taken in.
    pub rounds: u32,
    /// Bytes at the end of the last round that are no whole commit: the centre died while it shipped them.
    pub torn_bytes: u64,
    /// How far each terminal is applied in it.
    pub terminals: Vec<TerminalRecord>,
    /// Its new name.
    pub centre: Incarnation,
}

/// The folders of a backup, oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn generations(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let named = name.split_once('-').is_some_and(|(began, end)| {
            began.len() == 16 && end.len() == 16 && began.bytes().all(|byte| byte.is_ascii_digit())
        });
        if named && path.is_dir() {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

fn damaged(what: String) -> StoreError {
    StoreError::Corrupt { what }
}

/// Rebuilds the newest complete generation of a backup, or takes a single database file, as `target`, which must
/// not exist. `entropy` names its new life.
///
/// # Errors
/// When there is no backup, a part of it is damaged, or the disk fails. `target` is then not there.
pub fn rebuild(backup: &Path, target: &Path, entropy: [u8; 16]) -> Result<Rebuilt> {
    let doing = "rebuild the database";
    if target.exists() {
        let what = format!("{} exists", target.display());
        return Err(StoreError::Database { doing, source: what.into() });
    }
    let done = rebuild_into(backup, target, entropy);
    if done.is_err() {
        remove(target);
    }
    done
}

/// Takes a database and what SQLite keeps beside it away, as far as it is there.
pub fn remove(database: &Path) {
    for path in [database.to_owned(), beside(database, "-wal"), beside(database, "-shm")] {
        // What is not there need not be taken away.
        let _ = fs::remove_file(path);
    }
}

/// The file that SQLite keeps beside a database under this ending.
#[must_use]
pub fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn rebuild_into(backup: &Path, target: &Path, entropy: [u8; 16]) -> Result<Rebuilt> {
    let doing = "read the backup";
    let (from, rounds, torn_bytes) = if backup.is_file() {
        fs::copy(backup, target).map_err(broken(doing))?;
        let log = beside(backup, "-wal");
        if log.exists() {
            fs::copy(&log, beside(target, "-wal")).map_err(broken(doing))?;
        }
        take_in(target)?;
        (backup.to_owned(), 0, 0)
    } else {
        let all = generations(backup).map_err(broken(doing))?;
        let newest = all.into_iter().rev().find(|path| path.join("snapshot.db").exists());
        let Some(folder) = newest else {
            return Err(damaged(format!("{} holds no complete backup", backup.display())));
        };
        let (rounds, torn_bytes) = take_generation(&folder, target)?;
        (folder, rounds, torn_bytes)
    };
    check(target)?;
    let mut store = Sqlite::open(target, entropy)?;
    let centre = store.begin_new_life(entropy)?;
    let terminals = store.terminals()?;
    Ok(Rebuilt { from, rounds, torn_bytes, terminals, centre })
}

fn take_generation(folder: &Path, target: &Path) -> Result<(u32, u64)> {
    let doing = "read the backup";
    let copy = folder.join("snapshot.db");
    let told = fs::read_to_string(folder.join("snapshot.b3")).map_err(broken(doing))?;
    let found = hash_file(&copy).map_err(broken(doing))?;
    if blake3::Hash::from_hex(told.trim()).ok() != Some(found) {
        return Err(damaged(format!("{} is not what was written", copy.display())));
    }
    fs::copy(&copy, target).map_err(broken(doing))?;
    let (mut number, mut torn) = (0, 0);
    loop {
        let path = round_path(folder, number + 1);
        if !path.exists() {
            break;
        }
        if torn > 0 {
            return Err(damaged(format!(
                "{} is not whole and is not the last",
                round_path(folder, number).display()
            )));
        }
        number += 1;
        let (bytes, rest) = whole_commits(&path)?;
        torn = rest;
        fs::write(beside(target, "-wal"), bytes).map_err(broken("lay a round beside the copy"))?;
        take_in(target)?;
    }
    if number == 0 {
        return Err(damaged(format!("{} has no round of the log", folder.display())));
    }
    Ok((number, torn))
}

/// The whole commits of a shipped round, and how many bytes follow them.
fn whole_commits(path: &Path) -> Result<(Vec<u8>, u64)> {
    let doing = "read a round of the backup";
    let mut file = File::open(path).map_err(broken(doing))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(broken(doing))?;
    let header: Option<&[u8; HEADER]> = bytes.first_chunk();
    let Some(round) = header.and_then(Round::read) else {
        return Err(damaged(format!("{} has no header", path.display())));
    };
    let end = Read::begin(round).on(&bytes[HEADER..]).offset;
    let whole = usize::try_from(end).unwrap_or(bytes.len());
    let rest = (bytes.len() - whole) as u64;
    bytes.truncate(whole);
    Ok((bytes, rest))
}

/// Lets SQLite take the log beside a database into it.
fn take_in(database: &Path) -> Result<()> {
    let doing = "take a round of the log in";
    let db = Connection::open(database).map_err(failed(doing))?;
    let busy: i64 =
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failed(doing))?;
    if busy != 0 {
        return Err(StoreError::Database { doing, source: "the rebuilt database is open elsewhere".into() });
    }
    db.close().map_err(|(_, error)| failed(doing)(error))
}

/// SQLite's own proof that every page is sound.
fn check(database: &Path) -> Result<()> {
    let doing = "check the rebuilt database";
    let db = Connection::open(database).map_err(failed(doing))?;
    let told: String =
        db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(failed(doing))?;
    db.close().map_err(|(_, error)| failed(doing)(error))?;
    if told == "ok" { Ok(()) } else { Err(damaged(format!("the rebuilt database: {told}"))) }
}

/// Whether some program has the database open.
///
/// # Errors
/// When the file is there and cannot be looked at.
pub fn is_in_use(database: &Path) -> Result<bool> {
    if !database.exists() {
        return Ok(false);
    }
    let db = Connection::open(database).map_err(failed("look at the database"))?;
    let alone = db
        .pragma_update(None, "locking_mode", "EXCLUSIVE")
        .and_then(|()| db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)));
    Ok(match alone {
        Ok(_) => false,
        Err(error) => matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
        ),
    })
}

impl Sqlite {
    /// Draws the database's own name and its feed's name anew: whoever spoke with an earlier life of it must send
    /// again what it does not have, and fetch its rows whole. Ranges of parcel numbers that an earlier life may have
    /// handed out since are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_new_life(&mut self, entropy: [u8; 16]) -> Result<Incarnation> {
        self.transact(|tx| {
            for (name, word) in lives(entropy).into_iter().filter(|_| !canary::sings("restored_keeps_name")) {
                tx.set_meta(name, &word)?;
            }
            let terminals = tx.terminals()?;
            let last = terminals.iter().map(|terminal| terminal.sscc_last).max().unwrap_or(0);
            let widest = terminals.iter().map(|terminal| terminal.sscc_last - terminal.sscc_first + 1).max();
            let before = tx.meta(SSCC_FLOOR)?.and_then(|floor| floor.parse().ok()).unwrap_or(0).max(last);
            let floor = before + widest.unwrap_or(RANGE_USUAL) * RANGES_LEFT_OUT;
            tx.set_meta(SSCC_FLOOR, &floor.to_string())?;
            tx.centre_incarnation()
        })
    }

    /// Leaves the log to whoever backs the database up: no commit cuts it off.
    ///
    /// # Errors
    /// When the database fails.
    pub fn leave_the_log(&self) -> Result<()> {
        let doing = "leave the log to the backup";
        self.db.pragma_update(None, "wal_autocheckpoint", 0).map_err(failed(doing))
    }
}
