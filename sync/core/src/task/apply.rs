//! The one fold: a fact or note changes rows, alike on the terminal and at the centre.
//!
//! A fact is never refused. One that fits no row, or contradicts the rows, still takes effect as far as it
//! can and raises an exception. The stock moves and line changes it implies are returned as [`Effect`]s;
//! the centre books them, the terminal ignores them.

mod counted;

pub use super::effect::{Effect, LineChange, Outcome};
use super::{
    op::{Fact, Note, Origin},
    rows::Rows,
    state::{
        Cart, FulfilmentOrder, FulfilmentState, Holder, ListState, Manifest, Parcel, ParcelState, PickList,
        PickTask, Tote, ToteState, held, shift,
    },
    trouble::{Remedy, Settled, Trouble, TroubleKind},
};
use crate::{
    canary,
    id::{Code, Id},
    item::{Item, Lot},
    place::{Place, Usage},
    quantity::Quantity,
};

/// An item, and which lot of it.
type Goods<'a> = (&'a Code<Item>, &'a Option<Code<Lot>>);

struct Fold<'a, R: Rows> {
    rows: &'a mut R,
    origin: &'a Origin,
    outcome: Outcome,
}

/// Applies a fact.
///
/// # Errors
/// Only when the store behind `rows` fails; the fact itself is never refused.
pub fn fact<R: Rows>(rows: &mut R, origin: &Origin, fact: &Fact) -> Result<Outcome, R::Error> {
    let mut fold = Fold { rows, origin, outcome: Outcome::default() };
    fold.apply(fact)?;
    Ok(fold.outcome)
}

/// Applies a note: a skip changes its stop, a new way the order of its list.
///
/// # Errors
/// Only when the store behind `rows` fails.
pub fn note<R: Rows>(rows: &mut R, note: &Note) -> Result<(), R::Error> {
    match note {
        Note::Skipped { task } => {
            if let Some(mut task) = rows.fetch::<PickTask>(task)? {
                task.skipped = task.skipped.saturating_add(1);
                rows.keep(task)?;
            }
        }
        Note::Rerouted { list, tasks } => {
            if let Some(mut list) = rows.fetch::<PickList>(list)? {
                list.reorder(tasks);
                rows.keep(list)?;
            }
        }
        Note::SignedOn { .. } | Note::SignedOff | Note::Arrived { .. } | Note::Offered { .. } => {}
    }
    Ok(())
}

