//! Copies that come into use: the centre's older file in the place of the newer, a terminal's files twice alive, a
//! terminal's older files in the place of the newer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    net::{Happens, Terminal, World},
    site::{self, TERMINALS},
};

/// What happens to a copy.
#[derive(Debug, Clone)]
pub enum Copying {
    /// The centre's file is copied.
    BackUp,
    /// The copy takes the place of the centre's file, which is lost.
    Restore,
    /// A terminal's files are copied onto another, which works under the same name.
    Clone(usize),
    /// A terminal's files are copied.
    Keep(usize),
    /// The copy takes the place of the terminal's files, which are lost; only once the centre has all they held.
    PutBack { who: usize, kept: PathBuf },
}

impl World {
    /// Plans what is copied in this morning, and when a copy comes into use.
    pub(super) fn plan_copies(&mut self, seed: u64) {
        let (early, late) = (3_000 + self.draw(12_000), 18_000 + self.draw(20_000));
        self.at(early, Happens::Copy(Copying::BackUp));
        if seed % 4 == 1 || seed % 8 == 6 {
            self.at(late, Happens::Copy(Copying::Restore));
        }
        if seed % 4 == 2 {
            let (who, when) = (self.somebody(), 3_000 + self.draw(25_000));
            self.at(when, Happens::Copy(Copying::Clone(who)));
        }
        if seed % 4 == 3 {
            let (who, when) = (self.somebody(), 3_000 + self.draw(15_000));
            self.at(when, Happens::Copy(Copying::Keep(who)));
        }
    }

    fn somebody(&mut self) -> usize {
        usize::try_from(self.draw(2)).unwrap_or(0)
    }

    /// Which terminal a person takes up: her own, or a copy of it.
    pub(super) fn terminal_in_hand(&mut self, person: usize) -> usize {
        let own = |(who, terminal): (usize, &Terminal)| (terminal.name == TERMINALS[person]).then_some(who);
        let hers: Vec<usize> = self.terminals.iter().enumerate().filter_map(own).collect();
        if hers.len() == 1 {
            return hers[0];
        }
        let which = self.draw(i64::try_from(hers.len()).unwrap_or(1));
        hers[usize::try_from(which).unwrap_or(0)]
    }

    pub(super) fn copy(&mut self, copying: Copying) {
        self.note(format!("{copying:?}").split('{').next().unwrap_or_default().trim().to_owned());
        match copying {
            Copying::BackUp => {
                self.centre = None;
                fs::copy(&self.centre_file, self.backup()).expect("the centre's file can be copied");
                self.restart_centre();
                for name in TERMINALS {
                    for op in self.read(|tx| tx.ops_of(&site::code(name))) {
                        let hi = self.safe.entry((name, op.incarnation)).or_default();
                        *hi = op.seq.max(*hi);
                    }
                }
            }
            Copying::Restore => self.restore(),
            Copying::Clone(who) => {
                let folder = site::folder();
                copy_files(self.terminals[who].folder.path(), folder.path());
                let name = self.terminals[who].name;
                let clone = Terminal::new(name, folder, &mut self.luck);
                self.terminals.push(clone);
                let clone = self.terminals.len() - 1;
                self.wake(clone);
                let first = 1_000 + self.draw(10_000);
                self.at(first, Happens::Kill(clone));
            }
            Copying::Keep(who) => {
                let kept = self.centre_folder.path().join("kept");
                fs::create_dir(&kept).expect("a new folder");
                copy_files(self.terminals[who].folder.path(), &kept);
                let when = 3_000 + self.draw(10_000);
                self.at(when, Happens::Copy(Copying::PutBack { who, kept }));
            }
            Copying::PutBack { who, kept } => self.put_back(who, kept),
        }
    }

    fn backup(&self) -> PathBuf {
        self.centre_folder.path().join("backup.db")
    }

    fn restore(&mut self) {
        self.centre = None;
        fs::copy(self.backup(), &self.centre_file).expect("the copy can be put in place");
        let lives = rusqlite::Connection::open(&self.centre_file).expect("the copy opens");
        for name in ["centre_incarnation", "feed_epoch"] {
            let life = format!("{:016x}", self.luck.bits());
            lives.execute("UPDATE meta SET value = ?2 WHERE name = ?1", [name, &life]).expect("a new life");
        }
        drop(lives);
        self.restart_centre();
    }

    fn put_back(&mut self, who: usize, kept: PathBuf) {
        let name = self.terminals[who].name;
        let told: Vec<_> = self.told.iter().filter(|(of, _)| *of == name).map(|(_, id)| *id).collect();
        let all =
            self.read(|tx| told.iter().try_fold(true, |all, id| Ok(tx.first_op(*id)?.is_some() && all)));
        if !all {
            self.at(100, Happens::Copy(Copying::PutBack { who, kept }));
            return;
        }
        self.terminals[who].files = None;
        copy_files(&kept, self.terminals[who].folder.path());
        let (now, seed) = (self.now, self.luck.bits());
        self.terminals[who].restart(now, seed);
        self.wake(who);
    }
}

/// Copies the files of a terminal, in whatever state they are, over those in a folder.
fn copy_files(from: &Path, to: &Path) {
    for old in fs::read_dir(to).expect("a folder").flatten() {
        fs::remove_file(old.path()).expect("an old file can go");
    }
    for file in fs::read_dir(from).expect("a folder").flatten() {
        fs::copy(file.path(), to.join(file.file_name())).expect("a file can be copied");
    }
}
