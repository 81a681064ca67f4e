//! Stock from a sheet: what was counted. The difference to the book is booked, so the same sheet again books
//! nothing. More than the book comes from the supplier, less goes to loss.

use std::collections::BTreeMap;

use aisle_core::{
    item::Item,
    place::{Location, Place, Usage},
    quantity::{QUANTITY_MAX, Quantity},
    task::rows::Rows,
};

use super::{ImportError, Imported, each_row};
use crate::{
    context::Context,
    order::{allocate, intake},
    sheet::Wrong,
    stock::ledger::{self, Posting},
    store::Tx,
};

/// Columns of a stock sheet.
pub const STOCK_COLUMNS: [(&str, &str); 3] =
    [("sku", "sku"), ("location", "location"), ("quantity", "quantity")];

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
        let item = row.parsed("sku")?;
        if tx.fetch::<Item>(&item)?.is_none() {
            return Err(Wrong::Unknown("sku", item.to_string()).into());
        }
        let location = row.parsed("location")?;
        if tx.fetch::<Location>(&location)?.is_none() {
            return Err(Wrong::Unknown("location", location.to_string()).into());
        }
        let counted = Quantity(row.number("quantity", 0..=QUANTITY_MAX)?);
        let here = Place::Location(location);
        let by = counted - tx.level(&item, &here)?.on_hand;
        let (supplier, loss) = (Place::Virtual(Usage::Supplier), Place::Virtual(Usage::Loss));
        let (from, to) = if by.is_some() { (&supplier, &here) } else { (&here, &loss) };
        let posting = Posting {
            cause: "import stock",
            item: &item,
            quantity: if by.is_some() { by } else { -by },
            from,
            to,
            at,
            actor: "import",
        };
        if !ledger::post(tx, context, &posting)? {
            return Err(Wrong::InUse(format!("pick tasks count on more of {item} at {here}")).into());
        }
        Ok(!by.is_zero())
    })?;
    if done.changed > 0 {
        intake::retry_parked(tx, context)?;
        allocate::retry_backorders(tx, context)?;
    }
    Ok(done)
}
