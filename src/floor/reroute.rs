//! The way through what remains of a run, planned anew on the terminal: after a skip, a short, a withdrawal, and
//! when a scan says that she stands elsewhere.
//!
//! It needs the site's layout and where locations lie, and no network. Only the order of her own stops changes,
//! and only when that makes the walk shorter, or keeps what the site wants picked first and last (heavy pieces,
//! fragile ones); which stops there are is the centre's affair.

use aisle_core::{
    id::{Code, Id},
    place::{Location, Site},
    plan::{
        ground::{Ground, Spot},
        route::Load,
    },
    task::{
        op::Note,
        rows::Floor,
        state::{PickList, PickTask},
    },
};

use super::{Catalogue, Draft, Session, pick};

/// Stops put into a new order at most: their ids are one operation, 16 kB of it at 400.
pub const MOST_STOPS: usize = 400;

/// The ground of the site that a list is picked at.
#[must_use]
pub fn ground(rows: &Floor, list: &PickList) -> Ground {
    let site = rows.all::<Site>().find(|site| site.code == list.site);
    let rule = site.map(|site| site.load).unwrap_or_default();
    Ground::of(site.and_then(|site| site.layout.as_ref())).loading(rule)
}

/// Where a stop's pieces belong in the load.
#[must_use]
pub fn load(ground: &Ground, catalogue: &dyn Catalogue, task: &PickTask) -> Load {
    if ground.rule().is_none() { Load::Normal } else { ground.load(catalogue.item(&task.item).as_ref()) }
}

/// The location where she stands, as far as her scans tell.
#[must_use]
pub fn stands(session: &Session) -> Option<&Code<Location>> {
    session.pick.arrived.as_ref().or(session.pick.came_from.as_ref())
}

/// Plans the stops that remain anew from where she stands, all but the one she is busy with.
pub(super) fn from_here(draft: &mut Draft<'_, '_>, list: &PickList) {
    let busy = pick::due(draft.rows, &draft.session)
        .filter(|task| pick::is_here(&draft.session, task) || task.in_hand().is_some());
    let here = stands(&draft.session).cloned();
    shorten(draft, list, here.as_ref(), busy.map(|task| task.id), None);
}

/// Plans the stops that remain anew from a location (the depot when it lies nowhere), and records their order
/// when it makes the walk shorter or what they are in is not as the site wants it. `busy` keeps its place before
/// them; `put_off` comes last.
pub(super) fn shorten(
    draft: &mut Draft<'_, '_>,
    list: &PickList,
    from: Option<&Code<Location>>,
    busy: Option<Id<PickTask>>,
    put_off: Option<Id<PickTask>>,
) {
    let mut stops: Vec<&PickTask> =
        pick::open(draft.rows, list).filter(|task| Some(task.id) != busy).collect();
    if stops.len() < 2 || stops.len() > MOST_STOPS {
        return;
    }
    let times = |task: &PickTask| task.skipped.saturating_add(u16::from(Some(task.id) == put_off));
    stops.sort_by_key(|task| times(task));
    let ground = ground(draft.rows, list);
    let find = |code: &Code<Location>| draft.ctx.catalogue.location(code);
    let start = from.and_then(find).and_then(|location| ground.point(&location));
    let places: Vec<Option<Location>> = stops.iter().map(|task| find(&task.location)).collect();
    let mut spots = Vec::with_capacity(stops.len());
    for (task, place) in stops.iter().zip(&places) {
        let load = load(&ground, draft.ctx.catalogue, task);
        spots.push(Spot { put_off: times(task) > 0, load, ..Spot::of(&task.location, place.as_ref()) });
    }
    let as_wanted = stops.iter().zip(&spots).map(|(task, spot)| (times(task), spot.load)).is_sorted();
    let mut order = ground.walk(start, &spots).order;
    order.sort_by_key(|at| times(stops[*at]));
    let as_is = ground.along(start, places.iter().map(Option::as_ref));
    let anew = ground.along(start, order.iter().map(|at| places[*at].as_ref()));
    if anew < as_is || !as_wanted {
        let tasks = order.iter().map(|at| stops[*at].id).collect();
        draft.note(Note::Rerouted { list: list.id, tasks });
    }
}

#[cfg(test)]
mod tests {
    use aisle_core::{
        id::Mint,
        item::{Counting, Handling, Item, Tracked},
        place::{LoadRule, Side, SiteLayout, Travel, Usage},
        quantity::Quantity,
        task::{
            op::Op,
            rows::{Row, Rows},
            state::{Holder, ListState, Role, Walked},
        },
        time::Millis,
    };

