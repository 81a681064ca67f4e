//! Why an order waits for somebody, as it is stored: a word and what it is about.

use std::{fmt, str::FromStr};

/// Why an order is parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parked {
    /// It names items that nobody imported. It goes on by itself once they are.
    UnknownItems(Vec<String>),
    /// A row of it could not be read. Importing it again in full replaces it.
    UnreadableRow(String),
    /// Goods come back for which no order is named.
    ReturnWithoutOrder,
    /// No site may serve it as the routing rules demand.
    NoSite(String),
    /// A reason that another version of this program wrote.
    Other(String),
}

impl fmt::Display for Parked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownItems(items) => write!(f, "unknown_items: {}", items.join(", ")),
            Self::UnreadableRow(what) => write!(f, "unreadable_row: {what}"),
            Self::ReturnWithoutOrder => f.write_str("return_without_order"),
            Self::NoSite(why) => write!(f, "no_site: {why}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl FromStr for Parked {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, about) = text.split_once(": ").unwrap_or((text, ""));
        Ok(match word {
            "unknown_items" => Self::UnknownItems(about.split(", ").map(String::from).collect()),
            "unreadable_row" => Self::UnreadableRow(about.to_owned()),
            "return_without_order" => Self::ReturnWithoutOrder,
            "no_site" => Self::NoSite(about.to_owned()),
            _ => Self::Other(text.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_back_as_itself() {
        for reason in [
            Parked::UnknownItems(vec!["A".into(), "B C".into()]),
            Parked::UnreadableRow("row 7: quantity".into()),
            Parked::ReturnWithoutOrder,
            Parked::NoSite("not in full".into()),
            Parked::Other("moon".into()),
        ] {
            assert_eq!(reason.to_string().parse(), Ok(reason));
        }
    }
}
