//! What an operation means for the session. It is the same when the operation has just been recorded and when
//! the journal is folded after a crash, so it reads nothing that changes with later operations.

use aisle_core::{
    id::{Code, Id},
    quantity::Quantity,
    task::{
        op::{Fact, Note, Op, Origin, Request},
        rows::Floor,
        state::{PickTask, Role},
    },
};

use super::session::{
    Asked, LastPacked, LeadScreen, Packing, Picking, Session, SignOn, SignedOn, UNDO_MAX, Undoable,
};

impl Session {
    /// Follows one recorded operation. Folding every operation since the last sign-on over an empty session
    /// gives back what was open; `rows` are only asked for what never changes.
    pub fn replay(&mut self, rows: &Floor, origin: &Origin, op: &Op) {
        match op {
            Op::Note(note) => self.replay_note(rows, origin, note),
            Op::Request(request) => self.replay_request(origin, request),
            Op::Fact(fact) => {
                self.replay_pick(rows, origin, fact);
                self.replay_pack(origin, fact);
            }
        }
    }

    fn replay_note(&mut self, rows: &Floor, origin: &Origin, note: &Note) {
        match note {
            Note::SignedOn { role } => {
                let tries = std::mem::take(&mut self.sign_on.tries);
                let asked = std::mem::take(&mut self.asked);
                *self = Self {
                    operator: Some(SignedOn {
                        badge: origin.operator.clone(),
                        role: *role,
                        since: origin.at,
                    }),
                    sign_on: SignOn { badge: None, tries },
                    asked,
                    ..Self::default()
                };
            }
            Note::SignedOff => {
                let tries = std::mem::take(&mut self.sign_on.tries);
                let asked = std::mem::take(&mut self.asked);
                *self = Self { sign_on: SignOn { badge: None, tries }, asked, ..Self::default() };
            }
            Note::Arrived { task, location } => {
                self.pick.came_from = self.pick.arrived.replace(location.clone());
                self.at_stop(rows, task);
                self.pick.task = Some(*task);
            }
            Note::Offered { task, tote } => {
                self.pick.offered = Some((*task, tote.clone()));
                self.at_stop(rows, task);
            }
            Note::Rerouted { .. } => {}
            Note::Skipped { .. } => {
                self.pick.came_from = self.pick.arrived.take().or_else(|| self.pick.came_from.take());
                self.pick.task = None;
                self.pick.offered = None;
            }
        }
    }

    fn at_stop(&mut self, rows: &Floor, task: &Id<PickTask>) {
        if self.pick.list.is_none() {
            self.pick.list = rows.find::<PickTask>(task).map(|task| task.list);
        }
        self.pick.walking = true;
    }

    fn replay_request(&mut self, origin: &Origin, request: &Request) {
        self.asked.push(Asked { op: origin.op, request: request.clone(), at: origin.at });
        match request {
            Request::Complete { list, .. } => {
                self.completed.insert(*list);
                if self.pick.list == Some(*list) {
                    self.pick = Picking::default();
                    self.undo.clear();
                }
            }
            Request::Claim { .. } => self.claimed = Some(origin.at),
            Request::Reassign { list, to, .. } if self.is_lead() => {
                self.lead.screen = LeadScreen::Asked { op: origin.op, list: *list, to: to.clone() };
            }
            Request::CloseManifest { .. } => self.load.warned = false,
            _ => {}
        }
    }

    fn is_lead(&self) -> bool {
        self.operator.as_ref().is_some_and(|operator| operator.role == Role::Lead)
    }

