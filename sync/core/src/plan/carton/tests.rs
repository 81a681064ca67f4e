//! Facts about single orders; `tests_random` and `tests_published` hold the searches to whole families.

use super::{
    Carton, Limits, MAX_EDGE_MM, MAX_PIECES, Piece, Plan, Proof, Refusal, Role, View, check, isometric, pack,
};

fn piece(id: &str, [w, l, d]: [u32; 3], weight_g: u32) -> Piece {
    Piece { id: id.to_owned(), w, l, d, weight_g, this_side_up: false, fragile: false }
}

fn pieces(number: usize, size: [u32; 3], weight_g: u32) -> Vec<Piece> {
    (0..number).map(|at| piece(&at.to_string(), size, weight_g)).collect()
}

fn carton(code: &str, [w, l, d]: [u32; 3], max_g: u32) -> Carton {
    let cost = u64::from(w) * u64::from(l) * u64::from(d);
    Carton { code: code.to_owned(), w, l, d, empty_g: 100, max_g, cost }
}

fn packed(pieces: &[Piece], cartons: &[Carton]) -> Plan {
    let plan = pack(pieces, cartons, Limits::default()).unwrap();
    check::valid(pieces, cartons, Limits::default(), &plan);
    plan
}

#[test]
fn eight_cubes_fill_their_carton_exactly() {
    let cartons = [carton("S", [100; 3], 1000), carton("L", [200; 3], 1000)];
    let plan = packed(&pieces(8, [50; 3], 10), &cartons);
    assert_eq!(plan.cartons.len(), 1);
    assert_eq!(plan.cartons[0].carton, 0);
    assert_eq!(plan.cartons[0].fill_permille, 1000);
    assert_eq!(plan.cartons[0].gross_g, 180);
    assert_eq!(plan.proven, Proof::Minimal);
}

#[test]
fn the_cheapest_carton_that_takes_all_is_chosen() {
    let mut cartons = [carton("A", [100; 3], 1000), carton("B", [110; 3], 1000), carton("C", [40; 3], 1000)];
    cartons[0].cost = 9;
    cartons[1].cost = 5;
    cartons[2].cost = 1;
    assert_eq!(packed(&pieces(8, [50; 3], 10), &cartons).cartons[0].carton, 1);
}

#[test]
fn a_piece_that_fits_no_carton_is_named() {
    let pieces = [piece("ok", [50; 3], 10), piece("pole", [5, 5, 500], 10), piece("anvil", [50; 3], 2000)];
    let refusal = pack(&pieces, &[carton("S", [100; 3], 1000)], Limits::default()).unwrap_err();
    assert_eq!(refusal, Refusal::FitsNoCarton(vec!["anvil".to_owned(), "pole".to_owned()]));
    assert_eq!(refusal.to_string(), "no carton takes anvil, pole");
}

#[test]
fn an_upright_piece_is_not_laid_down_to_fit() {
    let mut tall = piece("vase", [50, 50, 150], 10);
    let low = [carton("S", [200, 200, 100], 1000)];
    assert_eq!(packed(&[tall.clone()], &low).cartons.len(), 1);
    tall.this_side_up = true;
    let refusal = pack(&[tall], &low, Limits::default()).unwrap_err();
    assert_eq!(refusal, Refusal::FitsNoCarton(vec!["vase".to_owned()]));
}

