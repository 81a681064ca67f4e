//! The terminal on this machine's disk: from a scan to the disk, to the pixels, and from a start to a screen.
//!
//! A site of 1,000 items and 1,000 locations is cached, the centre does not answer (nothing listens at its
//! address), and one picker scans the pieces of one long line. After each scan one page is appended to another
//! file of the same folder and fsynced: the two figures are taken in turn, so that both meet the same disk.
//!
//! `AISLE_BIN` names the program whose start, memory and size are measured; without it, it is the one of the
//! bench's own profile, and its size is not told.

#![allow(clippy::disallowed_methods, reason = "what is measured here is time")]

mod disk;
mod report;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

use aisle::{
    app::{
        input::Input,
        place::Place,
        shell::{Shell, Turned},
        turn::Outcome,
    },
    device::clock::Clock,
    scan::{Scan, Source},
    store::{Durability, Position, Store},
    ui::Face,
    view,
};
use aisle_core::{
    code::house::Kind,
    id::{Code, Mint},
    label::from_rows::house,
    task::rows::Key as RowKey,
    time::Millis,
    wire::{
        chain::Incarnation,
        v1::{Enrolment, FeedRow},
    },
};
use aisle_ui::harness::{self, Canvas};
use serde_json::{Value, json, value::RawValue};
use slint::ComponentHandle;

/// Items, and locations, of the cached site.
const SITE: usize = 1_000;
/// Scans measured.
const SCANS: usize = 1_000;
/// Scans before them.
const WARM: usize = 50;
/// Starts of the program measured.
const STARTS: usize = 9;
/// The picker who holds the practice lists, and her PIN.
const PICKER: (&str, &str) = ("FH7P32XS", "1111");
/// A handheld: 480 by 800 pixels, 320 by 533 dp.
const SCREEN: (u32, u32, f32) = (480, 800, 1.5);

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = site(folder.path());
    let (durable, fsync, draw, pixels) = scans(folder.path(), &line);
    let program = std::env::var_os("AISLE_BIN").map(PathBuf::from);
    let shipped = program.is_some();
    let program = program.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_aisle")));
    let (start_ms, rss_mb, peak_mb) = starts(&program, folder.path());
    let mut figures = vec![
        ("scan_to_durable_us_p50", at(&durable, 50)),
        ("scan_to_durable_us_p99", at(&durable, 99)),
        ("fsync_us_p50", at(&fsync, 50)),
        ("fsync_us_p99", at(&fsync, 99)),
        ("scan_to_durable_per_fsync_p50", round(at(&durable, 50) / at(&fsync, 50), 2)),
        ("draw_ms_p99", round(at(&draw, 99) / 1e3, 2)),
        ("scan_to_pixels_ms_p50", round(at(&pixels, 50) / 1e3, 2)),
        ("scan_to_pixels_ms_p99", round(at(&pixels, 99) / 1e3, 2)),
        ("cold_start_ms", round(start_ms, 0)),
        ("rss_mb", round(rss_mb, 1)),
        ("rss_peak_mb", round(peak_mb, 1)),
    ];
    if shipped {
        let size = std::fs::metadata(&program).expect("the program is there").len();
        figures.push(("binary_mb", round(size as f64 / 1e6, 1)));
    }
    report::figures("terminal", &figures);
}

/// What she walks to and scans.
struct Line {
    location: String,
    gtin: String,
}

