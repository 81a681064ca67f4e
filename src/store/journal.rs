//! The journal: operations appended before they are confirmed.
//!
//! In: operations and the time. Out: a [`Receipt`], which nothing else can make, once they are on the disk.
//! It never rewrites an operation and never drops one.

use std::path::{Path, PathBuf};

use aisle_core::{
    canary,
    id::{Code, Id, Mint},
    task::{
        op::{Family, Op, Origin},
        state::{Operator, Terminal},
    },
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::WireOp,
    },
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::value::RawValue;

use super::{
    Durability,
    error::StoreError,
    migrate::{assert_sqlite, migrate},
};

const STEPS: [&str; 3] =
    [include_str!("journal.sql"), include_str!("journal-2.sql"), include_str!("journal-3.sql")];
/// The file's present life.
const LATEST: &str = "SELECT no, id FROM incarnation ORDER BY no DESC LIMIT 1";

/// Proof that operations are on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    last_seq: u64,
    count: u64,
}

impl Receipt {
    /// The journal's last operation after the append.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.last_seq
    }
    /// How many operations it is about.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }
}

/// One operation as journaled.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place.
    pub seq: u64,
    /// Who, when, which id.
    pub origin: Origin,
    /// What; none when a newer build wrote it.
    pub op: Option<Op>,
}

/// How far the centre is, as last heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Which life of the centre's database; none before the first answer.
    pub centre: Option<Incarnation>,
    /// Every operation up to this one is on its disk.
    pub applied_hi: u64,
    /// Every operation up to this one is in a backup off its machine.
    pub safe_hi: u64,
}

/// The open journal file.
#[derive(Debug)]
pub struct Journal {
    /// None while the file is closed after a failure.
    db: Option<Connection>,
    file: PathBuf,
    durability: Durability,
    pub(super) terminal: Code<Terminal>,
    pub(super) incarnation_no: i64,
    pub(super) incarnation: Incarnation,
    pub(super) next_seq: u64,
    pub(super) tail: Link,
    /// The last operation let go of, and its link; 0 and the origin before the first.
    pub(super) base: (u64, Link),
    pub(super) heard: Heard,
    /// One past the highest 16 digits (company prefix and serial) that a seal has used.
    sscc_next: u64,
    /// How the next append fails, for tests of what follows.
    #[cfg(test)]
    failing: Option<Failing>,
}

/// A failing append.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Failing {
    /// Nothing reached the disk.
    Lost,
    /// The commit is on the disk, and the disk reported that it is not.
    Kept,
    /// No space is left.
    Full,
    /// The file system takes no writes.
    ReadOnly,
}

impl Journal {
    /// Opens or makes the journal and proves the part of its chain that the centre has not confirmed.
    ///
    /// # Errors
    /// See [`StoreError`]: newer format, another terminal's file, a chain that does not fit.
    pub fn open(
        file: &Path,
        terminal: &Code<Terminal>,
        durability: Durability,
        now: Millis,
        mint: &mut Mint,
    ) -> Result<Self, StoreError> {
        let mut db = Connection::open(file)?;
        prepare(&mut db, file, durability)?;
        begin(&mut db, terminal, now, mint)?;
        let mut journal = Self::load(db, file, durability, terminal)?;
        journal.prove()?;
        Ok(journal)
    }

