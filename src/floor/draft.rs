//! A decision being drafted: the state to read, the session to change, the operations so far.

use aisle_core::{
    id::{Code, Id},
    task::{
        op::{Fact, Note, Op, Request},
        rows::{Floor, Kept},
        state::{FulfilmentOrder, FulfilmentState, ListState, Operator, PickList},
    },
    time::Millis,
};

use super::{Accepted, Action, Ctx, Cue, Decision, Effect, Read, Refusal, Session, State, lot::Label};

/// A decision being drafted.
pub struct Draft<'s, 'c> {
    /// The rows as they stand.
    pub rows: &'s Floor,
    /// The state as it stands.
    pub state: &'s State,
    /// What this decision may use.
    pub ctx: &'s mut Ctx<'c>,
    /// The time.
    pub now: Millis,
    /// The session from here on.
    pub session: Session,
    /// What she hears.
    pub cue: Option<Cue>,
    /// What to release.
    pub effects: Vec<Effect>,
    /// What the scan says of a lot.
    pub label: Option<Label>,
    /// A PIN to verify first.
    pub pin: Option<(Operator, String)>,
    entries: Vec<(Id<Op>, Op)>,
    by: Option<Code<Operator>>,
}

impl<'s, 'c> Draft<'s, 'c> {
    pub(super) fn new(state: &'s State, now: Millis, ctx: &'s mut Ctx<'c>) -> Self {
        let mut session = state.session.clone();
        session.taken_back = false;
        Self {
            rows: &state.rows,
            state,
            ctx,
            now,
            by: session.badge().cloned(),
            session,
            cue: None,
            effects: Vec::new(),
            label: None,
            pin: None,
            entries: Vec::new(),
        }
    }

    /// It happened.
    pub fn fact(&mut self, fact: Fact) -> Id<Op> {
        self.entry(Op::Fact(fact))
    }

    /// It is asked.
    pub fn request(&mut self, request: Request) -> Id<Op> {
        if matches!(request, Request::Claim { .. }) {
            self.session.claimed = Some(self.now);
        }
        self.entry(Op::Request(request))
    }

    /// It is worth knowing.
    pub fn note(&mut self, note: Note) -> Id<Op> {
        self.entry(Op::Note(note))
    }

    fn entry(&mut self, op: Op) -> Id<Op> {
        let id = self.ctx.mint.id(self.now);
        self.entries.push((id, op));
        id
    }

    /// Whose operations these are, when it is not who was signed on before.
    pub fn by(&mut self, badge: &Code<Operator>) {
        self.by = Some(badge.clone());
    }

    /// What she hears.
    pub fn hear(&mut self, cue: Cue) {
        self.cue = Some(cue);
    }

    /// The row with this name.
    #[must_use]
    pub fn find<T: Kept>(&self, name: &T::Name) -> Option<&'s T> {
        self.rows.find::<T>(name)
    }

    /// The list under way.
    #[must_use]
    pub fn list(&self) -> Option<&'s PickList> {
        self.session.list(self.rows)
    }

    pub(super) fn finish(mut self, action: &Action, done: Result<(), Refusal>) -> Decision {
        match done {
            Err(refusal) => {
                let mut session = self.session;
                let pressed = matches!(action, Action::Scan(Read::Command(_)));
                if !session.keyed.is_empty() && (pressed || !matches!(action, Action::Scan(_))) {
                    session.keyed.clear();
                }
                session.refusal = Some(refusal.clone());
                Decision::Refused { refusal, session: Box::new(session) }
            }
            Ok(()) => {
                if let Some((operator, pin)) = self.pin {
                    return Decision::CheckPin { operator, pin, session: Box::new(self.session) };
                }
                let told = matches!(action, Action::Fed | Action::Tick | Action::Verdict { .. });
                if self.state.full {
                    if self.entries.iter().any(|(_, op)| begins(self.rows, self.by.as_ref(), op)) {
                        return no_room(self.state);
                    }
                    // What the terminal would have asked by itself it does not ask.
                    self.entries.retain(|(_, op)| !matches!(op, Op::Request(Request::Claim { .. })));
                }
                if !told {
                    self.session.refusal = None;
                }
                Decision::Accepted(Box::new(Accepted {
                    by: self.by,
                    entries: self.entries,
                    cue: self.cue,
                    session: self.session,
                    effects: self.effects,
                }))
            }
        }
    }
}

/// Whether an operation begins work, rather than going on with what is under way.
fn begins(rows: &Floor, by: Option<&Code<Operator>>, op: &Op) -> bool {
    let under_way = |list: &PickList| list.state == ListState::Started;
    let packing = |order: &FulfilmentOrder| order.state == FulfilmentState::Packing;
    match op {
        Op::Fact(Fact::ListStarted { list, .. }) => !rows.find::<PickList>(list).is_some_and(under_way),
        Op::Fact(Fact::PackStarted { fulfilment, .. }) => {
            !rows.find::<FulfilmentOrder>(fulfilment).is_some_and(packing)
        }
        Op::Note(Note::SignedOn { .. }) => {
            let hers = |list: &&PickList| list.holder.as_ref().map(|holder| &holder.operator) == by;
            let picks = rows.all::<PickList>().filter(hers).any(under_way);
            let packs =
                rows.all::<FulfilmentOrder>().any(|order| packing(order) && order.packer.as_ref() == by);
            !picks && !packs
        }
        _ => false,
    }
}

/// Nothing is begun, and all stays as it was.
fn no_room(state: &State) -> Decision {
    let mut session = state.session.clone();
    session.keyed.clear();
    session.refusal = Some(Refusal::DiskFull);
    Decision::Refused { refusal: Refusal::DiskFull, session: Box::new(session) }
}
