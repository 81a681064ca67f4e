//! Parcels into lanes, and out of them onto vehicles.

use aisle_core::{
    id::{Code, Id},
    place::{Location, Usage},
    task::{
        op::{Fact, Request},
        rows::Floor,
        state::{Manifest, Parcel, ParcelState},
    },
};

use super::{Cue, Draft, Key, Refusal, Thing, keys, undo};

/// Manifests that still take parcels: the next to leave first.
#[must_use]
pub fn open(rows: &Floor) -> Vec<&Manifest> {
    let mut open: Vec<&Manifest> = rows.all::<Manifest>().filter(|manifest| !manifest.closed).collect();
    open.sort_by_key(|manifest| (manifest.due.is_none(), manifest.due, manifest.number, manifest.id));
    open
}

/// The manifest that a parcel goes with.
#[must_use]
pub fn manifest_of<'r>(rows: &'r Floor, parcel: &Parcel) -> Option<&'r Manifest> {
    open(rows).into_iter().find(|manifest| manifest.service == parcel.service)
}

/// Parcels that stand in a manifest's lane and are not on the vehicle.
pub fn waiting<'r>(rows: &'r Floor, manifest: &'r Manifest) -> impl Iterator<Item = &'r Parcel> {
    rows.all::<Parcel>().filter(move |parcel| {
        parcel.state == ParcelState::Staged
            && parcel.service == manifest.service
            && parcel.lane.as_ref() == Some(&manifest.lane)
    })
}

pub(super) fn parcel(draft: &mut Draft<'_, '_>, id: Id<Parcel>) -> Result<(), Refusal> {
    let Some(row) = draft.find::<Parcel>(&id) else {
        return Err(Refusal::NotDueNow { thing: Thing::Parcel(id) });
    };
    match row.state {
        ParcelState::Open => Err(Refusal::NotSealed { parcel: id }),
        ParcelState::Sealed => {
            draft.session.load.parcel = Some(id);
            draft.hear(Cue::Good);
            Ok(())
        }
        ParcelState::Staged => onto(draft, row),
        ParcelState::Loaded | ParcelState::Dispatched => Err(Refusal::AlreadyLoaded { parcel: id }),
    }
}

fn onto(draft: &mut Draft<'_, '_>, parcel: &Parcel) -> Result<(), Refusal> {
    let Some(manifest) = manifest_of(draft.rows, parcel) else {
        return Err(Refusal::NoManifest { parcel: parcel.id });
    };
    if draft.session.load.manifest.is_some_and(|chosen| chosen != manifest.id) {
        return Err(Refusal::WrongVehicle { parcel: parcel.id, lane: manifest.lane.clone() });
    }
    draft.fact(Fact::Loaded { parcel: parcel.id, manifest: manifest.id });
    draft.session.load.warned = false;
    let more = waiting(draft.rows, manifest).any(|other| other.id != parcel.id);
    draft.hear(if more { Cue::Good } else { Cue::ToteDone });
    Ok(())
}

pub(super) fn lane(draft: &mut Draft<'_, '_>, lane: &Code<Location>) -> Result<(), Refusal> {
    let due = draft.session.load.parcel.or(draft.session.pack.label);
    if let Some(parcel) = due.and_then(|id| draft.find::<Parcel>(&id)) {
        return set_down(draft, parcel, lane);
    }
    match open(draft.rows).into_iter().find(|manifest| manifest.lane == *lane) {
        Some(manifest) => choose(draft, manifest.id),
        None => keys::look_up(draft, Thing::Location(lane.clone())),
    }
    Ok(())
}

fn set_down(draft: &mut Draft<'_, '_>, parcel: &Parcel, lane: &Code<Location>) -> Result<(), Refusal> {
    let wanted = manifest_of(draft.rows, parcel).map(|manifest| manifest.lane.clone());
    let usage = draft.ctx.catalogue.location(lane).map(|location| location.usage);
    if usage != Some(Usage::Staging) || wanted.as_ref().is_some_and(|wanted| wanted != lane) {
        return Err(Refusal::WrongLane { scanned: lane.clone(), wanted });
    }
    draft.fact(Fact::Staged { parcel: parcel.id, lane: lane.clone() });
    draft.hear(Cue::Good);
    Ok(())
}

fn choose(draft: &mut Draft<'_, '_>, manifest: Id<Manifest>) {
    draft.session.load.manifest = Some(manifest);
    draft.session.load.warned = false;
    draft.hear(Cue::Good);
}

pub(super) fn key(draft: &mut Draft<'_, '_>, key: Key) -> Result<(), Refusal> {
    match key {
        Key::Digit(digit @ 1..) => {
            let manifests = open(draft.rows);
            let chosen = manifests.get(usize::from(digit) - 1).ok_or(Refusal::NotNow)?;
            choose(draft, chosen.id);
            Ok(())
        }
        Key::F(1) => close(draft),
        Key::Dot => undo::last(draft),
        _ => Err(Refusal::NotNow),
    }
}

fn close(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    let chosen = draft.session.load.manifest.and_then(|id| draft.find::<Manifest>(&id));
    let Some(manifest) = chosen.filter(|manifest| !manifest.closed) else { return Err(Refusal::NotNow) };
    if manifest.parcels.is_empty() {
        return Err(Refusal::ParcelEmpty);
    }
    let left = u32::try_from(waiting(draft.rows, manifest).count()).unwrap_or(u32::MAX);
    if left > 0 && !draft.session.load.warned {
        draft.session.load.warned = true;
        return Err(Refusal::NotAllLoaded { left });
    }
    draft.request(Request::CloseManifest { manifest: manifest.id });
    draft.hear(Cue::Good);
    Ok(())
}
