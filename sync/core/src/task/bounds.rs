//! What the numbers and names of an operation may be.
//!
//! Whoever makes an operation keeps to these limits, so one beyond them was forged or damaged: it is not
//! applied, at either end, and the centre keeps its bytes for a person to look at.
//!
//! | field | limit |
//! |---|---|
//! | quantities | 1 to [`QUANTITY_MAX`]; an undo names the same quantity again, never a negative one |
//! | slots, lines | 1 or more |
//! | weights | up to [`WEIGHT_MAX_G`] |
//! | SSCCs | [`SSCC_DIGITS`] digits |
//! | names of holds | 1 to [`HOLD_MAX_BYTES`] bytes, printable |
//! | stops of a reassignment or of a way, items in a tote | at most [`STOPS_MAX`] |
//! | what was counted at a location | 0 or more |
//! | lots | 1 to [`LOT_MAX_BYTES`] bytes, printable |

use std::collections::BTreeSet;

use super::op::{Fact, Note, Op, Request};
use crate::quantity::{QUANTITY_MAX, Quantity};

/// The most a parcel may weigh, in grams: seven digits, as many as a packer can key.
pub const WEIGHT_MAX_G: u32 = 9_999_999;
/// The digits of an SSCC.
pub const SSCC_DIGITS: usize = 18;
/// The longest name of a hold, in bytes.
pub const HOLD_MAX_BYTES: usize = 48;
/// The longest name of a lot, in bytes: as GS1's Application Identifier 10 allows.
pub const LOT_MAX_BYTES: usize = 20;
/// The most stops that one operation names: more than any run has.
pub const STOPS_MAX: usize = 1_000;

/// Which limit an operation breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Beyond {
    /// A quantity.
    #[error("a quantity is 1 to {QUANTITY_MAX}")]
    Quantity,
    /// A slot.
    #[error("slots count from 1")]
    Slot,
    /// A line.
    #[error("lines count from 1")]
    Line,
    /// A weight.
    #[error("a parcel weighs at most {WEIGHT_MAX_G} g")]
    Weight,
    /// An SSCC.
    #[error("an SSCC has {SSCC_DIGITS} digits")]
    Sscc,
    /// The name of a hold.
    #[error("a hold has a printable name of at most {HOLD_MAX_BYTES} bytes")]
    Hold,
    /// The name of a lot.
    #[error("a lot has a printable name of at most {LOT_MAX_BYTES} bytes")]
    Lot,
    /// What a tote holds.
    #[error("a tote holds at most {STOPS_MAX} items, each named once")]
    Contents,
    /// The stops that it names.
    #[error("an operation names at most {STOPS_MAX} stops")]
    Stops,
    /// A version.
    #[error("versions count from 1")]
    Version,
}

/// Holds an operation against the limits.
///
/// # Errors
/// The first limit that it breaks.
pub fn check(op: &Op) -> Result<(), Beyond> {
    match op {
        Op::Fact(fact) => check_fact(fact),
        Op::Request(request) => check_request(request),
        Op::Note(Note::Rerouted { tasks, .. }) => hold_to(tasks.len() <= STOPS_MAX, Beyond::Stops),
        Op::Note(
            Note::SignedOn { .. }
            | Note::SignedOff
            | Note::Arrived { .. }
            | Note::Offered { .. }
            | Note::Skipped { .. },
        ) => Ok(()),
    }
}

fn check_fact(fact: &Fact) -> Result<(), Beyond> {
    match fact {
        Fact::Picked { quantity, .. } | Fact::Put { quantity, .. } | Fact::Shorted { quantity, .. } => {
            counted(*quantity)
        }
        Fact::Packed { quantity, line, .. } | Fact::PackShorted { quantity, line, .. } => {
            counted(*quantity)?;
            hold_to(*line >= 1, Beyond::Line)
        }
        Fact::ToteAssigned { slot, .. } | Fact::ToteFilled { slot, .. } => hold_to(*slot >= 1, Beyond::Slot),
        Fact::ToteCounted { contents, .. } => {
            let items: BTreeSet<_> = contents.iter().map(|content| &content.item).collect();
            hold_to(items.len() == contents.len() && items.len() <= STOPS_MAX, Beyond::Contents)?;
            contents.iter().try_for_each(|content| counted(content.quantity))
        }
        Fact::Counted { found, .. } => {
            if found.is_zero() {
                return Ok(());
            }
            counted(*found)
        }
        Fact::LotTaken { quantity, lot, instead_of, .. } => {
            counted(*quantity)?;
            let mut lots = std::iter::once(lot).chain(instead_of);
            hold_to(lots.all(|lot| is_name(lot, LOT_MAX_BYTES)), Beyond::Lot)
        }
        Fact::Sealed { sscc, weight_g, .. } => {
            let digits = sscc.len() == SSCC_DIGITS && sscc.bytes().all(|byte| byte.is_ascii_digit());
            hold_to(digits, Beyond::Sscc)?;
            hold_to(*weight_g <= WEIGHT_MAX_G, Beyond::Weight)
        }
        Fact::ListStarted { .. }
        | Fact::ToteDropped { .. }
        | Fact::PackStarted { .. }
        | Fact::CartonOpened { .. }
        | Fact::CartonChanged { .. }
        | Fact::Labelled { .. }
        | Fact::Staged { .. }
        | Fact::Loaded { .. } => Ok(()),
    }
}

