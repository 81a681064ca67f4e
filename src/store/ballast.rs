//! The ballast: a file beside the journal that takes up space, so that there is some to give back.
//!
//! When the disk is full it is let go of, and what is under way can be finished and recorded. It is made anew once
//! twice as much fits: one that took the last of the space would be the fault that it stands by for.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use aisle_core::id::Mint;

use super::if_there;

/// Space for the rest of a shift, in bytes: the journal's log may take half of it before it begins anew, and what is
/// left holds some 8,000 operations.
pub const BALLAST_BYTES: u64 = 8 << 20;

/// Noise that is written again and again: longer than what a disk compresses at once, in bytes.
const NOISE_BYTES: usize = 1 << 20;

/// The file that takes up space.
#[derive(Debug)]
pub(super) struct Ballast {
    file: PathBuf,
    bytes: u64,
    held: bool,
}

impl Ballast {
    /// Finds the ballast in a folder, or makes it where there is room.
    pub(super) fn keep(folder: &Path, bytes: u64) -> Self {
        let file = folder.join("ballast");
        let held = fs::metadata(&file).is_ok_and(|there| there.len() >= bytes);
        let mut ballast = Self { file, bytes, held };
        ballast.renew();
        ballast
    }

    /// Whether it takes up its space.
    pub(super) const fn is_held(&self) -> bool {
        self.held
    }

    /// Gives the space back. Tells whether there was any to give.
    pub(super) fn release(&mut self) -> bool {
        if let Err(error) = if_there(fs::remove_file(&self.file)) {
            tracing::error!(%error, "the ballast cannot be let go of");
            return false;
        }
        std::mem::take(&mut self.held)
    }

    /// Takes the space up again, when twice as much is there. Tells whether it is taken up.
    pub(super) fn renew(&mut self) -> bool {
        if self.held {
            return true;
        }
        let fresh = self.file.with_extension("new");
        match self.fill(&fresh).and_then(|()| fs::rename(&fresh, &self.file)) {
            Ok(()) => self.held = true,
            Err(error) => {
                tracing::warn!(%error, "there is no room for the ballast");
                if let Err(error) = if_there(fs::remove_file(&fresh)) {
                    tracing::error!(%error, "what was written of the ballast stays");
                }
            }
        }
        self.held
    }

    /// Writes twice the size and gives half of it back. What is written cannot be made smaller by a disk that
    /// compresses, and is on it when this returns.
    fn fill(&self, fresh: &Path) -> io::Result<()> {
        let mut noise = Mint::new([7; 32]);
        let block: Vec<u8> = (0..NOISE_BYTES / 8).flat_map(|_| noise.bits().to_le_bytes()).collect();
        let mut file = File::create(fresh)?;
        let mut left = self.bytes.saturating_mul(2);
        while left > 0 {
            let most = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
            file.write_all(&block[..most])?;
            left -= most as u64;
        }
        file.sync_all()?;
        file.set_len(self.bytes)?;
        file.sync_all()
    }
}
