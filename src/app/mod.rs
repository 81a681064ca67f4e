//! The heart: identify → decide → record → confirm.

pub mod input;
pub mod turn;
