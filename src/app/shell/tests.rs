//! A disk that fails under the terminal, and holds again.

use aisle_core::{
    code::{house::Kind, setup},
    label::from_rows::house,
};
use tempfile::TempDir;

use super::*;
use crate::{
    floor::Key,
    scan::{Scan, Source},
    store::journal::Failing,
};

const NOW: i64 = 1_291_190_400_000;
/// The picker who holds the practice lists.
const BADGE: &str = "FH7P32XS";

fn scan(kind: Kind, code: &str, at: i64) -> Input {
    Input::Scan(Scan::new(house(kind, code).unwrap(), Source::Serial(0), at.cast_unsigned()))
}

/// A picker at her terminal, about to take a cart.
struct Bench {
    _home: TempDir,
    shell: Shell,
    clock: Clock,
    data: PathBuf,
}

impl Bench {
    fn signed_on() -> Self {
        let home = TempDir::new().unwrap();
        let place = Place::find(Some(home.path())).unwrap();
        let clock = Clock::set_at(NOW);
        let data = place.data.clone();
        let shell = Shell::start(place, None, clock.clone(), [2; 32], Arc::new(|| {})).unwrap();
        let mut bench = Self { _home: home, shell, clock, data };
        bench.does(scan(Kind::Badge, BADGE, NOW));
        for key in ["1", "1", "1", "1", "enter", "1"] {
            bench.does(Input::Key(key.parse::<Key>().unwrap()));
        }
        assert_eq!(bench.last_seq(), 1, "signing on is recorded");
        bench
    }

    fn does(&mut self, input: Input) -> Turned {
        self.clock.set(self.clock.now_ms() + 1_000);
        self.shell.input(input)
    }

    /// Takes a cart for the list; tells whether that is recorded.
    fn takes_cart(&mut self) -> bool {
        self.does(scan(Kind::Cart, "C1", self.clock.now_ms())).answer.receipt.is_some()
    }

    fn trouble(&self) -> bool {
        self.shell.view_input().sync_trouble
    }

    fn last_seq(&self) -> u64 {
        self.shell.files.read().journal.last_seq()
    }
}

#[test]
fn the_status_bar_says_that_something_was_not_recorded_until_something_is() {
    let mut bench = Bench::signed_on();
    let before = bench.last_seq();
    assert!(!bench.trouble());
    bench.shell.files.write().journal.fail_next(Failing::Lost);
    assert!(!bench.takes_cart(), "she is told");
    assert!(bench.trouble());
    assert_eq!(bench.last_seq(), before);
    assert!(bench.takes_cart(), "the same is done again");
    assert!(bench.last_seq() > before);
    assert!(!bench.trouble(), "the cause is gone");
}

#[test]
fn what_the_disk_kept_though_it_said_no_is_confirmed_as_if_it_had_said_yes() {
    let (mut bench, mut sound) = (Bench::signed_on(), Bench::signed_on());
    bench.shell.files.write().journal.fail_next(Failing::Kept);
    assert!(bench.takes_cart() && sound.takes_cart());
    assert_eq!(bench.last_seq(), sound.last_seq());
    assert!(!bench.trouble());
    let store = bench.shell.files.read();
    assert_eq!(bench.shell.turn.state.rows, store.floor().unwrap());
}

#[test]
fn a_file_that_was_gone_is_opened_with_the_next_input_and_the_screen_is_where_the_journal_ends() {
    let mut bench = Bench::signed_on();
    let scanner = Source::Serial(7);
    let setup = format!("S1{}", setup::content());
    bench.does(Input::Scan(Scan::new(setup, scanner, bench.clock.now_ms().cast_unsigned())));
    bench.does(Input::Key(Key::Dot));
    let away = bench.data.with_extension("away");
    std::fs::rename(&bench.data, &away).unwrap();
    bench.shell.files.write().journal.fail_next(Failing::Kept);
    assert!(!bench.takes_cart(), "nobody can tell yet whether it is there");
    assert!(bench.trouble());
    assert!(!bench.takes_cart());
    let before = bench.last_seq();
    std::fs::rename(&away, &bench.data).unwrap();
    bench.does(Input::Tick);
    assert!(bench.last_seq() > before, "it was there");
    let kept = bench.shell.files.read().floor().unwrap();
    assert_eq!(bench.shell.turn.state.rows, kept);
    let badge = bench.shell.turn.state.session.badge().map(ToString::to_string);
    assert_eq!(badge.as_deref(), Some(BADGE), "she is still signed on");
    let around = bench.shell.turn.state.scanners.of(scanner).around();
    assert_eq!(around, ("S1", ""), "her scanner is still set up");
}

