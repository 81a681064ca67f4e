//! The shift lead: what needs a person, who takes work over, the board.

use aisle_core::task::trouble::{Remedy as Way, TroubleKind};
use aisle_ui::{
    App, Board, Clock, CutOff, Lead, LeadItem, LeadPerson, Reassign, ReassignLine, ReassignPart,
    ReassignStep, Remedy, RemedyOffer, ShiftName, Trouble,
};
use slint::Global;

use super::{
    rows::Rows,
    things::{digit, int, or_none},
};
use crate::{floor::session::Part, view::lead};

/// People that the board shows; the others are a number.
const BOARD_PEOPLE: usize = 8;

/// The lists of the lead.
pub(super) struct Lists {
    troubles: Rows<LeadItem>,
    people: Rows<LeadPerson>,
    lines: Rows<ReassignLine>,
    cutoffs: Rows<CutOff>,
    on_board: Rows<LeadPerson>,
}

impl Lists {
    pub(super) fn tied(app: &App) -> Self {
        let lists = Self {
            troubles: Rows::default(),
            people: Rows::default(),
            lines: Rows::default(),
            cutoffs: Rows::default(),
            on_board: Rows::default(),
        };
        Lead::get(app).set_shift(ShiftName::None);
        Lead::get(app).set_troubles(lists.troubles.model());
        Lead::get(app).set_exceptions(slint::ModelRc::default());
        Reassign::get(app).set_people(lists.people.model());
        Reassign::get(app).set_lines(lists.lines.model());
        Board::get(app).set_cutoffs(lists.cutoffs.model());
        Board::get(app).set_people(lists.on_board.model());
        lists
    }

    pub(super) fn troubles(&self, app: &App, view: &lead::Troubles) {
        let screen = Lead::get(app);
        screen.set_open(int(view.open));
        screen.set_fine(int(view.fine));
        screen.set_next_cutoff(view.next_cutoff.as_str().into());
        screen.set_next_cutoff_min(or_none(view.next_cutoff_min));
        screen.set_has_spare(view.next_spare_min.is_some());
        screen.set_next_spare_min(view.next_spare_min.unwrap_or(0));
        let mut items: Vec<LeadItem> = view.rows.iter().map(trouble).collect();
        items.extend(view.quiet.iter().map(quiet));
        self.troubles.set(&items, |item| item.id.clone());
    }

    pub(super) fn reassign(&self, app: &App, view: &lead::Reassign, online: bool) {
        let screen = Reassign::get(app);
        screen.set_step(match view.step {
            lead::ReassignStep::From => ReassignStep::From,
            lead::ReassignStep::Lines => ReassignStep::Lines,
            lead::ReassignStep::To => ReassignStep::To,
            lead::ReassignStep::Asked => ReassignStep::Asked,
            lead::ReassignStep::Done => ReassignStep::Done,
        });
        screen.set_part(match view.part {
            Part::All => ReassignPart::All,
            Part::Aisle => ReassignPart::Aisle,
            Part::Lines => ReassignPart::Lines,
        });
        let people: Vec<LeadPerson> = view.people.iter().map(person).collect();
        self.people.set(&people, |person| person.id.clone());
        screen.set_from_name(view.from_name.as_str().into());
        screen.set_from_cart(view.from_cart.as_str().into());
        screen.set_from_left(int(view.from_left));
        screen.set_from_eta_min(or_none(view.forecast.from_eta_min));
        screen.set_all_count(int(view.from_left));
        screen.set_aisle(view.aisle.as_str().into());
        screen.set_aisle_count(int(view.aisle_count));
        screen.set_aisle_eta_min(or_none(view.forecast.aisle_eta_min));
        screen.set_lines_count(int(view.ticked));
        screen.set_given(or_none(view.count));
        screen.set_more_lines(view.more);
        self.lines.set_by_place(&view.lines.iter().map(line).collect::<Vec<_>>());
        screen.set_lines_eta_min(or_none(view.forecast.lines_eta_min));
        let best = view.people.first().filter(|_| view.step == lead::ReassignStep::To);
        screen.set_best_name(best.map(|best| best.name.as_str().into()).unwrap_or_default());
        screen.set_best_aisle(view.forecast.best_aisle.as_str().into());
        screen.set_best_eta_min(or_none(view.forecast.best_eta_min));
        screen.set_best_extra_m(or_none(view.forecast.best_extra_m));
        screen.set_to_name(view.to_name.as_str().into());
        screen.set_online(online);
    }

    pub(super) fn board(&self, app: &App, view: &lead::Board) {
        Clock::get(app).set_now_min(view.now_min);
        let screen = Board::get(app);
        screen.set_devices(int(view.terminals));
        screen.set_offline(int(view.quiet));
        screen.set_now_min(view.now_min);
        let times = || view.cutoffs.iter().filter_map(|cut| cut.at_min).chain([view.now_min]);
        screen.set_from_hour(times().min().unwrap_or(0) / 60);
        screen.set_to_hour(times().max().unwrap_or(0) / 60 + 1);
        let cutoffs: Vec<CutOff> = view.cutoffs.iter().map(cut_off).collect();
        self.cutoffs.set(&cutoffs, |cut| cut.id.clone());
        let is_over = |cut: &lead::CutOff| cut.at_min.is_some_and(|at| at < view.now_min);
        let is_late = |cut: &&lead::CutOff| {
            cut.open > 0 && (is_over(cut) || cut.spare_min.is_some_and(|spare| spare < 0))
        };
        let late: Vec<_> = view.cutoffs.iter().filter(is_late).collect();
        screen.set_holding(int(view.cutoffs.len() - late.len()));
        screen.set_late(int(late.len()));
        screen.set_late_name(late.first().map(|cut| cut.name.as_str().into()).unwrap_or_default());
        let people: Vec<LeadPerson> = view.people.iter().take(BOARD_PEOPLE).map(person).collect();
        screen.set_more(int(view.people.len() - people.len()));
        self.on_board.set(&people, |person| person.id.clone());
        screen.set_as_of_min(or_none(view.as_of_min));
        let items: Vec<LeadItem> = view.troubles.iter().map(trouble).collect();
        let open = view.troubles.iter().position(|trouble| trouble.digit.is_none());
        Lead::get(app).set_open(open.map_or(0, int));
        self.troubles.set(&items, |item| item.id.clone());
    }
}

