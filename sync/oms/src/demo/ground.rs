//! The demo site's building: twelve aisles in two blocks, and every place in it.
//!
//! Aisles `A01` to `A06` and `B07` to `B12` run from the front cross-aisle through a middle one to the back one.
//! Bays are numbered from the front, odd on the left, even on the right; shelves from the floor, `A` to `D`.
//! `B07 14 C` is aisle B07, bay 14, third shelf. One bay of one shelf is one location.

use aisle_core::{
    code::CheckDigits,
    id::Code,
    place::{Location, Side, SiteLayout, Travel, Usage},
};

use super::{DemoError, key};
use crate::settings::known;

/// Aisles.
const AISLES: u16 = 12;
/// Aisle whose front is the depot: the benches stand at the middle of the front.
const DEPOT_AISLE: u16 = 5;
/// From the middle of one aisle to the middle of the next, in millimetres: two racks back to back.
const PITCH_MM: u32 = 3_000;
/// Width of a bay, in millimetres.
const BAY_MM: u32 = 1_200;
/// Width of a cross-aisle, in millimetres; the first rack stands half of it behind its middle.
const CROSS_MM: u32 = 2_400;
/// Shelves of a bay.
const LEVELS: u8 = 4;
/// Pairs of bays along a block, at least.
const LEAST_PAIRS: u32 = 6;
/// Pairs of bays along a block, at most: a building of 1.5 km is none.
const MOST_PAIRS: u32 = 600;
/// Volume of a location: 1,200 × 500 × 400 mm, in millilitres.
const LOCATION_ML: u64 = 240_000;
/// How much of its volume may be filled, in percent: hands need room.
const FILL_PERCENT: u64 = 80;

/// The most that a location holds, in millilitres of goods.
pub(super) const USABLE_ML: u64 = LOCATION_ML * FILL_PERCENT / 100;

/// A pick face on the ground, not yet labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) travel: Travel,
}

/// The layout, and every pick face in the order in which they are filled.
pub(super) struct Ground {
    pub(super) layout: SiteLayout,
    pub(super) faces: Vec<Face>,
}

impl Ground {
    /// A building with at least so many pick faces, and a quarter more to grow.
    pub(super) fn with(faces_needed: usize) -> Result<Self, DemoError> {
        let a_pair = u64::from(AISLES) * 2 * 2 * u64::from(LEVELS);
        let needed = u64::try_from(faces_needed).unwrap_or(u64::MAX);
        let pairs = needed.saturating_mul(5).div_ceil(4).div_ceil(a_pair);
        let pairs = u32::try_from(pairs).unwrap_or(u32::MAX).max(LEAST_PAIRS);
        if pairs > MOST_PAIRS {
            return Err(DemoError::TooMany(faces_needed));
        }
        let block_mm = pairs * BAY_MM + CROSS_MM;
        let layout = SiteLayout {
            aisles: (0..AISLES).map(aisle_name).collect(),
            aisle_pitch_mm: PITCH_MM,
            cross_aisles_mm: vec![0, block_mm, block_mm * 2],
            depot_aisle: DEPOT_AISLE,
        };
        let mut faces = Vec::new();
        for aisle in 0..AISLES {
            for pair in 0..pairs * 2 {
                for (side, odd) in [(Side::Left, 1), (Side::Right, 2)] {
                    let bay = u16::try_from(pair * 2 + odd).unwrap_or(u16::MAX);
                    let along_mm =
                        pair / pairs * block_mm + CROSS_MM / 2 + pair % pairs * BAY_MM + BAY_MM / 2;
                    faces.extend(
                        (1..=LEVELS)
                            .map(|level| Face { travel: Travel { aisle, along_mm, side, bay, level } }),
                    );
                }
            }
        }
        faces.sort_by_key(|face| {
            let Travel { aisle, bay, .. } = face.travel;
            (aisle.abs_diff(DEPOT_AISLE), aisle, effort_mm(&face.travel), bay)
        });
        Ok(Self { layout, faces })
    }
}

/// How far a face is: the walk from the depot, and a bow or a stretch counted as a walk.
fn effort_mm(travel: &Travel) -> u32 {
    let across = u32::from(travel.aisle.abs_diff(DEPOT_AISLE)) * PITCH_MM;
    let reach = match travel.level {
        2 | 3 => 0,
        1 => 1_500,
        _ => 2_500,
    };
    across + travel.along_mm + reach
}

