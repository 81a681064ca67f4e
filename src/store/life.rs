//! The journal's lives, and what it lets go of.
//!
//! A new life begins when the centre knows another history of this journal: the file was cloned, or an older copy
//! was put in its place. All that the centre may miss is written into it once more, under the same ids, so that
//! nothing is lost and nothing counts twice.

use std::collections::BTreeSet;

use aisle_core::{
    canary,
    id::{Id, Mint},
    task::op::Op,
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::WireOp,
    },
};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{
    error::StoreError,
    journal::{Heard, Journal, insert, signed, unsigned},
};

/// For so long an operation is kept although it is safe, in milliseconds: seven days.
const KEEP_MS: i64 = 7 * 24 * 3_600_000;
/// The most operations let go of in one transaction: a turn that comes in between waits for it.
const PRUNE_MAX: u64 = 1_000;

impl Journal {
    /// Begins a new life with every operation that is not safe in a backup, that has no verdict, or that the
    /// session of now is folded from. Tells whether it did: a later life of which the centre has confirmed nothing
    /// is not followed by another.
    ///
    /// # Errors
    /// When the file fails; then nothing changed.
    pub fn begin_life(&mut self, now: Millis, mint: &mut Mint) -> Result<bool, StoreError> {
        if self.incarnation_no > 1 && self.heard.applied_hi == 0 {
            return Ok(false);
        }
        self.follow(now, mint)?;
        Ok(true)
    }

    /// Begins a new life in a file that was written anew after damage, and closes it: it lies in one piece then.
    pub(super) fn carry_on(mut self, now: Millis, mint: &mut Mint) -> Result<(), StoreError> {
        self.follow(now, mint)?;
        let busy: i64 = self.db()?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
    }

    fn follow(&mut self, now: Millis, mint: &mut Mint) -> Result<(), StoreError> {
        let from = self.heard.safe_hi.min(self.before_last_sign_on()?);
        let ops = self.ops_after(self.base(), usize::MAX)?;
        let (old, no, agreed) = (self.incarnation_no, self.incarnation_no + 1, self.heard.applied_hi);
        let life = Incarnation(if canary::sings("new_life_old_name") { 7 } else { mint.bits() });
        let mut tail = Link::origin(self.terminal(), life);
        let mut seq = 0;
        let tx = self.db_mut()?.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("UPDATE incarnation SET agreed = ?2 WHERE no = ?1", params![old, signed(agreed)])?;
        tx.execute(
            "INSERT INTO incarnation (no, id, begun_at) VALUES (?1, ?2, ?3)",
            params![no, life.to_string(), now.0],
        )?;
        for op in ops {
            let answered = has_verdict(&tx, old, op.seq)?;
            if (op.seq <= from && answered) || (!answered && canary::sings("new_life_drops_unanswered")) {
                continue;
            }
            let id = if canary::sings("new_life_new_ids") { mint.id(now) } else { op.id };
            let again = WireOp { seq: seq + 1, id, ..op.clone() };
            (seq, tail) = (again.seq, tail.then(&again));
            insert(&tx, no, &again, &tail)?;
            tx.prepare_cached(
                "INSERT INTO verdict (incarnation, seq, body, seen)
                 SELECT ?1, ?2, body, seen FROM verdict WHERE incarnation = ?3 AND seq = ?4",
            )?
            .execute(params![no, signed(seq), old, signed(op.seq)])?;
        }
        tx.execute("UPDATE ack SET applied_hi = 0, safe_hi = 0", [])?;
        tx.commit()?;
        tracing::warn!(%life, carried = seq, "a new life of the journal begins");
        self.heard = Heard { applied_hi: 0, safe_hi: 0, ..self.heard };
        (self.incarnation_no, self.incarnation) = (no, life);
        (self.next_seq, self.tail) = (seq + 1, tail);
        self.base = (0, Link::origin(&self.terminal, life));
        Ok(())
    }

