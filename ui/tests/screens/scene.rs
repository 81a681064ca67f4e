//! The states worth looking at, with data as a terminal would fill it.

use std::rc::Rc;

use aisle_ui::*;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use crate::photo::mug;
use crate::scene_look::{
    inquiry, inquiry_empty, messages, messages_none, scanner, scanner_as_it_came, self_test, self_test_fresh,
};

/// One state of one screen.
pub struct Scene {
    pub name: String,
    /// The screen has a desk of its own.
    pub desk: bool,
    pub fill: Box<dyn Fn(&App)>,
}

impl Scene {
    /// A handheld's screen.
    pub fn hand(name: &str, fill: impl Fn(&App) + 'static) -> Self {
        Self { name: name.to_owned(), desk: false, fill: Box::new(fill) }
    }

    fn desk(name: &str, fill: impl Fn(&App) + 'static) -> Self {
        Self { name: name.to_owned(), desk: true, fill: Box::new(fill) }
    }

    /// Shows it, with nothing left of the scene before.
    pub fn show(&self, app: &App) {
        app.global::<Refusal>().set_kind(RefusalKind::None);
        app.global::<Shell>().set_note(Note::None);
        (self.fill)(app);
    }
}

/// All of them.
pub fn all() -> Vec<Scene> {
    let mut scenes = crate::scene_task::all();
    scenes.extend([
        Scene::hand("pack-tote", pack_tote),
        Scene::hand("pack-grab", pack_grab),
        Scene::hand("pack-no-photo", pack_no_photo),
        Scene::hand("pack-box", pack_box),
        Scene::hand("pack-weigh", pack_weigh),
        Scene::hand("pack-over", pack_over),
        Scene::hand("pack-label", pack_label),
        Scene::hand("pack-park", pack_park),
        Scene::hand("load-parcel", load_parcel),
        Scene::hand("load-lane", load_lane),
        Scene::hand("load-close", load_close),
        Scene::hand("trouble", trouble),
        Scene::hand("trouble-second", trouble_second),
        Scene::hand("trouble-none", trouble_none),
        Scene::hand("trouble-held", |app| drop(trouble_held(app))),
        Scene::hand("trouble-out-of-role", |app| trouble_held(app).set_open(2)),
        Scene::hand("trouble-counts", trouble_counts),
        Scene::hand("trouble-centre", trouble_centre),
        Scene::hand("exceptions", exceptions),
        Scene::hand("reassign-from", reassign_from),
        Scene::hand("reassign-to", reassign_to),
        Scene::hand("reassign-lines", reassign_lines),
        Scene::hand("reassign-asked", reassign_asked),
        Scene::hand("inquiry", inquiry),
        Scene::hand("inquiry-empty", inquiry_empty),
        Scene::hand("messages", messages),
        Scene::hand("messages-none", messages_none),
        Scene::hand("scanner", scanner),
        Scene::hand("scanner-as-it-came", scanner_as_it_came),
        Scene::hand("self-test", self_test),
        Scene::hand("self-test-fresh", self_test_fresh),
        Scene::desk("desk-pack-grab", pack_grab),
        Scene::desk("desk-pack-box", pack_box),
        Scene::desk("desk-pack-next-box", pack_next_box),
        Scene::desk("desk-pack-weigh", pack_weigh),
        Scene::desk("desk-pack-over", pack_over),
        Scene::desk("desk-pack-label", pack_label),
        Scene::desk("desk-pack-park", pack_park),
        Scene::desk("desk-board", board),
        Scene::desk("desk-board-quiet", board_quiet),
    ]);
    scenes
}

/// The one of this name.
pub fn named(name: &str) -> Scene {
    all().into_iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no scene {name}"))
}

pub fn list<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(rows)))
}

pub fn text(s: &str) -> SharedString {
    SharedString::from(s)
}

