//! The typefaces and the words that travel inside the programs, so that paper is the same everywhere and no
//! file has to be found when it is printed.
//!
//! Only here are font files and the table of words put into a binary. A program that never prints carries none
//! of it: what is not used is not linked.

use super::{FaceError, FaceFiles, Faces, Words, WordsError};

macro_rules! font {
    ($name:literal) => {
        include_bytes!(concat!("../../../../assets/fonts/", $name))
    };
}

/// Aisle Sans and IBM Plex Sans Arabic (both SIL Open Font License 1.1).
pub const FONTS: FaceFiles<'static> = FaceFiles {
    latin: [
        font!("AisleSans-Regular.ttf"),
        font!("AisleSans-Medium.ttf"),
        font!("AisleSans-SemiBold.ttf"),
        font!("AisleSans-Bold.ttf"),
        font!("AisleSans-ExtraBold.ttf"),
    ],
    arabic: [
        font!("IBMPlexSansArabic_500Medium.ttf"),
        font!("IBMPlexSansArabic_600SemiBold.ttf"),
        font!("IBMPlexSansArabic_700Bold.ttf"),
    ],
};

/// The table of words, one column a language.
pub const WORDS: &str = include_str!("../../../../assets/lang/paper/words.csv");

/// The typefaces, ready to set with.
///
/// # Errors
/// When a font file in the binary is damaged.
pub fn faces() -> Result<Faces<'static>, FaceError> {
    Faces::parse(&FONTS)
}

/// The words of a language.
///
/// # Errors
/// When the table has no such language, or a word is missing in it.
pub fn words(language: &str) -> Result<Words, WordsError> {
    Words::parse(WORDS, language)
}
