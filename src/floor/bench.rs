//! What an order on the bench still needs: pieces to grab, a carton for them, the weight they should have.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    item::{CartonType, Item, Lot},
    plan::carton::{self, Carton, Limits, Piece},
    quantity::Quantity,
    task::{
        rows::Floor,
        state::{Content, FulfilmentOrder, Parcel, Tote},
    },
};

use super::{Catalogue, Session};

/// Work a proposal may cost, in box comparisons: about a millisecond on a slow bench.
pub const PLAN_STEPS: u64 = 300_000;
/// Orders of more pieces than this get no drawn plan, only a carton by volume: the drawing would help nobody.
pub const PLAN_MAX_PIECES: i64 = 200;

/// So many of a line, in a tote at the bench.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The line.
    pub line: u32,
    /// The item.
    pub item: Code<Item>,
    /// Which lot of it, where it is kept by lot.
    pub lot: Option<Code<Lot>>,
    /// Where they lie.
    pub tote: Code<Tote>,
    /// How many.
    pub quantity: Quantity,
}

/// What can be packed now: each line's picked pieces, in the totes brought to the bench.
#[must_use]
pub fn left(rows: &Floor, order: &FulfilmentOrder, totes: &[Code<Tote>]) -> Vec<Part> {
    let mut taken: BTreeMap<_, Quantity> = BTreeMap::new();
    let mut parts = Vec::new();
    for line in &order.lines {
        let mut wanted = line.to_pack();
        for tote in totes.iter().filter_map(|tote| rows.find::<Tote>(tote)) {
            for content in tote.contents.iter().filter(|content| content.item == line.item) {
                let used = taken.entry((&tote.code, &content.item, &content.lot)).or_default();
                let free = (content.quantity - *used).or_zero();
                let quantity = Quantity(wanted.0.min(free.0));
                if quantity.is_some() {
                    *used += quantity;
                    wanted -= quantity;
                    let (item, lot, tote) = (line.item.clone(), content.lot.clone(), tote.code.clone());
                    parts.push(Part { line: line.line, item, lot, tote, quantity });
                }
            }
        }
    }
    parts
}

/// The order on the bench.
#[must_use]
pub fn order<'r>(rows: &'r Floor, session: &Session) -> Option<&'r FulfilmentOrder> {
    rows.find::<FulfilmentOrder>(&session.pack.order?)
}

/// The parcel being filled.
#[must_use]
pub fn parcel<'r>(rows: &'r Floor, session: &Session) -> Option<&'r Parcel> {
    rows.find::<Parcel>(&session.pack.parcel?)
}

/// Items to grab, each with how many are left: the next first, those put off last.
#[must_use]
pub fn to_grab(rows: &Floor, session: &Session) -> Vec<(Code<Item>, Quantity)> {
    let Some(order) = order(rows, session) else { return Vec::new() };
    let mut items: Vec<(Code<Item>, Quantity)> = Vec::new();
    for part in left(rows, order, &session.pack.totes) {
        match items.iter_mut().find(|(item, _)| *item == part.item) {
            Some((_, quantity)) => *quantity += part.quantity,
            None => items.push((part.item, part.quantity)),
        }
    }
    let put_off = |item: &Code<Item>| session.pack.put_off.iter().position(|other| other == item);
    items.sort_by_key(|(item, _)| put_off(item).map_or(0, |at| at + 1));
    if let Some(last) = &session.pack.last
        && let Some(at) = items.iter().position(|(item, _)| *item == last.item)
    {
        let same = items.remove(at);
        items.insert(0, same);
    }
    items
}

/// Totes of the order that were not brought to the bench and hold goods of it.
#[must_use]
pub fn totes_missing<'r>(rows: &'r Floor, session: &Session) -> Vec<&'r Tote> {
    let Some(order) = order(rows, session) else { return Vec::new() };
    order
        .totes
        .iter()
        .filter(|tote| !session.pack.totes.contains(tote))
        .filter_map(|tote| rows.find::<Tote>(tote))
        .filter(|tote| tote.fulfilment == Some(order.id) && !tote.contents.is_empty())
        .collect()
}

/// Which carton for the pieces, and how they lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The carton.
    pub carton: CartonType,
    /// Share of its inner volume that is used, in percent.
    pub fill_percent: u32,
    /// The pieces in the order to put them in, by item.
    pub places: Vec<(Code<Item>, carton::Placement)>,
}

/// The carton for what the open parcel holds and what is left: the open parcel's own, else the one that takes
/// the most pieces of the best plan.
#[must_use]
pub fn proposal(rows: &Floor, session: &Session, catalogue: &dyn Catalogue) -> Option<Proposal> {
    let mut contents = parcel(rows, session).map(|parcel| parcel.contents.clone()).unwrap_or_default();
    for (item, quantity) in to_grab(rows, session) {
        contents.push(Content { item, quantity, lot: None });
    }
    let chosen = match parcel(rows, session) {
        Some(parcel) => Some(&parcel.carton),
        None => session.pack.carton.as_ref(),
    };
    let mut cartons = catalogue.cartons();
    if let Some(chosen) = chosen {
        cartons.retain(|carton| carton.code == *chosen);
    }
    best(&contents, &cartons, catalogue)
}

