//! What several screens tell about a place, an item, a count and a tote.

use aisle_core::{
    id::Code,
    item::{Item, Lot},
    place::{Location, Side, Site, Travel},
    plan::{
        ground::Ground,
        layout::Point,
        route::{self, Corridor, End, Stop, Turn},
    },
    task::{
        rows::Floor,
        state::{Cart, PickList, Tote},
    },
    time::Day,
};
use serde::Serialize;

use super::Input;

/// A location's code in two pieces: what it shares with the last stop, and what is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlaceText {
    /// The whole code.
    pub code: String,
    /// Shown first.
    pub head: String,
    /// Shown after a gap; may be empty.
    pub tail: String,
    /// The head is not the last stop's.
    pub head_changed: bool,
}

/// A place, seen from the one she came from.
#[must_use]
pub fn place(code: &Code<Location>, from: Option<&Code<Location>>) -> PlaceText {
    let (head, tail) = parts(code.as_str());
    let head_changed = from.is_none_or(|from| parts(from.as_str()).0 != head);
    PlaceText { code: code.to_string(), head: head.to_owned(), tail: tail.to_owned(), head_changed }
}

fn parts(code: &str) -> (&str, &str) {
    code.split_once(' ').or_else(|| code.split_once('-')).unwrap_or((code, ""))
}

/// An item, as its screens name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ItemText {
    /// The SKU.
    pub code: String,
    /// What tells it from its neighbours; else its name.
    pub telling: String,
    /// The rest of the name; may be empty.
    pub name: String,
    /// The last four characters of the code on its label.
    pub code_tail: String,
    /// The lot that is wanted; empty where the item is kept by none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lot: String,
    /// When that lot expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// An item of which one lot is wanted.
#[must_use]
pub fn item_of_lot(input: Input<'_>, code: &Code<Item>, lot: Option<&Code<Lot>>) -> ItemText {
    let mut text = item(input, code);
    if let Some(lot) = lot {
        text.lot = lot.to_string();
        text.expires = input.catalogue.item(code).and_then(|item| item.tracked.expiry(lot));
    }
    text
}

/// An item by its code; one that the catalogue does not know is named by the code alone.
#[must_use]
pub fn item(input: Input<'_>, code: &Code<Item>) -> ItemText {
    let Some(item) = input.catalogue.item(code) else {
        let (code, tail) = (code.to_string(), tail(code.as_str()));
        return ItemText { telling: code.clone(), code, code_tail: tail, ..ItemText::default() };
    };
    let leads = !item.telling.is_empty();
    ItemText {
        telling: if leads { item.telling.clone() } else { item.name.clone() },
        name: if leads { item.name.clone() } else { String::new() },
        code_tail: tail(code.as_str()),
        code: code.to_string(),
        ..ItemText::default()
    }
}

fn tail(code: &str) -> String {
    let start = code.chars().count().saturating_sub(4);
    code.chars().skip(start).collect()
}

/// Which way to a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The layout does not tell.
    #[default]
    Unknown,
    /// She stands there.
    Here,
    /// Straight on.
    Ahead,
    /// Back.
    Back,
    /// Into an aisle on the left.
    TurnLeft,
    /// Into an aisle on the right.
    TurnRight,
}

/// A way with its bays and the side of the aisle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// Which way.
    pub way: Way,
    /// How many bays on.
    pub bays: i32,
    /// On which side.
    pub side: Option<Side>,
}

