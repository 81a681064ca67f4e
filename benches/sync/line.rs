//! A terminal, and the line between it and the centre.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use aisle::{
    store::{Durability, Store},
    sync::{
        engine::{Effect, Engine, Event, NetError},
        transport,
    },
};
use aisle_core::{
    id::{Code, Id, Mint},
    quantity::Quantity,
    task::{
        op::{Fact, Op},
        rows::Key,
        state::{Operator, Terminal},
    },
    time::Millis,
    wire::chain::Incarnation,
};
use aisle_oms::sync::{
    feed::{self, Feed},
    receive,
};
use serde::Serialize;

use super::site::{Centre, Stop};

/// A round trip, in microseconds.
const ROUND_TRIP_US: u64 = 50_000;
/// The line's rate, in bytes a second: 10 Mbit/s.
const BYTES_PER_S: u64 = 1_250_000;

/// A terminal without its screen.
pub(crate) struct Handheld {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) now: Millis,
    terminal: Code<Terminal>,
    mint: Mint,
    begun: usize,
}

impl Handheld {
    pub(crate) fn enrolled(centre: &mut Centre, folder: &Path, name: &str) -> Self {
        Self::with(centre, folder, name, Durability::Full)
    }

    pub(crate) fn with(centre: &mut Centre, folder: &Path, name: &str, durability: Durability) -> Self {
        let terminal = centre.enrol(name).terminal;
        let seed = format!("{name:0<32}");
        let mut mint = Mint::new(*seed.as_bytes().first_chunk().unwrap_or(&[7; 32]));
        let (now, data) = (super::BEGUN, folder.join(name));
        let store = Store::open(&data, &terminal, durability, now, &mut mint).expect("a new store");
        let engine = Engine::new("bench", Mint::new([3; 32]));
        Self { store, engine, now, terminal, mint, begun: 0 }
    }

    /// Does things at the stops, each a scan of its own: takes a piece, puts it into a tote, and takes both back.
    pub(crate) fn fill(&mut self, stops: &[Stop], count: usize) {
        let badge: Code<Operator> = Code::parse("P1").expect("a code");
        let mut ops: Vec<(Id<Op>, Op)> = Vec::with_capacity(count);
        let mut last = [None, None];
        for n in self.begun..self.begun + count {
            let stop = &stops[(n / 4) % stops.len()];
            let id = self.mint.id(self.now.plus(i64::try_from(n).unwrap_or(0)));
            ops.push((id, Op::Fact(deed(stop, n % 4, last))));
            last = [last[1], Some(id)];
        }
        self.begun += count.next_multiple_of(4);
        for some in ops.chunks(100) {
            self.store.append(self.now, &badge, some).expect("the disk takes it");
        }
    }

    pub(crate) fn unsent(&self) -> u64 {
        self.store.journal.unsent()
    }

    /// Whether its rows contain all that it did.
    pub(crate) fn is_told(&self) -> bool {
        let journal = &self.store.journal;
        let told = |at: aisle::store::Position| {
            at.incarnation == Some(journal.incarnation()) && at.applied_hi == journal.last_seq()
        };
        self.is_fed() && self.unsent() == 0 && self.store.view.position().is_ok_and(told)
    }

    /// Whether its rows are complete.
    pub(crate) fn is_fed(&self) -> bool {
        self.engine.status().online && self.store.view.position().is_ok_and(|at| at.epoch.is_some())
    }
}

/// One of four things that come to nothing.
fn deed(stop: &Stop, which: usize, last: [Option<Id<Op>>; 2]) -> Fact {
    let (task, item, lot) = (stop.task, stop.item.clone(), stop.lot.clone());
    let cart = Code::parse("C1").expect("a code");
    let tote = Code::parse("T1").expect("a code");
    let quantity = Quantity::ONE;
    let picked = |undoes| Fact::Picked {
        task,
        item: item.clone(),
        location: stop.location.clone(),
        cart: Code::parse("C1").expect("a code"),
        quantity,
        keyed: false,
        undoes,
        lot: stop.lot.clone(),
    };
    match which {
        0 => picked(None),
        1 => Fact::Put { task, item, cart, tote, quantity, undoes: None, lot },
        2 => Fact::Put { task, item, cart, tote, quantity, undoes: last[1], lot },
        _ => picked(last[0]),
    }
}

/// Something under way, and when it arrives.
type Due = (Millis, Event);

/// A feed call that the centre holds until there is something to tell.
#[derive(Debug, Clone, Copy)]
struct Held {
    until: Millis,
    epoch: Incarnation,
    cursor: u64,
}

/// The line of one terminal, and what went over it.
#[derive(Default)]
pub(crate) struct Line {
    /// Nothing goes over it.
    pub(crate) parted: bool,
    pub(crate) calls: u64,
    pub(crate) bytes_down: u64,
    /// Bytes of batches of a hundred operations, and how many there were.
    pub(crate) hundreds: (u64, u64),
    waiting: Vec<Due>,
    held: Option<Held>,
    /// When the engine wants to be asked again: the earliest, as the shell keeps it.
    wake: Option<Millis>,
    /// What is smaller than a millisecond is not lost between steps.
    rest_us: u64,
}

