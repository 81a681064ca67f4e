//! What is left of a damaged journal.
//!
//! In: a file whose chain does not fit, or whose pages cannot be read. Out: a new file that holds every operation of
//! the old one that proves itself, in a new life, and the rest as pieces for the centre's quarantine. The old file is
//! put aside as it was found, never deleted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aisle_core::{
    id::{Code, Id, Mint},
    task::{op::Op, state::Terminal},
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::{self, WireOp},
    },
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::{
    Durability, beside,
    error::StoreError,
    if_there,
    journal::{self, Journal, insert, read_op, signed, unsigned},
};

/// After so many places without anything the end of a journal is given up, where it cannot tell its end.
const MISSES_MAX: u64 = 1_000;

/// Reads what is left of the file, and puts a new one in its place. Tells where the old one lies now.
///
/// # Errors
/// When the disk takes no new file; the old one is then where it was.
pub(super) fn mend(
    file: &Path,
    terminal: &Code<Terminal>,
    durability: Durability,
    now: Millis,
    mint: &mut Mint,
    why: &StoreError,
) -> Result<PathBuf, StoreError> {
    let left = Left::read(file, terminal);
    let (mending, mended) = (file.with_extension("mending"), file.with_extension("mended"));
    for old in [beside(&mending, "-wal"), mending.clone()] {
        if_there(fs::remove_file(old))?;
    }
    left.write(&mending, terminal, durability, now, mint, &why.to_string())?;
    fs::rename(&mending, &mended)?;
    put_in_place(file, now)?.ok_or(StoreError::Closed)
}

/// Puts a finished new file in the place of the damaged one, if there is one: after a power cut, what was begun is
/// ended. Tells where the damaged one lies now.
///
/// # Errors
/// When a file cannot be renamed.
pub(super) fn put_in_place(file: &Path, now: Millis) -> Result<Option<PathBuf>, StoreError> {
    let mended = file.with_extension("mended");
    if !mended.exists() {
        return Ok(None);
    }
    let aside = file.with_extension(format!("damaged-{}", now.0));
    for tail in ["-wal", "-shm"] {
        if_there(fs::rename(beside(file, tail), beside(&aside, tail)))?;
    }
    if_there(fs::rename(file, &aside))?;
    fs::rename(&mended, file)?;
    Ok(Some(aside))
}

/// One place of the damaged journal.
enum Place {
    /// It reads as an operation, with the link stored beside it.
    Whole(WireOp, Link),
    /// It does not; what was left, and its link where that is one.
    Broken(Vec<u8>, Option<Link>),
    /// Nothing is there, or nothing can be read.
    Empty,
}

/// What does not prove itself.
struct Piece {
    seq: u64,
    id: Option<Id<Op>>,
    bytes: Vec<u8>,
}

/// What could be read.
#[derive(Default)]
struct Left {
    sscc_next: i64,
    /// The number of the last life; 0 when none could be read.
    no: i64,
    /// Number, id, beginning, how far it was agreed on.
    lives: Vec<(i64, String, i64, i64)>,
    base: Option<(u64, Link)>,
    /// Centre, applied, safe, when.
    ack: (String, i64, i64, i64),
    kept: Vec<(WireOp, Link)>,
    verdicts: Vec<(u64, String)>,
    pieces: Vec<Piece>,
}

