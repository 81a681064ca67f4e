//! The 2,197 real orders published with BoxPacker (MIT, see the notice beside them), which itself packs
//! them into 2,346 cartons.

use super::{Carton, Limits, Piece, check, pack};

const BOXES: &str = include_str!("../../../data/boxpacker/boxes.csv");
const ITEMS: &str = include_str!("../../../data/boxpacker/items.csv");

fn cartons() -> Vec<Carton> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let at = |index: usize| fields[index].parse::<u32>().unwrap();
        let (w, l, d) = (at(5), at(6), at(7));
        let cost = u64::from(at(1)) * u64::from(at(2)) * u64::from(at(3));
        Carton { code: fields[0].to_owned(), w, l, d, empty_g: at(4), max_g: at(8), cost }
    };
    BOXES.lines().map(row).collect()
}

fn orders() -> Vec<Vec<Piece>> {
    let mut orders: Vec<(&str, Vec<Piece>)> = Vec::new();
    for line in ITEMS.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let at = |index: usize| fields[index].parse::<u32>().unwrap();
        let piece = Piece {
            id: fields[2].to_owned(),
            w: at(3),
            l: at(4),
            d: at(5),
            weight_g: at(6),
            this_side_up: false,
            fragile: false,
        };
        if orders.last().is_none_or(|(order, _)| *order != fields[0]) {
            orders.push((fields[0], Vec::new()));
        }
        let (_, pieces) = orders.last_mut().unwrap();
        pieces.extend(std::iter::repeat_n(piece, at(1) as usize));
    }
    orders.into_iter().map(|(_, pieces)| pieces).collect()
}

#[test]
fn the_published_orders_are_packed_validly_and_nearly_as_few_as_proven() {
    let (cartons, orders) = (cartons(), orders());
    assert_eq!(orders.len(), 2_197);
    let (mut used, mut bound, mut proven) = (0, 0, 0);
    for pieces in &orders {
        let plan = pack(pieces, &cartons, Limits::default()).unwrap();
        check::valid(pieces, &cartons, Limits::default(), &plan);
        used += plan.cartons.len();
        bound += plan.bound() as usize;
        proven += usize::from(plan.bound() as usize == plan.cartons.len());
    }
    assert!(used <= 2_339, "{used} cartons");
    assert!(bound >= 2_335, "a bound of {bound}");
    assert!(proven >= 2_193, "{proven} orders proven");
}
