//! Walks past locations: each is visited once, in an order that does not depend on how the picks arrive.

#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::collections::BTreeSet;

use aisle_core::{
    id::Code,
    item::{Counting, Handling, Item, Tracked},
    place::{LoadRule, Location, Side, SiteLayout, Travel, Usage},
    plan::{
        ground::{Ground, Spot, Walk},
        layout::Point,
        route::{End, Load, Stop, route},
    },
};
use proptest::prelude::*;

const AISLES: u16 = 4;
const BAYS: u16 = 8;

fn layout() -> SiteLayout {
    SiteLayout {
        aisles: (0..AISLES).map(|aisle| format!("A{aisle}")).collect(),
        aisle_pitch_mm: 3_000,
        cross_aisles_mm: vec![0, 6_000, 12_000],
        depot_aisle: 1,
    }
}

/// Facing bays side by side, two shelves each: four locations share a point.
fn locations() -> Vec<Location> {
    let mut locations = Vec::new();
    for aisle in 0..AISLES {
        for bay in 0..BAYS {
            for level in 1..=2 {
                let side = if bay % 2 == 0 { Side::Left } else { Side::Right };
                let along_mm = 1_000 + u32::from(bay / 2) * 2_700;
                locations.push(Location {
                    code: Code::parse(&format!("A{aisle} {bay} {level}")).unwrap(),
                    usage: Usage::PickFace,
                    check_digits: None,
                    pick_sequence: u32::try_from(locations.len()).unwrap(),
                    travel: Some(Travel { aisle, along_mm, side, bay, level }),
                });
            }
        }
    }
    locations
}

fn walk(ground: &Ground, locations: &[Location], picks: &[usize], late: &BTreeSet<usize>) -> Walk {
    let spot = |pick: &usize| {
        let location = &locations[*pick];
        Spot { put_off: late.contains(pick), ..Spot::of(&location.code, Some(location)) }
    };
    let spots: Vec<Spot<'_>> = picks.iter().map(spot).collect();
    ground.walk(None, &spots)
}

proptest! {
    #[test]
    fn each_location_is_visited_once_by_a_shortest_walk_however_the_picks_arrive(
        picks in prop::collection::vec(0_usize..64, 0..40), turn in 0_usize..40,
    ) {
        let (ground, locations) = (Ground::of(Some(&layout())), locations());
        let found = walk(&ground, &locations, &picks, &BTreeSet::new());
        let mut all = found.order.clone();
        all.sort_unstable();
        prop_assert_eq!(all, (0..picks.len()).collect::<Vec<_>>());
        let mut visited: Vec<usize> = found.order.iter().map(|number| picks[*number]).collect();
        let mut turned = picks.clone();
        turned.rotate_left(turn.min(picks.len()));
        let again = walk(&ground, &locations, &turned, &BTreeSet::new());
        let order: Vec<usize> = again.order.iter().map(|number| turned[*number]).collect();
        prop_assert_eq!(&order, &visited);
        let along = ground.along(None, visited.iter().map(|pick| Some(&locations[*pick])));
        prop_assert_eq!(along, found.length_mm);
        visited.dedup();
        prop_assert_eq!(visited.iter().collect::<BTreeSet<_>>().len(), visited.len());
        let stops: Vec<Stop> =
            visited.iter().filter_map(|pick| ground.stop(&locations[*pick])).collect();
        let depot = Point::new(1, 0);
        let shortest = route(ground.layout().unwrap(), depot, End::At(depot), &stops).unwrap();
        prop_assert_eq!(Some(shortest.length_mm), found.length_mm);
    }

    #[test]
    fn what_is_put_off_comes_last(picks in prop::collection::btree_set(0_usize..64, 2..20), late in 1_usize..10) {
        let (ground, locations) = (Ground::of(Some(&layout())), locations());
        let picks: Vec<usize> = picks.into_iter().collect();
        let late: BTreeSet<usize> = picks.iter().copied().take(late.min(picks.len() - 1)).collect();
        let found = walk(&ground, &locations, &picks, &late);
        let put_off: Vec<bool> = found.order.iter().map(|number| late.contains(&picks[*number])).collect();
        prop_assert!(put_off.is_sorted());
        prop_assert_eq!(put_off.len(), picks.len());
    }
}

/// An item of so many grams, fragile or not.
fn item(weight_g: u32, fragile: bool) -> Item {
    Item {
        code: Code::parse("X").unwrap(),
        name: String::new(),
        telling: String::new(),
        counting: Counting::default(),
        size_mm: [100; 3],
        weight_g,
        barcodes: Vec::new(),
        handling: Handling { this_side_up: false, fragile },
        tracked: Tracked::default(),
    }
}

#[test]
fn an_item_is_heavy_or_fragile_only_where_the_site_says_so() {
    let loads = |rule| {
        let ground = Ground::of(None).loading(rule);
        [(4_999, false), (5_000, false), (9_000, true)].map(|(weight_g, fragile)| {
            let item = item(weight_g, fragile);
            ground.load(Some(&item))
        })
    };
    assert_eq!(loads(LoadRule::default()), [Load::Normal; 3]);
    let heavy = LoadRule { heavy_from_g: 5_000, fragile_last: false };
    assert_eq!(loads(heavy), [Load::Normal, Load::Heavy, Load::Heavy]);
    let both = LoadRule { fragile_last: true, ..heavy };
    assert_eq!(loads(both), [Load::Normal, Load::Heavy, Load::Fragile], "what breaks goes on top");
    assert_eq!(Ground::of(None).loading(both).load(None), Load::Normal);
}

#[test]
fn what_is_put_off_comes_after_the_rest_and_of_both_the_heavy_first_and_the_fragile_last() {
    let locations = locations();
    let loads = [Load::Fragile, Load::Normal, Load::Heavy];
    let spot = |at: usize| Spot {
        put_off: at < 6,
        load: loads[at % 3],
        ..Spot::of(&locations[at * 5].code, Some(&locations[at * 5]))
    };
    let spots: Vec<Spot<'_>> = (0..12).map(spot).collect();
    for ground in [Ground::of(Some(&layout())), Ground::of(None)] {
        let walk = ground.walk(None, &spots);
        let parts: Vec<_> = walk.order.iter().map(|at| (spots[*at].put_off, spots[*at].load)).collect();
        assert!(parts.is_sorted(), "{parts:?}");
        assert_eq!(walk.order.iter().collect::<BTreeSet<_>>().len(), 12);
        let along = ground.along(None, walk.order.iter().map(|at| Some(&locations[at * 5])));
        assert_eq!(walk.length_mm, along, "what is claimed is what is walked");
    }
}

#[test]
fn without_a_layout_the_pick_sequence_settles_the_order_and_no_length_is_claimed() {
    let locations = locations();
    let found = walk(&Ground::of(None), &locations, &[9, 3, 9, 5], &BTreeSet::new());
    assert_eq!(found, Walk { order: vec![1, 3, 0, 2], length_mm: None });
    let ground = Ground::of(Some(&layout()));
    let unknown = Code::parse("ELSEWHERE").unwrap();
    let spots = [Spot::of(&unknown, None), Spot::of(&locations[0].code, Some(&locations[0]))];
    assert_eq!(ground.walk(None, &spots), Walk { order: vec![1, 0], length_mm: None });
    assert_eq!(ground.along(None, [None]), None);
    let absurd = SiteLayout { cross_aisles_mm: vec![5, 5], ..layout() };
    assert!(Ground::of(Some(&absurd)).layout().is_none());
}
