//! Rows of the floor as documents: what the terminal prints while packing and the centre prints again.
//!
//! Enter: rows as they stand, the site, moments already reckoned in its own time. Leave: the plain structs of
//! [`super::doc`]. Both ends use these functions, so that a reprint says what the first print said.
//! Never here: a look-up (the caller hands an item closure), a clock, a made-up value: what a row does not
//! know is left out of the print.

use std::collections::BTreeMap;

use super::{
    Stamp,
    doc::{
        Address, Badge, ManifestDoc, ManifestParcel, PackingSlip, ParcelLabel, PlaceKind, PlaceLabel, Role,
        SlipLine, ToteSticker,
    },
};
use crate::{
    code::{House, HouseError, Sscc, SsccError, house::Kind},
    id::Code,
    item::Item,
    order::{self, CarrierService},
    place::{Location, Site, Usage},
    quantity::Quantity,
    task::state::{self, Cart, Content, FulfilmentOrder, Manifest, Operator, Parcel, Tote},
};

/// Why rows are not printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FromRowsError {
    /// The parcel has no SSCC yet.
    #[error("parcel {0} is not sealed: it has no SSCC to print")]
    NotSealed(u16),
    /// What the row calls an SSCC is none.
    #[error("{text:?} is no SSCC: {source}")]
    Sscc {
        /// What the row says.
        text: String,
        /// What is wrong with it.
        source: SsccError,
    },
    /// The code has characters that no label of ours can carry.
    #[error("{code:?} cannot be a label of ours: {source}")]
    Label {
        /// The code.
        code: String,
        /// What is wrong with it.
        source: HouseError,
    },
}

/// The label of a sealed parcel. The number of parcels is printed once nothing more is to be packed.
///
/// # Errors
/// When the parcel has no SSCC, or its SSCC is none.
pub fn parcel_label(
    site: &Site,
    order: &FulfilmentOrder,
    parcel: &Parcel,
) -> Result<ParcelLabel, FromRowsError> {
    let (carrier, service) = service_words(&parcel.service);
    Ok(ParcelLabel {
        from: sender(site),
        to: recipient(&order.ship_to, site),
        carrier,
        service,
        sscc: sscc(parcel)?,
        parcel: parcel.number,
        parcels: parcels_of(order),
        weight_g: parcel.weight_g.map_or(0, u64::from),
        order: order.number.clone(),
    })
}

/// The packing slip of a parcel. `others` are the order's other parcels (this one among them is passed over);
/// `item` finds an item's row: without one the line says the item's number alone.
pub fn packing_slip(
    site: &Site,
    order: &FulfilmentOrder,
    parcel: &Parcel,
    others: &[Parcel],
    item: &dyn Fn(&Code<Item>) -> Option<Item>,
    shipped: Option<Stamp>,
) -> PackingSlip {
    let lines = |contents: &BTreeMap<Code<Item>, Quantity>| -> Vec<SlipLine> {
        contents.iter().filter(|(_, n)| n.is_some()).map(|(code, n)| slip_line(code, *n, item)).collect()
    };
    let elsewhere = others.iter().filter(|other| other.id != parcel.id).flat_map(|other| &other.contents);
    let mut to_follow = BTreeMap::new();
    for line in &order.lines {
        *to_follow.entry(line.item.clone()).or_insert(Quantity::ZERO) +=
            (line.wanted - line.packed).or_zero();
    }
    let (carrier, service) = service_words(&parcel.service);
    PackingSlip {
        shop: site.name.clone(),
        shop_note: site.address.join(", "),
        to: recipient(&order.ship_to, site),
        order: order.number.clone(),
        ordered: None,
        shipped,
        parcel: parcel.number,
        parcels: parcels_of(order),
        carrier: if service.is_empty() { carrier } else { format!("{carrier}, {service}") },
        weight_g: parcel.weight_g.map_or(0, u64::from),
        code: document(&format!("{}-{}", order.number, parcel.number)).unwrap_or_default(),
        lines: lines(&summed(&parcel.contents)),
        elsewhere: lines(&summed(elsewhere)),
        to_follow: lines(&to_follow),
        prices: None,
        message: String::new(),
    }
}

