//! The network between the fleet and its centre, and what the centre answers.

use aisle::sync::engine::{Effect, Event, NetError};
use aisle_core::{
    task::rows::Key,
    wire::v1::{Ack, Batch, FeedPage},
};
use aisle_oms::sync::{feed, quarantine, receive};

use super::{
    profile::{Fault, small},
    site::code,
    world::{Happens, World},
};

/// How long a terminal waits for an answer before it calls it lost, in virtual milliseconds.
const GIVE_UP_MS: i64 = 10_000;
/// How long the centre holds a feed call that it has nothing to tell to, in virtual milliseconds: shorter than in
/// earnest, so that a morning is short.
const HOLD_MS: i64 = 1_100;

impl World {
    /// Puts a call on the network: lost, late, doubled or fine.
    pub fn send(&mut self, who: usize, what: Effect) {
        self.count += 1;
        let (call, life) = (self.count, self.handhelds[who].life);
        self.handhelds[who].open.insert(call);
        let now = self.now.0;
        let number = self.handhelds[who].number;
        let cut_off = self.faults
            && self.cut_off.iter().any(|(of, from, to)| *of == number && (*from..*to).contains(&now));
        let copies = if cut_off || self.strikes(Fault::Net, 20) {
            self.meet("calls lost");
            0
        } else if self.strikes(Fault::Net, 20) {
            self.meet("calls doubled");
            2
        } else {
            1
        };
        for _ in 0..copies {
            let far = if self.strikes(Fault::Net, 10) { 15_000 } else { 300 };
            let late = 5 + i64::try_from(small(&mut self.luck.net, far)).unwrap_or(0);
            self.at(late, Happens::Arrives { who, life, call, what: what.clone() });
        }
        if self.strikes(Fault::Net, 5) {
            self.meet("answers of somebody else");
            let html = NetError::Garbled("expected value at line 1 column 1: <html>".to_owned());
            self.at(20, Happens::Answered { who, life, call, answer: Box::new(failed(&what, html)) });
        }
        let gone = NetError::Unreachable("no answer in time".to_owned());
        self.at(GIVE_UP_MS, Happens::Answered { who, life, call, answer: Box::new(failed(&what, gone)) });
    }

    /// A call reaches the centre.
    pub fn arrives(&mut self, who: usize, life: u32, call: u64, what: &Effect) -> Result<(), String> {
        let name = self.handhelds[who].name;
        self.note(format!("{name} {} arrives", word(what)));
        if self.strikes(Fault::Net, 3) {
            self.meet("busy centre");
            let busy = NetError::Busy { after_ms: Some(400) };
            self.at(5, Happens::Answered { who, life, call, answer: Box::new(failed(what, busy)) });
            return Ok(());
        }
        let Some(answer) = self.answer(who, what)? else { return Ok(()) };
        if self.strikes(Fault::Net, 20) {
            self.meet("answers lost");
            return Ok(());
        }
        // A feed call with nothing to tell is held, as the centre holds it.
        let hold = if matches!(&answer, Event::Fed(Ok(page)) if page.rows.is_empty()) { HOLD_MS } else { 5 };
        let late = hold + i64::try_from(small(&mut self.luck.net, 300)).unwrap_or(0);
        self.at(late, Happens::Answered { who, life, call, answer: Box::new(answer) });
        Ok(())
    }

