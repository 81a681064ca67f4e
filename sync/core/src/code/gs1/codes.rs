//! The longer linters: check characters, code lists, dates and times, positions in a sequence.

use super::{
    Fault,
    lint::{Flaw, digits, in_82},
    table::{ISO3166, ISO3166_ALPHA2, ISO4217, PACKAGE_TYPES},
};
use crate::code::gtin::weighed;

/// GS1's set of 82 characters in the order of their weights (General Specifications, figure 7.11-1).
const SET_82: &[u8; 82] =
    b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/// The 32 characters of a check pair, in the order of their values.
const SET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The weights of a check pair: the first 97 primes, for the longest value any identifier has.
const PRIMES: [u16; 97] = {
    let mut primes = [0; 97];
    let (mut count, mut number) = (0, 2);
    while count < 97 {
        let mut divisor = 2;
        while divisor * divisor <= number && number % divisor != 0 {
            divisor += 1;
        }
        if divisor * divisor > number {
            primes[count] = number;
            count += 1;
        }
        number += 1;
    }
    primes
};

/// A mandatory standard check digit at the end.
#[inline]
pub(crate) fn check_digit(data: &[u8]) -> Result<(), Flaw> {
    if data.is_empty() {
        return Err(Flaw::whole(Fault::TOO_SHORT_FOR_CHECK_DIGIT, data));
    }
    let Some((_, sum)) = weighed(data) else { return digits(data) };
    if sum % 10 == 0 {
        return Ok(());
    }
    Err(Flaw::new(Fault::INCORRECT_CHECK_DIGIT, data.len() - 1, 1))
}

/// The check character pair of alphanumeric keys: data characters weighted by primes from the right, modulo 1021.
pub(crate) fn check_pair(data: &[u8]) -> Result<(), Flaw> {
    let Some(body) = data.len().checked_sub(2) else {
        return Err(Flaw::whole(Fault::TOO_SHORT_FOR_CHECK_PAIR, data));
    };
    if body > PRIMES.len() {
        return Err(Flaw::whole(Fault::TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION, data));
    }
    if let Some(at) = data[..body].iter().position(|byte| !in_82(*byte)) {
        return Err(Flaw::new(Fault::INVALID_CSET82_CHARACTER, at, 1));
    }
    if let Some(at) = data[body..].iter().position(|byte| !SET_32.contains(byte)) {
        return Err(Flaw::new(Fault::INVALID_CSET32_CHARACTER, body + at, 1));
    }
    let weight = |byte: &u8| SET_82.iter().position(|known| known == byte).unwrap_or(0) as u32;
    let sum: u32 =
        data[..body].iter().rev().zip(PRIMES).map(|(byte, prime)| weight(byte) * u32::from(prime)).sum();
    let (high, low) = (SET_32[(sum % 1021) as usize >> 5], SET_32[(sum % 1021) as usize & 31]);
    if data[body..] == [high, low] { Ok(()) } else { Err(Flaw::new(Fault::INCORRECT_CHECK_PAIR, body, 2)) }
}

/// A GS1 company prefix has at least four digits; `skip` characters stand before it.
pub(crate) fn company_prefix(data: &[u8], skip: usize) -> Result<(), Flaw> {
    if data.len() <= skip {
        return Err(Flaw::whole(Fault::TOO_SHORT_FOR_GCP, data));
    }
    let prefix = &data[skip..];
    if prefix.len() < 4 {
        return Err(Flaw::new(Fault::TOO_SHORT_FOR_GCP, skip, prefix.len()));
    }
    match prefix[..4].iter().position(|byte| !byte.is_ascii_digit()) {
        Some(at) => Err(Flaw::new(Fault::INVALID_GCP_PREFIX, skip + at, 1)),
        None => Ok(()),
    }
}

pub(crate) fn listed(known: bool, fault: Fault, data: &[u8]) -> Result<(), Flaw> {
    if known { Ok(()) } else { Err(Flaw::whole(fault, data)) }
}

