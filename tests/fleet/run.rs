//! Plays seeds, tells what went wrong in them, and finds the least that makes it go wrong.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
};

use aisle_core::{canary, time::Millis};

use super::{flow::Mark, profile::Profile, site::Base, world::World};

/// How many events are told of a morning that went wrong.
pub const LAST_EVENTS: usize = 60;

/// What came of one seed.
pub struct Played {
    /// Which law was broken, if one was.
    pub wrong: Option<String>,
    /// The hash of everything that happened.
    pub hash: String,
    pub trace: Vec<String>,
    pub device_ms: i64,
    pub met: BTreeMap<&'static str, u64>,
    /// How many calls changed each disk, the centre's last, and where each step of the flow began.
    pub calls: Vec<u64>,
    /// Whether the power went where it was aimed at.
    pub struck: bool,
    pub marks: Vec<Mark>,
}

/// What came of many.
#[derive(Default)]
pub struct Sum {
    pub seeds: u64,
    pub device_ms: i64,
    pub violations: u64,
    pub met: BTreeMap<&'static str, u64>,
}

impl Sum {
    /// Adds one.
    pub fn add(&mut self, played: &Played) {
        self.seeds += 1;
        self.device_ms += played.device_ms;
        self.violations += u64::from(played.wrong.is_some());
        for (what, count) in &played.met {
            *self.met.entry(what).or_default() += count;
        }
    }

    /// How many faults were met.
    pub fn faults(&self) -> u64 {
        self.met.values().sum()
    }
}

/// Plays one morning.
pub fn play(base: &Base, profile: &Profile) -> Played {
    let mut kept = None;
    let done = catch_unwind(AssertUnwindSafe(|| {
        let world = kept.insert(World::new(base, profile)?);
        world.play()
    }));
    let wrong = match done {
        Ok(done) => done.err(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Some(format!("S29 nothing panics: {}", text.unwrap_or_default()))
        }
    };
    let (trace, device_ms, mut met) = kept
        .as_mut()
        .map(|world| (std::mem::take(&mut world.trace), world.device_ms(), std::mem::take(&mut world.met)))
        .unwrap_or_default();
    if let Some(world) = &kept {
        let failed: u64 = world.handhelds.iter().map(|handheld| handheld.disk.counted().0).sum();
        met.insert("calls of disks failed", failed);
    }
    let calls = kept.as_ref().map(World::calls).unwrap_or_default();
    let struck = kept.as_ref().is_some_and(World::was_struck);
    let marks = kept.as_mut().map(|world| std::mem::take(&mut world.marks)).unwrap_or_default();
    let mut hasher = fnv();
    for line in &trace {
        hasher.add(line);
    }
    Played { wrong, hash: hasher.end(), trace, device_ms, met, calls, struck, marks }
}

/// A hash that needs no library: FNV-1a over the lines, 64 bits.
struct Fnv(u64);

const fn fnv() -> Fnv {
    Fnv(0xcbf2_9ce4_8422_2325)
}

impl Fnv {
    fn add(&mut self, line: &str) {
        for byte in line.bytes().chain([b'\n']) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn end(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// The least of a profile that still breaks a law: first without each kind of fault, then shorter.
fn shrink(base: &Base, profile: &Profile) -> (Profile, Played) {
    let mut least = profile.clone();
    let mut played = play(base, &least);
    for fault in profile.faults.clone() {
        let mut fewer = least.clone();
        fewer.faults.retain(|other| *other != fault);
        let again = play(base, &fewer);
        if again.wrong.is_some() {
            (least, played) = (fewer, again);
        }
    }
    for _ in 0..4 {
        let shorter = Profile { until: Millis(least.until.0 * 2 / 3), ..least.clone() };
        let again = play(base, &shorter);
        if again.wrong.is_none() {
            break;
        }
        (least, played) = (shorter, again);
    }
    (least, played)
}

/// The commit that this is built from.
pub fn commit() -> String {
    let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    commit.map(|told| String::from_utf8_lossy(&told.stdout).trim().to_owned()).unwrap_or_default()
}

/// Tells what went wrong, and how to see it again.
pub fn tell(base: &Base, profile: &Profile, wrong: &str) {
    let commit = commit();
    println!("seed {} breaks a law: {wrong}", profile.seed);
    let (least, played) = shrink(base, profile);
    let last = &played.trace[played.trace.len().saturating_sub(LAST_EVENTS)..];
    println!("{}", last.join("\n"));
    println!("seed {} at commit {commit}, trace {}", profile.seed, played.hash);
    println!("met {:?}", profile.faults);
    println!("the least: {:?} for {} ms: {}", least.faults, least.until.0, played.wrong.unwrap_or_default());
    let names: Vec<String> = least.faults.iter().map(|fault| format!("{fault:?}")).collect();
    println!("replay: make simulate SEED={}", profile.seed);
    println!(
        "replay the least: make simulate SEED={} FAULTS={} UNTIL={}",
        profile.seed,
        names.join(","),
        least.until.0
    );
}

/// Plays seeds until one breaks a law while this canary sings: which seed, which law.
pub fn catch(base: &Base, name: &'static str, seeds: impl Iterator<Item = u64>) -> Option<(u64, String)> {
    for seed in seeds {
        canary::choose(Some(name));
        let played = play(base, &Profile::of(seed));
        canary::choose(None);
        if let Some(wrong) = played.wrong {
            return Some((seed, wrong));
        }
    }
    None
}
