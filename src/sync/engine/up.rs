//! The way up: one batch in flight, as large as the line takes; what an ack means.

use aisle_core::{
    canary,
    time::Millis,
    wire::v1::{Ack, BATCH_MAX_OPS, Batch, Disk, Salvage, Salvaged, Stop, VERSION},
};

use super::{Effect, Engine, Lane, NetError, Trouble, wait};
use crate::store::{Store, StoreError};

/// The most operation bytes in a batch before compression; the centre's body limit is 1 MiB.
const BATCH_MAX_BYTES: usize = 256 * 1024;
/// The first batch, and by how much a batch grows after one that was answered soon, in operations.
const BATCH_STEP_OPS: usize = 50;
/// What "soon" is, in milliseconds.
const SOON_MS: i64 = 1_000;
/// How often what may be let go of is looked for, in milliseconds.
const PRUNE_EVERY_MS: i64 = 600_000;

/// After how long pieces that the centre did not take are tried again, in milliseconds.
const SALVAGE_AGAIN_MS: i64 = 600_000;

/// The upload lane.
#[derive(Debug)]
pub(super) struct Up {
    pub(super) lane: Lane,
    pub(super) failures: u32,
    /// The most operations in the next batch: grows by a step, halves when the line does not take it.
    size: usize,
    /// The first operation and how many of the batch that is out, and since when.
    sent: (u64, usize, Millis),
    /// The centre knows another history of this journal: a new life begins once no batch is out.
    forked: bool,
    /// The batch that is out was sent before the centre was known to be restored: its answer says nothing.
    outdated: bool,
    /// The batch that is out tells that rows here were not the centre's.
    tells_desync: bool,
    /// Rows are refused: how far the centre is can only be learned from its answer to a batch, even of nothing.
    asks: bool,
    pruned_at: Option<Millis>,
    /// The last of the pieces that are out, and when pieces that were not taken may be tried again.
    salvage: (i64, Millis),
}

impl Up {
    pub(super) const fn new() -> Self {
        Self {
            lane: Lane::Idle,
            failures: 0,
            size: BATCH_STEP_OPS,
            sent: (0, 0, Millis(0)),
            forked: false,
            outdated: false,
            tells_desync: false,
            asks: false,
            pruned_at: None,
            salvage: (0, Millis(0)),
        }
    }

    /// Marks that the centre knows another history of this journal than lies here.
    pub(super) const fn fork(&mut self) {
        self.forked = true;
    }

    /// Marks that the centre refuses its rows.
    pub(super) fn ask(&mut self) {
        self.asks = !canary::sings("refused_not_asked");
    }

    /// Marks that the answer to what is out, if anything is, came from another life of the centre.
    pub(super) fn outdate(&mut self) {
        self.outdated = self.lane == Lane::Waiting;
    }
}

impl Engine {
    /// Sends what is due, or uses the quiet.
    pub(super) fn go_up(
        &mut self,
        now: Millis,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        if self.up.forked && self.up.lane != Lane::Waiting && !canary::sings("fork_ignored") {
            self.begin_life(now, store, effects)?;
        }
        if !self.up.lane.is_due(now) {
            effects.extend(self.up.lane.until().map(Effect::WakeAt));
            return Ok(());
        }
        let batch = self.batch(now, store)?;
        if let Some(batch) = batch {
            let next = store.journal.heard().applied_hi + 1;
            self.up.sent = (batch.ops.first().map_or(next, |op| op.seq), batch.ops.len(), now);
            self.up.lane = Lane::Waiting;
            self.up.asks = false;
            self.up.tells_desync = batch.desynced;
            effects.push(Effect::Upload(batch));
            return Ok(());
        }
        if now >= self.up.salvage.1
            && let Some(waiting) = store.journal.salvage()?
        {
            self.up.salvage.0 = waiting.last;
            self.up.lane = Lane::Waiting;
            effects.push(Effect::Salvage(Salvage {
                proto: VERSION,
                app: self.app.clone(),
                terminal: store.journal.terminal().clone(),
                incarnation: waiting.life,
                why: waiting.why,
                pieces: waiting.pieces,
            }));
            return Ok(());
        }
        self.up.lane = Lane::Idle;
        if self.up.pruned_at.is_none_or(|at| now.0 >= at.0 + PRUNE_EVERY_MS || now < at) {
            let all = store.prune(now)?;
            self.up.pruned_at = all.then_some(now);
        }
        Ok(())
    }

    fn batch(&self, now: Millis, store: &Store) -> Result<Option<Batch>, StoreError> {
        let journal = &store.journal;
        let from = journal.heard().applied_hi.max(journal.base()).min(journal.last_seq());
        if from >= journal.last_seq() && !self.up.asks {
            return Ok(None);
        }
        let mut ops = journal.ops_after(from, self.up.size.min(BATCH_MAX_OPS))?;
        let mut bytes = 0;
        let fits = ops.iter().take_while(|op| {
            bytes += op.body.get().len() + 200;
            bytes <= BATCH_MAX_BYTES
        });
        let fits = fits.count().max(1);
        ops.truncate(fits);
        let Some(before) = journal.link_at(from)? else { return Err(StoreError::Damaged { seq: from }) };
        let last = from + ops.len() as u64;
        Ok(Some(Batch {
            proto: VERSION,
            app: self.app.clone(),
            terminal: journal.terminal().clone(),
            incarnation: journal.incarnation(),
            before,
            ops,
            pending: journal.last_seq() - last,
            sent_at: now,
            battery: self.battery,
            desynced: self.desynced,
            disk: store.is_full().then_some(Disk::Full),
        }))
    }

