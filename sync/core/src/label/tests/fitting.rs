//! Nothing leaves its box, nothing overlaps, nothing is lost without a word.

use super::sample::*;
use crate::label::doc::*;
use crate::label::face::CAPS_PERMILLE;
use crate::label::fit::Style;
use crate::label::layout::Item;
use crate::label::pattern::SymbolSpec;
use crate::label::{Area, Dpi, LayoutError, Len, Page, Sheet, Weight, layout::Align};

const LANGUAGES: [&str; 8] = ["en", "fr", "de", "es", "it", "pl", "tr", "ar"];

/// Left, top, right, bottom of the capitals of each line.
fn boxes(page: &Page) -> Vec<(i32, i32, i32, i32, String)> {
    let lines = page.items.iter().filter_map(|item| match item {
        Item::Line { x, baseline, size, width, line, .. } => {
            Some((*x, baseline - size * CAPS_PERMILLE / 1000, x + width, *baseline, line.text.clone()))
        }
        _ => None,
    });
    lines.collect()
}

fn assert_tidy(page: &Page, about: &str) {
    let boxes = boxes(page);
    for (at, a) in boxes.iter().enumerate() {
        assert!(a.0 >= 0 && a.1 >= 0 && a.2 <= page.width && a.3 <= page.height, "{about}: “{}” leaves", a.4);
        for b in boxes.iter().skip(at + 1) {
            let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
            assert!(apart, "{about}: “{}” and “{}” overlap", a.4, b.4);
        }
        for item in &page.items {
            if let Item::Symbol { x, y, module, height, grid } = item {
                let tall = if grid.is_linear() { *height } else { grid.rows() * module };
                let apart = a.2 <= *x || x + grid.columns() * module <= a.0 || a.3 <= *y || y + tall <= a.1;
                assert!(apart, "{about}: “{}” lies on a symbol", a.4);
            }
        }
    }
}

fn lay_out(sheets: &[Sheet], dpi: Dpi) -> Vec<Page> {
    let faces = faces();
    sheets.iter().map(|sheet| sheet.lay_out(&faces, dpi).unwrap()).collect()
}

#[test]
fn no_document_clips_or_overlaps_in_any_language() {
    let faces = faces();
    for language in LANGUAGES {
        let words = words(language);
        let mut sheets = vec![badge(true).sheet(&words).unwrap()];
        for stock in [Stock::A6, Stock::FourBySix] {
            sheets.push(parcel().sheet(&words, &faces, stock).unwrap());
        }
        for paper in [Paper::A4, Paper::A6] {
            let mut slip = slip(12);
            slip.prices = Some(Prices { currency: "GBP".into(), decimals: 2 });
            sheets.extend(slip.sheets(&words, &faces, paper).unwrap());
        }
        sheets.extend(manifest(30).sheets(&words, &faces).unwrap());
        sheets.extend(practice().sheets(&words, &faces).unwrap());
        sheets.push(ToteSticker { number: 12, code: "T0012E".into() }.sheet(&words).unwrap());
        for (at, page) in lay_out(&sheets, Dpi::D600).iter().enumerate() {
            assert_tidy(page, &format!("{language}, sheet {at}"));
            assert_eq!(page.missing, Vec::<char>::new());
        }
        for page in lay_out(&sheets[..3], Dpi::D203) {
            assert_tidy(&page, language);
        }
    }
}

const LONG: &str = "Wohnungsbaugenossenschaft Donaudampfschifffahrtsgesellschaft";

#[test]
fn sixty_letter_names_wrap_or_shrink_and_are_not_cut() {
    assert_eq!(LONG.chars().count(), 60);
    let mut parcel = parcel();
    parcel.to.name = LONG.into();
    parcel.to.street =
        vec!["c/o Gesellschaft für Wohnungswirtschaft".into(), LONG.into(), "Hinterhaus, 3. Stock".into()];
    parcel.from.name = LONG.into();
    let mut badge = badge(true);
    badge.name = LONG.into();
    let words = words("de");
    let sheets = [parcel.sheet(&words, &faces(), Stock::A6).unwrap(), badge.sheet(&words).unwrap()];
    for dpi in [Dpi::D203, Dpi::D300] {
        for page in lay_out(&sheets, dpi) {
            assert_tidy(&page, "long");
            assert_eq!(page.cut, Vec::<String>::new());
        }
    }
}