    fn answer(&mut self, who: usize, what: &Effect) -> Result<Option<Event>, String> {
        let name = self.handhelds[who].name;
        let revoked = self.revoked.contains(name);
        Ok(Some(match what {
            Effect::Upload(batch) => return Ok(self.upload(who, batch)?.map(|ack| Event::Uploaded(Ok(ack)))),
            Effect::Salvage(salvage) => {
                let pieces = quarantine::check(salvage, &code(name))
                    .map_err(|error| format!("a salvage is whole: {error}"))?;
                let done = self
                    .centre
                    .write(self.now, |tx, context| quarantine::salvage(tx, context, salvage, &pieces));
                Event::Salvaged(Ok(done.map_err(|error| format!("a salvage is kept: {error}"))?))
            }
            Effect::Feed { .. } if revoked => Event::Fed(Err(NetError::Unauthorized)),
            Effect::Snapshot { .. } if revoked => Event::Snapped(Err(NetError::Unauthorized)),
            Effect::Feed { epoch, cursor, .. } => {
                let told = self.centre.read(|tx| feed::feed(tx, &code(name), *epoch, *cursor))?;
                match told {
                    feed::Feed::Page(page) => {
                        let my_safe_hi = self.centre.safe_hi(name, page.my_incarnation);
                        let page = FeedPage { my_safe_hi, ..page };
                        self.page_told(name, *cursor, &page)?;
                        Event::Fed(Ok(page))
                    }
                    feed::Feed::SnapshotRequired => Event::Fed(Err(NetError::SnapshotRequired)),
                }
            }
            Effect::Snapshot { after } => {
                let after: Option<Key> = after.as_ref().and_then(|key| key.parse().ok());
                Event::Snapped(Ok(self.centre.read(|tx| feed::snapshot(tx, after.as_ref()))?))
            }
            _ => return Ok(None),
        }))
    }

    /// The centre takes a batch; none when it dies before it answers.
    fn upload(&mut self, who: usize, batch: &Batch) -> Result<Option<Ack>, String> {
        let name = self.handhelds[who].name;
        receive::check(batch, &code(name)).map_err(|error| format!("a batch is whole: {error}"))?;
        let within = self.strikes(Fault::KillCentre, 6).then(|| self.luck.power.bits() % 12);
        let after_commit = self.strikes(Fault::KillCentre, 3);
        let before = self.before_batch(batch)?;
        if within.is_some() {
            self.centre.disk.cut_after(within);
        }
        let done = self.centre.write(self.now, |tx, context| receive::receive(tx, context, batch));
        if self.centre.disk.is_dead() || (after_commit && done.is_ok()) {
            if let (true, Ok(ack)) = (after_commit, &done) {
                self.committed(name, batch, ack)?;
            }
            self.crash_centre("the centre dies over a batch")?;
            return Ok(None);
        }
        self.centre.disk.cut_after(None);
        let ack = done.map_err(|error| format!("S2 the centre takes every batch: {error}"))?;
        self.committed(name, batch, &ack)?;
        self.after_batch(name, batch, &ack, &before)?;
        let safe_hi = self.centre.safe_hi(name, Some(batch.incarnation));
        Ok(Some(Ack { safe_hi, ..ack }))
    }
}

const fn word(what: &Effect) -> &'static str {
    match what {
        Effect::Upload(_) => "upload",
        Effect::Salvage(_) => "salvage",
        Effect::Snapshot { .. } => "snapshot call",
        _ => "feed call",
    }
}

fn failed(what: &Effect, error: NetError) -> Event {
    match what {
        Effect::Upload(_) => Event::Uploaded(Err(error)),
        Effect::Salvage(_) => Event::Salvaged(Err(error)),
        Effect::Snapshot { .. } => Event::Snapped(Err(error)),
        _ => Event::Fed(Err(error)),
    }
}

/// An answer, as a trace tells it.
pub fn told(answer: &Event) -> String {
    match answer {
        Event::Uploaded(Ok(ack)) => {
            format!("an ack of {}: {} {:?}", ack.centre, ack.applied_hi, ack.stop)
        }
        Event::Fed(Ok(page)) => {
            format!(
                "a page of {} to {}: {:?} {}",
                page.epoch, page.to, page.my_incarnation, page.my_applied_hi
            )
        }
        Event::Snapped(Ok(page)) => format!("a snapshot of {} at {}", page.epoch, page.as_of),
        Event::Salvaged(_) => "of its salvage".to_owned(),
        Event::Uploaded(Err(error)) | Event::Fed(Err(error)) | Event::Snapped(Err(error)) => {
            error.to_string()
        }
        _ => String::new(),
    }
}
