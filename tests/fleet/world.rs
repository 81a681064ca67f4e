//! The world of the fleet: time, what happens in it, and power.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use aisle::sync::engine::{Effect, Event};
use aisle_core::{
    id::{Id, Mint},
    task::op::Op,
    time::Millis,
    wire::chain::Incarnation,
};

use super::{
    centre::Centre,
    disk::Rates,
    flow::Mark,
    goods::Goods,
    handheld::{Handheld, copy_files},
    laws::Laws,
    people::Intent,
    platter::Cut,
    profile::{Fault, Profile, luck, small},
    site::{self, Base, ITEMS, TERMINALS},
};

/// By when everything must be at rest, in virtual milliseconds.
const REST_BY: Millis = Millis(600_000);
/// Orders that customers try to take back in a morning.
const CANCELLED: usize = 3;
/// How often the backup ships at most, in milliseconds.
const SHIP_MS: i64 = 700;
/// A clock may be so far behind: what is done by it is old enough to be let go of.
const EIGHT_DAYS_MS: i64 = 8 * 24 * 3_600_000;
/// A clock may be so far off.
const TEN_YEARS_MS: i64 = 10 * 365 * 24 * 3_600_000;

/// Something that happens.
pub enum Happens {
    /// A person does the next thing.
    Act(usize),
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
    /// The backup ships.
    Ship,
    /// The backup's target is taken away.
    Unship,
    /// The centre is rebuilt from the backup.
    Restore,
    /// A customer takes an order back.
    Cancel,
    /// A badge ends, or a terminal is revoked.
    Revoke { terminal: bool },
    /// A terminal's files are copied onto another, which works under the same name.
    Clone(usize),
    /// A terminal's files are copied.
    Keep(usize),
    /// The copy takes the place of the terminal's files, once the centre has all they held.
    PutBack { who: usize, kept: PathBuf },
}

/// An operation that a terminal confirmed or kept.
pub struct Told {
    pub name: &'static str,
    pub op: Op,
    /// When, by its own clock.
    pub at: Millis,
    /// Where it stood first: which life of the journal, which place in it.
    pub place: (Incarnation, u64),
}

/// Luck, apart for each purpose.
pub struct Lucks {
    pub people: Mint,
    pub net: Mint,
    pub power: Mint,
    pub plan: Mint,
}

/// Everything.
pub struct World {
    pub now: Millis,
    queue: BTreeMap<(i64, u64), Happens>,
    pub count: u64,
    pub luck: Lucks,
    pub profile: Profile,
    /// Faults still happen.
    pub faults: bool,
    pub handhelds: Vec<Handheld>,
    pub centre: Centre,
    pub goods: Goods,
    pub told: BTreeMap<Id<Op>, Told>,
    /// Operations that were taken back.
    pub undone: BTreeSet<Id<Op>>,
    pub intents: BTreeMap<usize, Intent>,
    pub laws: Laws,
    /// Terminals that were revoked, and badges that ended.
    pub revoked: BTreeSet<&'static str>,
    /// Each terminal is cut off in such spans of time.
    pub cut_off: Vec<(usize, i64, i64)>,
    pub(super) woken: BTreeMap<usize, (u32, i64)>,
    pub trace: Vec<String>,
    /// Where each step of the flow began.
    pub marks: Vec<Mark>,
    pub met: BTreeMap<&'static str, u64>,
    kept_folders: Vec<tempfile::TempDir>,
}

