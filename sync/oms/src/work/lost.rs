//! A terminal that will not come back with what it holds, and what is made of its totes without it.
//!
//! Its token counts no longer, lists that nobody began are anybody's, and what remains of those under way is a new
//! list. Each tote of its cart is counted blind: more than was known came from stops that were not reported. Should
//! it come back after all, what it reports is held; what the counts had already is kept as evidence and has no
//! effect, and somebody decides on the rest.

use aisle_core::{
    id::{Code, Id},
    item::{Item, Lot},
    place::Place,
    quantity::Quantity,
    task::{
        apply::Effect,
        op::{Fact, Note, Op},
        rows::Rows,
        state::{ListState, Operator, PickList, Terminal, Tote, ToteState},
        trouble::{Trouble, TroubleKind},
    },
    wire::v1::{No, RequestVerdict},
};
use serde::{Deserialize, Serialize};

use super::{
    list,
    notice::{self, Notice},
    reassign,
    request::no,
};
use crate::{
    context::Context,
    stock::ledger::tell,
    store::{Result, Tx},
};

/// What became of a terminal that was marked lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// Lists that are open to anybody again.
    pub lists: usize,
    /// Totes that are to be counted.
    pub totes: Vec<Code<Tote>>,
}

/// The exception about a lost terminal.
#[must_use]
pub fn trouble_id(terminal: &Code<Terminal>) -> Id<Trouble> {
    Trouble::about("aisle terminal lost 1", &[terminal.as_str()])
}

/// Marks a terminal as lost. `None` when it was never enrolled.
///
/// # Errors
/// When the store fails.
pub fn mark(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    terminal: &Code<Terminal>,
    by: &Code<Operator>,
) -> Result<Option<Marked>> {
    let Some(mut record) = tx.terminal_state(terminal)? else { return Ok(None) };
    record.revoked = true;
    tx.put_terminal(&record)?;
    let mut marked = Marked::default();
    let held = |list: &PickList| {
        list.state != ListState::Closed
            && list.holder.as_ref().is_some_and(|holder| holder.terminal == *terminal)
    };
    for list in tx.all::<PickList>()?.into_iter().filter(held) {
        marked.lists += 1;
        let totes = free(tx, context, list)?;
        marked.totes.extend(totes);
    }
    for tote in &marked.totes {
        unsure(tx, context, terminal, tote, by)?;
    }
    let id = trouble_id(terminal);
    let told = Notice { id, kind: TroubleKind::Lost, terminal, by, at: context.now };
    let totes = i64::try_from(marked.totes.len()).unwrap_or(i64::MAX);
    notice::raise(tx, &told, |_| Quantity(totes))?;
    let body = serde_json::json!({ "by": by, "lists": marked.lists, "totes": marked.totes });
    tell(tx, context.now, "terminal.lost", terminal.as_str(), &body)?;
    Ok(Some(marked))
}

/// Decides the lead's request.
///
/// # Errors
/// When the store fails.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    terminal: &Code<Terminal>,
    by: &Code<Operator>,
) -> Result<RequestVerdict> {
    Ok(match mark(tx, context, terminal, by)? {
        Some(_) => RequestVerdict::Accepted,
        None => no(No::Unknown),
    })
}

/// Frees a list of the lost terminal. Answers the totes on its cart.
fn free(tx: &mut Tx<'_>, context: &mut Context<'_>, mut list: PickList) -> Result<Vec<Code<Tote>>> {
    list.epoch += 1;
    if list.state == ListState::Open {
        list.holder = None;
        tx.keep(list)?;
        return Ok(Vec::new());
    }
    let mut rest = list::tasks(tx, &list)?;
    rest.retain(|task| task.remaining().is_some());
    if !rest.is_empty() {
        reassign::move_rest(tx, context, rest, None)?;
    }
    let mut totes = Vec::new();
    for slot in &mut list.slots {
        let Some(code) = slot.tote.take() else { continue };
        if let Some(mut tote) = tx.fetch::<Tote>(&code)? {
            // Where it stands somebody must find out; what it is for is known.
            tote.state = ToteState::Closed;
            tx.keep(tote)?;
        }
        totes.push(code);
    }
    list.state = ListState::Closed;
    tx.keep(list)?;
    Ok(totes)
}

fn unsure(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    terminal: &Code<Terminal>,
    code: &Code<Tote>,
    by: &Code<Operator>,
) -> Result<()> {
    let fulfilment = tx.fetch::<Tote>(code)?.and_then(|tote| tote.fulfilment);
    tx.keep(Trouble {
        fulfilment,
        tote: Some(code.clone()),
        terminal: Some(terminal.clone()),
        ..Trouble::blank(Trouble::of_tote(code), TroubleKind::ToteUnsure, by, context.now)
    })
}

