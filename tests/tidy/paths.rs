//! Every path that a file names, found in its tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path as written, such as `["super", "super", "store", "Store"]`, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its segments.
    pub segments: Vec<String>,
    /// Where it begins.
    pub line: usize,
    /// How many `mod { … }` blocks of the same file are around it.
    pub depth: usize,
}

/// All paths of two segments or more, and `crate` itself where it is renamed.
pub fn named(tokens: &TokenStream) -> Vec<Named> {
    let mut found = Vec::new();
    scan(tokens.clone(), 0, &mut found);
    found
}

fn scan(tokens: TokenStream, depth: usize, found: &mut Vec<Named>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    let mut inline_mod = false;
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Ident(ident) => {
                if ident == "mod" {
                    inline_mod = true;
                }
                let line = ident.span().start().line;
                at = path(&trees, at, &[], (line, depth), found);
            }
            TokenTree::Group(group) => {
                let inner = depth + usize::from(inline_mod && group.delimiter() == Delimiter::Brace);
                if group.delimiter() == Delimiter::Brace {
                    inline_mod = false;
                }
                scan(group.stream(), inner, found);
                at += 1;
            }
            TokenTree::Punct(punct) => {
                if punct.as_char() == ';' {
                    inline_mod = false;
                }
                at += 1;
            }
            TokenTree::Literal(_) => at += 1,
        }
    }
}

/// Reads a path that begins at `at`; a brace group after `::` is a tree of a `use`.
fn path(
    trees: &[TokenTree],
    mut at: usize,
    before: &[String],
    (line, depth): (usize, usize),
    found: &mut Vec<Named>,
) -> usize {
    let mut segments = before.to_vec();
    loop {
        match trees.get(at) {
            Some(TokenTree::Ident(ident)) => {
                segments.push(ident.to_string().trim_start_matches("r#").to_owned());
                at += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                tree(group.stream(), &segments, (line, depth), found);
                return at + 1;
            }
            _ => break,
        }
        if !colons(trees, at) {
            break;
        }
        at += 2;
    }
    let renamed = matches!(trees.get(at), Some(TokenTree::Ident(next)) if next == "as");
    if segments.len() > 1 || (renamed && segments[0] == "crate") {
        found.push(Named { segments, line, depth });
    }
    at
}

fn tree(tokens: TokenStream, before: &[String], place: (usize, usize), found: &mut Vec<Named>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        at = match &trees[at] {
            TokenTree::Ident(ident) => {
                let place = (ident.span().start().line, place.1);
                path(&trees, at, before, place, found)
            }
            TokenTree::Group(group) => {
                tree(group.stream(), before, place, found);
                at + 1
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at + 1,
        };
    }
}

fn colons(trees: &[TokenTree], at: usize) -> bool {
    let colon = |n: usize| matches!(trees.get(n), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(at) && colon(at + 1)
}
