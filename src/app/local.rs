//! The site's own time of day.

use aisle_core::{label::Stamp, place::Site, time::Millis};
use jiff::{Timestamp, tz::TimeZone};

fn zone(site: &Site) -> TimeZone {
    TimeZone::get(&site.time_zone).unwrap_or_else(|_| TimeZone::system())
}

fn moment(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A moment as the site's wall clock shows it.
#[must_use]
pub fn stamp(site: &Site, at: Millis) -> Stamp {
    let local = zone(site).to_datetime(moment(at));
    let small = |n: i8| u8::try_from(n).unwrap_or(0);
    Stamp {
        year: u16::try_from(local.year()).unwrap_or(0),
        month: small(local.month()),
        day: small(local.day()),
        hour: small(local.hour()),
        minute: small(local.minute()),
    }
}

/// What the site's wall clock is ahead of UTC, in minutes.
#[must_use]
pub fn utc_offset_min(site: Option<&Site>, at: Millis) -> i32 {
    let zone = site.map_or_else(TimeZone::system, zone);
    zone.to_offset(moment(at)).seconds() / 60
}
