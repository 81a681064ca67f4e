//! The ground of a site: where its locations lie, and walks past them.
//!
//! Locations enter as the site names them; the order to visit them in and the length of the walk leave.
//! Locations at one point (facing bays, all shelves of a bay) are one stop of the walk and are visited there one
//! after another by pick sequence, so that no walk comes back to a location it has left. Where there is no layout,
//! or a location does not lie on it, pick sequence alone settles the order and the length is not known. A site that
//! wants heavy pieces first or fragile ones last is walked in parts, each the shortest that it can be together with
//! the others; a location with pieces of two parts is visited in both.

use std::collections::BTreeMap;

use super::{
    layout::{Layout, Point},
    route::{self, End, Load, Stop},
};
use crate::{
    id::Code,
    item::Item,
    place::{LoadRule, Location, SiteLayout},
};

/// How fast a picker with a loaded cart walks, in millimetres a second: what the field plans with. A forecast
/// made with it is an estimate, and is shown as a time of day, never as a measurement.
pub const WALK_MM_S: u64 = 1_000;
/// How long a stop takes to find, scan, take and put, in milliseconds: an estimate likewise.
pub const STOP_MS: u64 = 15_000;

/// How long a walk with so many stops takes, in milliseconds, at [`WALK_MM_S`] and [`STOP_MS`].
#[must_use]
pub const fn time_ms(length_mm: u64, stops: usize) -> u64 {
    (length_mm.saturating_mul(1_000) / WALK_MM_S).saturating_add(STOP_MS.saturating_mul(stops as u64))
}

/// The ground that walks are planned on.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    layout: Option<Layout>,
    rule: LoadRule,
}

/// A pick's place in a walk.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The location's name.
    pub code: &'a Code<Location>,
    /// The location; none when the site does not know it.
    pub location: Option<&'a Location>,
    /// Visited after all that are not put off.
    pub put_off: bool,
    /// Where its pieces belong in the load: see [`Ground::load`].
    pub load: Load,
}

/// The part of a walk that a spot is visited in.
type Part = (bool, Load);

impl<'a> Spot<'a> {
    /// A pick from a location, at its turn.
    #[must_use]
    pub const fn of(code: &'a Code<Location>, location: Option<&'a Location>) -> Self {
        Self { code, location, put_off: false, load: Load::Normal }
    }

    const fn part(&self) -> Part {
        (self.put_off, self.load)
    }
}

/// An order to visit spots in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// The spots, as numbers in the list given.
    pub order: Vec<usize>,
    /// From the start over all of them to the depot, in millimetres; none when it cannot be told.
    pub length_mm: Option<u64>,
}

impl Ground {
    /// The ground of a layout; without one, or with one that cannot be walked, only pick sequence is known.
    #[must_use]
    pub fn of(site: Option<&SiteLayout>) -> Self {
        Self { layout: site.and_then(rectangular), rule: LoadRule::default() }
    }

    /// The same ground with what is picked first and last on it.
    #[must_use]
    pub fn loading(self, rule: LoadRule) -> Self {
        Self { rule, ..self }
    }

    /// What is picked first and last on it.
    #[must_use]
    pub const fn rule(&self) -> LoadRule {
        self.rule
    }

    /// Where pieces of an item belong in a load here; anywhere, when the item is not known.
    #[must_use]
    pub fn load(&self, item: Option<&Item>) -> Load {
        let LoadRule { heavy_from_g, fragile_last } = self.rule;
        match item {
            Some(item) if fragile_last && item.handling.fragile => Load::Fragile,
            Some(item) if heavy_from_g > 0 && item.weight_g >= heavy_from_g => Load::Heavy,
            _ => Load::Normal,
        }
    }

    /// The planners' view of it, where there is one.
    #[must_use]
    pub const fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// Where one stands to pick from a location; none when it does not lie on the layout.
    #[must_use]
    pub fn point(&self, location: &Location) -> Option<Point> {
        let travel = location.travel?;
        let at = Point::new(travel.aisle, travel.along_mm);
        self.layout.as_ref().filter(|layout| layout.check(at).is_ok()).map(|_| at)
    }

    /// A location as a stop of a route; none when it does not lie on the layout.
    #[must_use]
    pub fn stop(&self, location: &Location) -> Option<Stop> {
        self.point(location).map(Stop::at)
    }

    /// The shortest walk from a point (the depot when none is given) past all spots to the depot: what is put off
    /// after the rest, and of both what is heavy first and what is fragile last.
    #[must_use]
    pub fn walk(&self, from: Option<Point>, spots: &[Spot<'_>]) -> Walk {
        let rank = |at: &usize| {
            let spot = &spots[*at];
            let sequence = spot.location.map_or(u32::MAX, |location| location.pick_sequence);
            (spot.part(), sequence, spot.code, *at)
        };
        let mut plain: Vec<usize> = (0..spots.len()).collect();
        plain.sort_by(|a, b| rank(a).cmp(&rank(b)));
        self.routed(from, spots, &plain).unwrap_or(Walk { order: plain, length_mm: None })
    }

    fn routed(&self, from: Option<Point>, spots: &[Spot<'_>], plain: &[usize]) -> Option<Walk> {
        let layout = self.layout.as_ref()?;
        let mut at: BTreeMap<(Part, Point), Vec<usize>> = BTreeMap::new();
        for number in plain {
            let spot = &spots[*number];
            at.entry((spot.part(), self.point(spot.location?)?)).or_default().push(*number);
        }
        let points: Vec<((Part, Point), Vec<usize>)> = at.into_iter().collect();
        let stops: Vec<Stop> = points.iter().map(|((_, at), _)| Stop::at(*at)).collect();
        let parts: Vec<Part> = points.iter().map(|((part, _), _)| *part).collect();
        let depot = layout.depot();
        let from = from.unwrap_or(depot);
        let route = route::in_parts(layout, from, End::At(depot), &stops, |stop| parts[stop]).ok()?;
        let order = route.order.iter().flat_map(|point| points[*point].1.iter().copied()).collect();
        Some(Walk { order, length_mm: Some(route.length_mm) })
    }

    /// The length in millimetres of a walk from a point (the depot when none is given) past locations in the
    /// order given, and on to the depot; none when it cannot be told.
    #[must_use]
    pub fn along<'a>(
        &self,
        from: Option<Point>,
        locations: impl IntoIterator<Item = Option<&'a Location>>,
    ) -> Option<u64> {
        let layout = self.layout.as_ref()?;
        let mut at = from.unwrap_or(layout.depot());
        layout.check(at).ok()?;
        let mut length_mm = 0_u64;
        for location in locations {
            let next = self.point(location?)?;
            length_mm += u64::from(layout.distance_mm(at, next));
            at = next;
        }
        Some(length_mm + u64::from(layout.distance_mm(at, layout.depot())))
    }
}

fn rectangular(site: &SiteLayout) -> Option<Layout> {
    let aisles = u16::try_from(site.aisles.len()).ok()?;
    let depot = Point::new(site.depot_aisle, 0);
    Layout::rectangular(aisles, site.aisle_pitch_mm, &site.cross_aisles_mm, depot).ok()
}
