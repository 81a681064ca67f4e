//! Cart plans: within limits, complete, and as long as the exact router says.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::cart::{Effort, Job, Limits, Order, Plan, Running, Size, batch};
use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::{End, Stop, route};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }
}

fn orders(dice: &mut Dice, layout: &Layout, count: usize) -> Vec<Order> {
    let order = |_| {
        let lines = 1 + dice.roll(10);
        let stops = (0..lines).map(|_| {
            let aisle = dice.roll(layout.aisles() as u32) as u16;
            Stop::at(Point::new(aisle, dice.roll(layout.length_mm() / 1_000) * 1_000 + 500))
        });
        Order {
            stops: stops.collect(),
            size: Size {
                totes: 1,
                weight_g: u64::from(lines) * 700,
                volume_mm3: u64::from(lines) * 1_000_000,
            },
            priority: 0,
            left_ms: None,
        }
    };
    (0..count).map(order).collect()
}

fn limits(totes: u64) -> Limits {
    Limits::of(Size { totes, weight_g: 60_000, volume_mm3: 80_000_000 })
}

fn check(job: &Job<'_>, plan: &Plan) {
    let mut seen: Vec<usize> = plan.batches.iter().flat_map(|batch| batch.orders.clone()).collect();
    seen.extend(&plan.too_large);
    seen.sort_unstable();
    assert_eq!(seen, (0..job.orders.len()).collect::<Vec<_>>(), "each order once");
    let mut total = 0;
    for batch in &plan.batches {
        let start = batch.running.map_or(job.start, |cart| job.running[cart].start);
        let stops: Vec<Stop> =
            batch.orders.iter().flat_map(|order| job.orders[*order].stops.clone()).collect();
        let walk = route(job.layout, start, End::At(job.end), &stops).unwrap();
        assert_eq!(walk.length_mm, batch.length_mm);
        total += walk.length_mm;
        let sum = |part: fn(&Size) -> u64| {
            batch.orders.iter().map(|order| part(&job.orders[*order].size)).sum::<u64>()
        };
        assert!(sum(|size| size.totes) <= job.limits.size.totes);
        assert!(sum(|size| size.weight_g) <= job.limits.size.weight_g);
        assert!(sum(|size| size.volume_mm3) <= job.limits.size.volume_mm3);
    }
    assert_eq!(total, plan.length_mm);
}

fn layouts() -> [(Layout, Point); 4] {
    let one = |depot| Layout::rectangular(10, 5_000, &[0, 48_000], depot).unwrap();
    let two = Layout::rectangular(12, 4_000, &[0, 15_000, 30_000], Point::new(0, 0)).unwrap();
    [
        (one(Point::new(0, 0)), Point::new(0, 0)),
        (one(Point::new(4, 48_000)), Point::new(4, 48_000)),
        (one(Point::new(9, 20_000)), Point::new(9, 20_000)),
        (two, Point::new(0, 0)),
    ]
}

#[test]
fn every_order_is_on_one_cart_within_its_limits() {
    for (number, (layout, depot)) in layouts().iter().enumerate() {
        let mut dice = Dice(number as u64);
        let orders = orders(&mut dice, layout, 24);
        let limits = limits(6);
        let job = Job { layout, start: *depot, end: *depot, orders: &orders, limits, running: &[] };
        let plan = batch(&job, Effort::steps(2_000)).unwrap();
        check(&job, &plan);
        let alone: u64 = batch(&Job { limits: self::limits(1), ..job }, Effort::steps(0)).unwrap().length_mm;
        assert!(plan.length_mm < alone * 7 / 10, "sharing carts saves walking");
    }
}

#[test]
fn a_locked_order_stays_on_its_cart() {
    let (layout, depot) = &layouts()[3];
    let orders = orders(&mut Dice(9), layout, 20);
    let running = [
        Running { start: Point::new(11, 20_000), locked: vec![3, 4], planned: vec![5] },
        Running { start: Point::new(2, 1_000), locked: vec![], planned: vec![6, 7] },
    ];
    let job =
        Job { layout, start: *depot, end: *depot, orders: &orders, limits: limits(5), running: &running };
    for steps in [0, 3_000] {
        let plan = batch(&job, Effort::steps(steps)).unwrap();
        check(&job, &plan);
        assert!(plan.batches[0].orders.contains(&3) && plan.batches[0].orders.contains(&4));
        assert_eq!(plan.batches[0].running, Some(0));
    }
}

#[test]
fn an_order_too_large_for_a_cart_is_named() {
    let (layout, depot) = &layouts()[0];
    let mut orders = orders(&mut Dice(4), layout, 5);
    orders[2].size.weight_g = 60_001;
    let job = Job { layout, start: *depot, end: *depot, orders: &orders, limits: limits(5), running: &[] };
    assert_eq!(batch(&job, Effort::steps(100)).unwrap().too_large, [2]);
}

#[test]
fn a_tight_cut_off_keeps_an_order_from_a_long_walk() {
    let (layout, depot) = &layouts()[0];
    let mut orders = orders(&mut Dice(5), layout, 12);
    let limits = Limits { speed_mm_s: 1_000, stop_ms: 10_000, ..limits(12) };
    let job = Job { layout, start: *depot, end: *depot, orders: &orders, limits, running: &[] };
    let free = batch(&job, Effort::steps(500)).unwrap();
    let crowd = free.batches.iter().max_by_key(|batch| batch.orders.len()).unwrap();
    let hurried = crowd.orders[0];
    let alone = route(layout, *depot, End::At(*depot), &orders[hurried].stops).unwrap().length_mm;
    let left = alone + 10_000 * orders[hurried].stops.len() as u64 + 20_000;
    orders[hurried].left_ms = Some(left);
    let job = Job { layout, start: *depot, end: *depot, orders: &orders, limits, running: &[] };
    let plan = batch(&job, Effort::steps(500)).unwrap();
    check(&job, &plan);
    assert!(plan.batches[0].orders.contains(&hurried), "the most urgent cart comes first");
    let stops: usize = plan.batches[0].orders.iter().map(|order| orders[*order].stops.len()).sum();
    assert!(plan.batches[0].length_mm + 10_000 * stops as u64 <= left);
}

#[test]
fn priorities_far_apart_do_not_share_a_cart() {
    let (layout, depot) = &layouts()[0];
    let mut orders = orders(&mut Dice(6), layout, 12);
    for (number, order) in orders.iter_mut().enumerate() {
        order.priority = (number % 3) as u8;
    }
    let limits = Limits { priorities_apart: 0, ..limits(6) };
    let job = Job { layout, start: *depot, end: *depot, orders: &orders, limits, running: &[] };
    let plan = batch(&job, Effort::steps(1_000)).unwrap();
    for batch in &plan.batches {
        assert!(batch.orders.iter().all(|order| order % 3 == batch.orders[0] % 3));
    }
    assert_eq!(plan.batches[0].orders[0] % 3, 0);
}

#[test]
fn the_same_effort_makes_the_same_plan() {
    let (layout, depot) = &layouts()[3];
    let orders = orders(&mut Dice(7), layout, 15);
    let job = Job { layout, start: *depot, end: *depot, orders: &orders, limits: limits(4), running: &[] };
    assert_eq!(batch(&job, Effort::steps(1_000)), batch(&job, Effort::steps(1_000)));
}
