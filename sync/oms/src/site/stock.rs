//! Stock from a sheet: what was counted. The difference to the book is booked, so the same sheet again books
//! nothing. More than the book comes from the supplier, less goes to loss.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    item::{Item, LotRow},
    place::{Location, Place, Usage},
    quantity::{QUANTITY_MAX, Quantity},
    task::rows::Rows,
};

use super::{ImportError, Imported, each_row};
use crate::{
    context::Context,
    order::{allocate, intake},
    sheet::{Row, Wrong},
    stock::ledger::{self, Posting},
    store::Tx,
};

/// Columns of a stock sheet.
pub const STOCK_COLUMNS: [(&str, &str); 5] = [
    ("sku", "sku"),
    ("location", "location"),
    ("quantity", "quantity"),
    ("lot?", "lot"),
    ("expires?", "expires"),
];

/// The lot that a row names: one where the item is kept by lot, none where it is not. A lot that is known keeps
/// its expiry where the row tells none.
fn lot(row: &Row<'_>, item: &Item) -> Result<Option<LotRow>, Wrong> {
    let named = row.text("lot");
    match (item.tracked.by_lot, named.is_empty()) {
        (true, true) => Err(Wrong::Missing("lot")),
        (false, false) => Err(Wrong::Unreadable("lot", format!("{named}, and the item is kept by none"))),
        (false, true) => Ok(None),
        (true, false) => {
            let lot = row.parsed("lot")?;
            let expires = match row.text("expires") {
                "" => item.tracked.expiry(&lot),
                _ => Some(row.parsed("expires")?),
            };
            Ok(Some(LotRow { lot, expires }))
        }
    }
}

/// Imports counted stock, then promises what waited for it.
///
/// # Errors
/// When the file is no sheet of stock, or the store fails.
pub fn import_stock(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> Result<Imported, ImportError> {
    let at = context.now;
    let done = each_row(bytes, &STOCK_COLUMNS, map, |row| {
        let sku: Code<Item> = row.parsed("sku")?;
        let Some(mut item) = tx.fetch::<Item>(&sku)? else {
            return Err(Wrong::Unknown("sku", sku.to_string()).into());
        };
        let lot = lot(row, &item)?;
        let location = row.parsed("location")?;
        if tx.fetch::<Location>(&location)?.is_none() {
            return Err(Wrong::Unknown("location", location.to_string()).into());
        }
        let counted = Quantity(row.number("quantity", 0..=QUANTITY_MAX)?);
        let here = Place::Location(location);
        let named = lot.as_ref().map(|row| &row.lot);
        let by = counted - tx.level((&sku, named), &here)?.on_hand;
        let (supplier, loss) = (Place::Virtual(Usage::Supplier), Place::Virtual(Usage::Loss));
        let (from, to) = if by.is_some() { (&supplier, &here) } else { (&here, &loss) };
        let posting = Posting {
            cause: "import stock",
            item: &sku,
            quantity: if by.is_some() { by } else { -by },
            from,
            to,
            at,
            actor: "import",
            lot: named,
        };
        if !ledger::post(tx, context, &posting)? {
            return Err(Wrong::InUse(format!("pick tasks count on more of {sku} at {here}")).into());
        }
        let noted = lot.is_some_and(|row| {
            !item.tracked.lots.contains(&row) && {
                item.tracked.note(row);
                true
            }
        });
        if noted {
            tx.keep(item)?;
        }
        Ok(noted || !by.is_zero())
    })?;
    if done.changed > 0 {
        intake::retry_parked(tx, context)?;
        allocate::retry_backorders(tx, context)?;
    }
    Ok(done)
}