pub fn shell(app: &App, screen: Screen, whereabouts: Whereabouts, word: &str) {
    let shell = app.global::<Shell>();
    shell.set_screen(screen);
    shell.set_where(whereabouts);
    shell.set_where_text(text(word));
    shell.set_online(true);
    shell.set_unsent(2);
    shell.set_battery(61);
}

fn item(
    telling: &str,
    name: &str,
    noun: &str,
    want: i32,
    have: i32,
    photo: Option<(u8, u8, u8)>,
) -> PackItem {
    PackItem {
        id: text(name),
        telling: text(telling),
        name: text(name),
        noun: text(noun),
        note: PackNote::None,
        has_photo: photo.is_some(),
        photo: photo.map(|(r, g, b)| mug(r, g, b)).unwrap_or_default(),
        want,
        have,
    }
}

fn pack(app: &App) -> Pack<'_> {
    shell(app, Screen::Pack, Whereabouts::Person, "Ana K.");
    app.global::<Clock>().set_now_min(740);
    let pack = app.global::<Pack>();
    pack.set_bench(text("4"));
    pack.set_tote(3);
    pack.set_order(text("8841"));
    pack.set_cutoff_min(870);
    pack.set_carrier(text("DPD"));
    pack.set_left(3);
    pack.set_next(PackItem {
        note: PackNote::Wrap,
        ..item("Blue", "Mug, 350 ml", "mug", 2, 0, Some((46, 118, 140)))
    });
    pack.set_rows(list(vec![
        item("Fig", "Candle, 200 g", "candle", 1, 0, Some((220, 205, 170))),
        item("", "Rooibos tin", "tin", 2, 2, Some((190, 110, 90))),
        item("", "Lavender pump soap", "soap", 1, 1, Some((150, 120, 190))),
    ]));
    let carton = |digit, letter: &str, l, w, h| CartonChoice {
        letter: text(letter),
        digit,
        length_mm: l,
        width_mm: w,
        height_mm: h,
    };
    pack.set_cartons(list(vec![
        carton(1, "S", 200, 150, 100),
        carton(2, "M", 300, 200, 150),
        carton(3, "L", 400, 300, 200),
        carton(4, "XL", 600, 400, 305),
    ]));
    pack.set_chosen(1);
    pack.set_fill(71);
    let part = |x, y, z, dx, dy, dz, part| CartonPart {
        x_mm: x,
        y_mm: y,
        z_mm: z,
        dx_mm: dx,
        dy_mm: dy,
        dz_mm: dz,
        part,
    };
    pack.set_plan(list(vec![
        part(0, 0, 0, 80, 80, 120, BoxPart::Placed),
        part(0, 80, 0, 80, 80, 120, BoxPart::Placed),
        part(80, 0, 0, 190, 72, 70, BoxPart::Placed),
        part(100, 95, 0, 95, 100, 105, BoxPart::Next),
        part(200, 95, 0, 95, 100, 105, BoxPart::Later),
    ]));
    pack.set_spot(CartonSpot::FrontLeft);
    pack.set_beside(text("Rooibos tin"));
    pack.set_grams(1312);
    pack.set_expect_g(2140);
    pack.set_tolerance_g(60);
    pack.set_weight(WeightState::Settling);
    pack.set_slip(true);
    pack.set_printer(text("4"));
    pack.set_last_tote(9);
    pack.set_last_door(text("2"));
    pack.set_next_tote(9);
    pack.set_parked_shelf(text("P3"));
    pack.set_parked_why(ParkReason::AddressRefused);
    pack
}

fn pack_tote(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Tote);
    pack.set_tote(0);
}

fn pack_grab(app: &App) {
    pack(app).set_step(PackStep::Grab);
}

fn pack_no_photo(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Grab);
    pack.set_next(PackItem {
        note: PackNote::Hazmat,
        ..item("White", "Hanging heart T-light holder", "holder", 12, 0, None)
    });
    pack.set_rows(list(vec![
        item("Red", "Retrospot cake stand", "stand", 1, 0, None),
        item("", "Jam jar", "jar", 6, 6, None),
    ]));
}

