//! What comes in: raw scans, keys, readings, and what the centre says, in one queue in the order it came.
//!
//! Nothing here looks at what is on the screen: a scan is never lost to a focus, a dialog or a redraw.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aisle_core::{
    id::Id,
    task::{op::Op, state::Parcel},
    wire::v1::RequestVerdict,
};

use crate::{floor::Key, scan::Scan};

/// The most inputs that may wait: ten minutes at twenty scans a second. A queue this long means that the
/// turn stands still, and a scan then is refused aloud, never dropped in silence.
pub const INPUTS_MAX: usize = 12_000;

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Bytes as a scanner gave them, from where, and when.
    Scan(Scan),
    /// A key, from a keypad or a tap.
    Key(Key),
    /// The scale settled, in grams.
    Weighed(u32),
    /// A label came out.
    Printed(Id<Parcel>),
    /// The centre's rows changed.
    Fed,
    /// The centre answered a request.
    Verdict(Id<Op>, RequestVerdict),
    /// Time went by.
    Tick,
    /// The program ends.
    Stop,
}

/// The queue is full: what came last was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{INPUTS_MAX} inputs wait already; scan again in a moment")]
pub struct Full;

/// Inputs in the order they came, from any thread to the one that turns.
#[derive(Default)]
pub struct Inputs {
    waiting: Mutex<VecDeque<Input>>,
    came: Condvar,
}

impl Inputs {
    /// Adds one at the end.
    ///
    /// # Errors
    /// [`Full`] when too many wait; nothing that waits is lost.
    pub fn push(&self, input: Input) -> Result<(), Full> {
        let mut waiting = self.lock();
        if waiting.len() >= INPUTS_MAX && input != Input::Stop {
            return Err(Full);
        }
        waiting.push_back(input);
        drop(waiting);
        self.came.notify_one();
        Ok(())
    }

    /// Takes the oldest, waiting for one at most so long.
    pub fn next(&self, patience: Duration) -> Option<Input> {
        let waiting = self.lock();
        let (mut waiting, _) = self
            .came
            .wait_timeout_while(waiting, patience, |waiting| waiting.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.pop_front()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Input>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs").field("waiting", &self.waiting()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Source;

    fn scan(raw: &str) -> Input {
        Input::Scan(Scan::new(raw, Source::Serial(0), 0))
    }

    #[test]
    fn inputs_come_out_in_the_order_they_went_in() {
        let inputs = Inputs::default();
        for raw in ["1", "2", "3"] {
            inputs.push(scan(raw)).unwrap();
        }
        let taken: Vec<_> = (0..3).filter_map(|_| inputs.next(Duration::ZERO)).collect();
        assert_eq!(taken, ["1", "2", "3"].map(scan));
        assert_eq!(inputs.next(Duration::ZERO), None);
    }

    #[test]
    fn a_full_queue_says_so_and_keeps_what_waits() {
        let inputs = Inputs::default();
        for _ in 0..INPUTS_MAX {
            inputs.push(Input::Tick).unwrap();
        }
        assert_eq!(inputs.push(Input::Tick), Err(Full));
        assert_eq!(inputs.push(Input::Stop), Ok(()));
        assert_eq!(inputs.waiting(), INPUTS_MAX + 1);
    }
}