/// Goods that a count found and nobody had reported: what is left of them to be matched.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Found {
    item: Code<Item>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lot: Option<Code<Lot>>,
    from: Place,
    tote: Code<Tote>,
    /// Not matched with a pick yet.
    picks: Quantity,
    /// Not matched with a put yet.
    puts: Quantity,
}

fn place_of(terminal: &Code<Terminal>) -> String {
    format!("found of {terminal}")
}

fn found(tx: &Tx<'_>, terminal: &Code<Terminal>) -> Result<Vec<Found>> {
    Ok(tx.value(&place_of(terminal))?.unwrap_or_default())
}

/// The lost terminal that a tote was on, when it is one of those that are to be counted.
///
/// # Errors
/// When the store fails.
pub fn terminal_of(tx: &Tx<'_>, tote: &Code<Tote>) -> Result<Option<Code<Terminal>>> {
    Ok(tx.fetch::<Trouble>(&Trouble::of_tote(tote))?.and_then(|trouble| trouble.terminal))
}

/// Remembers what the count of a lost terminal's tote found beyond what was known.
///
/// # Errors
/// When the store fails.
pub(super) fn remember(tx: &mut Tx<'_>, tote: &Code<Tote>, effects: &[Effect]) -> Result<()> {
    let Some(terminal) = terminal_of(tx, tote)? else { return Ok(()) };
    let mut known = found(tx, &terminal)?;
    for effect in effects {
        let Effect::Moved { item, lot, quantity, from, to } = effect else { continue };
        if *to != Place::Tote(tote.clone()) {
            continue;
        }
        let picks = if matches!(from, Place::Location(_)) { *quantity } else { Quantity::ZERO };
        known.push(Found {
            item: item.clone(),
            lot: lot.clone(),
            from: from.clone(),
            tote: tote.clone(),
            picks,
            puts: *quantity,
        });
    }
    tx.set_value(&place_of(&terminal), &known)
}

/// What the counts of a lost terminal's totes had found, and its reports have not told yet.
pub struct Known {
    terminal: Code<Terminal>,
    found: Vec<Found>,
}

impl Known {
    /// Reads it; none for a terminal that was never marked lost.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of(tx: &Tx<'_>, terminal: &Code<Terminal>) -> Result<Option<Self>> {
        if tx.fetch::<Trouble>(&trouble_id(terminal))?.is_none() {
            return Ok(None);
        }
        Ok(Some(Self { terminal: terminal.clone(), found: found(tx, terminal)? }))
    }

    /// Whether an operation of the terminal tells only what is known: what a count had found, or what changes
    /// nothing. What is matched is matched once.
    pub fn tells(&mut self, op: &Op) -> bool {
        let all = &mut self.found;
        match op {
            Op::Fact(Fact::Picked { item, lot, location, quantity, undoes: None, .. }) => {
                let from = Place::Location(location.clone());
                take(all, *quantity, |one| {
                    ((&one.item, &one.lot) == (item, lot) && one.from == from).then_some(&mut one.picks)
                })
            }
            Op::Fact(Fact::Put { item, lot, tote, quantity, undoes: None, .. }) => {
                take(all, *quantity, |one| {
                    ((&one.item, &one.lot) == (item, lot) && one.tote == *tote).then_some(&mut one.puts)
                })
            }
            Op::Note(note) => matches!(
                note,
                Note::SignedOn { .. } | Note::SignedOff | Note::Arrived { .. } | Note::Offered { .. }
            ),
            Op::Fact(_) | Op::Request(_) => false,
        }
    }

    /// Keeps what is left.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep(&self, tx: &mut Tx<'_>) -> Result<()> {
        tx.set_value(&place_of(&self.terminal), &self.found)
    }
}

/// Takes a quantity off what is left, wherever it lies; nothing when there is not as much.
fn take(
    all: &mut [Found],
    mut quantity: Quantity,
    mut left: impl FnMut(&mut Found) -> Option<&mut Quantity>,
) -> bool {
    let there: Quantity = all.iter_mut().filter_map(|one| left(one).copied()).sum();
    if there < quantity {
        return false;
    }
    for one in all {
        if let Some(left) = left(one) {
            let taken = Quantity(left.0.min(quantity.0));
            *left -= taken;
            quantity -= taken;
        }
    }
    true
}

/// Whether a terminal is marked lost, and nobody said that it is back: what it sends is held, even under a new token.
///
/// # Errors
/// When the store fails.
pub fn is_open(tx: &Tx<'_>, terminal: &Code<Terminal>) -> Result<bool> {
    Ok(tx.fetch::<Trouble>(&trouble_id(terminal))?.is_some_and(|trouble| trouble.settled.is_none()))
}
