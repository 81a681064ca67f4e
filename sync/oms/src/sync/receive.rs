//! Taking in a batch: prove the chain, apply each operation once, keep every verdict.
//!
//! A fact is never refused. What cannot be read is parked, and so is what the books' own guard stops, under
//! its own savepoint ([`work::apply`]): one bad operation never holds up its successors.

use aisle_core::{
    id::Code,
    task::{
        op::{Family, Op, OpError, Origin},
        rows::Rows,
        state::{Operator, Terminal},
    },
    time::Millis,
    wire::{
        chain::Link,
        v1::{Ack, Answer, Batch, FactVerdict, NoteVerdict, RequestVerdict, Stop, VERSION, Verdict, WireOp},
    },
};

use crate::{
    context::Context,
    store::{
        Result, StoreError, Tx,
        record::{OpRecord, TerminalRecord},
    },
    work,
};

/// Why a batch as a whole is no batch for this centre.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBatch {
    /// A protocol this program does not speak.
    #[error("protocol {0} is not spoken here; this centre speaks {VERSION}")]
    Protocol(u16),
    /// The token belongs to another terminal.
    #[error("the token is {token}'s, the batch says {batch}")]
    Foreign {
        /// Whose token it is.
        token: Code<Terminal>,
        /// Whom the batch names.
        batch: Code<Terminal>,
    },
    /// The sequence numbers have a hole, or more operations came than a batch may hold.
    #[error("the operations of a batch are consecutive, and at most 500")]
    Holes,
}

/// Checks what can be checked without the database.
///
/// # Errors
/// See [`BadBatch`].
pub fn check(batch: &Batch, terminal: &Code<Terminal>) -> std::result::Result<(), BadBatch> {
    if batch.proto != VERSION {
        return Err(BadBatch::Protocol(batch.proto));
    }
    if batch.terminal != *terminal {
        return Err(BadBatch::Foreign { token: terminal.clone(), batch: batch.terminal.clone() });
    }
    let dense = batch.ops.windows(2).all(|pair| pair[1].seq.checked_sub(pair[0].seq) == Some(1));
    let starts = batch.ops.first().is_none_or(|op| op.seq >= 1);
    if !dense || !starts || batch.ops.len() > aisle_core::wire::v1::BATCH_MAX_OPS {
        return Err(BadBatch::Holes);
    }
    Ok(())
}

/// Applies a checked batch.
///
/// # Errors
/// When the store fails; nothing of the batch counts then, and the terminal sends it again.
pub fn receive(tx: &mut Tx<'_>, context: &mut Context<'_>, batch: &Batch) -> Result<Ack> {
    let Some(record) = tx.terminal_state(&batch.terminal)? else {
        return Err(StoreError::Guard { what: format!("{} is not enrolled", batch.terminal) });
    };
    let (mut hi, mut tail) = known_end(tx, batch, &record)?;
    let before = hi;
    let centre = tx.centre_incarnation()?;
    let mut ack = Ack { centre, applied_hi: hi, safe_hi: 0, verdicts: Vec::new(), stop: None };
    if let Some(stop) = begins_wrong(tx, batch, hi, tail)? {
        ack.stop = Some(stop);
        return Ok(ack);
    }
    let mut link = batch.before;
    for op in &batch.ops {
        link = link.then(op);
        if op.seq <= hi {
            match tx.op_at(&batch.terminal, batch.incarnation, op.seq)? {
                Some((known, verdict)) if known == link => {
                    ack.verdicts.push(Answer { seq: op.seq, verdict: read_verdict(&verdict, op.seq)? });
                }
                _ => {
                    ack.stop = Some(Stop::Fork { hi, link: tail });
                    break;
                }
            }
            continue;
        }
        let verdict = take(tx, context, batch, op, link)?;
        ack.verdicts.push(Answer { seq: op.seq, verdict });
        (hi, tail) = (op.seq, link);
    }
    if hi > before {
        tx.set_terminal_state(&batch.terminal, batch.incarnation, hi, &tail)?;
    }
    note_contact(tx, context.now, batch, &record)?;
    ack.applied_hi = hi;
    Ok(ack)
}

