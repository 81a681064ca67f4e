//! Choosing bins: rules before distance, and no choice better than the best of all.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::bin::{Bin, BinError, Fefo, Line, choose};
use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::{Certificate, Effort, End, Stop, route};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }
}

fn layout(blocks: u32) -> Layout {
    let cross: Vec<u32> = (0..=blocks).map(|row| row * 12_000).collect();
    Layout::rectangular(6, 3_000, &cross, Point::new(2, 0)).unwrap()
}

fn lines(dice: &mut Dice, layout: &Layout, count: usize) -> Vec<Line> {
    let bin = |dice: &mut Dice| {
        let at = Point::new(dice.roll(6) as u16, dice.roll(layout.length_mm() / 500 + 1) * 500);
        Bin::loose(at, 1 + u64::from(dice.roll(3)))
    };
    let line = |_| {
        let bins: Vec<Bin> = (0..1 + dice.roll(4)).map(|_| bin(dice)).collect();
        let all: u64 = bins.iter().map(|bin| bin.holds).sum();
        Line { quantity: 1 + u64::from(dice.roll(all as u32)), bins }
    };
    (0..count).map(line).collect()
}

/// The shortest walk over every way to fill every line.
fn brute(layout: &Layout, lines: &[Line]) -> u64 {
    let covers: Vec<Vec<Vec<Stop>>> = lines
        .iter()
        .map(|line| {
            let sets = (1_u32..1 << line.bins.len()).filter(|set| {
                let held: u64 = chosen(line, *set).map(|bin| bin.holds).sum();
                held >= line.quantity
            });
            sets.map(|set| chosen(line, set).map(|bin| Stop::at(bin.at)).collect()).collect()
        })
        .collect();
    let mut best = u64::MAX;
    let mut pick = vec![0; lines.len()];
    loop {
        let stops: Vec<Stop> = pick.iter().zip(&covers).flat_map(|(at, sets)| sets[*at].clone()).collect();
        let home = layout.depot();
        best = best.min(route(layout, home, End::At(home), &stops).unwrap().length_mm);
        let Some(next) = (0..pick.len()).find(|line| pick[*line] + 1 < covers[*line].len()) else {
            return best;
        };
        pick[next] += 1;
        pick[..next].fill(0);
    }
}

fn chosen(line: &Line, set: u32) -> impl Iterator<Item = &Bin> {
    line.bins.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, bin)| bin)
}

#[test]
fn choices_fill_every_line_and_match_the_best_of_all() {
    let mut equal = 0;
    for round in 0..40_u32 {
        let layout = layout(1 + round % 3);
        let lines = lines(&mut Dice(u64::from(round)), &layout, 4);
        let home = layout.depot();
        let choice =
            choose(&layout, home, End::At(home), &lines, Fefo::Ignored, Effort::steps(3_000)).unwrap();
        for (number, line) in lines.iter().enumerate() {
            let takes = choice.takes.iter().filter(|take| take.line == number);
            assert_eq!(takes.clone().map(|take| take.quantity).sum::<u64>(), line.quantity);
            assert!(takes.clone().all(|take| take.quantity <= line.bins[take.bin].holds));
        }
        let best = brute(&layout, &lines);
        assert!(choice.route.length_mm >= best);
        match choice.route.certificate {
            Certificate::Optimal => assert_eq!(choice.route.length_mm, best),
            Certificate::Within { bound_mm } => assert!(bound_mm <= best, "{bound_mm} {best}"),
        }
        equal += u32::from(choice.route.length_mm == best);
    }
    assert!(equal >= 38, "{equal} of 40");
}

#[test]
fn what_expires_first_leaves_first() {
    let layout = layout(1);
    let near = Bin { expires_day: Some(20), ..Bin::loose(Point::new(2, 1_000), 10) };
    let far = Bin { expires_day: Some(10), ..Bin::loose(Point::new(5, 11_000), 4) };
    let lines = [Line { quantity: 6, bins: vec![near, far] }];
    let home = layout.depot();
    let plan = |quantity: u64, fefo: Fefo| {
        let lines = [Line { quantity, ..lines[0].clone() }];
        let takes = choose(&layout, home, End::At(home), &lines, fefo, Effort::steps(100)).unwrap().takes;
        takes.iter().map(|take| (take.bin, take.quantity)).collect::<Vec<_>>()
    };
    assert_eq!(plan(6, Fefo::Within { days: 0 }), [(0, 2), (1, 4)]);
    assert_eq!(plan(4, Fefo::Within { days: 0 }), [(1, 4)]);
    assert_eq!(plan(4, Fefo::Within { days: 10 }), [(0, 4)]);
    assert_eq!(plan(6, Fefo::Ignored), [(0, 6)]);
}

#[test]
fn held_stock_is_not_touched_and_cases_stay_whole() {
    let layout = layout(2);
    let home = layout.depot();
    let held = Bin { held: true, ..Bin::loose(Point::new(2, 0), 100) };
    let cases = Bin { unit: 12, ..Bin::loose(Point::new(3, 4_000), 40) };
    let loose = Bin::loose(Point::new(5, 20_000), 7);
    let plan = |quantity: u64| {
        let lines = [Line { quantity, bins: vec![held, cases, loose] }];
        choose(&layout, home, End::At(home), &lines, Fefo::Ignored, Effort::steps(100))
    };
    let takes = |quantity| {
        let takes = plan(quantity).unwrap().takes;
        takes.iter().map(|take| (take.bin, take.quantity)).collect::<Vec<_>>()
    };
    assert_eq!(takes(24), [(1, 24)]);
    assert_eq!(takes(29), [(1, 24), (2, 5)]);
    assert_eq!(plan(44), Err(BinError::Short { line: 0, available: 43 }));
    assert_eq!(plan(10), Err(BinError::Short { line: 0, available: 7 }));
    assert_eq!(plan(0), Err(BinError::Nothing(0)));
}
