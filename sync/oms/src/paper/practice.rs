//! The practice sheet: every barcode that a morning needs, on paper.
//!
//! The scanners' setup, people by role, carts, totes, lanes, the keys, and then each pick list as it is walked: at every stop the
//! location, then the item. With it any scanner, or a keyboard, works the morning without goods.

use std::collections::BTreeMap;

use aisle_core::{
    code::{Gtin, house::Kind},
    id::Code,
    item::{BarcodeKey, Item},
    label::{
        Word,
        doc::{Practice, PracticeCode, PracticeEntry, PracticeGroup},
        from_rows,
    },
    place::{Location, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Cart, ListState, Operator, PickList, PickTask, Role, Tote},
    },
    time::Day,
};

use super::{Press, Printed, Result};
use crate::store::Tx;

/// PINs to print beside badges, where somebody has them in the clear: the centre itself keeps none.
pub type Pins = BTreeMap<Code<Operator>, String>;

impl Press {
    /// The practice sheet: people, things, keys, and every pick list that is not over.
    ///
    /// # Errors
    /// When the store fails, or a code cannot be printed.
    pub fn practice(&self, tx: &Tx<'_>, pins: &Pins) -> Result<Vec<Printed>> {
        let mut groups = vec![setup(self)];
        groups.extend(people(self, tx, pins)?);
        groups.extend([carts(self, tx)?, totes(self, tx)?, lanes(self, tx)?, keys(self)?]);
        let mut lists = tx.all::<PickList>()?;
        lists.retain(|list| list.state != ListState::Closed);
        lists.sort_by_key(|list| list.number);
        for list in &lists {
            groups.push(walk(self, tx, list)?);
        }
        groups.retain(|group| !group.entries.is_empty());
        let practice = Practice { about: self.site.name.clone(), groups };
        self.document("practice", practice.sheets(&self.words, &self.faces)?)
    }
}

fn group(press: &Press, heading: Word, entries: Vec<PracticeEntry>) -> PracticeGroup {
    PracticeGroup { heading: press.words.get(heading).to_owned(), entries }
}

fn entry(caption: String, note: String, kind: Kind, code: &str) -> Result<PracticeEntry> {
    Ok(PracticeEntry { caption, note, code: PracticeCode::House(from_rows::house(kind, code)?) })
}

/// What a scanner reads once, before anything else.
fn setup(press: &Press) -> PracticeGroup {
    let entry = PracticeEntry { caption: String::new(), note: String::new(), code: PracticeCode::Setup };
    group(press, Word::ScannerSetup, vec![entry])
}

fn people(press: &Press, tx: &Tx<'_>, pins: &Pins) -> Result<Vec<PracticeGroup>> {
    let operators = tx.all::<Operator>()?;
    let roles = [(Role::Picker, Word::Picker), (Role::Packer, Word::Packer), (Role::Lead, Word::Lead)];
    let mut groups = Vec::new();
    for (role, word) in roles {
        let mut people: Vec<&Operator> =
            operators.iter().filter(|operator| operator.active && operator.role == role).collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        let badge = |operator: &&Operator| {
            let pin = pins.get(&operator.badge).map_or_else(String::new, |pin| format!("PIN {pin}"));
            entry(operator.name.clone(), pin, Kind::Badge, operator.badge.as_str())
        };
        groups.push(group(press, word, people.iter().map(badge).collect::<Result<_>>()?));
    }
    Ok(groups)
}

fn carts(press: &Press, tx: &Tx<'_>) -> Result<PracticeGroup> {
    let label = |cart: &Cart| entry(cart.code.to_string(), String::new(), Kind::Cart, cart.code.as_str());
    Ok(group(press, Word::Cart, tx.all::<Cart>()?.iter().map(label).collect::<Result<_>>()?))
}

fn totes(press: &Press, tx: &Tx<'_>) -> Result<PracticeGroup> {
    let label = |tote: &Tote| entry(tote.code.to_string(), String::new(), Kind::Tote, tote.code.as_str());
    Ok(group(press, Word::Tote, tx.all::<Tote>()?.iter().map(label).collect::<Result<_>>()?))
}