impl Left {
    /// Reads what it can; what it cannot is left out.
    fn read(file: &Path, terminal: &Code<Terminal>) -> Self {
        let mut left = Self::default();
        let Ok(db) = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
            return left;
        };
        // Each of these may fail for itself.
        let _ = db.pragma_update(None, "locking_mode", "EXCLUSIVE");
        left.sscc_next = db.query_row("SELECT sscc_next FROM owner", [], |r| r.get(0)).unwrap_or(0);
        left.lives = lives(&db).unwrap_or_default();
        left.lives.retain(|(_, life, ..)| journal::read_incarnation(life).is_some());
        let last = left.lives.last().map(|(no, life, ..)| (*no, life.clone()));
        let origin = last.as_ref().and_then(|(_, life)| journal::read_incarnation(life));
        let origin = origin.map(|life| Link::origin(terminal, life));
        let told = || db.query_row("SELECT max(incarnation) FROM op", [], |r| r.get::<_, Option<i64>>(0));
        let Some(no) = last.map(|(no, _)| no).or_else(|| told().ok().flatten()) else { return left };
        left.no = no;
        left.base = journal::read_base(&db, no).ok().flatten();
        left.ack = db
            .query_row("SELECT centre, applied_hi, safe_hi, at FROM ack", [], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })
            .unwrap_or_default();
        left.prove(&db, no, origin);
        left.verdicts = left.kept.iter().filter_map(|(op, _)| verdict(&db, no, op.seq)).collect();
        left
    }

    /// Sorts what proves itself from what does not. An operation is proven by its own link after the one before;
    /// where only a link was damaged, by the link of the next.
    fn prove(&mut self, db: &Connection, no: i64, origin: Option<Link>) {
        let (from, begins) = self.base.map_or((0, origin), |(seq, link)| (seq, Some(link)));
        let last: Option<Option<i64>> =
            db.query_row("SELECT max(seq) FROM op WHERE incarnation = ?1", [no], |r| r.get(0)).ok();
        let mut links: Vec<Link> = begins.into_iter().collect();
        let mut doubtful: Option<(WireOp, Link)> = None;
        let (mut seq, mut misses) = (from, 0);
        let goes_on = |seq: u64, misses: u64| match last {
            Some(last) => seq < last.map_or(0, unsigned),
            None => misses < MISSES_MAX,
        };
        while goes_on(seq, misses) {
            seq += 1;
            let place = place(db, no, seq);
            misses = if matches!(place, Place::Empty) { misses + 1 } else { 0 };
            let proven = match &place {
                Place::Whole(op, link) => links.iter().position(|before| before.then(op) == *link),
                Place::Broken(..) | Place::Empty => None,
            };
            // The second link is the one computed for an operation whose own does not fit.
            match (doubtful.take(), proven) {
                (Some((op, _)), Some(1)) => self.kept.push((op, links[1])),
                (Some((op, _)), _) => self.pieces.push(Piece::of(&op)),
                (None, _) => {}
            }
            let computed = match (&place, links.first()) {
                (Place::Whole(op, _), Some(before)) => Some(before.then(op)),
                _ => None,
            };
            match place {
                Place::Whole(op, link) if proven.is_some() => {
                    links = vec![link];
                    self.kept.push((op, link));
                }
                Place::Whole(op, link) => {
                    links = std::iter::once(link).chain(computed).collect();
                    doubtful = Some((op, link));
                }
                Place::Broken(bytes, link) => {
                    links = link.into_iter().collect();
                    self.pieces.push(Piece { seq, id: None, bytes });
                }
                Place::Empty => {
                    links.clear();
                    self.pieces.push(Piece { seq, id: None, bytes: Vec::new() });
                }
            }
        }
        self.pieces.extend(doubtful.map(|(op, _)| Piece::of(&op)));
        if last.is_none() {
            // What was looked for beyond the end is nothing that was lost.
            let end = self.pieces.iter().rposition(|piece| !piece.bytes.is_empty()).map_or(0, |at| at + 1);
            let kept = self.kept.last().map_or(0, |(op, _)| op.seq);
            let end = end.max(self.pieces.partition_point(|piece| piece.seq < kept));
            self.pieces.truncate(end);
        }
    }

    /// Writes the new file: the old life with what is proven of it, and a new one that carries it on.
    fn write(
        mut self,
        file: &Path,
        terminal: &Code<Terminal>,
        durability: Durability,
        now: Millis,
        mint: &mut Mint,
        why: &str,
    ) -> Result<(), StoreError> {
        if self.lives.is_empty() {
            self.lives.push((self.no.max(1), Incarnation(mint.bits()).to_string(), now.0, 0));
        }
        let (no, life) = self.lives.last().map(|(no, life, ..)| (*no, life.clone())).unwrap_or_default();
        let mut db = Connection::open(file)?;
        journal::prepare(&mut db, file, durability)?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "INSERT INTO owner (one, terminal, sscc_next) VALUES (1, ?1, ?2)",
            params![terminal.as_str(), self.sscc_next],
        )?;
        for (no, life, begun, agreed) in &self.lives {
            tx.execute(
                "INSERT INTO incarnation (no, id, begun_at, agreed) VALUES (?1, ?2, ?3, ?4)",
                params![no, life, begun, agreed],
            )?;
        }
        if let Some((seq, link)) = self.base {
            tx.execute(
                "INSERT INTO base (incarnation, seq, link) VALUES (?1, ?2, ?3)",
                params![no, signed(seq), link.0],
            )?;
        }
        let (centre, applied_hi, safe_hi, at) = &self.ack;
        tx.execute(
            "INSERT INTO ack (one, centre, applied_hi, safe_hi, at) VALUES (1, ?1, ?2, ?3, ?4)",
            params![centre, applied_hi, safe_hi, at],
        )?;
        for (op, link) in &self.kept {
            insert(&tx, no, op, link)?;
        }
        for (seq, body) in &self.verdicts {
            tx.execute(
                "INSERT INTO verdict (incarnation, seq, body) VALUES (?1, ?2, ?3)",
                params![no, signed(*seq), body],
            )?;
        }
        for piece in &self.pieces {
            tx.execute(
                "INSERT INTO salvage (why, life, seq, id, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    why,
                    life,
                    signed(piece.seq),
                    piece.id.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
                    v1::Piece::digits(&piece.bytes)
                ],
            )?;
        }
        tx.commit()?;
        Journal::load(db, file, durability, terminal)?.carry_on(now, mint)
    }
}

impl Piece {
    fn of(op: &WireOp) -> Self {
        Self { seq: op.seq, id: Some(op.id), bytes: serde_json::to_vec(op).unwrap_or_default() }
    }
}

fn lives(db: &Connection) -> Result<Vec<(i64, String, i64, i64)>, StoreError> {
    let mut select = db.prepare("SELECT no, id, begun_at, agreed FROM incarnation ORDER BY no")?;
    let rows = select.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn verdict(db: &Connection, no: i64, seq: u64) -> Option<(u64, String)> {
    let mut select =
        db.prepare_cached("SELECT body FROM verdict WHERE incarnation = ?1 AND seq = ?2").ok()?;
    let body = select.query_row(params![no, signed(seq)], |r| r.get(0)).optional().ok()??;
    Some((seq, body))
}

/// Looks for one operation by its place: pages that can be read are found beside others that cannot.
fn place(db: &Connection, no: i64, seq: u64) -> Place {
    let select = db.prepare_cached(
        "SELECT seq, id, family, kind, v, at, operator, body, link FROM op
         WHERE incarnation = ?1 AND seq = ?2",
    );
    let Ok(mut select) = select else { return Place::Empty };
    let read = select.query_row(params![no, signed(seq)], |row| {
        let link = row.get::<_, [u8; 32]>(8).ok().map(Link);
        Ok(match (read_op(row), link) {
            (Ok(op), Some(link)) => Place::Whole(op, link),
            (Ok(op), None) => Place::Broken(serde_json::to_vec(&op).unwrap_or_default(), None),
            (Err(_), link) => Place::Broken(row.get::<_, Vec<u8>>(7).unwrap_or_default(), link),
        })
    });
    read.unwrap_or(Place::Empty)
}