/// The manifest. `parcels` are its parcels with their orders, in the order to be called out.
///
/// # Errors
/// When a parcel has no SSCC, or one that is none: a driver signs for numbers, so none may be missing.
pub fn manifest(
    site: &Site,
    manifest: &Manifest,
    parcels: &[(Parcel, FulfilmentOrder)],
    cut_off: Option<Stamp>,
    closed: Stamp,
) -> Result<ManifestDoc, FromRowsError> {
    let (carrier, service) = service_words(&manifest.service);
    let row = |(parcel, order): &(Parcel, FulfilmentOrder)| {
        let to = recipient(&order.ship_to, site);
        Ok(ManifestParcel {
            sscc: sscc(parcel)?,
            order: order.number.clone(),
            town: to.town,
            weight_g: parcel.weight_g.map_or(0, u64::from),
        })
    };
    Ok(ManifestDoc {
        shop: site.name.clone(),
        carrier,
        service,
        number: document(&format!("M{}", manifest.number))?,
        cut_off,
        closed,
        parcels: parcels.iter().map(row).collect::<Result<_, _>>()?,
    })
}

/// The label of a location: a lane or bench as such, anything else as a location.
///
/// # Errors
/// When the location's code has characters that no label carries.
pub fn location_label(location: &Location) -> Result<PlaceLabel, FromRowsError> {
    let (kind, printed) = match location.usage {
        Usage::Staging => (Kind::Lane, PlaceKind::Lane),
        Usage::Packing => (Kind::Lane, PlaceKind::Station),
        _ => (Kind::Location, PlaceKind::Location),
    };
    Ok(PlaceLabel {
        kind: printed,
        name: location.code.to_string(),
        code: house(kind, location.code.as_str())?,
        check: location.check_digits.clone().unwrap_or_default(),
    })
}

/// The label of a cart.
///
/// # Errors
/// When the cart's code has characters that no label carries.
pub fn cart_label(cart: &Cart) -> Result<PlaceLabel, FromRowsError> {
    Ok(PlaceLabel {
        kind: PlaceKind::Cart,
        name: cart.code.to_string(),
        code: house(Kind::Cart, cart.code.as_str())?,
        check: String::new(),
    })
}

/// The sticker of a tote with the tag of a slot.
///
/// # Errors
/// When the tote's code has characters that no label carries.
pub fn tote_sticker(tote: &Code<Tote>, slot: u16) -> Result<ToteSticker, FromRowsError> {
    Ok(ToteSticker { number: slot, code: house(Kind::Tote, tote.as_str())? })
}

/// An operator's badge; `show_code` prints the code in letters too, for practice sites.
///
/// # Errors
/// When the badge has characters that no label carries.
pub fn badge(site: &Site, operator: &Operator, show_code: bool) -> Result<Badge, FromRowsError> {
    Ok(Badge {
        site: site.name.clone(),
        name: operator.name.clone(),
        role: match operator.role {
            state::Role::Picker => Role::Picker,
            state::Role::Packer => Role::Packer,
            state::Role::Lead => Role::Lead,
        },
        code: house(Kind::Badge, operator.badge.as_str())?,
        show_code,
    })
}

/// The text of a label of ours. Blanks in a code are dashes on its label, as a label has no blanks.
///
/// # Errors
/// When the code has other characters that no label carries.
pub fn house(kind: Kind, code: &str) -> Result<String, FromRowsError> {
    House::new(kind, &code.replace(' ', "-"))
        .map(House::format)
        .map_err(|source| FromRowsError::Label { code: code.to_owned(), source })
}

/// The keys that are printed as command barcodes: the body of the label, and the key it stands for.
pub const KEYS: [(&str, &str); 27] = [
    ("ENTER", "Enter"),
    ("STAR", "*"),
    ("HASH", "#"),
    ("DOT", "."),
    ("BACK", "Back"),
    ("F1", "F1"),
    ("F2", "F2"),
    ("F3", "F3"),
    ("F4", "F4"),
    ("F5", "F5"),
    ("F6", "F6"),
    ("F7", "F7"),
    ("F8", "F8"),
    ("F9", "F9"),
    ("F10", "F10"),
    ("F11", "F11"),
    ("F12", "F12"),
    ("0", "0"),
    ("1", "1"),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", "5"),
    ("6", "6"),
    ("7", "7"),
    ("8", "8"),
    ("9", "9"),
];

