//! The engine beside a store that fails, and before a centre that does not behave.

use aisle_core::{
    id::Code,
    task::{
        op::Note,
        rows::Key,
        state::{Operator, Role},
    },
    wire::{
        sum::{RowSum, seal},
        v1::FeedRow,
    },
};
use tempfile::TempDir;

mod strange;

use super::*;
use crate::store::{Durability, Position};

const EPOCH: Incarnation = Incarnation(5);
const CENTRE: Incarnation = Incarnation(6);

struct Bench {
    folder: TempDir,
    store: Store,
    engine: Engine,
    now: Millis,
    mint: Mint,
}

impl Bench {
    /// A terminal whose cache is at cursor 10 of the feed; its first calls are out.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut mint = Mint::new([1; 32]);
        let terminal = Code::parse("H1").unwrap();
        let mut store = Store::open(folder.path(), &terminal, Durability::Off, Millis(1), &mut mint).unwrap();
        let incarnation = Some(store.journal.incarnation());
        let position =
            Position { epoch: Some(EPOCH), cursor: 10, incarnation, applied_hi: 0, heard_at: Millis(1) };
        store.view.take(&[], position, true).unwrap();
        let engine = Engine::new("test", Mint::new([2; 32]));
        Self { folder, store, engine, now: Millis(1_000), mint }
    }

    fn append(&mut self, count: usize) {
        let badge: Code<Operator> = Code::parse("100").unwrap();
        let note = || Op::Note(Note::SignedOn { role: Role::Picker });
        let ops: Vec<(Id<Op>, Op)> = (0..count).map(|_| (self.mint.id(self.now), note())).collect();
        self.store.append(self.now, &badge, &ops).unwrap();
    }

    fn does(&mut self, event: Event) -> Vec<Effect> {
        self.engine.step(self.now, event, &mut self.store).unwrap()
    }

    /// Lets time pass until the engine has sent something again; tells after how long, and what.
    fn waits(&mut self, mut effects: Vec<Effect>) -> (i64, Vec<Effect>) {
        let since = self.now;
        loop {
            let calls: Vec<Effect> = effects.iter().filter(|effect| is_call(effect)).cloned().collect();
            if !calls.is_empty() {
                return (self.now.0 - since.0, calls);
            }
            let at = effects.iter().filter_map(|effect| match effect {
                Effect::WakeAt(at) => Some(*at),
                _ => None,
            });
            self.now = at.min().expect("it sends something or asks to be woken").max(self.now);
            effects = self.does(Event::Tick);
        }
    }

    fn page(&self, rows: Vec<FeedRow>, more: bool) -> FeedPage {
        FeedPage {
            centre: Some(CENTRE),
            epoch: EPOCH,
            to: rows.last().map_or(10, |row| row.seq),
            more,
            rows,
            my_applied_hi: 0,
            my_safe_hi: 0,
            book: 0,
            sum: None,
            my_incarnation: Some(self.store.journal.incarnation()),
            my_link: None,
        }
    }
}

const fn is_call(effect: &Effect) -> bool {
    matches!(effect, Effect::Upload(_) | Effect::Salvage(_) | Effect::Feed { .. } | Effect::Snapshot { .. })
}

fn ack(applied_hi: u64) -> Ack {
    Ack { centre: CENTRE, applied_hi, safe_hi: 0, verdicts: Vec::new(), stop: None }
}

fn gone(tote: &str, seq: u64) -> FeedRow {
    FeedRow { key: format!("tote/{tote}").parse::<Key>().unwrap(), seq, body: None }
}

fn cursor(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Feed { cursor, .. } => Some(*cursor),
        _ => None,
    })
}

fn first_sent(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Upload(batch) => batch.ops.first().map(|op| op.seq),
        _ => None,
    })
}

