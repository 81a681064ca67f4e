//! Who may name whom.

use super::{
    Breach,
    paths::{Named, named},
    source::Source,
};

/// A room: a folder or file prefix, the rooms of its own crate that it may name, and the outside crates that
/// it must not.
struct Room {
    at: &'static str,
    may: &'static [&'static str],
    never: &'static [&'static str],
}

const NO_IO: &[&str] = &["tokio", "rusqlite", "slint", "aisle_ui", "reqwest", "rodio", "axum", "postgres"];
const NO_IO_NO_LOG: &[&str] =
    &["tokio", "rusqlite", "slint", "aisle_ui", "reqwest", "rodio", "axum", "postgres", "tracing"];
const CORE_NEVER: &[&str] = &[
    "tokio",
    "rusqlite",
    "slint",
    "aisle_ui",
    "reqwest",
    "rodio",
    "axum",
    "postgres",
    "tracing",
    "rand",
    "getrandom",
    "jiff",
    "aisle",
    "aisle_oms",
];

/// The terminal's rooms, then the centre's. A room not listed may name everything.
const ROOMS: &[Room] = &[
    Room { at: "src/device/", may: &["device"], never: &["aisle_core", "aisle_ui", "slint", "rusqlite"] },
    Room { at: "src/scan/", may: &["scan"], never: NO_IO_NO_LOG },
    Room { at: "src/floor/", may: &["floor", "scan"], never: NO_IO_NO_LOG },
    Room { at: "src/store/", may: &["store"], never: &["tokio", "slint", "aisle_ui", "reqwest", "rodio"] },
    Room { at: "src/sync/", may: &["sync", "store"], never: &["slint", "aisle_ui", "rodio", "rusqlite"] },
    Room { at: "src/view/", may: &["view", "floor"], never: NO_IO_NO_LOG },
    Room { at: "src/ui/", may: &["ui", "view", "floor"], never: &["rusqlite", "reqwest", "tokio", "rodio"] },
    Room { at: "sync/core/src/", may: &["*"], never: CORE_NEVER },
    Room {
        at: "ui/",
        may: &["*"],
        never: &["aisle", "aisle_core", "aisle_oms", "rusqlite", "reqwest", "tokio"],
    },
    Room { at: "sync/oms/src/order/", may: OMS_DOMAIN, never: NO_IO },
    Room { at: "sync/oms/src/stock/", may: OMS_DOMAIN, never: NO_IO },
    Room { at: "sync/oms/src/work/", may: OMS_DOMAIN, never: NO_IO },
    Room { at: "sync/oms/src/dispatch/", may: OMS_DOMAIN, never: NO_IO },
    Room { at: "sync/oms/src/", may: &["*"], never: &["slint", "aisle_ui", "rodio", "aisle"] },
];

const OMS_DOMAIN: &[&str] = &["order", "stock", "work", "dispatch", "store", "settings", "context"];

/// Modules of the centre's store that the domain must not look behind the trait at.
const BEHIND_THE_TRAIT: [&str; 2] = ["sqlite", "postgres"];

/// Every breach of the naming rules in a file.
pub fn check(source: &Source) -> Vec<Breach> {
    let mut found = Vec::new();
    let Some(room) = ROOMS.iter().find(|room| source.file.starts_with(room.at)) else {
        root(source, &mut found);
        return found;
    };
    if source.is_test() {
        return found;
    }
    let tests = super::shape::test_lines(source);
    let home = module_path(&source.file);
    for path in named(&source.tokens) {
        if tests.iter().any(|range| range.contains(&path.line)) {
            continue;
        }
        judge(source, room, &home, &path, &mut found);
    }
    found
}

fn judge(source: &Source, room: &Room, home: &[String], path: &Named, found: &mut Vec<Breach>) {
    let mut breach = |what: String| {
        found.push(Breach { file: source.file.clone(), line: path.line, what });
    };
    let written = path.segments.join("::");
    let Some(absolute) = resolve(home, path) else { return breach(format!("`{written}` leaves the crate")) };
    match absolute {
        Absolute::Crate(inside) => match inside.first().map(String::as_str) {
            None => breach(format!("`{written}` renames the crate's root: name the room")),
            Some(first) => {
                if !room.may.contains(&"*") && !room.may.contains(&first) {
                    breach(format!("`{written}`: {} must not name `{first}`", room.at));
                }
                let behind = inside.get(1).is_some_and(|m| BEHIND_THE_TRAIT.contains(&m.as_str()));
                if room.may == OMS_DOMAIN && first == "store" && behind {
                    breach(format!("`{written}`: the domain knows the store's trait alone"));
                }
            }
        },
        Absolute::Outside(first) => {
            if room.never.contains(&first.as_str()) {
                breach(format!("`{written}`: {} must not name `{first}`", room.at));
            }
        }
    }
}

/// The crate root only declares its rooms: a re-export there would open every door.
fn root(source: &Source, found: &mut Vec<Breach>) {
    if !matches!(source.file.as_str(), "src/lib.rs" | "sync/oms/src/lib.rs") {
        return;
    }
    for (number, line) in source.text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("pub use") || line.starts_with("use ") {
            let what = "the crate's root only declares rooms".to_owned();
            found.push(Breach { file: source.file.clone(), line: number + 1, what });
        }
    }
}

enum Absolute {
    /// A path inside the file's own crate, without `crate`.
    Crate(Vec<String>),
    /// The first segment of anything else: an outside crate, or a name brought into scope.
    Outside(String),
}

fn resolve(home: &[String], path: &Named) -> Option<Absolute> {
    let mut here = home.to_vec();
    here.extend(std::iter::repeat_n("(inline)".to_owned(), path.depth));
    let mut rest = path.segments.iter().map(String::as_str).peekable();
    let mut local = false;
    match rest.peek().copied()? {
        "crate" => {
            rest.next();
            here.clear();
            local = true;
        }
        "self" | "super" => {
            local = true;
            while let Some(step) = rest.peek().copied() {
                match step {
                    "self" => {}
                    "super" => {
                        here.pop()?;
                    }
                    _ => break,
                }
                rest.next();
            }
        }
        _ => {}
    }
    if !local {
        return rest.next().map(|first| Absolute::Outside(first.to_owned()));
    }
    here.extend(rest.map(str::to_owned));
    Some(Absolute::Crate(here))
}

/// The module that a file is, as segments from its crate's root.
fn module_path(file: &str) -> Vec<String> {
    let inside = ["sync/core/src/", "sync/oms/src/", "src/", "ui/"]
        .iter()
        .find_map(|root| file.strip_prefix(root))
        .unwrap_or(file);
    let mut parts: Vec<String> = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}
