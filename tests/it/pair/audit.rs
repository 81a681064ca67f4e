//! What must hold once everything is at rest.

use aisle_core::{
    id::Id,
    task::{
        op::Op,
        rows::{Floor, Row},
    },
};
use aisle_oms::{stock::verify, store::record::OpRecord};

use super::{
    net::{Terminal, World},
    site::{ITEMS, TERMINALS, code},
    worker::Book,
};

impl World {
    /// What must hold once everything is at rest.
    pub fn audit(&mut self) -> Result<(), String> {
        if !self.is_at_rest() {
            return Err("it does not come to rest".to_owned());
        }
        self.every_operation_has_one_verdict()?;
        self.both_floors_are_the_centres()?;
        self.the_books_agree()?;
        self.the_books_hold_what_was_moved()
    }

    /// Every operation told to a terminal is in the archive once, whatever copy of the terminal sent it how often,
    /// and every terminal has the verdicts that are there.
    fn every_operation_has_one_verdict(&mut self) -> Result<(), String> {
        for name in TERMINALS {
            let archived: Vec<OpRecord> = self.read(|tx| tx.ops_of(&code(name)));
            let mut once: Vec<Id<Op>> = archived.iter().filter(|op| !op.repeated).map(|op| op.op).collect();
            let told = self.told.iter().filter(|(terminal, _)| *terminal == name);
            let mut told: Vec<Id<Op>> = told.map(|(_, id)| *id).collect();
            once.sort();
            told.sort();
            if once != told {
                return Err(format!("{name}: {} told, {} archived", told.len(), once.len()));
            }
            if let Some(op) = archived.iter().find(|op| op.verdict.contains("parked")) {
                return Err(format!("{name} operation {} parked: {}", op.seq, op.verdict));
            }
            for terminal in self.terminals.iter().filter(|terminal| terminal.name == name) {
                verdicts_are_there(terminal, &archived).map_err(|wrong| format!("{name} {wrong}"))?;
            }
        }
        Ok(())
    }

    fn both_floors_are_the_centres(&mut self) -> Result<(), String> {
        let mut rows = Floor::default();
        for fed in self.read(|tx| tx.rows_by_key(None, usize::MAX)) {
            let (key, body) = (fed.key, fed.body.unwrap_or_default());
            let row = Row::from_json(&key.kind, &body).map_err(|e| e.to_string())?;
            if let Some(row) = row.filter(|row| !matches!(row, Row::Item(_) | Row::Location(_))) {
                rows.set(row);
            }
        }
        for terminal in &self.terminals {
            let files = terminal.files.as_ref().expect("alive");
            if files.floor().map_err(|e| e.to_string())? != rows {
                let position = files.view.position().map_err(|e| e.to_string())?;
                let (life, journal) = (files.journal.incarnation(), &files.journal);
                return Err(format!(
                    "{}'s floor is not the centre's: {position:?}; life {life}, {:?} of {}",
                    terminal.name,
                    journal.heard(),
                    journal.last_seq()
                ));
            }
        }
        Ok(())
    }

    /// The centre's own proof.
    fn the_books_agree(&mut self) -> Result<(), String> {
        let report = self.read(verify::verify);
        match report.violations.first() {
            Some(first) => Err(format!("{} violations, the first: {first}", report.violations.len())),
            None => Ok(()),
        }
    }

    fn the_books_hold_what_was_moved(&mut self) -> Result<(), String> {
        let levels = self.read(|tx| tx.levels());
        let mut ledger: Book = levels
            .into_iter()
            .map(|level| ((level.item.to_string(), level.place.to_string()), level.on_hand.0))
            .collect();
        // What was short is set apart in the book and lies where it lay.
        for (item, location, _) in ITEMS {
            let apart = ledger.remove(&(item.to_owned(), "virtual:quarantine".to_owned())).unwrap_or(0);
            *ledger.entry((item.to_owned(), format!("loc:{location}"))).or_default() += apart;
        }
        ledger.retain(|_, quantity| *quantity != 0);
        let mut moved = self.book.clone();
        moved.retain(|_, quantity| *quantity != 0);
        if ledger != moved {
            return Err(format!("the ledger has {ledger:?}\nthe goods are {moved:?}"));
        }
        Ok(())
    }
}

/// The present life of a terminal's journal is in the archive, and the verdicts on it are the same on both ends.
fn verdicts_are_there(terminal: &Terminal, archived: &[OpRecord]) -> Result<(), String> {
    let journal = &terminal.files.as_ref().expect("alive").journal;
    for op in journal.ops_after(0, usize::MAX).map_err(|e| e.to_string())? {
        let ours = journal.verdict(op.seq).map_err(|e| e.to_string())?;
        let kept =
            archived.iter().find(|kept| kept.incarnation == journal.incarnation() && kept.seq == op.seq);
        let kept = kept.filter(|kept| kept.op == op.id).map(|kept| kept.verdict.as_str());
        if kept.is_none() || ours.as_deref() != kept {
            return Err(format!("operation {}: {ours:?} is not {kept:?}", op.seq));
        }
    }
    Ok(())
}
