//! Lots: what a label says of one, and whether it is the lot that is due.
//!
//! A stop for an item that is kept by lot names its lot: what expires first. Only a scan that names that lot
//! proves it, the item and its lot in one symbol, or the item and then its lot alone. A barcode without a lot is
//! no proof. A lot counts only together with its item: another item may have one of the same name.

use aisle_core::{
    code::Scanned,
    id::Code,
    item::{BarcodeKey, Item, Lot},
    quantity::Quantity,
    task::state::PickTask,
    time::Day,
};
use serde::Serialize;

use super::{Catalogue, Draft, Read, Refusal, Thing, bench::Part};
use crate::scan::resolve::{self, Fit};

/// What a label says of the lot of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The lot, as it stands there.
    pub lot: String,
    /// The last day it may be used.
    pub expires: Option<Day>,
}

/// A lot that is due, and the item it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The item.
    pub item: Code<Item>,
    /// The lot.
    pub lot: Code<Lot>,
}

impl Label {
    /// What the elements of a scan say of a lot; none where they name none.
    #[must_use]
    pub fn of(scanned: &Scanned<'_>, this_year: u16) -> Option<Self> {
        let elements = scanned.elements();
        let lot = String::from_utf8(elements.lot()?.to_vec()).ok()?;
        let expires = elements.expiry(this_year).and_then(|day| Day::new(day.year, day.month, day.day).ok());
        Some(Self { lot, expires })
    }

    fn known(draft: &Draft<'_, '_>, item: &Code<Item>, lot: &Code<Lot>) -> Self {
        let expires = draft.ctx.catalogue.item(item).and_then(|item| item.tracked.expiry(lot));
        Self { lot: lot.to_string(), expires }
    }

    fn is(&self, lot: &Code<Lot>) -> bool {
        self.lot == lot.as_str()
    }
}

/// What a scan means whose separators may have been lost. It is taken where exactly one way to cut it names exactly
/// one of the lots that are due. None where nothing was lost, or where it is plainly another item.
#[must_use]
pub fn recovered(scanned: &Scanned<'_>, catalogue: &dyn Catalogue, due: &[Due]) -> Option<Read> {
    let mut good = Vec::new();
    let mut cut = false;
    for Due { item, lot } in due {
        let Some(row) = catalogue.item(item) else { continue };
        let gtins: Vec<_> = row.barcodes.iter().filter_map(|barcode| gtin(&barcode.key)).collect();
        if scanned.gtin().is_some_and(|gtin| !gtins.contains(&gtin)) {
            continue;
        }
        let wanted = resolve::Due { gtins: &gtins, lot: Some(lot.as_str().as_bytes()), item_scanned: None };
        match resolve::fit(scanned, &wanted, true) {
            Fit::Whole(gtin, Some(_)) => {
                let of_gtin = row.barcodes.iter().find(|b| b.key == BarcodeKey::Gtin(gtin.key()));
                let quantity = of_gtin.map_or(Quantity::ONE, |barcode| barcode.quantity);
                good.push((Thing::Item { item: item.clone(), quantity }, lot.to_string()));
            }
            Fit::SeparatorMissing => cut = true,
            _ => {}
        }
    }
    match (good.len(), cut) {
        (1, _) => good.pop().map(|(thing, lot)| Read::OfLot { thing, label: Label { lot, expires: None } }),
        (0, false) => None,
        _ => Some(Read::NotSent { raw: String::from_utf8_lossy(scanned.raw()).into_owned() }),
    }
}

fn gtin(key: &BarcodeKey) -> Option<aisle_core::code::Gtin> {
    match key {
        BarcodeKey::Gtin(digits) => aisle_core::code::Gtin::parse(format!("{digits:014}")).ok(),
        BarcodeKey::Raw(_) => None,
    }
}

/// Whether the scan proves the lot of a stop. Where it names the item alone, its lot may follow alone.
pub(super) fn proved(draft: &mut Draft<'_, '_>, task: &PickTask, quantity: Quantity) -> Result<(), Refusal> {
    let Some(wanted) = &task.lot else { return Ok(()) };
    let Some(label) = draft.label.clone() else {
        return Err(due(draft, &task.item, quantity, wanted));
    };
    let wanted = (Label::known(draft, &task.item, wanted), wanted);
    let scanned = match Code::parse(&label.lot) {
        Ok(lot) => {
            Label { expires: label.expires.or(Label::known(draft, &task.item, &lot).expires), ..label }
        }
        Err(_) => label,
    };
    if scanned.expires.is_some_and(|day| day < Day::of(draft.now)) {
        return Err(Refusal::Expired { item: task.item.clone(), scanned });
    }
    if scanned.is(wanted.1) {
        return Ok(());
    }
    let (item, wanted) = (task.item.clone(), wanted.0);
    Err(match (scanned.expires, wanted.expires) {
        (Some(scanned_day), Some(wanted_day)) if scanned_day > wanted_day => {
            Refusal::OlderLotFirst { item, scanned, wanted }
        }
        _ => Refusal::WrongLot { item, scanned, wanted },
    })
}