fn best(contents: &[Content], cartons: &[CartonType], catalogue: &dyn Catalogue) -> Option<Proposal> {
    let pieces = pieces(contents, catalogue);
    if pieces.is_empty() {
        return None;
    }
    let offered: Vec<Carton> = cartons.iter().map(offered).collect();
    let limits = Limits { steps: PLAN_STEPS, ..Limits::default() };
    let planned = carton::pack(&pieces, &offered, limits).ok()?;
    let fullest = planned.cartons.into_iter().max_by_key(|packed| packed.placements.len())?;
    let item = |placement: &carton::Placement| Code::parse(&pieces[placement.piece].id).ok();
    let places = fullest.placements.iter().filter_map(|at| item(at).map(|item| (item, *at))).collect();
    let carton = cartons.get(fullest.carton)?.clone();
    Some(Proposal { carton, fill_percent: fullest.fill_permille / 10, places })
}

fn pieces(contents: &[Content], catalogue: &dyn Catalogue) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for content in contents {
        let Some(item) = catalogue.item(&content.item) else { continue };
        let room = (PLAN_MAX_PIECES - i64::try_from(pieces.len()).unwrap_or(PLAN_MAX_PIECES)).max(0);
        let [w, l, d] = item.size_mm;
        for _ in 0..content.quantity.0.clamp(0, room) {
            pieces.push(Piece {
                id: item.code.to_string(),
                w,
                l,
                d,
                weight_g: item.weight_g,
                this_side_up: item.handling.this_side_up,
                fragile: item.handling.fragile,
            });
        }
    }
    pieces
}

fn offered(carton: &CartonType) -> Carton {
    let [w, l, d] = carton.inner_mm;
    Carton {
        code: carton.code.to_string(),
        w,
        l,
        d,
        empty_g: carton.empty_g,
        max_g: carton.max_g,
        cost: carton.outer_mm.iter().map(|edge| u64::from(*edge)).product(),
    }
}

/// What a parcel should weigh, in grams: its pieces and its carton.
#[must_use]
pub fn expected_g(parcel: &Parcel, catalogue: &dyn Catalogue) -> u32 {
    let empty = catalogue.cartons().iter().find(|c| c.code == parcel.carton).map_or(0, |c| c.empty_g);
    let weight = |content: &Content| {
        let each = catalogue.item(&content.item).map_or(0, |item| u64::from(item.weight_g));
        each.saturating_mul(u64::try_from(content.quantity.0).unwrap_or(0))
    };
    let sum = parcel.contents.iter().map(weight).fold(u64::from(empty), u64::saturating_add);
    u32::try_from(sum).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use aisle_core::{
        item::{Counting, Handling, Tracked},
        task::rows::Row,
    };

    use super::*;

    fn code<T>(text: &str) -> Code<T> {
        Code::parse(text).expect("a code")
    }

    fn catalogue(handling: Handling) -> Floor {
        let mut rows = Floor::default();
        let item = |name: &str, weight_g, handling| Item {
            code: code(name),
            telling: String::new(),
            name: String::new(),
            barcodes: Vec::new(),
            size_mm: [100, 100, 150],
            weight_g,
            counting: Counting::ScanEach,
            handling,
            tracked: Tracked::default(),
        };
        rows.set(Row::Item(item("GLASS", 900, handling)));
        rows.set(Row::Item(item("TIN", 200, Handling::default())));
        let inner_mm = [110, 110, 310];
        let (outer_mm, empty_g, max_g) = (inner_mm, 100, 20_000);
        rows.set(Row::Carton(CartonType { code: code("T"), rank: 1, inner_mm, outer_mm, empty_g, max_g }));
        rows
    }

    /// The item that lies lowest in the one carton that takes both, or none when it does not take both.
    fn lowest(handling: Handling) -> Option<String> {
        let rows = catalogue(handling);
        let one = |name: &str| Content { item: code(name), quantity: Quantity::ONE, lot: None };
        let proposal = best(&[one("GLASS"), one("TIN")], &rows.cartons(), &rows)?;
        let both = proposal.places.len() == 2;
        let lowest = proposal.places.iter().min_by_key(|(_, at)| at.z)?;
        both.then(|| lowest.0.to_string())
    }

    #[test]
    fn what_is_fragile_bears_nothing_in_the_proposed_carton() {
        assert!(lowest(Handling::default()).is_some());
        let fragile = Handling { fragile: true, this_side_up: false };
        assert_eq!(lowest(fragile), Some("TIN".into()));
    }

    #[test]
    fn what_must_stand_upright_is_not_laid_down() {
        let mut rows = catalogue(Handling { this_side_up: true, fragile: false });
        let inner_mm = [200, 110, 110];
        let (outer_mm, empty_g, max_g) = (inner_mm, 100, 20_000);
        rows.set(Row::Carton(CartonType { code: code("T"), rank: 1, inner_mm, outer_mm, empty_g, max_g }));
        let glass = [Content { item: code("GLASS"), quantity: Quantity::ONE, lot: None }];
        assert_eq!(best(&glass, &rows.cartons(), &rows), None, "150 mm high does not stand in 110");
        let tin = [Content { item: code("TIN"), quantity: Quantity::ONE, lot: None }];
        assert!(best(&tin, &rows.cartons(), &rows).is_some());
    }
}