impl<R: Rows> Fold<'_, R> {
    fn apply(&mut self, fact: &Fact) -> Result<(), R::Error> {
        match fact {
            Fact::ListStarted { list, cart } => {
                let Some(list) = self.rows.fetch::<PickList>(list)? else { return self.unmatched() };
                self.list_started(list, cart)
            }
            Fact::ToteAssigned { list, slot, tote, undoes } => {
                if undoes.is_some() {
                    self.tote_unassigned(list, *slot, tote)
                } else {
                    self.tote_assigned(list, *slot, tote)
                }
            }
            Fact::Picked { task, item, location, cart, quantity, undoes, lot, .. } => {
                let (shelf, cart) = (Place::Location(location.clone()), Place::Cart(cart.clone()));
                let (from, to) = if undoes.is_some() { (cart, shelf) } else { (shelf, cart) };
                self.moved((item, lot), *quantity, from, to);
                self.picked(task, if undoes.is_some() { -*quantity } else { *quantity })
            }
            Fact::Put { task, item, cart, tote, quantity, undoes, lot } => {
                let (cart, into) = (Place::Cart(cart.clone()), Place::Tote(tote.clone()));
                let (from, to) = if undoes.is_some() { (into, cart) } else { (cart, into) };
                self.moved((item, lot), *quantity, from, to);
                self.put(task, (item, lot), tote, if undoes.is_some() { -*quantity } else { *quantity })
            }
            Fact::Shorted { task, quantity, reason, undoes, .. } => {
                self.shorted(task, *quantity, *reason, *undoes)
            }
            Fact::ToteFilled { list, tote, .. } => self.tote_closed(list, tote, None),
            Fact::ToteDropped { list, tote, lane } => self.tote_closed(list, tote, Some(lane.clone())),
            other => self.apply_pack(other),
        }
    }

    fn apply_pack(&mut self, fact: &Fact) -> Result<(), R::Error> {
        match fact {
            Fact::PackStarted { fulfilment, .. } => {
                let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(fulfilment)? else {
                    return self.unmatched();
                };
                if matches!(order.state, FulfilmentState::Open | FulfilmentState::Released) {
                    order.state = FulfilmentState::Packing;
                }
                order.packer = Some(self.origin.operator.clone());
                self.rows.keep(order)
            }
            Fact::CartonOpened { fulfilment, parcel, carton } => {
                self.carton_opened(fulfilment, parcel, carton)
            }
            Fact::CartonChanged { parcel, carton } => {
                let Some(mut parcel) = self.rows.fetch::<Parcel>(parcel)? else { return self.unmatched() };
                parcel.carton = carton.clone();
                self.rows.keep(parcel)
            }
            Fact::Packed { fulfilment, line, item, tote, parcel, quantity, undoes, lot } => {
                let (tote_at, parcel_at) = (Place::Tote(tote.clone()), Place::Parcel(*parcel));
                let back = undoes.is_some();
                let (from, to) = if back { (parcel_at, tote_at) } else { (tote_at, parcel_at) };
                self.moved((item, lot), *quantity, from, to);
                let by = if back { -*quantity } else { *quantity };
                self.tote_gains(tote, (item, lot), -by)?;
                if !(back && canary::sings("unpacked_stays_in_parcel")) {
                    self.parcel_gains(parcel, (item, lot), by)?;
                }
                self.line_packed(fulfilment, *line, by)
            }
            Fact::PackShorted { fulfilment, line, item, tote, quantity, lot, .. } => {
                self.moved((item, lot), *quantity, Place::Tote(tote.clone()), Place::Virtual(Usage::Loss));
                self.tote_gains(tote, (item, lot), -*quantity)?;
                self.line_lost(fulfilment, *line, (item, lot), tote, *quantity)
            }
            Fact::Sealed { parcel, sscc, weight_g } => self.sealed(parcel, sscc, *weight_g),
            Fact::Labelled { parcel } => {
                let Some(mut parcel) = self.rows.fetch::<Parcel>(parcel)? else { return self.unmatched() };
                parcel.labelled = true;
                self.rows.keep(parcel)
            }
            Fact::Staged { parcel, lane } => {
                let Some(mut parcel) = self.rows.fetch::<Parcel>(parcel)? else { return self.unmatched() };
                if parcel.state < ParcelState::Staged {
                    parcel.state = ParcelState::Staged;
                }
                parcel.lane = Some(lane.clone());
                self.rows.keep(parcel)
            }
            Fact::Loaded { parcel, manifest } => self.loaded(parcel, manifest),
            Fact::ToteCounted { tote, contents } => self.tote_counted(tote, contents),
            // What these mean is in the centre's books alone.
            Fact::Counted { .. } | Fact::LotTaken { .. } => Ok(()),
            _ => unreachable!("the facts of picking are applied above"),
        }
    }

    fn moved(&mut self, (item, lot): Goods<'_>, quantity: Quantity, from: Place, to: Place) {
        let (item, lot) = (item.clone(), lot.clone());
        self.outcome.effects.push(Effect::Moved { item, lot, quantity, from, to });
    }

    fn line(&mut self, fulfilment: Id<FulfilmentOrder>, line: u32, change: LineChange, by: Quantity) {
        if !by.is_zero() {
            self.outcome.effects.push(Effect::Line { fulfilment, line, change, by });
        }
    }

    /// Who starts a run has it. Its lease may be with somebody else, or with nobody: a centre that was restored from
    /// an older copy has decided claims anew. Where somebody else is on it already, it stays hers.
    fn list_started(&mut self, mut list: PickList, cart: &Code<Cart>) -> Result<(), R::Error> {
        let Origin { operator, terminal, .. } = self.origin;
        let hers = list.holder.as_ref().is_some_and(|holder| holder.operator == *operator);
        let begins = list.state == ListState::Open;
        if begins {
            list.state = ListState::Started;
        }
        if begins && !hers && !canary::sings("started_run_not_taken") {
            list.holder = Some(Holder { operator: operator.clone(), terminal: terminal.clone() });
        }
        if begins || hers {
            list.cart = Some(cart.clone());
        }
        self.rows.keep(list)
    }

    /// The exception that the operation at hand raises.
    fn blank_trouble(&self, kind: TroubleKind) -> Trouble {
        Trouble::blank(self.origin.op.retyped(), kind, &self.origin.operator, self.origin.at)
    }

    fn raise(&mut self, trouble: Trouble) -> Result<(), R::Error> {
        self.outcome.raised.push(trouble.id);
        if canary::sings("exception_twice") {
            let again =
                Trouble { id: Trouble::about("canary", &[&trouble.id.to_string()]), ..trouble.clone() };
            self.rows.keep(again)?;
        }
        self.rows.keep(trouble)
    }

    fn unmatched(&mut self) -> Result<(), R::Error> {
        self.raise(self.blank_trouble(TroubleKind::Unmatched))
    }

    fn tote_assigned(&mut self, list: &Id<PickList>, slot: u8, tote: &Code<Tote>) -> Result<(), R::Error> {
        let Some(mut list) = self.rows.fetch::<PickList>(list)? else { return self.unmatched() };
        let Some(place) = list.slots.iter_mut().find(|s| s.number == slot) else { return self.unmatched() };
        place.tote = Some(tote.clone());
        let fulfilment = place.fulfilment;
        let mut row = self.rows.fetch::<Tote>(tote)?.unwrap_or_else(|| Tote::empty(tote.clone()));
        let foreign = row.fulfilment.is_some_and(|f| f != fulfilment) && !row.contents.is_empty();
        row.state = ToteState::InUse;
        row.fulfilment = Some(fulfilment);
        row.list = Some(list.id);
        row.slot = Some(slot);
        row.lane = None;
        self.rows.keep(row)?;
        self.rows.keep(list)?;
        if let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(&fulfilment)?
            && !order.totes.contains(tote)
        {
            order.totes.push(tote.clone());
            self.rows.keep(order)?;
        }
        if foreign {
            let mut trouble = self.blank_trouble(TroubleKind::ToteConflict);
            trouble.tote = Some(tote.clone());
            trouble.fulfilment = Some(fulfilment);
            self.raise(trouble)?;
        }
        Ok(())
    }

    fn tote_unassigned(&mut self, list: &Id<PickList>, slot: u8, tote: &Code<Tote>) -> Result<(), R::Error> {
        let Some(mut list) = self.rows.fetch::<PickList>(list)? else { return self.unmatched() };
        let mut fulfilment = None;
        for place in list.slots.iter_mut().filter(|s| s.number == slot && s.tote.as_ref() == Some(tote)) {
            place.tote = None;
            fulfilment = Some(place.fulfilment);
        }
        self.rows.keep(list)?;
        let Some(row) = self.rows.fetch::<Tote>(tote)? else { return self.unmatched() };
        if row.contents.is_empty() {
            self.rows.keep(Tote::empty(tote.clone()))?;
            if let Some(fulfilment) = fulfilment
                && let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(&fulfilment)?
            {
                order.totes.retain(|t| t != tote);
                self.rows.keep(order)?;
            }
        }
        Ok(())
    }

    fn picked(&mut self, task: &Id<PickTask>, by: Quantity) -> Result<(), R::Error> {
        let Some(mut task) = self.rows.fetch::<PickTask>(task)? else { return self.unmatched() };
        let excess_before = task.excess();
        let open_before = task.remaining();
        task.picked += if canary::sings("pick_counted_twice") { by + by } else { by };
        let mut over = task.excess() - excess_before;
        self.outcome.effects.push(Effect::Unclaimed { task: task.id, by: open_before - task.remaining() });
        let mut next = task.continued_by;
        while let Some(heir) = next
            && over.is_some()
        {
            let Some(mut heir) = self.rows.fetch::<PickTask>(&heir)? else { break };
            let taken = Quantity(over.0.min(heir.remaining().0));
            next = heir.continued_by;
            if taken.is_some() {
                heir.withdrawn += taken;
                task.withdrawn -= taken;
                over -= taken;
                self.outcome.effects.push(Effect::Unclaimed { task: heir.id, by: taken });
                self.rows.keep(heir)?;
            }
        }
        let counted = by - over;
        self.line_picked(&task, counted)?;
        if over.is_some() && !canary::sings("excess_not_flagged") {
            let mut trouble = self.blank_trouble(TroubleKind::ExcessPick);
            trouble.remedies = vec![Remedy::PutBack, Remedy::Acknowledge];
            trouble.task = Some(task.id);
            trouble.fulfilment = Some(task.fulfilment);
            trouble.item = Some(task.item.clone());
            trouble.lot.clone_from(&task.lot);
            trouble.location = Some(task.location.clone());
            trouble.quantity = over;
            self.raise(trouble)?;
        }
        self.rows.keep(task)
    }

    fn line_picked(&mut self, task: &PickTask, by: Quantity) -> Result<(), R::Error> {
        if by.is_zero() {
            return Ok(());
        }
        let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(&task.fulfilment)? else {
            return self.unmatched();
        };
        let Some(line) = order.line_mut(task.line) else { return self.unmatched() };
        if !canary::sings("line_not_counted") {
            line.picked += by;
        }
        self.rows.keep(order)?;
        self.line(task.fulfilment, task.line, LineChange::Picked, by);
        Ok(())
    }

    fn put(
        &mut self,
        task: &Id<PickTask>,
        (item, lot): Goods<'_>,
        tote: &Code<Tote>,
        by: Quantity,
    ) -> Result<(), R::Error> {
        let stays = by.0 < 0 && canary::sings("undo_leaves_tote");
        if !stays && !canary::sings("put_into_no_tote") {
            self.tote_gains(tote, (item, lot), by)?;
        }
        let Some(mut task) = self.rows.fetch::<PickTask>(task)? else { return self.unmatched() };
        task.put += by;
        let fulfilment = task.fulfilment;
        self.rows.keep(task)?;
        let Some(mut row) = self.rows.fetch::<Tote>(tote)? else { return Ok(()) };
        match row.fulfilment {
            Some(owner) if owner != fulfilment && by.is_some() => {
                let mut trouble = self.blank_trouble(TroubleKind::ToteConflict);
                trouble.tote = Some(tote.clone());
                trouble.fulfilment = Some(fulfilment);
                trouble.item = Some(item.clone());
                trouble.quantity = by;
                self.raise(trouble)
            }
            Some(_) => Ok(()),
            None => {
                row.fulfilment = Some(fulfilment);
                self.rows.keep(row)
            }
        }
    }

    fn shorted(
        &mut self,
        task: &Id<PickTask>,
        quantity: Quantity,
        reason: super::state::ShortReason,
        undoes: Option<Id<super::op::Op>>,
    ) -> Result<(), R::Error> {
        let Some(mut task) = self.rows.fetch::<PickTask>(task)? else { return self.unmatched() };
        // What was handed on, or is settled, is no longer this stop's: then there is nothing to change.
        let by = match undoes {
            None => Quantity(quantity.0.min(task.remaining().0)),
            Some(op) => match self.rows.fetch::<Trouble>(&op.retyped())? {
                Some(trouble) if trouble.settled.is_none() && trouble.task == Some(task.id) => {
                    -trouble.quantity
                }
                _ => Quantity::ZERO,
            },
        };
        if by.is_zero() {
            return Ok(());
        }
        let (open_before, excess_before) = (task.remaining(), task.excess());
        task.short += by;
        task.short_reason = if task.short.is_some() { Some(reason) } else { None };
        self.outcome.effects.push(Effect::Unclaimed { task: task.id, by: open_before - task.remaining() });
        self.line(task.fulfilment, task.line, LineChange::Short, by);
        if let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(&task.fulfilment)? {
            if let Some(line) = order.line_mut(task.line) {
                line.short += by;
            }
            self.close_if_packed(order)?;
        }
        // What was picked beyond the short is wanted again once the short is undone.
        self.line_picked(&task, (excess_before - task.excess()).or_zero())?;
        match undoes {
            Some(op) => self.withdraw_trouble(&op.retyped())?,
            None if canary::sings("short_not_raised") => {}
            None => {
                let mut trouble = self.blank_trouble(TroubleKind::ShortPick);
                trouble.remedies = vec![Remedy::PickElsewhere, Remedy::Backorder, Remedy::CancelRest];
                trouble.task = Some(task.id);
                trouble.fulfilment = Some(task.fulfilment);
                trouble.item = Some(task.item.clone());
                trouble.lot.clone_from(&task.lot);
                trouble.location = Some(task.location.clone());
                trouble.quantity = by;
                self.raise(trouble)?;
            }
        }
        self.rows.keep(task)
    }

    fn withdraw_trouble(&mut self, id: &Id<Trouble>) -> Result<(), R::Error> {
        if let Some(mut trouble) = self.rows.fetch::<Trouble>(id)?
            && trouble.settled.is_none()
        {
            trouble.settled = Some(Settled {
                remedy: Remedy::Acknowledge,
                by: self.origin.operator.clone(),
                at: self.origin.at,
            });
            self.rows.keep(trouble)?;
        }
        Ok(())
    }

    fn tote_closed(
        &mut self,
        list: &Id<PickList>,
        tote: &Code<Tote>,
        lane: Option<Code<crate::place::Location>>,
    ) -> Result<(), R::Error> {
        let Some(mut row) = self.rows.fetch::<Tote>(tote)? else { return self.unmatched() };
        row.state = if row.contents.is_empty() { ToteState::Free } else { ToteState::Closed };
        row.lane = lane;
        if row.state == ToteState::Free {
            row = Tote::empty(tote.clone());
        }
        self.rows.keep(row)?;
        if let Some(mut list) = self.rows.fetch::<PickList>(list)? {
            for slot in list.slots.iter_mut().filter(|s| s.tote.as_ref() == Some(tote)) {
                slot.tote = None;
            }
            self.rows.keep(list)?;
        }
        Ok(())
    }

    fn tote_gains(
        &mut self,
        tote: &Code<Tote>,
        (item, lot): Goods<'_>,
        by: Quantity,
    ) -> Result<(), R::Error> {
        let mut row = self.rows.fetch::<Tote>(tote)?.unwrap_or_else(|| Tote::empty(tote.clone()));
        shift(&mut row.contents, item, lot.as_ref(), by);
        if row.contents.is_empty() && row.state == ToteState::Closed {
            row = Tote::empty(tote.clone());
        }
        self.rows.keep(row)
    }

    fn carton_opened(
        &mut self,
        fulfilment: &Id<FulfilmentOrder>,
        parcel: &Id<Parcel>,
        carton: &Code<crate::item::CartonType>,
    ) -> Result<(), R::Error> {
        let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(fulfilment)? else {
            return self.unmatched();
        };
        if !order.parcels.contains(parcel) {
            order.parcels.push(*parcel);
        }
        let number = u16::try_from(order.parcels.len()).unwrap_or(u16::MAX);
        let service = order.service.clone();
        self.rows.keep(order)?;
        self.rows.keep(Parcel {
            id: *parcel,
            fulfilment: *fulfilment,
            number,
            state: ParcelState::Open,
            carton: carton.clone(),
            contents: Vec::new(),
            weight_g: None,
            sscc: None,
            service,
            lane: None,
            manifest: None,
            labelled: false,
        })
    }

    fn parcel_gains(
        &mut self,
        parcel: &Id<Parcel>,
        (item, lot): Goods<'_>,
        by: Quantity,
    ) -> Result<(), R::Error> {
        let Some(mut parcel) = self.rows.fetch::<Parcel>(parcel)? else { return self.unmatched() };
        shift(&mut parcel.contents, item, lot.as_ref(), by);
        self.rows.keep(parcel)
    }

    fn line_packed(&mut self, order: &Id<FulfilmentOrder>, line: u32, by: Quantity) -> Result<(), R::Error> {
        let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(order)? else { return self.unmatched() };
        let Some(row) = order.line_mut(line) else { return self.unmatched() };
        row.packed += by;
        self.line(order.id, line, LineChange::Packed, by);
        self.rows.keep(order)
    }

    fn line_lost(
        &mut self,
        order: &Id<FulfilmentOrder>,
        line: u32,
        (item, lot): Goods<'_>,
        tote: &Code<Tote>,
        quantity: Quantity,
    ) -> Result<(), R::Error> {
        let Some(mut order) = self.rows.fetch::<FulfilmentOrder>(order)? else { return self.unmatched() };
        let Some(row) = order.line_mut(line) else { return self.unmatched() };
        row.lost += quantity;
        self.line(order.id, line, LineChange::Lost, quantity);
        let mut trouble = self.blank_trouble(TroubleKind::ShortPack);
        trouble.remedies = vec![Remedy::PickElsewhere, Remedy::Backorder, Remedy::CancelRest];
        trouble.fulfilment = Some(order.id);
        trouble.item = Some(item.clone());
        trouble.lot.clone_from(lot);
        trouble.tote = Some(tote.clone());
        trouble.quantity = quantity;
        self.raise(trouble)?;
        self.close_if_packed(order)
    }

    fn sealed(&mut self, parcel: &Id<Parcel>, sscc: &str, weight_g: u32) -> Result<(), R::Error> {
        let Some(mut parcel) = self.rows.fetch::<Parcel>(parcel)? else { return self.unmatched() };
        if parcel.state < ParcelState::Sealed {
            parcel.state = ParcelState::Sealed;
        }
        parcel.sscc = Some(sscc.to_owned());
        parcel.weight_g = Some(weight_g);
        let fulfilment = parcel.fulfilment;
        self.rows.keep(parcel)?;
        match self.rows.fetch::<FulfilmentOrder>(&fulfilment)? {
            Some(order) => self.close_if_packed(order),
            None => self.unmatched(),
        }
    }

    /// Keeps the order, as packed once every piece is in a sealed parcel.
    fn close_if_packed(&mut self, mut order: FulfilmentOrder) -> Result<(), R::Error> {
        let mut sealed = true;
        for parcel in &order.parcels {
            let row = self.rows.fetch::<Parcel>(parcel)?;
            sealed &= row.is_some_and(|p| p.state >= ParcelState::Sealed || p.contents.is_empty());
        }
        if sealed && order.is_packed() && order.state == FulfilmentState::Packing {
            order.state = FulfilmentState::Packed;
        }
        self.rows.keep(order)
    }

    fn loaded(&mut self, parcel: &Id<Parcel>, manifest: &Id<Manifest>) -> Result<(), R::Error> {
        let Some(mut parcel) = self.rows.fetch::<Parcel>(parcel)? else { return self.unmatched() };
        let Some(mut manifest) = self.rows.fetch::<Manifest>(manifest)? else { return self.unmatched() };
        if parcel.state < ParcelState::Loaded {
            parcel.state = ParcelState::Loaded;
        }
        parcel.manifest = Some(manifest.id);
        if !manifest.parcels.contains(&parcel.id) {
            manifest.parcels.push(parcel.id);
        }
        self.rows.keep(parcel)?;
        self.rows.keep(manifest)
    }
}

/// How many of an item the totes of a fulfilment order hold: what packing may take.
#[must_use]
pub fn held_in_totes<'a>(totes: impl Iterator<Item = &'a Tote>, item: &Code<Item>) -> Quantity {
    totes.map(|t| held(&t.contents, item)).sum()
}
