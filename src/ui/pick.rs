//! The pick.

use aisle_ui::{App, IntoKind, IntoText, Pick, PickStep};
use slint::Global;

use super::things::{self, int};
use crate::view::pick;

pub(super) fn show(app: &App, view: &pick::Pick) {
    let screen = Pick::get(app);
    screen.set_step(match view.step {
        pick::PickStep::Place => PickStep::Place,
        pick::PickStep::Item => PickStep::Item,
        pick::PickStep::Tote => PickStep::Tote,
        pick::PickStep::ToteFull => PickStep::ToteFull,
    });
    screen.set_place_done(view.place_done);
    screen.set_item_done(view.item_done);
    screen.set_place(things::place(&view.place));
    screen.set_way(things::way(view.walk.way));
    screen.set_bays(view.walk.bays);
    screen.set_flank(things::flank(view.walk.side));
    screen.set_check(view.check.as_deref().unwrap_or_default().into());
    screen.set_on_shelf(-1);
    screen.set_item(things::item(&view.item));
    screen.set_count(things::count(view.count));
    screen.set_take(int(view.take));
    screen.set_take_all(int(view.count.want));
    screen.set_into(IntoText {
        kind: if view.into.single { IntoKind::Single } else { IntoKind::Tote },
        number: view.into.number,
        columns: view.into.columns,
        ..IntoText::default()
    });
    screen.set_keyed(view.keyed.as_str().into());
    screen.set_pad(false);
    screen.set_taken_back(view.taken_back);
    screen.set_can_undo(view.can_undo);
    screen.set_can_short(view.can_short);
    screen.set_can_skip(view.can_skip);
    aisle_ui::Refusal::get(app).set_columns(view.into.columns);
}