fn lanes(press: &Press, tx: &Tx<'_>) -> Result<PracticeGroup> {
    let lanes = tx.all::<Location>()?;
    let lanes = lanes.iter().filter(|lane| matches!(lane.usage, Usage::Packing | Usage::Staging));
    Ok(group(press, Word::Lane, lanes.map(place).collect::<Result<_>>()?))
}

/// A location as it hangs at its place.
fn place(location: &Location) -> Result<PracticeEntry> {
    let label = from_rows::location_label(location)?;
    Ok(PracticeEntry { caption: label.name, note: label.check, code: PracticeCode::House(label.code) })
}

fn keys(press: &Press) -> Result<PracticeGroup> {
    let key = |(body, key): &(&str, &str)| entry((*key).to_owned(), String::new(), Kind::Command, body);
    Ok(group(press, Word::Keys, from_rows::KEYS.iter().map(key).collect::<Result<_>>()?))
}

/// A pick list in walking order: at every stop with something left, the location and then the item.
fn walk(press: &Press, tx: &Tx<'_>, list: &PickList) -> Result<PracticeGroup> {
    let mut entries = Vec::new();
    let mut here = None;
    for id in &list.tasks {
        let Some(task) = tx.fetch::<PickTask>(id)?.filter(|task| !task.is_over()) else { continue };
        if here.as_ref() != Some(&task.location) {
            if let Some(location) = tx.fetch::<Location>(&task.location)? {
                entries.push(place(&location)?);
            }
            here = Some(task.location.clone());
        }
        if let Some(item) = tx.fetch::<Item>(&task.item)? {
            entries.push(goods(press, &item, &task)?);
            entries.extend(case(press, &item, &task));
        }
    }
    let heading = format!("{} {}", press.words.get(Word::PickList), list.number);
    Ok(PracticeGroup { heading, entries })
}

/// A case of the item, where the stop wants as many pieces as one holds.
fn case(press: &Press, item: &Item, task: &PickTask) -> Option<PracticeEntry> {
    let case = item.case_within(task.remaining())?;
    let BarcodeKey::Gtin(digits) = case.key else { return None };
    let gtin = Gtin::parse(format!("{digits:014}")).ok()?;
    let note = format!("{} · {} × {}", press.words.get(Word::Case), item.code, case.quantity);
    let code = of_lot(item, task, gtin).unwrap_or(PracticeCode::Item(gtin));
    Some(PracticeEntry { caption: from_rows::item_words(item), note, code })
}

/// What pieces of the lot that a stop wants bear: item, expiry and lot in one GS1 symbol. None where the item is
/// kept by no lot.
fn of_lot(item: &Item, task: &PickTask, gtin: Gtin) -> Option<PracticeCode> {
    let lot = task.lot.as_ref()?;
    let day = |day: Day| format!("17{:02}{:02}{:02}", day.year() % 100, day.month(), day.day());
    let expires = item.tracked.expiry(lot).map_or_else(String::new, day);
    Some(PracticeCode::Gs1(format!("01{gtin}{expires}10{lot}")))
}

/// An item as its own barcode says it: that of one piece, or else one that we print for goods without.
fn goods(press: &Press, item: &Item, task: &PickTask) -> Result<PracticeEntry> {
    let slot = format!("{} {}", press.words.get(Word::Tote), task.slot);
    let mut note = format!("{} · {} × {}", slot, item.code, task.remaining());
    if let Some(lot) = &task.lot {
        note += &format!(" · {} {lot}", press.words.get(Word::Lot));
    }
    let piece = item.barcodes.iter().find(|barcode| barcode.quantity == Quantity::ONE);
    let gtin = piece.and_then(|barcode| match barcode.key {
        BarcodeKey::Gtin(digits) => Gtin::parse(format!("{digits:014}")).ok(),
        BarcodeKey::Raw(_) => None,
    });
    let code = match gtin {
        Some(gtin) => of_lot(item, task, gtin).unwrap_or(PracticeCode::Item(gtin)),
        None => PracticeCode::House(from_rows::house(Kind::Goods, item.code.as_str())?),
    };
    Ok(PracticeEntry { caption: from_rows::item_words(item), note, code })
}
