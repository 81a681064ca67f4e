//! Families of orders: random ones under all rules, ones whose best plan is known by construction, and
//! tiny ones decided by trying every cell.

use proptest::prelude::*;

use super::{Carton, Limits, Piece, check, pack};

fn piece(at: usize, [w, l, d]: [u32; 3], weight_g: u32) -> Piece {
    Piece { id: at.to_string(), w, l, d, weight_g, this_side_up: false, fragile: false }
}

fn carton([w, l, d]: [u32; 3], max_g: u32) -> Carton {
    let cost = u64::from(w + l + d);
    Carton { code: format!("{w}x{l}x{d}"), w, l, d, empty_g: 50, max_g, cost }
}

fn any_piece() -> impl Strategy<Value = Piece> {
    ([1..120u32, 1..120u32, 1..120u32], 0..800u32, any::<(bool, bool)>()).prop_map(
        |(size, weight_g, (this_side_up, fragile))| Piece {
            this_side_up,
            fragile,
            ..piece(0, size, weight_g)
        },
    )
}

fn any_carton() -> impl Strategy<Value = Carton> {
    ([60..300u32, 60..300u32, 60..300u32], 500..6000u32).prop_map(|(size, max_g)| carton(size, max_g))
}

/// Cuts a carton into pieces by planes, turns them, and so knows a plan with one carton.
fn cut(whole: [u32; 3], cuts: &[(usize, u32, usize)]) -> Vec<[u32; 3]> {
    let mut parts = vec![whole];
    for &(axis, percent, which) in cuts {
        let at = which % parts.len();
        let first = parts[at][axis] * percent / 100;
        if first == 0 || first == parts[at][axis] {
            continue;
        }
        let mut rest = parts[at];
        parts[at][axis] = first;
        rest[axis] -= first;
        parts.push(rest);
    }
    for (at, part) in parts.iter_mut().enumerate() {
        part.rotate_left(at % 3);
    }
    parts
}

/// Whether the boxes fit the carton somewhere on the unit grid, by trying every cell and turn.
fn brute(room: [u32; 3], boxes: &[[u32; 3]], put: &mut Vec<([u32; 3], [u32; 3])>) -> bool {
    let Some(edges) = boxes.get(put.len()) else { return true };
    for turn in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let size = turn.map(|edge| edges[edge]);
        if (0..3).any(|axis| size[axis] > room[axis]) {
            continue;
        }
        for x in 0..=room[0] - size[0] {
            for y in 0..=room[1] - size[1] {
                for z in 0..=room[2] - size[2] {
                    let at = [x, y, z];
                    let clear = put.iter().all(|&(other, other_size)| {
                        (0..3).any(|axis| {
                            at[axis] + size[axis] <= other[axis] || other[axis] + other_size[axis] <= at[axis]
                        })
                    });
                    if clear {
                        put.push((at, size));
                        if brute(room, boxes, put) {
                            return true;
                        }
                        put.pop();
                    }
                }
            }
        }
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_keeps_every_rule(
        mut pieces in prop::collection::vec(any_piece(), 1..40),
        mut cartons in prop::collection::vec(any_carton(), 1..5),
        steps in prop::sample::select(vec![0u64, 1, 500, 20_000, 200_000]),
        seed in any::<u64>(),
        support_percent in prop::sample::select(vec![0u32, 50, 70, 100]),
    ) {
        // One carton that takes everything, so that no order is refused.
        cartons.push(carton([120; 3], 2000));
        pieces.iter_mut().enumerate().for_each(|(at, piece)| piece.id = at.to_string());
        let limits = Limits { steps, seed, support_percent };
        let plan = pack(&pieces, &cartons, limits).unwrap();
        check::valid(&pieces, &cartons, limits, &plan);
    }

    #[test]
    fn no_bound_exceeds_a_known_plan(
        whole in [40..90u32, 40..90u32, 40..90u32],
        number in 1..4usize,
        cuts in prop::collection::vec((0..3usize, 10..90u32, 0..40usize), 1..9),
        other in [10..60u32, 10..60u32, 10..60u32],
        weight_g in 1..30u32,
    ) {
        let parts: Vec<_> = (0..number).flat_map(|_| cut(whole, &cuts)).collect();
        let pieces: Vec<_> = parts.iter().enumerate().map(|(at, &size)| piece(at, size, weight_g)).collect();
        let exact = weight_g * (parts.len() / number) as u32 + 50;
        let cartons = [carton(whole, exact), carton(other, 200)];
        let plan = pack(&pieces, &cartons, Limits { steps: 400_000, ..Limits::default() }).unwrap();
        check::valid(&pieces, &cartons, Limits::default(), &plan);
        prop_assert!(plan.bound() as usize <= number, "claims {} of {number} at least", plan.bound());
    }

    #[test]
    fn one_carton_or_two_is_decided_as_by_brute_force(
        room in [3..6u32, 3..6u32, 3..6u32],
        boxes in prop::collection::vec([1..5u32, 1..5u32, 1..5u32], 2..5),
    ) {
        let mut alone = boxes.clone();
        alone.retain(|&size| brute(room, &[size], &mut Vec::new()));
        prop_assume!(alone.len() > 1);
        let pieces: Vec<_> = alone.iter().enumerate().map(|(at, &size)| piece(at, size, 1)).collect();
        let limits = Limits { support_percent: 0, ..Limits::default() };
        let cartons = [carton(room, 1000)];
        let plan = pack(&pieces, &cartons, limits).unwrap();
        check::valid(&pieces, &cartons, limits, &plan);
        let fits = brute(room, &alone, &mut Vec::new());
        prop_assert_eq!(plan.cartons.len() == 1, fits);
        prop_assert_eq!(plan.bound() == 1, fits);
    }
}
