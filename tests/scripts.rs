//! Floor stories in plain text, `scripts/*.scan`, played through the terminal's own turn over rows in memory.
//!
//! A story is a list of lines: what somebody scans or keys, what the centre does, what is expected to be seen.
//! `scripts/README` says which lines there are and what the site looks like.

#![allow(unreachable_pub, reason = "a program's modules speak to each other; nobody else names them")]

#[path = "scripts_runner/hands.rs"]
mod hands;
#[path = "scripts_runner/line.rs"]
mod line;
#[path = "scripts_runner/site.rs"]
mod site;
#[path = "scripts_runner/stage.rs"]
mod stage;

use std::{fs, path::Path};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts")
}

fn play(file: &Path, mut stage: stage::Stage) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    for (number, line) in (1..).zip(text.lines()) {
        let said = |error| format!("{}:{number}: {line}\n  {error}", file.display());
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line::Line::parse(line).map_err(said)?;
        stage.play(&line).map_err(said)?;
    }
    Ok(())
}

fn stories() -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder())
        .expect("the folder of stories")
        .map(|entry| entry.expect("a story").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "scan"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_story_goes_as_it_is_told() {
    let files = stories();
    assert!(files.len() >= 20, "there are {} stories", files.len());
    let wrong: Vec<String> = files.iter().filter_map(|file| play(file, stage::Stage::new()).err()).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_story_goes_the_same_with_a_sheet_of_printed_keys() {
    let play = |file: &std::path::PathBuf| play(file, stage::Stage::with_printed_keys()).err();
    let wrong: Vec<String> = stories().iter().filter_map(play).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_refusal_is_told_in_a_story() {
    let mut told = std::collections::BTreeSet::new();
    for file in stories() {
        let text = fs::read_to_string(file).expect("a story");
        let words = text.lines().filter_map(|line| line.trim().strip_prefix("expect refused "));
        told.extend(words.map(|word| word.trim().to_owned()));
    }
    let all = site::every_refusal();
    let missing: Vec<&String> = all.iter().filter(|word| !told.contains(*word)).collect();
    assert!(missing.is_empty(), "no story tells of {missing:?}");
}

/// What random hands must have come to, so that the test below says something.
const ALL_KINDS: [&str; 23] = [
    "signed_on",
    "signed_off",
    "arrived",
    "offered",
    "skipped",
    "rerouted",
    "list_started",
    "tote_assigned",
    "picked",
    "put",
    "shorted",
    "tote_filled",
    "tote_dropped",
    "pack_started",
    "carton_opened",
    "carton_changed",
    "packed",
    "pack_shorted",
    "sealed",
    "labelled",
    "staged",
    "loaded",
    "complete",
];

/// Hands that scan and key anything at all, at random: nothing panics, nothing is confirmed without a receipt,
/// no count leaves its bounds, and a terminal killed at any moment folds back to the same floor and work.
#[test]
fn whatever_is_scanned_and_keyed_the_floor_stays_sound() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..300u64 {
        let mut stage = stage::Stage::new();
        let mut dice = aisle_core::id::Mint::new([u8::try_from(seed % 251).expect("small") + 1; 32]);
        for _ in 0..seed / 251 {
            dice.bits();
        }
        for step in 0..120 {
            stage.anything(&mut dice);
            if let Err(error) = stage.sound() {
                panic!("seed {seed}, step {step}: {error}\n{}", stage.told());
            }
        }
        kinds.extend(stage.kinds());
    }
    let missing: Vec<&str> = ALL_KINDS.into_iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "random hands never came to {missing:?}");
}
