//! New lives of a journal, and what it lets go of.

use super::*;

/// Long after everything in these tests was done: eight days.
const LATER: Millis = Millis(8 * 24 * 3_600_000);

fn put(mint: &mut Mint, quantity: i64) -> Op {
    Op::Fact(Fact::Put {
        task: mint.id::<PickTask>(Millis(1)),
        item: code("A"),
        cart: code("C1"),
        tote: code("T1"),
        quantity: Quantity(quantity),
        undoes: None,
        lot: None,
    })
}

/// Acks up to a mark, with a verdict on each of these operations.
fn answered(applied_hi: u64, safe_hi: u64, seqs: impl IntoIterator<Item = u64>) -> Ack {
    let verdict = || Verdict::Fact(FactVerdict::Accepted);
    let verdicts = seqs.into_iter().map(|seq| Answer { seq, verdict: verdict() }).collect();
    Ack { safe_hi, verdicts, ..ack(applied_hi, 7) }
}

fn ids(store: &Store) -> Vec<Id<Op>> {
    store.journal.ops_after(0, usize::MAX).unwrap().into_iter().map(|op| op.id).collect()
}

/// Five notes, then a sign-on, then four notes: all applied, safe and answered.
fn safe_day(dir: &TempDir) -> Store {
    let mut store = open(dir);
    let mut mint = Mint::new([1; 32]);
    let arrived = || Op::Note(Note::SignedOff);
    append(&mut store, &mut mint, (0..5).map(|_| arrived()).collect());
    append(&mut store, &mut mint, vec![note()]);
    append(&mut store, &mut mint, (0..4).map(|_| arrived()).collect());
    store.journal.record_ack(&answered(10, 10, 1..=10), Millis(9)).unwrap();
    let incarnation = store.journal.incarnation();
    store.view.take(&[], at(1, incarnation, 10), true).unwrap();
    store
}

#[test]
fn a_new_life_carries_what_the_centre_may_miss_under_the_same_ids() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note(), note(), note(), note()]);
    store.journal.record_ack(&answered(3, 2, [1, 2]), Millis(9)).unwrap();
    let (first, before) = (store.journal.incarnation(), ids(&store));
    assert!(store.journal.begin_life(Millis(10), &mut mint).unwrap());
    assert_ne!(store.journal.incarnation(), first);
    assert_eq!(
        ids(&store),
        before[2..],
        "what is safe and answered stays behind; the session is the last sign-on's"
    );
    assert_eq!((store.journal.unsent(), store.journal.last_seq()), (2, 2));
    let tail = store.journal.link_at(2).unwrap();
    drop(store);
    let mut store = open(&dir);
    assert_eq!(store.journal.link_at(2).unwrap(), tail, "the chain proves itself");
    assert_eq!(append(&mut store, &mut mint, vec![note()]), 3);
}

#[test]
fn what_the_session_is_folded_from_is_carried_though_it_is_safe() {
    let dir = TempDir::new().unwrap();
    let mut store = safe_day(&dir);
    let before = ids(&store);
    assert!(store.journal.begin_life(Millis(10), &mut Mint::new([3; 32])).unwrap());
    assert_eq!(ids(&store), before[5..]);
    assert_eq!(store.journal.before_last_sign_on().unwrap(), 0);
    assert!(store.journal.verdict(1).unwrap().is_some(), "the verdict goes with it");
}

#[test]
fn a_life_of_which_the_centre_confirmed_nothing_is_not_followed_by_another() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    assert!(store.journal.begin_life(Millis(10), &mut mint).unwrap());
    assert!(!store.journal.begin_life(Millis(10), &mut mint).unwrap());
    store.journal.record_ack(&ack(1, 7), Millis(11)).unwrap();
    assert!(store.journal.begin_life(Millis(12), &mut mint).unwrap());
}

#[test]
fn the_floor_counts_what_is_carried_once() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    let ops = vec![put(&mut mint, 2), put(&mut mint, 3)];
    append(&mut store, &mut mint, ops);
    let life = store.journal.incarnation();
    let tote = |n: i64| {
        let mut tote = Tote::empty(code("T1"));
        aisle_core::task::state::shift(&mut tote.contents, &code("A"), None, Quantity(n));
        Row::Tote(tote)
    };
    let held = |store: &Store| store.floor().unwrap().find::<Tote>(&code("T1")).unwrap().contents[0].quantity;
    store.journal.record_ack(&answered(1, 0, [1]), Millis(9)).unwrap();
    store.view.take(&[fed(tote(12), 1)], at(1, life, 1), true).unwrap();
    assert_eq!(held(&store), Quantity(15));
    store.journal.begin_life(Millis(10), &mut mint).unwrap();
    assert_eq!(held(&store), Quantity(15), "the rows are at the old life's first operation");
    store.view.take(&[fed(tote(15), 2)], at(2, store.journal.incarnation(), 2), false).unwrap();
    assert_eq!(held(&store), Quantity(15));
}

