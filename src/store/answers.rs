//! What the centre answered: how far it is, and its verdicts.

use aisle_core::{
    canary,
    id::Id,
    task::op::Op,
    time::Millis,
    wire::v1::{Ack, Stop, Verdict},
};
use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::{
    error::StoreError,
    journal::{Entry, Heard, Journal, read_op, signed, to_entry},
};

impl Journal {
    /// Keeps what the centre answered. Returns the verdicts that are new.
    ///
    /// A mark moves forward only, unless another life of the centre's database answers: that one was restored from
    /// an older copy, and what it says counts. An answer that tells of another history moves no mark.
    ///
    /// # Errors
    /// When the file fails.
    pub fn record_ack(&mut self, ack: &Ack, now: Millis) -> Result<Vec<(Id<Op>, Verdict)>, StoreError> {
        let heard = self.after(ack);
        let incarnation_no = self.incarnation_no;
        let tx = self.db_mut()?.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut fresh = Vec::new();
        for answer in ack.verdicts.iter().filter(|_| !canary::sings("verdict_not_kept")) {
            let id: Option<[u8; 16]> = tx
                .prepare_cached("SELECT id FROM op WHERE incarnation = ?1 AND seq = ?2")?
                .query_row(params![incarnation_no, signed(answer.seq)], |r| r.get(0))
                .optional()?;
            let Some(id) = id else { continue };
            let body = serde_json::to_string(&answer.verdict).unwrap_or_default();
            // A centre restored from an older copy decides anew, and may come to something else.
            let changed = tx
                .prepare_cached(
                    "INSERT INTO verdict (incarnation, seq, body) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET body = excluded.body, seen = 0 WHERE body <> excluded.body",
                )?
                .execute(params![incarnation_no, signed(answer.seq), body])?;
            if changed == 1 {
                fresh.push((Id::from_bytes(id), answer.verdict.clone()));
            }
        }
        tx.execute(
            "UPDATE ack SET centre = ?1, applied_hi = ?2, safe_hi = ?3, at = ?4",
            params![ack.centre.to_string(), signed(heard.applied_hi), signed(heard.safe_hi), now.0],
        )?;
        tx.commit()?;
        self.heard = heard;
        Ok(fresh)
    }

    fn after(&self, ack: &Ack) -> Heard {
        let known = self.heard;
        let (applied_hi, safe_hi) = if known.centre.is_some_and(|centre| centre != ack.centre) {
            (ack.applied_hi, ack.safe_hi)
        } else if matches!(ack.stop, Some(Stop::Fork { .. })) {
            (known.applied_hi, known.safe_hi)
        } else {
            (ack.applied_hi.max(known.applied_hi), ack.safe_hi.max(known.safe_hi))
        };
        let applied_hi = applied_hi.min(self.last_seq());
        Heard { centre: Some(ack.centre), applied_hi, safe_hi: safe_hi.min(applied_hi) }
    }

    /// The centre is only so far: what lies beyond is sent again.
    ///
    /// # Errors
    /// When the file fails.
    pub fn rewind(&mut self, applied_hi: u64) -> Result<(), StoreError> {
        if canary::sings("restored_centre_not_refilled") {
            return Ok(());
        }
        let applied_hi = applied_hi.min(self.last_seq());
        let safe_hi = self.heard.safe_hi.min(applied_hi);
        self.db_mut()?.execute(
            "UPDATE ack SET applied_hi = ?1, safe_hi = ?2",
            params![signed(applied_hi), signed(safe_hi)],
        )?;
        self.heard = Heard { applied_hi, safe_hi, ..self.heard };
        Ok(())
    }

    /// The centre's backup holds every operation up to this one. Remembered until the file is opened anew; the next
    /// ack keeps it.
    pub fn mark_safe(&mut self, safe_hi: u64) {
        self.heard.safe_hi = self.heard.safe_hi.max(safe_hi.min(self.heard.applied_hi));
    }

    /// The JSON of the centre's verdict on an operation; none before it came.
    ///
    /// # Errors
    /// When the file fails.
    pub fn verdict(&self, seq: u64) -> Result<Option<String>, StoreError> {
        let mut select =
            self.db()?.prepare_cached("SELECT body FROM verdict WHERE incarnation = ?1 AND seq = ?2")?;
        Ok(select.query_row(params![self.incarnation_no, signed(seq)], |r| r.get(0)).optional()?)
    }

    /// Requests that the centre has not answered, oldest first.
    ///
    /// # Errors
    /// When the file fails.
    pub fn asked(&self) -> Result<Vec<Entry>, StoreError> {
        let mut select = self.db()?.prepare_cached(
            "SELECT seq, id, family, kind, v, at, operator, body FROM op
             WHERE incarnation = ?1 AND family = 'request'
               AND seq NOT IN (SELECT seq FROM verdict WHERE incarnation = ?1) ORDER BY seq",
        )?;
        let mut rows = select.query([self.incarnation_no])?;
        let mut asked = Vec::new();
        while let Some(row) = rows.next()? {
            asked.push(to_entry(read_op(row)?, &self.terminal));
        }
        Ok(asked)
    }
}
