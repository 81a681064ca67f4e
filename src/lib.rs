//! The terminal.

pub mod app;
pub mod device;
pub mod floor;
pub mod scan;
pub mod store;
pub mod sync;
pub mod view;
