//! The terminals' door under bad bodies: each gets a clear answer, and nothing is harmed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
};

use aisle_core::{
    id::{Code, Mint},
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{Ack, BODY_MAX_BYTES, Stop},
    },
};
use aisle_oms::{
    backup::Safe,
    context::Context,
    http::{
        self, Centre,
        admit::{Admission, Answer as Asked},
        writer::Writer,
    },
    settings::Settings,
    store::{
        Result, Store, Tx,
        record::{EventRecord, Scope},
        sqlite::Sqlite,
    },
    terminal,
};
use serde_json::{Value, json};

#[path = "door/shop.rs"]
mod shop;

const TOKEN: &str = "token of H1";

/// A centre on a port of its own, with one terminal. The runtime ends with it.
struct Door {
    address: SocketAddr,
    writer: Writer,
    safe: Safe,
    admission: Admission,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    runtime: tokio::runtime::Runtime,
}

struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Door {
    fn open() -> Self {
        let mut store = Sqlite::in_memory([7; 16]).unwrap();
        let settings = Settings::default();
        let mut mint = Mint::new([3; 32]);
        store
            .transact(|tx| {
                let context = Context { now: Millis(1), settings: &settings, mint: &mut mint };
                for (name, scope) in [("H1", Scope::Terminal), ("SHOP", Scope::Integrator)] {
                    let code = Code::parse(name).unwrap();
                    terminal::enrol(tx, &context, &code, scope, &format!("token of {name}"), "http://x")?
                        .unwrap();
                }
                Ok::<_, aisle_oms::store::StoreError>(())
            })
            .unwrap();
        let (writer, safe) = (Writer::start(Box::new(store)).unwrap(), Safe::default());
        let admission = Admission::default();
        let centre = Centre {
            writer: writer.clone(),
            clock: Arc::new(|| Millis(1_000)),
            mint: Arc::new(Mutex::new(mint)),
            settings: Arc::new(settings),
            safe: safe.clone(),
            admission: admission.clone(),
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let served = runtime.spawn(http::serve(listener, centre, std::future::pending()));
        Self { address, writer, safe, admission, served, runtime }
    }

    fn run(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static) {
        self.runtime.block_on(self.writer.run(work)).unwrap();
    }

    fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // A centre that refuses early may close before everything is sent.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
        let headers = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, headers, body: bytes[end + 4..].to_vec() }
    }

    fn post(&self, path: &str, more: &[&str], body: &[u8]) -> Answer {
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n",
            body.len()
        );
        for line in more {
            head += &format!("{line}\r\n");
        }
        let mut request = (head + "\r\n").into_bytes();
        request.extend_from_slice(body);
        self.raw(&request)
    }

    fn get(&self, path: &str, more: &[&str]) -> Answer {
        let mut head = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n"
        );
        for line in more {
            head += &format!("{line}\r\n");
        }
        self.raw((head + "\r\n").as_bytes())
    }

    /// The centre still takes a good batch.
    #[track_caller]
    fn unharmed(&self) {
        let answer = self.post("/v1/terminal/ops", &[], &serde_json::to_vec(&good()).unwrap());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    }
}

/// An empty batch of H1.
fn good() -> Value {
    json!({
        "proto": 1, "app": "test", "terminal": "H1", "incarnation": "7",
        "before": "0".repeat(64), "ops": [], "pending": 0, "sent_at": 1
    })
}

#[track_caller]
fn refused(answer: &Answer, status: u16, kind: &str) {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, status, "{}\n{text}", answer.headers);
    assert!(answer.headers.contains("application/problem+json"), "{}\n{text}", answer.headers);
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["type"], kind, "{text}");
    assert!(problem["title"].as_str().unwrap().len() > 10, "{text}");
}

const POSTS: [&str; 2] = ["/v1/terminal/ops", "/v1/terminal/salvage"];

#[test]
fn bodies_that_are_no_json_are_told_so() {
    let door = Door::open();
    let whole = serde_json::to_vec(&good()).unwrap();
    let mut broken = whole.clone();
    broken[9] = 0xff;
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    for path in POSTS {
        for body in
            [&b""[..], &whole[..whole.len() / 2], b"\xff\xfe\x00", &broken, b"null", b"[]", b"42", &deep]
        {
            refused(&door.post(path, &[], body), 400, "garbled-body");
        }
        for body in [&b""[..], b"no zstd", &zstd::encode_all(&whole[..], 3).unwrap()[..20]] {
            refused(&door.post(path, &["Content-Encoding: zstd"], body), 400, "garbled-body");
        }
    }
    door.unharmed();
}

