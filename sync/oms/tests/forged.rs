//! What a broken or forged terminal can send, and what the books say after it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "books/house.rs"]
#[allow(dead_code, reason = "this program tells fewer stories than the books")]
mod house;

use aisle_core::{
    id::{Code, Mint},
    quantity::Quantity,
    task::{
        op::{Fact, Family, Op, Request},
        rows::Rows,
        state::{FulfilmentOrder, Operator, PickTask, ShortReason, Terminal},
        trouble::{Remedy, Trouble, TroubleKind},
    },
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::{
            Ack, Batch, FactVerdict, No, NoteVerdict, PIECE_MAX_BYTES, Piece, RequestVerdict,
            SALVAGE_MAX_PIECES, Salvage, Stop, VERSION, Verdict, WireOp,
        },
    },
};
use aisle_oms::{
    store::record::{Bucket, Cause, Fate, Scope},
    sync::{
        quarantine::{self, Decided},
        receive::{self, BadBatch},
    },
    terminal,
};
use house::{House, code};
use serde_json::value::RawValue;

/// A terminal that may send anything at all, on an unbroken chain.
struct Forger {
    terminal: Code<Terminal>,
    incarnation: Incarnation,
    link: Link,
    seq: u64,
    mint: Mint,
}

impl Forger {
    fn enrolled(house: &mut House, name: &str) -> Self {
        let terminal: Code<Terminal> = code(name);
        house.act(|tx, context| {
            terminal::enrol(tx, context, &terminal, Scope::Terminal, name, "http://x")
                .map(|done| done.unwrap())
        });
        let incarnation = Incarnation(7);
        let link = Link::origin(&terminal, incarnation);
        Self { terminal, incarnation, link, seq: 0, mint: Mint::new([9; 32]) }
    }

    fn wire(&mut self, family: Family, kind: &str, v: u16, body: &str) -> WireOp {
        self.seq += 1;
        WireOp {
            seq: self.seq,
            id: self.mint.id(Millis(1)),
            family,
            kind: kind.to_owned(),
            v,
            at: Millis(1),
            operator: code("PA"),
            body: RawValue::from_string(body.to_owned()).unwrap(),
        }
    }

    fn fact(&mut self, fact: Fact) -> WireOp {
        let body = String::from_utf8(Op::Fact(fact.clone()).to_bytes()).unwrap();
        self.wire(Family::Fact, fact.kind(), 1, &body)
    }

    fn send(&mut self, house: &mut House, ops: Vec<WireOp>) -> Ack {
        let batch = Batch {
            proto: VERSION,
            app: "test".to_owned(),
            terminal: self.terminal.clone(),
            incarnation: self.incarnation,
            before: self.link,
            ops,
            pending: 0,
            sent_at: house.now,
            battery: None,
            disk: None,
            desynced: false,
        };
        receive::check(&batch, &self.terminal).unwrap();
        let ack = house.act(|tx, context| receive::receive(tx, context, &batch));
        self.link = batch.ops.iter().fold(self.link, |link, op| link.then(op));
        ack
    }
}

/// A house with one order of five cups on a list that PA began.
fn begun() -> (House, PickTask) {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.release();
    let list = house.start("PA", "C1", &["T1"]);
    let task = house.tasks(&list).remove(0);
    (house, task)
}

fn picked(task: &PickTask, quantity: i64) -> Fact {
    house::picked(task, "C1", quantity, None)
}

fn is_parked(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Fact(FactVerdict::Parked { .. })
            | Verdict::Request(RequestVerdict::Parked { .. })
            | Verdict::Note(NoteVerdict::Parked { .. })
    )
}

#[test]
fn a_quantity_that_nobody_can_take_is_parked_and_the_rest_of_the_batch_goes_on() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let quantities = [-5, 0, 1_000_001, i64::MAX, i64::MIN];
    let mut ops: Vec<WireOp> = quantities.iter().map(|by| forger.fact(picked(&task, *by))).collect();
    ops.push(forger.fact(picked(&task, 2)));
    let ack = forger.send(&mut house, ops);
    assert_eq!((ack.applied_hi, ack.stop), (6, None));
    let parked: Vec<bool> = ack.verdicts.iter().map(|answer| is_parked(&answer.verdict)).collect();
    assert_eq!(parked, [true, true, true, true, true, false]);
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(2));
    assert_eq!(house.level("CUP", "cart:C1"), 2);
    house.proved();
}

