//! Hands that scan and key anything at all, and whether the floor is still sound.

use aisle_core::{
    id::Mint,
    task::state::{FulfilmentOrder, PickTask},
};

use crate::{
    site,
    stage::{Stage, fold},
};

/// What random hands scan.
const ANYTHING: [&str; 34] = [
    "C1",
    "C3",
    "C9",
    "T1",
    "T2",
    "T3",
    "T4",
    "T5",
    "T21",
    "T22",
    "T23",
    "T24",
    "T26",
    "T28",
    "B07 14 C",
    "B07 15 A",
    "B09 02 B",
    "D01 01 A",
    "PACK 1",
    "DOOR 2",
    "DOOR 3",
    "SOAP",
    "SOAP",
    "SOAP CASE",
    "MUG",
    "MUG",
    "CANDLE",
    "CARD",
    "LEMON",
    "T8",
    "BERT",
    "LEA",
    "parcel 801",
    "nonsense",
];
/// What random hands key.
const KEYS: [&str; 18] =
    ["1", "2", "3", "0", "enter", "enter", ".", ".", "*", "#", "F1", "F2", "F3", "F4", "back", "7", "4", "9"];

/// Keys that belong together.
const PAIRS: [&str; 6] = ["F3 F3", "F3 1", "F3 3", "* F1", "* F2", "3 enter"];

impl Stage {
    /// Does anything at all.
    pub(crate) fn anything(&mut self, dice: &mut Mint) {
        let mut roll = |sides: usize| usize::try_from(dice.bits() % 1_000_003).expect("small") % sides;
        if self.terminal.state.session.operator.is_none() {
            let who = ["anna", "anna", "pia", "pia", "lea", "noor"][roll(6)];
            // A badge may be locked by wrong PINs keyed before: then nobody is let in this time.
            let _ = self.sign_on(who);
            return;
        }
        match roll(12) {
            0..=5 => {
                let raw = self.due(roll(3)).unwrap_or_else(|| ANYTHING[roll(ANYTHING.len())].to_owned());
                if let Ok(raw) = self.raw(&raw) {
                    self.scan(&raw);
                }
            }
            6 | 7 => {
                if let Ok(raw) = self.raw(ANYTHING[roll(ANYTHING.len())]) {
                    self.scan(&raw);
                }
            }
            8 => self.act(&aisle::floor::Action::Weighed(u32::try_from(roll(2_500)).expect("small"))),
            9 if self.printed().is_ok() => {}
            10 => {
                let pair = PAIRS[roll(PAIRS.len())];
                pair.split(' ').for_each(|key| self.key(key.parse().expect("a key")));
            }
            _ => self.key(KEYS[roll(KEYS.len())].parse().expect("a key")),
        }
    }

    /// Something that is due now, so that random hands get on.
    fn due(&self, which: usize) -> Option<String> {
        let due = aisle::floor::expected(&self.terminal.state);
        let thing = due.iter().rev().nth(which)?;
        Some(match thing {
            aisle::floor::Thing::Location(code) => code.to_string(),
            aisle::floor::Thing::Item { item, .. } => item.to_string(),
            aisle::floor::Thing::Tote(code) => code.to_string(),
            _ => return None,
        })
    }

    /// The kinds of all operations recorded.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.terminal.record.kept.iter().map(|(_, op)| op.kind()).collect()
    }

    /// The last outcome and what is shown.
    pub(crate) fn told(&self) -> String {
        format!("{:?}\n{:#}", self.last, self.shown())
    }

    /// Whether counts are in bounds, and a terminal started anew would stand where this one stands.
    pub(crate) fn sound(&self) -> Result<(), String> {
        let state = &self.terminal.state;
        for task in state.rows.all::<PickTask>() {
            let counts = [task.picked, task.put, task.short, task.wanted - task.picked - task.short];
            if counts.iter().any(|count| count.0 < 0) || task.put > task.picked {
                return Err(format!("counts out of bounds: {task:?}"));
            }
        }
        for order in state.rows.all::<FulfilmentOrder>() {
            if order.lines.iter().any(|line| line.packed + line.lost > line.picked || line.packed.0 < 0) {
                return Err(format!("more packed than picked: {order:?}"));
            }
        }
        let kept = &self.terminal.record.kept;
        let mut rows = self.centre.clone();
        fold(&mut rows, kept);
        if rows != state.rows {
            return Err("the rows folded anew differ".into());
        }
        let mut anew = aisle::floor::State::new(site::code("H1"), rows);
        let from = kept.iter().rposition(|(_, op)| op.kind() == "signed_on").unwrap_or(0);
        anew.resume(kept[from..].iter().map(|(origin, op)| (origin, op)));
        let open = |state: &aisle::floor::State| {
            let session = state.session.clone();
            let pick = (session.pick.list, session.pick.arrived, session.pick.task, session.pick.offered);
            let pack = (session.pack.order, session.pack.totes, session.pack.parcel, session.pack.label);
            (session.operator, pick, pack, session.undo, session.completed)
        };
        if open(state) == open(&anew) {
            return Ok(());
        }
        Err(format!("was {:?}\nis {:?}", open(state), open(&anew)))
    }
}
