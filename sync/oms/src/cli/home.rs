//! Where the centre keeps its files, and how a command works on them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use aisle_core::{id::Mint, task::rows::Rows, time::Millis};
use aisle_oms::{
    context::Context,
    settings::Settings,
    stock::sellable,
    store::{Result, Store, StoreError, Tx, sqlite::Sqlite},
};
use anyhow::Context as _;

/// Who the centre's own terminal and person are.
pub(crate) const CENTRE: &str = "CENTRE";

/// The centre's files and settings.
pub(crate) struct Home {
    pub(crate) settings_file: PathBuf,
    pub(crate) database: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) now: fn() -> Millis,
}

impl Home {
    /// Finds the files: under one folder, or where the system says.
    pub(crate) fn find(home: Option<&Path>, now: fn() -> Millis) -> anyhow::Result<Self> {
        let (config, data) = match home {
            Some(home) => (home.to_owned(), home.to_owned()),
            None => {
                let dirs = directories::ProjectDirs::from("", "", "aisle")
                    .context("this system names no home folder: use --home FOLDER")?;
                (dirs.config_dir().to_owned(), dirs.data_local_dir().join("centre"))
            }
        };
        let settings_file = config.join("aisle-oms.toml");
        let settings = read_settings(&settings_file)?;
        Ok(Self { settings_file, database: data.join("centre.db"), settings, now })
    }

    /// Opens the database and brings the settings into force.
    pub(crate) fn open(&self) -> anyhow::Result<Sqlite> {
        if let Some(folder) = self.database.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let mut entropy = [0u8; 16];
        getrandom::fill(&mut entropy).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        let mut store = Sqlite::open(&self.database, entropy)
            .with_context(|| format!("cannot open {}", self.database.display()))?;
        let mut mint = mint()?;
        store.transact(|tx| {
            let context = Context { now: (self.now)(), settings: &self.settings, mint: &mut mint };
            tx.keep(self.settings.site_row())?;
            sellable::keep_back(tx, &context)
        })?;
        Ok(store)
    }

    /// Opens the database for a command. A centre may run beside it, and back the database up.
    pub(crate) fn open_beside(&self) -> anyhow::Result<Sqlite> {
        let store = self.open()?;
        store.leave_the_log()?;
        Ok(store)
    }

    /// Runs one business operation in a transaction of its own.
    pub(crate) fn act<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> Result<T>,
    ) -> anyhow::Result<T> {
        let mut store = self.open_beside()?;
        let mut mint = mint()?;
        let done = store.transact(|tx| {
            work(tx, &mut Context { now: (self.now)(), settings: &self.settings, mint: &mut mint })
        });
        done.map_err(|error: StoreError| error.into())
    }
}

/// A mint over the system's randomness.
pub(crate) fn mint() -> anyhow::Result<Mint> {
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(Mint::new(seed))
}

/// Reads a settings file; one that is not there is all defaults.
fn read_settings(file: &Path) -> anyhow::Result<Settings> {
    match fs::read_to_string(file) {
        Ok(text) => Settings::read(&text).with_context(|| format!("{} is wrong", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Reads a file, naming it when that fails.
pub(crate) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Writes a file, naming it when that fails.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

/// Writes a file that only its owner may read.
pub(crate) fn write_secret(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).with_context(|| format!("cannot write {}", file.display()))?;
    opened.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))
}