#[test]
fn a_short_is_undone_at_its_own_stop_alone() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 5)]);
    house.order("2", &[("TIN", 4)]);
    house.release();
    let list = house.start("PA", "C1", &["T1", "T2"]);
    let tasks = house.tasks(&list);
    house.short("PA", &tasks[0], 2);
    let undone = house.trouble().id.retyped();
    house.fact(
        "PA",
        Fact::Shorted {
            task: tasks[1].id,
            item: tasks[1].item.clone(),
            location: tasks[1].location.clone(),
            quantity: Quantity(2),
            reason: ShortReason::Empty,
            undoes: Some(undone),
        },
    );
    assert_eq!(house.row::<PickTask>(&tasks[1].id).short, Quantity::ZERO);
    assert_eq!(house.trouble().quantity, Quantity(2), "the short of the first stop stands");
    house.proved();
}

#[test]
fn a_remedy_for_what_no_longer_waits_is_refused() {
    let (mut house, task) = begun();
    house.short("PA", &task, 2);
    house.stock("sku,location,quantity\nCUP,A03,9\n");
    let order = house.all::<FulfilmentOrder>().remove(0).order;
    house.act(|tx, _| tx.force_line(order, 1, Bucket::Backordered, Bucket::Cancelled, Quantity(1)));
    let exception = house.trouble().id;
    let refused = RequestVerdict::Refused { reason: No::TooLate };
    assert_eq!(house.ask("LD", Request::Settle { exception, remedy: Remedy::PickElsewhere }), refused);
    assert!(house.row::<Trouble>(&exception).settled.is_none());
}

/// What waits in quarantine, as words.
fn held(house: &mut House) -> Vec<(u64, String)> {
    let held = house.act(|tx, _| tx.quarantine(true));
    held.iter().map(|held| (held.number, held.cause.word().to_owned())).collect()
}

fn trouble_of(house: &mut House, kind: TroubleKind) -> Trouble {
    let mut open = house.all::<Trouble>();
    open.retain(|trouble| trouble.settled.is_none() && trouble.kind == kind);
    assert_eq!(open.len(), 1, "{open:?}");
    open.remove(0)
}

