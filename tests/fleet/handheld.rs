//! A terminal of the fleet: the production shell over the fault disk, with a line that leads into the simulation.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
    rc::Rc,
    sync::mpsc,
};

use aisle::{
    app::{
        place::Place,
        shell::{Line, Shell},
    },
    device::clock::Clock,
    store::BALLAST_BYTES,
    sync::engine::{Effect, Event},
};
use aisle_core::{
    id::{Id, Mint},
    task::{op::Op, state::PickTask},
    time::Millis,
    wire::chain::Incarnation,
};
use tempfile::TempDir;

use super::{
    disk::{Disk, Rates},
    platter::Cut,
    profile::Aim,
    site::{self, TERMINALS},
};

/// How often a terminal is started before it is given up.
const STARTS: u32 = 5;

/// A terminal, or a copy of one.
pub struct Handheld {
    /// Which of the site's terminals it says it is.
    pub number: usize,
    pub name: &'static str,
    home: TempDir,
    pub disk: Disk,
    clock: Clock,
    pub shell: Option<Shell>,
    calls: Rc<RefCell<VecDeque<Effect>>>,
    tell: Option<mpsc::Sender<Event>>,
    /// Counts starts.
    pub life: u32,
    /// Calls that are out.
    pub open: BTreeSet<u64>,
    /// How far the journal was read by the people of the simulation.
    pub seen: (Incarnation, u64),
    /// What it has let go of, as last seen.
    pub based: (Incarnation, u64),
    /// The life of the journal when it was taken into use.
    pub first: Incarnation,
    /// How wrong its clock is.
    pub skew_ms: i64,
    /// The latest that its clock told since the laws were last held against it.
    pub latest_ms: Cell<i64>,
    pub rates: Rates,
    /// Pieces that its people hold for a stop, on a cart.
    pub hand: BTreeMap<Id<PickTask>, i64>,
    /// It alone bears its name, and its files were never put back.
    pub alone: bool,
    /// Operations that were confirmed by this terminal, and are nowhere but here.
    pub beeped: BTreeSet<Id<Op>>,
}

impl Handheld {
    /// A terminal on the files in a folder, new or copied.
    pub fn new(number: usize, home: TempDir, luck: &mut Mint, aim: Option<Aim>) -> Result<Self, String> {
        let disk = Disk::new(home.path(), luck.bits());
        if let Some(aim) = aim {
            disk.aim(aim.call, aim.cut);
        }
        let mut handheld = Self {
            number,
            name: TERMINALS[number],
            home,
            disk,
            clock: Clock::set_at(0),
            shell: None,
            calls: Rc::default(),
            tell: None,
            life: 0,
            open: BTreeSet::new(),
            seen: (Incarnation(0), 0),
            based: (Incarnation(0), 0),
            first: Incarnation(0),
            skew_ms: 0,
            latest_ms: Cell::new(0),
            rates: Rates::default(),
            hand: BTreeMap::new(),
            alone: true,
            beeped: BTreeSet::new(),
        };
        handheld.start(Millis(1), luck)?;
        let first = handheld.shell().files().read().journal.incarnation();
        handheld.first = first;
        handheld.seen = (handheld.first, 0);
        Ok(handheld)
    }

    pub fn shell(&self) -> &Shell {
        self.shell.as_ref().expect("it runs")
    }

    pub fn shell_mut(&mut self) -> &mut Shell {
        self.shell.as_mut().expect("it runs")
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Sets its clock.
    pub fn at(&self, now: Millis) {
        self.clock.set(now.0 + self.skew_ms);
        self.latest_ms.set(self.latest_ms.get().max(now.0 + self.skew_ms));
    }

    /// Starts the program.
    pub fn start(&mut self, now: Millis, luck: &mut Mint) -> Result<(), String> {
        let mut why = String::new();
        lay_ballast(&self.home.path().join("data"));
        for _ in 0..STARTS {
            self.stop();
            self.at(now);
            let mut seed = [0; 32];
            seed.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&luck.bits().to_le_bytes()));
            let (tell, answers) = mpsc::channel();
            let calls = self.calls.clone();
            let call = Box::new(move |effect| calls.borrow_mut().push_back(effect));
            let place = Place::find(Some(self.home.path())).expect("a home was given");
            let enrolment = site::enrolment(self.number);
            let line = Line { call, answers };
            match Shell::over(place, Some(&enrolment), self.clock.clone(), seed, Some(line)) {
                Ok(shell) => {
                    (self.shell, self.tell) = (Some(shell), Some(tell));
                    self.disk.set_rates(self.rates);
                    return Ok(());
                }
                Err(error) => why = error.to_string(),
            }
            self.disk.power_up(Cut::Kept);
        }
        Err(format!("S1 a terminal starts after a crash: {} does not: {why}", self.name))
    }

    /// The program is gone; its files stay as they are.
    fn stop(&mut self) {
        self.disk.set_rates(Rates::default());
        if self.shell.is_some() {
            self.disk.die();
        }
        self.shell = None;
        self.life += 1;
        self.open.clear();
        self.calls.borrow_mut().clear();
    }

    /// The power goes, and comes back.
    pub fn crash(&mut self, now: Millis, cut: Cut, luck: &mut Mint) -> Result<(), String> {
        self.stop();
        self.disk.power_up(cut);
        self.start(now, luck)
    }

    /// The program is closed in order, and started.
    pub fn close_and_start(&mut self, now: Millis, luck: &mut Mint) -> Result<(), String> {
        self.shell = None;
        self.crash(now, Cut::Kept, luck)
    }

    /// Puts files in the place of its own.
    pub fn put_back(&mut self, kept: &Path, now: Millis, luck: &mut Mint) -> Result<(), String> {
        self.stop();
        self.disk.power_up(Cut::Kept);
        copy_files(kept, self.home.path());
        self.disk.forget();
        self.seen = (Incarnation(0), 0);
        self.alone = false;
        self.start(now, luck)
    }

    /// Lets the engine hear an answer, or that its time has come. Tells whether anything was confirmed by it.
    pub fn hear(&mut self, now: Millis, event: Option<Event>) {
        self.at(now);
        if let (Some(event), Some(tell)) = (event, &self.tell) {
            // The receiver lives in the shell.
            let _ = tell.send(event);
        }
        self.shell_mut().hear();
    }

    /// The calls that the engine made since this was last asked.
    pub fn calls(&self) -> Vec<Effect> {
        self.calls.borrow_mut().drain(..).collect()
    }

    /// When the engine wants to be asked again.
    pub fn wake_at(&self) -> Option<Millis> {
        self.shell().wake_at().map(|at| Millis(at.0 - self.skew_ms))
    }
}

/// The space that a terminal takes up for later, without its bytes: what is simulated is not how much fits.
fn lay_ballast(data: &Path) {
    fs::create_dir_all(data).expect("a folder");
    let ballast = fs::File::create(data.join("ballast")).expect("a file of the test can be made");
    ballast.set_len(BALLAST_BYTES).expect("a file of the test can be long");
}

/// Copies the files of a terminal, in whatever state they are, over those in a folder.
pub fn copy_files(from: &Path, to: &Path) {
    let data = to.join("data");
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data).expect("a folder");
    for file in fs::read_dir(from.join("data")).expect("a folder").flatten() {
        if file.file_name() != "ballast" {
            fs::copy(file.path(), data.join(file.file_name())).expect("a file can be copied");
        }
    }
}
