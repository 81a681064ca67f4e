//! The centre on its embedded database, every commit fsynced: orders taken in and promised, floor facts booked.
//!
//! Both run as the centre runs them: commands share a commit in groups of 256, each under its own savepoint.
//! The orders are the demo's morning many times over under other references, with stock for all of them; the
//! facts are what a picker reports, booked by the fold with their moves, lines and claims, and archived.

#![allow(clippy::disallowed_methods, reason = "what is measured here is time")]

mod disk;
mod report;

use std::{collections::BTreeMap, time::Instant};

use aisle_core::{
    id::{Code, Mint},
    quantity::Quantity,
    task::{
        op::{Fact, Family, Op, Origin},
        state::{PickList, PickTask, Terminal},
    },
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::WireOp,
    },
};
use aisle_oms::{
    context::Context,
    demo,
    order::intake::{Incoming, take_in},
    settings::Settings,
    sheet::orders,
    site::{item, place, stock},
    stock::verify,
    store::{
        Result, Store, StoreError, Tx,
        record::{OpRecord, Scope, TerminalRecord},
        sqlite::Sqlite,
    },
    terminal,
    work::{self, release},
};

/// Commands that share a commit, as in the centre's writer.
const GROUP: usize = 256;
/// How many times the morning comes in.
const MORNINGS: usize = 40;
/// Stock of each item, in pieces: enough for all of them.
const STOCK: Quantity = Quantity(500_000);

/// The centre under measurement.
struct Bench {
    store: Sqlite,
    settings: Settings,
    mint: Mint,
}

