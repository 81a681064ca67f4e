//! The site of the stories: what `scripts/README` describes, as rows.

use aisle::{
    floor::Key,
    scan::layout::{Caps, Keys, Layout},
};
use aisle_core::{
    code::{Gtin, house::Kind},
    id::{Code, Id},
    item::{Barcode, BarcodeKey, CartonType, Counting, Handling, Item, LotRow, Tracked},
    label::from_rows::{KEYS, house},
    order::Address,
    place::{LoadRule, Location, Side, Site, SiteLayout, Travel, Usage},
    quantity::Quantity,
    task::{
        rows::{Floor, Row},
        state::{
            Cart, Content, FulfilmentLine, FulfilmentOrder, FulfilmentState, Holder, ListState, Manifest,
            Operator, Parcel, ParcelState, PickList, PickTask, Role, Slot, Terminal, Tote, ToteState, Walked,
        },
        trouble::{Remedy, Trouble, TroubleKind},
    },
    time::Millis,
};

/// 2026-11-25 08:00 UTC, when every story begins.
pub(crate) const START: Millis = Millis(1_795_593_600_000);

/// The id that a story's number stands for.
pub(crate) fn id<T>(number: u32) -> Id<T> {
    Id::from_bytes(u128::from(number).to_be_bytes())
}

/// A code that a story wrote.
pub(crate) fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).expect("a code of the site")
}

/// What is printed for a key, by the body of its label.
pub(crate) fn printed_key(body: &str) -> Result<String, String> {
    house(Kind::Command, &body.to_uppercase()).map_err(|error| error.to_string())
}

/// What is printed for a key.
pub(crate) fn label_of(key: Key) -> String {
    let name = key.to_string();
    let (body, _) = KEYS.iter().find(|(_, key)| *key == name).expect("every key is printed");
    printed_key(body).expect("a label")
}

/// What arrives of a code through a keyboard, from a scanner that types `S1` before it and F8 for a separator.
pub(crate) fn typed(layout: Layout, raw: &[u8]) -> Vec<u8> {
    let keys = Keys::new(layout, Caps::Off);
    let shown = |part: &[u8]| keys.type_text(part).expect("printable characters");
    let parts: Vec<String> = [b"S1", raw].concat().split(|byte| *byte == 0x1D).map(shown).collect();
    parts.join("\u{F70B}").into_bytes()
}

/// The rows at the start of every story.
pub(crate) fn rows() -> Floor {
    let mut rows = Floor::default();
    people(&mut rows);
    places(&mut rows);
    items(&mut rows);
    gear(&mut rows);
    runs(&mut rows);
    bench(&mut rows);
    vehicles(&mut rows);
    rows
}

fn people(rows: &mut Floor) {
    let people = [
        ("ANNA", "Anna K.", Role::Picker, "1111", true),
        ("BERT", "Bert S.", Role::Picker, "2222", true),
        ("PIA", "Pia W.", Role::Packer, "3333", true),
        ("LEA", "Lea M.", Role::Lead, "4444", true),
        ("OLGA", "Olga T.", Role::Picker, "5555", false),
        ("NOOR", "Noor A.", Role::Picker, "6666", true),
        ("IDA", "Ida B.", Role::Picker, "7777", true),
    ];
    for (badge, name, role, pin, active) in people {
        rows.set(Row::Operator(Operator {
            badge: code(badge),
            name: name.into(),
            role,
            pin_verifier: pin.into(),
            language: "en".into(),
            active,
        }));
    }
    rows.set(Row::Terminal(Terminal {
        code: code("H7"),
        operator: Some(code("BERT")),
        heard: START.plus(-25 * 60_000),
        pending: 12,
        battery: Some(40),
    }));
}

fn places(rows: &mut Floor) {
    let layout = SiteLayout {
        aisles: ["B07", "B09", "D01"].map(str::to_owned).to_vec(),
        aisle_pitch_mm: 3_000,
        cross_aisles_mm: vec![0, 20_000],
        depot_aisle: 0,
    };
    rows.set(Row::Site(Site {
        code: code("MILL"),
        name: "Mill Lane".into(),
        address: vec!["Mill Lane 1".into()],
        time_zone: "UTC".into(),
        practice: true,
        layout: Some(layout),
        load: LoadRule::default(),
    }));
    let faces = [("B07 14 C", 0, 14), ("B07 15 A", 0, 15), ("B09 02 B", 1, 2), ("D01 01 A", 2, 1)];
    for (sequence, (name, aisle, bay)) in (1..).zip(faces) {
        rows.set(Row::Location(Location {
            code: code(name),
            usage: Usage::PickFace,
            check_digits: Some("47".into()),
            pick_sequence: sequence,
            travel: Some(Travel { aisle, along_mm: u32::from(bay) * 1_000, side: Side::Left, bay, level: 3 }),
        }));
    }
    for (name, usage) in [("PACK 1", Usage::Packing), ("DOOR 2", Usage::Staging), ("DOOR 3", Usage::Staging)]
    {
        let row = Location { code: code(name), usage, check_digits: None, pick_sequence: 99, travel: None };
        rows.set(Row::Location(row));
    }
}

