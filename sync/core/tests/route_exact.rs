//! The exact router against brute force and against itself, on random layouts.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::layout::{Form, Layout, Point};
use aisle_core::plan::route::{Certificate, End, Route, Router, Stop};

/// A small deterministic generator: the tests must be the same every day.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }

    fn layout(&mut self, blocks: u32) -> Layout {
        // Now and then the aisles go on beyond the first and last cross-aisle, as dead ends.
        let mut beyond = || if self.roll(3) == 0 { 500 + self.roll(5) * 500 } else { 0 };
        let (front, back) = (beyond(), beyond());
        let mut cross_mm = vec![front];
        for block in 0..blocks as usize {
            cross_mm.push(cross_mm[block] + 1_000 + self.roll(8) * 500);
        }
        let length_mm = cross_mm[blocks as usize] + back.max(u32::from(blocks == 0) * 700);
        let gaps_mm = (0..self.roll(6)).map(|_| 1_000 + 1_000 * self.roll(5)).collect();
        let depot = Point::new(0, 0);
        Layout::try_from(Form { gaps_mm, cross_mm, length_mm, depot, rules: Vec::new() }).unwrap()
    }

    fn point(&mut self, layout: &Layout) -> Point {
        let aisle = self.roll(layout.aisles() as u32) as u16;
        if self.roll(6) == 0 {
            let row = self.roll(layout.cross_mm().len() as u32) as usize;
            return Point::new(aisle, layout.cross_mm()[row]);
        }
        Point::new(aisle, self.roll(layout.length_mm() / 100 + 1) * 100)
    }

    fn stops(&mut self, layout: &Layout, most: u32) -> Vec<Stop> {
        (0..self.roll(most + 1)).map(|_| Stop::at(self.point(layout))).collect()
    }
}

/// The shortest walk by trying every order, with subsets (Held and Karp).
fn brute(layout: &Layout, start: Point, end: End<'_>, stops: &[Stop]) -> u64 {
    let count = stops.len();
    let apart = |from: Point, to: Point| u64::from(layout.distance_mm(from, to));
    let leave = |from: Point| match end {
        End::At(point) => apart(from, point),
        End::Nearest(points) => points.iter().map(|point| apart(from, *point)).min().unwrap(),
        End::Anywhere => 0,
    };
    if count == 0 {
        return leave(start);
    }
    let mut best = vec![vec![u64::MAX / 2; count]; 1 << count];
    for last in 0..count {
        best[1 << last][last] = apart(start, stops[last].at);
    }
    for set in 1..1_usize << count {
        for last in (0..count).filter(|last| set >> last & 1 == 1) {
            for next in (0..count).filter(|next| set >> next & 1 == 0) {
                let length = best[set][last] + apart(stops[last].at, stops[next].at);
                let slot = &mut best[set | 1 << next][next];
                *slot = (*slot).min(length);
            }
        }
    }
    (0..count).map(|last| best[(1 << count) - 1][last] + leave(stops[last].at)).min().unwrap()
}

/// Checks a route with nothing but the layout's measures: a straight walk from start to end past every stop.
fn check(layout: &Layout, start: Point, end: End<'_>, stops: &[Stop], route: &Route) {
    let mut seen = route.order.clone();
    seen.sort_unstable();
    assert_eq!(seen, (0..stops.len()).collect::<Vec<_>>(), "each stop once");
    assert_eq!(route.path.first().unwrap().at, start);
    let last = route.path.last().unwrap().at;
    match end {
        End::At(point) => assert_eq!(last, point),
        End::Nearest(points) => assert!(points.contains(&last)),
        End::Anywhere => assert!(stops.is_empty() || stops.iter().any(|stop| stop.at == last)),
    }
    let mut length = 0;
    for pair in route.path.windows(2) {
        let (from, to) = (pair[0].at, pair[1].at);
        if from.aisle != to.aisle {
            assert_eq!(from.along_mm, to.along_mm, "straight along a cross-aisle");
            assert!(layout.cross_mm().contains(&from.along_mm));
        }
        length += u64::from(layout.distance_mm(from, to));
    }
    assert_eq!(length, route.length_mm, "the walk is as long as claimed");
    let told: Vec<usize> = route.path.iter().filter_map(|waypoint| waypoint.stop).collect();
    assert_eq!(told, route.order);
    for waypoint in &route.path {
        if let Some(stop) = waypoint.stop {
            assert_eq!(stops[stop].at, waypoint.at);
        }
    }
}

fn agree(
    seed: u64,
    blocks: u32,
    rounds: u32,
    end_of: impl Fn(&mut Dice, &Layout, Point) -> Option<Vec<Point>>,
) {
    let mut dice = Dice(seed);
    let mut router = Router::default();
    for round in 0..rounds {
        let layout = dice.layout(blocks);
        let stops = dice.stops(&layout, 8);
        let start = dice.point(&layout);
        let ends = end_of(&mut dice, &layout, start);
        let end = match &ends {
            None => End::Anywhere,
            Some(points) if points.len() == 1 => End::At(points[0]),
            Some(points) => End::Nearest(points),
        };
        let route = router.route(&layout, start, end, &stops).unwrap();
        let best = brute(&layout, start, end, &stops);
        assert_eq!(route.length_mm, best, "round {round}: {layout:?} {start:?} {end:?} {stops:?} {route:?}");
        assert_eq!(route.certificate, Certificate::Optimal);
        check(&layout, start, end, &stops, &route);
        assert_eq!(router.length_mm(&layout, start, end, &stops).unwrap(), best);
    }
}

#[test]
fn closed_rounds_equal_brute_force() {
    for blocks in 0..=4 {
        agree(1 + u64::from(blocks), blocks, 400, |_, _, start| Some(vec![start]));
    }
}

#[test]
fn walks_from_anywhere_to_anywhere_equal_brute_force() {
    for blocks in 0..=4 {
        agree(11 + u64::from(blocks), blocks, 400, |dice, layout, _| Some(vec![dice.point(layout)]));
    }
}

#[test]
fn walks_that_end_at_the_last_stop_equal_brute_force() {
    for blocks in 0..=4 {
        agree(21 + u64::from(blocks), blocks, 400, |_, _, _| None);
    }
}

#[test]
fn walks_to_the_best_of_several_drop_points_equal_brute_force() {
    for blocks in 0..=4 {
        agree(31 + u64::from(blocks), blocks, 400, |dice, layout, _| {
            Some((0..2 + dice.roll(3)).map(|_| dice.point(layout)).collect())
        });
    }
}
