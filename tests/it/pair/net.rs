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
    id::Mint,
    task::{
        rows::{Floor, Key, Row},
        state::Operator,
    },
    time::Millis,
};
use aisle_oms::{
    context::Context,
    settings::Settings,
    store::{Store, StoreError, record::OpRecord, sqlite::Sqlite},
    sync::{feed, receive},
};
use tempfile::TempDir;

use super::{
    site::{self, Base, ITEMS, PEOPLE, TERMINALS, code},
    worker::{self, Book},
};

/// How long a terminal waits for an answer before it calls it lost, in virtual milliseconds.
const GIVE_UP_MS: i64 = 10_000;

/// How long the centre holds a feed call that it has nothing to tell to, in virtual milliseconds: shorter than in
/// earnest, so that a morning is short.
const HOLD_MS: i64 = 1_000;

enum Happens {
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
}

struct Terminal {
    folder: TempDir,
    files: Option<Files>,
    engine: Engine,
    life: u32,
    open_calls: BTreeSet<u64>,
}

/// Everything.
pub struct World {
    now: Millis,
    queue: BTreeMap<(i64, u64), Happens>,
    count: u64,
    luck: Mint,
    faults: bool,
    terminals: Vec<Terminal>,
    centre: Option<Sqlite>,
    centre_file: PathBuf,
    _centre_folder: TempDir,
    settings: Settings,
    mint: Mint,
    book: Book,
    trace: Vec<String>,
    working: bool,
}

impl World {
    /// A morning drawn from this seed.
    pub fn new(base: &Base, seed: u64) -> Self {
        let centre_folder = site::folder();
        let centre_file = base.copy_to(centre_folder.path());
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut luck = Mint::new(key);
        let terminals = (0..TERMINALS.len()).map(|who| Terminal::new(who, &mut luck)).collect();
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
            _centre_folder: centre_folder,
            settings: site::settings(),
            book: Book::new(),
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
        world
    }

    /// What happened, in order.
    pub fn trace(self) -> Vec<String> {
        self.trace
    }

    fn draw(&mut self, below: i64) -> i64 {
        i64::try_from(self.luck.bits() % u64::try_from(below).unwrap_or(1)).unwrap_or(0)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.faults && self.luck.bits() % 100 < percent
    }

    fn at(&mut self, after_ms: i64, what: Happens) {
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

    fn is_at_rest(&mut self) -> bool {
        let hi = self.read(|tx| tx.feed_hi());
        self.terminals.iter().all(|terminal| {
            let files = terminal.files.as_ref().expect("alive");
            let position = files.view.position().expect("the cache reads");
            files.journal.unsent() == 0 && position.cursor == hi && position.epoch.is_some()
        })
    }

    fn note(&mut self, what: impl Into<String>) {
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
        }
    }

    fn restart_centre(&mut self) {
        self.centre = None;
        self.centre = Some(Sqlite::open(&self.centre_file, [0; 16]).expect("the centre opens again"));
    }

    fn kill(&mut self, who: usize) {
        if !self.faults {
            return;
        }
        self.note(format!("{} loses power", TERMINALS[who]));
        let now = self.now;
        let seed = self.luck.bits();
        self.terminals[who].restart(who, now, seed);
        self.wake(who);
        let next = 2_000 + self.draw(20_000);
        self.at(next, Happens::Kill(who));
    }

    fn wake(&mut self, who: usize) {
        self.step(who, Event::Wake);
    }

