//! Trade item numbers: GTIN-8, -12, -13, -14 and the zero-suppressed UPC-E.
//!
//! Digits enter, one number leaves: the same item is the same [`Gtin`] whatever symbol carried it.
//! It never strips an indicator digit: a case is another GTIN, and what it holds is master data.

use std::fmt;

/// A trade item number with a proven check digit: its 14 digits as one integer, left-padded with zeros.
///
/// GTIN-8, -12, -13 and -14 of the same value are the same item and the same key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Gtin(u64);

/// Why digits are not a GTIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Not 8, 12, 13 or 14 bytes long.
    #[error("a GTIN has 8, 12, 13 or 14 digits")]
    Length,
    /// A byte that is not a digit, at this offset.
    #[error("not a digit at offset {0}")]
    NonDigit(usize),
    /// The last digit is not the modulo-10 check digit of the others.
    #[error("incorrect check digit")]
    CheckDigit,
    /// Nothing but zeros: arithmetically sound, and never an item.
    #[error("all zeros")]
    AllZero,
}

/// What the leading digits say about how a number may be used. A flag for the reader, never a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// An ordinary trade item number.
    Ordinary,
    /// Restricted circulation: meaning is set by the site's table (see [`super::rcn`]).
    Restricted,
    /// Coupons and refund receipts.
    Coupon,
    /// Serial publications (977) and books (978, 979).
    Publication,
    /// GS1's range for demonstrations and examples (952).
    Demonstration,
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits with their check digit. Eight digits are read as GTIN-8; for UPC-E see
    /// [`Gtin::from_upc_e`].
    pub fn parse(digits: impl AsRef<[u8]>) -> Result<Self, GtinError> {
        let digits = digits.as_ref();
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return Err(GtinError::Length);
        }
        let (value, sum) = weighed(digits).ok_or_else(|| GtinError::NonDigit(first_non_digit(digits)))?;
        if sum % 10 != 0 {
            return Err(GtinError::CheckDigit);
        }
        if value == 0 { Err(GtinError::AllZero) } else { Ok(Self(value)) }
    }

    /// Reads a key as stored: the 14 digits as one integer.
    pub fn from_key(key: u64) -> Result<Self, GtinError> {
        if key > 99_999_999_999_999 {
            return Err(GtinError::Length);
        }
        match (key, check_sum(key) % 10) {
            (0, _) => Err(GtinError::AllZero),
            (_, 0) => Ok(Self(key)),
            _ => Err(GtinError::CheckDigit),
        }
    }

    /// Expands the 8 digits of a UPC-E symbol (number system 0 or 1, six digits, check digit) to its GTIN-12.
    ///
    /// The expansion is that of the GS1 General Specifications, section 5.2.2.4.2: the last of the six digits
    /// says where the zeros were taken out.
    pub fn from_upc_e(digits: impl AsRef<[u8]>) -> Result<Self, GtinError> {
        let d = digits.as_ref();
        if d.len() != 8 {
            return Err(GtinError::Length);
        }
        if let Some(at) = d.iter().position(|b| !b.is_ascii_digit()) {
            return Err(GtinError::NonDigit(at));
        }
        if d[0] > b'1' {
            return Err(GtinError::Length);
        }
        let mut full = [b'0'; 12];
        full[0] = d[0];
        full[11] = d[7];
        full[1..3].copy_from_slice(&d[1..3]);
        match d[6] {
            b'0'..=b'2' => {
                full[3] = d[6];
                full[8..11].copy_from_slice(&d[3..6]);
            }
            b'3' => {
                full[3] = d[3];
                full[9..11].copy_from_slice(&d[4..6]);
            }
            b'4' => {
                full[3..5].copy_from_slice(&d[3..5]);
                full[10] = d[5];
            }
            _ => {
                full[3..6].copy_from_slice(&d[3..6]);
                full[10] = d[6];
            }
        }
        Self::parse(full)
    }

    /// Builds a GTIN from its digits without the check digit (7, 11, 12 or 13 of them).
    pub fn with_check_digit(digits: impl AsRef<[u8]>) -> Result<Self, GtinError> {
        let digits = digits.as_ref();
        if !matches!(digits.len(), 7 | 11 | 12 | 13) {
            return Err(GtinError::Length);
        }
        let mut full = [b'0'; 14];
        full[13 - digits.len()..13].copy_from_slice(digits);
        let (_, sum) = weighed(&full).ok_or_else(|| GtinError::NonDigit(first_non_digit(digits)))?;
        full[13] = b'0' + (10 - sum % 10) as u8 % 10;
        Self::parse(full)
    }

    /// The 14 digits as one integer: the key to index by.
    pub const fn key(self) -> u64 {
        self.0
    }

    /// The indicator digit: 0 for a base unit, 1–8 for a packaging level of its own, 9 for variable measure.
    pub const fn indicator(self) -> u8 {
        (self.0 / 10_000_000_000_000) as u8
    }

    /// The 14 digits as text bytes.
    pub fn digits(self) -> [u8; 14] {
        digits_of(self.0)
    }

    /// The 13 digits for an EAN-13 symbol, when the number has an indicator of 0.
    pub fn ean13(self) -> Option<[u8; 13]> {
        (self.indicator() == 0).then(|| digits_of(self.0))
    }

    /// What the leading digits say.
    pub fn range(self) -> Range {
        if self.0 < 100_000_000 {
            // GTIN-8: prefixes 0 and 2 are for use inside a company.
            return if matches!(self.0 / 10_000_000, 0 | 2) { Range::Restricted } else { Range::Ordinary };
        }
        match self.0 / 10_000_000_000 % 1000 {
            20..=29 | 40..=49 | 200..=299 => Range::Restricted,
            50..=59 | 981..=984 | 99 | 990..=999 => Range::Coupon,
            977..=979 => Range::Publication,
            952 => Range::Demonstration,
            _ => Range::Ordinary,
        }
    }
}

