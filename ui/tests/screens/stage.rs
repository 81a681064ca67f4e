//! One window per test, of the size and the manner asked for.

use std::path::PathBuf;

use aisle_ui::{App, Shell, ThemeMode, harness, harness::Canvas};
use slint::ComponentHandle;

use crate::scene::{self, Scene};

/// Where the pictures go.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screens")
}

/// How a window is shown.
#[derive(Clone, Copy)]
pub struct Manner {
    pub theme: ThemeMode,
    pub text: f32,
    pub lang: &'static str,
    pub desk: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { theme: ThemeMode::Day, text: 1.0, lang: "en", desk: false }
    }
}

impl Manner {
    /// A word for file names.
    pub fn name(&self) -> String {
        let theme = match self.theme {
            ThemeMode::Day => "day",
            ThemeMode::Dark => "dark",
            ThemeMode::Sunlight => "sunlight",
        };
        format!("{theme}-{:.0}-{}", self.text * 100.0, self.lang)
    }
}

/// A shown window of the reference handheld (480 × 800 px at 1.5) or of a desk (1280 × 800 px at 1).
pub fn window(manner: Manner) -> (App, Canvas) {
    let (width, height, scale) = if manner.desk { (1280, 800, 1.0) } else { (480, 800, 1.5) };
    harness::install(width, height, scale).expect("this thread is headless");
    let app = App::new().expect("the window is made");
    aisle_ui::pin_fonts();
    app.show().expect("the window is shown");
    apply(&app, manner);
    let canvas = Canvas::newest().expect("a window was made");
    (app, canvas)
}

/// Theme, text size and language.
pub fn apply(app: &App, manner: Manner) {
    slint::select_bundled_translation(manner.lang).expect("the language is bundled");
    let shell = app.global::<Shell>();
    shell.set_theme(manner.theme);
    shell.set_text_scale(manner.text);
    shell.set_rtl(manner.lang == "ar" || manner.lang == "pseudo");
    shell.set_arabic(manner.lang == "ar");
    shell.set_wide(manner.desk);
}

/// Shows every scene of this manner in one window, one after another.
pub fn each(manner: Manner, mut look: impl FnMut(&Scene, &App, &mut Canvas)) {
    for desk in [false, true] {
        let (app, mut canvas) = window(Manner { desk, ..manner });
        for scene in scene::all().iter().filter(|s| s.desk == desk) {
            scene.show(&app);
            look(scene, &app, &mut canvas);
        }
    }
}
