//! Signing on, my work, and no work yet.

use aisle_ui::{App, MyWork, SignOn, WorkKind, WorkRow};
use slint::Global;

use super::{
    rows::Rows,
    things::{int, or_none},
};
use crate::view::work::{self, SignOnStep};

pub(super) fn sign_on(app: &App, view: &work::SignOn) {
    let screen = SignOn::get(app);
    screen.set_step(match view.step {
        SignOnStep::Badge => aisle_ui::SignOnStep::Badge,
        SignOnStep::Pin => aisle_ui::SignOnStep::Pin,
    });
    screen.set_site(view.site.as_str().into());
    screen.set_name(view.name.as_str().into());
    screen.set_pin_length(int(view.pin_length));
    screen.set_pin_typed(int(view.pin_typed));
}

pub(super) fn mine(app: &App, rows: &Rows<WorkRow>, view: &work::MyWork) {
    let screen = MyWork::get(app);
    screen.set_resume_cart(view.resume_cart.as_deref().unwrap_or_default().into());
    screen.set_stops(int(view.stops));
    screen.set_pieces(int(view.pieces));
    screen.set_totes(int(view.totes));
    screen.set_leaves_min(or_none(view.leaves_min));
    screen.set_left_min(view.left_min);
    screen.set_walk_m(int(view.walk_m));
    screen.set_work_min(0);
    screen.set_has_day(false);
    screen.set_unread(int(view.unread));
    let others: Vec<WorkRow> = view.lists.iter().filter(|list| !list.chosen).map(row).collect();
    rows.set(&others, |row| row.id.clone());
}

fn row(list: &work::WorkRow) -> WorkRow {
    WorkRow {
        id: list.id.as_str().into(),
        key: slint::format!("{}", list.key),
        kind: if list.single { WorkKind::OneOrder } else { WorkKind::PickList },
        number: int(list.stops),
        at: slint::SharedString::default(),
        due_min: or_none(list.due_min),
        urgent: list.urgent,
    }
}

pub(super) fn nothing(app: &App, view: &work::Nothing) {
    MyWork::get(app).set_unread(int(view.unread));
}
