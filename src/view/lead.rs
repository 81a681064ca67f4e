//! The shift lead: what needs a person, who can take work over, and the board.

use aisle_core::{
    id::{Code, Id},
    task::{
        state::{FulfilmentOrder, Manifest, Operator, Parcel, PickList, PickTask, Terminal},
        trouble::{Remedy, Trouble, TroubleKind},
    },
};
use serde::Serialize;

use super::{
    Input, forecast,
    things::{self, ItemText},
};
use crate::floor::{
    giving, lead, load, pick,
    session::{LeadScreen, Part},
};

/// A terminal not heard for so long is quiet, in minutes.
const QUIET_MIN: i32 = 10;

/// What needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Troubles {
    /// How many need her.
    pub need: usize,
    /// The oldest first; the one on the plate is `open`.
    pub rows: Vec<TroubleRow>,
    /// Index of the one on the plate.
    pub open: usize,
    /// People for whom all is well.
    pub fine: usize,
    /// Terminals that were not heard for a while.
    pub quiet: Vec<QuietTerminal>,
    /// The next vehicle to leave, in minutes of the local day.
    pub next_cutoff_min: Option<i32>,
    /// Its carrier service.
    pub next_cutoff: String,
    /// What it has to spare, in minutes, less than nothing when it will be late.
    pub next_spare_min: Option<i32>,
}

/// One exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TroubleRow {
    /// Opaque.
    pub id: String,
    /// What is wrong.
    pub trouble: TroubleKind,
    /// The key that puts it on the plate; none for the one there.
    pub digit: Option<usize>,
    /// Who was there.
    pub name: String,
    /// Where.
    pub place: String,
    /// The tote.
    pub tote: String,
    /// The terminal.
    pub terminal: String,
    /// The item.
    pub item: Option<ItemText>,
    /// The order.
    pub order: String,
    /// The order is held back.
    pub held: bool,
    /// How many pieces.
    pub count: i64,
    /// How old, in minutes.
    pub minutes: i32,
    /// What may be done: keys 1 and 2, a third by F3.
    pub remedies: Vec<Remedy>,
}

/// A terminal that was not heard for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuietTerminal {
    /// The terminal.
    pub code: String,
    /// Who is signed on.
    pub name: String,
    /// Minutes since it was heard.
    pub minutes: i32,
    /// Operations it held back then.
    pub pending: u64,
}

/// Who gives, how much, and who takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reassign {
    /// What is due.
    pub step: ReassignStep,
    /// How much goes over.
    pub part: Part,
    /// How many stops went over or are asked to; none while it is being chosen, or not known any more.
    pub count: Option<usize>,
    /// The lines to choose from, as many as stand on the screen.
    pub lines: Vec<Line>,
    /// How many lines are ticked.
    pub ticked: usize,
    /// More lines than stand on the screen.
    pub more: bool,
    /// Those who give, or those who can take.
    pub people: Vec<Person>,
    /// The list's number.
    pub list: Option<u32>,
    /// Who gives.
    pub from_name: String,
    /// Her cart.
    pub from_cart: String,
    /// Stops that remain.
    pub from_left: usize,
    /// The aisle that can go over by itself.
    pub aisle: String,
    /// Its stops.
    pub aisle_count: usize,
    /// Who takes it.
    pub to_name: String,
    /// What giving and taking comes to.
    pub forecast: Forecast,
}

/// What giving and taking comes to, as far as it can be reckoned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// When the giver is done as it stands, in minutes of the local day.
    pub from_eta_min: Option<i32>,
    /// When she is done without the aisle that can go over.
    pub aisle_eta_min: Option<i32>,
    /// When she is done without the lines that are ticked.
    pub lines_eta_min: Option<i32>,
    /// When the first of those who can take is done with her own work and with what goes over.
    pub best_eta_min: Option<i32>,
    /// How much further she walks for it, in metres: a round of its own.
    pub best_extra_m: Option<u64>,
    /// The aisle where she was last.
    pub best_aisle: String,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReassignStep {
    /// Who gives: a cart, a badge, or a row's digit.
    From,
    /// Which lines: a row's digit, or their place.
    Lines,
    /// Who takes: a badge, or a row's digit.
    To,
    /// It was asked; it is not done yet.
    Asked,
    /// It is done.
    Done,
}