#[test]
fn what_is_parked_is_held_byte_for_byte_and_the_lead_sees_one_exception_for_each_cause() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let ops = vec![
        forger.fact(picked(&task, -5)),
        forger.wire(Family::Fact, "put", 1, r#"{"kind":"picked"}"#),
        forger.wire(Family::Fact, "teleported", 1, r#"{"kind":"teleported","to":"the moon"}"#),
        forger.wire(Family::Request, "claim", 9, r#"{"kind":"claim","lists":1}"#),
        forger.wire(Family::Note, "signed_off", 1, r#"{"kind":"signed_off"}"#),
    ];
    let sent: Vec<String> = ops.iter().map(|op| serde_json::to_string(op).unwrap()).collect();
    let ack = forger.send(&mut house, ops);
    assert_eq!(ack.verdicts.iter().filter(|answer| is_parked(&answer.verdict)).count(), 4);
    let words: Vec<String> = held(&mut house).into_iter().map(|(_, cause)| cause).collect();
    assert_eq!(words, ["forged", "forged", "unknown", "unknown"]);
    let kept = house.act(|tx, _| tx.quarantine(true));
    for (held, sent) in kept.iter().zip(&sent) {
        assert_eq!(String::from_utf8_lossy(&held.bytes), *sent);
    }
    let troubles = house.all::<Trouble>();
    assert_eq!(troubles.len(), 2);
    assert!(troubles.iter().all(|trouble| trouble.kind == TroubleKind::Quarantined
        && trouble.quantity == Quantity(2)
        && trouble.terminal == Some(code("H7"))));
    house.proved();
}

#[test]
fn deep_and_odd_bodies_are_held_and_harm_nothing() {
    let (mut house, _) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let deep = |open: &str, close: &str| {
        format!("{{\"kind\":\"picked\",\"x\":{}{}}}", open.repeat(50_000), close.repeat(50_000))
    };
    let bodies = [
        deep("[", "]"),
        deep("{\"a\":", "}").replace(":}", ":1}"),
        "null".to_owned(),
        "[]".to_owned(),
        r#""picked""#.to_owned(),
        r#"{"kind":7}"#.to_owned(),
        r#"{"kind":"picked","kind":"put"}"#.to_owned(),
        "1e999".to_owned(),
        format!("{{\"kind\":\"{}\"}}", "x".repeat(100_000)),
    ];
    let ops: Vec<WireOp> = bodies.iter().map(|body| forger.wire(Family::Fact, "picked", 1, body)).collect();
    let count = ops.len();
    let ack = forger.send(&mut house, ops);
    assert_eq!(ack.stop, None);
    assert!(ack.verdicts.iter().all(|answer| is_parked(&answer.verdict)), "{:?}", ack.verdicts);
    assert_eq!(held(&mut house).len(), count);
    house.proved();
}

#[test]
fn an_id_that_belongs_to_something_else_swallows_no_fact() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let first = forger.fact(picked(&task, 1));
    let mut second = forger.fact(picked(&task, 2));
    second.id = first.id;
    let ack = forger.send(&mut house, vec![first.clone(), second]);
    assert!(!is_parked(&ack.verdicts[0].verdict) && is_parked(&ack.verdicts[1].verdict));
    assert_eq!(held(&mut house), [(1, "forged".to_owned())]);
    forger.seq += 1;
    let again = WireOp { seq: forger.seq, ..first };
    let ack = forger.send(&mut house, vec![again]);
    assert!(!is_parked(&ack.verdicts[0].verdict), "the same operation again is a duplicate");
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(1));
    house.proved();
}

#[test]
fn what_a_revoked_terminal_still_holds_is_kept_and_takes_effect_once_accepted() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let op = forger.fact(picked(&task, 2));
    forger.send(&mut house, vec![op]);
    house.act(|tx, _| terminal::revoke(tx, &code("H7")));
    let ops = vec![forger.fact(picked(&task, 1)), forger.fact(picked(&task, 2))];
    let ack = forger.send(&mut house, ops.clone());
    assert_eq!((ack.applied_hi, ack.stop.clone()), (3, None), "its queue goes on");
    assert!(ack.verdicts.iter().all(|answer| is_parked(&answer.verdict)));
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(2), "nothing of it takes effect");
    let trouble = trouble_of(&mut house, TroubleKind::Quarantined);
    assert_eq!((trouble.quantity, trouble.terminal), (Quantity(2), Some(code("H7"))));
    house.proved();

    let accept =
        |house: &mut House, number| house.act(|tx, context| quarantine::accept(tx, context, number, "LD"));
    assert!(matches!(accept(&mut house, 1), Decided::Applied(Verdict::Fact(FactVerdict::Accepted))));
    assert_eq!(accept(&mut house, 1), Decided::Settled(Fate::Accepted));
    assert_eq!(accept(&mut house, 9), Decided::Unknown);
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(3));
    assert_eq!(trouble_of(&mut house, TroubleKind::Quarantined).quantity, Quantity(1));
    let done = house.act(|tx, context| quarantine::discard(tx, context, 2, "LD"));
    assert_eq!(done, Decided::Discarded);
    assert!(house.all::<Trouble>().iter().all(|trouble| trouble.settled.is_some()));
    let kept = house.act(|tx, _| tx.quarantine(false));
    assert_eq!(kept[1].bytes, serde_json::to_vec(&ops[1]).unwrap(), "what was discarded is still there");
    house.proved();
}

#[test]
fn a_duplicate_of_what_is_held_gets_the_same_verdict_and_is_held_once() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    house.act(|tx, _| terminal::revoke(tx, &code("H7")));
    let op = forger.fact(picked(&task, 1));
    let origin = forger.link;
    let first = forger.send(&mut house, vec![op.clone()]);
    house.act(|tx, context| quarantine::accept(tx, context, 1, "LD"));
    forger.link = origin;
    let second = forger.send(&mut house, vec![op]);
    assert_eq!(first.verdicts, second.verdicts);
    assert_eq!(house.act(|tx, _| tx.quarantine(false)).len(), 1);
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(1));
}

