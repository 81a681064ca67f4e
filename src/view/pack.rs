//! The packing bench: one order, from the tote to the label.

use aisle_core::{
    id::Code,
    item::{CartonType, Item},
    plan::carton::Placement,
    quantity::Quantity,
    task::state::{FulfilmentOrder, Parcel, held},
};
use serde::Serialize;

use super::{
    Input,
    things::{self, ItemText},
};
use crate::floor::{Peek, bench, load, pack, weigh};

/// Cartons that fit beside each other on a screen, each with a key of its own.
const CHOICES_MAX: usize = 4;

/// The packing bench.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pack {
    /// Where the plate stands.
    pub step: PackStep,
    /// The tote scanned last.
    pub tote: Option<String>,
    /// Number on its tag; 0 none.
    pub tote_number: i32,
    /// The order.
    pub order: String,
    /// Cut-off, in minutes of the local day.
    pub cutoff_min: Option<i32>,
    /// How it goes.
    pub carrier: String,
    /// Units still to pack, of those at the bench.
    pub left: i64,
    /// The item to grab next.
    pub next: Option<PackItem>,
    /// The others, those to grab first.
    pub rows: Vec<PackItem>,
    /// Totes of the order that were not brought yet.
    pub missing_totes: Vec<MissingTote>,
    /// Cartons to choose from, by their key.
    pub cartons: Vec<CartonChoice>,
    /// The carton proposed or taken, as an index into `cartons`.
    pub chosen: Option<usize>,
    /// The carton proposed or taken.
    pub carton: Option<String>,
    /// Percent of the inner volume that the plan fills.
    pub fill: Option<u32>,
    /// The pieces as they lie, in the order to put them in.
    pub plan: Vec<CartonPart>,
    /// Which parcel of the order is being filled, from 1.
    pub parcel_number: Option<u16>,
    /// Grams read and refused.
    pub grams: Option<u32>,
    /// Grams expected, while the parcel is weighed.
    pub expect_g: Option<u32>,
    /// By how many grams it may differ.
    pub tolerance_g: Option<u32>,
    /// What the difference weighs like.
    pub suspect: Option<ItemText>,
    /// The label.
    pub label: LabelState,
    /// SSCC of the parcel whose label is due.
    pub sscc: Option<String>,
    /// The lane that parcel goes to, where one is known.
    pub lane: Option<String>,
    /// Digits keyed so far.
    pub keyed: String,
    /// The last action took something back.
    pub taken_back: bool,
}

/// Where the plate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PackStep {
    /// Scan a tote.
    Tote,
    /// Scan a piece.
    Grab,
    /// Take a carton.
    Box,
    /// Set it on the scale.
    Weigh,
    /// Stick the label on, bring it to its lane.
    Label,
}

/// How a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelState {
    /// Nothing is due.
    Later,
    /// Sent to the printer.
    Printing,
    /// Printed.
    Printed,
}

/// So many of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackItem {
    /// Opaque.
    pub id: String,
    /// The item.
    pub item: ItemText,
    /// How many in all.
    pub want: i64,
    /// How many are packed.
    pub have: i64,
}

/// A tote that is still to be brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingTote {
    /// The tote.
    pub id: String,
    /// Number on its tag; 0 none.
    pub number: i32,
    /// Where it was dropped; none while it is on a cart.
    pub lane: Option<String>,
}

/// A carton to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartonChoice {
    /// Its name.
    pub letter: String,
    /// The key that takes it; none where digits have run out.
    pub key: Option<usize>,
    /// Inner size.
    pub inner_mm: [u32; 3],
}

/// A piece in the carton. x runs along the length, y along the width, z up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartonPart {
    /// The item.
    pub item: String,
    /// Near corner.
    pub at_mm: [u32; 3],
    /// Size as it lies.
    pub size_mm: [u32; 3],
    /// How it stands.
    pub part: BoxPart,
}

/// How a piece of the plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxPart {
    /// In.
    Placed,
    /// The next to go in.
    Next,
    /// To follow.
    Later,
}

pub(super) fn build(input: Input<'_>) -> Pack {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let stage = pack::stage(rows, session);
    let order = bench::order(rows, session);
    let grab = bench::to_grab(rows, session);
    let parcel = bench::parcel(rows, session);
    let proposal = bench::proposal(rows, session, input.catalogue);
    let carton = parcel
        .map(|parcel| parcel.carton.clone())
        .or_else(|| session.pack.carton.clone())
        .or_else(|| proposal.as_ref().map(|proposal| proposal.carton.code.clone()));
    let cartons = cartons(&input.catalogue.cartons(), carton.as_ref());
    let due = session.pack.label.or(session.load.parcel).and_then(|id| rows.find::<Parcel>(&id));
    let mut items = order.map(|order| items(input, order, &grab)).unwrap_or_default();
    let next = (!grab.is_empty() && !items.is_empty()).then(|| items.remove(0));
    let expect_g = parcel.map(|parcel| bench::expected_g(parcel, input.catalogue));
    let tote = session.pack.totes.last();
    Pack {
        step: step(stage, &session.peek),
        tote: tote.map(ToString::to_string),
        tote_number: tote.map_or(0, |tote| things::tote_number(rows, tote)),
        order: order.map(|order| order.number.clone()).unwrap_or_default(),
        cutoff_min: order.and_then(|order| order.due).map(|due| input.minute_of_day(due)),
        carrier: order.map(|order| order.service.to_string()).unwrap_or_default(),
        left: grab.iter().map(|(_, quantity)| *quantity).sum::<Quantity>().0,
        next,
        rows: items,
        missing_totes: missing(input),
        chosen: carton.as_ref().and_then(|code| cartons.iter().position(|c| c.letter == code.as_str())),
        cartons,
        carton: carton.map(|carton| carton.to_string()),
        fill: proposal.as_ref().map(|proposal| proposal.fill_percent),
        plan: proposal.map(|proposal| parts(&proposal.places, parcel, &grab)).unwrap_or_default(),
        parcel_number: parcel.map(|parcel| parcel.number),
        grams: session.pack.doubted,
        expect_g,
        tolerance_g: expect_g.map(weigh::tolerance_g),
        suspect: suspect(input, parcel, expect_g),
        label: due.map_or(LabelState::Later, |parcel| {
            if parcel.labelled { LabelState::Printed } else { LabelState::Printing }
        }),
        sscc: due.and_then(|parcel| parcel.sscc.clone()),
        lane: due.and_then(|parcel| load::manifest_of(rows, parcel)).map(|m| m.lane.to_string()),
        keyed: session.keyed.clone(),
        taken_back: session.taken_back,
    }
}

