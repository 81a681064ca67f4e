//! The demo site: a whole warehouse grown from one file of orders.
//!
//! Enter: any file of orders, a sample of real sizes and weights, a seed. Leaves a site that can ship most of
//! these orders: items, locations, stock, cartons, totes, carts, operators, settings. The same input makes the
//! same bytes. Never here: a clock, a random number that the seed does not decide, a size made up to fit.
//!
//! What an item *is* (barcode, size, weight) depends on its SKU alone, so that the same item is the same on every
//! day; how much of it there is, and where, depends on the file and the seed.

mod goods;
mod ground;
mod naming;
mod people;
mod practice;
mod sheets;
mod size;
mod slotting;

use std::collections::BTreeSet;

use aisle_core::{
    code::Gtin,
    id::Code,
    item::{Barcode, BarcodeKey, CartonType, Counting, Handling, Item, LotRow, Tracked},
    place::{Location, Site},
    quantity::Quantity,
    task::state::{Cart, Tote},
    time::Day,
};

pub use people::Person;

use crate::{
    settings::{ImportSettings, known},
    sheet::SheetError,
};

/// The orders of one real morning that the program carries: see `assets/demo/NOTICE`.
pub const ORDERS: &str = include_str!("../../../../assets/demo/orders.csv");
/// Sizes and weights of real things that the program carries: see `assets/demo/NOTICE`.
pub const SIZES: &str = include_str!("../../../../assets/demo/boxpacker-items.csv");

/// GS1's prefix for demonstrations: no item of the world has a GTIN that begins so.
pub const DEMO_PREFIX: u64 = 952;
/// Below so many pieces on a typical line, each piece is scanned; from there on one is, and the number keyed.
pub const SCAN_EACH_BELOW: i64 = 4;
/// Items that typically go by multiples of so many have a barcode for a pack of them.
pub const PACK: i64 = 12;

/// One item in so many is kept by lot. Which ones the SKU alone decides.
pub const BY_LOT_ONE_IN: u64 = 20;

/// Why there is no demo site.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The orders are no sheet of orders.
    #[error("the orders cannot be read")]
    Orders(#[source] SheetError),
    /// The sizes are no sheet of sizes.
    #[error("the sizes cannot be read")]
    Sizes(#[source] SheetError),
    /// No size to choose from.
    #[error(
        "the sizes name nothing that fits a carton: give columns width_mm, length_mm, height_mm, weight_g"
    )]
    NoSizes,
    /// More than a building can hold.
    #[error("{0} pick faces are needed: no building of the demo holds so many; take fewer orders")]
    TooMany(usize),
    /// A file could not be written.
    #[error("{file} cannot be written")]
    Write {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

/// So many of an item at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    /// The item.
    pub item: Code<Item>,
    /// Its pick face.
    pub location: Code<Location>,
    /// How many lie there; none where it is out of stock.
    pub quantity: Quantity,
    /// Of which lot, where the item is kept by lot.
    pub lot: Option<LotRow>,
}

/// A site, ready to be written or taken in.
#[derive(Debug, Clone)]
pub struct DemoSite {
    /// The site, with its layout.
    pub site: Site,
    /// Every item that the orders name.
    pub items: Vec<Item>,
    /// Pick faces in walking order, then lanes.
    pub locations: Vec<Location>,
    /// What lies where; each item has at least one pick face.
    pub stock: Vec<Shelved>,
    /// Cartons by rank.
    pub cartons: Vec<CartonType>,
    /// Totes.
    pub totes: Vec<Code<Tote>>,
    /// Carts.
    pub carts: Vec<Cart>,
    /// Operators.
    pub people: Vec<Person>,
    /// Items of which less is there than the orders want.
    pub short: BTreeSet<Code<Item>>,
    /// The rows of the practice site, as JSON.
    pub practice: String,
}

/// Grows a site from orders, sizes and a seed.
///
/// # Errors
/// When a file lacks the columns it needs, when there is no size to choose from, or when the orders name more
/// items than a building holds. Broken rows are no error: they are passed over.
pub fn generate(
    orders_csv: impl AsRef<[u8]>,
    sizes_csv: impl AsRef<[u8]>,
    seed: u64,
) -> Result<DemoSite, DemoError> {
    let charges = ImportSettings::default().charges;
    let demands = goods::read(orders_csv.as_ref(), &charges).map_err(DemoError::Orders)?;
    let cartons = size::cartons();
    let sample = size::read(sizes_csv.as_ref(), &cartons).map_err(DemoError::Sizes)?;
    let items = items(&demands, &sample)?;
    let slotted = slotting::slot(&demands, &items, seed)?;
    let mut site = DemoSite {
        site: sheets::site(slotted.layout),
        items,
        locations: slotted.locations,
        stock: slotted.stock,
        cartons,
        totes: people::totes(),
        carts: people::carts(),
        people: people::people(seed),
        short: slotted.short,
        practice: String::new(),
    };
    site.practice = practice::rows(&site, orders_csv.as_ref(), &charges, seed);
    Ok(site)
}

