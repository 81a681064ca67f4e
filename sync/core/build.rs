//! Writes the tables that are worked out at build time, as Rust source for the crate to include.

#[path = "build/route_tables.rs"]
mod route_tables;

use std::{env, fs, path::PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    fs::write(out.join("route_tables.rs"), route_tables::source()).expect("OUT_DIR can be written");
}
