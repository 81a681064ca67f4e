//! What must hold once everything is at rest.

use std::collections::{BTreeMap, BTreeSet};

use aisle_core::{
    id::Id,
    quantity::Quantity,
    task::{
        op::Op,
        rows::{Floor, Row},
        state::PickTask,
        trouble::{Remedy, Trouble, TroubleKind},
    },
};
use aisle_oms::{
    stock::verify,
    store::record::OpRecord,
    sync::quarantine::{self, Decided},
};

use super::{
    handheld::Handheld,
    site::{ITEMS, PEOPLE, TERMINALS, code},
    world::World,
};

impl World {
    /// Whether nothing is on its way any more.
    pub fn is_at_rest(&mut self) -> Result<bool, String> {
        Ok(self.unrest()?.is_empty())
    }

    /// What is still on its way.
    pub fn unrest(&mut self) -> Result<String, String> {
        let hi = self.centre.read(|tx| tx.feed_hi())?;
        for handheld in &self.handhelds {
            let store = handheld.shell().files().read();
            let name = handheld.name;
            if store.is_closed() {
                return Ok(format!("{name} is closed"));
            }
            let journal = &store.journal;
            if journal.unsent() > 0 {
                return Ok(format!(
                    "{name} has {} unsent: {:?}",
                    journal.unsent(),
                    handheld.shell().status()
                ));
            }
            if self.revoked.contains(name) {
                continue;
            }
            let position =
                store.view.position().map_err(|error| format!("S1 {name}'s cache reads: {error}"))?;
            let contained =
                (position.incarnation == Some(journal.incarnation())).then_some(position.applied_hi);
            let whole = contained == Some(journal.last_seq()) || journal.last_seq() == 0;
            if position.cursor != hi || !whole {
                return Ok(format!(
                    "{name} is at {position:?} of {hi}, its journal at {}",
                    journal.last_seq()
                ));
            }
        }
        Ok(String::new())
    }

    /// A person looks through what is held, and lets it count.
    pub fn drain(&mut self) -> Result<(), String> {
        let held = self.centre.read(|tx| tx.quarantine(true))?;
        for held in held {
            let (now, number) = (self.now, held.number);
            let done =
                self.centre.write(now, |tx, context| quarantine::accept(tx, context, number, "office"));
            match done.map_err(|error| format!("L2 what is held can be let in: {error}"))? {
                Decided::Applied(_) | Decided::Known => {}
                other => return Err(format!("L2 what is held can be let in: {number} {other:?}")),
            }
        }
        // What that changed goes to the terminals.
        for _ in 0..120 {
            if self.is_at_rest()? {
                return Ok(());
            }
            self.let_pass(1_000)?;
        }
        Err(format!("L1 everything comes to rest once the faults stop: {}", self.unrest()?))
    }

    /// What must hold once everything is at rest.
    pub fn audit(&mut self) -> Result<(), String> {
        for who in 0..self.handhelds.len() {
            self.is_all_there(who)?;
        }
        self.every_operation_has_one_verdict()?;
        self.all_floors_are_the_centres()?;
        self.the_books_agree()?;
        self.the_goods_are_where_the_books_say()?;
        self.every_contradiction_has_an_exception()
    }

    /// Every operation told to a terminal is in the archive once, whatever copy of the terminal sent it how often,
    /// and every terminal has the verdicts that are there.
    fn every_operation_has_one_verdict(&mut self) -> Result<(), String> {
        let held: BTreeSet<Id<Op>> =
            self.centre.read(|tx| tx.quarantine(false))?.into_iter().filter_map(|held| held.op).collect();
        for name in TERMINALS {
            let archived: Vec<OpRecord> = self.centre.read(|tx| tx.ops_of(&code(name)))?;
            let mut once: Vec<Id<Op>> = archived.iter().filter(|op| !op.repeated).map(|op| op.op).collect();
            let told = self.told.iter().filter(|(_, told)| told.name == name);
            let told: Vec<Id<Op>> = told.map(|(id, _)| *id).collect();
            once.sort();
            if once != told {
                let lost: Vec<_> = told.iter().filter(|id| !once.contains(id)).collect();
                return Err(format!(
                    "S2 {name}: {} told, {} archived, lost {lost:?}",
                    told.len(),
                    once.len()
                ));
            }
            let parked = archived.iter().find(|op| op.verdict.contains("parked") && !held.contains(&op.op));
            if let Some(op) = parked {
                return Err(format!("S26 what is parked is held: {name} {} {}", op.seq, op.verdict));
            }
            for handheld in self.handhelds.iter().filter(|handheld| handheld.name == name) {
                verdicts_are_there(handheld, &archived)?;
            }
        }
        Ok(())
    }

    fn all_floors_are_the_centres(&mut self) -> Result<(), String> {
        let rows = self.rows()?;
        for handheld in self.handhelds.iter().filter(|handheld| !self.revoked.contains(handheld.name)) {
            let store = handheld.shell().files().read();
            let floor = store.floor().map_err(|error| format!("S1 a floor folds: {error}"))?;
            if floor != rows {
                let differs = differ(&floor, &rows);
                return Err(format!("S19 every floor is the centre's rows: {} {differs}", handheld.name));
            }
        }
        Ok(())
    }

