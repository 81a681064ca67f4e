//! What a scan means, for anybody with a keyboard.
//!
//! ```text
//! cargo run -rq -p aisle-core --example scan                    # one raw scan per line on standard input
//! cargo run -rq -p aisle-core --example scan -- --time N FILE   # reads FILE's scans N times
//! ```
//!
//! A line is the bytes of one scan; `\xHH` stands for the byte HH and `\\` for a backslash, any other backslash for
//! itself. So a GS1-128 symbol with two elements is `]C1010952123454321310ABC\x1D17271231`.
//!
//! The answer is one JSON object a line: `aim` (the symbology identifier, or null), `kind` (`gs1`, `gtin`, `sscc`,
//! `digital_link`, `house`, `tracking`, `opaque`), `elements` (pairs of identifier and value, in their order),
//! `gtin` (fourteen digits, or null), `error` (null, or GS1's name for the first fault, its identifier or null, and
//! `at`, the byte offset in the scan) and `associations` (those of GS1's rules about identifiers that must or must
//! not come together which this one scan does not satisfy). Bytes of a value that are not ASCII are shown as U+FFFD.
//!
//! With `--time` it prints `scans=… seconds=… checksum=…`, the checksum being over all answers, so that no reading
//! can be left out.

#![allow(clippy::disallowed_methods, reason = "what is measured here is time")]

use aisle_core::code::{Scanned, Symbology};
use serde_json::json;
use std::{
    env, fs,
    io::{self, BufRead, Write},
    process::ExitCode,
    time::Instant,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => answer(),
        ["--time", times, file] => match times.parse() {
            Ok(times) => time(times, file),
            Err(_) => return usage(),
        },
        _ => return usage(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scan: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: scan [--time N FILE]");
    ExitCode::from(2)
}

fn answer() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        let raw = unescape(&line?);
        let mut scanned = Scanned::new();
        scanned.read(&raw, Symbology::Unknown);
        serde_json::to_writer(&mut out, &object(&scanned))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn object(scanned: &Scanned<'_>) -> serde_json::Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let elements = scanned.elements();
    let pairs: Vec<_> = elements.iter().map(|(ai, value)| json!([ai.code, text(value)])).collect();
    let violations: Vec<_> = elements
        .violations()
        .iter()
        .map(|violation| json!({ "name": violation.fault.name(), "ai": violation.ai }))
        .collect();
    json!({
        "aim": scanned.aim().map(|aim| aim.text().to_owned()),
        "kind": scanned.kind().word(),
        "elements": pairs,
        "gtin": scanned.gtin().map(|gtin| gtin.to_string()),
        "error": scanned.error().map(|e| json!({ "name": e.fault.name(), "ai": e.ai, "at": e.at })),
        "associations": violations,
    })
}

fn time(times: u64, file: &str) -> io::Result<()> {
    let text = fs::read(file)?;
    let scans: Vec<Vec<u8>> =
        text.strip_suffix(b"\n").unwrap_or(&text).split(|byte| *byte == b'\n').map(unescape).collect();
    let mut scanned = Scanned::new();
    let mut checksum = 0;
    let start = Instant::now();
    for _ in 0..times {
        for scan in &scans {
            scanned.read(scan, Symbology::Unknown);
            checksum = mix(checksum, &scanned);
        }
    }
    let seconds = start.elapsed();
    println!(
        "scans={} seconds={}.{:06} checksum={checksum:016x}",
        times * scans.len() as u64,
        seconds.as_secs(),
        seconds.subsec_micros()
    );
    Ok(())
}

/// Folds an answer into the checksum: kind, elements and their places, item, fault, associations.
fn mix(checksum: u64, scanned: &Scanned<'_>) -> u64 {
    let fold = |sum: u64, value: u64| (sum ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    let elements = scanned.elements();
    let mut sum = fold(checksum, scanned.kind() as u64);
    sum = fold(sum, scanned.gtin().map_or(0, |gtin| gtin.key()));
    for (ai, value) in elements.iter() {
        sum = fold(sum, u64::from(ai.code.as_bytes()[1]) << 32 | value.len() as u64);
        sum =
            fold(sum, value.first().zip(value.last()).map_or(0, |(a, b)| u64::from(*a) << 8 | u64::from(*b)));
    }
    sum = fold(sum, u64::from(elements.associated()));
    fold(sum, scanned.error().map_or(0, |error| error.at as u64 + 1))
}

fn unescape(line: &[u8]) -> Vec<u8> {
    let hex = |byte: u8| char::from(byte).to_digit(16);
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        match line[at..] {
            [b'\\', b'\\', ..] => {
                out.push(b'\\');
                at += 2;
            }
            [b'\\', b'x', a, b, ..] if hex(a).is_some() && hex(b).is_some() => {
                out.push((hex(a).unwrap_or(0) * 16 + hex(b).unwrap_or(0)) as u8);
                at += 4;
            }
            _ => {
                out.push(line[at]);
                at += 1;
            }
        }
    }
    out
}
