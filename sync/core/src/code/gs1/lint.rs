//! The linters of GS1's dictionary: what one component of a value must satisfy.
//!
//! A component's bytes enter; nothing or a [`Flaw`] leaves, with GS1's name and the bad bytes' place. Where a value
//! is empty or of the wrong length, the place is the whole value. Every linter stands alone: it does not rely on
//! another having run before.

use super::{
    Fault,
    codes::{self, Part},
    table::Set,
};

/// What is wrong with a component, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flaw {
    /// GS1's name for it.
    pub fault: Fault,
    /// The first bad byte, from the start of the component.
    pub at: usize,
    /// How many bytes are bad.
    pub length: usize,
}

impl Flaw {
    pub(crate) const fn new(fault: Fault, at: usize, length: usize) -> Self {
        Self { fault, at, length }
    }

    pub(crate) const fn whole(fault: Fault, data: &[u8]) -> Self {
        Self { fault, at: 0, length: data.len() }
    }
}

/// A linter by its name in the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // named as in the dictionary; conditions in `data/gs1/linters.tsv`
pub enum Linter {
    Cset39,
    Cset64,
    Cset82,
    Csetnumeric,
    Csum,
    Csumalpha,
    Gcppos1,
    Gcppos2,
    Hasnondigit,
    Hh,
    Hhmi,
    Hyphen,
    Iban,
    Importeridx,
    Iso3166,
    Iso3166999,
    Iso3166alpha2,
    Iso4217,
    Iso5218,
    Latitude,
    Longitude,
    Mediatype,
    Mi,
    Nonzero,
    Nozeroprefix,
    Packagetype,
    Pcenc,
    Pieceoftotal,
    Posinseqslash,
    Ss,
    Winding,
    Yesno,
    Yymmd0,
    Yymmdd,
    Yyyymmd0,
    Yyyymmdd,
    Zero,
}

impl Linter {
    /// The linter of a name, or `None` for no such linter (coupons are out of scope).
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, linter)| *linter)
    }

    /// Judges one component.
    pub fn check(self, data: &[u8]) -> Result<(), Flaw> {
        use codes::{check_digit, check_pair, company_prefix, iban, listed, piece, position, time};
        match self {
            Linter::Cset39 => characters(Set::Y, data),
            Linter::Cset64 => characters(Set::Z, data),
            Linter::Cset82 => characters(Set::X, data),
            Linter::Csetnumeric => characters(Set::N, data),
            Linter::Csum => check_digit(data),
            Linter::Csumalpha => check_pair(data),
            Linter::Gcppos1 => company_prefix(data, 0),
            Linter::Gcppos2 => company_prefix(data, 1),
            Linter::Hasnondigit => has_non_digit(data),
            Linter::Hh => time(data, &[Part::Hour], 0),
            Linter::Hhmi => codes::hour_and_minute(data),
            Linter::Hyphen => all_are(b'-', Fault::NOT_HYPHEN, data),
            Linter::Iban => iban(data),
            Linter::Importeridx => codes::importer_index(data),
            Linter::Iso3166 => listed(codes::is_country(data), Fault::NOT_ISO3166, data),
            Linter::Iso3166999 => {
                listed(data == b"999" || codes::is_country(data), Fault::NOT_ISO3166_OR_999, data)
            }
            Linter::Iso3166alpha2 => listed(codes::is_country_alpha(data), Fault::NOT_ISO3166_ALPHA2, data),
            Linter::Iso4217 => listed(codes::is_currency(data), Fault::NOT_ISO4217, data),
            Linter::Iso5218 => one_of(b"0129", Fault::INVALID_BIOLOGICAL_SEX_CODE, data),
            Linter::Latitude => {
                coordinate(data, 1_800_000_000, Fault::LATITUDE_INVALID_LENGTH, Fault::INVALID_LATITUDE)
            }
            Linter::Longitude => {
                coordinate(data, 3_600_000_000, Fault::LONGITUDE_INVALID_LENGTH, Fault::INVALID_LONGITUDE)
            }
            Linter::Mediatype => listed(codes::is_media_type(data), Fault::INVALID_MEDIA_TYPE, data),
            Linter::Mi => time(data, &[Part::Minute], 0),
            Linter::Nonzero => non_zero(data),
            Linter::Nozeroprefix => no_zero_prefix(data),
            Linter::Packagetype => listed(codes::is_package_type(data), Fault::INVALID_PACKAGE_TYPE, data),
            Linter::Pcenc => percent_encoding(data),
            Linter::Pieceoftotal => piece(data),
            Linter::Posinseqslash => position(data),
            Linter::Ss => time(data, &[Part::Second], 0),
            Linter::Winding => one_of(b"019", Fault::INVALID_WINDING_DIRECTION, data),
            Linter::Yesno => one_of(b"01", Fault::NOT_ZERO_OR_ONE, data),
            Linter::Yymmd0 => codes::date(data, 6, true),
            Linter::Yymmdd => codes::date(data, 6, false),
            Linter::Yyyymmd0 => codes::date(data, 8, true),
            Linter::Yyyymmdd => codes::date(data, 8, false),
            Linter::Zero => all_are(b'0', Fault::NOT_ZERO, data),
        }
    }
}

