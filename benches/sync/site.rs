//! The centre: the demo's site, with lists released for people to report on.

use std::{collections::BTreeMap, path::Path};

use aisle_core::{
    id::{Code, Id, Mint},
    item::{Item, Lot},
    place::Location,
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{PickList, PickTask, Terminal},
    },
    time::Millis,
    wire::v1::Enrolment,
};
use aisle_oms::{
    context::Context,
    demo,
    order::intake::take_in,
    settings::Settings,
    sheet::orders,
    site::{item, people, place, stock},
    store::{Result, Store, Tx, record::Scope, sqlite::Sqlite},
    terminal,
    work::release,
};

/// Stock of each item, in pieces.
const STOCK: Quantity = Quantity(500_000);

/// A stop that operations can be about.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) task: Id<PickTask>,
    pub(crate) item: Code<Item>,
    pub(crate) location: Code<Location>,
    pub(crate) lot: Option<Code<Lot>>,
}

/// The centre under measurement.
pub(crate) struct Centre {
    store: Sqlite,
    settings: Settings,
    mint: Mint,
    pub(crate) now: Millis,
}

impl Centre {
    pub(crate) fn open(file: &Path) -> Self {
        let mut demo = demo::generate(demo::ORDERS, demo::SIZES, 1).expect("the demo's own site");
        demo.stock.iter_mut().for_each(|shelved| shelved.quantity = STOCK);
        let files: BTreeMap<&str, String> = demo.files().into_iter().collect();
        let mut settings = Settings::read(&files["aisle-oms.toml"]).expect("the demo's own settings");
        settings.release.max_open_stops = 4_000;
        let store = Sqlite::open(file, *b"bench centre 002").expect("a new database");
        let mut centre = Self { store, settings, mint: Mint::new([9; 32]), now: super::BEGUN };
        centre.act(|tx, context| {
            let map = BTreeMap::new();
            tx.keep(context.settings.site_row())?;
            item::import_items(tx, files["items.csv"].as_bytes(), &map).expect("items");
            place::import_locations(tx, context, files["locations.csv"].as_bytes(), &map).expect("locations");
            let operators = b"badge,name,role,pin\nP1,Ann B.,picker,1111\n";
            people::import_operators(tx, context, operators, &map).expect("people");
            stock::import_stock(tx, context, files["stock.csv"].as_bytes(), &map).expect("stock");
            Ok(())
        });
        centre
    }

    pub(crate) fn act<T>(&mut self, work: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> Result<T>) -> T {
        let (now, settings, mint) = (self.now, &self.settings, &mut self.mint);
        let done: Result<T> = self.store.transact(|tx| work(tx, &mut Context { now, settings, mint }));
        done.expect("the database works")
    }

    /// Takes two mornings of orders in and releases them. Answers their stops.
    pub(crate) fn stops(&mut self) -> Vec<Stop> {
        let charges = aisle_oms::settings::ImportSettings::default().charges;
        let zone = jiff::tz::TimeZone::UTC;
        let read = orders::read(demo::ORDERS.as_bytes(), &BTreeMap::new(), &charges, &zone)
            .expect("the demo's own orders");
        self.act(|tx, context| {
            read.orders.iter().try_for_each(|order| take_in(tx, context, "bench", order).map(drop))?;
            release::run(tx, context)?;
            let mut stops = Vec::new();
            for list in tx.all::<PickList>()? {
                for id in &list.tasks {
                    if let Some(task) = tx.fetch::<PickTask>(id)? {
                        let PickTask { id, item, location, lot, .. } = task;
                        stops.push(Stop { task: id, item, location, lot });
                    }
                }
            }
            assert!(stops.len() > 200, "each terminal of a fleet has a stop of its own");
            Ok(stops)
        })
    }

    pub(crate) fn enrol(&mut self, name: &str) -> Enrolment {
        let code: Code<Terminal> = Code::parse(name).expect("a code");
        let enrolled = self.act(|tx, context| {
            terminal::enrol(tx, context, &code, Scope::Terminal, name, "http://localhost")
        });
        enrolled.expect("serials are left")
    }
}
