//! Packing: a tote names its order, each piece scanned goes into the parcel, the first opens its carton.

use aisle_core::{
    id::Code,
    item::{CartonType, Counting, Item},
    quantity::Quantity,
    task::{
        op::Fact,
        rows::Floor,
        state::{FulfilmentOrder, FulfilmentState, ShortReason, Tote, ToteState},
    },
};

use super::{
    Cue, Draft, Key, Peek, Refusal, Session, Thing,
    bench::{self, Part},
    keys, load, lot, pick, short, undo, weigh,
};

/// Cartons that a digit can take.
pub const CARTON_KEYS: usize = 9;

/// Where an order on the bench is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A tote is due: the first, the next of this order, or the next order's.
    Tote,
    /// Pieces are due.
    Grab,
    /// The parcel goes on the scale.
    Weigh,
    /// The label goes on, and the parcel to its lane.
    Label,
}

/// Where the order on the bench is.
#[must_use]
pub fn stage(rows: &Floor, session: &Session) -> Stage {
    let filled = bench::parcel(rows, session).is_some_and(|parcel| !parcel.contents.is_empty());
    if filled && session.pack.full {
        return Stage::Weigh;
    }
    let left = !bench::to_grab(rows, session).is_empty();
    if session.pack.parcel.is_none() && session.pack.label.is_some() {
        return Stage::Label;
    }
    if left {
        return Stage::Grab;
    }
    if filled && bench::totes_missing(rows, session).is_empty() { Stage::Weigh } else { Stage::Tote }
}

pub(super) fn scanned(draft: &mut Draft<'_, '_>, thing: &Thing) -> Result<(), Refusal> {
    match thing {
        Thing::Tote(tote) => start(draft, tote),
        Thing::Item { item, quantity } if draft.session.pack.order.is_some() => pack(draft, item, *quantity),
        Thing::Parcel(parcel) => load::parcel(draft, *parcel),
        Thing::Location(lane) => load::lane(draft, lane),
        other => {
            keys::look_up(draft, other.clone());
            Ok(())
        }
    }
}

fn start(draft: &mut Draft<'_, '_>, tote: &Code<Tote>) -> Result<(), Refusal> {
    let Some(row) = draft.find::<Tote>(tote) else {
        return Err(Refusal::UnknownTote { tote: tote.clone() });
    };
    let order = row.fulfilment.and_then(|id| draft.find::<FulfilmentOrder>(&id));
    let (Some(order), false) = (order, row.contents.is_empty()) else {
        return Err(Refusal::ToteEmpty { tote: tote.clone() });
    };
    if row.state == ToteState::InUse {
        return Err(Refusal::ToteNotDropped { tote: tote.clone() });
    }
    // A carton with goods in it is sealed before another order comes onto the bench: none is forgotten open.
    let filled = bench::parcel(draft.rows, &draft.session).is_some_and(|parcel| !parcel.contents.is_empty());
    if let Some(open) = draft.session.pack.order
        && open != order.id
        && (filled || matches!(stage(draft.rows, &draft.session), Stage::Grab | Stage::Weigh))
    {
        return Err(Refusal::OrderOpen { order: open });
    }
    if order.state == FulfilmentState::Cancelled {
        return Err(Refusal::Cancelled { order: order.id });
    }
    if let Some(hold) = order.holds.first() {
        return Err(Refusal::Held { order: order.id, hold: hold.clone() });
    }
    draft.fact(Fact::PackStarted { fulfilment: order.id, tote: tote.clone() });
    draft.hear(Cue::Good);
    Ok(())
}

fn pack(draft: &mut Draft<'_, '_>, item: &Code<Item>, quantity: Quantity) -> Result<(), Refusal> {
    let Some(order) = bench::order(draft.rows, &draft.session) else { return Err(Refusal::NoWork) };
    let parts = bench::left(draft.rows, order, &draft.session.pack.totes);
    let parts = lot::of_scan(draft, parts, item, quantity)?;
    let of_item: Quantity = parts.iter().filter(|part| part.item == *item).map(|part| part.quantity).sum();
    if quantity > of_item {
        return Err(pick::too_large(item, quantity, of_item)
            .unwrap_or_else(|| too_many(draft, order, item, quantity)));
    }
    open_carton(draft, order)?;
    draft.session.keyed.clear();
    packed(draft, order, &parts, item, quantity);
    let left: Quantity = parts.iter().map(|part| part.quantity).sum();
    draft.hear(match (of_item == quantity, left == quantity) {
        (_, true) => Cue::ToteDone,
        (true, false) => Cue::LineDone,
        _ => Cue::Good,
    });
    Ok(())
}

