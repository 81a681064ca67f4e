//! Our own labels: locations, totes, badges, commands and what else we print and stick on.
//!
//! # The format, final
//!
//! ```text
//! label = type body check
//! type  = one capital letter, see [`Kind`]
//! body  = 1 to 32 of 0-9 A-Z and '-'; no '-' at either end and none beside another
//! check = 1 of 0-9 A-Z: ISO 7064 MOD 37,36 over type and body, a '-' counting for nothing
//! ```
//!
//! `LA-01-02-3` with its check character is the label of location `A-01-02-3`. A label starts with a letter, and
//! a GS1 element string with two digits, so neither is ever read as the other. Every character is in Code 128 and
//! Code 39, on every keypad, and reads the same in print and on the screen. Lower case is not a label: nothing is
//! upper-cased in silence. The check character finds every single wrong character and every swap of neighbours.
//!
//! Names we make up ourselves ([`token`]) use [`TOKEN_ALPHABET`], which leaves out the letters that move between
//! keyboard layouts and those taken for digits.
//!
//! A well-formed label is only a candidate: what it names, the site's own tables say.

use std::fmt;

/// The longest body, in characters.
pub const MAX_BODY: usize = 32;

/// The alphabet of names we make up: no A M Q W Y Z (they move between QWERTY, AZERTY and QWERTZ), no I and O
/// (taken for 1 and 0).
pub const TOKEN_ALPHABET: &[u8; 28] = b"0123456789BCDEFGHJKLNPRSTUVX";

/// What a label of ours is stuck on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `L`: a location; the body is its code.
    Location,
    /// `T`: a tote.
    Tote,
    /// `C`: a cart.
    Cart,
    /// `B`: an operator's badge; the body is a random token, never the staff number.
    Badge,
    /// `X`: a printed command; works only on the screen that printed it.
    Command,
    /// `D`: a document.
    Document,
    /// `P`: a parcel of ours, before a carrier has named it.
    Parcel,
    /// `N`: a staging lane or dock door.
    Lane,
    /// `U`: a handling unit (LPN).
    Unit,
    /// `S`: a packing station.
    Station,
    /// `R`: a printer.
    Printer,
    /// `G`: goods, an item that arrived without a readable code.
    Goods,
}

impl Kind {
    /// Every kind, in the order of the declaration.
    pub const ALL: [Kind; 12] = [
        Kind::Location,
        Kind::Tote,
        Kind::Cart,
        Kind::Badge,
        Kind::Command,
        Kind::Document,
        Kind::Parcel,
        Kind::Lane,
        Kind::Unit,
        Kind::Station,
        Kind::Printer,
        Kind::Goods,
    ];

    /// The type letter.
    pub const fn letter(self) -> u8 {
        match self {
            Kind::Location => b'L',
            Kind::Tote => b'T',
            Kind::Cart => b'C',
            Kind::Badge => b'B',
            Kind::Command => b'X',
            Kind::Document => b'D',
            Kind::Parcel => b'P',
            Kind::Lane => b'N',
            Kind::Unit => b'U',
            Kind::Station => b'S',
            Kind::Printer => b'R',
            Kind::Goods => b'G',
        }
    }

    /// The kind of a type letter.
    pub const fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'L' => Kind::Location,
            b'T' => Kind::Tote,
            b'C' => Kind::Cart,
            b'B' => Kind::Badge,
            b'X' => Kind::Command,
            b'D' => Kind::Document,
            b'P' => Kind::Parcel,
            b'N' => Kind::Lane,
            b'U' => Kind::Unit,
            b'S' => Kind::Station,
            b'R' => Kind::Printer,
            b'G' => Kind::Goods,
            _ => return None,
        })
    }
}

/// One label of ours, proved well-formed. It borrows the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct House<'a> {
    kind: Kind,
    body: &'a str,
}

/// Why a text is not a label of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HouseError {
    /// It does not begin with one of our type letters.
    #[error("no label type begins like this")]
    Type,
    /// The body is empty or longer than [`MAX_BODY`].
    #[error("the body of a label has 1 to 32 characters")]
    Length,
    /// A character a label cannot have, at this byte offset of the text (of the body when one is being made).
    #[error("a label cannot have the character at offset {0}")]
    Character(usize),
    /// The check character is not that of the rest.
    #[error("incorrect check character")]
    Check,
}

