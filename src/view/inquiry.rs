//! Look up: what a thing is and where it lies, as known here.

use aisle_core::{
    quantity::Quantity,
    task::state::{Content, FulfilmentOrder, Parcel, PickList, PickTask, Tote, held},
};
use serde::Serialize;

use super::{
    Input,
    things::{self, ItemText},
};
use crate::floor::Thing;

/// The most facts about one thing: more than a screen can be read of.
const FACTS_MAX: usize = 60;

/// What is known about a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inquiry {
    /// What it is.
    pub kind: InquiryKind,
    /// Its code.
    pub code: String,
    /// The item, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemText>,
    /// When the data was the centre's, in minutes of the local day.
    pub known_min: Option<i32>,
    /// How long ago that is, in minutes.
    pub age_min: i32,
    /// What is where.
    pub facts: Vec<Fact>,
}

/// What a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are the things' names")]
pub enum InquiryKind {
    Item,
    Place,
    Tote,
    Cart,
    Parcel,
    Person,
}

/// So many, somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Opaque.
    pub id: String,
    /// What kind.
    pub kind: FactKind,
    /// The place, tote, cart or item.
    pub code: String,
    /// Number on the tote's tag; 0 none.
    pub tote: i32,
    /// How many.
    pub count: i64,
    /// She stands there.
    pub here: bool,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Still to be taken from a pick face by a list known here.
    PickFace,
    /// In a tote.
    InTote,
    /// On a cart.
    InCart,
    /// An item in what was scanned.
    Item,
    /// The order it belongs to.
    Order,
}

pub(super) fn build(input: Input<'_>, thing: &Thing) -> Inquiry {
    let (kind, code, item) = match thing {
        Thing::Item { item, .. } => (InquiryKind::Item, item.to_string(), Some(things::item(input, item))),
        Thing::Location(code) => (InquiryKind::Place, code.to_string(), None),
        Thing::Tote(code) => (InquiryKind::Tote, code.to_string(), None),
        Thing::Cart(code) => (InquiryKind::Cart, code.to_string(), None),
        Thing::Badge(code) => (InquiryKind::Person, code.to_string(), None),
        Thing::Parcel(id) => {
            let sscc = input.state.rows.find::<Parcel>(id).and_then(|parcel| parcel.sscc.clone());
            (InquiryKind::Parcel, sscc.unwrap_or_default(), None)
        }
    };
    let mut facts = facts(input, thing);
    facts.truncate(FACTS_MAX);
    Inquiry {
        kind,
        code,
        item,
        known_min: input.fed_at.map(|at| input.minute_of_day(at)),
        age_min: input.fed_at.map_or(0, |at| input.age_min(at)),
        facts,
    }
}

fn facts(input: Input<'_>, thing: &Thing) -> Vec<Fact> {
    let rows = &input.state.rows;
    match thing {
        Thing::Item { item, .. } => {
            let open = rows.all::<PickTask>().filter(|task| task.item == *item && task.remaining().is_some());
            let mut facts: Vec<Fact> = open
                .map(|task| fact(FactKind::PickFace, task.location.to_string(), task.remaining()))
                .collect();
            for fact in &mut facts {
                let here = input.state.session.pick.arrived.as_ref();
                fact.here = here.is_some_and(|here| here.as_str() == fact.code);
            }
            facts.extend(rows.all::<Tote>().filter_map(|tote| {
                let held = held(&tote.contents, item);
                let known = fact(FactKind::InTote, tote.code.to_string(), held);
                held.is_some().then(|| Fact { tote: things::tote_number(rows, &tote.code), ..known })
            }));
            facts
        }
        Thing::Location(location) => rows
            .all::<PickTask>()
            .filter(|task| task.location == *location && task.remaining().is_some())
            .map(|task| fact(FactKind::Item, task.item.to_string(), task.remaining()))
            .collect(),
        Thing::Tote(tote) => rows.find::<Tote>(tote).map(|tote| in_tote(input, tote)).unwrap_or_default(),
        Thing::Parcel(id) => {
            rows.find::<Parcel>(id).map(|parcel| items(&parcel.contents)).unwrap_or_default()
        }
        Thing::Cart(cart) => rows
            .all::<PickList>()
            .filter(|list| list.cart.as_ref() == Some(cart))
            .flat_map(|list| &list.slots)
            .filter_map(|slot| slot.tote.as_ref())
            .map(|tote| Fact {
                tote: things::tote_number(rows, tote),
                ..fact(FactKind::InCart, tote.to_string(), Quantity::ZERO)
            })
            .collect(),
        Thing::Badge(_) => Vec::new(),
    }
}

fn in_tote(input: Input<'_>, tote: &Tote) -> Vec<Fact> {
    let order = tote.fulfilment.and_then(|id| input.state.rows.find::<FulfilmentOrder>(&id));
    let mut facts: Vec<Fact> =
        order.into_iter().map(|order| fact(FactKind::Order, order.number.clone(), Quantity::ZERO)).collect();
    facts.extend(items(&tote.contents));
    facts
}

fn items(contents: &[Content]) -> Vec<Fact> {
    contents.iter().map(|content| fact(FactKind::Item, content.item.to_string(), content.quantity)).collect()
}

fn fact(kind: FactKind, code: String, count: Quantity) -> Fact {
    Fact { id: code.clone(), kind, code, tote: 0, count: count.0, here: false }
}
