//! What is stored and sold, and what it is packed in.

use serde::{Deserialize, Serialize};

use crate::{id::Code, quantity::Quantity};

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
