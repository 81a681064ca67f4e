//! Judges a plan from the outside: only the public types, none of the packer's code or data.

use std::collections::BTreeMap;

use super::{Carton, Limits, Packed, Piece, Placement, Plan, Proof};

/// Asserts that the plan keeps every rule the module promises.
pub(super) fn valid(pieces: &[Piece], cartons: &[Carton], limits: Limits, plan: &Plan) {
    let mut seen = BTreeMap::new();
    for packed in &plan.cartons {
        let carton = &cartons[packed.carton];
        assert!(!packed.placements.is_empty(), "an empty carton");
        let mut gross = u64::from(carton.empty_g);
        for (at, placed) in packed.placements.iter().enumerate() {
            *seen.entry(placed.piece).or_insert(0) += 1;
            gross += u64::from(pieces[placed.piece].weight_g);
            lies(pieces, carton, placed);
            for other in &packed.placements[..at] {
                apart(placed, other);
                above(placed, other);
            }
            rests(pieces, packed, at, limits.support_percent);
        }
        assert_eq!(gross, packed.gross_g);
        assert!(gross <= u64::from(carton.max_g), "{} is too heavy: {gross} g", carton.code);
        assert!(packed.fill_permille <= 1000);
    }
    assert_eq!(seen.len(), pieces.len(), "a piece is missing");
    assert!(seen.values().all(|&times| times == 1), "a piece is packed twice");
    match plan.proven {
        Proof::Minimal => {}
        Proof::AtLeast(least) => assert!((least as usize) < plan.cartons.len()),
    }
}

fn lies(pieces: &[Piece], carton: &Carton, placed: &Placement) {
    let piece = &pieces[placed.piece];
    let mut shown = [placed.w, placed.l, placed.d];
    let mut own = [piece.w, piece.l, piece.d];
    if piece.this_side_up {
        assert_eq!(placed.d, piece.d, "{} does not stand upright", piece.id);
    }
    shown.sort_unstable();
    own.sort_unstable();
    assert_eq!(shown, own, "{} changed its size", piece.id);
    assert!(placed.x + placed.w <= carton.w, "{} sticks out in x", piece.id);
    assert!(placed.y + placed.l <= carton.l, "{} sticks out in y", piece.id);
    assert!(placed.z + placed.d <= carton.d, "{} sticks out in z", piece.id);
}

fn shared(a: u32, a_size: u32, b: u32, b_size: u32) -> u64 {
    u64::from((a + a_size).min(b + b_size).saturating_sub(a.max(b)))
}

fn shadow(a: &Placement, b: &Placement) -> u64 {
    shared(a.x, a.w, b.x, b.w) * shared(a.y, a.l, b.y, b.l)
}

fn apart(a: &Placement, b: &Placement) {
    assert!(shadow(a, b) * shared(a.z, a.d, b.z, b.d) == 0, "two pieces overlap: {a:?} {b:?}");
}

/// A later piece never has to pass below an earlier one.
fn above(later: &Placement, earlier: &Placement) {
    assert!(
        shadow(later, earlier) == 0 || later.z >= earlier.z + earlier.d,
        "{later:?} goes below {earlier:?}"
    );
}

fn rests(pieces: &[Piece], packed: &Packed, at: usize, support_percent: u32) {
    let placed = &packed.placements[at];
    if placed.z == 0 {
        return;
    }
    let piece = &pieces[placed.piece];
    let mut held = 0;
    for other in &packed.placements[..at] {
        let face = shadow(placed, other);
        if other.z + other.d != placed.z || face == 0 {
            continue;
        }
        held += face;
        let below = &pieces[other.piece];
        let gentle = piece.fragile && piece.weight_g <= below.weight_g;
        assert!(!below.fragile || gentle, "{} lies on fragile {}", piece.id, below.id);
    }
    let base = u64::from(placed.w) * u64::from(placed.l);
    assert!(held * 100 >= base * u64::from(support_percent), "{} hangs in the air", piece.id);
}
