//! What no file may hold: the system clock, `unwrap()`, unfinished work, too many lines, words for a screen.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{Breach, paths::named, source::Source};

const FILE_MAX_LINES: usize = 600;
const FUNCTION_MAX_LINES: usize = 70;

/// Where the system clock may be read.
const CLOCKS: [&str; 3] = ["src/device/clock", "src/main.rs", "sync/oms/src/main.rs"];
/// Calls that read it.
const CLOCK_READS: [(&str, &str); 5] =
    [("SystemTime", "now"), ("Instant", "now"), ("Timestamp", "now"), ("Zoned", "now"), ("Utc", "now")];
/// Rooms that send enums and numbers to the screen, never words.
const WORDLESS: [&str; 3] = ["src/view/", "src/ui/", "src/floor/"];

/// Every breach of shape in a file.
pub fn check(source: &Source) -> Vec<Breach> {
    let mut found = Vec::new();
    let breach = |line: usize, what: String| Breach { file: source.file.clone(), line, what };
    let lines = source.text.lines().count();
    if lines > FILE_MAX_LINES {
        found.push(breach(lines, format!("{lines} lines; a file has at most {FILE_MAX_LINES}")));
    }
    let tests = test_lines(source);
    let in_tests = |line: usize| source.is_test() || tests.iter().any(|range| range.contains(&line));
    let mut walk = Walk { found: Vec::new(), wordless: WORDLESS.iter().any(|r| source.file.starts_with(r)) };
    walk.tokens(source.tokens.clone(), false);
    for (line, what) in walk.found {
        if !in_tests(line) {
            found.push(breach(line, what));
        }
    }
    if !CLOCKS.iter().any(|at| source.file.starts_with(at)) && !source.is_test() {
        for path in named(&source.tokens) {
            let reads = path
                .segments
                .windows(2)
                .any(|two| CLOCK_READS.iter().any(|(of, read)| two[0] == *of && two[1] == *read));
            if reads && !in_tests(path.line) {
                found.push(breach(path.line, format!("`{}` reads the clock", path.segments.join("::"))));
            }
        }
    }
    for (line, length) in functions(source.tokens.clone()) {
        if length > FUNCTION_MAX_LINES && !in_tests(line) {
            let what = format!("a function of {length} lines; at most {FUNCTION_MAX_LINES}");
            found.push(breach(line, what));
        }
    }
    for (number, line) in source.text.lines().enumerate() {
        if line.contains(concat!("FIX", "ME")) {
            found.push(breach(number + 1, "unfinished work is marked".to_owned()));
        }
    }
    found
}

/// The lines of items behind `#[cfg(test)]`.
pub fn test_lines(source: &Source) -> Vec<RangeInclusive<usize>> {
    let mut ranges = Vec::new();
    collect_tests(source.tokens.clone(), &mut ranges);
    ranges
}

fn collect_tests(tokens: TokenStream, ranges: &mut Vec<RangeInclusive<usize>>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        let is_attribute = at > 0
            && matches!(&trees[at - 1], TokenTree::Punct(p) if p.as_char() == '#')
            && group.delimiter() == Delimiter::Bracket;
        let text = group.stream().to_string().replace(' ', "");
        if is_attribute && (text == "cfg(test)" || text == "test") {
            let body = trees[at..].iter().skip(1).find_map(|t| match t {
                TokenTree::Group(g) if g.delimiter() == Delimiter::Brace => Some(g.span().end().line),
                TokenTree::Punct(p) if p.as_char() == ';' => Some(p.span().end().line),
                _ => None,
            });
            if let Some(end) = body {
                ranges.push(group.span().start().line..=end);
            }
        } else {
            collect_tests(group.stream(), ranges);
        }
    }
}

/// Functions with a body: the line they begin at and how many lines they have.
fn functions(tokens: TokenStream) -> Vec<(usize, usize)> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut begun: Option<usize> = None;
    for tree in trees {
        match tree {
            TokenTree::Ident(ident) if ident == "fn" => begun = Some(ident.span().start().line),
            TokenTree::Punct(punct) if punct.as_char() == ';' => begun = None,
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace
                    && let Some(line) = begun.take()
                {
                    found.push((line, group.span().end().line - line + 1));
                }
                found.extend(functions(group.stream()));
            }
            _ => {}
        }
    }
    found
}

struct Walk {
    found: Vec<(usize, String)>,
    wordless: bool,
}

impl Walk {
    fn tokens(&mut self, tokens: TokenStream, excused: bool) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for at in 0..trees.len() {
            match &trees[at] {
                TokenTree::Group(group) => {
                    let spared = excused || is_attribute(&trees, at) || speaks_to_developers(&trees, at);
                    self.tokens(group.stream(), spared);
                }
                TokenTree::Ident(ident) => self.ident(&trees, at, &ident.to_string()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if self.wordless && !excused && is_sentence(&text) {
                        let line = literal.span().start().line;
                        self.found.push((line, format!("{text}: words for a screen are the screen's")));
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn ident(&mut self, trees: &[TokenTree], at: usize, name: &str) {
        let line = trees[at].span().start().line;
        let bang = matches!(trees.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!');
        let dot = at > 0 && matches!(&trees[at - 1], TokenTree::Punct(p) if p.as_char() == '.');
        let empty = matches!(trees.get(at + 1), Some(TokenTree::Group(g)) if g.stream().is_empty());
        if name == "unwrap" && dot && empty {
            self.found.push((line, "`unwrap()` outside tests".to_owned()));
        }
        if bang && matches!(name, "todo" | "dbg" | "unimplemented") {
            self.found.push((line, format!("`{name}!` is unfinished work")));
        }
    }
}

fn is_attribute(trees: &[TokenTree], at: usize) -> bool {
    let hash =
        |n: usize| matches!(&trees[n], TokenTree::Punct(p) if p.as_char() == '#' || p.as_char() == '!');
    at > 0 && hash(at - 1) && matches!(&trees[at], TokenTree::Group(g) if g.delimiter() == Delimiter::Bracket)
}

/// Whether the group is the argument list of `expect`, an assertion or a log line.
fn speaks_to_developers(trees: &[TokenTree], at: usize) -> bool {
    let before = trees[..at].iter().rev().find_map(|tree| match tree {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        TokenTree::Punct(p) if p.as_char() == '!' => None,
        _ => Some(String::new()),
    });
    let word = before.unwrap_or_default();
    ["expect", "assert", "assert_eq", "assert_ne", "debug_assert", "unreachable", "panic"]
        .contains(&word.as_str())
}

/// Two words with a blank between them.
fn is_sentence(literal: &str) -> bool {
    literal.starts_with('"')
        && literal
            .as_bytes()
            .windows(3)
            .any(|w| w[0].is_ascii_alphabetic() && w[1] == b' ' && w[2].is_ascii_alphabetic())
}
