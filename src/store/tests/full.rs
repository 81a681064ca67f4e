//! A disk that is full.

use super::*;
use crate::store::BALLAST_BYTES;

const SMALL: u64 = 1 << 16;

fn many(mint: &mut Mint) -> Vec<(Id<Op>, Op)> {
    (0..400).map(|_| (mint.id(Millis(5)), note())).collect()
}

#[test]
fn a_full_disk_gets_the_ballast_back_and_takes_what_was_to_be_recorded() {
    let dir = TempDir::new().unwrap();
    let mut store = open(&dir);
    store.keep_ballast(SMALL);
    let ballast = dir.path().join("ballast");
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), SMALL);
    let mut mint = Mint::new([1; 32]);
    append(&mut store, &mut mint, vec![note()]);
    let pages = store.journal.pages().unwrap();
    store.journal.cap_pages(pages + 1).unwrap();
    let badge: Code<Operator> = code("100");
    let ops = many(&mut mint);
    assert_eq!(store.append(Millis(5), &badge, &ops).unwrap().count(), 400);
    assert!(!ballast.exists() && store.is_full());
    let pages = store.journal.pages().unwrap();
    store.journal.cap_pages(pages).unwrap();
    assert!(matches!(store.append(Millis(5), &badge, &many(&mut mint)), Err(StoreError::Full)));
    assert_eq!(store.journal.last_seq(), 401, "what was recorded stays");
    store.renew_ballast();
    assert!(ballast.exists() && !store.is_full());
    drop(store);
    assert_eq!(open(&dir).journal.last_seq(), 401);
}

#[test]
fn a_ballast_that_is_there_is_kept_and_half_a_one_is_made_anew() {
    let dir = TempDir::new().unwrap();
    let ballast = dir.path().join("ballast");
    std::fs::write(&ballast, vec![7; usize::try_from(SMALL).unwrap()]).unwrap();
    open(&dir).keep_ballast(SMALL);
    assert_eq!(std::fs::read(&ballast).unwrap()[0], 7);
    std::fs::write(&ballast, b"half").unwrap();
    open(&dir).keep_ballast(SMALL);
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), SMALL);
}

/// On a small file system at `AISLE_SMALL_DISK` (`mount -t tmpfs -o size=32m`), which a test cannot make: it is filled
/// to the last byte, and what was recorded before and with the ballast is there.
#[test]
fn a_disk_that_is_really_full_takes_as_much_as_the_ballast_had() {
    let Some(disk) = std::env::var_os("AISLE_SMALL_DISK") else { return };
    let dir = TempDir::new_in(disk).unwrap();
    let mut store = open(&dir);
    store.keep_ballast(BALLAST_BYTES);
    assert!(!store.is_full());
    fill_up_to(dir.path(), 256 << 10);
    let mut mint = Mint::new([1; 32]);
    let badge: Code<Operator> = code("100");
    let mut kept = 0;
    let mut with_ballast = 0;
    let last = loop {
        match store.append(Millis(5), &badge, &[(mint.id(Millis(5)), note())]) {
            Ok(receipt) => {
                kept = receipt.last_seq();
                with_ballast += u64::from(store.is_full());
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(last, StoreError::Full), "{last}");
    assert!(with_ballast > 5_000, "{with_ballast} operations after the ballast was let go of");
    store.renew_ballast();
    assert!(store.is_full(), "there is no room for a new one");
    drop(store);
    assert_eq!(open(&dir).journal.last_seq(), kept);
}

/// Takes up all of the disk but so many bytes.
fn fill_up_to(folder: &std::path::Path, left: u64) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("filler")).unwrap();
    while file.write_all(&[7; 1 << 16]).is_ok() {}
    let full = file.metadata().unwrap().len();
    file.set_len(full - left).unwrap();
}