#[test]
fn a_store_that_fails_before_the_first_call_leaves_both_lanes_able_to_go() {
    for close in [Store::close, Store::close_cache] {
        let mut bench = Bench::new();
        bench.append(2);
        close(&mut bench.store);
        assert!(bench.engine.step(bench.now, Event::Wake, &mut bench.store).is_err());
        bench.store.reopen(bench.now).unwrap();
        bench.now = bench.engine.reopened(bench.now).max(Millis(bench.now.0 + 60_000));
        let effects = bench.does(Event::Tick);
        assert_eq!((first_sent(&effects), cursor(&effects)), (Some(1), Some(10)));
    }
}

#[test]
fn files_that_stay_closed_are_not_tried_in_a_tight_loop() {
    let mut bench = Bench::new();
    bench.append(2);
    bench.store.close();
    let since = bench.now;
    for _ in 0..30 {
        assert!(bench.engine.step(bench.now, Event::Tick, &mut bench.store).is_err());
        bench.now = bench.engine.reopened(bench.now);
    }
    assert!(bench.now.0 - since.0 > 60_000, "{} ms over 30 tries", bench.now.0 - since.0);
}

#[test]
fn an_ack_that_could_not_be_kept_is_asked_for_again() {
    let mut bench = Bench::new();
    bench.append(2);
    assert_eq!(first_sent(&bench.does(Event::Wake)), Some(1));
    bench.store.close();
    assert!(bench.engine.step(bench.now, Event::Uploaded(Ok(ack(2))), &mut bench.store).is_err());
    bench.store.reopen(bench.now).unwrap();
    assert!(bench.engine.reopened(bench.now) > bench.now, "not in a tight loop");
    bench.now = Millis(bench.now.0 + 60_000);
    let effects = bench.does(Event::Tick);
    assert_eq!(first_sent(&effects), Some(1), "the lane goes again");
    assert_eq!(cursor(&effects), None, "the feed call is still out");
    bench.does(Event::Uploaded(Ok(ack(2))));
    assert_eq!(bench.store.journal.unsent(), 0);
}

#[test]
fn rows_that_could_not_be_kept_are_kept_with_the_next_answer() {
    let mut bench = Bench::new();
    bench.does(Event::Wake);
    bench.store.close();
    let page = bench.page(vec![gone("T1", 11), gone("T2", 12)], false);
    assert!(bench.engine.step(bench.now, Event::Fed(Ok(page)), &mut bench.store).is_err());
    bench.store.reopen(bench.now).unwrap();
    bench.now = Millis(bench.now.0 + 60_000);
    assert_eq!(cursor(&bench.does(Event::Tick)), Some(12));
    let page = FeedPage { to: 12, ..bench.page(Vec::new(), false) };
    let effects = bench.does(Event::Fed(Ok(page)));
    assert!(effects.contains(&Effect::RowsChanged), "{effects:?}");
    assert_eq!(bench.store.view.position().unwrap().cursor, 12);
}

#[test]
fn a_snapshot_that_could_not_be_kept_is_still_one_when_the_store_holds_again() {
    let mut bench = Bench::new();
    bench.does(Event::Wake);
    bench.does(Event::Fed(Err(NetError::SnapshotRequired)));
    let page = SnapshotPage { epoch: Incarnation(9), as_of: 3, rows: vec![gone("T1", 1)], next: None };
    assert_eq!(cursor(&bench.does(Event::Snapped(Ok(page)))), Some(3));
    bench.store.close();
    let page = FeedPage { epoch: Incarnation(9), to: 3, ..bench.page(Vec::new(), false) };
    assert!(bench.engine.step(bench.now, Event::Fed(Ok(page.clone())), &mut bench.store).is_err());
    bench.store.reopen(bench.now).unwrap();
    bench.now = Millis(bench.now.0 + 60_000);
    assert_eq!(cursor(&bench.does(Event::Tick)), Some(3));
    bench.does(Event::Fed(Ok(page)));
    assert_eq!(bench.store.view.position().unwrap().epoch, Some(Incarnation(9)));
}

