//! Associations: which identifiers must, and which must not, come together.
//!
//! GS1 judges them over all that was read from the carriers on one thing, so they are never a reason to refuse a
//! scan: a lot symbol after the product symbol is a good partial scan. [`Line`] gathers the scans of one thing.

use super::{
    AIS, Elements, Fault,
    table::{self, Span},
};

/// One association that is not satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation {
    /// GS1's name for it.
    pub fault: Fault,
    /// The identifier whose rule it is.
    pub ai: &'static str,
    /// The identifier it must not come with, or that has another value; `None` where something is missing.
    pub with: Option<&'static str>,
}

/// Tells every association that the elements do not satisfy, in the order of GS1's own checks.
pub fn judge<'a>(
    elements: impl Iterator<Item = (u16, &'a [u8])> + Clone,
    mut tell: impl FnMut(Violation),
) -> bool {
    let mut sound = true;
    let mut tell = |fault, ai: u16, with: Option<u16>| {
        sound = false;
        let code = |ai: u16| AIS[usize::from(ai)].code;
        tell(Violation { fault, ai: code(ai), with: with.map(code) });
    };
    let any = |span: &Span, but: u16| {
        elements.clone().map(|(ai, _)| ai).find(|ai| *ai != but && (span.0..span.1).contains(ai))
    };
    let first = |number: usize, ai: u16| elements.clone().take(number).all(|(before, _)| before != ai);
    for (number, (ai, _)) in elements.clone().enumerate() {
        let excluded = AIS[usize::from(ai)].ex.iter().find_map(|span| any(span, ai));
        if let Some(other) = excluded.filter(|_| first(number, ai)) {
            tell(Fault::INVALID_AI_PAIRS, ai, Some(other));
        }
    }
    for (number, (ai, _)) in elements.clone().enumerate() {
        let group = |group: &&[Span]| group.iter().all(|span| any(span, ai).is_some());
        let met = AIS[usize::from(ai)].req.iter().all(|alternatives| alternatives.iter().any(group));
        if !met && first(number, ai) {
            tell(Fault::REQUIRED_AIS_NOT_SATISFIED, ai, None);
        }
    }
    for (number, (ai, value)) in elements.clone().enumerate() {
        let differs = |(other, text): (u16, &[u8])| other == ai && text != value;
        if first(number, ai) && elements.clone().skip(number + 1).any(differs) {
            tell(Fault::INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES, ai, Some(ai));
        }
    }
    signature_needs_serials(elements.clone(), tell);
    sound
}

/// With a digital signature (8030) the keys 253, 255 and 8003 must carry their serial part.
fn signature_needs_serials<'a>(
    elements: impl Iterator<Item = (u16, &'a [u8])> + Clone,
    mut tell: impl FnMut(Fault, u16, Option<u16>),
) {
    let code = |ai: u16| AIS[usize::from(ai)].code;
    if !elements.clone().any(|(ai, _)| ai == table::AI_8030) {
        return;
    }
    for (ai, value) in elements {
        let bare = value.len() == usize::from(AIS[usize::from(ai)].min);
        if bare && matches!(code(ai), "253" | "255" | "8003") {
            tell(Fault::SERIAL_NOT_PRESENT, ai, None);
        }
    }
}

impl Elements<'_> {
    /// The associations these elements alone do not satisfy.
    pub fn violations(&self) -> Vec<Violation> {
        let mut list = Vec::new();
        judge(self.indexed(), |violation| list.push(violation));
        list
    }

    /// Whether these elements alone satisfy every association. Allocates nothing.
    pub fn associated(&self) -> bool {
        judge(self.indexed(), |_| ())
    }
}

/// All that was scanned of one thing so far.
#[derive(Debug, Clone, Default)]
pub struct Line {
    elements: Vec<(u16, Vec<u8>)>,
}

impl Line {
    /// Adds a scan. What is there already with the same value is not added twice.
    ///
    /// Refuses the whole scan where an identifier comes with another value than before: that is another thing.
    pub fn add(&mut self, scan: &Elements<'_>) -> Result<(), Violation> {
        for (ai, value) in scan.indexed() {
            if self.elements.iter().any(|(known, before)| *known == ai && before != value) {
                let code = AIS[usize::from(ai)].code;
                let fault = Fault::INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES;
                return Err(Violation { fault, ai: code, with: Some(code) });
            }
        }
        for (ai, value) in scan.indexed() {
            if !self.elements.iter().any(|(known, _)| *known == ai) {
                self.elements.push((ai, value.to_vec()));
            }
        }
        Ok(())
    }

    /// The associations not satisfied so far.
    pub fn violations(&self) -> Vec<Violation> {
        let mut list = Vec::new();
        judge(self.elements.iter().map(|(ai, value)| (*ai, value.as_slice())), |v| list.push(v));
        list
    }

    /// The value of an identifier, as gathered.
    pub fn get(&self, code: &str) -> Option<&[u8]> {
        let wanted = super::find(code.as_bytes())?;
        self.elements.iter().find(|(ai, _)| *ai == wanted).map(|(_, value)| value.as_slice())
    }
}
