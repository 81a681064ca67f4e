//! What each scanner of this terminal sent for the setup symbol: one small file beside the enrolment.
//!
//! The scan itself is kept, not what was learned of it: a program that learns better learns from the same scan
//! again. A file that does not read, or a line of it that teaches nothing, leaves its scanner as it came.

use std::{collections::BTreeMap, fs, io, path::Path, path::PathBuf};

use super::place::replace;
use crate::scan::{Source, profile::Profile, scanners::Scanners};

/// The scans of the setup symbol, by source.
#[derive(Debug)]
pub struct Setups {
    file: PathBuf,
    arrived: BTreeMap<String, String>,
}

impl Setups {
    /// Reads what was kept in this folder.
    #[must_use]
    pub fn open(config: &Path) -> Self {
        let file = config.join("scanners.toml");
        let arrived = match fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).unwrap_or_else(|error: toml::de::Error| {
                tracing::error!(file = %file.display(), why = error.message(), "no scanner's setup is read");
                BTreeMap::new()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => {
                tracing::error!(file = %file.display(), %error, "no scanner's setup is read");
                BTreeMap::new()
            }
        };
        Self { file, arrived }
    }

    /// What the scans teach.
    #[must_use]
    pub fn scanners(&self) -> Scanners {
        let mut scanners = Scanners::default();
        for (word, arrived) in &self.arrived {
            match (Source::of_word(word), Profile::learn(arrived.as_bytes())) {
                (Some(source), Ok(profile)) => scanners.learn(source, profile),
                _ => tracing::error!(scanner = word, "its setup teaches nothing"),
            }
        }
        scanners
    }

    /// Keeps what a source sent, or forgets it. The file is replaced whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written; then everything is as before.
    pub fn keep(&mut self, source: Source, arrived: Option<&str>) -> io::Result<()> {
        let mut changed = self.arrived.clone();
        match arrived {
            Some(arrived) => changed.insert(source.word(), arrived.to_owned()),
            None => changed.remove(&source.word()),
        };
        if changed == self.arrived {
            return Ok(());
        }
        let text = toml::to_string(&changed).map_err(io::Error::other)?;
        self.file.parent().map_or(Ok(()), fs::create_dir_all)?;
        replace(&self.file, &text)?;
        self.arrived = changed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_core::code::setup;

    #[test]
    fn a_setup_is_known_after_a_start_until_it_is_forgotten() {
        let home = tempfile::TempDir::new().unwrap();
        let config = home.path().join("config");
        let (wedge, serial) = (Source::Wedge(0), Source::Serial(1));
        let mut setups = Setups::open(&config);
        assert_eq!(setups.scanners(), Scanners::default());
        let arrived = format!("S1{}\u{1b}", setup::content().replace('\u{1d}', "\u{f70b}"));
        setups.keep(wedge, Some(&arrived)).unwrap();
        setups.keep(serial, Some(&setup::content())).unwrap();
        let scanners = Setups::open(&config).scanners();
        assert_eq!(scanners.of(wedge).around(), ("S1", "\u{1b}"));
        assert_eq!(scanners.of(wedge).separator(), "\u{f70b}");
        assert_eq!(scanners.of(serial).around(), ("", ""));
        Setups::open(&config).keep(wedge, None).unwrap();
        assert_eq!(Setups::open(&config).scanners().of(wedge), &Profile::bytes());
    }

    #[test]
    fn a_file_that_does_not_read_leaves_every_scanner_as_it_came() {
        let home = tempfile::TempDir::new().unwrap();
        let file = home.path().join("scanners.toml");
        for text in ["wedge-0 = 7", "\"wedge-0\" = \"nothing\"", "mouse-0 = \"x\"", "\u{0}"] {
            fs::write(&file, text).unwrap();
            assert_eq!(Setups::open(home.path()).scanners(), Scanners::default(), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_not_known() {
        let home = tempfile::TempDir::new().unwrap();
        let file = home.path().join("no folder");
        fs::write(&file, "").unwrap();
        let mut setups = Setups::open(&file);
        assert!(setups.keep(Source::Wedge(0), Some(&setup::content())).is_err());
        assert_eq!(setups.scanners(), Scanners::default());
    }
}
