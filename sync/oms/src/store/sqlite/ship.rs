//! The continuous backup: a copy of the database, and after it every commit, in a folder elsewhere.
//!
//! ```text
//! FOLDER/
//!   0001764060000000-9f3c…/      a generation: when it began, and a random end
//!     snapshot.db                the database as it was; complete once it has this name
//!     snapshot.b3                its BLAKE3 hash
//!     00000001.wal  00000002.wal rounds of the write-ahead log since, commit after commit
//! ```
//! A second connection copies the database (SQLite's backup API) and reads the log's file. A round is cut off only
//! by `Shipper::turn`, under the write lock, once all of it is in the folder: so no commit falls between two
//! rounds. Should the log have been cut off by somebody else, or the folder have been emptied, a new generation
//! begins. The folder itself is never made: one that is missing is a disk that is not mounted. What [`Shipper::step`]
//! answers as safe was read before its commits were shipped, and is on the target's disk when it returns.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use aisle_core::{canary, id::Code, task::state::Terminal, time::Millis, wire::chain::Incarnation};
use rusqlite::{Connection, backup};

use super::{
    BUSY_TIMEOUT_MS, broken,
    cells::{count, from_bits, text},
    failed,
    restore::{beside, generations},
    wal::{HEADER, Read, Round},
};
use crate::store::{Result, StoreError};

/// A thousand pages, as SQLite itself would.
const ROUND_MAX_BYTES: u64 = 4 << 20;
/// Few enough to be taken in within a second.
const ROUNDS_MAX_BYTES: u64 = 64 << 20;
/// Without a target the log may grow to this, in bytes, before it is checkpointed unshipped.
const UNSHIPPED_MAX_BYTES: u64 = 256 << 20;
/// Complete generations that are kept.
const GENERATIONS_KEPT: usize = 2;
/// The most that is read of the log at a time, in bytes.
const CHUNK_BYTES: u64 = 8 << 20;

/// How often a copy is tried while the log is cut off under it.
const COPY_TRIES: u32 = 5;
/// What fails when somebody else cut the log off.
const CUT_OFF: &str = "copy the database while its log stays as it is";

/// How far a terminal's journal is in the backup.
pub type Mark = (Code<Terminal>, Incarnation, u64);

/// Ships the commits of one database into one folder.
pub struct Shipper {
    db: Connection,
    lock: Connection,
    log: PathBuf,
    folder: PathBuf,
    generation: Option<Generation>,
    draw: Box<dyn FnMut() -> u64 + Send>,
    /// A round longer than this is ended, in bytes.
    pub round_max_bytes: u64,
    /// Rounds of a generation beyond this, and beyond four times its copy, begin a new one, in bytes.
    pub rounds_max_bytes: u64,
}

struct Generation {
    folder: PathBuf,
    copy_bytes: u64,
    shipped_bytes: u64,
    number: u32,
    file: File,
    read: Read,
    /// All of the round is shipped and checkpointed: the next round may follow.
    ended: bool,
}

/// The file of a round of the log in a generation's folder.
pub(super) fn round_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.wal"))
}

