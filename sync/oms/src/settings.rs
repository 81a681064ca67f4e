//! `aisle-oms.toml`: every setting with a sane default, none of them needed.
//!
//! An unknown key is an error that names it: a typo must never pass for a setting.

use std::{collections::BTreeMap, path::PathBuf};

use aisle_core::{
    id::Code,
    item::Item,
    order::CarrierService,
    place::{LoadRule, Location, Site, SiteLayout},
    quantity::Quantity,
};
use serde::Deserialize;

use crate::{dispatch::service::Service, order::routing::Routing};

/// The commented file that `aisle-oms config` writes; its values are the defaults.
pub const TEMPLATE: &str = include_str!("aisle-oms.toml");

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where and how the centre listens.
    pub centre: CentreSettings,
    /// Where every commit is copied to.
    pub backup: BackupSettings,
    /// The site it runs.
    pub site: SiteSettings,
    /// What it imports.
    pub import: ImportSettings,
    /// How work is released to the floor.
    pub release: ReleaseSettings,
    /// What is kept back from sale.
    pub stock: StockSettings,
    /// What a count may change.
    pub count: CountSettings,
    /// The numbers of parcels.
    pub sscc: SsccSettings,
    /// Carrier services.
    #[serde(rename = "service")]
    pub services: Vec<Service>,
    /// Which orders go where.
    pub routing: Routing,
}

/// `[centre]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CentreSettings {
    /// Address and port to listen on. Loopback unless somebody decided otherwise.
    pub listen: String,
    /// The address terminals are told, when it differs.
    pub address: Option<String>,
}

/// `[backup]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupSettings {
    /// The folder, on another machine's disk: without one terminals never forget what they did.
    pub folder: Option<PathBuf>,
}

/// `[site]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// Its code.
    pub code: Code<Site>,
    /// What people call it.
    pub name: String,
    /// Sender lines of a label.
    pub address: Vec<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// Whether it is a training sandbox.
    pub practice: bool,
    /// The rack layout, where there is one.
    pub layout: Option<SiteLayout>,
    /// What is picked first and last.
    pub load: LoadSettings,
}

/// `[site.load]`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadSettings {
    /// Items of which a piece weighs so many grams or more are picked before the rest; 0 when none are.
    pub heavy_from_g: u32,
    /// Fragile items are picked after the rest.
    pub fragile_last: bool,
}

impl LoadSettings {
    /// As it stands in the site's row.
    #[must_use]
    pub const fn rule(self) -> LoadRule {
        LoadRule { heavy_from_g: self.heavy_from_g, fragile_last: self.fragile_last }
    }
}

/// `[import]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportSettings {
    /// The channel that orders from a file belong to.
    pub channel: String,
    /// Codes on orders that are no goods.
    pub charges: Vec<String>,
}

/// `[release]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReleaseSettings {
    /// Nothing more is released while so many stops are open on the floor.
    pub max_open_stops: u32,
    /// Slots of a cart: how many orders one run collects.
    pub cart_slots: u8,
    /// Stops of a run, unless a single order has more.
    pub run_max_stops: u32,
    /// The most that goods on a cart may weigh, in kilograms, unless a single order weighs more.
    pub cart_max_kg: u32,
    /// The most room that goods on a cart may take, in litres, unless a single order takes more.
    pub cart_max_l: u32,
}

/// `[stock]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StockSettings {
    /// Pieces kept back from sale, by item.
    pub safety: BTreeMap<Code<Item>, Quantity>,
}

/// `[count]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CountSettings {
    /// A count that differs from the book by more pieces waits for a second person's.
    pub alone_up_to: u32,
}

/// `[sscc]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SsccSettings {
    /// GS1 company prefix. The default is GS1's demonstration prefix: never for real parcels.
    pub company_prefix: String,
    /// Extension digit.
    pub extension: u8,
    /// How many serials each terminal is handed.
    pub range: u64,
}

/// Why settings were refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not TOML, a key nobody knows, or a value of the wrong kind.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A value that contradicts another.
    #[error("{0}")]
    Value(String),
}

