//! Plays lines: a terminal's turn over rows and a journal in memory, and a centre that does what it is told.

use aisle::{
    app::turn::{Answer, Outcome, Record, Turn},
    floor::{Cue, Effect, Key},
    scan::{Scan, Source, layout::Layout, profile::Profile},
    view,
};
use aisle_core::{
    code::{Sscc, setup},
    id::{Code, Id, Mint},
    quantity::Quantity,
    task::{
        op::{Op, Origin, Request},
        rows::{Floor, Row},
        state::{
            FulfilmentOrder, FulfilmentState, ListState, Manifest, Operator, Parcel, PickList, PickTask,
        },
    },
    time::Millis,
    wire::v1::{No, RequestVerdict},
};
use serde_json::Value;

use crate::{line::Line, site};

/// The journal in memory: what a terminal keeps over a crash.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// Recorded operations, oldest first.
    pub(crate) kept: Vec<(Origin, Op)>,
    /// What the scanner sent for the setup code.
    setup: Option<String>,
    /// The disk takes nothing more.
    pub(crate) full: bool,
    /// No SSCC is left.
    pub(crate) range_used: bool,
}

/// Proof that operations were kept.
#[derive(Debug)]
pub(crate) struct Kept;

/// The disk is full.
#[derive(Debug)]
pub(crate) struct DiskFull;

impl Record for Journal {
    type Receipt = Kept;
    type Error = DiskFull;

    fn append(
        &mut self,
        now: Millis,
        operator: &Code<Operator>,
        ops: &[(Id<Op>, Op)],
    ) -> Result<Kept, DiskFull> {
        if self.full {
            return Err(DiskFull);
        }
        let origin = |op: Id<Op>| Origin {
            op,
            operator: operator.clone(),
            terminal: super::site::code("H1"),
            at: now,
        };
        self.kept.extend(ops.iter().map(|(id, op)| (origin(*id), op.clone())));
        Ok(Kept)
    }

    fn keep_setup(&mut self, source: Source, arrived: Option<&str>) -> Result<(), DiskFull> {
        assert_eq!(source, Source::Wedge(0), "there is one scanner");
        if self.full {
            return Err(DiskFull);
        }
        self.setup = arrived.map(str::to_owned);
        Ok(())
    }

    fn next_sscc(&self) -> Option<Sscc> {
        let sealed = self.kept.iter().filter(|(_, op)| op.kind() == "sealed").count();
        let serial = 5_000 + u64::try_from(sealed).ok()?;
        if self.range_used { None } else { Sscc::mint("9521234", 0, serial).ok() }
    }
}

/// A terminal over memory.
pub(crate) type Terminal = Turn<Journal, Floor>;
/// What it tells.
pub(crate) type Told = Answer<DiskFull, Kept>;

/// From one scan to the next, in milliseconds, where a story does not say otherwise.
const SCAN_MS: i64 = 1_000;

/// A story under way.
pub(crate) struct Stage {
    pub(crate) terminal: Terminal,
    /// What the centre's rows were last fed as, without our operations.
    pub(crate) centre: Floor,
    now: Millis,
    gap_ms: i64,
    scanner: Option<Layout>,
    /// Keys are scanned from the printed sheet, none is pressed.
    printed_keys: bool,
    pub(crate) last: Option<Told>,
    print: Vec<Id<Parcel>>,
    scans: usize,
    keys: usize,
    lives: u8,
}

fn terminal(rows: Floor, journal: Journal, life: u8) -> Terminal {
    let catalogue = rows.clone();
    let verify = Box::new(|verifier: &str, pin: &str| verifier == pin);
    Turn::new(site::code("H1"), rows, journal, catalogue, Mint::new([life; 32]), verify)
}

impl Stage {
    /// The site at eight in the morning, nobody signed on.
    pub(crate) fn new() -> Self {
        let centre = site::rows();
        Self {
            terminal: terminal(centre.clone(), Journal::default(), 1),
            centre,
            now: site::START,
            gap_ms: SCAN_MS,
            scanner: None,
            printed_keys: false,
            last: None,
            print: Vec::new(),
            scans: 0,
            keys: 0,
            lives: 1,
        }
    }