impl fmt::Display for Gtin {
    /// The canonical 14 digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({:014})", self.0)
    }
}

impl TryFrom<u64> for Gtin {
    type Error = GtinError;
    fn try_from(key: u64) -> Result<Self, GtinError> {
        Self::from_key(key)
    }
}

impl From<Gtin> for u64 {
    fn from(gtin: Gtin) -> u64 {
        gtin.0
    }
}

impl std::str::FromStr for Gtin {
    type Err = GtinError;
    fn from_str(text: &str) -> Result<Self, GtinError> {
        Self::parse(text)
    }
}

/// The value of up to 18 digits, and their sum weighted 1, 3, 1, 3 … from the right (a multiple of ten when the
/// last one is the right check digit). `None` when a byte is not a digit.
#[inline]
pub(crate) fn weighed(digits: &[u8]) -> Option<(u64, u32)> {
    let (mut value, mut sum, mut bad) = (0u64, 0u32, 0u8);
    let mut heavy = digits.len().is_multiple_of(2);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        bad |= u8::from(digit > 9);
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        sum += u32::from(digit) * if heavy { 3 } else { 1 };
        heavy = !heavy;
    }
    (bad == 0).then_some((value, sum))
}

fn check_sum(mut key: u64) -> u32 {
    let (mut sum, mut weight) = (0, 1);
    while key > 0 {
        sum += (key % 10) as u32 * weight;
        key /= 10;
        weight = 4 - weight;
    }
    sum
}

pub(crate) fn digits_of<const N: usize>(mut value: u64) -> [u8; N] {
    let mut out = [b'0'; N];
    for slot in out.iter_mut().rev() {
        *slot = b'0' + (value % 10) as u8;
        value /= 10;
    }
    out
}

fn first_non_digit(digits: &[u8]) -> usize {
    digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_item_has_one_key_whatever_its_padding() {
        let key = Gtin::parse("09521234543213").unwrap();
        assert_eq!(Gtin::parse("9521234543213").unwrap(), key);
        assert_eq!(key.key(), 9_521_234_543_213);
        assert_eq!(key.to_string(), "09521234543213");
        assert_eq!(Gtin::parse("012345678905").unwrap(), Gtin::parse("0012345678905").unwrap());
        assert_eq!(Gtin::parse("96385074").unwrap(), Gtin::parse("00000096385074").unwrap());
    }

    #[test]
    fn a_wrong_digit_is_named() {
        assert_eq!(Gtin::parse("9521234543214"), Err(GtinError::CheckDigit));
        assert_eq!(Gtin::parse("952123454321X"), Err(GtinError::NonDigit(12)));
        assert_eq!(Gtin::parse("952123454321"), Err(GtinError::CheckDigit));
        assert_eq!(Gtin::parse("95212345432"), Err(GtinError::Length));
        assert_eq!(Gtin::parse("00000000000000"), Err(GtinError::AllZero));
        assert_eq!(Gtin::from_key(9_521_234_543_214), Err(GtinError::CheckDigit));
    }

    #[test]
    fn every_single_digit_error_is_caught() {
        let good = *b"9521234543213";
        for at in 0..13 {
            for digit in b'0'..=b'9' {
                let mut bad = good;
                bad[at] = digit;
                assert_eq!(Gtin::parse(bad).is_ok(), bad == good);
            }
        }
    }

    #[test]
    fn upc_e_expands_by_its_last_digit() {
        assert_eq!(Gtin::from_upc_e("04252614"), Gtin::parse("042100005264"));
        assert_eq!(Gtin::from_upc_e("24252614"), Err(GtinError::Length));
    }

    #[test]
    fn check_digits_are_made_as_they_are_checked() {
        assert_eq!(Gtin::with_check_digit("952123454321").unwrap(), Gtin::parse("9521234543213").unwrap());
        assert_eq!(Gtin::with_check_digit("9638507").unwrap(), Gtin::parse("96385074").unwrap());
        assert_eq!(Gtin::parse("9521234543213").unwrap().range(), Range::Demonstration);
    }
}