#[test]
fn what_was_unknown_is_applied_once_this_program_knows_it() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let unknown = forger.wire(Family::Fact, "teleported", 1, r#"{"kind":"teleported"}"#);
    forger.send(&mut house, vec![unknown]);
    // As an older program would have left it.
    let known = forger.fact(picked(&task, 2));
    house.act(|tx, context| {
        let bytes = serde_json::to_vec(&known).unwrap();
        let held = quarantine::Held {
            terminal: &code("H7"),
            incarnation: Some(Incarnation(7)),
            seq: Some(known.seq),
            op: Some(known.id),
            operator: Some(&known.operator),
            cause: Cause::Unknown,
            why: "newer than this program",
            bytes: &bytes,
            mark: [1; 32],
        };
        quarantine::hold(tx, context, &held)
    });
    assert_eq!(house.act(quarantine::retry_unknown), 1);
    assert_eq!(house.act(quarantine::retry_unknown), 0);
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(2));
    assert_eq!(held(&mut house), [(1, "unknown".to_owned())], "what is still unknown stays held");
}

/// A damaged journal's pieces: an operation that is whole, and one that is not.
fn salvage(pieces: &[&[u8]]) -> (Salvage, Vec<Vec<u8>>) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let salvage = Salvage {
        proto: VERSION,
        app: "test".to_owned(),
        terminal: code("H7"),
        incarnation: Some(Incarnation(7)),
        why: "the chain breaks at 2".to_owned(),
        pieces: pieces.iter().map(|bytes| Piece { seq: None, id: None, bytes: hex(bytes) }).collect(),
    };
    let bytes = quarantine::check(&salvage, &code("H7")).unwrap();
    (salvage, bytes)
}

#[test]
fn what_is_saved_from_a_damaged_journal_takes_effect_once_whatever_way_it_comes() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let ops = [forger.fact(picked(&task, 1)), forger.fact(picked(&task, 2))];
    let bytes = ops.clone().map(|op| serde_json::to_vec(&op).unwrap());
    let (sent, pieces) = salvage(&[&bytes[0], &bytes[1], b"\x00\xff half of some"]);
    let keep =
        |house: &mut House| house.act(|tx, context| quarantine::salvage(tx, context, &sent, &pieces)).kept;
    assert_eq!(keep(&mut house), 3);
    assert_eq!(keep(&mut house), 0, "the same pieces are kept once");
    assert_eq!(trouble_of(&mut house, TroubleKind::Quarantined).quantity, Quantity(3));
    let accept =
        |house: &mut House, number| house.act(|tx, context| quarantine::accept(tx, context, number, "LD"));
    assert!(matches!(accept(&mut house, 1), Decided::Applied(_)));
    assert!(matches!(accept(&mut house, 3), Decided::Stays(_)));
    // The second life of the journal sends both: one was accepted, the other still waits.
    forger.incarnation = Incarnation(8);
    forger.link = Link::origin(&code("H7"), Incarnation(8));
    let ack = forger.send(&mut house, ops.to_vec());
    assert_eq!(ack.applied_hi, 2);
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(3));
    assert_eq!(accept(&mut house, 2), Decided::Known);
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(3));
    house.proved();
}

#[test]
fn pieces_that_are_no_digits_or_too_many_are_refused_whole() {
    let (mut sent, _) = salvage(&[b"x"]);
    let terminal: Code<Terminal> = code("H7");
    for wrong in ["0", "zz", "+1", &"00".repeat(PIECE_MAX_BYTES + 1)] {
        sent.pieces[0].bytes = wrong.to_owned();
        assert_eq!(quarantine::check(&sent, &terminal), Err(BadBatch::Pieces), "{}", &wrong[..1]);
    }
    sent.pieces[0].bytes = String::new();
    sent.pieces = vec![sent.pieces[0].clone(); SALVAGE_MAX_PIECES + 1];
    assert_eq!(quarantine::check(&sent, &terminal), Err(BadBatch::Pieces));
    assert!(matches!(quarantine::check(&sent, &code("H8")), Err(BadBatch::Foreign { .. })));
}