fn items(rows: &mut Floor) {
    let items = [
        ("SOAP", "Lavender", "Pump soap, 500 ml", 1_001u64, 520, Counting::ScanOneKeyRest),
        ("MUG", "Blue", "Mug, 350 ml", 1_002, 340, Counting::ScanEach),
        ("CANDLE", "Fig", "Candle, 200 g", 1_003, 280, Counting::ScanOneKeyRest),
        ("CARD", "Robin", "Card, A6", 1_004, 12, Counting::ScanOneKeyRest),
        ("LEMON", "Lemon", "Pump soap, 500 ml", 1_005, 520, Counting::ScanOneKeyRest),
        ("PIANO", "Grand", "Piano", 1_006, 250_000, Counting::ScanEach),
        ("TEA", "Green", "Tea, 100 g", 1_007, 120, Counting::ScanOneKeyRest),
    ];
    for (name, telling, rest, number, weight_g, counting) in items {
        let mut barcodes = vec![Barcode { key: gtin(number), quantity: Quantity::ONE }];
        barcodes.push(Barcode { key: BarcodeKey::Raw(name.into()), quantity: Quantity::ONE });
        if name == "SOAP" {
            barcodes.push(Barcode { key: BarcodeKey::Raw("SOAP CASE".into()), quantity: Quantity(2) });
        }
        if name == "CANDLE" {
            barcodes.push(Barcode { key: case_gtin(number), quantity: Quantity(5) });
        }
        // One code that somebody stuck on an item and on a tote.
        if name == "CARD" {
            barcodes.push(Barcode { key: BarcodeKey::Raw("T8".into()), quantity: Quantity::ONE });
        }
        let size_mm = if name == "PIANO" { [1_500, 1_500, 1_000] } else { [70, 70, 120] };
        let (telling, rest) = (telling.to_owned(), rest.to_owned());
        rows.set(Row::Item(Item {
            code: code(name),
            telling,
            name: rest,
            barcodes,
            size_mm,
            weight_g,
            counting,
            // A candle stands upright, and nothing is laid on it.
            handling: Handling { this_side_up: name == "CANDLE", fragile: name == "CANDLE" },
            tracked: tracked(name),
        }));
    }
    for (rank, name, edge) in [(1, "S", 150), (5, "M", 300), (30, "L", 600)] {
        let outer = [edge + 10, edge + 10, edge + 10];
        rows.set(Row::Carton(CartonType {
            code: code(name),
            rank,
            inner_mm: [edge, edge, edge],
            outer_mm: outer,
            empty_g: u32::from(rank) * 100,
            max_g: 25_000,
        }));
    }
}

fn gtin(number: u64) -> BarcodeKey {
    let digits = format!("9521234{number:05}");
    BarcodeKey::Gtin(Gtin::with_check_digit(digits).expect("twelve digits").key())
}

/// Tea is kept by lot: one that has expired when the stories begin, and two that have not.
fn tracked(name: &str) -> Tracked {
    let mut tracked = Tracked { by_lot: name == "TEA", ..Tracked::default() };
    for (lot, expires) in [("5C20", "2026-10-31"), ("7F31", "2027-03-31"), ("8A02", "2027-09-30")] {
        if tracked.by_lot {
            tracked.note(LotRow { lot: code(lot), expires: expires.parse().ok() });
        }
    }
    tracked
}

/// The GTIN of a case: the piece's digits behind an indicator.
fn case_gtin(number: u64) -> BarcodeKey {
    let digits = format!("19521234{number:05}");
    BarcodeKey::Gtin(Gtin::with_check_digit(digits).expect("thirteen digits").key())
}

fn gear(rows: &mut Floor) {
    for (name, columns, shelves) in [("C1", 4, 3), ("C2", 2, 1), ("C3", 1, 2), ("C9", 4, 3)] {
        rows.set(Row::Cart(Cart { code: code(name), columns, shelves }));
    }
    for number in 1..=9 {
        rows.set(Row::Tote(Tote::empty(code(&format!("T{number}")))));
    }
}

struct Stop(u8, &'static str, &'static str, i64);

