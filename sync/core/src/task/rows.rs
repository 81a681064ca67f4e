//! Rows under keys, and the small door through which the fold reads and writes them.

use std::{collections::BTreeMap, convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    state::{Cart, FulfilmentOrder, Manifest, Operator, Parcel, PickList, PickTask, Terminal, Tote},
    trouble::Trouble,
};
use crate::{
    id::{Code, Id},
    item::{CartonType, Item},
    place::{Location, Site},
};

/// Which table a row belongs to. A kind that a newer centre sends is kept by its word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// [`Site`].
    Site,
    /// [`Item`].
    Item,
    /// [`Location`].
    Location,
    /// [`CartonType`].
    Carton,
    /// [`Operator`].
    Operator,
    /// [`Terminal`].
    Terminal,
    /// [`Cart`].
    Cart,
    /// [`Tote`].
    Tote,
    /// [`PickList`].
    PickList,
    /// [`PickTask`].
    PickTask,
    /// [`FulfilmentOrder`].
    Fulfilment,
    /// [`Parcel`].
    Parcel,
    /// [`Manifest`].
    Manifest,
    /// [`Trouble`].
    Trouble,
    /// A kind this build does not know, by its word.
    Unknown(String),
}

const WORDS: [(RowKind, &str); 14] = [
    (RowKind::Site, "site"),
    (RowKind::Item, "item"),
    (RowKind::Location, "location"),
    (RowKind::Carton, "carton"),
    (RowKind::Operator, "operator"),
    (RowKind::Terminal, "terminal"),
    (RowKind::Cart, "cart"),
    (RowKind::Tote, "tote"),
    (RowKind::PickList, "pick_list"),
    (RowKind::PickTask, "pick_task"),
    (RowKind::Fulfilment, "fulfilment"),
    (RowKind::Parcel, "parcel"),
    (RowKind::Manifest, "manifest"),
    (RowKind::Trouble, "trouble"),
];

impl RowKind {
    /// The stable word of the kind.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Unknown(word) => word,
            known => WORDS.iter().find(|(kind, _)| kind == known).map_or("", |(_, word)| word),
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        WORDS
            .iter()
            .find(|(_, w)| *w == word)
            .map_or_else(|| Self::Unknown(word.to_owned()), |(kind, _)| kind.clone())
    }
}

/// Names one row. Written `kind/id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which table.
    pub kind: RowKind,
    /// The code or id within it.
    pub id: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.word(), self.id)
    }
}

/// The text is no [`Key`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no row key; keys read kind/id")]
pub struct KeyError(String);

impl FromStr for Key {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once('/').ok_or_else(|| KeyError(text.to_owned()))?;
        Ok(Self { kind: RowKind::of(kind), id: id.to_owned() })
    }
}
impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// One row of any kind that this build knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each variant holds the type of its name")]
pub enum Row {
    Site(Site),
    Item(Item),
    Location(Location),
    Carton(CartonType),
    Operator(Operator),
    Terminal(Terminal),
    Cart(Cart),
    Tote(Tote),
    PickList(PickList),
    PickTask(PickTask),
    Fulfilment(FulfilmentOrder),
    Parcel(Parcel),
    Manifest(Manifest),
    Trouble(Trouble),
}

impl Row {
    /// The key it lives under.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Site(row) => row.key(),
            Self::Item(row) => row.key(),
            Self::Location(row) => row.key(),
            Self::Carton(row) => row.key(),
            Self::Operator(row) => row.key(),
            Self::Terminal(row) => row.key(),
            Self::Cart(row) => row.key(),
            Self::Tote(row) => row.key(),
            Self::PickList(row) => row.key(),
            Self::PickTask(row) => row.key(),
            Self::Fulfilment(row) => row.key(),
            Self::Parcel(row) => row.key(),
            Self::Manifest(row) => row.key(),
            Self::Trouble(row) => row.key(),
        }
    }

    /// Reads the JSON body of a row of this kind; `Ok(None)` when the kind is not known here.
    ///
    /// # Errors
    /// When the body is not a row of that kind.
    pub fn from_json(kind: &RowKind, body: &str) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match kind {
            RowKind::Site => Self::Site(serde_json::from_str(body)?),
            RowKind::Item => Self::Item(serde_json::from_str(body)?),
            RowKind::Location => Self::Location(serde_json::from_str(body)?),
            RowKind::Carton => Self::Carton(serde_json::from_str(body)?),
            RowKind::Operator => Self::Operator(serde_json::from_str(body)?),
            RowKind::Terminal => Self::Terminal(serde_json::from_str(body)?),
            RowKind::Cart => Self::Cart(serde_json::from_str(body)?),
            RowKind::Tote => Self::Tote(serde_json::from_str(body)?),
            RowKind::PickList => Self::PickList(serde_json::from_str(body)?),
            RowKind::PickTask => Self::PickTask(serde_json::from_str(body)?),
            RowKind::Fulfilment => Self::Fulfilment(serde_json::from_str(body)?),
            RowKind::Parcel => Self::Parcel(serde_json::from_str(body)?),
            RowKind::Manifest => Self::Manifest(serde_json::from_str(body)?),
            RowKind::Trouble => Self::Trouble(serde_json::from_str(body)?),
            RowKind::Unknown(_) => return Ok(None),
        }))
    }

    /// The JSON body of the row, as it is stored and fed.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("rows are plain structs with string keys")
    }
}

