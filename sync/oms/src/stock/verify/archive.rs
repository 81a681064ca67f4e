//! The archive: dense sequences, an unbroken chain, watermarks at its end, ranges of parcel numbers apart; and
//! everything that was parked is in quarantine, as it came.

use std::collections::BTreeMap;

use aisle_core::wire::{
    chain::{Incarnation, Link},
    v1::{Verdict, WireOp},
};

use super::{Law, Report};
use crate::store::{
    Result, Tx,
    record::{HeldRecord, OpRecord, Scope, TerminalRecord},
};

/// Events read at a time.
const PAGE: usize = 5_000;

pub(super) fn check(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let terminals = tx.terminals()?;
    ranges(report, &terminals);
    let held = quarantine(tx, report)?;
    for terminal in &terminals {
        let mut ends: BTreeMap<Incarnation, (u64, Link)> = BTreeMap::new();
        for op in tx.ops_of(&terminal.code)? {
            report.records += 1;
            let origin = (0, Link::origin(&terminal.code, op.incarnation));
            let end = ends.entry(op.incarnation).or_insert(origin);
            *end = (op.seq, one(report, &op, *end));
            kept(report, &op, &held);
        }
        let end = terminal.incarnation.and_then(|life| ends.get(&life).copied());
        let (seq, link) = end.map_or((0, None), |(seq, link)| (seq, Some(link)));
        report.equal(Law::Archive, format_args!("{} applied up to", terminal.code), terminal.applied_hi, seq);
        if terminal.applied_hi > 0 && terminal.link != link {
            report.note(
                Law::Archive,
                format!("{} chain", terminal.code),
                "the terminal's link",
                "the archive's",
            );
        }
    }
    events(tx, report)
}

/// Holds one operation against the one before it, and answers its link.
fn one(report: &mut Report, op: &OpRecord, (before, link): (u64, Link)) -> Link {
    let about = format!("{} operation {}", op.terminal, op.seq);
    report.equal(Law::Archive, &about, op.seq, before + 1);
    match serde_json::from_str::<WireOp>(&op.bytes) {
        Ok(sent) => {
            report.equal(Law::Archive, format_args!("{about} as sent"), sent.seq, op.seq);
            report.equal(Law::Archive, format_args!("{about} id"), sent.id, op.op);
            if link.then(&sent) != op.link {
                report.note(Law::Archive, format!("{about} chain"), "its link", "what was sent");
            }
        }
        Err(error) => report.note(Law::Archive, about.clone(), "its bytes", error),
    }
    if let Err(error) = serde_json::from_str::<Verdict>(&op.verdict) {
        report.note(Law::Archive, about, "its verdict", error);
    }
    op.link
}

/// What is in quarantine, by what tells it from others. Its numbers have no hole: nothing was taken out.
fn quarantine(tx: &Tx<'_>, report: &mut Report) -> Result<BTreeMap<[u8; 32], HeldRecord>> {
    let all = tx.quarantine(false)?;
    for (number, held) in (1..).zip(&all) {
        report.records += 1;
        report.equal(Law::Archive, "number in quarantine", held.number, number);
    }
    Ok(all.into_iter().map(|held| (held.mark, held)).collect())
}

/// What was parked is held, byte for byte.
fn kept(report: &mut Report, op: &OpRecord, held: &BTreeMap<[u8; 32], HeldRecord>) {
    let verdict = serde_json::from_str::<Verdict>(&op.verdict).ok();
    let parked = verdict.as_ref().is_some_and(|verdict| verdict.why_parked().is_some());
    // The same operation in a later life of the journal has its verdict again, and is held once.
    if !parked || op.repeated {
        return;
    }
    let same = held.get(&op.link.0).is_some_and(|held| {
        held.terminal == op.terminal
            && (held.incarnation, held.seq, held.op) == (Some(op.incarnation), Some(op.seq), Some(op.op))
            && held.bytes == op.bytes.as_bytes()
    });
    if !same {
        let about = format!("{} operation {}", op.terminal, op.seq);
        report.note(Law::Archive, about, "parked", "what is in quarantine");
    }
}

/// No two terminals mint the same parcel numbers.
fn ranges(report: &mut Report, terminals: &[TerminalRecord]) {
    let terminals = terminals.iter().filter(|t| t.scope == Scope::Terminal);
    let mut ranges: Vec<_> = terminals.map(|t| (t.sscc_first, t.sscc_last, &t.code)).collect();
    ranges.sort();
    for pair in ranges.windows(2) {
        let ((_, last, one), (first, _, other)) = (pair[0], pair[1]);
        if first <= last {
            report.note(
                Law::Archive,
                format!("parcel numbers of {one}"),
                last,
                format_args!("{first} of {other}"),
            );
        }
    }
}

/// Events have no hole: whoever reads on from a number misses none.
fn events(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let mut last = 0;
    loop {
        let page = tx.events_after(last, PAGE)?;
        if page.is_empty() {
            return Ok(());
        }
        for event in page {
            report.equal(Law::Archive, "number of an event", event.number, last + 1);
            last = event.number;
        }
    }
}