/// Fills a terminal's folder as a centre's snapshot would: the practice site with a line that never ends, among
/// a thousand items and locations, and an enrolment at a centre that does not answer.
fn site(home: &Path) -> Line {
    let text = include_str!("../assets/demo/practice.json");
    let mut rows: Vec<(RowKey, Value)> = serde_json::from_str::<Vec<Value>>(text)
        .expect("the practice site")
        .into_iter()
        .map(|row| (serde_json::from_value(row["key"].clone()).expect("a key"), row["body"].clone()))
        .collect();
    let task = first_stop(&rows);
    let line = long_line(&mut rows, &task);
    for kind in ["item", "location"] {
        let like = rows.iter().find(|(key, _)| key.kind.word() == kind).cloned().expect("one of each");
        let there = rows.iter().filter(|(key, _)| key.kind.word() == kind).count();
        rows.extend((there..SITE).map(|n| another(kind, &like, n)));
    }
    let place = Place::find(Some(home)).expect("a place for files");
    let enrolment = enrolment();
    let (mut mint, now) = (Mint::new([1; 32]), Millis(1_291_190_400_000));
    let mut store =
        Store::open(&place.data, &enrolment.terminal, Durability::Full, now, &mut mint).expect("a new store");
    let rows: Vec<FeedRow> = rows.into_iter().map(fed).collect();
    let position = Position {
        epoch: Some(Incarnation(1)),
        cursor: 1,
        incarnation: Some(store.journal.incarnation()),
        applied_hi: 0,
        heard_at: now,
    };
    store.view.take(&rows, position, true).expect("the rows fit");
    place.enrol(&enrolment).expect("a place for the enrolment");
    line
}

/// The name of the first stop of the first list that the picker works on.
fn first_stop(rows: &[(RowKey, Value)]) -> Value {
    let lists = rows.iter().filter(|(key, _)| key.kind.word() == "pick_list");
    let first = lists.min_by_key(|(_, body)| body["number"].as_u64()).expect("a list");
    first.1["tasks"][0].clone()
}

/// Makes that stop one of very many pieces, each scanned.
fn long_line(rows: &mut [(RowKey, Value)], task: &Value) -> Line {
    let wanted = json!(10 * SCANS);
    let (_, stop) = rows.iter_mut().find(|(_, body)| body["id"] == *task).expect("the stop");
    stop["wanted"] = wanted.clone();
    let (item, location) = (stop["item"].clone(), stop["location"].clone());
    let (fulfilment, number) = (stop["fulfilment"].clone(), stop["line"].clone());
    let (_, order) = rows.iter_mut().find(|(_, body)| body["id"] == fulfilment).expect("its order");
    for line in order["lines"].as_array_mut().expect("lines").iter_mut().filter(|line| line["line"] == number)
    {
        line["wanted"] = wanted.clone();
    }
    let is_item = |(key, body): &(RowKey, Value)| key.kind.word() == "item" && body["code"] == item;
    let (_, item) = rows.iter_mut().find(|row| is_item(row)).expect("its item");
    item["counting"] = json!("scan_each");
    let gtin = format!("{:013}", item["barcodes"][0]["key"]["gtin"].as_u64().expect("a GTIN"));
    Line { location: location.as_str().expect("a code").to_owned(), gtin }
}

/// One more of a kind.
fn another(kind: &str, (key, body): &(RowKey, Value), n: usize) -> (RowKey, Value) {
    let code = if kind == "item" { format!("I{n:05}") } else { format!("A{n:04} 01 A") };
    let mut body = body.clone();
    body["code"] = json!(code);
    if kind == "item" {
        body["name"] = json!(format!("Paper chain kit {n}"));
        body["barcodes"] = json!([{ "key": { "raw": format!("I{n:05}") }, "quantity": 1 }]);
    }
    (RowKey { kind: key.kind.clone(), id: code }, body)
}

fn fed((key, body): (RowKey, Value)) -> FeedRow {
    let body = RawValue::from_string(body.to_string()).expect("JSON");
    FeedRow { key, seq: 1, body: Some(body) }
}

fn enrolment() -> Enrolment {
    Enrolment {
        terminal: Code::parse("PRACTICE").expect("a code"),
        token: "none".into(),
        centre: "http://127.0.0.1:9".into(),
        sscc_prefix: "9521234".into(),
        sscc_extension: 0,
        sscc_first: 1,
        sscc_last: 99,
    }
}

