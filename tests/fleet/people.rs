//! The people of the fleet: they look at the terminal, move goods, then scan and key what it waits for. What comes of
//! a scan is decided by the production floor alone; what it told is held against what was done.

use aisle::{
    app::input::Input,
    floor::{Key, bench, cart, lead::on_plate, load, pack, pick, session::LeadScreen},
    scan::{Scan, Source},
};
use aisle_core::{
    id::Id,
    place::Place,
    task::{
        op::{Fact, Op},
        state::{
            FulfilmentOrder, FulfilmentState, ListState, Parcel, ParcelState, PickList, Role, Tote, ToteState,
        },
        trouble::TroubleKind,
    },
};

use super::{
    profile::{Fault, small},
    site::{CARTS, ITEMS, PACK_LANE, PEOPLE, PIN, STAGING_LANE, TOTES},
    world::{Told, World},
};

/// What somebody did and tells the terminal now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// A piece was taken out of a location, into the hand.
    Take { item: String, location: String },
    /// A piece is packed.
    Pack { item: String },
    /// The last step is taken back.
    Undo(Id<Op>),
}

impl World {
    /// A person does the next thing.
    pub fn act(&mut self, person: usize) -> Result<(), String> {
        if !self.faults {
            return Ok(());
        }
        let wait = 150 + i64::try_from(small(&mut self.luck.people, 700)).unwrap_or(0);
        self.at(wait, super::world::Happens::Act(person));
        let own: Vec<usize> =
            (0..self.handhelds.len()).filter(|n| self.handhelds[*n].number == person).collect();
        let who = own[small(&mut self.luck.people, own.len())];
        if self.intents.contains_key(&who) {
            // The terminal failed under her hands: she waits until it shows what it kept.
            self.input(who, Input::Tick)?;
            return Ok(());
        }
        let session = &self.handhelds[who].shell().turn.state.session;
        if session.operator.is_none() {
            return self.sign_on(who, person);
        }
        if self.chance(3) {
            // A break: her own badge signs her off, unless pieces are in hand.
            return self.scan(who, PEOPLE[person].0);
        }
        match PEOPLE[person].1 {
            Role::Picker => self.pick(who, person),
            Role::Packer => self.pack(who),
            Role::Lead => self.lead(who),
        }
    }

    /// One input, and what follows from it.
    pub(super) fn input(&mut self, who: usize, input: Input) -> Result<(), String> {
        let handheld = &mut self.handhelds[who];
        handheld.at(self.now);
        let turned = handheld.shell_mut().input(input);
        if turned.answer.receipt.is_some() {
            for (id, _) in &turned.answer.ops {
                handheld.beeped.insert(*id);
            }
        }
        let told: Vec<&str> = turned.answer.ops.iter().map(|(_, op)| op.kind()).collect();
        if !told.is_empty() {
            let line = format!("{} ({who}) {}", handheld.name, told.join(" "));
            self.note(line);
        }
        self.after(who)
    }

    pub(super) fn scan(&mut self, who: usize, raw: &str) -> Result<(), String> {
        let at_ms = (self.now.0 + self.handhelds[who].skew_ms).unsigned_abs();
        self.input(who, Input::Scan(Scan::new(raw.as_bytes(), Source::Wedge(0), at_ms)))
    }

    pub(super) fn key(&mut self, who: usize, key: Key) -> Result<(), String> {
        self.input(who, Input::Key(key))
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.luck.people.bits() % 100 < percent && !self.profile.flow
    }

    /// Percent of what only happens where people muddle.
    fn muddles(&mut self, percent: u64) -> bool {
        let drawn = self.chance(percent);
        drawn && self.profile.has(Fault::Muddle)
    }

    pub(super) fn sign_on(&mut self, who: usize, person: usize) -> Result<(), String> {
        self.scan(who, PEOPLE[person].0)?;
        let waits = |world: &Self| world.handhelds[who].shell().turn.state.session.sign_on.badge.is_some();
        for digit in PIN {
            if waits(self) {
                self.key(who, Key::Digit(digit))?;
            }
        }
        Ok(())
    }