    fn rows(&mut self) -> Result<Floor, String> {
        let mut rows = Floor::default();
        for fed in self.centre.read(|tx| tx.rows_by_key(None, usize::MAX))? {
            let (key, body) = (fed.key, fed.body.unwrap_or_default());
            let row = Row::from_json(&key.kind, &body).map_err(|error| error.to_string())?;
            if let Some(row) = row.filter(|row| !matches!(row, Row::Item(_) | Row::Location(_))) {
                rows.set(row);
            }
        }
        Ok(rows)
    }

    /// The centre's own proof.
    fn the_books_agree(&mut self) -> Result<(), String> {
        let report = self.centre.read(verify::verify)?;
        match report.violations.first() {
            Some(first) => {
                Err(format!("S11 {} laws of the books are broken, first {first}", report.violations.len()))
            }
            None => Ok(()),
        }
    }

    fn the_goods_are_where_the_books_say(&mut self) -> Result<(), String> {
        let levels = self.centre.read(|tx| tx.levels())?;
        let mut ledger: BTreeMap<(String, String), i64> = levels
            .into_iter()
            .map(|level| ((level.item.to_string(), level.place.to_string()), level.on_hand.0))
            .collect();
        // What was short is set apart in the book and lies where it lay.
        for (item, location, _) in ITEMS {
            let apart = ledger.remove(&(item.to_owned(), "virtual:quarantine".to_owned())).unwrap_or(0);
            *ledger.entry((item.to_owned(), format!("loc:{location}"))).or_default() += apart;
        }
        ledger.retain(|_, quantity| *quantity != 0);
        let held = self.goods.held();
        if ledger == held {
            return Ok(());
        }
        let differ = |of: &BTreeMap<(String, String), i64>, other: &BTreeMap<(String, String), i64>| {
            of.iter()
                .filter(|(at, n)| other.get(*at) != Some(n))
                .map(|(at, n)| format!("{at:?} {n}"))
                .collect::<Vec<_>>()
        };
        let (books, goods) = (differ(&ledger, &held), differ(&held, &ledger));
        Err(format!("S12 the goods are where the books say: books {books:?}, goods {goods:?}"))
    }

    /// What is too many or missing has its exception, each about one cause, with an owner who is there.
    fn every_contradiction_has_an_exception(&mut self) -> Result<(), String> {
        let rows = self.rows()?;
        let troubles: Vec<&Trouble> = rows.all::<Trouble>().collect();
        for task in rows.all::<PickTask>() {
            let about = |kind: TroubleKind| -> Quantity {
                let of =
                    troubles.iter().filter(|trouble| trouble.kind == kind && trouble.task == Some(task.id));
                let stands = |trouble: &&&Trouble| {
                    trouble.settled.as_ref().is_none_or(|settled| settled.remedy != Remedy::PutBack)
                };
                of.filter(stands).map(|trouble| trouble.quantity).sum()
            };
            if about(TroubleKind::ExcessPick) < task.excess() {
                return Err(format!("S15 what is too many has an exception: {task:?}"));
            }
            if about(TroubleKind::ShortPick) < task.short {
                return Err(format!("S15 what is missing has an exception: {task:?}"));
            }
        }
        for trouble in &troubles {
            if !PEOPLE.iter().any(|(_, role)| *role == trouble.owner) {
                return Err(format!("L4 every exception belongs to somebody: {trouble:?}"));
            }
            let of_an_op = matches!(
                trouble.kind,
                TroubleKind::ShortPick
                    | TroubleKind::ShortPack
                    | TroubleKind::ToteConflict
                    | TroubleKind::Unmatched
            );
            if of_an_op && !self.told.contains_key(&trouble.id.retyped()) {
                return Err(format!("S14 an exception is about one cause: {trouble:?}"));
            }
        }
        Ok(())
    }
}

/// Which rows differ, as text.
pub fn differ(one: &Floor, other: &Floor) -> String {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let (one, other): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    let at = one.iter().zip(&other).position(|(one, other)| one != other).unwrap_or(0);
    let about = |lines: &[&str]| {
        let near: Vec<&str> =
            lines.iter().skip(at.saturating_sub(12)).take(20).map(|line| line.trim()).collect();
        near.join(" ")
    };
    format!("here {{{}}} there {{{}}}", about(&one), about(&other))
}

/// The present life of a terminal's journal is in the archive, with its chain, and the verdicts on it are the same on
/// both ends.
fn verdicts_are_there(handheld: &Handheld, archived: &[OpRecord]) -> Result<(), String> {
    let name = handheld.name;
    let store = handheld.shell().files().read();
    let journal = &store.journal;
    let fails = |error: aisle::store::StoreError| format!("S1 {name}'s journal reads: {error}");
    for op in journal.ops_after(journal.base(), usize::MAX).map_err(fails)? {
        let ours = journal.verdict(op.seq).map_err(fails)?;
        let kept =
            archived.iter().find(|kept| kept.incarnation == journal.incarnation() && kept.seq == op.seq);
        let Some(kept) = kept.filter(|kept| kept.op == op.id) else {
            return Err(format!("S2 {name} operation {} is not in the archive", op.seq));
        };
        if journal.link_at(op.seq).map_err(fails)? != Some(kept.link) {
            return Err(format!("S8 {name} operation {} has another chain in the archive", op.seq));
        }
        if ours.as_deref() != Some(kept.verdict.as_str()) {
            return Err(format!("S9 {name} operation {}: {ours:?} is not {}", op.seq, kept.verdict));
        }
    }
    Ok(())
}
