//! Orders: taken in, routed, promised, waiting, cancelled, closed.

pub mod allocate;
pub mod cancel;
pub mod intake;
pub mod parked;
pub mod progress;
pub mod routing;
