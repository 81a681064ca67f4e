//! A run besides its stops: cart set-up, short picks, the contents of a tote, the drop.

use aisle_ui::{App, Cart, CartDrop, CartStep, DropTote, LaneKind, Short, ToteLine, ToteView};
use slint::Global;

use super::{
    rows::Rows,
    things::{self, int},
};
use crate::view::run;

pub(super) fn cart(app: &App, slots: &Rows<bool>, view: &run::CartView) {
    let screen = Cart::get(app);
    screen.set_step(CartStep::Totes);
    screen.set_code(view.cart.as_str().into());
    screen.set_slots(int(view.slots));
    screen.set_columns(view.columns);
    screen.set_needed(int(view.needed));
    let filled: Vec<bool> =
        (1..=view.slots).map(|slot| view.filled.iter().any(|done| usize::from(*done) == slot)).collect();
    slots.set_by_place(&filled);
    screen.set_filled_count(int(view.filled.len()));
    screen.set_next(view.next.map_or(0, i32::from));
    screen.set_can_undo(view.can_undo);
    screen.set_can_skip(false);
    screen.set_enough(!view.filled.is_empty());
    screen.set_stops(int(view.stops));
    aisle_ui::Refusal::get(app).set_columns(view.columns);
}

pub(super) fn short(app: &App, view: &run::Short) {
    let screen = Short::get(app);
    screen.set_missing(int(view.missing));
    screen.set_count(things::count(view.count));
    screen.set_keyed(view.keyed.as_str().into());
    screen.set_elsewhere(slint::SharedString::default());
    screen.set_elsewhere_number(0);
    screen.set_can_empty(true);
    screen.set_can_damaged(true);
    screen.set_can_other(true);
    screen.set_can_reach_later(true);
}

pub(super) fn tote(app: &App, rows: &Rows<ToteLine>, view: &run::ToteView) {
    let screen = ToteView::get(app);
    screen.set_number(view.number);
    screen.set_columns(view.columns);
    screen.set_order(view.order.as_str().into());
    screen.set_pieces(int(view.pieces));
    screen.set_first(0);
    screen.set_full(view.tote.is_none());
    let lines: Vec<ToteLine> = view
        .lines
        .iter()
        .map(|line| ToteLine {
            id: line.id.as_str().into(),
            telling: line.item.telling.as_str().into(),
            name: line.item.name.as_str().into(),
            quantity: slint::format!("{}", line.quantity),
            ..ToteLine::default()
        })
        .collect();
    rows.set(&lines, |line| line.id.clone());
}

pub(super) fn drop(app: &App, rows: &Rows<DropTote>, view: &run::Drop) {
    let screen = CartDrop::get(app);
    screen.set_kind(LaneKind::Lane);
    screen.set_lane(view.lane.as_deref().unwrap_or_default().into());
    screen.set_columns(view.columns);
    screen.set_other(0);
    screen.set_can_undo(true);
    let totes: Vec<DropTote> = view
        .totes
        .iter()
        .map(|tote| DropTote { id: tote.id.as_str().into(), number: tote.number, dropped: tote.dropped })
        .collect();
    rows.set(&totes, |tote| tote.id.clone());
    aisle_ui::Refusal::get(app).set_columns(view.columns);
}