    use super::*;
    use crate::floor::{Action, Ctx, Decision, Key, Read, State, Thing, decide, session::SignedOn};

    fn id<T>(number: u8) -> Id<T> {
        Id::from_bytes([number; 16])
    }

    fn code<T>(text: &str) -> Code<T> {
        Code::parse(text).expect("a code")
    }

    fn stop(rows: &mut Floor, number: u8, aisle: u16, along_mm: u32) -> Id<PickTask> {
        let location = format!("P{number}");
        let travel = Travel { aisle, along_mm, side: Side::Left, bay: 1, level: 1 };
        rows.set(Row::Location(Location {
            code: code(&location),
            usage: Usage::PickFace,
            check_digits: None,
            pick_sequence: u32::from(number),
            travel: Some(travel),
        }));
        rows.set(Row::PickTask(PickTask {
            id: id(number),
            list: id(1),
            slot: 1,
            fulfilment: id(2),
            line: u32::from(number),
            item: code("MUG"),
            location: code(&location),
            wanted: Quantity::ONE,
            picked: Quantity::ZERO,
            put: Quantity::ZERO,
            short: Quantity::ZERO,
            short_reason: None,
            withdrawn: Quantity::ZERO,
            continued_by: None,
            skipped: 0,
            lot: None,
        }));
        id(number)
    }

    /// Three aisles; she stands at P10 and goes to P11 (withdrawn or not), P12 and P13 in this order.
    fn state() -> State {
        let mut rows = Floor::default();
        let layout = SiteLayout {
            aisles: ["A", "B", "C"].map(str::to_owned).to_vec(),
            aisle_pitch_mm: 3_000,
            cross_aisles_mm: vec![0, 20_000],
            depot_aisle: 0,
        };
        let site = Site {
            code: code("S"),
            name: String::new(),
            address: Vec::new(),
            time_zone: "UTC".into(),
            practice: false,
            layout: Some(layout),
            load: LoadRule::default(),
        };
        rows.set(Row::Site(site));
        let tasks = vec![
            stop(&mut rows, 11, 2, 18_000),
            stop(&mut rows, 12, 2, 16_000),
            stop(&mut rows, 13, 0, 5_000),
        ];
        stop(&mut rows, 10, 0, 2_000);
        rows.set(Row::PickList(PickList {
            id: id(1),
            number: 1,
            site: code("S"),
            state: ListState::Started,
            epoch: 1,
            holder: Some(Holder { operator: code("ANNA"), terminal: code("H1") }),
            cart: None,
            slots: Vec::new(),
            tasks,
            due: None,
            walk_mm: 0,
            walked: Walked::default(),
        }));
        let mut state = State::new(code("H1"), rows);
        let signed_on = SignedOn { badge: code("ANNA"), role: Role::Picker, since: Millis(0) };
        state.session.operator = Some(signed_on);
        state.session.pick.list = Some(id(1));
        state.session.pick.walking = true;
        state.session.pick.arrived = Some(code("P10"));
        state
    }