fn three_digits(data: &[u8], bits: &[u64; 16]) -> bool {
    data.len() == 3
        && weighed(data).is_some_and(|(number, _)| bits[number as usize / 64] >> (number % 64) & 1 == 1)
}

pub(crate) fn is_country(data: &[u8]) -> bool {
    three_digits(data, &ISO3166)
}

pub(crate) fn is_currency(data: &[u8]) -> bool {
    three_digits(data, &ISO4217)
}

pub(crate) fn is_country_alpha(data: &[u8]) -> bool {
    match data {
        [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => ISO3166_ALPHA2[usize::from(a - b'A')] >> (b - b'A') & 1 == 1,
        _ => false,
    }
}

pub(crate) fn is_package_type(data: &[u8]) -> bool {
    PACKAGE_TYPES.binary_search_by(|known| known.as_bytes().cmp(data)).is_ok()
}

/// 01 to 10 are assigned, 80 to 99 for local use (General Specifications, AIDC media type values).
pub(crate) fn is_media_type(data: &[u8]) -> bool {
    matches!(data, [b'0', b'1'..=b'9'] | [b'1', b'0'] | [b'8' | b'9', b'0'..=b'9'])
}

pub(crate) fn importer_index(data: &[u8]) -> Result<(), Flaw> {
    match data {
        [byte] if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') => Ok(()),
        [_] => Err(Flaw::whole(Fault::INVALID_IMPORT_IDX_CHARACTER, data)),
        _ => Err(Flaw::whole(Fault::IMPORTER_IDX_MUST_BE_ONE_CHARACTER, data)),
    }
}

/// An international bank account number: country, check digits by ISO 7064 MOD 97-10, account.
pub(crate) fn iban(data: &[u8]) -> Result<(), Flaw> {
    if data.len() < 4 {
        return Err(Flaw::whole(Fault::IBAN_TOO_SHORT, data));
    }
    if !is_country_alpha(&data[..2]) {
        return Err(Flaw::new(Fault::ILLEGAL_IBAN_COUNTRY_CODE, 0, 2));
    }
    if data.len() > 34 {
        return Err(Flaw::whole(Fault::IBAN_TOO_LONG, data));
    }
    if data.len() <= 10 {
        return Err(Flaw::whole(Fault::IBAN_TOO_SHORT, data));
    }
    let mut rest = 0;
    for at in (4..data.len()).chain(0..4) {
        rest = match data[at] {
            byte @ b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            byte @ b'A'..=b'Z' => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
            _ => return Err(Flaw::new(Fault::INVALID_IBAN_CHARACTER, at, 1)),
        };
    }
    if rest == 1 { Ok(()) } else { Err(Flaw::new(Fault::INCORRECT_IBAN_CHECKSUM, 2, 2)) }
}

/// A part of a time of day.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Hour,
    Minute,
    Second,
}

impl Part {
    const fn faults(self) -> (Fault, Fault, Fault, u8) {
        match self {
            Part::Hour => (Fault::HOUR_TOO_SHORT, Fault::HOUR_TOO_LONG, Fault::ILLEGAL_HOUR, 23),
            Part::Minute => (Fault::MINUTE_TOO_SHORT, Fault::MINUTE_TOO_LONG, Fault::ILLEGAL_MINUTE, 59),
            Part::Second => (Fault::SECOND_TOO_SHORT, Fault::SECOND_TOO_LONG, Fault::ILLEGAL_SECOND, 59),
        }
    }
}

/// Two digits for each part; `from` is where the first part lies in the component.
pub(crate) fn time(data: &[u8], parts: &[Part], from: usize) -> Result<(), Flaw> {
    for (number, part) in parts.iter().enumerate() {
        let (short, long, illegal, most) = part.faults();
        let text = if parts.len() == 1 { data } else { &data[number * 2..number * 2 + 2] };
        let at = from + number * 2;
        match text {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] if (a - b'0') * 10 + (b - b'0') <= most => {}
            [b'0'..=b'9', b'0'..=b'9'] => return Err(Flaw::new(illegal, at, 2)),
            [b'0'..=b'9', _] => return Err(Flaw::new(Fault::NON_DIGIT_CHARACTER, at + 1, 1)),
            [_, _] => return Err(Flaw::new(Fault::NON_DIGIT_CHARACTER, at, 1)),
            [] | [_] => return Err(Flaw::whole(short, text)),
            _ => return Err(Flaw::whole(long, text)),
        }
    }
    Ok(())
}

