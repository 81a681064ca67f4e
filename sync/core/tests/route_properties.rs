//! What must hold for every route: turned round, mirrored or with empty aisles added it is as long; no rule of
//! thumb beats it; and the legs told on the screen are the walk.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::layout::{Form, Layout, LayoutError, Point};
use aisle_core::plan::route::{
    Corridor, End, RouteError, Router, Stop, Turn, alphanumeric, legs, route, serpentine,
};
use proptest::prelude::*;

type Case = (Vec<u32>, Vec<u32>, Vec<(u16, u32)>, (u16, u32), (u16, u32));

fn layout(gaps_mm: &[u32], cross_mm: &[u32]) -> Layout {
    let length_mm = *cross_mm.last().unwrap();
    let form = Form {
        gaps_mm: gaps_mm.to_vec(),
        cross_mm: cross_mm.to_vec(),
        length_mm,
        depot: Point::new(0, 0),
        rules: Vec::new(),
    };
    Layout::try_from(form).unwrap()
}

fn cases() -> impl Strategy<Value = Case> {
    let gaps = prop::collection::vec(1_u32..8_000, 1..10);
    let blocks = prop::collection::vec(100_u32..30_000, 1..5);
    (gaps, blocks).prop_flat_map(|(gaps, blocks)| {
        let cross: Vec<u32> = std::iter::once(0)
            .chain(blocks.iter().scan(0, |at, block| {
                *at += block;
                Some(*at)
            }))
            .collect();
        let point = (0..gaps.len() as u16 + 1, 0..=*cross.last().unwrap());
        let stops = prop::collection::vec(point.clone(), 0..40);
        (Just(gaps), Just(cross), stops, point.clone(), point)
    })
}

fn at((aisle, along_mm): (u16, u32)) -> Point {
    Point { aisle, along_mm }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn mirrored_reversed_or_among_empty_aisles_a_route_is_as_long((gaps, cross, stops, start, end) in cases()) {
        let ground = layout(&gaps, &cross);
        let stops: Vec<Stop> = stops.into_iter().map(|stop| Stop::at(at(stop))).collect();
        let (start, end) = (at(start), at(end));
        let mut router = Router::default();
        let mut length = |ground: &Layout, start, end, stops: &[Stop]| {
            router.length_mm(ground, start, End::At(end), stops).unwrap()
        };
        let best = length(&ground, start, end, &stops);
        prop_assert_eq!(length(&ground, end, start, &stops), best, "reversed");

        let top = *cross.last().unwrap();
        let upside = |point: Point| Point { along_mm: top - point.along_mm, ..point };
        let turned: Vec<u32> = cross.iter().rev().map(|row| top - row).collect();
        let over: Vec<Stop> = stops.iter().map(|stop| Stop::at(upside(stop.at))).collect();
        prop_assert_eq!(length(&layout(&gaps, &turned), upside(start), upside(end), &over), best, "front to back");

        let last = gaps.len() as u16;
        let beside = |point: Point| Point { aisle: last - point.aisle, ..point };
        let back: Vec<u32> = gaps.iter().rev().copied().collect();
        let over: Vec<Stop> = stops.iter().map(|stop| Stop::at(beside(stop.at))).collect();
        prop_assert_eq!(length(&layout(&back, &cross), beside(start), beside(end), &over), best, "left to right");

        let wider: Vec<u32> = [700].into_iter().chain(gaps.iter().copied()).chain([900]).collect();
        let moved = |point: Point| Point { aisle: point.aisle + 1, ..point };
        let over: Vec<Stop> = stops.iter().map(|stop| Stop::at(moved(stop.at))).collect();
        prop_assert_eq!(length(&layout(&wider, &cross), moved(start), moved(end), &over), best, "empty aisles");
    }

    #[test]
    fn no_rule_of_thumb_beats_a_route_and_its_legs_are_its_walk((gaps, cross, stops, start, end) in cases()) {
        let ground = layout(&gaps, &cross);
        let stops: Vec<Stop> = stops.into_iter().map(|stop| Stop::at(at(stop))).collect();
        let (start, end) = (at(start), at(end));
        let best = route(&ground, start, End::At(end), &stops).unwrap();
        for thumb in [serpentine, alphanumeric] {
            prop_assert!(thumb(&ground, start, End::At(end), &stops).unwrap().length_mm >= best.length_mm);
        }
        let told = legs(&ground, &best);
        prop_assert_eq!(told.iter().map(|leg| u64::from(leg.length_mm)).sum::<u64>(), best.length_mm);
        let served: Vec<usize> = told.iter().filter_map(|leg| leg.stop).collect();
        prop_assert_eq!(served, best.order);
        prop_assert_eq!(told.last().map_or(start, |leg| leg.to), end);
    }
}