    /// One thing that a person does: goods first, then the terminal.
    fn work(&mut self, who: usize) {
        if !self.working {
            return;
        }
        let wait = 100 + self.draw(900);
        self.at(wait, Happens::Work(who));
        let files = self.terminals[who].files.as_mut().expect("alive");
        let floor = files.floor().expect("the floor folds");
        let asked = !files.journal.asked().expect("the journal reads").is_empty();
        let Some(op) = worker::next(who, &floor, asked, &mut self.book, &mut self.luck) else { return };
        let badge = code::<Operator>(PEOPLE[who].0);
        let id = self.luck.id(self.now);
        let kind = op.kind();
        files.journal.append(self.now, &badge, &[(id, op)]).expect("the journal takes it");
        self.note(format!("{} {kind}", TERMINALS[who]));
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
        self.note(format!("{} {name}", TERMINALS[who]));
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
                Event::Uploaded(Ok(done.expect("the centre applies")))
            }
            Effect::Feed { epoch, cursor, .. } => {
                let (epoch, cursor) = (*epoch, *cursor);
                match self.read(|tx| feed::feed(tx, &code(TERMINALS[who]), epoch, cursor)) {
                    feed::Feed::Page(page) => Event::Fed(Ok(page)),
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

    fn read<T>(&mut self, ask: impl FnOnce(&aisle_oms::store::Tx<'_>) -> aisle_oms::store::Result<T>) -> T {
        let centre = self.centre.as_mut().expect("the centre is up");
        centre.transact(|tx| ask(tx)).expect("the centre reads")
    }

    /// What must hold once everything is at rest.
    pub fn audit(&mut self) -> Result<(), String> {
        if !self.is_at_rest() {
            return Err("it does not come to rest".to_owned());
        }
        self.every_operation_has_one_verdict()?;
        self.both_floors_are_the_centres()?;
        self.the_books_hold_what_was_moved()
    }

    fn every_operation_has_one_verdict(&mut self) -> Result<(), String> {
        for (who, name) in TERMINALS.into_iter().enumerate() {
            let ops: Vec<OpRecord> = self.read(|tx| tx.ops_of(&code(name)));
            let files = self.terminals[who].files.as_ref().expect("alive");
            let sent = files.journal.ops_after(0, usize::MAX).map_err(|e| e.to_string())?;
            if sent.len() != ops.len() {
                return Err(format!("{name}: {} journaled, {} archived", sent.len(), ops.len()));
            }
            for (op, kept) in sent.iter().zip(&ops) {
                let ours = files.journal.verdict(op.seq).map_err(|e| e.to_string())?;
                if op.seq != kept.seq || op.id != kept.op || ours.as_deref() != Some(kept.verdict.as_str()) {
                    return Err(format!("{name} operation {}: {ours:?} is not {}", op.seq, kept.verdict));
                }
                if kept.verdict.contains("parked") {
                    return Err(format!("{name} operation {} parked: {}", op.seq, kept.verdict));
                }
            }
        }
        Ok(())
    }

    fn both_floors_are_the_centres(&mut self) -> Result<(), String> {
        let mut rows = Floor::default();
        for fed in self.read(|tx| tx.rows_by_key(None, usize::MAX)) {
            let (key, body) = (fed.key, fed.body.unwrap_or_default());
            let row = Row::from_json(&key.kind, &body).map_err(|e| e.to_string())?;
            if let Some(row) = row.filter(|row| !matches!(row, Row::Item(_) | Row::Location(_))) {
                rows.set(row);
            }
        }
        for (who, terminal) in self.terminals.iter().enumerate() {
            let files = terminal.files.as_ref().expect("alive");
            if files.floor().map_err(|e| e.to_string())? != rows {
                return Err(format!("{}'s floor is not the centre's", TERMINALS[who]));
            }
        }
        Ok(())
    }

    fn the_books_hold_what_was_moved(&mut self) -> Result<(), String> {
        let levels = self.read(|tx| tx.levels());
        let mut ledger: Book = levels
            .into_iter()
            .map(|level| ((level.item.to_string(), level.place.to_string()), level.on_hand.0))
            .collect();
        // What was short is set apart in the book and lies where it lay.
        for (item, location, _) in ITEMS {
            let apart = ledger.remove(&(item.to_owned(), "virtual:quarantine".to_owned())).unwrap_or(0);
            *ledger.entry((item.to_owned(), format!("loc:{location}"))).or_default() += apart;
        }
        ledger.retain(|_, quantity| *quantity != 0);
        let mut moved = self.book.clone();
        moved.retain(|_, quantity| *quantity != 0);
        if ledger != moved {
            return Err(format!("the ledger has {ledger:?}\nthe goods are {moved:?}"));
        }
        Ok(())
    }
}

fn lost(what: &Effect) -> Event {
    let gone = || NetError::Unreachable("no answer in time".to_owned());
    match what {
        Effect::Upload(_) => Event::Uploaded(Err(gone())),
        Effect::Snapshot { .. } => Event::Snapped(Err(gone())),
        _ => Event::Fed(Err(gone())),
    }
}

impl Terminal {
    fn new(who: usize, luck: &mut Mint) -> Self {
        let mut terminal = Self {
            folder: site::folder(),
            files: None,
            engine: Engine::new("test", Mint::new([0; 32])),
            life: 0,
            open_calls: BTreeSet::new(),
        };
        terminal.restart(who, Millis(0), luck.bits());
        terminal
    }

    fn restart(&mut self, who: usize, now: Millis, seed: u64) {
        self.files = None;
        self.life += 1;
        self.open_calls.clear();
        let mut key = [1; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut mint = Mint::new(key);
        let terminal = code(TERMINALS[who]);
        let files = Files::open(self.folder.path(), &terminal, Durability::Off, now, &mut mint);
        self.files = Some(files.expect("the files open"));
        self.engine = Engine::new("test", mint);
    }
}
