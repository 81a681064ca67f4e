//! The states of the operator's own screens. What is not set here stands in the adapters as preview data.

use aisle_ui::*;
use slint::ComponentHandle;

use crate::{
    photo::mug,
    scene::{Scene, list, shell, text},
};

/// Every refusal that exists.
pub const REFUSALS: [RefusalKind; 65] = [
    RefusalKind::WrongItem,
    RefusalKind::WrongPlace,
    RefusalKind::WrongLot,
    RefusalKind::WrongTote,
    RefusalKind::ToteFull,
    RefusalKind::ToteUnknown,
    RefusalKind::ToteTaken,
    RefusalKind::ToteEmpty,
    RefusalKind::ToteNotDropped,
    RefusalKind::ToteDropped,
    RefusalKind::CartTaken,
    RefusalKind::WrongCart,
    RefusalKind::CartTooSmall,
    RefusalKind::WrongLane,
    RefusalKind::LaneFirst,
    RefusalKind::ScanOneFirst,
    RefusalKind::ScanEach,
    RefusalKind::BadNumber,
    RefusalKind::NothingInHand,
    RefusalKind::PiecesInHand,
    RefusalKind::OnlyStop,
    RefusalKind::BadgeFirst,
    RefusalKind::BadgeEnded,
    RefusalKind::OrderOpen,
    RefusalKind::ParcelEmpty,
    RefusalKind::NotSealed,
    RefusalKind::AlreadyLoaded,
    RefusalKind::NoManifest,
    RefusalKind::WrongVehicle,
    RefusalKind::NoWork,
    RefusalKind::NothingRemains,
    RefusalKind::SerialSeen,
    RefusalKind::OverQuantity,
    RefusalKind::LotDue,
    RefusalKind::CaseHolds,
    RefusalKind::UnknownCode,
    RefusalKind::UnreadableCode,
    RefusalKind::WeightOver,
    RefusalKind::WeightShort,
    RefusalKind::Withdrawn,
    RefusalKind::NotYourBadge,
    RefusalKind::UnknownBadge,
    RefusalKind::WrongPin,
    RefusalKind::PinLocked,
    RefusalKind::NotHere,
    RefusalKind::NothingToUndo,
    RefusalKind::Expired,
    RefusalKind::LotTooOld,
    RefusalKind::OlderLotFirst,
    RefusalKind::Blocked,
    RefusalKind::LeadOnly,
    RefusalKind::Cancelled,
    RefusalKind::Held,
    RefusalKind::NoCarton,
    RefusalKind::NoSscc,
    RefusalKind::NotAllLoaded,
    RefusalKind::CannotTake,
    RefusalKind::Stale,
    RefusalKind::NotSaved,
    RefusalKind::DiskFull,
    RefusalKind::ReadOnly,
    RefusalKind::ScannerChanged,
    RefusalKind::ScannerCannot,
    RefusalKind::TwoMeanings,
    RefusalKind::NeedsCentre,
];

/// All of them, the refusals on the pick screen last.
pub fn all() -> Vec<Scene> {
    let mut scenes = vec![
        Scene::hand("sign-on", |app| sign_on(app, SignOnStep::Badge)),
        Scene::hand("sign-on-pin", |app| sign_on(app, SignOnStep::Pin)),
        Scene::hand("my-work", |app| shell(app, Screen::MyWork, Whereabouts::Person, "Ana K.")),
        Scene::hand("my-work-resume", resume),
        Scene::hand("nothing", |app| shell(app, Screen::Nothing, Whereabouts::Person, "Ana K.")),
        Scene::hand("cart", |app| cart(app, CartStep::Totes)),
        Scene::hand("cart-first", |app| cart(app, CartStep::Cart)),
        Scene::hand("pick-place", |app| pick(app, PickStep::Place, 0)),
        Scene::hand("pick-item", |app| pick(app, PickStep::Item, 1)),
        Scene::hand("pick-tote", |app| pick(app, PickStep::Tote, 3)),
        Scene::hand("pick-done", |app| pick(app, PickStep::Done, 3)),
        Scene::hand("pick-zero", |app| pick(app, PickStep::ZeroCheck, 3)),
        Scene::hand("pick-tote-full", |app| pick(app, PickStep::ToteFull, 2)),
        Scene::hand("pick-no-photo", pick_no_photo),
        Scene::hand("pick-single", pick_single),
        Scene::hand("pick-cases", pick_cases),
        Scene::hand("pick-weight", pick_weight),
        Scene::hand("pick-message", pick_message),
        Scene::hand("short", |app| task(app, Screen::Short)),
        Scene::hand("route", |app| task(app, Screen::Route)),
        Scene::hand("route-many-aisles", many_aisles),
        Scene::hand("tote", |app| tote(app, false)),
        Scene::hand("tote-full", |app| tote(app, true)),
        Scene::hand("drop", |app| drop(app, LaneKind::Lane)),
        Scene::hand("drop-packing", |app| drop(app, LaneKind::Packing)),
        Scene::hand("help", |app| task(app, Screen::Help)),
    ];
    scenes
        .extend(REFUSALS.map(|kind| Scene::hand(&format!("refusal-{kind:?}"), move |app| refuse(app, kind))));
    scenes
}

