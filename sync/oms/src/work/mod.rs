//! The floor's work: released to pick lists, leased, booked, handed over, settled.
//!
//! [`apply`] is what an operation of a terminal comes to: a fact is booked, a request decided, a note kept.

pub mod bind;
pub mod book;
pub mod choose;
pub mod compare;
pub mod count;
pub mod duty;
pub mod list;
pub mod load;
pub mod lost;
pub mod lot;
pub mod notice;
pub mod reassign;
pub mod release;
pub mod request;
pub mod settle;
pub mod walk;

use aisle_core::{
    canary,
    task::{
        apply as fold,
        op::{Fact, Op, Origin},
        rows::Rows,
        state::PickTask,
    },
    wire::v1::{NoteVerdict, Verdict},
};

use crate::{
    context::Context,
    store::{Result, StoreError, Tx},
};

/// How an operator's badge is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Badge {
    /// It must be valid now.
    Checked,
    /// A person vouched for it: it was valid then.
    Vouched,
}

/// Applies one operation of a terminal and answers it. What the books refuse is undone and kept as parked:
/// one bad operation never blocks its successors.
///
/// # Errors
/// When the store fails.
pub fn apply(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    origin: &Origin,
    op: &Op,
    badge: Badge,
) -> Result<Verdict> {
    let done = tx.savepoint(|tx| match op {
        Op::Fact(Fact::Picked { task, .. })
            if canary::sings("fact_refused_on_old_epoch")
                && tx.fetch::<PickTask>(task)?.is_some_and(|task| task.withdrawn.is_some()) =>
        {
            Err(StoreError::Guard { what: "the run was handed on".to_owned() })
        }
        Op::Fact(fact) => {
            let verdict = book::fact(tx, context, origin, fact)?;
            let raised = match badge {
                Badge::Checked => duty::watch(tx, origin, fact)?,
                Badge::Vouched => None,
            };
            let counted = count::watch(tx, context, origin, fact)?;
            let held = lot::watch(tx, origin, fact)?;
            Ok(Verdict::Fact(verdict.with(raised).with(counted).with(held)))
        }
        Op::Request(request) => request::decide(tx, context, origin, request, badge).map(Verdict::Request),
        Op::Note(note) => {
            fold::note(tx, note)?;
            walk::confirm(tx, context, note)?;
            Ok(Verdict::Note(NoteVerdict::Kept))
        }
    });
    match done {
        Err(StoreError::Guard { what: why }) => Ok(Verdict::parked(op.family(), why)),
        other => other,
    }
}
