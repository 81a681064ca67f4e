//! The ledger, levels, claims, sellable counters and reservations in maps.

use std::ops::Bound;

use aisle_core::{
    id::{Code, Id},
    item::Item,
    place::{Place, Site},
    quantity::Quantity,
    task::state::PickTask,
};

use super::{Memory, Result, guard};
use crate::store::{
    record::{ClaimRecord, Goods, LevelRecord, MoveRecord, ReservationRecord, SellableRecord},
    tables::StockTables,
};

impl Memory {
    fn changed_level(
        &self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<LevelRecord> {
        let now = self.level(goods, place)?;
        Ok(LevelRecord { on_hand: now.on_hand + on_hand, assigned: now.assigned + assigned, ..now })
    }

    fn set_level(&mut self, level: LevelRecord) {
        let key = (level.item.clone(), level.place.to_string(), level.lot.clone());
        self.set(|kept| &mut kept.levels, key, Some(level));
    }

    fn set_sellable(&mut self, sellable: SellableRecord) -> Result<()> {
        let counters = [sellable.allocated, sellable.reserved, sellable.safety];
        guard(counters.iter().all(|counter| counter.0 >= 0), || {
            format!("a counter of {} at {} would be negative", sellable.item, sellable.site)
        })?;
        let key = (sellable.site.clone(), sellable.item.clone());
        self.set(|kept| &mut kept.sellables, key, Some(sellable));
        Ok(())
    }

    /// Changes a counter that is there if so many are free.
    fn take_free(
        &mut self,
        site: &Code<Site>,
        item: &Code<Item>,
        by: Quantity,
        counter: fn(&mut SellableRecord) -> &mut Quantity,
    ) -> Result<bool> {
        let Some(known) = self.kept.sellables.get(&(site.clone(), item.clone())) else { return Ok(false) };
        if known.on_hand - known.allocated - known.reserved - known.safety < by {
            return Ok(false);
        }
        let mut sellable = known.clone();
        *counter(&mut sellable) += by;
        self.set_sellable(sellable)?;
        Ok(true)
    }
}

impl StockTables for Memory {
    fn append_move(&mut self, posted: &MoveRecord) -> Result<u64> {
        guard(posted.quantity.is_some() && posted.from != posted.to, || {
            format!("{} of {} from {} to {} is no move", posted.quantity, posted.item, posted.from, posted.to)
        })?;
        let number = self.kept.moves.last_key_value().map_or(1, |(last, _)| last + 1);
        self.set(|kept| &mut kept.moves, number, Some(MoveRecord { number, ..posted.clone() }));
        Ok(number)
    }

    fn last_move(&self) -> Result<u64> {
        Ok(self.kept.moves.last_key_value().map_or(0, |(last, _)| *last))
    }

    fn moves_after(&self, number: u64, limit: usize) -> Result<Vec<MoveRecord>> {
        let moves = self.kept.moves.range((Bound::Excluded(number), Bound::Unbounded));
        Ok(moves.take(limit).map(|(_, posted)| posted.clone()).collect())
    }

    fn moves_of(&self, item: &Code<Item>) -> Result<Vec<MoveRecord>> {
        Ok(self.kept.moves.values().filter(|posted| posted.item == *item).cloned().collect())
    }

    fn level(&self, (item, lot): Goods<'_>, place: &Place) -> Result<LevelRecord> {
        let found = self.kept.levels.get(&(item.clone(), place.to_string(), lot.cloned())).cloned();
        Ok(found.unwrap_or_else(|| LevelRecord {
            item: item.clone(),
            lot: lot.cloned(),
            place: place.clone(),
            on_hand: Quantity::ZERO,
            assigned: Quantity::ZERO,
        }))
    }