impl World {
    /// A morning.
    pub fn new(base: &Base, profile: &Profile) -> Result<Self, String> {
        let seed = profile.seed;
        let mut starts = luck(seed, "starts");
        let mut handhelds = Vec::new();
        for number in 0..TERMINALS.len() {
            let aim = profile.aim.filter(|aim| aim.disk == number);
            handhelds.push(Handheld::new(number, site::folder(), &mut starts, aim)?);
        }
        let aim = profile.aim.filter(|aim| aim.disk == TERMINALS.len());
        let lucks = Lucks {
            people: luck(seed, "people"),
            net: luck(seed, "net"),
            power: luck(seed, "power"),
            plan: luck(seed, "plan"),
        };
        let mut world = Self {
            now: Millis(1_000),
            queue: BTreeMap::new(),
            count: 0,
            luck: lucks,
            profile: profile.clone(),
            faults: true,
            handhelds,
            centre: Centre::new(base, seed, aim)?,
            goods: Goods::default(),
            told: BTreeMap::new(),
            undone: BTreeSet::new(),
            intents: BTreeMap::new(),
            laws: Laws::default(),
            revoked: BTreeSet::new(),
            cut_off: Vec::new(),
            woken: BTreeMap::new(),
            trace: Vec::new(),
            marks: Vec::new(),
            met: BTreeMap::new(),
            kept_folders: Vec::new(),
        };
        for (item, location, quantity) in ITEMS {
            world.goods.go(item, quantity, "virtual:supplier", &format!("loc:{location}"));
        }
        for who in 0..TERMINALS.len() {
            world.after(who)?;
            if !profile.flow {
                world.at(200, Happens::Act(who));
            }
        }
        world.at(SHIP_MS, Happens::Ship);
        world.plan();
        Ok(world)
    }

    /// Plays the morning to its end.
    pub fn play(&mut self) -> Result<(), String> {
        if self.profile.flow {
            self.flow()?;
        } else {
            self.run_until(self.profile.until)?;
        }
        self.heal()?;
        self.rest()?;
        self.audit()
    }

    /// How long it lasted so far, in virtual milliseconds, over all terminals.
    pub fn device_ms(&self) -> i64 {
        self.now.0 * i64::try_from(self.handhelds.len()).unwrap_or(0)
    }

    fn plan(&mut self) {
        let profile = self.profile.clone();
        for fault in Fault::ALL {
            let mut luck = luck(profile.seed, &format!("plan {fault:?}"));
            if profile.has(fault) {
                self.plan_one(fault, &mut luck);
            }
        }
    }

    fn plan_one(&mut self, fault: Fault, luck: &mut Mint) {
        let mut when = |from: i64, span: usize| from + i64::try_from(small(luck, span)).unwrap_or(0);
        match fault {
            Fault::Kill => {
                for who in 0..TERMINALS.len() {
                    self.at(when(1_000, 15_000), Happens::Kill(who));
                }
            }
            Fault::KillCentre => self.at(when(2_000, 15_000), Happens::KillCentre),
            Fault::Net => {
                for who in 0..TERMINALS.len() {
                    let from = when(0, 40_000);
                    self.cut_off.push((who, from, from + when(1_000, 12_000)));
                }
            }
            Fault::Disk => {
                let rates = Rates { eio: 40, full: 40, sync: 60 };
                for handheld in &mut self.handhelds {
                    handheld.rates = rates;
                    handheld.disk.set_rates(rates);
                }
            }
            Fault::Clone => self.at(when(3_000, 25_000), Happens::Clone(when(0, 2).unsigned_abs() as usize)),
            Fault::PutBack => self.at(when(3_000, 15_000), Happens::Keep(when(0, 2).unsigned_abs() as usize)),
            Fault::Restore => {
                let at = when(14_000, 26_000);
                self.at(at - when(0, 12_000), Happens::Unship);
                self.at(at, Happens::Restore);
            }
            Fault::Cancel => {
                for _ in 0..CANCELLED {
                    self.at(when(1_000, 40_000), Happens::Cancel);
                }
            }
            Fault::Revoke => {
                let terminal = when(0, 2) == 0;
                self.at(when(10_000, 25_000), Happens::Revoke { terminal });
            }
            Fault::Clock => {
                let skew = if when(0, 2) == 0 { -EIGHT_DAYS_MS } else { TEN_YEARS_MS };
                for handheld in &mut self.handhelds {
                    handheld.skew_ms = skew;
                }
            }
            Fault::Muddle => {}
        }
    }

