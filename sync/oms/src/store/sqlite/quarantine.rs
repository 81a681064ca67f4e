//! The quarantine in SQLite.

use aisle_core::{
    id::{Code, Id},
    task::{op::Op, state::Terminal},
    time::Millis,
    wire::chain::Incarnation,
};
use rusqlite::{Row, params};

use super::{
    Result, Sqlite,
    cells::{bits, count, from_bits, number, text, word},
};
use crate::store::{
    record::{Cause, Fate, HeldRecord},
    tables::QuarantineTables,
};

const HELD: &str =
    "SELECT number, terminal, incarnation, seq, op_id, cause, why, bytes, mark, received, fate,
    settled_by, settled_at, verdict FROM quarantine";

fn held(row: &Row<'_>) -> rusqlite::Result<HeldRecord> {
    Ok(HeldRecord {
        number: count(row, 0)?,
        terminal: text(row, 1)?,
        incarnation: row.get::<_, Option<i64>>(2)?.map(|life| Incarnation(from_bits(life))),
        seq: row.get::<_, Option<i64>>(3)?.map(|seq| u64::try_from(seq).unwrap_or(0)),
        op: row.get::<_, Option<[u8; 16]>>(4)?.map(Id::from_bytes),
        cause: word(row, 5, Cause::of)?,
        why: row.get(6)?,
        bytes: row.get(7)?,
        mark: row.get(8)?,
        received: Millis(row.get(9)?),
        fate: word(row, 10, Fate::of)?,
        settled_by: row.get(11)?,
        settled_at: row.get::<_, Option<i64>>(12)?.map(Millis),
        verdict: row.get(13)?,
    })
}

impl QuarantineTables for Sqlite {
    fn hold(&mut self, h: &HeldRecord) -> Result<Option<u64>> {
        let kept = self.change(
            "keep something in quarantine",
            "INSERT INTO quarantine (terminal, incarnation, seq, op_id, cause, why, bytes, mark, received, fate,
                 settled_by, settled_at, verdict)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (terminal, mark) DO NOTHING",
            params![
                h.terminal.as_str(),
                h.incarnation.map(|life| bits(life.0)),
                h.seq.map(number),
                h.op.as_ref().map(Id::as_bytes),
                h.cause.word(),
                h.why,
                h.bytes,
                h.mark,
                h.received.0,
                h.fate.word(),
                h.settled_by,
                h.settled_at.map(|at| at.0),
                h.verdict,
            ],
        )?;
        Ok((kept == 1).then(|| u64::try_from(self.db.last_insert_rowid()).unwrap_or(0)))
    }

    fn held(&self, wanted: u64) -> Result<Option<HeldRecord>> {
        self.one("read the quarantine", &format!("{HELD} WHERE number = ?1"), [number(wanted)], held)
    }

    fn settle_held(&mut self, h: &HeldRecord) -> Result<()> {
        self.change(
            "decide on something in quarantine",
            "UPDATE quarantine SET fate = ?2, settled_by = ?3, settled_at = ?4, verdict = ?5 WHERE number = ?1",
            params![
                number(h.number),
                h.fate.word(),
                h.settled_by,
                h.settled_at.map(|at| at.0),
                h.verdict
            ],
        )?;
        Ok(())
    }

    fn quarantine(&self, open: bool) -> Result<Vec<HeldRecord>> {
        let sql = format!("{HELD} WHERE fate = 'held' OR ?1 = 0 ORDER BY number");
        self.list("list the quarantine", &sql, [open], held)
    }

    fn count_held(&self, terminal: &Code<Terminal>, cause: Cause) -> Result<u64> {
        let sql = "SELECT count(*) FROM quarantine WHERE fate = 'held' AND terminal = ?1 AND cause = ?2";
        let found =
            self.one("count the quarantine", sql, [terminal.as_str(), cause.word()], |row| count(row, 0))?;
        Ok(found.unwrap_or(0))
    }

    fn accepted_verdict(&self, op: Id<Op>) -> Result<Option<String>> {
        let sql =
            "SELECT verdict FROM quarantine WHERE op_id = ?1 AND fate = 'accepted' ORDER BY number LIMIT 1";
        let found =
            self.one("find what was accepted", sql, [op.as_bytes()], |row| row.get::<_, Option<String>>(0))?;
        Ok(found.flatten())
    }
}
