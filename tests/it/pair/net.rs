//! The world of the pair test: time, the network, power, and both ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use aisle::{
    store::{Durability, Store as Files},
    sync::engine::{Effect, Engine, Event, NetError},
};
use aisle_core::{
    id::{Id, Mint},
    task::{
        op::{Note, Op},
        rows::Key,
        state::Operator,
    },
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{Ack, FeedPage},
    },
};
use aisle_oms::{
    context::Context,
    order::cancel::{Cancelled, cancel},
    settings::Settings,
    store::{Store, StoreError, sqlite::Sqlite},
    sync::{feed, receive},
};
use tempfile::TempDir;

use super::{
    copies::Copying,
    site::{self, Base, ITEMS, PEOPLE, TERMINALS, code},
    worker::{self, Book},
};

/// How long a terminal waits for an answer before it calls it lost, in virtual milliseconds.
const GIVE_UP_MS: i64 = 10_000;

/// Orders that customers try to take back in a morning.
const CANCELLED: usize = 2;
/// A terminal's clock may be so far behind: what it does now is old enough to be let go of.
const EIGHT_DAYS_MS: i64 = 8 * 24 * 3_600_000;
/// How long the centre holds a feed call that it has nothing to tell to, in virtual milliseconds: shorter than in
/// earnest, so that a morning is short.
const HOLD_MS: i64 = 1_000;

pub(super) enum Happens {
    /// A person does the next thing.
    Work(usize),
    /// A terminal's own timer.
    Timer { who: usize, life: u32 },
    /// A call reaches the centre.
    Arrives { who: usize, life: u32, call: u64, what: Effect },
    /// An answer reaches a terminal.
    Answered { who: usize, life: u32, call: u64, answer: Box<Event> },
    /// The battery is pulled and put back.
    Kill(usize),
    /// The centre loses power and comes back.
    KillCentre,
    /// A customer takes an order back.
    Cancel,
    /// Something is copied, or a copy comes into use.
    Copy(Copying),
}

/// A terminal, or a copy of one.
pub(super) struct Terminal {
    pub(super) name: &'static str,
    pub(super) folder: TempDir,
    pub(super) files: Option<Files>,
    /// The life of the journal when it was taken into use.
    first: Incarnation,
    engine: Engine,
    life: u32,
    open_calls: BTreeSet<u64>,
}

