//! The Application Identifiers as tables, generated from GS1's dictionary when the crate is built.

use super::lint::Linter;

/// A component's character set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Digits.
    N,
    /// GS1's set of 82 characters.
    X,
    /// GS1's set of 39 characters.
    Y,
    /// Base64 for URIs and files, with optional padding.
    Z,
}

/// One component of an identifier's value.
#[derive(Debug)]
pub struct Component {
    /// The characters it may have.
    pub set: Set,
    /// Its least length.
    pub min: u8,
    /// Its greatest length.
    pub max: u8,
    /// Whether the value may end before it.
    pub optional: bool,
    /// What else it must satisfy, in order.
    pub linters: &'static [Linter],
}

/// A range of the table, from the first to before the second: what a pattern such as `31nn` stands for.
pub(crate) type Span = (u16, u16);

/// One Application Identifier.
#[derive(Debug)]
pub struct Ai {
    /// Its digits.
    pub code: &'static str,
    /// Whether its length is predefined, so that no separator is needed after it.
    pub predefined: bool,
    /// Whether it may be an attribute in the query of a Digital Link.
    pub attribute: bool,
    /// Whether it is a primary key of a Digital Link.
    pub key: bool,
    /// The least length of its value.
    pub min: u8,
    /// The greatest length of its value.
    pub max: u8,
    /// The components of its value, in order.
    pub components: &'static [Component],
    /// What must come with it: each requirement is a list of alternatives, each of them a group.
    pub(crate) req: &'static [&'static [&'static [Span]]],
    /// What must not come with it.
    pub(crate) ex: &'static [Span],
    /// For a primary key, the orders in which its qualifiers may follow.
    pub(crate) sequences: &'static [&'static [u16]],
    /// GS1's data title.
    pub title: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/gs1_tables.rs"));

/// The place in [`AIS`] of the identifier that `data` begins with.
#[inline]
pub(crate) fn prefix(data: &[u8]) -> Option<u16> {
    let [a, b, rest @ ..] = data else { return None };
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    if a > 9 || b > 9 {
        return None;
    }
    let (length, mut slot) = PREFIXES[usize::from(a) * 10 + usize::from(b)];
    let mut scale = 1;
    match length {
        0 => return None,
        2 => {}
        _ => {
            let mut number = 0;
            for byte in rest.get(..usize::from(length) - 2)? {
                let digit = byte.wrapping_sub(b'0');
                if digit > 9 {
                    return None;
                }
                number = number * 10 + u16::from(digit);
                scale *= 10;
            }
            debug_assert!(number < scale);
            slot += number;
        }
    }
    let at = SLOTS[usize::from(slot)];
    (at != u16::MAX).then_some(at)
}

/// The place in [`AIS`] of exactly this identifier.
pub(crate) fn find(code: &[u8]) -> Option<u16> {
    prefix(code).filter(|at| AIS[usize::from(*at)].code.len() == code.len())
}

/// Looks an identifier up by its digits.
pub fn ai(code: &str) -> Option<&'static Ai> {
    find(code.as_bytes()).map(|at| &AIS[usize::from(at)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_dictionary_is_in_the_table() {
        assert_eq!(AIS.len(), 541);
        assert_eq!(AIS.iter().filter(|ai| ai.predefined).count(), 337);
        assert_eq!(AIS.iter().filter(|ai| ai.key).count(), 16);
        assert!(AIS.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn every_identifier_is_found_and_nothing_else() {
        for number in 0..10_000u32 {
            for width in 2..=4 {
                let code = format!("{number:0width$}");
                let there = AIS.iter().any(|ai| ai.code == code);
                assert_eq!(ai(&code).is_some(), there, "{code}");
            }
        }
        assert!(ai("1").is_none() && ai("").is_none() && ai("0A").is_none() && ai("31").is_none());
    }

    #[test]
    fn formats_are_those_of_the_dictionary() {
        let gtin = ai("01").unwrap();
        assert!(gtin.predefined && gtin.key && gtin.min == 14 && gtin.max == 14);
        assert_eq!(gtin.sequences.len(), 2);
        let processor = ai("7030").unwrap();
        assert_eq!((processor.min, processor.max, processor.components.len()), (4, 30, 2));
        let returnable = ai("8003").unwrap();
        assert_eq!((returnable.min, returnable.max), (14, 30));
    }
}
