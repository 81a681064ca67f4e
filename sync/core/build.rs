//! Writes the tables that are worked out at build time, as Rust source for the crate to include.

#[path = "build/gs1_tables.rs"]
mod gs1_tables;
#[path = "build/route_tables.rs"]
mod route_tables;

use std::{env, fs, path::PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=data");
    let read = |path: &str| fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let tables = gs1_tables::source(
        &read("data/gs1/gs1-syntax-dictionary.txt"),
        &read("data/codes/iso3166.txt"),
        &read("data/codes/iso4217.txt"),
        &read("data/codes/package_types.txt"),
    );
    fs::write(out.join("gs1_tables.rs"), tables).expect("OUT_DIR can be written");
    fs::write(out.join("route_tables.rs"), route_tables::source()).expect("OUT_DIR can be written");
}