impl Settings {
    /// Reads settings; what is not there has its default.
    ///
    /// # Errors
    /// When the text is no TOML, has an unknown key, or a value cannot be meant.
    pub fn read(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text)?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let no = |what: String| Err(SettingsError::Value(what));
        if self.services.is_empty() {
            return no("there is no [[service]]: orders need one to leave by".into());
        }
        if jiff::tz::TimeZone::get(&self.site.time_zone).is_err() {
            return no(format!("[site] time_zone = {:?} is no time zone", self.site.time_zone));
        }
        let release = &self.release;
        if release.cart_slots == 0 || release.run_max_stops == 0 {
            return no("[release] cart_slots and run_max_stops are 1 or more".into());
        }
        if release.cart_max_kg == 0 || release.cart_max_l == 0 {
            return no("[release] cart_max_kg and cart_max_l are 1 or more".into());
        }
        if self.sscc.range == 0 || self.sscc.extension > 9 {
            return no("[sscc] range is 1 or more and extension 0 to 9".into());
        }
        if aisle_core::code::sscc::Sscc::capacity(&self.sscc.company_prefix).is_none() {
            return no(format!("[sscc] company_prefix = {:?} is no GS1 prefix", self.sscc.company_prefix));
        }
        for site in self.routing.sites() {
            if *site != self.site.code {
                return no(format!("[routing] names site {site}; this centre runs {}", self.site.code));
            }
        }
        Ok(())
    }

    /// The service with this code, or else the first.
    #[must_use]
    pub fn service(&self, code: Option<&Code<CarrierService>>) -> &Service {
        code.and_then(|code| self.services.iter().find(|s| s.code == *code)).unwrap_or(&self.services[0])
    }

    /// The site as a row.
    #[must_use]
    pub fn site_row(&self) -> Site {
        Site {
            code: self.site.code.clone(),
            name: self.site.name.clone(),
            address: self.site.address.clone(),
            time_zone: self.site.time_zone.clone(),
            practice: self.site.practice,
            layout: self.site.layout.clone(),
            load: self.site.load.rule(),
        }
    }
}

/// A code written in this program.
pub(crate) fn known<T>(text: &str) -> Code<T> {
    Code::parse(text).expect("codes written in this program are codes")
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            centre: CentreSettings::default(),
            backup: BackupSettings::default(),
            site: SiteSettings::default(),
            import: ImportSettings::default(),
            release: ReleaseSettings::default(),
            stock: StockSettings::default(),
            count: CountSettings::default(),
            sscc: SsccSettings::default(),
            services: vec![Service::next_day(), Service::parcel_post()],
            routing: Routing::default(),
        }
    }
}
impl Default for CentreSettings {
    fn default() -> Self {
        Self { listen: "127.0.0.1:7420".into(), address: None }
    }
}
impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            code: known("MAIN"),
            name: "Main site".into(),
            address: Vec::new(),
            time_zone: "UTC".into(),
            practice: false,
            layout: None,
            load: LoadSettings::default(),
        }
    }
}
impl Default for ImportSettings {
    fn default() -> Self {
        let charges =
            ["POST", "D", "M", "m", "DOT", "BANK CHARGES", "CRUK", "AMAZONFEE", "S", "PADS", "B", "C2"];
        Self { channel: "csv".into(), charges: charges.map(String::from).to_vec() }
    }
}
impl Default for ReleaseSettings {
    fn default() -> Self {
        Self { max_open_stops: 2_000, cart_slots: 12, run_max_stops: 80, cart_max_kg: 250, cart_max_l: 900 }
    }
}
impl Default for CountSettings {
    fn default() -> Self {
        Self { alone_up_to: 10 }
    }
}

impl Default for SsccSettings {
    fn default() -> Self {
        Self { company_prefix: "9520000".into(), extension: 3, range: 10_000 }
    }
}

/// The lane where a service's parcels wait.
pub type Lane = Code<Location>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_says_exactly_the_defaults() {
        let read = Settings::read(TEMPLATE).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", Settings::default()));
    }

    #[test]
    fn nothing_at_all_is_a_valid_file() {
        assert!(Settings::read("").is_ok());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Settings::read("[release]\ncart_slot = 3\n").unwrap_err().to_string();
        assert!(error.contains("cart_slot"), "{error}");
    }

    #[test]
    fn what_is_picked_first_and_last_stands_in_the_row_that_terminals_are_fed() {
        let settings = Settings::read("[site.load]\nheavy_from_g = 8_000\nfragile_last = true\n").unwrap();
        assert_eq!(settings.site_row().load, LoadRule { heavy_from_g: 8_000, fragile_last: true });
        assert!(Settings::default().site_row().load.is_none());
        let error = Settings::read("[site.load]\nheavy_from = 8\n").unwrap_err().to_string();
        assert!(error.contains("heavy_from"), "{error}");
    }

    #[test]
    fn values_that_cannot_be_meant_are_refused() {
        for text in [
            "[site]\ntime_zone = \"Atlantis\"\n",
            "[release]\ncart_slots = 0\n",
            "[sscc]\ncompany_prefix = \"12\"\n",
            "[[routing.rule]]\nname = \"x\"\nsites = [\"ELSEWHERE\"]\n",
        ] {
            assert!(matches!(Settings::read(text), Err(SettingsError::Value(_))), "{text}");
        }
    }
}
