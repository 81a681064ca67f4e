//! A long random life of a store: the same seed does the same things to every store.

use super::{facts, *};
use crate::store::{Tx, transact};

/// What a life may do within a transaction, and how deep savepoints may lie.
const STEPS: u64 = 20;
const DEPTH: u32 = 3;

/// A life, by its seed.
pub(super) struct Life {
    mint: Mint,
}

impl Life {
    pub(super) fn new(seed: u8) -> Self {
        Self { mint: Mint::new([seed; 32]) }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.mint.bits() % n
    }

    fn small(&mut self, n: u64) -> i64 {
        i64::try_from(self.below(n)).unwrap()
    }

    /// One transaction: what it answered, as text. One in five is rolled back.
    pub(super) fn turn(&mut self, store: &mut Any) -> String {
        let mut told = String::new();
        let done: Result<()> = transact(store, |tx| {
            for _ in 0..=self.below(STEPS) {
                self.step(tx, DEPTH, &mut told);
            }
            if self.below(5) == 0 { Err(StoreError::Guard { what: "rolled back".into() }) } else { Ok(()) }
        });
        told + if done.is_ok() { "committed" } else { "rolled back" }
    }

    /// One step, or a savepoint with a few of them.
    fn step(&mut self, tx: &mut Tx<'_>, depth: u32, told: &mut String) {
        if depth == 0 || self.below(8) > 0 {
            let answer = tx.savepoint(|tx| self.change(tx));
            told.push_str(&match answer {
                Ok(answer) => answer,
                Err(StoreError::Guard { .. }) => "guarded".to_owned(),
                Err(error) => panic!("{error}"),
            });
            told.push('\n');
            return;
        }
        let steps = self.below(6);
        let undo = self.below(2) == 0;
        let done: Result<()> = tx.savepoint(|tx| {
            (0..steps).for_each(|_| self.step(tx, depth - 1, told));
            if undo { Err(StoreError::Guard { what: "undone".into() }) } else { Ok(()) }
        });
        assert_eq!(done.is_err(), undo);
    }

    /// One change; a guard may refuse it.
    fn change(&mut self, tx: &mut Tx<'_>) -> Result<String> {
        match self.below(4) {
            0 => self.floor(tx),
            1 => self.orders(tx),
            2 => self.stock(tx),
            _ => self.sync(tx),
        }
    }

    fn floor(&mut self, tx: &mut Tx<'_>) -> Result<String> {
        let kind = ["tote", "item", "future"][usize::try_from(self.below(3)).unwrap()];
        let key = format!("{kind}/{}", self.below(5)).parse().unwrap();
        match self.below(5) {
            0 => tx.delete_row(&key)?,
            1 => return Ok(format!("{}", tx.next_number("list")?)),
            2 => {
                tx.set_meta(["a", "b"][usize::try_from(self.below(2)).unwrap()], &self.below(9).to_string())?
            }
            _ => tx.put_body(&key, &self.below(3).to_string())?,
        }
        Ok(format!("{:?}", tx.body(&key)?))
    }

    fn orders(&mut self, tx: &mut Tx<'_>) -> Result<String> {
        let n = u8::try_from(self.below(6)).unwrap();
        let line = u32::try_from(self.below(3)).unwrap() + 1;
        let bucket = |n: u64| Bucket::ALL[usize::try_from(n).unwrap()];
        let (from, to) = (bucket(self.below(7)), bucket(self.below(7)));
        match self.below(8) {
            0 | 1 => tx.put_order(&OrderRecord {
                due: Some(Millis(self.small(9))),
                ..facts::order(n, &(n / 2 * 2 + u8::from(n == 5)).to_string())
            })?,
            2 => tx.insert_line(&facts::line(n, line, self.small(9)))?,
            3 => tx.delete_order(id(n))?,
            4 => tx.put_allocation(&facts::allocation(n, line, self.small(9)))?,
            5 if from != to => tx.force_line(id(n), line, from, to, q(self.small(5)))?,
            _ if from != to => {
                return Ok(format!("{}", tx.shift_line(id(n), line, from, to, q(self.small(5)))?));
            }
            _ => {}
        }
        Ok(format!("{:?}", tx.lines(id(n))?))
    }

    fn stock(&mut self, tx: &mut Tx<'_>) -> Result<String> {
        let item = code(["A", "B"][usize::try_from(self.below(2)).unwrap()]);
        let places = ["virtual:supplier", "loc:A1", "tote:T1", "virtual:loss"];
        let (from, to) = (self.below(4), self.below(4));
        let (from, to) = [from, to].map(|n| at(places[usize::try_from(n).unwrap()])).into();
        let (site, by, more) = (code("DEMO"), q(self.small(9) - 3), q(self.small(5) - 2));
        match self.below(9) {
            0 => {
                let posted = MoveRecord {
                    number: 0,
                    cause: "life".into(),
                    item,
                    quantity: by,
                    from,
                    to,
                    at: Millis(1),
                    actor: "life".into(),
                    lot: None,
                };
                return Ok(format!("{}", tx.append_move(&posted)?));
            }
            1 => return Ok(format!("{}", tx.shift_level((&item, None), &from, by, more)?)),
            2 => return Ok(format!("{:?}", tx.force_level((&item, None), &to, by, more)?)),
            3 => return Ok(format!("{}", tx.allocate(&site, &item, by)?)),
            4 => return Ok(format!("{}", tx.reserve(&site, &item, by)?)),
            5 => tx.set_safety(&site, &item, by)?,
            6 => tx.put_claim(&ClaimRecord {
                task: id(u8::try_from(self.below(3)).unwrap()),
                item: item.clone(),
                location: code("A1"),
                quantity: by,
                lot: None,
            })?,
            7 => tx.put_reservation(&ReservationRecord {
                name: self.below(3).to_string(),
                site: site.clone(),
                item: item.clone(),
                quantity: by,
                until: Millis(self.small(9)),
            })?,
            _ => tx.force_sellable(&site, &item, by, more, q(self.small(3) - 1))?,
        }
        Ok(format!("{:?}", tx.sellable(&site, &item)?))
    }

    fn sync(&mut self, tx: &mut Tx<'_>) -> Result<String> {
        let name = ["H1", "H2", "H3"][usize::try_from(self.below(3)).unwrap()];
        let n = u8::try_from(self.below(6)).unwrap();
        let life = [1, u64::MAX][usize::try_from(self.below(2)).unwrap()];
        match self.below(6) {
            0 => tx.put_terminal(&facts::terminal(name, n))?,
            4 => return Ok(format!("{:?}", tx.hold(&facts::held(name, n, Cause::Books))?)),
            5 => {
                if let Some(held) = tx.held(u64::from(n))? {
                    let settled_at = (self.below(2) == 0).then_some(Millis(5));
                    tx.settle_held(&HeldRecord { fate: Fate::Discarded, settled_at, ..held })?;
                }
            }
            1 => tx.store_op(&facts::op(name, life, self.below(4), n, self.below(2) == 0))?,
            2 => {
                let event = EventRecord {
                    number: 0,
                    at: Millis(1),
                    kind: "life".into(),
                    subject: name.into(),
                    body: "{}".into(),
                };
                return Ok(format!("{}", tx.append_event(&event)?));
            }
            _ => {
                let link = aisle_core::wire::chain::Link([n; 32]);
                let life = aisle_core::wire::chain::Incarnation(life);
                tx.set_terminal_state(&code(name), life, u64::from(n), &link)?;
            }
        }
        Ok(format!("{:?}", tx.first_op(id(n))?.map(|op| op.verdict)))
    }
}
