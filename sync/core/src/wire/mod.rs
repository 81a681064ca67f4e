//! What terminals and the centre say to each other, one module per protocol version.

pub mod chain;
pub mod v1;
