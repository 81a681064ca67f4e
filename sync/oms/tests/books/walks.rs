//! The walks of the demo's morning: planned without a return, and confirmed as they were planned.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::{Code, Id},
    place::Location,
    task::{
        op::{Note, Op},
        rows::Rows,
        state::{PickList, PickTask},
    },
};
use aisle_oms::{
    demo,
    settings::Settings,
    site::{item, place, stock},
    store::sqlite::Sqlite,
};

use crate::house::{House, code};

/// The demo's house with its orders on lists.
fn released() -> House {
    let site = demo::generate(demo::ORDERS, demo::SIZES, 1).unwrap();
    let files: BTreeMap<&str, String> = site.files().into_iter().collect();
    let settings = Settings::read(&files["aisle-oms.toml"]).unwrap();
    let mut house = House::bare(Sqlite::in_memory([5; 16]).unwrap(), settings, [6; 32]);
    house.act(|tx, context| {
        let map = BTreeMap::new();
        let file = |name: &str| files[name].as_bytes();
        item::import_items(tx, file("items.csv"), &map).unwrap();
        place::import_locations(tx, context, file("locations.csv"), &map).unwrap();
        place::import_carts(tx, file("carts.csv"), &map).unwrap();
        stock::import_stock(tx, context, file("stock.csv"), &map).unwrap();
        Ok(())
    });
    house.import(demo::ORDERS);
    assert!(house.release().lists > 10);
    house
}

fn lists(house: &mut House) -> Vec<PickList> {
    house.act(|tx, _| tx.all::<PickList>())
}

fn list(house: &mut House, id: Id<PickList>) -> PickList {
    house.act(|tx, _| tx.fetch::<PickList>(&id)).unwrap()
}

#[test]
fn no_list_of_the_morning_comes_back_to_a_location() {
    let mut house = released();
    for list in lists(&mut house) {
        let mut visited: Vec<Code<Location>> =
            house.tasks(&list).into_iter().map(|task| task.location).collect();
        visited.dedup();
        let once: BTreeSet<_> = visited.iter().collect();
        assert_eq!(once.len(), visited.len(), "list {}", list.number);
    }
}

#[test]
fn who_walks_as_planned_has_walked_what_was_predicted() {
    let mut house = released();
    for planned in lists(&mut house).into_iter().take(4) {
        let stops = house.tasks(&planned);
        let arrive = |house: &mut House, task: &PickTask, location: Code<Location>| {
            house.apply("P1", &Op::Note(Note::Arrived { task: task.id, location }));
        };
        for task in &stops {
            arrive(&mut house, task, task.location.clone());
        }
        let so_far = list(&mut house, planned.id).walked;
        assert_eq!(so_far.at.as_ref(), stops.last().map(|task| &task.location));
        assert!(so_far.mm < planned.walk_mm);
        arrive(&mut house, &stops[0], code("PACK-1"));
        assert_eq!(list(&mut house, planned.id).walked.mm, planned.walk_mm, "list {}", planned.number);
        // Where she goes again she walks again.
        arrive(&mut house, &stops[0], stops[0].location.clone());
        assert!(list(&mut house, planned.id).walked.mm > planned.walk_mm);
    }
}
