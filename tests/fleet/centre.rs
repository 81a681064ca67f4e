//! The centre of the fleet: the production store, step functions and backup over the fault disk.

use std::{collections::BTreeMap, path::PathBuf};

use aisle_core::{
    id::{Code, Id, Mint},
    task::op::Op,
    time::Millis,
    wire::chain::Incarnation,
};
use aisle_oms::{
    backup::Safe,
    context::Context,
    settings::Settings,
    store::{
        Store, Tx,
        sqlite::{
            Sqlite,
            restore::{rebuild, remove},
            ship::Shipper,
        },
    },
};
use tempfile::TempDir;

use super::{
    disk::Disk,
    platter::Cut,
    profile::{self, Aim},
    site::{self, Base, TERMINALS, code},
};

/// The centre.
pub struct Centre {
    pub store: Option<Sqlite>,
    pub safe: Safe,
    pub disk: Disk,
    pub settings: Settings,
    pub mint: Mint,
    shipper: Option<Shipper>,
    /// Whether the backup's target is there.
    pub shipping: bool,
    /// What it called safe, ever: terminal, life, operation.
    called_safe: Vec<(&'static str, Incarnation, u64)>,
    /// The highest of those.
    pub safe_ever: BTreeMap<(&'static str, Incarnation), u64>,
    file: PathBuf,
    backup: TempDir,
    _folder: TempDir,
    lives: u64,
    seed: u64,
}

impl Centre {
    /// On a copy of the base.
    pub fn new(base: &Base, seed: u64, aim: Option<Aim>) -> Result<Self, String> {
        let folder = site::folder();
        let file = base.copy_to(folder.path());
        let disk = Disk::new(folder.path(), profile::luck(seed, "centre disk").bits());
        let mut centre = Self {
            store: None,
            safe: Safe::default(),
            disk,
            settings: site::settings(),
            mint: profile::luck(seed, "centre mint"),
            shipper: None,
            shipping: true,
            called_safe: Vec::new(),
            safe_ever: BTreeMap::new(),
            file,
            backup: site::folder(),
            _folder: folder,
            lives: 0,
            seed,
        };
        if let Some(aim) = aim {
            centre.disk.aim(aim.call, aim.cut);
        }
        match centre.open() {
            Err(_) if centre.disk.struck().is_some() => centre.crash(Cut::Kept)?,
            opened => opened?,
        }
        Ok(centre)
    }

    fn open(&mut self) -> Result<(), String> {
        let fails = |error: aisle_oms::store::StoreError| format!("S1 the centre opens: {error}");
        let store = Sqlite::open(&self.file, [0; 16]).map_err(fails)?;
        store.leave_the_log().map_err(fails)?;
        self.store = Some(store);
        self.safe = Safe::default();
        self.lives += 1;
        let mut names = profile::luck(self.seed ^ self.lives, "generations");
        let draw = Box::new(move || names.bits());
        self.shipper = Some(Shipper::open(&self.file, self.backup.path(), draw).map_err(fails)?);
        Ok(())
    }

    fn stop(&mut self) {
        self.disk.die();
        self.shipper = None;
        self.store = None;
    }

    /// The power goes, and comes back.
    pub fn crash(&mut self, cut: Cut) -> Result<(), String> {
        self.stop();
        self.disk.power_up(cut);
        self.open()
    }

    /// Its disk is gone: it is rebuilt from the backup.
    pub fn restore(&mut self) -> Result<(), String> {
        self.stop();
        self.disk.power_up(Cut::Kept);
        remove(&self.file);
        self.disk.forget();
        let mut life = [0; 16];
        life[..8].copy_from_slice(&self.mint.bits().to_le_bytes());
        life[8..].copy_from_slice(&self.mint.bits().to_le_bytes());
        rebuild(self.backup.path(), &self.file, life)
            .map_err(|error| format!("S8 a backup can be restored: {error}"))?;
        self.open()?;
        for (name, life, seq) in std::mem::take(&mut self.called_safe) {
            let there = self.read(|tx| tx.op_at(&code(name), life, seq))?;
            if there.is_none() {
                return Err(format!("S6 what is called safe is in the backup: {name} {life} {seq} is not"));
            }
        }
        Ok(())
    }

    /// One step of the backup.
    pub fn ship(&mut self, now: Millis) -> Result<(), String> {
        let Some(shipper) = self.shipper.as_mut().filter(|_| self.shipping) else { return Ok(()) };
        let marks = shipper.step(now).map_err(|error| format!("the backup goes on: {error}"))?;
        for (terminal, life, hi) in &marks {
            let name = TERMINALS.into_iter().find(|name| *name == terminal.as_str());
            if let (Some(name), true) = (name, *hi > 0) {
                self.called_safe.retain(|(of, known, _)| (*of, *known) != (name, *life));
                self.called_safe.push((name, *life, *hi));
                let ever = self.safe_ever.entry((name, *life)).or_default();
                *ever = (*ever).max(*hi);
            }
        }
        self.safe.tell(marks);
        Ok(())
    }

    /// Asks the store.
    pub fn read<T>(&mut self, ask: impl FnOnce(&Tx<'_>) -> aisle_oms::store::Result<T>) -> Result<T, String> {
        let store = self.store.as_mut().expect("the centre is up");
        store.transact(|tx| ask(tx)).map_err(|error| format!("S1 the centre reads: {error}"))
    }

    /// Changes the store.
    pub fn write<T>(
        &mut self,
        now: Millis,
        work: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> aisle_oms::store::Result<T>,
    ) -> aisle_oms::store::Result<T> {
        let Self { store, settings, mint, .. } = self;
        let store = store.as_mut().expect("the centre is up");
        store.transact(|tx| work(tx, &mut Context { now, settings, mint }))
    }

    /// Whether it has this operation, from whatever copy of a terminal.
    pub fn has(&mut self, op: Id<Op>) -> Result<bool, String> {
        self.read(|tx| Ok(tx.first_op(op)?.is_some()))
    }

    /// How far a life of a terminal's journal is safe.
    pub fn safe_hi(&self, name: &str, life: Option<Incarnation>) -> u64 {
        let terminal: Code<_> = code(name);
        self.safe.hi(&terminal, life)
    }
}
