//! The quarantine in maps.

use aisle_core::{
    id::{Code, Id},
    task::{op::Op, state::Terminal},
};

use super::{Memory, Result, guard};
use crate::store::{
    record::{Cause, Fate, HeldRecord},
    tables::QuarantineTables,
};

impl QuarantineTables for Memory {
    fn hold(&mut self, held: &HeldRecord) -> Result<Option<u64>> {
        let enrolled = self.kept.terminals.contains_key(&held.terminal);
        guard(enrolled, || format!("terminal {} is not enrolled", held.terminal))?;
        let mut all = self.kept.quarantine.values();
        if all.any(|other| other.terminal == held.terminal && other.mark == held.mark) {
            return Ok(None);
        }
        let number = self.kept.quarantine.last_key_value().map_or(1, |(last, _)| last + 1);
        self.set(|kept| &mut kept.quarantine, number, Some(HeldRecord { number, ..held.clone() }));
        Ok(Some(number))
    }

    fn held(&self, number: u64) -> Result<Option<HeldRecord>> {
        Ok(self.kept.quarantine.get(&number).cloned())
    }

    fn settle_held(&mut self, held: &HeldRecord) -> Result<()> {
        guard((held.fate == Fate::Held) == held.settled_at.is_none(), || {
            format!("number {} of the quarantine is decided without a time", held.number)
        })?;
        let Some(known) = self.kept.quarantine.get(&held.number).cloned() else { return Ok(()) };
        let HeldRecord { fate, settled_by, settled_at, verdict, .. } = held.clone();
        let now = HeldRecord { fate, settled_by, settled_at, verdict, ..known };
        self.set(|kept| &mut kept.quarantine, held.number, Some(now));
        Ok(())
    }

    fn quarantine(&self, open: bool) -> Result<Vec<HeldRecord>> {
        let all = self.kept.quarantine.values();
        Ok(all.filter(|held| !open || held.fate == Fate::Held).cloned().collect())
    }

    fn count_held(&self, terminal: &Code<Terminal>, cause: Cause) -> Result<u64> {
        let all = self.kept.quarantine.values();
        let held =
            all.filter(|held| held.fate == Fate::Held && held.terminal == *terminal && held.cause == cause);
        Ok(held.count() as u64)
    }

    fn accepted_verdict(&self, op: Id<Op>) -> Result<Option<String>> {
        let mut all = self.kept.quarantine.values();
        let found = all.find(|held| held.op == Some(op) && held.fate == Fate::Accepted);
        Ok(found.and_then(|held| held.verdict.clone()))
    }
}