#[test]
fn impossible_sizes_are_refused_by_name() {
    let good = [carton("S", [100; 3], 1000)];
    for size in [[0, 1, 1], [1, 1, MAX_EDGE_MM + 1], [u32::MAX; 3]] {
        let refusal = pack(&[piece("x", size, 1)], &good, Limits::default()).unwrap_err();
        assert_eq!(refusal, Refusal::AbsurdPiece("x".to_owned()));
        let odd = Carton { w: size[0], l: size[1], d: size[2], ..good[0].clone() };
        let refusal = pack(&[], &[odd], Limits::default()).unwrap_err();
        assert_eq!(refusal, Refusal::AbsurdCarton("S".to_owned()));
    }
    assert!(matches!(
        pack(&[piece("x", [1; 3], u32::MAX)], &good, Limits::default()),
        Err(Refusal::AbsurdPiece(_))
    ));
    let weak = Carton { max_g: 99, ..good[0].clone() };
    assert_eq!(pack(&[], &[weak], Limits::default()), Err(Refusal::AbsurdCarton("S".to_owned())));
    assert_eq!(pack(&[piece("x", [1; 3], 1)], &[], Limits::default()), Err(Refusal::NoCartons));
    let limits = Limits { support_percent: 101, ..Limits::default() };
    assert_eq!(pack(&[], &[], limits), Err(Refusal::AbsurdSupport(101)));
    let many = pieces(MAX_PIECES + 1, [1; 3], 1);
    assert_eq!(pack(&many, &good, Limits::default()), Err(Refusal::TooManyPieces(MAX_PIECES + 1)));
    let many = vec![good[0].clone(); 201];
    assert_eq!(pack(&[], &many, Limits::default()), Err(Refusal::TooManyCartons(201)));
}

#[test]
fn nothing_to_pack_needs_no_carton() {
    let plan = packed(&[], &[]);
    assert!(plan.cartons.is_empty());
    assert_eq!(plan.proven, Proof::Minimal);
}

#[test]
fn weightless_pieces_and_a_carton_that_bears_nothing_are_fine() {
    let mut only = carton("S", [100; 3], 100);
    let plan = packed(&pieces(9, [50; 3], 0), std::slice::from_ref(&only));
    assert_eq!((plan.cartons.len(), plan.proven), (2, Proof::Minimal));
    only.max_g = 0;
    only.empty_g = 0;
    assert_eq!(packed(&pieces(3, [50; 3], 0), &[only]).cartons.len(), 1);
}

#[test]
fn weight_alone_can_ask_for_more_cartons() {
    let plan = packed(&pieces(10, [10; 3], 300), &[carton("S", [100; 3], 1000)]);
    assert_eq!((plan.cartons.len(), plan.proven), (4, Proof::Minimal));
}

#[test]
fn a_heavy_and_a_bulky_piece_that_want_different_cartons_prove_two() {
    let cartons = [carton("flat", [400, 300, 50], 2000), carton("cube", [200; 3], 9000)];
    let pieces = [piece("poster", [390, 290, 5], 100), piece("jug", [150; 3], 500)];
    let plan = packed(&pieces, &cartons);
    assert_eq!((plan.cartons.len(), plan.proven), (2, Proof::Minimal));
}

#[test]
fn nothing_but_a_lighter_fragile_piece_rests_on_a_fragile_one() {
    let mut order = pieces(4, [100, 100, 40], 50);
    order[0].fragile = true;
    let narrow = [carton("S", [100, 100, 160], 1000)];
    let plan = packed(&order, &narrow);
    assert_eq!(plan.cartons.len(), 1);
    assert_eq!(plan.cartons[0].placements[3].piece, 0, "the fragile piece goes in last");
    order[1].fragile = true;
    order[1].weight_g = 60;
    let plan = packed(&order, &narrow);
    let last: Vec<usize> = plan.cartons[0].placements[2..].iter().map(|at| at.piece).collect();
    assert_eq!(last, [1, 0], "the lighter fragile piece lies on the heavier one");
}

#[test]
fn without_any_budget_the_plan_still_keeps_the_rules() {
    let limits = Limits { steps: 0, ..Limits::default() };
    let mut order: Vec<_> =
        (0..40).map(|i| piece(&i.to_string(), [20 + i, 90 - i, 10 + i % 7], 10 + i)).collect();
    order.iter_mut().step_by(3).for_each(|piece| piece.fragile = true);
    order.iter_mut().step_by(5).for_each(|piece| piece.this_side_up = true);
    let cartons = [carton("S", [100; 3], 1000), carton("L", [120, 150, 90], 700)];
    let plan = pack(&order, &cartons, limits).unwrap();
    check::valid(&order, &cartons, limits, &plan);
}