#[test]
fn a_name_beyond_all_room_is_cut_and_said() {
    let mut badge = badge(true);
    badge.name = "Wolfeschlegelsteinhausenbergerdorff ".repeat(6);
    let page = &lay_out(&[badge.sheet(&words("en")).unwrap()], Dpi::D300)[0];
    assert_eq!(page.cut, [badge.name]);
    assert!(boxes(page).iter().any(|line| line.4.ends_with('…')));
}

#[test]
fn a_field_that_holds_a_book_is_cut_in_reasonable_time() {
    let mut slip = slip(3);
    slip.to.name = "word ".repeat(100_000);
    slip.order = "X".repeat(500_000);
    slip.lines[1].description = "لوحة ".repeat(100_000);
    let sheets = slip.sheets(&words("en"), &faces(), Paper::A4).unwrap();
    let pages = lay_out(&sheets, Dpi::D600);
    assert_eq!(pages.iter().map(|page| page.cut.len()).sum::<usize>(), 4);
}

#[test]
fn a_code_is_refused_rather_than_cut() {
    let mut sheet = Sheet::new(Len::mm(40), Len::mm(20), false);
    let style = Style::code(Len::mm(8), Weight::Bold);
    sheet.text(Area::new(Len::ZERO, Len::ZERO, Len::mm(40), Len::mm(10)), style, "A-01-02-3-LEFT-UPPER-BIN");
    assert!(matches!(sheet.lay_out(&faces(), Dpi::D203), Err(LayoutError::TextDoesNotFit { .. })));
}

#[test]
fn a_symbol_without_room_says_what_it_needs() {
    let mut sheet = Sheet::new(Len::mm(60), Len::mm(40), false);
    let spec = SymbolSpec::gs1_128("00395212340000047118").unwrap();
    sheet.symbol(Area::new(Len::ZERO, Len::ZERO, Len::mm(60), Len::mm(30)), Align::Middle, spec);
    let why = sheet.lay_out(&faces(), Dpi::D203).unwrap_err();
    let LayoutError::SymbolDoesNotFit { needed_um10, given_um10, .. } = why else { panic!("{why}") };
    assert_eq!((needed_um10, given_um10), (8_800, 6_000));
}

#[test]
fn a_slip_of_five_hundred_lines_prints_each_once_and_numbers_its_pages() {
    let faces = faces();
    let mut slip = slip(500);
    for (at, line) in slip.lines.iter_mut().enumerate() {
        line.item = format!("N{at:04}");
    }
    let sheets = slip.sheets(&words("en"), &faces, Paper::A4).unwrap();
    let pages = lay_out(&sheets, Dpi::D600);
    let mut seen: Vec<String> = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        assert_tidy(page, "slip");
        let lines = boxes(page);
        assert!(lines.iter().any(|line| line.4 == format!("Page {} of {}", at + 1, pages.len())));
        seen.extend(
            lines.into_iter().map(|line| line.4).filter(|text| text.starts_with('N') && text.len() == 5),
        );
    }
    assert_eq!(seen, (0..500).map(|at| format!("N{at:04}")).collect::<Vec<_>>());
}

#[test]
fn a_manifest_keeps_its_signature_whole_whatever_its_length() {
    let (words, faces) = (words("pl"), faces());
    for count in 0..70 {
        let sheets = manifest(count).sheets(&words, &faces).unwrap();
        let page = &lay_out(&sheets, Dpi::D600)[sheets.len() - 1];
        assert_tidy(page, "manifest");
        let lines = boxes(page);
        for word in ["Podpis", "Kierowca", "Pojazd", "Przekazano"] {
            assert_eq!(lines.iter().filter(|line| line.4 == word).count(), 1, "{word}, {count} parcels");
        }
    }
}

#[test]
fn what_no_face_can_write_is_reported() {
    let mut parcel = parcel();
    parcel.to.name = "山田 Ελένη".into();
    let page = &lay_out(&[parcel.sheet(&words("en"), &faces(), Stock::A6).unwrap()], Dpi::D203)[0];
    assert_eq!(page.missing.iter().collect::<String>(), "山田Ελένη");
}

#[test]
fn arabic_joins_and_runs_right_to_left_around_numbers() {
    let line = faces().line("الطرد 2 من 13", Weight::Bold);
    assert!(line.missing.is_empty());
    let first = &line.runs[0];
    let text = &line.text[first.range.clone()];
    assert_eq!(text.trim(), "13", "the last word in reading order stands leftmost");
}
