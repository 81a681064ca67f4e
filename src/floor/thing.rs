//! What a scan can name, and where names are looked up.

use std::collections::BTreeSet;

use aisle_core::{
    code::{Candidate, Scanned, house::Kind},
    id::{Code, Id},
    item::{BarcodeKey, CartonType, Item},
    label::from_rows::key_of,
    place::Location,
    quantity::Quantity,
    task::{
        rows::Floor,
        state::{Cart, Operator, Parcel, Tote},
    },
};
use serde::Serialize;

use super::{
    Key,
    lot::{self, Label},
};
use crate::scan::{
    Scan, candidates,
    profile::Refused,
    resolve::{Resolution, resolve},
    scanners::Scanners,
};

/// One thing in the building.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A location, lanes included.
    Location(Code<Location>),
    /// So many of an item, as its barcode stands for.
    Item {
        /// The item.
        item: Code<Item>,
        /// Base units that the barcode stands for.
        quantity: Quantity,
    },
    /// A tote.
    Tote(Code<Tote>),
    /// A cart.
    Cart(Code<Cart>),
    /// A person's badge.
    Badge(Code<Operator>),
    /// A parcel, by its SSCC or our own label.
    Parcel(Id<Parcel>),
}

/// What became of a raw read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// It names one thing.
    One(Thing),
    /// It names one, and the lot of it.
    OfLot {
        /// The thing.
        thing: Thing,
        /// What it says of the lot.
        label: Label,
    },
    /// It names a lot, and not of what.
    LotAlone(Label),
    /// It names several, and what is due does not tell which: one question.
    Several(Vec<Thing>),
    /// A printed key.
    Command(Key),
    /// It does not begin and end as this scanner's codes do: another scanner, or its settings changed.
    Changed {
        /// What arrived, printable.
        raw: String,
    },
    /// It has a character that this scanner cannot send through this keyboard.
    NotSent {
        /// What arrived, printable.
        raw: String,
    },
    /// It names nothing here.
    Unknown {
        /// What was scanned, printable.
        raw: String,
    },
    /// It is GS1 data with a fault.
    Unreadable {
        /// The Application Identifier that is wrong.
        ai: String,
        /// What was scanned, printable.
        raw: String,
    },
}

/// Master data: what does not change as goods move. The terminal's cache is one, rows in memory another.
pub trait Catalogue {
    /// The item with this code.
    fn item(&self, code: &Code<Item>) -> Option<Item>;
    /// The items that a barcode means, each with the base units one scan stands for.
    fn items_of(&self, key: &BarcodeKey) -> Vec<(Code<Item>, Quantity)>;
    /// The location with this code.
    fn location(&self, code: &Code<Location>) -> Option<Location>;
    /// The cart with this code.
    fn cart(&self, code: &Code<Cart>) -> Option<Cart>;
    /// The person with this badge.
    fn operator(&self, badge: &Code<Operator>) -> Option<Operator>;
    /// Everybody with a badge, by badge.
    fn operators(&self) -> Vec<Operator>;
    /// The cartons the site keeps, by rank.
    fn cartons(&self) -> Vec<CartonType>;
}

impl Catalogue for Floor {
    fn item(&self, code: &Code<Item>) -> Option<Item> {
        self.find::<Item>(code).cloned()
    }

    fn items_of(&self, key: &BarcodeKey) -> Vec<(Code<Item>, Quantity)> {
        let of = |item: &Item| {
            let barcode = item.barcodes.iter().find(|barcode| barcode.key == *key)?;
            Some((item.code.clone(), barcode.quantity))
        };
        self.all::<Item>().filter_map(of).collect()
    }

    fn location(&self, code: &Code<Location>) -> Option<Location> {
        self.find::<Location>(code).cloned()
    }

    fn cart(&self, code: &Code<Cart>) -> Option<Cart> {
        self.find::<Cart>(code).cloned()
    }

    fn operator(&self, badge: &Code<Operator>) -> Option<Operator> {
        self.find::<Operator>(badge).cloned()
    }

    fn operators(&self) -> Vec<Operator> {
        self.all::<Operator>().cloned().collect()
    }

    fn cartons(&self) -> Vec<CartonType> {
        let mut cartons: Vec<_> = self.all::<CartonType>().cloned().collect();
        cartons.sort_by_key(|carton| carton.rank);
        cartons
    }
}

/// What is due when something is scanned.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The things: where a code names several, one of these is meant.
    pub things: &'a [Thing],
    /// The lots: where a code lost its separators, one of these is meant.
    pub lots: &'a [lot::Due],
    /// The year, to tell the century of a day.
    pub this_year: u16,
}

/// What a scan names, looked up in the rows and the catalogue, after its scanner's habits are undone.
#[must_use]
pub fn read(
    scan: &Scan,
    scanners: &Scanners,
    rows: &Floor,
    catalogue: &dyn Catalogue,
    expected: Expected<'_>,
) -> Read {
    let raw = printable(&scan.raw);
    match candidates::decode(scan, scanners.of(scan.source)) {
        Ok(decoded) => {
            let scanned = candidates::meanings(&decoded, scan);
            let lots = if decoded.separators_lost { expected.lots } else { &[] };
            lot::recovered(&scanned, catalogue, lots).unwrap_or_else(|| {
                let read = named_by(&scanned, rows, catalogue, expected.things);
                of_lot(read, &scanned, expected.this_year)
            })
        }
        Err(Refused::Character(_)) => Read::NotSent { raw },
        Err(Refused::Frame | Refused::NotText) => Read::Changed { raw },
    }
}