/// Scans pieces: microseconds from the scan to the disk, of an fsync, of the drawing, and from the scan to the
/// pixels; each sorted.
fn scans(home: &Path, line: &Line) -> (Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>) {
    let place = Place::find(Some(home)).expect("a place for files");
    let clock = Clock::set_at(1_291_190_460_000);
    let mut shell = Shell::start(place, Some(&enrolment()), clock.clone(), [2; 32], Arc::new(|| ()))
        .expect("the terminal starts");
    let (width, height, scale) = SCREEN;
    harness::install(width, height, scale).expect("a screen in memory");
    let mut face = Face::open().expect("the screens");
    face.app().show().expect("a window in memory");
    let mut canvas = Canvas::newest().expect("its pixels");
    let give = |shell: &mut Shell, input: Input| {
        clock.set(clock.now_ms() + 1_000);
        let at_ms = u64::try_from(clock.now_ms()).expect("a time since 1970");
        let input = match input {
            Input::Scan(scan) => Input::Scan(Scan { at_ms, ..scan }),
            other => other,
        };
        let turned = shell.input(input);
        assert!(matches!(turned.answer.outcome, Outcome::Accepted), "{:?}", turned.answer.outcome);
        turned
    };
    for step in way(line) {
        give(&mut shell, step);
    }
    let mut pages = disk::Pages::new(home);
    let (mut durable, mut fsync, mut draw, mut pixels) = (vec![], vec![], vec![], vec![]);
    for n in 0..WARM + SCANS {
        let started = Instant::now();
        let Turned { answer, .. } = give(&mut shell, scan(&line.gtin));
        let on_disk = started.elapsed();
        assert!(answer.receipt.is_some(), "each piece is recorded");
        face.show(&view::build(shell.view_input()));
        assert!(canvas.frame().is_some(), "each piece is seen");
        let seen = started.elapsed();
        let synced = pages.sync_us();
        if n >= WARM {
            let us = |time: std::time::Duration| round(time.as_secs_f64() * 1e6, 1);
            durable.push(us(on_disk));
            fsync.push(round(synced, 1));
            draw.push(us(seen - on_disk));
            pixels.push(us(seen));
        }
    }
    for figures in [&mut durable, &mut fsync, &mut draw, &mut pixels] {
        figures.sort_by(f64::total_cmp);
    }
    (durable, fsync, draw, pixels)
}

fn scan(raw: &str) -> Input {
    Input::Scan(Scan::new(raw, Source::Serial(0), 0))
}

/// From the badge to the line.
fn way(line: &Line) -> Vec<Input> {
    let label = |kind, code: &str| scan(&house(kind, code).expect("a label"));
    let key = |name: &str| Input::Key(name.parse().expect("a key"));
    let mut way = vec![label(Kind::Badge, PICKER.0)];
    way.extend(PICKER.1.chars().map(|digit| key(&digit.to_string())));
    way.extend([key("enter"), key("1"), label(Kind::Cart, "C1")]);
    way.extend(["T001", "T002", "T003"].map(|tote| label(Kind::Tote, tote)));
    way.push(label(Kind::Location, &line.location));
    way
}

/// Starts the program until its first screen is drawn: the median in milliseconds; then its memory with that
/// screen, and at its most, in megabytes.
fn starts(program: &Path, home: &Path) -> (f64, f64, f64) {
    let mut times = Vec::new();
    let (mut rss, mut peak) = (0.0, 0.0);
    for n in 0..STARTS {
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(["--headless", "--home"])
            .arg(home)
            .arg("--screens")
            .arg(home.join(format!("screens-{n}")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the terminal starts");
        let mut said = String::new();
        let out = child.stdout.as_mut().expect("its output");
        BufReader::new(out).read_line(&mut said).expect("its first line");
        times.push(started.elapsed().as_secs_f64() * 1e3);
        assert!(said.contains("\"screen\""), "the first line is a screen: {said}");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        (rss, peak) = (memory(&status, "VmRSS:"), memory(&status, "VmHWM:"));
        drop(child.stdin.take());
        assert!(child.wait().expect("it ends").success(), "it ends well");
    }
    times.sort_by(f64::total_cmp);
    (times[STARTS / 2], rss, peak)
}

/// A figure of `/proc/PID/status`, in megabytes.
fn memory(status: &str, name: &str) -> f64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().unwrap_or(f64::NAN);
    kib * 1_024.0 / 1e6
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

fn round(figure: f64, digits: i32) -> f64 {
    let by = 10f64.powi(digits);
    (figure * by).round() / by
}