/// A line that can go over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The key that ticks it.
    pub digit: usize,
    /// Where it is picked.
    pub place: String,
    /// What.
    pub item: String,
    /// Pieces still to take.
    pub count: i64,
    /// Ticked.
    pub chosen: bool,
}

/// Somebody at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Opaque.
    pub id: String,
    /// The key that chooses her.
    pub digit: usize,
    /// Her name.
    pub name: String,
    /// Her list's number.
    pub list: Option<u32>,
    /// Her cart.
    pub cart: String,
    /// Stops done.
    pub done: usize,
    /// Stops in all.
    pub total: usize,
    /// When her list is done, in minutes of the local day.
    pub eta_min: Option<i32>,
    /// By how many percent her walk will be longer than planned: what she walked, and what remains.
    pub walked_percent: Option<i32>,
    /// Minutes since her terminal was heard; none when it never was.
    pub heard_min: Option<i32>,
    /// Operations that her terminal held back then.
    pub pending: u64,
    /// Her list is past its cut-off.
    pub late: bool,
    /// Her terminal was not heard for a while.
    pub quiet: bool,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Board {
    /// Now, in minutes of the local day.
    pub now_min: i32,
    /// Terminals.
    pub terminals: usize,
    /// Of these, quiet.
    pub quiet: usize,
    /// Vehicles, the next to leave first.
    pub cutoffs: Vec<CutOff>,
    /// People at work, troubled ones first.
    pub people: Vec<Person>,
    /// What needs her.
    pub troubles: Vec<TroubleRow>,
    /// When the data was the centre's, while the centre is not heard.
    pub as_of_min: Option<i32>,
}

/// One vehicle and how far its parcels are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CutOff {
    /// Opaque.
    pub id: String,
    /// The carrier service.
    pub name: String,
    /// When it leaves, in minutes of the local day.
    pub at_min: Option<i32>,
    /// Parcels sealed or further.
    pub done: usize,
    /// Orders of this service that are not packed.
    pub open: usize,
    /// What it has to spare when its last piece leaves the shelves, in minutes, less than nothing when it will be
    /// late.
    pub spare_min: Option<i32>,
    /// It will be late if people go on walking as much more than planned as they did so far.
    pub tight: bool,
}

pub(super) fn troubles(input: Input<'_>) -> Troubles {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let troubles = lead::troubles(rows, session);
    let plate = lead::on_plate(rows, session).map(|trouble| trouble.id);
    let people = people(input);
    let next = load::open(rows).first().copied();
    Troubles {
        need: troubles.len(),
        open: troubles.iter().position(|trouble| Some(trouble.id) == plate).unwrap_or(0),
        rows: trouble_rows(input, &troubles, plate),
        fine: people.iter().filter(|person| !person.late && !person.quiet).count(),
        quiet: quiet(input),
        next_cutoff_min: next.and_then(|m| m.due).map(|due| input.minute_of_day(due)),
        next_cutoff: next.map(|m| m.service.to_string()).unwrap_or_default(),
        next_spare_min: next.and_then(|m| forecast::spare(input, m)).map(|spare| spare.min),
    }
}

fn trouble_rows(input: Input<'_>, troubles: &[&Trouble], plate: Option<Id<Trouble>>) -> Vec<TroubleRow> {
    let mut digit = usize::from(lead::FIRST_ROW);
    let mut rows = Vec::new();
    for trouble in troubles {
        let key = if Some(trouble.id) == plate {
            None
        } else {
            digit += 1;
            (digit <= 10).then_some(digit - 1)
        };
        rows.push(row(input, trouble, key));
    }
    rows
}

fn row(input: Input<'_>, trouble: &Trouble, digit: Option<usize>) -> TroubleRow {
    let order = trouble.fulfilment.and_then(|id| input.state.rows.find::<FulfilmentOrder>(&id));
    TroubleRow {
        id: trouble.id.to_string(),
        trouble: trouble.kind,
        digit,
        name: name(input, &trouble.by),
        place: trouble.location.as_ref().map(ToString::to_string).unwrap_or_default(),
        tote: trouble.tote.as_ref().map(ToString::to_string).unwrap_or_default(),
        terminal: trouble.terminal.as_ref().map(ToString::to_string).unwrap_or_default(),
        item: trouble.item.as_ref().map(|item| things::item_of_lot(input, item, trouble.lot.as_ref())),
        order: order.map(|order| order.number.clone()).unwrap_or_default(),
        held: order.is_some_and(|order| !order.holds.is_empty()),
        count: trouble.quantity.0,
        minutes: input.age_min(trouble.raised),
        remedies: trouble.remedies.clone(),
    }
}

