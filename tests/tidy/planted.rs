//! Violations planted on purpose: every form must be found, and clean code must not be.

use super::{breaches, source::Source};

fn caught(file: &str, text: &str) -> Vec<String> {
    breaches(&Source::new(file, text)).into_iter().map(|breach| breach.what).collect()
}

#[track_caller]
fn is_caught(file: &str, text: &str, by: &str) {
    let found = caught(file, text);
    assert!(found.iter().any(|what| what.contains(by)), "{file}: {text}\nfound {found:?}");
}

#[track_caller]
fn is_clean(file: &str, text: &str) {
    assert_eq!(caught(file, text), Vec::<String>::new(), "{file}: {text}");
}

#[test]
fn the_floor_naming_the_store_is_caught_in_every_form() {
    for text in [
        "use crate::store;",
        "use crate::store::Store;",
        "use crate::{floor::Cue, store::{Store, Receipt}};",
        "use super::super::store;",
        "use super::super::store::Store as Disk;",
        "use super::super::{scan, store};",
        "fn f() { let _ = crate::store::Store::open; }",
        "fn f(x: &super::super::store::Store) {}",
        "pub use crate::store::Receipt;",
        "pub(crate) use crate::store as kept;",
        "macro_rules! m { () => { crate::store::Store } }",
        "macro_rules! m { () => { $crate::store::Store } }",
        "some::macro_call! { crate::store::Store }",
        "use crate::r#store::Store;",
        "mod inner { use super::super::super::store::Store; }",
    ] {
        is_caught("src/floor/pick.rs", text, "must not name `store`");
    }
}

#[test]
fn the_crate_may_not_be_renamed_to_hide_a_name() {
    is_caught("src/floor/pick.rs", "use crate as c;", "renames the crate's root");
}

#[test]
fn each_room_is_held_to_its_own_list() {
    for (file, text, by) in [
        ("src/device/scale.rs", "use aisle_core::item::Item;", "must not name `aisle_core`"),
        ("src/device/scale.rs", "use crate::floor::Cue;", "must not name `floor`"),
        ("src/scan/mod.rs", "use crate::floor::Cue;", "must not name `floor`"),
        ("src/store/mod.rs", "use crate::sync::engine;", "must not name `sync`"),
        ("src/sync/engine.rs", "use crate::floor::Cue;", "must not name `floor`"),
        ("src/view/pick.rs", "use slint::SharedString;", "must not name `slint`"),
        ("src/view/pick.rs", "use crate::store::Store;", "must not name `store`"),
        ("src/ui/pick.rs", "use crate::app::turn;", "must not name `app`"),
        ("src/floor/mod.rs", "fn f() { tracing::info!(\"x\"); }", "must not name `tracing`"),
        ("sync/core/src/id.rs", "use tokio::sync;", "must not name `tokio`"),
        ("sync/oms/src/work/book.rs", "use rusqlite::Connection;", "must not name `rusqlite`"),
        ("sync/oms/src/work/book.rs", "use crate::store::sqlite::Sqlite;", "the store's trait alone"),
        ("sync/oms/src/work/book.rs", "use crate::http::Centre;", "must not name `http`"),
        ("sync/oms/src/http/mod.rs", "use slint::Color;", "must not name `slint`"),
        ("ui/lib.rs", "use aisle_core::item::Item;", "must not name `aisle_core`"),
    ] {
        is_caught(file, text, by);
    }
}

#[test]
fn a_re_export_at_the_root_is_caught() {
    is_caught("src/lib.rs", "pub mod store;\npub use store::Store;", "only declares rooms");
    is_clean("src/lib.rs", "//! Rooms.\npub mod store;\npub mod floor;");
}

#[test]
fn what_a_room_may_name_is_left_alone() {
    is_clean("src/floor/pick.rs", "use super::Cue;\nuse aisle_core::id::Id;\nuse crate::scan::Repeat;");
    is_clean("src/view/pick.rs", "use crate::floor::State;\n// use crate::store::Store;\nfn f() {}");
    is_clean("src/floor/tests.rs", "use crate::store::Store;");
    is_clean("src/floor/pick.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; }");
}

#[test]
fn the_clock_is_read_in_its_room_alone() {
    is_caught("src/sync/engine.rs", "fn f() { let _ = std::time::Instant::now(); }", "reads the clock");
    is_caught(
        "sync/oms/src/order/x.rs",
        "use jiff::Timestamp; fn f() { Timestamp::now(); }",
        "reads the clock",
    );
    is_clean("src/device/clock.rs", "fn f() { let _ = std::time::SystemTime::now(); }");
}

#[test]
fn unfinished_work_is_caught_outside_tests() {
    is_caught("src/app/turn.rs", "fn f() { x.unwrap(); }", "`unwrap()`");
    is_caught("src/app/turn.rs", "fn f() { todo!() }", "`todo!`");
    is_caught("src/app/turn.rs", "fn f() { dbg!(1); }", "`dbg!`");
    is_caught("src/app/turn.rs", concat!("// FIX", "ME\n"), "unfinished");
    is_clean("src/app/turn.rs", "#[test]\nfn t() { x.unwrap(); }\nfn f() { y.unwrap_or(1); }");
}

#[test]
fn long_files_and_long_functions_are_caught() {
    is_caught("src/app/turn.rs", &"\n".repeat(601), "at most 600");
    let body = "    g();\n".repeat(69);
    is_caught("src/app/turn.rs", &format!("fn f() {{\n{body}}}\n"), "at most 70");
    let body = "    g();\n".repeat(68);
    is_clean("src/app/turn.rs", &format!("fn f() {{\n{body}}}\n"));
}

#[test]
fn words_for_a_screen_made_in_rust_are_caught() {
    is_caught("src/view/pick.rs", "fn f() -> &'static str { \"Scan the place\" }", "words for a screen");
    is_caught("src/ui/pick.rs", "fn f(n: u8) { format!(\"take {n} more pieces\"); }", "words for a screen");
    is_clean("src/view/pick.rs", "/// Scan the place.\nfn f() { x.expect(\"it is there\"); }");
    is_clean("src/view/pick.rs", "fn f() -> &'static str { \"B07 14 C\" }");
}
