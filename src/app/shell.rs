//! The terminal at work, without a window: files, turn, engine and network joined on one thread.
//!
//! In: inputs and the network's answers, with the time. Out: what came of each ([`Turned`]). Whatever is told
//! here is on the disk already.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
};

use aisle_core::{
    id::{Id, Mint},
    place::Site,
    task::{
        op::{Op, Origin},
        rows::Floor,
    },
    time::Millis,
    wire::v1::{Enrolment, Verdict},
};

use super::{
    files::{Files, floor},
    input::Input,
    local, pin,
    place::Place,
    print::{self, Printer},
    setups::Setups,
    turn::{Answer, Outcome, Turn},
};
use crate::{
    device::clock::Clock,
    floor::{Action, Cue, Effect, Refusal, Session, Setting},
    store::{BALLAST_BYTES, Durability, Receipt, Store, StoreError},
    sync::{
        engine::{self, Engine, Event, Status},
        transport::{Endpoint, Transport},
    },
    view,
};

#[cfg(test)]
mod tests;

/// How often room for a new ballast is looked for, in milliseconds.
const RENEW_EVERY_MS: i64 = 60_000;

type Turning = Turn<Files, Files>;

/// The terminal at work.
pub struct Shell {
    /// State and decisions.
    pub turn: Turning,
    files: Files,
    place: Place,
    sync: Option<Sync>,
    printer: Printer,
    clock: Clock,
    wake_at: Option<Millis>,
    settings: Vec<Setting>,
    began: Millis,
    failed: Failed,
    /// When room for the ballast was last looked for.
    renewed: Millis,
    /// The cache is being fetched: the session is folded anew over its rows, which tell where she was.
    fetching: bool,
}

/// What the files did not take, and have not taken since.
#[derive(Debug, Clone, Copy, Default)]
struct Failed {
    /// Operations.
    append: bool,
    /// What the centre told.
    step: bool,
}

struct Sync {
    engine: Engine,
    line: Line,
}

/// Where the engine's calls go and its answers come from: the network, or what stands for it in a simulation.
pub struct Line {
    /// Takes a call; it may answer at any time, or never.
    pub call: Box<dyn Fn(engine::Effect)>,
    /// The answers, as they come.
    pub answers: mpsc::Receiver<Event>,
}

/// What came of an input.
#[derive(Debug)]
pub struct Turned {
    /// The turn's answer.
    pub answer: Answer<StoreError, Receipt>,
    /// Files that were written: labels, slips, bundles.
    pub written: Vec<PathBuf>,
}

impl Turned {
    /// Why the disk did not take it, when it did not.
    #[must_use]
    pub const fn not_saved(&self) -> Option<view::NotSaved> {
        match &self.answer.outcome {
            Outcome::NotRecorded(StoreError::Full) => Some(view::NotSaved::Full),
            Outcome::NotRecorded(StoreError::ReadOnly) => Some(view::NotSaved::ReadOnly),
            Outcome::NotRecorded(_) => Some(view::NotSaved::Unknown),
            Outcome::Accepted | Outcome::Refused(_) | Outcome::Repeated => None,
        }
    }
}

/// Why the terminal does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The network's thread.
    #[error("the network's thread cannot be started: {0}")]
    Network(std::io::Error),
}

