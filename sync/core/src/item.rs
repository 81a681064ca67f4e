//! What is stored and sold, and what it is packed in.

use serde::{Deserialize, Serialize};

use crate::{id::Code, quantity::Quantity, time::Day};

/// An item (SKU): one thing a customer can order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The SKU.
    pub code: Code<Item>,
    /// The attribute that tells it from its neighbours, largest on the screen: `Blue`, `Lavender`.
    pub telling: String,
    /// What it is, after the telling attribute: `Mug, 350 ml`.
    pub name: String,
    /// The barcodes that mean it, and how many base units each stands for.
    pub barcodes: Vec<Barcode>,
    /// Size of one base unit as packed, in millimetres.
    pub size_mm: [u32; 3],
    /// Weight of one base unit, in grams.
    pub weight_g: u32,
    /// How its quantity is proved at the pick face.
    pub counting: Counting,
    /// How it may lie in a carton.
    #[serde(default, skip_serializing_if = "Handling::is_plain")]
    pub handling: Handling,
    /// What of each piece is written down besides the item.
    #[serde(default, skip_serializing_if = "Tracked::is_plain")]
    pub tracked: Tracked,
}

/// What of an item's pieces is known besides which item they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tracked {
    /// Every piece is of a lot, and the lot is part of the stock.
    pub by_lot: bool,
    /// The lots that ever came, by their names.
    pub lots: Vec<LotRow>,
}

impl Tracked {
    /// Whether nothing is written down.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        !self.by_lot && self.lots.is_empty()
    }

    /// When a lot expires, where that is known.
    #[must_use]
    pub fn expiry(&self, lot: &Code<Lot>) -> Option<Day> {
        self.lots.iter().find(|row| row.lot == *lot).and_then(|row| row.expires)
    }

    /// Notes a lot and when it expires; what was known of it before is replaced.
    pub fn note(&mut self, row: LotRow) {
        self.lots.retain(|known| known.lot != row.lot);
        self.lots.push(row);
        self.lots.sort_by(|a, b| a.lot.cmp(&b.lot));
    }
}

/// A lot: names no lot without its item, for another item may have one of the same name.
#[derive(Debug)]
pub enum Lot {}

/// What is known of a lot of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotRow {
    /// Its name, as the supplier prints it: GS1's (10).
    pub lot: Code<Lot>,
    /// The last day it may be used: GS1's (17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

impl Item {
    /// The largest packing with a barcode of its own that so many pieces fill; none where they fill none.
    #[must_use]
    pub fn case_within(&self, pieces: Quantity) -> Option<&Barcode> {
        let cases = self.barcodes.iter().filter(|barcode| barcode.quantity > Quantity::ONE);
        cases.filter(|barcode| barcode.quantity <= pieces).max_by_key(|barcode| barcode.quantity)
    }
}

/// How an item may lie in a carton.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Handling {
    /// Its height stays upright.
    pub this_side_up: bool,
    /// Nothing rests on it but fragile pieces that weigh no more than it does.
    pub fragile: bool,
}

impl Handling {
    /// Whether it may lie in any way, under anything.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        !self.this_side_up && !self.fragile
    }
}

/// One barcode of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barcode {
    /// The 14 digits of the GTIN as one number, or the raw code when it is no GTIN.
    pub key: BarcodeKey,
    /// Base units that one scan of it stands for.
    pub quantity: Quantity,
}

/// What a barcode is looked up by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarcodeKey {
    /// A GTIN's 14 digits as one number.
    Gtin(u64),
    /// Any other code, byte for byte.
    Raw(String),
}

/// How a quantity is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Each piece is scanned.
    ScanEach,
    /// One is scanned, the number is keyed.
    #[default]
    ScanOneKeyRest,
}

/// A carton the site keeps. Lengths in millimetres, weights in grams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartonType {
    /// What packers call it: `M`.
    pub code: Code<CartonType>,
    /// Where it comes in the row of keys, from 1.
    pub rank: u8,
    /// Inner size.
    pub inner_mm: [u32; 3],
    /// Outer size.
    pub outer_mm: [u32; 3],
    /// Empty weight.
    pub empty_g: u32,
    /// The most it may weigh, filled.
    pub max_g: u32,
}
