//! Which faults a seed meets, and luck apart for each purpose, so that leaving one out changes nothing else.

use aisle_core::{id::Mint, time::Millis};

use super::platter::Cut;

/// When the faults stop, in virtual milliseconds.
const FAULTS_UNTIL: Millis = Millis(45_000);

/// A kind of fault, or of trouble that people make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Terminals lose power, between and within calls to their disk.
    Kill,
    /// The centre does.
    KillCentre,
    /// Calls and answers are lost, late, doubled, answered by somebody else; partitions.
    Net,
    /// Writes and syncs of terminals fail.
    Disk,
    /// A terminal's files are twice alive.
    Clone,
    /// A terminal's older files take the place of the newer.
    PutBack,
    /// The centre is rebuilt from a backup of some age.
    Restore,
    /// Customers take orders back.
    Cancel,
    /// A badge ends and a terminal is revoked while they are at work.
    Revoke,
    /// Terminals' clocks are wrong, by hours or years, and change at each start.
    Clock,
    /// People use each other's totes and carts, and take things back.
    Muddle,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Kill,
        Self::KillCentre,
        Self::Net,
        Self::Disk,
        Self::Clone,
        Self::PutBack,
        Self::Restore,
        Self::Cancel,
        Self::Revoke,
        Self::Clock,
        Self::Muddle,
    ];
}

/// One power cut, at one call to one disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// Which terminal's disk; as many as there are terminals: the centre's.
    pub disk: usize,
    /// Which of the calls that change it, counted from one.
    pub call: u64,
    /// What the cut does.
    pub cut: Cut,
}

/// What a run meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The seed.
    pub seed: u64,
    /// The kinds of faults.
    pub faults: Vec<Fault>,
    /// When they stop and people go home.
    pub until: Millis,
    /// People do what the flow says, in its order, and nothing by luck.
    pub flow: bool,
    /// In that flow the power goes once.
    pub aim: Option<Aim>,
}

impl Profile {
    /// Drawn from the seed: one in sixteen meets none, one in eight only one kind, the others about half of all.
    pub fn of(seed: u64) -> Self {
        let mut luck = luck(seed, "profile");
        let faults = match luck.bits() % 16 {
            0 => Vec::new(),
            1 | 2 => vec![Fault::ALL[small(&mut luck, Fault::ALL.len())]],
            _ => Fault::ALL.into_iter().filter(|_| luck.bits().is_multiple_of(2)).collect(),
        };
        Self { seed, faults, until: FAULTS_UNTIL, flow: false, aim: None }
    }

    /// The flow, with at most one power cut.
    pub const fn flow(aim: Option<Aim>) -> Self {
        Self { seed: 1, faults: Vec::new(), until: FAULTS_UNTIL, flow: true, aim }
    }

    /// With the faults of these names alone, and so long.
    pub fn only(mut self, names: Option<&str>, until_ms: Option<i64>) -> Self {
        if let Some(names) = names {
            let named = |fault: &Fault| names.split(',').any(|name| name == format!("{fault:?}"));
            self.faults = Fault::ALL.into_iter().filter(named).collect();
        }
        self.until = until_ms.map_or(self.until, Millis);
        self
    }

    /// Whether it meets this kind.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

/// Luck for one purpose.
pub fn luck(seed: u64, purpose: &str) -> Mint {
    let mut key = named(purpose);
    key.iter_mut().zip(seed.to_le_bytes()).for_each(|(byte, of)| *byte ^= of);
    Mint::new(key)
}

fn named(purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.iter_mut().skip(8).zip(purpose.bytes()).for_each(|(byte, of)| *byte = of);
    key
}

/// A number below `below`.
pub fn small(luck: &mut Mint, below: usize) -> usize {
    usize::try_from(luck.bits() % u64::try_from(below.max(1)).unwrap_or(1)).unwrap_or(0)
}
