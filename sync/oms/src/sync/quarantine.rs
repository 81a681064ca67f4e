//! What is kept and not applied, until a person decides.
//!
//! A fact is never lost: what a revoked terminal still sends, what a badge that is not valid any more asked for,
//! what this program does not understand or the books refuse, and what a terminal saved from a damaged journal
//! are kept here byte for byte. One exception per terminal and cause tells the lead. [`accept`] applies a thing
//! once, late; [`discard`] keeps it as evidence without effect. Nothing is ever deleted.

use aisle_core::{
    id::{Code, Id},
    quantity::Quantity,
    task::{
        op::{Op, Origin},
        rows::Rows,
        state::{Operator, Role, Terminal, Tote},
        trouble::{Remedy, Trouble, TroubleKind},
    },
    wire::{
        chain::Incarnation,
        v1::{No, RequestVerdict, SALVAGE_MAX_PIECES, Salvage, Salvaged, VERSION, Verdict, WireOp},
    },
};

use super::receive::BadBatch;
use crate::{
    context::Context,
    stock::ledger::tell,
    store::{
        Result, StoreError, Tx,
        record::{Cause, Fate, HeldRecord},
    },
    work::{
        self, Badge, lost,
        notice::{self, Notice},
    },
};

/// Something to be kept.
#[derive(Debug, Clone)]
pub struct Held<'a> {
    /// Who sent it.
    pub terminal: &'a Code<Terminal>,
    /// Which life of its journal, where known.
    pub incarnation: Option<Incarnation>,
    /// Its place in it, where known.
    pub seq: Option<u64>,
    /// Its id, where known.
    pub op: Option<Id<Op>>,
    /// Who was signed on, where known.
    pub operator: Option<&'a Code<Operator>>,
    /// Why it is kept, as a word.
    pub cause: Cause,
    /// Why it is kept, for a person.
    pub why: &'a str,
    /// Its bytes, as they came.
    pub bytes: &'a [u8],
    /// Tells it from everything else of its terminal.
    pub mark: [u8; 32],
}

/// Keeps something and tells the lead. `false` when it was kept before.
///
/// # Errors
/// When the store fails.
pub fn hold(tx: &mut Tx<'_>, context: &Context<'_>, held: &Held<'_>) -> Result<bool> {
    let number = tx.hold(&HeldRecord {
        number: 0,
        terminal: held.terminal.clone(),
        incarnation: held.incarnation,
        seq: held.seq,
        op: held.op,
        cause: held.cause,
        why: held.why.to_owned(),
        bytes: held.bytes.to_vec(),
        mark: held.mark,
        received: context.now,
        fate: Fate::Held,
        settled_by: None,
        settled_at: None,
        verdict: None,
    })?;
    let Some(number) = number else { return Ok(false) };
    let body = serde_json::json!({ "terminal": held.terminal, "cause": held.cause.word(), "why": held.why });
    tell(tx, context.now, "quarantine.held", &number.to_string(), &body)?;
    raise(tx, context, held)?;
    Ok(true)
}

/// The exception about what is held of a terminal for one cause: always the same one.
#[must_use]
pub fn trouble_id(terminal: &Code<Terminal>, cause: Cause) -> Id<Trouble> {
    Trouble::about("aisle quarantine 1", &[terminal.as_str(), cause.word()])
}

/// A name for who was there when nobody can tell: the terminal itself.
pub(crate) fn nobody(terminal: &Code<Terminal>) -> Result<Code<Operator>> {
    Code::parse(terminal.as_str())
        .map_err(|error| StoreError::Corrupt { what: format!("{terminal}: {error}") })
}

fn raise(tx: &mut Tx<'_>, context: &Context<'_>, held: &Held<'_>) -> Result<()> {
    let by = match held.operator {
        Some(operator) => operator.clone(),
        None => nobody(held.terminal)?,
    };
    let count = counted(tx.count_held(held.terminal, held.cause)?);
    let id = trouble_id(held.terminal, held.cause);
    let told =
        Notice { id, kind: TroubleKind::Quarantined, terminal: held.terminal, by: &by, at: context.now };
    notice::raise(tx, &told, |_| count)?;
    Ok(())
}

