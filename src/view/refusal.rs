//! The refusal over the screen: what was scanned and what is wanted, as the operator knows them.

use aisle_core::{
    id::Code,
    place::Location,
    task::state::{FulfilmentOrder, Parcel, Tote},
    time::Day,
};
use serde::Serialize;

use super::{
    Input,
    things::{self, ItemText, PlaceText, Walk},
};
use crate::floor::{Cue, Refusal, Thing, lot::Label, session::Session};

/// A refusal as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Banner {
    /// The refusal's word.
    pub kind: String,
    /// A rule forbids it, rather than something being wrong.
    pub stop: bool,
    /// What was scanned.
    pub scanned: Shown,
    /// What is wanted.
    pub wanted: Shown,
    /// How many are wanted, tries that are left, grams, parcels: as the kind says.
    pub number: i64,
    /// How many to put back, or grams expected.
    pub back: i64,
    /// The Application Identifier that is wrong.
    pub digits: String,
    /// The way to the wanted place.
    #[serde(flatten)]
    pub walk: Walk,
    /// Meanings of an ambiguous scan, each on the key of its place in the row.
    pub meanings: Vec<Meaning>,
}

/// A thing as it is shown; what does not apply is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// An item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemText>,
    /// A place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceText>,
    /// Number on a tote's tag; 0 none.
    pub tote: i32,
    /// The code as read; a lot, where it is about lots.
    pub code: String,
    /// When the lot expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// What a code can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are the things' names")]
pub enum Meaning {
    Item,
    Place,
    Tote,
    Cart,
    Badge,
    Parcel,
}

/// A refusal as it is shown.
#[must_use]
pub fn build(input: Input<'_>, refusal: &Refusal) -> Banner {
    let mut banner = Banner { kind: refusal.word(), stop: refusal.cue() == Cue::Stop, ..Banner::default() };
    if !of_picking(input, refusal, &mut banner) {
        of_the_rest(input, refusal, &mut banner);
    }
    banner
}

fn place(session: &Session, code: &Code<Location>) -> Shown {
    let from = session.pick.arrived.as_ref();
    Shown { place: Some(things::place(code, from)), code: code.to_string(), ..Shown::default() }
}

fn lot(label: &Label) -> Shown {
    Shown { code: label.lot.clone(), expires: label.expires, ..Shown::default() }
}

fn code(code: impl ToString) -> Shown {
    Shown { code: code.to_string(), ..Shown::default() }
}

fn tote(input: Input<'_>, tote: &Code<Tote>) -> Shown {
    let rows = &input.state.rows;
    Shown { tote: things::tote_number(rows, tote), code: tote.to_string(), ..Shown::default() }
}

fn item(input: Input<'_>, item: &Code<aisle_core::item::Item>) -> Shown {
    Shown { item: Some(things::item(input, item)), code: item.to_string(), ..Shown::default() }
}

fn parcel(input: Input<'_>, id: &aisle_core::id::Id<Parcel>) -> Shown {
    let sscc = input.state.rows.find::<Parcel>(id).and_then(|parcel| parcel.sscc.clone());
    Shown { code: sscc.unwrap_or_default(), ..Shown::default() }
}

