//! The goods as they really are: moved by hands before a terminal is told.

use std::collections::BTreeMap;

/// Goods by item and place; places are written as the ledger writes them, and `hand:` is what nobody was told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goods {
    at: BTreeMap<(String, String), i64>,
}

impl Goods {
    /// Takes goods from one place to another.
    pub fn go(&mut self, item: &str, quantity: i64, from: &str, to: &str) {
        *self.at.entry((item.to_owned(), from.to_owned())).or_default() -= quantity;
        *self.at.entry((item.to_owned(), to.to_owned())).or_default() += quantity;
    }

    /// How many of an item are at a place.
    pub fn count(&self, item: &str, place: &str) -> i64 {
        self.at.get(&(item.to_owned(), place.to_owned())).copied().unwrap_or(0)
    }

    /// Whether nothing at all is at a place.
    pub fn is_empty(&self, place: &str) -> bool {
        self.at.iter().all(|((_, at), quantity)| at != place || *quantity == 0)
    }

    /// Where something is, without the places that hold nothing.
    pub fn held(&self) -> BTreeMap<(String, String), i64> {
        self.at.iter().filter(|(_, quantity)| **quantity != 0).map(|(at, n)| (at.clone(), *n)).collect()
    }
}
