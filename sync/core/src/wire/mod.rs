//! What terminals and the centre say to each other, one module per protocol version.

pub mod chain;
pub mod sum;
pub mod v1;
