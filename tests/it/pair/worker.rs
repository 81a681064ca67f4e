//! What the people of the pair test do next, seen on their terminal's own floor.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id, Mint},
    place::{Location, Place},
    quantity::Quantity,
    task::{
        op::{Fact, Note, Op, Request},
        rows::Floor,
        state::{ListState, Operator, PickList, PickTask, Role, ShortReason, Tote},
    },
};

use super::site::{CARTS, PEOPLE, code};

/// Goods as they really are: by item and place, written as the ledger writes it.
pub type Book = BTreeMap<(String, String), i64>;

/// Moves goods in the book.
fn move_goods(book: &mut Book, item: &str, quantity: Quantity, from: &Place, to: &Place) {
    *book.entry((item.to_owned(), from.to_string())).or_default() -= quantity.0;
    *book.entry((item.to_owned(), to.to_string())).or_default() += quantity.0;
}

/// One thing to tell the terminal, after the goods were moved; nothing when there is nothing to do.
pub fn next(who: usize, floor: &Floor, asked: bool, book: &mut Book, mint: &mut Mint) -> Option<Op> {
    let (badge, role) = PEOPLE[who];
    let badge: Code<Operator> = code(badge);
    if role == Role::Lead {
        return lead(floor, asked, mint);
    }
    let mine = |list: &&PickList| {
        list.state != ListState::Closed && list.holder.as_ref().is_some_and(|h| h.operator == badge)
    };
    let lists: Vec<&PickList> = floor.all::<PickList>().filter(mine).collect();
    let with_work = lists.iter().find(|list| stops(floor, list).any(|task| !task.is_over()));
    match with_work {
        Some(list) => Some(work(who, floor, list, book, mint)),
        None if asked => None,
        None => match lists.first() {
            Some(list) => Some(Op::Request(Request::Complete { list: list.id, epoch: list.epoch })),
            None => Some(Op::Request(Request::Claim { lists: 1 })),
        },
    }
}

fn stops<'f>(floor: &'f Floor, list: &'f PickList) -> impl Iterator<Item = &'f PickTask> {
    list.tasks.iter().filter_map(|id| floor.find::<PickTask>(id))
}

fn work(who: usize, floor: &Floor, list: &PickList, book: &mut Book, mint: &mut Mint) -> Op {
    let Some(cart) = list.cart.clone() else {
        return Op::Fact(Fact::ListStarted { list: list.id, cart: code(CARTS[who]) });
    };
    if let Some(slot) = list.slots.iter().find(|slot| slot.tote.is_none()) {
        let tote: Code<Tote> = code(&format!("T{who}{}{}", list.number, slot.number));
        return Op::Fact(Fact::ToteAssigned { list: list.id, slot: slot.number, tote, undoes: None });
    }
    let open: Vec<&PickTask> = stops(floor, list).filter(|task| !task.is_over()).collect();
    let pick = usize::try_from(mint.bits() % open.len() as u64).unwrap_or(0);
    let task = open[pick];
    let tote = list.slots.iter().find(|slot| slot.number == task.slot).and_then(|slot| slot.tote.clone());
    let on_cart = Place::Cart(cart.clone());
    if let (true, Some(tote)) = (task.in_hand().is_some(), tote) {
        move_goods(book, task.item.as_str(), task.in_hand(), &on_cart, &Place::Tote(tote.clone()));
        let quantity = task.in_hand();
        let item = task.item.clone();
        return Op::Fact(Fact::Put { task: task.id, item, cart, tote, quantity, undoes: None });
    }
    stop(task, on_cart, cart, book, mint)
}

fn stop(
    task: &PickTask,
    on_cart: Place,
    cart: Code<aisle_core::task::state::Cart>,
    book: &mut Book,
    mint: &mut Mint,
) -> Op {
    let (id, item, location): (Id<PickTask>, _, Code<Location>) =
        (task.id, task.item.clone(), task.location.clone());
    match mint.bits() % 10 {
        0 => Op::Note(Note::Skipped { task: id }),
        1 => Op::Note(Note::Arrived { task: id, location }),
        2 => {
            let quantity = Quantity::ONE;
            let reason = ShortReason::Unreachable;
            Op::Fact(Fact::Shorted { task: id, item, location, quantity, reason, undoes: None })
        }
        _ => {
            let most = u64::try_from(task.remaining().0).unwrap_or(1).max(1);
            let quantity = Quantity(1 + i64::try_from(mint.bits() % most).unwrap_or(0));
            move_goods(book, item.as_str(), quantity, &Place::Location(location.clone()), &on_cart);
            Op::Fact(Fact::Picked { task: id, item, location, cart, quantity, keyed: true, undoes: None })
        }
    }
}

/// The lead now and then hands on what remains of a run that somebody works on.
fn lead(floor: &Floor, asked: bool, mint: &mut Mint) -> Option<Op> {
    if asked || !mint.bits().is_multiple_of(6) {
        return None;
    }
    let running: Vec<&PickList> = floor
        .all::<PickList>()
        .filter(|list| list.state == ListState::Started)
        .filter(|list| stops(floor, list).any(|task| task.remaining().is_some()))
        .collect();
    let list = running.get(usize::try_from(mint.bits()).unwrap_or(0) % running.len().max(1))?;
    let holder = list.holder.as_ref()?.operator.as_str();
    let to = if holder == PEOPLE[0].0 { PEOPLE[1].0 } else { PEOPLE[0].0 };
    Some(Op::Request(Request::Reassign { list: list.id, epoch: list.epoch, tasks: Vec::new(), to: code(to) }))
}
