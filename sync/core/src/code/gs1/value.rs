//! Values as numbers and dates: quantities as integers with their decimals, days by the century rule.
//!
//! An element's bytes, proved by [`super::parse`], enter; numbers leave. There are no floats and no rounding.

use super::{Elements, codes::days_in, table};
use crate::code::{Gtin, Sscc, gtin::weighed};

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// An integer and how many of its digits are decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// The digits as one integer.
    pub digits: u64,
    /// How many of them stand after the point.
    pub scale: u8,
}

/// Reads YYMMDD. Day 00 is the last day of the month; the year is the one of that ending nearest to `this_year`
/// (General Specifications, section 7.12: 51 to 99 years ahead is the century before, 50 to 99 behind the next).
pub fn day(value: &[u8], this_year: u16) -> Option<Day> {
    let (number, _) = weighed(value).filter(|_| value.len() == 6)?;
    let (ending, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let century = u64::from(this_year) / 100 * 100;
    let year = match ending as i64 - i64::from(this_year) % 100 {
        51.. => (century + ending).checked_sub(100)?,
        ..=-50 => century + 100 + ending,
        _ => century + ending,
    };
    if !(1..=12).contains(&month) {
        return None;
    }
    let last = u64::from(days_in(year as u32, month as u32));
    let day = if day == 0 { last } else { day };
    (day <= last).then_some(Day { year: year as u16, month: month as u8, day: day as u8 })
}

impl<'a> Elements<'a> {
    /// The trade item: `(01)`, else `(03)`, else the item a piece `(8006)` belongs to. Never `(02)`: that is what
    /// a container holds.
    pub fn gtin(&self) -> Option<Gtin> {
        let piece = || self.at(table::AI_8006).and_then(|value| value.get(..14));
        let digits = self.at(table::AI_01).or_else(|| self.at(table::AI_03)).or_else(piece)?;
        Gtin::parse(digits).ok()
    }

    /// The item a container holds: `(02)`.
    pub fn content(&self) -> Option<Gtin> {
        self.at(table::AI_02).and_then(|digits| Gtin::parse(digits).ok())
    }

    /// The container: `(00)`.
    pub fn sscc(&self) -> Option<Sscc> {
        self.at(table::AI_00).and_then(|digits| Sscc::parse(digits).ok())
    }

    /// The lot: `(10)`.
    pub fn lot(&self) -> Option<&'a [u8]> {
        self.at(table::AI_10)
    }

    /// The serial number: `(21)`.
    pub fn serial(&self) -> Option<&'a [u8]> {
        self.at(table::AI_21)
    }

    /// The last good day: `(17)` expiry, else `(15)` best before, else `(16)` sell by.
    pub fn expiry(&self, this_year: u16) -> Option<Day> {
        let value = self.get("17").or_else(|| self.get("15")).or_else(|| self.get("16"))?;
        day(value, this_year)
    }

    /// The count of a variable trade item `(30)`, or of what a container holds `(37)`.
    pub fn count(&self) -> Option<u64> {
        let value = self.get("30").or_else(|| self.get("37"))?;
        weighed(value).map(|(count, _)| count)
    }

    /// A measure whose identifier ends in its decimals, by its first three digits: `310` is the net weight in
    /// kilograms, `392` a price.
    pub fn measure(&self, family: &str) -> Option<Decimal> {
        let (ai, value) = self.iter().find(|(ai, _)| ai.code.len() == 4 && ai.code.starts_with(family))?;
        let (digits, _) = weighed(value)?;
        Some(Decimal { digits, scale: ai.code.as_bytes()[3] - b'0' })
    }

    /// The net weight in grams, from `(310n)`, where it is a whole number of grams.
    pub fn net_grams(&self) -> Option<u64> {
        let weight = self.measure("310")?;
        let exponent = 3 - i32::from(weight.scale);
        match u32::try_from(exponent) {
            Ok(up) => weight.digits.checked_mul(10u64.pow(up)),
            Err(_) => {
                let down = 10u64.pow(exponent.unsigned_abs());
                (weight.digits % down == 0).then_some(weight.digits / down)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_century_is_the_nearest() {
        let year = |text: &[u8], now| day(text, now).map(|day| day.year);
        assert_eq!(year(b"260101", 2026), Some(2026));
        assert_eq!(year(b"760101", 2026), Some(2076));
        assert_eq!(year(b"770101", 2026), Some(1977));
        assert_eq!(year(b"010101", 2051), Some(2101));
        assert_eq!(year(b"020101", 2051), Some(2002));
    }

    #[test]
    fn day_zero_is_the_last_of_that_month() {
        assert_eq!(day(b"280200", 2026), Some(Day { year: 2028, month: 2, day: 29 }));
        assert_eq!(day(b"270200", 2026), Some(Day { year: 2027, month: 2, day: 28 }));
        assert_eq!(day(b"270400", 2026), Some(Day { year: 2027, month: 4, day: 30 }));
        assert_eq!(day(b"270431", 2026), None);
        assert_eq!(day(b"271300", 2026), None);
        assert_eq!(day(b"2704", 2026), None);
    }
}
