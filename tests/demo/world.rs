//! The goods themselves: what really lies where, whatever any program believes.
//!
//! Every physical move is written to `physics.jsonl` before a terminal is told of it, so that the file is the
//! truth even when a terminal dies between the hand and the scan.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use serde::Serialize;

/// So many of an item, by place. Places are written as the ledger writes them.
pub type Stock = BTreeMap<(String, String), i64>;

/// The goods and the file that tells every move of them.
pub struct World {
    stock: Stock,
    log: BufWriter<File>,
    moves: u64,
}

/// One line of `physics.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    n: u64,
    who: &'a str,
    what: &'a str,
    item: &'a str,
    quantity: i64,
    from: &'a str,
    to: &'a str,
}

impl World {
    /// A world whose moves are told in this file.
    pub fn new(file: &Path) -> io::Result<Self> {
        Ok(Self { stock: Stock::new(), log: BufWriter::new(File::create(file)?), moves: 0 })
    }

    /// Goods that are there before the morning begins: `from` says where they came from.
    pub fn place(&mut self, item: &str, at: &str, quantity: i64) -> io::Result<()> {
        self.go("site", "stock", item, quantity, "virtual:supplier", at)
    }

    /// How many of an item really are at a place.
    pub fn at(&self, item: &str, place: &str) -> i64 {
        self.stock.get(&(place.to_owned(), item.to_owned())).copied().unwrap_or(0)
    }

    /// Everything at a place.
    pub fn contents(&self, place: &str) -> Vec<(String, i64)> {
        let here = |(at, _): &&(String, String)| at == place;
        self.stock
            .iter()
            .filter(|(key, n)| here(key) && **n != 0)
            .map(|((_, i), n)| (i.clone(), *n))
            .collect()
    }

    /// Goods go from one place to another: told in the file first, then done.
    pub fn go(
        &mut self,
        who: &str,
        what: &str,
        item: &str,
        quantity: i64,
        from: &str,
        to: &str,
    ) -> io::Result<()> {
        if quantity == 0 || from == to {
            return Ok(());
        }
        self.moves += 1;
        let line = Line { n: self.moves, who, what, item, quantity, from, to };
        serde_json::to_writer(&mut self.log, &line)?;
        self.log.write_all(b"\n")?;
        self.log.flush()?;
        *self.stock.entry((from.to_owned(), item.to_owned())).or_default() -= quantity;
        *self.stock.entry((to.to_owned(), item.to_owned())).or_default() += quantity;
        Ok(())
    }

    /// How many moves were told.
    pub const fn moves(&self) -> u64 {
        self.moves
    }
}

/// Adds up a `physics.jsonl` from the file alone.
pub fn recount(file: &Path) -> io::Result<Stock> {
    let mut stock = Stock::new();
    for line in io::BufRead::lines(io::BufReader::new(File::open(file)?)) {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let quantity = line["quantity"].as_i64().unwrap_or(0);
        *stock.entry((text("from"), text("item"))).or_default() -= quantity;
        *stock.entry((text("to"), text("item"))).or_default() += quantity;
    }
    stock.retain(|_, n| *n != 0);
    Ok(stock)
}
