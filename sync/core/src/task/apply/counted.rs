//! A tote whose contents were counted blind: what is in it is what counts, whatever was reported.
//!
//! More than was known came from stops that nobody reported: they are done as far as it reaches. Less than was known
//! is missing.

use super::{Effect, Fold, Goods};
use crate::{
    id::Code,
    place::{Place, Usage},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Content, PickList, PickTask, Tote, ToteState, held_of},
        trouble::Trouble,
    },
};

impl<R: Rows> Fold<'_, R> {
    pub(super) fn tote_counted(&mut self, code: &Code<Tote>, contents: &[Content]) -> Result<(), R::Error> {
        let Some(tote) = self.rows.fetch::<Tote>(code)? else { return self.unmatched() };
        self.withdraw_trouble(&Trouble::of_tote(code))?;
        let tasks = self.stops_into(&tote)?;
        let mut goods: Vec<Goods<'_>> =
            contents.iter().chain(&tote.contents).map(|one| (&one.item, &one.lot)).collect();
        goods.sort();
        goods.dedup();
        for item in goods {
            let (code, lot) = (item.0, item.1.as_ref());
            let more = held_of(contents, code, lot) - held_of(&tote.contents, code, lot);
            let of_item: Vec<&PickTask> =
                tasks.iter().filter(|task| (&task.item, &task.lot) == item).collect();
            if more.is_some() {
                self.found_more(&tote, item, more, &of_item)?;
            } else if !more.is_zero() {
                self.found_less(&tote, item, -more, &of_item)?;
            }
        }
        // A tote that nobody has on a cart waits for packing.
        if let Some(mut row) = self.rows.fetch::<Tote>(code)?
            && row.state != ToteState::InUse
        {
            row.state = if row.contents.is_empty() { ToteState::Free } else { ToteState::Closed };
            let row = if row.contents.is_empty() { Tote::empty(code.clone()) } else { row };
            self.rows.keep(row)?;
        }
        Ok(())
    }

    /// The stops whose pieces go into a tote.
    fn stops_into(&self, tote: &Tote) -> Result<Vec<PickTask>, R::Error> {
        let Some(list) = tote.list else { return Ok(Vec::new()) };
        let Some(list) = self.rows.fetch::<PickList>(&list)? else { return Ok(Vec::new()) };
        let mut tasks = Vec::new();
        for task in &list.tasks {
            let task = self.rows.fetch::<PickTask>(task)?;
            tasks.extend(task.filter(|task| Some(task.fulfilment) == tote.fulfilment));
        }
        Ok(tasks)
    }

    fn found_more(
        &mut self,
        tote: &Tote,
        item: Goods<'_>,
        mut more: Quantity,
        tasks: &[&PickTask],
    ) -> Result<(), R::Error> {
        let into = Place::Tote(tote.code.clone());
        let cart = match tote.list {
            Some(list) => self.rows.fetch::<PickList>(&list)?.and_then(|list| list.cart),
            None => None,
        };
        for task in tasks {
            let on_cart = Quantity(more.0.min(task.in_hand().0));
            if let (true, Some(cart)) = (on_cart.is_some(), &cart) {
                self.moved(item, on_cart, Place::Cart(cart.clone()), into.clone());
                self.put(&task.id, item, &tote.code, on_cart)?;
                more -= on_cart;
            }
        }
        for (at, task) in tasks.iter().enumerate() {
            // What was handed on counts here too: the stop that continues it wants so many fewer then.
            let wanted = (task.wanted - task.picked - task.short).or_zero();
            let last = at + 1 == tasks.len();
            let taken = if last { more } else { Quantity(more.0.min(wanted.0)) };
            if taken.is_some() {
                self.moved(item, taken, Place::Location(task.location.clone()), into.clone());
                self.picked(&task.id, taken)?;
                self.put(&task.id, item, &tote.code, taken)?;
                more -= taken;
            }
        }
        if more.is_some() {
            // Nobody was to bring this: where it came from is not known.
            self.moved(item, more, Place::Virtual(Usage::Loss), into);
            self.tote_gains(&tote.code, item, more)?;
            self.unmatched()?;
        }
        Ok(())
    }

    fn found_less(
        &mut self,
        tote: &Tote,
        item: Goods<'_>,
        less: Quantity,
        tasks: &[&PickTask],
    ) -> Result<(), R::Error> {
        let from = Place::Tote(tote.code.clone());
        self.outcome.effects.push(Effect::Moved {
            item: item.0.clone(),
            lot: item.1.clone(),
            quantity: less,
            from,
            to: Place::Virtual(Usage::Loss),
        });
        self.tote_gains(&tote.code, item, -less)?;
        match (tote.fulfilment, tasks.first()) {
            (Some(order), Some(task)) => self.line_lost(&order, task.line, item, &tote.code, less),
            _ => self.unmatched(),
        }
    }
}
