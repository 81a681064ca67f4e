//! Routes under restrictions and beyond four blocks, against a walker on a fine grid that shares no code with
//! the planner: it knows positions, headings and rules, nothing else.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::layout::{Form, Layout, Point, Rule, Way};
use aisle_core::plan::route::{
    Certificate, Effort, End, Load, Network, Passage, RouteError, Router, Spot, Stop, in_parts, route,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The grid's step; all lengths in these layouts are multiples of it.
const STEP: u32 = 500;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }

    fn layout(&mut self, blocks: u32, rules: &[u32]) -> Layout {
        let mut cross_mm = vec![0];
        for block in 0..blocks as usize {
            cross_mm.push(cross_mm[block] + 2 * STEP + self.roll(5) * STEP);
        }
        let gaps_mm: Vec<u32> = (0..1 + self.roll(3)).map(|_| STEP * (1 + self.roll(4))).collect();
        let aisles = gaps_mm.len() as u32 + 1;
        let length_mm = cross_mm[blocks as usize];
        let mut rules: Vec<Rule> =
            rules.iter().map(|kind| self.rule(*kind, aisles, blocks, length_mm)).collect();
        let mut directed = BTreeSet::new();
        rules.retain(|rule| match rule {
            Rule::OneWay { aisle, block, .. } => directed.insert((*aisle, *block)),
            _ => true,
        });
        Layout::try_from(Form { gaps_mm, cross_mm, length_mm, depot: Point::new(0, 0), rules }).unwrap()
    }

    fn rule(&mut self, kind: u32, aisles: u32, blocks: u32, length_mm: u32) -> Rule {
        let (aisle, block) = (self.roll(aisles) as u16, self.roll(blocks) as u16);
        match kind {
            0 => Rule::NoTurn { aisle, block },
            1 => {
                let from_mm = self.roll(length_mm / STEP) * STEP;
                Rule::Blocked { aisle, from_mm, to_mm: from_mm + STEP }
            }
            2 => Rule::BlockedCross { cross: block, aisle: aisle.min(aisles as u16 - 2) },
            3 => Rule::OneWay { aisle, block, way: Way::Back },
            _ => Rule::OneWay { aisle, block, way: Way::Front },
        }
    }

    fn stops(&mut self, layout: &Layout, count: u32) -> Vec<Stop> {
        (0..count).map(|_| Stop::at(self.point(layout))).collect()
    }

    fn point(&mut self, layout: &Layout) -> Point {
        Point::new(self.roll(layout.aisles() as u32) as u16, self.roll(layout.length_mm() / STEP + 1) * STEP)
    }
}

/// A position on the grid with a heading: along aisles up or down, in cross-aisles none.
type State = (u16, u32, u32, i8);

/// Steps from a state: the next state and whether it costs a step.
fn moves(layout: &Layout, (aisle, along, beside, heading): State) -> Vec<(State, u64)> {
    let mut next = Vec::new();
    let cross = layout.cross_mm();
    let row = cross.iter().position(|row| *row == along);
    let usable = |low: u32, up: bool| {
        let block = cross.iter().rposition(|row| *row <= low).unwrap() as u16;
        layout.rules().iter().all(|rule| match *rule {
            Rule::Blocked { aisle: a, from_mm, to_mm } => a != aisle || low < from_mm || low >= to_mm,
            Rule::OneWay { aisle: a, block: b, way } => a != aisle || b != block || (way == Way::Back) == up,
            _ => true,
        })
    };
    if beside == 0 {
        if heading > 0 && along < layout.length_mm() && usable(along, true) {
            next.push(((aisle, along + STEP, 0, 1), 1));
        }
        if heading < 0 && along > 0 && usable(along - STEP, false) {
            next.push(((aisle, along - STEP, 0, -1), 1));
        }
        let block = cross.iter().rposition(|row| *row < along).unwrap_or(0) as u16;
        let turning = row.is_some()
            || layout.rules().iter().all(|rule| match *rule {
                Rule::NoTurn { aisle: a, block: b } | Rule::OneWay { aisle: a, block: b, .. } => {
                    a != aisle || b != block
                }
                _ => true,
            });
        if turning {
            next.push(((aisle, along, 0, -heading), 0));
        }
    }
    let Some(row) = row else { return next };
    let open = |aisle: u16| {
        !layout.rules().contains(&Rule::BlockedCross { cross: row as u16, aisle })
            && usize::from(aisle) + 1 < layout.aisles()
    };
    if open(aisle) {
        let far = layout.gap_mm(usize::from(aisle));
        let right = if beside + STEP == far {
            (aisle + 1, along, 0, heading)
        } else {
            (aisle, along, beside + STEP, heading)
        };
        next.push((right, 1));
    }
    if beside > 0 {
        next.push(((aisle, along, beside - STEP, heading), 1));
    } else if aisle > 0 && open(aisle - 1) {
        let far = layout.gap_mm(usize::from(aisle - 1));
        let left = if far == STEP {
            (aisle - 1, along, 0, heading)
        } else {
            (aisle - 1, along, far - STEP, heading)
        };
        next.push((left, 1));
    }
    next
}

