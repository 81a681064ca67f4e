//! The terminal, as a program.
fn main() {}