fn pack_box(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Box);
    pack.set_left(0);
}

/// The carton is full before the order is.
fn pack_next_box(app: &App) {
    pack_box(app);
    pack(app).set_left(5);
}

fn pack_weigh(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Weigh);
    pack.set_left(0);
}

fn pack_over(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Weigh);
    pack.set_left(0);
    pack.set_grams(2320);
    pack.set_weight(WeightState::Over);
    pack.set_suspect(text("fig candle"));
}

fn pack_label(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Label);
    pack.set_left(0);
    pack.set_grams(2151);
    pack.set_weight(WeightState::Right);
    pack.set_label(LabelState::Printed);
}

fn pack_park(app: &App) {
    let pack = pack(app);
    pack.set_step(PackStep::Label);
    pack.set_left(0);
    pack.set_label(LabelState::Late);
    pack.set_park_on(text("P3"));
}

fn load(app: &App) -> Load<'_> {
    shell(app, Screen::Load, Whereabouts::Person, "Ceylan B.");
    let load = app.global::<Load>();
    load.set_carrier(text("DPD"));
    load.set_lane(text("D4"));
    load.set_cutoff_min(870);
    load.set_loaded(214);
    load.set_total(260);
    let row = |digit, carrier: &str, lane: &str, cutoff_min, total, loaded, manifest| LoadRow {
        digit,
        carrier: text(carrier),
        lane: text(lane),
        cutoff_min,
        total,
        loaded,
        manifest,
    };
    load.set_rows(list(vec![
        row(2, "Post", "D5", 900, 180, 96, ManifestState::Open),
        row(3, "UPS", "D6", 960, 140, 31, ManifestState::Open),
        row(4, "Own van", "D1", 1050, 64, 64, ManifestState::Closed),
    ]));
    load
}

fn load_parcel(app: &App) {
    load(app).set_step(LoadStep::Parcel);
}

fn load_lane(app: &App) {
    let load = load(app);
    load.set_step(LoadStep::Lane);
    load.set_staging(true);
    load.set_parcel(text("…4821"));
    load.set_order(text("8841"));
}

fn load_close(app: &App) {
    let load = load(app);
    load.set_step(LoadStep::Close);
    load.set_loaded(260);
}

fn offer(remedy: Remedy, digit: i32) -> RemedyOffer {
    RemedyOffer { remedy, digit, ..Default::default() }
}

fn troubles() -> ModelRc<LeadItem> {
    list(vec![
        LeadItem {
            trouble: Trouble::Late,
            digit: 6,
            cart: text("9"),
            name: text("Marek"),
            count: 11,
            minutes: 14,
            at_min: 870,
            walks_more: 31,
            first: RemedyOffer { count: 7, name: text("Ana"), aisle: text("D"), ..offer(Remedy::Give, 1) },
            second: RemedyOffer { count: 3, at_min: 960, ..offer(Remedy::ShipLater, 2) },
            ..Default::default()
        },
        LeadItem {
            trouble: Trouble::Short,
            digit: 3,
            place: text("B07 14 C"),
            count: 2,
            orders: 3,
            minutes: 4,
            first: RemedyOffer { code: text("D02 08 A"), ..offer(Remedy::TakeFrom, 3) },
            second: RemedyOffer { count: 3, ..offer(Remedy::Backorder, 0) },
            ..Default::default()
        },
        LeadItem {
            trouble: Trouble::Silent,
            digit: 4,
            name: text("Jo"),
            cart: text("3"),
            aisle: text("F"),
            minutes: 18,
            first: RemedyOffer { name: text("Jo"), ..offer(Remedy::Message, 4) },
            ..Default::default()
        },
        LeadItem {
            trouble: Trouble::Battery,
            digit: 5,
            code: text("27"),
            percent: 9,
            place: text("dock 2"),
            first: RemedyOffer { name: text("Ceylan"), ..offer(Remedy::TellSpare, 5) },
            ..Default::default()
        },
    ])
}

