//! The facts of the suite, one table operation or guard after the other.

use std::collections::BTreeSet;

use aisle_core::{
    order::Address,
    task::rows::{Key, RowKind},
    wire::chain::{Incarnation, Link},
};

use super::*;
use crate::store::{Tx, transact};

/// A fact, by its name.
type Fact = (&'static str, fn(&mut Any));

/// All of them.
pub(super) const SUITE: &[Fact] = &[
    ("rows_come_back_and_the_same_again_changes_nothing", rows_come_back),
    ("a_deleted_row_leaves_a_tombstone_in_the_feed", a_deleted_row),
    ("the_feed_has_no_hole_and_tells_each_row_once", the_feed_has_no_hole),
    ("rows_are_listed_by_kind_and_by_key", rows_are_listed),
    ("numbers_of_a_series_have_no_hole", numbers_of_a_series),
    ("named_values_stay", named_values),
    ("an_order_keeps_what_the_channel_said", an_order_keeps),
    ("a_reference_is_unique_within_its_channel", a_reference_is_unique),
    ("lines_are_the_sum_of_their_parts", lines_are_the_sum),
    ("a_shift_takes_no_more_than_is_there_and_a_fact_may", a_shift_takes),
    ("an_order_with_promises_is_not_forgotten", an_order_with_promises),
    ("the_ledger_numbers_moves_and_refuses_none_moves", the_ledger),
    ("a_level_stays_sound_by_command_and_not_by_fact", a_level_stays_sound),
    ("each_lot_has_a_level_of_its_own", each_lot),
    ("a_claim_of_nothing_is_gone", a_claim),
    ("no_more_is_promised_than_is_free", no_more_is_promised),
    ("a_reservation_of_nothing_is_gone", a_reservation),
    ("a_token_belongs_to_one_terminal", a_token),
    ("an_operation_is_archived_once", an_operation),
    ("what_is_held_is_kept_once_and_decided_once", what_is_held),
    ("events_are_numbered", events),
    ("a_savepoint_undoes_its_own_and_what_was_in_it", a_savepoint),
    ("a_transaction_counts_whole_or_not_at_all", a_transaction),
    ("transactions_do_not_nest", transactions_do_not_nest),
];

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

fn is_guard<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(StoreError::Guard { .. }))
}

