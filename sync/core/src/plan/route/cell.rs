//! One aisle within one block: every way of walking it that can be part of a shortest walk, with its length.
//!
//! The places in the cell cut it into segments. A shortest walk uses each segment not at all, once or twice.
//! Whether once is settled by parity: it changes only where the walk begins or ends. At most one segment is
//! not used, because whatever lies between two unused ones would be cut off.

use crate::plan::layout::Limits;

/// Edge ends at the crossing below and above, and whether the cell joins them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Effect {
    /// Not entered.
    Void,
    /// Walked from end to end.
    Through,
    /// In and out from below.
    TwoBelow,
    /// In and out from above.
    TwoAbove,
    /// In and out from both sides.
    TwoTwo,
    /// Walked from end to end twice.
    Double,
    /// Begun or ended inside, left below.
    OneBelow,
    /// Begun or ended inside, left above.
    OneAbove,
    /// Once below, in and out from above.
    OneTwo,
    /// In and out from below, once above.
    TwoOne,
    /// As `OneTwo`, with both in one piece.
    OneTwoJoined,
    /// As `TwoOne`, with both in one piece.
    TwoOneJoined,
    /// Begun and ended inside, left on both sides.
    OneOne,
}

impl Effect {
    pub(super) const ALL: [Self; 13] = [
        Self::Void,
        Self::Through,
        Self::TwoBelow,
        Self::TwoAbove,
        Self::TwoTwo,
        Self::Double,
        Self::OneBelow,
        Self::OneAbove,
        Self::OneTwo,
        Self::TwoOne,
        Self::OneTwoJoined,
        Self::TwoOneJoined,
        Self::OneOne,
    ];

    fn of(below: u8, above: u8, joined: bool) -> Self {
        match (below, above, joined) {
            (0, 0, _) => Self::Void,
            (1, 1, true) => Self::Through,
            (2, 0, _) => Self::TwoBelow,
            (0, 2, _) => Self::TwoAbove,
            (2, 2, false) => Self::TwoTwo,
            (2, 2, true) => Self::Double,
            (1, 0, _) => Self::OneBelow,
            (0, 1, _) => Self::OneAbove,
            (1, 2, false) => Self::OneTwo,
            (2, 1, false) => Self::TwoOne,
            (1, 2, true) => Self::OneTwoJoined,
            (2, 1, true) => Self::TwoOneJoined,
            _ => Self::OneOne,
        }
    }
}

/// One way of walking a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Length walked, in millimetres; `u32::MAX` if this cannot be.
    pub(super) cost: u32,
    /// Whether the lowest segment is walked an odd number of times.
    pub(super) odd: bool,
    /// The segment left out, if any.
    pub(super) gap: Option<u32>,
    /// Where the walk ends in this cell, if it does.
    pub(super) end: Option<u32>,
}

/// The cheapest choice for each effect.
pub(super) type Choices = [Choice; Effect::ALL.len()];

/// Nothing possible yet.
pub(super) const NONE: Choices =
    [Choice { cost: u32::MAX, odd: false, gap: None, end: None }; Effect::ALL.len()];

/// A cell and what is to be done in it. All distances are millimetres along the aisle.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) aisle: usize,
    /// Place of the crossing below (or of the dead end).
    pub(super) below: u32,
    /// Place of the crossing above (or of the dead end).
    pub(super) above: u32,
    /// Places to visit, rising.
    pub(super) places: &'a [u32],
    /// Where the walk begins, if here.
    pub(super) start: Option<u32>,
    /// Where the walk ends, if here.
    pub(super) end: Option<u32>,
    /// Whether a picker may turn round inside.
    pub(super) may_turn: bool,
    /// Whether there is no crossing below, or none above.
    pub(super) dead: (bool, bool),
    /// Whether walking it twice from end to end can be part of a shortest walk.
    pub(super) double: bool,
    /// Restrictions, when there are any.
    pub(super) limits: Option<&'a Limits>,
}

/// What happens at a point inside a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A place to visit: its number among the cell's places.
    Place(usize),
    /// The walk begins.
    Start,
    /// The walk ends.
    End,
}

