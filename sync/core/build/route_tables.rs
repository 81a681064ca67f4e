//! Computes the tables of the exact router and writes them as Rust source.
//!
//! A partial tour, cut at an aisle, matters to the rest of the warehouse only through what it did at the cut:
//! for each cross-aisle whether the crossing is untouched, has an even or an odd number of edge ends, and which
//! crossings hang together. Those are the states. This file finds every state that can occur and, for each
//! thing a picker can do, the state it leads to. It never looks at a length: the same tables serve every layout.
//!
//! Sources: Ratliff and Rosenthal (1983) for two cross-aisles; the connectivity closure for any number of them.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Cross-aisles the tables cover: one (dead-end aisles) to five (four blocks).
const MOST_ROWS: usize = 5;

/// Per block: the tables beyond a touch or a flip of one end, as (ends below, ends above, joined).
const PAIRS: [(u8, u8, bool); 8] = [
    (1, 1, true),
    (2, 2, false),
    (2, 2, true),
    (1, 2, false),
    (2, 1, false),
    (1, 2, true),
    (2, 1, true),
    (1, 1, false),
];

/// What the cut looks like: per cross-aisle 0, or twice the component number plus one if odd.
type Labels = [u8; MOST_ROWS];

/// Marks the finished tour; no real label is this large.
const DONE: Labels = [u8::MAX; MOST_ROWS];

/// Everything known for one number of cross-aisles.
struct Tables {
    /// Labels of each state.
    states: Vec<Labels>,
    /// States that a closed tour can reach come first; this many.
    closed: usize,
    /// Then the others with an even number of odd crossings; all even ones together, this many.
    even: usize,
    /// Per row, then state: the crossing is walked through an even number of times.
    touch: Vec<Vec<u16>>,
    /// Per row, then state: one edge end more.
    flip: Vec<Vec<u16>>,
    /// Per block and pair of `PAIRS`, then state.
    pair: Vec<Vec<u16>>,
    /// To the next aisle: from, to, bit masks of the rows walked once and twice.
    across: Vec<(u16, u16, u8, u8)>,
}

/// The slot for moves that cannot be made: one past the last state.
fn slot(index: &BTreeMap<Labels, u16>, to: Option<Labels>) -> u16 {
    to.map_or(index.len() as u16, |labels| index[&labels])
}

fn canonical(mut labels: Labels) -> Labels {
    let mut seen = [0_u8; 2 * MOST_ROWS + 4];
    let mut next = 0;
    for label in &mut labels {
        if *label == 0 {
            continue;
        }
        let component = (*label >> 1) as usize;
        if seen[component] == 0 {
            next += 1;
            seen[component] = next;
        }
        *label = seen[component] << 1 | (*label & 1);
    }
    labels
}

/// Components that hold an odd number of odd crossings: each hides one end of an open walk.
fn loose_ends(labels: &Labels) -> usize {
    let mut odd = [0_u8; 2 * MOST_ROWS + 4];
    for label in labels {
        odd[(*label >> 1) as usize] ^= label & 1;
    }
    odd[1..].iter().filter(|parity| **parity == 1).count()
}

fn ends(mut labels: Labels, row: usize, count: u8) -> Labels {
    if count > 0 && labels[row] == 0 {
        labels[row] = (MOST_ROWS as u8 + 1 + row as u8) << 1;
    }
    labels[row] ^= count & 1;
    labels
}

/// The state after `below` edge ends at `row` and `above` at the next row, joined by the walk or not.
fn vertical(labels: Labels, row: usize, pair: (u8, u8, bool)) -> Option<Labels> {
    if labels == DONE {
        return None;
    }
    let mut after = ends(ends(labels, row, pair.0), row + 1, pair.1);
    if pair.2 {
        let (keep, drop) = (after[row] >> 1, after[row + 1] >> 1);
        for label in &mut after {
            if *label >> 1 == drop {
                *label = keep << 1 | (*label & 1);
            }
        }
    }
    let after = canonical(after);
    (loose_ends(&after) <= 2).then_some(after)
}

fn at_row(labels: Labels, row: usize, count: u8) -> Option<Labels> {
    if labels == DONE {
        return None;
    }
    let after = canonical(ends(labels, row, count));
    (loose_ends(&after) <= 2).then_some(after)
}