    /// Plans something.
    pub fn at(&mut self, after_ms: i64, what: Happens) {
        self.count += 1;
        self.queue.insert((self.now.0 + after_ms.max(0), self.count), what);
    }

    /// Whether a fault of this kind comes about now.
    pub fn strikes(&mut self, fault: Fault, percent: u64) -> bool {
        let luck = if fault == Fault::Net { &mut self.luck.net } else { &mut self.luck.power };
        let drawn = luck.bits() % 100 < percent;
        self.faults && drawn && self.profile.has(fault)
    }

    /// Tells what happened.
    pub fn note(&mut self, what: impl AsRef<str>) {
        self.trace.push(format!("{} {}", self.now.0, what.as_ref()));
    }

    /// Counts a fault.
    pub fn meet(&mut self, what: &'static str) {
        *self.met.entry(what).or_default() += 1;
    }

    fn run_until(&mut self, end: Millis) -> Result<(), String> {
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > end.0 {
                break;
            }
            let ((at, _), what) = entry.remove_entry();
            self.now = Millis(at);
            let done = self.happen(what);
            if self.centre.disk.struck().is_some() {
                // Whatever it was about, the centre did not live to do it.
                self.crash_centre("the centre loses power")?;
            } else {
                done?;
            }
        }
        self.now = end;
        Ok(())
    }

    /// No more faults; people go home.
    fn heal(&mut self) -> Result<(), String> {
        self.faults = false;
        self.note("heal");
        self.centre.shipping = true;
        self.centre.disk.cut_after(None);
        for who in 0..self.handhelds.len() {
            let handheld = &mut self.handhelds[who];
            handheld.rates = Rates::default();
            handheld.disk.set_rates(handheld.rates);
            handheld.disk.cut_after(None);
            self.come_to(who)?;
        }
        Ok(())
    }

    /// Lets time pass.
    pub fn let_pass(&mut self, ms: i64) -> Result<(), String> {
        self.run_until(Millis(self.now.0 + ms))
    }

    fn rest(&mut self) -> Result<(), String> {
        while self.now < REST_BY {
            self.run_until(Millis(self.now.0 + 1_000))?;
            if self.is_at_rest()? {
                return self.drain();
            }
        }
        Err(format!("L1 everything comes to rest once the faults stop: {}", self.unrest()?))
    }

    fn happen(&mut self, what: Happens) -> Result<(), String> {
        match what {
            Happens::Act(person) => self.act(person),
            Happens::Timer { who, life } => self.timer(who, life),
            Happens::Arrives { who, life, call, what } => self.arrives(who, life, call, &what),
            Happens::Answered { who, life, call, answer } => {
                let handheld = &mut self.handhelds[who];
                if handheld.life != life || !handheld.open.remove(&call) {
                    return Ok(());
                }
                let name = handheld.name;
                let heard = super::net::told(&answer);
                handheld.hear(self.now, Some(*answer));
                self.note(format!("{name} ({who}) hears {heard}"));
                self.after(who)
            }
            Happens::Kill(who) => self.kill(who),
            Happens::KillCentre if self.faults => {
                let next = 3_000 + i64::try_from(small(&mut self.luck.power, 15_000)).unwrap_or(0);
                self.at(next, Happens::KillCentre);
                self.crash_centre("the centre loses power")
            }
            Happens::Ship => {
                let late = i64::try_from(small(&mut self.luck.plan, 5_000)).unwrap_or(0);
                self.at(SHIP_MS + late, Happens::Ship);
                self.centre.ship(self.now)
            }
            Happens::Unship => {
                self.centre.shipping = false;
                Ok(())
            }
            Happens::Restore if self.faults => self.restore(),
            Happens::Cancel if self.faults => self.cancel(),
            Happens::Revoke { terminal } if self.faults => self.revoke(terminal),
            Happens::Clone(who) if self.faults => self.clone_of(who),
            Happens::Keep(who) if self.faults => {
                let folder = site::folder();
                copy_files(self.handhelds[who].home(), folder.path());
                let kept = folder.path().to_owned();
                self.kept_folders.push(folder);
                let when = 3_000 + i64::try_from(small(&mut self.luck.plan, 10_000)).unwrap_or(0);
                self.at(when, Happens::PutBack { who, kept });
                Ok(())
            }
            Happens::PutBack { who, kept } if self.faults => self.put_back(who, kept),
            _ => Ok(()),
        }
    }

    fn timer(&mut self, who: usize, life: u32) -> Result<(), String> {
        if self.handhelds[who].life != life {
            return Ok(());
        }
        self.woken.remove(&who);
        self.handhelds[who].hear(self.now, None);
        self.after(who)
    }

    /// What follows from whatever a terminal did: death, what it told, its calls.
    pub fn after(&mut self, who: usize) -> Result<(), String> {
        if self.handhelds[who].disk.is_dead() {
            self.crash(who)?;
        }
        self.come_to(who)?;
        self.hears_people(who)?;
        self.hold_laws(who)?;
        for call in self.handhelds[who].calls() {
            self.send(who, call);
        }
        let handheld = &self.handhelds[who];
        let life = handheld.life;
        if let Some(at) = handheld.wake_at() {
            let at = at.0.max(self.now.0 + 1);
            let known = self.woken.get(&who).filter(|(of, due)| *of == life && *due <= at);
            if known.is_none() {
                self.woken.insert(who, (life, at));
                self.at(at - self.now.0, Happens::Timer { who, life });
            }
        }
        Ok(())
    }

    /// A terminal whose files are closed is started anew by whoever holds it.
    fn come_to(&mut self, who: usize) -> Result<(), String> {
        for _ in 0..3 {
            if !self.handhelds[who].shell().files().read().is_closed() {
                return Ok(());
            }
            let handheld = &mut self.handhelds[who];
            handheld.at(self.now);
            handheld.shell_mut().input(aisle::app::input::Input::Tick);
        }
        if self.handhelds[who].shell().files().read().is_closed() {
            self.note(format!("{} is started anew", self.handhelds[who].name));
            return self.crash_with(who, Cut::Kept);
        }
        Ok(())
    }

    fn kill(&mut self, who: usize) -> Result<(), String> {
        if !self.faults {
            return Ok(());
        }
        let next = 2_000 + i64::try_from(small(&mut self.luck.power, 12_000)).unwrap_or(0);
        self.at(next, Happens::Kill(who));
        let within = self.luck.power.bits() % 40;
        if within < 25 {
            self.handhelds[who].disk.cut_after(Some(within));
            return Ok(());
        }
        self.crash(who)?;
        self.after(who)
    }

    fn crash(&mut self, who: usize) -> Result<(), String> {
        let cut = Cut::ALL[small(&mut self.luck.power, Cut::ALL.len())];
        self.crash_with(who, cut)
    }

    fn crash_with(&mut self, who: usize, cut: Cut) -> Result<(), String> {
        let cut = self.handhelds[who].disk.struck().unwrap_or(cut);
        self.note(format!("{} loses power: {cut:?}", self.handhelds[who].name));
        self.meet("power cuts of terminals");
        let handheld = &mut self.handhelds[who];
        if self.profile.has(Fault::Clock) && self.luck.power.bits().is_multiple_of(2) {
            handheld.skew_ms = [-EIGHT_DAYS_MS, TEN_YEARS_MS, 0][small(&mut self.luck.power, 3)];
        }
        handheld.crash(self.now, cut, &mut self.luck.power)?;
        self.woken.remove(&who);
        self.laws.look_closely();
        if self.profile.flow {
            self.nothing_is_put_aside(who)?;
        }
        self.is_all_there(who)
    }

    pub(super) fn crash_centre(&mut self, why: &str) -> Result<(), String> {
        let cut = Cut::ALL[small(&mut self.luck.power, Cut::ALL.len())];
        let cut = self.centre.disk.struck().unwrap_or(cut);
        self.note(format!("{why}: {cut:?}"));
        self.meet("power cuts of the centre");
        self.centre.crash(cut)?;
        self.what_was_answered_is_there()
    }
}
