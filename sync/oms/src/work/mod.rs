//! The work of the floor at the centre: release, the operations that come back, and what is asked.
//!
//! * [`release`]: fulfilment orders become pick lists.
//! * [`book`]: what a fact means for the books.
//! * [`requests`]: claims, completions, reassignments, holds, remedies, manifests: the centre may say no.
//!
//! Everything runs inside the caller's transaction; the caller commits.

pub mod book;
pub mod close;
pub mod reassign;
pub mod requests;
pub mod settle;

use aisle_core::{
    id::Code,
    task::{
        apply,
        op::{Op, Origin},
        state::Terminal,
    },
    wire::v1::{FactVerdict, NoteVerdict, Verdict},
};

use crate::{
    context::Context,
    store::{Result, Tx},
};

/// Applies one operation of a terminal and answers it. A fact is never refused.
///
/// # Errors
/// When the store fails, or its own guard stops the books from breaking; then nothing of it counts.
pub fn apply(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    terminal: &Code<Terminal>,
    origin: &Origin,
    op: &Op,
) -> Result<Verdict> {
    match op {
        Op::Fact(fact) => {
            let outcome = apply::fact(tx, origin, fact)?;
            let mut exceptions = outcome.raised;
            exceptions.extend(book::fact(tx, context, origin, fact, &outcome.effects)?);
            Ok(Verdict::Fact(if exceptions.is_empty() {
                FactVerdict::Accepted
            } else {
                FactVerdict::AcceptedWithException { exceptions }
            }))
        }
        Op::Request(request) => requests::decide(tx, context, terminal, origin, request).map(Verdict::Request),
        Op::Note(note) => {
            apply::note(tx, note)?;
            Ok(Verdict::Note(NoteVerdict::Kept))
        }
    }
}
