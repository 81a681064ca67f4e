//! The crash sweep: the flow is played without a fault and the calls that change each disk are counted; then it is
//! played again for every such call and every kind of power cut, with the power going in place of that call, and on to
//! its end. Nothing is drawn: a sweep is the same each time, and a share of it takes every so many points of the whole.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use aisle_core::canary;

use super::{
    laws::LAWS,
    platter::Cut,
    profile::{Aim, Profile},
    run::{LAST_EVENTS, Played, commit, play},
    site::{self, Base, FLOW_ORDERS, TERMINALS},
};

/// Whose disks lose power: the picker's, the lead's, the packing station's and the centre's.
const DISKS: [usize; 4] = [0, 2, 3, TERMINALS.len()];
/// Faults that this sweep must see, and the disk whose power goes.
const CANARIES: [(&str, usize); 5] = [
    ("journal_sync_off", 0),
    ("journal_sync_normal", 3),
    ("confirmed_not_committed", 0),
    ("centre_sync_off", TERMINALS.len()),
    ("answered_not_committed", TERMINALS.len()),
];
/// Points at which a canary must have been caught.
const CANARY_POINTS: usize = 120;
/// A run of the tests takes one point in so many.
const SAMPLE: usize = 101;

/// What is wanted of the sweep.
pub enum Wanted {
    /// One point in so many.
    Share(usize),
    /// One point, to see it again.
    One(Aim),
}

impl Wanted {
    /// The share that a run of the tests takes.
    pub const SAMPLE: Self = Self::Share(SAMPLE);

    /// Reads `all`, a share such as `20`, or a point such as `H1:123:Torn`.
    pub fn read(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::Share(1));
        }
        if let Ok(share) = text.parse::<usize>() {
            // Four kinds of cuts: an odd share meets all of them.
            return Some(Self::Share(share | 1));
        }
        let mut parts = text.split(':');
        let (name, call, cut) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        let disk = DISKS.into_iter().find(|disk| name_of(*disk) == name)?;
        let cut = Cut::ALL.into_iter().find(|known| format!("{known:?}") == cut)?;
        Some(Self::One(Aim { disk, call, cut }))
    }
}

fn name_of(disk: usize) -> &'static str {
    TERMINALS.get(disk).copied().unwrap_or("centre")
}

fn told(aim: Aim) -> String {
    format!("{}:{}:{:?}", name_of(aim.disk), aim.call, aim.cut)
}

/// Plays what is wanted, tells it, and whether all is well.
pub fn sweep(wanted: &Wanted) -> bool {
    let base = site::base(FLOW_ORDERS, |_| 2);
    let began = Instant::now();
    let whole = play(&base, &Profile::flow(None));
    if let Some(wrong) = &whole.wrong {
        println!("{}", whole.trace[whole.trace.len().saturating_sub(LAST_EVENTS)..].join("\n"));
        println!("the flow breaks a law without a power cut: {wrong}");
        println!("sweep: calls=0 cuts=0 laws={} canaries=0/0 violations=1", LAWS.len());
        return false;
    }
    let points = points(&whole);
    let calls = points.len() / Cut::ALL.len();
    let (chosen, canaries): (Vec<Aim>, &[(&str, usize)]) = match wanted {
        Wanted::Share(share) => (points.iter().copied().skip(share / 2).step_by(*share).collect(), &CANARIES),
        Wanted::One(aim) => (vec![*aim], &[]),
    };
    let violations = play_all(&base, &whole, &chosen);
    let caught = canaries.iter().filter(|(name, disk)| is_caught(&base, name, *disk, &points)).count();
    let per_disk = DISKS.map(|disk| format!("{} {}", name_of(disk), whole.calls[disk])).join(", ");
    println!("sweep: {per_disk}; {} steps, {:.0} s", whole.marks.len(), began.elapsed().as_secs_f64());
    println!(
        "sweep: calls={calls} cuts={} laws={} canaries={caught}/{} violations={violations}",
        chosen.len(),
        LAWS.len(),
        canaries.len(),
    );
    violations == 0 && caught == canaries.len() && !chosen.is_empty()
}

/// Every call to every disk, with every kind of cut.
fn points(whole: &Played) -> Vec<Aim> {
    let calls = DISKS.into_iter().flat_map(|disk| (1..=whole.calls[disk]).map(move |call| (disk, call)));
    calls.flat_map(|(disk, call)| Cut::ALL.map(|cut| Aim { disk, call, cut })).collect()
}

/// Plays the flow once for each point, on as many threads as there are processors. Tells how many broke a law.
fn play_all(base: &Base, whole: &Played, chosen: &[Aim]) -> usize {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(0));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads.min(chosen.len()) {
            scope.spawn(|| {
                while let Some(aim) = chosen.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let played = play_at(base, *aim);
                    if let Some(why) = &played.wrong {
                        let mut wrong = wrong.lock().expect("nobody panics while telling");
                        *wrong += 1;
                        tell(whole, *aim, &played, why, *wrong == 1);
                    }
                }
            });
        }
    });
    wrong.into_inner().expect("nobody panics while telling")
}

/// Plays the flow with one power cut. That the power did not go is wrong too: then this point proves nothing.
fn play_at(base: &Base, aim: Aim) -> Played {
    let mut played = play(base, &Profile::flow(Some(aim)));
    if played.wrong.is_none() && !played.struck {
        played.wrong = Some("the power did not go".to_owned());
    }
    played
}

fn tell(whole: &Played, aim: Aim, played: &Played, why: &str, with_events: bool) {
    if with_events {
        println!("{}", played.trace[played.trace.len().saturating_sub(LAST_EVENTS)..].join("\n"));
    }
    let step = whole.marks.iter().rev().find(|mark| mark.calls[aim.disk] < aim.call);
    let step = step.map_or("the first start", |mark| mark.step);
    println!(
        "the sweep breaks a law at commit {}: step \"{step}\", call {} of {}, {:?}: {why}",
        commit(),
        aim.call,
        name_of(aim.disk),
        aim.cut
    );
    println!("replay: make simulate SWEEP={}", told(aim));
}

/// Whether a fault made on purpose is seen by cuts of one disk's power, and where.
fn is_caught(base: &Base, name: &'static str, disk: usize, points: &[Aim]) -> bool {
    let sung = |aim: Option<Aim>| {
        canary::choose(Some(name));
        let played = play(base, &Profile::flow(aim));
        canary::choose(None);
        played.wrong
    };
    let alone = if sung(None).is_some() { "also without a cut" } else { "by the cut alone" };
    let of: Vec<Aim> = points.iter().copied().filter(|aim| aim.disk == disk).collect();
    let share = (of.len() / CANARY_POINTS) | 1;
    // From the middle on, where work is under way.
    for aim in of.iter().cycle().skip(of.len() / 2).step_by(share).take(CANARY_POINTS) {
        if let Some(wrong) = sung(Some(*aim)) {
            let wrong: String = wrong.chars().take(120).collect();
            println!("canary {name}: caught at {}, {alone}: {wrong}", told(*aim));
            return true;
        }
    }
    println!("canary {name}: not caught by {CANARY_POINTS} cuts");
    false
}
