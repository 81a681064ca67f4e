//! Restricted circulation numbers: a weight, a price or a count inside an in-store GTIN.
//!
//! What the digits mean is each country's and each site's own, so it comes from the site's [`Table`]. A number with
//! no rule stays what it was: an opaque code. The item is looked up by the number with the value zeroed out.

use super::{Gtin, gs1::value::Decimal};

/// What the value in a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// A weight in kilograms.
    Weight,
    /// A price in the site's currency.
    Price,
    /// A count of pieces.
    Count,
}

/// One rule: numbers that begin with `prefix` have so many digits of item, then so many of value.
///
/// Prefix, item, an optional check digit of the value, value and the final check digit make 13 digits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    /// The digits it begins with: two or three, of 02, 04 or 20 to 29.
    pub prefix: String,
    /// Digits of item after the prefix.
    pub item_digits: u8,
    /// Whether a check digit of the value stands between item and value. It is not verified: countries differ.
    pub value_check: bool,
    /// Digits of value.
    pub value_digits: u8,
    /// What the value is.
    pub meaning: Meaning,
    /// How many of the value's digits are decimals.
    pub decimals: u8,
}

/// A site's rules, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    rules: Vec<Rule>,
}

/// Why a table cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The prefix is none of those reserved for restricted circulation.
    #[error("rule {0}: the prefix is not one for restricted circulation")]
    Prefix(usize),
    /// The digits do not add up to 13.
    #[error("rule {0}: prefix, item, value and check digits must make 13")]
    Digits(usize),
    /// Two rules begin alike.
    #[error("rule {0}: an earlier rule begins alike")]
    Overlap(usize),
}

/// A restricted number, read by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restricted {
    /// The number with the value's digits (and its check digits) zeroed: the key of the item.
    pub item_key: u64,
    /// The value.
    pub value: Decimal,
    /// What it is.
    pub meaning: Meaning,
}

impl Table {
    /// Checks rules and makes a table of them.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        for (number, rule) in rules.iter().enumerate() {
            let reserved = rule.prefix.starts_with('2')
                || rule.prefix.starts_with("02")
                || rule.prefix.starts_with("04");
            let digits = rule.prefix.bytes().all(|byte| byte.is_ascii_digit());
            if !reserved || !digits || !(2..=3).contains(&rule.prefix.len()) {
                return Err(RuleError::Prefix(number));
            }
            let check = u32::from(rule.value_check) + 1;
            let sum = rule.prefix.len() as u32 + u32::from(rule.item_digits) + u32::from(rule.value_digits);
            if sum + check != 13 || rule.value_digits == 0 || rule.decimals > rule.value_digits {
                return Err(RuleError::Digits(number));
            }
            let alike = |other: &Rule| {
                other.prefix.starts_with(&rule.prefix) || rule.prefix.starts_with(&other.prefix)
            };
            if rules[..number].iter().any(alike) {
                return Err(RuleError::Overlap(number));
            }
        }
        Ok(Self { rules })
    }

    /// Reads a number, where a rule covers it.
    pub fn read(&self, gtin: Gtin) -> Option<Restricted> {
        let digits = gtin.ean13()?;
        let rule = self.rules.iter().find(|rule| digits.starts_with(rule.prefix.as_bytes()))?;
        let end = 12;
        let start = end - usize::from(rule.value_digits);
        let value = digits[start..end].iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        let zeros = u32::from(rule.value_digits) + u32::from(rule.value_check) + 1;
        let item_key = gtin.key() / 10u64.pow(zeros) * 10u64.pow(zeros);
        Some(Restricted {
            item_key,
            value: Decimal { digits: value, scale: rule.decimals },
            meaning: rule.meaning,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight() -> Rule {
        Rule {
            prefix: "21".into(),
            item_digits: 5,
            value_check: false,
            value_digits: 5,
            meaning: Meaning::Weight,
            decimals: 3,
        }
    }

    #[test]
    fn a_weight_is_read_and_the_item_is_the_same_for_all_weights() {
        let table = Table::new(vec![weight()]).unwrap();
        let light = table.read(Gtin::with_check_digit("211234501234").unwrap()).unwrap();
        let heavy = table.read(Gtin::with_check_digit("211234598765").unwrap()).unwrap();
        assert_eq!(light.value, Decimal { digits: 1234, scale: 3 });
        assert_eq!((light.item_key, light.meaning), (heavy.item_key, Meaning::Weight));
        assert_eq!(light.item_key, 2_112_345_000_000);
    }

    #[test]
    fn without_a_rule_it_stays_opaque() {
        let table = Table::new(vec![weight()]).unwrap();
        assert_eq!(table.read(Gtin::with_check_digit("221234501234").unwrap()), None);
        assert_eq!(table.read(Gtin::parse("9521234543213").unwrap()), None);
        assert_eq!(Table::default().read(Gtin::with_check_digit("211234501234").unwrap()), None);
    }

    #[test]
    fn a_rule_that_cannot_be_is_refused() {
        let bad = |change: fn(&mut Rule)| {
            let mut rule = weight();
            change(&mut rule);
            Table::new(vec![rule])
        };
        assert_eq!(bad(|rule| rule.prefix = "50".into()), Err(RuleError::Prefix(0)));
        assert_eq!(bad(|rule| rule.prefix = "2".into()), Err(RuleError::Prefix(0)));
        assert_eq!(bad(|rule| rule.value_digits = 6), Err(RuleError::Digits(0)));
        assert_eq!(bad(|rule| rule.value_check = true), Err(RuleError::Digits(0)));
        assert_eq!(Table::new(vec![weight(), weight()]), Err(RuleError::Overlap(1)));
    }
}
