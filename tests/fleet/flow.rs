//! The flow of the crash sweep: one short piece of work with every main step in it, the same each time.
//!
//! People look at what the terminal waits for, as in any morning, so they find their way after a power cut too; each
//! step lasts until what it is about has come about.

use aisle::{
    app::input::Input,
    floor::{Key, pick},
};
use aisle_core::task::{
    state::{ListState, Parcel, ParcelState, PickList, PickTask, Role, Tote, ToteState},
    trouble::{Trouble, TroubleKind},
};

use super::{
    people::Intent,
    site::PEOPLE,
    world::{Happens, World},
};

/// Between two things that somebody does, in virtual milliseconds.
const PAUSE_MS: i64 = 120;
/// So often somebody tries before a step is called stuck.
const TRIES: u32 = 600;
/// What was done before is old enough to be let go of.
const EIGHT_DAYS_MS: i64 = 8 * 24 * 3_600_000;

/// The picker's terminal, the lead's, and the packing station.
const PICKER: usize = 0;
const LEAD: usize = 2;
const PACKER: usize = 3;

/// Where a step of the flow began.
#[derive(Debug, Clone)]
pub struct Mark {
    pub step: &'static str,
    /// How many calls had changed each disk by then, the centre's last.
    pub calls: Vec<u64>,
}

/// What somebody does in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Nothing but wait, or sign on.
    Wait,
    SignOn,
    SignOff,
    /// What the terminal waits for.
    Work,
    /// The last step is taken back, once it is of this kind.
    Undo(&'static str),
    /// The location is empty.
    Short,
    /// Staged parcels go onto the vehicle.
    Load,
    /// The program is closed in order, and started.
    Close,
    /// Eight days go by.
    Week,
    /// The files as they are now come back later.
    Keep,
}

struct Step {
    name: &'static str,
    who: usize,
    act: Act,
    /// Whether it is over.
    is_over: fn(&mut World) -> Result<bool, String>,
}

const fn step(
    name: &'static str,
    who: usize,
    act: Act,
    is_over: fn(&mut World) -> Result<bool, String>,
) -> Step {
    Step { name, who, act, is_over }
}

const FLOW: [Step; 28] = [
    step("sign on", PICKER, Act::SignOn, |world| Ok(world.is_signed_on(PICKER))),
    step("claim", PICKER, Act::Wait, |world| world.applied("claim")),
    step("start a list", PICKER, Act::Work, |world| Ok(world.told(PICKER, "list_started") > 0)),
    step("totes", PICKER, Act::Work, |world| Ok(world.told(PICKER, "tote_assigned") > 0)),
    step("pick", PICKER, Act::Work, |world| Ok(world.told(PICKER, "picked") > 0)),
    step("undo a pick", PICKER, Act::Undo("picked"), |world| Ok(world.undone("picked"))),
    step("put", PICKER, Act::Work, |world| Ok(world.told(PICKER, "put") > 0)),
    step("undo a put", PICKER, Act::Undo("put"), |world| Ok(world.undone("put"))),
    step("short", PICKER, Act::Short, |world| Ok(world.told(PICKER, "shorted") > 0)),
    step("the lead signs on", LEAD, Act::SignOn, |world| Ok(world.is_signed_on(LEAD))),
    step("the lead settles", LEAD, Act::Work, World::is_settled),
    step("the program is closed", PICKER, Act::Close, |_| Ok(true)),
    step("pick and drop", PICKER, Act::Work, World::is_picked),
    step("the packer signs on", PACKER, Act::SignOn, |world| Ok(world.is_signed_on(PACKER))),
    step("the feed is taken in", PACKER, Act::Wait, World::is_at_rest),
    step("pack", PACKER, Act::Work, |world| Ok(world.told(PACKER, "packed") > 0)),
    step("undo a packed piece", PACKER, Act::Undo("packed"), |world| Ok(world.undone("packed"))),
    step("seal, label, stage", PACKER, Act::Work, |world| Ok(world.is_packed())),
    step("load", PACKER, Act::Load, |world| Ok(world.told(PACKER, "loaded") > 0)),
    step("sign off", PICKER, Act::SignOff, |world| Ok(!world.is_signed_on(PICKER))),
    step("sign on again", PICKER, Act::SignOn, |world| Ok(world.is_signed_on(PICKER) && world.is_at_rest()?)),
    step("a week later", PICKER, Act::Week, |_| Ok(true)),
    step("prune", PICKER, Act::Wait, |world| Ok(world.is_pruned())),
    step("files are kept", PICKER, Act::Keep, |_| Ok(true)),
    step("work after that", PICKER, Act::SignOff, |world| Ok(!world.is_signed_on(PICKER))),
    step("older files are put back", PICKER, Act::SignOn, |world| Ok(!world.handhelds[PICKER].alone)),
    step("work with older files", PICKER, Act::SignOff, |world| Ok(!world.is_signed_on(PICKER))),
    step("a new life", PICKER, Act::SignOn, |world| Ok(world.is_anew() && world.is_at_rest()?)),
];

impl World {
    /// The flow from its beginning to its end.
    pub fn flow(&mut self) -> Result<(), String> {
        for step in &FLOW {
            self.note(format!("step {}", step.name));
            let calls = self.calls();
            self.marks.push(Mark { step: step.name, calls });
            self.play_step(step)?;
        }
        Ok(())
    }

    /// How many calls changed each disk so far, the centre's last.
    pub fn calls(&self) -> Vec<u64> {
        let terminals = self.handhelds.iter().map(|handheld| handheld.disk.counted().1);
        terminals.chain([self.centre.disk.counted().1]).collect()
    }

