//! The files of the house, as text and tokens.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use proc_macro2::TokenStream;

/// One Rust file.
pub struct Source {
    /// Its path from the repository's root, with `/`.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Its tokens; comments are gone.
    pub tokens: TokenStream,
}

impl Source {
    /// A file with this path and text.
    pub fn new(file: &str, text: &str) -> Self {
        let tokens = TokenStream::from_str(text).unwrap_or_else(|e| panic!("{file} does not lex: {e}"));
        Self { file: file.to_owned(), text: text.to_owned(), tokens }
    }

    /// Whether the file holds only tests, benches or examples.
    pub fn is_test(&self) -> bool {
        let file = &self.file;
        ["tests/", "benches/", "fuzz/"].iter().any(|at| file.starts_with(at))
            || ["/tests/", "/tests_", "/examples/", "/benches/", "/build/"].iter().any(|at| file.contains(at))
            || ["/tests.rs", "build.rs"].iter().any(|end| file.ends_with(end))
    }
}

/// Every Rust file that the repository's crates are made of.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "ui", "sync", "tests", "benches"] {
        walk(&root.join(folder), &mut files);
    }
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source file can be read");
            let file = path.strip_prefix(root).expect("it lies under the root");
            Source::new(&file.to_string_lossy(), &text)
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}
