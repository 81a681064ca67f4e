//! What an order takes up on a cart: its stops, its weight, its volume.

use aisle_core::{
    item::Item,
    plan::cart::{Order, Size},
    task::rows::Rows,
};

use super::{list::Bound, walk::Ground};
use crate::store::{Result, Tx};

/// The picks of one order for the cart planner, without urgency; none when one does not lie on the layout.
/// An order of more than `most` stops counts as `most`, so that it may have a cart to itself.
///
/// # Errors
/// When the store fails.
pub fn of(tx: &Tx<'_>, ground: &mut Ground, picks: &[Bound], most: u64) -> Result<Option<Order>> {
    let mut stops = Vec::with_capacity(picks.len());
    let mut size = Size::default();
    for pick in picks {
        let Some(stop) = ground.stop(tx, &pick.location)? else { return Ok(None) };
        stops.push(stop);
        let Some(item) = tx.fetch::<Item>(&pick.item)? else { continue };
        let pieces = u64::try_from(pick.quantity.0).unwrap_or(0);
        let piece_mm3 =
            item.size_mm.iter().fold(1_u64, |volume, edge| volume.saturating_mul(u64::from(*edge)));
        size.weight_g = size.weight_g.saturating_add(pieces.saturating_mul(u64::from(item.weight_g)));
        size.volume_mm3 = size.volume_mm3.saturating_add(pieces.saturating_mul(piece_mm3));
    }
    size.totes = (stops.len() as u64).min(most);
    Ok(Some(Order { stops, size, priority: 0, left_ms: None }))
}
