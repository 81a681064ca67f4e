//! Taking in a batch: prove the chain, apply each operation once, keep every verdict.
//!
//! A fact is never refused. What cannot be read is parked, and so is what the books' own guard stops, under
//! its own savepoint ([`work::apply`]): one bad operation never holds up its successors. What is parked is held
//! in [`quarantine`], where somebody sees it and decides.

use aisle_core::{
    canary,
    id::Code,
    quantity::Quantity,
    task::{
        op::{Fact, Note, Op, OpError, Origin, Request},
        rows::Rows,
        state::{Operator, Terminal},
        trouble::{Trouble, TroubleKind},
    },
    time::Millis,
    wire::{
        chain::Link,
        v1::{Ack, Answer, Batch, FactVerdict, Stop, VERSION, Verdict, WireOp},
    },
};

use super::quarantine::{self, Held};
use crate::{
    context::Context,
    store::{
        Result, StoreError, Tx,
        record::{Cause, OpRecord, TerminalRecord},
    },
    work::{
        self, Badge, lost,
        notice::{self, Notice},
    },
};

/// A clock that differs by more is off, in milliseconds: an answer held up on the way, or a second clock in the
/// building, differs by less.
const CLOCK_OFF_MS: i64 = 300_000;

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
    /// Pieces of a journal that are too many, too long, or not written as digits.
    #[error("at most 500 pieces are salvaged at once, each of at most 64 KiB in hexadecimal digits")]
    Pieces,
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
    let lost = lost::is_open(tx, &batch.terminal)?;
    let mut link = batch.before;
    for op in &batch.ops {
        link = link.then(op);
        if op.seq <= hi {
            match tx.op_at(&batch.terminal, batch.incarnation, op.seq)? {
                Some((known, verdict)) if known == link || canary::sings("hash_not_checked") => {
                    let verdict = match read_verdict(&verdict, op.seq)? {
                        Verdict::Fact(_) if canary::sings("duplicate_judged_anew") => {
                            Verdict::Fact(FactVerdict::Accepted)
                        }
                        verdict => verdict,
                    };
                    ack.verdicts.push(Answer { seq: op.seq, verdict });
                }
                _ => {
                    ack.stop = Some(Stop::Fork { hi, link: tail });
                    break;
                }
            }
            continue;
        }
        let last = batch.ops.last().is_some_and(|last| last.seq == op.seq);
        if last && batch.ops.len() > 2 && canary::sings("batch_half_applied") {
            (hi, tail) = (op.seq, link);
            continue;
        }
        let verdict = take(tx, context, batch, record.revoked || lost, op, link)?;
        ack.verdicts.push(Answer { seq: op.seq, verdict });
        (hi, tail) = (op.seq, link);
    }
    if hi > before {
        // A newer life of the journal was heard, and this one, known before, goes on.
        if before > 0 && record.incarnation != Some(batch.incarnation) {
            alarm(tx, context.now, batch)?;
        }
        tx.set_terminal_state(&batch.terminal, batch.incarnation, hi, &tail)?;
    }
    if lost && hi > before {
        quarantine::match_lost(tx, context, &batch.terminal)?;
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
    if first.seq > hi + 1 && !canary::sings("gap_taken") {
        return Ok(Some(Stop::Gap { expected: hi + 1 }));
    }
    let known = match first.seq - 1 {
        0 => Some(Link::origin(&batch.terminal, batch.incarnation)),
        before if before == hi => Some(tail),
        before => tx.op_at(&batch.terminal, batch.incarnation, before)?.map(|(link, _)| link),
    };
    let fits = known == Some(batch.before) || canary::sings("hash_not_checked");
    Ok((!fits).then_some(Stop::Fork { hi, link: tail }))
}

fn read_verdict(json: &str, seq: u64) -> Result<Verdict> {
    serde_json::from_str(json)
        .map_err(|error| StoreError::Corrupt { what: format!("the verdict of operation {seq}: {error}") })
}

