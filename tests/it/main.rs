//! The terminal and the centre together, in one process.

#![allow(unreachable_pub, reason = "a program's modules speak to each other; nobody else names them")]

mod garbled;