    pub(super) fn pick(&mut self, who: usize, person: usize) -> Result<(), String> {
        let state = &self.handhelds[who].shell().turn.state;
        let (rows, session) = (&state.rows, &state.session);
        let badge = session.badge().cloned();
        match cart::stage(rows, session) {
            cart::Stage::Work => {
                let works = badge.is_some_and(|badge| !cart::work(rows, session, &badge).is_empty());
                if !works {
                    return self.input(who, Input::Tick);
                }
                let on =
                    cart::work(rows, session, &session.badge().cloned().expect("signed on"))[0].cart.clone();
                let cart = on.map_or_else(|| CARTS[person].to_owned(), |cart| cart.to_string());
                let other = self.muddles(10);
                self.scan(who, if other { CARTS[2] } else { &cart })
            }
            cart::Stage::Totes => {
                let tote = self.empty_tote(person);
                self.scan(who, &tote)
            }
            cart::Stage::Walk => self.walk(who, person),
            cart::Stage::Drop => {
                let list = session.list(rows).expect("she has a list");
                let lane = cart::lane(session, &self.handhelds[who].shell().turn.catalogue).is_some();
                let tote = cart::to_drop(rows, list).next().map(|tote| tote.code.to_string());
                match tote.filter(|_| lane) {
                    Some(tote) => self.scan(who, &tote),
                    None => self.scan(who, PACK_LANE),
                }
            }
        }
    }

    /// A tote that is empty as far as hands can feel; who muddles takes one that the other uses.
    fn empty_tote(&mut self, person: usize) -> String {
        let other = self.muddles(20);
        let half = TOTES / 2;
        let mine = if other { 1 - person.min(1) } else { person.min(1) };
        let from = small(&mut self.luck.people, half);
        let numbers = (0..half).map(|n| mine * half + (from + n) % half);
        let mut totes = numbers.map(|n| format!("T{n}"));
        let empty = totes.clone().find(|tote| self.goods.is_empty(&format!("tote:{tote}")));
        empty.or_else(|| totes.next()).unwrap_or_else(|| "T0".to_owned())
    }

    fn walk(&mut self, who: usize, person: usize) -> Result<(), String> {
        let alone = self.handhelds[who].alone;
        let (undo, short, skip, wrong) = (self.muddles(12), self.chance(4), self.chance(3), self.muddles(4));
        let state = &self.handhelds[who].shell().turn.state;
        let (rows, session) = (&state.rows, &state.session);
        let Some(task) = pick::due(rows, session).cloned() else { return self.key(who, Key::Back) };
        let list = session.list(rows).cloned().expect("she has a list");
        if session.refusal.is_some() && undo {
            return self.key(who, Key::Dot);
        }
        if let (true, true, Some(step)) = (undo, alone, session.undo.last().cloned()) {
            self.intents.insert(who, Intent::Undo(step.op));
            return self.tell(who, Input::Key(Key::Dot));
        }
        if short && task.remaining().is_some() && task.in_hand().is_zero() {
            self.key(who, Key::Star)?;
            return self.key(who, Key::Hash);
        }
        if skip && task.in_hand().is_zero() {
            return self.key(who, Key::Hash);
        }
        if wrong {
            let (item, location, _) = ITEMS[small(&mut self.luck.people, ITEMS.len())];
            return self.take(who, item, location);
        }
        if !pick::is_here(session, &task) {
            return self.scan(who, task.location.as_str());
        }
        if task.remaining().is_some() {
            return self.take(who, task.item.as_str(), task.location.as_str());
        }
        match pick::tote_of(&list, &task) {
            Some(tote) => self.scan(who, tote.as_str()),
            None => {
                let tote = self.empty_tote(person);
                self.scan(who, &tote)
            }
        }
    }

    /// Takes a piece, then scans it.
    fn take(&mut self, who: usize, item: &str, location: &str) -> Result<(), String> {
        self.goods.go(item, 1, &format!("loc:{location}"), &format!("hand:{who}"));
        self.intents.insert(who, Intent::Take { item: item.to_owned(), location: location.to_owned() });
        let at_ms = (self.now.0 + self.handhelds[who].skew_ms).unsigned_abs();
        self.tell(who, Input::Scan(Scan::new(item.as_bytes(), Source::Wedge(0), at_ms)))
    }

    /// Tells the terminal what was done; what it does not take is put back.
    pub(super) fn tell(&mut self, who: usize, input: Input) -> Result<(), String> {
        self.input(who, input)
    }

