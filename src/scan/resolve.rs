//! What the store found for a scan's candidates, against what the task expects.
//!
//! Hits and expectations enter; one thing, one question or a reasoned no leaves. Two different things are never
//! chosen between: the operator is asked once. A lot counts only together with its item.

use aisle_core::code::{
    Gtin, Kind, Scanned,
    gs1::{Error, segment},
};
use std::collections::BTreeSet;

/// What a scan came to. `T` is whatever the app names things by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<T> {
    /// One thing, and it is expected here.
    One(T),
    /// Several things that are expected here: one question.
    Ask(Vec<T>),
    /// Known, and not expected here: what it is, to word the refusal.
    NotHere(Vec<T>),
    /// Nobody knows it.
    Unknown,
}

/// Decides between what was found. `expected` says whether a thing may be scanned now.
///
/// The same thing found twice (by its GTIN and by an alias) is one thing.
pub fn resolve<T: Ord>(found: impl IntoIterator<Item = T>, expected: impl Fn(&T) -> bool) -> Resolution<T> {
    let things: BTreeSet<T> = found.into_iter().collect();
    let (due, other): (Vec<T>, Vec<T>) = things.into_iter().partition(|thing| expected(thing));
    match (due.len(), other.is_empty()) {
        (1, _) => due.into_iter().next().map_or(Resolution::Unknown, Resolution::One),
        (0, true) => Resolution::Unknown,
        (0, false) => Resolution::NotHere(other),
        _ => Resolution::Ask(due),
    }
}

/// A lot, by the item it is of: the same characters on another item are another lot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotKey {
    /// The item.
    pub gtin: Gtin,
    /// The lot, byte for byte.
    pub lot: Vec<u8>,
}

/// What a line expects of a scan of its item.
#[derive(Debug, Clone, Copy)]
pub struct Due<'a> {
    /// The item's numbers: its own and its packagings'.
    pub gtins: &'a [Gtin],
    /// The lot, where one is due.
    pub lot: Option<&'a [u8]>,
    /// The item was scanned for this line already, so a lot may come alone.
    pub item_scanned: Option<Gtin>,
}

/// How a scan of GS1 data fits a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// The item, and the lot where one is due.
    Whole(Gtin, Option<LotKey>),
    /// The item; the lot is still to be scanned.
    LotMissing(Gtin),
    /// The lot alone, of the item scanned before.
    LotOnly(LotKey),
    /// Another item.
    OtherItem(Gtin),
    /// The item in another lot.
    OtherLot(LotKey),
    /// Separators were lost and the string cannot be cut in one way only: run the scanner setup.
    SeparatorMissing,
    /// The data is unsound: the identifier and what is wrong.
    Unreadable(Error),
    /// No item and no lot in it.
    Nothing,
}

/// Judges GS1 data against a line. `separators_lost` is what the scanner's profile says.
pub fn fit(scanned: &Scanned<'_>, due: &Due<'_>, separators_lost: bool) -> Fit {
    if separators_lost && is_cut(scanned) {
        return cut(scanned, due);
    }
    if let Some(error) = scanned.error() {
        return Fit::Unreadable(*error);
    }
    let elements = scanned.elements();
    let lot = elements.lot();
    let key = |gtin, lot: &[u8]| LotKey { gtin, lot: lot.to_vec() };
    let item = match (scanned.gtin(), due.item_scanned, lot) {
        (Some(gtin), _, _) => gtin,
        (None, Some(before), Some(lot)) => {
            let key = key(before, lot);
            let good = due.lot.is_none_or(|wanted| wanted == lot);
            return if good { Fit::LotOnly(key) } else { Fit::OtherLot(key) };
        }
        _ => return Fit::Nothing,
    };
    match (due.gtins.contains(&item), due.lot, lot) {
        (false, _, _) => Fit::OtherItem(item),
        (true, Some(_), None) => Fit::LotMissing(item),
        (true, Some(wanted), Some(lot)) if wanted != lot => Fit::OtherLot(key(item, lot)),
        (true, _, lot) => Fit::Whole(item, lot.map(|lot| key(item, lot))),
    }
}

