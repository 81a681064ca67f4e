//! The words on paper, in one language, from one table.
//!
//! Enters: the text of `assets/lang/paper/words.csv` (one row a word, one column a language) and a language.
//! Leave: [`Words`], with the language's direction, and its way to write dates and decimals. Screens take
//! their words elsewhere. It never falls back to another language in silence: a missing word is an error.

use std::collections::BTreeMap;

use thiserror::Error;

/// A word that documents use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the English word in the table")]
pub enum Word {
    Kilograms,
    PackingSlip,
    Manifest,
    PracticeSheet,
    PracticeHint,
    From,
    To,
    Order,
    OrderDate,
    Shipped,
    Parcel,
    ParcelOf,
    Parcels,
    Weight,
    TotalWeight,
    Carrier,
    Service,
    Sscc,
    Quantity,
    Item,
    Description,
    Price,
    Amount,
    Total,
    Lines,
    Pieces,
    Elsewhere,
    ToFollow,
    PageOf,
    Continued,
    ManifestNumber,
    CutOff,
    Closed,
    Driver,
    Vehicle,
    HandedOver,
    Signature,
    Picker,
    Packer,
    Lead,
    Location,
    Tote,
    Case,
    Lot,
    Cart,
    Lane,
    Station,
    Check,
    PickList,
    Keys,
    ScannerSetup,
}

const KEYS: [(Word, &str); 51] = [
    (Word::Kilograms, "kilograms"),
    (Word::PackingSlip, "packing_slip"),
    (Word::Manifest, "manifest"),
    (Word::PracticeSheet, "practice_sheet"),
    (Word::PracticeHint, "practice_hint"),
    (Word::From, "from"),
    (Word::To, "to"),
    (Word::Order, "order"),
    (Word::OrderDate, "order_date"),
    (Word::Shipped, "shipped"),
    (Word::Parcel, "parcel"),
    (Word::ParcelOf, "parcel_of"),
    (Word::Parcels, "parcels"),
    (Word::Weight, "weight"),
    (Word::TotalWeight, "total_weight"),
    (Word::Carrier, "carrier"),
    (Word::Service, "service"),
    (Word::Sscc, "sscc"),
    (Word::Quantity, "quantity"),
    (Word::Item, "item"),
    (Word::Description, "description"),
    (Word::Price, "price"),
    (Word::Amount, "amount"),
    (Word::Total, "total"),
    (Word::Lines, "lines"),
    (Word::Pieces, "pieces"),
    (Word::Elsewhere, "elsewhere"),
    (Word::ToFollow, "to_follow"),
    (Word::PageOf, "page_of"),
    (Word::Continued, "continued"),
    (Word::ManifestNumber, "manifest_number"),
    (Word::CutOff, "cut_off"),
    (Word::Closed, "closed"),
    (Word::Driver, "driver"),
    (Word::Vehicle, "vehicle"),
    (Word::HandedOver, "handed_over"),
    (Word::Signature, "signature"),
    (Word::Picker, "picker"),
    (Word::Packer, "packer"),
    (Word::Lead, "lead"),
    (Word::Location, "location"),
    (Word::Tote, "tote"),
    (Word::Case, "case"),
    (Word::Lot, "lot"),
    (Word::Cart, "cart"),
    (Word::Lane, "lane"),
    (Word::Station, "station"),
    (Word::Check, "check"),
    (Word::PickList, "pick_list"),
    (Word::Keys, "keys"),
    (Word::ScannerSetup, "scanner_setup"),
];

/// A moment printed on a document, in the site's own time, as the caller reckoned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
}

/// The words of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    language: String,
    rtl: bool,
    decimal: String,
    date: String,
    words: BTreeMap<Word, String>,
}

/// A table that cannot be used.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum WordsError {
    /// The table has no column of that name.
    #[error("the table of words has no language “{0}”")]
    NoLanguage(String),
    /// The row is not there, or its cell in this language is empty.
    #[error("the table of words lacks “{key}” in language “{language}”")]
    NoWord {
        /// The row.
        key: String,
        /// The column.
        language: String,
    },
}

