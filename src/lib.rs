//! The terminal.

pub mod app;
pub mod device;
pub mod floor;
pub mod scan;
pub mod store;
pub mod sync;
#[cfg(feature = "ui")]
pub mod ui;
pub mod view;