fn check_request(request: &Request) -> Result<(), Beyond> {
    match request {
        Request::Hold { hold, .. } | Request::Unhold { hold, .. } => {
            hold_to(is_name(hold, HOLD_MAX_BYTES), Beyond::Hold)
        }
        Request::Reassign { tasks, .. } => hold_to(tasks.len() <= STOPS_MAX, Beyond::Stops),
        Request::Claim { .. }
        | Request::Complete { .. }
        | Request::Settle { .. }
        | Request::CloseManifest { .. }
        | Request::MarkLost { .. } => Ok(()),
    }
}

fn is_name(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && !text.chars().any(char::is_control)
}

fn counted(quantity: Quantity) -> Result<(), Beyond> {
    hold_to(Quantity::counted(quantity.0).is_some(), Beyond::Quantity)
}

const fn hold_to(holds: bool, otherwise: Beyond) -> Result<(), Beyond> {
    if holds { Ok(()) } else { Err(otherwise) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::op::{Family, OpError};

    fn beyond(family: Family, v: u16, body: &str) -> Option<Beyond> {
        match Op::from_bytes(family, v, body.as_bytes()) {
            Err(OpError::Beyond { limit, .. }) => Some(limit),
            Ok(_) => None,
            Err(other) => panic!("{body}: {other}"),
        }
    }

    const ID: &str = "01900000-0000-7000-8000-000000000001";

    #[test]
    fn an_operation_beyond_its_limits_is_not_read() {
        let picked = |quantity: i64| {
            format!(
                r#"{{"kind":"picked","task":"{ID}","item":"MUG","location":"A01","cart":"C1","quantity":{quantity}}}"#
            )
        };
        for (quantity, found) in [
            (1, None),
            (QUANTITY_MAX, None),
            (0, Some(Beyond::Quantity)),
            (-5, Some(Beyond::Quantity)),
            (QUANTITY_MAX + 1, Some(Beyond::Quantity)),
            (i64::MIN, Some(Beyond::Quantity)),
        ] {
            assert_eq!(beyond(Family::Fact, 1, &picked(quantity)), found, "{quantity}");
        }
        let sealed = |sscc: &str, weight: u32| {
            format!(r#"{{"kind":"sealed","parcel":"{ID}","sscc":"{sscc}","weight_g":{weight}}}"#)
        };
        assert_eq!(beyond(Family::Fact, 1, &sealed("395200000000000017", 900)), None);
        assert_eq!(beyond(Family::Fact, 1, &sealed("3952", 900)), Some(Beyond::Sscc));
        assert_eq!(beyond(Family::Fact, 1, &sealed("395200000000000017", u32::MAX)), Some(Beyond::Weight));
        let slot = format!(r#"{{"kind":"tote_filled","list":"{ID}","slot":0,"tote":"T1"}}"#);
        assert_eq!(beyond(Family::Fact, 1, &slot), Some(Beyond::Slot));
        let line = format!(
            r#"{{"kind":"pack_shorted","fulfilment":"{ID}","line":0,"item":"MUG","tote":"T1","quantity":1,"reason":"empty"}}"#
        );
        assert_eq!(beyond(Family::Fact, 1, &line), Some(Beyond::Line));
        let hold = |name: &str| format!(r#"{{"kind":"hold","fulfilment":"{ID}","hold":"{name}"}}"#);
        assert_eq!(beyond(Family::Request, 1, &hold("address")), None);
        assert_eq!(beyond(Family::Request, 1, &hold("")), Some(Beyond::Hold));
        assert_eq!(beyond(Family::Request, 1, &hold(&"x".repeat(49))), Some(Beyond::Hold));
        let tasks = vec![format!("\"{ID}\""); STOPS_MAX + 1].join(",");
        let many = format!(r#"{{"kind":"reassign","list":"{ID}","epoch":1,"tasks":[{tasks}],"to":"P"}}"#);
        assert_eq!(beyond(Family::Request, 1, &many), Some(Beyond::Stops));
        let counted = |found: i64| {
            format!(r#"{{"kind":"counted","item":"MUG","location":"A01","found":{found},"book":7}}"#)
        };
        for (found, limit) in [(0, None), (3, None), (-1, Some(Beyond::Quantity))] {
            assert_eq!(beyond(Family::Fact, 1, &counted(found)), limit, "{found}");
        }
        let held = r#"{"item":"MUG","quantity":1}"#;
        let tote =
            |contents: &str| format!(r#"{{"kind":"tote_counted","tote":"T1","contents":[{contents}]}}"#);
        assert_eq!(beyond(Family::Fact, 1, &tote("")), None);
        assert_eq!(beyond(Family::Fact, 1, &tote(held)), None);
        assert_eq!(beyond(Family::Fact, 1, &tote(&format!("{held},{held}"))), Some(Beyond::Contents));
        let lot = |lot: &str| {
            format!(r#"{{"kind":"lot_taken","task":"{ID}","item":"MUG","lot":"{lot}","quantity":1}}"#)
        };
        assert_eq!(beyond(Family::Fact, 1, &lot("L7")), None);
        assert_eq!(beyond(Family::Fact, 1, &lot(&"7".repeat(21))), Some(Beyond::Lot));
        assert_eq!(beyond(Family::Note, 0, r#"{"kind":"signed_off"}"#), Some(Beyond::Version));
    }
}
