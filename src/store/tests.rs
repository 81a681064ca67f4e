use aisle_core::{
    id::{Code, Id, Mint},
    quantity::Quantity,
    task::{
        op::{Fact, Note, Op, Request},
        rows::{Floor, Row},
        state::{Operator, PickTask, Role, Terminal, Tote},
    },
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{Ack, Answer, FactVerdict, FeedRow, Verdict},
    },
};
use serde_json::value::RawValue;
use tempfile::TempDir;

mod full;
mod life;
mod mend;

use super::{Durability, Position, Store, StoreError, journal::Failing};

fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).unwrap()
}

fn open_as(dir: &TempDir, terminal: &str) -> Result<Store, StoreError> {
    let terminal: Code<Terminal> = code(terminal);
    Store::open(dir.path(), &terminal, Durability::Off, Millis(1_000), &mut Mint::new([9; 32]))
}

fn open(dir: &TempDir) -> Store {
    open_as(dir, "H1").unwrap()
}

fn note() -> Op {
    Op::Note(Note::SignedOn { role: Role::Picker })
}

fn append(store: &mut Store, mint: &mut Mint, ops: Vec<Op>) -> u64 {
    let badge: Code<Operator> = code("100");
    let ops: Vec<_> = ops.into_iter().map(|op| (mint.id(Millis(5)), op)).collect();
    store.journal.append(Millis(5), &badge, &ops).unwrap().last_seq()
}

fn ack(applied_hi: u64, centre: u64) -> Ack {
    Ack { centre: Incarnation(centre), applied_hi, safe_hi: 0, verdicts: Vec::new(), stop: None }
}

#[test]
fn what_was_receipted_is_there_when_the_file_is_opened_again() {
    let dir = TempDir::new().unwrap();
    let mut mint = Mint::new([1; 32]);
    let mut store = open(&dir);
    assert_eq!(append(&mut store, &mut mint, vec![note(), note()]), 2);
    let (incarnation, tail) = (store.journal.incarnation(), store.journal.link_at(2).unwrap());
    drop(store);
    let mut store = open(&dir);
    assert_eq!(store.journal.incarnation(), incarnation);
    assert_eq!(store.journal.link_at(2).unwrap(), tail);
    assert_eq!(store.journal.unsent(), 2);
    assert_eq!(append(&mut store, &mut mint, vec![note()]), 3);
}

#[test]
fn the_same_operation_is_not_journaled_twice() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let id: Id<Op> = Mint::new([2; 32]).id(Millis(1));
    let badge: Code<Operator> = code("100");
    store.journal.append(Millis(1), &badge, &[(id, note())]).unwrap();
    assert!(store.journal.append(Millis(1), &badge, &[(id, note())]).is_err());
    assert_eq!(store.journal.last_seq(), 1);
    assert_eq!(store.journal.ops_after(0, 10).unwrap().len(), 1);
}

#[test]
fn files_of_another_terminal_are_refused_by_name() {
    let dir = TempDir::new().unwrap();
    drop(open(&dir));
    let refused = open_as(&dir, "H2");
    assert!(matches!(refused, Err(StoreError::Foreign { found, wanted }) if found == "H1" && wanted == "H2"));
}

#[test]
fn a_journal_of_a_newer_program_is_left_alone() {
    let dir = TempDir::new().unwrap();
    drop(open(&dir));
    let file = dir.path().join("journal.db");
    let raw = rusqlite::Connection::open(&file).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let before = std::fs::read(&file).unwrap();
    let refused = open_as(&dir, "H1");
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, known: 3, .. })));
    drop(refused);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_broken_cache_is_put_aside_and_the_journal_keeps_its_operations() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    append(&mut store, &mut Mint::new([1; 32]), vec![note()]);
    drop(store);
    std::fs::write(dir.path().join("view.db"), vec![0x5a; 8192]).unwrap();
    let store = open(&dir);
    let aside = store.put_aside.clone().unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), vec![0x5a; 8192]);
    assert_eq!(store.journal.unsent(), 1);
    assert_eq!(store.view.position().unwrap().epoch, None);
}

#[test]
fn a_second_program_on_the_same_files_is_told_so() {
    let dir = TempDir::new().unwrap();
    let _first = open(&dir);
    assert!(matches!(open_as(&dir, "H1"), Err(StoreError::Busy)));
}

