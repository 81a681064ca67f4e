//! The walking order of stops: the shortest route on the site's layout, or the pick sequence without one.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    place::{Location, Side, SiteLayout},
    plan::{
        layout::{Layout, Point},
        route::{self, End, Load, Stop},
    },
    task::rows::Rows,
};

use crate::{
    context::Context,
    store::{Result, Tx},
};

/// The ground that walks are planned on.
#[derive(Debug)]
pub struct Ground {
    layout: Option<Layout>,
    locations: BTreeMap<Code<Location>, Option<Location>>,
}

/// The planners' view of a site's layout; `None` when it is none that can be walked.
#[must_use]
pub fn layout(site: &SiteLayout) -> Option<Layout> {
    let aisles = u16::try_from(site.aisles.len()).ok()?;
    let depot = Point::new(site.depot_aisle, 0);
    Layout::rectangular(aisles, site.aisle_pitch_mm, &site.cross_aisles_mm, depot).ok()
}

impl Ground {
    /// The ground of this centre's site.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Self {
        let layout = context.settings.site.layout.as_ref().and_then(layout);
        Self { layout, locations: BTreeMap::new() }
    }

    /// The layout, where there is one.
    #[must_use]
    pub const fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    fn location(&mut self, tx: &Tx<'_>, code: &Code<Location>) -> Result<Option<&Location>> {
        if !self.locations.contains_key(code) {
            self.locations.insert(code.clone(), tx.fetch(code)?);
        }
        Ok(self.locations.get(code).and_then(Option::as_ref))
    }

    /// The location as a stop on the layout; `None` when it does not lie on it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stop(&mut self, tx: &Tx<'_>, code: &Code<Location>) -> Result<Option<Stop>> {
        let Some(travel) = self.location(tx, code)?.and_then(|location| location.travel) else {
            return Ok(None);
        };
        let at = Point::new(travel.aisle, travel.along_mm);
        let side = match travel.side {
            Side::Left => route::Side::Left,
            Side::Right => route::Side::Right,
        };
        let lies = self.layout.as_ref().is_some_and(|layout| layout.check(at).is_ok());
        Ok(lies.then_some(Stop { at, side, load: Load::Normal }))
    }

    /// The order in which to visit locations, as numbers in the list given, and the walk in millimetres (0
    /// when it cannot be told).
    ///
    /// # Errors
    /// When the store fails.
    pub fn order(&mut self, tx: &Tx<'_>, codes: &[Code<Location>]) -> Result<(Vec<usize>, u64)> {
        let mut stops = Vec::with_capacity(codes.len());
        let mut sequence = Vec::with_capacity(codes.len());
        for code in codes {
            stops.extend(self.stop(tx, code)?);
            sequence.push(self.location(tx, code)?.map_or(u32::MAX, |location| location.pick_sequence));
        }
        if let Some(layout) = &self.layout
            && stops.len() == codes.len()
            && let Ok(route) = route::route(layout, layout.depot(), End::At(layout.depot()), &stops)
        {
            return Ok((route.order, route.length_mm));
        }
        let mut order: Vec<usize> = (0..codes.len()).collect();
        order.sort_by_key(|index| (sequence[*index], *index));
        Ok((order, 0))
    }
}
