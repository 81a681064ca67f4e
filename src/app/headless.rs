//! The terminal without a window: raw scans in, one JSON line out after each, pictures if wanted.
//!
//! A line of input is one scan as the scanner gave it, with `\xHH` for a byte and `\\` for a backslash. A line
//! that begins with `!` is a key (`!3`, `!F1`, `!Enter`); `!` alone asks for the screen as it is. Each line is
//! answered once what it meant is on the disk.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use aisle_core::wire::v1::Enrolment;
use serde::Serialize;

use super::{
    input::{Input, Inputs},
    place::Place,
    shell::{Shell, StartError, Turned},
    turn::Outcome,
};
use crate::{
    device::clock::Clock,
    floor::{Cue, Key, Refusal},
    scan::{Scan, Source},
    view::{self, View},
};

/// How to run without a window.
#[derive(Debug, Clone, Default)]
pub struct Headless {
    /// Where the scans come from; the standard input when none.
    pub scans: Option<PathBuf>,
    /// Where pictures of the screens go; none are drawn when none.
    pub screens: Option<PathBuf>,
    /// A desk's screen.
    pub wide: bool,
}

/// Why it ended early.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The input or output failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Pictures were asked for and cannot be drawn.
    #[error("{0}")]
    Screen(String),
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    /// Which input, from 1; 0 for the screen at the start.
    n: u64,
    outcome: &'static str,
    /// The journal's last operation once this input is on the disk; none when it recorded nothing.
    durable_seq: Option<u64>,
    refusal: Option<&'a Refusal>,
    cue: Option<Cue>,
    written: &'a [PathBuf],
    view: &'a View,
}

/// What one line of input means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fed {
    /// Raw bytes.
    Scan(Vec<u8>),
    /// A key.
    Key(Key),
    /// Only look.
    Look,
}

/// Reads a line of input; none for one that names no key or has a broken escape.
#[must_use]
pub fn parse(line: &str) -> Option<Fed> {
    if let Some(key) = line.strip_prefix('!') {
        return if key.is_empty() { Some(Fed::Look) } else { key.parse().ok().map(Fed::Key) };
    }
    let mut raw = Vec::with_capacity(line.len());
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            raw.push(byte);
            continue;
        }
        match bytes.next()? {
            b'\\' => raw.push(b'\\'),
            b'x' => {
                let digits = [bytes.next()?, bytes.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                raw.push(u8::from_str_radix(digits, 16).ok()?);
            }
            _ => return None,
        }
    }
    Some(Fed::Scan(raw))
}

/// Works until the input ends.
///
/// # Errors
/// See [`HeadlessError`].
pub fn run(
    place: Place,
    enrolment: Option<&Enrolment>,
    seed: [u8; 32],
    how: &Headless,
) -> Result<(), HeadlessError> {
    let inputs = Arc::new(Inputs::default());
    let waker = Arc::clone(&inputs);
    // A queue that is full wakes the turn anyway.
    let wake = Arc::new(move || {
        let _ = waker.push(Input::Fed);
    });
    let place = if enrolment.is_none() { place.for_practice() } else { place };
    let mut shell = Shell::start(place, enrolment, Clock::system(), seed, wake)?;
    let mut pictures = super::pictures::Pictures::open(how.screens.as_deref(), how.wide)?;
    let lines = read_lines(how)?;
    let mut out = io::stdout().lock();
    answer(&mut out, &shell, 0, None, &mut pictures)?;
    for (n, line) in (1u64..).zip(lines) {
        let line = line?;
        shell.hear();
        let turned = match parse(line.trim_end_matches('\r')) {
            Some(Fed::Scan(raw)) => Some(shell.input(Input::Scan(scan(raw, n, &shell)))),
            Some(Fed::Key(key)) => Some(shell.input(Input::Key(key))),
            Some(Fed::Look) => {
                wait_for_news(&inputs);
                shell.hear();
                Some(shell.input(Input::Tick))
            }
            None => None,
        };
        answer(&mut out, &shell, n, turned.as_ref(), &mut pictures)?;
    }
    Ok(())
}

/// Each line is a decode of its own: the same line again is the same code scanned again.
fn scan(raw: Vec<u8>, n: u64, shell: &Shell) -> Scan {
    let at_ms = u64::try_from(shell.now().0).unwrap_or(0);
    Scan { decode_id: Some(n), ..Scan::new(raw, Source::Serial(0), at_ms) }
}

/// How long a look waits for the centre's news, so that asking again and again costs nothing.
const LOOK: Duration = Duration::from_millis(20);

fn wait_for_news(inputs: &Inputs) {
    while inputs.next(LOOK).is_some() && inputs.waiting() > 0 {}
}

fn read_lines(how: &Headless) -> io::Result<Box<dyn Iterator<Item = io::Result<String>>>> {
    Ok(match &how.scans {
        Some(file) => Box::new(BufReader::new(File::open(file)?).lines()),
        None => {
            let (told, lines) = std::sync::mpsc::channel();
            thread::Builder::new().name("input".into()).spawn(move || {
                for line in io::stdin().lock().lines() {
                    if told.send(line).is_err() {
                        break;
                    }
                }
            })?;
            Box::new(lines.into_iter())
        }
    })
}

fn answer(
    out: &mut impl Write,
    shell: &Shell,
    n: u64,
    turned: Option<&Turned>,
    pictures: &mut super::pictures::Pictures,
) -> Result<(), HeadlessError> {
    let view = view::build(shell.view_input());
    pictures.draw(&view)?;
    let outcome = match turned.map(|t| &t.answer.outcome) {
        Some(Outcome::Accepted) => "accepted",
        Some(Outcome::Refused(_)) => "refused",
        Some(Outcome::Repeated) => "repeated",
        Some(Outcome::NotRecorded(_)) => "not_recorded",
        None => "nothing",
    };
    let line = Line {
        n,
        outcome,
        durable_seq: turned.and_then(|t| t.answer.receipt.as_ref()).map(crate::store::Receipt::last_seq),
        refusal: turned.and_then(|t| t.answer.refusal()),
        cue: turned.and_then(|t| t.answer.cue),
        written: turned.map_or(&[], |t| t.written.as_slice()),
        view: &view,
    };
    serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// Writes a diagnostics bundle without starting to work.
///
/// # Errors
/// When the files or the bundle fail.
pub fn diagnostics(place: &Place, seed: [u8; 32]) -> Result<PathBuf, HeadlessError> {
    let enrolment = place.enrolment().map_err(|error| HeadlessError::Screen(error.to_string()))?;
    let place = if enrolment.is_none() { place.clone().for_practice() } else { place.clone() };
    let shell = Shell::start(place.clone(), enrolment.as_ref(), Clock::system(), seed, Arc::new(|| {}))?;
    Ok(super::diagnostics::bundle(&place, shell.files(), shell.now())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_bytes_of_a_scan() {
        assert_eq!(parse("]C101095\\x1d10A\\\\"), Some(Fed::Scan(b"]C101095\x1d10A\\".to_vec())));
        assert_eq!(parse(""), Some(Fed::Scan(Vec::new())));
        assert_eq!(parse("\\x2"), None);
        assert_eq!(parse("\\q"), None);
        assert_eq!(parse("\\"), None);
    }

    #[test]
    fn a_bang_is_a_key_and_alone_it_looks() {
        assert_eq!(parse("!"), Some(Fed::Look));
        assert_eq!(parse("!7"), Some(Fed::Key(Key::Digit(7))));
        assert_eq!(parse("!F4"), Some(Fed::Key(Key::F(4))));
        assert_eq!(parse("!Teleport"), None);
    }
}