#[test]
fn a_cache_that_was_lost_while_a_feed_call_was_out_is_fetched_whole() {
    let mut bench = Bench::new();
    bench.does(Event::Wake);
    bench.store.lose_cache();
    let effects = bench.does(Event::Fed(Ok(bench.page(vec![gone("T1", 11)], false))));
    assert!(effects.contains(&Effect::Snapshot { after: None }), "{effects:?}");
    assert_eq!(bench.store.view.position().unwrap().epoch, None);
}

#[test]
fn who_answers_without_being_the_centre_has_not_been_reached() {
    for error in [NetError::Garbled("a portal".into()), NetError::Unauthorized] {
        let mut bench = Bench::new();
        bench.append(1);
        bench.does(Event::Wake);
        bench.does(Event::Uploaded(Ok(ack(1))));
        assert!(bench.engine.status().online);
        bench.does(Event::Fed(Err(error)));
        assert!(!bench.engine.status().online, "what is done now does not reach the centre");
        assert!(bench.engine.status().trouble.is_some());
    }
}

#[test]
fn rows_that_are_not_the_centres_are_fetched_anew_once_and_the_centre_is_told() {
    let mut bench = Bench::new();
    bench.append(1);
    let out = bench.does(Event::Wake);
    assert!(out.iter().any(|effect| matches!(effect, Effect::Upload(batch) if !batch.desynced)));
    let theirs = RowSum::default().with(&seal("tote/T1", Some("{}")));
    let page = |bench: &Bench| FeedPage { sum: Some(theirs), ..bench.page(Vec::new(), false) };
    let told = page(&bench);
    let effects = bench.does(Event::Fed(Ok(told)));
    assert_eq!(bench.engine.status().trouble, Some(Trouble::Desynced));
    let (_, calls) = bench.waits(effects);
    assert_eq!(calls, [Effect::Snapshot { after: None }]);
    // The batch that was out says nothing of it; the next one does, until it is answered.
    bench.does(Event::Uploaded(Ok(ack(1))));
    for _ in 0..2 {
        bench.append(1);
        let out = bench.does(Event::Wake);
        assert!(out.iter().any(|effect| matches!(effect, Effect::Upload(batch) if batch.desynced)));
        bench.does(Event::Uploaded(Err(NetError::Busy { after_ms: Some(1) })));
        bench.now = bench.now.plus(60_000);
    }
    bench.does(Event::Tick);
    bench.does(Event::Uploaded(Ok(ack(3))));
    bench.append(1);
    let out = bench.does(Event::Wake);
    assert!(out.iter().any(|effect| matches!(effect, Effect::Upload(batch) if !batch.desynced)));
    // All rows come; they are the centre's now.
    let body = Some(serde_json::value::RawValue::from_string("{}".to_owned()).unwrap());
    let row = FeedRow { key: "tote/T1".parse::<Key>().unwrap(), seq: 1, body };
    let all = |rows| SnapshotPage { epoch: EPOCH, as_of: 10, rows, next: None };
    bench.does(Event::Snapped(Ok(all(vec![row]))));
    let told = page(&bench);
    bench.does(Event::Fed(Ok(told)));
    assert_eq!(bench.engine.status().trouble, None);
    // Rows that differ although they were just fetched are not fetched again and again.
    let other = FeedPage { sum: Some(RowSum::default()), ..bench.page(Vec::new(), false) };
    let effects = bench.does(Event::Fed(Ok(other.clone())));
    let (_, calls) = bench.waits(effects);
    assert_eq!(calls, [Effect::Snapshot { after: None }]);
    let body = Some(serde_json::value::RawValue::from_string("{}".to_owned()).unwrap());
    let row = FeedRow { key: "tote/T1".parse::<Key>().unwrap(), seq: 1, body };
    bench.does(Event::Snapped(Ok(all(vec![row]))));
    for _ in 0..3 {
        let effects = bench.does(Event::Fed(Ok(other.clone())));
        let (_, calls) = bench.waits(effects);
        assert!(matches!(calls[..], [Effect::Feed { .. }]), "{calls:?}");
        assert_eq!(bench.engine.status().trouble, Some(Trouble::Desynced), "somebody is to look");
    }
}
