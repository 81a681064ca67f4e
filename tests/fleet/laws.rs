//! What must hold all the time: watched as things happen. What must hold at the end is in `audit`.

use std::collections::{BTreeMap, BTreeSet};

use aisle::sync::engine::Trouble;
use aisle_core::{
    id::{Code, Id},
    task::{
        op::{Family, Op, Request},
        state::{ListState, Operator, PickList},
    },
    wire::{
        chain::Incarnation,
        v1::{Ack, Batch, FeedPage, RequestVerdict, Verdict},
    },
};

use super::{site::code, world::World};

/// The laws, by the names that a violation begins with.
pub const LAWS: [&str; 29] = [
    "S1 what is confirmed is on the disk, and everything starts again after a crash",
    "S2 each operation is applied once",
    "S3 what was moved stays booked",
    "S4 no fact is refused",
    "S5 a terminal's operations take effect in order, without a gap",
    "S6 what was answered, or called safe, is there after a crash or a restore",
    "S7 only what is safe and old is let go of",
    "S8 journal and archive have the same chain",
    "S9 a verdict given twice is the same, byte for byte",
    "S10 the books balance: stock is conserved per item over all places",
    "S11 lines, claims, tasks, totes and parcels tell the same",
    "S12 the goods are where the books say",
    "S13 no request of an old epoch takes effect",
    "S14 an exception is about one cause, and open once",
    "S15 every piece beyond what is wanted has an exception, and every missing one",
    "S16 no parcel number is given twice",
    "S18 the floor in memory is the floor of the files",
    "S19 every floor is the centre's rows",
    "S20 a page tells how far its own rows go",
    "S21 a claim takes nothing from anybody",
    "S22 the rows here are the rows there, with the same sum",
    "S24 a revoked terminal or badge does nothing without a person's word",
    "S26 nothing parked is forgotten by the quarantine",
    "S28 what is told is what was done",
    "S29 nothing panics",
    "L1 everything comes to rest once the faults stop",
    "L2 the quarantine can be drained",
    "L4 every exception belongs to somebody who is there",
    "S17 nothing takes effect twice by an undo",
];

/// For so long a terminal keeps what is safe.
const SEVEN_DAYS_MS: i64 = 7 * 24 * 3_600_000;

