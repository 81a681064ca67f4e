//! Who does what: a fact by somebody whose role does not do such work counts, and becomes visible.
//!
//! A badge may be revoked, or a role changed, while a terminal is offline. What was done is done; the lead sees
//! one exception per person and kind of work until she acknowledged it.

use aisle_core::{
    id::Id,
    quantity::Quantity,
    task::{
        op::{Fact, Origin},
        rows::Rows,
        state::{Operator, Role},
        trouble::{Trouble, TroubleKind},
    },
};

use super::notice::{self, Notice};
use crate::store::{Result, Tx};

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Picking,
    Packing,
    Counting,
}

const fn work_of(fact: &Fact) -> Work {
    match fact {
        Fact::ListStarted { .. }
        | Fact::ToteAssigned { .. }
        | Fact::Picked { .. }
        | Fact::Put { .. }
        | Fact::Shorted { .. }
        | Fact::ToteFilled { .. }
        | Fact::ToteDropped { .. }
        | Fact::LotTaken { .. } => Work::Picking,
        Fact::PackStarted { .. }
        | Fact::CartonOpened { .. }
        | Fact::CartonChanged { .. }
        | Fact::Packed { .. }
        | Fact::PackShorted { .. }
        | Fact::Sealed { .. }
        | Fact::Labelled { .. }
        | Fact::Staged { .. }
        | Fact::Loaded { .. } => Work::Packing,
        Fact::ToteCounted { .. } | Fact::Counted { .. } => Work::Counting,
    }
}

/// Whether an operator's role does what a fact tells, and her badge is valid.
#[must_use]
pub fn covers(operator: Option<&Operator>, fact: &Fact) -> bool {
    operator.is_some_and(|operator| {
        operator.active
            && match operator.role {
                Role::Lead => true,
                Role::Picker => work_of(fact) != Work::Packing,
                Role::Packer => work_of(fact) != Work::Picking,
            }
    })
}

/// Makes a fact by somebody without the role visible. Answers the exception when it was opened now.
///
/// # Errors
/// When the store fails.
pub fn watch(tx: &mut Tx<'_>, origin: &Origin, fact: &Fact) -> Result<Option<Id<Trouble>>> {
    let operator = tx.fetch::<Operator>(&origin.operator)?;
    if covers(operator.as_ref(), fact) {
        return Ok(None);
    }
    let work = match work_of(fact) {
        Work::Picking => "picking",
        Work::Packing => "packing",
        Work::Counting => "counting",
    };
    let id = Trouble::about("aisle out of role 1", &[origin.operator.as_str(), work]);
    let (terminal, by, at) = (&origin.terminal, &origin.operator, origin.at);
    let told = Notice { id, kind: TroubleKind::OutOfRole, terminal, by, at };
    let fresh = notice::raise(tx, &told, |before| before + Quantity::ONE)?;
    Ok(fresh.then_some(id))
}
