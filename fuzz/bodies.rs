//! What each fuzz target does with its bytes, and what must hold whatever they are.
//!
//! The same functions run under libFuzzer (`fuzz_targets/`) and, over the corpus and its mutations, in a stable test
//! of `aisle-core`.

#![allow(dead_code)] // each target uses one

use aisle_core::code::{
    Candidate, Gtin, House, Kind, Scanned, Sscc, Symbology, digital_link,
    gs1::{self, Buffer, Elements, Error, Linter, segment},
    tracking,
};
use aisle_core::{
    id::{Code, Id},
    task::{
        apply::{self, Effect},
        bounds,
        op::{Family, Op, Origin},
        rows::Floor,
    },
    time::Millis,
    wire::v1::Batch,
};

/// A whole scan: the first byte chooses the evidence.
pub(crate) fn scan(data: &[u8]) {
    let [first, raw @ ..] = data else { return };
    let evidence = [
        Symbology::Unknown,
        Symbology::ElementString,
        Symbology::Retail,
        Symbology::Retail8,
        Symbology::RetailWithAddOn,
        Symbology::Interleaved,
        Symbology::InterleavedStripped,
        Symbology::Matrix,
        Symbology::Code39,
        Symbology::Plain,
    ];
    let mut scanned = Scanned::new();
    scanned.read(raw, evidence[usize::from(*first) % evidence.len()]);
    assert_eq!(scanned.raw(), raw, "the bytes stay as they were");
    assert_eq!(scanned.candidates().next(), Some(Candidate::Raw(scanned.payload())));
    if let Some(error) = scanned.error() {
        within(error, raw);
        assert!(scanned.kind() == Kind::Gtin || scanned.elements().is_empty());
    }
    let _ = (scanned.elements().violations(), scanned.carriers().count());
}

/// An element string: what is read can be written again and reads the same.
pub(crate) fn gs1(data: &[u8]) {
    let mut buffer = Buffer::new();
    let written = match gs1::parse(data, 0, data.len(), &mut buffer) {
        Ok(elements) => write(&elements),
        Err(error) => return within(&error, data),
    };
    let mut again = Buffer::new();
    let elements = gs1::parse(&written, 0, written.len(), &mut again).expect("written anew it reads");
    assert!(!elements.repaired());
    assert_eq!(write(&elements), written);
    let gtin = Gtin::parse("09521234543213").expect("a sound number");
    let expected = segment::Expected { gtin, lot: Some(b"A"), serial: None };
    if data.len() < 64 {
        segment::cuts(data, &expected);
    }
}

/// Bracketed text.
pub(crate) fn brackets(data: &[u8]) {
    let mut buffer = Buffer::new();
    match gs1::parse_bracketed(data, 0, data.len(), &mut buffer) {
        Ok(elements) => assert!(elements.iter().all(|(ai, value)| fits(ai, value))),
        Err(error) => within(&error, data),
    }
}

/// A web address.
pub(crate) fn digital_link(data: &[u8]) {
    let mut buffer = Buffer::new();
    match digital_link::parse(data, 0, data.len(), &mut buffer) {
        Some(Ok(elements)) => assert!(elements.iter().all(|(ai, value)| fits(ai, value))),
        Some(Err(error)) => within(&error, data),
        None => {}
    }
}

/// A label of ours, and bare numbers.
pub(crate) fn house(data: &[u8]) {
    if let Ok(label) = House::parse_bytes(data) {
        assert_eq!(label.format().as_bytes(), data, "a label is exactly what was printed");
    }
    if let Ok(gtin) = Gtin::parse(data) {
        assert!(gtin.to_string().as_bytes().ends_with(data));
    }
    if let Ok(sscc) = Sscc::parse(data) {
        assert_eq!(sscc.to_string().as_bytes(), data);
    }
    let _ = Gtin::from_upc_e(data);
}

