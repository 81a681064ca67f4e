//! Taking back: the inverse of the last step, one step at a time. The step itself stays in the journal.

use aisle_core::{
    canary,
    id::Id,
    quantity::Quantity,
    task::{
        op::{Fact, Op},
        state::PickTask,
    },
};

use super::{Cue, Draft, Refusal, session::Undoable};

/// Takes back the last step.
pub(super) fn last(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let steps: Vec<Undoable> = of_one_scan(&draft.session.undo).into_iter().cloned().collect();
    let backs: Vec<Fact> = steps.iter().filter_map(|step| inverse(&step.fact, step.op)).collect();
    if backs.is_empty() {
        return Err(Refusal::NothingToUndo);
    }
    for back in backs {
        if canary::sings("undo_doubled") {
            draft.fact(back.clone());
        }
        draft.fact(back);
    }
    draft.session.taken_back = true;
    draft.hear(Cue::Good);
    Ok(())
}

/// The steps of the last scan, the newest first. A case may have gone into several lines of an order: then each is
/// a step of its own, told at the same moment.
fn of_one_scan(undo: &[Undoable]) -> Vec<&Undoable> {
    let mut steps: Vec<&Undoable> = Vec::new();
    for step in undo.iter().rev() {
        let part = |step: &Undoable| match &step.fact {
            Fact::Packed { item, line, tote, .. } => Some((item.clone(), *line, tote.clone())),
            _ => None,
        };
        let joins = steps.first().is_none_or(|last| {
            let (of, last_of) = (part(step), part(last));
            let item = of.as_ref().map(|(item, ..)| item);
            item.is_some()
                && step.at == last.at
                && item == last_of.as_ref().map(|(item, ..)| item)
                && steps.iter().all(|other| part(other) != of)
        });
        if !joins {
            break;
        }
        steps.push(step);
    }
    steps
}

/// The fact that takes this one back.
fn inverse(fact: &Fact, op: Id<Op>) -> Option<Fact> {
    let mut back = fact.clone();
    match &mut back {
        Fact::ToteAssigned { undoes, .. }
        | Fact::Picked { undoes, .. }
        | Fact::Put { undoes, .. }
        | Fact::Shorted { undoes, .. }
        | Fact::Packed { undoes, .. } => *undoes = Some(op),
        _ => return None,
    }
    Some(back)
}

/// A smaller number was keyed than was counted: so many of the last pieces of this stop go back.
pub(super) fn fewer_picked(draft: &mut Draft<'_, '_>, task: &PickTask, by: Quantity) {
    let of_it = |fact: &Fact| matches!(fact, Fact::Picked { task: of, .. } if *of == task.id);
    fewer(draft, by, of_it);
}

/// Takes back so many pieces of the last steps that `of_it` names, the newest first.
pub(super) fn fewer(draft: &mut Draft<'_, '_>, by: Quantity, of_it: impl Fn(&Fact) -> bool) {
    let mut left = by;
    let steps: Vec<_> = draft.session.undo.iter().rev().filter(|step| of_it(&step.fact)).cloned().collect();
    for step in steps {
        let Some(mut back) = inverse(&step.fact, step.op).filter(|_| left.is_some()) else { break };
        if let Fact::Picked { quantity, .. } | Fact::Packed { quantity, .. } = &mut back {
            *quantity = Quantity(quantity.0.min(left.0));
            left -= *quantity;
        }
        draft.fact(back);
    }
}
