//! What the planners refuse, and what they say of it: each variant of their errors once.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use aisle_core::plan::bin::{self, Bin, BinError, Fefo, Line, choose};
use aisle_core::plan::cart::{self, CartError, Job, Limits, Running, Size, batch};
use aisle_core::plan::layout::{Form, Layout, LayoutError, MOST_RULES, Point, Rule, Way};
use aisle_core::plan::route::{
    Effort, End, MOST_STOPS, Network, Passage, RouteError, Spot, Stop, in_order, route,
};

const HOME: Point = Point::new(0, 0);
const OFF: Point = Point::new(9, 0);

fn layout() -> Layout {
    Layout::rectangular(3, 2_000, &[0, 10_000], HOME).unwrap()
}

fn form() -> Form {
    Form {
        gaps_mm: vec![2_000, 2_000],
        cross_mm: vec![0, 10_000],
        length_mm: 10_000,
        depot: HOME,
        rules: Vec::new(),
    }
}

#[test]
fn an_absurd_layout_is_refused_with_what_is_wrong() {
    let refused = |form: Form| Layout::try_from(form).unwrap_err();
    assert_eq!(refused(Form { gaps_mm: vec![1; 1_000], ..form() }), LayoutError::Aisles(1_001));
    assert_eq!(refused(Form { cross_mm: Vec::new(), ..form() }), LayoutError::CrossAisles(0));
    assert_eq!(refused(Form { cross_mm: (0..65).collect(), ..form() }), LayoutError::CrossAisles(65));
    assert_eq!(refused(Form { cross_mm: vec![5, 5], ..form() }), LayoutError::CrossAislePlace(1));
    assert_eq!(refused(Form { cross_mm: vec![0, 10_001], ..form() }), LayoutError::CrossAislePlace(1));
    assert_eq!(refused(Form { gaps_mm: vec![2_000, 0], ..form() }), LayoutError::Pitch(1));
    assert_eq!(refused(Form { gaps_mm: vec![u32::MAX, 1], ..form() }), LayoutError::Size);
    assert_eq!(refused(Form { length_mm: 0, ..form() }), LayoutError::Size);
    assert_eq!(refused(Form { length_mm: u32::MAX, ..form() }), LayoutError::Size);
    assert_eq!(refused(Form { depot: OFF, ..form() }), LayoutError::Off(OFF));
    let many = vec![Rule::NoTurn { aisle: 0, block: 0 }; MOST_RULES + 1];
    assert_eq!(refused(Form { rules: many, ..form() }), LayoutError::Rules);
}

#[test]
fn a_restriction_on_a_place_that_is_not_there_or_against_another_is_refused_and_named() {
    let absent = [
        Rule::OneWay { aisle: 3, block: 0, way: Way::Back },
        Rule::NoTurn { aisle: 0, block: 1 },
        Rule::Blocked { aisle: 3, from_mm: 0, to_mm: 1 },
        Rule::Blocked { aisle: 0, from_mm: 5, to_mm: 5 },
        Rule::Blocked { aisle: 0, from_mm: 0, to_mm: 10_001 },
        Rule::BlockedCross { cross: 2, aisle: 0 },
        Rule::BlockedCross { cross: 0, aisle: 2 },
    ];
    for rule in absent {
        assert_eq!(layout().with(&[rule]), Err(LayoutError::Rule(rule)));
    }
    let back = Rule::OneWay { aisle: 0, block: 0, way: Way::Back };
    let front = Rule::OneWay { aisle: 0, block: 0, way: Way::Front };
    assert_eq!(layout().with(&[back, front]), Err(LayoutError::Rule(front)));
}

#[test]
fn a_walk_that_cannot_be_made_is_refused_with_why() {
    let (ground, home) = (layout(), End::At(HOME));
    assert_eq!(route(&ground, OFF, home, &[]), Err(RouteError::Off(LayoutError::Off(OFF))));
    assert_eq!(route(&ground, HOME, End::At(OFF), &[]), Err(RouteError::Off(LayoutError::Off(OFF))));
    assert_eq!(route(&ground, HOME, home, &[Stop::at(OFF)]), Err(RouteError::Off(LayoutError::Off(OFF))));
    let many = vec![Stop::at(HOME); MOST_STOPS + 1];
    assert_eq!(route(&ground, HOME, home, &many), Err(RouteError::TooMany(MOST_STOPS + 1)));
    assert_eq!(route(&ground, HOME, End::Nearest(&[]), &[]), Err(RouteError::NoEnd));
    assert_eq!(in_order(&ground, HOME, home, &[Stop::at(HOME)], &[0, 1]), Err(RouteError::NoStop(1)));
    let walled = layout().with(&[Rule::Blocked { aisle: 2, from_mm: 0, to_mm: 10_000 }]).unwrap();
    let behind = Stop::at(Point::new(2, 5_000));
    assert_eq!(route(&walled, HOME, home, &[behind]), Err(RouteError::CutOff));
}