/// Why so many of an item are too many here.
fn too_many(
    draft: &Draft<'_, '_>,
    order: &FulfilmentOrder,
    item: &Code<Item>,
    quantity: Quantity,
) -> Refusal {
    let lines = || order.lines.iter().filter(|line| line.item == *item);
    let packed: Quantity = lines().map(|line| line.packed).sum();
    let wanted: Quantity = lines().map(|line| line.picked - line.lost).sum();
    if wanted.is_some() {
        return Refusal::OverQuantity { wanted, counted: packed + quantity };
    }
    match bench::to_grab(draft.rows, &draft.session).first() {
        Some((wanted, _)) => Refusal::WrongItem { scanned: item.clone(), wanted: wanted.clone() },
        None => Refusal::NotDueNow { thing: Thing::Item { item: item.clone(), quantity } },
    }
}

/// Opens the carton chosen or proposed, unless one is open.
fn open_carton(draft: &mut Draft<'_, '_>, order: &FulfilmentOrder) -> Result<(), Refusal> {
    if draft.session.pack.parcel.is_some() {
        return Ok(());
    }
    let chosen = draft.session.pack.carton.clone();
    let carton = chosen.or_else(|| {
        let proposed = bench::proposal(draft.rows, &draft.session, draft.ctx.catalogue);
        proposed.map(|proposal| proposal.carton.code)
    });
    let Some(carton) = carton else { return Err(Refusal::NoCarton) };
    let parcel = draft.ctx.mint.id(draft.now);
    draft.fact(Fact::CartonOpened { fulfilment: order.id, parcel, carton });
    draft.session.pack.parcel = Some(parcel);
    Ok(())
}

/// Records so many pieces of an item, out of the totes and into the open parcel.
fn packed(
    draft: &mut Draft<'_, '_>,
    order: &FulfilmentOrder,
    parts: &[Part],
    item: &Code<Item>,
    quantity: Quantity,
) {
    let Some(parcel) = draft.session.pack.parcel else { return };
    let mut wanted = quantity;
    for part in parts.iter().filter(|part| part.item == *item) {
        let quantity = Quantity(part.quantity.0.min(wanted.0));
        wanted -= quantity;
        if quantity.is_some() {
            draft.fact(Fact::Packed {
                fulfilment: order.id,
                line: part.line,
                item: item.clone(),
                tote: part.tote.clone(),
                parcel,
                quantity,
                undoes: None,
                lot: part.lot.clone(),
            });
        }
    }
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    let stage = stage(draft.rows, &draft.session);
    if key == Key::Dot && draft.session.peek == Peek::None && draft.session.refusal.is_some() {
        draft.session.pack.doubted = None;
        return Ok(());
    }
    match (draft.session.peek.clone(), key) {
        (Peek::Short, _) => return short_key(draft, key),
        (Peek::Box, Key::Digit(digit)) => return take_carton(draft, digit),
        (Peek::Box, Key::F(3)) => return full(draft),
        (Peek::None, _) => {}
        (_, Key::Dot | Key::Back) => {
            draft.session.peek = Peek::None;
            return Ok(());
        }
        _ => {}
    }
    match (stage, key) {
        (Stage::Weigh, _) => weigh::key(draft, key),
        (Stage::Grab, Key::Digit(digit @ 1..)) if draft.session.pack.last.is_none() => {
            take_carton(draft, digit)
        }
        (Stage::Grab, Key::Digit(digit)) => keys::digit(draft, digit),
        (Stage::Grab, Key::Enter) => keyed(draft),
        (Stage::Grab, Key::Star) => {
            draft.session.keyed.clear();
            draft.session.peek = Peek::Short;
            Ok(())
        }
        (Stage::Grab, Key::Hash) => put_off(draft),
        (_, Key::F(3)) if draft.session.pack.order.is_some() => {
            draft.session.peek = Peek::Box;
            Ok(())
        }
        (_, Key::F(7)) => weigh::print_again(draft),
        (_, Key::Dot) if !draft.session.keyed.is_empty() => {
            draft.session.keyed.clear();
            Ok(())
        }
        (Stage::Grab | Stage::Tote, Key::Dot) if draft.session.pack.order.is_some() => undo::last(draft),
        (_, Key::Back) => Ok(()),
        (Stage::Tote | Stage::Label, _) => load::key(draft, key),
        _ => Err(Refusal::NotNow),
    }
}

