//! Orders: taken in, routed, promised, waiting, closed.

pub mod allocate;
pub mod intake;
pub mod parked;
pub mod progress;
pub mod routing;
