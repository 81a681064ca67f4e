//! The catalogues: every text translated into every language, and a pseudo-locale made from the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The languages besides English, which is the source.
pub const LANGUAGES: [&str; 7] = ["fr", "de", "es", "it", "pl", "tr", "ar"];

/// One text for translation, as `@tr` names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    context: String,
    id: String,
    plural: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn catalogue(lang: &str) -> PathBuf {
    root().join("../assets/lang").join(lang).join("LC_MESSAGES/aisle-ui.po")
}

fn slint_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for file in fs::read_dir(folder).expect("the folder is there") {
        let path = file.expect("readable").path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                slint_files(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "slint") {
            found.push(path);
        }
    }
    found.sort();
}

/// A string literal at the start of `source`; its value, with escapes undone, and what follows.
fn literal(source: &str) -> Option<(String, &str)> {
    let body = source.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = body.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return Some((value, &body[i + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'u' => {
                    let rest = &body[i + 3..];
                    let end = rest.find('}')?;
                    value.push(char::from_u32(u32::from_str_radix(&rest[..end], 16).ok()?)?);
                    while chars.next()?.1 != '}' {}
                }
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

/// All texts that the screens name.
fn sources() -> BTreeSet<Entry> {
    let mut files = Vec::new();
    slint_files(&root(), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("text");
        for (at, _) in source.match_indices("@tr(") {
            let (first, rest) =
                literal(&source[at + 4..]).unwrap_or_else(|| panic!("{}: @tr without text", file.display()));
            let rest = rest.trim_start();
            let (context, id, rest) = match rest.strip_prefix("=>") {
                Some(rest) => {
                    let (id, rest) = literal(rest).expect("a text follows its context");
                    (first, id, rest.trim_start())
                }
                None => (String::new(), first, rest),
            };
            let plural = rest
                .strip_prefix('|')
                .map(|rest| literal(rest).expect("a plural follows").0)
                .unwrap_or_default();
            found.insert(Entry { context, id, plural });
        }
    }
    assert!(found.len() > 100, "only {} texts found", found.len());
    found
}

/// What a catalogue says for each text: one form, or one per plural form.
fn read(lang: &str) -> BTreeMap<Entry, Vec<String>> {
    let path = catalogue(lang);
    let source = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut found = BTreeMap::new();
    for block in source.split("\n\n") {
        let mut entry = Entry { context: String::new(), id: String::new(), plural: String::new() };
        let mut forms = Vec::new();
        for line in block.lines().filter(|l| !l.starts_with('#')) {
            let Some((key, value)) = line.split_once(" \"") else { continue };
            let (value, _) =
                literal(&format!("\"{value}")).unwrap_or_else(|| panic!("{}: {line}", path.display()));
            match key {
                "msgctxt" => entry.context = value,
                "msgid" => entry.id = value,
                "msgid_plural" => entry.plural = value,
                _ => forms.push(value),
            }
        }
        if !entry.id.is_empty() {
            assert!(!found.contains_key(&entry), "{}: {} twice", path.display(), entry.id);
            found.insert(entry, forms);
        }
    }
    found
}

/// `{}`, `{0}`, `{n}` and the like.
fn places(text: &str) -> BTreeSet<String> {
    text.match_indices('{').filter_map(|(i, _)| Some(text[i..].split_once('}')?.0.to_owned())).collect()
}

fn plural_forms(lang: &str) -> usize {
    match lang {
        "ar" => 6,
        "pl" => 3,
        "tr" | "pseudo" => 2,
        _ => 2,
    }
}

#[test]
fn every_text_is_translated_into_every_language() {
    let wanted = sources();
    let mut missing = Vec::new();
    for lang in LANGUAGES {
        let have = read(lang);
        for entry in &wanted {
            let forms = have.get(entry).map_or(0, |f| f.iter().filter(|t| !t.is_empty()).count());
            let need = if entry.plural.is_empty() { 1 } else { plural_forms(lang) };
            if forms != need {
                missing.push(format!("{lang}: {:?} {:?} has {forms} of {need}", entry.context, entry.id));
            }
        }
        for entry in have.keys().filter(|e| !wanted.contains(e)) {
            missing.push(format!("{lang}: {:?} {:?} is on no screen", entry.context, entry.id));
        }
    }
    assert!(missing.is_empty(), "{} gaps: {missing:#?}", missing.len());
}

#[test]
fn translations_keep_the_numbers_and_names() {
    for lang in LANGUAGES {
        for (entry, forms) in read(lang) {
            let wanted = places(&entry.id);
            for (i, form) in forms.iter().enumerate() {
                let have = places(form);
                // A plural form for one or two may leave the number out; no other may.
                let ok = have == wanted || (!entry.plural.is_empty() && i < 3 && have.is_subset(&wanted));
                assert!(ok, "{lang}: {:?} became {form:?}", entry.id);
            }
        }
    }
}

#[test]
fn no_text_uses_a_forbidden_word() {
    const NEVER: [&str; 8] = ["please", "sorry", "oops", "error", "invalid", "failed", "successfully", "!"];
    for entry in sources() {
        let low = entry.id.to_lowercase();
        for word in NEVER {
            assert!(
                !low.split(|c: char| !c.is_alphabetic() && c != '!').any(|w| w == word),
                "{:?}",
                entry.id
            );
        }
    }
}

/// The text with accents, longer by two fifths, its places untouched.
fn lengthen(text: &str) -> String {
    let accented = |c: char| match c {
        'a' => 'á',
        'c' => 'ç',
        'e' => 'é',
        'i' => 'í',
        'n' => 'ñ',
        'o' => 'ö',
        'u' => 'ü',
        'A' => 'Å',
        'E' => 'É',
        'S' => 'Š',
        'T' => 'Ť',
        other => other,
    };
    let mut out = String::new();
    let mut inside = false;
    let mut letters = 0;
    for c in text.chars() {
        inside = (inside || c == '{') && c != '}';
        if inside || c == '}' {
            out.push(c);
        } else {
            letters += usize::from(c.is_alphabetic());
            out.push(accented(c));
        }
    }
    let more = (letters * 2).div_ceil(5);
    if more > 2 {
        out.push(' ');
    }
    out.extend("lörém ípsüm dölör ".chars().cycle().take(more));
    out.trim_end().to_owned()
}

fn pseudo() -> String {
    let mut out = String::from(
        "# Made from the @tr texts by the test `the_pseudo_locale_is_fresh`; do not edit.\n\
         msgid \"\"\nmsgstr \"\"\n\
         \"Language: pseudo\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\
         \"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n",
    );
    let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    for entry in sources() {
        out.push('\n');
        if !entry.context.is_empty() {
            out += &format!("msgctxt \"{}\"\n", quote(&entry.context));
        }
        out += &format!("msgid \"{}\"\n", quote(&entry.id));
        if entry.plural.is_empty() {
            out += &format!("msgstr \"{}\"\n", quote(&lengthen(&entry.id)));
        } else {
            out += &format!("msgid_plural \"{}\"\n", quote(&entry.plural));
            out += &format!("msgstr[0] \"{}\"\n", quote(&lengthen(&entry.id)));
            out += &format!("msgstr[1] \"{}\"\n", quote(&lengthen(&entry.plural)));
        }
    }
    out
}

#[test]
fn the_pseudo_locale_is_fresh() {
    let (path, wanted) = (catalogue("pseudo"), pseudo());
    if fs::read_to_string(&path).is_ok_and(|have| have == wanted) {
        return;
    }
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is made");
    fs::write(&path, wanted).expect("the catalogue is written");
    panic!("{} was stale and is written anew: build again", path.display());
}
