//! A fleet that returns at once: 200 terminals with 150 operations each, before the door of one centre.
//!
//! The centre works on one batch after the other; each takes what it really took. The ideal is all of them without a
//! pause.

use std::{collections::BTreeMap, path::Path, time::Instant};

use aisle::{
    store::Durability,
    sync::engine::{Effect, Event, NetError},
};
use aisle_core::time::Millis;
use aisle_oms::{
    http::admit::{Admission, Answer, Pass},
    sync::receive,
};

use super::{
    line::{Handheld, packed},
    site::{Centre, Stop},
};

const TERMINALS: usize = 200;
const OPERATIONS: usize = 150;
/// Within so long all of them find their network again, in milliseconds.
const WINDOW_MS: u64 = 1_000;
/// Half a round trip, in milliseconds.
const WAY_MS: i64 = 25;

/// What happens next, and to whom.
enum Next {
    Step(usize, Event),
    /// A batch is done with: its answer leaves.
    Done(usize, Event, Pass),
}

pub(crate) fn ratio(centre: &mut Centre, folder: &Path, stops: &[Stop]) -> f64 {
    let mut fleet: Vec<Handheld> = (0..TERMINALS)
        .map(|n| {
            let mut handheld = Handheld::with(centre, folder, &format!("S{n}"), Durability::Off);
            handheld.fill(&stops[n % stops.len()..=n % stops.len()], OPERATIONS);
            handheld
        })
        .collect();
    let admission = Admission::default();
    let begun = super::BEGUN;
    let mut next: BTreeMap<(i64, u64), Next> = BTreeMap::new();
    let mut tie = 0;
    // When each wants to be asked again.
    let mut wakes: Vec<Option<i64>> = vec![None; TERMINALS];
    for n in 0..TERMINALS {
        let at = begun.0 + i64::try_from(n as u64 * WINDOW_MS / TERMINALS as u64).unwrap_or(0);
        tie += 1;
        next.insert((at, tie), Next::Step(n, Event::Wake));
    }
    // When the centre is free, and what all work took, in microseconds.
    let (mut free_us, mut worked_us) = (begun.0 * 1_000, 0);
    let mut end = begun.0;
    while let Some(((at, _), what)) = next.pop_first() {
        let (who, event) = match what {
            Next::Step(who, event) => (who, event),
            Next::Done(who, event, pass) => {
                admission.done(Millis(at));
                drop(pass);
                end = at;
                tie += 1;
                next.insert((at + WAY_MS, tie), Next::Step(who, event));
                continue;
            }
        };
        if matches!(event, Event::Tick) {
            wakes[who] = None;
        }
        let handheld = &mut fleet[who];
        let effects = handheld.engine.step(Millis(at), event, &mut handheld.store).expect("the disk holds");
        for effect in effects {
            tie += 1;
            match effect {
                Effect::WakeAt(wake)
                    if handheld.unsent() > 0 && wakes[who].is_none_or(|known| wake.0 < known) =>
                {
                    wakes[who] = Some(wake.0);
                    next.insert((wake.0.max(at + 1), tie), Next::Step(who, Event::Tick));
                }
                Effect::Upload(batch) => {
                    let there = at + WAY_MS;
                    let length = packed(&batch).len() as u64;
                    match admission.ask(Millis(there), Some(length)) {
                        Answer::In(pass) => {
                            centre.now = Millis(there);
                            let started = Instant::now();
                            let ack = centre.act(|tx, context| receive::receive(tx, context, &batch));
                            let took = i64::try_from(started.elapsed().as_micros()).unwrap_or(0);
                            free_us = free_us.max(there * 1_000) + took;
                            worked_us += took;
                            let done = Next::Done(who, Event::Uploaded(Ok(ack)), pass);
                            next.insert((free_us.div_euclid(1_000) + 1, tie), done);
                        }
                        Answer::Later { after_ms } => {
                            let later = Event::Uploaded(Err(NetError::Busy { after_ms: Some(after_ms) }));
                            next.insert((there + WAY_MS, tie), Next::Step(who, later));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    assert!(fleet.iter().all(|handheld| handheld.unsent() == 0), "all of it is taken");
    (end - begun.0) as f64 * 1_000.0 / worked_us as f64
}
