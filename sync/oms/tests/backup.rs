//! The continuous backup: what it tells as safe it holds, and terminals refill a centre that was restored.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "books/handheld.rs"]
mod handheld;
#[path = "books/house.rs"]
#[allow(dead_code, reason = "this program tells fewer stories than the books")]
mod house;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use aisle_core::{
    id::{Code, Mint},
    quantity::Quantity,
    task::{
        op::Op,
        state::{PickTask, Terminal},
        trouble::{Trouble, TroubleKind},
    },
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{Ack, Stop},
    },
};
use aisle_oms::{
    backup::{Backup, Safe},
    settings::Settings,
    store::{
        StoreError,
        record::Scope,
        sqlite::{Sqlite, restore, ship::Shipper},
        tables::FeedTables,
    },
    sync::feed::{self, Feed},
    terminal,
};
use handheld::{Handheld, LIFE};
use house::{House, code};
use tempfile::TempDir;

/// A centre on a disk with a backup elsewhere, a stop of five cups, and a terminal at it.
struct Shop {
    dir: TempDir,
    house: House,
    task: PickTask,
    handheld: Handheld,
    shipper: Shipper,
}

impl Shop {
    fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("centre.db");
        fs::create_dir(dir.path().join("backup")).unwrap();
        let store = Sqlite::open(&database, [7; 16]).unwrap();
        store.leave_the_log().unwrap();
        let mut house = House::over(store);
        house.stock(house::STOCK);
        house.order("1", &[("CUP", 5)]);
        house.release();
        let list = house.start("PA", "C1", &["T1"]);
        let task = house.tasks(&list).remove(0);
        let handheld = Handheld::enrolled(&mut house, "H7", 9);
        let mut mint = Mint::new([5; 32]);
        let shipper =
            Shipper::open(&database, &dir.path().join("backup"), Box::new(move || mint.bits())).unwrap();
        Self { dir, house, task, handheld, shipper }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A cup is taken from the shelf or, every other time, put back.
    fn work(&mut self) {
        let undoes = (self.handheld.ops.len() % 2 == 1).then(|| self.handheld.ops.last().unwrap().id);
        let fact = Op::Fact(house::picked(&self.task, "C1", 1, undoes));
        self.handheld.journal("PA", Millis(1), &fact);
    }

    fn send(&mut self) -> Ack {
        self.handheld.send(&mut self.house)
    }

    /// How far H7 is in the backup, by rebuilding it.
    fn held(&self, name: &str) -> u64 {
        let target = self.path(name);
        let rebuilt = restore::rebuild(&self.path("backup"), &target, [3; 16]).unwrap();
        let mut house = House::bare(Sqlite::open(&target, [4; 16]).unwrap(), settings(), [6; 32]);
        house.proved();
        restore::remove(&target);
        rebuilt.terminals.iter().find(|terminal| terminal.code == code("H7")).unwrap().applied_hi
    }
}

fn settings() -> Settings {
    Settings::read("[site]\ncode = \"S\"\n").unwrap()
}

