//! The pick: one stop, in three bands.

use aisle_core::task::state::{PickList, PickTask};
use serde::Serialize;

use super::{
    Input,
    things::{self, CountText, ItemText, PlaceText, Walk},
};
use crate::floor::pick;

/// One stop of a pick list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pick {
    /// The list's number.
    pub list: u32,
    /// Which band is the plate.
    pub step: PickStep,
    /// The place was scanned.
    pub place_done: bool,
    /// All pieces were taken or given up.
    pub item_done: bool,
    /// Where.
    pub place: PlaceText,
    /// Which way.
    #[serde(flatten)]
    pub walk: Walk,
    /// Check digits on the label.
    pub check: Option<String>,
    /// What.
    pub item: ItemText,
    /// How many of how many, at this stop.
    pub count: CountText,
    /// How many are in hand, in no tote yet.
    pub in_hand: i64,
    /// How many more to take.
    pub take: i64,
    /// Each piece is scanned; no number is taken.
    pub scan_each: bool,
    /// Into what.
    pub into: Into,
    /// Digits keyed so far.
    pub keyed: String,
    /// The last action took something back.
    pub taken_back: bool,
    /// `.` works.
    pub can_undo: bool,
    /// `*` works.
    pub can_short: bool,
    /// `#` works.
    pub can_skip: bool,
    /// Stops left, this one included.
    pub stops_left: usize,
}

/// Which band is the plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PickStep {
    /// Scan the place.
    Place,
    /// Take and scan.
    Item,
    /// Put in the tote.
    Tote,
    /// Scan an empty tote for the slot.
    ToteFull,
}

/// Into what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Into {
    /// The cart carries one order: no tote is scanned.
    pub single: bool,
    /// The slot.
    pub number: i32,
    /// Slots side by side on this cart.
    pub columns: i32,
    /// The tote that stands there.
    pub tote: Option<String>,
    /// The tote was scanned already.
    pub known: bool,
    /// The order.
    pub order: String,
}

pub(super) fn build(input: Input<'_>, list: &PickList, task: &PickTask) -> Pick {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let place_done = pick::is_here(session, task);
    let item_done = task.remaining().is_zero();
    let (before, from) = (session.pick.came_from.as_ref(), session.pick.arrived.as_ref());
    let location = input.catalogue.location(&task.location);
    let row = input.catalogue.item(&task.item);
    let case = row.as_ref().and_then(|item| item.case_within(task.remaining()));
    let looked_from = if place_done { before } else { from };
    Pick {
        list: list.number,
        step: step(place_done, item_done, pick::tote_of(list, task).is_some()),
        place_done,
        item_done,
        place: things::place(&task.location, looked_from),
        walk: things::walk(input, before, from, &task.location),
        check: location.and_then(|location| location.check_digits),
        item: things::item_of_lot(input, &task.item, task.lot.as_ref()),
        count: CountText {
            have: task.picked.0,
            want: (task.wanted - task.withdrawn - task.short).or_zero().0,
            case: case.map_or(0, |case| case.quantity.0),
        },
        in_hand: task.in_hand().0,
        take: task.remaining().0,
        scan_each: row.as_ref().is_some_and(|item| item.counting == aisle_core::item::Counting::ScanEach),
        into: into(input, list, task),
        keyed: session.keyed.clone(),
        taken_back: session.taken_back,
        can_undo: !session.undo.is_empty(),
        can_short: task.remaining().is_some(),
        can_skip: task.in_hand().is_zero() && pick::open(rows, list).nth(1).is_some(),
        stops_left: pick::open(rows, list).count(),
    }
}

const fn step(place_done: bool, item_done: bool, has_tote: bool) -> PickStep {
    match (place_done, item_done, has_tote) {
        (false, _, _) => PickStep::Place,
        (true, false, _) => PickStep::Item,
        (true, true, true) => PickStep::Tote,
        (true, true, false) => PickStep::ToteFull,
    }
}

fn into(input: Input<'_>, list: &PickList, task: &PickTask) -> Into {
    let slot = list.slots.iter().find(|slot| slot.number == task.slot);
    Into {
        single: list.slots.len() == 1,
        number: i32::from(task.slot),
        columns: things::columns(input, list),
        tote: slot.and_then(|slot| slot.tote.as_ref()).map(ToString::to_string),
        known: pick::tote_known(&input.state.session, list, task).is_some(),
        order: slot.map(|slot| slot.order.clone()).unwrap_or_default(),
    }
}