    pub(super) fn pack(&mut self, who: usize) -> Result<(), String> {
        let state = &self.handhelds[who].shell().turn.state;
        let (rows, session) = (&state.rows, &state.session);
        if session.load.parcel.or(session.pack.label).is_some() && session.pack.parcel.is_none() {
            return self.scan(who, STAGING_LANE);
        }
        match pack::stage(rows, session) {
            pack::Stage::Grab => {
                let (item, _) = bench::to_grab(rows, session)[0].clone();
                let undo = session.undo.last().map(|step| step.op);
                if let (true, Some(op)) = (self.muddles(8), undo) {
                    self.intents.insert(who, Intent::Undo(op));
                    return self.tell(who, Input::Key(Key::Dot));
                }
                self.intents.insert(who, Intent::Pack { item: item.to_string() });
                let at_ms = (self.now.0 + self.handhelds[who].skew_ms).unsigned_abs();
                self.tell(who, Input::Scan(Scan::new(item.as_str(), Source::Wedge(0), at_ms)))
            }
            pack::Stage::Weigh => {
                let parcel = bench::parcel(rows, session).expect("a parcel is weighed");
                let grams = bench::expected_g(parcel, &self.handhelds[who].shell().turn.catalogue);
                self.input(who, Input::Weighed(grams))
            }
            pack::Stage::Label => self.scan(who, STAGING_LANE),
            pack::Stage::Tote => {
                let mine = session.pack.order;
                let is_good = |tote: &&Tote| {
                    let order = tote.fulfilment.and_then(|id| rows.find::<FulfilmentOrder>(&id));
                    tote.state == ToteState::Closed
                        && !tote.contents.is_empty()
                        && order.is_some_and(|order| order.state != FulfilmentState::Cancelled)
                };
                let waiting: Vec<&Tote> = rows.all::<Tote>().filter(is_good).collect();
                let own = waiting.iter().find(|tote| tote.fulfilment == mine).copied();
                let tote = own.or_else(|| waiting.first().copied()).map(|tote| tote.code.to_string());
                let waits = |parcel: &&Parcel| parcel.state == ParcelState::Staged;
                let parcel = rows.all::<Parcel>().find(waits).and_then(|parcel| parcel.sscc.clone());
                let open = bench::parcel(rows, session).is_some_and(|parcel| !parcel.contents.is_empty());
                match (tote, parcel) {
                    (_, Some(sscc))
                        if self.chance(20)
                            && load::open(&self.handhelds[who].shell().turn.state.rows).len() == 1 =>
                    {
                        self.scan(who, &sscc)
                    }
                    (Some(tote), _) => self.scan(who, &tote),
                    (None, _) if open => {
                        // The rest of the order is still on its way: what is here goes.
                        self.key(who, Key::F(3))?;
                        self.key(who, Key::F(3))
                    }
                    (None, _) => self.input(who, Input::Tick),
                }
            }
        }
    }

    /// The lead hands work on and settles what needs no hands.
    pub(super) fn lead(&mut self, who: usize) -> Result<(), String> {
        let lazy = !self.chance(30) && !self.profile.flow;
        if lazy {
            return self.input(who, Input::Tick);
        }
        let state = &self.handhelds[who].shell().turn.state;
        let (rows, session) = (&state.rows, &state.session);
        match session.lead.screen.clone() {
            LeadScreen::To { list, .. } => {
                let holder = rows.find::<PickList>(&list).and_then(|list| list.holder.clone());
                let first = holder.is_some_and(|holder| holder.operator.as_str() == PEOPLE[0].0);
                self.scan(who, PEOPLE[usize::from(first)].0)
            }
            LeadScreen::Trouble => {
                let plate = on_plate(rows, session).map(|trouble| trouble.kind);
                let running = rows.all::<PickList>().filter(|list| list.state == ListState::Started);
                let carts: Vec<String> =
                    running.filter_map(|list| Some(list.cart.as_ref()?.to_string())).collect();
                let give = self.chance(35);
                match plate {
                    _ if give && !carts.is_empty() => {
                        let cart = &carts[small(&mut self.luck.people, carts.len())];
                        self.scan(who, cart)
                    }
                    Some(TroubleKind::ShortPick) => {
                        let key = [Key::Digit(1), Key::Digit(2), Key::F(3)][small(&mut self.luck.people, 3)];
                        self.key(who, key)
                    }
                    Some(TroubleKind::ExcessPick) => self.key(who, Key::Digit(2)),
                    Some(TroubleKind::ToteConflict | TroubleKind::Unmatched | TroubleKind::OutOfRole) => {
                        self.key(who, Key::Digit(1))
                    }
                    _ => self.input(who, Input::Tick),
                }
            }
            _ => self.key(who, Key::Back),
        }
    }

    /// Reads what a terminal wrote into its journal, and holds it against what was done.
    pub fn hears_people(&mut self, who: usize) -> Result<(), String> {
        let handheld = &self.handhelds[who];
        let name = handheld.name;
        let (life, last, entries) = {
            let store = handheld.shell().files().read();
            if store.is_closed() {
                return Ok(());
            }
            let life = store.journal.incarnation();
            let from = if handheld.seen.0 == life { handheld.seen.1 } else { 0 };
            let Ok(entries) = store.journal.entries_after(from) else { return Ok(()) };
            (life, store.journal.last_seq(), entries)
        };
        self.handhelds[who].seen = (life, last);
        for entry in entries {
            let Some(op) = entry.op else {
                return Err(format!("S1 an operation reads back: {name} {}", entry.seq));
            };
            if self.told.contains_key(&entry.origin.op) {
                continue;
            }
            if let Op::Fact(fact) = &op {
                self.hold_against(who, entry.origin.op, fact)?;
            }
            let told = Told { name, op, at: entry.origin.at, place: (life, entry.seq) };
            self.told.insert(entry.origin.op, told);
        }
        let missing = self.handhelds[who].beeped.iter().find(|id| !self.told.contains_key(id));
        if let Some(id) = missing {
            return Err(format!("S1 what is confirmed is in the journal: {name} {id}"));
        }
        if let Some(Intent::Take { item, location }) = self.intents.remove(&who) {
            self.goods.go(&item, 1, &format!("hand:{who}"), &format!("loc:{location}"));
        }
        Ok(())
    }

