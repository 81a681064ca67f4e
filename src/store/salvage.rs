//! Pieces of a damaged journal on their way to the centre's quarantine.

use aisle_core::{
    id::Id,
    wire::{
        chain::Incarnation,
        v1::{Piece, SALVAGE_MAX_PIECES},
    },
};
use rusqlite::params;

use super::{
    error::StoreError,
    journal::{Journal, read_incarnation, unsigned},
};

/// The most digits of pieces sent at once: with the rest of the body they stay under the protocol's limit.
const SALVAGE_MAX_DIGITS: usize = 512 * 1024;

/// Pieces that wait, of one damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which life they were found in, where that can be told.
    pub life: Option<Incarnation>,
    /// What was wrong with the journal.
    pub why: String,
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// What names them to [`Journal::salvaged`].
    pub last: i64,
}

impl Journal {
    /// Pieces that the centre does not have yet, as many as may be sent at once; none when all are there.
    ///
    /// # Errors
    /// When the file fails.
    pub fn salvage(&self) -> Result<Option<Waiting>, StoreError> {
        let mut select = self
            .db()?
            .prepare_cached("SELECT no, why, life, seq, id, bytes FROM salvage ORDER BY no LIMIT ?1")?;
        let mut rows = select.query([i64::try_from(SALVAGE_MAX_PIECES).unwrap_or(i64::MAX)])?;
        let mut waiting: Option<Waiting> = None;
        let mut digits = 0;
        while let Some(row) = rows.next()? {
            let (no, why, life): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (seq, id, bytes): (i64, Vec<u8>, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
            let life = read_incarnation(&life);
            let first = || Waiting { life, why: why.clone(), pieces: Vec::new(), last: no };
            let known = waiting.get_or_insert_with(first);
            digits += bytes.len();
            let full = digits > SALVAGE_MAX_DIGITS && !known.pieces.is_empty();
            if full || known.life != life || known.why != why {
                break;
            }
            let id = <[u8; 16]>::try_from(id).ok().map(Id::from_bytes);
            known.pieces.push(Piece { seq: (seq > 0).then_some(unsigned(seq)), id, bytes });
            known.last = no;
        }
        Ok(waiting)
    }

    /// The centre has the pieces up to this one.
    ///
    /// # Errors
    /// When the file fails.
    pub fn salvaged(&mut self, last: i64) -> Result<(), StoreError> {
        self.db_mut()?.execute("DELETE FROM salvage WHERE no <= ?1", params![last])?;
        Ok(())
    }
}
