//! The pixels come from our own fonts, whatever the machine has.

use std::{env, fs, path::Path, process::Command};

use crate::{
    scene,
    stage::{self, Manner},
};

/// Set for the child process: where it writes its pixels.
const CHILD: &str = "AISLE_FONT_TEST_OUT";

/// Draws Arabic and Latin screens and writes their raw pixels to the file that the environment names; does
/// nothing in an ordinary run.
#[test]
fn child_draws_for_the_font_test() {
    let Some(out) = env::var_os(CHILD) else { return };
    let mut bytes = Vec::new();
    for lang in ["ar", "pl"] {
        for name in ["pack-grab", "trouble", "messages"] {
            let (app, mut canvas) = stage::window(Manner { lang, ..Manner::default() });
            scene::named(name).show(&app);
            bytes.extend(canvas.rgb());
        }
    }
    fs::write(out, bytes).expect("the pixels are written");
}

fn pixels_under(folder: &Path, name: &str, config: Option<&str>) -> Vec<u8> {
    let out = folder.join(format!("{name}.rgb"));
    let mut child = Command::new(env::current_exe().expect("this test has a file"));
    child.args(["--exact", "fonts::child_draws_for_the_font_test"]).env(CHILD, &out);
    if let Some(config) = config {
        let file = folder.join(format!("{name}.conf"));
        fs::write(&file, config).expect("the configuration is written");
        child.env("FONTCONFIG_FILE", file);
    }
    let done = child.output().expect("the child runs");
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stdout));
    let pixels = fs::read(&out).expect("the child wrote its pixels");
    fs::remove_file(out).expect("the pixels are ours");
    pixels
}

#[test]
fn arabic_looks_the_same_whatever_fonts_the_machine_has() {
    let folder = stage::folder().join("fonts");
    fs::create_dir_all(&folder).expect("the folder is made");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/fonts");
    let ours = ours.canonicalize().expect("the fonts are there");
    let config = |dirs: &[&str], alias: &str| {
        let dirs: String = dirs.iter().map(|d| format!("<dir>{d}</dir>")).collect();
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>{dirs}\
             <cachedir>{}</cachedir>{alias}</fontconfig>",
            folder.join("cache").display()
        )
    };
    let ours = ours.display().to_string();
    let serif = "<alias binding=\"same\"><family>sans-serif</family><prefer><family>DejaVu Serif</family></prefer></alias>";
    let machine = pixels_under(&folder, "machine", None);
    assert!(!machine.is_empty());
    for (name, config) in [
        ("only-ours", config(&[&ours], "")),
        ("all-system", config(&["/usr/share/fonts", &ours], "")),
        ("odd-alias", config(&["/usr/share/fonts", &ours], serif)),
    ] {
        assert!(pixels_under(&folder, name, Some(&config)) == machine, "{name} draws other pixels");
    }
}
