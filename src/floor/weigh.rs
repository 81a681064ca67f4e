//! The scale, the seal and the label.

use aisle_core::{
    id::Id,
    task::{
        op::Fact,
        state::{FulfilmentOrder, Parcel},
    },
};

use super::{Cue, Draft, Effect, Key, Refusal, bench, keys, pack, undo};

/// What a parcel may differ from the sum of its pieces, in percent: filling and tape.
pub const TOLERANCE_PERCENT: u32 = 5;
/// And at least so many grams: light parcels vary more than by a share.
pub const TOLERANCE_LEAST_G: u32 = 40;

/// By how many grams a parcel of this weight may differ.
#[must_use]
pub const fn tolerance_g(expected: u32) -> u32 {
    let share = expected / 100 * TOLERANCE_PERCENT;
    if share > TOLERANCE_LEAST_G { share } else { TOLERANCE_LEAST_G }
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Digit(digit) => keys::digit(draft, digit),
        Key::Enter => {
            let Some(number) = keys::number(draft) else { return Err(Refusal::NotNow) };
            let grams = u32::try_from(number).map_err(|_| Refusal::NotANumber)?;
            weighed(draft, grams)
        }
        // The weight stands: she looked, and nothing is missing or too much. The fact keeps what was read.
        Key::F(2) => match draft.session.pack.doubted {
            Some(grams) => seal(draft, grams),
            None => Err(Refusal::NotNow),
        },
        Key::F(3) if draft.session.pack.full => {
            draft.session.pack.full = false;
            Ok(())
        }
        Key::Dot if !draft.session.keyed.is_empty() => {
            draft.session.keyed.clear();
            Ok(())
        }
        Key::Dot => undo::last(draft),
        Key::Back => Ok(()),
        _ => Err(Refusal::NotNow),
    }
}

/// The scale settled. Anywhere but at the weighing it says nothing.
pub(super) fn weighed(draft: &mut Draft<'_, '_>, grams: u32) -> Result<(), Refusal> {
    if pack::stage(draft.rows, &draft.session) != pack::Stage::Weigh {
        return Ok(());
    }
    let Some(parcel) = bench::parcel(draft.rows, &draft.session) else { return Ok(()) };
    if grams == 0 {
        return Err(Refusal::NotANumber);
    }
    let expected = bench::expected_g(parcel, draft.ctx.catalogue);
    let tolerance = tolerance_g(expected);
    if grams > expected.saturating_add(tolerance) {
        draft.session.pack.doubted = Some(grams);
        return Err(Refusal::TooHeavy { grams, expected });
    }
    if grams < expected.saturating_sub(tolerance) {
        draft.session.pack.doubted = Some(grams);
        return Err(Refusal::TooLight { grams, expected });
    }
    seal(draft, grams)
}

fn seal(draft: &mut Draft<'_, '_>, weight_g: u32) -> Result<(), Refusal> {
    let Some(parcel) = draft.session.pack.parcel else { return Err(Refusal::NotNow) };
    let Some(sscc) = draft.ctx.sscc else { return Err(Refusal::NoSscc) };
    draft.fact(Fact::Sealed { parcel, sscc: sscc.to_string(), weight_g });
    draft.effects.push(Effect::Print { parcel });
    draft.hear(Cue::LineDone);
    Ok(())
}

/// The label came out.
pub(super) fn printed(draft: &mut Draft<'_, '_>, parcel: Id<Parcel>) -> Result<(), Refusal> {
    let Some(row) = draft.find::<Parcel>(&parcel) else { return Ok(()) };
    if row.labelled || row.sscc.is_none() {
        return Ok(());
    }
    if draft.session.operator.is_none() {
        let order = draft.find::<FulfilmentOrder>(&row.fulfilment);
        let Some(packer) = order.and_then(|order| order.packer.clone()) else { return Ok(()) };
        draft.by(&packer);
    }
    draft.fact(Fact::Labelled { parcel });
    Ok(())
}

/// The label once more: it tore, or the printer was out.
pub(super) fn print_again(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let last = draft.session.pack.label.or(draft.session.load.parcel).or(draft.session.load.last);
    let Some(parcel) = last else { return Err(Refusal::NotNow) };
    draft.effects.push(Effect::Print { parcel });
    Ok(())
}
