//! The colours, read from the token file as text, against the ratios the look promises.

use std::{collections::BTreeMap, fs, path::Path};

type Set = BTreeMap<String, [u8; 3]>;

/// `name: #RRGGBB` in the struct of one theme.
fn theme(source: &str, name: &str) -> Set {
    let start = source.find(&format!("<Colours> {name}: {{")).expect("the theme is in the token file");
    let body = &source[start..];
    let body = &body[..body.find("};").expect("the theme ends")];
    let set: Set = body.lines().filter_map(entry).collect();
    assert!(set.len() >= 16, "{name} has only {} colours", set.len());
    set
}

fn entry(line: &str) -> Option<(String, [u8; 3])> {
    let (name, rest) = line.split_once(": #")?;
    Some((name.trim().to_owned(), hex(rest.get(..6)?)?))
}

fn hex(digits: &str) -> Option<[u8; 3]> {
    let n = u32::from_str_radix(digits, 16).ok()?;
    let [_, r, g, b] = n.to_be_bytes();
    Some([r, g, b])
}

/// Relative luminance, WCAG 2.2.
fn luminance(rgb: [u8; 3]) -> f64 {
    let part = |c: u8| {
        let v = f64::from(c) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2])
}

/// Contrast ratio, WCAG 2.2.
fn ratio(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn tokens() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tokens/theme.slint");
    fs::read_to_string(path).expect("the token file is there")
}

const THEMES: [&str; 3] = ["day", "dark", "sunlight"];

/// What is written, and on what.
const TEXT: [(&str, &str); 17] = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("soft", "ground"),
    ("soft", "surface"),
    ("on-plate", "plate"),
    ("on-plate-soft", "plate"),
    ("ground", "ink"),
    ("good", "ground"),
    ("good", "surface"),
    ("wrong", "ground"),
    ("stop-text", "ground"),
    ("stop-text", "surface"),
    ("on-stop", "stop"),
    ("message", "ground"),
    ("message", "surface"),
    ("on-message", "message"),
    ("plate", "on-plate"),
];

/// Cues and edges that carry meaning, and what they stand on.
const CUES: [(&str, &str); 8] = [
    ("plate", "ground"),
    ("line", "ground"),
    ("good", "ground"),
    ("wrong", "ground"),
    ("wrong", "surface"),
    ("message", "ground"),
    // Amber wears an edge in ink on every ground.
    ("ink", "ground"),
    ("on-stop", "stop"),
];

#[test]
fn text_keeps_seven_to_one_in_every_theme() {
    let source = tokens();
    for name in THEMES {
        let set = theme(&source, name);
        for (text, on) in TEXT {
            let found = ratio(set[text], set[on]);
            assert!(found >= 7.0, "{name}: {text} on {on} is {found:.2}");
        }
        let slab = ratio([255, 255, 255], set["wrong-slab"]);
        assert!(slab >= 7.0, "{name}: white on the wrong slab is {slab:.2}");
    }
}

#[test]
fn cues_keep_four_and_a_half_to_one_in_every_theme() {
    let source = tokens();
    for name in THEMES {
        let set = theme(&source, name);
        for (cue, on) in CUES {
            let found = ratio(set[cue], set[on]);
            assert!(found >= 4.5, "{name}: {cue} on {on} is {found:.2}");
        }
    }
}

#[test]
fn numbers_keep_seven_to_one_on_every_tote() {
    let source = tokens();
    let colours = |function: &str| -> Vec<[u8; 3]> {
        let start = source.find(&format!("function {function}(")).expect("the function is there");
        let body = &source[start..];
        let body = &body[..body.find('}').expect("it ends")];
        body.match_indices('#').filter_map(|(i, _)| hex(body.get(i + 1..i + 7)?)).collect()
    };
    let (fill, ink) = (colours("tote"), colours("on-tote"));
    assert_eq!((fill.len(), ink.len()), (4, 2));
    for (column, on) in fill.into_iter().enumerate() {
        let number = ink[usize::from(column >= 2)];
        let found = ratio(number, on);
        assert!(found >= 7.0, "column {column} is {found:.2}");
    }
}

#[test]
fn no_screen_names_a_colour() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for room in ["screens", "components"] {
        for file in fs::read_dir(folder.join(room)).expect("the folder is there") {
            let path = file.expect("readable").path();
            let source = fs::read_to_string(&path).expect("text");
            for (number, line) in source.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                let named = code.match_indices('#').any(|(i, _)| {
                    let digits = code[i + 1..].chars().take_while(char::is_ascii_hexdigit).count();
                    matches!(digits, 3 | 6 | 8)
                });
                assert!(!named, "{}:{}: {}", path.display(), number + 1, line.trim());
            }
        }
    }
}