/// A type that is kept as a row.
pub trait Kept: Sized {
    /// What names one of them.
    type Name: ?Sized;
    /// The key of the one with this name.
    fn key_of(name: &Self::Name) -> Key;
    /// This one's key.
    fn key(&self) -> Key;
    /// Wraps it.
    fn into_row(self) -> Row;
    /// Unwraps it; `None` when the row is of another kind.
    fn from_row(row: Row) -> Option<Self>;
    /// Borrows it from a row; `None` when the row is of another kind.
    fn in_row(row: &Row) -> Option<&Self>;
    /// Which table.
    const KIND: RowKind;
}

macro_rules! kept {
    ($type:ident, $variant:ident, $name:ty, $field:ident) => {
        impl Kept for $type {
            type Name = $name;
            const KIND: RowKind = RowKind::$variant;
            fn key_of(name: &$name) -> Key {
                Key { kind: Self::KIND, id: name.to_string() }
            }
            fn key(&self) -> Key {
                Self::key_of(&self.$field)
            }
            fn into_row(self) -> Row {
                Row::$variant(self)
            }
            fn from_row(row: Row) -> Option<Self> {
                if let Row::$variant(it) = row { Some(it) } else { None }
            }
            fn in_row(row: &Row) -> Option<&Self> {
                if let Row::$variant(it) = row { Some(it) } else { None }
            }
        }
    };
}
kept!(Site, Site, Code<Site>, code);
kept!(Item, Item, Code<Item>, code);
kept!(Location, Location, Code<Location>, code);
kept!(CartonType, Carton, Code<CartonType>, code);
kept!(Operator, Operator, Code<Operator>, badge);
kept!(Terminal, Terminal, Code<Terminal>, code);
kept!(Cart, Cart, Code<Cart>, code);
kept!(Tote, Tote, Code<Tote>, code);
kept!(PickList, PickList, Id<PickList>, id);
kept!(PickTask, PickTask, Id<PickTask>, id);
kept!(FulfilmentOrder, Fulfilment, Id<FulfilmentOrder>, id);
kept!(Parcel, Parcel, Id<Parcel>, id);
kept!(Manifest, Manifest, Id<Manifest>, id);
kept!(Trouble, Trouble, Id<Trouble>, id);

/// The door to the rows: the terminal's memory, or the centre's transaction.
pub trait Rows {
    /// How the world behind it fails.
    type Error;
    /// The row under a key.
    ///
    /// # Errors
    /// When the store behind it fails.
    fn get(&self, key: &Key) -> Result<Option<Row>, Self::Error>;
    /// Writes a row under its key.
    ///
    /// # Errors
    /// When the store behind it fails.
    fn put(&mut self, row: Row) -> Result<(), Self::Error>;

    /// The one with this name.
    ///
    /// # Errors
    /// When the store behind it fails.
    fn fetch<T: Kept>(&self, name: &T::Name) -> Result<Option<T>, Self::Error> {
        Ok(self.get(&T::key_of(name))?.and_then(T::from_row))
    }
    /// Writes one.
    ///
    /// # Errors
    /// When the store behind it fails.
    fn keep<T: Kept>(&mut self, it: T) -> Result<(), Self::Error> {
        self.put(it.into_row())
    }
}

/// Rows in memory: the terminal's floor, and the fold's own tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Floor {
    rows: BTreeMap<Key, Row>,
}

impl Floor {
    /// The row with this name, borrowed.
    #[must_use]
    pub fn find<T: Kept>(&self, name: &T::Name) -> Option<&T> {
        self.rows.get(&T::key_of(name)).and_then(T::in_row)
    }

    /// All rows of a kind, by key.
    pub fn all<T: Kept + 'static>(&self) -> impl Iterator<Item = &T> {
        let first = Key { kind: T::KIND, id: String::new() };
        self.rows
            .range(first..)
            .take_while(|(key, _)| key.kind == T::KIND)
            .filter_map(|(_, row)| T::in_row(row))
    }

    /// Writes a row.
    pub fn set(&mut self, row: Row) {
        self.rows.insert(row.key(), row);
    }

    /// Takes a row away.
    pub fn remove(&mut self, key: &Key) {
        self.rows.remove(key);
    }
}

impl Rows for Floor {
    type Error = Infallible;
    fn get(&self, key: &Key) -> Result<Option<Row>, Infallible> {
        Ok(self.rows.get(key).cloned())
    }
    fn put(&mut self, row: Row) -> Result<(), Infallible> {
        self.set(row);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_a_newer_centre_keeps_its_word() {
        let key: Result<Key, _> = "drone/7".parse();
        assert_eq!(key.map(|k| k.to_string()), Ok("drone/7".to_owned()));
        for (kind, word) in WORDS {
            assert_eq!(RowKind::of(word), kind);
            assert_eq!(kind.word(), word);
        }
    }

    #[test]
    fn rows_of_one_kind_are_listed_apart_from_the_others() {
        let mut floor = Floor::default();
        for code in ["T2", "T1"] {
            floor.set(Row::Tote(Tote::empty(Code::parse(code).unwrap())));
        }
        floor.set(Row::Cart(Cart { code: Code::parse("C1").unwrap(), columns: 4, shelves: 3 }));
        let totes: Vec<_> = floor.all::<Tote>().map(|t| t.code.to_string()).collect();
        assert_eq!(totes, ["T1", "T2"]);
    }
}