fn aisle_name(aisle: u16) -> String {
    let half = if aisle < AISLES / 2 { 'A' } else { 'B' };
    format!("{half}{:02}", aisle + 1)
}

fn shelf(level: u8) -> char {
    char::from(b'A' + level.saturating_sub(1))
}

impl Face {
    /// Its address.
    pub(super) fn code(&self) -> Code<Location> {
        let Travel { aisle, bay, level, .. } = self.travel;
        known(&format!("{} {bay:02} {}", aisle_name(aisle), shelf(level)))
    }

    /// Where it comes in a plain walk: up one aisle, down the next, side by side, from the floor up.
    fn sequence(&self) -> (u16, u32, u16, u8) {
        let Travel { aisle, along_mm, bay, level, .. } = self.travel;
        let along = if aisle % 2 == 0 { along_mm } else { u32::MAX - along_mm };
        (aisle, along, bay, level)
    }
}

/// The pick faces as locations with check digits, in the order of the walk, and the lanes of the site.
pub(super) fn locations(faces: &[Face], seed: u64) -> Vec<Location> {
    let secret = key(seed, "check digits");
    let mut sorted: Vec<Face> = faces.to_vec();
    sorted.sort_by_key(Face::sequence);
    let mut locations: Vec<Location> = Vec::with_capacity(sorted.len() + 8);
    let mut before: [Option<CheckDigits>; 8] = [None; 8];
    for (place, face) in sorted.iter().enumerate() {
        let code = face.code();
        // The faces of a bay, and of the one across, follow each other: none shares the digits of the last eight.
        let digits = (1..=100)
            .map(|printing| CheckDigits::assigned(&secret, code.as_str(), printing))
            .find(|digits| !before.contains(&Some(*digits)));
        before[place % 8] = digits;
        locations.push(Location {
            code,
            usage: Usage::PickFace,
            check_digits: digits.map(|digits| digits.to_string()),
            pick_sequence: u32::try_from(place + 1).unwrap_or(u32::MAX),
            travel: Some(face.travel),
        });
    }
    let lanes = [
        ("PACK-1", Usage::Packing),
        ("PACK-2", Usage::Packing),
        ("STAGE-1", Usage::Staging),
        ("STAGE-2", Usage::Staging),
        ("RECEIVE-1", Usage::Receiving),
        ("QUARANTINE-1", Usage::Quarantine),
    ];
    let next = locations.len() + 1;
    for (place, (code, usage)) in lanes.into_iter().enumerate() {
        locations.push(Location {
            code: known(code),
            usage,
            check_digits: Some(CheckDigits::assigned(&secret, code, 1).to_string()),
            pick_sequence: u32::try_from(next + place).unwrap_or(u32::MAX),
            travel: None,
        });
    }
    locations
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_face_has_its_own_address_on_the_layout() {
        let ground = Ground::with(10).unwrap();
        let codes: BTreeSet<_> = ground.faces.iter().map(Face::code).collect();
        assert_eq!(codes.len(), 12 * 2 * 2 * 6 * 4);
        assert!(codes.contains(&known("B07 14 C")));
        assert!(aisle_core::plan::ground::Ground::of(Some(&ground.layout)).layout().is_some());
        let length = ground.layout.cross_aisles_mm[2];
        assert!(ground.faces.iter().all(|face| face.travel.along_mm < length));
    }

    #[test]
    fn the_building_grows_with_what_it_must_hold_and_not_without_end() {
        assert!(Ground::with(5_000).unwrap().faces.len() >= 6_250);
        assert!(matches!(Ground::with(1_000_000), Err(DemoError::TooMany(_))));
    }

    #[test]
    fn the_first_faces_are_near_the_depot_and_at_the_waist() {
        let ground = Ground::with(10).unwrap();
        let first = ground.faces[0].travel;
        assert_eq!((first.aisle, first.bay.div_ceil(2)), (DEPOT_AISLE, 1));
        assert!(first.level == 2 || first.level == 3);
    }

    #[test]
    fn neighbours_have_other_check_digits() {
        let ground = Ground::with(10).unwrap();
        let locations = locations(&ground.faces, 7);
        for pair in locations.windows(4).filter(|pair| pair[3].usage == Usage::PickFace) {
            let digits: BTreeSet<_> = pair.iter().map(|location| location.check_digits.clone()).collect();
            assert_eq!(digits.len(), 4);
        }
    }
}
