//! Locations, totes and carts from sheets.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    place::{Location, Place, Side, Travel, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Cart, Tote},
    },
};

use super::{ImportError, Imported, each_row, item::keep};
use crate::{
    context::Context,
    sheet::{Row, Wrong},
    stock::ledger::{sells, usage_sells},
    store::Tx,
};

/// Columns of a location sheet.
pub const LOCATION_COLUMNS: [(&str, &str); 9] = [
    ("code", "code"),
    ("usage", "usage"),
    ("check_digits?", "check_digits"),
    ("pick_sequence", "pick_sequence"),
    ("aisle?", "aisle"),
    ("along_mm?", "along_mm"),
    ("side?", "side"),
    ("bay?", "bay"),
    ("level?", "level"),
];

/// Columns of a tote sheet.
pub const TOTE_COLUMNS: [(&str, &str); 1] = [("code", "code")];

/// Columns of a cart sheet.
pub const CART_COLUMNS: [(&str, &str); 3] =
    [("code", "code"), ("columns", "columns"), ("shelves", "shelves")];

/// Imports locations. A location that starts or stops selling takes its stock along in the counters.
///
/// # Errors
/// When the file is no sheet of locations, or the store fails.
pub fn import_locations(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> Result<Imported, ImportError> {
    each_row(bytes, &LOCATION_COLUMNS, map, |row| {
        let location = location(row)?;
        let place = Place::Location(location.code.clone());
        let (sold, will_sell) = (sells(tx, &place)?, usage_sells(location.usage));
        if sold != will_sell {
            let none = Quantity::ZERO;
            for level in tx.levels_at(&place)? {
                if !will_sell && level.assigned.is_some() {
                    return Err(Wrong::InUse(format!("pick tasks count on {}", level.item)).into());
                }
                let by = if will_sell { level.on_hand } else { -level.on_hand };
                tx.force_sellable(context.site(), &level.item, by, none, none)?;
            }
        }
        keep(tx, location)
    })
}

fn location(row: &Row<'_>) -> Result<Location, Wrong> {
    let usage = row.needed("usage")?;
    let usage = Usage::ALL
        .into_iter()
        .find(|known| known.word() == usage)
        .ok_or_else(|| Wrong::Unreadable("usage", usage.to_owned()))?;
    let check_digits = match row.text("check_digits") {
        "" => None,
        digits if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.to_owned())
        }
        other => return Err(Wrong::Unreadable("check_digits", other.to_owned())),
    };
    let travel = if row.text("aisle").is_empty() { None } else { Some(travel(row)?) };
    Ok(Location {
        code: row.parsed("code")?,
        usage,
        check_digits,
        pick_sequence: whole(row, "pick_sequence", 0)?,
        travel,
    })
}

fn travel(row: &Row<'_>) -> Result<Travel, Wrong> {
    Ok(Travel {
        aisle: whole(row, "aisle", 0)?,
        along_mm: whole(row, "along_mm", 0)?,
        side: match row.needed("side")? {
            "left" => Side::Left,
            "right" => Side::Right,
            other => return Err(Wrong::Unreadable("side", other.to_owned())),
        },
        bay: whole(row, "bay", 0)?,
        level: whole(row, "level", 1)?,
    })
}

/// A whole number that fits its type.
fn whole<T: TryFrom<i64>>(row: &Row<'_>, column: &'static str, least: i64) -> Result<T, Wrong> {
    let number = row.number(column, least..=i64::from(u32::MAX))?;
    T::try_from(number).map_err(|_| Wrong::OutOfRange(column, number.to_string()))
}

/// Imports totes; one that is known keeps what it carries.
///
/// # Errors
/// When the file is no sheet of totes, or the store fails.
pub fn import_totes(
    tx: &mut Tx<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> Result<Imported, ImportError> {
    each_row(bytes, &TOTE_COLUMNS, map, |row| {
        let code: Code<Tote> = row.parsed("code")?;
        if tx.fetch::<Tote>(&code)?.is_some() {
            return Ok(false);
        }
        keep(tx, Tote::empty(code))
    })
}

/// Imports carts.
///
/// # Errors
/// When the file is no sheet of carts, or the store fails.
pub fn import_carts(
    tx: &mut Tx<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> Result<Imported, ImportError> {
    each_row(bytes, &CART_COLUMNS, map, |row| {
        let cart = Cart {
            code: row.parsed("code")?,
            columns: whole(row, "columns", 1)?,
            shelves: whole(row, "shelves", 1)?,
        };
        keep(tx, cart)
    })
}