#[test]
fn a_fact_by_somebody_without_the_role_counts_and_is_seen_once() {
    let (mut house, task) = begun();
    for _ in 0..2 {
        house.pick("PK", &task, "C1", 1);
    }
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(2));
    let trouble = trouble_of(&mut house, TroubleKind::OutOfRole);
    assert_eq!((trouble.by.as_str(), trouble.quantity), ("PK", Quantity(2)));
    let verdict = house.pick("NOBODY", &task, "C1", 1);
    assert!(matches!(verdict, FactVerdict::AcceptedWithException { .. }));
    house.pick("LD", &task, "C1", 1);
    let mut open = house.all::<Trouble>();
    open.retain(|trouble| trouble.kind == TroubleKind::OutOfRole);
    assert_eq!(open.len(), 2, "a lead may do all work");
    let settle = Request::Settle { exception: trouble.id, remedy: Remedy::Acknowledge };
    assert_eq!(house.ask("LD", settle), RequestVerdict::Accepted);
    house.pick("PK", &task, "C1", 1);
    let again = house.row::<Trouble>(&trouble.id);
    assert_eq!((again.settled, again.quantity), (None, Quantity(1)), "it is told anew");
    house.proved();
}

#[test]
fn what_a_revoked_badge_asks_for_is_held_and_what_it_did_stands() {
    let (mut house, task) = begun();
    let mut forger = Forger::enrolled(&mut house, "H7");
    let mut badge = house.row::<Operator>(&code("PA"));
    badge.active = false;
    house.act(|tx, _| tx.keep(badge));
    let ops = vec![
        forger.wire(Family::Note, "signed_on", 1, r#"{"kind":"signed_on","role":"picker"}"#),
        forger.fact(picked(&task, 5)),
        forger.wire(Family::Request, "claim", 1, r#"{"kind":"claim","lists":2}"#),
    ];
    let ack = forger.send(&mut house, ops);
    let parked: Vec<bool> = ack.verdicts.iter().map(|answer| is_parked(&answer.verdict)).collect();
    assert_eq!(parked, [true, false, true]);
    assert!(matches!(ack.verdicts[1].verdict, Verdict::Fact(FactVerdict::AcceptedWithException { .. })));
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(5));
    assert_eq!(trouble_of(&mut house, TroubleKind::Quarantined).quantity, Quantity(2));
    trouble_of(&mut house, TroubleKind::OutOfRole);
    let done = house.act(|tx, context| quarantine::accept(tx, context, 2, "LD"));
    assert_eq!(done, Decided::Applied(Verdict::Request(RequestVerdict::Accepted)));
    house.proved();
}

#[test]
fn two_live_clones_of_a_terminal_raise_an_alarm_and_lose_nothing() {
    let (mut house, task) = begun();
    let mut first = Forger::enrolled(&mut house, "H7");
    let op = first.fact(picked(&task, 1));
    first.send(&mut house, vec![op]);
    // The clone finds that its history forked, begins a life of its own and appends what has no verdict.
    let mut clone = Forger { mint: Mint::new([8; 32]), terminal: code("H7"), ..first };
    let mut first = Forger { mint: Mint::new([10; 32]), terminal: code("H7"), ..clone };
    let op = first.fact(picked(&task, 1));
    first.send(&mut house, vec![op]);
    let op = clone.fact(picked(&task, 1));
    let before = clone.link;
    let ack = clone.send(&mut house, vec![op.clone()]);
    assert!(matches!(ack.stop, Some(Stop::Fork { .. })) && ack.verdicts.is_empty());
    assert_ne!(before, clone.link);
    clone.incarnation = Incarnation(8);
    clone.link = Link::origin(&code("H7"), Incarnation(8));
    clone.seq = 0;
    let again = WireOp { seq: 1, ..op };
    clone.seq = 1;
    assert_eq!(clone.send(&mut house, vec![again]).applied_hi, 1);
    let cloned = |house: &mut House| {
        house.all::<Trouble>().iter().filter(|trouble| trouble.kind == TroubleKind::Cloned).count()
    };
    assert_eq!(cloned(&mut house), 0, "a restored terminal that goes on alone is no alarm");
    for forger in [&mut first, &mut clone] {
        let op = forger.fact(picked(&task, 1));
        forger.send(&mut house, vec![op]);
    }
    assert_eq!(trouble_of(&mut house, TroubleKind::Cloned).terminal, Some(code("H7")));
    assert_eq!(house.row::<PickTask>(&task.id).picked, Quantity(5));
    house.proved();
}
