//! One turn: identify → decide → record → apply → confirm, always in this order.
//!
//! In: raw bytes, a key, a reading, a verdict. Out: an [`Answer`], whose cue and effects may be let out,
//! because what they confirm is on disk. A failure to record confirms nothing and changes nothing: the
//! operator is told what to do again.

use aisle_core::{
    code::Sscc,
    id::{Code, Id, Mint},
    task::{
        op::{Op, Origin},
        rows::Floor,
        state::{Operator, Terminal},
    },
    time::{Day, Millis},
};

use crate::{
    floor::{self, Accepted, Action, Catalogue, Ctx, Cue, Decision, Effect, Key, Refusal, State, thing},
    scan::{
        Scan, Source,
        profile::Profile,
        repeat::{self, Repeats},
    },
};

/// Where operations become durable. Its receipt is proof: only the store makes one.
pub trait Record {
    /// The proof.
    type Receipt;
    /// How it fails.
    type Error;

    /// Appends operations in one transaction; they are on disk when it returns.
    ///
    /// # Errors
    /// When they are not: then none of them is.
    fn append(
        &mut self,
        now: Millis,
        operator: &Code<Operator>,
        ops: &[(Id<Op>, Op)],
    ) -> Result<Self::Receipt, Self::Error>;

    /// Keeps what a scanner sent for the setup symbol, or forgets it; the disk has it when this returns.
    ///
    /// # Errors
    /// When it has not: then what was kept before still is.
    fn keep_setup(&mut self, source: Source, arrived: Option<&str>) -> Result<(), Self::Error>;

    /// The next SSCC of this terminal's own range that no recorded seal carries; none when there is none left.
    fn next_sscc(&self) -> Option<Sscc>;
}

/// Verifies a PIN against an operator's verifier.
pub type Verify = Box<dyn Fn(&str, &str) -> bool + Send>;

/// The heart of the terminal.
pub struct Turn<R, C> {
    /// What is known and open.
    pub state: State,
    /// Where operations become durable.
    pub record: R,
    /// Master data.
    pub catalogue: C,
    mint: Mint,
    verify: Verify,
    repeats: Repeats,
}

/// What came of a turn.
#[derive(Debug)]
pub struct Answer<E, P> {
    /// Accepted, refused, or not recorded.
    pub outcome: Outcome<E>,
    /// Proof that the operations are on disk; none when there were none.
    pub receipt: Option<P>,
    /// The operations that were recorded.
    pub ops: Vec<(Id<Op>, Op)>,
    /// What she hears.
    pub cue: Option<Cue>,
    /// What leaves the terminal now.
    pub effects: Vec<Effect>,
}

/// How a turn ended.
#[derive(Debug)]
pub enum Outcome<E> {
    /// Recorded where there was something to record.
    Accepted,
    /// No.
    Refused(Refusal),
    /// The scanner delivered the same read twice: it is passed over in silence.
    Repeated,
    /// The disk did not take it: nothing happened, and she is told to do it again.
    NotRecorded(E),
}

impl<R: Record, C: Catalogue> Turn<R, C> {
    /// A terminal with these rows and nobody signed on. `verify(verifier, pin)` tells whether a PIN is right.
    pub fn new(
        terminal: Code<Terminal>,
        rows: Floor,
        record: R,
        catalogue: C,
        mint: Mint,
        verify: Verify,
    ) -> Self {
        let state = State::new(terminal, rows);
        Self { state, record, catalogue, mint, verify, repeats: Repeats::default() }
    }

