//! The refusal over a screen.

use aisle_ui::{App, RefusalKind, RefusalThing};
use slint::Global;

use super::things::{self, int};
use crate::view::refusal::{Banner, Meaning, Shown};

/// Shows a refusal, or takes the one shown away.
pub(super) fn banner(app: &App, banner: Option<&Banner>) {
    let refusal = aisle_ui::Refusal::get(app);
    let Some(banner) = banner else { return refusal.set_kind(RefusalKind::None) };
    refusal.set_scanned(thing(&banner.scanned));
    refusal.set_wanted(thing(&banner.wanted));
    refusal.set_number(int(banner.number));
    refusal.set_back(int(banner.back));
    refusal.set_digits(banner.digits.as_str().into());
    refusal.set_way(things::way(banner.walk.way));
    refusal.set_bays(banner.walk.bays);
    refusal.set_flank(things::flank(banner.walk.side));
    refusal.set_lead_may_pass(false);
    refusal.set_can_ask_why(false);
    let mut meanings = banner.meanings.iter().map(|one| meaning(*one));
    refusal.set_one(meanings.next().unwrap_or(aisle_ui::Meaning::None));
    refusal.set_two(meanings.next().unwrap_or(aisle_ui::Meaning::None));
    // A word without a kind of its own still says no.
    refusal.set_kind(kind(&banner.kind).unwrap_or(RefusalKind::NotHere));
}

/// What the screens call the refusal of this word; none when they have no words for it.
#[must_use]
pub fn kind(word: &str) -> Option<RefusalKind> {
    Some(match word {
        "wrong_item" => RefusalKind::WrongItem,
        "wrong_location" => RefusalKind::WrongPlace,
        "unknown_code" => RefusalKind::UnknownCode,
        "unreadable" => RefusalKind::UnreadableCode,
        "scanner_changed" => RefusalKind::ScannerChanged,
        "scanner_cannot" => RefusalKind::ScannerCannot,
        "two_meanings" => RefusalKind::TwoMeanings,
        "not_due_now" | "not_now" => RefusalKind::NotHere,
        "nothing_to_undo" => RefusalKind::NothingToUndo,
        "not_your_badge" => RefusalKind::NotYourBadge,
        "badge_ended" => RefusalKind::BadgeEnded,
        "badge_first" => RefusalKind::BadgeFirst,
        "wrong_pin" => RefusalKind::WrongPin,
        "locked" => RefusalKind::PinLocked,
        "cannot_take" => RefusalKind::CannotTake,
        "disk_full" => RefusalKind::DiskFull,
        "no_work" => RefusalKind::NoWork,
        "nothing_remains" => RefusalKind::NothingRemains,
        _ => return of_run(word).or_else(|| of_bench(word)),
    })
}

fn of_run(word: &str) -> Option<RefusalKind> {
    Some(match word {
        "wrong_tote" => RefusalKind::WrongTote,
        "unknown_tote" => RefusalKind::ToteUnknown,
        "tote_taken" => RefusalKind::ToteTaken,
        "tote_empty" => RefusalKind::ToteEmpty,
        "tote_not_dropped" => RefusalKind::ToteNotDropped,
        "tote_full" => RefusalKind::ToteFull,
        "tote_dropped" => RefusalKind::ToteDropped,
        "cart_taken" => RefusalKind::CartTaken,
        "wrong_cart" => RefusalKind::WrongCart,
        "cart_too_small" => RefusalKind::CartTooSmall,
        "over_quantity" => RefusalKind::OverQuantity,
        "wrong_lot" => RefusalKind::WrongLot,
        "older_lot_first" => RefusalKind::OlderLotFirst,
        "expired" => RefusalKind::Expired,
        "lot_due" => RefusalKind::LotDue,
        "lot_alone" => RefusalKind::NothingInHand,
        "case_holds" => RefusalKind::CaseHolds,
        "scan_one_first" => RefusalKind::ScanOneFirst,
        "scan_each" => RefusalKind::ScanEach,
        "not_a_number" => RefusalKind::BadNumber,
        "pieces_in_hand" => RefusalKind::PiecesInHand,
        "only_stop" => RefusalKind::OnlyStop,
        "scan_lane_first" => RefusalKind::LaneFirst,
        "wrong_lane" => RefusalKind::WrongLane,
        "withdrawn" => RefusalKind::Withdrawn,
        _ => return None,
    })
}

fn of_bench(word: &str) -> Option<RefusalKind> {
    Some(match word {
        "cancelled" => RefusalKind::Cancelled,
        "held" => RefusalKind::Held,
        "order_open" => RefusalKind::OrderOpen,
        "no_carton" => RefusalKind::NoCarton,
        "parcel_empty" => RefusalKind::ParcelEmpty,
        "too_heavy" => RefusalKind::WeightOver,
        "too_light" => RefusalKind::WeightShort,
        "no_sscc" => RefusalKind::NoSscc,
        "not_sealed" => RefusalKind::NotSealed,
        "already_loaded" => RefusalKind::AlreadyLoaded,
        "no_manifest" => RefusalKind::NoManifest,
        "wrong_vehicle" => RefusalKind::WrongVehicle,
        "not_all_loaded" => RefusalKind::NotAllLoaded,
        _ => return None,
    })
}

fn thing(shown: &Shown) -> RefusalThing {
    // An item is known by its telling part; its code, by the end that its label shows.
    let own = shown.item.as_ref().filter(|item| item.code == shown.code);
    let code = own.map_or(shown.code.as_str(), |item| item.code_tail.as_str());
    RefusalThing {
        telling: shown.item.as_ref().map(|item| item.telling.as_str().into()).unwrap_or_default(),
        name: shown.item.as_ref().map(|item| item.name.as_str().into()).unwrap_or_default(),
        code: code.into(),
        place: shown.place.as_ref().map(things::place).unwrap_or_default(),
        tote: shown.tote,
        expiry: things::day(shown.expires),
        ..RefusalThing::default()
    }
}

const fn meaning(meaning: Meaning) -> aisle_ui::Meaning {
    match meaning {
        Meaning::Item => aisle_ui::Meaning::Item,
        Meaning::Place => aisle_ui::Meaning::Place,
        Meaning::Tote => aisle_ui::Meaning::Tote,
        Meaning::Cart => aisle_ui::Meaning::Cart,
        Meaning::Badge => aisle_ui::Meaning::Badge,
        Meaning::Parcel => aisle_ui::Meaning::Parcel,
    }
}
