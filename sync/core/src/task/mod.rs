//! The work of the floor as rows, the operations that change it, and the one fold that applies them.
//!
//! [`state`] holds the rows, [`op`] what an operator did or asks for, [`bounds`] the limits of it, [`rows`] the small door through
//! which [`apply`] reads and writes rows: the terminal's memory on one end, the centre's transaction on
//! the other. Requests are decided at the centre alone, so they are not part of the fold.

pub mod apply;
pub mod bounds;
pub mod effect;
pub mod op;
pub mod rows;
pub mod state;
pub mod trouble;
pub mod upcast;