/// Takes the carton with this key instead: its place among the site's cartons, from 1.
fn take_carton(draft: &mut Draft<'_, '_>, digit: u8) -> Result<(), Refusal> {
    let cartons = draft.ctx.catalogue.cartons();
    let chosen = usize::from(digit).checked_sub(1).and_then(|place| cartons.into_iter().nth(place));
    let Some(CartonType { code, .. }) = chosen else { return Err(Refusal::NotNow) };
    draft.session.peek = Peek::None;
    draft.hear(Cue::Good);
    match bench::parcel(draft.rows, &draft.session) {
        Some(parcel) if parcel.carton != code => {
            draft.fact(Fact::CartonChanged { parcel: parcel.id, carton: code });
        }
        Some(_) => {}
        None => draft.session.pack.carton = Some(code),
    }
    Ok(())
}

/// The parcel is full: it goes on the scale, the rest into the next one.
fn full(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    if bench::parcel(draft.rows, &draft.session).is_none_or(|parcel| parcel.contents.is_empty()) {
        return Err(Refusal::ParcelEmpty);
    }
    draft.session.peek = Peek::None;
    draft.session.pack.full = true;
    draft.hear(Cue::Good);
    Ok(())
}

/// The item that is named next goes to the end.
fn put_off(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let items = bench::to_grab(draft.rows, &draft.session);
    let [(item, _), _, ..] = items.as_slice() else { return Err(Refusal::OnlyStop) };
    draft.session.pack.put_off.retain(|other| other != item);
    draft.session.pack.put_off.push(item.clone());
    draft.session.pack.last = None;
    Ok(())
}

/// The number keyed replaces how many of the last item were scanned in a row.
fn keyed(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let Some(number) = keys::number(draft) else { return Err(Refusal::NotNow) };
    let Some(last) = draft.session.pack.last.clone() else { return Err(Refusal::NotNow) };
    let counting = draft.ctx.catalogue.item(&last.item).map(|item| item.counting).unwrap_or_default();
    if counting == Counting::ScanEach {
        return Err(Refusal::ScanEach { item: last.item });
    }
    let counted = Quantity::counted(number).ok_or(Refusal::NotANumber)?;
    let more = counted - last.quantity;
    if more.is_some() {
        draft.label = last.lot.map(|lot| lot::Label { lot: lot.to_string(), expires: None });
        return pack(draft, &last.item, more);
    }
    let item = last.item.clone();
    undo::fewer(draft, -more, |fact| matches!(fact, Fact::Packed { item: of, .. } if *of == item));
    draft.hear(Cue::Good);
    Ok(())
}

fn short_key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Digit(digit) => keys::digit(draft, digit),
        Key::Dot | Key::Back | Key::Star => {
            draft.session.keyed.clear();
            draft.session.peek = Peek::None;
            Ok(())
        }
        _ => match short::reason(key) {
            Some(reason) => shorted(draft, reason),
            None => Err(Refusal::NotNow),
        },
    }
}

/// Pieces of the item named next are missing or broken: all that are left, less the number keyed as found.
fn shorted(draft: &mut Draft<'_, '_>, reason: ShortReason) -> Result<(), Refusal> {
    let Some(order) = bench::order(draft.rows, &draft.session) else { return Err(Refusal::NoWork) };
    let items = bench::to_grab(draft.rows, &draft.session);
    let Some((item, left)) = items.first().cloned() else { return Err(Refusal::NotNow) };
    let found = Quantity(keys::number(draft).unwrap_or(0));
    if found >= left {
        return Err(Refusal::NotANumber);
    }
    let mut missing = left - found;
    for part in bench::left(draft.rows, order, &draft.session.pack.totes).iter().rev() {
        let quantity = Quantity(part.quantity.0.min(missing.0));
        if part.item == item && quantity.is_some() {
            missing -= quantity;
            draft.fact(Fact::PackShorted {
                fulfilment: order.id,
                line: part.line,
                item: item.clone(),
                tote: part.tote.clone(),
                quantity,
                reason,
                lot: part.lot.clone(),
            });
        }
    }
    draft.session.peek = Peek::None;
    draft.hear(Cue::LineDone);
    Ok(())
}