    /// Over a file that is prepared and begun, whose chain is not proven.
    pub(super) fn load(
        db: Connection,
        file: &Path,
        durability: Durability,
        terminal: &Code<Terminal>,
    ) -> Result<Self, StoreError> {
        let (owner, sscc_next): (String, i64) =
            db.query_row("SELECT terminal, sscc_next FROM owner", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        if owner != terminal.as_str() {
            return Err(StoreError::Foreign { found: owner, wanted: terminal.to_string() });
        }
        let (incarnation_no, incarnation): (i64, String) =
            db.query_row(LATEST, [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let incarnation = read_incarnation(&incarnation).ok_or(StoreError::Damaged { seq: 0 })?;
        let heard = read_heard(&db)?;
        let base = read_base(&db, incarnation_no)?;
        Ok(Self {
            db: Some(db),
            file: file.to_owned(),
            durability,
            terminal: terminal.clone(),
            incarnation_no,
            incarnation,
            next_seq: 1,
            tail: Link::origin(terminal, incarnation),
            base: base.unwrap_or_else(|| (0, Link::origin(terminal, incarnation))),
            heard,
            sscc_next: u64::try_from(sscc_next).unwrap_or(0),
            #[cfg(test)]
            failing: None,
        })
    }

    /// Whether the file is closed after a failure.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.db.is_none()
    }

    pub(super) fn db(&self) -> Result<&Connection, StoreError> {
        self.db.as_ref().ok_or(StoreError::Closed)
    }

    pub(super) fn db_mut(&mut self) -> Result<&mut Connection, StoreError> {
        self.db.as_mut().ok_or(StoreError::Closed)
    }

    /// Lets go of the connection, whose idea of the file is in doubt after a failure, and opens the file anew.
    /// What is found in it is written to the disk once more, for a failed write may have been taken for done.
    /// The file must be there and be the same.
    ///
    /// # Errors
    /// See [`Journal::open`]. The journal is then closed.
    pub(super) fn reopen(&mut self) -> Result<(), StoreError> {
        // The old connection holds the file's lock.
        self.db = None;
        let db = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        configure(&db, self.durability)?;
        let (terminal, sscc_next): (String, i64) =
            db.query_row("SELECT terminal, sscc_next FROM owner", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let known: i64 = db.query_row(
            "SELECT count(*) FROM incarnation WHERE no = ?1 AND id = ?2",
            params![self.incarnation_no, self.incarnation.to_string()],
            |r| r.get(0),
        )?;
        if terminal != self.terminal.as_str() || known == 0 {
            return Err(StoreError::Foreign { found: terminal, wanted: self.terminal.to_string() });
        }
        let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
        if busy != 0 {
            return Err(StoreError::Busy);
        }
        let (no, life): (i64, String) = db.query_row(LATEST, [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        self.incarnation_no = no;
        self.incarnation = read_incarnation(&life).ok_or(StoreError::Damaged { seq: 0 })?;
        self.base =
            read_base(&db, no)?.unwrap_or_else(|| (0, Link::origin(&self.terminal, self.incarnation)));
        self.heard = read_heard(&db)?;
        self.sscc_next = unsigned(sscc_next);
        self.db = Some(db);
        self.prove().inspect_err(|_| self.db = None)
    }

    /// Proof for operations whose append failed and which are on the disk after all, at the end of the journal
    /// after `seq`; none when they are not.
    ///
    /// # Errors
    /// When the file fails.
    pub(super) fn receipt_after(
        &self,
        seq: u64,
        ops: &[(Id<Op>, Op)],
    ) -> Result<Option<Receipt>, StoreError> {
        let kept = self.ops_after(seq, usize::MAX)?;
        let all = kept.len() == ops.len() && kept.iter().zip(ops).all(|(kept, (id, _))| kept.id == *id);
        Ok(all.then_some(Receipt { last_seq: self.last_seq(), count: ops.len() as u64 }))
    }

    /// Follows the chain over what the centre has not confirmed, and remembers its end.
    fn prove(&mut self) -> Result<(), StoreError> {
        let from = self.heard.applied_hi;
        let begins = self.link_at(from)?.filter(|_| from > self.base.0).map(|link| (from, link));
        let (mut seq, mut tail) = begins.unwrap_or(self.base);
        for op in self.ops_after(seq, usize::MAX)? {
            let link = tail.then(&op);
            let stored = self.link_at(op.seq)?;
            if op.seq != seq + 1 || stored != Some(link) {
                return Err(StoreError::Damaged { seq: op.seq });
            }
            (seq, tail) = (op.seq, link);
        }
        if self.heard.applied_hi > seq {
            return Err(StoreError::Damaged { seq: seq + 1 });
        }
        self.next_seq = seq + 1;
        self.tail = tail;
        Ok(())
    }

    /// Appends operations in one transaction. When it returns, they are on the disk.
    ///
    /// # Errors
    /// When the disk fails; the caller must then open the store anew, for the end of the file is in doubt.
    pub fn append(
        &mut self,
        now: Millis,
        operator: &Code<Operator>,
        ops: &[(Id<Op>, Op)],
    ) -> Result<Receipt, StoreError> {
        let (mut seq, mut tail, mut sscc_next) = (self.next_seq, self.tail, self.sscc_next);
        let incarnation_no = self.incarnation_no;
        #[cfg(test)]
        let failing = self.failing.take();
        let tx = self.db_mut()?.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (id, op) in ops {
            let wire = to_wire(seq, *id, op, now, operator);
            let link = tail.then(&wire);
            insert(&tx, incarnation_no, &wire, &link)?;
            if let Some(serial) = sscc_serial(op) {
                sscc_next = sscc_next.max(serial + 1);
                tx.execute("UPDATE owner SET sscc_next = ?1", [signed(sscc_next)])?;
            }
            (seq, tail) = (seq + 1, link);
        }
        #[cfg(test)]
        if let Some(failing) = failing {
            return Err(failing.happen(tx));
        }
        if canary::strikes("confirmed_not_committed", 7) {
            tx.rollback()?;
        } else {
            tx.commit()?;
        }
        let count = seq - self.next_seq;
        (self.next_seq, self.tail, self.sscc_next) = (seq, tail, sscc_next);
        Ok(Receipt { last_seq: seq - 1, count })
    }

    /// Up to `limit` operations after `seq`, as they are sent.
    ///
    /// # Errors
    /// When the file fails.
    pub fn ops_after(&self, seq: u64, limit: usize) -> Result<Vec<WireOp>, StoreError> {
        let mut select = self.db()?.prepare_cached(
            "SELECT seq, id, family, kind, v, at, operator, body FROM op
             WHERE incarnation = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = select.query(params![self.incarnation_no, signed(seq), limit])?;
        let mut ops = Vec::new();
        while let Some(row) = rows.next()? {
            ops.push(read_op(row)?);
        }
        Ok(ops)
    }

    /// The operations after `seq`, understood.
    ///
    /// # Errors
    /// When the file fails.
    pub fn entries_after(&self, seq: u64) -> Result<Vec<Entry>, StoreError> {
        let ops = self.ops_after(seq, usize::MAX)?;
        Ok(ops.into_iter().map(|op| to_entry(op, &self.terminal)).collect())
    }

    /// Where the last session began: the `seq` before the last sign-on, or 0.
    ///
    /// # Errors
    /// When the file fails.
    pub fn before_last_sign_on(&self) -> Result<u64, StoreError> {
        let mut select = self.db()?.prepare_cached(
            "SELECT seq FROM op WHERE incarnation = ?1 AND kind = 'signed_on' ORDER BY seq DESC LIMIT 1",
        )?;
        let seq: Option<i64> = select.query_row([self.incarnation_no], |r| r.get(0)).optional()?;
        Ok(seq.map_or(0, |s| unsigned(s).saturating_sub(1)))
    }

    /// The link after `seq`; none when it was never written, or let go of.
    ///
    /// # Errors
    /// When the file fails.
    pub fn link_at(&self, seq: u64) -> Result<Option<Link>, StoreError> {
        if seq == self.base.0 {
            return Ok(Some(self.base.1));
        }
        let mut select =
            self.db()?.prepare_cached("SELECT link FROM op WHERE incarnation = ?1 AND seq = ?2")?;
        let link: Option<[u8; 32]> =
            select.query_row(params![self.incarnation_no, signed(seq)], |r| r.get(0)).optional()?;
        Ok(link.map(Link))
    }

    /// How far the centre is.
    #[must_use]
    pub const fn heard(&self) -> Heard {
        self.heard
    }
    /// The last operation written; 0 before the first.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.next_seq - 1
    }
    /// The last operation let go of; 0 before the first.
    #[must_use]
    pub const fn base(&self) -> u64 {
        self.base.0
    }
    /// How many operations have not reached the centre.
    #[must_use]
    pub const fn unsent(&self) -> u64 {
        self.last_seq().saturating_sub(self.heard.applied_hi)
    }
    /// Which life of the journal.
    #[must_use]
    pub const fn incarnation(&self) -> Incarnation {
        self.incarnation
    }
    /// Whose journal it is.
    #[must_use]
    pub const fn terminal(&self) -> &Code<Terminal> {
        &self.terminal
    }
    /// The least serial under this company prefix, from `first` on, that no seal of this journal has used.
    #[must_use]
    pub fn next_serial(&self, prefix: &str, first: u64) -> u64 {
        if canary::sings("sscc_minted_twice") {
            return first;
        }
        under(prefix).map_or(first, |under| self.sscc_next.saturating_sub(under).max(first))
    }
    /// A serial under this company prefix was seen on a sealed parcel: none up to it is minted again. This journal
    /// may be an older copy of the one that sealed it.
    ///
    /// # Errors
    /// When the file fails.
    pub fn spare_serial(&mut self, prefix: &str, serial: u64) -> Result<(), StoreError> {
        let Some(next) = under(prefix).and_then(|under| under.checked_add(serial)?.checked_add(1)) else {
            return Ok(());
        };
        if next > self.sscc_next {
            self.db_mut()?.execute("UPDATE owner SET sscc_next = ?1", [signed(next)])?;
            self.sscc_next = next;
        }
        Ok(())
    }
    /// Where it lies.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }
}

#[cfg(test)]
impl Failing {
    fn happen(self, tx: rusqlite::Transaction<'_>) -> StoreError {
        let ended = match self {
            Self::Lost | Self::Full | Self::ReadOnly => tx.rollback(),
            Self::Kept => tx.commit(),
        };
        ended.expect("the disk of a test holds");
        let code = match self {
            Self::Lost | Self::Kept => 1034,
            Self::Full => rusqlite::ffi::SQLITE_FULL,
            Self::ReadOnly => rusqlite::ffi::SQLITE_READONLY,
        };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
    }
}

#[cfg(test)]
impl Journal {
    pub(super) fn close(&mut self) {
        self.db = None;
    }
    pub(crate) const fn fail_next(&mut self, failing: Failing) {
        self.failing = Some(failing);
    }
    pub(super) fn pages(&self) -> Result<i64, StoreError> {
        Ok(self.db()?.pragma_query_value(None, "page_count", |r| r.get(0))?)
    }
    pub(super) fn cap_pages(&self, pages: i64) -> Result<(), StoreError> {
        self.db()?.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }
}

/// Sets a connection up and brings the file to this format.
pub(super) fn prepare(db: &mut Connection, file: &Path, durability: Durability) -> Result<(), StoreError> {
    assert_sqlite()?;
    configure(db, durability)?;
    migrate(db, file, &STEPS)
}

fn configure(db: &Connection, durability: Durability) -> Result<(), StoreError> {
    db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", durability.word())?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "mmap_size", 0)?;
    db.pragma_update(None, "trusted_schema", "OFF")?;
    db.pragma_update(None, "cell_size_check", "ON")?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(())
}

fn begin(
    db: &mut Connection,
    terminal: &Code<Terminal>,
    now: Millis,
    mint: &mut Mint,
) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let begun: i64 = tx.query_row("SELECT count(*) FROM owner", [], |r| r.get(0))?;
    if begun == 0 {
        tx.execute("INSERT INTO owner (one, terminal, sscc_next) VALUES (1, ?1, 0)", [terminal.as_str()])?;
        tx.execute(
            "INSERT INTO incarnation (no, id, begun_at) VALUES (1, ?1, ?2)",
            params![Incarnation(mint.bits()).to_string(), now.0],
        )?;
        tx.execute("INSERT INTO ack (one, centre, applied_hi, at) VALUES (1, '', 0, ?1)", [now.0])?;
    }
    tx.commit()?;
    Ok(())
}

pub(super) fn read_incarnation(text: &str) -> Option<Incarnation> {
    u64::from_str_radix(text, 16).ok().map(Incarnation)
}

fn read_heard(db: &Connection) -> Result<Heard, StoreError> {
    let (centre, applied_hi, safe_hi): (String, i64, i64) =
        db.query_row("SELECT centre, applied_hi, safe_hi FROM ack", [], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
    Ok(Heard {
        centre: read_incarnation(&centre),
        applied_hi: unsigned(applied_hi),
        safe_hi: unsigned(safe_hi),
    })
}

pub(super) fn read_base(db: &Connection, incarnation_no: i64) -> Result<Option<(u64, Link)>, StoreError> {
    let mut select = db.prepare("SELECT seq, link FROM base WHERE incarnation = ?1")?;
    let base = select.query_row([incarnation_no], |r| Ok((unsigned(r.get(0)?), Link(r.get(1)?))));
    Ok(base.optional()?)
}

/// Writes an operation into a life of the journal.
pub(super) fn insert(
    tx: &Transaction<'_>,
    incarnation_no: i64,
    op: &WireOp,
    link: &Link,
) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO op (incarnation, seq, id, family, kind, v, at, operator, body, link)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    insert.execute(params![
        incarnation_no,
        signed(op.seq),
        op.id.as_bytes(),
        family_word(op.family),
        op.kind,
        op.v,
        op.at.0,
        op.operator.as_str(),
        op.body.get().as_bytes(),
        link.0
    ])?;
    Ok(())
}

pub(super) fn read_op(row: &rusqlite::Row<'_>) -> Result<WireOp, StoreError> {
    let seq = unsigned(row.get(0)?);
    let damaged = || StoreError::Damaged { seq };
    let family: String = row.get(2)?;
    let body: Vec<u8> = row.get(7)?;
    let body = String::from_utf8(body).map_err(|_| damaged())?;
    Ok(WireOp {
        seq,
        id: Id::from_bytes(row.get(1)?),
        family: family_of(&family).ok_or_else(damaged)?,
        kind: row.get(3)?,
        v: row.get(4)?,
        at: Millis(row.get(5)?),
        operator: Code::parse(&row.get::<_, String>(6)?).map_err(|_| damaged())?,
        body: RawValue::from_string(body).map_err(|_| damaged())?,
    })
}

pub(super) fn to_entry(op: WireOp, terminal: &Code<Terminal>) -> Entry {
    let read = Op::from_bytes(op.family, op.v, op.body.get().as_bytes()).ok();
    let origin = Origin { op: op.id, operator: op.operator, terminal: terminal.clone(), at: op.at };
    Entry { seq: op.seq, origin, op: read }
}

fn to_wire(seq: u64, id: Id<Op>, op: &Op, at: Millis, operator: &Code<Operator>) -> WireOp {
    let body = String::from_utf8(op.to_bytes()).expect("JSON is UTF-8");
    WireOp {
        seq,
        id,
        family: op.family(),
        kind: op.kind().to_owned(),
        v: op.version(),
        at,
        operator: operator.clone(),
        body: RawValue::from_string(body).expect("an operation's bytes are JSON"),
    }
}

const fn family_word(family: Family) -> &'static str {
    match family {
        Family::Fact => "fact",
        Family::Request => "request",
        Family::Note => "note",
    }
}

fn family_of(word: &str) -> Option<Family> {
    [Family::Fact, Family::Request, Family::Note].into_iter().find(|f| family_word(*f) == word)
}

/// A company prefix as the store keeps serials: the least of those under it.
fn under(prefix: &str) -> Option<u64> {
    let room = 16u32.saturating_sub(u32::try_from(prefix.len()).unwrap_or(u32::MAX));
    prefix.parse::<u64>().ok().and_then(|prefix| prefix.checked_mul(10u64.checked_pow(room)?))
}

/// The serial that a seal used, as the store keeps it: the digits of the SSCC before its check digit, after
/// the extension digit, as one number. Ranges are given in the same form.
fn sscc_serial(op: &Op) -> Option<u64> {
    let Op::Fact(aisle_core::task::op::Fact::Sealed { sscc, .. }) = op else { return None };
    sscc.get(1..17).and_then(|digits| digits.parse().ok())
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
