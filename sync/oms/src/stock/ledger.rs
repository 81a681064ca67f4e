//! The ledger: immutable moves between places, and the levels that cache them.
//!
//! Every change of stock is one move through [`post`] or [`book`]: a command may be refused, a fact never.
//! A fact that leaves a level impossible raises one exception for that item and place, which settles by
//! itself once the book comes right.

use aisle_core::{
    canary,
    id::{Code, Id},
    item::{Item, Lot},
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        op::Origin,
        rows::Rows,
        state::Operator,
        trouble::{Remedy, Settled, Trouble, TroubleKind},
    },
    time::Millis,
};

use crate::{
    context::Context,
    store::{
        Result, Tx,
        record::{Goods, MoveRecord},
    },
};

/// One move, before it is booked.
#[derive(Debug, Clone)]
pub struct Posting<'a> {
    /// Why.
    pub cause: &'a str,
    /// The item.
    pub item: &'a Code<Item>,
    /// Which lot of it, where it is kept by lot.
    pub lot: Option<&'a Code<Lot>>,
    /// How many; nothing is booked for none.
    pub quantity: Quantity,
    /// Where from.
    pub from: &'a Place,
    /// Where to.
    pub to: &'a Place,
    /// When.
    pub at: Millis,
    /// Who.
    pub actor: &'a str,
}

impl Posting<'_> {
    const fn goods(&self) -> Goods<'_> {
        (self.item, self.lot)
    }
}

/// Whether what lies at a place can be sold.
///
/// # Errors
/// When the store fails.
pub fn sells(tx: &Tx<'_>, place: &Place) -> Result<bool> {
    let Place::Location(code) = place else { return Ok(false) };
    Ok(tx.fetch::<Location>(code)?.is_some_and(|location| usage_sells(location.usage)))
}

/// Whether what lies at a location of this usage can be sold.
#[must_use]
pub const fn usage_sells(usage: Usage) -> bool {
    matches!(usage, Usage::Storage | Usage::PickFace)
}

/// Books a move that a command asks for, if the place it leaves has as many that nobody counts on.
///
/// # Errors
/// When the store fails.
pub fn post(tx: &mut Tx<'_>, context: &Context<'_>, posting: &Posting<'_>) -> Result<bool> {
    if !posting.quantity.is_some() || posting.from == posting.to {
        return Ok(posting.quantity.is_zero());
    }
    if !tx.shift_level(posting.goods(), posting.from, -posting.quantity, Quantity::ZERO)? {
        return Ok(false);
    }
    tx.force_level(posting.goods(), posting.to, posting.quantity, Quantity::ZERO)?;
    enter(tx, context, posting)?;
    Ok(true)
}

/// Books a move that happened, whatever the book says.
///
/// # Errors
/// When the store fails.
pub fn book(tx: &mut Tx<'_>, context: &Context<'_>, posting: &Posting<'_>) -> Result<()> {
    if !posting.quantity.is_some() || posting.from == posting.to {
        return Ok(());
    }
    tx.force_level(posting.goods(), posting.from, -posting.quantity, Quantity::ZERO)?;
    tx.force_level(posting.goods(), posting.to, posting.quantity, Quantity::ZERO)?;
    enter(tx, context, posting)
}

/// Writes the move itself and what it means for sale.
fn enter(tx: &mut Tx<'_>, context: &Context<'_>, posting: &Posting<'_>) -> Result<()> {
    let left = if sells(tx, posting.from)? { posting.quantity } else { Quantity::ZERO };
    let came = if sells(tx, posting.to)? { posting.quantity } else { Quantity::ZERO };
    if left != came {
        let none = Quantity::ZERO;
        tx.force_sellable(context.site(), posting.item, came - left, none, none)?;
    }
    tx.append_move(&MoveRecord {
        number: 0,
        cause: posting.cause.to_owned(),
        item: posting.item.clone(),
        quantity: posting.quantity,
        from: posting.from.clone(),
        to: posting.to.clone(),
        at: posting.at,
        actor: posting.actor.to_owned(),
        lot: posting.lot.cloned(),
    })?;
    Ok(())
}

/// The exception about an item, or a lot of it, at a place: always the same one, so that it is open at most once.
#[must_use]
pub fn negative_stock_id((item, lot): Goods<'_>, place: &Place) -> Id<Trouble> {
    let place = place.to_string();
    match lot {
        None => Trouble::about("aisle negative stock 1", &[item.as_str(), &place]),
        Some(lot) => Trouble::about("aisle negative stock 2", &[item.as_str(), lot.as_str(), &place]),
    }
}

/// Opens or settles the exception about a level after a fact. Answers its id when it was opened now.
///
/// # Errors
/// When the store fails.
pub fn watch(
    tx: &mut Tx<'_>,
    origin: &Origin,
    (item, lot): Goods<'_>,
    place: &Place,
) -> Result<Option<Id<Trouble>>> {
    let level = tx.level((item, lot), place)?;
    let id = negative_stock_id((item, lot), place);
    let known = tx.fetch::<Trouble>(&id)?;
    let open = known.as_ref().is_some_and(|trouble| trouble.settled.is_none());
    if level.is_sound() {
        if let Some(mut trouble) = known.filter(|_| open) {
            trouble.settled = Some(settled(Remedy::Acknowledge, &origin.operator, origin.at));
            tx.keep(trouble)?;
        }
        return Ok(None);
    }
    if canary::sings("negative_not_told") {
        return Ok(None);
    }
    let missing = level.assigned.or_zero() - level.on_hand;
    tx.keep(Trouble {
        item: Some(item.clone()),
        location: if let Place::Location(code) = place { Some(code.clone()) } else { None },
        tote: if let Place::Tote(code) = place { Some(code.clone()) } else { None },
        quantity: missing,
        lot: lot.cloned(),
        ..Trouble::blank(id, TroubleKind::NegativeStock, &origin.operator, origin.at)
    })?;
    Ok((!open).then_some(id))
}

/// How an exception ended.
#[must_use]
pub fn settled(remedy: Remedy, by: &Code<Operator>, at: Millis) -> Settled {
    Settled { remedy, by: by.clone(), at }
}

/// Tells the outside something, in this transaction.
///
/// # Errors
/// When the store fails.
pub fn tell(tx: &mut Tx<'_>, at: Millis, kind: &str, subject: &str, body: &serde_json::Value) -> Result<()> {
    tx.append_event(&crate::store::record::EventRecord {
        number: 0,
        at,
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        body: body.to_string(),
    })?;
    Ok(())
}
