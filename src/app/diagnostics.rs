//! The bundle that support asks for: logs, counters, the journal's state; no PIN, no token, no address.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

use aisle_core::time::Millis;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{files::Files, place::Place};

/// Writes the bundle and names it.
///
/// # Errors
/// When a file cannot be read or written.
pub fn bundle(place: &Place, files: &Files, now: Millis) -> io::Result<PathBuf> {
    fs::create_dir_all(&place.out)?;
    let file = place.out.join(format!("aisle-diagnostics-{}.zip", now.0));
    let mut zip = ZipWriter::new(File::create(&file)?);
    let options = SimpleFileOptions::default();
    zip.start_file("about.txt", options)?;
    zip.write_all(about(files).as_bytes())?;
    if let Ok(logs) = fs::read_dir(&place.logs) {
        for log in logs.flatten().filter(|log| log.path().is_file()) {
            zip.start_file(format!("logs/{}", log.file_name().to_string_lossy()), options)?;
            io::copy(&mut File::open(log.path())?, &mut zip)?;
        }
    }
    zip.finish()?.sync_all()?;
    Ok(file)
}

fn about(files: &Files) -> String {
    let store = files.read();
    let journal = &store.journal;
    let feed = store.view.position();
    format!(
        "aisle {}\nsqlite {}\nterminal {}\nincarnation {}\nlast_seq {}\napplied_hi {}\nsafe_hi {}\nbase {}\nunsent {}\nmended {:?}\nfeed {feed:?}\n",
        env!("CARGO_PKG_VERSION"),
        rusqlite::version(),
        journal.terminal(),
        journal.incarnation(),
        journal.last_seq(),
        journal.heard().applied_hi,
        journal.heard().safe_hi,
        journal.base(),
        journal.unsent(),
        store.mended,
    )
}
