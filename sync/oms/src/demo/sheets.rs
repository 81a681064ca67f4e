//! The demo site as files: the sheets that the import commands read, and the centre's settings.

use std::{fs, path::Path};

use aisle_core::{
    item::{BarcodeKey, Counting},
    place::{LoadRule, Side, Site, SiteLayout},
    quantity::Quantity,
    task::state::Role,
};

use super::{DemoError, DemoSite};
use crate::{
    settings::known,
    site::{
        item::{CARTON_COLUMNS, ITEM_COLUMNS},
        people::OPERATOR_COLUMNS,
        place::{CART_COLUMNS, LOCATION_COLUMNS, TOTE_COLUMNS},
        stock::STOCK_COLUMNS,
    },
};

/// The demo's shop.
pub(super) fn site(layout: SiteLayout) -> Site {
    Site {
        code: known("DEMO"),
        name: "Lantern & Hook Wholesale".into(),
        address: ["Unit 4, Canal Wharf", "Leeds LS10 1JG", "United Kingdom"].map(String::from).to_vec(),
        time_zone: "Europe/London".into(),
        practice: false,
        layout: Some(layout),
        load: LoadRule::default(),
    }
}

/// The settings; the site's name, address and layout are put in.
const SETTINGS: &str = include_str!("aisle-oms.toml");

