//! The checksum over rows, whatever their order: how both ends find out that theirs are not the same.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What ties a row's body to its key; none for a row that is gone.
#[must_use]
pub fn seal(key: &str, body: Option<&str>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("aisle feed row 1");
    hasher.update(&(key.len() as u64).to_le_bytes());
    hasher.update(key.as_bytes());
    hasher.update(body.unwrap_or_default().as_bytes());
    *hasher.finalize().as_bytes()
}

/// The sum of the seals of all rows that are there, modulo 2^128. Written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSum(u128);

impl RowSum {
    /// With one row more.
    #[must_use]
    pub fn with(self, seal: &[u8; 32]) -> Self {
        Self(self.0.wrapping_add(half(seal)))
    }

    /// With one row less.
    #[must_use]
    pub fn without(self, seal: &[u8; 32]) -> Self {
        Self(self.0.wrapping_sub(half(seal)))
    }

    /// Reads it back; none when it is not 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u128::from_str_radix(text, 16).ok().filter(|_| digits).map(Self)
    }
}

fn half(seal: &[u8; 32]) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&seal[..16]);
    u128::from_le_bytes(bytes)
}

impl fmt::Display for RowSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
impl Serialize for RowSum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for RowSum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a checksum has 32 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_the_order_and_tells_one_byte() {
        let rows =
            [("tote/T1", "{}"), ("tote/T2", "{}"), ("cart/C1", r#"{"a":1}"#)].map(|(k, b)| seal(k, Some(b)));
        let forward = rows.iter().fold(RowSum::default(), |sum, row| sum.with(row));
        let backward = rows.iter().rev().fold(RowSum::default(), |sum, row| sum.with(row));
        assert_eq!(forward, backward);
        let other = forward.without(&rows[2]).with(&seal("cart/C1", Some(r#"{"a":2}"#)));
        assert_ne!(other, forward);
        assert_eq!(rows.iter().fold(forward, |sum, row| sum.without(row)), RowSum::default());
        assert_eq!(RowSum::parse(&forward.to_string()), Some(forward));
        for none in ["", "+0000000000000000000000000000001", &"0".repeat(33), &"g".repeat(32)] {
            assert_eq!(RowSum::parse(none), None);
        }
    }
}