/// The way from where she stands to a place. `before` is where she was before that: it tells how she faces.
#[must_use]
pub fn walk(
    input: Input<'_>,
    before: Option<&Code<Location>>,
    from: Option<&Code<Location>>,
    to: &Code<Location>,
) -> Walk {
    let travel = |code: &Code<Location>| input.catalogue.location(code)?.travel;
    let Some(end) = travel(to) else { return Walk::default() };
    let side = Some(end.side);
    if from == Some(to) {
        return Walk { way: Way::Here, bays: 0, side };
    }
    let Some(start) = from.and_then(travel) else { return Walk { side, ..Walk::default() } };
    if start.aisle == end.aisle {
        let up = before.and_then(travel).is_none_or(|before| faces_up(before, start));
        let bays = i32::from(end.bay).abs_diff(i32::from(start.bay));
        let way = if (end.along_mm >= start.along_mm) == up { Way::Ahead } else { Way::Back };
        return Walk { way, bays: i32::try_from(bays).unwrap_or(i32::MAX), side };
    }
    Walk { way: turn(input, before.and_then(travel), start, end), bays: i32::from(end.bay), side }
}

/// How she turns out of her aisle on the shortest way to another one.
fn turn(input: Input<'_>, before: Option<Travel>, start: Travel, end: Travel) -> Way {
    let site = input.state.rows.all::<Site>().next().and_then(|site| site.layout.as_ref());
    let ground = Ground::of(site);
    let point = |travel: Travel| Point::new(travel.aisle, travel.along_mm);
    let stops = [Stop::at(point(start)), Stop::at(point(end))];
    let facing = before.map_or(Point::new(start.aisle, 0), point);
    let way = ground.layout().and_then(|layout| {
        let route = route::in_order(layout, facing, End::Anywhere, &stops, &[0, 1]).ok()?;
        let legs = route::legs(layout, &route);
        let left = legs.iter().position(|leg| leg.stop == Some(0))?;
        legs[left + 1..].iter().find(|leg| matches!(leg.along, Corridor::Cross(_))).map(|leg| leg.turn)
    });
    match way {
        Some(Turn::Left) => Way::TurnLeft,
        Some(Turn::Right) => Way::TurnRight,
        Some(Turn::Back) => Way::Back,
        Some(Turn::Ahead) => Way::Ahead,
        None if end.aisle > start.aisle => Way::TurnRight,
        None => Way::TurnLeft,
    }
}

const fn faces_up(before: Travel, now: Travel) -> bool {
    before.aisle != now.aisle || now.along_mm >= before.along_mm
}

/// A count in base units, as figures and pips.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CountText {
    /// How many there are.
    pub have: i64,
    /// How many are wanted.
    pub want: i64,
    /// How many the largest case holds that what is wanted still fills; 0 where it fills none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub case: i64,
}

impl CountText {
    /// What is wanted still, as whole cases and pieces beside them.
    #[must_use]
    pub const fn cases(self) -> (i64, i64) {
        let left = if self.want > self.have { self.want - self.have } else { 0 };
        if self.case > 0 { (left / self.case, left % self.case) } else { (0, left) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_none(number: &i64) -> bool {
    *number == 0
}

/// Slots side by side on the cart of a list: 4 where the cart is not known.
#[must_use]
pub fn columns(input: Input<'_>, list: &PickList) -> i32 {
    let cart = list.cart.as_ref().and_then(|cart: &Code<Cart>| input.catalogue.cart(cart));
    cart.map_or(4, |cart| i32::from(cart.columns).clamp(1, 4))
}

/// The number on a tote's tag: its slot on the cart it is on, or was on last.
#[must_use]
pub fn tote_number(rows: &Floor, tote: &Code<Tote>) -> i32 {
    rows.find::<Tote>(tote).and_then(|row| row.slot).map_or(0, i32::from)
}

/// A quantity as a number for a screen.
#[must_use]
pub fn number(quantity: aisle_core::quantity::Quantity) -> i32 {
    i32::try_from(quantity.0).unwrap_or(if quantity.0 < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_cut_where_people_pause() {
        let code = |text| Code::parse(text).unwrap();
        let there = place(&code("B07 14 C"), Some(&code("B07 12 A")));
        assert_eq!((there.head.as_str(), there.tail.as_str(), there.head_changed), ("B07", "14 C", false));
        assert!(place(&code("B08-01"), Some(&code("B07-01"))).head_changed);
        assert_eq!(place(&code("DOOR"), None).head, "DOOR");
    }
}