fn name(input: Input<'_>, badge: &Code<Operator>) -> String {
    input.catalogue.operator(badge).map_or_else(|| badge.to_string(), |who| who.name)
}

fn quiet(input: Input<'_>) -> Vec<QuietTerminal> {
    let quiet =
        |terminal: &&Terminal| terminal.operator.is_some() && input.age_min(terminal.heard) >= QUIET_MIN;
    input
        .state
        .rows
        .all::<Terminal>()
        .filter(quiet)
        .map(|terminal| QuietTerminal {
            code: terminal.code.to_string(),
            name: terminal.operator.as_ref().map(|badge| name(input, badge)).unwrap_or_default(),
            minutes: input.age_min(terminal.heard),
            pending: terminal.pending,
        })
        .collect()
}

/// Everybody who holds a list, by badge.
fn people(input: Input<'_>) -> Vec<Person> {
    let lists = lead::working(&input.state.rows);
    (1..).zip(lists).map(|(digit, list)| holder(input, digit, list)).collect()
}

fn holder(input: Input<'_>, digit: usize, list: &PickList) -> Person {
    let rows = &input.state.rows;
    let badge = list.holder.as_ref().map(|holder| &holder.operator);
    let total = list.tasks.len();
    let open = pick::open(rows, list).count();
    Person {
        id: list.id.to_string(),
        digit,
        list: Some(list.number),
        cart: list.cart.as_ref().map(ToString::to_string).unwrap_or_default(),
        done: total - open,
        total,
        late: list.due.is_some_and(|due| due < input.now) && open > 0,
        eta_min: forecast::done_min(input, &[list], 0, 0),
        walked_percent: forecast::walked_percent(input, list),
        ..person(input, badge)
    }
}

/// Who somebody is and when her terminal was heard.
fn person(input: Input<'_>, badge: Option<&Code<Operator>>) -> Person {
    let terminal = badge.and_then(|badge| {
        let hers = |terminal: &&Terminal| terminal.operator.as_ref() == Some(badge);
        input.state.rows.all::<Terminal>().filter(hers).max_by_key(|terminal| terminal.heard)
    });
    let heard_min = terminal.map(|terminal| input.age_min(terminal.heard));
    Person {
        id: badge.map(ToString::to_string).unwrap_or_default(),
        digit: 0,
        name: badge.map(|badge| name(input, badge)).unwrap_or_default(),
        list: None,
        cart: String::new(),
        done: 0,
        total: 0,
        eta_min: None,
        walked_percent: None,
        heard_min,
        pending: terminal.map_or(0, |terminal| terminal.pending),
        late: false,
        quiet: heard_min.is_some_and(|minutes| minutes >= QUIET_MIN),
    }
}

