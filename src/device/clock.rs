//! The clock: the one place that asks the system what time it is.
//!
//! A clock that is set by hand serves tests and scripts. It never decides anything: time is a parameter
//! everywhere else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// A clock.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System { started: Instant },
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System { started: now() })
    }

    /// A clock that stands at this many milliseconds since 1970 until it is moved.
    #[must_use]
    pub fn standing_at(ms: i64) -> Self {
        Self(Kind::Set(Arc::new(AtomicI64::new(ms))))
    }

    /// Moves a standing clock and all its copies; the system's clock goes by itself.
    pub fn advance(&self, by_ms: i64) {
        if let Kind::Set(at) = &self.0 {
            at.fetch_add(by_ms, Ordering::Relaxed);
        }
    }

    /// Milliseconds since 1970-01-01 00:00 UTC; negative on a machine that believes to be older.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Kind::System { .. } => wall_ms(),
            Kind::Set(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Milliseconds since this clock was made: only ever rises, whatever is done to the time of day.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        match &self.0 {
            Kind::System { started } => u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            Kind::Set(at) => u64::try_from(at.load(Ordering::Relaxed)).unwrap_or(0),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_by_hand_and_with_all_its_copies() {
        let clock = Clock::standing_at(1_000);
        let copy = clock.clone();
        assert_eq!(copy.now_ms(), 1_000);
        clock.advance(500);
        assert_eq!(copy.now_ms(), 1_500);
    }

    #[test]
    fn the_systems_clock_is_past_the_day_this_was_written() {
        assert!(Clock::system().now_ms() > 1_700_000_000_000);
    }
}