    /// Folds recorded operations since the last sign-on, oldest first, into the session: after a start. The
    /// rows contain them already.
    pub fn resume<'a>(&mut self, ops: impl IntoIterator<Item = (&'a Origin, &'a Op)>) {
        self.state.resume(ops);
    }

    /// Which requests are still without a verdict: all others were answered before the start.
    pub fn still_asked<'a>(&mut self, open: impl IntoIterator<Item = (&'a Origin, &'a Op)>) {
        self.state.still_asked(open);
    }

    /// Takes rows folded anew after the centre fed some, and tells what changed under the operator.
    pub fn fed(&mut self, rows: Floor, now: Millis) -> Answer<R::Error, R::Receipt> {
        self.state.rows = rows;
        self.act(&Action::Fed, now)
    }

    /// A raw scan. The same trigger delivered twice counts once; everything else counts.
    pub fn scan(&mut self, scan: &Scan, now: Millis) -> Answer<R::Error, R::Receipt> {
        if self.repeats.judge(scan) != repeat::Verdict::Counts {
            return Answer::bare(Outcome::Repeated);
        }
        self.state.scanners.read_by(scan.source);
        if let Ok(profile) = Profile::learn(&scan.raw) {
            return self.set_up(scan, profile, now);
        }
        let expected = floor::expected(&self.state);
        let State { rows, scanners, .. } = &self.state;
        let lots = floor::lots_due(&self.state);
        let this_year = Day::of(now).year();
        let due = thing::Expected { things: &expected, lots: &lots, this_year };
        let read = thing::read(scan, scanners, rows, &self.catalogue, due);
        self.act(&Action::Scan(read), now)
    }

    /// The setup symbol, whatever is on the screen: what it taught is kept before it is used.
    fn set_up(&mut self, scan: &Scan, profile: Profile, now: Millis) -> Answer<R::Error, R::Receipt> {
        let arrived = std::str::from_utf8(&scan.raw).ok();
        if let Err(error) = self.record.keep_setup(scan.source, arrived) {
            return Answer::failed(error);
        }
        self.state.scanners.learn(scan.source, profile);
        self.act(&Action::ScannerSetUp, now)
    }

    /// A key, or a tap on what shows it.
    pub fn key(&mut self, key: Key, now: Millis) -> Answer<R::Error, R::Receipt> {
        self.act(&Action::Key(key), now)
    }

    /// Any action.
    pub fn act(&mut self, action: &Action, now: Millis) -> Answer<R::Error, R::Receipt> {
        match self.decide(action, now) {
            Decision::Refused { refusal, session } => {
                self.state.session = *session;
                Answer { cue: Some(refusal.cue()), ..Answer::bare(Outcome::Refused(refusal)) }
            }
            Decision::CheckPin { operator, pin, session } => {
                self.state.session = *session;
                let right = (self.verify)(&operator.pin_verifier, &pin);
                self.act(&Action::PinChecked(right), now)
            }
            Decision::Accepted(accepted) => self.record(*accepted, now),
        }
    }

    fn decide(&mut self, action: &Action, now: Millis) -> Decision {
        let sscc = self.record.next_sscc();
        let mut ctx = Ctx { mint: &mut self.mint, catalogue: &self.catalogue, sscc };
        floor::decide(&self.state, action, now, &mut ctx)
    }

    fn record(&mut self, accepted: Accepted, now: Millis) -> Answer<R::Error, R::Receipt> {
        let Accepted { by, entries, cue, session, mut effects } = accepted;
        if effects.contains(&Effect::ForgetScanner) {
            let source = self.state.scanners.last();
            if let Err(error) = self.record.keep_setup(source, None) {
                return Answer::failed(error);
            }
            self.state.scanners.forget(source);
            effects.retain(|effect| *effect != Effect::ForgetScanner);
        }
        let mut receipt = None;
        if let (Some(operator), false) = (&by, entries.is_empty()) {
            match self.record.append(now, operator, &entries) {
                Ok(proof) => receipt = Some(proof),
                Err(error) => return Answer::failed(error),
            }
        }
        assert!(by.is_some() || entries.is_empty(), "operations have an operator");
        self.state.session = session;
        if let Some(operator) = by {
            for (op, operation) in &entries {
                let origin = Origin {
                    op: *op,
                    operator: operator.clone(),
                    terminal: self.state.terminal.clone(),
                    at: now,
                };
                self.state.apply(&origin, operation);
            }
        }
        Answer { outcome: Outcome::Accepted, receipt, ops: entries, cue, effects }
    }
}

impl<E, P> Answer<E, P> {
    fn bare(outcome: Outcome<E>) -> Self {
        Self { outcome, receipt: None, ops: Vec::new(), cue: None, effects: Vec::new() }
    }

    fn failed(error: E) -> Self {
        Self { cue: Some(Cue::SyncTrouble), ..Self::bare(Outcome::NotRecorded(error)) }
    }

    /// The refusal, when it was one.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match &self.outcome {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}
