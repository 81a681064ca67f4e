//! The walking order of stops on this centre's site, with its locations looked up once.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    item::Item,
    place::Location,
    plan::{
        ground::{self, Spot},
        layout::Layout,
        route::{Load, Stop},
    },
    task::{
        op::Note,
        rows::Rows,
        state::{PickList, PickTask},
    },
};

use crate::{
    context::Context,
    store::{Result, Tx},
};

/// Adds the way to a confirmed location to the walk of its list. What lies nowhere on the layout, as lanes and
/// benches do, is at the depot.
///
/// # Errors
/// When the store fails.
pub fn confirm(tx: &mut Tx<'_>, context: &Context<'_>, note: &Note) -> Result<()> {
    let Note::Arrived { task, location } = note else { return Ok(()) };
    let ground = ground::Ground::of(context.settings.site.layout.as_ref());
    let Some(layout) = ground.layout() else { return Ok(()) };
    let Some(task) = tx.fetch::<PickTask>(task)? else { return Ok(()) };
    let Some(mut list) = tx.fetch::<PickList>(&task.list)? else { return Ok(()) };
    let mut from = layout.depot();
    if let Some(at) = &list.walked.at {
        from = tx.fetch::<Location>(at)?.and_then(|at| ground.point(&at)).unwrap_or(from);
    }
    let to = tx.fetch::<Location>(location)?.and_then(|to| ground.point(&to)).unwrap_or(layout.depot());
    list.walked.mm = list.walked.mm.saturating_add(u64::from(layout.distance_mm(from, to)));
    list.walked.at = Some(location.clone());
    tx.keep(list)
}

/// The ground that walks are planned on.
#[derive(Debug)]
pub struct Ground {
    ground: ground::Ground,
    locations: BTreeMap<Code<Location>, Option<Location>>,
}

impl Ground {
    /// The ground of this centre's site.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Self {
        let site = &context.settings.site;
        let ground = ground::Ground::of(site.layout.as_ref()).loading(site.load.rule());
        Self { ground, locations: BTreeMap::new() }
    }

    /// The layout, where there is one.
    #[must_use]
    pub const fn layout(&self) -> Option<&Layout> {
        self.ground.layout()
    }

    /// The location as a stop on the layout; `None` when it does not lie on it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stop(&mut self, tx: &Tx<'_>, code: &Code<Location>) -> Result<Option<Stop>> {
        self.look_up(tx, code)?;
        Ok(self.known(code).and_then(|location| self.ground.stop(location)))
    }

    /// The order in which to pick items from locations, as numbers in the list given, and the walk in millimetres
    /// (0 when it cannot be told). Each location is visited once, however often the list names it, unless the site
    /// wants some of its items picked before the rest or after it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn order(
        &mut self,
        tx: &Tx<'_>,
        stops: &[(&Code<Item>, &Code<Location>)],
    ) -> Result<(Vec<usize>, u64)> {
        let mut loads = vec![Load::Normal; stops.len()];
        for ((item, code), load) in stops.iter().zip(&mut loads) {
            self.look_up(tx, code)?;
            if !self.ground.rule().is_none() {
                *load = self.ground.load(tx.fetch::<Item>(item)?.as_ref());
            }
        }
        let spot = |(code, load)| Spot { load, ..Spot::of(code, self.known(code)) };
        let spots: Vec<Spot<'_>> = stops.iter().map(|(_, code)| *code).zip(loads).map(spot).collect();
        let walk = self.ground.walk(None, &spots);
        Ok((walk.order, walk.length_mm.unwrap_or(0)))
    }

    fn look_up(&mut self, tx: &Tx<'_>, code: &Code<Location>) -> Result<()> {
        if !self.locations.contains_key(code) {
            self.locations.insert(code.clone(), tx.fetch(code)?);
        }
        Ok(())
    }

    fn known(&self, code: &Code<Location>) -> Option<&Location> {
        self.locations.get(code).and_then(Option::as_ref)
    }
}
