//! What an offline floor comes to when it is heard: one test for each row of the conflict table that the centre
//! decides, told through whole batches of two terminals. `docs/conflicts.md` names each.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "books/handheld.rs"]
mod handheld;
#[path = "books/house.rs"]
#[allow(dead_code, reason = "this program tells fewer stories than the books")]
mod house;

use aisle_core::{
    id::Id,
    quantity::Quantity,
    task::{
        op::{Fact, Op, Request},
        state::{Content, FulfilmentOrder, ListState, PickList, PickTask, Role, ShortReason},
        trouble::{Remedy, Trouble, TroubleKind},
    },
    wire::v1::{Ack, Disk, FactVerdict, No, RequestVerdict, Stop, Verdict},
};
use aisle_oms::{store::record::Fate, terminal, work::lot};
use handheld::Handheld;
use house::{House, code};

/// Four stops of one order; A, whose scanner is offline, holds them.
struct Floor {
    house: House,
    list: PickList,
    tasks: Vec<PickTask>,
    a: Handheld,
    b: Handheld,
}

impl Floor {
    fn begun(lines: &[(&str, i64)]) -> Self {
        let mut house = House::stocked();
        house.order("1", lines);
        house.release();
        let (mut a, b) = (Handheld::enrolled(&mut house, "HA", 1), Handheld::enrolled(&mut house, "HB", 2));
        let now = house.now;
        a.journal("PA", now, &Op::Request(Request::Claim { lists: 1 }));
        a.send(&mut house);
        let list = house.held("PA");
        a.journal("PA", now, &Op::Fact(Fact::ListStarted { list: list.id, cart: code("C1") }));
        a.journal("PA", now, &tote(&list, "T1"));
        assert_eq!(a.send(&mut house).applied_hi, 3);
        let tasks = house.tasks(&list);
        Self { house, list, tasks, a, b }
    }

    /// A picks and puts, without a network.
    fn a_picks(&mut self, task: usize, quantity: i64) {
        let now = self.house.now;
        self.a.journal("PA", now, &Op::Fact(house::picked(&self.tasks[task], "C1", quantity, None)));
        self.a.journal("PA", now, &Op::Fact(house::put(&self.tasks[task], "C1", "T1", quantity)));
    }

    /// A says that her list is over, as far as she knows of it.
    fn a_says_that_it_is_over(&mut self) {
        let over = Request::Complete { list: self.list.id, epoch: self.list.epoch };
        self.a.journal("PA", self.house.now, &Op::Request(over));
    }

    /// The lead gives all that remains to B, who begins.
    fn reassigned(&mut self) -> (PickList, Vec<PickTask>) {
        let epoch = self.house.row::<PickList>(&self.list.id).epoch;
        let reassign = Request::Reassign { list: self.list.id, epoch, tasks: Vec::new(), to: code("PB") };
        assert_eq!(self.house.ask("LD", reassign), RequestVerdict::Accepted);
        let heirs = self.house.held("PB");
        let now = self.house.now;
        self.b.journal("PB", now, &Op::Fact(Fact::ListStarted { list: heirs.id, cart: code("C2") }));
        self.b.journal("PB", now, &tote(&heirs, "T2"));
        self.b.send(&mut self.house);
        let tasks = self.house.tasks(&heirs);
        (heirs, tasks)
    }

    fn b_picks(&mut self, task: &PickTask, quantity: i64) -> Ack {
        let now = self.house.now;
        self.b.journal("PB", now, &Op::Fact(house::picked(task, "C2", quantity, None)));
        self.b.journal("PB", now, &Op::Fact(house::put(task, "C2", "T2", quantity)));
        self.b.send(&mut self.house)
    }

    fn open(&mut self, kind: TroubleKind) -> Vec<Trouble> {
        let mut open = self.house.all::<Trouble>();
        open.retain(|trouble| trouble.settled.is_none() && trouble.kind == kind);
        open
    }
}

fn tote(list: &PickList, tote: &str) -> Op {
    Op::Fact(Fact::ToteAssigned { list: list.id, slot: list.slots[0].number, tote: code(tote), undoes: None })
}