fn mark(marks: &[(Code<Terminal>, Incarnation, u64)]) -> u64 {
    marks.iter().find(|(terminal, life, _)| *terminal == code("H7") && *life == LIFE).map_or(0, |mark| mark.2)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_centre_restored_from_an_old_backup_is_refilled_by_its_terminals() {
    let mut shop = Shop::open();
    (0..3).for_each(|_| shop.work());
    shop.send();
    assert_eq!(mark(&shop.shipper.step(Millis(1)).unwrap()), 3);
    copy_folder(&shop.path("backup"), &shop.path("old"));
    (0..4).for_each(|_| shop.work());
    assert_eq!(shop.send().applied_hi, 7);
    let (centre, epoch, hi) = {
        let store = &shop.house.store;
        (store.centre_incarnation().unwrap(), store.feed_epoch().unwrap(), store.feed_hi().unwrap())
    };
    // The disk dies; an old backup is all there is.
    let restored = shop.path("restored.db");
    let rebuilt = restore::rebuild(&shop.path("old"), &restored, [8; 16]).unwrap();
    let mut house = House::bare(Sqlite::open(&restored, [8; 16]).unwrap(), settings(), [6; 32]);
    assert_ne!(rebuilt.centre, centre);
    house.act(|tx, context| aisle_oms::work::notice::restored(tx, &code("CENTRE"), context.now));
    let told = house.all::<Trouble>().into_iter().find(|trouble| trouble.kind == TroubleKind::Restored);
    assert!(told.is_some_and(|told| told.settled.is_none()), "the lead is told");
    assert_eq!(house.store.centre_incarnation().unwrap(), rebuilt.centre);
    // No cursor of the earlier life counts, however far the feed comes meanwhile.
    for cursor in [0, hi] {
        let told = house.act(|tx, _| feed::feed(tx, &code("H7"), epoch, cursor));
        assert!(matches!(told, Feed::SnapshotRequired));
    }
    assert_eq!(house.row::<PickTask>(&shop.task.id).picked, Quantity(1));
    // The terminal goes on where it was, is told what is missing, and sends it.
    shop.work();
    let ack = shop.handheld.send_after(&mut house, 7);
    assert_eq!((ack.stop.clone(), ack.centre), (Some(Stop::Gap { expected: 4 }), rebuilt.centre));
    let ack = shop.handheld.send_after(&mut house, 3);
    assert_eq!((ack.applied_hi, ack.stop), (8, None));
    assert_eq!(house.row::<PickTask>(&shop.task.id).picked, Quantity(0));
    house.proved();
}

#[test]
fn parcel_numbers_that_a_lost_centre_handed_out_are_not_handed_out_again() {
    let mut shop = Shop::open();
    shop.shipper.step(Millis(1)).unwrap();
    let enrol = |house: &mut House, name: &str| {
        let terminal = code(name);
        house.act(|tx, context| {
            terminal::enrol(tx, context, &terminal, Scope::Terminal, name, "http://x")
                .map(|done| done.unwrap())
        })
    };
    let lost = enrol(&mut shop.house, "H8");
    let restored = shop.path("restored.db");
    restore::rebuild(&shop.path("backup"), &restored, [8; 16]).unwrap();
    let mut house = House::bare(Sqlite::open(&restored, [8; 16]).unwrap(), settings(), [6; 32]);
    let next = enrol(&mut house, "H9");
    assert!(next.sscc_first > lost.sscc_last, "{} after {}", next.sscc_first, lost.sscc_last);
    house.proved();
}

#[test]
fn what_is_told_as_safe_is_in_the_backup_whatever_round_it_was_in() {
    let mut shop = Shop::open();
    shop.shipper.round_max_bytes = 100_000;
    let (mut rounds, mut last) = (0, 0);
    for turn in 0..40 {
        for _ in 0..=turn % 7 {
            shop.work();
        }
        shop.send();
        if turn % 3 == 1 {
            continue;
        }
        let safe = mark(&shop.shipper.step(Millis(turn)).unwrap());
        assert_eq!(safe, shop.handheld.ops.len() as u64);
        if turn % 5 == 0 {
            assert_eq!(shop.held(&format!("held-{turn}.db")), safe);
        }
        assert!(safe >= last);
        last = safe;
        let folder = shop.shipper.generation().unwrap();
        let logs = fs::read_dir(folder)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "wal"));
        rounds = rounds.max(logs.count());
    }
    assert!(rounds > 3, "only {rounds} rounds were cut off");
    assert_eq!(shop.held("end.db"), last);
}

#[test]
fn old_generations_make_room_and_the_newest_stay() {
    let mut shop = Shop::open();
    (shop.shipper.round_max_bytes, shop.shipper.rounds_max_bytes) = (50_000, 50_000);
    let mut seen = std::collections::BTreeSet::new();
    for turn in 0..400 {
        shop.work();
        shop.send();
        shop.shipper.step(Millis(turn)).unwrap();
        seen.insert(shop.shipper.generation().unwrap().to_owned());
        if seen.len() == 4 {
            break;
        }
    }
    assert_eq!(seen.len(), 4, "a generation is begun anew when its rounds grow long");
    assert_eq!(fs::read_dir(shop.path("backup")).unwrap().count(), 2);
    assert_eq!(shop.held("end.db"), shop.handheld.ops.len() as u64);
}

#[test]
fn a_log_that_somebody_else_cut_off_is_noticed_and_nothing_is_missing() {
    let mut shop = Shop::open();
    shop.work();
    shop.send();
    shop.shipper.step(Millis(1)).unwrap();
    let first = shop.shipper.generation().unwrap().to_owned();
    shop.work();
    shop.send();
    let other = rusqlite::Connection::open(shop.path("centre.db")).unwrap();
    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    shop.work();
    shop.send();
    assert_eq!(mark(&shop.shipper.step(Millis(2)).unwrap()), 3);
    assert_ne!(shop.shipper.generation().unwrap(), first);
    assert_eq!(shop.held("end.db"), 3);
}