fn lead(app: &App) -> Lead<'_> {
    shell(app, Screen::Trouble, Whereabouts::Lead, "Ines");
    app.global::<Shell>().set_unsent(0);
    let lead = app.global::<Lead>();
    lead.set_shift(ShiftName::Early);
    lead.set_fine(21);
    lead.set_troubles(troubles());
    lead.set_open(0);
    lead
}

fn trouble(app: &App) {
    lead(app);
}

fn trouble_second(app: &App) {
    lead(app).set_open(1);
}

/// What no single stop or order is about: terminals and people.
fn trouble_held(app: &App) -> Lead<'_> {
    let lead = lead(app);
    lead.set_troubles(list(vec![
        told(Trouble::Held, 3, "H12", 12, 4),
        told(Trouble::Cloned, 4, "H12", 2, 18),
        told(Trouble::OutOfRole, 5, "", 3, 65),
        told(Trouble::ClockOff, 6, "H12", 95, 95),
    ]));
    lead
}

fn trouble_counts(app: &App) {
    let rows = vec![
        told(Trouble::ToteUnsure, 3, "T104", 0, 4),
        told(Trouble::SecondCount, 4, "", -14, 18),
        told(Trouble::LotHeld, 5, "536412", 2, 65),
        told(Trouble::Lost, 6, "H12", 0, 95),
    ];
    lead(app).set_troubles(list(rows));
}

fn trouble_centre(app: &App) {
    let rows = vec![
        told(Trouble::Restored, 3, "", 0, 4),
        told(Trouble::Desynced, 4, "H12", 0, 18),
        told(Trouble::DiskFull, 5, "H12", 0, 65),
    ];
    lead(app).set_troubles(list(rows));
}

fn told(trouble: Trouble, digit: i32, code: &str, count: i32, minutes: i32) -> LeadItem {
    LeadItem {
        trouble,
        digit,
        code: text(code),
        owner: text("Ceylan"),
        name: text("Lavender"),
        place: text("B07 14 C"),
        count,
        minutes,
        first: offer(Remedy::Accept, 1),
        ..Default::default()
    }
}

fn trouble_none(app: &App) {
    let lead = lead(app);
    lead.set_troubles(list(vec![]));
    lead.set_fine(25);
    lead.set_next_cutoff(text("DPD"));
    lead.set_next_cutoff_min(870);
    lead.set_has_spare(true);
    lead.set_next_spare_min(38);
}

fn exceptions(app: &App) {
    let lead = lead(app);
    app.global::<Shell>().set_screen(Screen::Exceptions);
    lead.set_exceptions(list(vec![
        LeadItem {
            trouble: Trouble::PickedTwice,
            digit: 3,
            code: text("8841"),
            name: text("Fig candle"),
            count: 1,
            minutes: 21,
            owner: text("Ines"),
            first: RemedyOffer { count: 1, code: text("B07 14 C"), ..offer(Remedy::PutBack, 1) },
            second: RemedyOffer { state: RemedyState::Asked, ..offer(Remedy::Accept, 2) },
            ..Default::default()
        },
        LeadItem {
            trouble: Trouble::StockDiffers,
            digit: 4,
            place: text("D02 08 A"),
            count: 14,
            other: 16,
            minutes: 65,
            first: RemedyOffer { code: text("D02 08 A"), ..offer(Remedy::Recount, 1) },
            second: offer(Remedy::Accept, 2),
            ..Default::default()
        },
        LeadItem {
            trouble: Trouble::LabelRefused,
            digit: 5,
            code: text("8790"),
            minutes: 130,
            first: offer(Remedy::Hold, 1),
            ..Default::default()
        },
    ]));
    lead.set_open_exception(0);
}