impl Line {
    /// Lets the terminal and the centre go on until `done`. Answers how long that took: what was measured, and what the
    /// network would have taken.
    pub(crate) fn run(
        &mut self,
        handheld: &mut Handheld,
        centre: &mut Centre,
        done: impl Fn(&Handheld) -> bool,
    ) -> Duration {
        let begun = handheld.now;
        self.waiting.push((handheld.now, Event::Wake));
        while !done(handheld) {
            let (at, event) = self.next(handheld, centre);
            handheld.now = handheld.now.max(at);
            let started = Instant::now();
            let effects =
                handheld.engine.step(handheld.now, event, &mut handheld.store).expect("the disk holds");
            self.rest_us += micros(started.elapsed());
            handheld.now = later(handheld.now, self.rest_us / 1_000 * 1_000);
            self.rest_us %= 1_000;
            for effect in effects {
                self.carry(handheld, centre, effect);
            }
        }
        Duration::from_millis(u64::try_from(handheld.now.since(begun)).unwrap_or(0))
    }

    /// What happens next: something that is under way, or the end of a held call.
    fn next(&mut self, handheld: &Handheld, centre: &mut Centre) -> Due {
        if let Some(held) = self.held {
            let first = self.waiting.iter().map(|(at, _)| at.0).chain(self.wake.map(|at| at.0)).min();
            let first = first.unwrap_or(i64::MAX);
            if self.parted {
                self.held = None;
                self.waiting.push((handheld.now, Event::Fed(parted())));
            } else if held.until.0 <= first {
                self.held = None;
                self.feed(handheld, centre, held.until, held);
            }
        }
        if let Some(at) = self.wake.filter(|at| self.waiting.iter().all(|(other, _)| at.0 <= other.0)) {
            self.wake = None;
            return (at, Event::Tick);
        }
        self.waiting.sort_by_key(|(at, _)| at.0);
        assert!(!self.waiting.is_empty(), "the engine waits for something");
        self.waiting.remove(0)
    }

    /// Carries out a call.
    fn carry(&mut self, handheld: &Handheld, centre: &mut Centre, effect: Effect) {
        let now = handheld.now;
        centre.now = centre.now.max(now);
        if let Effect::WakeAt(at) = effect {
            self.wake = Some(self.wake.map_or(at, |known| known.min(at)));
            return;
        }
        self.calls += u64::from(!matches!(effect, Effect::RowsChanged | Effect::Answered(_)));
        match effect {
            Effect::Upload(_) if self.parted => self.waiting.push((now, Event::Uploaded(parted()))),
            Effect::Feed { .. } if self.parted => self.waiting.push((now, Event::Fed(parted()))),
            Effect::Snapshot { .. } if self.parted => self.waiting.push((now, Event::Snapped(parted()))),
            Effect::Upload(batch) => {
                let started = Instant::now();
                let up = packed(&batch).len() as u64;
                if batch.ops.len() == 100 {
                    self.hundreds = (self.hundreds.0 + up, self.hundreds.1 + 1);
                }
                let ack = centre.act(|tx, context| receive::receive(tx, context, &batch));
                assert_eq!(ack.stop, None, "it is taken");
                let (ack, down) = self.over(&ack);
                let at = later(now, micros(started.elapsed()) + transfer_us(up + down));
                self.waiting.push((at, Event::Uploaded(Ok(ack))));
                // The commit wakes a feed call that is held.
                if let Some(held) = self.held.take() {
                    self.feed(handheld, centre, at, held);
                }
            }
            Effect::Feed { epoch, cursor, wait_s } => {
                let until = later(now, wait_s * 1_000_000);
                self.feed(handheld, centre, now, Held { until, epoch, cursor });
            }
            Effect::Snapshot { after } => {
                let started = Instant::now();
                let after: Option<Key> = after.map(|key| key.parse().expect("a key"));
                let page = centre.act(|tx, _| feed::snapshot(tx, after.as_ref()));
                let (page, down) = self.over(&page);
                let at = later(now, micros(started.elapsed()) + transfer_us(down));
                self.waiting.push((at, Event::Snapped(Ok(page))));
            }
            _ => {}
        }
    }

    /// Answers a feed call, or holds it while there is nothing to tell.
    fn feed(&mut self, handheld: &Handheld, centre: &mut Centre, now: Millis, call: Held) {
        let started = Instant::now();
        let told = centre.act(|tx, _| feed::feed(tx, &handheld.terminal, call.epoch, call.cursor));
        let Feed::Page(page) = told else { panic!("the feed goes on") };
        if page.rows.is_empty() && now < call.until {
            self.held = Some(call);
            return;
        }
        let (page, down) = self.over(&page);
        let at = later(now, micros(started.elapsed()) + transfer_us(down));
        self.waiting.push((at, Event::Fed(Ok(page))));
    }

    /// An answer as it arrives, and its bytes.
    fn over<T: Serialize + serde::de::DeserializeOwned>(&mut self, answer: &T) -> (T, u64) {
        let body = packed(answer);
        self.bytes_down += body.len() as u64;
        (transport::decode(&body, true).expect("the centre's own answer"), body.len() as u64)
    }
}

fn parted<T>() -> Result<T, NetError> {
    Err(NetError::Unreachable("parted".to_owned()))
}

fn later(at: Millis, us: u64) -> Millis {
    at.plus(i64::try_from(us.div_ceil(1_000)).unwrap_or(i64::MAX))
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// What the network takes for a call with so many bytes, in microseconds.
const fn transfer_us(bytes: u64) -> u64 {
    ROUND_TRIP_US + bytes * 1_000_000 / BYTES_PER_S
}

/// A body as it is sent.
pub(crate) fn packed(value: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_vec(value).expect("plain data");
    zstd::encode_all(json.as_slice(), 3).expect("memory to pack in")
}