impl<'a> House<'a> {
    /// Makes the label of `body`, for printing.
    pub fn new(kind: Kind, body: &'a str) -> Result<Self, HouseError> {
        sound(body.as_bytes(), 0)?;
        Ok(Self { kind, body })
    }

    /// Reads a label as scanned or typed, exactly.
    pub fn parse(text: &'a str) -> Result<Self, HouseError> {
        let bytes = text.as_bytes();
        let kind = bytes.first().copied().and_then(Kind::from_letter).ok_or(HouseError::Type)?;
        if bytes.len() < 3 || bytes.len() > MAX_BODY + 2 {
            return Err(HouseError::Length);
        }
        let last = bytes.len() - 1;
        let body = &bytes[1..last];
        sound(body, 1)?;
        if value(bytes[last]).is_none() {
            return Err(HouseError::Character(last));
        }
        if check(kind.letter(), body) != bytes[last] {
            return Err(HouseError::Check);
        }
        Ok(Self { kind, body: &text[1..last] })
    }

    /// [`House::parse`] for bytes, as a scanner gives them.
    pub fn parse_bytes(bytes: &'a [u8]) -> Result<Self, HouseError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => Err(HouseError::Character(error.valid_up_to())),
        }
    }

    /// What it is stuck on.
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// What it names: the location's code, the tote's name, the badge's token …
    pub const fn body(self) -> &'a str {
        self.body
    }

    /// The check character.
    pub fn check(self) -> char {
        char::from(check(self.kind.letter(), self.body.as_bytes()))
    }

    /// The text to print and to put in the symbol.
    pub fn format(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for House<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", char::from(self.kind.letter()), self.body, self.check())
    }
}

/// A made-up name of `length` characters of [`TOKEN_ALPHABET`], from random bytes the caller drew (at least
/// `length` of them; 4.8 bits a character, so a badge's 80 bits take 17). Bytes that would favour some characters
/// are passed over; `None` when the bytes run out or `length` is not 1 to [`MAX_BODY`].
pub fn token(random: &[u8], length: usize) -> Option<String> {
    let size = TOKEN_ALPHABET.len();
    let fair = 256 / size * size;
    let text: String = random
        .iter()
        .map(|byte| usize::from(*byte))
        .filter(|byte| *byte < fair)
        .take(length)
        .map(|byte| char::from(TOKEN_ALPHABET[byte % size]))
        .collect();
    (text.len() == length && (1..=MAX_BODY).contains(&length)).then_some(text)
}

/// The two digits printed on a location label to be spoken or typed where the symbol cannot be read.
///
/// They are drawn, not computed from the location, so that nobody can know them without standing there; they
/// change when the label is printed anew. They are stored with the location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckDigits(u8);

impl CheckDigits {
    /// Draws two digits from a random number the caller drew, other than those in `taken` (the neighbours' and
    /// the label's own former ones). `None` only when all hundred are taken.
    pub fn draw(random: u32, taken: &[CheckDigits]) -> Option<Self> {
        (0..100).map(|step| Self(((random % 100 + step) % 100) as u8)).find(|digits| !taken.contains(digits))
    }

    /// Two digits for a location of a site with a secret of its own, and which printing of the label it is: the
    /// same on every machine of that site, and not to be worked out without the secret.
    pub fn assigned(site_secret: &[u8; 32], location: &str, printing: u32) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(site_secret);
        hasher.update(&printing.to_le_bytes());
        hasher.update(location.as_bytes());
        let hash = *hasher.finalize().as_bytes();
        Self((u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]) % 100) as u8)
    }

    /// Reads exactly two digits, as typed or spoken.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(Self((a - b'0') * 10 + (b - b'0'))),
            _ => None,
        }
    }

    /// The number, 0 to 99.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for CheckDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

fn sound(body: &[u8], offset: usize) -> Result<(), HouseError> {
    if body.is_empty() || body.len() > MAX_BODY {
        return Err(HouseError::Length);
    }
    let mut after_dash = true;
    for (at, byte) in body.iter().enumerate() {
        let dash = *byte == b'-';
        if (dash && after_dash) || (!dash && value(*byte).is_none()) {
            return Err(HouseError::Character(offset + at));
        }
        after_dash = dash;
    }
    if after_dash { Err(HouseError::Character(offset + body.len() - 1)) } else { Ok(()) }
}

