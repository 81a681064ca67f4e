//! What a label says: item numbers, containers, GS1 data, our own labels.
//!
//! Bytes of one scan enter, candidates leave. Pure: no clock, no allocation on the way, no panic whatever the
//! bytes. It never decides which candidate is meant, and never changes a byte of what was scanned.

pub mod digital_link;
pub mod gln;
pub mod gs1;
pub mod gtin;
pub mod house;
pub mod rcn;
pub mod scanned;
pub mod setup;
pub mod sscc;
pub mod symbology;
pub mod tracking;

pub use gln::Gln;
pub use gtin::{Gtin, GtinError};
pub use house::{CheckDigits, House, HouseError};
pub use scanned::{Candidate, Kind, Scanned, candidates};
pub use sscc::{Sscc, SsccError};
pub use symbology::{Aim, Symbology};
