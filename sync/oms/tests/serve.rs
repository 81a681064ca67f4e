//! The program as it runs: started, backed up, killed, restored and started again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use aisle_core::{
    id::{Code, Mint},
    task::op::{Note, Op},
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::{Ack, Batch, Enrolment, Stop, VERSION, WireOp},
    },
};
use serde_json::value::RawValue;

const LIFE: Incarnation = Incarnation(7);

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aisle-oms"));
    command.arg("--home").arg(home);
    command
}

/// A centre that serves; killed when it is dropped.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(home: &Path, backup: &Path) -> Self {
        let mut child = program(home)
            .args(["serve", "--listen", "127.0.0.1:0", "--backup"])
            .arg(backup)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { child, address }
    }

    fn send(&self, token: &str, batch: &Batch) -> Ack {
        let body = serde_json::to_vec(batch).unwrap();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /v1/terminal/ops HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.into_bytes(), body].concat()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer[end + 4..]).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A journal of notes, and the links between them.
fn journal(enrolment: &Enrolment, count: u64) -> (Vec<WireOp>, Vec<Link>) {
    let mut mint = Mint::new([4; 32]);
    let (mut ops, mut links) = (Vec::new(), vec![Link::origin(&enrolment.terminal, LIFE)]);
    for seq in 1..=count {
        let op = Op::Note(Note::SignedOff);
        let op = WireOp {
            seq,
            id: mint.id(Millis(1)),
            family: op.family(),
            kind: op.kind().to_owned(),
            v: op.version(),
            at: Millis(1),
            operator: Code::parse("PA").unwrap(),
            body: RawValue::from_string(String::from_utf8(op.to_bytes()).unwrap()).unwrap(),
        };
        links.push(links.last().unwrap().then(&op));
        ops.push(op);
    }
    (ops, links)
}

#[test]
fn a_centre_that_was_killed_is_restored_with_all_that_it_called_safe() {
    let dir = tempfile::tempdir().unwrap();
    let (home, other, backup) =
        (dir.path().join("home"), dir.path().join("other"), dir.path().join("backup"));
    std::fs::create_dir(&backup).unwrap();
    let enrolled = program(&home).args(["enrol", "H1"]).output().unwrap();
    assert!(enrolled.status.success());
    let enrolment: Enrolment = toml::from_str(&String::from_utf8(enrolled.stdout).unwrap()).unwrap();
    let (ops, links) = journal(&enrolment, 60);
    let batch = |from: usize, to: usize| Batch {
        proto: VERSION,
        app: "test".to_owned(),
        terminal: enrolment.terminal.clone(),
        incarnation: LIFE,
        before: links[from],
        ops: ops[from..to].to_vec(),
        pending: 0,
        sent_at: Millis(1),
        battery: None,
        disk: None,
        desynced: false,
    };
    let served = Served::start(&home, &backup);
    let first = served.send(&enrolment.token, &batch(0, 20));
    assert_eq!((first.applied_hi, first.stop.clone()), (20, None));
    // The empty batch asks how far it is; the backup follows within the second.
    while served.send(&enrolment.token, &batch(20, 20)).safe_hi < 20 {}
    let later = served.send(&enrolment.token, &batch(20, 40));
    assert!(later.safe_hi >= 20 && later.applied_hi == 40);
    drop(served);

    let restored = program(&other).arg("restore").arg(&backup).output().unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let fresh = dir.path().join("fresh");
    std::fs::create_dir(&fresh).unwrap();
    let served = Served::start(&other, &fresh);
    let ack = served.send(&enrolment.token, &batch(40, 60));
    assert_ne!(ack.centre, first.centre);
    // It says from where, and is sent the rest.
    let from = match ack.stop {
        Some(Stop::Gap { expected }) => usize::try_from(expected).unwrap() - 1,
        None => 60,
        other => panic!("{other:?}"),
    };
    assert!(from >= 20, "what was called safe is there: {from}");
    if from < 60 {
        assert_eq!(served.send(&enrolment.token, &batch(from, 60)).applied_hi, 60);
    }
    drop(served);
    let proved = program(&other).arg("verify").output().unwrap();
    assert!(proved.status.success(), "{}", String::from_utf8_lossy(&proved.stdout));
}
