//! Something answers at the centre's address that is not the centre: a portal, half an answer, noise.
//!
//! The terminal signs on and works as before, says that it has not reached the centre, and keeps every
//! operation unsent, over a restart too.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper fails the test")]

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use aisle::{
    app::{input::Input, place::Place, practice, shell::Shell, turn::Outcome},
    device::clock::Clock,
    scan::{Scan, Source},
    store::{Durability, Store},
    sync::engine::Trouble,
};
use aisle_core::{
    code::house::Kind,
    id::{Code, Mint},
    label::from_rows::house,
    task::state::{PickList, Terminal},
    time::Millis,
    wire::v1::Enrolment,
};

const NOW: Millis = Millis(1_291_190_400_000);
/// The picker who holds the practice lists.
const BADGE: &str = "FH7P32XS";
/// So long may an answer take on a slow machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

fn ok(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// A server on loopback that answers every call with these bytes and hangs up; tells its address.
fn answering(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // It lives as long as the test's process: nothing joins it.
    thread::spawn(move || listener.incoming().flatten().for_each(|call| answer(call, &bytes)));
    format!("http://{address}")
}

fn answer(mut call: TcpStream, bytes: &[u8]) {
    // A caller who hangs up first is none of our concern.
    let _ = call.set_read_timeout(Some(Duration::from_secs(5)));
    let _ = call.read(&mut [0; 4096]);
    let _ = call.write_all(bytes);
}

fn terminal() -> Code<Terminal> {
    Code::parse("H1").unwrap()
}

/// Its files, as they lie on the disk.
fn store(place: &Place) -> Store {
    Store::open(&place.data, &terminal(), Durability::Full, NOW, &mut Mint::new([1; 32])).unwrap()
}

fn enrolment(centre: String) -> Enrolment {
    Enrolment {
        terminal: terminal(),
        token: "token".into(),
        centre,
        sscc_prefix: "9521234".into(),
        sscc_extension: 0,
        sscc_first: 1,
        sscc_last: 99,
    }
}

/// Caches the practice site, as a centre fed it before.
fn cached(home: &Path) -> Place {
    let place = Place::find(Some(home)).unwrap();
    practice::fill(&mut store(&place), NOW).unwrap();
    place
}

/// Signs on at a terminal whose centre answers so; returns what troubled it while six calls were answered.
fn works_beside(bytes: Vec<u8>) -> BTreeSet<&'static str> {
    let home = tempfile::tempdir().unwrap();
    let place = cached(home.path());
    let enrolment = enrolment(answering(bytes));
    let clock = Clock::set_at(NOW.0);
    let (answered, answers) = mpsc::channel();
    let wake = Arc::new(move || {
        // Nobody listens any more once the terminal is dropped.
        let _ = answered.send(());
    });
    let mut shell = Shell::start(place.clone(), Some(&enrolment), clock.clone(), [2; 32], wake).unwrap();
    let badge = house(Kind::Badge, BADGE).unwrap().into_bytes();
    let mut inputs = vec![Input::Scan(Scan::new(badge, Source::Serial(0), 0))];
    inputs.extend("1111".chars().map(|digit| Input::Key(digit.to_string().parse().unwrap())));
    inputs.push(Input::Key("enter".parse().unwrap()));
    for input in inputs {
        clock.set(clock.now_ms() + 1_000);
        let turned = shell.input(input);
        assert!(matches!(turned.answer.outcome, Outcome::Accepted), "{:?}", turned.answer.outcome);
    }
    let mut seen = BTreeSet::new();
    let unsent = shell.files().read().journal.unsent();
    assert!(unsent > 0, "signing on is an operation");
    for _ in 0..6 {
        answers.recv_timeout(PATIENCE).expect("each call is answered");
        shell.hear();
        let status = shell.status().expect("it has a centre");
        seen.extend((status.trouble == Some(Trouble::Garbled)).then_some("garbled"));
        seen.extend((!status.online).then_some("not reached"));
        // What waits for its time goes on.
        clock.set(clock.now_ms() + 600_000);
        shell.hear();
    }
    assert_eq!(shell.files().read().journal.unsent(), unsent, "nothing counts as sent");
    assert_eq!(shell.turn.state.session.operator.as_ref().map(|o| o.badge.to_string()), Some(BADGE.into()));
    drop(shell);
    let store = store(&place);
    assert_eq!(store.journal.unsent(), unsent, "it is still there after a restart");
    assert!(store.view.floor().unwrap().all::<PickList>().next().is_some());
    seen
}

/// What the status bar says beside it: out of reach, and that somebody should look.
fn garbled() -> BTreeSet<&'static str> {
    BTreeSet::from(["garbled", "not reached"])
}

#[test]
fn a_portals_page_is_not_the_centre_and_nothing_is_lost() {
    let page = b"<html><title>Please sign in to the guest network</title></html>";
    assert_eq!(works_beside(ok("text/html", page)), garbled());
}

#[test]
fn json_of_another_service_is_not_the_centre_and_nothing_is_lost() {
    assert_eq!(works_beside(ok("application/json", br#"{"status":"ok"}"#)), garbled());
}

#[test]
fn noise_that_claims_to_be_packed_is_not_the_centre_and_nothing_is_lost() {
    let noise: Vec<u8> = (0u32..4_000).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\ncontent-length: 4000\r\n\r\n".to_vec();
    bytes.extend_from_slice(&noise);
    assert_eq!(works_beside(bytes), garbled());
}

#[test]
fn an_error_page_is_not_the_centre_and_nothing_is_lost() {
    let bytes = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad".to_vec();
    assert_eq!(works_beside(bytes), garbled());
}

#[test]
fn half_an_answer_counts_as_no_answer_and_nothing_is_lost() {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{\"epoch\":\"01\"".to_vec();
    assert!(works_beside(bytes).contains("not reached"));
}

#[test]
fn what_does_not_speak_http_counts_as_no_answer_and_nothing_is_lost() {
    assert!(works_beside(b"220 mail.example ESMTP\r\n".to_vec()).contains("not reached"));
}

#[test]
fn an_answer_without_end_is_given_up_and_nothing_is_lost() {
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    bytes.resize(bytes.len() + 20_000_000, b' ');
    assert_eq!(works_beside(bytes), garbled());
}
