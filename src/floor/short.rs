//! Short picks: how many were found, and why the rest is missing.

use aisle_core::quantity::Quantity;
use aisle_core::task::{
    op::Fact,
    state::{PickList, PickTask, ShortReason},
};

use super::{Cue, Draft, Key, Peek, Refusal, keys, pick, reroute};

/// The reason that a key names.
#[must_use]
pub const fn reason(key: Key) -> Option<ShortReason> {
    match key {
        Key::F(1) => Some(ShortReason::Empty),
        Key::F(2) => Some(ShortReason::Damaged),
        Key::F(3) => Some(ShortReason::OtherItem),
        Key::Hash => Some(ShortReason::Unreachable),
        _ => None,
    }
}

pub(super) fn open(draft: &mut Draft<'_, '_>, task: &PickTask) -> Result<(), Refusal> {
    if task.remaining().is_zero() {
        return Err(Refusal::NotNow);
    }
    draft.session.keyed.clear();
    draft.session.peek = Peek::Short;
    Ok(())
}

pub(super) fn key(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    task: &PickTask,
    key: Key,
) -> Result<(), Refusal> {
    match key {
        Key::Digit(digit) => return keys::digit(draft, digit),
        Key::Dot | Key::Back | Key::Star => {
            draft.session.keyed.clear();
            draft.session.peek = Peek::None;
            return Ok(());
        }
        _ => {}
    }
    let Some(reason) = reason(key) else { return Err(Refusal::NotNow) };
    let more = found(draft, task)?;
    if more.is_some() {
        pick::picked(draft, list, task, more, true);
    }
    let missing = task.remaining() - more;
    if missing.is_some() {
        draft.fact(Fact::Shorted {
            task: task.id,
            item: task.item.clone(),
            location: task.location.clone(),
            quantity: missing,
            reason,
            undoes: None,
        });
        let in_hand = task.in_hand() + more;
        draft.hear(if in_hand.is_zero() { Cue::LineDone } else { Cue::Good });
        if pick::is_here(&draft.session, task)
            && let Some(tote) = pick::tote_known(&draft.session, list, task).cloned()
        {
            pick::close(draft, list, task, &tote, in_hand, task.remaining());
        }
    }
    draft.session.peek = Peek::None;
    let here = reroute::stands(&draft.session).cloned();
    reroute::shorten(draft, list, here.as_ref(), Some(task.id), None);
    Ok(())
}

/// How many more than in hand were found, by the number keyed; none without a number.
fn found(draft: &mut Draft<'_, '_>, task: &PickTask) -> Result<Quantity, Refusal> {
    let Some(number) = keys::number(draft) else { return Ok(Quantity::ZERO) };
    let more = Quantity(number) - task.in_hand();
    if more.0 < 0 {
        return Err(Refusal::NotANumber);
    }
    if more > task.remaining() {
        return Err(pick::over(task, task.picked + more));
    }
    if more.is_some() {
        pick::may_key(draft, task)?;
    }
    Ok(more)
}
