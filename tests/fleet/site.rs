//! The smallest site on which everything can go wrong: made once, copied for each seed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aisle_core::{
    id::{Code, Mint},
    item::{Barcode, BarcodeKey, CartonType, Counting, Item, Tracked},
    order::Address,
    place::{Location, Place, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Cart, Operator, Role, Tote},
    },
    time::Millis,
    wire::v1::Enrolment,
};
use aisle_oms::{
    context::Context,
    order::intake::{Incoming, IncomingLine, take_in},
    settings::Settings,
    stock::ledger::{self, Posting},
    store::{
        Result, Store, Tx,
        record::{OrderKind, Scope},
        sqlite::Sqlite,
    },
    terminal::enrol,
    work::release,
};
use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher as _};
use tempfile::TempDir;

/// Items of the site, each at its own location, and how many lie there.
pub const ITEMS: [(&str, &str, i64); 4] =
    [("A", "B01-01-A", 400), ("B", "B01-02-A", 400), ("C", "B02-01-A", 400), ("D", "B02-02-A", 400)];
/// Two pickers, the lead, a packer.
pub const PEOPLE: [(&str, Role); 4] =
    [("PA", Role::Picker), ("PB", Role::Picker), ("LD", Role::Lead), ("PK", Role::Packer)];
/// Their terminals; the last is a packing station.
pub const TERMINALS: [&str; 4] = ["H1", "H2", "H3", "S1"];
/// Where totes wait for packing.
pub const PACK_LANE: &str = "PACK-1";
/// Where parcels wait for their vehicle: the first carrier service's lane.
pub const STAGING_LANE: &str = "STAGE-1";
/// How many totes there are: `T0`, `T1` and so on.
pub const TOTES: usize = 40;
/// Everybody's PIN.
pub const PIN: [u8; 4] = [4, 7, 1, 1];
/// Carts of the site.
pub const CARTS: [&str; 3] = ["C1", "C2", "C3"];

/// The channel of the site's orders, which are called O1, O2 and so on.
pub const CHANNEL: &str = "test";
/// How many they are in a morning.
pub const ORDERS: i64 = 14;
/// How many there are in the flow of the crash sweep.
pub const FLOW_ORDERS: i64 = 2;

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

/// Makes the base with so many orders, and so many pieces in each line of them.
pub fn base(orders: i64, pieces: fn(i64) -> i64) -> Base {
    let folder = folder();
    let mut store = Sqlite::open(&folder.path().join("centre.db"), *b"pair-test-base-1").expect("a new file");
    let settings = settings();
    let mut mint = Mint::new([42; 32]);
    store
        .transact(|tx| {
            let mut context = Context { now: Millis(1), settings: &settings, mint: &mut mint };
            fill(tx, &mut context, orders, pieces)
        })
        .expect("the site is made");
    drop(store);
    Base { folder }
}

fn fill(tx: &mut Tx<'_>, context: &mut Context<'_>, orders: i64, pieces: fn(i64) -> i64) -> Result<()> {
    tx.keep(context.settings.site_row())?;
    for (n, (item, location, quantity)) in (1u32..).zip(ITEMS) {
        goods(tx, context, n, item, location, Quantity(quantity))?;
    }
    for (badge, role) in PEOPLE {
        tx.keep(Operator {
            badge: code(badge),
            name: badge.to_owned(),
            role,
            pin_verifier: verifier(),
            language: "en".to_owned(),
            active: true,
        })?;
    }
    for (lane, usage) in [(PACK_LANE, Usage::Packing), (STAGING_LANE, Usage::Staging)] {
        tx.keep(Location { code: code(lane), usage, check_digits: None, pick_sequence: 99, travel: None })?;
    }
    tx.keep(CartonType {
        code: code("M"),
        rank: 1,
        inner_mm: [400, 400, 400],
        outer_mm: [410, 410, 410],
        empty_g: 100,
        max_g: 30_000,
    })?;
    for tote in 0..TOTES {
        tx.keep(Tote::empty(code(&format!("T{tote}"))))?;
    }
    for cart in CARTS {
        tx.keep(Cart { code: code(cart), columns: 4, shelves: 3 })?;
    }
    for terminal in TERMINALS {
        let enrolled = enrol(tx, context, &code(terminal), Scope::Terminal, terminal, "nowhere")?;
        assert!(enrolled.is_ok(), "there are serials");
    }
    for order in 1..=orders {
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
                    quantity: Quantity(pieces(order)),
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
        tracked: Tracked::default(),
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
        lot: None,
    };
    ledger::book(tx, context, &posting)
}

/// The enrolment of a terminal, as it was handed out.
pub fn enrolment(terminal: usize) -> Enrolment {
    let settings = settings();
    let number = u64::try_from(terminal).expect("few terminals");
    Enrolment {
        terminal: code(TERMINALS[terminal]),
        token: TERMINALS[terminal].to_owned(),
        centre: "nowhere".to_owned(),
        sscc_prefix: settings.sscc.company_prefix.clone(),
        sscc_extension: settings.sscc.extension,
        sscc_first: number * settings.sscc.range + 1,
        sscc_last: (number + 1) * settings.sscc.range,
    }
}

/// Everybody's PIN, hashed as cheaply as it may be.
fn verifier() -> String {
    let params = Params::new(8, 1, 1, None).expect("the least that Argon2 takes");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let pin: Vec<u8> = PIN.iter().map(|digit| b'0' + digit).collect();
    argon.hash_password_with_salt(&pin, b"0123456789abcdef").expect("a PIN can be hashed").to_string()
}