impl Bench {
    fn act<T>(&mut self, work: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> Result<T>) -> T {
        let (settings, mint) = (&self.settings, &mut self.mint);
        let done: Result<T> = self
            .store
            .transact(|tx| work(tx, &mut Context { now: Millis(1_291_190_000_000), settings, mint }));
        done.expect("the database works")
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = site(&folder.path().join("centre.db"));
    let orders = mornings();
    let (fsync_p50, fsync_p99) = fsync(folder.path());
    let started = Instant::now();
    for group in orders.chunks(GROUP) {
        bench.act(|tx, context| {
            group
                .iter()
                .try_for_each(|order| tx.savepoint(|tx| take_in(tx, context, "bench", order)).map(drop))
        });
    }
    let import_orders_per_s = orders.len() as f64 / started.elapsed().as_secs_f64();
    let facts = facts(&mut bench);
    let started = Instant::now();
    let booked = book(&mut bench, &facts);
    let facts_per_s = booked as f64 / started.elapsed().as_secs_f64();
    let report = bench.act(|tx, _| verify::verify(tx));
    assert!(report.violations.is_empty(), "the books agree after it: {:?}", report.violations.first());
    report::figures(
        "centre",
        &[
            ("import_orders_per_s", import_orders_per_s.round()),
            ("facts_per_s", facts_per_s.round()),
            ("centre_fsync_us_p50", fsync_p50),
            ("centre_fsync_us_p99", fsync_p99),
        ],
    );
}

/// The demo's site with plenty of everything.
fn site(file: &std::path::Path) -> Bench {
    let mut demo = demo::generate(demo::ORDERS, demo::SIZES, 1).expect("the demo's own site");
    demo.stock.iter_mut().for_each(|shelved| shelved.quantity = STOCK);
    let files: BTreeMap<&str, String> = demo.files().into_iter().collect();
    let mut settings = Settings::read(&files["aisle-oms.toml"]).expect("the demo's own settings");
    settings.release.max_open_stops = 4_000;
    let store = Sqlite::open(file, *b"bench centre 001").expect("a new database");
    let mut bench = Bench { store, settings, mint: Mint::new([9; 32]) };
    bench.act(|tx, context| {
        let map = BTreeMap::new();
        item::import_items(tx, files["items.csv"].as_bytes(), &map).expect("items");
        place::import_locations(tx, context, files["locations.csv"].as_bytes(), &map).expect("locations");
        stock::import_stock(tx, context, files["stock.csv"].as_bytes(), &map).expect("stock");
        Ok(())
    });
    bench
}

fn mornings() -> Vec<Incoming> {
    let zone = jiff::tz::TimeZone::UTC;
    let charges = aisle_oms::settings::ImportSettings::default().charges;
    let read = orders::read(demo::ORDERS.as_bytes(), &BTreeMap::new(), &charges, &zone)
        .expect("the demo's own orders");
    let again = |day: usize| {
        read.orders.iter().map(move |order| {
            let reference = format!("{}-{day}", order.reference);
            Incoming { reference, ..order.clone() }
        })
    };
    (0..MORNINGS).flat_map(again).collect()
}

/// What pickers report of everything that is released: each stop picked, then put.
fn facts(bench: &mut Bench) -> Vec<Fact> {
    bench.act(release::run);
    bench.act(|tx, _| {
        let mut facts = Vec::new();
        let cart: Code<_> = Code::parse("C1").expect("a code");
        for list in tx.all::<PickList>()? {
            for id in &list.tasks {
                use aisle_core::task::rows::Rows;
                let Some(task) = tx.fetch::<PickTask>(id)? else { continue };
                let tote = Code::parse(&format!("T{}-{}", list.number, task.slot)).expect("a code");
                let (item, quantity, cart) = (task.item.clone(), task.wanted, cart.clone());
                facts.push(Fact::Picked {
                    task: task.id,
                    item: item.clone(),
                    location: task.location,
                    cart: cart.clone(),
                    quantity,
                    keyed: true,
                    undoes: None,
                    lot: task.lot.clone(),
                });
                let (task, lot) = (task.id, task.lot);
                facts.push(Fact::Put { task, item, cart, tote, quantity, undoes: None, lot });
            }
        }
        Ok(facts)
    })
}

/// Books the facts as a terminal's batches would bring them, archive and watermark included.
fn book(bench: &mut Bench, facts: &[Fact]) -> usize {
    let code: Code<Terminal> = Code::parse("H1").expect("a code");
    let life = Incarnation(1);
    bench.act(|tx, context| {
        terminal::enrol(tx, context, &code, Scope::Terminal, "token", "http://localhost").map(drop)
    });
    let (mut seq, mut link) = (0, Link::origin(&code, life));
    for group in facts.chunks(GROUP) {
        bench.act(|tx, context| {
            for fact in group {
                seq += 1;
                let op = Op::Fact(fact.clone());
                let wire = wire(context, seq, &op);
                link = link.then(&wire);
                let (operator, terminal) = (wire.operator.clone(), code.clone());
                let origin = Origin { op: wire.id, operator, terminal, at: wire.at };
                let verdict = work::apply(tx, context, &origin, &op, work::Badge::Checked)?;
                let json = |error: serde_json::Error| StoreError::Corrupt { what: error.to_string() };
                tx.store_op(&OpRecord {
                    terminal: code.clone(),
                    incarnation: life,
                    seq,
                    op: wire.id,
                    link,
                    bytes: serde_json::to_string(&wire).map_err(json)?,
                    verdict: serde_json::to_string(&verdict).map_err(json)?,
                    repeated: false,
                })?;
            }
            tx.set_terminal_state(&code, life, seq, &link)
        });
    }
    let end: Option<TerminalRecord> = bench.act(|tx, _| tx.terminal_state(&code));
    assert_eq!(end.map(|terminal| terminal.applied_hi), Some(facts.len() as u64));
    facts.len()
}

fn wire(context: &mut Context<'_>, seq: u64, op: &Op) -> WireOp {
    let body = String::from_utf8(op.to_bytes()).expect("operations are JSON");
    WireOp {
        seq,
        id: context.mint.id(context.now),
        family: Family::Fact,
        kind: op.kind().to_owned(),
        v: op.version(),
        at: context.now,
        operator: Code::parse("P1").expect("a code"),
        body: serde_json::value::RawValue::from_string(body).expect("operations are JSON"),
    }
}

/// What an fsync of one page costs on this disk, in microseconds: the floor under every commit.
fn fsync(folder: &std::path::Path) -> (f64, f64) {
    let mut pages = disk::Pages::new(folder);
    let mut times: Vec<f64> = (0..200).map(|_| pages.sync_us()).collect();
    times.sort_by(f64::total_cmp);
    (times[99].round(), times[197].round())
}