fn counted(count: u64) -> Quantity {
    Quantity(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What became of something that somebody wanted accepted or discarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Done; its effects stand.
    Applied(Verdict),
    /// The same operation had arrived otherwise and has its effects already.
    Known,
    /// Kept as evidence.
    Discarded,
    /// It cannot be applied: it stays held.
    Stays(String),
    /// Somebody decided on it before.
    Settled(Fate),
    /// Nothing has this number.
    Unknown,
}

/// Applies something that is held, as if it came now. A badge that was revoked since counts as it did then.
///
/// # Errors
/// When the store fails.
pub fn accept(tx: &mut Tx<'_>, context: &mut Context<'_>, number: u64, by: &str) -> Result<Decided> {
    let held = match open(tx, number)? {
        Ok(held) => held,
        Err(decided) => return Ok(decided),
    };
    let wire: WireOp = match serde_json::from_slice(&held.bytes) {
        Ok(wire) => wire,
        Err(error) => return Ok(Decided::Stays(format!("it is no operation any more: {error}"))),
    };
    if let Some(first) = tx.first_op(wire.id)?
        && why_parked_json(&first.verdict)?.is_none()
    {
        let same = serde_json::from_str::<WireOp>(&first.bytes).is_ok_and(|other| is_same(&wire, &other));
        if !same {
            return Ok(Decided::Stays("its id belongs to another operation".to_owned()));
        }
        finish(tx, context, held, by, Fate::Accepted, Some(first.verdict))?;
        return Ok(Decided::Known);
    }
    if let Some(verdict) = tx.accepted_verdict(wire.id)? {
        finish(tx, context, held, by, Fate::Accepted, Some(verdict))?;
        return Ok(Decided::Known);
    }
    let op = match Op::from_bytes(wire.family, wire.v, wire.body.get().as_bytes()) {
        Ok(op) if op.kind() == wire.kind => op,
        Ok(op) => return Ok(Decided::Stays(format!("kind {:?} holds a {}", wire.kind, op.kind()))),
        Err(error) => return Ok(Decided::Stays(error.to_string())),
    };
    let terminal = held.terminal.clone();
    let origin = Origin { op: wire.id, operator: wire.operator, terminal, at: wire.at };
    let verdict = work::apply(tx, context, &origin, &op, Badge::Vouched)?;
    if let Some(why) = verdict.why_parked() {
        return Ok(Decided::Stays(why.to_owned()));
    }
    let json = serde_json::to_string(&verdict).map_err(|e| StoreError::Corrupt { what: e.to_string() })?;
    finish(tx, context, held, by, Fate::Accepted, Some(json))?;
    Ok(Decided::Applied(verdict))
}

/// Decides that something has no effect. Its bytes stay.
///
/// # Errors
/// When the store fails.
pub fn discard(tx: &mut Tx<'_>, context: &Context<'_>, number: u64, by: &str) -> Result<Decided> {
    match open(tx, number)? {
        Ok(held) => {
            finish(tx, context, held, by, Fate::Discarded, None)?;
            Ok(Decided::Discarded)
        }
        Err(decided) => Ok(decided),
    }
}

/// The most things that one request of a lead decides on; the rest is decided with the next.
const DECIDED_AT_ONCE: usize = 2_000;

/// Decides what a lead asks about everything that is held of a terminal for one cause: all of it is applied, in the
/// order it came, or all of it is kept as evidence. What cannot be applied stays.
///
/// # Errors
/// When the store fails.
pub fn settle(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    by: &Code<Operator>,
    trouble: &Trouble,
    remedy: Remedy,
) -> Result<RequestVerdict> {
    let refused = |reason| Ok(RequestVerdict::Refused { reason });
    if !tx.fetch::<Operator>(by)?.is_some_and(|who| who.active && who.role == Role::Lead) {
        return refused(No::NotAllowed);
    }
    if trouble.settled.is_some() {
        return refused(No::TooLate);
    }
    let Some(terminal) = &trouble.terminal else { return refused(No::Unknown) };
    let cause = Cause::ALL.into_iter().find(|cause| trouble_id(terminal, *cause) == trouble.id);
    let mut held = tx.quarantine(true)?;
    held.retain(|held| held.terminal == *terminal && Some(held.cause) == cause);
    let all = held.len();
    let mut decided = 0;
    for held in held.into_iter().take(DECIDED_AT_ONCE) {
        let done = match remedy {
            Remedy::Acknowledge => accept(tx, context, held.number, by.as_str())?,
            Remedy::Discard => discard(tx, context, held.number, by.as_str())?,
            _ => return refused(No::NoWay),
        };
        decided += usize::from(!matches!(done, Decided::Stays(_)));
    }
    if decided == all { Ok(RequestVerdict::Accepted) } else { refused(No::NotReady) }
}

/// Holds what came of a lost terminal against what counts of its totes had found: what is in both is evidence and has
/// no effect. Answers how much that was.
///
/// # Errors
/// When the store fails.
pub fn match_lost(tx: &mut Tx<'_>, context: &Context<'_>, terminal: &Code<Terminal>) -> Result<usize> {
    let Some(mut known) = lost::Known::of(tx, terminal)? else { return Ok(0) };
    let mut matched = 0;
    let of_it = |held: &HeldRecord| held.terminal == *terminal && held.cause == Cause::Revoked;
    for held in tx.quarantine(true)?.into_iter().filter(of_it) {
        let Ok(wire) = serde_json::from_slice::<WireOp>(&held.bytes) else { continue };
        let Ok(op) = Op::from_bytes(wire.family, wire.v, wire.body.get().as_bytes()) else { continue };
        if known.tells(&op) {
            finish(tx, context, held, "counted", Fate::Discarded, None)?;
            matched += 1;
        }
    }
    if matched > 0 {
        known.keep(tx)?;
    }
    Ok(matched)
}

/// A tote was counted: what its lost terminal had sent already is held against that.
///
/// # Errors
/// When the store fails.
pub fn tote_counted(tx: &mut Tx<'_>, context: &Context<'_>, tote: &Code<Tote>) -> Result<()> {
    if let Some(terminal) = lost::terminal_of(tx, tote)? {
        match_lost(tx, context, &terminal)?;
    }
    Ok(())
}

/// Applies what an older program did not understand and this one does. Answers how much went on.
///
/// # Errors
/// When the store fails.
pub fn retry_unknown(tx: &mut Tx<'_>, context: &mut Context<'_>) -> Result<usize> {
    let mut went_on = 0;
    for held in tx.quarantine(true)?.into_iter().filter(|held| held.cause == Cause::Unknown) {
        let done = accept(tx, context, held.number, "aisle-oms")?;
        went_on += usize::from(matches!(done, Decided::Applied(_) | Decided::Known));
    }
    Ok(went_on)
}

fn open(tx: &Tx<'_>, number: u64) -> Result<std::result::Result<HeldRecord, Decided>> {
    Ok(match tx.held(number)? {
        None => Err(Decided::Unknown),
        Some(held) if held.fate != Fate::Held => Err(Decided::Settled(held.fate)),
        Some(held) => Ok(held),
    })
}

fn finish(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    held: HeldRecord,
    by: &str,
    fate: Fate,
    verdict: Option<String>,
) -> Result<()> {
    let held =
        HeldRecord { fate, settled_by: Some(by.to_owned()), settled_at: Some(context.now), verdict, ..held };
    tx.settle_held(&held)?;
    let body = serde_json::json!({ "terminal": held.terminal, "cause": held.cause.word(), "by": by });
    tell(tx, context.now, &format!("quarantine.{}", fate.word()), &held.number.to_string(), &body)?;
    let left = tx.count_held(&held.terminal, held.cause)?;
    let id = trouble_id(&held.terminal, held.cause);
    if let Some(mut trouble) = tx.fetch::<Trouble>(&id)? {
        let who = Code::parse(by).unwrap_or_else(|_| trouble.by.clone());
        trouble.quantity = counted(left);
        tx.keep(trouble)?;
        if left == 0 {
            notice::withdraw(tx, id, &who, context.now)?;
        }
    }
    Ok(())
}

/// Whether two are the same operation, wherever in a journal each stands.
pub(super) fn is_same(one: &WireOp, other: &WireOp) -> bool {
    one.kind == other.kind
        && one.operator == other.operator
        && one.body.get() == other.body.get()
        && (one.family, one.v, one.at) == (other.family, other.v, other.at)
}

fn why_parked_json(json: &str) -> Result<Option<String>> {
    let verdict: Verdict = serde_json::from_str(json)
        .map_err(|error| StoreError::Corrupt { what: format!("a verdict in the archive: {error}") })?;
    Ok(verdict.why_parked().cloned())
}

/// Checks what can be checked of a salvage without the database, and reads its pieces.
///
/// # Errors
/// See [`BadBatch`].
pub fn check(salvage: &Salvage, terminal: &Code<Terminal>) -> std::result::Result<Vec<Vec<u8>>, BadBatch> {
    if salvage.proto != VERSION {
        return Err(BadBatch::Protocol(salvage.proto));
    }
    if salvage.terminal != *terminal {
        return Err(BadBatch::Foreign { token: terminal.clone(), batch: salvage.terminal.clone() });
    }
    if salvage.pieces.len() > SALVAGE_MAX_PIECES {
        return Err(BadBatch::Pieces);
    }
    salvage.pieces.iter().map(|piece| piece.read().ok_or(BadBatch::Pieces)).collect()
}

/// Keeps what a terminal found in a damaged journal.
///
/// # Errors
/// When the store fails.
pub fn salvage(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    salvage: &Salvage,
    pieces: &[Vec<u8>],
) -> Result<Salvaged> {
    let mut kept = 0;
    for (piece, bytes) in salvage.pieces.iter().zip(pieces) {
        let wire = serde_json::from_slice::<WireOp>(bytes).ok();
        let seq = piece.seq.or_else(|| wire.as_ref().map(|op| op.seq));
        let mut hasher = blake3::Hasher::new_derive_key("aisle salvaged piece 1");
        hasher.update(&salvage.incarnation.map_or(0, |life| life.0).to_le_bytes());
        hasher.update(&seq.unwrap_or(0).to_le_bytes());
        hasher.update(bytes);
        let held = Held {
            terminal: &salvage.terminal,
            incarnation: salvage.incarnation,
            seq,
            op: wire.as_ref().map(|op| op.id).or(piece.id),
            operator: wire.as_ref().map(|op| &op.operator),
            cause: Cause::Salvaged,
            why: &salvage.why,
            bytes,
            mark: *hasher.finalize().as_bytes(),
        };
        kept += u64::from(hold(tx, context, &held)?);
    }
    Ok(Salvaged { centre: tx.centre_incarnation()?, kept })
}
