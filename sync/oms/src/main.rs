//! The centre, as a program.
fn main() {}
