//! The smallest site on which everything can go wrong: made once, copied for each seed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aisle_core::{
    id::{Code, Mint},
    item::{Barcode, BarcodeKey, Counting, Item},
    order::Address,
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Cart, Operator, Role, Terminal},
    },
    time::Millis,
};
use aisle_oms::{
    context::Context,
    order::intake::{Incoming, IncomingLine, take_in},
    settings::Settings,
    stock::ledger::{self, Posting},
    store::{
        Result, Store, Tx,
        record::{OrderKind, Scope, TerminalRecord},
        sqlite::Sqlite,
    },
    work::release,
};
use tempfile::TempDir;

/// Items of the site, each at its own location, and how many lie there.
pub const ITEMS: [(&str, &str, i64); 4] =
    [("A", "B01-01-A", 400), ("B", "B01-02-A", 400), ("C", "B02-01-A", 400), ("D", "B02-02-A", 400)];
/// Pickers and the lead.
pub const PEOPLE: [(&str, Role); 3] = [("PA", Role::Picker), ("PB", Role::Picker), ("LD", Role::Lead)];
/// Their terminals.
pub const TERMINALS: [&str; 3] = ["H1", "H2", "H3"];
/// Carts of the site.
pub const CARTS: [&str; 3] = ["C1", "C2", "C3"];

/// The channel of the site's orders, which are called O1, O2 and so on.
pub const CHANNEL: &str = "test";
/// How many they are.
pub const ORDERS: i64 = 14;

/// A code.
pub fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).expect("a constant code")
}

/// A folder that needs no disk where the system has one; what is simulated is not the disk.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        TempDir::new_in(memory).expect("a folder in memory")
    } else {
        TempDir::new().expect("a folder")
    }
}

/// A centre's file with orders released, ready to be copied.
pub struct Base {
    folder: TempDir,
}

impl Base {
    /// Copies the file into a folder.
    pub fn copy_to(&self, folder: &Path) -> PathBuf {
        let file = folder.join("centre.db");
        fs::copy(self.folder.path().join("centre.db"), &file).expect("the base can be copied");
        file
    }
}

/// The settings of the site: a stream that is never full.
pub fn settings() -> Settings {
    Settings::read("[release]\nmax_open_stops = 1000\ncart_slots = 2\nrun_max_stops = 4\n")
        .expect("the settings are known keys")
}

/// Makes the base.
pub fn base() -> Base {
    let folder = folder();
    let mut store = Sqlite::open(&folder.path().join("centre.db"), *b"pair-test-base-1").expect("a new file");
    let settings = settings();
    let mut mint = Mint::new([42; 32]);
    store
        .transact(|tx| {
            let mut context = Context { now: Millis(1), settings: &settings, mint: &mut mint };
            fill(tx, &mut context)
        })
        .expect("the site is made");
    drop(store);
    Base { folder }
}

fn fill(tx: &mut Tx<'_>, context: &mut Context<'_>) -> Result<()> {
    tx.keep(context.settings.site_row())?;
    for (n, (item, location, quantity)) in (1u32..).zip(ITEMS) {
        goods(tx, context, n, item, location, Quantity(quantity))?;
    }
    for (badge, role) in PEOPLE {
        tx.keep(Operator {
            badge: code(badge),
            name: badge.to_owned(),
            role,
            pin_verifier: String::new(),
            language: "en".to_owned(),
            active: true,
        })?;
    }
    for cart in CARTS {
        tx.keep(Cart { code: code(cart), columns: 4, shelves: 3 })?;
    }
    for (n, terminal) in (0u8..).zip(TERMINALS) {
        tx.put_terminal(&record(code(terminal), n))?;
    }
    for order in 1..=ORDERS {
        let lines = ITEMS.iter().take(2 + usize::try_from(order % 3).unwrap_or(0));
        let incoming = Incoming {
            reference: format!("O{order}"),
            kind: OrderKind::Order,
            placed: Millis(order),
            customer: "C".to_owned(),
            ship_to: Address::default(),
            service: None,
            lines: lines
                .map(|(item, _, _)| IncomingLine {
                    item: code(item),
                    description: String::new(),
                    quantity: Quantity(1 + order),
                    amount_minor: 0,
                })
                .collect(),
            charges: Vec::new(),
            unreadable: None,
        };
        take_in(tx, context, CHANNEL, &incoming)?;
    }
    let released = release::run(tx, context)?;
    assert!(released.lists >= 2, "two pickers need work: {released:?}");
    Ok(())
}

fn goods(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    n: u32,
    item: &str,
    location: &str,
    quantity: Quantity,
) -> Result<()> {
    tx.keep(Item {
        code: code(item),
        telling: item.to_owned(),
        name: String::new(),
        barcodes: vec![Barcode { key: BarcodeKey::Raw(item.to_owned()), quantity: Quantity::ONE }],
        size_mm: [10, 10, 10],
        weight_g: 10,
        counting: Counting::ScanOneKeyRest,
        handling: aisle_core::item::Handling::default(),
    })?;
    tx.keep(Location {
        code: code(location),
        usage: Usage::PickFace,
        check_digits: None,
        pick_sequence: n,
        travel: None,
    })?;
    let posting = Posting {
        cause: "import stock",
        item: &code(item),
        quantity,
        from: &Place::Virtual(Usage::Supplier),
        to: &Place::Location(code(location)),
        at: context.now,
        actor: "test",
    };
    ledger::book(tx, context, &posting)
}

fn record(terminal: Code<Terminal>, n: u8) -> TerminalRecord {
    TerminalRecord {
        code: terminal,
        scope: Scope::Terminal,
        token_hash: [n; 32],
        sscc_first: 10 * u64::from(n) + 1,
        sscc_last: 10 * u64::from(n) + 9,
        incarnation: None,
        applied_hi: 0,
        link: None,
        revoked: false,
    }
}
