//! Proves that the books agree with themselves: I1 to I5, the floor's rows, the archive.
//!
//! Every quantity is held against another record of the same thing, so that a single one changed by hand is
//! found. Reads everything, changes nothing.
//!
//! | law | what |
//! |---|---|
//! | I1 | the levels of an item, and of each lot of it, sum to 0 over all places, virtual ones included |
//! | I2 | level = moves in − moves out, lot by lot; what lies at locations is of known lots; move numbers have no hole |
//! | I3 | 0 ≤ assigned ≤ on hand unless an exception is open; assigned = claims = what tasks still have to take |
//! | I4 | a site's allocated = open allocations; reserved = live reservations; sellable on hand = levels that sell |
//! | I5 | ordered = cancelled + unrouted + allocated + backordered + picked + packed + shipped |
//! | floor | fulfilment orders, tasks, totes and parcels tell the same as lines, claims and levels |
//! | archive | each terminal's operations are dense, their chain holds, watermarks are where it ends |

mod archive;
mod floor;
mod orders;
mod stock;

use std::{collections::BTreeMap, fmt};

use aisle_core::{
    id::Code,
    item::{Item, Lot},
    quantity::Quantity,
};

use crate::store::{Result, Tx};

/// Which law was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table of the module tells each")]
pub enum Law {
    I1,
    I2,
    I3,
    I4,
    I5,
    Floor,
    Archive,
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I1 => "I1",
            Self::I2 => "I2",
            Self::I3 => "I3",
            Self::I4 => "I4",
            Self::I5 => "I5",
            Self::Floor => "floor",
            Self::Archive => "archive",
        })
    }
}

/// One contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The law.
    pub law: Law,
    /// What it is about.
    pub about: String,
    /// What one record says.
    pub says: String,
    /// What the others say.
    pub against: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {} against {}", self.law, self.about, self.says, self.against)
    }
}

/// What was read and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Contradictions.
    pub violations: Vec<Violation>,
    /// Moves, levels, order lines and operations that were held against one another.
    pub records: u64,
}

impl Report {
    fn note(&mut self, law: Law, about: String, says: impl fmt::Display, against: impl fmt::Display) {
        self.violations.push(Violation { law, about, says: says.to_string(), against: against.to_string() });
    }

    fn equal<T: PartialEq + fmt::Display>(&mut self, law: Law, about: impl fmt::Display, one: T, other: T) {
        if one != other {
            self.note(law, about.to_string(), one, other);
        }
    }

    /// Holds two ways of counting the same things against each other.
    fn same<K: Ord + fmt::Display>(
        &mut self,
        law: Law,
        what: &str,
        one: &BTreeMap<K, Quantity>,
        other: &BTreeMap<K, Quantity>,
    ) {
        for key in one.keys().chain(other.keys().filter(|key| !one.contains_key(key))) {
            let value = |map: &BTreeMap<K, Quantity>| map.get(key).copied().unwrap_or_default();
            self.equal(law, format_args!("{what} {key}"), value(one), value(other));
        }
    }
}

/// Reads everything and reports each contradiction.
///
/// # Errors
/// When the store fails, or something stored is unreadable: that alone is a failed proof.
pub fn verify(tx: &Tx<'_>) -> Result<Report> {
    let mut report = Report::default();
    stock::check(tx, &mut report)?;
    orders::check(tx, &mut report)?;
    floor::check(tx, &mut report)?;
    archive::check(tx, &mut report)?;
    Ok(report)
}

/// An item and its lot as one key of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Of(Code<Item>, Option<Code<Lot>>);

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.1 {
            Some(lot) => write!(f, "{} lot {lot}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

/// A pair as one key of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct At<A, B>(A, B);

impl<A: fmt::Display, B: fmt::Display> fmt::Display for At<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.0, self.1)
    }
}