#[test]
fn ten_thousand_different_pieces_get_a_valid_plan() {
    let order: Vec<_> = (0..10_000u32)
        .map(|i| piece(&i.to_string(), [10 + i * 7 % 101, 10 + i * 13 % 97, 10 + i * 29 % 89], 5 + i % 300))
        .collect();
    let cartons = [carton("S", [230, 300, 240], 15_000), carton("L", [229, 305, 520], 10_000)];
    let plan = packed(&order, &cartons);
    assert!(plan.bound() as usize <= plan.cartons.len());
}

#[test]
fn an_order_of_thousands_of_cartons_is_answered() {
    let cartons = [
        carton("S", [230, 300, 240], 15_000),
        carton("L", [229, 305, 520], 10_000),
        carton("M", [250, 260, 270], 9_000),
    ];
    let plan = packed(&pieces(4_000, [200, 220, 220], 100), &cartons);
    assert_eq!(plan.cartons.len(), 2_000);
    assert!(plan.bound() > 1_000);
}

#[test]
fn the_same_seed_and_budget_give_the_same_plan() {
    let order: Vec<_> =
        (0..30).map(|i| piece(&i.to_string(), [20 + i * 5 % 60, 90 - i, 10 + i % 7], 10 + i)).collect();
    let cartons = [carton("S", [100; 3], 1000), carton("L", [120, 150, 90], 700)];
    let limits = Limits { seed: 7, steps: 200_000, ..Limits::default() };
    assert_eq!(pack(&order, &cartons, limits), pack(&order, &cartons, limits));
}

#[test]
fn the_drawing_stays_in_view_and_marks_what_comes_next() {
    let cartons = [carton("S", [100, 200, 150], 1000)];
    let plan = packed(&pieces(9, [50, 60, 70], 10), &cartons);
    let view = View { width_dp: 300, height_dp: 240 };
    let faces = isometric(&plan.cartons[0], &cartons[0], 4, view);
    assert_eq!(faces.len(), 3 + 3 * 9);
    assert!(faces[..3].iter().all(|face| face.role == Role::Carton && face.piece.is_none()));
    let next: Vec<_> = faces.iter().filter(|face| face.role == Role::Next).collect();
    assert_eq!(next.len(), 3);
    assert!(next.iter().all(|face| face.piece == Some(plan.cartons[0].placements[4].piece)));
    assert_eq!(faces.iter().filter(|face| face.role == Role::In).count(), 12);
    let corners = faces.iter().flat_map(|face| face.corners);
    assert!(corners.into_iter().all(|(x, y)| (0..=30_000).contains(&x) && (0..=24_000).contains(&y)));
    let widest = faces.iter().flat_map(|face| face.corners).map(|(_, y)| y).max().unwrap();
    assert!(widest > 23_900, "the drawing fills the view");
}

#[test]
fn a_piece_in_front_is_drawn_after_the_one_it_hides() {
    let cartons = [carton("S", [100, 100, 100], 9000)];
    let plan = packed(&pieces(8, [50; 3], 10), &cartons);
    let faces = isometric(&plan.cartons[0], &cartons[0], 8, View { width_dp: 100, height_dp: 100 });
    let drawn: Vec<usize> = faces[3..].iter().step_by(3).map(|face| face.piece.unwrap()).collect();
    let far = |piece: usize| {
        let at = plan.cartons[0].placements.iter().find(|at| at.piece == piece).unwrap();
        at.x + at.y + at.z
    };
    assert!(drawn.windows(2).all(|pair| far(pair[0]) <= far(pair[1])));
}

#[test]
fn an_absurd_view_draws_without_overflow() {
    let cartons = [carton("S", [MAX_EDGE_MM; 3], 9000)];
    let plan = packed(&pieces(2, [50; 3], 10), &cartons);
    for side in [0, 1, u32::MAX] {
        let view = View { width_dp: side, height_dp: side };
        assert_eq!(isometric(&plan.cartons[0], &cartons[0], 0, view).len(), 9);
    }
}