impl<'a> Cell<'a> {
    /// Everything inside the cell from below to above. Places where the walk begins or ends are left out: they
    /// are served there.
    pub(super) fn events(self) -> impl Iterator<Item = (u32, Event)> + 'a {
        let mut next = 0;
        let mut start = self.start;
        let mut end = self.end;
        std::iter::from_fn(move || {
            while self.places.get(next).is_some_and(|at| Some(*at) == self.start || Some(*at) == self.end) {
                next += 1;
            }
            let place = self.places.get(next).copied();
            let first = [place, start, end].into_iter().flatten().min()?;
            if place == Some(first) {
                next += 1;
                return Some((first, Event::Place(next - 1)));
            }
            if start == Some(first) {
                start = None;
                return Some((first, Event::Start));
            }
            end = None;
            Some((first, Event::End))
        })
    }

    /// Adds the ways to walk this cell to `best`, keeping the cheapest for each effect.
    pub(super) fn choose(self, best: &mut Choices) {
        if self.places.is_empty() && self.start.is_none() && self.end.is_none() {
            return self.choose_empty(best);
        }
        let scan = Scan::of(self);
        for odd in [false, true] {
            let below = if odd { 1 } else { 2 };
            let above = if scan.top_odd(odd) { 1 } else { 2 };
            let base = scan.base[usize::from(odd)];
            let mut keep = |effect: Effect, cost: u32, gap: Option<u32>| {
                let slot = &mut best[effect as usize];
                if cost < slot.cost {
                    *slot = Choice { cost, odd, gap, end: self.end };
                }
            };
            let (dead_below, dead_above) = self.dead;
            let useful = below == 1 || above == 1 || self.double || !self.may_turn;
            if scan.blocked == 0 && !dead_below && !dead_above && useful {
                keep(Effect::of(below, above, true), base, None);
            }
            if below == 2 && !dead_above && scan.may_skip(self, odd, 0) {
                keep(Effect::of(0, above, false), base - 2 * scan.first, Some(0));
            }
            if above == 2 && !dead_below && scan.may_skip(self, odd, scan.points) {
                keep(Effect::of(below, 0, false), base - 2 * scan.last, Some(scan.points));
            }
            let (width, gap) = scan.widest[usize::from(odd)];
            if gap > 0 && !dead_below && !dead_above && scan.may_skip(self, odd, gap) {
                keep(Effect::of(below, above, false), base - 2 * width, Some(gap));
            }
        }
    }
}

impl Cell<'_> {
    fn choose_empty(self, best: &mut Choices) {
        let length = self.above - self.below;
        let blocked = self.limits.is_some_and(|limits| limits.blocked(self.aisle, self.below, self.above));
        best[Effect::Void as usize] = Choice { cost: 0, odd: false, gap: Some(0), end: None };
        if !blocked && !self.dead.0 && !self.dead.1 {
            best[Effect::Through as usize] = Choice { cost: length, odd: true, gap: None, end: None };
            if self.double {
                best[Effect::Double as usize] = Choice { cost: 2 * length, odd: false, gap: None, end: None };
            }
        }
    }
}

/// The first of the widest stretches between neighbouring places, and the number of the place it ends at; 0 if
/// there are not two.
pub(super) fn widest(places: &[u32]) -> (u32, u32) {
    let mut widest = (0, 0);
    for (number, pair) in (1..).zip(places.windows(2)) {
        let gap = pair[1] - pair[0];
        if number == 1 || gap > widest.0 {
            widest = (gap, number);
        }
    }
    widest
}

/// One pass over a cell's segments, for both parities at once.
struct Scan {
    /// How many points: segments are `0..=points`.
    points: u32,
    /// Length if every segment is used, by parity of the lowest.
    base: [u32; 2],
    first: u32,
    last: u32,
    /// The widest inner segment that may be left out and its number, by parity of the lowest; 0 if none.
    widest: [(u32, u32); 2],
    /// How many segments are blocked, and the last such.
    blocked: u32,
    blocked_at: u32,
    ends: u32,
    /// Segments before which the walk begins or ends.
    turns: [Option<u32>; 2],
}

