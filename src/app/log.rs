//! A log that cannot fill the disk: two files, each of at most [`FILE_MAX_BYTES`].

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// When the log grows beyond this, it becomes the old one and a new one begins.
pub const FILE_MAX_BYTES: u64 = 2 * 1024 * 1024;

/// A writer that keeps the newest two files' worth.
pub struct Log {
    folder: PathBuf,
    open: Mutex<(File, u64)>,
}

impl Log {
    /// Goes on with the log in this folder, which is made when it is missing.
    ///
    /// # Errors
    /// When the folder or file cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = OpenOptions::new().create(true).append(true).open(folder.join("aisle.log"))?;
        let size = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), open: Mutex::new((file, size)) })
    }

    fn put(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.1 > 0 && open.1 + bytes.len() as u64 > FILE_MAX_BYTES {
            let (now, old) = (self.folder.join("aisle.log"), self.folder.join("aisle.old.log"));
            fs::rename(&now, old)?;
            *open = (File::create(now)?, 0);
        }
        open.0.write_all(bytes)?;
        open.1 += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_never_grows_beyond_its_two_files() {
        let home = tempfile::TempDir::new().unwrap();
        let log = Log::open(home.path()).unwrap();
        let line = vec![b'x'; 300_000];
        for _ in 0..30 {
            (&log).write_all(&line).unwrap();
        }
        let sizes: Vec<u64> =
            fs::read_dir(home.path()).unwrap().map(|f| f.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), 2);
        assert!(sizes.iter().all(|size| *size <= FILE_MAX_BYTES && *size > 0), "{sizes:?}");
    }
}