fn task(app: &App, screen: Screen) {
    shell(app, screen, Whereabouts::StopOf, "");
    let shell = app.global::<Shell>();
    shell.set_where_a(7);
    shell.set_where_b(24);
    shell.set_online(false);
    shell.set_offline_min(12);
    shell.set_unsent(34);
}

fn sign_on(app: &App, step: SignOnStep) {
    shell(app, Screen::SignOn, Whereabouts::Terminal, "27");
    app.global::<SignOn>().set_step(step);
    app.global::<SignOn>().set_pin_typed(2);
}

fn resume(app: &App) {
    shell(app, Screen::MyWork, Whereabouts::Person, "Ana K.");
    app.global::<MyWork>().set_resume_cart(text("12"));
}

fn cart(app: &App, step: CartStep) {
    shell(app, Screen::Cart, Whereabouts::Cart, "12");
    app.global::<Cart>().set_step(step);
}

fn count(have: i32, want: i32) -> CountText {
    CountText {
        kind: CountKind::Pieces,
        have: text(&have.to_string()),
        want: text(&want.to_string()),
        have_pips: have,
        want_pips: want,
        ..Default::default()
    }
}

fn pick(app: &App, step: PickStep, have: i32) {
    task(app, Screen::Pick);
    let pick = app.global::<Pick>();
    pick.set_step(step);
    pick.set_place_done(step != PickStep::Place && step != PickStep::ZeroCheck);
    pick.set_item_done(!matches!(step, PickStep::Place | PickStep::Item));
    pick.set_count(count(have, 3));
    pick.set_take(3 - have);
    pick.set_item(ItemText {
        telling: text("Lavender"),
        name: text("Pump soap, 500 ml"),
        lot: text("7F31"),
        expiry: Day { year: 2027, month: 3, day: 0 },
        code_tail: text("4821"),
        has_photo: true,
        photo: mug(150, 120, 190),
    });
    pick.set_into(IntoText { kind: IntoKind::Tote, number: 6, columns: 4, ..Default::default() });
}

fn pick_no_photo(app: &App) {
    pick(app, PickStep::Item, 1);
    app.global::<Pick>().set_item(ItemText {
        telling: text("White hanging heart"),
        name: text("T-light holder"),
        code_tail: text("5123"),
        ..Default::default()
    });
}

fn pick_single(app: &App) {
    pick(app, PickStep::Item, 1);
    app.global::<Pick>().set_into(IntoText { kind: IntoKind::Single, ..Default::default() });
}

fn pick_cases(app: &App) {
    pick(app, PickStep::Item, 0);
    let pick = app.global::<Pick>();
    let cases = CountText {
        kind: CountKind::Cases,
        have: text("0"),
        want: text("14"),
        cases: 1,
        eaches: 2,
        ..count(0, 14)
    };
    pick.set_count(cases);
    pick.set_into(IntoText { kind: IntoKind::Batch, number: 4, ..Default::default() });
}

fn pick_weight(app: &App) {
    pick(app, PickStep::Item, 0);
    let pick = app.global::<Pick>();
    let weight =
        CountText { kind: CountKind::Weight, have: text("1.42"), want: text("2.00"), ..Default::default() };
    pick.set_count(weight);
    pick.set_into(IntoText { kind: IntoKind::Wall, compartment: text("C4"), ..Default::default() });
}