impl Scan {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell {
                places: [first, .., last] | [first @ last], start: None, end: None, limits: None, ..
            } => Self::passing(cell, *first, *last),
            _ => Self::all(cell),
        }
    }

    /// The same as [`Self::all`] for a free cell that the walk only passes: most of them.
    fn passing(cell: Cell<'_>, first: u32, last: u32) -> Self {
        let length = cell.above - cell.below;
        let widest = if cell.may_turn { widest(cell.places) } else { (0, 0) };
        Self {
            points: cell.places.len() as u32,
            base: [2 * length, length],
            first: first - cell.below,
            last: cell.above - last,
            widest: [widest, (0, 0)],
            blocked: 0,
            blocked_at: 0,
            ends: 0,
            turns: [None; 2],
        }
    }

    fn all(cell: Cell<'_>) -> Self {
        let mut scan = Self {
            points: 0,
            base: [0; 2],
            first: 0,
            last: 0,
            widest: [(0, 0); 2],
            blocked: 0,
            blocked_at: 0,
            ends: 0,
            turns: [None; 2],
        };
        let mut from = cell.below;
        let mut blocked_widest = false;
        for (at, event) in cell.events() {
            blocked_widest |= scan.segment(cell, from, at, false);
            scan.points += 1;
            if event == Event::Start || event == Event::End {
                scan.turns[scan.ends as usize] = Some(scan.points);
                scan.ends += 1;
            }
            from = at;
        }
        scan.segment(cell, from, cell.above, true);
        if blocked_widest {
            scan.only_blocked(cell);
        }
        scan
    }

    fn segment(&mut self, cell: Cell<'_>, from: u32, to: u32, top: bool) -> bool {
        let length = to - from;
        let number = self.points;
        let odd_here = self.ends % 2 == 1;
        for odd in [false, true] {
            let once = odd != odd_here;
            self.base[usize::from(odd)] += if once { length } else { 2 * length };
            let inner = number > 0 && !top;
            let widest = &mut self.widest[usize::from(odd)];
            let wider = widest.1 == 0 || length > widest.0;
            // Where turning is not allowed a segment may only be left out beside an end of the walk.
            if inner && !once && wider && (cell.may_turn || self.ends == 1) {
                *widest = (length, number);
            }
        }
        if number == 0 {
            self.first = length;
        }
        if top {
            self.last = length;
        }
        let blocked = cell.limits.is_some_and(|limits| limits.blocked(cell.aisle, from, to));
        if blocked {
            self.blocked += 1;
            self.blocked_at = number;
        }
        blocked
    }

    /// A blocked inner segment is the only one that may be left out.
    fn only_blocked(&mut self, cell: Cell<'_>) {
        let mut from = cell.below;
        let mut length = 0;
        let points = cell.events().map(|event| event.0).chain([cell.above]);
        for (number, at) in points.enumerate() {
            if number as u32 == self.blocked_at {
                length = at - from;
            }
            from = at;
        }
        for odd in [false, true] {
            let inner = self.blocked_at > 0 && self.blocked_at < self.points;
            let once = odd != (self.ends_before(self.blocked_at) % 2 == 1);
            self.widest[usize::from(odd)] = if inner && !once { (length, self.blocked_at) } else { (0, 0) };
        }
    }

    fn ends_before(&self, segment: u32) -> u32 {
        self.turns.iter().flatten().filter(|turn| **turn <= segment).count() as u32
    }

    fn top_odd(&self, odd: bool) -> bool {
        odd != (self.ends % 2 == 1)
    }

    /// Whether segment `gap` may be left out: nothing else is blocked, and nobody has to turn beside it.
    fn may_skip(&self, cell: Cell<'_>, odd: bool, gap: u32) -> bool {
        if self.blocked > 1 || (self.blocked == 1 && self.blocked_at != gap) {
            return false;
        }
        if cell.may_turn {
            return true;
        }
        let once = |segment: u32| odd != (self.ends_before(segment) % 2 == 1);
        (gap == 0 || once(gap - 1)) && (gap == self.points || once(gap + 1))
    }
}