/// Carriers' numbers.
pub(crate) fn tracking(data: &[u8]) {
    let _ = (tracking::carriers(data).count(), tracking::telling(data));
}

/// Every linter: a flaw lies within the value.
pub(crate) fn lint(data: &[u8]) {
    for name in [
        "cset39",
        "cset64",
        "cset82",
        "csetnumeric",
        "csum",
        "csumalpha",
        "gcppos1",
        "gcppos2",
        "hasnondigit",
        "hh",
        "hhmi",
        "hyphen",
        "iban",
        "importeridx",
        "iso3166",
        "iso3166999",
        "iso3166alpha2",
        "iso4217",
        "iso5218",
        "latitude",
        "longitude",
        "mediatype",
        "mi",
        "nonzero",
        "nozeroprefix",
        "packagetype",
        "pcenc",
        "pieceoftotal",
        "posinseqslash",
        "ss",
        "winding",
        "yesno",
        "yymmd0",
        "yymmdd",
        "yyyymmd0",
        "yyyymmdd",
        "zero",
    ] {
        let linter = Linter::named(name).expect("a linter of the dictionary");
        if let Err(flaw) = linter.check(data) {
            assert!(flaw.at + flaw.length <= data.len(), "{name}: {flaw:?}");
        }
    }
}

fn fits(ai: &gs1::Ai, value: &[u8]) -> bool {
    (usize::from(ai.min).max(1)..=usize::from(ai.max)).contains(&value.len())
}

fn within(error: &Error, data: &[u8]) {
    assert!(error.at <= data.len(), "{error:?}");
}

fn write(elements: &Elements<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut open = false;
    for (ai, value) in elements.iter() {
        assert!(fits(ai, value));
        if open {
            out.push(gs1::SEPARATOR);
        }
        out.extend_from_slice(ai.code.as_bytes());
        out.extend_from_slice(value);
        open = !ai.predefined;
    }
    out
}

/// An operation: the first two bytes choose its family and version. What is read keeps to the limits, is written and
/// read alike, and applies to a floor that knows nothing of it.
pub(crate) fn op(data: &[u8]) {
    let [family, version, body @ ..] = data else { return };
    let family = [Family::Fact, Family::Request, Family::Note][usize::from(*family) % 3];
    let Ok(op) = Op::from_bytes(family, u16::from(*version), body) else { return };
    assert_eq!(op.family(), family);
    assert_eq!(bounds::check(&op), Ok(()));
    let again = Op::from_bytes(family, op.version(), &op.to_bytes());
    assert_eq!(again.ok().as_ref(), Some(&op), "what is written reads the same");
    let mut floor = Floor::default();
    for id in 1..3 {
        let (operator, terminal) = (Code::parse("PA").expect("a code"), Code::parse("H1").expect("a code"));
        let origin = Origin { op: Id::from_bytes([id; 16]), operator, terminal, at: Millis(i64::MAX) };
        match &op {
            Op::Fact(fact) => {
                let Ok(outcome) = apply::fact(&mut floor, &origin, fact);
                for effect in outcome.effects {
                    if let Effect::Moved { quantity, .. } = effect {
                        assert!(quantity.is_some(), "goods that move are one or more");
                    }
                }
            }
            Op::Note(note) => {
                let Ok(()) = apply::note(&mut floor, note);
            }
            Op::Request(_) => {}
        }
    }
}

/// A batch: what is read has a chain, and is written and read alike.
pub(crate) fn batch(data: &[u8]) {
    let Ok(batch) = serde_json::from_slice::<Batch>(data) else { return };
    let chain = |batch: &Batch| batch.ops.iter().fold(batch.before, |link, op| link.then(op));
    let written = serde_json::to_vec(&batch).expect("what was read can be written");
    let again: Batch = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(again, batch);
    assert_eq!(chain(&again), chain(&batch), "the bytes of a body stay as they were");
    for op in &batch.ops {
        let _ = Op::from_bytes(op.family, op.v, op.body.get().as_bytes());
    }
}
