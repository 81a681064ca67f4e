//! Operations of older versions, brought to the present one: their bytes stay as they were journaled, what they mean
//! is read anew.
//!
//! A kind has version 1 and one more for each step that is registered for it. A journal may hold any of them for
//! as long as the support window lasts, see `docs/centre.md`; one that is newer than this program is not read.

use serde_json::{Map, Value};

use super::op::Family;

/// Brings a kind of operation from one version to the next.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The family it belongs to.
    pub family: Family,
    /// The word of its kind.
    pub kind: &'static str,
    /// The version that it takes; it makes the next.
    pub from: u16,
    /// Changes the fields. `None` when they are not those of that version.
    pub cast: fn(&mut Map<String, Value>) -> Option<()>,
}

/// Every step there is.
pub const STEPS: &[Step] =
    &[with_lot("picked"), with_lot("put"), with_lot("packed"), with_lot("pack_shorted")];

/// Version 2 of what moves pieces may name their lot. Version 1 named none, and means the same without one.
const fn with_lot(kind: &'static str) -> Step {
    Step { family: Family::Fact, kind, from: 1, cast: |fields| (!fields.contains_key("lot")).then_some(()) }
}

/// The version of a kind that this program writes.
#[must_use]
pub fn current(steps: &[Step], family: Family, kind: &str) -> u16 {
    let of_kind = |step: &&Step| step.family == family && step.kind == kind;
    steps.iter().filter(of_kind).map(|step| step.from + 1).max().unwrap_or(1)
}

/// The fields of an operation of an older version, as the present one has them. `None` when a step is missing, or
/// does not take them.
#[must_use]
pub fn cast(
    steps: &[Step],
    family: Family,
    kind: &str,
    version: u16,
    mut fields: Map<String, Value>,
) -> Option<Map<String, Value>> {
    for from in version..current(steps, family, kind) {
        let step = steps.iter().find(|step| (step.family, step.kind, step.from) == (family, kind, from))?;
        (step.cast)(&mut fields)?;
    }
    Some(fields)
}
