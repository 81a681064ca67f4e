//! The fuzz targets' bodies, replayed over their corpus and 10⁵ mutations of it: no panic, and every invariant holds.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "../../../fuzz/bodies.rs"]
mod bodies;

use std::{fs, path::Path};

/// A small generator with a fixed seed, so that a failure is the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

const MUTATIONS: usize = 100_000;

/// Bytes that matter to one parser or another.
const TELLING: &[u8] = b"\x1D\x1E\x00\xFF()[]<>{}~^|%\\/?&=+#*-0123456789AZaz";

fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    corpus.iter().for_each(|data| body(data));
    let mut dice = Dice(0xC0FF_EE11);
    for _ in 0..MUTATIONS {
        let mut data = corpus[dice.roll(corpus.len())].clone();
        for _ in 0..=dice.roll(4) {
            mutate(&mut data, &corpus, &mut dice);
        }
        body(&data);
    }
}

fn mutate(data: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.roll(data.len() + 1);
    match dice.roll(6) {
        0 => data.insert(at, TELLING[dice.roll(TELLING.len())]),
        1 if at < data.len() => data[at] = TELLING[dice.roll(TELLING.len())],
        2 if at < data.len() => data[at] = dice.roll(256) as u8,
        3 if at < data.len() => drop(data.drain(at..=at + dice.roll(data.len() - at))),
        4 => {
            let other = &corpus[dice.roll(corpus.len())];
            let (from, to) = (dice.roll(other.len()), other.len());
            data.splice(at..at, other[from..to].iter().copied());
        }
        _ => {
            let copy: Vec<u8> = data[at..].to_vec();
            data.extend(copy);
        }
    }
    data.truncate(4096);
}

#[test]
fn scans_hold() {
    replay("scan", bodies::scan);
}

#[test]
fn element_strings_hold() {
    replay("gs1", bodies::gs1);
}

#[test]
fn brackets_hold() {
    replay("brackets", bodies::brackets);
}

#[test]
fn digital_links_hold() {
    replay("digital_link", bodies::digital_link);
}

#[test]
fn labels_and_numbers_hold() {
    replay("house", bodies::house);
}

#[test]
fn tracking_numbers_hold() {
    replay("tracking", bodies::tracking);
}

#[test]
fn linters_hold() {
    replay("lint", bodies::lint);
}

#[test]
fn operations_hold() {
    replay("op", bodies::op);
}

#[test]
fn batches_hold() {
    replay("batch", bodies::batch);
}
