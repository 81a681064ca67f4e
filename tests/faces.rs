//! Every story of the floor, drawn: the screens as the terminal shows them, through its own adapters.
//!
//! Pictures of all states are left in `target/screens/app` (a handheld) and `target/screens/app-wide` (a desk).
#![allow(unreachable_pub, reason = "a program's modules speak to each other; nobody else names them")]
#![cfg(feature = "ui")]

#[path = "scripts_runner/line.rs"]
#[allow(dead_code, reason = "the stories' own test uses all of it")]
mod line;
#[path = "scripts_runner/site.rs"]
#[allow(dead_code, reason = "the stories' own test uses all of it")]
mod site;
#[path = "scripts_runner/stage.rs"]
#[allow(dead_code, reason = "the stories' own test uses all of it")]
mod stage;

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use aisle::{
    app::pictures::Pictures,
    floor::{Key, Setting},
    ui::{Face, refusal},
    view::{NotSaved, View},
};
use aisle_ui::harness::{self, Canvas};
use slint::ComponentHandle;

/// All views of all stories whose name begins with one of these.
fn told(begins: &[&str]) -> Vec<(String, View)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of stories")
        .map(|entry| entry.expect("a story").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "scan"))
        .collect();
    files.sort();
    let mut views: Vec<(String, View)> = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !begins.iter().any(|begin| name.starts_with(begin)) {
            continue;
        }
        let mut stage = stage::Stage::new();
        for (number, line) in (1..).zip(fs::read_to_string(&file).expect("a story").lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // Whether a story goes as it is told is its own test's to say.
            if line::Line::parse(line).and_then(|line| stage.play(&line)).is_err() {
                continue;
            }
            let view = stage.view();
            if views.last().is_none_or(|(_, last)| *last != view) {
                views.push((format!("{name}:{number}"), view));
            }
        }
    }
    assert!(!views.is_empty(), "no story is named {begins:?}");
    views
}

fn colours(pixels: &[u8]) -> usize {
    pixels.chunks_exact(3).collect::<BTreeSet<_>>().len()
}

fn draw(into: &str, wide: bool, begins: &[&str]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens").join(into);
    let _ = fs::remove_dir_all(&folder);
    let mut pictures = Pictures::open(Some(&folder), wide).expect("this thread can draw");
    for (at, view) in told(begins) {
        pictures.draw(&view).expect("it can be drawn");
        let pixels = pictures.pixels().expect("pictures are drawn");
        assert!(colours(&pixels) > 8, "{at} leaves the screen blank");
    }
    let files = fs::read_dir(&folder).expect("pictures were written");
    files.map(|file| file.expect("a picture").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_story_is_drawn_on_a_handheld() {
    let drawn = draw("app", false, &[""]);
    let wanted = [
        "sign-on-badge",
        "sign-on-pin",
        "my-work",
        "cart",
        "pick-place",
        "pick-item",
        "pick-tote",
        "short",
        "drop-lane",
        "inquiry",
        "pack-tote",
        "pack-grab",
        "load-parcel",
        "trouble",
        "reassign-from",
        "pick-wrong-item",
        "pick-wrong-location",
    ];
    for name in wanted {
        assert!(drawn.contains(&format!("{name}.png")), "{name} was not drawn: {drawn:?}");
    }
}

#[test]
fn the_bench_and_the_lead_are_drawn_on_a_desk() {
    let drawn = draw("app-wide", true, &["3", "5"]);
    assert!(drawn.contains("pack-grab.png"), "{drawn:?}");
}

#[test]
fn every_refusal_has_words_on_the_screen() {
    let wordless: Vec<String> =
        site::every_refusal().into_iter().filter(|word| refusal::kind(word).is_none()).collect();
    assert!(wordless.is_empty(), "no screen has words for {wordless:?}");
}

#[test]
fn a_key_is_heard_after_every_screen() {
    harness::install(480, 800, 1.5).expect("this thread is headless");
    let mut face = Face::open().expect("a window");
    face.app().show().expect("it is shown");
    let mut canvas = Canvas::newest().expect("the window's canvas");
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hear = Rc::clone(&heard);
    face.on_key(move |key| hear.borrow_mut().push(key));
    for (at, view) in told(&[""]) {
        face.show(&view);
        canvas.frame();
        assert!(canvas.press_key("F9"));
        assert_eq!(heard.borrow_mut().pop(), Some(Key::F(9)), "{at} is deaf");
    }
}

#[test]
fn settings_go_round_and_change_what_is_drawn() {
    harness::install(480, 800, 1.5).expect("this thread is headless");
    let mut face = Face::open().expect("a window");
    face.app().show().expect("it is shown");
    let mut canvas = Canvas::newest().expect("the window's canvas");
    face.show(&told(&["01"])[0].1);
    let first = canvas.rgb();
    face.cycle(Setting::Theme);
    assert_ne!(canvas.rgb(), first);
    face.cycle(Setting::Theme);
    face.cycle(Setting::Theme);
    assert_eq!(canvas.rgb(), first);
    for _ in 0..4 {
        face.cycle(Setting::Text);
    }
    assert_eq!(canvas.rgb(), first);
    for why in [NotSaved::Unknown, NotSaved::Full, NotSaved::ReadOnly] {
        let before = canvas.rgb();
        face.not_saved(why);
        assert_ne!(canvas.rgb(), before, "what was not saved is told, and why");
    }
}