/// Applies one new operation and archives it with its verdict. What is not applied goes to quarantine.
fn take(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    batch: &Batch,
    revoked: bool,
    op: &WireOp,
    link: Link,
) -> Result<Verdict> {
    let bytes = serde_json::to_string(op).map_err(|e| StoreError::Corrupt { what: e.to_string() })?;
    let first = tx.first_op(op.id)?;
    let repeated = first.is_some();
    let (verdict, held) = match earlier(tx, op, first)? {
        Earlier::None if revoked && !canary::sings("revoked_applied") => (
            Verdict::parked(op.family, "its terminal was revoked: kept for review".to_owned()),
            Some(Cause::Revoked),
        ),
        Earlier::None => judge(tx, context, batch, op)?,
        Earlier::Same(verdict) => (verdict, None),
        Earlier::Other => (
            Verdict::parked(op.family, "its id belongs to another operation".to_owned()),
            Some(Cause::Forged),
        ),
    };
    if let (Some(cause), Some(why)) = (held, verdict.why_parked()) {
        let held = Held {
            terminal: &batch.terminal,
            incarnation: Some(batch.incarnation),
            seq: Some(op.seq),
            op: Some(op.id),
            operator: Some(&op.operator),
            cause,
            why,
            bytes: bytes.as_bytes(),
            mark: link.0,
        };
        if !canary::sings("quarantine_forgets") {
            quarantine::hold(tx, context, &held)?;
        }
    }
    let lost = Verdict::parked(op.family, String::new());
    let stored = if canary::sings("verdict_not_stored") { &lost } else { &verdict };
    let json = serde_json::to_string(stored).map_err(|e| StoreError::Corrupt { what: e.to_string() })?;
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

/// What is known under an operation's id.
enum Earlier {
    None,
    /// The same operation, with its verdict.
    Same(Verdict),
    /// Something else.
    Other,
}

fn earlier(tx: &Tx<'_>, op: &WireOp, first: Option<OpRecord>) -> Result<Earlier> {
    if canary::sings("no_dedupe") {
        return Ok(Earlier::None);
    }
    if let Some(first) = first {
        let known: WireOp = serde_json::from_str(&first.bytes)
            .map_err(|error| StoreError::Corrupt { what: format!("operation {}: {error}", first.op) })?;
        if quarantine::is_same(op, &known) {
            return Ok(Earlier::Same(read_verdict(&first.verdict, op.seq)?));
        }
        return Ok(Earlier::Other);
    }
    // It may have been salvaged and accepted before it came the ordinary way.
    match tx.accepted_verdict(op.id)? {
        Some(verdict) => Ok(Earlier::Same(read_verdict(&verdict, op.seq)?)),
        None => Ok(Earlier::None),
    }
}

/// Applies an operation, or says why it is to be held.
fn judge(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    batch: &Batch,
    wire: &WireOp,
) -> Result<(Verdict, Option<Cause>)> {
    let hold = |cause, why: String| Ok((Verdict::parked(wire.family, why), Some(cause)));
    let op = match Op::from_bytes(wire.family, wire.v, wire.body.get().as_bytes()) {
        Ok(op) if op.kind() == wire.kind => op,
        Ok(op) => return hold(Cause::Forged, format!("kind {:?} holds a {}", wire.kind, op.kind())),
        Err(error @ OpError::Newer { .. }) => return hold(Cause::Unknown, error.to_string()),
        Err(error @ (OpError::Beyond { .. } | OpError::Garbled(_))) => {
            return hold(Cause::Forged, error.to_string());
        }
    };
    if matches!(op, Op::Request(_) | Op::Note(Note::SignedOn { .. }))
        && tx.fetch::<Operator>(&wire.operator)?.is_some_and(|operator| !operator.active)
        && !canary::sings("badge_not_checked")
    {
        return hold(Cause::Badge, format!("badge {} is not valid any more: kept for review", wire.operator));
    }
    let (operator, terminal) = (wire.operator.clone(), batch.terminal.clone());
    let origin = Origin { op: wire.id, operator, terminal, at: wire.at };
    if let Op::Request(Request::Settle { exception, remedy }) = &op
        && let Some(trouble) = tx.fetch::<Trouble>(exception)?
        && trouble.kind == TroubleKind::Quarantined
    {
        let verdict = quarantine::settle(tx, context, &origin.operator, &trouble, *remedy)?;
        return Ok((Verdict::Request(verdict), None));
    }
    let verdict = work::apply(tx, context, &origin, &op, Badge::Checked)?;
    if let Op::Fact(Fact::ToteCounted { tote, .. }) = &op {
        quarantine::tote_counted(tx, context, tote)?;
    }
    let cause = verdict.why_parked().map(|_| Cause::Books);
    Ok((verdict, cause))
}

/// Who was signed on last, as far as the batch tells.
fn last_operator(batch: &Batch) -> Result<Code<Operator>> {
    batch.ops.last().map_or_else(|| quarantine::nobody(&batch.terminal), |op| Ok(op.operator.clone()))
}

/// Tells the lead that an older life of a journal goes on beside a newer one: two terminals bear one name.
fn alarm(tx: &mut Tx<'_>, now: Millis, batch: &Batch) -> Result<()> {
    let by = last_operator(batch)?;
    let id = Trouble::about("aisle two live 1", &[batch.terminal.as_str()]);
    let told = Notice { id, kind: TroubleKind::Cloned, terminal: &batch.terminal, by: &by, at: now };
    notice::raise(tx, &told, |_| Quantity(2))?;
    Ok(())
}

/// Tells the lead when a terminal's clock is off, and that it is right again.
fn watch_clock(tx: &mut Tx<'_>, now: Millis, batch: &Batch) -> Result<()> {
    let id = Trouble::about("aisle clock off 1", &[batch.terminal.as_str()]);
    let off_ms = batch.sent_at.since(now).max(now.since(batch.sent_at));
    let by = last_operator(batch)?;
    if off_ms > CLOCK_OFF_MS {
        let told = Notice { id, kind: TroubleKind::ClockOff, terminal: &batch.terminal, by: &by, at: now };
        notice::raise(tx, &told, |_| Quantity(off_ms / 60_000))?;
    } else {
        notice::withdraw(tx, id, &by, now)?;
    }
    Ok(())
}

/// Tells the lead when a terminal has no space left, and that it has some again.
fn watch_disk(tx: &mut Tx<'_>, now: Millis, batch: &Batch) -> Result<()> {
    let id = Trouble::about("aisle disk full 1", &[batch.terminal.as_str()]);
    let by = last_operator(batch)?;
    if batch.disk.is_some() {
        let told = Notice { id, kind: TroubleKind::DiskFull, terminal: &batch.terminal, by: &by, at: now };
        notice::raise(tx, &told, |_| Quantity::ZERO)?;
        return Ok(());
    }
    notice::withdraw(tx, id, &by, now)
}

/// Keeps when the terminal was heard, who is on it, and how much it still holds.
fn note_contact(tx: &mut Tx<'_>, now: Millis, batch: &Batch, record: &TerminalRecord) -> Result<()> {
    watch_clock(tx, now, batch)?;
    watch_disk(tx, now, batch)?;
    if batch.desynced {
        let id = Trouble::about("aisle desynced 1", &[batch.terminal.as_str()]);
        let by = last_operator(batch)?;
        let told = Notice { id, kind: TroubleKind::Desynced, terminal: &batch.terminal, by: &by, at: now };
        notice::raise(tx, &told, |before| before + Quantity::ONE)?;
    }
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
        battery: batch.battery.map(|percent| percent.min(100)),
    })
}