#[test]
fn a_target_that_is_gone_makes_nothing_safe_and_is_made_good_once_it_is_back() {
    let mut shop = Shop::open();
    fs::remove_dir(shop.path("backup")).unwrap();
    shop.work();
    shop.send();
    let gone = shop.shipper.step(Millis(1));
    assert!(matches!(gone, Err(StoreError::Database { .. })), "a disk that is not mounted is not written to");
    assert!(restore::rebuild(&shop.path("backup"), &shop.path("x.db"), [1; 16]).is_err());
    fs::create_dir(shop.path("backup")).unwrap();
    assert_eq!(mark(&shop.shipper.step(Millis(2)).unwrap()), 1);
    // The files are still open, and nobody finds them any more.
    fs::rename(shop.path("backup"), shop.path("taken away")).unwrap();
    shop.work();
    shop.send();
    assert!(shop.shipper.step(Millis(3)).is_err());
    fs::create_dir(shop.path("backup")).unwrap();
    assert_eq!(mark(&shop.shipper.step(Millis(4)).unwrap()), 2);
    assert_eq!(shop.held("end.db"), 2);
}

#[test]
fn damage_in_a_backup_is_found_and_leaves_nothing_behind() {
    let mut shop = Shop::open();
    shop.shipper.round_max_bytes = 30_000;
    while shop.shipper.generation().is_none_or(|folder| !folder.join("00000003.wal").exists()) {
        shop.work();
        shop.send();
        shop.shipper.step(Millis(1)).unwrap();
    }
    let good = shop.path("backup");
    let generation = shop.shipper.generation().unwrap().file_name().unwrap().to_owned();
    let damage = |name: &str, harm: &dyn Fn(&Path)| {
        let bad = shop.path(name);
        copy_folder(&good, &bad);
        harm(&bad.join(&generation));
        let target = shop.path("rebuilt.db");
        let done = restore::rebuild(&bad, &target, [1; 16]);
        if done.is_err() {
            assert!(!target.exists() && !restore::beside(&target, "-wal").exists(), "{name}");
        }
        restore::remove(&target);
        done
    };
    let flip = |path: PathBuf, at: usize| {
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    assert_eq!(damage("whole", &|_| ()).unwrap().torn_bytes, 0);
    let found = [
        damage("copy", &|folder| flip(folder.join("snapshot.db"), 5_000)),
        damage("hash", &|folder| flip(folder.join("snapshot.b3"), 3)),
        damage("no hash", &|folder| fs::remove_file(folder.join("snapshot.b3")).unwrap()),
        damage("round", &|folder| flip(folder.join("00000001.wal"), 9_000)),
        damage("header", &|folder| flip(folder.join("00000002.wal"), 9)),
        damage("no round", &|folder| fs::remove_file(folder.join("00000001.wal")).unwrap()),
        damage("not complete", &|folder| fs::remove_file(folder.join("snapshot.db")).unwrap()),
    ];
    for done in found {
        assert!(done.is_err(), "{done:?}");
    }
    let torn = damage("torn", &|folder| {
        let last = (1..).map(|n| folder.join(format!("{n:08}.wal"))).take_while(|path| path.exists()).last();
        let mut file = fs::OpenOptions::new().append(true).open(last.unwrap()).unwrap();
        std::io::Write::write_all(&mut file, &[7; 1_234]).unwrap();
    });
    assert_eq!(
        torn.unwrap().torn_bytes,
        1_234,
        "the centre died while it shipped: what came before is whole"
    );
}

#[test]
fn a_file_that_was_copied_by_hand_gets_a_new_life_too() {
    let mut shop = Shop::open();
    shop.work();
    shop.send();
    for ending in ["", "-wal"] {
        fs::copy(
            restore::beside(&shop.path("centre.db"), ending),
            restore::beside(&shop.path("copy.db"), ending),
        )
        .unwrap();
    }
    let rebuilt = restore::rebuild(&shop.path("copy.db"), &shop.path("new.db"), [8; 16]).unwrap();
    assert_ne!(rebuilt.centre, shop.house.store.centre_incarnation().unwrap());
    assert_eq!(rebuilt.terminals[0].applied_hi, 1);
    assert!(restore::rebuild(&shop.path("copy.db"), &shop.path("new.db"), [8; 16]).is_err(), "it exists");
}

#[test]
fn the_thread_ships_a_last_time_when_the_centre_stops_and_tells_how_far_it_is() {
    let mut shop = Shop::open();
    let safe = Safe::default();
    let folder = shop.path("backup");
    let draw = Box::new(|| 1);
    let clock = Arc::new(|| Millis(5));
    let backup = Backup::start(shop.path("centre.db"), folder, clock, safe.clone(), draw).unwrap();
    shop.work();
    shop.send();
    drop(backup);
    assert_eq!(shop.held("end.db"), 1);
    let marks = shop.shipper.step(Millis(9)).unwrap();
    safe.tell(marks);
    assert_eq!(safe.hi(&code("H7"), Some(LIFE)), 1);
    assert_eq!(safe.hi(&code("H7"), Some(Incarnation(8))), 0, "another life of the journal");
    assert_eq!(safe.hi(&code("H7"), None), 0);
    assert_eq!(safe.hi(&code("H8"), Some(LIFE)), 0);
}
