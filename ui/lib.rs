//! Every pixel of the terminal, and no decision.
//!
//! What enters: enums, numbers, codes and names, through the globals in `adapters/` (one per screen). What
//! leaves: the name of a key, through `Shell.key`; a tap is the key it stands for. It never words a state in
//! Rust (the `.slint` files do, with `@tr`), never opens a database and never asks the time.

pub mod harness;

use slint::fontique_011::fontique::GenericFamily;

/// The code generated from `app.slint`: the window, its globals, structs and enums.
#[allow(missing_docs, unsafe_code, clippy::all, clippy::unwrap_used)]
mod generated {
    slint::include_modules!();
}
pub use generated::*;

/// The families that the screens are set in, in the order they stand in for each other.
const FAMILIES: [&str; 2] = ["Aisle Sans", "IBM Plex Sans Arabic"];

/// Makes our own fonts the generic families, so that pixels are the same on every machine.
///
/// Call it once per thread, after the first window is made (that registers the fonts) and before the first
/// draw. Without it a letter missing from one of our fonts would be taken from whatever the machine has.
pub fn pin_fonts() {
    let mut fonts = slint::fontique_011::shared_collection();
    let ours: Vec<_> = FAMILIES.iter().filter_map(|name| fonts.family_id(name)).collect();
    for generic in [GenericFamily::SansSerif, GenericFamily::SystemUi, GenericFamily::UiSansSerif] {
        fonts.set_generic_families(generic, ours.iter().copied());
    }
}