/// Which of the pieces at the bench are of the lot that was scanned. Where only one lot of the item is there, its
/// barcode alone tells it.
pub(super) fn of_scan(
    draft: &mut Draft<'_, '_>,
    parts: Vec<Part>,
    item: &Code<Item>,
    quantity: Quantity,
) -> Result<Vec<Part>, Refusal> {
    let mut lots: Vec<&Code<Lot>> =
        parts.iter().filter(|part| part.item == *item).filter_map(|part| part.lot.as_ref()).collect();
    lots.dedup();
    let Some(first) = lots.first().map(|lot| (*lot).clone()) else { return Ok(parts) };
    match draft.label.clone() {
        None if lots.iter().all(|lot| **lot == first) => Ok(parts),
        None => Err(due(draft, item, quantity, &first)),
        Some(label) if lots.iter().any(|lot| label.is(lot)) => {
            let of_it =
                |part: &Part| part.item != *item || part.lot.as_ref().is_some_and(|lot| label.is(lot));
            Ok(parts.into_iter().filter(of_it).collect())
        }
        Some(scanned) => {
            let wanted = Label::known(draft, item, &first);
            Err(Refusal::WrongLot { item: item.clone(), scanned, wanted })
        }
    }
}

fn due(draft: &mut Draft<'_, '_>, item: &Code<Item>, quantity: Quantity, lot: &Code<Lot>) -> Refusal {
    draft.session.item_seen = Some((item.clone(), quantity));
    Refusal::LotDue { item: item.clone(), wanted: Label::known(draft, item, lot) }
}

#[cfg(test)]
mod tests {
    use aisle_core::{
        code::{Gtin, candidates},
        item::{Barcode, Counting, Handling, Tracked},
        task::rows::{Floor, Row},
    };

    use super::*;

    fn code<T>(text: &str) -> Code<T> {
        Code::parse(text).unwrap()
    }

    fn gtin_of(digits: &str) -> Gtin {
        Gtin::parse(digits).unwrap()
    }

    fn floor() -> Floor {
        let mut floor = Floor::default();
        for (name, digits) in [("TEA", "09521234543213"), ("MUG", "09521234010012")] {
            let barcodes = [(digits, 1), ("19521234543210", 6)].map(|(digits, n)| Barcode {
                key: BarcodeKey::Gtin(gtin_of(digits).key()),
                quantity: Quantity(n),
            });
            floor.set(Row::Item(Item {
                code: code(name),
                telling: String::new(),
                name: name.to_owned(),
                barcodes: if name == "TEA" { barcodes.to_vec() } else { barcodes[..1].to_vec() },
                size_mm: [1; 3],
                weight_g: 1,
                counting: Counting::ScanEach,
                handling: Handling::default(),
                tracked: Tracked::default(),
            }));
        }
        floor
    }

    fn read(raw: &str, lots: &[&str]) -> Option<Read> {
        let due: Vec<Due> = lots.iter().map(|lot| Due { item: code("TEA"), lot: code(lot) }).collect();
        recovered(&candidates(raw.as_bytes()), &floor(), &due)
    }

    fn tea(quantity: i64, lot: &str) -> Option<Read> {
        let thing = Thing::Item { item: code("TEA"), quantity: Quantity(quantity) };
        Some(Read::OfLot { thing, label: Label { lot: lot.to_owned(), expires: None } })
    }

    #[test]
    fn a_lost_separator_is_taken_only_where_one_cut_names_one_lot_that_is_due() {
        let both = "]C1010952123454321310ABC17271231";
        assert_eq!(read(both, &["ABC"]), tea(1, "ABC"));
        assert_eq!(read("]C1011952123454321010ABC17271231", &["ABC"]), tea(6, "ABC"));
        assert!(matches!(read(both, &["ABD"]), Some(Read::NotSent { .. })));
        // Two lots are due, and each has a cut that names it: nobody can say which of them this is.
        assert!(matches!(read(both, &["ABC", "ABC17271231"]), Some(Read::NotSent { .. })));
    }

    #[test]
    fn what_cannot_have_lost_a_separator_is_read_as_it_stands() {
        assert_eq!(read("9521234543213", &["ABC"]), None);
        assert_eq!(read("]C10109521234543213", &["ABC"]), None);
        assert_eq!(read("]C1010952123401001210ABC17271231", &["ABC"]), None, "plainly another item");
        assert_eq!(read("]C1010952123454321310ABC17271231", &[]), None);
    }
}