const NAMES: [(&str, Linter); 37] = [
    ("cset39", Linter::Cset39),
    ("cset64", Linter::Cset64),
    ("cset82", Linter::Cset82),
    ("csetnumeric", Linter::Csetnumeric),
    ("csum", Linter::Csum),
    ("csumalpha", Linter::Csumalpha),
    ("gcppos1", Linter::Gcppos1),
    ("gcppos2", Linter::Gcppos2),
    ("hasnondigit", Linter::Hasnondigit),
    ("hh", Linter::Hh),
    ("hhmi", Linter::Hhmi),
    ("hyphen", Linter::Hyphen),
    ("iban", Linter::Iban),
    ("importeridx", Linter::Importeridx),
    ("iso3166", Linter::Iso3166),
    ("iso3166999", Linter::Iso3166999),
    ("iso3166alpha2", Linter::Iso3166alpha2),
    ("iso4217", Linter::Iso4217),
    ("iso5218", Linter::Iso5218),
    ("latitude", Linter::Latitude),
    ("longitude", Linter::Longitude),
    ("mediatype", Linter::Mediatype),
    ("mi", Linter::Mi),
    ("nonzero", Linter::Nonzero),
    ("nozeroprefix", Linter::Nozeroprefix),
    ("packagetype", Linter::Packagetype),
    ("pcenc", Linter::Pcenc),
    ("pieceoftotal", Linter::Pieceoftotal),
    ("posinseqslash", Linter::Posinseqslash),
    ("ss", Linter::Ss),
    ("winding", Linter::Winding),
    ("yesno", Linter::Yesno),
    ("yymmd0", Linter::Yymmd0),
    ("yymmdd", Linter::Yymmdd),
    ("yyyymmd0", Linter::Yyyymmd0),
    ("yyyymmdd", Linter::Yyyymmdd),
    ("zero", Linter::Zero),
];

/// For each byte, the sets it belongs to: N 1, X 2, Y 4, Z 8, characters of an address 16, of those
/// what a host's name may not have 32.
static SETS: [u8; 256] = {
    let mut sets = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        let digit = b.is_ascii_digit();
        let upper = b.is_ascii_uppercase();
        let lower = b.is_ascii_lowercase();
        let x = matches!(b, b'!' | b'"' | b'%'..=b'/' | b':'..=b'?' | b'_') || digit || upper || lower;
        let y = matches!(b, b'#' | b'-' | b'/') || digit || upper;
        let z = matches!(b, b'-' | b'_') || digit || upper || lower;
        let marks = matches!(
            b,
            b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'[' | b']' | b'@' | b'!' | b'$'
                ..=b',' | b';' | b'='
        );
        let odd = matches!(b, b'_' | b'~' | b'?' | b'#' | b'@' | b'!' | b'$'..=b',' | b';' | b'=');
        let uri = marks || digit || upper || lower;
        sets[byte] = digit as u8
            | (x as u8) << 1
            | (y as u8) << 2
            | (z as u8) << 3
            | (uri as u8) << 4
            | (odd as u8) << 5;
        byte += 1;
    }
    sets
};

/// Whether a byte may stand in a web address.
#[inline]
pub(crate) fn in_address(byte: u8) -> bool {
    SETS[usize::from(byte)] & 16 != 0
}

