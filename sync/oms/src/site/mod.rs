//! The site itself: items, locations, cartons, totes, carts, operators, stock, taken in from sheets.
//!
//! A row that is wrong is reported and left out; the others count. The same file again changes nothing.

pub mod item;
pub mod people;
pub mod place;
pub mod stock;

use std::collections::BTreeMap;

use crate::{
    sheet::{Problem, Row, Sheet, SheetError, Wrong},
    store::StoreError,
};

/// What importing a sheet came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows read.
    pub rows: usize,
    /// Rows that changed something.
    pub changed: usize,
    /// Rows left out, and why.
    pub problems: Vec<Problem>,
}

/// Why a sheet was not imported at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no sheet.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a row was left out: it is wrong, or the store failed.
enum Fault {
    Wrong(Wrong),
    Store(StoreError),
}
impl From<Wrong> for Fault {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}
impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Reads a sheet and takes its rows one by one; `take` answers whether the row changed something.
fn each_row(
    bytes: &[u8],
    columns: &[(&'static str, &str)],
    map: &BTreeMap<String, String>,
    mut take: impl FnMut(&Row<'_>) -> Result<bool, Fault>,
) -> Result<Imported, ImportError> {
    let sheet = Sheet::read(bytes, columns, map)?;
    let mut done = Imported { rows: sheet.len(), ..Imported::default() };
    for row in sheet.rows() {
        let taken = row.whole().map_err(Fault::from).and_then(|()| take(&row));
        match taken {
            Ok(changed) => done.changed += usize::from(changed),
            Err(Fault::Wrong(what)) => {
                let about = row.text(columns[0].0).to_owned();
                done.problems.push(Problem { row: row.number, about, what });
            }
            Err(Fault::Store(error)) => return Err(error.into()),
        }
    }
    Ok(done)
}
