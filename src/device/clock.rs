//! The system's clock: the one place of the terminal's library that reads it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// A source of the time: the system's, or one that a test sets.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System { began: Instant, at_ms: i64 },
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock, read once: from then on time runs evenly, whatever is done to the wall clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the room that reads the clock")]
    pub fn system() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let at_ms = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Self(Source::System { began: Instant::now(), at_ms })
    }

    /// A clock that stands until it is set.
    #[must_use]
    pub fn set_at(ms: i64) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(ms))))
    }

    /// Sets a clock made by [`Clock::set_at`]; the system's goes on.
    pub fn set(&self, ms: i64) {
        if let Source::Set(at) = &self.0 {
            at.store(ms, Ordering::SeqCst);
        }
    }

    /// Milliseconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System { began, at_ms } => {
                at_ms.saturating_add(i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX))
            }
            Source::Set(at) => at.load(Ordering::SeqCst),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({} ms)", self.now_ms())
    }
}
