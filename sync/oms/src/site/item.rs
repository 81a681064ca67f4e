//! Items and cartons from sheets.

use std::collections::BTreeMap;

use aisle_core::{
    code::gtin::Gtin,
    id::Code,
    item::{Barcode, BarcodeKey, CartonType, Counting, Handling, Item, Tracked},
    place::Place,
    quantity::{QUANTITY_MAX, Quantity},
    task::rows::Rows,
};

use super::{Fault, ImportError, Imported, each_row};
use crate::{
    sheet::{Row, Wrong},
    store::Tx,
};

/// Columns of an item sheet.
pub const ITEM_COLUMNS: [(&str, &str); 15] = [
    ("sku", "sku"),
    ("telling?", "telling"),
    ("name", "name"),
    ("gtin?", "gtin"),
    ("pack_gtin?", "pack_gtin"),
    ("pack_quantity?", "pack_quantity"),
    ("barcode?", "barcode"),
    ("width_mm", "width_mm"),
    ("length_mm", "length_mm"),
    ("height_mm", "height_mm"),
    ("weight_g", "weight_g"),
    ("counting?", "counting"),
    ("this_side_up?", "this_side_up"),
    ("fragile?", "fragile"),
    ("tracking?", "tracking"),
];

/// Columns of a carton sheet.
pub const CARTON_COLUMNS: [(&str, &str); 10] = [
    ("code", "code"),
    ("rank", "rank"),
    ("inner_width_mm", "inner_width_mm"),
    ("inner_length_mm", "inner_length_mm"),
    ("inner_height_mm", "inner_height_mm"),
    ("outer_width_mm", "outer_width_mm"),
    ("outer_length_mm", "outer_length_mm"),
    ("outer_height_mm", "outer_height_mm"),
    ("empty_g", "empty_g"),
    ("max_g", "max_g"),
];

/// The largest side of an item or carton, in millimetres: a long lorry.
const MOST_MM: i64 = 20_000;
/// The heaviest item or carton, in grams.
const MOST_G: i64 = 2_000_000;

fn length(row: &Row<'_>, column: &'static str) -> Result<u32, Wrong> {
    row.number(column, 1..=MOST_MM).map(|mm| u32::try_from(mm).unwrap_or(0))
}

fn weight(row: &Row<'_>, column: &'static str) -> Result<u32, Wrong> {
    row.number(column, 0..=MOST_G).map(|g| u32::try_from(g).unwrap_or(0))
}