fn short(task: &PickTask, quantity: i64) -> Op {
    Op::Fact(Fact::Shorted {
        task: task.id,
        item: task.item.clone(),
        location: task.location.clone(),
        quantity: Quantity(quantity),
        reason: ShortReason::Empty,
        undoes: None,
    })
}

fn exceptions(ack: &Ack) -> Vec<Id<Trouble>> {
    let mut all = Vec::new();
    for answer in &ack.verdicts {
        if let Verdict::Fact(FactVerdict::AcceptedWithException { exceptions }) = &answer.verdict {
            all.extend(exceptions);
        }
    }
    all
}

/// Golden test number one: the worked timeline of a reassignment while a scanner is offline.
#[test]
fn a_list_that_was_reassigned_while_its_scanner_was_offline_ends_without_a_loss() {
    let mut floor = Floor::begun(&[("MUG", 2), ("CUP", 2), ("TIN", 2)]);
    assert_eq!(floor.tasks.len(), 3);
    // t1: A picks the first and the second stop; nobody hears of it. t2: the lead gives the rest to B.
    floor.a_picks(0, 2);
    floor.a_picks(1, 2);
    let (heirs, tasks) = floor.reassigned();
    assert_eq!(tasks.len(), 3, "the centre knows of none of A's picks");
    // t3: B picks the second stop too; A picks the third and says that her list is over.
    let second = tasks.iter().find(|task| task.item == floor.tasks[1].item).unwrap().clone();
    assert!(exceptions(&floor.b_picks(&second, 2)).is_empty());
    floor.a_picks(2, 2);
    floor.a_says_that_it_is_over();
    // t4: A is heard again.
    let ack = floor.a.send(&mut floor.house);
    assert_eq!((ack.applied_hi, ack.stop.clone()), (floor.a.ops.len() as u64, None));
    assert!(ack.verdicts.iter().all(|answer| answer.verdict.why_parked().is_none()));
    let last = &ack.verdicts.last().unwrap().verdict;
    let Verdict::Request(RequestVerdict::Superseded { epoch, holder }) = last else { panic!("{last:?}") };
    assert!(*epoch > floor.list.epoch && holder.as_ref() == Some(&code("PB")), "she hears who has it");
    let excess = floor.open(TroubleKind::ExcessPick);
    assert_eq!((excess.len(), excess[0].quantity), (1, Quantity(2)), "both took the second stop");
    assert_eq!(exceptions(&ack).len(), 1);
    for task in floor.house.tasks(&heirs) {
        assert_eq!(task.remaining(), Quantity::ZERO, "nothing is left of B's list: {task:?}");
    }
    floor.house.proved();
    // The same answer again, byte for byte, should the first be lost.
    let again = floor.a.send_after(&mut floor.house, 3);
    assert_eq!(
        serde_json::to_string(&again.verdicts).unwrap(),
        serde_json::to_string(&ack.verdicts).unwrap()
    );
    // t5: the totes meet at packing, what is too many went back.
    assert_eq!(
        floor.house.ask("LD", Request::Settle { exception: excess[0].id, remedy: Remedy::PutBack }),
        RequestVerdict::Accepted
    );
    floor.house.drop_tote("PA", &floor.list, "T1");
    floor.house.drop_tote("PB", &heirs, "T2");
    floor.house.complete("PB", &heirs);
    let order = floor.house.all::<FulfilmentOrder>().remove(0).id;
    let parcel = floor.house.pack_all(&order);
    assert_eq!(floor.house.ship(&[parcel]), RequestVerdict::Accepted);
    assert_eq!(floor.house.lines("1").iter().map(|line| line.parts[6].0).sum::<i64>(), 6, "all of it ships");
    floor.house.proved();
}

#[test]
fn a_pick_of_a_line_that_is_still_ones_own_is_accepted() {
    let mut floor = Floor::begun(&[("CUP", 2)]);
    floor.a_picks(0, 2);
    let ack = floor.a.send(&mut floor.house);
    assert!(ack.verdicts.iter().all(|answer| answer.verdict == Verdict::Fact(FactVerdict::Accepted)));
    floor.house.proved();
}