impl DemoSite {
    /// Every file by name, with its content, in the order in which to import the sheets.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, String)> {
        vec![
            ("aisle-oms.toml", self.settings()),
            ("items.csv", self.item_sheet()),
            ("locations.csv", self.location_sheet()),
            ("cartons.csv", self.carton_sheet()),
            ("totes.csv", self.tote_sheet()),
            ("carts.csv", self.cart_sheet()),
            ("operators.csv", self.operator_sheet()),
            ("stock.csv", self.stock_sheet()),
            ("practice.json", self.practice.clone()),
        ]
    }

    /// Writes every file into a folder, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder or a file cannot be written; the error says which.
    pub fn write(&self, dir: &Path) -> Result<(), DemoError> {
        let failed = |path: &Path| {
            let file = path.display().to_string();
            |source| DemoError::Write { file, source }
        };
        fs::create_dir_all(dir).map_err(failed(dir))?;
        for (name, content) in self.files() {
            let path = dir.join(name);
            fs::write(&path, content).map_err(failed(&path))?;
        }
        Ok(())
    }

    /// `aisle-oms.toml`.
    #[must_use]
    pub fn settings(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let list = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        let layout = self.site.layout.clone().unwrap_or(SiteLayout {
            aisles: Vec::new(),
            aisle_pitch_mm: 0,
            cross_aisles_mm: Vec::new(),
            depot_aisle: 0,
        });
        let across: Vec<String> = layout.cross_aisles_mm.iter().map(ToString::to_string).collect();
        SETTINGS
            .replace("{code}", self.site.code.as_str())
            .replace("{name}", &quoted(&self.site.name))
            .replace("{address}", &list(&self.site.address))
            .replace("{time_zone}", &quoted(&self.site.time_zone))
            .replace("{aisles}", &list(&layout.aisles))
            .replace("{pitch}", &layout.aisle_pitch_mm.to_string())
            .replace("{across}", &across.join(", "))
            .replace("{depot}", &layout.depot_aisle.to_string())
    }

    fn item_sheet(&self) -> String {
        let rows = self.items.iter().map(|item| {
            let gtin = |pack: bool| {
                let fits = |quantity: Quantity| (quantity == Quantity::ONE) != pack;
                item.barcodes.iter().find_map(|barcode| match barcode.key {
                    BarcodeKey::Gtin(digits) if fits(barcode.quantity) => Some((digits, barcode.quantity)),
                    _ => None,
                })
            };
            let [width, length, height] = item.size_mm.map(|side| side.to_string());
            vec![
                item.code.to_string(),
                item.telling.clone(),
                item.name.clone(),
                gtin(false).map_or_else(String::new, |(digits, _)| format!("{digits:013}")),
                gtin(true).map_or_else(String::new, |(digits, _)| format!("{digits:014}")),
                gtin(true).map_or_else(String::new, |(_, quantity)| quantity.to_string()),
                String::new(),
                width,
                length,
                height,
                item.weight_g.to_string(),
                counting(item.counting).to_owned(),
                yes(item.handling.this_side_up),
                yes(item.handling.fragile),
                if item.tracked.by_lot { "lot".to_owned() } else { String::new() },
            ]
        });
        sheet(&ITEM_COLUMNS, rows)
    }

    fn location_sheet(&self) -> String {
        let rows = self.locations.iter().map(|location| {
            let mut row = vec![
                location.code.to_string(),
                location.usage.word().to_owned(),
                location.check_digits.clone().unwrap_or_default(),
                location.pick_sequence.to_string(),
            ];
            row.extend(match &location.travel {
                None => [const { String::new() }; 5],
                Some(at) => [
                    at.aisle.to_string(),
                    at.along_mm.to_string(),
                    side(at.side).to_owned(),
                    at.bay.to_string(),
                    at.level.to_string(),
                ],
            });
            row
        });
        sheet(&LOCATION_COLUMNS, rows)
    }

    fn carton_sheet(&self) -> String {
        let rows = self.cartons.iter().map(|carton| {
            let sizes = carton.inner_mm.iter().chain(&carton.outer_mm).map(ToString::to_string);
            let head = [carton.code.to_string(), carton.rank.to_string()];
            let tail = [carton.empty_g.to_string(), carton.max_g.to_string()];
            head.into_iter().chain(sizes).chain(tail).collect()
        });
        sheet(&CARTON_COLUMNS, rows)
    }

    fn tote_sheet(&self) -> String {
        sheet(&TOTE_COLUMNS, self.totes.iter().map(|tote| vec![tote.to_string()]))
    }

    fn cart_sheet(&self) -> String {
        let row = |cart: &aisle_core::task::state::Cart| {
            vec![cart.code.to_string(), cart.columns.to_string(), cart.shelves.to_string()]
        };
        sheet(&CART_COLUMNS, self.carts.iter().map(row))
    }

    fn operator_sheet(&self) -> String {
        let rows = self.people.iter().map(|person| {
            let role = match person.role {
                Role::Picker => "picker",
                Role::Packer => "packer",
                Role::Lead => "lead",
            };
            [person.badge.as_str(), &person.name, role, &person.pin, "en"].map(String::from).to_vec()
        });
        sheet(&OPERATOR_COLUMNS, rows)
    }

    fn stock_sheet(&self) -> String {
        let row = |shelved: &super::Shelved| {
            let lot = shelved.lot.as_ref();
            vec![
                shelved.item.to_string(),
                shelved.location.to_string(),
                shelved.quantity.to_string(),
                lot.map_or_else(String::new, |row| row.lot.to_string()),
                lot.and_then(|row| row.expires).map_or_else(String::new, |day| day.to_string()),
            ]
        };
        sheet(&STOCK_COLUMNS, self.stock.iter().map(row))
    }
}

const fn counting(counting: Counting) -> &'static str {
    match counting {
        Counting::ScanEach => "scan_each",
        Counting::ScanOneKeyRest => "scan_one_key_rest",
    }
}

const fn side(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

fn yes(is_so: bool) -> String {
    if is_so { "yes".to_owned() } else { String::new() }
}

/// A sheet under the headers that the import expects.
fn sheet(columns: &[(&'static str, &str)], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let headers = columns.iter().map(|(_, header)| (*header).to_owned()).collect();
    for row in std::iter::once(headers).chain(rows) {
        writer.write_record(&row).expect("every row has as many fields as the header, and memory takes it");
    }
    let bytes = writer.into_inner().expect("memory takes what is written");
    String::from_utf8(bytes).expect("only texts were written")
}