/// All ways to leave an aisle for the next: state reached, rows walked once and twice.
fn across(labels: Labels, rows: usize) -> Vec<(Labels, u8, u8)> {
    if labels == DONE {
        return vec![(DONE, 0, 0)];
    }
    let mut found = Vec::new();
    let even: Vec<usize> = (0..rows).filter(|r| labels[*r] != 0 && labels[*r] & 1 == 0).collect();
    for choice in 0..1_u32 << even.len() {
        let mut after = labels;
        let (mut walked, mut legal) = ([0_u8; 2], true);
        for row in 0..rows {
            if labels[row] == 0 {
                continue;
            }
            let position = even.iter().position(|r| *r == row);
            if position.is_none_or(|bit| choice >> bit & 1 == 1) {
                walked[usize::from(position.is_some())] |= 1 << row;
                continue;
            }
            let hangs_on = (0..rows).any(|r| r != row && after[r] >> 1 == after[row] >> 1);
            let alone = (0..rows).all(|r| r == row || after[r] == 0);
            if alone {
                after = DONE;
            } else if hangs_on {
                after[row] = 0;
            } else {
                legal = false;
                break;
            }
            if after == DONE {
                break;
            }
        }
        if legal {
            let after = if after == DONE { DONE } else { canonical(after) };
            found.push((after, walked[0], walked[1]));
        }
    }
    if labels == [0; MOST_ROWS] {
        found = vec![(labels, 0, 0)];
    }
    found
}

fn successors(labels: Labels, rows: usize, open: bool) -> Vec<Labels> {
    let mut next: Vec<Labels> = across(labels, rows).into_iter().map(|found| found.0).collect();
    for row in 0..rows {
        next.extend(at_row(labels, row, 2));
        if open {
            next.extend(at_row(labels, row, 1));
        }
        if row + 1 < rows {
            let pairs = PAIRS.iter().filter(|p| open || (p.0 == p.1 && (p.2 || p.0 == 2)));
            next.extend(pairs.filter_map(|pair| vertical(labels, row, *pair)));
        }
    }
    next
}

fn reach(states: &mut Vec<Labels>, rows: usize, open: bool) {
    let mut known: std::collections::BTreeSet<Labels> = states.iter().copied().collect();
    let mut at = 0;
    while at < states.len() {
        for next in successors(states[at], rows, open) {
            if known.insert(next) {
                states.push(next);
            }
        }
        at += 1;
    }
}

/// Computes the tables for `rows` cross-aisles.
fn tables(rows: usize) -> Tables {
    let mut states = vec![[0; MOST_ROWS], DONE];
    reach(&mut states, rows, false);
    let closed = states.len();
    reach(&mut states, rows, true);
    let odd = |labels: &Labels| *labels != DONE && labels.iter().filter(|l| **l & 1 == 1).count() % 2 == 1;
    states[closed..].sort_by_key(odd);
    let even = states.iter().filter(|labels| !odd(labels)).count();
    let index: BTreeMap<Labels, u16> = states.iter().enumerate().map(|(i, l)| (*l, i as u16)).collect();
    let table = |step: &dyn Fn(Labels) -> Option<Labels>| -> Vec<u16> {
        states.iter().map(|labels| slot(&index, step(*labels))).collect()
    };
    let touch = (0..rows).map(|row| table(&|labels| at_row(labels, row, 2))).collect();
    let flip = (0..rows).map(|row| table(&|labels| at_row(labels, row, 1))).collect();
    let pair = (0..rows.saturating_sub(1))
        .flat_map(|row| PAIRS.map(|pair| table(&|labels| vertical(labels, row, pair))))
        .collect();
    let mut edges = Vec::new();
    for (from, labels) in states.iter().enumerate() {
        for (to, once, twice) in across(*labels, rows) {
            edges.push((from as u16, index[&to], once, twice));
        }
    }
    Tables { states, closed, even, touch, flip, pair, across: edges }
}

fn list(out: &mut String, name: &str, kind: &str, values: &[u64]) {
    let _ = write!(out, "    {name}: &[");
    for value in values {
        let _ = write!(out, "{value}{kind},");
    }
    out.push_str("],\n");
}

/// The tables as Rust source: `static TABLES: [Table; MOST_ROWS]`.
pub(crate) fn source() -> String {
    let mut out = format!("static TABLES: [Table; {MOST_ROWS}] = [\n");
    for rows in 1..=MOST_ROWS {
        let made = tables(rows);
        let flat = |tables: &[Vec<u16>]| tables.iter().flatten().map(|to| u64::from(*to)).collect::<Vec<_>>();
        let (states, closed, even) = (made.states.len(), made.closed, made.even);
        let _ = writeln!(out, "Table {{ states: {states}, closed: {closed}, even: {even},");
        list(&mut out, "touch", "", &flat(&made.touch));
        list(&mut out, "flip", "", &flat(&made.flip));
        list(&mut out, "pair", "", &flat(&made.pair));
        let edges = made.across.iter().map(|(from, to, once, twice)| {
            let walked = once.count_ones() + 2 * twice.count_ones();
            let (once, twice) = (u64::from(*once) << 40, u64::from(*twice) << 48);
            u64::from(*from) | u64::from(*to) << 16 | u64::from(walked) << 32 | once | twice
        });
        list(&mut out, "across", "", &edges.collect::<Vec<_>>());
        out.push_str("},\n");
    }
    out.push_str("];\n");
    out
}
