//! The sheet of all components, in the three themes, at the smallest, the plain and the largest text.

use aisle_ui::harness::{self, Canvas};
use slint::ComponentHandle;

use crate::{photo::mug, stage};

/// Compiled here and nowhere else: the program does not carry its own catalogue.
#[allow(missing_docs, unsafe_code, clippy::all, unused, non_local_definitions)]
mod sheet {
    slint::slint! { export { Gallery, Theme, ThemeMode, Shell, Pack, CartonChoice } from "gallery.slint"; }
}

#[test]
fn every_component_is_drawn_in_every_state() {
    for (theme, name) in [
        (sheet::ThemeMode::Day, "day"),
        (sheet::ThemeMode::Dark, "dark"),
        (sheet::ThemeMode::Sunlight, "sunlight"),
    ] {
        for text in [0.7, 1.0, 2.0] {
            harness::install(1280, 1130, 1.0).expect("this thread is headless");
            let sheet = sheet::Gallery::new().expect("the sheet is made");
            aisle_ui::pin_fonts();
            sheet.show().expect("the sheet is shown");
            sheet.set_photo(mug(150, 120, 190));
            sheet.global::<sheet::Theme>().set_mode(theme);
            sheet.global::<sheet::Theme>().set_scale(text);
            sheet.global::<sheet::Shell>().set_battery(61);
            let pack = sheet.global::<sheet::Pack>();
            let carton = |(letter, digit): (&str, i32)| sheet::CartonChoice {
                letter: letter.into(),
                digit,
                ..Default::default()
            };
            let suite = [("S", 1), ("M", 2), ("L", 3), ("XL", 4)];
            pack.set_cartons(crate::scene::list(suite.map(carton).to_vec()));
            pack.set_chosen(1);
            pack.set_expect_g(2140);
            pack.set_grams(1312);
            let mut canvas = Canvas::newest().expect("a window was made");
            let file = format!("gallery/{name}-{:.0}.png", text * 100.0);
            canvas.save_png(&stage::folder().join(file)).expect("the picture is written");
            let ground = canvas.pixels()[0];
            let drawn = canvas.pixels().iter().filter(|p| **p != ground).count();
            assert!(drawn > 100_000, "{name} at {text}: only {drawn} pixels are not the ground");
        }
    }
}
