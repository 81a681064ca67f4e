//! Who comes in when a whole fleet returns at once.
//!
//! Terminals that were without a network for hours come back together with thousands of operations. Only so many
//! of their batches are worked on at a time; each one beyond is given a turn of its own, so that they come back one
//! after the other and none of them in vain. Small batches, which somebody is waiting for at a shelf, have room that
//! the others never take.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aisle_core::time::Millis;

/// The most long batches worked on at a time: enough to fill a group commit.
const BULK_MAX: usize = 32;
/// The most short batches worked on at a time.
const LIVE_MAX: usize = 256;
/// A body up to this is a short batch, in bytes: some twenty operations, packed.
const LIVE_MAX_BYTES: u64 = 4_096;
/// What a long batch takes before any was measured, in microseconds.
const FIRST_GUESS_US: i64 = 20_000;
/// The least and the most that a long batch is believed to take, in microseconds.
const TURN_US: (i64, i64) = (500, 2_000_000);
/// The longest that a terminal is sent away for, in milliseconds.
const AWAY_MAX_MS: i64 = 30_000;

/// The door's ushers.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    bulk: usize,
    live: usize,
    /// When the next turn that was not given away yet begins, in microseconds.
    next_turn_us: i64,
    /// What a long batch takes while others wait, in microseconds, smoothed.
    turn_us: i64,
    /// When the last long batch was done, while the room was full.
    done_us: Option<i64>,
}

impl Default for State {
    fn default() -> Self {
        Self { bulk: 0, live: 0, next_turn_us: 0, turn_us: FIRST_GUESS_US, done_us: None }
    }
}

/// The answer at the door.
#[derive(Debug)]
pub enum Answer {
    /// Come in; whoever drops the pass has left.
    In(Pass),
    /// Come back later: the turn is reserved.
    Later {
        /// How long to stay away, in milliseconds.
        after_ms: u64,
    },
}

/// A place in the room.
#[derive(Debug)]
pub struct Pass {
    state: Arc<Mutex<State>>,
    live: bool,
}

impl Admission {
    /// Lets a batch in, or gives it a turn. `length` is what its caller says of its body, in bytes.
    #[must_use]
    pub fn ask(&self, now: Millis, length: Option<u64>) -> Answer {
        let mut state = self.lock();
        let live = length.is_some_and(|bytes| bytes <= LIVE_MAX_BYTES);
        if live && state.live < LIVE_MAX {
            state.live += 1;
            return Answer::In(Pass { state: Arc::clone(&self.state), live });
        }
        if !live && state.bulk < BULK_MAX {
            state.bulk += 1;
            return Answer::In(Pass { state: Arc::clone(&self.state), live });
        }
        let now_us = now.0.saturating_mul(1_000);
        // Whoever is in the room has the turns before.
        let first = now_us.saturating_add(state.turn_us.saturating_mul(1 + BULK_MAX as i64 / 2));
        let turn = state.next_turn_us.max(first).min(now_us.saturating_add(AWAY_MAX_MS * 1_000));
        state.next_turn_us = turn.saturating_add(state.turn_us);
        Answer::Later { after_ms: u64::try_from((turn - now_us) / 1_000).unwrap_or(0).max(1) }
    }

    /// Tells that a long batch is done, so that turns are as long as batches take.
    pub fn done(&self, now: Millis) {
        let mut state = self.lock();
        let now_us = now.0.saturating_mul(1_000);
        let full = state.bulk >= BULK_MAX;
        if let (true, Some(before)) = (full, state.done_us) {
            let took = now_us.saturating_sub(before).clamp(TURN_US.0, TURN_US.1);
            state.turn_us = (state.turn_us * 15 + took) / 16;
        }
        state.done_us = full.then_some(now_us);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let room = if self.live { &mut state.live } else { &mut state.bulk };
        *room = room.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(admission: &Admission, now: i64) -> Answer {
        admission.ask(Millis(now), Some(60_000))
    }

    #[test]
    fn beyond_the_room_each_gets_a_turn_of_its_own_and_short_ones_come_in() {
        let admission = Admission::default();
        let passes: Vec<Answer> = (0..BULK_MAX).map(|_| long(&admission, 0)).collect();
        assert!(passes.iter().all(|answer| matches!(answer, Answer::In(_))));
        let turns: Vec<u64> = (0..50)
            .map(|_| match long(&admission, 0) {
                Answer::Later { after_ms } => after_ms,
                Answer::In(_) => panic!("the room is full"),
            })
            .collect();
        assert!(turns.windows(2).all(|pair| pair[0] < pair[1]), "{turns:?}");
        assert!(matches!(admission.ask(Millis(0), Some(800)), Answer::In(_)), "somebody waits at a shelf");
        assert!(
            matches!(admission.ask(Millis(0), None), Answer::Later { .. }),
            "nobody knows how long it is"
        );
        drop(passes);
        assert!(matches!(long(&admission, 0), Answer::In(_)));
    }

    #[test]
    fn nobody_is_sent_away_for_longer_than_half_a_minute() {
        let admission = Admission::default();
        let _passes: Vec<Answer> = (0..BULK_MAX).map(|_| long(&admission, 0)).collect();
        for _ in 0..100_000 {
            let Answer::Later { after_ms } = long(&admission, 0) else { panic!("the room is full") };
            assert!((1..=30_000).contains(&after_ms));
        }
    }

    /// A fleet returns: how long until all is taken, in milliseconds, and how often somebody was sent away.
    fn storm(devices: usize, batches: usize, batch_ms: i64) -> (i64, usize) {
        let admission = Admission::default();
        // When each asks next, and what it still holds.
        let mut asks: Vec<(i64, usize)> = (0..devices).map(|n| ((n as i64 * 37) % 1_000, batches)).collect();
        let mut room: Vec<(i64, usize, Pass)> = Vec::new();
        let (mut away, mut free_at, mut end) = (0, 0, 0);
        for now in 0.. {
            let (done, rest): (Vec<_>, Vec<_>) = room.into_iter().partition(|(at, ..)| *at <= now);
            room = rest;
            for (at, who, pass) in done {
                admission.done(Millis(at));
                drop(pass);
                end = at;
                asks[who].1 -= 1;
                asks[who].0 = now + 20;
            }
            for (who, (at, left)) in asks.iter_mut().enumerate() {
                if *left == 0 || *at != now {
                    continue;
                }
                match long(&admission, now) {
                    Answer::In(pass) => {
                        free_at = free_at.max(now) + batch_ms;
                        room.push((free_at, who, pass));
                        *at = i64::MAX;
                    }
                    Answer::Later { after_ms } => {
                        away += 1;
                        *at = now + i64::try_from(after_ms).unwrap();
                    }
                }
            }
            if asks.iter().all(|(_, left)| *left == 0) {
                break;
            }
            assert!(now < 600_000, "the storm never ends");
        }
        (end, away)
    }

    #[test]
    fn a_fleet_that_returns_is_drained_within_a_third_of_the_ideal() {
        for (devices, batches, batch_ms) in [(200, 2, 30), (200, 3, 8), (60, 10, 25)] {
            let (took, away) = storm(devices, batches, batch_ms);
            let ideal = (devices * batches) as i64 * batch_ms;
            assert!(took * 10 <= ideal * 13, "{devices} devices: {took} ms of {ideal}, {away} sent away");
            assert!(away <= devices * batches * 4, "{devices} devices: {away} sent away");
        }
    }
}
