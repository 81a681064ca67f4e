//! What a file of orders asks for: which items, how often, how many, and what they are called.
//!
//! Enters: the file, however broken. Only goods lines count: no charges, no returns, no lines without a whole
//! positive quantity. Such lines are the importer's to report; here they are passed over.

use std::collections::BTreeMap;

use aisle_core::{id::Code, item::Item, quantity::QUANTITY_MAX};

use crate::sheet::{Row, Sheet, SheetError, orders::COLUMNS};

/// What is asked for of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    /// The item.
    pub(super) sku: Code<Item>,
    /// What the channel calls it most often; empty when it never says.
    pub(super) description: String,
    /// On how many lines it is.
    pub(super) lines: u64,
    /// How many pieces in all.
    pub(super) pieces: i64,
    /// The median of its lines' quantities.
    pub(super) typical: i64,
}

#[derive(Default)]
struct Seen {
    quantities: Vec<i64>,
    names: BTreeMap<String, u64>,
}

/// Reads what a file asks for, by item. An empty file asks for nothing.
pub(super) fn read(bytes: &[u8], charges: &[String]) -> Result<Vec<Demand>, SheetError> {
    let sheet = match Sheet::read(bytes, &COLUMNS, &BTreeMap::new()) {
        Ok(sheet) => sheet,
        Err(SheetError::Empty) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut seen: BTreeMap<Code<Item>, Seen> = BTreeMap::new();
    for row in sheet.rows() {
        let Some((sku, quantity)) = goods(&row, charges) else { continue };
        let seen = seen.entry(sku).or_default();
        seen.quantities.push(quantity);
        let name = row.text("description").split_whitespace().collect::<Vec<_>>().join(" ");
        if !name.is_empty() {
            *seen.names.entry(name).or_default() += 1;
        }
    }
    Ok(seen.into_iter().map(|(sku, seen)| demand(sku, seen)).collect())
}

/// The item and quantity of a row that asks for goods.
fn goods(row: &Row<'_>, charges: &[String]) -> Option<(Code<Item>, i64)> {
    row.whole().ok()?;
    let sku = row.needed("sku").ok()?;
    let reference = row.needed("reference").ok()?;
    if reference.starts_with('C') || charges.iter().any(|charge| charge == sku) {
        return None;
    }
    let quantity = row.number("quantity", 1..=QUANTITY_MAX).ok()?;
    Some((Code::parse(sku).ok()?, quantity))
}

fn demand(sku: Code<Item>, mut seen: Seen) -> Demand {
    seen.quantities.sort_unstable();
    // The name said most often; of several, the first by letters.
    let mut description = (String::new(), 0);
    for (name, times) in seen.names {
        if times > description.1 {
            description = (name, times);
        }
    }
    Demand {
        sku,
        description: description.0,
        lines: u64::try_from(seen.quantities.len()).unwrap_or(u64::MAX),
        pieces: seen.quantities.iter().sum(),
        typical: seen.quantities[seen.quantities.len() / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    fn of(rows: &str) -> Vec<Demand> {
        read(format!("{HEAD}{rows}").as_bytes(), &["POST".to_owned()]).unwrap()
    }

    #[test]
    fn only_goods_lines_ask_for_goods() {
        let demands = of(concat!(
            "1,A1,RED MUG,2,12/1/10 8:26,1,7,France\n",
            "1,POST,POSTAGE,1,12/1/10 8:26,18,7,France\n",
            "C2,A2,BLUE MUG,-3,12/1/10 8:26,1,7,France\n",
            "C3,A3,BLUE MUG,3,12/1/10 8:26,1,7,France\n",
            "4,A4,GREEN MUG,many,12/1/10 8:26,1,7,France\n",
            "5,A5,GREEN MUG,99999999999999999999,12/1/10 8:26,1,7,France\n",
            "6,A6,cut\n",
            "7,A1,RED  MUG ,6,12/1/10 8:26,1,7,France\n",
        ));
        assert_eq!(demands.len(), 1);
        let only = &demands[0];
        assert_eq!((only.lines, only.pieces, only.typical), (2, 8, 6));
        assert_eq!(only.description, "RED MUG");
    }

    #[test]
    fn an_empty_file_asks_for_nothing() {
        assert_eq!(read(b"", &[]).unwrap(), []);
        assert_eq!(of(""), []);
        assert!(matches!(read(b"a,b\n1,2\n", &[]), Err(SheetError::Columns { .. })));
    }
}