fn runs(rows: &mut Floor) {
    let long = [
        Stop(1, "SOAP", "B07 14 C", 3),
        Stop(2, "SOAP", "B07 14 C", 2),
        Stop(1, "MUG", "B07 15 A", 2),
        Stop(3, "CANDLE", "B09 02 B", 12),
        Stop(2, "CARD", "D01 01 A", 1),
    ];
    run(rows, 12, "ANNA", &["A-100", "A-101", "A-102"], &long, ListState::Open);
    run(rows, 13, "ANNA", &["A-103"], &[Stop(1, "MUG", "B07 15 A", 2)], ListState::Open);
    run(rows, 14, "IDA", &["A-105"], &[Stop(1, "TEA", "D01 01 A", 4)], ListState::Open);
    let task = rows.find::<PickTask>(&id(14_001)).expect("the stop").clone();
    rows.set(Row::PickTask(PickTask { lot: Some(code("7F31")), ..task }));
    run(rows, 20, "BERT", &["A-104"], &[Stop(1, "SOAP", "B07 14 C", 4)], ListState::Started);
}

fn run(rows: &mut Floor, number: u32, badge: &str, orders: &[&str], stops: &[Stop], state: ListState) {
    let order_id = |slot: u8| id(number * 100 + u32::from(slot));
    let mut tasks = Vec::new();
    for (at, Stop(slot, item, location, wanted)) in (1u32..).zip(stops) {
        let task = id(number * 1_000 + at);
        tasks.push(task);
        rows.set(Row::PickTask(PickTask {
            id: task,
            list: id(number),
            slot: *slot,
            fulfilment: order_id(*slot),
            line: at,
            item: code(item),
            location: code(location),
            wanted: Quantity(*wanted),
            picked: Quantity::ZERO,
            put: Quantity::ZERO,
            short: Quantity::ZERO,
            short_reason: None,
            withdrawn: Quantity::ZERO,
            continued_by: None,
            skipped: 0,
            lot: None,
        }));
    }
    let mut slots = Vec::new();
    for (slot, order) in (1u8..).zip(orders) {
        let lines = (1u32..).zip(stops).filter(|(_, stop)| stop.0 == slot);
        let lines = lines.map(|(at, stop)| line(at, stop.1, stop.3, 0)).collect();
        rows.set(Row::Fulfilment(order_row(order_id(slot), order, lines, FulfilmentState::Released)));
        slots.push(Slot { number: slot, fulfilment: order_id(slot), order: (*order).into(), tote: None });
    }
    let holder = Holder { operator: code(badge), terminal: code("H1") };
    rows.set(Row::PickList(PickList {
        id: id(number),
        number,
        site: code("MILL"),
        state,
        epoch: 1,
        holder: Some(holder),
        cart: (state == ListState::Started).then(|| code("C9")),
        slots,
        tasks,
        due: Some(START.plus(i64::from(number) * 600_000)),
        walk_mm: 64_000,
        walked: Walked::default(),
    }));
}

fn line(number: u32, item: &str, wanted: i64, picked: i64) -> FulfilmentLine {
    FulfilmentLine {
        line: number,
        item: code(item),
        wanted: Quantity(wanted),
        picked: Quantity(picked),
        short: Quantity::ZERO,
        lost: Quantity::ZERO,
        packed: Quantity::ZERO,
        shipped: Quantity::ZERO,
    }
}

fn order_row(
    id: Id<FulfilmentOrder>,
    number: &str,
    lines: Vec<FulfilmentLine>,
    state: FulfilmentState,
) -> FulfilmentOrder {
    FulfilmentOrder {
        id,
        order: Id::from_bytes([1; 16]),
        number: number.into(),
        site: code("MILL"),
        state,
        lines,
        totes: Vec::new(),
        parcels: Vec::new(),
        ship_to: Address { name: "Jo Field".into(), ..Address::default() },
        service: code("own_fleet"),
        due: Some(START.plus(4 * 3_600_000)),
        holds: std::collections::BTreeSet::new(),
        packer: None,
    }
}

/// Orders that were picked and wait for packing.
fn bench(rows: &mut Floor) {
    picked(rows, 50, "A-200", &[("T21", &[("SOAP", 2), ("MUG", 1)])]);
    picked(rows, 51, "A-201", &[("T22", &[("CANDLE", 1)]), ("T23", &[("CARD", 2)])]);
    picked(rows, 52, "A-202", &[("T24", &[("CARD", 1)])]);
    picked(rows, 53, "A-203", &[("T25", &[("PIANO", 1)])]);
    picked(rows, 54, "A-204", &[("T26", &[("SOAP", 1)])]);
    let on_cart = Tote { state: ToteState::InUse, ..tote("T27", 54, &[("SOAP", 1)]) };
    rows.set(Row::Tote(on_cart));
    picked(rows, 55, "A-205", &[("T28", &[("SOAP", 3), ("SOAP", 2)])]);
    picked(rows, 56, "A-206", &[("T29", &[("TEA", 3)])]);
    let lots = [("7F31", 2), ("8A02", 1)];
    let content =
        |(lot, n): (&str, i64)| Content { item: code("TEA"), quantity: Quantity(n), lot: Some(code(lot)) };
    let row = Tote { contents: lots.map(content).to_vec(), ..tote("T29", 56, &[]) };
    rows.set(Row::Tote(row));
    trouble(rows, 90, TroubleKind::ShortPick, 50, -30);
    trouble(rows, 91, TroubleKind::ExcessPick, 51, -20);
}

