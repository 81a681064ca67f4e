//! Paper: what the centre prints, for the first time or again.
//!
//! Enter: rows of an open transaction, the settings, a language, the time. Leave: files by name, as PDF and, for
//! parcel labels, as ZPL too. What a document says comes from [`aisle_core::label::from_rows`], as on the terminal.
//! Never here: a change of a row, a printer, a word that is not in the table of `assets/lang/paper`.

mod practice;

use std::{
    fs,
    path::{Path, PathBuf},
};

use aisle_core::{
    id::Code,
    item::Item,
    label::{
        Dpi, FaceError, Faces, LayoutError, Sheet, Stamp, Words, WordsError,
        doc::{Paper, Stock, badge_pages},
        embedded,
        from_rows::{self, FromRowsError},
        pdf::{self, Meta, PdfError},
        zpl,
    },
    place::{Location, Site, Usage},
    task::{
        rows::Rows,
        state::{Cart, FulfilmentOrder, Manifest, Operator, Parcel, Tote},
    },
    time::Millis,
};
use jiff::{Timestamp, tz::TimeZone};

pub use practice::Pins;

use crate::{
    settings::Settings,
    store::{StoreError, Tx},
};

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// No such language, or a word missing in it.
    #[error("paper is not printed in this language")]
    Words(#[from] WordsError),
    /// A typeface in the program is damaged.
    #[error("a typeface in this program is damaged: install it anew")]
    Face(#[from] FaceError),
    /// A row cannot be printed.
    #[error(transparent)]
    Rows(#[from] FromRowsError),
    /// Something does not fit its paper.
    #[error("it does not fit its paper")]
    Layout(#[from] LayoutError),
    /// No PDF was made.
    #[error("no PDF could be made")]
    Pdf(#[from] PdfError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such thing.
    #[error("there is no {what} {name}")]
    Nothing {
        /// What was looked for.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The manifest is still open.
    #[error("manifest {0} is still open: close it, then print it")]
    Open(u32),
    /// A file could not be written.
    #[error("{file} cannot be written")]
    Write {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

/// What printing gives.
pub type Result<T> = std::result::Result<T, PaperError>;

/// A file that was made: its name without a folder, and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Everything that printing needs besides rows: typefaces, words, the site and its time.
pub struct Press {
    faces: Faces<'static>,
    words: Words,
    site: Site,
    zone: TimeZone,
    now: Millis,
}

impl Press {
    /// A press for the settings' site, in a language of the table.
    ///
    /// # Errors
    /// When the table has no such language.
    pub fn new(settings: &Settings, language: &str, now: Millis) -> Result<Self> {
        let zone = TimeZone::get(&settings.site.time_zone).unwrap_or(TimeZone::UTC);
        Ok(Self {
            faces: embedded::faces()?,
            words: embedded::words(language)?,
            site: settings.site_row(),
            zone,
            now,
        })
    }

    /// The badges of all operators who have a valid one, eight on a page.
    ///
    /// # Errors
    /// When the store fails or a badge cannot be printed.
    pub fn badges(&self, tx: &Tx<'_>) -> Result<Vec<Printed>> {
        let badges = tx
            .all::<Operator>()?
            .into_iter()
            .filter(|operator| operator.active)
            .map(|operator| Ok(from_rows::badge(&self.site, &operator, self.site.practice)?))
            .collect::<Result<Vec<_>>>()?;
        self.document("badges", badge_pages(&badges, &self.words)?)
    }

    /// The labels of pick faces and reserve in walking order, and of lanes and benches; one label a page, as label
    /// printers take them.
    ///
    /// # Errors
    /// When the store fails or a location's code cannot be printed.
    pub fn locations(&self, tx: &Tx<'_>) -> Result<Vec<Printed>> {
        let mut locations = tx.all::<Location>()?;
        locations.sort_by_key(|location| location.pick_sequence);
        let sheets = locations
            .iter()
            .filter(|location| is_labelled(location.usage))
            .map(|location| Ok(from_rows::location_label(location)?.sheet(&self.words)?))
            .collect::<Result<Vec<_>>>()?;
        self.document("locations", sheets)
    }

    /// The stickers of totes. They carry the tags of a cart's slots by turns: tote 1 has that of slot 1.
    ///
    /// # Errors
    /// When the store fails or a tote's code cannot be printed.
    pub fn totes(&self, tx: &Tx<'_>) -> Result<Vec<Printed>> {
        let slots = |cart: &Cart| u16::from(cart.columns) * u16::from(cart.shelves);
        let slots = tx.all::<Cart>()?.iter().map(slots).max().unwrap_or(1).max(1);
        let sheets = (0..slots)
            .cycle()
            .zip(tx.all::<Tote>()?)
            .map(|(slot, tote)| Ok(from_rows::tote_sticker(&tote.code, slot + 1)?.sheet(&self.words)?))
            .collect::<Result<Vec<_>>>()?;
        self.document("totes", sheets)
    }

    /// The labels of carts.
    ///
    /// # Errors
    /// When the store fails or a cart's code cannot be printed.
    pub fn carts(&self, tx: &Tx<'_>) -> Result<Vec<Printed>> {
        let label = |cart: &Cart| Ok(from_rows::cart_label(cart)?.sheet(&self.words)?);
        let sheets = tx.all::<Cart>()?.iter().map(label).collect::<Result<Vec<_>>>()?;
        self.document("carts", sheets)
    }

    /// The label of a parcel, as ZPL for 203 and 300 dots an inch and as PDF, and its packing slip.
    ///
    /// # Errors
    /// When there is no such parcel, or what its rows say cannot be printed.
    pub fn parcel(&self, tx: &Tx<'_>, sscc: &str) -> Result<Vec<Printed>> {
        let parcels = tx.all::<Parcel>()?;
        let bears = |parcel: &&Parcel| parcel.sscc.as_deref() == Some(sscc);
        let nothing = || PaperError::Nothing { what: "parcel", name: sscc.to_owned() };
        let parcel = parcels.iter().find(bears).ok_or_else(nothing)?;
        let order = self.order_of(tx, parcel)?;
        let label = from_rows::parcel_label(&self.site, &order, parcel)?;
        let label = vec![label.sheet(&self.words, &self.faces, Stock::A6)?];
        let mut printed = self.document(&format!("parcel-{sscc}"), label.clone())?;
        for dpi in [Dpi::D203, Dpi::D300] {
            let name = format!("parcel-{sscc}-{}.zpl", if dpi == Dpi::D203 { 203 } else { 300 });
            printed.push(Printed { name, bytes: zpl::of(&label, &self.faces, dpi, 1)?.into_bytes() });
        }
        let others: Vec<Parcel> =
            parcels.iter().filter(|other| other.fulfilment == order.id).cloned().collect();
        let item = |code: &Code<Item>| tx.fetch::<Item>(code).ok().flatten();
        let shipped = Some(self.stamp(self.now));
        let slip = from_rows::packing_slip(&self.site, &order, parcel, &others, &item, shipped);
        let slip = slip.sheets(&self.words, &self.faces, Paper::A4)?;
        printed.extend(self.document(&format!("slip-{sscc}"), slip)?);
        Ok(printed)
    }

    /// A closed manifest, its parcels by order and number.
    ///
    /// # Errors
    /// When there is no such manifest, when it is still open, or when one of its parcels cannot be printed.
    pub fn manifest(&self, tx: &Tx<'_>, number: u32) -> Result<Vec<Printed>> {
        let nothing = |what, name: String| PaperError::Nothing { what, name };
        let manifests = tx.all::<Manifest>()?;
        let manifest = manifests.iter().find(|manifest| manifest.number == number);
        let manifest = manifest.ok_or_else(|| nothing("manifest", number.to_string()))?;
        if !manifest.closed {
            return Err(PaperError::Open(number));
        }
        let mut parcels = Vec::with_capacity(manifest.parcels.len());
        for id in &manifest.parcels {
            let parcel = tx.fetch::<Parcel>(id)?.ok_or_else(|| nothing("parcel", id.to_string()))?;
            let order = self.order_of(tx, &parcel)?;
            parcels.push((parcel, order));
        }
        parcels.sort_by(|(a, of), (b, with)| (&of.number, a.number).cmp(&(&with.number, b.number)));
        let cut_off = manifest.due.map(|at| self.stamp(at));
        let doc = from_rows::manifest(&self.site, manifest, &parcels, cut_off, self.stamp(self.now))?;
        self.document(&format!("manifest-{number}"), doc.sheets(&self.words, &self.faces)?)
    }

    fn order_of(&self, tx: &Tx<'_>, parcel: &Parcel) -> Result<FulfilmentOrder> {
        tx.fetch::<FulfilmentOrder>(&parcel.fulfilment)?
            .ok_or_else(|| PaperError::Nothing { what: "order of parcel", name: parcel.id.to_string() })
    }

    /// A moment by the site's clock.
    fn stamp(&self, at: Millis) -> Stamp {
        let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let at = at.to_zoned_datetime(self.zone.clone());
        let small = |n: i8| u8::try_from(n).unwrap_or(0);
        Stamp {
            year: u16::try_from(at.year()).unwrap_or(0),
            month: small(at.month()),
            day: small(at.day()),
            hour: small(at.hour()),
            minute: small(at.minute()),
        }
    }

    /// Sheets as one PDF; no sheet, no file.
    fn document(&self, name: &str, sheets: Vec<Sheet>) -> Result<Vec<Printed>> {
        if sheets.is_empty() {
            return Ok(Vec::new());
        }
        let meta = Meta {
            title: format!("{} {name}", self.site.name),
            language: self.words.language().to_owned(),
            created: self.stamp(self.now),
        };
        let bytes = pdf::of(&sheets, &self.faces, &meta)?;
        Ok(vec![Printed { name: format!("{name}.pdf"), bytes }])
    }
}

/// Whether a label hangs at places of this use; the others are no place one can stand at.
const fn is_labelled(usage: Usage) -> bool {
    !matches!(usage, Usage::Supplier | Usage::Carrier | Usage::Customer | Usage::Loss)
}

/// Writes files into a folder, which is made when it is not there. Answers their paths.
///
/// # Errors
/// When the folder or a file cannot be written; the error says which.
pub fn write(printed: &[Printed], dir: &Path) -> Result<Vec<PathBuf>> {
    let failed = |path: &Path| {
        let file = path.display().to_string();
        |source| PaperError::Write { file, source }
    };
    fs::create_dir_all(dir).map_err(failed(dir))?;
    let mut paths = Vec::with_capacity(printed.len());
    for file in printed {
        let path = dir.join(&file.name);
        fs::write(&path, &file.bytes).map_err(failed(&path))?;
        paths.push(path);
    }
    Ok(paths)
}

#[cfg(test)]
mod tests;