/// Imports items.
///
/// # Errors
/// When the file is no sheet of items, or the store fails.
pub fn import_items(
    tx: &mut Tx<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> Result<Imported, ImportError> {
    let mut owners: BTreeMap<BarcodeKey, Code<Item>> = BTreeMap::new();
    for item in tx.all::<Item>()? {
        for barcode in item.barcodes {
            owners.insert(barcode.key, item.code.clone());
        }
    }
    each_row(bytes, &ITEM_COLUMNS, map, |row| {
        let mut item = item(row)?;
        // Lots come with stock: a sheet of items knows none and takes none away.
        if let Some(known) = tx.fetch::<Item>(&item.code)? {
            changes_tracking(tx, &known, &item)?;
            item.tracked.lots = known.tracked.lots;
        }
        for barcode in &item.barcodes {
            let owner = owners.entry(barcode.key.clone()).or_insert_with(|| item.code.clone());
            if *owner != item.code {
                return Err(Wrong::Taken("barcode", written(&barcode.key)).into());
            }
        }
        keep(tx, item)
    })
}

/// Keeps a row unless it is already kept like this.
pub(super) fn keep<T>(tx: &mut Tx<'_>, row: T) -> Result<bool, Fault>
where
    T: aisle_core::task::rows::Kept + PartialEq,
{
    let known = tx.get(&row.key())?.and_then(T::from_row);
    if known.as_ref() == Some(&row) {
        return Ok(false);
    }
    tx.keep(row)?;
    Ok(true)
}

fn written(key: &BarcodeKey) -> String {
    match key {
        BarcodeKey::Gtin(digits) => format!("{digits:014}"),
        BarcodeKey::Raw(text) => text.clone(),
    }
}

fn item(row: &Row<'_>) -> Result<Item, Wrong> {
    let mut barcodes = Vec::new();
    for (column, quantity) in [("gtin", Quantity::ONE), ("pack_gtin", pack(row)?)] {
        if !row.text(column).is_empty() {
            let gtin = Gtin::parse(row.text(column))
                .map_err(|_| Wrong::Unreadable(column, row.text(column).to_owned()))?;
            barcodes.push(Barcode { key: BarcodeKey::Gtin(gtin.key()), quantity });
        }
    }
    if !row.text("barcode").is_empty() {
        let key = BarcodeKey::Raw(row.text("barcode").to_owned());
        barcodes.push(Barcode { key, quantity: Quantity::ONE });
    }
    Ok(Item {
        code: row.parsed("sku")?,
        telling: row.text("telling").to_owned(),
        name: row.needed("name")?.to_owned(),
        barcodes,
        size_mm: [length(row, "width_mm")?, length(row, "length_mm")?, length(row, "height_mm")?],
        weight_g: weight(row, "weight_g")?,
        counting: match row.text("counting") {
            "" | "scan_one_key_rest" => Counting::ScanOneKeyRest,
            "scan_each" => Counting::ScanEach,
            other => return Err(Wrong::Unreadable("counting", other.to_owned())),
        },
        handling: Handling { this_side_up: yes(row, "this_side_up")?, fragile: yes(row, "fragile")? },
        tracked: match row.text("tracking") {
            "" | "none" => Tracked::default(),
            "lot" => Tracked { by_lot: true, ..Tracked::default() },
            other => return Err(Wrong::Unreadable("tracking", other.to_owned())),
        },
    })
}

/// An item begins or ceases to be kept by lot only while none of it is in the building: no piece changes its lot.
fn changes_tracking(tx: &Tx<'_>, known: &Item, item: &Item) -> Result<(), Fault> {
    if known.tracked.by_lot == item.tracked.by_lot {
        return Ok(());
    }
    let inside = |place: &Place| !matches!(place, Place::Virtual(_));
    let there = tx.levels_of(&item.code)?.into_iter().any(|l| inside(&l.place) && !l.on_hand.is_zero());
    match there {
        true => Err(Wrong::InUse(format!("pieces of {} are there, in lots or in none", item.code)).into()),
        false => Ok(()),
    }
}

/// Whether a column says yes; nothing means no.
fn yes(row: &Row<'_>, column: &'static str) -> Result<bool, Wrong> {
    match row.text(column) {
        "yes" => Ok(true),
        "" | "no" => Ok(false),
        other => Err(Wrong::Unreadable(column, other.to_owned())),
    }
}

/// How many base units a scan of the pack's barcode stands for.
fn pack(row: &Row<'_>) -> Result<Quantity, Wrong> {
    if row.text("pack_gtin").is_empty() {
        return Ok(Quantity::ONE);
    }
    row.number("pack_quantity", 1..=QUANTITY_MAX).map(Quantity)
}

/// Imports cartons.
///
/// # Errors
/// When the file is no sheet of cartons, or the store fails.
pub fn import_cartons(
    tx: &mut Tx<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> Result<Imported, ImportError> {
    each_row(bytes, &CARTON_COLUMNS, map, |row| {
        let inner = ["inner_width_mm", "inner_length_mm", "inner_height_mm"];
        let outer = ["outer_width_mm", "outer_length_mm", "outer_height_mm"];
        let size = |[w, l, h]: [&'static str; 3]| -> Result<[u32; 3], Wrong> {
            Ok([length(row, w)?, length(row, l)?, length(row, h)?])
        };
        let carton = CartonType {
            code: row.parsed("code")?,
            rank: row.number("rank", 1..=99).map(|rank| u8::try_from(rank).unwrap_or(0))?,
            inner_mm: size(inner)?,
            outer_mm: size(outer)?,
            empty_g: weight(row, "empty_g")?,
            max_g: weight(row, "max_g")?,
        };
        if carton.inner_mm.iter().zip(&carton.outer_mm).any(|(inner, outer)| inner > outer) {
            return Err(Wrong::OutOfRange("inner_width_mm", "larger than the outside".into()).into());
        }
        keep(tx, carton)
    })
}
