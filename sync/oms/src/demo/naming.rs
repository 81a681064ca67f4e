//! Parts a channel's description into what tells an item from its neighbours, and what it is.
//!
//! The rule, in order; the words of the whole file are known:
//! 1. The kind is the longest run of words, up to four, that at least three descriptions of the file end with;
//!    the rest tells: `WHITE HANGING HEART T-LIGHT HOLDER` is a `T-light holder`, told by `White hanging heart`.
//! 2. Or that they begin with, when that run is of two words or more and longer: `LUNCH BAG SPACEBOY DESIGN` is
//!    a `Lunch bag`, told by `Spaceboy design`.
//! 3. Or else the last word; when that is a size, colour or finish, it tells, and the rest is the kind:
//!    `HEART OF WICKER LARGE` is a `Heart of wicker`, told by `Large`.
//!
//! A kind that would follow a joining word or a number takes these along: `LAVENDER INCENSE IN TIN` is an
//! `Incense in tin`, told by `Lavender`. Words in capitals are set in sentence case; others stay as the channel writes them.

use std::collections::{BTreeMap, BTreeSet};

/// Words of a kind at most.
const MOST_WORDS: usize = 4;
/// So many descriptions make a run of words a kind.
const SHARED_BY: usize = 3;
/// Last words that tell, and are no kind: sizes, finishes, patterns.
const TELLING: [&str; 18] = [
    "small",
    "medium",
    "large",
    "big",
    "mini",
    "jumbo",
    "tall",
    "short",
    "natural",
    "assorted",
    "asstd",
    "clear",
    "finish",
    "design",
    "colour",
    "colours",
    "pastel",
    "retrospot",
];
/// Colours tell too, and no kind begins with one.
const COLOURS: [&str; 20] = [
    "red",
    "blue",
    "green",
    "pink",
    "white",
    "black",
    "ivory",
    "cream",
    "grey",
    "yellow",
    "orange",
    "purple",
    "turquoise",
    "silver",
    "gold",
    "brown",
    "fawn",
    "pinks",
    "reds",
    "blues",
];
/// Words that join others: no kind begins or ends with them.
const JOINING: [&str; 12] = ["of", "and", "with", "in", "the", "a", "for", "on", "or", "set", "pack", "+"];

/// The two parts of a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Named {
    /// What tells it from its neighbours; empty when the description is one thing only.
    pub(super) telling: String,
    /// What it is.
    pub(super) name: String,
}

/// The kinds that a file's descriptions share.
pub(super) struct Kinds {
    ends: BTreeSet<Vec<String>>,
    begins: BTreeSet<Vec<String>>,
}

impl Kinds {
    /// Learns from all descriptions of a file.
    pub(super) fn of<'a>(descriptions: impl IntoIterator<Item = &'a str>) -> Self {
        let distinct: BTreeSet<Vec<String>> = descriptions.into_iter().map(words).collect();
        let (mut ends, mut begins) = (BTreeMap::new(), BTreeMap::new());
        for words in &distinct {
            for size in 1..=MOST_WORDS.min(words.len().saturating_sub(1)) {
                *ends.entry(words[words.len() - size..].to_vec()).or_insert(0_usize) += 1;
                *begins.entry(words[..size].to_vec()).or_insert(0_usize) += 1;
            }
        }
        let shared = |runs: BTreeMap<Vec<String>, usize>| {
            let often = runs.into_iter().filter(|(run, times)| *times >= SHARED_BY && is_kind(run));
            often.map(|(run, _)| run).collect()
        };
        Self { ends: shared(ends), begins: shared(begins) }
    }

    /// Parts one description; `spare` names an item that has none.
    pub(super) fn part(&self, description: &str, spare: &str) -> Named {
        let plain: Vec<&str> =
            description.split_whitespace().filter(|word| !trimmed(word).is_empty()).collect();
        let folded = words(description);
        let count = folded.len();
        if count == 0 {
            return Named { telling: String::new(), name: spare.to_owned() };
        }
        if count == 1 {
            return Named { telling: String::new(), name: sentence(&plain) };
        }
        let sizes = || (1..=MOST_WORDS.min(count - 1)).rev();
        let ending = sizes().find(|size| self.ends.contains(&folded[count - size..])).unwrap_or(0);
        let beginning = sizes().find(|size| self.begins.contains(&folded[..*size])).unwrap_or(0);
        let (telling, name) = if beginning >= 2 && beginning > ending {
            (&plain[beginning..], &plain[..beginning])
        } else if ending > 0 {
            plain.split_at(taking_along(&folded, count - ending))
        } else if tells(&folded[count - 1]) {
            let from = tail(&folded);
            (&plain[from..], &plain[..from])
        } else {
            plain.split_at(taking_along(&folded, count - 1))
        };
        Named { telling: sentence(telling), name: sentence(name) }
    }
}

