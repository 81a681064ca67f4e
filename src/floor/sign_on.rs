//! Signing on and off: badge, then PIN, without a network.
//!
//! The PIN itself is verified by the caller against the operator's verifier; here are the tries and the lock.

use aisle_core::{
    id::Code,
    task::{
        op::Note,
        state::{Operator, Role},
    },
    time::Millis,
};

use super::{Cue, Draft, Key, Refusal, Thing, cart, keys};

/// Digits of a PIN: the last one asks for its check.
pub const PIN_DIGITS: usize = 4;
/// Wrong PINs in a row before the badge is locked for a while.
pub const PIN_TRIES: u32 = 5;
/// The first lock, in milliseconds; each further wrong PIN doubles it.
pub const LOCK_FIRST_MS: i64 = 30_000;
/// The longest lock, in milliseconds: a quarter of an hour, after which a lead has long been asked.
pub const LOCK_MAX_MS: i64 = 900_000;

pub(super) fn badge(draft: &mut Draft<'_, '_>, thing: &Thing) -> Result<(), Refusal> {
    let Thing::Badge(badge) = thing else { return Err(Refusal::BadgeFirst) };
    draft.session.keyed.clear();
    draft.session.sign_on.badge = None;
    known(draft, badge)?;
    draft.session.sign_on.badge = Some(badge.clone());
    Ok(())
}

/// A badge while somebody is signed on: her own signs her off.
pub(super) fn badge_again(draft: &mut Draft<'_, '_>, badge: &Code<Operator>) -> Result<(), Refusal> {
    if draft.session.badge() == Some(badge) {
        return off(draft);
    }
    Err(Refusal::NotYourBadge { badge: badge.clone() })
}

/// Signs off, unless pieces are in hand.
pub(super) fn off(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    if let Some(task) = cart::in_hand(draft.rows, &draft.session) {
        return Err(Refusal::PiecesInHand { quantity: task.in_hand(), slot: task.slot });
    }
    draft.note(Note::SignedOff);
    draft.hear(Cue::Good);
    Ok(())
}

fn known(draft: &Draft<'_, '_>, badge: &Code<Operator>) -> Result<Operator, Refusal> {
    let ended = || Refusal::BadgeEnded { badge: badge.clone() };
    let operator = draft.ctx.catalogue.operator(badge).ok_or_else(ended)?;
    if !operator.active {
        return Err(ended());
    }
    match draft.session.sign_on.tries.get(badge) {
        Some(tries) if tries.locked_until > draft.now => Err(Refusal::Locked { until: tries.locked_until }),
        _ => Ok(operator),
    }
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    let Some(badge) = draft.session.sign_on.badge.clone() else { return Err(Refusal::BadgeFirst) };
    match key {
        Key::Digit(digit) => {
            keys::digit(draft, digit)?;
            if draft.session.keyed.len() < PIN_DIGITS {
                return Ok(());
            }
            let pin = std::mem::take(&mut draft.session.keyed);
            let operator = known(draft, &badge)?;
            draft.pin = Some((operator, pin));
            Ok(())
        }
        Key::Dot => {
            draft.session.keyed.pop();
            Ok(())
        }
        Key::Back => {
            draft.session.keyed.clear();
            draft.session.sign_on.badge = None;
            Ok(())
        }
        _ => Err(Refusal::NotNow),
    }
}

pub(super) fn pin_checked(draft: &mut Draft<'_, '_>, right: bool) -> Result<(), Refusal> {
    let Some(badge) = draft.session.sign_on.badge.clone() else { return Err(Refusal::BadgeFirst) };
    let operator = known(draft, &badge)?;
    if !right {
        return Err(wrong_pin(draft, &badge));
    }
    draft.session.sign_on.tries.remove(&badge);
    draft.by(&badge);
    draft.note(Note::SignedOn { role: operator.role });
    if operator.role == Role::Picker {
        cart::claim(draft, &badge);
    }
    draft.hear(Cue::Good);
    Ok(())
}

fn wrong_pin(draft: &mut Draft<'_, '_>, badge: &Code<Operator>) -> Refusal {
    let now = draft.now;
    let tries = draft.session.sign_on.tries.entry(badge.clone()).or_default();
    tries.wrong = tries.wrong.saturating_add(1);
    if tries.wrong < PIN_TRIES {
        return Refusal::WrongPin { left: PIN_TRIES - tries.wrong };
    }
    let doublings = (tries.wrong - PIN_TRIES).min(10);
    tries.locked_until = lock_end(now, doublings);
    let until = tries.locked_until;
    draft.session.sign_on.badge = None;
    Refusal::Locked { until }
}

fn lock_end(now: Millis, doublings: u32) -> Millis {
    now.plus((LOCK_FIRST_MS << doublings).min(LOCK_MAX_MS))
}