/// Everything.
pub struct World {
    pub(super) now: Millis,
    pub(super) queue: BTreeMap<(i64, u64), Happens>,
    pub(super) count: u64,
    pub(super) luck: Mint,
    pub(super) faults: bool,
    pub(super) terminals: Vec<Terminal>,
    pub(super) centre: Option<Sqlite>,
    pub(super) centre_file: PathBuf,
    pub(super) centre_folder: TempDir,
    /// Every operation that was journaled, and on which terminal.
    pub(super) told: Vec<(&'static str, Id<Op>)>,
    /// How far each life of each terminal's journal is in the copy of the centre's file.
    pub(super) safe: BTreeMap<(&'static str, Incarnation), u64>,
    /// How wrong the terminals' clocks are, in milliseconds.
    clocks_ms: i64,
    pub(super) settings: Settings,
    pub(super) mint: Mint,
    pub(super) book: Book,
    /// How many orders were cancelled.
    cancelled: usize,
    pub(super) trace: Vec<String>,
    pub(super) working: bool,
}

impl World {
    /// A morning drawn from this seed.
    pub fn new(base: &Base, seed: u64) -> Self {
        let centre_folder = site::folder();
        let centre_file = base.copy_to(centre_folder.path());
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut luck = Mint::new(key);
        let terminals =
            TERMINALS.into_iter().map(|name| Terminal::new(name, site::folder(), &mut luck)).collect();
        let mut world = Self {
            now: Millis(1_000),
            queue: BTreeMap::new(),
            count: 0,
            mint: Mint::new([7; 32]),
            luck,
            faults: true,
            terminals,
            centre: Some(Sqlite::open(&centre_file, [0; 16]).expect("the base opens")),
            centre_file,
            centre_folder,
            told: Vec::new(),
            safe: BTreeMap::new(),
            clocks_ms: if seed.is_multiple_of(3) { -EIGHT_DAYS_MS } else { 0 },
            settings: site::settings(),
            book: Book::new(),
            cancelled: 0,
            trace: Vec::new(),
            working: true,
        };
        for (item, location, quantity) in ITEMS {
            world.book.insert((item.to_owned(), format!("loc:{location}")), quantity);
            world.book.insert((item.to_owned(), "virtual:supplier".to_owned()), -quantity);
        }
        for who in 0..TERMINALS.len() {
            world.wake(who);
            world.at(200, Happens::Work(who));
            let first = 1_000 + world.draw(20_000);
            world.at(first, Happens::Kill(who));
        }
        let first = 2_000 + world.draw(20_000);
        world.at(first, Happens::KillCentre);
        for _ in 0..CANCELLED {
            let when = 1_000 + world.draw(35_000);
            world.at(when, Happens::Cancel);
        }
        world.plan_copies(seed);
        world
    }

    /// How many terminals began a new life of their journal, how many let go of operations, and how many orders were
    /// cancelled.
    pub fn counted(&self) -> (usize, usize, usize) {
        let journals = || self.terminals.iter().map(|t| (t, &t.files.as_ref().expect("alive").journal));
        let forked = journals().filter(|(terminal, journal)| journal.incarnation() != terminal.first).count();
        (forked, journals().filter(|(_, journal)| journal.base() > 0).count(), self.cancelled)
    }

    /// What happened, in order.
    pub fn trace(self) -> Vec<String> {
        self.trace
    }

    pub(super) fn draw(&mut self, below: i64) -> i64 {
        i64::try_from(self.luck.bits() % u64::try_from(below).unwrap_or(1)).unwrap_or(0)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.faults && self.luck.bits() % 100 < percent
    }

    pub(super) fn at(&mut self, after_ms: i64, what: Happens) {
        self.count += 1;
        self.queue.insert((self.now.0 + after_ms.max(0), self.count), what);
    }

    /// Lets time pass until `end`.
    pub fn run_until(&mut self, end: Millis) {
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > end.0 {
                break;
            }
            let ((at, _), what) = entry.remove_entry();
            self.now = Millis(at);
            self.happen(what);
        }
        self.now = end;
    }

    /// No more faults; people finish what they hold and stop.
    pub fn heal(&mut self) {
        self.faults = false;
        self.working = false;
        self.note("heal");
    }

    /// Lets everything come to rest.
    pub fn rest(&mut self, by: Millis) {
        while self.now < by {
            let next = Millis(self.now.0 + 1_000);
            self.run_until(next);
            if self.is_at_rest() {
                return;
            }
        }
    }

    pub(super) fn is_at_rest(&mut self) -> bool {
        let hi = self.read(|tx| tx.feed_hi());
        self.terminals.iter().all(|terminal| {
            let files = terminal.files.as_ref().expect("alive");
            let position = files.view.position().expect("the cache reads");
            let journal = &files.journal;
            let contained =
                (position.incarnation == Some(journal.incarnation())).then_some(position.applied_hi);
            journal.unsent() == 0 && position.cursor == hi && contained == Some(journal.last_seq())
        })
    }

    pub(super) fn note(&mut self, what: impl Into<String>) {
        let line = format!("{} {}", self.now.0, what.into());
        self.trace.push(line);
    }

    fn happen(&mut self, what: Happens) {
        match what {
            Happens::Work(who) => self.work(who),
            Happens::Timer { who, life } => {
                if self.terminals[who].life == life {
                    self.step(who, Event::Tick);
                }
            }
            Happens::Arrives { who, life, call, what } => self.arrives(who, life, call, &what),
            Happens::Answered { who, life, call, answer } => {
                let open = &mut self.terminals[who];
                if open.life == life && open.open_calls.remove(&call) {
                    self.step(who, *answer);
                }
            }
            Happens::Kill(who) => self.kill(who),
            Happens::KillCentre => {
                if self.faults {
                    self.note("the centre loses power");
                    self.restart_centre();
                    let next = 3_000 + self.draw(15_000);
                    self.at(next, Happens::KillCentre);
                }
            }
            Happens::Cancel => self.cancel(),
            Happens::Copy(copying) => self.copy(copying),
        }
    }

    pub(super) fn restart_centre(&mut self) {
        self.centre = None;
        self.centre = Some(Sqlite::open(&self.centre_file, [0; 16]).expect("the centre opens again"));
    }

    fn kill(&mut self, who: usize) {
        if !self.faults {
            return;
        }
        self.note(format!("{} loses power", self.terminals[who].name));
        let now = self.now;
        let seed = self.luck.bits();
        self.terminals[who].restart(now, seed);
        self.wake(who);
        let next = 2_000 + self.draw(20_000);
        self.at(next, Happens::Kill(who));
    }

    fn cancel(&mut self) {
        let reference = format!("O{}", 1 + self.draw(site::ORDERS));
        let (settings, mint, now) = (&self.settings, &mut self.mint, self.now);
        let centre = self.centre.as_mut().expect("the centre is up");
        let done = centre.transact(|tx| {
            let mut context = Context { now, settings, mint };
            cancel(tx, &mut context, site::CHANNEL, &reference, &code("CENTRE"))
        });
        let done = done.expect("the centre cancels");
        self.note(format!("{reference} is cancelled: {done:?}"));
        self.cancelled += usize::from(done == Cancelled::Whole);
    }

    pub(super) fn wake(&mut self, who: usize) {
        self.step(who, Event::Wake);
    }

    /// One thing that a person does: goods first, then the terminal.
    fn work(&mut self, who: usize) {
        if !self.working {
            return;
        }
        let wait = 100 + self.draw(900);
        self.at(wait, Happens::Work(who));
        let person = who;
        let who = self.terminal_in_hand(person);
        let name = self.terminals[who].name;
        let files = self.terminals[who].files.as_mut().expect("alive");
        let floor = files.floor().expect("the floor folds");
        let asked = !files.journal.asked().expect("the journal reads").is_empty();
        let again = self
            .luck
            .bits()
            .is_multiple_of(20)
            .then_some(Op::Note(Note::SignedOn { role: PEOPLE[person].1 }));
        let next = again.or_else(|| worker::next(person, &floor, asked, &mut self.book, &mut self.luck));
        let Some(op) = next else { return };
        let badge = code::<Operator>(PEOPLE[person].0);
        let id = self.luck.id(self.now);
        let kind = op.kind();
        let at = Millis(self.now.0 + self.clocks_ms);
        files.journal.append(at, &badge, &[(id, op)]).expect("the journal takes it");
        self.told.push((name, id));
        self.note(format!("{} {kind}", self.terminals[who].name));
        self.wake(who);
    }

    fn step(&mut self, who: usize, event: Event) {
        let terminal = &mut self.terminals[who];
        let files = terminal.files.as_mut().expect("alive");
        let effects = terminal.engine.step(self.now, event, files).expect("the files hold");
        for effect in effects {
            match effect {
                Effect::WakeAt(at) => {
                    let life = self.terminals[who].life;
                    self.at(at.0 - self.now.0, Happens::Timer { who, life });
                }
                Effect::RowsChanged | Effect::Answered(_) => {}
                call => self.send(who, call),
            }
        }
    }

    /// Puts a call on the network: lost, late, doubled or fine.
    fn send(&mut self, who: usize, what: Effect) {
        self.count += 1;
        let (call, life) = (self.count, self.terminals[who].life);
        self.terminals[who].open_calls.insert(call);
        let copies = if self.chance(20) { 0 } else { 1 + u64::from(self.chance(20)) };
        for _ in 0..copies {
            let far = if self.chance(10) { 15_000 } else { 300 };
            let late = 5 + self.draw(far);
            self.at(late, Happens::Arrives { who, life, call, what: what.clone() });
        }
        let answer = Box::new(lost(&what));
        self.at(GIVE_UP_MS, Happens::Answered { who, life, call, answer });
    }

    fn arrives(&mut self, who: usize, life: u32, call: u64, what: &Effect) {
        let name = match what {
            Effect::Upload(_) => "upload arrives",
            Effect::Snapshot { .. } => "snapshot call arrives",
            _ => "feed call arrives",
        };
        self.note(format!("{} {name}", self.terminals[who].name));
        let answer = match what {
            Effect::Upload(batch) => {
                let power_cut = self.chance(6);
                let after_commit = self.luck.bits().is_multiple_of(2);
                let (settings, mint, now) = (&self.settings, &mut self.mint, self.now);
                let centre = self.centre.as_mut().expect("the centre is up");
                let done = centre.transact(|tx| {
                    let mut context = Context { now, settings, mint };
                    let ack = receive::receive(tx, &mut context, batch)?;
                    if power_cut && !after_commit {
                        return Err(StoreError::Guard { what: "power cut before the commit".to_owned() });
                    }
                    Ok(ack)
                });
                if power_cut {
                    self.note(format!(
                        "the centre dies {} a commit",
                        if after_commit { "after" } else { "before" }
                    ));
                    self.restart_centre();
                    return;
                }
                let safe_hi =
                    self.safe.get(&(self.terminals[who].name, batch.incarnation)).copied().unwrap_or(0);
                Event::Uploaded(Ok(Ack { safe_hi, ..done.expect("the centre applies") }))
            }
            Effect::Feed { epoch, cursor, .. } => {
                let (epoch, cursor) = (*epoch, *cursor);
                let terminal = code(self.terminals[who].name);
                match self.read(|tx| feed::feed(tx, &terminal, epoch, cursor)) {
                    feed::Feed::Page(page) => {
                        let name = self.terminals[who].name;
                        let life = page.my_incarnation.map(|life| (name, life));
                        let my_safe_hi = life.and_then(|life| self.safe.get(&life)).copied().unwrap_or(0);
                        Event::Fed(Ok(FeedPage { my_safe_hi, ..page }))
                    }
                    feed::Feed::SnapshotRequired => Event::Fed(Err(NetError::SnapshotRequired)),
                }
            }
            Effect::Snapshot { after } => {
                let after: Option<Key> = after.as_ref().map(|key| key.parse().expect("our own key"));
                Event::Snapped(Ok(self.read(|tx| feed::snapshot(tx, after.as_ref()))))
            }
            _ => return,
        };
        if self.chance(20) {
            return;
        }
        // A feed call with nothing to tell is held, as the centre holds it.
        let hold = if matches!(&answer, Event::Fed(Ok(page)) if page.rows.is_empty()) { HOLD_MS } else { 5 };
        let late = hold + self.draw(300);
        self.at(late, Happens::Answered { who, life, call, answer: Box::new(answer) });
    }

    pub(super) fn read<T>(
        &mut self,
        ask: impl FnOnce(&aisle_oms::store::Tx<'_>) -> aisle_oms::store::Result<T>,
    ) -> T {
        let centre = self.centre.as_mut().expect("the centre is up");
        centre.transact(|tx| ask(tx)).expect("the centre reads")
    }
}

fn lost(what: &Effect) -> Event {
    let gone = || NetError::Unreachable("no answer in time".to_owned());
    match what {
        Effect::Upload(_) => Event::Uploaded(Err(gone())),
        Effect::Salvage(_) => Event::Salvaged(Err(gone())),
        Effect::Snapshot { .. } => Event::Snapped(Err(gone())),
        _ => Event::Fed(Err(gone())),
    }
}

impl Terminal {
    /// A terminal on the files in a folder, new or copied.
    pub(super) fn new(name: &'static str, folder: TempDir, luck: &mut Mint) -> Self {
        let mut terminal = Self {
            name,
            folder,
            files: None,
            first: Incarnation(0),
            engine: Engine::new("test", Mint::new([0; 32])),
            life: 0,
            open_calls: BTreeSet::new(),
        };
        terminal.restart(Millis(0), luck.bits());
        terminal.first = terminal.files.as_ref().expect("alive").journal.incarnation();
        terminal
    }

    pub(super) fn restart(&mut self, now: Millis, seed: u64) {
        self.files = None;
        self.life += 1;
        self.open_calls.clear();
        let mut key = [1; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut mint = Mint::new(key);
        let files = Files::open(self.folder.path(), &code(self.name), Durability::Off, now, &mut mint);
        self.files = Some(files.expect("the files open"));
        self.engine = Engine::new("test", mint);
    }
}