    /// The same, with a sheet of printed keys instead of a keypad.
    pub(crate) fn with_printed_keys() -> Self {
        Self { printed_keys: true, ..Self::new() }
    }

    /// Plays one line.
    pub(crate) fn play(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Scan(codes) => {
                for code in codes {
                    let raw = self.raw(code)?;
                    self.scan(&raw);
                }
                Ok(())
            }
            Line::Key(keys) => {
                keys.iter().for_each(|key| self.key(*key));
                Ok(())
            }
            Line::SignOn(who) => self.sign_on(who),
            Line::Weigh(grams) => {
                self.act(&aisle::floor::Action::Weighed(*grams));
                Ok(())
            }
            Line::Printed => self.printed(),
            Line::Wait(seconds) => {
                self.now = self.now.plus(seconds * 1_000);
                self.act(&aisle::floor::Action::Tick);
                Ok(())
            }
            Line::Ms(gap) => {
                self.gap_ms = *gap;
                Ok(())
            }
            Line::Scanner(layout) => {
                self.scanner = *layout;
                Ok(())
            }
            Line::Crash => self.crash(),
            Line::Room(again) => {
                self.terminal.state.full = !again;
                Ok(())
            }
            Line::Disk(good) => {
                self.terminal.record.full = !good;
                Ok(())
            }
            Line::NoRange => {
                self.terminal.record.range_used = true;
                Ok(())
            }
            Line::Count => {
                (self.scans, self.keys) = (0, 0);
                Ok(())
            }
            Line::Centre(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                self.centre(&words)
            }
            expected => self.expect(expected),
        }
    }

    /// `parcel 801` is the label of that parcel; `\xHH` is a byte; anything else is scanned as it stands.
    pub(crate) fn raw(&self, code: &str) -> Result<Vec<u8>, String> {
        if let Some(number) = code.strip_prefix("parcel ") {
            let parcel = match number {
                "last" => self.print.last().and_then(|id| self.terminal.state.rows.find::<Parcel>(id)),
                _ => {
                    let number: u32 = number.parse().map_err(|_| "write: scan parcel NUMBER")?;
                    self.terminal.state.rows.find::<Parcel>(&site::id(number))
                }
            };
            let sscc = parcel.and_then(|parcel| parcel.sscc.clone()).ok_or("no such parcel")?;
            return Ok(sscc.into_bytes());
        }
        if code == "setup" {
            return Ok(setup::content().into_bytes());
        }
        if let Some(body) = code.strip_prefix("key ") {
            return site::printed_key(body).map(String::into_bytes);
        }
        Ok(code.replace("<GS>", "\u{1d}").into_bytes())
    }

    pub(crate) fn scan(&mut self, raw: &[u8]) {
        self.scans += 1;
        self.now = self.now.plus(std::mem::replace(&mut self.gap_ms, SCAN_MS));
        self.read(raw);
    }

    fn read(&mut self, raw: &[u8]) {
        let at_ms = u64::try_from(self.now.0).expect("a time since 1970");
        let arrived = self.scanner.map_or_else(|| raw.to_vec(), |layout| site::typed(layout, raw));
        let told = self.terminal.scan(&Scan::new(arrived, Source::Wedge(0), at_ms), self.now);
        self.heard(told);
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.keys += 1;
        self.now = self.now.plus(500);
        if self.printed_keys {
            return self.read(site::label_of(key).as_bytes());
        }
        let told = self.terminal.key(key, self.now);
        self.heard(told);
    }

    pub(crate) fn act(&mut self, action: &aisle::floor::Action) {
        let told = self.terminal.act(action, self.now);
        self.heard(told);
    }

    fn heard(&mut self, told: Told) {
        let recorded = !told.ops.is_empty();
        assert_eq!(recorded, told.receipt.is_some(), "what is confirmed has a receipt");
        for effect in &told.effects {
            if let Effect::Print { parcel } = effect {
                self.print.push(*parcel);
            }
        }
        self.last = Some(told);
    }

    pub(crate) fn sign_on(&mut self, who: &str) -> Result<(), String> {
        let badge = who.to_uppercase();
        let row = self.centre.find::<Operator>(&site::code(&badge)).ok_or("nobody of that name")?;
        let pin = row.pin_verifier.clone();
        self.scan(badge.as_bytes());
        for digit in pin.bytes() {
            self.key(Key::Digit(digit - b'0'));
        }
        match self.terminal.state.session.badge() {
            Some(_) => Ok(()),
            None => Err(format!("was not let in: {:?}", self.last)),
        }
    }

    pub(crate) fn printed(&mut self) -> Result<(), String> {
        let parcel = self.print.last().copied().ok_or("nothing was sent to the printer")?;
        self.act(&aisle::floor::Action::Printed(parcel));
        Ok(())
    }

    /// Killed and started again: rows folded from what the centre fed and what the journal holds, the session
    /// from the journal since the last sign-on. What she works on must be the same.
    fn crash(&mut self) -> Result<(), String> {
        let before = self.shown();
        let journal = std::mem::take(&mut self.terminal.record);
        let mut rows = self.centre.clone();
        fold(&mut rows, &journal.kept);
        if rows != self.terminal.state.rows {
            return Err("the rows folded anew differ from the floor as it stood".into());
        }
        let from = journal.kept.iter().rposition(|(_, op)| op.kind() == "signed_on").unwrap_or(0);
        let since: Vec<(Origin, Op)> = journal.kept[from..].to_vec();
        self.lives += 1;
        let setup = journal.setup.as_ref().map(|setup| Profile::learn(setup.as_bytes()));
        self.terminal = terminal(rows, journal, self.lives);
        if let Some(profile) = setup {
            let profile = profile.map_err(|error| error.to_string())?;
            self.terminal.state.scanners.learn(Source::Wedge(0), profile);
        }
        self.terminal.resume(since.iter().map(|(origin, op)| (origin, op)));
        self.last = None;
        let after = self.shown();
        for field in ["screen", "step", "place", "item", "count", "in_hand", "tote", "next", "order"] {
            if before.get(field) != after.get(field) {
                let (before, after) = (before.get(field), after.get(field));
                return Err(format!("{field} was {before:?} and is {after:?} after the crash"));
            }
        }
        Ok(())
    }

    pub(crate) fn shown(&self) -> Value {
        serde_json::to_value(self.view()).expect("a view is plain data")
    }

    /// What is on the screen.
    pub fn view(&self) -> view::View {
        view::build(view::Input {
            state: &self.terminal.state,
            catalogue: &self.terminal.catalogue,
            now: self.now,
            utc_offset_min: 0,
            offline_since: None,
            fed_at: Some(site::START),
            unsent: 0,
            sync_trouble: false,
            battery: None,
        })
    }

    fn fed(&mut self) {
        let mut rows = self.centre.clone();
        fold(&mut rows, &self.terminal.record.kept);
        let told = self.terminal.fed(rows, self.now);
        self.heard(told);
    }

    fn centre(&mut self, words: &[&str]) -> Result<(), String> {
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok()).ok_or("a number");
        match words {
            ["withdraws", _, "of", "task", _] => {
                let (by, task) = (number(1)?, number(4)?);
                self.change::<PickTask>(&site::id(task), |row| row.withdrawn += Quantity(i64::from(by)))?;
            }
            [does @ ("moves" | "begins"), "list", _, "to" | "for", badge] => {
                let badge = site::code(badge);
                self.change::<PickList>(&site::id(number(2)?), |row| {
                    row.epoch += 1;
                    if *does == "begins" {
                        row.state = ListState::Started;
                    }
                    if let Some(holder) = &mut row.holder {
                        holder.operator = badge;
                    }
                })?;
            }
            ["closes", "list", _] => {
                self.change::<PickList>(&site::id(number(2)?), |row| row.state = ListState::Closed)?;
            }
            ["cancels", "order", _] => {
                let order = site::id(number(2)?);
                self.change::<FulfilmentOrder>(&order, |row| row.state = FulfilmentState::Cancelled)?;
            }
            ["holds", "order", _] => {
                let order = site::id(number(2)?);
                self.change::<FulfilmentOrder>(&order, |row| {
                    row.holds.insert("fraud".into());
                })?;
            }
            ["closes", "manifest", _] => {
                self.change::<Manifest>(&site::id(number(2)?), |row| row.closed = true)?;
            }
            ["feeds"] => {}
            ["accepts", kind] => return self.answer(kind, &RequestVerdict::Accepted),
            ["refuses", kind] => {
                let reason = if *kind == "claim" { No::NothingToDo } else { No::TooLate };
                return self.answer(kind, &RequestVerdict::Refused { reason });
            }
            _ => return Err("the centre does no such thing".into()),
        }
        self.fed();
        Ok(())
    }

    fn change<T: aisle_core::task::rows::Kept + Clone + 'static>(
        &mut self,
        name: &T::Name,
        change: impl FnOnce(&mut T),
    ) -> Result<(), String> {
        let mut row: T = self.centre.find::<T>(name).cloned().ok_or("no such row")?;
        change(&mut row);
        let row: Row = row.into_row();
        self.centre.set(row);
        Ok(())
    }

    fn answer(&mut self, kind: &str, verdict: &RequestVerdict) -> Result<(), String> {
        let asked = self.terminal.state.session.asked.iter().rev();
        let asked = asked.clone().find(|asked: &&aisle::floor::session::Asked| {
            let request: &Request = &asked.request;
            request.kind() == kind
        });
        let op = asked.map(|asked| asked.op).ok_or("that was not asked")?;
        self.act(&aisle::floor::Action::Verdict { op, verdict: verdict.clone() });
        Ok(())
    }

    fn expect(&self, line: &Line) -> Result<(), String> {
        let last = || self.last.as_ref().ok_or("nothing was done yet");
        match line {
            Line::Cue(word) => {
                let cue = last()?.cue.map(Cue::word);
                same(&cue, &Some(word.as_str()))
            }
            Line::Silence => same(&last()?.cue, &None),
            Line::Refused(word) => {
                let refusal = last()?.refusal();
                let said = refusal.map(aisle::floor::Refusal::word).unwrap_or_default();
                if said == *word { Ok(()) } else { Err(format!("was {:?}", last()?.outcome)) }
            }
            Line::Repeated => match last()?.outcome {
                Outcome::Repeated => Ok(()),
                ref other => Err(format!("was {other:?}")),
            },
            Line::NotRecorded => match last()?.outcome {
                Outcome::NotRecorded(_) => Ok(()),
                ref other => Err(format!("was {other:?}")),
            },
            Line::Recorded(kinds) => {
                let recorded: Vec<&str> = last()?.ops.iter().map(|(_, op)| op.kind()).collect();
                if recorded == *kinds { Ok(()) } else { Err(format!("{recorded:?} {:?}", last()?.outcome)) }
            }
            Line::AtMost(scans, keys) => {
                if self.scans <= *scans && self.keys <= *keys {
                    return Ok(());
                }
                Err(format!("it took {} scans and {} keys", self.scans, self.keys))
            }
            Line::Seen(fields) => {
                let shown = self.shown();
                for (field, value) in fields {
                    let found = find(&shown, field).ok_or_else(|| format!("no field {field}: {shown:#}"))?;
                    if text(found) != *value {
                        let outcome = self.last.as_ref().map(|last| &last.outcome);
                        return Err(format!("{field} is {found}; the last outcome was {outcome:?}"));
                    }
                }
                Ok(())
            }
            other => Err(format!("{other:?} expects nothing")),
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(is: &T, wanted: &T) -> Result<(), String> {
    if is == wanted { Ok(()) } else { Err(format!("was {is:?}")) }
}

pub(crate) fn fold(rows: &mut Floor, kept: &[(Origin, Op)]) {
    let mut state = aisle::floor::State::new(site::code("H1"), std::mem::take(rows));
    kept.iter().for_each(|(origin, op)| state.fold(origin, op));
    *rows = state.rows;
}

/// The first field of this name, the screen's own before those within. `place.head` looks within `place`.
fn find<'v>(value: &'v Value, field: &str) -> Option<&'v Value> {
    if let Some((outer, inner)) = field.split_once('.') {
        return find(find(value, outer)?, inner);
    }
    match value {
        Value::Object(fields) => {
            fields.get(field).or_else(|| fields.values().find_map(|inner| find(inner, field)))
        }
        Value::Array(rows) => rows.iter().find_map(|row| find(row, field)),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".into(),
        Value::Array(rows) => format!("{} rows", rows.len()),
        other => other.to_string(),
    }
}