fn away(layout: &Layout, from: State) -> BTreeMap<State, u64> {
    let mut found = BTreeMap::from([(from, 0)]);
    let mut queue = VecDeque::from([from]);
    while let Some(state) = queue.pop_front() {
        let length = found[&state];
        for (next, cost) in moves(layout, state) {
            if found.get(&next).is_none_or(|known| length + cost < *known) {
                found.insert(next, length + cost);
                if cost == 0 { queue.push_front(next) } else { queue.push_back(next) }
            }
        }
    }
    found
}

/// The shortest walk over all orders and headings, in millimetres. `class` restricts what may come when.
fn brute(layout: &Layout, start: Point, end: Option<Point>, stops: &[Stop]) -> Option<u64> {
    let far = u64::MAX / 4;
    let states = |at: Point| [(at.aisle, at.along_mm, 0, 1), (at.aisle, at.along_mm, 0, -1)];
    let from: Vec<BTreeMap<State, u64>> =
        stops.iter().flat_map(|stop| states(stop.at)).map(|state| away(layout, state)).collect();
    let out = |ways: &BTreeMap<State, u64>, at: Point| {
        states(at).iter().filter_map(|state| ways.get(state)).min().copied().unwrap_or(far)
    };
    let begin: Vec<BTreeMap<State, u64>> = states(start).iter().map(|state| away(layout, *state)).collect();
    if stops.is_empty() {
        let best = end.map_or(0, |end| begin.iter().map(|ways| out(ways, end)).min().unwrap());
        return (best < far).then(|| best * u64::from(STEP));
    }
    let mut best = vec![vec![far; from.len()]; 1 << stops.len()];
    let may = |set: usize, next: usize| {
        (0..stops.len())
            .all(|other| set >> other & 1 == 1 || other == next || stops[other].load >= stops[next].load)
    };
    for (number, stop) in stops.iter().enumerate().filter(|(number, _)| may(0, *number)) {
        for (side, state) in states(stop.at).iter().enumerate() {
            let length = begin.iter().filter_map(|ways| ways.get(state)).min().copied().unwrap_or(far);
            best[1 << number][2 * number + side] = length;
        }
    }
    for set in 1..1_usize << stops.len() {
        for last in 0..from.len() {
            if best[set][last] >= far {
                continue;
            }
            for next in (0..stops.len()).filter(|next| set >> next & 1 == 0 && may(set, *next)) {
                for (side, state) in states(stops[next].at).iter().enumerate() {
                    let length = best[set][last] + from[last].get(state).copied().unwrap_or(far);
                    let slot = &mut best[set | 1 << next][2 * next + side];
                    *slot = (*slot).min(length);
                }
            }
        }
    }
    let full = &best[(1 << stops.len()) - 1];
    let lengths = full.iter().zip(&from).map(|(length, ways)| length + end.map_or(0, |end| out(ways, end)));
    lengths.min().filter(|length| *length < far).map(|length| length * u64::from(STEP))
}