/// The value of a character in ISO 7064's alphabet of 36.
const fn value(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some((byte - b'0') as u32),
        b'A'..=b'Z' => Some((byte - b'A') as u32 + 10),
        _ => None,
    }
}

/// ISO 7064 MOD 37,36 over the type letter and the body, dashes passed over.
pub(crate) fn check(letter: u8, body: &[u8]) -> u8 {
    mod_37_36(std::iter::once(letter).chain(body.iter().copied()))
}

/// The ISO 7064 MOD 37,36 check character of a text; characters outside its alphabet are passed over.
pub(crate) fn mod_37_36(text: impl Iterator<Item = u8>) -> u8 {
    let mut product = 36;
    for digit in text.filter_map(value) {
        let sum = (product + digit) % 36;
        product = if sum == 0 { 36 } else { sum } * 2 % 37;
    }
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[((37 - product) % 36) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_label_reads_back() {
        for kind in Kind::ALL {
            for body in ["A-01-02-3", "7", "0042", "HELLO-WORLD", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"] {
                let text = House::new(kind, body).unwrap().format();
                let read = House::parse(&text).unwrap();
                assert_eq!((read.kind(), read.body()), (kind, body));
                assert_eq!(Kind::from_letter(kind.letter()), Some(kind));
            }
        }
    }

    #[test]
    fn the_format_stays_as_it_is() {
        let text = |kind, body| House::new(kind, body).unwrap().format();
        assert_eq!(text(Kind::Location, "A-01-02-3"), "LA-01-02-39");
        assert_eq!(text(Kind::Tote, "0042"), "T0042E");
        assert_eq!(text(Kind::Badge, "7KX"), "B7KXN");
    }

    #[test]
    fn one_wrong_character_or_a_swap_of_neighbours_is_caught() {
        let good = House::new(Kind::Tote, "A1B2C3").unwrap().format();
        for at in 0..good.len() {
            for other in (b'0'..=b'9').chain(b'A'..=b'Z') {
                let mut bytes = good.clone().into_bytes();
                if bytes[at] != other {
                    bytes[at] = other;
                    assert!(House::parse_bytes(&bytes).is_err());
                }
            }
        }
        for at in 1..good.len() {
            let mut bytes = good.clone().into_bytes();
            if bytes[at] != bytes[at - 1] {
                bytes.swap(at, at - 1);
                assert!(House::parse_bytes(&bytes).is_err());
            }
        }
    }

    #[test]
    fn nothing_is_cleaned_in_silence() {
        let good = House::new(Kind::Location, "A-01").unwrap().format();
        assert!(House::parse(&good.to_lowercase()).is_err());
        assert!(House::parse(&format!("{good} ")).is_err());
        assert!(House::parse(&format!(" {good}")).is_err());
        assert_eq!(House::new(Kind::Location, "A--1"), Err(HouseError::Character(2)));
        assert_eq!(House::new(Kind::Location, "-A"), Err(HouseError::Character(0)));
        assert_eq!(House::new(Kind::Location, "A-"), Err(HouseError::Character(1)));
        assert_eq!(House::new(Kind::Location, ""), Err(HouseError::Length));
        assert_eq!(House::parse("Aé1"), Err(HouseError::Type));
        assert!(House::parse("Lé1").is_err());
    }

    #[test]
    fn tokens_use_the_safe_alphabet_only() {
        let random: Vec<u8> = (0..=255).collect();
        let text = token(&random, 32).unwrap();
        assert!(text.bytes().all(|b| TOKEN_ALPHABET.contains(&b)));
        assert_eq!(token(&[255; 40], 17), None);
        assert_eq!(token(&random, 33), None);
    }

    #[test]
    fn check_digits_differ_from_the_neighbours() {
        let taken = [CheckDigits(42), CheckDigits(43)];
        assert_eq!(CheckDigits::draw(42, &taken), Some(CheckDigits(44)));
        assert_eq!(CheckDigits::parse("07").map(|d| d.to_string()), Some("07".to_owned()));
        assert_eq!(CheckDigits::parse("7"), None);
        let secret = [7; 32];
        assert_eq!(CheckDigits::assigned(&secret, "A-01", 1), CheckDigits::assigned(&secret, "A-01", 1));
    }
}
