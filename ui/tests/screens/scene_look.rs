//! The screens to look things up on, with something to show.

use aisle_ui::*;
use slint::ComponentHandle;

use crate::photo::mug;
use crate::scene::{list, shell, text};

pub fn inquiry(app: &App) {
    shell(app, Screen::Inquiry, Whereabouts::Person, "Ana K.");
    app.global::<Shell>().set_online(false);
    app.global::<Shell>().set_offline_min(12);
    let look = app.global::<Inquiry>();
    look.set_kind(InquiryKind::Item);
    look.set_telling(text("Lavender"));
    look.set_name(text("Pump soap, 500 ml"));
    look.set_case_size(12);
    look.set_has_photo(true);
    look.set_photo(mug(150, 120, 190));
    look.set_known_min(728);
    look.set_age_min(12);
    look.set_facts(list(vec![
        Fact {
            kind: FactKind::PickFace,
            code: text("B07 14 C"),
            count: 14,
            here: true,
            ..Default::default()
        },
        Fact { kind: FactKind::Reserve, code: text("D02 08 A"), count: 24, cases: 2, ..Default::default() },
        Fact {
            kind: FactKind::InTote,
            code: text("12"),
            tote: 6,
            count: 3,
            mine: true,
            ..Default::default()
        },
    ]));
    look.set_has_free(true);
    look.set_free(31);
}

pub fn inquiry_empty(app: &App) {
    inquiry(app);
    app.global::<Inquiry>().set_kind(InquiryKind::None);
}

pub fn messages(app: &App) {
    shell(app, Screen::Messages, Whereabouts::Person, "Ana K.");
    let long = "The lift at dock 2 is blocked until two. Go round by aisle F and leave the cart there, please \
                tell Jo when you pass.";
    app.global::<Messages>().set_rows(list(vec![
        Message {
            digit: 1,
            kind: MessageKind::Person,
            sender: text("Ines"),
            text: text(long),
            age_min: 2,
            unread: true,
            ..Default::default()
        },
        Message {
            digit: 2,
            kind: MessageKind::Withdrawn,
            item: text("Lavender"),
            place: text("B07 14 C"),
            count: 3,
            age_min: 14,
            ..Default::default()
        },
        Message {
            digit: 3,
            kind: MessageKind::SyncRefused,
            count: 2,
            age_min: 95,
            expired: true,
            ..Default::default()
        },
    ]));
    app.global::<Messages>().set_open(0);
}

pub fn messages_none(app: &App) {
    messages(app);
    app.global::<Messages>().set_rows(list(vec![]));
}

pub fn scanner(app: &App) {
    shell(app, Screen::Scanner, Whereabouts::Person, "Ana K.");
    let scanner = app.global::<Scanner>();
    scanner.set_set_up(true);
    scanner.set_layout(text("FR"));
    scanner.set_caps(true);
    scanner.set_separator(text("F8"));
    scanner.set_before(text("S1"));
    scanner.set_aim(true);
    scanner.set_unmapped(text("[{^`~"));
}

pub fn scanner_as_it_came(app: &App) {
    scanner(app);
    app.global::<Scanner>().set_set_up(false);
}

pub fn self_test(app: &App) {
    shell(app, Screen::SelfTest, Whereabouts::Terminal, "27");
    let test = app.global::<SelfTest>();
    test.set_scanned(true);
    test.set_symbology(text("GS1-128"));
    test.set_took_ms(11);
    test.set_bytes(34);
    let ai = |ai: &str, value: &str, good| AiRow { ai: text(ai), value: text(value), good };
    test.set_rows(list(vec![
        ai("01", "09312345678907", true),
        ai("17", "31 Mar 2027", true),
        ai("10", "7F31", false),
    ]));
    test.set_hex_a(text("5D 43 31 30 31 30 39 33 31 32 33 34"));
    test.set_hex_b(text("35 36 37 38 39 30 37 31 30 … 0D"));
    test.set_printer(PrinterState::Ready);
    test.set_printer_name(text("4"));
    test.set_labels_left(210);
    test.set_scale(ScaleState::Unsteady);
    test.set_sound(SoundState::Ready);
    test.set_centre(CentreState::Answered);
    test.set_centre_ms(38);
}

pub fn self_test_fresh(app: &App) {
    self_test(app);
    let test = app.global::<SelfTest>();
    test.set_scanned(false);
    test.set_printer(PrinterState::PaperOut);
    test.set_scale(ScaleState::Absent);
    test.set_sound(SoundState::Silent);
    test.set_centre(CentreState::ClockOff);
}
