//! Every document becomes pages, and pages become a file.

use super::sample::*;
use crate::label::Sheet;
use crate::label::doc::*;

#[cfg(feature = "pdf")]
fn save(name: &str, language: &str, sheets: &[Sheet]) -> Vec<u8> {
    use crate::label::pdf::{Meta, of};
    let meta = Meta { title: name.into(), language: language.into(), created: NOW };
    let bytes = of(sheets, &faces(), &meta).unwrap();
    std::fs::write(folder("pdf").join(format!("{name}.pdf")), &bytes).unwrap();
    bytes
}

#[cfg(feature = "pdf")]
#[test]
fn every_document_becomes_a_pdf() {
    let faces = faces();
    for language in ["en", "de", "pl", "ar"] {
        let words = words(language);
        let put = |name: &str, sheets: &[Sheet]| {
            assert!(save(&format!("{name}-{language}"), language, sheets).starts_with(b"%PDF-"));
        };
        put("parcel", &[parcel().sheet(&words, &faces, Stock::A6).unwrap()]);
        put("parcel46", &[parcel().sheet(&words, &faces, Stock::FourBySix).unwrap()]);
        put("slip", &slip(8).sheets(&words, &faces, Paper::A4).unwrap());
        put("slip6", &slip(8).sheets(&words, &faces, Paper::A6).unwrap());
        put("manifest", &manifest(40).sheets(&words, &faces).unwrap());
        put("badge", &[badge(true).sheet(&words).unwrap()]);
        put("badges", &badge_pages(&vec![badge(false); 9], &words).unwrap());
        put("practice", &practice().sheets(&words, &faces).unwrap());
        put("tote", &tote_sheets(&words));
        put("place", &place_sheets(&words));
    }
}

fn tote_sheets(words: &crate::label::Words) -> Vec<Sheet> {
    let sticker = |number| ToteSticker { number, code: format!("T{number:04}E") };
    [1, 3, 6, 8, 12, 40].map(|number| sticker(number).sheet(words).unwrap()).to_vec()
}

fn place_sheets(words: &crate::label::Words) -> Vec<Sheet> {
    let label = |kind, name: &str, code: &str, check: &str| {
        PlaceLabel { kind, name: name.into(), code: code.into(), check: check.into() }.sheet(words).unwrap()
    };
    vec![
        label(PlaceKind::Location, "A-01-02-3", "LA-01-02-39", "47"),
        label(PlaceKind::Cart, "Cart 12", "C0012K", ""),
        label(PlaceKind::Lane, "Lane 4", "N04T", ""),
    ]
}

#[cfg(feature = "pdf")]
#[test]
fn the_same_document_is_the_same_bytes() {
    let words = words("ar");
    let sheets = slip(30).sheets(&words, &faces(), Paper::A4).unwrap();
    assert_eq!(save("again-1", "ar", &sheets), save("again-1", "ar", &sheets));
}