pub(crate) fn hour_and_minute(data: &[u8]) -> Result<(), Flaw> {
    match data.len() {
        0..4 => Err(Flaw::whole(Fault::HOUR_WITH_MINUTE_TOO_SHORT, data)),
        4 => time(data, &[Part::Hour, Part::Minute], 0),
        _ => Err(Flaw::whole(Fault::HOUR_WITH_MINUTE_TOO_LONG, data)),
    }
}

/// A date of six (YYMMDD) or eight (YYYYMMDD) digits; with `open`, day 00 means no certain day.
pub(crate) fn date(data: &[u8], width: usize, open: bool) -> Result<(), Flaw> {
    if data.len() != width {
        let fault = if data.len() < width { Fault::DATE_TOO_SHORT } else { Fault::DATE_TOO_LONG };
        return Err(Flaw::whole(fault, data));
    }
    digits(data)?;
    let two = |at: usize| u32::from(data[at] - b'0') * 10 + u32::from(data[at + 1] - b'0');
    let month_at = width - 4;
    let (month, day) = (two(month_at), two(month_at + 2));
    // Of a two-digit year only its place in the leap cycle matters: 00 is 2000 until the middle of the century.
    let year = if width == 8 { two(0) * 100 + two(2) } else { 2000 + two(0) };
    if !(1..=12).contains(&month) {
        return Err(Flaw::new(Fault::ILLEGAL_MONTH, month_at, 2));
    }
    if day > days_in(year, month) || (day == 0 && !open) {
        return Err(Flaw::new(Fault::ILLEGAL_DAY, month_at + 2, 2));
    }
    Ok(())
}

/// The days of a month in the Gregorian calendar.
pub(crate) const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A piece number and a total of the same width.
pub(crate) fn piece(data: &[u8]) -> Result<(), Flaw> {
    digits(data)?;
    if data.is_empty() || !data.len().is_multiple_of(2) {
        return Err(Flaw::whole(Fault::INVALID_LENGTH_FOR_PIECE_OF_TOTAL, data));
    }
    let half = data.len() / 2;
    let (piece, total) = data.split_at(half);
    let zero = |number: &[u8]| number.iter().all(|byte| *byte == b'0');
    if zero(piece) {
        Err(Flaw::new(Fault::ZERO_PIECE_NUMBER, 0, half))
    } else if zero(total) {
        Err(Flaw::new(Fault::ZERO_TOTAL_PIECES, half, half))
    } else if piece > total {
        Err(Flaw::whole(Fault::PIECE_NUMBER_EXCEEDS_TOTAL, data))
    } else {
        Ok(())
    }
}

/// A position and an end, a slash between them.
pub(crate) fn position(data: &[u8]) -> Result<(), Flaw> {
    let malformed = Flaw::whole(Fault::POSITION_IN_SEQUENCE_MALFORMED, data);
    let slash = data.iter().position(|byte| *byte == b'/').ok_or(malformed)?;
    let (position, end) = (&data[..slash], &data[slash + 1..]);
    let number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !number(position) || !number(end) {
        return Err(malformed);
    }
    if position[0] == b'0' {
        return Err(Flaw::new(Fault::ILLEGAL_ZERO_PREFIX, 0, slash));
    }
    if end[0] == b'0' {
        return Err(Flaw::new(Fault::ILLEGAL_ZERO_PREFIX, slash + 1, end.len()));
    }
    if position.len() > end.len() || (position.len() == end.len() && position > end) {
        return Err(Flaw::whole(Fault::POSITION_EXCEEDS_END, data));
    }
    Ok(())
}