#[test]
fn a_full_disk_is_named_and_what_was_kept_stays_kept() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    let pages: i64 = store.journal.pages().unwrap();
    store.journal.cap_pages(pages + 1).unwrap();
    let badge: Code<Operator> = code("100");
    let many: Vec<_> = (0..400).map(|_| (mint.id(Millis(5)), note())).collect();
    assert!(matches!(store.journal.append(Millis(5), &badge, &many), Err(StoreError::Full)));
    drop(store);
    assert_eq!(open(&dir).journal.last_seq(), 1);
}

#[test]
fn an_answer_moves_the_mark_forward_only_unless_the_centre_was_restored() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    append(&mut store, &mut Mint::new([1; 32]), vec![note(), note(), note()]);
    store.journal.record_ack(&ack(2, 7), Millis(9)).unwrap();
    store.journal.record_ack(&ack(1, 7), Millis(9)).unwrap();
    assert_eq!(store.journal.heard().applied_hi, 2);
    store.journal.record_ack(&ack(99, 7), Millis(9)).unwrap();
    assert_eq!(store.journal.heard().applied_hi, 3);
    store.journal.record_ack(&ack(1, 8), Millis(9)).unwrap();
    assert_eq!(store.journal.unsent(), 2);
}

#[test]
fn a_request_is_asked_until_its_verdict_comes_and_a_verdict_is_new_once() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let seq = append(&mut store, &mut Mint::new([1; 32]), vec![Op::Request(Request::Claim { lists: 2 })]);
    assert_eq!(store.journal.asked().unwrap().len(), 1);
    let verdict = Verdict::Fact(FactVerdict::Accepted);
    let answer = Ack { verdicts: vec![Answer { seq, verdict }], ..ack(1, 7) };
    assert_eq!(store.journal.record_ack(&answer, Millis(9)).unwrap().len(), 1);
    assert_eq!(store.journal.record_ack(&answer, Millis(9)).unwrap().len(), 0);
    assert!(store.journal.asked().unwrap().is_empty());
}

fn fed(row: Row, seq: u64) -> FeedRow {
    FeedRow { key: row.key(), seq, body: Some(RawValue::from_string(row.to_json()).unwrap()) }
}

fn at(cursor: u64, incarnation: Incarnation, applied_hi: u64) -> Position {
    Position {
        epoch: Some(Incarnation(1)),
        cursor,
        incarnation: Some(incarnation),
        applied_hi,
        heard_at: Millis(3),
    }
}

#[test]
fn the_floor_is_the_fed_rows_with_our_later_operations_applied() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    let put = |mint: &mut Mint| {
        Op::Fact(Fact::Put {
            task: mint.id::<PickTask>(Millis(1)),
            item: code("A"),
            cart: code("C1"),
            tote: code("T1"),
            quantity: Quantity(2),
            undoes: None,
            lot: None,
        })
    };
    let ops = vec![put(&mut mint), put(&mut mint)];
    append(&mut store, &mut mint, ops);
    let incarnation = store.journal.incarnation();
    let tote = |n: i64| {
        let mut tote = Tote::empty(code("T1"));
        aisle_core::task::state::shift(&mut tote.contents, &code("A"), None, Quantity(n));
        Row::Tote(tote)
    };
    let held = |floor: &Floor| floor.find::<Tote>(&code("T1")).unwrap().contents[0].quantity;
    store.view.take(&[fed(tote(10), 1)], at(1, incarnation, 0), true).unwrap();
    assert_eq!(held(&store.floor().unwrap()), Quantity(14));
    store.view.take(&[fed(tote(12), 2)], at(2, incarnation, 1), false).unwrap();
    assert_eq!(held(&store.floor().unwrap()), Quantity(14));
    store.view.take(&[fed(tote(14), 3)], at(3, incarnation, 2), false).unwrap();
    assert_eq!(held(&store.floor().unwrap()), Quantity(14));
    drop(store);
    assert_eq!(held(&open(&dir).floor().unwrap()), Quantity(14));
}

