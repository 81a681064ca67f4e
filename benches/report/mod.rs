//! Writes one bench's figures where `make bench` gathers them: a flat JSON object per bench under
//! `target/bench/parts/`, units in the names.

use std::{fs, path::PathBuf};

/// Prints the figures and stores them as `target/bench/parts/<bench>.json`.
pub(crate) fn figures(bench: &str, figures: &[(&str, f64)]) {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench/parts");
    fs::create_dir_all(&dir).expect("target/bench/parts can be made");
    let mut object = serde_json::Map::new();
    for (name, value) in figures {
        println!("{name}={value}");
        object.insert((*name).to_owned(), serde_json::json!(value));
    }
    let text = serde_json::to_string_pretty(&object).expect("figures are plain numbers");
    fs::write(dir.join(format!("{bench}.json")), text).expect("the figures can be written");
}
