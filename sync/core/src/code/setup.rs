//! The setup symbol: every printable character round a separator, in an order that tells what a scanner and its
//! keyboard do to each. It ends with blanks after the keys that bear an accent on some keyboards: an accent takes
//! the blank away where it waits for the next letter.

/// What comes before the separator.
pub const HEAD: &str = "AISLE-SETUP-1";
/// What comes after it: every printable character.
pub const TAIL: &str =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.,:;/!?\"%&()*+<>=' #$@[]\\^`{|}~[ = 0";

/// What the symbol holds, to be printed as a plain Data Matrix.
#[must_use]
pub fn content() -> String {
    format!("{HEAD}\u{1D}{TAIL}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_character_is_in_the_setup_symbol() {
        assert!((' '..='~').all(|character| TAIL.contains(character)));
    }
}
