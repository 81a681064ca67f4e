use super::{Carton, Limits, MAX_EDGE_MM, Piece, Proof, Refusal, check, pack};

fn piece(id: &str, [w, l, d]: [u32; 3], weight_g: u32) -> Piece {
    Piece { id: id.to_owned(), w, l, d, weight_g, this_side_up: false, fragile: false }
}

fn carton(code: &str, [w, l, d]: [u32; 3], max_g: u32) -> Carton {
    let cost = u64::from(w) * u64::from(l) * u64::from(d);
    Carton { code: code.to_owned(), w, l, d, empty_g: 100, max_g, cost }
}

#[test]
fn eight_cubes_fill_their_carton_exactly() {
    let pieces: Vec<_> = (0..8).map(|i| piece(&i.to_string(), [50; 3], 10)).collect();
    let cartons = [carton("S", [100; 3], 1000), carton("L", [200; 3], 1000)];
    let plan = pack(&pieces, &cartons, Limits::default()).unwrap();
    check::valid(&pieces, &cartons, Limits::default(), &plan);
    assert_eq!(plan.cartons.len(), 1);
    assert_eq!(plan.cartons[0].carton, 0);
    assert_eq!(plan.cartons[0].fill_permille, 1000);
    assert_eq!(plan.proven, Proof::Minimal);
}

#[test]
fn a_piece_that_fits_no_carton_is_named() {
    let pieces = [piece("ok", [50; 3], 10), piece("pole", [5, 5, 500], 10), piece("anvil", [50; 3], 2000)];
    let refusal = pack(&pieces, &[carton("S", [100; 3], 1000)], Limits::default()).unwrap_err();
    assert_eq!(refusal, Refusal::FitsNoCarton(vec!["anvil".to_owned(), "pole".to_owned()]));
}

#[test]
fn impossible_sizes_are_refused_by_name() {
    let good = [carton("S", [100; 3], 1000)];
    for size in [[0, 1, 1], [1, 1, MAX_EDGE_MM + 1]] {
        let refusal = pack(&[piece("x", size, 1)], &good, Limits::default()).unwrap_err();
        assert_eq!(refusal, Refusal::AbsurdPiece("x".to_owned()));
        let refusal = pack(&[], &[carton("c", size, 1000)], Limits::default()).unwrap_err();
        assert_eq!(refusal, Refusal::AbsurdCarton("c".to_owned()));
    }
    assert_eq!(pack(&[piece("x", [1; 3], 1)], &[], Limits::default()), Err(Refusal::NoCartons));
}

#[test]
fn nothing_to_pack_needs_no_carton() {
    let plan = pack(&[], &[], Limits::default()).unwrap();
    assert!(plan.cartons.is_empty());
    assert_eq!(plan.proven, Proof::Minimal);
}

#[test]
fn without_any_budget_the_plan_still_keeps_the_rules() {
    let limits = Limits { steps: 0, ..Limits::default() };
    let mut pieces: Vec<_> =
        (0..40).map(|i| piece(&i.to_string(), [20 + i, 90 - i, 10 + i % 7], 10 + i)).collect();
    pieces.iter_mut().step_by(3).for_each(|piece| piece.fragile = true);
    pieces.iter_mut().step_by(5).for_each(|piece| piece.this_side_up = true);
    let cartons = [carton("S", [100; 3], 1000), carton("L", [120, 150, 90], 700)];
    let plan = pack(&pieces, &cartons, limits).unwrap();
    check::valid(&pieces, &cartons, limits, &plan);
}