/// What was seen so far.
#[derive(Default)]
pub struct Laws {
    /// How far the centre answered, by its life, terminal and journal's life.
    acked: BTreeMap<(Incarnation, &'static str, Incarnation), u64>,
    /// Verdicts it gave.
    verdicts: BTreeMap<(Incarnation, &'static str, Incarnation, u64), String>,
    /// How far its rows contained a journal's life, by feed and cursor.
    pages: BTreeMap<(Incarnation, u64, &'static str), (Incarnation, u64)>,
    /// Numbers of parcels, and the seal that used each.
    pub ssccs: BTreeMap<String, Id<Op>>,
    looked: u64,
}

impl Laws {
    /// The next time that a terminal is looked at, its floor is folded, whatever that costs.
    pub const fn look_closely(&mut self) {
        self.looked |= 3;
    }
}

/// What was known before a batch was taken.
pub struct Before {
    fresh: BTreeSet<Id<Op>>,
    epochs: BTreeMap<Id<PickList>, u32>,
    /// Who holds each list that is not over.
    holders: BTreeMap<Id<PickList>, Code<Operator>>,
}

/// Who holds what, of lists that are not over.
fn holders(lists: &[PickList]) -> BTreeMap<Id<PickList>, Code<Operator>> {
    let open = lists.iter().filter(|list| list.state != ListState::Closed);
    open.filter_map(|list| Some((list.id, list.holder.as_ref()?.operator.clone()))).collect()
}

impl World {
    /// What a batch must be judged by.
    pub fn before_batch(&mut self, batch: &Batch) -> Result<Before, String> {
        let asks = batch.ops.iter().any(|op| op.family == Family::Request);
        self.centre.read(|tx| {
            let mut fresh = BTreeSet::new();
            for op in &batch.ops {
                if tx.first_op(op.id)?.is_none() {
                    fresh.insert(op.id);
                }
            }
            let lists = if asks { tx.all::<PickList>()? } else { Vec::new() };
            let holders = holders(&lists);
            let epochs = lists.into_iter().map(|list| (list.id, list.epoch)).collect();
            Ok(Before { fresh, epochs, holders })
        })
    }

    /// A batch was committed: what was answered must be there from now on.
    pub fn committed(&mut self, name: &'static str, batch: &Batch, ack: &Ack) -> Result<(), String> {
        // Of a life that is not the latest, only as far as the batch itself reaches.
        let alone = self.handhelds.iter().all(|handheld| handheld.alone);
        if ack.stop.is_none() {
            let hi = self.laws.acked.entry((ack.centre, name, batch.incarnation)).or_default();
            if ack.applied_hi < *hi && alone {
                return Err(format!("S6 marks only rise: {name} {hi} {}", ack.applied_hi));
            }
            *hi = ack.applied_hi.max(*hi);
        }
        for answer in &ack.verdicts {
            let json = serde_json::to_string(&answer.verdict).unwrap_or_default();
            let key = (ack.centre, name, batch.incarnation, answer.seq);
            let known = self.laws.verdicts.entry(key).or_insert_with(|| json.clone());
            if *known != json {
                return Err(format!("S9 a verdict is the same twice: {name} {} {known} {json}", answer.seq));
            }
        }
        Ok(())
    }

    /// A batch was answered.
    pub fn after_batch(
        &mut self,
        name: &'static str,
        batch: &Batch,
        ack: &Ack,
        before: &Before,
    ) -> Result<(), String> {
        if batch.ops.iter().any(|op| op.kind == "claim") {
            let lists = self.centre.read(|tx| tx.all::<PickList>())?;
            let starts = |list: &Id<PickList>| {
                let of = list.to_string();
                batch.ops.iter().any(|op| op.kind == "list_started" && op.body.get().contains(&of))
            };
            let after = holders(&lists);
            let given = before
                .holders
                .iter()
                .find(|(list, holder)| after.get(list).is_some_and(|now| now != *holder) && !starts(list));
            if let Some((list, holder)) = given {
                return Err(format!("S21 a claim takes nothing from anybody: {list} of {holder}, by {name}"));
            }
        }
        for answer in &ack.verdicts {
            let Some(op) = batch.ops.iter().find(|op| op.seq == answer.seq) else {
                return Err(format!("S5 an answer is about the batch: {name} {}", answer.seq));
            };
            let reviewed = self.revoked.contains(name) || self.revoked.contains(op.operator.as_str());
            let parked = answer.verdict.why_parked();
            if let (Some(why), false) = (parked, reviewed) {
                return Err(format!("S4 nothing of a valid terminal is parked: {name} {} {why}", op.kind));
            }
            let asks = op.family == Family::Request && self.revoked.contains(op.operator.as_str());
            if (self.revoked.contains(name) || asks) && parked.is_none() && before.fresh.contains(&op.id) {
                return Err(format!("S24 a revoked terminal or badge does nothing: {name} {}", op.kind));
            }
            let accepted = matches!(answer.verdict, Verdict::Request(RequestVerdict::Accepted));
            // A claim sent again to a rebuilt centre changes epochs within the batch.
            let claims = batch.ops.iter().any(|other| other.seq < op.seq && other.kind == "claim");
            if accepted && !claims && before.fresh.contains(&op.id) {
                let read = Op::from_bytes(op.family, op.v, op.body.get().as_bytes());
                let asked = match read {
                    Ok(Op::Request(
                        Request::Complete { list, epoch } | Request::Reassign { list, epoch, .. },
                    )) => Some((list, epoch)),
                    _ => None,
                };
                if let Some((list, epoch)) = asked
                    && before.epochs.get(&list).is_some_and(|known| *known != epoch)
                {
                    return Err(format!("S13 no request of an old epoch takes effect: {name} {}", op.kind));
                }
            }
        }
        Ok(())
    }

    /// After the centre lost power: what it answered is there.
    pub fn what_was_answered_is_there(&mut self) -> Result<(), String> {
        let centre = self.centre.read(|tx| tx.centre_incarnation())?;
        let acked = self.laws.acked.clone();
        for ((of, name, life), hi) in acked {
            if of == centre && hi > 0 {
                let there = self.centre.read(|tx| tx.op_at(&code(name), life, hi))?;
                if there.is_none() {
                    return Err(format!("S6 what was answered is there after a crash: {name} {life} {hi}"));
                }
            }
        }
        Ok(())
    }

    /// After a terminal lost power: what it confirmed is in its journal, or with the centre.
    pub fn is_all_there(&mut self, who: usize) -> Result<(), String> {
        let handheld = &self.handhelds[who];
        let journal: BTreeSet<Id<Op>> = {
            let store = handheld.shell().files().read();
            let ops = store.journal.ops_after(store.journal.base(), usize::MAX);
            ops.map_err(|error| format!("S1 a journal reads: {error}"))?.into_iter().map(|op| op.id).collect()
        };
        let away: Vec<Id<Op>> = handheld.beeped.difference(&journal).copied().collect();
        for id in away {
            if !self.centre.has(id)? {
                let name = self.handhelds[who].name;
                let kind = self.told.get(&id).map_or("unknown", |told| told.op.kind());
                return Err(format!("S1 what is confirmed is on the disk: {name} lost a {kind}"));
            }
            self.handhelds[who].beeped.remove(&id);
        }
        Ok(())
    }

    /// The centre told a page.
    pub fn page_told(&mut self, name: &'static str, cursor: u64, page: &FeedPage) -> Result<(), String> {
        let mut last = cursor;
        for row in &page.rows {
            if row.seq <= last {
                return Err(format!("S19 a feed goes on: {name} {} after {last}", row.seq));
            }
            last = row.seq;
        }
        let live = self.centre.read(|tx| tx.rows_by_key(None, usize::MAX))?;
        let due = live.iter().filter(|row| row.seq > cursor && row.seq <= page.to);
        if let Some(row) = due.into_iter().find(|row| !page.rows.iter().any(|told| told.key == row.key)) {
            return Err(format!("S19 a page has every row up to its end: {name} misses {}", row.key));
        }
        if let Some(life) = page.my_incarnation {
            let told = (life, page.my_applied_hi);
            let known = self.laws.pages.entry((page.epoch, page.to, name)).or_insert(told);
            if known.0 != life || known.1 < told.1 {
                *known = told;
            }
        }
        Ok(())
    }

    /// After a power cut alone, every file is whole: no journal was mended, no cache put aside.
    pub fn nothing_is_put_aside(&self, who: usize) -> Result<(), String> {
        let handheld = &self.handhelds[who];
        let store = handheld.shell().files().read();
        match store.mended.as_ref().or(store.put_aside.as_ref()) {
            Some(file) => {
                Err(format!("S8 a power cut damages no file: {} {}", handheld.name, file.display()))
            }
            None => Ok(()),
        }
    }

    /// What must hold of a terminal after everything it does.
    pub fn hold_laws(&mut self, who: usize) -> Result<(), String> {
        self.laws.looked += 1;
        let handheld = &self.handhelds[who];
        let name = handheld.name;
        let store = handheld.shell().files().read();
        if store.is_closed() {
            return Ok(());
        }
        let fails = |error: aisle::store::StoreError| format!("S1 the files of {name} read: {error}");
        let position = store.view.position().map_err(fails)?;
        if handheld.shell().status().and_then(|status| status.trouble) == Some(Trouble::Desynced) {
            return Err(format!("S22 the rows here are the rows there, with the same sum: {name}"));
        }
        let heard = store.journal.heard();
        if heard.safe_hi > heard.applied_hi || heard.applied_hi > store.journal.last_seq() {
            return Err(format!("S6 safe, applied and last are in this order: {name} {heard:?}"));
        }
        let life = store.journal.incarnation();
        if let (Some(epoch), Some(of)) = (position.epoch, position.incarnation)
            && let Some((told, hi)) = self.laws.pages.get(&(epoch, position.cursor, name))
            && *told == of
            && of == life
            && handheld.alone
            && position.applied_hi > *hi
        {
            return Err(format!(
                "S20 a page tells how far its own rows go: {name} {} of {hi}",
                position.applied_hi
            ));
        }
        // Folding the floor costs most: now and then is enough, over many seeds.
        if self.laws.looked.is_multiple_of(4) && position.epoch.is_some() {
            let floor = store.floor().map_err(fails)?;
            if floor != handheld.shell().turn.state.rows {
                let rows = &handheld.shell().turn.state.rows;
                let differs = super::audit::differ(rows, &floor);
                return Err(format!(
                    "S18 the floor in memory is the floor of the files: {name} {position:?} {heard:?} {life} {differs}"
                ));
            }
        }
        let base = store.journal.base();
        drop(store);
        self.prunes(who, life, base)
    }

    /// A terminal may have let go of operations.
    fn prunes(&mut self, who: usize, life: Incarnation, base: u64) -> Result<(), String> {
        let handheld = &mut self.handhelds[who];
        let name = handheld.name;
        let before = if handheld.based.0 == life { handheld.based.1 } else { 0 };
        handheld.based = (life, base);
        let latest_ms = handheld.latest_ms.replace(0);
        if base <= before {
            return Ok(());
        }
        *self.met.entry("times that a journal was pruned").or_default() += 1;
        if base > self.centre.safe_ever.get(&(name, life)).copied().unwrap_or(0) {
            return Err(format!("S7 only what is safe is let go of: {name} up to {base}"));
        }
        let oldest = latest_ms - SEVEN_DAYS_MS;
        let gone = |told: &&super::world::Told| {
            told.name == name && told.place.0 == life && (before + 1..=base).contains(&told.place.1)
        };
        match self.told.values().filter(gone).find(|told| told.at.0 > oldest) {
            Some(young) => Err(format!("S7 only what is old is let go of: {name} {:?}", young.place)),
            None => Ok(()),
        }
    }
}