impl Shipper {
    /// Over a database that is open elsewhere in this program, into a folder. `draw` names generations apart.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(database: &Path, folder: &Path, draw: Box<dyn FnMut() -> u64 + Send>) -> Result<Self> {
        let connect = || -> Result<Connection> {
            let db = Connection::open(database).map_err(failed("open the database for its backup"))?;
            let doing = "prepare the backup's connection";
            db.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(failed(doing))?;
            db.pragma_update(None, "synchronous", "FULL").map_err(failed(doing))?;
            db.pragma_update(None, "wal_autocheckpoint", 0).map_err(failed(doing))?;
            Ok(db)
        };
        Ok(Self {
            db: connect()?,
            lock: connect()?,
            log: beside(database, "-wal"),
            folder: folder.to_owned(),
            generation: None,
            draw,
            round_max_bytes: ROUND_MAX_BYTES,
            rounds_max_bytes: ROUNDS_MAX_BYTES,
        })
    }

    /// Ships what was committed, and answers how far each terminal is safe now.
    ///
    /// # Errors
    /// When the database or the target fails; the next step begins a new generation.
    pub fn step(&mut self, now: Millis) -> Result<Vec<Mark>> {
        let marks = self.marks()?;
        if canary::sings("backup_claims_unshipped") && self.generation.is_some() {
            return Ok(marks);
        }
        match self.ship_all(now) {
            Ok(()) => Ok(marks),
            Err(error) => {
                self.generation = None;
                if fs::metadata(&self.log).is_ok_and(|log| log.len() > UNSHIPPED_MAX_BYTES) {
                    self.checkpoint()?;
                }
                Err(error)
            }
        }
    }

    /// The generation that is written to.
    #[must_use]
    pub fn generation(&self) -> Option<&Path> {
        self.generation.as_ref().map(|generation| generation.folder.as_path())
    }

    fn marks(&self) -> Result<Vec<Mark>> {
        let doing = "read how far terminals are applied";
        let sql = "SELECT code, incarnation, applied_hi FROM terminal WHERE incarnation IS NOT NULL";
        let mut statement = self.db.prepare_cached(sql).map_err(failed(doing))?;
        let marks = statement
            .query_map([], |row| Ok((text(row, 0)?, Incarnation(from_bits(row.get(1)?)), count(row, 2)?)));
        marks.and_then(Iterator::collect).map_err(failed(doing))
    }

    fn ship_all(&mut self, now: Millis) -> Result<()> {
        if self.generation.is_none() || !self.ship()? {
            self.begin_and_forget(now)?;
        }
        let Some(generation) = &self.generation else { return Ok(()) };
        if generation.read.offset > self.round_max_bytes && !generation.ended {
            self.turn()?;
        }
        let Some(generation) = &self.generation else { return Ok(()) };
        if generation.shipped_bytes > self.rounds_max_bytes.max(4 * generation.copy_bytes) {
            self.begin_and_forget(now)?;
        }
        Ok(())
    }

    /// Makes one generation and keeps every other, beside whoever else works on the database.
    ///
    /// # Errors
    /// When the database or the target fails.
    pub fn copy_once(&mut self, now: Millis) -> Result<Vec<Mark>> {
        let marks = self.marks()?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.begin(now) {
                // A running centre without a backup of its own cuts the log off as it likes.
                Err(StoreError::Database { doing: CUT_OFF, .. }) if tries < COPY_TRIES => {}
                done => return done.map(|()| marks),
            }
        }
    }

    fn begin_and_forget(&mut self, now: Millis) -> Result<()> {
        self.begin(now)?;
        self.forget_old();
        Ok(())
    }

    /// Copies the database, and what was committed while it was copied.
    fn begin(&mut self, now: Millis) -> Result<()> {
        self.generation = None;
        let doing = "begin a generation of the backup";
        let name = format!("{:016}-{:016x}", now.0.max(0), (self.draw)());
        let folder = self.folder.join(&name);
        // The folder above must be there: one that is missing may be a disk that is not mounted.
        fs::create_dir(&folder).map_err(broken(doing))?;
        // A commit of our own: whatever the log was, it has a round now.
        self.db
            .execute(
                "INSERT INTO meta (name, value) VALUES ('backup', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [&name],
            )
            .map_err(failed(doing))?;
        let Some(round) = self.round()? else {
            return Err(StoreError::Corrupt {
                what: "the write-ahead log has no header after a commit".into(),
            });
        };
        let part = folder.join("snapshot.part");
        self.copy(&part)?;
        let file = self.begin_round(&folder, 1)?;
        self.generation = Some(Generation {
            folder: folder.clone(),
            copy_bytes: fs::metadata(&part).map_err(broken(doing))?.len(),
            shipped_bytes: 0,
            number: 1,
            file,
            read: Read::begin(round),
            ended: false,
        });
        // The copy may hold commits that the log's copy does not yet: only with them it is whole.
        if !self.ship()? {
            return Err(StoreError::Database { doing: CUT_OFF, source: "another program cut it off".into() });
        }
        let hash = hash_file(&part).map_err(broken(doing))?;
        write_synced(&folder.join("snapshot.b3"), hash.to_hex().as_bytes()).map_err(broken(doing))?;
        fs::rename(&part, folder.join("snapshot.db")).map_err(broken(doing))?;
        sync_folder(&folder).and_then(|()| sync_folder(&self.folder)).map_err(broken(doing))?;
        Ok(())
    }

    fn copy(&self, part: &Path) -> Result<()> {
        let doing = "copy the database into the backup";
        let mut copy = Connection::open(part).map_err(failed(doing))?;
        // Whether the copy is whole is told by its name and its hash.
        copy.pragma_update(None, "journal_mode", "OFF").map_err(failed(doing))?;
        copy.pragma_update(None, "synchronous", "OFF").map_err(failed(doing))?;
        {
            let copying = backup::Backup::new(&self.db, &mut copy).map_err(failed(doing))?;
            if copying.step(-1).map_err(failed(doing))? != backup::StepResult::Done {
                return Err(StoreError::Database { doing, source: "the database was busy".into() });
            }
        }
        copy.close().map_err(|(_, error)| failed(doing)(error))?;
        File::open(part).and_then(|file| file.sync_all()).map_err(broken(doing))
    }

    fn begin_round(&self, folder: &Path, number: u32) -> Result<File> {
        let doing = "begin a round in the backup";
        let mut header = [0; HEADER];
        File::open(&self.log).and_then(|mut log| log.read_exact(&mut header)).map_err(broken(doing))?;
        let path = round_path(folder, number);
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(broken(doing))?;
        file.write_all(&header).and_then(|()| file.sync_all()).map_err(broken(doing))?;
        sync_folder(folder).map_err(broken(doing))?;
        Ok(file)
    }

    /// The round that the log is in.
    fn round(&self) -> Result<Option<Round>> {
        let mut header = [0; HEADER];
        match File::open(&self.log).and_then(|mut log| log.read_exact(&mut header)) {
            Ok(()) => Ok(Round::read(&header)),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(broken("read the write-ahead log")(error)),
        }
    }

    /// Ships what the log has beyond what was shipped. `false` when commits may be missing between.
    fn ship(&mut self) -> Result<bool> {
        let round = self.round()?;
        let Some(generation) = &self.generation else { return Ok(false) };
        if !generation.is_there() {
            return Ok(false);
        }
        if round.is_none_or(|round| round.salts != generation.read.round().salts) {
            let (Some(round), true) = (round, generation.ended) else { return Ok(false) };
            let number = generation.number + 1;
            let file = self.begin_round(&generation.folder.clone(), number)?;
            if let Some(generation) = &mut self.generation {
                generation.shipped_bytes += generation.read.offset;
                (generation.number, generation.file) = (number, file);
                (generation.read, generation.ended) = (Read::begin(round), false);
            }
        }
        let doing = "ship commits into the backup";
        let Some(generation) = &mut self.generation else { return Ok(false) };
        let mut log = File::open(&self.log).map_err(broken(doing))?;
        let mut wrote = false;
        loop {
            let mut bytes = Vec::new();
            log.seek(SeekFrom::Start(generation.read.offset)).map_err(broken(doing))?;
            (&mut log).take(CHUNK_BYTES).read_to_end(&mut bytes).map_err(broken(doing))?;
            let mut end = generation.read.on(&bytes);
            if end.offset == generation.read.offset && bytes.len() as u64 == CHUNK_BYTES {
                // One commit is longer than what is read at a time.
                log.read_to_end(&mut bytes).map_err(broken(doing))?;
                end = generation.read.on(&bytes);
            }
            let length = usize::try_from(end.offset - generation.read.offset).unwrap_or(0);
            if length == 0 {
                break;
            }
            append(generation, &bytes[..length], end).map_err(broken(doing))?;
            wrote = true;
        }
        if wrote {
            generation.file.sync_data().map_err(broken(doing))?;
        }
        // Cut off while it was read: what was read is whole, but more may have come before the cut. Not so where
        // the round had ended: then the next step goes on with the new one.
        let (now, generation) = (self.round()?, self.generation.as_ref());
        Ok(generation.is_some_and(|generation| {
            let same = now.is_some_and(|now| now.salts == generation.read.round().salts);
            generation.is_there() && (same || generation.ended)
        }))
    }

    /// Ends the round: under the write lock the rest is shipped and everything checkpointed, so that the next
    /// commit begins a new round.
    fn turn(&mut self) -> Result<()> {
        let doing = "end a round of the write-ahead log";
        self.lock.execute_batch("BEGIN IMMEDIATE").map_err(failed(doing))?;
        let done = self.turn_locked();
        self.lock.execute_batch("ROLLBACK").map_err(failed(doing))?;
        done
    }

    fn turn_locked(&mut self) -> Result<()> {
        if !self.ship()? {
            self.generation = None;
            return Ok(());
        }
        let (frames, checkpointed) = self.checkpoint()?;
        if let Some(generation) = &mut self.generation {
            let frame = generation.read.round().frame() as u64;
            let shipped = (generation.read.offset - HEADER as u64) / frame;
            generation.ended = frames == checkpointed && frames == shipped;
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<(u64, u64)> {
        self.db
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
                let count = |column| row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or(0));
                Ok((count(1)?, count(2)?))
            })
            .map_err(failed("checkpoint the write-ahead log"))
    }

    /// Takes away generations that newer complete ones replace, and what was never completed. That this fails
    /// costs room, nothing else.
    fn forget_old(&self) {
        let Ok(all) = generations(&self.folder) else { return };
        let complete: Vec<&PathBuf> = all.iter().filter(|path| path.join("snapshot.db").exists()).collect();
        let kept = &complete[complete.len().saturating_sub(GENERATIONS_KEPT)..];
        for path in &all {
            if self.generation() != Some(path.as_path())
                && !kept.contains(&path)
                && let Err(error) = fs::remove_dir_all(path)
            {
                tracing::warn!(path = %path.display(), %error, "an old generation of the backup stays");
            }
        }
    }
}

impl Generation {
    /// Whether what is written to is still what the folder shows: an open file outlives its name, and a disk that
    /// was taken away its mount.
    fn is_there(&self) -> bool {
        fs::metadata(round_path(&self.folder, self.number)).is_ok_and(|shown| shown.len() >= self.read.offset)
    }
}

fn append(generation: &mut Generation, bytes: &[u8], end: Read) -> std::io::Result<()> {
    // What an interrupted step wrote is written over.
    generation.file.seek(SeekFrom::Start(generation.read.offset))?;
    generation.file.write_all(bytes)?;
    generation.read = end;
    // Commits after the end of a round that was not cut off after all.
    generation.ended = false;
    Ok(())
}

pub(super) fn hash_file(path: &Path) -> std::io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path)?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finalize()),
            read => {
                hasher.update(&chunk[..read]);
            }
        }
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes names in a folder durable, where the system can.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