#[test]
fn a_pick_of_what_another_has_not_begun_withdraws_the_others_line() {
    let mut floor = Floor::begun(&[("CUP", 3)]);
    let (heirs, _) = floor.reassigned();
    floor.a_picks(0, 3);
    let ack = floor.a.send(&mut floor.house);
    assert!(exceptions(&ack).is_empty());
    let heir = floor.house.tasks(&heirs).remove(0);
    assert_eq!((heir.remaining(), heir.withdrawn), (Quantity::ZERO, Quantity(3)));
    floor.house.proved();
}

#[test]
fn a_pick_of_what_another_picked_too_stands_and_the_later_one_is_too_many() {
    let mut floor = Floor::begun(&[("CUP", 2)]);
    let (_, tasks) = floor.reassigned();
    floor.a_picks(0, 2);
    floor.b_picks(&tasks[0], 2);
    let ack = floor.a.send(&mut floor.house);
    assert!(!exceptions(&ack).is_empty());
    let excess = floor.open(TroubleKind::ExcessPick).remove(0);
    assert_eq!((excess.by.as_str(), excess.quantity, excess.owner), ("PA", Quantity(2), Role::Lead));
    assert!(excess.remedies.contains(&Remedy::PutBack));
    floor.house.proved();
}

#[test]
fn a_short_stands_although_stock_came_meanwhile_and_the_lead_may_pick_it_elsewhere() {
    let mut floor = Floor::begun(&[("CUP", 5)]);
    floor.a_picks(0, 3);
    let now = floor.house.now;
    floor.a.journal("PA", now, &short(&floor.tasks[0], 2));
    floor.house.stock("sku,location,quantity\nCUP,A03,9\n");
    let ack = floor.a.send(&mut floor.house);
    assert!(!exceptions(&ack).is_empty());
    let trouble = floor.open(TroubleKind::ShortPick).remove(0);
    assert_eq!(trouble.quantity, Quantity(2));
    floor.house.proved();
    let settle = Request::Settle { exception: trouble.id, remedy: Remedy::PickElsewhere };
    assert_eq!(floor.house.ask("LD", settle.clone()), RequestVerdict::Accepted);
    assert!(matches!(floor.house.ask("LD", settle), RequestVerdict::Refused { .. }), "once");
    floor.house.proved();
}

#[test]
fn more_than_a_count_had_left_may_be_picked_and_the_place_is_to_be_looked_at() {
    let mut floor = Floor::begun(&[("CUP", 5)]);
    floor.a_picks(0, 5);
    let ack = floor.a.send(&mut floor.house);
    assert!(exceptions(&ack).is_empty());
    floor.a_picks(0, 1);
    floor.a.send(&mut floor.house);
    let negative = floor.open(TroubleKind::NegativeStock).remove(0);
    assert_eq!((negative.location, negative.quantity), (Some(code("A02")), Quantity(1)));
    floor.house.proved();
}

#[test]
fn a_list_is_not_closed_by_who_held_it_before() {
    let mut floor = Floor::begun(&[("CUP", 2)]);
    floor.reassigned();
    floor.a_says_that_it_is_over();
    let ack = floor.a.send(&mut floor.house);
    let last = &ack.verdicts.last().unwrap().verdict;
    assert!(
        matches!(last, Verdict::Request(RequestVerdict::Superseded { holder: Some(who), .. }) if *who == code("PB"))
    );
    floor.house.proved();
}

#[test]
fn a_tote_that_is_open_elsewhere_is_told_with_what_both_put_in() {
    let mut house = House::stocked();
    for (reference, item) in [("1", "CUP"), ("2", "TIN")] {
        house.order(reference, &[(item, 2)]);
    }
    house.settings.release.cart_slots = 1;
    house.release();
    let first = house.start("PA", "C1", &["T1"]);
    let second = house.start("PB", "C2", &[]);
    let task = house.tasks(&first).remove(0);
    house.pick("PA", &task, "C1", 2);
    house.put("PA", &task, "C1", "T1", 2);
    house.begin("PB", &second, "C2", &[]);
    let told = house.apply("PB", &tote(&second, "T1"));
    assert!(matches!(told, Verdict::Fact(FactVerdict::AcceptedWithException { .. })));
    let mut open = house.all::<Trouble>();
    open.retain(|trouble| trouble.kind == TroubleKind::ToteConflict && trouble.settled.is_none());
    assert_eq!(open.remove(0).tote, Some(code("T1")));
    house.proved();
}

