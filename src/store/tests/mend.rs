//! Damaged journals: what proves itself goes on, the rest is kept for the centre, the file is kept as it was.

use super::*;
use crate::store::journal::Journal;

/// A journal of six operations, of which the centre confirmed two; their ids.
fn six(dir: &TempDir) -> Vec<Id<Op>> {
    let mut store = open(dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    append(&mut store, &mut mint, (0..5).map(|_| Op::Note(Note::SignedOff)).collect());
    store.journal.record_ack(&ack(2, 7), Millis(9)).unwrap();
    ids(&store)
}

/// The next start, which draws its own numbers.
fn open_again(dir: &TempDir) -> Store {
    let terminal: Code<Terminal> = code("H1");
    Store::open(dir.path(), &terminal, Durability::Off, Millis(2_000), &mut Mint::new([8; 32])).unwrap()
}

fn ids(store: &Store) -> Vec<Id<Op>> {
    store.journal.ops_after(0, usize::MAX).unwrap().into_iter().map(|op| op.id).collect()
}

fn harm(dir: &TempDir, sql: &str) {
    let raw = rusqlite::Connection::open(dir.path().join("journal.db")).unwrap();
    assert!(raw.execute(sql, []).unwrap() > 0);
}

fn damage(dir: &TempDir) -> StoreError {
    let file = dir.path().join("journal.db");
    let terminal: Code<Terminal> = code("H1");
    Journal::open(&file, &terminal, Durability::Off, Millis(1), &mut Mint::new([9; 32])).unwrap_err()
}

/// The places of the pieces that wait for the centre, and whether anything of them was left.
fn pieces(store: &Store) -> Vec<(u64, bool)> {
    let found = store.journal.salvage().unwrap();
    let pieces = found.map(|salvage| salvage.pieces).unwrap_or_default();
    pieces.into_iter().map(|piece| (piece.seq.unwrap_or(0), !piece.bytes.is_empty())).collect()
}

fn without(mut ids: Vec<Id<Op>>, seqs: &[usize]) -> Vec<Id<Op>> {
    for seq in seqs.iter().rev() {
        ids.remove(seq - 1);
    }
    ids
}

#[test]
fn an_operation_changed_on_the_disk_goes_to_quarantine_and_all_others_go_on() {
    let dir = TempDir::new().unwrap();
    let before = six(&dir);
    harm(&dir, "UPDATE op SET operator = '666' WHERE seq = 4");
    assert!(matches!(damage(&dir), StoreError::Damaged { seq: 4 }));
    let file = std::fs::read(dir.path().join("journal.db")).unwrap();
    let mut store = open_again(&dir);
    assert_eq!(ids(&store), without(before, &[4]));
    assert_eq!(pieces(&store), [(4, true)]);
    assert_eq!(store.journal.unsent(), 5, "all is sent under a new life");
    let aside = store.mended.clone().unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), file, "the damaged file is as it was");
    assert_eq!(append(&mut store, &mut Mint::new([4; 32]), vec![note()]), 6);
    drop(store);
    let store = open_again(&dir);
    assert_eq!((store.journal.last_seq(), store.mended.is_none()), (6, true));
}

#[test]
fn a_link_that_was_damaged_costs_nothing() {
    let dir = TempDir::new().unwrap();
    let before = six(&dir);
    harm(&dir, "UPDATE op SET link = zeroblob(32) WHERE seq = 4");
    assert!(matches!(damage(&dir), StoreError::Damaged { seq: 4 }));
    let store = open_again(&dir);
    assert_eq!(ids(&store), before);
    assert_eq!(pieces(&store), []);
}

#[test]
fn a_place_where_nothing_is_left_is_told_to_the_centre() {
    let dir = TempDir::new().unwrap();
    let before = six(&dir);
    harm(&dir, "DELETE FROM op WHERE seq = 3");
    assert!(matches!(damage(&dir), StoreError::Damaged { seq: 4 }));
    let store = open_again(&dir);
    assert_eq!(ids(&store), without(before, &[3, 4]), "nothing before the fourth proves it");
    assert_eq!(pieces(&store), [(3, false), (4, true)]);
}

#[test]
fn a_journal_that_lost_its_end_goes_on_in_a_new_life() {
    let dir = TempDir::new().unwrap();
    let before = six(&dir);
    harm(&dir, "UPDATE ack SET applied_hi = 6");
    harm(&dir, "DELETE FROM op WHERE seq > 4");
    let store = open_again(&dir);
    assert!(store.mended.is_some());
    assert_eq!((ids(&store), store.journal.unsent()), (before[..4].to_vec(), 4));
}

#[test]
fn pages_that_cannot_be_read_cost_only_what_was_on_them() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    append(&mut store, &mut mint, (0..900).map(|_| Op::Note(Note::SignedOff)).collect());
    let before = ids(&store);
    drop(store);
    let file = dir.path().join("journal.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    assert!(damage(&dir).is_corrupt());
    let store = open_again(&dir);
    let kept = ids(&store);
    assert!(kept.len() > 800, "{} of 901 operations", kept.len());
    assert!(kept.iter().all(|id| before.contains(id)));
    let lost = before.len() - kept.len();
    assert!(pieces(&store).len() >= lost, "each of the {lost} is told");
}

#[test]
fn what_is_no_journal_at_all_is_kept_and_a_new_one_begins() {
    let dir = TempDir::new().unwrap();
    six(&dir);
    let noise = vec![0x5a; 20_000];
    std::fs::write(dir.path().join("journal.db"), &noise).unwrap();
    let mut store = open_again(&dir);
    assert_eq!(std::fs::read(store.mended.clone().unwrap()).unwrap(), noise);
    assert_eq!(append(&mut store, &mut Mint::new([4; 32]), vec![note()]), 1);
}

#[test]
fn a_power_cut_while_files_change_places_is_made_good_at_the_next_start() {
    let dir = TempDir::new().unwrap();
    let before = six(&dir);
    let (file, mended) = (dir.path().join("journal.db"), dir.path().join("journal.mended"));
    // As if the power had gone between the two renames.
    std::fs::rename(&file, &mended).unwrap();
    assert_eq!(ids(&open_again(&dir)), before);
    // As if it had gone before the first.
    std::fs::rename(&file, &mended).unwrap();
    std::fs::write(&file, "damaged").unwrap();
    let store = open_again(&dir);
    assert_eq!(ids(&store), before);
    assert_eq!(std::fs::read(store.mended.unwrap()).unwrap(), b"damaged");
}

#[test]
fn pieces_wait_until_the_centre_has_them() {
    let dir = TempDir::new().unwrap();
    six(&dir);
    harm(&dir, "UPDATE op SET operator = '666' WHERE seq IN (3, 5)");
    let mut store = open_again(&dir);
    let salvage = store.journal.salvage().unwrap().unwrap();
    assert_eq!(salvage.pieces.len(), 2);
    assert!(salvage.why.contains("operation 3"), "{}", salvage.why);
    assert!(salvage.pieces.iter().all(|piece| piece.id.is_some() && piece.bytes.starts_with("7b22")));
    drop(store);
    store = open_again(&dir);
    let last = store.journal.salvage().unwrap().unwrap().last;
    store.journal.salvaged(last).unwrap();
    assert!(store.journal.salvage().unwrap().is_none());
}