    /// Whether this was an earlier life of this file.
    ///
    /// # Errors
    /// When the file fails.
    pub fn had_life(&self, life: Incarnation) -> Result<bool, StoreError> {
        let mut select = self.db()?.prepare_cached("SELECT 1 FROM incarnation WHERE id = ?1")?;
        Ok(select.exists([life.to_string()])?)
    }

    /// The operations that this file and the centre agree on in an earlier life, up to `seq` in it.
    ///
    /// # Errors
    /// When the file fails.
    pub(super) fn agreed(&self, life: Incarnation, seq: u64) -> Result<BTreeSet<Id<Op>>, StoreError> {
        let mut select = self.db()?.prepare_cached(
            "SELECT op.id FROM op JOIN incarnation ON incarnation.no = op.incarnation
             WHERE incarnation.id = ?1 AND op.seq <= min(?2, incarnation.agreed)",
        )?;
        let rows = select.query_map(params![life.to_string(), signed(seq)], |r| r.get::<_, [u8; 16]>(0))?;
        let mut ids = BTreeSet::new();
        for id in rows {
            ids.insert(Id::from_bytes(id?));
        }
        Ok(ids)
    }

    /// Lets go of operations that are in a backup off the centre's machine, answered, older than seven days, in the
    /// fed rows (which contain `contained` of this life), and from before the present session. The oldest go first;
    /// their last link stays. Tells whether that was all.
    ///
    /// # Errors
    /// When the file fails; then nothing is gone.
    pub(super) fn prune(&mut self, now: Millis, contained: u64) -> Result<bool, StoreError> {
        let keep_ms = if canary::sings("prune_young") { 0 } else { KEEP_MS };
        let (no, base, old) = (self.incarnation_no, self.base(), now.0.saturating_sub(keep_ms));
        let heard = self.heard;
        let safe_hi = if canary::sings("prune_unsafe") { heard.applied_hi } else { heard.safe_hi };
        let most = safe_hi.min(heard.applied_hi).min(contained).min(self.before_last_sign_on()?);
        let upto = most.min(base + PRUNE_MAX);
        let stays: Option<i64> = self.db()?.query_row(
            "SELECT min(seq) FROM op WHERE incarnation = ?1 AND seq > ?2 AND seq <= ?3
               AND (at > ?4 OR NOT EXISTS (
                 SELECT 1 FROM verdict WHERE incarnation = op.incarnation AND seq = op.seq))",
            params![no, signed(base), signed(upto), old],
            |r| r.get(0),
        )?;
        let end = stays.map_or(upto, |seq| unsigned(seq).saturating_sub(1));
        let Some(link) = self.link_at(end)?.filter(|_| end > base) else { return Ok(true) };
        let tx = self.db_mut()?.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let earlier: Option<i64> = tx
            .query_row("SELECT begun_at FROM incarnation WHERE no = ?1 AND no > 1", [no], |r| r.get(0))
            .optional()?;
        if earlier.is_some_and(|begun| begun <= old) {
            // What was not safe of an earlier life was carried into this one.
            tx.execute("DELETE FROM verdict WHERE incarnation < ?1", [no])?;
            tx.execute("DELETE FROM op WHERE incarnation < ?1", [no])?;
        }
        tx.execute("DELETE FROM verdict WHERE incarnation = ?1 AND seq <= ?2", params![no, signed(end)])?;
        tx.execute("DELETE FROM op WHERE incarnation = ?1 AND seq <= ?2", params![no, signed(end)])?;
        tx.execute(
            "INSERT INTO base (incarnation, seq, link) VALUES (?1, ?2, ?3)
             ON CONFLICT (incarnation) DO UPDATE SET seq = excluded.seq, link = excluded.link",
            params![no, signed(end), link.0],
        )?;
        tx.commit()?;
        self.base = (end, link);
        Ok(stays.is_some() || end == most)
    }
}

fn has_verdict(tx: &Transaction<'_>, incarnation: i64, seq: u64) -> Result<bool, StoreError> {
    let mut select = tx.prepare_cached("SELECT 1 FROM verdict WHERE incarnation = ?1 AND seq = ?2")?;
    Ok(select.exists(params![incarnation, signed(seq)])?)
}
