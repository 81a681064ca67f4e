//! The site as people know it: what is written on the sheets, and what is printed on the labels.

use std::{collections::BTreeMap, fs, path::Path};

use aisle_core::{code::house::Kind, label::from_rows::house};

use super::process::Failure;

/// An item as its sheet has it.
pub struct Item {
    /// The digits under its barcode.
    pub gtin: String,
    /// The digits under the barcode of a case, and how many it holds; empty where it comes in no cases.
    pub case_gtin: String,
    pub case: i64,
    /// Its lots and when they expire, as YYMMDD; none where it is not kept by lot.
    pub lots: BTreeMap<String, String>,
    /// Weight of one, in grams.
    pub weight_g: i64,
    /// Volume of one, in millilitres.
    pub volume_ml: i64,
}

/// A person.
#[derive(Clone)]
pub struct Person {
    /// The badge.
    pub badge: String,
    /// Her name.
    pub name: String,
    /// Her role, as the sheet has it.
    pub role: String,
    /// Her PIN.
    pub pin: String,
}

/// What goods are called in the world: the SKU, and the lot where they are of one.
pub fn goods(sku: &str, lot: &str) -> String {
    if lot.is_empty() { sku.to_owned() } else { format!("{sku} lot {lot}") }
}

/// The SKU of goods, and their lot or nothing.
pub fn parts(goods: &str) -> (&str, &str) {
    goods.split_once(" lot ").unwrap_or((goods, ""))
}

impl Site {
    /// The item of goods.
    pub fn item(&self, goods: &str) -> Option<&Item> {
        self.items.get(parts(goods).0)
    }

    /// How many a case of the goods holds; 0 where they come in none.
    pub fn case(&self, goods: &str) -> i64 {
        self.item(goods).map_or(0, |item| item.case)
    }

    /// The bytes that a scanner reads off one piece: EAN-13 without an identifier, or GS1-128 with lot and expiry.
    pub fn piece_label(&self, goods: &str) -> Vec<u8> {
        self.item(goods).map_or_else(Vec::new, |item| match parts(goods).1 {
            "" => item.gtin.clone().into_bytes(),
            lot => item.lot_label(&item.gtin, lot),
        })
    }

    /// The bytes that a scanner reads off a case: ITF-14 with its identifier, or GS1-128 with lot and expiry.
    pub fn case_label(&self, goods: &str) -> Vec<u8> {
        self.item(goods).map_or_else(Vec::new, |item| match parts(goods).1 {
            "" => format!("]I1{}", item.case_gtin).into_bytes(),
            lot => item.lot_label(&item.case_gtin, lot),
        })
    }
}

impl Item {
    fn lot_label(&self, gtin: &str, lot: &str) -> Vec<u8> {
        match self.lots.get(lot) {
            Some(expires) => format!("]C101{gtin:0>14}10{lot}\u{1D}17{expires}").into_bytes(),
            None => format!("]C101{gtin:0>14}10{lot}").into_bytes(),
        }
    }
}

/// The whole site.
pub struct Site {
    /// Items by SKU.
    pub items: BTreeMap<String, Item>,
    /// Usage of each location.
    pub locations: BTreeMap<String, String>,
    /// Empty weight of each carton, in grams.
    pub cartons: BTreeMap<String, i64>,
    /// Totes.
    pub totes: Vec<String>,
    /// Carts.
    pub carts: Vec<String>,
    /// People.
    pub people: Vec<Person>,
    /// Goods, location, quantity in the book.
    pub stock: Vec<(String, String, i64)>,
}

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, name: &str) -> Result<Vec<Row>, Failure> {
    let text = fs::read_to_string(folder.join(name))?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

fn text(row: &Row, column: &str) -> Result<String, Failure> {
    Ok(row.get(column).ok_or_else(|| format!("the sheet has no column {column}"))?.clone())
}

fn number(row: &Row, column: &str) -> Result<i64, Failure> {
    Ok(text(row, column)?.parse()?)
}

impl Site {
    /// Reads the sheets of a folder.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let mut site = Self {
            items: BTreeMap::new(),
            locations: BTreeMap::new(),
            cartons: BTreeMap::new(),
            totes: Vec::new(),
            carts: Vec::new(),
            people: Vec::new(),
            stock: Vec::new(),
        };
        for row in rows(folder, "items.csv")? {
            let side = |name: &str| number(&row, name);
            let volume_ml = side("width_mm")? * side("length_mm")? * side("height_mm")? / 1_000;
            let item = Item {
                gtin: text(&row, "gtin")?,
                case_gtin: text(&row, "pack_gtin")?,
                case: text(&row, "pack_quantity")?.parse().unwrap_or(0),
                lots: BTreeMap::new(),
                weight_g: number(&row, "weight_g")?,
                volume_ml,
            };
            site.items.insert(text(&row, "sku")?, item);
        }
        for row in rows(folder, "locations.csv")? {
            site.locations.insert(text(&row, "code")?, text(&row, "usage")?);
        }
        for row in rows(folder, "cartons.csv")? {
            site.cartons.insert(text(&row, "code")?, number(&row, "empty_g")?);
        }
        for (sheet, codes) in [("totes.csv", &mut site.totes), ("carts.csv", &mut site.carts)] {
            for row in rows(folder, sheet)? {
                codes.push(text(&row, "code")?);
            }
        }
        for row in rows(folder, "operators.csv")? {
            site.people.push(Person {
                badge: text(&row, "badge")?,
                name: text(&row, "name")?,
                role: text(&row, "role")?,
                pin: text(&row, "pin")?,
            });
        }
        for row in rows(folder, "stock.csv")? {
            let (sku, lot) = (text(&row, "sku")?, text(&row, "lot")?);
            let expires = text(&row, "expires")?.replace('-', "");
            if let Some(item) = site.items.get_mut(&sku).filter(|_| !lot.is_empty()) {
                item.lots.insert(lot.clone(), expires.get(2..).unwrap_or_default().to_owned());
            }
            site.stock.push((goods(&sku, &lot), text(&row, "location")?, number(&row, "quantity")?));
        }
        Ok(site)
    }

    /// The bytes that a scanner reads off a location's label.
    pub fn location_label(&self, code: &str) -> Result<Vec<u8>, Failure> {
        let usage = self.locations.get(code).map(String::as_str);
        let kind = if matches!(usage, Some("packing" | "staging")) { Kind::Lane } else { Kind::Location };
        label(kind, code)
    }

    /// Locations of a usage.
    pub fn of_usage(&self, usage: &str) -> Vec<&str> {
        self.locations.iter().filter(|(_, of)| *of == usage).map(|(code, _)| code.as_str()).collect()
    }
}

/// The bytes that a scanner reads off one of our own labels.
pub fn label(kind: Kind, code: &str) -> Result<Vec<u8>, Failure> {
    Ok(house(kind, code)?.into_bytes())
}

/// The bytes that a scanner reads off a parcel's label: GS1-128 with its SSCC.
pub fn parcel_label(sscc: &str) -> Vec<u8> {
    format!("]C100{sscc}").into_bytes()
}

/// Luck from a seed: what people do, never what the software answers.
pub struct Luck(u64);

impl Luck {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (SplitMix64).
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Once in `n` times.
    pub const fn once_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.next() % (of.len().max(1) as u64)).unwrap_or(0);
        of.get(at)
    }
}