#[test]
fn the_same_operation_twice_has_one_effect_and_one_answer() {
    let mut floor = Floor::begun(&[("CUP", 4)]);
    floor.a_picks(0, 1);
    let (first, second) = (floor.a.send(&mut floor.house), floor.a.send_after(&mut floor.house, 3));
    assert_eq!(
        serde_json::to_string(&first.verdicts).unwrap(),
        serde_json::to_string(&second.verdicts).unwrap()
    );
    assert_eq!(floor.house.row::<PickTask>(&floor.tasks[0].id).picked, Quantity(1));
    floor.house.proved();
}

#[test]
fn a_clock_that_is_years_off_changes_no_order_and_is_told() {
    let year = 365 * 24 * 3_600_000;
    for ahead in [-40 * year, -2 * year, 3 * year, i64::MAX / 2] {
        let mut floor = Floor::begun(&[("CUP", 4)]);
        assert!(floor.open(TroubleKind::ClockOff).is_empty());
        floor.a.ahead_ms = ahead;
        floor.a_picks(0, 4);
        let ack = floor.a.send(&mut floor.house);
        assert!(ack.verdicts.iter().all(|answer| answer.verdict == Verdict::Fact(FactVerdict::Accepted)));
        let off = floor.open(TroubleKind::ClockOff).remove(0);
        assert_eq!((off.terminal, off.quantity.0 > 500_000), (Some(code("HA")), true));
        floor.house.proved();
        floor.a.ahead_ms = 0;
        floor.a.send(&mut floor.house);
        assert!(floor.open(TroubleKind::ClockOff).is_empty(), "a clock that was set right is told no more");
    }
}

#[test]
fn a_terminal_without_space_is_told_to_the_lead_until_it_has_some() {
    let mut floor = Floor::begun(&[("CUP", 4)]);
    floor.a.disk = Some(Disk::Full);
    floor.a_picks(0, 2);
    let ack = floor.a.send(&mut floor.house);
    assert!(ack.verdicts.iter().all(|answer| answer.verdict == Verdict::Fact(FactVerdict::Accepted)));
    assert_eq!(floor.open(TroubleKind::DiskFull).remove(0).terminal, Some(code("HA")));
    floor.a.disk = None;
    floor.a_picks(0, 2);
    floor.a.send(&mut floor.house);
    assert!(floor.open(TroubleKind::DiskFull).is_empty());
    floor.house.proved();
}