/// How far this centre knows the batch's life of the journal: the last operation and its link. Of a life that
/// is not the terminal's latest, only as far as the batch itself reaches: such a batch was sent again.
fn known_end(tx: &Tx<'_>, batch: &Batch, record: &TerminalRecord) -> Result<(u64, Link)> {
    let origin = Link::origin(&batch.terminal, batch.incarnation);
    if record.incarnation == Some(batch.incarnation) {
        return Ok(record.link.map_or((0, origin), |link| (record.applied_hi, link)));
    }
    let mut end = (0, origin);
    let first = batch.ops.first().map_or(1, |op| op.seq);
    for seq in first.saturating_sub(1)..first.saturating_add(batch.ops.len() as u64) {
        match tx.op_at(&batch.terminal, batch.incarnation, seq)? {
            Some((link, _)) => end = (seq, link),
            None if seq + 1 == first => {}
            None => break,
        }
    }
    Ok(end)
}

/// Whether the batch begins where this centre's history of the journal can be continued.
fn begins_wrong(tx: &Tx<'_>, batch: &Batch, hi: u64, tail: Link) -> Result<Option<Stop>> {
    let Some(first) = batch.ops.first() else { return Ok(None) };
    if first.seq > hi + 1 {
        return Ok(Some(Stop::Gap { expected: hi + 1 }));
    }
    let known = match first.seq - 1 {
        0 => Some(Link::origin(&batch.terminal, batch.incarnation)),
        before if before == hi => Some(tail),
        before => tx.op_at(&batch.terminal, batch.incarnation, before)?.map(|(link, _)| link),
    };
    Ok((known != Some(batch.before)).then_some(Stop::Fork { hi, link: tail }))
}

fn read_verdict(json: &str, seq: u64) -> Result<Verdict> {
    serde_json::from_str(json)
        .map_err(|error| StoreError::Corrupt { what: format!("the verdict of operation {seq}: {error}") })
}

/// Applies one new operation and archives it with its verdict.
fn take(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    batch: &Batch,
    op: &WireOp,
    link: Link,
) -> Result<Verdict> {
    let earlier = tx.op_verdict(op.id)?;
    let repeated = earlier.is_some();
    let verdict = match earlier {
        Some(json) => read_verdict(&json, op.seq)?,
        None => judge(tx, context, batch, op)?,
    };
    let json = serde_json::to_string(&verdict).map_err(|e| StoreError::Corrupt { what: e.to_string() })?;
    let bytes = serde_json::to_string(op).map_err(|e| StoreError::Corrupt { what: e.to_string() })?;
    tx.store_op(&OpRecord {
        terminal: batch.terminal.clone(),
        incarnation: batch.incarnation,
        seq: op.seq,
        op: op.id,
        link,
        bytes,
        verdict: json,
        repeated,
    })?;
    Ok(verdict)
}

fn judge(tx: &mut Tx<'_>, context: &mut Context<'_>, batch: &Batch, wire: &WireOp) -> Result<Verdict> {
    let op = match Op::from_bytes(wire.family, wire.v, wire.body.get().as_bytes()) {
        Ok(op) if op.kind() == wire.kind => op,
        Ok(op) => return Ok(parked(wire.family, format!("kind {:?} holds a {}", wire.kind, op.kind()))),
        Err(error @ (OpError::Newer { .. } | OpError::Garbled(_))) => {
            return Ok(parked(wire.family, error.to_string()));
        }
    };
    let origin = Origin { op: wire.id, operator: wire.operator.clone(), at: wire.at };
    work::apply(tx, context, &batch.terminal, &origin, &op)
}

fn parked(family: Family, why: String) -> Verdict {
    match family {
        Family::Fact => Verdict::Fact(FactVerdict::Parked { why }),
        Family::Request => Verdict::Request(RequestVerdict::Parked { why }),
        Family::Note => Verdict::Note(NoteVerdict::Parked { why }),
    }
}

/// Keeps when the terminal was heard, who is on it, and how much it still holds.
fn note_contact(tx: &mut Tx<'_>, now: Millis, batch: &Batch, record: &TerminalRecord) -> Result<()> {
    let before = tx.fetch::<Terminal>(&record.code)?;
    let operator: Option<Code<Operator>> =
        batch.ops.iter().rev().find(|op| op.kind == "signed_on" || op.kind == "signed_off").map_or_else(
            || before.as_ref().and_then(|t| t.operator.clone()),
            |op| (op.kind == "signed_on").then(|| op.operator.clone()),
        );
    tx.keep(Terminal {
        code: record.code.clone(),
        operator,
        heard: now,
        pending: batch.pending,
        battery: batch.battery,
    })
}
