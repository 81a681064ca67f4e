//! Terminals, the archive of operations and events in SQLite.

use aisle_core::{
    id::{Code, Id},
    task::{op::Op, state::Terminal},
    time::Millis,
    wire::chain::{Incarnation, Link},
};
use rusqlite::{Row, params};

use super::{
    Result, Sqlite, StoreError,
    cells::{bits, count, from_bits, id, limit, link, number, text, word},
};
use crate::store::{
    record::{EventRecord, OpRecord, Scope, TerminalRecord},
    tables::SyncTables,
};

const TERMINAL: &str = "SELECT code, scope, token_hash, sscc_first, sscc_last, incarnation, applied_hi, link,
    revoked FROM terminal";

fn terminal(row: &Row<'_>) -> rusqlite::Result<TerminalRecord> {
    Ok(TerminalRecord {
        code: text(row, 0)?,
        scope: word(row, 1, Scope::of)?,
        token_hash: row.get(2)?,
        sscc_first: count(row, 3)?,
        sscc_last: count(row, 4)?,
        incarnation: row.get::<_, Option<i64>>(5)?.map(|life| Incarnation(from_bits(life))),
        applied_hi: count(row, 6)?,
        link: row.get::<_, Option<[u8; 32]>>(7)?.map(Link),
        revoked: row.get(8)?,
    })
}

fn op(row: &Row<'_>) -> rusqlite::Result<OpRecord> {
    Ok(OpRecord {
        terminal: text(row, 0)?,
        incarnation: Incarnation(from_bits(row.get(1)?)),
        seq: count(row, 2)?,
        op: id(row, 3)?,
        link: link(row, 4)?,
        bytes: row.get(5)?,
        verdict: row.get(6)?,
        repeated: row.get(7)?,
    })
}

impl SyncTables for Sqlite {
    fn put_terminal(&mut self, t: &TerminalRecord) -> Result<()> {
        self.change(
            "write a terminal",
            "INSERT INTO terminal (code, scope, token_hash, sscc_first, sscc_last, incarnation, applied_hi,
                 link, revoked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (code) DO UPDATE SET scope = excluded.scope, token_hash = excluded.token_hash,
                 sscc_first = excluded.sscc_first, sscc_last = excluded.sscc_last,
                 incarnation = excluded.incarnation, applied_hi = excluded.applied_hi, link = excluded.link,
                 revoked = excluded.revoked",
            params![
                t.code.as_str(),
                t.scope.word(),
                t.token_hash,
                number(t.sscc_first),
                number(t.sscc_last),
                t.incarnation.map(|life| bits(life.0)),
                number(t.applied_hi),
                t.link.map(|link| link.0),
                t.revoked,
            ],
        )?;
        Ok(())
    }

    fn terminal_state(&self, code: &Code<Terminal>) -> Result<Option<TerminalRecord>> {
        self.one("read a terminal", &format!("{TERMINAL} WHERE code = ?1"), [code.as_str()], terminal)
    }

    fn terminal_by_token_hash(&self, hash: &[u8; 32]) -> Result<Option<TerminalRecord>> {
        self.one("find a terminal", &format!("{TERMINAL} WHERE token_hash = ?1"), [hash], terminal)
    }

    fn terminals(&self) -> Result<Vec<TerminalRecord>> {
        self.list("list terminals", &format!("{TERMINAL} ORDER BY code"), [], terminal)
    }

    fn set_terminal_state(
        &mut self,
        code: &Code<Terminal>,
        incarnation: Incarnation,
        applied_hi: u64,
        link: &Link,
    ) -> Result<()> {
        let changed = self.change(
            "note how far a terminal is applied",
            "UPDATE terminal SET incarnation = ?2, applied_hi = ?3, link = ?4 WHERE code = ?1",
            params![code.as_str(), bits(incarnation.0), number(applied_hi), link.0],
        )?;
        if changed == 1 {
            return Ok(());
        }
        Err(StoreError::Guard { what: format!("terminal {code} is not enrolled") })
    }

    fn first_op(&self, id: Id<Op>) -> Result<Option<OpRecord>> {
        let sql = "SELECT terminal, incarnation, seq, op_id, link, bytes, verdict, repeated FROM op
             WHERE op_id = ?1 AND repeated = 0";
        self.one("find an operation", sql, [id.as_bytes()], op)
    }

    fn op_at(
        &self,
        terminal: &Code<Terminal>,
        incarnation: Incarnation,
        seq: u64,
    ) -> Result<Option<(Link, String)>> {
        self.one(
            "read an archived operation",
            "SELECT link, verdict FROM op WHERE terminal = ?1 AND incarnation = ?2 AND seq = ?3",
            params![terminal.as_str(), bits(incarnation.0), number(seq)],
            |row| Ok((link(row, 0)?, row.get(1)?)),
        )
    }

    fn store_op(&mut self, op: &OpRecord) -> Result<()> {
        self.change(
            "archive an operation",
            "INSERT INTO op (terminal, incarnation, seq, op_id, link, bytes, verdict, repeated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                op.terminal.as_str(),
                bits(op.incarnation.0),
                number(op.seq),
                op.op.as_bytes(),
                op.link.0,
                op.bytes,
                op.verdict,
                op.repeated,
            ],
        )?;
        Ok(())
    }

    fn ops_of(&self, terminal: &Code<Terminal>) -> Result<Vec<OpRecord>> {
        self.list(
            "read the archive of a terminal",
            "SELECT terminal, incarnation, seq, op_id, link, bytes, verdict, repeated FROM op
             WHERE terminal = ?1 ORDER BY incarnation, seq",
            [terminal.as_str()],
            op,
        )
    }

    fn append_event(&mut self, e: &EventRecord) -> Result<u64> {
        self.change(
            "add an event",
            "INSERT INTO event (at, kind, subject, body) VALUES (?1, ?2, ?3, ?4)",
            params![e.at.0, e.kind, e.subject, e.body],
        )?;
        Ok(u64::try_from(self.db.last_insert_rowid()).unwrap_or(0))
    }

    fn events_after(&self, after: u64, rows: usize) -> Result<Vec<EventRecord>> {
        self.list(
            "read events",
            "SELECT number, at, kind, subject, body FROM event WHERE number > ?1 ORDER BY number LIMIT ?2",
            [number(after), limit(rows)],
            |row| {
                Ok(EventRecord {
                    number: count(row, 0)?,
                    at: Millis(row.get(1)?),
                    kind: row.get(2)?,
                    subject: row.get(3)?,
                    body: row.get(4)?,
                })
            },
        )
    }
}