fn people() -> ModelRc<LeadPerson> {
    let person = |digit, name: &str, cart: &str, done, total, eta_min, walked, heard_min| LeadPerson {
        id: text(name),
        digit,
        name: text(name),
        cart: text(cart),
        done,
        total,
        eta_min,
        walked,
        has_walked: true,
        heard_min,
        late: name == "Marek",
        quiet: name == "Jo",
        bench: name == "Yusuf",
        aisle: text("D"),
    };
    list(vec![
        person(1, "Marek", "9", 8, 19, 884, 31, 0),
        person(2, "Ana", "12", 7, 24, 782, 2, 12),
        person(3, "Jo", "3", 12, 20, 820, 6, 18),
        person(4, "Ceylan", "5", 21, 24, 751, -3, 0),
        LeadPerson { has_walked: false, ..person(5, "Yusuf", "2", 30, 60, 805, 0, 0) },
    ])
}

fn reassign(app: &App) -> Reassign<'_> {
    lead(app);
    app.global::<Shell>().set_screen(Screen::Reassign);
    let give = app.global::<Reassign>();
    give.set_people(people());
    give.set_from_name(text("Marek"));
    give.set_from_cart(text("9"));
    give.set_from_left(11);
    give.set_from_eta_min(884);
    give.set_all_count(11);
    give.set_aisle(text("D"));
    give.set_aisle_count(7);
    give.set_aisle_eta_min(862);
    give.set_part(ReassignPart::Aisle);
    give.set_best_name(text("Ana"));
    give.set_best_aisle(text("D"));
    give.set_best_eta_min(811);
    give.set_best_extra_m(140);
    give.set_to_name(text("Ana"));
    give
}

fn reassign_from(app: &App) {
    reassign(app).set_step(ReassignStep::From);
}

fn reassign_to(app: &App) {
    reassign(app).set_step(ReassignStep::To);
}

fn reassign_lines(app: &App) {
    let give = reassign(app);
    give.set_step(ReassignStep::Lines);
    give.set_part(ReassignPart::Lines);
    give.set_lines_count(2);
    give.set_more_lines(true);
    let line = |digit, place: &str, item: &str, count, chosen| ReassignLine {
        digit,
        place: text(place),
        item: text(item),
        count,
        chosen,
    };
    give.set_lines(list(vec![
        line(1, "D02 08 A", "Fig candle", 3, true),
        line(2, "D04 11 B", "Rooibos tin", 1, true),
        line(3, "D07 02 C", "Lavender pump soap, 500 ml", 12, false),
    ]));
}

fn reassign_asked(app: &App) {
    let give = reassign(app);
    give.set_step(ReassignStep::Asked);
    give.set_given(7);
    give.set_online(false);
    app.global::<Shell>().set_online(false);
    app.global::<Shell>().set_offline_min(12);
}

fn board(app: &App) {
    lead(app);
    app.global::<Shell>().set_screen(Screen::Board);
    let board = app.global::<Board>();
    board.set_devices(25);
    board.set_offline(2);
    board.set_now_min(740);
    board.set_from_hour(12);
    board.set_to_hour(18);
    let cut = |name: &str, at_min, done, total, finish_min, tight| CutOff {
        id: text(name),
        name: text(name),
        at_min,
        done,
        total,
        finish_min,
        tight,
    };
    board.set_cutoffs(list(vec![
        cut("DPD", 870, 214, 260, 884, false),
        cut("Post", 900, 96, 180, 860, false),
        cut("UPS", 960, 31, 140, 922, true),
        cut("Own van", 1050, 0, 64, -1, false),
    ]));
    board.set_holding(3);
    board.set_late(1);
    board.set_late_name(text("DPD"));
    board.set_people(people());
    board.set_more(20);
}

fn board_quiet(app: &App) {
    board(app);
    let lead = app.global::<Lead>();
    lead.set_troubles(list(vec![]));
    lead.set_fine(25);
    let board = app.global::<Board>();
    board.set_late(0);
    board.set_holding(4);
    board.set_as_of_min(728);
}