    fn fed(state: &mut State) -> Vec<Op> {
        let (rows, mut mint) = (state.rows.clone(), Mint::new([1; 32]));
        let mut ctx = Ctx { mint: &mut mint, catalogue: &rows, sscc: None };
        match decide(state, &Action::Fed, Millis(1), &mut ctx) {
            Decision::Accepted(accepted) => {
                state.session = accepted.session;
                accepted.entries.into_iter().map(|(_, op)| op).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn after_a_withdrawal_the_rest_is_planned_anew_from_where_she_stands() {
        let mut state = state();
        assert_eq!(fed(&mut state), [], "nothing was withdrawn yet");
        let mut gone = state.rows.find::<PickTask>(&id(11)).cloned().expect("the stop");
        gone.withdrawn = Quantity::ONE;
        let Ok(()) = state.rows.keep(gone);
        let way = Note::Rerouted { list: id(1), tasks: vec![id(13), id(12)] };
        assert_eq!(fed(&mut state), [Op::Note(way.clone())]);
        let Ok(()) = aisle_core::task::apply::note(&mut state.rows, &way);
        let list = state.rows.find::<PickList>(&id(1)).expect("the list");
        let open: Vec<_> = pick::open(&state.rows, list).map(|task| task.id).collect();
        assert_eq!(open, [id(13), id(12)]);
        assert_eq!(list.tasks, [id(11), id(13), id(12)]);
        assert_eq!(fed(&mut state), [], "what is as short as can be stays");
    }

    /// The site wants fragile pieces last, and this stop's are.
    fn fragile(state: &mut State, number: u8) {
        let mut site = state.rows.find::<Site>(&code("S")).cloned().expect("the site");
        site.load = LoadRule { heavy_from_g: 0, fragile_last: true };
        let Ok(()) = state.rows.keep(site);
        let mut task = state.rows.find::<PickTask>(&id(number)).cloned().expect("the stop");
        task.item = code("GLASS");
        let Ok(()) = state.rows.keep(task);
        state.rows.set(Row::Item(Item {
            code: code("GLASS"),
            name: String::new(),
            telling: String::new(),
            counting: Counting::default(),
            size_mm: [100; 3],
            weight_g: 200,
            barcodes: Vec::new(),
            handling: Handling { this_side_up: false, fragile: true },
            tracked: Tracked::default(),
        }));
    }

    fn withdraw(state: &mut State, number: u8) {
        let mut gone = state.rows.find::<PickTask>(&id(number)).cloned().expect("the stop");
        gone.withdrawn = Quantity::ONE;
        let Ok(()) = state.rows.keep(gone);
    }

    #[test]
    fn what_is_fragile_stays_last_though_the_walk_past_it_first_is_shorter() {
        let mut state = state();
        fragile(&mut state, 13);
        fed(&mut state);
        withdraw(&mut state, 11);
        assert_eq!(fed(&mut state), [], "12 before 13, which is nearer but fragile");
    }

    #[test]
    fn an_order_that_the_site_does_not_want_is_mended_though_the_walk_gets_longer() {
        let mut state = state();
        fragile(&mut state, 12);
        fed(&mut state);
        withdraw(&mut state, 11);
        let way = Note::Rerouted { list: id(1), tasks: vec![id(13), id(12)] };
        assert_eq!(fed(&mut state), [Op::Note(way)], "the plain walk agrees");
        let mut state = self::state();
        let stands = Some(code("P11"));
        state.session.pick.arrived = stands;
        fragile(&mut state, 12);
        fed(&mut state);
        withdraw(&mut state, 11);
        let way = Note::Rerouted { list: id(1), tasks: vec![id(13), id(12)] };
        assert_eq!(fed(&mut state), [Op::Note(way.clone())], "12 is at hand, and waits");
        let Ok(()) = aisle_core::task::apply::note(&mut state.rows, &way);
        assert_eq!(fed(&mut state), [], "once");
    }

    /// The stops that are open, in order, once she did this.
    fn open_after(state: &mut State, action: &Action) -> Vec<Id<PickTask>> {
        let (rows, mut mint) = (state.rows.clone(), Mint::new([1; 32]));
        let mut ctx = Ctx { mint: &mut mint, catalogue: &rows, sscc: None };
        let Decision::Accepted(accepted) = decide(state, action, Millis(1), &mut ctx) else {
            panic!("{action:?} is accepted")
        };
        for (_, op) in accepted.entries {
            if let Op::Note(note) = op {
                let Ok(()) = aisle_core::task::apply::note(&mut state.rows, &note);
            }
        }
        let list = state.rows.find::<PickList>(&id(1)).expect("the list");
        pick::open(&state.rows, list).map(|task| task.id).collect()
    }

    #[test]
    fn a_stop_put_off_comes_last_and_the_fragile_one_last_of_the_rest() {
        let mut state = state();
        fragile(&mut state, 13);
        assert_eq!(open_after(&mut state, &Action::Key(Key::Hash)), [id(12), id(13), id(11)]);
    }

    #[test]
    fn from_another_stop_where_she_stands_the_fragile_one_stays_last() {
        let here = Action::Scan(Read::One(Thing::Location(code("P12"))));
        let mut state = state();
        assert_eq!(open_after(&mut state, &here), [id(11), id(12), id(13)], "11 is near, then 13");
        let mut state = self::state();
        fragile(&mut state, 11);
        assert_eq!(open_after(&mut state, &here), [id(12), id(13), id(11)], "though 11 is nearer");
    }

    #[test]
    fn without_a_layout_the_order_stays() {
        let mut state = state();
        fed(&mut state);
        let mut site = state.rows.find::<Site>(&code("S")).cloned().expect("the site");
        site.layout = None;
        let Ok(()) = state.rows.keep(site);
        let mut gone = state.rows.find::<PickTask>(&id(11)).cloned().expect("the stop");
        gone.withdrawn = Quantity::ONE;
        let Ok(()) = state.rows.keep(gone);
        assert_eq!(fed(&mut state), []);
    }
}