    pub(super) fn uploaded(
        &mut self,
        now: Millis,
        answer: Result<Ack, NetError>,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        let outdated = std::mem::take(&mut self.up.outdated);
        let ack = match answer {
            Ok(_) if outdated => {
                self.up.lane = Lane::Idle;
                return Ok(());
            }
            Ok(ack) => ack,
            Err(error) => {
                if matches!(error, NetError::Unreachable(_) | NetError::Busy { .. }) {
                    self.up.size = (self.up.size / 2).max(1);
                }
                self.up.failures = self.up.failures.saturating_add(1);
                self.up.lane = Lane::Until(self.after(now, self.up.failures, &error));
                self.failed(&error);
                return Ok(());
            }
        };
        self.heard(now);
        if ack.stop.is_none() && std::mem::take(&mut self.up.tells_desync) {
            self.desynced = false;
        }
        let before = store.journal.heard();
        // What it has beyond this batch it took from a longer one, whose answer was lost with its verdicts: they
        // are asked for again.
        let (first, count, _) = self.up.sent;
        let beyond = ack.applied_hi > store.journal.last_seq();
        let ack = Ack { applied_hi: ack.applied_hi.min((first + count as u64).saturating_sub(1)), ..ack };
        let fresh = store.journal.record_ack(&ack, now)?;
        if count == 0 && before.centre.is_some_and(|centre| centre != ack.centre) {
            // It was restored: from what was safe on, its verdicts are asked for.
            store.journal.rewind(ack.applied_hi.min(before.safe_hi))?;
        }
        if !fresh.is_empty() {
            effects.push(Effect::Answered(fresh));
        }
        match ack.stop {
            Some(Stop::Fork { .. }) => self.up.forked = true,
            // It has more of this journal than lies here: an older copy was put in the file's place.
            _ if beyond => self.up.forked = true,
            Some(Stop::Gap { expected }) => return self.gap(now, expected, store),
            Some(Stop::Retry { after_ms }) => {
                self.up.lane = Lane::Until(self.slot(now, after_ms));
                return Ok(());
            }
            None if store.journal.heard() == before && store.journal.unsent() > 0 => {
                // An answer that moves nothing must not be asked for again in a tight loop.
                self.up_again(now);
                return Ok(());
            }
            None => self.went_well(now),
        }
        self.up.lane = Lane::Idle;
        Ok(())
    }

    pub(super) fn salvaged(
        &mut self,
        now: Millis,
        answer: Result<Salvaged, NetError>,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        match answer {
            Ok(_) => {
                self.heard(now);
                store.journal.salvaged(self.up.salvage.0)?;
                self.up.failures = 0;
                self.up.lane = Lane::Idle;
            }
            Err(error @ (NetError::Garbled(_) | NetError::SnapshotRequired)) => {
                // A centre that knows no quarantine takes operations all the same: they must not wait for it.
                tracing::warn!(%error, "what was left of a damaged journal is not taken");
                self.up.salvage.1 = now.plus(SALVAGE_AGAIN_MS);
                self.up.lane = Lane::Idle;
            }
            Err(error) => {
                self.up.failures = self.up.failures.saturating_add(1);
                self.up.lane = Lane::Until(self.after(now, self.up.failures, &error));
                self.failed(&error);
            }
        }
        Ok(())
    }

    /// The centre took the batch whole.
    fn went_well(&mut self, now: Millis) {
        let (_, count, since) = self.up.sent;
        if now.0 - since.0 < SOON_MS && count >= self.up.size {
            self.up.size = (self.up.size + BATCH_STEP_OPS).min(BATCH_MAX_OPS);
        }
        self.up.failures = 0;
        if matches!(self.status.trouble, Some(Trouble::Fork | Trouble::Missing)) {
            self.status.trouble = None;
        }
    }

    /// The centre needs earlier operations than it was sent: it was restored from an older copy.
    fn gap(&mut self, now: Millis, expected: u64, store: &mut Store) -> Result<(), StoreError> {
        if expected > store.journal.last_seq() + 1 {
            self.up.forked = true;
            self.up.lane = Lane::Idle;
            return Ok(());
        }
        if expected <= store.journal.base() {
            self.status.trouble = Some(Trouble::Missing);
            self.up_again(now);
            return Ok(());
        }
        let earlier = expected < self.up.sent.0;
        if earlier {
            store.journal.rewind(expected - 1)?;
        }
        if earlier && self.up.failures == 0 {
            self.up.failures = 1;
            self.up.lane = Lane::Idle;
        } else {
            self.up_again(now);
        }
        Ok(())
    }

    /// Begins a new life of the journal, in which all that the centre may miss is sent once more.
    fn begin_life(
        &mut self,
        now: Millis,
        store: &mut Store,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        if store.journal.begin_life(now, &mut self.mint.0)? {
            effects.push(Effect::RowsChanged);
            self.up.lane = Lane::Idle;
        } else {
            // A centre that has taken nothing of a new life and calls it forked would have one without end.
            self.status.trouble = Some(Trouble::Fork);
            self.up_again(now);
        }
        self.up.forked = false;
        Ok(())
    }

    pub(super) fn up_again(&mut self, now: Millis) {
        self.up.failures = self.up.failures.saturating_add(1);
        self.up.lane = Lane::Until(now.plus(wait(self.up.failures, &mut self.mint.0)));
    }
}
