//! A terminal with a whole journal, of which it sends what the centre needs.

use aisle_core::{
    id::{Code, Id, Mint},
    task::{op::Op, state::Terminal},
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::{Ack, Batch, Disk, VERSION, WireOp},
    },
};
use aisle_oms::{store::record::Scope, sync::receive, terminal};
use serde_json::value::RawValue;

use crate::house::{House, code};

pub(crate) struct Handheld {
    pub(crate) terminal: Code<Terminal>,
    pub(crate) ops: Vec<WireOp>,
    /// How far its clock is ahead, in milliseconds.
    pub(crate) ahead_ms: i64,
    /// What is wrong with its disk.
    pub(crate) disk: Option<Disk>,
    mint: Mint,
    links: Vec<Link>,
}

/// The one life that its journal has.
pub(crate) const LIFE: Incarnation = Incarnation(7);

impl Handheld {
    pub(crate) fn enrolled(house: &mut House, name: &str, seed: u8) -> Self {
        let terminal: Code<Terminal> = code(name);
        house.act(|tx, context| {
            terminal::enrol(tx, context, &terminal, Scope::Terminal, name, "http://x")
                .map(|done| done.unwrap())
        });
        let links = vec![Link::origin(&terminal, LIFE)];
        Self { terminal, ops: Vec::new(), ahead_ms: 0, disk: None, mint: Mint::new([seed; 32]), links }
    }

    /// Appends an operation to its journal.
    pub(crate) fn journal(&mut self, who: &str, at: Millis, op: &Op) -> Id<Op> {
        let op = WireOp {
            seq: self.ops.len() as u64 + 1,
            id: self.mint.id(Millis(1)),
            family: op.family(),
            kind: op.kind().to_owned(),
            v: op.version(),
            at: at.plus(self.ahead_ms),
            operator: code(who),
            body: RawValue::from_string(String::from_utf8(op.to_bytes()).unwrap()).unwrap(),
        };
        self.links.push(self.links.last().unwrap().then(&op));
        let id = op.id;
        self.ops.push(op);
        id
    }

    /// Sends everything after a place in its journal.
    pub(crate) fn send_after(&self, house: &mut House, seq: usize) -> Ack {
        let batch = Batch {
            proto: VERSION,
            app: "test".to_owned(),
            terminal: self.terminal.clone(),
            incarnation: LIFE,
            before: self.links[seq],
            ops: self.ops[seq..].to_vec(),
            pending: 0,
            sent_at: house.now.plus(self.ahead_ms),
            battery: None,
            disk: self.disk,
            desynced: false,
        };
        receive::check(&batch, &self.terminal).unwrap();
        house.act(|tx, context| receive::receive(tx, context, &batch))
    }

    /// Sends what the centre has not.
    pub(crate) fn send(&self, house: &mut House) -> Ack {
        let known = house.act(|tx, _| tx.terminal_state(&self.terminal)).unwrap();
        self.send_after(house, usize::try_from(known.applied_hi).unwrap())
    }
}