#[test]
fn a_walk_through_a_network_that_cannot_be_made_is_refused_with_why() {
    let passage = |from, to, length_mm| Passage { from, to, length_mm, one_way: false, may_turn: true };
    let spot = |passage, at_mm| Spot { passage, at_mm };
    let walk = |passages: Vec<Passage>, stops: &[Spot]| {
        Network { nodes: 4, passages }.route(spot(0, 0), &[spot(0, 0)], stops, Effort::steps(10)).map(drop)
    };
    assert_eq!(walk(vec![passage(0, 4, 5)], &[]), Err(RouteError::NoPassage(0)));
    assert_eq!(walk(vec![passage(0, 1, 5)], &[spot(0, 6)]), Err(RouteError::NoSpot(spot(0, 6))));
    assert_eq!(walk(vec![passage(0, 1, 5)], &[spot(1, 0)]), Err(RouteError::NoSpot(spot(1, 0))));
    let apart = vec![passage(0, 1, 5), passage(2, 3, 5)];
    assert_eq!(walk(apart, &[spot(1, 2)]), Err(RouteError::CutOff));
    let endless = vec![passage(0, 1, u32::MAX), passage(1, 2, u32::MAX)];
    assert_eq!(walk(endless, &[spot(1, 2)]), Err(RouteError::TooLarge));
    let many = vec![spot(0, 1); 50_000];
    assert_eq!(walk(vec![passage(0, 1, 5)], &many), Err(RouteError::TooMany(50_000)));
}

#[test]
fn a_line_that_no_choice_of_bins_fills_is_refused_and_numbered() {
    let plan =
        |lines: &[Line]| choose(&layout(), HOME, End::At(HOME), lines, Fefo::Ignored, Effort::steps(10));
    let line = |quantity, bins: &[Bin]| Line { quantity, bins: bins.to_vec() };
    let loose = Bin::loose(Point::new(1, 500), 5);
    let good = line(5, &[loose]);
    assert!(plan(std::slice::from_ref(&good)).is_ok());
    let many = vec![good.clone(); bin::MOST_LINES + 1];
    assert_eq!(plan(&many), Err(BinError::TooMany(bin::MOST_LINES + 1)));
    assert_eq!(plan(&[good.clone(), line(0, &[loose])]), Err(BinError::Nothing(1)));
    assert_eq!(plan(&[good.clone(), line(6, &[loose])]), Err(BinError::Short { line: 1, available: 5 }));
    assert_eq!(plan(&[line(1, &[])]), Err(BinError::Short { line: 0, available: 0 }));
    let held = Bin { held: true, ..loose };
    assert_eq!(plan(&[line(1, &[held])]), Err(BinError::Short { line: 0, available: 0 }));
    let cases = Bin { unit: 4, ..loose };
    assert_eq!(plan(&[line(5, &[cases])]), Err(BinError::Short { line: 0, available: 4 }));
    let off = Bin { at: OFF, ..loose };
    let error = plan(&[good, line(1, &[off])]);
    assert_eq!(error, Err(BinError::Walk(RouteError::Off(LayoutError::Off(OFF)))));
}

#[test]
fn orders_that_no_cart_plan_can_take_are_refused_and_numbered() {
    let order = |at| cart::Order {
        stops: vec![Stop::at(at)],
        size: Size { totes: 1, ..Size::default() },
        priority: 0,
        left_ms: None,
    };
    let ground = layout();
    let plan = |orders: &[cart::Order], running: &[Running]| {
        let limits = Limits::of(Size { totes: 4, weight_g: 0, volume_mm3: 0 });
        let job = Job { layout: &ground, start: HOME, end: HOME, orders, limits, running };
        batch(&job, Effort::steps(100))
    };
    let near = order(Point::new(1, 500));
    let many = vec![cart::Order { stops: Vec::new(), ..near.clone() }; cart::MOST_ORDERS + 1];
    assert_eq!(plan(&many, &[]), Err(CartError::TooMany(cart::MOST_ORDERS + 1)));
    let walk = |order| CartError::Walk { order, source: RouteError::Off(LayoutError::Off(OFF)) };
    assert_eq!(plan(&[near.clone(), order(OFF)], &[]), Err(walk(1)));
    let cart = |locked: &[usize], planned: &[usize]| Running {
        start: HOME,
        locked: locked.to_vec(),
        planned: planned.to_vec(),
    };
    let orders = [near.clone(), near];
    let refused = |cart, order| Err(CartError::Running { cart, order });
    assert_eq!(plan(&orders, &[cart(&[2], &[])]), refused(0, 2));
    assert_eq!(plan(&orders, &[cart(&[0], &[]), cart(&[], &[0])]), refused(1, 0));
    assert_eq!(plan(&orders, &[cart(&[1], &[1])]), refused(0, 1));
    let both = plan(&orders, &[cart(&[0], &[1])]).unwrap();
    assert_eq!(both.batches.iter().flat_map(|batch| &batch.orders).count(), 2);
}

#[test]
fn a_budget_of_nothing_still_gives_an_answer_with_its_certificate() {
    let stops: Vec<Stop> =
        (0..20).map(|at| Stop::at(Point::new(at % 3, 100 + 400 * u32::from(at)))).collect();
    let cross: Vec<u32> = (0..7).map(|row| row * 2_000).collect();
    let wide = Layout::rectangular(3, 2_000, &cross, HOME).unwrap();
    let mut router = aisle_core::plan::route::Router::default();
    let route = router.route_with(&wide, HOME, End::At(HOME), &stops, Effort::steps(0)).unwrap();
    assert_eq!(route.order.len(), stops.len());
    let lines = [Line { quantity: 1, bins: vec![Bin::loose(HOME, 1), Bin::loose(Point::new(2, 900), 1)] }];
    let choice = choose(&wide, HOME, End::At(HOME), &lines, Fefo::Ignored, Effort::steps(0)).unwrap();
    assert_eq!((choice.takes.len(), choice.route.length_mm), (1, 0));
}