/// Plans and compares; with `exact`, nothing but the best will do.
fn agree(seed: u64, blocks: u32, rules: &[u32], exact: bool) {
    let mut dice = Dice(seed);
    for round in 0..60 {
        let layout = dice.layout(blocks, rules);
        let count = dice.roll(6);
        let stops = dice.stops(&layout, count);
        let start = dice.point(&layout);
        let end = [Some(start), Some(dice.point(&layout)), None][dice.roll(3) as usize];
        let found = route(&layout, start, end.map_or(End::Anywhere, End::At), &stops);
        let best = brute(&layout, start, end, &stops);
        let told = format!("{round} {layout:?} {start:?} {end:?} {stops:?} {found:?} best {best:?}");
        match (found, best) {
            (Err(RouteError::CutOff), None) => {}
            (Ok(route), Some(best)) => {
                assert!(route.length_mm >= best, "{told}");
                match route.certificate {
                    Certificate::Optimal => assert_eq!(route.length_mm, best, "{told}"),
                    Certificate::Within { bound_mm } => assert!(bound_mm <= best && !exact, "{told}"),
                }
                let mut order = route.order.clone();
                order.sort_unstable();
                assert_eq!(order, (0..stops.len()).collect::<Vec<_>>(), "{told}");
            }
            _ => panic!("{told}"),
        }
    }
}

#[test]
fn aisles_without_turning_are_planned_exactly() {
    for blocks in 1..=3 {
        agree(u64::from(blocks), blocks, &[0, 0, 0], true);
    }
}

#[test]
fn blocked_aisles_and_cross_aisles_are_planned_exactly() {
    for blocks in 1..=3 {
        agree(10 + u64::from(blocks), blocks, &[1, 2], true);
    }
}

#[test]
fn all_restrictions_together_are_planned_exactly() {
    for blocks in 1..=3 {
        agree(20 + u64::from(blocks), blocks, &[0, 1, 0, 2], true);
    }
}

#[test]
fn one_way_aisles_are_walked_their_way_and_never_called_better_than_they_are() {
    for blocks in 1..=3 {
        agree(30 + u64::from(blocks), blocks, &[3, 4, 3], false);
        agree(40 + u64::from(blocks), blocks, &[4, 0, 3], false);
    }
}

#[test]
fn five_and_six_blocks_are_planned() {
    agree(50, 5, &[], false);
    agree(51, 6, &[], false);
}

#[test]
fn heavy_comes_first_and_fragile_last_on_the_shortest_such_walk() {
    let mut dice = Dice(60);
    for round in 0..120 {
        let layout = dice.layout(1 + round % 3, &[]);
        let count = dice.roll(8);
        let mut stops = dice.stops(&layout, count);
        for stop in &mut stops {
            stop.load = [Load::Heavy, Load::Normal, Load::Fragile][dice.roll(3) as usize];
        }
        let start = dice.point(&layout);
        let end = [Some(start), Some(dice.point(&layout)), None][dice.roll(3) as usize];
        let route = route(&layout, start, end.map_or(End::Anywhere, End::At), &stops).unwrap();
        let loads: Vec<Load> = route.order.iter().map(|stop| stops[*stop].load).collect();
        assert!(loads.is_sorted(), "{loads:?}");
        assert_eq!(loads.len(), stops.len());
        let best = brute(&layout, start, end, &stops).unwrap();
        assert_eq!(route.length_mm, best, "{round} {layout:?} {start:?} {end:?} {stops:?} {route:?}");
        assert_eq!(route.certificate, Certificate::Optimal);
    }
}

#[test]
fn any_number_of_parts_is_walked_one_after_another_on_the_shortest_such_walk() {
    let mut dice = Dice(61);
    for round in 0..60 {
        let layout = dice.layout(1 + round % 3, &[]);
        let count = 2 + dice.roll(4);
        let stops = dice.stops(&layout, count);
        let parts: Vec<u32> = stops.iter().map(|_| dice.roll(6)).collect();
        let home = layout.depot();
        let route = in_parts(&layout, home, End::At(home), &stops, |stop| parts[stop]).unwrap();
        let visited: Vec<u32> = route.order.iter().map(|stop| parts[*stop]).collect();
        assert!(visited.is_sorted(), "{visited:?}");
        assert_eq!(route.order.iter().collect::<BTreeSet<_>>().len(), stops.len());
        assert_eq!(route.certificate, Certificate::Optimal);
        // All orders that keep the parts, each walked by the shortest way from one stop to the next.
        let mut best = u64::MAX;
        let mut orders: Vec<(Vec<usize>, u64)> = vec![(Vec::new(), 0)];
        while let Some((order, length_mm)) = orders.pop() {
            let here = order.last().map_or(home, |stop| stops[*stop].at);
            let left: Vec<usize> = (0..stops.len()).filter(|stop| !order.contains(stop)).collect();
            let Some(next) = left.iter().map(|stop| parts[*stop]).min() else {
                best = best.min(length_mm + u64::from(layout.distance_mm(here, home)));
                continue;
            };
            for stop in left.into_iter().filter(|stop| parts[*stop] == next) {
                let further = length_mm + u64::from(layout.distance_mm(here, stops[stop].at));
                orders.push((order.iter().copied().chain([stop]).collect(), further));
            }
        }
        assert_eq!(route.length_mm, best, "{round} {layout:?} {stops:?} {parts:?} {route:?}");
    }
}