fn pick_message(app: &App) {
    pick(app, PickStep::Place, 0);
    let shell = app.global::<Shell>();
    shell.set_note(Note::Told);
    shell.set_note_sender(text("Ines"));
    shell.set_note_text(text("Aisle D is blocked until two"));
    shell.set_note_age_min(2);
}

fn tote(app: &App, full: bool) {
    task(app, Screen::Tote);
    app.global::<ToteView>().set_full(full);
    app.global::<ToteView>().set_lines(list(vec![
        ToteLine {
            telling: text("Lavender"),
            name: text("Pump soap, 500 ml"),
            quantity: text("3"),
            at_centre: true,
            ..Default::default()
        },
        ToteLine {
            telling: text("Fig candle"),
            name: text("200 g"),
            quantity: text("2"),
            ..Default::default()
        },
    ]));
}

fn drop(app: &App, kind: LaneKind) {
    shell(app, Screen::Drop, Whereabouts::Cart, "12");
    app.global::<CartDrop>().set_kind(kind);
}

fn refuse(app: &App, kind: RefusalKind) {
    pick(app, if kind == RefusalKind::WrongPlace { PickStep::Place } else { PickStep::Item }, 1);
    let thing = |telling: &str, lot: &str, tail: &str, tote, year| RefusalThing {
        telling: text(telling),
        name: text("500 ml"),
        code: text(lot),
        expiry: Day { year, month: 3, day: 0 },
        place: PlaceText { head: text("B07"), tail: text(tail), head_changed: false },
        tote,
        ..Default::default()
    };
    let refusal = app.global::<Refusal>();
    let scanned_until = if kind == RefusalKind::OlderLotFirst { 2028 } else { 2026 };
    refusal.set_scanned(thing("Lemon", "5C20", "17 C", 3, scanned_until));
    refusal.set_wanted(thing("Lavender", "7F31", "14 C", 6, 2027));
    refusal.set_number(3);
    refusal.set_back(1);
    refusal.set_digits(text("17"));
    refusal.set_way(Way::Back);
    refusal.set_bays(3);
    refusal.set_flank(Flank::LeftSide);
    refusal.set_lead_may_pass(kind == RefusalKind::LotTooOld);
    refusal.set_can_ask_why(kind == RefusalKind::LotTooOld);
    refusal.set_one(Meaning::Item);
    refusal.set_two(Meaning::Place);
    refusal.set_kind(kind);
}

/// Twelve aisles, whose names would touch.
fn many_aisles(app: &App) {
    task(app, Screen::Route);
    let route = app.global::<Route>();
    let at = |n: i32| 1_000 * n / 13;
    let mine = 7;
    route.set_aisles(list(
        (1..=12).map(|n| AisleName { x: at(n), name: format!("A{n:02}").into() }).collect(),
    ));
    route.set_mine(mine - 1);
    route.set_racks(list((0..=12).map(|n| Rack { x: at(n) + 27, y: 90, w: 23, h: 780 }).collect()));
    let stop = |n, number, state| MapStop { x: at(n), y: 400, number, state };
    route.set_stops(list(vec![stop(3, 6, MapStopState::Done), stop(mine, 7, MapStopState::Next)]));
    route.set_legs(list(vec![Leg { x1: at(3), y1: 50, x2: at(mine), y2: 50, walked: false }]));
    route.set_you_x(at(mine));
}

#[test]
fn every_refusal_has_a_picture() {
    let words = include_str!("../../tokens/words-refusal.slint");
    let (_, kinds) = words.split_once("enum RefusalKind {").expect("the kinds stand with their words");
    let (kinds, _) = kinds.split_once("\n}").expect("the list ends");
    let plain = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let kinds: String = kinds.lines().map(plain).collect();
    let kinds = kinds.split(',').map(str::trim).filter(|kind| !kind.is_empty() && *kind != "none");
    let ours: Vec<String> =
        REFUSALS.iter().map(|kind| format!("{kind:?}").to_lowercase().replace("r#", "")).collect();
    for kind in kinds {
        assert!(ours.contains(&kind.replace('-', "")), "no scene shows the refusal {kind}");
    }
}