/// The same, with the lot that the scan names.
fn of_lot(read: Read, scanned: &Scanned<'_>, this_year: u16) -> Read {
    let label = if scanned.error().is_none() { Label::of(scanned, this_year) } else { None };
    match (read, label) {
        (Read::One(thing @ Thing::Item { .. }), Some(label)) => Read::OfLot { thing, label },
        (Read::Unknown { .. }, Some(label)) if scanned.gtin().is_none() => Read::LotAlone(label),
        (read, _) => read,
    }
}

fn printable(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

fn named_by(scanned: &Scanned<'_>, rows: &Floor, catalogue: &dyn Catalogue, expected: &[Thing]) -> Read {
    let mut things = BTreeSet::new();
    for candidate in scanned.candidates() {
        named(candidate, rows, catalogue, &mut things);
    }
    let printable = || printable(scanned.raw());
    match resolve(things, |thing| expected.iter().any(|due| same(due, thing))) {
        Resolution::One(thing) => Read::One(thing),
        Resolution::Ask(things) => Read::Several(things),
        Resolution::NotHere(mut things) => match things.pop() {
            Some(thing) if things.is_empty() => Read::One(thing),
            Some(thing) => {
                things.push(thing);
                Read::Several(things)
            }
            None => Read::Unknown { raw: printable() },
        },
        // A key only where nothing else bears the same text.
        Resolution::Unknown => match (command(scanned), scanned.error().and_then(|error| error.ai)) {
            (Some(key), _) => Read::Command(key),
            (None, Some(ai)) => Read::Unreadable { ai: ai.to_owned(), raw: printable() },
            (None, None) => Read::Unknown { raw: printable() },
        },
    }
}

/// The key that a printed command stands for.
fn command(scanned: &Scanned<'_>) -> Option<Key> {
    scanned.candidates().find_map(|candidate| match candidate {
        Candidate::House(label) if label.kind() == Kind::Command => key_of(label.body())?.parse().ok(),
        _ => None,
    })
}

/// Whether two things are the same one, whatever quantity their barcodes stand for.
fn same(a: &Thing, b: &Thing) -> bool {
    match (a, b) {
        (Thing::Item { item: a, .. }, Thing::Item { item: b, .. }) => a == b,
        _ => a == b,
    }
}

fn named(candidate: Candidate<'_>, rows: &Floor, catalogue: &dyn Catalogue, things: &mut BTreeSet<Thing>) {
    let mut items = |key: &BarcodeKey| {
        let found = catalogue.items_of(key);
        things.extend(found.into_iter().map(|(item, quantity)| Thing::Item { item, quantity }));
    };
    match candidate {
        Candidate::Gtin(gtin) => items(&BarcodeKey::Gtin(gtin.key())),
        Candidate::Sscc(sscc) => things.extend(parcel(rows, &sscc.to_string())),
        Candidate::House(label) => labelled(label.kind(), label.body(), rows, catalogue, things),
        Candidate::Raw(raw) => {
            let Ok(text) = std::str::from_utf8(raw) else { return };
            items(&BarcodeKey::Raw(text.to_owned()));
            for kind in [Kind::Location, Kind::Tote, Kind::Cart, Kind::Badge] {
                labelled(kind, text, rows, catalogue, things);
            }
        }
    }
}

/// A label names what bears its body as code. Codes that people read with blanks (`B07 14 C`) are printed
/// with dashes, as a label has no blanks.
fn labelled(kind: Kind, body: &str, rows: &Floor, catalogue: &dyn Catalogue, things: &mut BTreeSet<Thing>) {
    for text in [body.to_owned(), body.replace('-', " ")] {
        things.extend(match kind {
            Kind::Location | Kind::Lane => {
                Code::parse(&text).ok().and_then(|c| catalogue.location(&c)).map(|l| Thing::Location(l.code))
            }
            Kind::Tote => Code::parse(&text)
                .ok()
                .and_then(|c| rows.find::<Tote>(&c))
                .map(|t| Thing::Tote(t.code.clone())),
            Kind::Cart => {
                Code::parse(&text).ok().and_then(|c| catalogue.cart(&c)).map(|c| Thing::Cart(c.code))
            }
            Kind::Badge => {
                Code::parse(&text).ok().and_then(|c| catalogue.operator(&c)).map(|o| Thing::Badge(o.badge))
            }
            Kind::Goods => Code::parse(&text)
                .ok()
                .and_then(|c| catalogue.item(&c))
                .map(|i| Thing::Item { item: i.code, quantity: Quantity::ONE }),
            Kind::Parcel => parcel(rows, &text),
            Kind::Command | Kind::Document | Kind::Unit | Kind::Station | Kind::Printer => None,
        });
    }
}

/// The parcel that bears this SSCC.
fn parcel(rows: &Floor, sscc: &str) -> Option<Thing> {
    rows.all::<Parcel>().find(|p| p.sscc.as_deref() == Some(sscc)).map(|p| Thing::Parcel(p.id))
}
