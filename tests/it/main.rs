//! The terminal and the centre together, in one process.

mod pair;
