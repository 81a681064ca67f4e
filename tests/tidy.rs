//! The house rules that a compiler does not know: who may name whom, and what no file may hold.
//!
//! Everything is read as tokens, so that a path is found wherever it stands: in a `use`, in an expression, in
//! a re-export, in a macro's body. Each rule is itself tested on planted violations.

#![allow(unreachable_pub, reason = "a program's modules speak to each other; nobody else names them")]

#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/planted.rs"]
mod planted;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;

use source::{Source, sources};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The file, from the repository's root.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Which rule, and how.
    pub what: String,
}

fn breaches(source: &Source) -> Vec<Breach> {
    let mut found = rooms::check(source);
    found.extend(shape::check(source));
    found.sort();
    found.dedup();
    found
}

#[test]
fn no_room_names_a_room_it_must_not_and_no_file_holds_what_it_must_not() {
    let all = sources();
    assert!(all.len() > 40, "only {} files were found: the house is larger", all.len());
    let found: Vec<String> = all
        .iter()
        .flat_map(breaches)
        .map(|breach| format!("{}:{}: {}", breach.file, breach.line, breach.what))
        .collect();
    assert!(found.is_empty(), "{} breaches:\n{}", found.len(), found.join("\n"));
}