impl Shell {
    /// Opens the files, returns to where the operator was, and starts talking to the centre if there is one.
    /// `wake` is called from the network's thread whenever an answer waits.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(
        place: Place,
        enrolment: Option<&Enrolment>,
        clock: Clock,
        seed: [u8; 32],
        wake: Arc<dyn Fn() + Send + std::marker::Sync>,
    ) -> Result<Self, StartError> {
        let line = enrolment.map(|enrolment| talk(enrolment, wake)).transpose()?;
        Self::over(place, enrolment, clock, seed, line)
    }

    /// As [`Shell::start`], over this line; without one it talks to nobody.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn over(
        place: Place,
        enrolment: Option<&Enrolment>,
        clock: Clock,
        seed: [u8; 32],
        line: Option<Line>,
    ) -> Result<Self, StartError> {
        let mut mint = Mint::new(seed);
        let now = Millis(clock.now_ms());
        let terminal = enrolment.map_or_else(super::practice::terminal, |e| e.terminal.clone());
        let mut store = Store::open(&place.data, &terminal, Durability::Full, now, &mut mint)?;
        store.keep_ballast(BALLAST_BYTES);
        if enrolment.is_none() {
            super::practice::fill(&mut store, now)?;
        }
        let kept = Setups::open(&place.config);
        let scanners = kept.scanners();
        let files = Files::new(store, enrolment, kept);
        let rows = floor(&files)?;
        let engine_seed = blake3_of(&mut mint);
        let mut turn = Turn::new(terminal, rows, files.clone(), files.clone(), mint, Box::new(pin::fits));
        turn.state.scanners = scanners;
        resume(&mut turn, &files)?;
        let engine = Engine::new(env!("CARGO_PKG_VERSION"), Mint::new(engine_seed));
        let sync = line.map(|line| Sync { engine, line });
        let printer = Printer::new(&place.out);
        let mut shell = Self {
            turn,
            files,
            place,
            sync,
            printer,
            clock,
            wake_at: None,
            settings: Vec::new(),
            began: now,
            failed: Failed::default(),
            renewed: now,
            fetching: true,
        };
        shell.fetching = !shell.is_fetched()?;
        shell.watch_room();
        shell.step(Event::Wake);
        Ok(shell)
    }

    /// One input, to its end.
    pub fn input(&mut self, input: Input) -> Turned {
        if self.files.read().is_closed() {
            self.reopen();
        }
        let now = self.now();
        if input == Input::Tick && self.turn.state.full && now.since(self.renewed) >= RENEW_EVERY_MS {
            self.renewed = now;
            self.files.write().renew_ballast();
            self.watch_room();
        }
        let answer = match input {
            Input::Scan(scan) => self.turn.scan(&scan, now),
            Input::Key(key) => self.turn.key(key, now),
            Input::Weighed(grams) => self.turn.act(&Action::Weighed(grams), now),
            Input::Printed(parcel) => self.turn.act(&Action::Printed(parcel), now),
            Input::Fed | Input::Tick | Input::Stop => self.turn.act(&Action::Tick, now),
            Input::Verdict(op, verdict) => self.turn.act(&Action::Verdict { op, verdict }, now),
        };
        self.finish(answer)
    }

    /// Takes in what the network answered, and lets the engine go on when its time has come. Returns the turns
    /// that this made.
    pub fn hear(&mut self) -> Vec<Turned> {
        let mut turned = Vec::new();
        let waiting: Vec<Event> =
            self.sync.as_ref().map(|sync| sync.line.answers.try_iter().collect()).unwrap_or_default();
        for event in waiting {
            turned.extend(self.step(event));
        }
        if self.wake_at.is_some_and(|at| at <= self.now()) {
            self.wake_at = None;
            turned.extend(self.step(Event::Tick));
        }
        turned
    }

    /// When the engine wants to be asked again.
    #[must_use]
    pub const fn wake_at(&self) -> Option<Millis> {
        self.wake_at
    }

    /// How the connection stands; none on the training sandbox.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        self.sync.as_ref().map(|sync| sync.engine.status())
    }

    /// What the screen is built from, as it stands.
    #[must_use]
    pub fn view_input(&self) -> view::Input<'_> {
        let now = self.now();
        let status = self.status();
        let offline = status.filter(|status| !status.online);
        let site = self.turn.state.rows.all::<Site>().next();
        view::Input {
            state: &self.turn.state,
            catalogue: &self.files,
            now,
            utc_offset_min: local::utc_offset_min(site, now),
            offline_since: offline.map(|status| status.heard_at.unwrap_or(self.began)),
            fed_at: status.and_then(|status| status.heard_at),
            unsent: status.map_or(0, |_| self.files.read().journal.unsent()),
            sync_trouble: status.is_some_and(|status| status.trouble.is_some())
                || self.failed.append
                || self.failed.step
                || self.files.read().is_closed()
                || self.turn.state.full
                || self.files.read().mended.is_some(),
            battery: None,
        }
    }

    /// Settings that keys cycled since this was last asked.
    pub fn take_settings(&mut self) -> Vec<Setting> {
        std::mem::take(&mut self.settings)
    }

    /// The files, to look things up.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// The time, by this terminal's clock.
    #[must_use]
    pub fn now(&self) -> Millis {
        Millis(self.clock.now_ms())
    }

    /// Lets out what an answer justifies: prints, sends, writes.
    fn finish(&mut self, mut answer: Answer<StoreError, Receipt>) -> Turned {
        let mut written = Vec::new();
        match &answer.outcome {
            Outcome::NotRecorded(error) => {
                tracing::error!(%error, "an operation was not recorded");
                self.failed.append = true;
                self.refold();
            }
            Outcome::Repeated => tracing::info!("a scan came twice and counts once"),
            Outcome::Accepted | Outcome::Refused(_) => {}
        }
        if answer.receipt.is_some() {
            self.failed.append = false;
        }
        for effect in std::mem::take(&mut answer.effects) {
            match effect {
                Effect::Print { parcel } => {
                    let files =
                        print::parcel(&self.printer, &self.turn.state.rows, &self.files, parcel, self.now());
                    match files {
                        Ok(files) => {
                            written.extend(files);
                            let now = self.now();
                            let printed = self.turn.act(&Action::Printed(parcel), now);
                            merge(&mut answer, printed);
                        }
                        Err(error) => tracing::error!(%error, "a label was not printed"),
                    }
                }
                Effect::PrintManifest { manifest } => {
                    match print::manifest(&self.printer, &self.turn.state.rows, manifest, self.now()) {
                        Ok(files) => written.extend(files),
                        Err(error) => tracing::error!(%error, "a manifest was not printed"),
                    }
                }
                // The turn forgot it before anything else.
                Effect::ForgetScanner => {}
                Effect::Setting(setting) => self.settings.push(setting),
                Effect::Diagnostics => match super::diagnostics::bundle(&self.place, &self.files, self.now())
                {
                    Ok(file) => written.push(file),
                    Err(error) => tracing::error!(%error, "no diagnostics bundle was written"),
                },
            }
        }
        if self.watch_room() {
            // She is told at once, though what she did is recorded.
            answer.cue = Some(Cue::SyncTrouble);
            self.turn.state.session.refusal = Some(Refusal::DiskFull);
        }
        if !answer.ops.is_empty() {
            self.step(Event::Wake);
        }
        Turned { answer, written }
    }

    /// Takes note of whether the disk has room for new work. Tells whether it has none from now on.
    fn watch_room(&mut self) -> bool {
        let (before, full) = (self.turn.state.full, self.files.read().is_full());
        self.turn.state.full = full;
        full && !before
    }

    fn step(&mut self, event: Event) -> Vec<Turned> {
        let now = self.now();
        let told = matches!(event, Event::Uploaded(Ok(_)) | Event::Fed(Ok(_)));
        let Some(sync) = &mut self.sync else { return Vec::new() };
        let stepped = sync.engine.step(now, event, &mut self.files.write());
        let effects = match stepped {
            Ok(effects) => effects,
            Err(error) => {
                tracing::error!(%error, "what the centre told was not kept");
                self.failed.step = true;
                self.reopen();
                return Vec::new();
            }
        };
        if told {
            self.failed.step = false;
        }
        let mut turned = Vec::new();
        for effect in effects {
            match effect {
                engine::Effect::WakeAt(at) => self.wake_by(at),
                engine::Effect::RowsChanged => turned.extend(self.rows_changed()),
                engine::Effect::Answered(verdicts) => turned.extend(self.answered(verdicts)),
                call => {
                    if let Some(sync) = &self.sync {
                        (sync.line.call)(call);
                    }
                }
            }
        }
        turned
    }

    fn rows_changed(&mut self) -> Option<Turned> {
        match floor(&self.files) {
            Ok(rows) => {
                if let Err(error) = self.files.spare_sealed(&rows) {
                    tracing::error!(%error, "the serials of sealed parcels were not noted");
                }
                let is_fetched = self.is_fetched().unwrap_or(false);
                if std::mem::replace(&mut self.fetching, !is_fetched) && is_fetched {
                    self.fold_session();
                }
                Some(self.fed(rows))
            }
            Err(error) => {
                tracing::error!(%error, "the floor cannot be folded");
                None
            }
        }
    }

    fn fed(&mut self, rows: Floor) -> Turned {
        let now = self.now();
        let answer = self.turn.fed(rows, now);
        self.finish(answer)
    }

    fn answered(&mut self, verdicts: Vec<(Id<Op>, Verdict)>) -> Vec<Turned> {
        let mut turned = Vec::new();
        for (op, verdict) in verdicts {
            let Verdict::Request(verdict) = verdict else { continue };
            let now = self.now();
            let answer = self.turn.act(&Action::Verdict { op, verdict }, now);
            turned.push(self.finish(answer));
        }
        turned
    }

    fn wake_by(&mut self, at: Millis) {
        self.wake_at = Some(self.wake_at.map_or(at, |known| known.min(at)));
    }

    /// A file failed: opens both anew, and lets the engine go on when its time has come.
    fn reopen(&mut self) {
        let now = self.now();
        let reopened = self.files.write().reopen(now);
        match reopened {
            Ok(false) => self.refold(),
            Ok(true) => self.fold_session(),
            Err(error) => tracing::error!(%error, "the files cannot be opened anew"),
        }
        if let Some(at) = self.sync.as_mut().map(|sync| sync.engine.reopened(now)) {
            self.wake_by(at);
        }
    }

    /// Whether the cache has all of the centre's rows, as of some time.
    fn is_fetched(&self) -> Result<bool, StoreError> {
        Ok(self.files.read().view.position()?.epoch.is_some())
    }

    /// Folds the rows anew from what is on the disk. A cache that is being fetched again has none: she goes on
    /// with those in memory.
    fn refold(&mut self) {
        let rows = {
            let whole = self.is_fetched();
            whole.and_then(|whole| whole.then(|| self.files.read().floor()).transpose())
        };
        match rows {
            Ok(Some(rows)) => self.turn.state.rows = rows,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the files cannot be read"),
        }
    }

    /// The journal goes on further than the session knows: returns to where it ends, as after a start.
    fn fold_session(&mut self) {
        self.refold();
        self.turn.state.session = Session::default();
        if let Err(error) = resume(&mut self.turn, &self.files) {
            tracing::error!(%error, "the session cannot be folded");
        }
    }
}