fn items(demands: &[goods::Demand], sample: &[size::Thing]) -> Result<Vec<Item>, DemoError> {
    let kinds = naming::Kinds::of(demands.iter().map(|demand| demand.description.as_str()));
    let mut taken = BTreeSet::new();
    let item = |demand: &goods::Demand| {
        let sku = demand.sku.as_str();
        let thing = size::thing_for(sku, sample).ok_or(DemoError::NoSizes)?;
        let named = kinds.part(&demand.description, sku);
        let mut number = (draw(0, "gtin", sku) % 1_000_000_000) as u32;
        while !taken.insert(number) {
            number = (number + 1) % 1_000_000_000;
        }
        Ok(Item {
            code: demand.sku.clone(),
            telling: named.telling,
            name: named.name,
            barcodes: barcodes(number, demand.typical),
            size_mm: thing.size_mm,
            weight_g: thing.weight_g,
            counting: match demand.typical < SCAN_EACH_BELOW {
                true => Counting::ScanEach,
                false => Counting::ScanOneKeyRest,
            },
            // The published sizes tell nothing of how a thing may lie; its name tells what breaks.
            handling: Handling { fragile: breaks(&demand.description), ..Handling::default() },
            tracked: tracked(sku),
        })
    };
    demands.iter().map(item).collect()
}

/// What an item of these materials is called by, one of its words: it breaks under what lies on it.
const FRAGILE: [&str; 6] = ["GLASS", "CERAMIC", "PORCELAIN", "CHINA", "CRYSTAL", "MIRROR"];

/// Whether a description names something that breaks.
fn breaks(description: &str) -> bool {
    let mut words = description.split(|letter: char| !letter.is_alphabetic());
    words.any(|word| FRAGILE.iter().any(|material| word.eq_ignore_ascii_case(material)))
}

/// Whether an item is kept by lot; then it comes in two lots, the older one first. No demonstration is long enough
/// for one of them to expire.
fn tracked(sku: &str) -> Tracked {
    if !draw(0, "kept by lot", sku).is_multiple_of(BY_LOT_ONE_IN) {
        return Tracked::default();
    }
    let lot = |purpose: &str, year: u16| {
        let drawn = draw(0, purpose, sku);
        let name = format!("{:X}{:03}", drawn % 16, drawn / 16 % 1_000);
        let (month, day) = (drawn / 16_000 % 12 + 1, drawn / 192_000 % 28 + 1);
        let small = |number: u64| u8::try_from(number).unwrap_or(1);
        LotRow { lot: known(&name), expires: Day::new(year, small(month), small(day)).ok() }
    };
    let mut tracked = Tracked { by_lot: true, ..Tracked::default() };
    tracked.note(lot("older lot", 2044));
    tracked.note(lot("newer lot", 2047));
    tracked
}

/// The barcode of one piece, and that of a pack where the item goes by packs.
fn barcodes(number: u32, typical: i64) -> Vec<Barcode> {
    let piece = demo_gtin(number);
    let mut barcodes = vec![Barcode { key: BarcodeKey::Gtin(piece), quantity: Quantity::ONE }];
    // A pack has the piece's digits with indicator 1 before them and a check digit of its own.
    let pack = Gtin::with_check_digit(format!("1{:012}", piece / 10));
    if typical >= PACK
        && typical % PACK == 0
        && let Ok(pack) = pack
    {
        barcodes.push(Barcode { key: BarcodeKey::Gtin(pack.key()), quantity: Quantity(PACK) });
    }
    barcodes
}

/// The GTIN-13 of the `n`th item under the demonstration prefix, as a number.
///
/// The check digit is GS1's: digits weighted 3 and 1 by turns from the right, up to the next ten.
#[must_use]
pub fn demo_gtin(n: u32) -> u64 {
    let payload = DEMO_PREFIX * 1_000_000_000 + u64::from(n) % 1_000_000_000;
    let mut rest = payload;
    let mut sum = 0;
    for weight in [3, 1].iter().cycle().take(12) {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    payload * 10 + (10 - sum % 10) % 10
}

/// A secret for one purpose, from the seed.
fn key(seed: u64, purpose: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("aisle demo site 1");
    hasher.update(&seed.to_le_bytes());
    hasher.update(purpose.as_bytes());
    *hasher.finalize().as_bytes()
}

/// 64 bits for one thing, from the seed. Seed 0 stands for what no seed may change.
fn draw(seed: u64, purpose: &str, name: &str) -> u64 {
    let hash = blake3::keyed_hash(&key(seed, purpose), name.as_bytes());
    let mut word = [0_u8; 8];
    word.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests;
