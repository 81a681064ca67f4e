//! Reads GS1's Barcode Syntax Dictionary and writes its Application Identifiers as static tables.
//!
//! The dictionary's own head describes its syntax. What leaves is a sorted table, an index by the first two
//! digits, and for each identifier its components, associations and place in a Digital Link. A line that cannot
//! be read stops the build: a dictionary half understood is worse than none.

use std::{collections::BTreeMap, fmt::Write};

/// One line of the dictionary, for one identifier of its range.
struct Line<'a> {
    predefined: bool,
    attribute: bool,
    components: Vec<&'a str>,
    req: Vec<&'a str>,
    ex: Vec<&'a str>,
    key: Option<&'a str>,
    title: &'a str,
}

/// Linters that are out of scope: coupons are not handled in a warehouse.
const SKIPPED: [&str; 2] = ["couponcode", "couponposoffer"];

/// Identifiers the crate asks for by name; their places are constants.
const NAMED: [&str; 8] = ["00", "01", "02", "03", "10", "21", "8006", "8030"];

/// The Rust source of all tables.
pub(crate) fn source(dictionary: &str, countries: &str, currencies: &str, packages: &str) -> String {
    let table = read(dictionary);
    let codes: Vec<&str> = table.keys().map(String::as_str).collect();
    let mut out = String::new();
    let count = codes.len();
    writeln!(out, "pub(crate) static AIS: [Ai; {count}] = [").expect("a string takes all");
    for (code, line) in &table {
        ai(&mut out, code, line, &codes);
    }
    out.push_str("];\n");
    for code in NAMED {
        writeln!(out, "pub(crate) const AI_{code}: u16 = {};", position(code, &codes))
            .expect("a string takes all");
    }
    index(&mut out, &codes);
    let (numeric, alpha): (Vec<&str>, Vec<&str>) =
        words(countries).partition(|word| word.as_bytes()[0].is_ascii_digit());
    bits(&mut out, "ISO3166", &numeric);
    bits(&mut out, "ISO4217", &words(currencies).collect::<Vec<_>>());
    let mut letters = [0u32; 26];
    for word in alpha {
        letters[usize::from(word.as_bytes()[0] - b'A')] |= 1 << (word.as_bytes()[1] - b'A');
    }
    writeln!(out, "pub(crate) static ISO3166_ALPHA2: [u32; 26] = {letters:?};").expect("a string takes all");
    let mut packages: Vec<&str> = words(packages).collect();
    packages.sort_unstable();
    writeln!(out, "pub(crate) static PACKAGE_TYPES: [&str; {}] = {packages:?};", packages.len())
        .expect("a string takes all");
    out
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

fn read(dictionary: &str) -> BTreeMap<String, Line<'_>> {
    let mut table = BTreeMap::new();
    for text in dictionary.lines() {
        let (body, title) = text.split_once('#').unwrap_or((text, ""));
        let mut fields = body.split_whitespace().peekable();
        let Some(range) = fields.next() else { continue };
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let flags = fields.next_if(|field| !field.starts_with(|c: char| c.is_alphabetic() || c == '['));
        let flags = flags.unwrap_or("");
        let (mut components, mut req, mut ex, mut key) = (vec![], vec![], vec![], None);
        for field in fields {
            if let Some(value) = field.strip_prefix("req=") {
                req.push(value);
            } else if let Some(value) = field.strip_prefix("ex=") {
                ex.push(value);
            } else if let Some(value) = field.strip_prefix("dlpkey") {
                key = Some(value.trim_start_matches('='));
            } else {
                components.push(field);
            }
        }
        for number in parse(first)..=parse(last) {
            let code = format!("{number:0width$}", width = first.len());
            let line = Line {
                predefined: flags.contains('*'),
                attribute: flags.contains('?'),
                components: components.clone(),
                req: req.clone(),
                ex: ex.clone(),
                key,
                title: title.trim(),
            };
            table.insert(code, line);
        }
    }
    table
}

fn ai(out: &mut String, code: &str, line: &Line<'_>, codes: &[&str]) {
    let (mut min, mut max) = (0, 0);
    let mut components = String::new();
    for text in &line.components {
        let (lowest, highest, optional, source) = component(text);
        min += if optional { 0 } else { lowest };
        max += highest;
        components.push_str(&source);
    }
    let req: String = line.req.iter().map(|value| requirement(value, codes)).collect();
    let ex: String = line.ex.iter().flat_map(|value| value.split(',')).map(|p| span(p, codes)).collect();
    let sequences: String = line.key.unwrap_or("").split('|').filter(|s| !s.is_empty()).fold(
        String::new(),
        |mut text, sequence| {
            let at: Vec<usize> = sequence.split(',').map(|code| position(code, codes)).collect();
            write!(text, "&{at:?}, ").expect("a string takes all");
            text
        },
    );
    writeln!(
        out,
        "Ai {{ code: {code:?}, predefined: {}, attribute: {}, key: {}, min: {min}, max: {max}, \
         components: &[{components}], req: &[{req}], ex: &[{ex}], sequences: &[{sequences}], title: {:?} }},",
        line.predefined,
        line.attribute,
        line.key.is_some(),
        line.title,
    )
    .expect("a string takes all");
}