#[test]
fn legs_tell_turns_as_the_walker_sees_them() {
    let ground = Layout::rectangular(3, 2_000, &[0, 10_000], Point::new(0, 0)).unwrap();
    let stops =
        [Stop::at(Point::new(0, 4_000)), Stop::at(Point::new(1, 9_000)), Stop::at(Point::new(1, 2_000))];
    let home = Point::new(0, 0);
    let best = route(&ground, home, End::At(home), &stops).unwrap();
    assert_eq!(best.length_mm, 24_000);
    let told: Vec<(Turn, u32, Corridor, Option<usize>, bool)> = legs(&ground, &best)
        .into_iter()
        .map(|leg| (leg.turn, leg.length_mm, leg.along, leg.stop, leg.aisle_changed))
        .collect();
    let forward = [
        (Turn::Ahead, 4_000, Corridor::Aisle(0), Some(0), false),
        (Turn::Ahead, 6_000, Corridor::Aisle(0), None, true),
        (Turn::Right, 2_000, Corridor::Cross(1), None, true),
        (Turn::Right, 1_000, Corridor::Aisle(1), Some(1), true),
        (Turn::Ahead, 7_000, Corridor::Aisle(1), Some(2), false),
        (Turn::Ahead, 2_000, Corridor::Aisle(1), None, true),
        (Turn::Right, 2_000, Corridor::Cross(0), None, true),
    ];
    let backward = [
        (Turn::Ahead, 2_000, Corridor::Cross(0), None, true),
        (Turn::Left, 2_000, Corridor::Aisle(1), Some(2), true),
        (Turn::Ahead, 7_000, Corridor::Aisle(1), Some(1), false),
        (Turn::Ahead, 1_000, Corridor::Aisle(1), None, true),
        (Turn::Left, 2_000, Corridor::Cross(1), None, true),
        (Turn::Left, 6_000, Corridor::Aisle(0), Some(0), true),
        (Turn::Ahead, 4_000, Corridor::Aisle(0), None, false),
    ];
    assert!(told == forward || told == backward, "{told:?}");
}

#[test]
fn what_cannot_be_planned_is_said_plainly() {
    let ground = Layout::rectangular(3, 2_000, &[0, 10_000], Point::new(0, 0)).unwrap();
    let home = Point::new(0, 0);
    let off = Point::new(3, 0);
    let stops = [Stop::at(off)];
    assert_eq!(route(&ground, home, End::At(home), &stops), Err(RouteError::Off(LayoutError::Off(off))));
    assert_eq!(route(&ground, home, End::Nearest(&[]), &[]), Err(RouteError::NoEnd));
    let many = vec![Stop::at(home); 20_001];
    assert_eq!(route(&ground, home, End::Anywhere, &many), Err(RouteError::TooMany(20_001)));
    assert_eq!(Layout::rectangular(0, 2_000, &[0, 1], home), Err(LayoutError::Aisles(0)));
    assert_eq!(Layout::rectangular(2, 0, &[0, 1], home), Err(LayoutError::Pitch(0)));
    assert_eq!(Layout::rectangular(2, 1, &[], home), Err(LayoutError::CrossAisles(0)));
    assert_eq!(Layout::rectangular(2, 1, &[5, 5], home), Err(LayoutError::CrossAislePlace(1)));
    assert_eq!(Layout::rectangular(2, 1, &[0], home), Err(LayoutError::Size));
    assert_eq!(Layout::rectangular(2, 1, &[0, 9], off), Err(LayoutError::Off(off)));
}

#[test]
fn ten_thousand_lines_are_one_exact_walk() {
    let ground = Layout::rectangular(40, 2_000, &[0, 40_000, 80_000], Point::new(0, 0)).unwrap();
    let stop = |number: u32| Stop::at(Point::new((number % 40) as u16, number * 7_919 % 80_001));
    let stops: Vec<Stop> = (0..10_000).map(stop).collect();
    let home = Point::new(0, 0);
    let found = route(&ground, home, End::At(home), &stops).unwrap();
    assert_eq!(found.order.len(), 10_000);
    assert_eq!(found.gap_permille(), 0);
}
