//! What the tests print.

use std::path::PathBuf;

use crate::code::{Gtin, Sscc};
use crate::label::doc::*;
use crate::label::{FaceFiles, Faces, Stamp, Words};

macro_rules! font {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../assets/fonts/", $name))
    };
}

pub(super) const FILES: FaceFiles<'static> = FaceFiles {
    latin: [
        font!("AisleSans-Regular.ttf"),
        font!("AisleSans-Medium.ttf"),
        font!("AisleSans-SemiBold.ttf"),
        font!("AisleSans-Bold.ttf"),
        font!("AisleSans-ExtraBold.ttf"),
    ],
    arabic: [
        font!("IBMPlexSansArabic_500Medium.ttf"),
        font!("IBMPlexSansArabic_600SemiBold.ttf"),
        font!("IBMPlexSansArabic_700Bold.ttf"),
    ],
};

pub(super) fn faces() -> Faces<'static> {
    Faces::parse(&FILES).unwrap()
}

pub(super) fn words(language: &str) -> Words {
    Words::parse(include_str!("../../../../../assets/lang/paper/words.csv"), language).unwrap()
}

/// A folder for one test's files.
pub(super) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join("aisle-label").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub(super) const NOW: Stamp = Stamp { year: 2010, month: 12, day: 1, hour: 14, minute: 5 };

pub(super) fn sscc(serial: u64) -> Sscc {
    Sscc::mint("9521234", 3, serial).unwrap()
}

pub(super) fn shop() -> Address {
    Address {
        name: "Lantern & Hook Wholesale".into(),
        street: vec!["Unit 4, Canal Wharf".into()],
        town: "Leeds LS10 1JG".into(),
        country: "United Kingdom".into(),
    }
}

pub(super) fn customer() -> Address {
    Address {
        name: "Frau Dr. Annegret Müller-Lüdenscheidt".into(),
        street: vec!["Geschenkehaus am Markt".into(), "Große Bergstraße 118, Hinterhaus".into()],
        town: "22767 Hamburg".into(),
        country: "Germany".into(),
    }
}

pub(super) fn parcel() -> ParcelLabel {
    ParcelLabel {
        from: shop(),
        to: customer(),
        carrier: "Own fleet".into(),
        service: "Next day, route 7".into(),
        sscc: sscc(4711),
        parcel: 2,
        parcels: 3,
        weight_g: 4_820,
        order: "536365".into(),
    }
}

const NAMES: [&str; 6] = [
    "WHITE HANGING HEART T-LIGHT HOLDER",
    "WHITE METAL LANTERN",
    "KNITTED UNION FLAG HOT WATER BOTTLE",
    "SET 7 BABUSHKA NESTING BOXES",
    "PACK OF 60 PINK PAISLEY CAKE CASES, ASSORTED, WITH MATCHING NAPKINS AND CANDLES",
    "JUMBO BAG RED RETROSPOT",
];

pub(super) fn lines(count: usize) -> Vec<SlipLine> {
    let line = |at: usize| SlipLine {
        item: format!("{}{}", 84_000 + at * 37, ["", "A", "G"][at % 3]),
        description: NAMES[at % NAMES.len()].into(),
        quantity: [6, 12, 2, 144][at % 4],
        price_minor: Some(255 + at as i64),
    };
    (0..count).map(line).collect()
}

pub(super) fn slip(count: usize) -> PackingSlip {
    PackingSlip {
        shop: "Lantern & Hook Wholesale".into(),
        shop_note: "Unit 4, Canal Wharf, Leeds LS10 1JG".into(),
        to: customer(),
        order: "536365".into(),
        ordered: Some(NOW),
        shipped: Some(Stamp { day: 2, ..NOW }),
        parcel: 1,
        parcels: 2,
        carrier: "Own fleet, next day".into(),
        weight_g: 4_820,
        code: "D536365-1K".into(),
        lines: lines(count),
        elsewhere: lines(count.min(2)),
        to_follow: lines(count.min(1)),
        prices: None,
        message: "Thank you. If anything is missing, tell us the order and the line, and we put it right."
            .into(),
    }
}

pub(super) fn manifest(count: u64) -> ManifestDoc {
    ManifestDoc {
        shop: "Lantern & Hook Wholesale".into(),
        carrier: "Own fleet".into(),
        service: "Next day".into(),
        number: "DM20101201-15X".into(),
        cut_off: Some(Stamp { hour: 15, minute: 0, ..NOW }),
        closed: NOW,
        parcels: (0..count)
            .map(|at| ManifestParcel {
                sscc: sscc(4_000 + at),
                order: format!("5363{:02}", at % 100),
                town: ["22767 Hamburg", "Leeds LS10 1JG", "75011 Paris", "34-100 Wadowice"][at as usize % 4]
                    .into(),
                weight_g: (at * 731) % 15_000,
            })
            .collect(),
    }
}

pub(super) fn badge(show_code: bool) -> Badge {
    Badge {
        site: "Lantern & Hook, Leeds".into(),
        name: "Małgorzata Wiśniewska".into(),
        role: Role::Picker,
        code: "B7K2R9XN4VH30TCJ5LP".into(),
        show_code,
    }
}

pub(super) fn practice() -> Practice {
    let house = |caption: &str, note: &str, code: &str| PracticeEntry {
        caption: caption.into(),
        note: note.into(),
        code: PracticeCode::House(code.into()),
    };
    let item = |at: usize| PracticeEntry {
        caption: NAMES[at % NAMES.len()].into(),
        note: format!("{} in A-{:02}-02-3", 84_000 + at, at + 1),
        code: PracticeCode::Item(Gtin::with_check_digit(format!("9521234{:05}", at * 913)).unwrap()),
    };
    let case = Gtin::with_check_digit("1952123400913").unwrap();
    Practice {
        about: "Demo site, morning of 1 December 2010".into(),
        groups: vec![
            PracticeGroup {
                heading: "People".into(),
                entries: vec![
                    house("Ana, picker", "PIN 1111", "B7K2R9XN4VH30TCJ5LP"),
                    house("Ben", "", "B8"),
                ],
            },
            PracticeGroup {
                heading: "Set up the scanner: scan this once".into(),
                entries: vec![PracticeEntry {
                    caption: String::new(),
                    note: String::new(),
                    code: PracticeCode::Setup,
                }],
            },
            PracticeGroup {
                heading: "Cart and totes".into(),
                entries: (1..=6).map(|n| house(&format!("Tote {n}"), "", &format!("T000{n}E"))).collect(),
            },
            PracticeGroup {
                heading: "Items".into(),
                entries: (0..14)
                    .map(item)
                    .chain([
                        PracticeEntry {
                            caption: "Case of 12".into(),
                            note: String::new(),
                            code: PracticeCode::Item(case),
                        },
                        PracticeEntry {
                            caption: "With lot".into(),
                            note: "10: LOT7F31".into(),
                            code: PracticeCode::Gs1("010952123400000210LOT7F31".into()),
                        },
                    ])
                    .collect(),
            },
        ],
    }
}
