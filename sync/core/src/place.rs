//! Where goods can be, and the places of a site.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    id::{Code, Id},
    task::state::{Cart, Parcel, Tote},
};

/// A building that stores and ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The site's code.
    pub code: Code<Site>,
    /// What people call it.
    pub name: String,
    /// What the sender line of a label says, one entry a line.
    pub address: Vec<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// Whether it is a training sandbox: the terminal then shows "Practice".
    #[serde(default)]
    pub practice: bool,
    /// The layout that routes are planned on, where the site has one.
    #[serde(default)]
    pub layout: Option<SiteLayout>,
    /// What is picked first and last for the sake of the load.
    #[serde(default, skip_serializing_if = "LoadRule::is_none")]
    pub load: LoadRule,
}

/// What a walk picks before and after everything else, so that nothing is crushed. As it is by default, nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadRule {
    /// Items of which a piece weighs at least so much go to the bottom: picked first. In grams; 0 when none do.
    pub heavy_from_g: u32,
    /// Fragile items go on top: picked last, however heavy.
    pub fragile_last: bool,
}

impl LoadRule {
    /// Whether it leaves the order of stops to the walk alone.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.heavy_from_g == 0 && !self.fragile_last
    }
}

/// A rectangular rack layout: parallel aisles crossed by cross-aisles. Lengths in millimetres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteLayout {
    /// Names of the aisles, in walking order from the depot's side.
    pub aisles: Vec<String>,
    /// From the middle of one aisle to the middle of the next.
    pub aisle_pitch_mm: u32,
    /// Where the cross-aisles lie along the aisles, ascending; the first is the front, the last the back.
    pub cross_aisles_mm: Vec<u32>,
    /// The aisle at whose front runs start and end.
    pub depot_aisle: u16,
}

/// What a location is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    /// Where goods come from.
    Supplier,
    /// Arrived, not yet stored.
    Receiving,
    /// Reserve.
    Storage,
    /// Where pickers take pieces.
    PickFace,
    /// Lanes and benches where totes wait for packing.
    Packing,
    /// Lanes where parcels wait for the carrier.
    Staging,
    /// Handed over.
    Carrier,
    /// Delivered.
    Customer,
    /// Missing, broken, thrown away.
    Loss,
    /// Held back.
    Quarantine,
}

impl Usage {
    /// The stable word on disk.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Receiving => "receiving",
            Self::Storage => "storage",
            Self::PickFace => "pick_face",
            Self::Packing => "packing",
            Self::Staging => "staging",
            Self::Carrier => "carrier",
            Self::Customer => "customer",
            Self::Loss => "loss",
            Self::Quarantine => "quarantine",
        }
    }

    /// Every usage, in the order of the goods' way through the house.
    pub const ALL: [Self; 10] = [
        Self::Supplier,
        Self::Receiving,
        Self::Storage,
        Self::PickFace,
        Self::Packing,
        Self::Staging,
        Self::Carrier,
        Self::Customer,
        Self::Loss,
        Self::Quarantine,
    ];
}

/// A place with an address on a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The address, in the parts that people read: `B07 14 C`.
    pub code: Code<Location>,
    /// What it is for.
    pub usage: Usage,
    /// Two digits on the label that prove she stands there.
    #[serde(default)]
    pub check_digits: Option<String>,
    /// Where it comes in a plain walk through the site.
    pub pick_sequence: u32,
    /// Where it lies on the layout.
    #[serde(default)]
    pub travel: Option<Travel>,
}

/// Where a location lies on the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Travel {
    /// Index into the layout's aisles.
    pub aisle: u16,
    /// Distance from the front cross-aisle, in millimetres.
    pub along_mm: u32,
    /// Which side of the aisle, seen from the front.
    pub side: Side,
    /// Bay number, as painted on the rack.
    pub bay: u16,
    /// Shelf, 1 at the floor.
    pub level: u8,
}

/// A side of an aisle, seen from its front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// On the left hand.
    Left,
    /// On the right hand.
    Right,
}

/// Where goods are, as the ledger knows it. Written `kind:code`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At a location of the site.
    Location(Code<Location>),
    /// On a cart, taken but not yet in a tote.
    Cart(Code<Cart>),
    /// In a tote.
    Tote(Code<Tote>),
    /// In a parcel.
    Parcel(Id<Parcel>),
    /// Outside the building or out of the world: supplier, carrier, customer, loss.
    Virtual(Usage),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(code) => write!(f, "loc:{code}"),
            Self::Cart(code) => write!(f, "cart:{code}"),
            Self::Tote(code) => write!(f, "tote:{code}"),
            Self::Parcel(id) => write!(f, "parcel:{id}"),
            Self::Virtual(usage) => write!(f, "virtual:{}", usage.word()),
        }
    }
}

/// The text is no [`Place`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no place; places read loc:CODE, cart:CODE, tote:CODE, parcel:ID or virtual:USAGE")]
pub struct PlaceError(String);

impl FromStr for Place {
    type Err = PlaceError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || PlaceError(text.to_owned());
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        match kind {
            "loc" => Code::parse(rest).map(Self::Location).map_err(|_| wrong()),
            "cart" => Code::parse(rest).map(Self::Cart).map_err(|_| wrong()),
            "tote" => Code::parse(rest).map(Self::Tote).map_err(|_| wrong()),
            "parcel" => rest.parse().map(Self::Parcel).map_err(|_| wrong()),
            "virtual" => {
                Usage::ALL.into_iter().find(|u| u.word() == rest).map(Self::Virtual).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_without_a_rule_for_loads_reads_and_writes_as_it_did_before_there_was_one() {
        let before =
            r#"{"code":"S","name":"","address":[],"time_zone":"UTC","practice":false,"layout":null}"#;
        let site: Site = serde_json::from_str(before).expect("a site");
        assert!(site.load.is_none());
        assert_eq!(serde_json::to_string(&site).expect("json"), before);
        let site = Site { load: LoadRule { heavy_from_g: 5_000, fragile_last: true }, ..site };
        let told = serde_json::to_string(&site).expect("json");
        assert!(told.ends_with(r#","load":{"heavy_from_g":5000,"fragile_last":true}}"#), "{told}");
        assert_eq!(serde_json::from_str::<Site>(&told).expect("a site"), site);
    }

    #[test]
    fn every_place_reads_back_as_itself() {
        for text in ["loc:B07 14 C", "cart:C3", "tote:T6", "virtual:supplier", "virtual:loss"] {
            assert_eq!(text.parse::<Place>().map(|p| p.to_string()), Ok(text.to_owned()));
        }
        assert!("shelf:1".parse::<Place>().is_err());
        assert!("virtual:moon".parse::<Place>().is_err());
    }
}
