//! The practice site: a small part of the demo site with two released pick lists, for the terminal's sandbox.
//!
//! Leaves: rows as JSON, one `{"key": …, "body": …}` each, in the order of their keys. Only what the lists need
//! is in it. The lists are held by the first picker on the terminal that is enrolled nowhere.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::{Code, Id, Mint},
    item::{Item, Lot},
    place::{Location, Site},
    plan::ground::{Ground, Spot},
    quantity::Quantity,
    task::{
        rows::{Key, Row},
        state::{
            FulfilmentLine, FulfilmentOrder, FulfilmentState, Holder, ListState, Manifest, Operator,
            PickList, PickTask, Slot, Tote, Walked,
        },
    },
    time::Millis,
};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{DemoSite, key};
use crate::{
    order::intake::{Incoming, IncomingLine},
    settings::known,
    sheet::orders,
    site::people::Pin,
    store::record::OrderKind,
};

/// Orders on each list; the last list takes what is left.
const ORDERS_PER_LIST: usize = 3;
/// Lists.
const LISTS: usize = 2;
/// Lines of an order that is short enough to practise on.
const LINES: std::ops::RangeInclusive<usize> = 2..=5;
/// Totes of the practice site.
const TOTES: usize = 12;
/// Carts of the practice site.
const CARTS: usize = 2;
/// How all of them go.
const SERVICE: &str = "own_fleet.next_day";
/// The moment the practice rows were made at, as far as ids tell: no clock is read.
const MADE: Millis = Millis(1_291_190_400_000);

/// The rows, by key.
#[derive(Default)]
struct Floor(BTreeMap<Key, Row>);

impl Floor {
    fn set(&mut self, row: Row) {
        self.0.insert(row.key(), row);
    }
}

/// What the lists name.
#[derive(Default)]
struct Used {
    items: BTreeSet<Code<Item>>,
    locations: BTreeSet<Code<Location>>,
}

/// A stop to be: which order, which line, from where.
struct Pick<'a> {
    order: usize,
    line: u32,
    wanted: &'a IncomingLine,
    location: Code<Location>,
    lot: Option<Code<Lot>>,
}

/// The rows, as JSON.
pub(super) fn rows(site: &DemoSite, orders: &[u8], charges: &[String], seed: u64) -> String {
    let mut mint = Mint::new(key(seed, "practice"));
    let mut floor = Floor::default();
    let orders = chosen(site, orders, charges);
    let mut used = Used::default();
    for (number, orders) in (1..).zip(orders.chunks(ORDERS_PER_LIST)) {
        list(site, number, orders, &mut mint, &mut floor, &mut used);
    }
    stage(site, &used, &mut mint, &mut floor);
    written(&floor)
}

/// The first short orders of the file that the site can serve from one face a line.
fn chosen(site: &DemoSite, orders: &[u8], charges: &[String]) -> Vec<Incoming> {
    let read = orders::read(orders, &BTreeMap::new(), charges, &TimeZone::UTC);
    let good = |order: &Incoming| {
        order.kind == OrderKind::Order
            && order.unreadable.is_none()
            && LINES.contains(&order.lines.len())
            && order.lines.iter().all(|line| face(site, line).is_some())
    };
    let orders = read.map(|read| read.orders).unwrap_or_default();
    orders.into_iter().filter(good).take(ORDERS_PER_LIST * LISTS).collect()
}

fn face<'a>(site: &'a DemoSite, line: &IncomingLine) -> Option<&'a super::Shelved> {
    let holds = |shelf: &&super::Shelved| shelf.item == line.item && shelf.quantity >= line.quantity;
    site.stock.iter().find(holds)
}

fn list(
    site: &DemoSite,
    number: u32,
    orders: &[Incoming],
    mint: &mut Mint,
    floor: &mut Floor,
    used: &mut Used,
) {
    let id: Id<PickList> = mint.id(MADE);
    let fulfilments: Vec<Id<FulfilmentOrder>> = orders.iter().map(|_| mint.id(MADE)).collect();
    let mut picks = Vec::new();
    for (place, order) in orders.iter().enumerate() {
        floor.set(Row::Fulfilment(fulfilment(site, fulfilments[place], order, mint)));
        for (line, wanted) in (1..).zip(&order.lines) {
            let Some(super::Shelved { location, lot, .. }) = face(site, wanted).cloned() else { continue };
            let lot = lot.map(|row| row.lot);
            used.items.insert(wanted.item.clone());
            used.locations.insert(location.clone());
            picks.push(Pick { order: place, line, wanted, location, lot });
        }
    }
    let (order, walk_mm) = walking_order(site, &picks);
    let tasks: Vec<Id<PickTask>> = order.iter().map(|_| mint.id(MADE)).collect();
    for (task, pick) in tasks.iter().zip(order.iter().map(|n| &picks[*n])) {
        floor.set(Row::PickTask(task_row(id, *task, fulfilments[pick.order], pick)));
    }
    let slot = |place: usize| Slot {
        number: u8::try_from(place + 1).unwrap_or(u8::MAX),
        fulfilment: fulfilments[place],
        order: orders[place].reference.clone(),
        tote: None,
    };
    let picker = &site.people[0];
    floor.set(Row::PickList(PickList {
        id,
        number,
        site: site.site.code.clone(),
        state: ListState::Open,
        epoch: 1,
        holder: Some(Holder { operator: picker.badge.clone(), terminal: known("PRACTICE") }),
        cart: None,
        slots: (0..orders.len()).map(slot).collect(),
        tasks,
        due: None,
        walk_mm,
        walked: Walked::default(),
    }));
}