#[test]
fn a_body_is_limited_alike_packed_and_plain() {
    let door = Door::open();
    let limit = BODY_MAX_BYTES;
    let plain = |bytes: usize| {
        let mut body = serde_json::to_vec(&good()).unwrap();
        body.resize(bytes, b' ');
        body
    };
    let packed = ["Content-Encoding: zstd"];
    let path = "/v1/terminal/ops";
    assert_eq!(door.post(path, &[], &plain(limit)).status, 200);
    assert_eq!(door.post(path, &packed, &zstd::encode_all(&plain(limit)[..], 3).unwrap()).status, 200);
    let bomb = zstd::encode_all(&vec![b' '; 200 << 20][..], 3).unwrap();
    assert!(bomb.len() < limit / 8);
    for path in POSTS {
        refused(&door.post(path, &[], &plain(limit + 1)), 413, "too-large");
        refused(
            &door.post(path, &packed, &zstd::encode_all(&plain(limit + 1)[..], 3).unwrap()),
            413,
            "too-large",
        );
        refused(&door.post(path, &packed, &bomb), 413, "too-large");
        refused(&door.post(path, &[], &plain(3 << 20)), 413, "too-large");
    }
    door.unharmed();
}

#[test]
fn a_body_without_a_length_is_limited_too() {
    let door = Door::open();
    let mut request = format!(
        "POST /v1/terminal/ops HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    )
    .into_bytes();
    for _ in 0..33 {
        request.extend_from_slice(format!("{:x}\r\n", 32 << 10).as_bytes());
        request.extend_from_slice(&vec![b' '; 32 << 10]);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    refused(&door.raw(&request), 413, "too-large");
    door.unharmed();
}

#[test]
fn bodies_of_another_kind_are_told_what_is_taken() {
    let door = Door::open();
    let body = serde_json::to_vec(&good()).unwrap();
    for path in POSTS {
        refused(&door.post(path, &["Content-Encoding: gzip"], &body), 415, "unknown-encoding");
        refused(&door.post(path, &["Content-Type: text/csv"], &body), 415, "unknown-type");
    }
    assert_eq!(
        door.post("/v1/terminal/ops", &["Content-Type: application/json; charset=utf-8"], &body).status,
        200
    );
}

#[test]
fn a_protocol_nobody_speaks_here_is_named_whatever_its_shape() {
    let door = Door::open();
    for path in POSTS {
        for body in [json!({ "proto": 2 }), json!({ "proto": 9, "batches": {} }), json!({ "proto": 0 })] {
            refused(&door.post(path, &[], &serde_json::to_vec(&body).unwrap()), 422, "unknown-protocol");
        }
        let mut other = good();
        other["proto"] = 2.into();
        refused(&door.post(path, &[], &serde_json::to_vec(&other).unwrap()), 422, "unknown-protocol");
    }
    door.unharmed();
}

#[test]
fn fields_of_the_wrong_type_are_told_so() {
    let door = Door::open();
    let op = json!({
        "seq": 1, "id": "01900000-0000-7000-8000-000000000001", "family": "fact", "kind": "picked", "v": 1,
        "at": 1, "operator": "PA", "body": {}
    });
    for (field, wrong) in [
        ("terminal", json!(7)),
        ("terminal", json!("")),
        ("incarnation", json!("seven")),
        ("before", json!("00")),
        ("ops", json!({})),
        ("pending", json!(-1)),
        ("battery", json!(300)),
    ] {
        let mut body = good();
        body[field] = wrong;
        refused(
            &door.post("/v1/terminal/ops", &[], &serde_json::to_vec(&body).unwrap()),
            400,
            "garbled-body",
        );
    }
    for (field, wrong) in [
        ("seq", json!(-1)),
        ("id", json!("no id")),
        ("family", json!("rumour")),
        ("v", json!(70_000)),
        ("operator", json!(" PA")),
        ("at", json!("noon")),
    ] {
        let mut body = good();
        let mut one = op.clone();
        one[field] = wrong;
        body["ops"] = json!([one]);
        refused(
            &door.post("/v1/terminal/ops", &[], &serde_json::to_vec(&body).unwrap()),
            400,
            "garbled-body",
        );
    }
    let mut foreign = good();
    foreign["terminal"] = "H2".into();
    refused(&door.post("/v1/terminal/ops", &[], &serde_json::to_vec(&foreign).unwrap()), 422, "bad-batch");
    let mut holes = good();
    let mut third = op.clone();
    third["seq"] = 3.into();
    holes["ops"] = json!([op, third]);
    refused(&door.post("/v1/terminal/ops", &[], &serde_json::to_vec(&holes).unwrap()), 422, "bad-batch");
    door.unharmed();
}

#[test]
fn queries_and_paths_that_are_none_are_told_so() {
    let door = Door::open();
    for query in ["", "?epoch=7", "?epoch=zz&cursor=0", "?epoch=7&cursor=-1", "?epoch=7&cursor=1&wait_s=soon"]
    {
        refused(&door.get(&format!("/v1/terminal/feed{query}"), &[]), 400, "bad-query");
    }
    refused(
        &door.get("/v1/terminal/feed?epoch=7&cursor=0&wait_s=99999999999", &[]),
        410,
        "snapshot-required",
    );
    refused(&door.get("/v1/terminal/snapshot", &["aisle-after: nowhere"]), 400, "bad-key");
    refused(&door.get("/v1/terminal/nothing", &[]), 404, "unknown-path");
    refused(&door.get("/v1/terminal/ops", &[]), 405, "wrong-method");
    refused(&door.post("/v1/terminal/feed", &[], b""), 405, "wrong-method");
    door.unharmed();
}

#[test]
fn pieces_of_a_journal_are_taken_or_told_what_is_wrong() {
    let door = Door::open();
    let salvage = |pieces: Value| {
        let body = json!({
            "proto": 1, "app": "test", "terminal": "H1", "incarnation": null, "why": "test", "pieces": pieces
        });
        door.post("/v1/terminal/salvage", &[], &serde_json::to_vec(&body).unwrap())
    };
    refused(&salvage(json!([{ "bytes": "abc" }])), 422, "bad-batch");
    refused(&salvage(json!([{ "bytes": "zz" }])), 422, "bad-batch");
    refused(&salvage(json!([{ "bytes": 7 }])), 400, "garbled-body");
    refused(&salvage(json!(vec![json!({ "bytes": "00" }); 501])), 422, "bad-batch");
    let taken = salvage(json!([{ "bytes": "00ff" }, { "bytes": "00ff", "seq": 4 }]));
    assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
    let told: Value = serde_json::from_slice(&taken.body).unwrap();
    assert_eq!(told["kept"], 2);
}

#[test]
fn nothing_is_told_as_safe_without_a_backup_nor_more_than_is_applied() {
    let door = Door::open();
    let safe = || {
        let answer = door.post("/v1/terminal/ops", &[], &serde_json::to_vec(&good()).unwrap());
        let ack: Ack = serde_json::from_slice(&answer.body).unwrap();
        (ack.applied_hi, ack.safe_hi)
    };
    assert_eq!(safe(), (0, 0));
    door.safe.tell(vec![(Code::parse("H1").unwrap(), Incarnation(7), 5)]);
    assert_eq!(safe(), (0, 0), "a backup of another life of the database says nothing");
}

#[test]
fn a_long_batch_beyond_the_room_gets_a_turn_and_a_short_one_comes_in() {
    let door = Door::open();
    let mut body = serde_json::to_vec(&good()).unwrap();
    let ack = |body: &[u8]| -> Ack {
        let answer = door.post("/v1/terminal/ops", &[], body);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    };
    let centre = ack(&body).centre;
    let mut passes = Vec::new();
    while let Asked::In(pass) = door.admission.ask(Millis(1_000), None) {
        passes.push(pass);
    }
    assert_eq!(ack(&body).stop, None, "somebody waits at a shelf");
    body.resize(50_000, b' ');
    let sent_away = ack(&body);
    assert!(matches!(sent_away.stop, Some(Stop::Retry { after_ms }) if after_ms > 0), "{sent_away:?}");
    assert_eq!(sent_away.centre, centre);
    drop(passes);
    assert_eq!(ack(&body).stop, None);
}

#[test]
fn a_cursor_that_lies_ahead_of_the_events_is_told_that_they_begin_anew() {
    let door = Door::open();
    let events = |after: u64| {
        door.raw(
            format!(
                "GET /v1/events?after={after} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer token of SHOP\r\n\r\n"
            )
            .as_bytes(),
        )
    };
    assert_eq!(events(0).status, 200);
    refused(&events(7), 410, "events-anew");
    door.run(|tx| {
        let event = EventRecord {
            number: 0,
            at: Millis(1),
            kind: "test".into(),
            subject: "x".into(),
            body: "{}".into(),
        };
        tx.append_event(&event).map(drop)
    });
    assert_eq!(events(1).status, 200);
    refused(&events(2), 410, "events-anew");
    refused(&events(u64::MAX), 410, "events-anew");
}

#[test]
fn a_centre_whose_writer_died_ends_instead_of_answering_nothing() {
    let door = Door::open();
    let Door { writer, runtime, served, .. } = door;
    let died = runtime.block_on(writer.run(|_| -> Result<()> { panic!("on purpose, in a test") }));
    assert!(died.is_err());
    let ended = runtime.block_on(served).unwrap();
    assert!(ended.unwrap_err().to_string().contains("writer"));
}

#[test]
fn a_revoked_terminal_is_heard_once_more_and_told_nothing() {
    let door = Door::open();
    door.run(|tx| terminal::revoke(tx, &Code::parse("H1").unwrap()).map(drop));
    let body = serde_json::to_vec(&good()).unwrap();
    assert_eq!(door.post("/v1/terminal/ops", &[], &body).status, 200);
    refused(&door.get("/v1/terminal/snapshot", &[]), 403, "revoked");
    refused(&door.get("/v1/terminal/feed?epoch=7&cursor=0", &[]), 403, "revoked");
}

#[test]
fn a_caller_that_is_none_is_told_so_before_its_body_is_read() {
    let door = Door::open();
    let post = |token: &str| {
        door.raw(
            format!(
                "POST /v1/terminal/ops HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{token}Content-Length: 3\r\n\r\n{{}}x"
            )
            .as_bytes(),
        )
    };
    refused(&post(""), 401, "unknown-token");
    refused(&post("Authorization: Basic abc\r\n"), 401, "unknown-token");
    refused(&post("Authorization: Bearer nobody\r\n"), 401, "unknown-token");
    refused(&post("Authorization: Bearer token of SHOP\r\n"), 403, "wrong-scope");
    door.unharmed();
}
