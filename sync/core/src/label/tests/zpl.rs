//! What a printer is sent.

use proptest::prelude::*;

use super::sample::*;
use crate::label::doc::*;
use crate::label::fit::Style;
use crate::label::{Area, Dpi, LayoutError, Len, Sheet, Weight, zpl};

fn sent(sheet: &Sheet, dpi: Dpi) -> String {
    let faces = faces();
    zpl::emit(&sheet.lay_out(&faces, dpi).unwrap(), &faces, 1)
}

fn label(parcel: &ParcelLabel) -> String {
    sent(&parcel.sheet(&words("en"), &faces(), Stock::A6).unwrap(), Dpi::D203)
}

#[test]
fn the_parcel_label_as_zpl() {
    insta::assert_snapshot!(label(&parcel()));
    insta::assert_snapshot!(sent(&parcel().sheet(&words("en"), &faces(), Stock::A6).unwrap(), Dpi::D300));
}

#[test]
fn other_scripts_are_drawn_and_latin_is_the_printers_own_font() {
    let mut parcel = parcel();
    parcel.to.name = "Zażółć Gęśla".into();
    parcel.to.town = "الرياض 11564".into();
    let text = label(&parcel);
    assert_eq!(text.matches("^GFA,").count(), 2);
    assert!(text.is_ascii());
}

#[test]
fn the_sscc_symbol_spells_fnc1_and_set_c_itself() {
    let text = label(&parcel());
    assert!(text.contains("^BCN,254,N,N,N,N^FH_^FD>;>8003952123400000"), "{text}");
}

/// The commands of a label, as a printer would find them: each `^` or `~` and the two letters after it.
fn commands(text: &str) -> Vec<String> {
    let starts = text.char_indices().filter(|(_, c)| matches!(c, '^' | '~'));
    starts.map(|(at, _)| text[at..].chars().take(3).collect()).collect()
}

#[test]
fn a_command_in_an_address_is_printed_and_not_obeyed() {
    let mut hostile = parcel();
    let attack = "^XZ^XA^FO0,0~JA_5E\\&";
    hostile.to.name = attack.into();
    hostile.to.town = "\u{1b}^JUS ~HI".into();
    hostile.carrier = "^FS^GFA,1,1,1,FF".into();
    hostile.order = "^PQ99".into();
    let (plain, text) = (commands(&label(&parcel())), commands(&label(&hostile)));
    assert!(text.iter().all(|command| plain.contains(command) || command.starts_with("^GF")), "{text:?}");
    assert_eq!(text.iter().filter(|c| *c == "^XZ").count(), 1);
}

fn one_line(text: &str) -> Result<Sheet, LayoutError> {
    let mut sheet = Sheet::new(Len::mm(100), Len::mm(30), false);
    sheet.text(
        Area::new(Len::mm(2), Len::mm(2), Len::mm(96), Len::mm(8)),
        Style::line(Len::mm(4), Weight::Bold),
        text,
    );
    Ok(sheet)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_text_adds_a_command(text in "\\PC{0,40}|[\\^~_\\\\>A-Z0-9,]{0,40}|[ -~]{0,40}") {
        let allowed = ["^XA", "^CI", "^LH", "^LS", "^PW", "^LL", "^FT", "^A0", "^FH", "^FD", "^FB", "^FS", "^FO", "^GF", "^PQ", "^XZ"];
        let text = sent(&one_line(&text).unwrap(), Dpi::D203);
        prop_assert!(text.is_ascii());
        let found = commands(&text);
        prop_assert!(found.iter().all(|command| allowed.contains(&command.as_str())), "{}", text);
        prop_assert!(found.len() <= 14);
    }
}

#[test]
fn text_that_the_printers_font_may_set_too_wide_is_drawn() {
    let place = |name: &str| PlaceLabel {
        kind: PlaceKind::Location,
        name: name.into(),
        code: "LA-01-02-39".into(),
        check: "47".into(),
    };
    let graphics =
        |name: &str| sent(&place(name).sheet(&words("en")).unwrap(), Dpi::D203).matches("^GFA").count();
    assert_eq!((graphics("B14"), graphics("A-01-02-3")), (1, 2), "the matrix symbol, and the wide hyphens");
}