/// Where a kind begins that takes along joining words and numbers before it, each with the word that they join.
fn taking_along(folded: &[String], mut at: usize) -> usize {
    while at >= 3 && (JOINING.contains(&folded[at - 1].as_str()) || is_number(&folded[at - 1])) {
        at -= 2;
    }
    at
}

fn is_number(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

fn tells(word: &str) -> bool {
    TELLING.contains(&word) || COLOURS.contains(&word)
}

/// Where the telling words at the end begin, with what joins them: `PINK AND WHITE` tells as one. At least one
/// word is left before them.
fn tail(folded: &[String]) -> usize {
    let mut from = folded.len();
    loop {
        let telling = folded[..from].iter().rev().take_while(|word| tells(word)).count();
        from -= telling.min(from - 1);
        if from < 3 || !JOINING.contains(&folded[from - 1].as_str()) {
            return from;
        }
        from -= 2;
    }
}

/// Whether a run of words can be what a thing is: it names something, and no joining word stands at its ends.
fn is_kind(run: &[String]) -> bool {
    let (first, last) = (run.first().map_or("", String::as_str), run.last().map_or("", String::as_str));
    !JOINING.contains(&first)
        && !JOINING.contains(&last)
        && !is_number(first)
        && !is_number(last)
        && !tells(last)
        && !COLOURS.contains(&first)
}

fn trimmed(word: &str) -> &str {
    word.trim_end_matches([',', '.', ';', ':'])
}

fn words(description: &str) -> Vec<String> {
    description.split_whitespace().map(trimmed).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// Words in sentence case. A word that is not all capitals stays as it is.
fn sentence(words: &[&str]) -> String {
    let lowered = |word: &&str| {
        if word.chars().any(char::is_lowercase) { (*word).to_owned() } else { word.to_lowercase() }
    };
    let text = words.iter().map(lowered).collect::<Vec<_>>().join(" ");
    let mut letters = trimmed(&text).chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: [&str; 14] = [
        "WHITE HANGING HEART T-LIGHT HOLDER",
        "STAR T-LIGHT HOLDER",
        "ROTATING LEAVES T-LIGHT HOLDER",
        "FAIRY CAKE HOLDER",
        "LUNCH BAG SUKI  DESIGN ",
        "LUNCH BAG  BLACK SKULL.",
        "LUNCH BAG SPACEBOY DESIGN",
        "HEART OF WICKER LARGE",
        "RED HANGING HEART SMALL",
        "SET OF 6 SOLDIER SKITTLES",
        "WHITE METAL LANTERN",
        "Mug, 350 ml",
        "POSTCARD",
        "RED WHITE",
    ];

    fn part(description: &str) -> (String, String) {
        let named = Kinds::of(FILE).part(description, "X1");
        (named.telling, named.name)
    }

    fn is(telling: &str, name: &str) -> (String, String) {
        (telling.to_owned(), name.to_owned())
    }

    #[test]
    fn the_kind_is_what_several_share_and_the_rest_tells() {
        assert_eq!(part(FILE[0]), is("White hanging heart", "T-light holder"));
        assert_eq!(part(FILE[5]), is("Black skull", "Lunch bag"));
        assert_eq!(part(FILE[4]), is("Suki design", "Lunch bag"));
        assert_eq!(part(FILE[10]), is("White metal", "Lantern"));
    }

    #[test]
    fn sizes_and_colours_tell_and_are_no_kind() {
        assert_eq!(part("HEART OF WICKER LARGE"), is("Large", "Heart of wicker"));
        assert_eq!(part("RED WHITE"), is("White", "Red"));
        assert_eq!(part("DOORMAT RED RETROSPOT"), is("Red retrospot", "Doormat"));
    }

    #[test]
    fn what_is_joined_stays_together() {
        assert_eq!(part("LAVENDER INCENSE IN TIN"), is("Lavender", "Incense in tin"));
        assert_eq!(part("RETROSPOT TEA SET CERAMIC 11 PC"), is("Retrospot", "Tea set ceramic 11 pc"));
        assert_eq!(part("HAIRBANDS PINK AND WHITE"), is("Pink and white", "Hairbands"));
        assert_eq!(part("SET OF PC"), is("Set of", "Pc"));
    }

    #[test]
    fn what_cannot_be_parted_is_a_name() {
        assert_eq!(part("POSTCARD"), is("", "Postcard"));
        assert_eq!(part(""), is("", "X1"));
        assert_eq!(part(" . , "), is("", "X1"));
        assert_eq!(part("Mug, 350 ml"), is("Mug, 350", "Ml"));
    }

    #[test]
    fn nothing_of_a_description_is_lost() {
        for text in FILE {
            let (telling, name) = part(text);
            let mut both: Vec<String> = words(&telling);
            both.extend(words(&name));
            both.sort();
            let mut all = words(text);
            all.sort();
            assert_eq!(both, all);
        }
    }
}