/// A component's least and greatest length, whether it may be left out, and its source.
fn component(text: &str) -> (usize, usize, bool, String) {
    let optional = text.starts_with('[');
    let (shape, linters) = text.split_once(',').unwrap_or((text, ""));
    let shape = shape.trim_start_matches('[').trim_end_matches(']');
    let set = &shape[..1];
    assert!("NXYZ".contains(set), "unknown character set in {text}");
    let (min, max) = match shape[1..].strip_prefix("..") {
        Some(max) => (1, parse(max)),
        None => (parse(&shape[1..]), parse(&shape[1..])),
    };
    // In a numeric component the company prefix is of digits by itself, and long enough.
    let plain = |name: &&str| !(set == "N" && min >= 5 && name.starts_with("gcppos"));
    let linters: Vec<String> = linters
        .split(',')
        .filter(|name| !name.is_empty() && !SKIPPED.contains(name))
        .filter(plain)
        .map(|name| format!("Linter::{}", camel(name)))
        .collect();
    let source = format!(
        "Component {{ set: Set::{set}, min: {min}, max: {max}, optional: {optional}, linters: &[{}] }}, ",
        linters.join(", ")
    );
    (min, max, optional, source)
}

fn camel(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// One `req=`: alternatives, each of which is a group that must be there in whole.
fn requirement(value: &str, codes: &[&str]) -> String {
    let alternative = |group: &str| {
        let spans: String = group.split('+').map(|pattern| span(pattern, codes)).collect();
        format!("&[{spans}], ")
    };
    let alternatives: String = value.split(',').map(alternative).collect();
    format!("&[{alternatives}], ")
}

/// The identifiers a pattern such as `31nn` stands for, as a range of the sorted table.
fn span(pattern: &str, codes: &[&str]) -> String {
    let prefix = pattern.trim_end_matches('n');
    let fits = |code: &&str| code.len() == pattern.len() && code.starts_with(prefix);
    let first = codes.iter().position(fits).unwrap_or_else(|| panic!("no identifier is like {pattern}"));
    let count = codes.iter().filter(|code| fits(code)).count();
    assert!(codes[first..first + count].iter().all(fits), "{pattern} is not one range");
    format!("({first}, {}), ", first + count)
}

fn position(code: &str, codes: &[&str]) -> usize {
    codes.binary_search(&code).unwrap_or_else(|_| panic!("{code} is not in the dictionary"))
}

/// For the first two digits: the length of the identifiers that begin so, and where their slots begin.
fn index(out: &mut String, codes: &[&str]) {
    let mut prefixes = [(0usize, 0usize); 100];
    let mut slots: Vec<Option<usize>> = Vec::new();
    for (prefix, entry) in prefixes.iter_mut().enumerate() {
        let start = format!("{prefix:02}");
        let mine: Vec<usize> = (0..codes.len()).filter(|at| codes[*at].starts_with(&start)).collect();
        let Some(first) = mine.first() else { continue };
        let length = codes[*first].len();
        *entry = (length, slots.len());
        slots.resize(slots.len() + 10usize.pow(length as u32 - 2), None);
        for at in mine {
            assert_eq!(codes[at].len(), length, "identifiers that begin with {start} differ in length");
            let rest = codes[at][2..].parse().unwrap_or(0);
            slots[entry.1 + rest] = Some(at);
        }
    }
    let slots: Vec<usize> = slots.into_iter().map(|slot| slot.unwrap_or(0xFFFF)).collect();
    writeln!(out, "pub(crate) static PREFIXES: [(u8, u16); 100] = {prefixes:?};")
        .expect("a string takes all");
    writeln!(out, "pub(crate) static SLOTS: [u16; {}] = {slots:?};", slots.len())
        .expect("a string takes all");
}

fn bits(out: &mut String, name: &str, numbers: &[&str]) {
    let mut bits = [0u64; 16];
    for number in numbers {
        let number = parse(number);
        bits[number / 64] |= 1 << (number % 64);
    }
    writeln!(out, "pub(crate) static {name}: [u64; 16] = {bits:?};").expect("a string takes all");
}

fn parse(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("not a number in the dictionary: {text:?}"))
}