    fn shift_level(
        &mut self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<bool> {
        let next = self.changed_level(goods, place, on_hand, assigned)?;
        if !next.is_sound() {
            return Ok(false);
        }
        self.set_level(next);
        Ok(true)
    }

    fn force_level(
        &mut self,
        goods: Goods<'_>,
        place: &Place,
        on_hand: Quantity,
        assigned: Quantity,
    ) -> Result<LevelRecord> {
        let next = self.changed_level(goods, place, on_hand, assigned)?;
        self.set_level(next.clone());
        Ok(next)
    }

    fn levels_of(&self, item: &Code<Item>) -> Result<Vec<LevelRecord>> {
        let levels = self.kept.levels.range((item.clone(), String::new(), None)..);
        Ok(levels.take_while(|(key, _)| key.0 == *item).map(|(_, level)| level.clone()).collect())
    }

    fn levels_at(&self, place: &Place) -> Result<Vec<LevelRecord>> {
        let here = |level: &&LevelRecord| {
            level.place == *place && !(level.on_hand.is_zero() && level.assigned.is_zero())
        };
        Ok(self.kept.levels.values().filter(here).cloned().collect())
    }

    fn levels(&self) -> Result<Vec<LevelRecord>> {
        Ok(self.kept.levels.values().cloned().collect())
    }

    fn put_claim(&mut self, claim: &ClaimRecord) -> Result<()> {
        guard(claim.quantity.0 >= 0, || format!("task {} cannot claim less than nothing", claim.task))?;
        let record = match self.kept.claims.get(&claim.task) {
            Some(known) => ClaimRecord { quantity: claim.quantity, ..known.clone() },
            None => claim.clone(),
        };
        let record = claim.quantity.is_some().then_some(record);
        self.set(|kept| &mut kept.claims, claim.task, record);
        Ok(())
    }

    fn claim(&self, task: Id<PickTask>) -> Result<Option<ClaimRecord>> {
        Ok(self.kept.claims.get(&task).cloned())
    }

    fn claims(&self) -> Result<Vec<ClaimRecord>> {
        Ok(self.kept.claims.values().cloned().collect())
    }

    fn sellable(&self, site: &Code<Site>, item: &Code<Item>) -> Result<SellableRecord> {
        let found = self.kept.sellables.get(&(site.clone(), item.clone())).cloned();
        Ok(found.unwrap_or_else(|| SellableRecord {
            site: site.clone(),
            item: item.clone(),
            on_hand: Quantity::ZERO,
            allocated: Quantity::ZERO,
            reserved: Quantity::ZERO,
            safety: Quantity::ZERO,
        }))
    }

    fn sellables(&self) -> Result<Vec<SellableRecord>> {
        Ok(self.kept.sellables.values().cloned().collect())
    }

    fn allocate(&mut self, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool> {
        self.take_free(site, item, by, |sellable| &mut sellable.allocated)
    }

    fn reserve(&mut self, site: &Code<Site>, item: &Code<Item>, by: Quantity) -> Result<bool> {
        self.take_free(site, item, by, |sellable| &mut sellable.reserved)
    }

    fn force_sellable(
        &mut self,
        site: &Code<Site>,
        item: &Code<Item>,
        on_hand: Quantity,
        allocated: Quantity,
        reserved: Quantity,
    ) -> Result<()> {
        let mut sellable = self.sellable(site, item)?;
        sellable.on_hand += on_hand;
        sellable.allocated += allocated;
        sellable.reserved += reserved;
        self.set_sellable(sellable)
    }

    fn set_safety(&mut self, site: &Code<Site>, item: &Code<Item>, safety: Quantity) -> Result<()> {
        let sellable = self.sellable(site, item)?;
        self.set_sellable(SellableRecord { safety, ..sellable })
    }

    fn put_reservation(&mut self, reservation: &ReservationRecord) -> Result<()> {
        let name = reservation.name.clone();
        guard(reservation.quantity.0 >= 0, || format!("{name} cannot reserve less than nothing"))?;
        let record = match self.kept.reservations.get(&name) {
            Some(known) => ReservationRecord {
                quantity: reservation.quantity,
                until: reservation.until,
                ..known.clone()
            },
            None => reservation.clone(),
        };
        let record = reservation.quantity.is_some().then_some(record);
        self.set(|kept| &mut kept.reservations, name, record);
        Ok(())
    }

    fn reservation(&self, name: &str) -> Result<Option<ReservationRecord>> {
        Ok(self.kept.reservations.get(name).cloned())
    }

    fn reservations(&self) -> Result<Vec<ReservationRecord>> {
        Ok(self.kept.reservations.values().cloned().collect())
    }
}