#[test]
fn only_what_is_safe_answered_old_and_from_before_the_session_is_let_go_of() {
    let dir = TempDir::new().unwrap();
    let mut store = safe_day(&dir);
    assert!(store.prune(Millis(10)).unwrap());
    assert_eq!(store.journal.base(), 0, "it is not old yet");
    assert!(store.prune(LATER).unwrap());
    assert_eq!(store.journal.base(), 5, "the session's own operations stay");
    assert_eq!(store.journal.ops_after(0, 99).unwrap()[0].seq, 6);
    let link = store.journal.link_at(5).unwrap();
    assert!(link.is_some());
    assert_eq!(store.journal.link_at(4).unwrap(), None);
    drop(store);
    let mut store = open(&dir);
    assert_eq!((store.journal.base(), store.journal.last_seq()), (5, 10));
    assert_eq!(store.journal.link_at(5).unwrap(), link);
    store.journal.rewind(5).unwrap();
    drop(store);
    assert_eq!(open(&dir).journal.unsent(), 5, "the chain proves itself from where it begins");
}

#[test]
fn what_is_not_safe_or_not_answered_or_not_fed_is_never_let_go_of() {
    let day = |applied, safe, verdicts: &[u64], fed| {
        let dir = TempDir::new().unwrap();
        let mut store = open(&dir);
        append(&mut store, &mut Mint::new([1; 32]), (0..6).map(|_| Op::Note(Note::SignedOff)).collect());
        append(&mut store, &mut Mint::new([2; 32]), vec![note()]);
        store.journal.record_ack(&answered(applied, safe, verdicts.iter().copied()), Millis(9)).unwrap();
        let incarnation = store.journal.incarnation();
        store.view.take(&[], at(1, incarnation, fed), true).unwrap();
        store.prune(LATER).unwrap();
        store.journal.base()
    };
    let all = [1, 2, 3, 4, 5, 6, 7];
    assert_eq!(day(7, 7, &all, 7), 6);
    assert_eq!(day(7, 3, &all, 7), 3);
    assert_eq!(day(7, 0, &all, 7), 0);
    assert_eq!(day(2, 7, &all, 7), 2);
    assert_eq!(day(7, 7, &[1, 2, 3, 5, 6], 7), 3);
    assert_eq!(day(7, 7, &all, 4), 4);
}

#[test]
fn a_journal_of_the_first_format_is_brought_on_with_all_it_holds() {
    let dir = TempDir::new().unwrap();
    drop(open(&dir));
    let file = dir.path().join("journal.db");
    std::fs::remove_file(&file).unwrap();
    let raw = rusqlite::Connection::open(&file).unwrap();
    raw.execute_batch(include_str!("../journal.sql")).unwrap();
    raw.execute_batch(
        "INSERT INTO owner VALUES (1, 'H1', 5);
         INSERT INTO incarnation VALUES (1, '000000000000002a', 1);
         INSERT INTO ack VALUES (1, '', 0, 1);
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(raw);
    let mut store = open(&dir);
    assert_eq!(store.journal.incarnation(), Incarnation(42));
    assert_eq!((store.journal.heard().safe_hi, store.journal.base()), (0, 0));
    assert_eq!(append(&mut store, &mut Mint::new([1; 32]), vec![note()]), 1);
}

#[test]
fn a_mark_of_what_is_safe_never_passes_what_is_applied_and_falls_with_a_restored_centre() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    append(&mut store, &mut Mint::new([1; 32]), vec![note(), note(), note()]);
    let safe = |store: &Store| store.journal.heard().safe_hi;
    store.journal.record_ack(&answered(2, 9, []), Millis(9)).unwrap();
    assert_eq!(safe(&store), 2);
    store.journal.record_ack(&answered(3, 1, []), Millis(9)).unwrap();
    assert_eq!(safe(&store), 2, "what was safe stays safe");
    store.journal.mark_safe(3);
    assert_eq!(safe(&store), 3);
    store.journal.record_ack(&Ack { safe_hi: 1, ..ack(1, 8) }, Millis(9)).unwrap();
    assert_eq!((store.journal.heard().applied_hi, safe(&store)), (1, 1));
}