/// The key that a printed command stands for, by the body of its label.
#[must_use]
pub fn key_of(body: &str) -> Option<&'static str> {
    KEYS.iter().find(|(known, _)| *known == body).map(|(_, key)| *key)
}

/// Carrier and service as printed, from the service's code: `own_fleet.next_day` is `Own fleet`, `Next day`.
#[must_use]
pub fn service_words(code: &Code<CarrierService>) -> (String, String) {
    let (carrier, service) = code.as_str().split_once('.').unwrap_or((code.as_str(), ""));
    (sentence(carrier), sentence(service))
}

/// An item on paper: what it is, then what tells it from its neighbours.
#[must_use]
pub fn item_words(item: &Item) -> String {
    match (item.name.is_empty(), item.telling.is_empty()) {
        (_, true) => item.name.clone(),
        (true, _) => item.telling.clone(),
        _ => format!("{}, {}", item.name, item.telling),
    }
}

fn sentence(word: &str) -> String {
    let word = word.replace('_', " ");
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn document(body: &str) -> Result<String, FromRowsError> {
    house(Kind::Document, body)
}

fn sscc(parcel: &Parcel) -> Result<Sscc, FromRowsError> {
    let text = parcel.sscc.as_ref().ok_or(FromRowsError::NotSealed(parcel.number))?;
    Sscc::parse(text).map_err(|source| FromRowsError::Sscc { text: text.clone(), source })
}

/// How many parcels the order has; 0 while more may come.
fn parcels_of(order: &FulfilmentOrder) -> u16 {
    if order.is_packed() { u16::try_from(order.parcels.len()).unwrap_or(0) } else { 0 }
}

fn summed<'a>(contents: impl IntoIterator<Item = &'a Content>) -> BTreeMap<Code<Item>, Quantity> {
    let mut sums = BTreeMap::new();
    for content in contents {
        *sums.entry(content.item.clone()).or_insert(Quantity::ZERO) += content.quantity;
    }
    sums
}

fn slip_line(code: &Code<Item>, n: Quantity, item: &dyn Fn(&Code<Item>) -> Option<Item>) -> SlipLine {
    SlipLine {
        item: code.to_string(),
        description: item(code).map(|item| item_words(&item)).unwrap_or_default(),
        quantity: u64::try_from(n.0).unwrap_or(0),
        price_minor: None,
    }
}

fn sender(site: &Site) -> Address {
    Address { name: site.name.clone(), street: site.address.clone(), ..Address::default() }
}

/// An address as printed. The country is left out at home (where it is the last of the site's own lines). Where
/// the channel gave no town, the country stands in its place: it is what the sorter reads.
fn recipient(to: &order::Address, site: &Site) -> Address {
    let home = |country: &str| site.address.last().is_some_and(|last| last.eq_ignore_ascii_case(country));
    let town = match (to.town.is_empty(), to.postal_code.is_empty()) {
        (false, false) if town_first(&to.country) => format!("{} {}", to.town, to.postal_code),
        (false, false) => format!("{} {}", to.postal_code, to.town),
        (_, true) => to.town.clone(),
        (true, _) => to.postal_code.clone(),
    };
    let (town, country) = match town.is_empty() {
        true => (to.country.clone(), String::new()),
        false if home(&to.country) => (town, String::new()),
        false => (town, to.country.clone()),
    };
    Address { name: to.name.clone(), street: to.lines.clone(), town, country }
}

/// Countries that write the postal code after the town (UPU addressing systems), by the names channels use.
fn town_first(country: &str) -> bool {
    const COUNTRIES: [&str; 19] = [
        "united kingdom",
        "great britain",
        "gb",
        "uk",
        "ireland",
        "eire",
        "ie",
        "united states",
        "usa",
        "us",
        "canada",
        "ca",
        "australia",
        "au",
        "new zealand",
        "nz",
        "india",
        "in",
        "singapore",
    ];
    COUNTRIES.iter().any(|name| name.eq_ignore_ascii_case(country))
}
