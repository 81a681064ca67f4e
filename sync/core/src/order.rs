//! The words of an order that both ends need; its life is the centre's.

use serde::{Deserialize, Serialize};

/// A customer's order at the centre. Only its id travels.
#[derive(Debug)]
pub enum Order {}

/// A carrier's service, such as `own_fleet.next_day`.
#[derive(Debug)]
pub enum CarrierService {}

/// Where a shipment goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Who receives it.
    pub name: String,
    /// Street and the like, one entry a line.
    pub lines: Vec<String>,
    /// Postal code, as the country writes it.
    pub postal_code: String,
    /// Town.
    pub town: String,
    /// Country, as the channel named it.
    pub country: String,
}
