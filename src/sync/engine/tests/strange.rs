//! A centre that was restored, that knows another history, or that is none.

use aisle_core::wire::{
    chain::Link,
    v1::{Answer, BATCH_MAX_OPS, Batch, FactVerdict, Stop, Verdict},
};

use super::*;
use crate::sync::backoff::{CAP_MS, SLOT_MAX_MS, SPREAD_MS};

impl Bench {
    /// Everything in the journal is at the centre, and the engine waits for news.
    fn told(count: usize) -> Self {
        let mut bench = Self::new();
        bench.append(count);
        bench.does(Event::Wake);
        bench.does(Event::Uploaded(Ok(ack(count as u64))));
        bench
    }

    fn trouble(&self) -> Option<Trouble> {
        self.engine.status().trouble
    }

    fn stop(&mut self, applied_hi: u64, stop: Stop) -> Vec<Effect> {
        self.does(Event::Uploaded(Ok(Ack { stop: Some(stop), ..ack(applied_hi) })))
    }
}

fn batch(effects: &[Effect]) -> &Batch {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Upload(batch) => Some(batch),
        _ => None,
    });
    found.expect("a batch is sent")
}

fn fork(hi: u64) -> Stop {
    Stop::Fork { hi, link: Link([0; 32]) }
}

#[test]
fn a_centre_that_has_more_of_this_journal_than_lies_here_gets_a_new_life_of_it() {
    let mut bench = Bench::new();
    bench.append(2);
    let first = bench.store.journal.incarnation();
    bench.does(Event::Wake);
    let effects = bench.stop(0, Stop::Gap { expected: 9 });
    let batch = batch(&effects);
    assert_ne!(batch.incarnation, first);
    assert_eq!(batch.ops.iter().map(|op| op.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(bench.trouble(), None);
}

#[test]
fn a_forked_journal_goes_on_under_a_new_life_with_the_same_ids() {
    let mut bench = Bench::told(2);
    bench.append(3);
    let ids: Vec<_> = bench.store.journal.ops_after(2, 9).unwrap().iter().map(|op| op.id).collect();
    let first = bench.store.journal.incarnation();
    bench.does(Event::Wake);
    let effects = bench.stop(4, fork(4));
    let batch = batch(&effects);
    assert_ne!(batch.incarnation, first);
    assert!(batch.ops.iter().map(|op| op.id).collect::<Vec<_>>().ends_with(&ids));
    assert!(effects.contains(&Effect::RowsChanged));
    assert_eq!((bench.trouble(), bench.store.journal.heard().applied_hi), (None, 0));
}

#[test]
fn a_centre_that_calls_every_life_forked_is_told_and_not_asked_in_a_tight_loop() {
    let mut bench = Bench::told(1);
    bench.append(1);
    bench.does(Event::Wake);
    bench.stop(1, fork(1));
    let second = bench.store.journal.incarnation();
    for _ in 0..20 {
        let effects = bench.stop(0, fork(1));
        assert_eq!(bench.trouble(), Some(Trouble::Fork));
        bench.waits(effects);
        bench.now = Millis(bench.now.0 + 1);
    }
    assert_eq!(bench.store.journal.incarnation(), second, "no life without end");
    let all = bench.store.journal.last_seq();
    bench.does(Event::Uploaded(Ok(ack(all))));
    assert_eq!((bench.trouble(), bench.store.journal.unsent()), (None, 0));
}

#[test]
fn a_fork_heard_from_the_feed_waits_for_the_batch_that_is_out() {
    let mut bench = Bench::told(2);
    bench.append(1);
    bench.does(Event::Wake);
    let first = bench.store.journal.incarnation();
    let page = FeedPage { my_applied_hi: 9, ..bench.page(Vec::new(), false) };
    bench.does(Event::Fed(Ok(page)));
    assert_eq!(bench.store.journal.incarnation(), first);
    let id = bench.store.journal.ops_after(2, 9).unwrap()[0].id;
    let verdict = Verdict::Fact(FactVerdict::Accepted);
    let answer = Ack { verdicts: vec![Answer { seq: 3, verdict: verdict.clone() }], ..ack(9) };
    let effects = bench.does(Event::Uploaded(Ok(answer)));
    assert!(effects.contains(&Effect::Answered(vec![(id, verdict)])), "{effects:?}");
    assert_ne!(bench.store.journal.incarnation(), first);
}

#[test]
fn a_feed_that_contains_more_of_this_journal_than_lies_here_begins_a_new_life() {
    let mut bench = Bench::told(2);
    let first = bench.store.journal.incarnation();
    let page = FeedPage { my_applied_hi: 5, ..bench.page(Vec::new(), false) };
    let effects = bench.does(Event::Fed(Ok(page)));
    assert_ne!(bench.store.journal.incarnation(), first);
    assert_eq!(first_sent(&effects), Some(1), "what is not safe is sent again");
}

#[test]
fn a_centre_restored_from_an_older_copy_is_sent_what_it_lost() {
    // It says so itself.
    let mut bench = Bench::told(4);
    bench.append(1);
    bench.does(Event::Wake);
    let restored = Ack { centre: Incarnation(66), ..ack(2) };
    let effects = bench.does(Event::Uploaded(Ok(Ack { stop: Some(Stop::Gap { expected: 3 }), ..restored })));
    assert_eq!(first_sent(&effects), Some(3));
    // The rows show it, in a feed that began anew, and nothing else is to be sent.
    let mut bench = Bench::told(4);
    bench.store.journal.mark_safe(3);
    bench.does(Event::Fed(Err(NetError::SnapshotRequired)));
    let page = SnapshotPage { epoch: Incarnation(9), as_of: 3, rows: Vec::new(), next: None };
    bench.does(Event::Snapped(Ok(page)));
    let page = FeedPage { epoch: Incarnation(9), to: 3, my_applied_hi: 1, ..bench.page(Vec::new(), false) };
    let effects = bench.does(Event::Fed(Ok(page)));
    assert_eq!(first_sent(&effects), Some(2));
    // It does not know this journal at all any more.
    let mut bench = Bench::told(4);
    bench.does(Event::Fed(Err(NetError::SnapshotRequired)));
    let page = SnapshotPage { epoch: Incarnation(9), as_of: 3, rows: Vec::new(), next: None };
    bench.does(Event::Snapped(Ok(page)));
    let page =
        FeedPage { epoch: Incarnation(9), to: 3, my_incarnation: None, ..bench.page(Vec::new(), false) };
    let effects = bench.does(Event::Fed(Ok(page)));
    assert_eq!(first_sent(&effects), Some(1));
}

#[test]
fn a_centre_restored_before_the_cache_was_filled_is_sent_what_it_lost() {
    for known in [None, Some(Incarnation(3))] {
        let mut bench = Bench::told(4);
        let empty =
            Position { epoch: None, cursor: 0, incarnation: None, applied_hi: 0, heard_at: Millis(1) };
        bench.store.view.take(&[], empty, true).unwrap();
        bench.does(Event::Fed(Err(NetError::SnapshotRequired)));
        let page = SnapshotPage { epoch: Incarnation(9), as_of: 3, rows: Vec::new(), next: None };
        bench.does(Event::Snapped(Ok(page)));
        let page = FeedPage {
            centre: Some(Incarnation(66)),
            epoch: Incarnation(9),
            to: 3,
            my_incarnation: known,
            ..bench.page(Vec::new(), false)
        };
        let effects = bench.does(Event::Fed(Ok(page)));
        assert_eq!(first_sent(&effects), Some(1));
    }
}

#[test]
fn what_a_restored_centre_has_beyond_what_was_safe_is_sent_for_its_verdicts() {
    let mut bench = Bench::told(4);
    bench.store.journal.mark_safe(2);
    bench.append(1);
    bench.does(Event::Wake);
    bench.does(Event::Fed(Err(NetError::SnapshotRequired)));
    let page = SnapshotPage { epoch: Incarnation(9), as_of: 3, rows: Vec::new(), next: None };
    bench.does(Event::Snapped(Ok(page)));
    let page = FeedPage { epoch: Incarnation(9), to: 3, my_applied_hi: 4, ..bench.page(Vec::new(), false) };
    bench.does(Event::Fed(Ok(page)));
    let effects = bench.does(Event::Uploaded(Ok(ack(5))));
    assert_eq!(first_sent(&effects), Some(3), "the answer that was under way says nothing");
}

#[test]
fn a_page_read_before_an_ack_is_no_sign_of_a_restored_centre() {
    let mut bench = Bench::told(2);
    let page = bench.page(vec![gone("T1", 11)], false);
    let effects = bench.does(Event::Fed(Ok(page)));
    assert_eq!(first_sent(&effects), None, "the call was made before the ack came");
    assert_eq!(bench.store.journal.unsent(), 0);
}

#[test]
fn verdicts_that_were_lost_with_the_answer_to_a_longer_batch_are_asked_for() {
    let mut bench = Bench::new();
    bench.append(3);
    bench.does(Event::Wake);
    for _ in 0..6 {
        bench.now = Millis(bench.now.0 + 60_000);
        bench.does(Event::Uploaded(Err(NetError::Unreachable("gone".into()))));
    }
    bench.now = Millis(bench.now.0 + 60_000);
    assert_eq!(batch(&bench.does(Event::Tick)).ops.len(), 1, "the line takes no more");
    let verdict = Verdict::Fact(FactVerdict::Accepted);
    let answer = Ack { verdicts: vec![Answer { seq: 1, verdict }], ..ack(3) };
    let effects = bench.does(Event::Uploaded(Ok(answer)));
    assert_eq!(first_sent(&effects), Some(2), "it has them, and its verdicts on them are not here");
}

#[test]
fn a_gap_before_what_was_let_go_of_is_told() {
    let mut bench = Bench::new();
    bench.append(3);
    bench.does(Event::Wake);
    let verdict = || Verdict::Fact(FactVerdict::Accepted);
    let verdicts = (1..=3).map(|seq| Answer { seq, verdict: verdict() }).collect();
    bench.does(Event::Uploaded(Ok(Ack { safe_hi: 3, verdicts, ..ack(3) })));
    bench.does(Event::Fed(Ok(FeedPage { my_applied_hi: 3, ..bench.page(Vec::new(), false) })));
    bench.now = Millis(bench.now.0 + 8 * 24 * 3_600_000);
    bench.does(Event::Tick);
    assert_eq!(bench.store.journal.base(), 2, "the last sign-on stays");
    bench.append(1);
    bench.does(Event::Tick);
    let effects = bench.stop(1, Stop::Gap { expected: 2 });
    assert_eq!(bench.trouble(), Some(Trouble::Missing));
    let (_, calls) = bench.waits(effects);
    assert_eq!(first_sent(&calls), Some(4), "it goes on trying");
    bench.does(Event::Uploaded(Ok(ack(4))));
    assert_eq!(bench.trouble(), None);
}

#[test]
fn a_turn_far_away_is_not_waited_for() {
    let longest = i64::try_from(SLOT_MAX_MS + SPREAD_MS).unwrap();
    let day = Some(86_400_000);
    let mut bench = Bench::new();
    bench.append(1);
    bench.does(Event::Wake);
    let effects = bench.does(Event::Uploaded(Err(NetError::Busy { after_ms: day })));
    let (after, _) = bench.waits(effects);
    assert!((i64::try_from(SLOT_MAX_MS).unwrap()..=longest).contains(&after), "{after} ms");
    let effects = bench.stop(0, Stop::Retry { after_ms: u64::MAX });
    assert!(bench.waits(effects).0 <= longest);
    let effects = bench.does(Event::Fed(Err(NetError::Busy { after_ms: day })));
    assert!(bench.waits(effects).0 <= longest);
}

#[test]
fn more_rows_that_never_come_are_not_asked_for_in_a_tight_loop() {
    let mut bench = Bench::new();
    bench.does(Event::Wake);
    let pages: [&dyn Fn(&Bench) -> FeedPage; 2] =
        [&|b| b.page(Vec::new(), true), &|b| b.page(vec![gone("T1", 4)], true)];
    for page in pages {
        let mut waited = 0;
        for _ in 0..30 {
            let page = page(&bench);
            let effects = bench.does(Event::Fed(Ok(page)));
            waited += bench.waits(effects).0;
        }
        assert!(waited > 10 * i64::try_from(CAP_MS / 4).unwrap(), "{waited} ms over 30 calls");
        assert_eq!(bench.trouble(), Some(Trouble::Garbled));
        assert!(!bench.engine.status().online);
    }
}

#[test]
fn a_centre_that_holds_no_call_is_not_asked_in_a_tight_loop() {
    let mut bench = Bench::new();
    bench.does(Event::Wake);
    let mut waited = 0;
    for _ in 0..30 {
        let page = bench.page(Vec::new(), false);
        let effects = bench.does(Event::Fed(Ok(page)));
        waited += bench.waits(effects).0;
    }
    assert!(waited > 60_000, "{waited} ms over 30 calls");
    assert_eq!(bench.trouble(), None);
    // One that was held is followed by the next at once.
    bench.now = Millis(bench.now.0 + 25_000);
    let page = bench.page(Vec::new(), false);
    let effects = bench.does(Event::Fed(Ok(page)));
    assert_eq!(bench.waits(effects).0, 0);
}

#[test]
fn snapshots_that_lead_nowhere_are_not_fetched_in_a_tight_loop() {
    let next: Key = "tote/T1".parse().unwrap();
    let mut bench = Bench::new();
    bench.does(Event::Wake);
    bench.does(Event::Fed(Err(NetError::SnapshotRequired)));
    let mut waited = 0;
    for round in 0..30 {
        // The same page again and again; a feed that begins anew each time; a cursor that is refused at once.
        let page = |epoch, next| SnapshotPage { epoch, as_of: 3, rows: vec![gone("T1", 1)], next };
        let effects = match round % 3 {
            0 => {
                bench.does(Event::Snapped(Ok(page(Incarnation(7), Some(next.clone())))));
                bench.does(Event::Snapped(Ok(page(Incarnation(7), Some(next.clone())))))
            }
            1 => {
                bench.does(Event::Snapped(Ok(page(Incarnation(round), Some(next.clone())))));
                bench.does(Event::Snapped(Ok(page(Incarnation(round + 100), None))))
            }
            _ => {
                bench.does(Event::Snapped(Ok(page(Incarnation(8), None))));
                bench.does(Event::Fed(Err(NetError::SnapshotRequired)))
            }
        };
        let (after, calls) = bench.waits(effects);
        waited += after;
        assert_eq!(calls, [Effect::Snapshot { after: None }]);
    }
    assert!(waited > 1_000, "{waited} ms over 30 rounds");
    assert_eq!(bench.store.view.position().unwrap().epoch, Some(EPOCH), "the old rows stay meanwhile");
}

#[test]
fn batches_grow_while_the_line_takes_them_and_halve_when_it_does_not() {
    let mut bench = Bench::new();
    bench.append(3_000);
    let mut effects = bench.does(Event::Wake);
    let mut sizes = Vec::new();
    for _ in 0..11 {
        sizes.push(batch(&effects).ops.len());
        let last = batch(&effects).ops.last().unwrap().seq;
        effects = bench.does(Event::Uploaded(Ok(ack(last))));
    }
    assert_eq!(sizes, [50, 100, 150, 200, 250, 300, 350, 400, 450, BATCH_MAX_OPS, 250]);
}

#[test]
fn a_slow_line_gets_no_larger_batches_and_a_lost_answer_halves_them() {
    let mut bench = Bench::new();
    bench.append(400);
    assert_eq!(batch(&bench.does(Event::Wake)).ops.len(), 50);
    bench.now = Millis(bench.now.0 + 4_000);
    let effects = bench.does(Event::Uploaded(Ok(ack(50))));
    assert_eq!(batch(&effects).ops.len(), 50, "slow");
    let effects = bench.does(Event::Uploaded(Err(NetError::Unreachable("gone".into()))));
    let (_, calls) = bench.waits(effects);
    assert_eq!(batch(&calls).ops.len(), 25);
    let effects = bench.does(Event::Uploaded(Err(NetError::Garbled("a portal".into()))));
    let (_, calls) = bench.waits(effects);
    assert_eq!(batch(&calls).ops.len(), 25, "who is not the centre says nothing about the line");
}

/// A terminal whose journal was damaged at its second operation of three.
fn mended() -> Bench {
    let mut bench = Bench::new();
    bench.append(3);
    bench.store.close();
    let raw = rusqlite::Connection::open(bench.folder.path().join("journal.db")).unwrap();
    raw.execute("UPDATE op SET operator = '666' WHERE seq = 2", []).unwrap();
    drop(raw);
    let terminal = Code::parse("H1").unwrap();
    let folder = bench.folder.path();
    bench.store = Store::open(folder, &terminal, Durability::Off, bench.now, &mut bench.mint).unwrap();
    bench
}

#[test]
fn what_was_left_of_a_damaged_journal_goes_to_the_centre_after_the_operations() {
    let mut bench = mended();
    assert_eq!(batch(&bench.does(Event::Wake)).ops.len(), 2);
    let effects = bench.does(Event::Uploaded(Ok(ack(2))));
    let pieces = |effects: &[Effect]| match effects {
        [Effect::Salvage(salvage)] => salvage.pieces.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(pieces(&effects), 1);
    let effects = bench.does(Event::Salvaged(Err(NetError::Unreachable("gone".into()))));
    assert_eq!(pieces(&bench.waits(effects).1), 1);
    bench.does(Event::Salvaged(Ok(Salvaged { centre: CENTRE, kept: 1 })));
    assert!(bench.store.journal.salvage().unwrap().is_none());
}

#[test]
fn a_centre_without_a_quarantine_takes_operations_all_the_same() {
    let mut bench = mended();
    bench.does(Event::Wake);
    bench.does(Event::Uploaded(Ok(ack(2))));
    bench.does(Event::Salvaged(Err(NetError::Garbled("status 404".into()))));
    assert_eq!(bench.trouble(), None);
    bench.append(1);
    assert_eq!(first_sent(&bench.does(Event::Wake)), Some(3));
    assert!(bench.store.journal.salvage().unwrap().is_some(), "the pieces are still here");
}

#[test]
fn a_revoked_terminal_that_has_nothing_to_send_learns_that_the_centre_was_restored() {
    let mut bench = Bench::told(4);
    let refused = bench.does(Event::Fed(Err(NetError::Unauthorized)));
    let asked = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Upload(batch) if batch.ops.is_empty()))
    };
    assert!(asked(&refused), "rows are refused: a batch of nothing asks how far the centre is");
    let effects = bench.does(Event::Uploaded(Ok(ack(4))));
    assert!(!asked(&effects), "once for each refusal");
    assert_eq!(bench.engine.status().trouble, Some(Trouble::Unauthorized), "somebody is to look");
    bench.now = bench.now.plus(60_000);
    bench.does(Event::Tick);
    assert!(asked(&bench.does(Event::Fed(Err(NetError::Unauthorized)))));
    let restored = Ack { centre: Incarnation(66), ..ack(2) };
    assert_eq!(first_sent(&bench.does(Event::Uploaded(Ok(restored)))), Some(1), "what it lost is sent");
}

#[test]
fn a_copy_of_a_terminal_does_not_take_the_others_operations_for_its_own() {
    let mut bench = Bench::told(2);
    let ours = bench.store.journal.link_at(2).unwrap();
    let page = FeedPage { my_applied_hi: 2, my_link: ours, ..bench.page(Vec::new(), false) };
    bench.does(Event::Fed(Ok(page)));
    bench.now = bench.now.plus(60_000);
    bench.append(3);
    bench.does(Event::Wake);
    // The other copy went on: of this life of the journal the centre has four operations, two of them not from here.
    let theirs = FeedPage { my_applied_hi: 4, my_link: ours, ..bench.page(vec![gone("T1", 11)], false) };
    bench.does(Event::Fed(Ok(theirs)));
    assert_eq!(
        bench.store.view.position().unwrap().applied_hi,
        2,
        "the rows contain what was confirmed here"
    );
    let life = bench.store.journal.incarnation();
    let effects = bench.does(Event::Uploaded(Err(NetError::Unreachable("gone".into()))));
    assert_ne!(bench.store.journal.incarnation(), life, "a new life begins without waiting for an answer");
    assert!(effects.contains(&Effect::RowsChanged));
}