/// A scanner that is lost with two stops picked of which nobody heard; its tote is counted; it comes back.
#[test]
fn a_lost_terminal_is_made_up_for_by_counts_and_what_it_reports_late_counts_once() {
    let mut floor = Floor::begun(&[("MUG", 2), ("CUP", 2), ("TIN", 2)]);
    floor.a_picks(0, 2);
    floor.a.send(&mut floor.house);
    floor.a_picks(1, 2);
    floor.a_picks(2, 1);
    let lost = Request::MarkLost { terminal: code("HA") };
    assert!(
        matches!(floor.house.ask("PB", lost.clone()), RequestVerdict::Refused { .. }),
        "the lead's to say"
    );
    assert_eq!(floor.house.ask("LD", lost), RequestVerdict::Accepted);
    floor.house.proved();
    // Its list is over; what remains as far as anybody knows is anybody's.
    let before = floor.house.row::<PickList>(&floor.list.id);
    assert!(before.epoch > floor.list.epoch && before.state == ListState::Closed);
    let rest = floor.house.all::<PickList>().into_iter().find(|list| list.holder.is_none()).unwrap();
    assert_eq!(floor.house.tasks(&rest).len(), 2);
    assert_eq!(floor.open(TroubleKind::Lost).remove(0).quantity, Quantity(1));
    assert_eq!(floor.open(TroubleKind::ToteUnsure).remove(0).tote, Some(code("T1")));
    // The tote is found and counted blind: two mugs as known, two cups and a tin that nobody reported.
    let contents = [("MUG", 2), ("CUP", 2), ("TIN", 1)].map(|(item, count)| Content {
        item: code(item),
        quantity: Quantity(count),
        lot: None,
    });
    let counted = Fact::ToteCounted { tote: code("T1"), contents: contents.to_vec() };
    assert_eq!(floor.house.fact("PK", counted), FactVerdict::Accepted);
    assert!(floor.open(TroubleKind::ToteUnsure).is_empty());
    let left: i64 = floor.house.tasks(&rest).iter().map(|task| task.remaining().0).sum();
    assert_eq!(left, 1, "one tin is still to be picked");
    floor.house.proved();
    // It comes back, and tells what the count knew, and one thing that it did not.
    floor.a_picks(2, 1);
    let ack = floor.a.send(&mut floor.house);
    assert!(
        ack.verdicts.iter().all(|answer| answer.verdict.why_parked().is_some()),
        "nothing counts by itself"
    );
    floor.house.proved();
    let held = floor.house.act(|tx, _| tx.quarantine(false));
    let fates: Vec<Fate> = held.iter().map(|held| held.fate).collect();
    assert_eq!(fates[..4], [Fate::Discarded; 4], "what the count had is evidence");
    assert_eq!(fates[4..], [Fate::Held; 2], "what it had not is somebody's to decide");
    let notice = floor.open(TroubleKind::Quarantined).remove(0);
    assert_eq!((notice.quantity, notice.terminal.clone()), (Quantity(2), Some(code("HA"))));
    // The lead takes it as true: the second tin is in the tote as well.
    let settle = Request::Settle { exception: notice.id, remedy: Remedy::Acknowledge };
    floor.b.journal("LD", floor.house.now, &Op::Request(settle));
    let ack = floor.b.send(&mut floor.house);
    assert_eq!(ack.verdicts[0].verdict, Verdict::Request(RequestVerdict::Accepted));
    assert_eq!(floor.house.level("TIN", "tote:T1"), 2);
    assert!(floor.open(TroubleKind::Quarantined).is_empty());
    floor.house.proved();
}

#[test]
fn a_tote_that_holds_less_than_was_reported_is_missing_what_is_not_in_it() {
    let mut floor = Floor::begun(&[("MUG", 2), ("CUP", 2)]);
    floor.a_picks(0, 2);
    floor.a.send(&mut floor.house);
    floor.house.ask("LD", Request::MarkLost { terminal: code("HA") });
    let counted = Fact::ToteCounted {
        tote: code("T1"),
        contents: vec![Content { item: floor.tasks[0].item.clone(), quantity: Quantity(1), lot: None }],
    };
    assert!(matches!(floor.house.fact("PK", counted), FactVerdict::AcceptedWithException { .. }));
    assert_eq!(floor.open(TroubleKind::ShortPack).remove(0).quantity, Quantity(1));
    floor.house.proved();
}

#[test]
fn a_lead_leaves_out_what_is_held_and_only_a_lead_does() {
    let mut floor = Floor::begun(&[("CUP", 4)]);
    floor.house.act(|tx, _| terminal::revoke(tx, &code("HA")));
    floor.a_picks(0, 4);
    floor.a.send(&mut floor.house);
    let notice = floor.open(TroubleKind::Quarantined).remove(0);
    assert_eq!(notice.remedies, [Remedy::Acknowledge, Remedy::Discard]);
    let settle = Op::Request(Request::Settle { exception: notice.id, remedy: Remedy::Discard });
    for (who, wanted) in [
        ("PB", RequestVerdict::Refused { reason: No::NotAllowed }),
        ("LD", RequestVerdict::Accepted),
        ("LD", RequestVerdict::Refused { reason: No::TooLate }),
    ] {
        floor.b.journal(who, floor.house.now, &settle);
        let ack = floor.b.send(&mut floor.house);
        assert_eq!(ack.verdicts[0].verdict, Verdict::Request(wanted), "{who}");
    }
    assert_eq!(floor.house.row::<PickTask>(&floor.tasks[0].id).picked, Quantity::ZERO);
    let held = floor.house.act(|tx, _| tx.quarantine(false));
    assert!(held.iter().all(|held| held.fate == Fate::Discarded && held.settled_by.as_deref() == Some("LD")));
    floor.house.proved();
}