/// Runs one transaction that must not fail.
fn act<T>(store: &mut Any, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> T {
    transact(store, work).unwrap()
}

pub(super) fn order(n: u8, reference: &str) -> OrderRecord {
    OrderRecord {
        id: id(n),
        channel: "shop".into(),
        reference: reference.into(),
        kind: OrderKind::Order,
        state: OrderState::Received,
        parked: Some("unknown items".into()),
        placed: Millis(i64::from(n)),
        received: Millis(1_000 - i64::from(n)),
        customer: "17850".into(),
        ship_to: Address { country: "France".into(), ..Address::default() },
        service: code("own_fleet.next_day"),
        due: None,
        content: [n; 32],
    }
}

pub(super) fn line(n: u8, line: u32, ordered: i64) -> LineRecord {
    let mut parts = [q(0); 7];
    parts[Bucket::Unrouted.index()] = q(ordered);
    LineRecord {
        order: id(n),
        line,
        item: item(),
        description: "mug".into(),
        ordered: q(ordered),
        parts,
        amount_minor: 255,
    }
}

pub(super) fn allocation(n: u8, line: u32, open: i64) -> AllocationRecord {
    AllocationRecord {
        fulfilment: id(n),
        line,
        order: id(n),
        site: code("DEMO"),
        item: item(),
        promised: q(open),
        open: q(open),
        consumed: q(0),
        released: q(0),
    }
}

fn posted(quantity: i64, from: &str, to: &str) -> MoveRecord {
    MoveRecord {
        number: 0,
        cause: "import stock".into(),
        item: item(),
        quantity: q(quantity),
        from: at(from),
        to: at(to),
        at: Millis(7),
        actor: "import".into(),
        lot: None,
    }
}

pub(super) fn terminal(name: &str, token: u8) -> TerminalRecord {
    TerminalRecord {
        code: code(name),
        scope: Scope::Terminal,
        token_hash: [token; 32],
        sscc_first: 1,
        sscc_last: 1_000,
        incarnation: None,
        applied_hi: 0,
        link: None,
        revoked: false,
    }
}

pub(super) fn op(name: &str, life: u64, seq: u64, n: u8, repeated: bool) -> OpRecord {
    OpRecord {
        terminal: code(name),
        incarnation: Incarnation(life),
        seq,
        op: id(n),
        link: Link([n; 32]),
        bytes: "{}".into(),
        verdict: format!("verdict {n}"),
        repeated,
    }
}

pub(super) fn held(name: &str, n: u8, cause: Cause) -> HeldRecord {
    HeldRecord {
        number: 0,
        terminal: code(name),
        incarnation: Some(Incarnation(u64::MAX)),
        seq: Some(u64::from(n)),
        op: Some(id(n)),
        cause,
        why: "life".into(),
        bytes: vec![n, 0xff],
        mark: [n; 32],
        received: Millis(3),
        fate: Fate::Held,
        settled_by: None,
        settled_at: None,
        verdict: None,
    }
}

fn what_is_held(store: &mut Any) {
    act(store, |tx| tx.put_terminal(&terminal("H1", 1)));
    assert!(is_guard(transact(store, |tx| tx.hold(&held("H9", 1, Cause::Books)))));
    assert_eq!(act(store, |tx| tx.hold(&held("H1", 1, Cause::Books))), Some(1));
    assert_eq!(act(store, |tx| tx.hold(&held("H1", 1, Cause::Forged))), None);
    let bare = HeldRecord { incarnation: None, seq: None, op: None, ..held("H1", 2, Cause::Salvaged) };
    assert_eq!(act(store, |tx| tx.hold(&bare)), Some(2));
    assert_eq!(store.held(2).unwrap(), Some(HeldRecord { number: 2, ..bare }));
    assert_eq!(store.held(3).unwrap(), None);
    assert_eq!(store.count_held(&code("H1"), Cause::Books).unwrap(), 1);
    let first = store.held(1).unwrap().unwrap();
    let timeless = HeldRecord { fate: Fate::Accepted, ..first.clone() };
    assert!(is_guard(transact(store, |tx| tx.settle_held(&timeless))));
    let (settled_by, verdict) = (Some("LD".to_owned()), Some("v".to_owned()));
    let done = HeldRecord { fate: Fate::Accepted, settled_by, settled_at: Some(Millis(9)), verdict, ..first };
    act(store, |tx| tx.settle_held(&done));
    assert_eq!(store.held(1).unwrap(), Some(done));
    assert_eq!(store.count_held(&code("H1"), Cause::Books).unwrap(), 0);
    assert_eq!(store.accepted_verdict(id(1)).unwrap().as_deref(), Some("v"));
    assert_eq!(store.accepted_verdict(id(2)).unwrap(), None);
    let numbers = |open| store.quarantine(open).unwrap().iter().map(|held| held.number).collect::<Vec<_>>();
    assert_eq!((numbers(true), numbers(false)), (vec![2], vec![1, 2]));
}

fn rows_come_back(store: &mut Any) {
    act(store, |tx| tx.put_body(&key("tote/T1"), "{\"a\":1}"));
    assert_eq!(store.body(&key("tote/T1")).unwrap().as_deref(), Some("{\"a\":1}"));
    assert_eq!(store.body(&key("tote/T2")).unwrap(), None);
    act(store, |tx| tx.put_body(&key("tote/T1"), "{\"a\":1}"));
    assert_eq!(store.feed_hi().unwrap(), 1);
    act(store, |tx| tx.put_body(&key("tote/T1"), "{\"a\":2}"));
    assert_eq!(store.feed_hi().unwrap(), 2);
}

fn a_deleted_row(store: &mut Any) {
    act(store, |tx| {
        tx.put_body(&key("tote/T1"), "{}")?;
        tx.delete_row(&key("tote/T1"))?;
        tx.delete_row(&key("tote/T1"))?;
        tx.delete_row(&key("tote/never"))
    });
    assert_eq!(store.body(&key("tote/T1")).unwrap(), None);
    let fed = store.feed_rows(0, 9).unwrap();
    assert_eq!(fed, [Fed { key: key("tote/T1"), seq: 2, body: None }]);
    assert_eq!(store.rows_by_key(None, 9).unwrap(), []);
    act(store, |tx| tx.put_body(&key("tote/T1"), "{}"));
    assert_eq!(store.feed_rows(2, 9).unwrap()[0].seq, 3);
}

fn the_feed_has_no_hole(store: &mut Any) {
    for n in 0..6 {
        act(store, |tx| tx.put_body(&key(&format!("tote/T{}", n % 3)), &format!("{n}")));
    }
    let fed = store.feed_rows(0, 99).unwrap();
    assert_eq!(fed.iter().map(|row| row.seq).collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(store.feed_rows(4, 1).unwrap(), fed[1..2]);
    assert_eq!(store.feed_rows(6, 9).unwrap(), []);
    assert_eq!((store.feed_hi().unwrap(), store.broken_rows().unwrap()), (6, vec![]));
}

fn rows_are_listed(store: &mut Any) {
    act(store, |tx| {
        for text in ["tote/T2", "tote/T1", "item/9", "totem/T0", "location/B07 14 C", "tote/T3"] {
            tx.put_body(&key(text), "{}")?;
        }
        tx.delete_row(&key("tote/T3"))
    });
    let of = |kind: RowKind| -> Vec<String> {
        store.bodies(&kind).unwrap().into_iter().map(|(key, _)| key.to_string()).collect()
    };
    assert_eq!(of(RowKind::Tote), ["tote/T1", "tote/T2"]);
    assert_eq!(of(RowKind::Unknown("totem".into())), ["totem/T0"]);
    assert_eq!(of(RowKind::Cart), [""; 0]);
    let keys: Vec<String> =
        store.rows_by_key(None, 9).unwrap().into_iter().map(|row| row.key.to_string()).collect();
    assert_eq!(keys, ["item/9", "location/B07 14 C", "tote/T1", "tote/T2", "totem/T0"]);
    let next = store.rows_by_key(Some(&key("location/B07 14 C")), 1).unwrap();
    assert_eq!(next[0].key, key("tote/T1"));
}

fn numbers_of_a_series(store: &mut Any) {
    let drawn = act(store, |tx| Ok([tx.next_number("list")?, tx.next_number("list")?, tx.next_number("x")?]));
    assert_eq!(drawn, [1, 2, 1]);
    assert_eq!((store.last_number("list").unwrap(), store.last_number("y").unwrap()), (2, 0));
}

fn named_values(store: &mut Any) {
    act(store, |tx| tx.set_meta("a", "1").and_then(|()| tx.set_meta("a", "2")));
    assert_eq!(store.meta("a").unwrap().as_deref(), Some("2"));
    assert_eq!(store.meta("b").unwrap(), None);
    assert_ne!(store.centre_incarnation().unwrap().0, 0);
    assert_eq!(store.feed_epoch().unwrap().0, 0x0505_0505_0505_0505);
}

fn an_order_keeps(store: &mut Any) {
    let first = order(1, "536365");
    act(store, |tx| tx.put_order(&first).and_then(|()| tx.put_order(&order(2, "536366"))));
    assert_eq!(store.order(first.id).unwrap(), Some(first.clone()));
    let changed = OrderRecord {
        state: OrderState::Open,
        parked: None,
        due: Some(Millis(9)),
        service: code("rate_table.parcel"),
        customer: "somebody else".into(),
        received: Millis(0),
        ..first.clone()
    };
    act(store, |tx| tx.put_order(&changed));
    let kept = store.order_by_reference("shop", "536365").unwrap().unwrap();
    assert_eq!(kept, OrderRecord { customer: first.customer, received: first.received, ..changed });
    let references: Vec<String> = store.orders().unwrap().into_iter().map(|order| order.reference).collect();
    assert_eq!(references, ["536366", "536365"]);
    assert_eq!(store.order(id(3)).unwrap(), None);
    assert_eq!(store.order_by_reference("other", "536365").unwrap(), None);
}

fn a_reference_is_unique(store: &mut Any) {
    act(store, |tx| tx.put_order(&order(1, "536365")));
    assert!(is_guard(transact(store, |tx| tx.put_order(&order(2, "536365")))));
    let elsewhere = OrderRecord { channel: "market".into(), ..order(2, "536365") };
    act(store, |tx| tx.put_order(&elsewhere));
    assert_eq!(store.orders().unwrap().len(), 2);
}

fn lines_are_the_sum(store: &mut Any) {
    act(store, |tx| {
        tx.put_order(&order(1, "536365"))?;
        tx.insert_line(&line(1, 2, 6))?;
        tx.insert_line(&line(1, 1, 4))
    });
    assert_eq!(store.lines(id(1)).unwrap(), [line(1, 1, 4), line(1, 2, 6)]);
    assert_eq!(store.lines_with(Bucket::Unrouted).unwrap().len(), 2);
    assert_eq!(store.lines_with(Bucket::Picked).unwrap(), []);
    let mut torn = line(1, 3, 5);
    torn.parts[0] = q(1);
    for wrong in [torn, line(1, 1, 4), line(1, 4, 0), line(1, 0, 4), line(9, 1, 4)] {
        assert!(is_guard(transact(store, |tx| tx.insert_line(&wrong))), "{wrong:?}");
    }
    let charge = ChargeRecord {
        order: id(1),
        number: 1,
        code: "POST".into(),
        description: "POSTAGE".into(),
        quantity: -1,
        amount_minor: -1_800,
    };
    act(store, |tx| tx.insert_charge(&charge));
    assert!(is_guard(transact(store, |tx| tx.insert_charge(&charge))));
    assert!(is_guard(
        transact(store, |tx| tx.insert_charge(&ChargeRecord { order: id(8), ..charge.clone() }))
    ));
    assert_eq!(store.charges(id(1)).unwrap(), [charge]);
}

fn a_shift_takes(store: &mut Any) {
    use Bucket::{Allocated, Picked, Unrouted};
    act(store, |tx| tx.put_order(&order(1, "536365")).and_then(|()| tx.insert_line(&line(1, 1, 6))));
    let shifted = act(store, |tx| {
        Ok([
            tx.shift_line(id(1), 1, Unrouted, Allocated, q(4))?,
            tx.shift_line(id(1), 1, Unrouted, Allocated, q(3))?,
            tx.shift_line(id(1), 9, Unrouted, Allocated, q(1))?,
        ])
    });
    assert_eq!(shifted, [true, false, false]);
    act(store, |tx| tx.force_line(id(1), 1, Allocated, Picked, q(5)));
    let line = store.lines(id(1)).unwrap().remove(0);
    assert_eq!((line.part(Unrouted), line.part(Allocated), line.part(Picked)), (q(2), q(-1), q(5)));
    assert!(is_guard(transact(store, |tx| tx.force_line(id(1), 9, Allocated, Picked, q(1)))));
}

fn an_order_with_promises(store: &mut Any) {
    act(store, |tx| {
        tx.put_order(&order(1, "536365"))?;
        tx.insert_line(&line(1, 1, 6))?;
        tx.put_allocation(&allocation(1, 1, 6))
    });
    assert!(is_guard(transact(store, |tx| tx.delete_order(id(1)))));
    assert_eq!(store.lines(id(1)).unwrap().len(), 1);
    let picked = AllocationRecord { open: q(1), consumed: q(5), ..allocation(1, 1, 6) };
    act(store, |tx| tx.put_allocation(&picked));
    assert_eq!(store.allocation(id(1), 1).unwrap(), Some(picked.clone()));
    assert_eq!(store.allocations_of(id(1)).unwrap(), std::slice::from_ref(&picked));
    assert_eq!(store.allocation(id(1), 2).unwrap(), None);
    let torn = AllocationRecord { open: q(2), ..picked };
    assert!(is_guard(transact(store, |tx| tx.put_allocation(&torn))));
    assert!(is_guard(transact(store, |tx| tx.put_allocation(&allocation(7, 1, 6)))));
    act(store, |tx| {
        tx.put_order(&order(2, "536366"))?;
        tx.insert_line(&line(2, 1, 6))?;
        tx.delete_order(id(2))?;
        tx.delete_order(id(3))
    });
    assert_eq!((store.orders().unwrap().len(), store.lines(id(2)).unwrap()), (1, vec![]));
    act(store, |tx| tx.put_order(&order(4, "536366")));
}

fn the_ledger(store: &mut Any) {
    let numbers = act(store, |tx| {
        Ok([
            tx.append_move(&posted(5, "virtual:supplier", "loc:A1"))?,
            tx.append_move(&posted(2, "loc:A1", "tote:T1"))?,
        ])
    });
    assert_eq!(numbers, [1, 2]);
    for wrong in
        [posted(0, "loc:A1", "loc:A2"), posted(-1, "loc:A1", "loc:A2"), posted(1, "loc:A1", "loc:A1")]
    {
        assert!(is_guard(transact(store, |tx| tx.append_move(&wrong))));
    }
    let moves = store.moves_after(0, 9).unwrap();
    assert_eq!(moves[1], MoveRecord { number: 2, ..posted(2, "loc:A1", "tote:T1") });
    assert_eq!(
        (store.moves_after(1, 9).unwrap(), store.moves_after(0, 1).unwrap().len()),
        (moves[1..].to_vec(), 1)
    );
    assert_eq!(store.moves_of(&item()).unwrap(), moves);
    assert_eq!(store.moves_of(&code("other")).unwrap(), []);
}

fn each_lot(store: &mut Any) {
    let (place, none) = (at("loc:A1"), q(0));
    let (older, newer) = (code("7F31"), code("7f31"));
    act(store, |tx| {
        assert!(tx.shift_level((&item(), Some(&older)), &place, q(2), none)?);
        assert!(tx.shift_level((&item(), Some(&newer)), &place, q(3), q(1))?);
        assert!(tx.shift_level((&item(), None), &place, q(4), none)?);
        assert!(!tx.shift_level((&item(), Some(&older)), &place, q(-3), none)?);
        Ok(())
    });
    let levels: Vec<_> = store.levels_of(&item()).unwrap().into_iter().map(|l| (l.lot, l.on_hand)).collect();
    assert_eq!(levels, [(None, q(4)), (Some(older.clone()), q(2)), (Some(newer.clone()), q(3))]);
    assert_eq!(store.level((&item(), Some(&newer)), &place).unwrap().assigned, q(1));
    assert_eq!(store.levels_at(&place).unwrap().len(), 3);
    let task = id(7);
    let claim = ClaimRecord { task, item: item(), lot: Some(newer), location: code("A1"), quantity: q(1) };
    act(store, |tx| tx.put_claim(&claim));
    assert_eq!(store.claim(task).unwrap(), Some(claim));
}

fn a_level_stays_sound(store: &mut Any) {
    let (place, none) = (at("loc:A1"), q(0));
    let shifted = act(store, |tx| {
        Ok([
            tx.shift_level((&item(), None), &place, q(-1), none)?,
            tx.shift_level((&item(), None), &place, q(5), none)?,
            tx.shift_level((&item(), None), &place, none, q(6))?,
            tx.shift_level((&item(), None), &place, none, q(4))?,
            tx.shift_level((&item(), None), &place, q(-2), none)?,
            tx.shift_level((&item(), None), &at("virtual:supplier"), q(-5), none)?,
        ])
    });
    assert_eq!(shifted, [false, true, false, true, false, true]);
    let broken = act(store, |tx| tx.force_level((&item(), None), &place, q(-6), none));
    assert_eq!((broken.on_hand, broken.assigned, broken.is_sound()), (q(-1), q(4), false));
    assert_eq!(store.level((&item(), None), &place).unwrap(), broken);
    let mended = act(store, |tx| tx.force_level((&item(), None), &place, q(6), none));
    assert!(mended.is_sound());
    assert_eq!(store.levels_of(&item()).unwrap().len(), 2);
    assert_eq!(store.levels_at(&place).unwrap(), [mended]);
    act(store, |tx| tx.shift_level((&item(), None), &place, q(-5), q(-4)));
    assert_eq!(store.levels_at(&place).unwrap(), []);
    assert_eq!(store.levels().unwrap().len(), 2);
    assert_eq!(store.level((&code("other"), None), &place).unwrap().on_hand, none);
}

fn a_claim(store: &mut Any) {
    let claim = |quantity| ClaimRecord {
        task: id(1),
        item: item(),
        location: code("A1"),
        quantity: q(quantity),
        lot: None,
    };
    act(store, |tx| tx.put_claim(&claim(3)).and_then(|()| tx.put_claim(&claim(2))));
    assert_eq!(store.claim(id(1)).unwrap(), Some(claim(2)));
    assert!(is_guard(transact(store, |tx| tx.put_claim(&claim(-1)))));
    assert_eq!(store.claims().unwrap(), [claim(2)]);
    act(store, |tx| tx.put_claim(&claim(0)));
    assert_eq!((store.claim(id(1)).unwrap(), store.claims().unwrap()), (None, vec![]));
}

fn no_more_is_promised(store: &mut Any) {
    let (site, none) = (code("DEMO"), q(0));
    assert!(!act(store, |tx| tx.allocate(&site, &item(), q(0))), "nothing is known of it yet");
    act(store, |tx| tx.force_sellable(&site, &item(), q(10), none, none));
    act(store, |tx| tx.set_safety(&site, &item(), q(2)));
    let taken = act(store, |tx| {
        Ok([
            tx.allocate(&site, &item(), q(5))?,
            tx.reserve(&site, &item(), q(4))?,
            tx.reserve(&site, &item(), q(3))?,
            tx.allocate(&site, &item(), q(1))?,
        ])
    });
    assert_eq!(taken, [true, false, true, false]);
    let now = store.sellable(&site, &item()).unwrap();
    assert_eq!(
        (now.on_hand, now.allocated, now.reserved, now.safety, now.free()),
        (q(10), q(5), q(3), q(2), q(0))
    );
    for (allocated, reserved) in [(-6, 0), (0, -4)] {
        let less = |tx: &mut Tx<'_>| tx.force_sellable(&site, &item(), none, q(allocated), q(reserved));
        assert!(is_guard(transact(store, less)));
    }
    assert!(is_guard(transact(store, |tx| tx.set_safety(&site, &item(), q(-1)))));
    act(store, |tx| tx.force_sellable(&site, &item(), q(-12), q(-5), q(-3)));
    assert_eq!(store.sellables().unwrap()[0].on_hand, q(-2));
    assert_eq!(store.sellable(&site, &code("other")).unwrap().free(), none);
}

fn a_reservation(store: &mut Any) {
    let made = |quantity, until| ReservationRecord {
        name: "cart 7".into(),
        site: code("DEMO"),
        item: item(),
        quantity: q(quantity),
        until: Millis(until),
    };
    act(store, |tx| tx.put_reservation(&made(3, 10)).and_then(|()| tx.put_reservation(&made(2, 20))));
    assert_eq!(store.reservation("cart 7").unwrap(), Some(made(2, 20)));
    assert!(is_guard(transact(store, |tx| tx.put_reservation(&made(-1, 1)))));
    act(store, |tx| tx.put_reservation(&made(0, 0)));
    assert_eq!((store.reservation("cart 7").unwrap(), store.reservations().unwrap()), (None, vec![]));
}

fn a_token(store: &mut Any) {
    act(store, |tx| tx.put_terminal(&terminal("H2", 2)).and_then(|()| tx.put_terminal(&terminal("H1", 1))));
    assert!(is_guard(transact(store, |tx| tx.put_terminal(&terminal("H3", 1)))));
    let backwards = TerminalRecord { sscc_first: 9, sscc_last: 8, ..terminal("H3", 3) };
    assert!(is_guard(transact(store, |tx| tx.put_terminal(&backwards))));
    let codes: BTreeSet<String> = store.terminals().unwrap().iter().map(|t| t.code.to_string()).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["H1", "H2"]);
    assert_eq!(store.terminal_by_token_hash(&[2; 32]).unwrap().unwrap().code, code("H2"));
    assert_eq!(store.terminal_by_token_hash(&[9; 32]).unwrap(), None);
    let link = Link([4; 32]);
    act(store, |tx| tx.set_terminal_state(&code("H1"), Incarnation(u64::MAX), 7, &link));
    let known = store.terminal_state(&code("H1")).unwrap().unwrap();
    assert_eq!(
        (known.incarnation, known.applied_hi, known.link),
        (Some(Incarnation(u64::MAX)), 7, Some(link))
    );
    assert!(is_guard(transact(store, |tx| tx.set_terminal_state(&code("H9"), Incarnation(1), 1, &link))));
    act(store, |tx| tx.put_terminal(&TerminalRecord { revoked: true, ..known.clone() }));
    assert!(store.terminal_state(&code("H1")).unwrap().unwrap().revoked);
}

fn an_operation(store: &mut Any) {
    act(store, |tx| {
        tx.put_terminal(&terminal("H1", 1))?;
        tx.store_op(&op("H1", 5, 2, 2, false))?;
        tx.store_op(&op("H1", 5, 1, 1, false))?;
        tx.store_op(&op("H1", u64::MAX, 1, 1, true))
    });
    assert_eq!(store.first_op(id(1)).unwrap().map(|op| op.verdict).as_deref(), Some("verdict 1"));
    assert_eq!(store.first_op(id(9)).unwrap(), None);
    assert_eq!(
        store.op_at(&code("H1"), Incarnation(5), 2).unwrap(),
        Some((Link([2; 32]), "verdict 2".to_owned()))
    );
    assert_eq!(store.op_at(&code("H1"), Incarnation(6), 2).unwrap(), None);
    for wrong in [op("H1", 5, 2, 3, false), op("H1", 5, 3, 1, false), op("H9", 5, 3, 3, false)] {
        assert!(is_guard(transact(store, |tx| tx.store_op(&wrong))), "{wrong:?}");
    }
    assert_eq!(store.ops_of(&code("H1")).unwrap().len(), 3);
    assert_eq!(store.ops_of(&code("H2")).unwrap(), []);
}

fn events(store: &mut Any) {
    let event = EventRecord {
        number: 0,
        at: Millis(3),
        kind: "order.allocated".into(),
        subject: "536365".into(),
        body: "{}".into(),
    };
    let numbers = act(store, |tx| Ok([tx.append_event(&event)?, tx.append_event(&event)?]));
    assert_eq!(numbers, [1, 2]);
    assert_eq!(store.events_after(1, 9).unwrap(), [EventRecord { number: 2, ..event }]);
    assert_eq!(store.events_after(0, 1).unwrap().len(), 1);
}

fn a_savepoint(store: &mut Any) {
    let no = || StoreError::Guard { what: "no".into() };
    act(store, |tx| {
        tx.set_meta("a", "before")?;
        let undone: Result<()> = tx.savepoint(|tx| {
            tx.set_meta("a", "inside")?;
            tx.savepoint(|tx| tx.set_meta("b", "kept by the inner one alone"))?;
            tx.put_body(&key("tote/T1"), "{}")?;
            Err(no())
        });
        assert!(undone.is_err());
        assert_eq!((tx.meta("a")?.as_deref(), tx.meta("b")?, tx.feed_hi()?), (Some("before"), None, 0));
        tx.savepoint(|tx| {
            tx.put_body(&key("tote/T2"), "{}")?;
            let inner: Result<()> = tx.savepoint(|tx| tx.delete_row(&key("tote/T2")).and(Err(no())));
            assert!(inner.is_err());
            Ok::<_, StoreError>(())
        })
    });
    assert_eq!(
        store.feed_rows(0, 9).unwrap(),
        [Fed { key: key("tote/T2"), seq: 1, body: Some("{}".into()) }]
    );
}

fn a_transaction(store: &mut Any) {
    act(store, |tx| tx.put_body(&key("tote/T1"), "1"));
    let before = everything(store);
    let failed: Result<()> = transact(store, |tx| {
        tx.put_body(&key("tote/T1"), "2")?;
        tx.delete_row(&key("tote/T1"))?;
        tx.put_order(&order(1, "536365"))?;
        tx.insert_line(&line(1, 1, 6))?;
        tx.savepoint(|tx| tx.append_move(&posted(5, "virtual:supplier", "loc:A1")))?;
        tx.force_level((&item(), None), &at("loc:A1"), q(5), q(0))?;
        tx.next_number("list")?;
        tx.savepoint::<(), StoreError>(|_| Err(StoreError::Guard { what: "inner".into() })).unwrap_err();
        Err(StoreError::Guard { what: "no".into() })
    });
    assert!(failed.is_err());
    assert_eq!(everything(store), before);
    act(store, |tx| tx.put_body(&key("tote/T1"), "3"));
    assert_eq!(store.feed_hi().unwrap(), 2);
}

fn transactions_do_not_nest(store: &mut Any) {
    store.begin().unwrap();
    assert!(store.begin().is_err());
    store.set_meta("a", "1").unwrap();
    store.commit().unwrap();
    assert!(store.commit().is_err());
    store.rollback().unwrap();
    assert_eq!(store.meta("a").unwrap().as_deref(), Some("1"));
}