    /// Whether the power went where it was aimed at.
    pub fn was_struck(&self) -> bool {
        self.centre.disk.was_struck() || self.handhelds.iter().any(|handheld| handheld.disk.was_struck())
    }

    fn play_step(&mut self, step: &Step) -> Result<(), String> {
        let once = matches!(step.act, Act::Close | Act::Week | Act::Keep);
        if once {
            self.once(step)?;
        }
        for _ in 0..TRIES {
            if (step.is_over)(self)? {
                return Ok(());
            }
            if !once {
                self.try_step(step)?;
            }
            self.let_pass(PAUSE_MS)?;
        }
        let unrest = self.unrest()?;
        Err(format!("L1 the work goes on: the step \"{}\" does not end, {unrest}", step.name))
    }

    fn once(&mut self, step: &Step) -> Result<(), String> {
        let handheld = &mut self.handhelds[step.who];
        match step.act {
            Act::Week => handheld.skew_ms = EIGHT_DAYS_MS,
            Act::Keep => self.at(0, Happens::Keep(step.who)),
            _ => {
                handheld.close_and_start(self.now, &mut self.luck.power)?;
                self.is_all_there(step.who)?;
                return self.after(step.who);
            }
        }
        Ok(())
    }

    fn try_step(&mut self, step: &Step) -> Result<(), String> {
        let who = step.who;
        if step.act == Act::Wait {
            return Ok(());
        }
        if self.intents.contains_key(&who) {
            return self.input(who, Input::Tick);
        }
        if !self.is_signed_on(who) {
            return self.sign_on(who, who);
        }
        match step.act {
            Act::SignOff => self.scan(who, PEOPLE[who].0),
            Act::Undo(kind) => {
                let last = self.handhelds[who].shell().turn.state.session.undo.last();
                let Some(op) = last.filter(|step| step.fact.kind() == kind).map(|step| step.op) else {
                    return self.work(who);
                };
                self.intents.insert(who, Intent::Undo(op));
                self.tell(who, Input::Key(Key::Dot))
            }
            Act::Short => {
                let state = &self.handhelds[who].shell().turn.state;
                let due = pick::due(&state.rows, &state.session);
                let is_empty = |task: &PickTask| task.remaining().is_some() && task.in_hand().is_zero();
                if !due.is_some_and(is_empty) {
                    return self.work(who);
                }
                self.key(who, Key::Star)?;
                self.key(who, Key::Hash)
            }
            Act::Load => {
                let rows = &self.handhelds[who].shell().turn.state.rows;
                let staged = rows.all::<Parcel>().find(|parcel| parcel.state == ParcelState::Staged);
                let sscc = staged.and_then(|parcel| parcel.sscc.clone());
                match sscc {
                    Some(sscc) => self.scan(who, &sscc),
                    None => self.work(who),
                }
            }
            Act::Work => self.work(who),
            _ => Ok(()),
        }
    }

    fn work(&mut self, who: usize) -> Result<(), String> {
        match PEOPLE[who].1 {
            Role::Picker => self.pick(who, who),
            Role::Packer => self.pack(who),
            Role::Lead => self.lead(who),
        }
    }

    fn is_signed_on(&self, who: usize) -> bool {
        self.handhelds[who].shell().turn.state.session.operator.is_some()
    }

    /// How many operations of this kind a terminal told that took no other back.
    fn told(&self, who: usize, kind: &str) -> usize {
        let name = self.handhelds[who].name;
        let of = |told: &&super::world::Told| told.name == name && told.op.kind() == kind;
        self.told.values().filter(of).count()
    }

    fn undone(&self, kind: &str) -> bool {
        self.undone.iter().any(|id| self.told.get(id).is_some_and(|told| told.op.kind() == kind))
    }

    fn applied(&mut self, kind: &str) -> Result<bool, String> {
        let asked: Vec<_> =
            self.told.iter().filter(|(_, told)| told.op.kind() == kind).map(|(id, _)| *id).collect();
        for id in asked {
            if self.centre.has(id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_settled(&mut self) -> Result<bool, String> {
        let troubles = self.centre.read(|tx| tx.all::<Trouble>())?;
        let mut shorts = troubles.iter().filter(|trouble| trouble.kind == TroubleKind::ShortPick);
        Ok(shorts.any(|trouble| trouble.settled.is_some()))
    }

    fn is_picked(&mut self) -> Result<bool, String> {
        let lists = self.centre.read(|tx| tx.all::<PickList>())?;
        Ok(lists.iter().all(|list| list.state == ListState::Closed))
    }

    fn is_packed(&self) -> bool {
        let rows = &self.handhelds[PACKER].shell().turn.state.rows;
        let waits =
            rows.all::<Tote>().any(|tote| tote.state == ToteState::Closed && !tote.contents.is_empty());
        let mut parcels = rows.all::<Parcel>().peekable();
        let open = |parcel: &Parcel| matches!(parcel.state, ParcelState::Open | ParcelState::Sealed);
        !waits && parcels.peek().is_some() && !parcels.any(open)
    }

    fn is_pruned(&self) -> bool {
        self.handhelds[PICKER].shell().files().read().journal.base() > 0
    }

    /// Whether the picker's terminal was told that its files are older than what it sent, and began a life anew.
    fn is_anew(&self) -> bool {
        let handheld = &self.handhelds[PICKER];
        handheld.shell().files().read().journal.incarnation() != handheld.first
    }
}
