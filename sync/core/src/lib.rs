//! What is true without a network, a disk or a screen, shared by both ends.
//!
//! Nothing here reads a clock, draws a random number, opens a file or a socket,
//! or names a database type: `now` and random bytes are parameters.
//!
//! * [`code`]: what a label says (GTIN, SSCC, GS1, our own labels).
//! * [`plan`]: route, cart and carton planners.
//! * [`label`]: labels and documents as layouts, ZPL and PDF.

pub mod code;
pub mod label;
pub mod plan;