fn tote(name: &str, order: u32, contents: &[(&str, i64)]) -> Tote {
    let mut row = Tote::empty(code(name));
    for (item, quantity) in contents {
        aisle_core::task::state::shift(&mut row.contents, &code(item), None, Quantity(*quantity));
    }
    row.state = ToteState::Closed;
    row.fulfilment = Some(id(order));
    row.slot = Some(6);
    row.lane = Some(code("PACK 1"));
    row
}

fn picked(rows: &mut Floor, order: u32, number: &str, totes: &[(&str, &[(&str, i64)])]) {
    let mut lines = Vec::new();
    let mut codes = Vec::new();
    for (name, contents) in totes {
        codes.push(code(name));
        rows.set(Row::Tote(tote(name, order, contents)));
        for (item, quantity) in *contents {
            let at = u32::try_from(lines.len()).expect("few lines") + 1;
            lines.push(line(at, item, *quantity, *quantity));
        }
    }
    let mut row = order_row(id(order), number, lines, FulfilmentState::Released);
    row.totes = codes;
    rows.set(Row::Fulfilment(row));
}

fn trouble(rows: &mut Floor, number: u32, kind: TroubleKind, order: u32, minutes: i64) {
    let remedies = match kind {
        TroubleKind::ExcessPick => vec![Remedy::PutBack, Remedy::Acknowledge],
        _ => vec![Remedy::PickElsewhere, Remedy::Backorder, Remedy::CancelRest],
    };
    rows.set(Row::Trouble(Trouble {
        id: id(number),
        kind,
        owner: Role::Lead,
        raised: START.plus(minutes * 60_000),
        by: code("BERT"),
        task: None,
        fulfilment: Some(id(order)),
        item: Some(code("SOAP")),
        location: Some(code("B07 14 C")),
        tote: None,
        terminal: None,
        quantity: Quantity(2),
        remedies,
        settled: None,
        lot: None,
    }));
}

fn vehicles(rows: &mut Floor) {
    for (number, service, lane) in [(1u32, "own_fleet", "DOOR 2"), (2, "drop_point", "DOOR 3")] {
        rows.set(Row::Manifest(Manifest {
            id: id(700 + number),
            number,
            service: code(service),
            lane: code(lane),
            due: Some(START.plus(i64::from(number) * 3_600_000)),
            parcels: Vec::new(),
            closed: false,
        }));
    }
    let parcels = [
        (801, "own_fleet", "DOOR 2", ParcelState::Staged),
        (802, "own_fleet", "DOOR 2", ParcelState::Staged),
        (803, "drop_point", "DOOR 3", ParcelState::Staged),
        (804, "slow_boat", "DOOR 3", ParcelState::Staged),
        (805, "own_fleet", "DOOR 2", ParcelState::Open),
    ];
    for (number, service, lane, state) in parcels {
        let sscc = aisle_core::code::Sscc::mint("9521234", 3, u64::from(number)).expect("a small serial");
        rows.set(Row::Parcel(Parcel {
            id: id(number),
            fulfilment: id(50),
            number: 1,
            state,
            carton: code("S"),
            contents: vec![Content { item: code("SOAP"), quantity: Quantity::ONE, lot: None }],
            weight_g: Some(620),
            sscc: Some(sscc.to_string()),
            service: code(service),
            lane: Some(code(lane)),
            manifest: None,
            labelled: true,
        }));
    }
}

/// The word of every refusal, read from where they are declared: a new one needs a story.
pub(crate) fn every_refusal() -> Vec<String> {
    let source = include_str!("../../src/floor/refusal.rs");
    let declared = source.split_once("pub enum Refusal {").expect("the refusals").1;
    let declared = declared.split_once("\n}").expect("their end").0;
    let names = declared.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.trim_end_matches([' ', '{', ',']);
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains(' ');
        is_name.then(|| snake(name))
    });
    names.collect()
}

fn snake(name: &str) -> String {
    let mut word = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(character.to_ascii_lowercase());
    }
    word
}
