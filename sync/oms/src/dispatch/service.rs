//! Carrier services that need no network: our own van, and a dated price list.
//!
//! Deliberately absent: a tracking number, a rate or a delivery that nobody gave us.

use aisle_core::{id::Code, order::CarrierService, place::Location, time::Millis};
use jiff::{Timestamp, civil::Time, civil::Weekday, tz::TimeZone};
use serde::Deserialize;

use crate::settings::known;

/// How a carrier is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// Our own vehicles.
    OwnFleet,
    /// Another's, at prices we know.
    RateTable,
}

/// A day of the week, as settings write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// One row of a price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The heaviest parcel it carries, in grams.
    pub up_to_g: u32,
    /// Its price, in the currency's minor unit.
    pub price_minor: i64,
}

/// One service of a carrier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its code, `carrier.service`.
    pub code: Code<CarrierService>,
    /// What people call it.
    pub name: String,
    /// How it is driven.
    pub carrier: Carrier,
    /// When the vehicle leaves, by the site's clock, `HH:MM`.
    pub cut_off: Time,
    /// On which days.
    pub days: Vec<Day>,
    /// Where its parcels are staged.
    pub lane: Code<Location>,
    /// Prices by weight, lightest first; none for our own van.
    #[serde(default)]
    pub tariff: Vec<Rate>,
}

impl Service {
    /// Our own van, next day: the default.
    pub(crate) fn next_day() -> Self {
        use Day::{Fri, Mon, Sat, Thu, Tue, Wed};
        Self {
            code: known("own_fleet.next_day"),
            name: "Own van, next day".into(),
            carrier: Carrier::OwnFleet,
            cut_off: jiff::civil::time(16, 30, 0, 0),
            days: vec![Mon, Tue, Wed, Thu, Fri, Sat],
            lane: known("STAGE-1"),
            tariff: Vec::new(),
        }
    }

    /// Parcel post at list prices: the other default.
    pub(crate) fn parcel_post() -> Self {
        use Day::{Fri, Mon, Thu, Tue, Wed};
        let rate = |up_to_g, price_minor| Rate { up_to_g, price_minor };
        Self {
            code: known("rate_table.parcel"),
            name: "Parcel post".into(),
            carrier: Carrier::RateTable,
            cut_off: jiff::civil::time(17, 30, 0, 0),
            days: vec![Mon, Tue, Wed, Thu, Fri],
            lane: known("STAGE-2"),
            tariff: vec![rate(2_000, 450), rate(10_000, 790), rate(30_000, 1_490)],
        }
    }

    /// The price of a parcel of this weight, in the currency's minor unit; `None` when the service has no
    /// price list, or carries nothing so heavy.
    #[must_use]
    pub fn price_minor(&self, weight_g: u32) -> Option<i64> {
        self.tariff.iter().find(|rate| weight_g <= rate.up_to_g).map(|rate| rate.price_minor)
    }

    /// The next time its vehicle leaves at or after `from`; `None` when it never runs.
    #[must_use]
    pub fn next_cut_off(&self, from: Millis, zone: &TimeZone) -> Option<Millis> {
        let start = Timestamp::from_millisecond(from.0).ok()?.to_zoned_datetime(zone.clone());
        let mut date = start.date();
        // Two weeks hold every weekday even when a clock change swallows a cut-off.
        for _ in 0..14 {
            let at = date.to_datetime(self.cut_off).to_zoned_datetime(zone.clone()).ok()?;
            if self.runs_on(date.weekday()) && at >= start {
                return Some(Millis(at.timestamp().as_millisecond()));
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn runs_on(&self, weekday: Weekday) -> bool {
        let day = match weekday {
            Weekday::Monday => Day::Mon,
            Weekday::Tuesday => Day::Tue,
            Weekday::Wednesday => Day::Wed,
            Weekday::Thursday => Day::Thu,
            Weekday::Friday => Day::Fri,
            Weekday::Saturday => Day::Sat,
            Weekday::Sunday => Day::Sun,
        };
        self.days.contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Millis {
        Millis(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn the_cut_off_is_the_sites_own_time_and_skips_days_without_a_vehicle() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let service = Service::parcel_post();
        let cut = |from| service.next_cut_off(at(from), &zone);
        assert_eq!(cut("2026-11-25T10:00:00Z"), Some(at("2026-11-25T16:30:00Z")));
        assert_eq!(cut("2026-11-25T16:30:00Z"), Some(at("2026-11-25T16:30:00Z")));
        assert_eq!(cut("2026-11-27T16:31:00Z"), Some(at("2026-11-30T16:30:00Z")));
        let never = Service { days: Vec::new(), ..service };
        assert_eq!(never.next_cut_off(at("2026-11-25T10:00:00Z"), &zone), None);
    }

    #[test]
    fn a_price_is_the_lists_or_none() {
        let service = Service::parcel_post();
        assert_eq!(service.price_minor(2_000), Some(450));
        assert_eq!(service.price_minor(2_001), Some(790));
        assert_eq!(service.price_minor(30_001), None);
        assert_eq!(Service::next_day().price_minor(1), None);
    }
}
