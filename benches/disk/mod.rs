//! The disk under a bench: what one fsync of one page costs, the floor under every commit.

use std::{fs::File, io::Write, path::Path, time::Instant};

/// A file that grows by a page at a time.
pub(crate) struct Pages(File);

impl Pages {
    /// A new file in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self(File::create(folder.join("pages")).expect("a file"))
    }

    /// Appends a page and waits for the disk; microseconds of the waiting alone.
    pub(crate) fn sync_us(&mut self) -> f64 {
        self.0.write_all(&[0; 4096]).expect("room on the disk");
        let started = Instant::now();
        self.0.sync_data().expect("a disk that syncs");
        started.elapsed().as_secs_f64() * 1e6
    }
}
