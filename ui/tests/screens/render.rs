//! The pictures themselves: a reviewer opens them, and each must hold something.

use std::collections::BTreeSet;

use aisle_ui::ThemeMode;

use crate::stage::{self, Manner};

/// Draws every scene in this manner and saves it; returns how many there were.
fn draw_all(manner: Manner) -> usize {
    let mut drawn = 0;
    stage::each(manner, |scene, _, canvas| {
        let path = stage::folder().join(manner.name()).join(format!("{}.png", scene.name));
        canvas.save_png(&path).expect("the picture is written");
        let colours: BTreeSet<_> = canvas.pixels().iter().map(|p| (p.r, p.g, p.b)).collect();
        assert!(colours.len() > 8, "{} in {} is almost empty", scene.name, manner.name());
        drawn += 1;
    });
    drawn
}

#[test]
fn every_screen_is_drawn_by_day() {
    assert!(draw_all(Manner::default()) > 80);
}

#[test]
fn every_screen_is_drawn_in_the_dark() {
    draw_all(Manner { theme: ThemeMode::Dark, ..Manner::default() });
}

#[test]
fn every_screen_is_drawn_in_sunlight() {
    draw_all(Manner { theme: ThemeMode::Sunlight, ..Manner::default() });
}

#[test]
fn every_screen_is_drawn_with_small_text() {
    draw_all(Manner { text: 0.7, ..Manner::default() });
}

#[test]
fn every_screen_is_drawn_with_large_text() {
    draw_all(Manner { text: 2.0, ..Manner::default() });
}

#[test]
fn every_screen_is_drawn_from_right_to_left() {
    draw_all(Manner { lang: "ar", ..Manner::default() });
    draw_all(Manner { lang: "pseudo", ..Manner::default() });
}

#[test]
fn every_screen_is_drawn_in_the_longest_languages() {
    draw_all(Manner { lang: "de", ..Manner::default() });
    draw_all(Manner { lang: "pl", text: 2.0, ..Manner::default() });
}
