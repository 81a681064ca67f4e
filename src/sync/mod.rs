//! Telling the centre, hearing from it: a step function, and the shell that carries it out.
//!
//! [`engine`] decides what to send and what an answer means; it knows no socket and no clock.
//! [`backoff`] is how long to wait. [`transport`] is HTTP on its own thread.

pub mod backoff;
pub mod engine;
pub mod transport;
