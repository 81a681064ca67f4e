//! Stock: the double-entry ledger and what can be sold of it.

pub mod explain;
pub mod ledger;
pub mod sellable;
pub mod verify;
