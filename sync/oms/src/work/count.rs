//! Counts of a location: what a count says is a difference, never an absolute.
//!
//! A count is held against the book as its counter knew it, and what the same terminal did before it. The difference
//! is posted, so that what others moved meanwhile stays moved. A difference beyond what one person may post waits for
//! somebody else's count, or for the lead.

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        op::{Fact, Origin},
        rows::Rows,
        state::Terminal,
        trouble::{Remedy, Trouble, TroubleKind},
    },
};

use crate::{
    context::Context,
    stock::ledger::{self, Posting, settled},
    store::{Result, Tx},
};

/// What was counted.
struct Count<'a> {
    item: &'a Code<Item>,
    location: &'a Code<Location>,
    found: Quantity,
    book: u64,
}

/// The exception about a count that waits for a second one: one for each item at a location.
#[must_use]
pub fn trouble_id(item: &Code<Item>, location: &Code<Location>) -> Id<Trouble> {
    Trouble::about("aisle second count 1", &[item.as_str(), location.as_str()])
}

/// Books a count. Answers the exception that it opened.
///
/// # Errors
/// When the store fails.
pub(super) fn watch(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    fact: &Fact,
) -> Result<Option<Id<Trouble>>> {
    let Fact::Counted { item, location, found, book } = fact else { return Ok(None) };
    // A count names no lot: of an item that is kept by lot it says nothing that the book could take.
    if tx.fetch::<Item>(item)?.is_some_and(|item| item.tracked.by_lot) {
        return Ok(None);
    }
    let count = Count { item, location, found: *found, book: *book };
    let delta = difference(tx, &origin.terminal, &count)?;
    let id = trouble_id(item, location);
    let open = tx.fetch::<Trouble>(&id)?.filter(|trouble| trouble.settled.is_none());
    let second = open.as_ref().is_some_and(|first| first.by != origin.operator);
    let alone = i64::from(context.settings.count.alone_up_to);
    if delta.0.abs() > alone && !second {
        let fresh = open.is_none();
        tx.keep(Trouble {
            item: Some(item.clone()),
            location: Some(location.clone()),
            terminal: Some(origin.terminal.clone()),
            quantity: delta,
            ..Trouble::blank(id, TroubleKind::SecondCount, &origin.operator, origin.at)
        })?;
        return Ok(fresh.then_some(id));
    }
    let cause = super::book::cause(origin.op);
    post(tx, context, origin, &cause, (item, location), delta)?;
    if let Some(mut first) = open {
        first.settled = Some(settled(Remedy::Acknowledge, &origin.operator, origin.at));
        tx.keep(first)?;
    }
    ledger::watch(tx, origin, (item, None), &Place::Location(location.clone()))
}

/// Posts a difference that somebody vouched for.
///
/// # Errors
/// When the store fails.
pub(super) fn post(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    origin: &Origin,
    cause: &str,
    (item, location): (&Code<Item>, &Code<Location>),
    delta: Quantity,
) -> Result<()> {
    let (place, loss) = (Place::Location(location.clone()), Place::Virtual(Usage::Loss));
    let (from, to) = if delta.is_some() { (&loss, &place) } else { (&place, &loss) };
    let quantity = Quantity(delta.0.abs());
    let (at, actor) = (origin.at, origin.operator.as_str());
    ledger::book(tx, context, &Posting { cause, item, lot: None, quantity, from, to, at, actor })
}

/// How many more were found than the book had, as the counter knew it: without what others moved since, with all
/// that her own terminal did.
fn difference(tx: &Tx<'_>, terminal: &Code<Terminal>, count: &Count<'_>) -> Result<Quantity> {
    let place = Place::Location(count.location.clone());
    let mut expected = tx.level((count.item, None), &place)?.on_hand;
    for posted in tx.moves_of(count.item)? {
        let by = match (posted.to == place, posted.from == place) {
            (true, false) => posted.quantity,
            (false, true) => -posted.quantity,
            _ => continue,
        };
        if posted.number > count.book && !is_own(tx, terminal, &posted.cause)? {
            expected -= by;
        }
    }
    Ok(count.found - expected)
}

/// Whether a move came of an operation of this terminal.
fn is_own(tx: &Tx<'_>, terminal: &Code<Terminal>, cause: &str) -> Result<bool> {
    let Some(op) = cause.strip_prefix("op ").and_then(|id| id.parse().ok()) else { return Ok(false) };
    Ok(tx.first_op(op)?.is_some_and(|op| op.terminal == *terminal))
}
