//! The terminal.

pub mod store;
pub mod sync;
