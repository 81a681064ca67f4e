//! Staging and loading: parcels into lanes and onto vehicles, then the manifest.

use aisle_core::task::{
    op::Request,
    state::{FulfilmentOrder, Manifest, Parcel},
};
use serde::Serialize;

use super::Input;
use crate::floor::load;

/// Staging and loading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Load {
    /// What is due.
    pub step: LoadStep,
    /// The vehicle on the plate.
    pub chosen: Option<LoadRow>,
    /// The parcel scanned last: its SSCC.
    pub parcel: Option<String>,
    /// Its order.
    pub order: String,
    /// The lane it goes to, while it is on its way there.
    pub lane: Option<String>,
    /// All vehicles, the next to leave first.
    pub rows: Vec<LoadRow>,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadStep {
    /// Scan a parcel.
    Parcel,
    /// Scan the lane it goes to.
    Lane,
    /// All parcels of this vehicle are in.
    Done,
    /// Some are not: the same key again closes it without them.
    Close,
}

/// One vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoadRow {
    /// Opaque.
    pub id: String,
    /// The key that chooses it.
    pub digit: usize,
    /// The manifest's number.
    pub manifest: u32,
    /// How its parcels go.
    pub carrier: String,
    /// Where they stand.
    pub lane: String,
    /// When it leaves, in minutes of the local day.
    pub cutoff_min: Option<i32>,
    /// Parcels in the lane or on the vehicle.
    pub total: usize,
    /// Of these, on the vehicle.
    pub loaded: usize,
    /// How its manifest stands.
    pub state: ManifestState,
}

/// How a manifest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ManifestState {
    /// It takes parcels.
    Open,
    /// Its closing was asked for.
    Asked,
    /// It is closed.
    Closed,
}

pub(super) fn build(input: Input<'_>, open: &[&Manifest]) -> Load {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let chosen = session.load.manifest.and_then(|id| rows.find::<Manifest>(&id));
    let carried = session.load.parcel.and_then(|id| rows.find::<Parcel>(&id));
    let shown = carried.or_else(|| session.load.last.and_then(|id| rows.find::<Parcel>(&id)));
    let digit = |manifest: &Manifest| open.iter().position(|o| o.id == manifest.id).map_or(0, |at| at + 1);
    let row = chosen.map(|manifest| row(input, digit(manifest), manifest));
    Load {
        step: match &row {
            _ if carried.is_some() => LoadStep::Lane,
            _ if session.load.warned => LoadStep::Close,
            Some(row) if row.total > 0 && row.loaded == row.total => LoadStep::Done,
            _ => LoadStep::Parcel,
        },
        chosen: row,
        parcel: shown.and_then(|parcel| parcel.sscc.clone()),
        order: shown
            .and_then(|parcel| rows.find::<FulfilmentOrder>(&parcel.fulfilment))
            .map(|order| order.number.clone())
            .unwrap_or_default(),
        lane: carried.and_then(|parcel| load::manifest_of(rows, parcel)).map(|m| m.lane.to_string()),
        rows: (1..).zip(open).map(|(digit, manifest)| self::row(input, digit, manifest)).collect(),
    }
}

fn row(input: Input<'_>, digit: usize, manifest: &Manifest) -> LoadRow {
    let session = &input.state.session;
    let asked = session
        .asked
        .iter()
        .any(|asked| matches!(&asked.request, Request::CloseManifest { manifest: id } if *id == manifest.id));
    let waiting = load::waiting(&input.state.rows, manifest).count();
    LoadRow {
        id: manifest.id.to_string(),
        digit,
        manifest: manifest.number,
        carrier: manifest.service.to_string(),
        lane: manifest.lane.to_string(),
        cutoff_min: manifest.due.map(|due| input.minute_of_day(due)),
        total: waiting + manifest.parcels.len(),
        loaded: manifest.parcels.len(),
        state: match (manifest.closed, asked) {
            (true, _) => ManifestState::Closed,
            (false, true) => ManifestState::Asked,
            (false, false) => ManifestState::Open,
        },
    }
}