fn counted(item: &str, location: &str, found: i64, book: u64) -> Op {
    Op::Fact(Fact::Counted { item: code(item), location: code(location), found: Quantity(found), book })
}

#[test]
fn a_count_is_a_difference_against_what_its_counter_knew() {
    let mut floor = Floor::begun(&[("TIN", 5)]);
    let book = floor.house.act(|tx, _| tx.last_move());
    // A takes two, then counts: of twenty, seventeen are left, for one was missing. Meanwhile three more came.
    floor.a_picks(0, 2);
    floor.a.journal("PA", floor.house.now, &counted("TIN", "A03", 17, book));
    floor.house.stock("sku,location,quantity\nTIN,A03,23\n");
    let ack = floor.a.send(&mut floor.house);
    assert!(exceptions(&ack).is_empty());
    assert_eq!(floor.house.level("TIN", "loc:A03"), 20, "twenty and three, less two, less the missing one");
    floor.house.proved();
}

#[test]
fn a_count_that_differs_much_waits_for_somebody_elses_or_for_the_lead() {
    let count = |floor: &mut Floor, who: &str, found: i64| {
        let book = floor.house.act(|tx, _| tx.last_move());
        floor.house.apply(who, &counted("TIN", "A03", found, book))
    };
    for second in ["LD", "PB"] {
        let mut floor = Floor::begun(&[("TIN", 1)]);
        let first = count(&mut floor, "PA", 5);
        assert!(matches!(first, Verdict::Fact(FactVerdict::AcceptedWithException { .. })));
        count(&mut floor, "PA", 5);
        assert_eq!(
            floor.house.level("TIN", "loc:A03"),
            20,
            "one person does not post fifteen, however often"
        );
        let open = floor.open(TroubleKind::SecondCount).remove(0);
        assert_eq!((open.quantity, open.location.clone()), (Quantity(-15), Some(code("A03"))));
        if second == "LD" {
            let settle = Request::Settle { exception: open.id, remedy: Remedy::Acknowledge };
            assert_eq!(floor.house.ask("LD", settle), RequestVerdict::Accepted);
        } else {
            count(&mut floor, second, 5);
        }
        assert_eq!(floor.house.level("TIN", "loc:A03"), 5);
        assert!(floor.open(TroubleKind::SecondCount).is_empty());
        floor.house.proved();
    }
}

#[test]
fn a_pick_after_a_count_is_applied_after_it_and_a_recount_closes_what_is_below_zero() {
    let mut floor = Floor::begun(&[("CUP", 5)]);
    let book = floor.house.act(|tx, _| tx.last_move());
    assert_eq!(floor.house.apply("PB", &counted("CUP", "A02", 2, book)).why_parked(), None);
    floor.a_picks(0, 5);
    floor.a.send(&mut floor.house);
    assert_eq!(floor.house.level("CUP", "loc:A02"), -3);
    assert_eq!(floor.open(TroubleKind::NegativeStock).remove(0).quantity, Quantity(3));
    floor.house.proved();
    let book = floor.house.act(|tx, _| tx.last_move());
    floor.house.apply("PB", &counted("CUP", "A02", 0, book));
    assert_eq!(floor.house.level("CUP", "loc:A02"), 0);
    assert!(floor.open(TroubleKind::NegativeStock).is_empty());
    floor.house.proved();
}

