//! What befalls a fleet besides power: a rebuilt centre, orders and badges taken back, copies of terminals.

use std::path::PathBuf;

use aisle_core::{
    id::Id,
    task::{op::Op, rows::Rows as _, state::Operator},
};
use aisle_oms::{
    order::cancel::{Cancelled, cancel},
    terminal::revoke,
};

use super::{
    handheld::{Handheld, copy_files},
    profile::{Fault, small},
    site::{self, PEOPLE, TERMINALS, code},
    world::{Happens, World},
};

impl World {
    pub(super) fn restore(&mut self) -> Result<(), String> {
        self.note("the centre is rebuilt from its backup");
        self.meet("restores of the centre");
        self.centre.restore()?;
        self.centre.shipping = true;
        // What the office did since the backup is lost with it.
        let revoked: Vec<&'static str> = self.revoked.iter().copied().collect();
        for name in revoked {
            self.revoke_now(name)?;
        }
        Ok(())
    }

    pub(super) fn cancel(&mut self) -> Result<(), String> {
        let reference = format!("O{}", 1 + small(&mut self.luck.plan, 14));
        let by = code("CENTRE");
        let done =
            self.centre.write(self.now, |tx, context| cancel(tx, context, site::CHANNEL, &reference, &by));
        let done = done.map_err(|error| format!("an order can be cancelled: {error}"))?;
        self.note(format!("{reference} is cancelled: {done:?}"));
        if done == Cancelled::Whole {
            self.meet("orders cancelled");
        }
        Ok(())
    }

    pub(super) fn revoke(&mut self, terminal: bool) -> Result<(), String> {
        self.meet("revocations");
        self.revoke_now(if terminal { TERMINALS[1] } else { PEOPLE[0].0 })
    }

    fn revoke_now(&mut self, name: &'static str) -> Result<(), String> {
        self.note(format!("{name} is revoked"));
        self.revoked.insert(name);
        let done = self.centre.write(self.now, |tx, _| {
            if TERMINALS.contains(&name) {
                return revoke(tx, &code(name)).map(drop);
            }
            if let Some(operator) = tx.fetch::<Operator>(&code(name))? {
                tx.keep(Operator { active: false, ..operator })?;
            }
            Ok(())
        });
        done.map_err(|error| format!("a badge can be ended: {error}"))
    }

    pub(super) fn clone_of(&mut self, who: usize) -> Result<(), String> {
        let folder = site::folder();
        copy_files(self.handhelds[who].home(), folder.path());
        let (number, seen, hand) =
            (self.handhelds[who].number, self.handhelds[who].seen, self.handhelds[who].hand.clone());
        self.note(format!("{} is cloned", self.handhelds[who].name));
        self.meet("clones");
        self.handhelds[who].alone = false;
        let mut clone = Handheld::new(number, folder, &mut self.luck.plan, None)?;
        (clone.seen, clone.hand, clone.alone) = (seen, hand, false);
        clone.skew_ms = self.handhelds[who].skew_ms;
        self.handhelds.push(clone);
        let clone = self.handhelds.len() - 1;
        if self.profile.has(Fault::Kill) {
            self.at(5_000, Happens::Kill(clone));
        }
        self.after(clone)
    }

    pub(super) fn put_back(&mut self, who: usize, kept: PathBuf) -> Result<(), String> {
        let name = self.handhelds[who].name;
        let told: Vec<Id<Op>> =
            self.told.iter().filter(|(_, told)| told.name == name).map(|(id, _)| *id).collect();
        for id in told {
            if !self.centre.has(id)? {
                self.at(300, Happens::PutBack { who, kept });
                return Ok(());
            }
        }
        // What both ends lose at once is lost: the backup must have it.
        let record = self.centre.read(|tx| tx.terminal_state(&code(name)))?;
        let life = record.as_ref().and_then(|record| record.incarnation);
        let safe = record.is_some_and(|record| record.applied_hi <= self.centre.safe_hi(name, life));
        if !safe || self.intents.contains_key(&who) {
            self.at(300, Happens::PutBack { who, kept });
            return Ok(());
        }
        self.note(format!("{name}'s older files are put back"));
        self.meet("older files put back");
        let handheld = &mut self.handhelds[who];
        handheld.put_back(&kept, self.now, &mut self.luck.plan)?;
        handheld.beeped.clear();
        self.woken.remove(&who);
        self.after(who)
    }
}