impl Words {
    /// Reads one language from the table.
    ///
    /// # Errors
    /// No such language, or a word missing in it.
    pub fn parse(table: &str, language: &str) -> Result<Words, WordsError> {
        let mut rows = table.trim_start_matches('\u{FEFF}').lines().map(cells);
        let heads = rows.next().unwrap_or_default();
        let column = heads.iter().skip(1).position(|head| head == language);
        let column = column.ok_or_else(|| WordsError::NoLanguage(language.to_owned()))? + 1;
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for row in rows {
            if let (Some(key), Some(word)) = (row.first(), row.get(column)) {
                found.insert(key.clone(), word.clone());
            }
        }
        let take = |key: &str| {
            let word = found.get(key).filter(|word| !word.trim().is_empty()).cloned();
            word.ok_or_else(|| WordsError::NoWord { key: key.to_owned(), language: language.to_owned() })
        };
        Ok(Words {
            language: language.to_owned(),
            rtl: take("direction")? == "rtl",
            decimal: take("decimal")?,
            date: take("date")?,
            words: KEYS.iter().map(|(word, key)| Ok((*word, take(key)?))).collect::<Result<_, _>>()?,
        })
    }

    /// The languages of a table.
    pub fn languages(table: &str) -> Vec<String> {
        cells(table.lines().next().unwrap_or_default()).into_iter().skip(1).collect()
    }

    /// The language tag.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether the language is written from right to left.
    pub fn is_rtl(&self) -> bool {
        self.rtl
    }

    /// A word.
    pub fn get(&self, word: Word) -> &str {
        self.words.get(&word).map_or("", String::as_str)
    }

    /// A word with two numbers put in: `{n}` and `{m}`.
    pub fn of(&self, word: Word, n: usize, m: usize) -> String {
        self.get(word).replace("{n}", &n.to_string()).replace("{m}", &m.to_string())
    }

    /// Grams as kilograms, exact: `1.420 kg`.
    pub fn kilograms(&self, grams: u64) -> String {
        format!("{}\u{A0}{}", self.thousandths(grams), self.get(Word::Kilograms))
    }

    /// Grams as kilograms without the unit, for a column of them.
    pub fn thousandths(&self, grams: u64) -> String {
        format!("{}{}{:03}", grams / 1000, self.decimal, grams % 1000)
    }

    /// Money in minor units with its decimals (2 for most currencies): `12.50`.
    pub fn money(&self, minor: i64, decimals: u32) -> String {
        let sign = if minor < 0 { "−" } else { "" };
        let one = 10_u64.pow(decimals.min(4));
        let (whole, part) = (minor.unsigned_abs() / one, minor.unsigned_abs() % one);
        if decimals == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}{}{part:0width$}", self.decimal, width = decimals.min(4) as usize)
    }

    /// A day.
    pub fn date(&self, at: Stamp) -> String {
        let date = self.date.replace("YYYY", &format!("{:04}", at.year));
        date.replace("MM", &format!("{:02}", at.month)).replace("DD", &format!("{:02}", at.day))
    }

    /// A day and time.
    pub fn moment(&self, at: Stamp) -> String {
        format!("{}\u{A0}{:02}:{:02}", self.date(at), at.hour, at.minute)
    }
}

/// The cells of one row of comma-separated values; a cell in double quotes may hold commas, and a doubled
/// quote is one.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = row.trim_end_matches('\r').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../../assets/lang/paper/words.csv");

    #[test]
    fn every_language_has_every_word() {
        let languages = Words::languages(TABLE);
        assert_eq!(languages, ["en", "fr", "de", "es", "it", "pl", "tr", "ar"]);
        for language in languages {
            let words = Words::parse(TABLE, &language).unwrap();
            assert_eq!(words.is_rtl(), language == "ar");
            for numbered in [Word::ParcelOf, Word::PageOf] {
                let text = words.of(numbered, 2, 13);
                assert!(
                    text.contains('2') && text.contains("13") && !text.contains('{'),
                    "{language}: {text}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_does_and_exactly() {
        let (en, de) = (Words::parse(TABLE, "en").unwrap(), Words::parse(TABLE, "de").unwrap());
        assert_eq!(en.kilograms(1_420), "1.420\u{A0}kg");
        assert_eq!(de.kilograms(7), "0,007\u{A0}kg");
        assert_eq!(de.money(-1_250, 2), "−12,50");
        assert_eq!(en.money(5, 0), "5");
        let at = Stamp { year: 2026, month: 3, day: 9, hour: 7, minute: 5 };
        assert_eq!(de.moment(at), "09.03.2026\u{A0}07:05");
    }

    #[test]
    fn a_missing_language_or_word_is_named() {
        assert_eq!(Words::parse(TABLE, "xx"), Err(WordsError::NoLanguage("xx".into())));
        let missing = Words::parse("key,en\ndirection,ltr\n", "en").unwrap_err();
        assert_eq!(missing, WordsError::NoWord { key: "decimal".into(), language: "en".into() });
        assert!(Words::parse("", "en").is_err());
    }
}
