//! What goes on one cart: its limits, lists that take more, whole cases, and bins chosen by the walk.

use aisle_core::{
    task::{state::PickList, trouble::Remedy},
    wire::v1::RequestVerdict,
};
use aisle_oms::{settings::Settings, store::sqlite::Sqlite};

use crate::house::{House, code};

/// A stone is heavy and a cushion is large; beans come in cases of twelve.
const ITEMS: &str = "sku,name,pack_gtin,pack_quantity,width_mm,length_mm,height_mm,weight_g\n\
    STONE,Stone,,,100,100,100,6000\nCUSHION,Cushion,,,400,500,300,500\nPEN,Pen,,,10,10,100,10\n\
    BEAN,Beans,19526015254453,12,80,80,100,400\n";
/// Three aisles of 20 m. What comes first by pick sequence lies farthest from the depot.
const LOCATIONS: &str = "code,usage,pick_sequence,aisle,along_mm,side,bay,level\n\
    C18,pick_face,1,2,18000,left,18,1\nA09,pick_face,3,0,9000,left,9,1\nA02,pick_face,4,0,2000,right,2,1\n\
    A01,pick_face,5,0,1000,left,1,1\nR01,storage,6,1,1000,left,1,4\nPACK-1,packing,20,,,,,\n";
const PEOPLE: &str = "badge,name,role,pin\nPA,Picker 1,picker,1111\nLD,Lead,lead,4444\n";

fn house(release: &str) -> House {
    let settings = format!(
        "[site]\ncode = \"S\"\n[site.layout]\naisles = [\"A\", \"B\", \"C\"]\naisle_pitch_mm = 3_000\n\
         cross_aisles_mm = [0, 20_000]\ndepot_aisle = 0\n[release]\n{release}\n"
    );
    let settings = Settings::read(&settings).unwrap();
    let mut house = House::bare(Sqlite::in_memory([9; 16]).unwrap(), settings, [4; 32]);
    house.furnish(ITEMS, LOCATIONS, PEOPLE);
    house
}

/// How many lists two equal orders come to.
fn lists_of_two(release: &str, item: &str, quantity: i64) -> usize {
    let mut house = house(release);
    house.stock(&format!("sku,location,quantity\n{item},A01,100\n"));
    house.order("1", &[(item, quantity)]);
    house.order("2", &[(item, quantity)]);
    let lists = house.release().lists;
    house.proved();
    lists
}

#[test]
fn orders_share_a_cart_up_to_each_of_its_limits_and_not_beyond() {
    assert_eq!(lists_of_two("cart_max_kg = 12", "STONE", 1), 1);
    assert_eq!(lists_of_two("cart_max_kg = 11", "STONE", 1), 2);
    assert_eq!(lists_of_two("cart_max_l = 120", "CUSHION", 1), 1);
    assert_eq!(lists_of_two("cart_max_l = 119", "CUSHION", 1), 2);
    assert_eq!(lists_of_two("run_max_stops = 2", "PEN", 1), 1);
    assert_eq!(lists_of_two("run_max_stops = 1", "PEN", 1), 2);
    assert_eq!(lists_of_two("cart_slots = 1", "PEN", 1), 2);
}

#[test]
fn an_order_above_a_limit_has_a_cart_to_itself() {
    assert_eq!(lists_of_two("cart_max_kg = 5", "STONE", 1), 2);
}

#[test]
fn what_is_ordered_later_joins_a_list_that_nobody_holds() {
    let mut house = house("");
    house.stock("sku,location,quantity\nPEN,A09,100\nSTONE,C18,9\n");
    house.order("1", &[("PEN", 2), ("STONE", 1)]);
    assert_eq!(house.release().lists, 1);
    let before = house.all::<PickList>().remove(0);
    house.order("2", &[("PEN", 3)]);
    let released = house.release();
    assert_eq!((released.lists, released.orders, released.stops), (0, 1, 1), "the list took it");
    let after = house.all::<PickList>().remove(0);
    assert_eq!((after.id, after.slots.len(), after.tasks.len()), (before.id, 2, 3));
    assert_eq!(after.walk_mm, before.walk_mm, "she passes there anyway");
    assert_eq!(after.slots[0], before.slots[0], "what was on it stays in its slot");
    house.proved();
}

#[test]
fn a_list_that_somebody_holds_takes_no_more() {
    let mut house = house("");
    house.stock("sku,location,quantity\nPEN,A09,100\n");
    house.order("1", &[("PEN", 2)]);
    house.release();
    let held = house.start("PA", "C1", &["T1"]);
    house.order("2", &[("PEN", 3)]);
    assert_eq!(house.release().lists, 1, "one of its own");
    assert_eq!(house.row::<PickList>(&held.id).tasks, held.tasks);
    house.proved();
}

/// Where so many beans are taken from when five lie on the pick face and two cases in the reserve.
fn beans(quantity: i64) -> Vec<(String, i64)> {
    let mut house = house("");
    house.stock("sku,location,quantity\nBEAN,A02,5\nBEAN,R01,24\n");
    house.order("1", &[("BEAN", quantity)]);
    house.release();
    let list = house.all::<PickList>().remove(0);
    let tasks = house.tasks(&list);
    let mut taken: Vec<_> = tasks.iter().map(|task| (task.location.to_string(), task.wanted.0)).collect();
    taken.sort();
    house.proved();
    taken
}

#[test]
fn reserve_is_taken_in_whole_cases_as_long_as_these_fill_the_wish() {
    let both = |face, reserve| vec![("A02".to_owned(), face), ("R01".to_owned(), reserve)];
    assert_eq!(beans(5), [("A02".to_owned(), 5)], "the pick face alone");
    assert_eq!(beans(17), both(5, 12), "one case, the rest loose");
    assert_eq!(beans(24), [("R01".to_owned(), 24)], "two cases");
    assert_eq!(beans(20).iter().map(|taken| taken.1).sum::<i64>(), 20, "a case is opened");
}

#[test]
fn what_is_short_is_picked_where_the_walk_is_shortest_and_never_where_it_was_short() {
    let mut house = house("");
    house.stock("sku,location,quantity\nPEN,A01,4\n");
    house.order("1", &[("PEN", 4)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    house.short("PA", &task, 4);
    // By pick sequence C18 comes first, and by distance A01, where nothing was found.
    house.stock("sku,location,quantity\nPEN,A01,9\nPEN,C18,9\nPEN,A02,9\n");
    assert_eq!(house.settle(Remedy::PickElsewhere), RequestVerdict::Accepted);
    let list = house.all::<PickList>().into_iter().max_by_key(|list| list.number).unwrap();
    let locations: Vec<_> = house.tasks(&list).into_iter().map(|task| task.location).collect();
    assert_eq!(locations, [code("A02")]);
    assert_eq!(list.walk_mm, 4_000);
    house.proved();
}
