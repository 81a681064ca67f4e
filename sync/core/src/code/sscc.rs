//! Serial shipping container codes: the 18 digits on a pallet or parcel.
//!
//! Digits enter and are proved; or a company prefix and a serial enter and an SSCC leaves. It keeps no counter:
//! who mints sees to it that a serial is not used again within twelve months.

use super::gtin::{digits_of, weighed};
use std::fmt;

/// An SSCC with a proven check digit, its 18 digits as one integer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Sscc(u64);

/// Why this is not an SSCC, or none can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SsccError {
    /// Not 18 digits.
    #[error("an SSCC has 18 digits")]
    Length,
    /// A byte that is not a digit, at this offset.
    #[error("not a digit at offset {0}")]
    NonDigit(usize),
    /// The last digit is not the modulo-10 check digit of the others.
    #[error("incorrect check digit")]
    CheckDigit,
    /// Nothing but zeros.
    #[error("all zeros")]
    AllZero,
    /// A GS1 company prefix is 4 to 12 digits.
    #[error("a company prefix has 4 to 12 digits")]
    Prefix,
    /// The extension digit is 0 to 9.
    #[error("the extension digit is 0 to 9")]
    Extension,
    /// The serial has more digits than the company prefix leaves.
    #[error("the serial does not fit beside this company prefix")]
    Serial,
}

impl Sscc {
    /// Reads 18 digits with their check digit (without the Application Identifier `00`).
    pub fn parse(digits: impl AsRef<[u8]>) -> Result<Self, SsccError> {
        let digits = digits.as_ref();
        if digits.len() != 18 {
            return Err(SsccError::Length);
        }
        let Some((value, sum)) = weighed(digits) else {
            return Err(SsccError::NonDigit(digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(0)));
        };
        if sum % 10 != 0 {
            return Err(SsccError::CheckDigit);
        }
        if value == 0 { Err(SsccError::AllZero) } else { Ok(Self(value)) }
    }

    /// Makes an SSCC: extension digit, company prefix, serial padded to 16 digits in all, check digit.
    pub fn mint(company_prefix: &str, extension: u8, serial: u64) -> Result<Self, SsccError> {
        let prefix = company_prefix.as_bytes();
        if !(4..=12).contains(&prefix.len()) || !prefix.iter().all(u8::is_ascii_digit) {
            return Err(SsccError::Prefix);
        }
        if extension > 9 {
            return Err(SsccError::Extension);
        }
        let room = 16 - prefix.len() as u32;
        if serial >= 10u64.pow(room) {
            return Err(SsccError::Serial);
        }
        let mut digits: [u8; 18] = digits_of(serial * 10);
        digits[0] = b'0' + extension;
        digits[1..=prefix.len()].copy_from_slice(prefix);
        let (value, sum) = weighed(&digits).ok_or(SsccError::Prefix)?;
        let value = value + u64::from((10 - sum % 10) % 10);
        if value == 0 { Err(SsccError::AllZero) } else { Ok(Self(value)) }
    }

    /// How many serials one extension digit has beside this company prefix, or `None` for no such prefix.
    pub fn capacity(company_prefix: &str) -> Option<u64> {
        let digits = company_prefix.len();
        (4..=12).contains(&digits).then(|| 10u64.pow(16 - digits as u32))
    }

    /// The 18 digits as one integer: the key to index by.
    pub const fn key(self) -> u64 {
        self.0
    }

    /// The 18 digits as text bytes.
    pub fn digits(self) -> [u8; 18] {
        digits_of(self.0)
    }
}

impl fmt::Display for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:018}", self.0)
    }
}

impl fmt::Debug for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sscc({:018})", self.0)
    }
}

impl TryFrom<u64> for Sscc {
    type Error = SsccError;
    fn try_from(key: u64) -> Result<Self, SsccError> {
        if key > 999_999_999_999_999_999 { Err(SsccError::Length) } else { Self::parse(digits_of::<18>(key)) }
    }
}

impl From<Sscc> for u64 {
    fn from(sscc: Sscc) -> u64 {
        sscc.0
    }
}

impl std::str::FromStr for Sscc {
    type Err = SsccError;
    fn from_str(text: &str) -> Result<Self, SsccError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_sscc_reads_back() {
        let sscc = Sscc::mint("9521234", 3, 4711).unwrap();
        assert_eq!(sscc.to_string().len(), 18);
        assert_eq!(Sscc::parse(sscc.to_string()), Ok(sscc));
        assert_eq!(&sscc.to_string()[..17], "39521234000004711");
    }

    #[test]
    fn a_known_sscc_is_accepted_and_its_neighbour_is_not() {
        assert!(Sscc::parse("006141411234567890").is_ok());
        assert_eq!(Sscc::parse("006141411234567891"), Err(SsccError::CheckDigit));
        assert_eq!(Sscc::parse("00614141123456789O"), Err(SsccError::NonDigit(17)));
    }

    #[test]
    fn a_serial_that_does_not_fit_is_refused() {
        assert_eq!(Sscc::mint("952123456789", 0, 10_000), Err(SsccError::Serial));
        assert!(Sscc::mint("952123456789", 0, 9_999).is_ok());
        assert_eq!(Sscc::mint("95X1234", 0, 1), Err(SsccError::Prefix));
        assert_eq!(Sscc::mint("9521234", 10, 1), Err(SsccError::Extension));
        assert_eq!(Sscc::capacity("952123456789"), Some(10_000));
    }
}
