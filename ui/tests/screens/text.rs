//! Nothing is cut: at 70, 100 and 200 %, in every language, and in a pseudo-locale that is longer by 40 %.

use std::collections::BTreeSet;

use aisle_ui::{App, Pack};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::ComponentHandle;

use crate::{
    lang::LANGUAGES,
    stage::{self, Manner},
};

fn texts(app: &App) -> Vec<ElementHandle> {
    ElementQuery::from_root(app).match_descendants().match_accessible_role(AccessibleRole::Text).find_all()
}

/// Texts that do not fit their box, or only in letters too small to read; the text components say so in their
/// accessible description.
fn cut(app: &App) -> BTreeSet<String> {
    texts(app)
        .iter()
        .filter_map(|e| Some((e.accessible_description()?, e.accessible_label()?)))
        // Two lines part between words, never within one.
        .filter(|(d, label)| d == "clipped" || d == "too small" || (d == "two lines" && !label.contains(' ')))
        .map(|(_, label)| label.to_string())
        .collect()
}

fn look(manner: Manner) -> Vec<String> {
    let mut found = Vec::new();
    stage::each(manner, |scene, app, _| {
        found.extend(cut(app).iter().map(|text| format!("{} in {}: {text:?}", scene.name, manner.name())));
    });
    found
}

#[test]
fn the_bench_says_that_all_are_in_when_they_are_and_only_then() {
    let mut said = BTreeSet::new();
    stage::each(Manner::default(), |scene, app, _| {
        if !scene.name.starts_with("desk-pack") {
            return;
        }
        let all_in = texts(app).iter().any(|e| e.accessible_label().is_some_and(|l| l == "All are in"));
        let left = app.global::<Pack>().get_left();
        assert!(!all_in || left == 0, "{}: {left} are not in", scene.name);
        said.extend(all_in.then(|| scene.name.to_owned()));
    });
    assert!(said.contains("desk-pack-weigh"), "{said:?}");
}

#[test]
fn no_text_is_cut_at_any_size() {
    for text in [0.7, 1.0, 1.5, 2.0] {
        let found = look(Manner { text, ..Manner::default() });
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn no_text_is_cut_in_any_language() {
    let mut found = Vec::new();
    for lang in LANGUAGES {
        for text in [1.0, 2.0] {
            found.extend(look(Manner { lang, text, ..Manner::default() }));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_text_is_cut_when_it_is_longer_and_runs_the_other_way() {
    let mut found = Vec::new();
    for text in [1.0, 2.0] {
        found.extend(look(Manner { lang: "pseudo", text, ..Manner::default() }));
    }
    assert!(found.is_empty(), "{found:#?}");
}
