//! What every store must do alike.

mod conformance;