    fn replay_pick(&mut self, rows: &Floor, origin: &Origin, fact: &Fact) {
        match fact {
            Fact::ListStarted { list, .. } => {
                self.pick = Picking { list: Some(*list), ..Picking::default() };
                self.undo.clear();
            }
            Fact::ToteAssigned { undoes, .. } => self.step(origin, fact, *undoes),
            Fact::Picked { task, location, undoes, .. } | Fact::Shorted { task, location, undoes, .. } => {
                self.at_stop(rows, task);
                if undoes.is_some() {
                    self.pick.arrived = Some(location.clone());
                }
                self.pick.task = Some(*task);
                self.step(origin, fact, *undoes);
            }
            Fact::Put { task, undoes, .. } => {
                self.at_stop(rows, task);
                if self.pick.offered.as_ref().is_some_and(|(offered, _)| offered == task) {
                    self.pick.offered = None;
                }
                if undoes.is_some() {
                    self.pick.task = Some(*task);
                    self.pick.arrived = rows.find::<PickTask>(task).map(|task| task.location.clone());
                }
                self.step(origin, fact, *undoes);
            }
            Fact::ToteFilled { .. } => {
                self.pick.offered = None;
                self.undo.clear();
            }
            Fact::ToteDropped { .. } => self.undo.clear(),
            _ => {}
        }
    }

    fn replay_pack(&mut self, origin: &Origin, fact: &Fact) {
        match fact {
            Fact::PackStarted { fulfilment, tote } => {
                if self.pack.order != Some(*fulfilment) {
                    self.pack = Packing { order: Some(*fulfilment), ..Packing::default() };
                    self.undo.clear();
                }
                if !self.pack.totes.contains(tote) {
                    self.pack.totes.push(tote.clone());
                }
                self.load = super::session::Loading::default();
            }
            Fact::CartonOpened { fulfilment, parcel, .. } if self.pack.order == Some(*fulfilment) => {
                self.pack.parcel = Some(*parcel);
                self.pack.carton = None;
                self.pack.full = false;
                self.pack.label = None;
            }
            Fact::Packed { item, lot, quantity, undoes, .. } => {
                self.packed(item, lot, *quantity, undoes.is_some());
                self.step(origin, fact, *undoes);
            }
            Fact::PackShorted { .. } => self.pack.last = None,
            Fact::Sealed { parcel, .. } => {
                self.pack.parcel = None;
                self.pack.last = None;
                self.pack.full = false;
                self.pack.doubted = None;
                self.pack.label = Some(*parcel);
                self.undo.clear();
            }
            Fact::Staged { parcel, .. } => {
                if self.pack.label == Some(*parcel) {
                    self.pack.label = None;
                }
                self.load.parcel = None;
                self.load.last = Some(*parcel);
            }
            Fact::Loaded { parcel, manifest } => {
                self.load.parcel = None;
                self.load.last = Some(*parcel);
                self.load.manifest = Some(*manifest);
            }
            _ => {}
        }
    }

    fn packed(
        &mut self,
        item: &Code<aisle_core::item::Item>,
        lot: &Option<Code<aisle_core::item::Lot>>,
        quantity: Quantity,
        back: bool,
    ) {
        let quantity = if back { -quantity } else { quantity };
        let before = match &self.pack.last {
            Some(last) if (&last.item, &last.lot) == (item, lot) => last.quantity,
            _ => Quantity::ZERO,
        };
        let now = before + quantity;
        self.pack.last =
            now.is_some().then(|| LastPacked { item: item.clone(), lot: lot.clone(), quantity: now });
    }

    /// Keeps what can be taken back, or takes it off once it was.
    fn step(&mut self, origin: &Origin, fact: &Fact, undoes: Option<Id<Op>>) {
        match undoes {
            None => {
                self.undo.push(Undoable { op: origin.op, at: origin.at, fact: fact.clone() });
                if self.undo.len() > UNDO_MAX {
                    self.undo.remove(0);
                }
            }
            Some(op) => self.take_off(op, fact),
        }
    }

    /// A step may be taken back in part, when a smaller number is keyed: the rest of it stays.
    fn take_off(&mut self, op: Id<Op>, back: &Fact) {
        let Some(at) = self.undo.iter().position(|step| step.op == op) else { return };
        let left = match (&mut self.undo[at].fact, back) {
            (Fact::Picked { quantity, .. }, Fact::Picked { quantity: by, .. })
            | (Fact::Packed { quantity, .. }, Fact::Packed { quantity: by, .. }) => {
                *quantity -= *by;
                quantity.is_some()
            }
            _ => false,
        };
        if !left {
            self.undo.remove(at);
        }
    }
}
