//! Spreadsheets as the world sends them: CSV with a header, stray spaces, foreign bytes, cut rows.
//!
//! [`orders`] gathers rows into orders.
//!
//! Bytes enter, rows of named texts leave, each with its row number. Nothing a file contains may panic or be
//! dropped in silence: what cannot be read is a [`Problem`].

pub mod orders;

use std::collections::BTreeMap;

/// The largest file that is taken in at once, in bytes: far beyond a day of any shop we know.
pub const MOST_BYTES: usize = 256 << 20;

/// Something wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row's number in the file, the header being 1.
    pub row: u64,
    /// What the row is about, where that could be read.
    pub about: String,
    /// What is wrong.
    pub what: Wrong,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The row is broken as CSV, or has fewer or more fields than the header.
    Fields(usize, usize),
    /// A value is missing.
    Missing(&'static str),
    /// A value cannot be read.
    Unreadable(&'static str, String),
    /// A number is out of its range.
    OutOfRange(&'static str, String),
    /// A reference names nothing.
    Unknown(&'static str, String),
    /// A code or barcode belongs to something else.
    Taken(&'static str, String),
    /// The change contradicts work under way.
    InUse(String),
    /// The order is known with other content.
    Changed,
}

/// Why a file is no sheet at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SheetError {
    /// Columns that are needed are not there.
    #[error(
        "the file has no column {missing}; it has: {found}. Rename it, or name it with --map {wanted}=COLUMN"
    )]
    Columns {
        /// What is missing.
        missing: String,
        /// What is there.
        found: String,
        /// The first missing one, for the hint.
        wanted: String,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Larger than [`MOST_BYTES`].
    #[error("the file is larger than {} MiB: split it", MOST_BYTES >> 20)]
    TooLarge,
}

/// One row of a sheet.
#[derive(Debug, Clone)]
pub struct Row<'s> {
    /// Its number in the file, the header being 1.
    pub number: u64,
    columns: &'s BTreeMap<&'static str, usize>,
    cells: Vec<String>,
    expected: usize,
}

/// A sheet: its columns by our names, and its rows.
#[derive(Debug)]
pub struct Sheet {
    columns: BTreeMap<&'static str, usize>,
    width: usize,
    rows: Vec<(u64, Vec<String>)>,
}

/// Text of bytes in UTF-8, or else, as exports of older programs are, in Latin-1.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().trim().to_owned(),
    }
}

impl Sheet {
    /// Reads a sheet. `columns` are our names with the header each has by default; `map` overrides headers.
    /// A name that ends in `?` may be missing.
    ///
    /// # Errors
    /// When the file is empty, too large, or lacks a column.
    pub fn read(
        bytes: &[u8],
        columns: &[(&'static str, &str)],
        map: &BTreeMap<String, String>,
    ) -> Result<Self, SheetError> {
        if bytes.len() > MOST_BYTES {
            return Err(SheetError::TooLarge);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut records = reader.byte_records();
        // Reading from memory, and with any number of fields, the reader finds no record wrong.
        let Some(Ok(header)) = records.next() else { return Err(SheetError::Empty) };
        let header: Vec<String> = header.iter().map(text).collect();
        let columns = find(&header, columns, map)?;
        let width = header.len();
        let mut rows = Vec::new();
        let (mut at, mut number) = (0, 1);
        for record in records.flatten() {
            let start = record.position().map_or(at, |position| position.byte() as usize);
            while at < start || matches!(bytes.get(at), Some(b'\r' | b'\n')) {
                number += u64::from(bytes.get(at) == Some(&b'\n'));
                at += 1;
            }
            let cells: Vec<String> = record.iter().map(text).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push((number, cells));
            }
        }
        Ok(Self { columns, width, rows })
    }

    /// The rows, without blank ones.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(number, cells)| Row {
            number: *number,
            columns: &self.columns,
            cells: cells.clone(),
            expected: self.width,
        })
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn find(
    header: &[String],
    columns: &[(&'static str, &str)],
    map: &BTreeMap<String, String>,
) -> Result<BTreeMap<&'static str, usize>, SheetError> {
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for (name, usual) in columns {
        let needed = !name.ends_with('?');
        let name = name.trim_end_matches('?');
        let wanted = map.get(name).map_or(*usual, String::as_str);
        match header.iter().position(|column| column.eq_ignore_ascii_case(wanted)) {
            Some(index) => {
                found.insert(name, index);
            }
            None if needed => missing.push((name, wanted.to_owned())),
            None => {}
        }
    }
    let Some((first, _)) = missing.first() else { return Ok(found) };
    Err(SheetError::Columns {
        missing: missing.iter().map(|(_, wanted)| wanted.as_str()).collect::<Vec<_>>().join(", "),
        found: header.join(", "),
        wanted: (*first).to_owned(),
    })
}

impl Row<'_> {
    /// Whether the row has as many fields as the header.
    ///
    /// # Errors
    /// When it has not.
    pub fn whole(&self) -> Result<(), Wrong> {
        if self.cells.len() == self.expected {
            Ok(())
        } else {
            Err(Wrong::Fields(self.cells.len(), self.expected))
        }
    }

    /// A value as text; empty when it is not there.
    #[must_use]
    pub fn text(&self, column: &'static str) -> &str {
        self.columns.get(column).and_then(|index| self.cells.get(*index)).map_or("", String::as_str)
    }

    /// A value that must be there.
    ///
    /// # Errors
    /// When it is empty.
    pub fn needed(&self, column: &'static str) -> Result<&str, Wrong> {
        match self.text(column) {
            "" => Err(Wrong::Missing(column)),
            text => Ok(text),
        }
    }

    /// A value that parses.
    ///
    /// # Errors
    /// When it is empty or does not parse.
    pub fn parsed<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, Wrong> {
        let text = self.needed(column)?;
        text.parse().map_err(|_| Wrong::Unreadable(column, text.to_owned()))
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// When it is empty, no whole number, or outside the range.
    pub fn number(&self, column: &'static str, range: std::ops::RangeInclusive<i64>) -> Result<i64, Wrong> {
        let number: i64 = self.parsed(column)?;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(Wrong::OutOfRange(column, self.text(column).to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [(&str, &str); 2] = [("sku", "Sku"), ("note?", "Note")];

    fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
        Sheet::read(bytes, &COLUMNS, &BTreeMap::new())
    }

    #[test]
    fn stray_spaces_foreign_bytes_and_blank_rows_are_read_through() {
        let sheet = read(b"\xef\xbb\xbfNOTE,sku \r\n caf\xe9 , A \r\n\r\n,\r\n\"x, y\",B").unwrap();
        let rows: Vec<_> = sheet
            .rows()
            .map(|row| (row.number, row.text("sku").to_owned(), row.text("note").to_owned()))
            .collect();
        assert_eq!(rows, [(2, "A".into(), "café".into()), (5, "B".into(), "x, y".into())]);
    }

    #[test]
    fn a_cut_row_is_told_from_a_whole_one() {
        let sheet = read(b"sku,note\nA").unwrap();
        let row = sheet.rows().next().unwrap();
        assert_eq!(row.whole(), Err(Wrong::Fields(1, 2)));
        assert_eq!(row.needed("note"), Err(Wrong::Missing("note")));
    }

    #[test]
    fn a_missing_column_is_named_with_what_to_do() {
        let error = read(b"item,note\nA,b\n").unwrap_err().to_string();
        assert!(
            error.contains("Sku") && error.contains("item, note") && error.contains("--map sku="),
            "{error}"
        );
        assert_eq!(read(b"").unwrap_err(), SheetError::Empty);
    }
}
