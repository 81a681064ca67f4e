//! Where this terminal keeps its files, and who it is.
//!
//! Folders are where the system says (`directories`), or under one folder that the command line names. The
//! enrolment, handed out by `aisle-oms enrol`, is one small TOML file; without it the terminal is a training
//! sandbox.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use aisle_core::{code::Sscc, wire::v1::Enrolment};

/// The folders of one terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The enrolment and settings.
    pub config: PathBuf,
    /// The journal and the cache.
    pub data: PathBuf,
    /// Logs.
    pub logs: PathBuf,
    /// Labels, slips and diagnostics written as files.
    pub out: PathBuf,
}

/// Why the terminal does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The system names no home folder.
    #[error("this system names no home folder: start with --home FOLDER")]
    Homeless,
    /// The file cannot be read or written.
    #[error("{file}: {source}")]
    File {
        /// Which.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The enrolment is no enrolment.
    #[error("{file} is no enrolment ({why}): ask for a new one with `aisle-oms enrol`")]
    Garbled {
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl Place {
    /// The folders the system gives this program, or all of them under `home`.
    ///
    /// # Errors
    /// [`PlaceError::Homeless`] when the system names none and no folder is given.
    pub fn find(home: Option<&Path>) -> Result<Self, PlaceError> {
        if let Some(home) = home {
            return Ok(Self {
                config: home.join("config"),
                data: home.join("data"),
                logs: home.join("logs"),
                out: home.join("out"),
            });
        }
        let dirs = directories::ProjectDirs::from("", "", "aisle").ok_or(PlaceError::Homeless)?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Ok(Self {
            config: dirs.config_dir().to_owned(),
            data: dirs.data_local_dir().join("terminal"),
            logs: state.join("logs"),
            out: dirs.data_local_dir().join("out"),
        })
    }

    /// The folder of the training sandbox, apart from real work.
    #[must_use]
    pub fn practice(&self) -> PathBuf {
        self.data.join("practice")
    }

    /// These folders, with the sandbox's data.
    #[must_use]
    pub fn for_practice(self) -> Self {
        let data = self.practice();
        Self { data, ..self }
    }

    /// The file of the enrolment.
    #[must_use]
    pub fn enrolment_file(&self) -> PathBuf {
        self.config.join("enrolment.toml")
    }

    /// Who this terminal is; none before it is enrolled.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, PlaceError> {
        let file = self.enrolment_file();
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PlaceError::File { file, source }),
        };
        let read: Enrolment = toml::from_str(&text)
            .map_err(|error| PlaceError::Garbled { file: file.clone(), why: error.message().to_owned() })?;
        if let Err(error) = Sscc::mint(&read.sscc_prefix, read.sscc_extension, read.sscc_first) {
            return Err(PlaceError::Garbled { file, why: error.to_string() });
        }
        Ok(Some(read))
    }

    /// Makes this terminal the one that the enrolment names. The file is replaced whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn enrol(&self, enrolment: &Enrolment) -> Result<(), PlaceError> {
        let file = self.enrolment_file();
        let failed = |source| PlaceError::File { file: file.clone(), source };
        fs::create_dir_all(&self.config).map_err(failed)?;
        let text = toml::to_string(enrolment)
            .map_err(|error| PlaceError::Garbled { file: file.clone(), why: error.to_string() })?;
        replace(&file, &text).map_err(failed)
    }
}

/// Writes a file whole or not at all: it is on the disk when this returns.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = fs::File::create(&beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_core::id::Code;

    fn enrolment() -> Enrolment {
        Enrolment {
            terminal: Code::parse("H1").unwrap(),
            token: "secret".into(),
            centre: "http://127.0.0.1:1".into(),
            sscc_prefix: "9521234".into(),
            sscc_extension: 0,
            sscc_first: 1,
            sscc_last: 999,
        }
    }

    #[test]
    fn an_enrolment_reads_back_and_its_absence_is_no_fault() {
        let home = tempfile::TempDir::new().unwrap();
        let place = Place::find(Some(home.path())).unwrap();
        assert_eq!(place.enrolment().unwrap(), None);
        place.enrol(&enrolment()).unwrap();
        assert_eq!(place.enrolment().unwrap(), Some(enrolment()));
    }

    #[test]
    fn a_garbled_enrolment_is_named_with_its_file() {
        let home = tempfile::TempDir::new().unwrap();
        let place = Place::find(Some(home.path())).unwrap();
        place.enrol(&enrolment()).unwrap();
        fs::write(place.enrolment_file(), "terminal = 7").unwrap();
        let told = place.enrolment().unwrap_err().to_string();
        assert!(told.contains("enrolment.toml") && told.contains("aisle-oms enrol"), "{told}");
        place.enrol(&Enrolment { sscc_prefix: "no digits".into(), ..enrolment() }).unwrap();
        assert!(matches!(place.enrolment(), Err(PlaceError::Garbled { .. })));
    }
}
