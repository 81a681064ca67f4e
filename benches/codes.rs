//! Codes: how long a scan takes to be understood, from its bytes to what it means here.
//!
//! The parse figures are the best of many rounds of a tight loop with warm caches, as GS1's own engine is timed.
//! The resolving figure is the 99th percentile (of the calmest of five batches) over mixed scans in random order,
//! each with its lookups in a cache file of 150,000 locations and 1,000,000 barcodes in the terminal's own schema.

#![allow(clippy::disallowed_methods, reason = "what is measured here is time")]

mod report;

use aisle::scan::resolve::{Resolution, resolve};
use aisle_core::{
    code::{
        Candidate, Gtin, Scanned, Symbology, digital_link,
        gs1::{self, Buffer},
        house::{House, Kind},
    },
    label::symbol::code128,
};
use rusqlite::{Connection, OptionalExtension, params};
use std::{hint::black_box, time::Instant};

const LOCATIONS: u64 = 150_000;
const BARCODES: u64 = 1_000_000;
const SCANS: usize = 200_000;

fn main() {
    let mut buffer = Buffer::new();
    let mut scanned = Scanned::new();
    let ean = nanoseconds(|| {
        scanned.read(black_box(b"]E09521234543213"), Symbology::Unknown);
        black_box(scanned.gtin());
    });
    let one = b"0109521234543213";
    let item = nanoseconds(|| {
        let elements = gs1::parse(black_box(one), 0, one.len(), &mut buffer).expect("sound");
        black_box(elements.len());
    });
    let four = b"010952123454321310ABC123\x1D2112345678\x1D17271231";
    let four_ais = nanoseconds(|| {
        let elements = gs1::parse(black_box(four), 0, four.len(), &mut buffer).expect("sound");
        black_box(elements.associated());
    });
    let link = b"https://id.example.org/01/09521234543213/10/ABC1/21/12345?17=271231";
    let digital_link = nanoseconds(|| {
        let elements = digital_link::parse(black_box(link), 0, link.len(), &mut buffer);
        black_box(elements.expect("a link").expect("sound").associated());
    });
    let plan = nanoseconds(|| {
        black_box(code128::plan_gs1(black_box(b"010952123454321310ABCdef12345\x1D21XYZ")).expect("fits"));
    });
    report::figures(
        "codes",
        &[
            ("gs1_parse_ean13_ns", ean),
            ("gs1_parse_01_ns", item),
            ("gs1_parse_four_ais_ns", four_ais),
            ("gs1_parse_digital_link_ns", digital_link),
            ("code128_plan_us", plan / 1000.0),
            ("resolve_scan_us_p99", resolving()),
        ],
    );
}

/// The best of many short rounds, per turn: what the code takes when nothing else runs in between.
fn nanoseconds(mut turn: impl FnMut()) -> f64 {
    const TURNS: u32 = 20_000;
    (0..TURNS).for_each(|_| turn());
    let round = |turn: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..TURNS).for_each(|_| turn());
        start.elapsed().as_nanos() as f64 / f64::from(TURNS)
    };
    (0..60).map(|_| round(&mut turn)).fold(f64::MAX, f64::min)
}

/// A number that looks random and is the same everywhere.
fn scatter(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 7
}

fn barcode(number: u64) -> Gtin {
    Gtin::with_check_digit(format!("952{:09}", number * 999 % 1_000_000_000)).expect("twelve digits")
}

fn location(number: u64) -> String {
    format!("{}-{:03}-{:02}", char::from(b'A' + (number % 26) as u8), number / 26 % 1000, number / 26_000)
}

/// The site's cache, filled.
fn site(file: &std::path::Path) -> rusqlite::Result<Connection> {
    let mut db = Connection::open(file)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "cache_size", -65_536)?;
    db.pragma_update(None, "mmap_size", 268_435_456i64)?;
    db.execute_batch(include_str!("../src/store/view.sql"))?;
    let fill = db.transaction()?;
    {
        let mut place = fill.prepare("INSERT INTO row (kind, id, body) VALUES ('location', ?1, '{}')")?;
        for number in 0..LOCATIONS {
            place.execute([location(number)])?;
        }
        let mut code = fill.prepare("INSERT INTO barcode (key, item, quantity) VALUES (?1, ?2, 1)")?;
        for number in 0..BARCODES {
            code.execute(params![barcode(number).to_string(), format!("SKU-{}", number / 2)])?;
        }
    }
    fill.commit()?;
    Ok(db)
}

fn scan(number: u64) -> Vec<u8> {
    let draw = scatter(number);
    let gtin = barcode(draw % BARCODES);
    match number % 10 {
        0..=4 => format!("]E0{:013}", gtin.key()).into_bytes(),
        5 | 6 => {
            House::new(Kind::Location, &location(draw % LOCATIONS)).expect("a code").format().into_bytes()
        }
        7 => format!("]C101{gtin}10LOT{}\u{1D}17271231", draw % 1_000_000).into_bytes(),
        8 => format!("{:013}", gtin.key()).into_bytes(),
        _ => format!("UNKNOWN-{draw}").into_bytes(),
    }
}

/// The 99th percentile of understanding one scan, in microseconds.
fn resolving() -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = site(&folder.path().join("view.db")).expect("the site is built");
    let mut scanned = Scanned::new();
    let mut taken: Vec<u64> = Vec::with_capacity(SCANS);
    let scans: Vec<Vec<u8>> = (0..SCANS as u64).map(scan).collect();
    let mut known = 0;
    for raw in &scans {
        let start = Instant::now();
        scanned.read(raw, Symbology::Unknown);
        let mut found = Vec::new();
        for candidate in scanned.candidates() {
            look_up(&db, candidate, &mut found).expect("the cache can be read");
        }
        let resolution = black_box(resolve(found, |_| true));
        taken.push(start.elapsed().as_nanos() as u64);
        known += usize::from(matches!(resolution, Resolution::One(_)));
    }
    assert_eq!(known, SCANS / 10 * 9, "nine of ten scans are known and mean one thing");
    let percentile = |batch: &mut [u64]| {
        batch.sort_unstable();
        batch[batch.len() * 99 / 100]
    };
    taken.chunks_mut(SCANS / 5).map(percentile).min().unwrap_or(0) as f64 / 1000.0
}

/// What a candidate names, by the store's own statements.
fn look_up(db: &Connection, candidate: Candidate<'_>, found: &mut Vec<String>) -> rusqlite::Result<()> {
    let item = |key: &str| {
        let mut query = db.prepare_cached("SELECT item FROM barcode WHERE key = ?1")?;
        query.query_row([key], |row| row.get::<_, String>(0)).optional()
    };
    let row = |kind: &str, id: &str| {
        let mut query = db.prepare_cached("SELECT id FROM row WHERE kind = ?1 AND id = ?2")?;
        query.query_row([kind, id], |row| row.get::<_, String>(0)).optional()
    };
    match candidate {
        Candidate::Raw(raw) => {
            let text = String::from_utf8_lossy(raw);
            found.extend(item(&format!("={text}"))?);
            for kind in ["location", "tote", "cart", "operator"] {
                found.extend(row(kind, &text)?);
            }
        }
        Candidate::House(label) => found.extend(row("location", label.body())?),
        Candidate::Gtin(gtin) => found.extend(item(&gtin.to_string())?),
        Candidate::Sscc(sscc) => found.extend(row("parcel", &sscc.to_string())?),
    }
    Ok(())
}
