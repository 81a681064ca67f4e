//! The packing bench, on a handheld and on a desk.

use aisle_ui::{
    App, BoxPart, CartonChoice, CartonPart, CartonSpot, LabelState, Pack, PackItem, PackStep, ParkReason,
    WeightState,
};
use slint::Global;

use super::{
    rows::Rows,
    things::{digit, int, or_none},
};
use crate::view::pack;

/// The lists of the bench.
pub(super) struct Lists {
    items: Rows<PackItem>,
    cartons: Rows<CartonChoice>,
    plan: Rows<CartonPart>,
}

impl Lists {
    pub(super) fn tied(app: &App) -> Self {
        let lists = Self { items: Rows::default(), cartons: Rows::default(), plan: Rows::default() };
        let screen = Pack::get(app);
        screen.set_rows(lists.items.model());
        screen.set_cartons(lists.cartons.model());
        screen.set_plan(lists.plan.model());
        // The terminal writes a slip with each label; photos, shelves and spots are not known here.
        screen.set_slip(true);
        screen.set_spot(CartonSpot::None);
        screen.set_parked_why(ParkReason::None);
        lists
    }

    pub(super) fn show(&self, app: &App, view: &pack::Pack) {
        let screen = Pack::get(app);
        screen.set_step(match view.step {
            pack::PackStep::Tote => PackStep::Tote,
            pack::PackStep::Grab => PackStep::Grab,
            pack::PackStep::Box => PackStep::Box,
            pack::PackStep::Weigh => PackStep::Weigh,
            pack::PackStep::Label => PackStep::Label,
        });
        screen.set_tote(view.tote_number);
        screen.set_order(view.order.as_str().into());
        screen.set_cutoff_min(or_none(view.cutoff_min));
        screen.set_carrier(view.carrier.as_str().into());
        screen.set_left(int(view.left));
        screen.set_next(view.next.as_ref().map(item).unwrap_or_default());
        self.items.set(&view.rows.iter().map(item).collect::<Vec<_>>(), |item| item.id.clone());
        self.cartons.set_by_place(&view.cartons.iter().map(carton).collect::<Vec<_>>());
        screen.set_chosen(or_none(view.chosen));
        screen.set_fill(or_none(view.fill));
        self.plan.set_by_place(&view.plan.iter().map(part).collect::<Vec<_>>());
        weight(&screen, view);
        screen.set_label(match view.label {
            pack::LabelState::Later => LabelState::Later,
            pack::LabelState::Printing => LabelState::Printing,
            pack::LabelState::Printed => LabelState::Printed,
        });
        screen.set_last_tote(if view.lane.is_some() { view.tote_number } else { 0 });
        screen.set_last_door(view.lane.as_deref().unwrap_or_default().into());
        screen.set_next_tote(view.missing_totes.first().map_or(0, |tote| tote.number));
    }
}

fn weight(screen: &Pack<'_>, view: &pack::Pack) {
    screen.set_grams(or_none(view.grams));
    screen.set_expect_g(view.expect_g.map_or(0, int));
    screen.set_tolerance_g(view.tolerance_g.map_or(0, int));
    screen.set_weight(match (view.grams, view.expect_g) {
        (Some(grams), Some(expected)) if grams > expected => WeightState::Over,
        (Some(_), Some(_)) => WeightState::Under,
        _ => WeightState::None,
    });
    let suspect = view.suspect.as_ref().map(|item| item.telling.as_str()).unwrap_or_default();
    screen.set_suspect(suspect.into());
}

fn item(item: &pack::PackItem) -> PackItem {
    PackItem {
        id: item.id.as_str().into(),
        telling: item.item.telling.as_str().into(),
        name: item.item.name.as_str().into(),
        want: int(item.want),
        have: int(item.have),
        ..PackItem::default()
    }
}

fn carton(carton: &pack::CartonChoice) -> CartonChoice {
    let [length, width, height] = carton.inner_mm;
    CartonChoice {
        letter: carton.letter.as_str().into(),
        digit: digit(carton.key),
        length_mm: int(length),
        width_mm: int(width),
        height_mm: int(height),
    }
}

fn part(part: &pack::CartonPart) -> CartonPart {
    let ([x, y, z], [dx, dy, dz]) = (part.at_mm, part.size_mm);
    CartonPart {
        x_mm: int(x),
        y_mm: int(y),
        z_mm: int(z),
        dx_mm: int(dx),
        dy_mm: int(dy),
        dz_mm: int(dz),
        part: match part.part {
            pack::BoxPart::Placed => BoxPart::Placed,
            pack::BoxPart::Next => BoxPart::Next,
            pack::BoxPart::Later => BoxPart::Later,
        },
    }
}