fn blake3_of(mint: &mut Mint) -> [u8; 32] {
    let mut seed = [0; 32];
    for word in seed.chunks_exact_mut(8) {
        word.copy_from_slice(&mint.bits().to_le_bytes());
    }
    seed
}

fn merge(answer: &mut Answer<StoreError, Receipt>, after: Answer<StoreError, Receipt>) {
    answer.ops.extend(after.ops);
    answer.receipt = after.receipt.or(answer.receipt);
    answer.cue = after.cue.or(answer.cue);
}

/// Folds the journal since the last sign-on into the session: she is back at the same line and quantity.
fn resume(turn: &mut Turning, files: &Files) -> Result<(), StoreError> {
    let entries = {
        let store = files.read();
        store.journal.entries_after(store.journal.before_last_sign_on()?)?
    };
    let known: Vec<(Origin, Op)> =
        entries.into_iter().filter_map(|entry| Some((entry.origin, entry.op?))).collect();
    turn.resume(known.iter().map(|(origin, op)| (origin, op)));
    let asked = files.read().journal.asked()?;
    turn.still_asked(asked.iter().filter_map(|entry| Some((&entry.origin, entry.op.as_ref()?))));
    Ok(())
}

fn talk(enrolment: &Enrolment, wake: Arc<dyn Fn() + Send + std::marker::Sync>) -> Result<Line, StartError> {
    let (told, answers) = mpsc::channel();
    let endpoint = Endpoint { centre: enrolment.centre.clone(), token: enrolment.token.clone() };
    let deliver = Arc::new(move |event| {
        // The turn's thread is gone only when the program ends.
        let _ = told.send(event);
        wake();
    });
    let transport = Transport::start(endpoint, deliver).map_err(StartError::Network)?;
    Ok(Line { call: Box::new(move |call| transport.call(call)), answers })
}