/// Whether a string without separators could have been cut in another way: one element of variable length and no
/// more is what it is.
fn is_cut(scanned: &Scanned<'_>) -> bool {
    scanned.kind() == Kind::Gs1 && !scanned.payload().contains(&0x1D) && {
        let elements = scanned.elements();
        scanned.error().is_some() || elements.iter().any(|(ai, _)| !ai.predefined)
    }
}

fn cut(scanned: &Scanned<'_>, due: &Due<'_>) -> Fit {
    let mut good = None;
    for gtin in due.gtins {
        let expected = segment::Expected { gtin: *gtin, lot: due.lot, serial: None };
        match segment::cuts(scanned.payload(), &expected) {
            segment::Cuts::None => {}
            segment::Cuts::One if good.is_none() => good = Some(*gtin),
            _ => return Fit::SeparatorMissing,
        }
    }
    match good {
        Some(gtin) => Fit::Whole(gtin, due.lot.map(|lot| LotKey { gtin, lot: lot.to_vec() })),
        None => Fit::SeparatorMissing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_core::code::candidates;

    fn gtin() -> Gtin {
        Gtin::parse("09521234543213").unwrap()
    }

    #[test]
    fn two_things_are_asked_about_and_never_chosen_between() {
        assert_eq!(resolve(["item", "item"], |_| true), Resolution::One("item"));
        assert_eq!(resolve(["item", "tote"], |_| true), Resolution::Ask(vec!["item", "tote"]));
        assert_eq!(resolve(["item", "tote"], |thing| *thing == "tote"), Resolution::One("tote"));
        assert_eq!(resolve(["item"], |_| false), Resolution::NotHere(vec!["item"]));
        assert_eq!(resolve([] as [&str; 0], |_| true), Resolution::Unknown);
    }

    fn judged(raw: &[u8], lot: Option<&[u8]>, before: Option<Gtin>, lost: bool) -> Fit {
        let due = Due { gtins: &[gtin()], lot, item_scanned: before };
        fit(&candidates(raw), &due, lost)
    }

    #[test]
    fn a_lot_counts_only_with_its_item() {
        let other = Gtin::with_check_digit("952123454322").unwrap();
        let key = |lot: &[u8]| LotKey { gtin: gtin(), lot: lot.to_vec() };
        let whole = b"]C1010952123454321310ABC";
        assert_eq!(judged(whole, Some(b"ABC"), None, false), Fit::Whole(gtin(), Some(key(b"ABC"))));
        assert_eq!(judged(whole, Some(b"abc"), None, false), Fit::OtherLot(key(b"ABC")));
        assert_eq!(judged(b"]C10109521234543213", Some(b"ABC"), None, false), Fit::LotMissing(gtin()));
        assert_eq!(judged(b"]C110ABC", Some(b"ABC"), None, false), Fit::Nothing);
        assert_eq!(judged(b"]C110ABC", Some(b"ABC"), Some(gtin()), false), Fit::LotOnly(key(b"ABC")));
        let wrong = format!("]C101{other}10ABC");
        assert_eq!(judged(wrong.as_bytes(), Some(b"ABC"), Some(gtin()), false), Fit::OtherItem(other));
    }

    #[test]
    fn a_lost_separator_is_accepted_only_where_one_cut_matches() {
        let text = b"]C1010952123454321310ABC17261231";
        let key = LotKey { gtin: gtin(), lot: b"ABC".to_vec() };
        assert_eq!(judged(text, Some(b"ABC"), None, true), Fit::Whole(gtin(), Some(key)));
        assert_eq!(judged(text, None, None, true), Fit::SeparatorMissing);
        assert_eq!(judged(text, Some(b"XYZ"), None, true), Fit::SeparatorMissing);
        assert_eq!(judged(b"]C10109521234543213", None, None, true), Fit::Whole(gtin(), None));
    }

    #[test]
    fn an_unsound_string_names_what_is_wrong() {
        let Fit::Unreadable(error) = judged(b"]C1010952123454321417991301", None, None, false) else {
            panic!("the check digit is wrong");
        };
        assert_eq!((error.fault.name(), error.ai), ("INCORRECT_CHECK_DIGIT", Some("01")));
    }
}