#[test]
fn many_stops_of_three_loads_have_an_honest_certificate() {
    let layout = Layout::rectangular(12, 3_000, &[0, 9_600, 19_200], Point::new(5, 0)).unwrap();
    let mut dice = Dice(62);
    let home = layout.depot();
    for count in [30, 90] {
        let mut stops = dice.stops(&layout, count);
        for stop in &mut stops {
            stop.load = [Load::Heavy, Load::Normal, Load::Normal, Load::Fragile][dice.roll(4) as usize];
        }
        let found = route(&layout, home, End::At(home), &stops).unwrap();
        assert!(found.order.iter().map(|stop| stops[*stop].load).is_sorted());
        let along: u64 =
            found.path.windows(2).map(|pair| u64::from(layout.distance_mm(pair[0].at, pair[1].at))).sum();
        assert_eq!(along, found.length_mm);
        let plain: Vec<Stop> = stops.iter().map(|stop| Stop::at(stop.at)).collect();
        let free = route(&layout, home, End::At(home), &plain).unwrap();
        assert!(found.length_mm >= free.length_mm);
        match found.certificate {
            Certificate::Optimal => {}
            Certificate::Within { bound_mm } => {
                assert!((free.length_mm..found.length_mm).contains(&bound_mm))
            }
        }
    }
}

#[test]
fn a_long_list_in_many_blocks_has_an_honest_certificate() {
    let cross: Vec<u32> = (0..=8).map(|row| row * 10_000).collect();
    let layout = Layout::rectangular(20, 3_000, &cross, Point::new(0, 0)).unwrap();
    let mut dice = Dice(70);
    for count in [0, 1, 30, 120, 5_000] {
        let stops = dice.stops(&layout, count);
        let mut router = Router::default();
        for steps in [0, 20_000] {
            let home = layout.depot();
            let effort = Effort::steps(steps);
            let route = router.route_with(&layout, home, End::At(home), &stops, effort).unwrap();
            assert_eq!(route.order.len(), stops.len());
            if let Certificate::Within { bound_mm } = route.certificate {
                assert!(bound_mm <= route.length_mm);
                assert!(steps == 0 || count > 1_000 || bound_mm * 100 >= route.length_mm * 80, "{route:?}");
            }
        }
    }
}

#[test]
fn a_network_of_any_shape_is_walked() {
    let passage = |from, to, length_mm| Passage { from, to, length_mm, one_way: false, may_turn: true };
    // A triangle with a tail.
    let mut passages =
        vec![passage(0, 1, 3_000), passage(1, 2, 4_000), passage(2, 0, 5_000), passage(2, 3, 2_000)];
    let spot = |passage, at_mm| Spot { passage, at_mm };
    let stops = [spot(0, 1_000), spot(1, 1_000), spot(3, 1_500)];
    let network = Network { nodes: 4, passages: passages.clone() };
    let walk = |network: &Network| network.route(spot(0, 0), &[spot(0, 0)], &stops, Effort::steps(100));
    let free = walk(&network).unwrap();
    assert_eq!((free.length_mm, free.certificate), (15_000, Certificate::Optimal));
    assert_eq!(free.order.len(), 3);
    passages[0].one_way = true;
    passages[1].one_way = true;
    assert_eq!(walk(&Network { nodes: 4, passages: passages.clone() }).unwrap().order, [0, 1, 2]);
    passages[3].one_way = true;
    assert_eq!(walk(&Network { nodes: 4, passages: passages.clone() }), Err(RouteError::CutOff));
    passages[3].to = 9;
    assert_eq!(walk(&Network { nodes: 4, passages }), Err(RouteError::NoPassage(3)));
}