/// Fills in what a refusal of picking tells; false when it is none.
fn of_picking(input: Input<'_>, refusal: &Refusal, banner: &mut Banner) -> bool {
    let session = &input.state.session;
    match refusal {
        Refusal::WrongItem { scanned, wanted } => {
            (banner.scanned, banner.wanted) = (item(input, scanned), item(input, wanted));
        }
        Refusal::WrongLocation { scanned, wanted } => {
            (banner.scanned, banner.wanted) = (place(session, scanned), place(session, wanted));
            banner.walk = things::walk(input, session.pick.arrived.as_ref(), Some(scanned), wanted);
        }
        Refusal::WrongTote { scanned, wanted, slot } => {
            banner.scanned = tote(input, scanned);
            banner.wanted = Shown {
                tote: i32::from(*slot),
                code: wanted.as_ref().map(ToString::to_string).unwrap_or_default(),
                ..Shown::default()
            };
        }
        Refusal::UnknownTote { tote: scanned }
        | Refusal::ToteTaken { tote: scanned }
        | Refusal::ToteEmpty { tote: scanned }
        | Refusal::ToteNotDropped { tote: scanned }
        | Refusal::ToteFull { tote: scanned }
        | Refusal::ToteDropped { tote: scanned } => banner.scanned = tote(input, scanned),
        Refusal::CartTaken { cart, .. } => banner.scanned = code(cart),
        Refusal::WrongCart { scanned, wanted } => {
            (banner.scanned, banner.wanted) = (code(scanned), code(wanted));
        }
        Refusal::CartTooSmall { cart, slots } => {
            banner.scanned = code(cart);
            banner.number = i64::from(*slots);
        }
        Refusal::OverQuantity { wanted, counted } => {
            (banner.number, banner.back) = (wanted.0, (*counted - *wanted).or_zero().0);
        }
        Refusal::WrongLot { scanned, wanted, .. } | Refusal::OlderLotFirst { scanned, wanted, .. } => {
            (banner.scanned, banner.wanted) = (lot(scanned), lot(wanted));
        }
        Refusal::Expired { scanned, .. } | Refusal::LotAlone { scanned } => banner.scanned = lot(scanned),
        Refusal::LotDue { item: of, wanted } => {
            banner.wanted = Shown { code: wanted.lot.clone(), expires: wanted.expires, ..item(input, of) };
        }
        Refusal::CaseHolds { item: wanted, holds, left } => {
            (banner.number, banner.back) = (holds.0, left.0);
            banner.wanted = item(input, wanted);
        }
        Refusal::ScanOneFirst { item: wanted } | Refusal::ScanEach { item: wanted } => {
            banner.wanted = item(input, wanted)
        }
        Refusal::PiecesInHand { quantity, slot } => {
            banner.number = quantity.0;
            banner.wanted.tote = i32::from(*slot);
        }
        Refusal::Withdrawn { item: scanned, location } => {
            (banner.scanned, banner.wanted) = (item(input, scanned), place(session, location));
        }
        Refusal::WrongLane { scanned, wanted } => {
            banner.scanned = place(session, scanned);
            banner.wanted = wanted.as_ref().map(|wanted| place(session, wanted)).unwrap_or_default();
        }
        _ => return false,
    }
    true
}

fn of_the_rest(input: Input<'_>, refusal: &Refusal, banner: &mut Banner) {
    match refusal {
        Refusal::UnknownCode { raw } | Refusal::ScannerChanged { raw } | Refusal::ScannerCannot { raw } => {
            banner.scanned = code(raw)
        }
        Refusal::Unreadable { ai, raw } => {
            banner.scanned = code(raw);
            banner.digits.clone_from(ai);
        }
        Refusal::TwoMeanings { things } => banner.meanings = things.iter().map(meaning).collect(),
        Refusal::NotYourBadge { badge } | Refusal::BadgeEnded { badge } | Refusal::CannotTake { badge } => {
            let who = input.catalogue.operator(badge).map_or_else(|| badge.to_string(), |who| who.name);
            banner.scanned = code(who);
        }
        Refusal::WrongPin { left } => banner.number = i64::from(*left),
        Refusal::Locked { until } => banner.number = (until.since(input.now) + 59_999) / 60_000,
        Refusal::Cancelled { order } | Refusal::OrderOpen { order } => {
            banner.scanned = code(order_number(input, order));
        }
        Refusal::Held { order, hold } => {
            banner.scanned = code(order_number(input, order));
            banner.wanted = code(hold);
        }
        Refusal::TooHeavy { grams, expected } | Refusal::TooLight { grams, expected } => {
            (banner.number, banner.back) = (i64::from(grams.abs_diff(*expected)), i64::from(*expected));
        }
        Refusal::NotSealed { parcel: id }
        | Refusal::AlreadyLoaded { parcel: id }
        | Refusal::NoManifest { parcel: id } => banner.scanned = parcel(input, id),
        Refusal::WrongVehicle { parcel: id, lane } => {
            banner.scanned = parcel(input, id);
            banner.wanted = place(&input.state.session, lane);
        }
        Refusal::NotAllLoaded { left } => banner.number = i64::from(*left),
        // The word says all there is to say.
        _ => {}
    }
}

fn order_number(input: Input<'_>, id: &aisle_core::id::Id<FulfilmentOrder>) -> String {
    input.state.rows.find::<FulfilmentOrder>(id).map(|order| order.number.clone()).unwrap_or_default()
}

const fn meaning(thing: &Thing) -> Meaning {
    match thing {
        Thing::Item { .. } => Meaning::Item,
        Thing::Location(_) => Meaning::Place,
        Thing::Tote(_) => Meaning::Tote,
        Thing::Cart(_) => Meaning::Cart,
        Thing::Badge(_) => Meaning::Badge,
        Thing::Parcel(_) => Meaning::Parcel,
    }
}
