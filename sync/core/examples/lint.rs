//! Judges one value by one linter of GS1's dictionary.
//!
//! ```text
//! cargo run -rq -p aisle-core --example lint
//! ```
//!
//! Reads `linter<TAB>value` lines (the names are in `data/gs1/linters.tsv`) and answers each with `ok`, or with
//! `ERROR_NAME<TAB>position<TAB>length`: the first bad byte, from the start of the value, and how many are bad. In a
//! value `\xHH` stands for the byte HH and `\\` for a backslash, any other backslash for itself. A name that is no
//! linter is answered with `UNKNOWN_LINTER`.

use aisle_core::code::gs1::Linter;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        let tab = line.iter().position(|byte| *byte == b'\t').unwrap_or(line.len());
        let value = unescape(line.get(tab + 1..).unwrap_or(&[]));
        let linter = std::str::from_utf8(&line[..tab]).ok().and_then(Linter::named);
        match linter.map(|linter| linter.check(&value)) {
            None => writeln!(out, "UNKNOWN_LINTER\t0\t0")?,
            Some(Ok(())) => writeln!(out, "ok")?,
            Some(Err(flaw)) => writeln!(out, "{}\t{}\t{}", flaw.fault, flaw.at, flaw.length)?,
        }
    }
    out.flush()
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