#[test]
fn a_row_that_is_gone_leaves_the_cache_and_so_do_its_barcodes() {
    use aisle_core::item::{Barcode, BarcodeKey, Counting, Item};
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let key = BarcodeKey::Gtin(9_520_000_000_017);
    let item = Item {
        code: code("A"),
        telling: "Blue".into(),
        name: "Mug".into(),
        barcodes: vec![Barcode { key: key.clone(), quantity: Quantity(6) }],
        size_mm: [1, 1, 1],
        weight_g: 1,
        counting: Counting::ScanEach,
        handling: aisle_core::item::Handling::default(),
        tracked: aisle_core::item::Tracked::default(),
    };
    let row = fed(Row::Item(item), 1);
    let gone = FeedRow { body: None, seq: 2, key: row.key.clone() };
    store.view.take(&[row], at(1, Incarnation(5), 0), true).unwrap();
    assert_eq!(store.view.items_of(&key).unwrap(), [(code("A"), 6)]);
    store.view.take(&[gone], at(2, Incarnation(5), 0), false).unwrap();
    assert!(store.view.items_of(&key).unwrap().is_empty());
}

#[test]
fn the_next_serial_is_past_every_serial_sealed_even_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    let sscc = aisle_core::code::Sscc::mint("9521234", 0, 41).unwrap().to_string();
    let seal = Op::Fact(Fact::Sealed { parcel: mint.id(Millis(1)), sscc, weight_g: 10 });
    append(&mut store, &mut mint, vec![seal]);
    drop(store);
    let store = open(&dir);
    assert_eq!(store.journal.next_serial("9521234", 1), 42);
    assert_eq!(store.journal.next_serial("9521234", 100), 100);
}

#[test]
fn what_is_on_the_disk_though_the_disk_said_no_gets_its_receipt() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    let badge: Code<Operator> = code("100");
    let ops = [(mint.id(Millis(5)), note()), (mint.id(Millis(5)), note())];
    store.journal.fail_next(Failing::Kept);
    let receipt = store.append(Millis(5), &badge, &ops).unwrap();
    assert_eq!((receipt.last_seq(), receipt.count()), (3, 2));
    let kept = store.journal.ops_after(1, 10).unwrap();
    assert!(kept.iter().map(|op| op.id).eq(ops.iter().map(|(id, _)| *id)));
    assert_eq!(append(&mut store, &mut mint, vec![note()]), 4);
}

#[test]
fn what_never_reached_the_disk_is_not_receipted_and_can_be_done_again() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    let badge: Code<Operator> = code("100");
    let ops = [(mint.id(Millis(5)), note())];
    store.journal.fail_next(Failing::Lost);
    assert!(matches!(store.append(Millis(5), &badge, &ops), Err(StoreError::Sql(_))));
    assert_eq!(store.journal.last_seq(), 1);
    assert_eq!(store.append(Millis(5), &badge, &ops).unwrap().last_seq(), 2);
}

#[test]
fn files_that_cannot_be_opened_anew_are_closed_until_they_can_and_then_tell_what_they_kept() {
    let home = TempDir::new().unwrap();
    let (folder, away) = (home.path().join("data"), home.path().join("away"));
    let terminal: Code<Terminal> = code("H1");
    let mut mint = Mint::new([1; 32]);
    let mut store = Store::open(&folder, &terminal, Durability::Off, Millis(1), &mut mint).unwrap();
    append(&mut store, &mut mint, vec![note()]);
    std::fs::rename(&folder, &away).unwrap();
    let badge: Code<Operator> = code("100");
    let ops = [(mint.id(Millis(5)), note())];
    store.journal.fail_next(Failing::Kept);
    assert!(store.append(Millis(5), &badge, &ops).is_err());
    assert!(store.is_closed());
    assert!(matches!(store.append(Millis(6), &badge, &ops), Err(StoreError::Closed)));
    assert!(matches!(store.floor(), Err(StoreError::Closed)));
    assert!(store.reopen(Millis(7)).is_err());
    assert!(!folder.exists(), "no empty journal is made where the old one is missed");
    std::fs::rename(&away, &folder).unwrap();
    assert!(store.reopen(Millis(8)).unwrap(), "the journal goes on further than was known");
    assert_eq!(store.journal.ops_after(1, 10).unwrap()[0].id, ops[0].0);
    assert!(!store.reopen(Millis(9)).unwrap());
}