#[test]
fn a_cache_that_went_with_the_power_comes_back_and_she_is_where_she_was() {
    let mut bench = Bench::signed_on();
    assert!(bench.takes_cart());
    let before = bench.shell.turn.state.session.clone();
    assert!(before.pick.list.is_some());
    let Bench { _home: home, shell, clock, data } = bench;
    drop(shell);
    std::fs::remove_file(data.join("view.db")).unwrap();
    let enrolment = Enrolment {
        terminal: crate::app::practice::terminal(),
        token: String::new(),
        centre: String::new(),
        sscc_prefix: "4000001".to_owned(),
        sscc_extension: 0,
        sscc_first: 1,
        sscc_last: 9,
    };
    let place = Place::find(Some(home.path())).unwrap();
    let line = Line { call: Box::new(|_| {}), answers: mpsc::channel().1 };
    let mut shell = Shell::over(place, Some(&enrolment), clock, [3; 32], Some(line)).unwrap();
    assert!(shell.turn.state.rows.all::<aisle_core::task::state::PickList>().next().is_none());
    crate::app::practice::fill(&mut shell.files.write(), Millis(NOW)).unwrap();
    shell.rows_changed();
    let after = &shell.turn.state.session;
    assert_eq!((&after.operator, &after.pick), (&before.operator, &before.pick));
}

#[test]
fn a_full_disk_lets_her_finish_and_begins_nothing_until_there_is_room_again() {
    let mut bench = Bench::signed_on();
    let ballast = bench.data.join("ballast");
    assert!(ballast.exists());
    bench.shell.files.write().journal.fail_next(Failing::Full);
    assert!(bench.takes_cart(), "the space of the ballast takes it");
    assert!(!ballast.exists());
    assert!(bench.trouble());
    assert_eq!(bench.shell.turn.state.session.refusal, Some(Refusal::DiskFull), "she is told at once");
    let before = bench.last_seq();
    let tote = bench.does(scan(Kind::Tote, "T001", bench.clock.now_ms()));
    assert!(tote.answer.receipt.is_some(), "what is under way goes on: {:?}", tote.answer.outcome);
    assert!(bench.last_seq() > before);
    bench.shell.files.write().journal.fail_next(Failing::Full);
    let tote = bench.does(scan(Kind::Tote, "T002", bench.clock.now_ms()));
    assert_eq!(tote.not_saved(), Some(view::NotSaved::Full), "nothing is left to give back");
    assert!(tote.answer.receipt.is_none());
}

#[test]
fn nothing_is_begun_on_a_full_disk_until_there_is_room_again() {
    let mut bench = Bench::signed_on();
    let ballast = bench.data.join("ballast");
    std::fs::remove_file(&ballast).unwrap();
    std::fs::create_dir(&ballast).unwrap();
    bench.shell.files.write().keep_ballast(1 << 16);
    bench.does(Input::Tick);
    assert!(bench.trouble(), "there is no room for a ballast");
    let cart = bench.does(scan(Kind::Cart, "C1", bench.clock.now_ms())).answer;
    assert_eq!(cart.refusal(), Some(&Refusal::DiskFull));
    assert!(cart.receipt.is_none());
    std::fs::remove_dir(&ballast).unwrap();
    bench.clock.set(bench.clock.now_ms() + RENEW_EVERY_MS);
    bench.does(Input::Tick);
    assert!(!bench.trouble());
    assert!(bench.takes_cart());
}

#[test]
fn a_disk_that_takes_no_writes_is_told_as_such() {
    let mut bench = Bench::signed_on();
    bench.shell.files.write().journal.fail_next(Failing::ReadOnly);
    let cart = bench.does(scan(Kind::Cart, "C1", bench.clock.now_ms()));
    assert_eq!(cart.not_saved(), Some(view::NotSaved::ReadOnly));
    assert!(bench.data.join("ballast").exists(), "no space is given back where none is missing");
}
