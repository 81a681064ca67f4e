//! The harness keeps its own promises: virtual time, partial frames, keys by name.

use std::{cell::RefCell, rc::Rc, time::Duration};

use aisle_ui::{App, Shell, harness};
use slint::{ComponentHandle, Timer, TimerMode};

use crate::{
    scene,
    stage::{self, Manner},
};

#[test]
fn time_passes_only_when_told() {
    let (_app, _canvas) = stage::window(Manner::default());
    let fired = Rc::new(RefCell::new(Vec::new()));
    let timer = Timer::default();
    let seen = fired.clone();
    timer.start(TimerMode::Repeated, Duration::from_millis(100), move || {
        seen.borrow_mut().push(harness::now_ms())
    });
    let start = harness::now_ms();
    assert!(fired.borrow().is_empty());
    harness::advance(350);
    assert_eq!(harness::now_ms() - start, 350);
    assert_eq!(fired.borrow().len(), 3);
}

#[test]
fn an_unchanged_window_repaints_nothing() {
    let (app, mut canvas) = stage::window(Manner::default());
    scene::named("pick-place").show(&app);
    assert!(canvas.frame().is_some());
    assert_eq!(canvas.frame(), None);
}

#[test]
fn one_changed_number_repaints_a_part() {
    let (app, mut canvas) = stage::window(Manner::default());
    scene::named("pack-weigh").show(&app);
    canvas.frame();
    app.global::<Shell>().set_unsent(35);
    let area = canvas.frame().expect("the number changed");
    assert!(area.height < 60, "the status bar alone, not {area:?}");
}

#[test]
fn a_picture_drawn_in_parts_is_the_picture_drawn_at_once() {
    let fill = |name: &str, app: &App| scene::named(name).show(app);
    let (app, mut parts) = stage::window(Manner::default());
    for name in ["trouble", "pack-over", "messages", "pack-grab"] {
        fill(name, &app);
        parts.frame();
    }
    let (app, mut whole) = stage::window(Manner::default());
    fill("pack-grab", &app);
    assert!(parts.rgb() == whole.rgb());
}

#[test]
fn keys_go_out_by_the_name_on_the_cap() {
    let (app, canvas) = stage::window(Manner::default());
    let pressed = Rc::new(RefCell::new(Vec::new()));
    let seen = pressed.clone();
    app.global::<Shell>().on_key(move |name| seen.borrow_mut().push(name.to_string()));
    let names = ["7", ".", "*", "#", "F1", "F4", "F5", "F12", "Enter", "Back"];
    for name in names {
        assert!(canvas.press_key(name), "{name} is a key");
    }
    assert_eq!(*pressed.borrow(), names);
    for unknown in ["", "F0", "F13", "Fx", "Shift lock"] {
        assert!(!canvas.press_key(unknown), "{unknown:?} is no key");
    }
    assert_eq!(pressed.borrow().len(), names.len());
}

#[test]
fn installing_twice_changes_the_size_of_the_next_window() {
    let (_first, canvas) = stage::window(Manner::default());
    assert_eq!(canvas.size(), (480, 800));
    let (_second, canvas) = stage::window(Manner { desk: true, ..Manner::default() });
    assert_eq!(canvas.size(), (1280, 800));
}

#[test]
fn a_picture_that_cannot_be_written_says_so() {
    let (_app, mut canvas) = stage::window(Manner::default());
    let not_a_folder = stage::folder().join("not-a-folder");
    std::fs::create_dir_all(stage::folder()).expect("the folder is made");
    std::fs::write(&not_a_folder, b"a file").expect("written");
    let error = canvas.save_png(&not_a_folder.join("x.png")).expect_err("a file is no folder");
    assert!(error.to_string().starts_with("picture not written"));
}