fn task_row(
    list: Id<PickList>,
    id: Id<PickTask>,
    fulfilment: Id<FulfilmentOrder>,
    pick: &Pick<'_>,
) -> PickTask {
    PickTask {
        id,
        list,
        slot: u8::try_from(pick.order + 1).unwrap_or(u8::MAX),
        fulfilment,
        line: pick.line,
        item: pick.wanted.item.clone(),
        location: pick.location.clone(),
        wanted: pick.wanted.quantity,
        picked: Quantity::ZERO,
        put: Quantity::ZERO,
        short: Quantity::ZERO,
        short_reason: None,
        withdrawn: Quantity::ZERO,
        continued_by: None,
        skipped: 0,
        lot: pick.lot.clone(),
    }
}

fn fulfilment(
    site: &DemoSite,
    id: Id<FulfilmentOrder>,
    order: &Incoming,
    mint: &mut Mint,
) -> FulfilmentOrder {
    let line = |(line, wanted): (u32, &IncomingLine)| FulfilmentLine {
        line,
        item: wanted.item.clone(),
        wanted: wanted.quantity,
        picked: Quantity::ZERO,
        short: Quantity::ZERO,
        lost: Quantity::ZERO,
        packed: Quantity::ZERO,
        shipped: Quantity::ZERO,
    };
    FulfilmentOrder {
        id,
        order: mint.id(MADE),
        number: order.reference.clone(),
        site: site.site.code.clone(),
        state: FulfilmentState::Released,
        lines: (1..).zip(&order.lines).map(line).collect(),
        totes: Vec::new(),
        parcels: Vec::new(),
        ship_to: order.ship_to.clone(),
        service: known(SERVICE),
        due: None,
        holds: BTreeSet::new(),
        packer: None,
    }
}

/// The shortest walk over the picks, as numbers in the list given, and its length in millimetres.
fn walking_order(site: &DemoSite, picks: &[Pick<'_>]) -> (Vec<usize>, u64) {
    let find = |code: &Code<Location>| site.locations.iter().find(|location| location.code == *code);
    let spots: Vec<Spot<'_>> =
        picks.iter().map(|pick| Spot::of(&pick.location, find(&pick.location))).collect();
    let walk = Ground::of(site.site.layout.as_ref()).walk(None, &spots);
    (walk.order, walk.length_mm.unwrap_or(0))
}

/// The site around the lists: people, cartons, carts, totes, lanes, and the items and locations they name.
fn stage(site: &DemoSite, used: &Used, mint: &mut Mint, floor: &mut Floor) {
    floor.set(Row::Site(Site { practice: true, ..site.site.clone() }));
    for item in site.items.iter().filter(|item| used.items.contains(&item.code)) {
        floor.set(Row::Item(item.clone()));
    }
    let near = |location: &&Location| location.travel.is_none() || used.locations.contains(&location.code);
    for location in site.locations.iter().filter(near) {
        floor.set(Row::Location(location.clone()));
    }
    for carton in &site.cartons {
        floor.set(Row::Carton(carton.clone()));
    }
    // The vehicle that the practice parcels go by.
    floor.set(Row::Manifest(Manifest {
        id: mint.id(MADE),
        number: 1,
        service: known(SERVICE),
        lane: known("STAGE-1"),
        due: None,
        parcels: Vec::new(),
        closed: false,
    }));
    for cart in site.carts.iter().take(CARTS) {
        floor.set(Row::Cart(cart.clone()));
    }
    for tote in site.totes.iter().take(TOTES) {
        floor.set(Row::Tote(Tote::empty(tote.clone())));
    }
    for person in &site.people {
        let pin = Pin::parse(&person.pin).expect("the demo's PINs are four digits");
        floor.set(Row::Operator(Operator {
            badge: person.badge.clone(),
            name: person.name.clone(),
            role: person.role,
            pin_verifier: pin.verifier(mint),
            language: "en".into(),
            active: true,
        }));
    }
}

#[derive(Serialize)]
struct Written<'a> {
    key: &'a Key,
    body: Box<RawValue>,
}

fn written(floor: &Floor) -> String {
    let row = |(key, row): (&Key, &Row)| {
        let body = RawValue::from_string(row.to_json()).expect("a row's JSON is JSON");
        serde_json::to_string(&Written { key, body }).expect("a key and JSON are JSON")
    };
    let rows: Vec<String> = floor.0.iter().map(row).collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}