/// Whether a byte of an address may not stand in a host's name.
#[inline]
pub(crate) fn not_in_host(byte: u8) -> bool {
    SETS[usize::from(byte)] & 32 != 0
}

/// Whether a byte is in GS1's set of 82 characters.
pub(crate) fn in_82(byte: u8) -> bool {
    SETS[usize::from(byte)] & 2 != 0
}

/// Judges a component's characters.
#[inline]
pub(crate) fn characters(set: Set, data: &[u8]) -> Result<(), Flaw> {
    let (mask, fault) = match set {
        Set::N => (1, Fault::NON_DIGIT_CHARACTER),
        Set::X => (2, Fault::INVALID_CSET82_CHARACTER),
        Set::Y => (4, Fault::INVALID_CSET39_CHARACTER),
        Set::Z => return base64(data),
    };
    match data.iter().position(|byte| SETS[usize::from(*byte)] & mask == 0) {
        None => Ok(()),
        Some(at) => Err(Flaw::new(fault, at, 1)),
    }
}

/// Padding, where there is any, fills up to a multiple of three, as GS1's own linter has it.
fn base64(data: &[u8]) -> Result<(), Flaw> {
    let pads = data.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = data.len() - pads;
    if pads > 2 || (pads > 0 && !data.len().is_multiple_of(3)) {
        return Err(Flaw::new(Fault::INVALID_CSET64_PADDING, body, pads));
    }
    match data[..body].iter().position(|byte| SETS[usize::from(*byte)] & 8 == 0) {
        None => Ok(()),
        Some(at) => Err(Flaw::new(Fault::INVALID_CSET64_CHARACTER, at, 1)),
    }
}

pub(crate) fn digits(data: &[u8]) -> Result<(), Flaw> {
    characters(Set::N, data)
}

fn has_non_digit(data: &[u8]) -> Result<(), Flaw> {
    match data.iter().all(u8::is_ascii_digit) {
        true => Err(Flaw::whole(Fault::REQUIRES_NON_DIGIT_CHARACTER, data)),
        false => Ok(()),
    }
}

fn all_are(wanted: u8, fault: Fault, data: &[u8]) -> Result<(), Flaw> {
    let good = !data.is_empty() && data.iter().all(|byte| *byte == wanted);
    if good { Ok(()) } else { Err(Flaw::whole(fault, data)) }
}

fn one_of(allowed: &[u8], fault: Fault, data: &[u8]) -> Result<(), Flaw> {
    match data {
        [byte] if allowed.contains(byte) => Ok(()),
        _ => Err(Flaw::whole(fault, data)),
    }
}

fn coordinate(data: &[u8], most: u64, length: Fault, range: Fault) -> Result<(), Flaw> {
    if data.len() != 10 {
        return Err(Flaw::whole(length, data));
    }
    digits(data)?;
    let value = data.iter().fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
    if value > most { Err(Flaw::whole(range, data)) } else { Ok(()) }
}

fn non_zero(data: &[u8]) -> Result<(), Flaw> {
    digits(data)?;
    match data.iter().all(|byte| *byte == b'0') {
        true => Err(Flaw::whole(Fault::ILLEGAL_ZERO_VALUE, data)),
        false => Ok(()),
    }
}

fn no_zero_prefix(data: &[u8]) -> Result<(), Flaw> {
    match data.first() {
        Some(b'0') => Err(Flaw::new(Fault::ILLEGAL_ZERO_PREFIX, 0, 1)),
        _ => digits(data),
    }
}

fn percent_encoding(data: &[u8]) -> Result<(), Flaw> {
    let mut at = 0;
    while at < data.len() {
        if data[at] != b'%' {
            at += 1;
            continue;
        }
        match data.get(at + 1..at + 3) {
            None => return Err(Flaw::new(Fault::INVALID_PERCENT_SEQUENCE, at, data.len() - at)),
            Some(hex) if !hex.iter().all(u8::is_ascii_hexdigit) => {
                return Err(Flaw::new(Fault::INVALID_PERCENT_SEQUENCE, at, 3));
            }
            Some(_) => at += 3,
        }
    }
    Ok(())
}