    /// What a fact tells is what was done; the goods go where hands put them.
    fn hold_against(&mut self, who: usize, id: Id<Op>, fact: &Fact) -> Result<(), String> {
        let name = self.handhelds[who].name;
        let wrong = |what: String| Err(format!("S28 what is told is what was done: {name} {what}"));
        match fact {
            Fact::Picked { task, item, location, cart, quantity, undoes: None, .. } => {
                let made = Intent::Take { item: item.to_string(), location: location.to_string() };
                if self.intents.remove(&who) != Some(made) || quantity.0 != 1 {
                    return wrong(format!("took 1 {item} at most, and told {}", quantity.0));
                }
                let cart = Place::Cart(cart.clone()).to_string();
                self.goods.go(item.as_str(), 1, &format!("hand:{who}"), &cart);
                *self.handhelds[who].hand.entry(*task).or_default() += 1;
            }
            Fact::Put { task, item, cart, tote, quantity, undoes, .. } => {
                let (cart, tote) =
                    (Place::Cart(cart.clone()).to_string(), Place::Tote(tote.clone()).to_string());
                let handheld = &mut self.handhelds[who];
                let hand = handheld.hand.entry(*task).or_default();
                if undoes.is_some() {
                    *hand += quantity.0;
                    self.goods.go(item.as_str(), quantity.0, &tote, &cart);
                    return self.taken_back(who, *undoes);
                }
                if handheld.alone && *hand != quantity.0 {
                    return wrong(format!("put {hand} {item} and told {}", quantity.0));
                }
                *hand -= quantity.0;
                self.goods.go(item.as_str(), quantity.0, &cart, &tote);
            }
            Fact::Picked { task, item, location, cart, quantity, undoes, .. } => {
                let (shelf, cart) =
                    (Place::Location(location.clone()).to_string(), Place::Cart(cart.clone()).to_string());
                self.goods.go(item.as_str(), quantity.0, &cart, &shelf);
                *self.handhelds[who].hand.entry(*task).or_default() -= quantity.0;
                return self.taken_back(who, *undoes);
            }
            Fact::Packed { item, tote, parcel, quantity, undoes, .. } => {
                let (tote, parcel) =
                    (Place::Tote(tote.clone()).to_string(), Place::Parcel(*parcel).to_string());
                if undoes.is_some() {
                    self.goods.go(item.as_str(), quantity.0, &parcel, &tote);
                    return self.taken_back(who, *undoes);
                }
                let made = Intent::Pack { item: item.to_string() };
                if self.intents.remove(&who) != Some(made) || quantity.0 != 1 {
                    return wrong(format!("packed 1 {item} at most, and told {}", quantity.0));
                }
                if self.goods.count(item.as_str(), &tote) < 1
                    && self.handhelds.iter().all(|other| other.alone)
                {
                    return wrong(format!("packed {item} out of {tote}, where none is"));
                }
                self.goods.go(item.as_str(), 1, &tote, &parcel);
            }
            Fact::Sealed { sscc, .. } => {
                if let Some(other) = self.laws.ssccs.insert(sscc.clone(), id) {
                    return Err(format!("S16 no parcel number is given twice: {name} {sscc} of {other}"));
                }
                self.meet("parcels sealed");
            }
            Fact::Shorted { undoes: Some(_), .. } => return self.taken_back(who, undoes_of(fact)),
            _ => {}
        }
        Ok(())
    }

    /// A step was taken back: somebody meant to, and it was not before.
    fn taken_back(&mut self, who: usize, step: Option<Id<Op>>) -> Result<(), String> {
        let name = self.handhelds[who].name;
        let Some(step) = step else { return Ok(()) };
        if self.intents.remove(&who) != Some(Intent::Undo(step)) || !self.undone.insert(step) {
            return Err(format!("S17 nothing takes effect twice by an undo: {name}"));
        }
        self.meet("steps taken back");
        Ok(())
    }
}

fn undoes_of(fact: &Fact) -> Option<Id<Op>> {
    match fact {
        Fact::Shorted { undoes, .. } => *undoes,
        _ => None,
    }
}
