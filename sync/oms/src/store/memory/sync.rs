//! Terminals, the archive of operations and events in maps.

use std::ops::Bound;

use aisle_core::{
    id::{Code, Id},
    task::{op::Op, state::Terminal},
    wire::chain::{Incarnation, Link},
};

use super::{Memory, OpPlace, Result, StoreError, guard};
use crate::store::{
    record::{EventRecord, OpRecord, TerminalRecord},
    tables::SyncTables,
};

fn place(terminal: &Code<Terminal>, incarnation: Incarnation, seq: u64) -> OpPlace {
    (terminal.clone(), incarnation.0.cast_signed(), seq)
}

impl SyncTables for Memory {
    fn put_terminal(&mut self, terminal: &TerminalRecord) -> Result<()> {
        let taken = self.terminal_by_token_hash(&terminal.token_hash)?;
        guard(taken.is_none_or(|other| other.code == terminal.code), || {
            format!("terminal {} has the token of another", terminal.code)
        })?;
        guard(terminal.sscc_last >= terminal.sscc_first, || {
            format!("the SSCC range of terminal {} ends before it begins", terminal.code)
        })?;
        self.set(|kept| &mut kept.terminals, terminal.code.clone(), Some(terminal.clone()));
        Ok(())
    }

    fn terminal_state(&self, code: &Code<Terminal>) -> Result<Option<TerminalRecord>> {
        Ok(self.kept.terminals.get(code).cloned())
    }

    fn terminal_by_token_hash(&self, hash: &[u8; 32]) -> Result<Option<TerminalRecord>> {
        Ok(self.kept.terminals.values().find(|terminal| terminal.token_hash == *hash).cloned())
    }

    fn terminals(&self) -> Result<Vec<TerminalRecord>> {
        Ok(self.kept.terminals.values().cloned().collect())
    }

    fn set_terminal_state(
        &mut self,
        code: &Code<Terminal>,
        incarnation: Incarnation,
        applied_hi: u64,
        link: &Link,
    ) -> Result<()> {
        let known = self.terminal_state(code)?;
        let known =
            known.ok_or_else(|| StoreError::Guard { what: format!("terminal {code} is not enrolled") })?;
        let terminal =
            TerminalRecord { incarnation: Some(incarnation), applied_hi, link: Some(*link), ..known };
        self.set(|kept| &mut kept.terminals, code.clone(), Some(terminal));
        Ok(())
    }

    fn first_op(&self, op: Id<Op>) -> Result<Option<OpRecord>> {
        let place = self.kept.op_by_id.get(&op);
        Ok(place.and_then(|place| self.kept.ops.get(place)).cloned())
    }

    fn op_at(
        &self,
        terminal: &Code<Terminal>,
        incarnation: Incarnation,
        seq: u64,
    ) -> Result<Option<(Link, String)>> {
        let op = self.kept.ops.get(&place(terminal, incarnation, seq));
        Ok(op.map(|op| (op.link, op.verdict.clone())))
    }

    fn store_op(&mut self, op: &OpRecord) -> Result<()> {
        let known = self.kept.terminals.contains_key(&op.terminal);
        guard(known && op.seq >= 1, || format!("terminal {} is not enrolled", op.terminal))?;
        let place = place(&op.terminal, op.incarnation, op.seq);
        guard(!self.kept.ops.contains_key(&place), || {
            format!("place {} of the journal of {} is taken", op.seq, op.terminal)
        })?;
        if !op.repeated {
            guard(!self.kept.op_by_id.contains_key(&op.op), || format!("operation {} is archived", op.op))?;
            self.set(|kept| &mut kept.op_by_id, op.op, Some(place.clone()));
        }
        self.set(|kept| &mut kept.ops, place, Some(op.clone()));
        Ok(())
    }

    fn ops_of(&self, terminal: &Code<Terminal>) -> Result<Vec<OpRecord>> {
        let ops = self.kept.ops.range((terminal.clone(), i64::MIN, 0)..);
        Ok(ops.take_while(|(place, _)| place.0 == *terminal).map(|(_, op)| op.clone()).collect())
    }

    fn append_event(&mut self, event: &EventRecord) -> Result<u64> {
        let number = self.kept.events.last_key_value().map_or(1, |(last, _)| last + 1);
        self.set(|kept| &mut kept.events, number, Some(EventRecord { number, ..event.clone() }));
        Ok(number)
    }

    fn events_after(&self, number: u64, limit: usize) -> Result<Vec<EventRecord>> {
        let events = self.kept.events.range((Bound::Excluded(number), Bound::Unbounded));
        Ok(events.take(limit).map(|(_, event)| event.clone()).collect())
    }
}
