//! What an order takes up on a cart: its stops, its weight, its volume.

use aisle_core::{
    id::Code,
    item::Item,
    plan::{cart::Size, route::Stop},
    quantity::Quantity,
    task::rows::Rows,
};

use super::{list::Bound, walk::Ground};
use crate::store::{Result, Tx};

/// What picks of one order take up; a unit of `totes` is a stop. An order of more than `most` stops counts as
/// `most`, so that it may have a cart to itself.
///
/// # Errors
/// When the store fails.
pub fn size<'a>(
    tx: &Tx<'_>,
    picks: impl IntoIterator<Item = (&'a Code<Item>, Quantity)>,
    most: u64,
) -> Result<Size> {
    let mut size = Size::default();
    for (item, quantity) in picks {
        size.totes = (size.totes + 1).min(most);
        let Some(item) = tx.fetch::<Item>(item)? else { continue };
        let pieces = u64::try_from(quantity.0).unwrap_or(0);
        let volume = |sum: u64, edge: &u32| sum.saturating_mul(u64::from(*edge));
        let weight_g = pieces.saturating_mul(u64::from(item.weight_g));
        size = size.plus(Size { totes: 0, weight_g, volume_mm3: item.size_mm.iter().fold(pieces, volume) });
    }
    Ok(size)
}

/// Where the picks of one order lie, for the cart planner; none when one does not lie on the layout.
///
/// # Errors
/// When the store fails.
pub fn stops(tx: &Tx<'_>, ground: &mut Ground, picks: &[Bound]) -> Result<Option<Vec<Stop>>> {
    let mut stops = Vec::with_capacity(picks.len());
    for pick in picks {
        let Some(stop) = ground.stop(tx, &pick.location)? else { return Ok(None) };
        stops.push(stop);
    }
    Ok(Some(stops))
}