#[test]
fn a_lot_that_is_on_hold_by_now_stands_and_its_order_is_not_packed_until_it_is_let_go() {
    let mut floor = Floor::begun(&[("CUP", 2)]);
    let (item, by) = (floor.tasks[0].item.clone(), code("LD"));
    let lot = |lot: &str, quantity| {
        let (task, item) = (floor.tasks[0].id, item.clone());
        let instead_of = Some("L1".to_owned());
        Op::Fact(Fact::LotTaken { task, item, lot: lot.to_owned(), instead_of, quantity: Quantity(quantity) })
    };
    let (early, late) = (lot("L7", 1), lot("L8", 1));
    floor.a_picks(0, 2);
    floor.a.journal("PA", floor.house.now, &early);
    floor.a.journal("PA", floor.house.now, &late);
    floor.house.act(|tx, context| lot::hold(tx, context, &item, "L8", &by));
    let ack = floor.a.send(&mut floor.house);
    assert_eq!(exceptions(&ack).len(), 1);
    let holds = |floor: &mut Floor| floor.house.row::<FulfilmentOrder>(&floor.tasks[0].fulfilment).holds;
    assert_eq!(holds(&mut floor).into_iter().collect::<Vec<_>>(), ["lot L8"]);
    // A lot that is put on hold once it was picked stops its order as well.
    assert_eq!(floor.house.act(|tx, context| lot::hold(tx, context, &item, "L7", &by)), 1);
    assert_eq!(floor.open(TroubleKind::LotHeld).len(), 2);
    for lot in ["L7", "L8"] {
        assert_eq!(floor.house.act(|tx, context| lot::release(tx, context, &item, lot, &by)), 1);
    }
    assert!(holds(&mut floor).is_empty() && floor.open(TroubleKind::LotHeld).is_empty());
    floor.house.proved();
}

#[test]
fn a_run_that_lies_on_somebodys_cart_is_hers_although_a_restored_centre_gave_it_away() {
    let mut house = House::stocked();
    house.order("1", &[("CUP", 4)]);
    house.release();
    let (mut a, mut b) = (Handheld::enrolled(&mut house, "HA", 1), Handheld::enrolled(&mut house, "HB", 2));
    let now = house.now;
    // The centre has forgotten that A claimed the run and began it, and B asks first.
    b.journal("PB", now, &Op::Request(Request::Claim { lists: 1 }));
    b.send(&mut house);
    let list = house.held("PB");
    a.journal("PA", now, &Op::Fact(Fact::ListStarted { list: list.id, cart: code("C1") }));
    a.journal("PA", now, &tote(&list, "T1"));
    a.send(&mut house);
    let holder = house.row::<PickList>(&list.id).holder.unwrap();
    assert_eq!((holder.operator, holder.terminal), (code("PA"), code("HA")));
    let tasks = house.tasks(&list);
    let mut floor = Floor { house, list, tasks, a, b };
    // It is begun now: nobody else gets it by beginning it too.
    let second = Op::Fact(Fact::ListStarted { list: floor.list.id, cart: code("C2") });
    floor.b.journal("PB", now, &second);
    floor.b.send(&mut floor.house);
    let row = floor.house.row::<PickList>(&floor.list.id);
    assert_eq!((row.holder.unwrap().operator, row.cart), (code("PA"), Some(code("C1"))));
    floor.a_picks(0, 4);
    assert!(exceptions(&floor.a.send(&mut floor.house)).is_empty());
    floor.house.proved();
}

#[test]
fn a_journal_with_another_history_is_not_taken_as_this_one() {
    let mut floor = Floor::begun(&[("CUP", 4)]);
    let mut other = Handheld::enrolled(&mut floor.house, "HA", 3);
    let now = floor.house.now;
    for _ in 0..4 {
        other.journal("PA", now, &Op::Request(Request::Claim { lists: 1 }));
    }
    let ack = other.send_after(&mut floor.house, 3);
    assert!(matches!(ack.stop, Some(Stop::Fork { hi: 3, .. })) && ack.verdicts.is_empty());
    let ack = other.send_after(&mut floor.house, 0);
    assert!(matches!(ack.stop, Some(Stop::Fork { hi: 3, .. })));
    floor.house.proved();
}

#[test]
fn every_row_of_the_manual_names_a_test_that_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("../../docs/conflicts.md")).unwrap();
    let tests: String =
        ["tests/conflicts.rs", "tests/forged.rs", "tests/backup.rs", "tests/books/cancelled.rs"]
            .map(|file| std::fs::read_to_string(root.join(file)).unwrap())
            .concat();
    let named: Vec<&str> = manual.split('`').skip(1).step_by(2).collect();
    assert!(named.len() > 12, "{named:?}");
    for name in named {
        assert!(tests.contains(&format!("fn {name}()")), "{name} is no test");
    }
}