const fn step(stage: pack::Stage, peek: &Peek) -> PackStep {
    match (stage, peek) {
        (_, Peek::Box) => PackStep::Box,
        (pack::Stage::Tote, _) => PackStep::Tote,
        (pack::Stage::Grab, _) => PackStep::Grab,
        (pack::Stage::Weigh, _) => PackStep::Weigh,
        (pack::Stage::Label, _) => PackStep::Label,
    }
}

/// Item by item: what is still to grab first, in the order to grab it, then what is done.
fn items(input: Input<'_>, order: &FulfilmentOrder, grab: &[(Code<Item>, Quantity)]) -> Vec<PackItem> {
    let mut codes: Vec<&Code<Item>> = grab.iter().map(|(item, _)| item).collect();
    for line in order.lines.iter().filter(|line| line.picked.is_some()) {
        if !codes.contains(&&line.item) {
            codes.push(&line.item);
        }
    }
    let sum = |code: &Code<Item>, of: fn(&aisle_core::task::state::FulfilmentLine) -> Quantity| -> i64 {
        order.lines.iter().filter(|line| line.item == *code).map(of).sum::<Quantity>().0
    };
    codes
        .into_iter()
        .map(|code| PackItem {
            id: code.to_string(),
            item: things::item(input, code),
            want: sum(code, |line| line.picked - line.lost),
            have: sum(code, |line| line.packed),
        })
        .collect()
}

fn missing(input: Input<'_>) -> Vec<MissingTote> {
    bench::totes_missing(&input.state.rows, &input.state.session)
        .into_iter()
        .map(|tote| MissingTote {
            id: tote.code.to_string(),
            number: tote.slot.map_or(0, i32::from),
            lane: tote.lane.as_ref().map(ToString::to_string),
        })
        .collect()
}

/// As many as have room, the one taken among them.
fn cartons(all: &[CartonType], chosen: Option<&Code<CartonType>>) -> Vec<CartonChoice> {
    let at = all.iter().position(|carton| Some(&carton.code) == chosen).unwrap_or(0);
    let start = (at + 1).saturating_sub(CHOICES_MAX);
    (1..)
        .zip(all)
        .skip(start)
        .take(CHOICES_MAX)
        .map(|(key, carton)| CartonChoice {
            letter: carton.code.to_string(),
            key: Some(key).filter(|key| *key <= pack::CARTON_KEYS),
            inner_mm: carton.inner_mm,
        })
        .collect()
}

/// The plan's pieces: of each item as many are in as the parcel holds, and one of the item to grab is next.
fn parts(
    places: &[(Code<Item>, Placement)],
    parcel: Option<&Parcel>,
    grab: &[(Code<Item>, Quantity)],
) -> Vec<CartonPart> {
    let mut seen: std::collections::BTreeMap<&Code<Item>, i64> = std::collections::BTreeMap::new();
    let mut next = grab.first().map(|(item, _)| item);
    let mut parts = Vec::new();
    for (item, place) in places {
        let count = seen.entry(item).or_default();
        let placed = parcel.map_or(0, |parcel| held(&parcel.contents, item).0);
        let part = if *count < placed {
            BoxPart::Placed
        } else if next == Some(item) {
            next = None;
            BoxPart::Next
        } else {
            BoxPart::Later
        };
        *count += 1;
        parts.push(CartonPart {
            item: item.to_string(),
            at_mm: [place.x, place.y, place.z],
            size_mm: [place.w, place.l, place.d],
            part,
        });
    }
    parts
}

/// The item of the parcel one piece of which weighs most like the difference; none when none comes near.
fn suspect(input: Input<'_>, parcel: Option<&Parcel>, expect_g: Option<u32>) -> Option<ItemText> {
    let (parcel, expected, grams) = (parcel?, expect_g?, input.state.session.pack.doubted?);
    let off = grams.abs_diff(expected);
    let weight = |code: &Code<Item>| input.catalogue.item(code).map(|item| item.weight_g);
    parcel
        .contents
        .iter()
        .filter_map(|content| Some((weight(&content.item)?.abs_diff(off), &content.item)))
        .filter(|(distance, _)| *distance <= weigh::TOLERANCE_LEAST_G)
        .min()
        .map(|(_, item)| things::item(input, item))
}
