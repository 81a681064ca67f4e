//! What goes on one cart: its limits, lists that take more, whole cases, and bins chosen by the walk.

use aisle_core::{
    task::{
        state::{PickList, PickTask, Role},
        trouble::Remedy,
    },
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
const PEOPLE: [(&str, Role); 2] = [("PA", Role::Picker), ("LD", Role::Lead)];

fn house(release: &str) -> House {
    house_of(release, ITEMS)
}

fn house_of(release: &str, items: &str) -> House {
    let settings = format!(
        "[site]\ncode = \"S\"\n[site.layout]\naisles = [\"A\", \"B\", \"C\"]\naisle_pitch_mm = 3_000\n\
         cross_aisles_mm = [0, 20_000]\ndepot_aisle = 0\n[release]\n{release}\n"
    );
    let settings = Settings::read(&settings).unwrap();
    let mut house = House::bare(Sqlite::in_memory([9; 16]).unwrap(), settings, [4; 32]);
    house.furnish(items, LOCATIONS, &PEOPLE);
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

/// What is on each list, in the order the lists were opened.
fn lists(house: &mut House) -> Vec<(PickList, Vec<PickTask>)> {
    let mut lists = house.all::<PickList>();
    lists.sort_by_key(|list| list.number);
    lists.into_iter().map(|list| (list.clone(), house.tasks(&list))).collect()
}

#[test]
fn an_order_whose_stops_pass_the_limit_once_bins_are_chosen_goes_on_the_next_list() {
    let mut house = house("run_max_stops = 2");
    // Bound by itself each order is one stop; four pens on the way are nearer than four at the far end.
    house.stock("sku,location,quantity\nPEN,A01,2\nPEN,A02,2\nPEN,C18,4\nBEAN,A09,9\n");
    house.order("1", &[("PEN", 4)]);
    house.order("2", &[("BEAN", 1)]);
    let released = house.release();
    assert_eq!((released.lists, released.orders, released.stops), (2, 2, 3));
    let lists = lists(&mut house);
    let places = |at: usize| lists[at].1.iter().map(|task| task.location.as_str()).collect::<Vec<_>>();
    assert_eq!(places(0), ["A01", "A02"]);
    assert_eq!(places(1), ["A09"]);
    house.proved();
}

#[test]
fn a_list_that_nobody_holds_takes_no_order_whose_chosen_stops_pass_the_limit() {
    let mut house = house("run_max_stops = 2");
    house.stock("sku,location,quantity\nPEN,A01,2\nPEN,A02,2\nPEN,C18,4\nBEAN,A09,9\n");
    house.order("1", &[("BEAN", 1)]);
    assert_eq!(house.release().lists, 1);
    house.order("2", &[("PEN", 4)]);
    assert_eq!(house.release().lists, 1, "one of its own");
    assert!(lists(&mut house).iter().all(|(_, tasks)| tasks.len() <= 2));
    house.proved();
}

/// Orders of some pens and beans each, a few at a time, with the lists between left to lie.
fn scattered(orders: &[(i64, i64)], limit: usize) {
    let mut house = house(&format!("run_max_stops = {limit}"));
    house.stock(
        "sku,location,quantity\nPEN,A01,3\nPEN,A02,3\nPEN,A09,3\nPEN,C18,40\nBEAN,A01,2\nBEAN,A09,5\nBEAN,R01,48\n",
    );
    let mut last = 0;
    for (number, (pens, beans)) in orders.iter().enumerate() {
        house.order(&number.to_string(), &[("PEN", *pens), ("BEAN", *beans)]);
        if number % 3 == 2 || number + 1 == orders.len() {
            let released = house.release();
            assert_eq!(released.orders, number + 1 - last, "each is released once");
            last = number + 1;
        }
    }
    let mut wanted = 0;
    for (list, tasks) in lists(&mut house) {
        assert!(tasks.len() <= limit || list.slots.len() == 1, "{} stops on {list:?}", tasks.len());
        wanted += tasks.iter().map(|task| task.wanted.0).sum::<i64>();
    }
    assert_eq!(wanted, orders.iter().map(|(pens, beans)| pens + beans).sum::<i64>());
    house.proved();
}

#[test]
fn no_list_of_several_orders_passes_its_limit_however_stock_is_scattered() {
    let mut dice = 7_i64;
    let mut roll = || {
        dice = (dice * 1_103_515_245 + 12_345) % 2_147_483_648;
        1 + dice / 65_536 % 4
    };
    for limit in 1..=6 {
        for orders in [1, 4, 8] {
            let orders: Vec<(i64, i64)> = (0..orders).map(|_| (roll(), roll())).collect();
            scattered(&orders, limit);
        }
    }
}

/// A stone is heavy, a glass breaks.
const LOADS: &str = "sku,name,width_mm,length_mm,height_mm,weight_g,fragile\nSTONE,Stone,100,100,100,6000,no\n\
    PEN,Pen,10,10,100,10,no\nGLASS,Glass,80,80,100,200,yes\nVASE,Vase,200,200,400,7000,yes\n";

/// The items of one list in walking order, and its walk in metres, under a rule of the site.
fn loaded(rule: &str) -> (Vec<String>, u64) {
    let mut house = house_of(&format!("\n[site.load]\n{rule}"), LOADS);
    house.stock("sku,location,quantity\nGLASS,A01,9\nVASE,A02,9\nPEN,A09,9\nSTONE,C18,9\n");
    house.order("1", &[("GLASS", 1), ("PEN", 1), ("STONE", 1)]);
    house.release();
    house.order("2", &[("VASE", 1)]);
    assert_eq!(house.release().lists, 0, "it joins");
    let (list, tasks) = lists(&mut house).remove(0);
    house.proved();
    (tasks.iter().map(|task| task.item.to_string()).collect(), list.walk_mm / 1_000)
}

#[test]
fn heavy_is_picked_first_and_fragile_last_where_the_site_wants_it() {
    let (plain, shortest) = loaded("");
    assert_eq!((plain.len(), shortest), (4, 52), "a round through both aisles");
    let (items, walk) = loaded("fragile_last = true");
    assert!(items[2..].iter().all(|item| ["GLASS", "VASE"].contains(&item.as_str())), "{items:?}");
    assert!(walk >= shortest);
    let (items, _) = loaded("heavy_from_g = 6_000");
    assert!(items[..2].iter().all(|item| ["STONE", "VASE"].contains(&item.as_str())), "{items:?}");
    let (items, walk) = loaded("heavy_from_g = 6_000\nfragile_last = true");
    assert_eq!(items[..2], ["STONE", "PEN"], "a heavy vase breaks all the same");
    assert_eq!(walk, 52, "the round the other way");
}
