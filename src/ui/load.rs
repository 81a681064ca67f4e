//! Staging and loading.

use aisle_ui::{App, Load, LoadRow, LoadStep, ManifestState};
use slint::Global;

use super::{
    rows::Rows,
    things::{int, or_none},
};
use crate::view::load;

pub(super) fn show(app: &App, rows: &Rows<LoadRow>, view: &load::Load) {
    let screen = Load::get(app);
    screen.set_step(match view.step {
        load::LoadStep::Parcel => LoadStep::Parcel,
        load::LoadStep::Lane => LoadStep::Lane,
        load::LoadStep::Done => LoadStep::Done,
        load::LoadStep::Close => LoadStep::Close,
    });
    screen.set_staging(view.step == load::LoadStep::Lane);
    let chosen = view.chosen.as_ref();
    let lane = view.lane.as_deref().or_else(|| chosen.map(|row| row.lane.as_str()));
    // A parcel on its way to a lane shows the vehicle of that lane.
    let shown = view.rows.iter().find(|row| Some(row.lane.as_str()) == lane).or(chosen);
    screen.set_carrier(shown.map(|row| row.carrier.as_str().into()).unwrap_or_default());
    screen.set_lane(lane.unwrap_or_default().into());
    screen.set_cutoff_min(or_none(shown.and_then(|row| row.cutoff_min)));
    screen.set_loaded(shown.map_or(0, |row| int(row.loaded)));
    screen.set_total(shown.map_or(0, |row| int(row.total)));
    screen.set_manifest(shown.map_or(ManifestState::Open, |row| state(row.state)));
    screen.set_parcel(view.parcel.as_deref().unwrap_or_default().into());
    screen.set_order(view.order.as_str().into());
    let other = |row: &&load::LoadRow| shown.is_none_or(|shown| shown.id != row.id);
    let others: Vec<LoadRow> = view.rows.iter().filter(other).map(vehicle).collect();
    rows.set(&others, |row| row.digit);
}

fn vehicle(row: &load::LoadRow) -> LoadRow {
    LoadRow {
        digit: int(row.digit),
        carrier: row.carrier.as_str().into(),
        lane: row.lane.as_str().into(),
        cutoff_min: or_none(row.cutoff_min),
        total: int(row.total),
        loaded: int(row.loaded),
        manifest: state(row.state),
    }
}

const fn state(state: load::ManifestState) -> ManifestState {
    match state {
        load::ManifestState::Open => ManifestState::Open,
        load::ManifestState::Asked => ManifestState::Asked,
        load::ManifestState::Closed => ManifestState::Closed,
    }
}
