//! Places, items, counts and ways, as the screens' structs hold them.

use aisle_core::{place::Side, time::Day};
use aisle_ui::{CountKind, Flank};

use crate::view::things::{CountText, ItemText, PlaceText, Way};

/// A number for the screen; one that is too large is shown as the largest.
pub(super) fn int<N: TryInto<i32>>(number: N) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// A number that may be absent: screens take -1 for none.
pub(super) fn or_none<N: TryInto<i32>>(number: Option<N>) -> i32 {
    number.map_or(-1, int)
}

/// A key's digit; 0 for none.
pub(super) fn digit(digit: Option<usize>) -> i32 {
    digit.map_or(0, int)
}

pub(super) fn place(place: &PlaceText) -> aisle_ui::PlaceText {
    aisle_ui::PlaceText {
        head: place.head.as_str().into(),
        tail: place.tail.as_str().into(),
        head_changed: place.head_changed,
    }
}

pub(super) fn item(item: &ItemText) -> aisle_ui::ItemText {
    aisle_ui::ItemText {
        telling: item.telling.as_str().into(),
        name: item.name.as_str().into(),
        code_tail: item.code_tail.as_str().into(),
        lot: item.lot.as_str().into(),
        expiry: day(item.expires),
        ..aisle_ui::ItemText::default()
    }
}

/// A day; year 0 for none.
pub(super) fn day(day: Option<Day>) -> aisle_ui::Day {
    day.map_or_else(aisle_ui::Day::default, |day| aisle_ui::Day {
        year: i32::from(day.year()),
        month: i32::from(day.month()),
        day: i32::from(day.day()),
    })
}

pub(super) fn count(count: CountText) -> aisle_ui::CountText {
    let (cases, eaches) = count.cases();
    aisle_ui::CountText {
        kind: if cases > 0 { CountKind::Cases } else { CountKind::Pieces },
        have: slint::format!("{}", count.have),
        want: slint::format!("{}", count.want),
        cases: int(cases),
        eaches: int(eaches),
        have_pips: int(count.have),
        want_pips: int(count.want),
    }
}

pub(super) const fn way(way: Way) -> aisle_ui::Way {
    match way {
        Way::Unknown => aisle_ui::Way::Unknown,
        Way::Here => aisle_ui::Way::Here,
        Way::Ahead => aisle_ui::Way::Ahead,
        Way::Back => aisle_ui::Way::Back,
        Way::TurnLeft => aisle_ui::Way::TurnLeft,
        Way::TurnRight => aisle_ui::Way::TurnRight,
    }
}

pub(super) const fn flank(side: Option<Side>) -> Flank {
    match side {
        Some(Side::Left) => Flank::LeftSide,
        Some(Side::Right) => Flank::RightSide,
        None => Flank::Unknown,
    }
}