pub(super) fn reassign(input: Input<'_>) -> Reassign {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let list = lead::giving(session).and_then(|id| rows.find::<PickList>(&id));
    let given = giving::given(rows, input.catalogue, session);
    let (step, part, to) = match &session.lead.screen {
        LeadScreen::To { part, .. } => (ReassignStep::To, *part, None),
        LeadScreen::Lines { .. } => (ReassignStep::Lines, Part::Lines, None),
        LeadScreen::Asked { op, to, .. } => {
            let waits = session.asked.iter().any(|asked| asked.op == *op);
            let part = given.map_or(Part::All, |(part, _)| part);
            (if waits { ReassignStep::Asked } else { ReassignStep::Done }, part, Some(to))
        }
        LeadScreen::Trouble | LeadScreen::People | LeadScreen::Board => (ReassignStep::From, Part::All, None),
    };
    let people = match (step, list) {
        (ReassignStep::To, Some(list)) => takers(input, list),
        _ => people(input),
    };
    let part_of = |part| list.map(|list| giving::part_of(rows, input.catalogue, session, list, part));
    let aisle = part_of(Part::Aisle);
    let aisle_name = aisle.as_ref().and_then(|tasks| rows.find::<PickTask>(tasks.first()?));
    let holder = list.and_then(|list| list.holder.as_ref());
    Reassign {
        step,
        part,
        count: to.and(given).map(|(_, count)| count),
        lines: list.map(|list| lines(input, list)).unwrap_or_default(),
        ticked: part_of(Part::Lines).map_or(0, |tasks| tasks.len()),
        more: list.is_some_and(|list| giving::remaining(rows, list).count() > giving::LINES_SHOWN),
        people,
        list: list.map(|list| list.number),
        from_name: holder.map(|holder| name(input, &holder.operator)).unwrap_or_default(),
        from_cart: list.and_then(|list| list.cart.as_ref()).map(ToString::to_string).unwrap_or_default(),
        from_left: list.map_or(0, |list| giving::remaining(rows, list).count()),
        aisle: aisle_name.map(|task| things::place(&task.location, None).head).unwrap_or_default(),
        aisle_count: aisle.map_or(0, |tasks| tasks.len()),
        to_name: to.map(|to| name(input, to)).unwrap_or_default(),
        forecast: list.map(|list| forecast::handing_over(input, list, part)).unwrap_or_default(),
    }
}

/// The lines on the screen; none but while they are chosen.
fn lines(input: Input<'_>, list: &PickList) -> Vec<Line> {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let LeadScreen::Lines { first, .. } = session.lead.screen else { return Vec::new() };
    let line = |(digit, task): (usize, &PickTask)| Line {
        digit,
        place: task.location.to_string(),
        item: things::item(input, &task.item).telling,
        count: task.remaining().0,
        chosen: session.lead.chosen.contains(&task.id),
    };
    (1..).zip(giving::shown(rows, list, first)).map(line).collect()
}

fn takers(input: Input<'_>, list: &PickList) -> Vec<Person> {
    let rows = &input.state.rows;
    let first = usize::from(lead::FIRST_CANDIDATE);
    let taker = |(digit, who): (usize, Operator)| {
        let theirs = |list: &&PickList| list.holder.as_ref().is_some_and(|h| h.operator == who.badge);
        let has = lead::working(rows).into_iter().find(theirs);
        let base = has.map_or_else(|| person(input, Some(&who.badge)), |list| holder(input, digit, list));
        Person { id: who.badge.to_string(), digit, ..base }
    };
    (first..).zip(lead::candidates(rows, input.catalogue, list)).map(taker).collect()
}

pub(super) fn board(input: Input<'_>) -> Board {
    let (rows, session) = (&input.state.rows, &input.state.session);
    let mut people = people(input);
    people.sort_by_key(|person| (!(person.late || person.quiet), person.name.clone()));
    let troubles = lead::troubles(rows, session);
    let plate = lead::on_plate(rows, session).map(|trouble| trouble.id);
    Board {
        now_min: input.minute_of_day(input.now),
        terminals: rows.all::<Terminal>().count(),
        quiet: quiet(input).len(),
        cutoffs: load::open(rows).into_iter().map(|manifest| cut_off(input, manifest)).collect(),
        people,
        troubles: trouble_rows(input, &troubles, plate),
        as_of_min: input.offline_since.and(input.fed_at).map(|at| input.minute_of_day(at)),
    }
}

fn cut_off(input: Input<'_>, manifest: &Manifest) -> CutOff {
    let rows = &input.state.rows;
    let unpacked = |order: &&FulfilmentOrder| {
        use aisle_core::task::state::FulfilmentState as S;
        order.service == manifest.service && matches!(order.state, S::Open | S::Released | S::Packing)
    };
    let spare = forecast::spare(input, manifest);
    CutOff {
        id: manifest.id.to_string(),
        name: manifest.service.to_string(),
        at_min: manifest.due.map(|due| input.minute_of_day(due)),
        done: rows.all::<Parcel>().filter(|p| p.service == manifest.service && p.sscc.is_some()).count(),
        open: rows.all::<FulfilmentOrder>().filter(unpacked).count(),
        spare_min: spare.map(|spare| spare.min),
        tight: spare.is_some_and(|spare| spare.tight),
    }
}
