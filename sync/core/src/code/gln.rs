//! Global location numbers: 13 digits that name a party or a place of another company.

use super::gtin::{digits_of, weighed};
use std::fmt;

/// A GLN with a proven check digit, its 13 digits as one integer.
///
/// It has the shape of a GTIN-13, so digits alone never make one: only `(410)`–`(417)` in an element string, or
/// a field that is known to hold a GLN.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Gln(u64);

/// Why this is not a GLN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GlnError {
    /// Not 13 digits.
    #[error("a GLN has 13 digits")]
    Shape,
    /// The last digit is not the modulo-10 check digit of the others.
    #[error("incorrect check digit")]
    CheckDigit,
}

impl Gln {
    /// Reads 13 digits with their check digit.
    pub fn parse(digits: impl AsRef<[u8]>) -> Result<Self, GlnError> {
        let digits = digits.as_ref();
        if digits.len() != 13 {
            return Err(GlnError::Shape);
        }
        let (value, sum) = weighed(digits).ok_or(GlnError::Shape)?;
        if value == 0 || sum % 10 != 0 { Err(GlnError::CheckDigit) } else { Ok(Self(value)) }
    }

    /// The 13 digits as one integer.
    pub const fn key(self) -> u64 {
        self.0
    }

    /// The 13 digits as text bytes.
    pub fn digits(self) -> [u8; 13] {
        digits_of(self.0)
    }
}

impl fmt::Display for Gln {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_digits_with_their_check_digit_are_a_gln() {
        assert_eq!(Gln::parse("9521234000006").map(|g| g.to_string()).ok(), Some("9521234000006".to_owned()));
        assert_eq!(Gln::parse("9521234000007"), Err(GlnError::CheckDigit));
        assert_eq!(Gln::parse("952123400000"), Err(GlnError::Shape));
    }
}
