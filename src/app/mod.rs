//! The heart: identify → decide → record → confirm.
//!
//! [`turn`] is one turn, [`shell`] joins it with the files, the sync engine and paper; [`headless`] and
//! `window` are the two ways to meet it. Everybody is named here, and nobody names this room.

pub mod diagnostics;
pub mod files;
pub mod headless;
pub mod input;
pub mod local;
pub mod log;
pub mod pictures;
pub mod pin;
pub mod place;
pub mod practice;
pub mod print;
pub mod setups;
pub mod shell;
pub mod turn;
#[cfg(feature = "desktop")]
pub mod window;