fn cut_off(cut: &lead::CutOff) -> CutOff {
    CutOff {
        id: cut.id.as_str().into(),
        name: cut.name.as_str().into(),
        at_min: or_none(cut.at_min),
        done: int(cut.done),
        total: int(cut.done + cut.open),
        // Beside the cut-off, past midnight too.
        finish_min: or_none(cut.at_min.zip(cut.spare_min).map(|(at, spare)| (at - spare).max(0))),
        tight: cut.tight,
    }
}

fn person(person: &lead::Person) -> LeadPerson {
    LeadPerson {
        id: person.id.as_str().into(),
        digit: digit(Some(person.digit).filter(|digit| *digit <= 9)),
        name: person.name.as_str().into(),
        cart: person.cart.as_str().into(),
        done: int(person.done),
        total: int(person.total),
        eta_min: or_none(person.eta_min),
        walked: person.walked_percent.unwrap_or(0),
        has_walked: person.walked_percent.is_some(),
        heard_min: or_none(person.heard_min),
        late: person.late,
        quiet: person.quiet,
        ..LeadPerson::default()
    }
}

fn line(line: &lead::Line) -> ReassignLine {
    ReassignLine {
        digit: int(line.digit),
        place: line.place.as_str().into(),
        item: line.item.as_str().into(),
        count: int(line.count),
        chosen: line.chosen,
    }
}

fn trouble(row: &lead::TroubleRow) -> LeadItem {
    let kind = match row.trouble {
        TroubleKind::ShortPick => Trouble::ShortPick,
        TroubleKind::ExcessPick => Trouble::PickedTwice,
        TroubleKind::ShortPack => Trouble::ShortPack,
        TroubleKind::ToteConflict => Trouble::ToteMixed,
        TroubleKind::Unmatched => Trouble::Unmatched,
        TroubleKind::NegativeStock => Trouble::StockShort,
        TroubleKind::Quarantined => Trouble::Held,
        TroubleKind::Cloned => Trouble::Cloned,
        TroubleKind::OutOfRole => Trouble::OutOfRole,
        TroubleKind::ClockOff => Trouble::ClockOff,
        TroubleKind::DiskFull => Trouble::DiskFull,
        TroubleKind::Lost => Trouble::Lost,
        TroubleKind::ToteUnsure => Trouble::ToteUnsure,
        TroubleKind::SecondCount => Trouble::SecondCount,
        TroubleKind::LotHeld => Trouble::LotHeld,
        TroubleKind::Restored => Trouble::Restored,
        TroubleKind::Desynced => Trouble::Desynced,
    };
    let about = match kind {
        Trouble::ToteMixed | Trouble::ToteUnsure => &row.tote,
        Trouble::Held
        | Trouble::Cloned
        | Trouble::ClockOff
        | Trouble::DiskFull
        | Trouble::Lost
        | Trouble::Desynced => &row.terminal,
        _ => &row.order,
    };
    let mut offers = (1..).zip(&row.remedies).map(|(key, way)| offer(key, *way, row));
    LeadItem {
        id: row.id.as_str().into(),
        trouble: kind,
        digit: digit(row.digit),
        name: row.item.as_ref().map(|item| item.telling.as_str().into()).unwrap_or_default(),
        place: row.place.as_str().into(),
        code: about.as_str().into(),
        count: int(row.count),
        // How far a clock is off, else how old it is.
        minutes: if kind == Trouble::ClockOff { int(row.count) } else { row.minutes },
        at_min: -1,
        owner: row.name.as_str().into(),
        first: offers.next().unwrap_or_default(),
        second: offers.next().unwrap_or_default(),
        ..LeadItem::default()
    }
}

fn offer(key: i32, way: Way, row: &lead::TroubleRow) -> RemedyOffer {
    RemedyOffer {
        remedy: match way {
            Way::Backorder => Remedy::Backorder,
            Way::CancelRest => Remedy::CancelRest,
            Way::PickElsewhere => Remedy::PickElsewhere,
            Way::PutBack => Remedy::PutBack,
            Way::Acknowledge => Remedy::Accept,
            Way::Discard => Remedy::Discard,
        },
        count: int(row.count),
        code: row.place.as_str().into(),
        digit: key,
        at_min: -1,
        ..RemedyOffer::default()
    }
}

fn quiet(terminal: &lead::QuietTerminal) -> LeadItem {
    LeadItem {
        id: slint::format!("terminal:{}", terminal.code),
        trouble: Trouble::Offline,
        code: terminal.code.as_str().into(),
        name: terminal.name.as_str().into(),
        count: int(terminal.pending),
        minutes: terminal.minutes,
        at_min: -1,
        ..LeadItem::default()
    }
}
