//! Paper: labels and slips as files beside the data, for the printer's spool or for people.
//!
//! What is printed is made from rows alone, so that a reprint says what the first print said.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use aisle_core::{
    id::Id,
    label::{
        Dpi, FaceError, Faces, LayoutError, Stamp, WordsError,
        doc::Stock,
        embedded,
        from_rows::{self, FromRowsError},
        zpl,
    },
    place::Site,
    task::{
        rows::Floor,
        state::{FulfilmentOrder, Manifest, Parcel},
    },
    time::Millis,
};

use super::{files::Files, local};
use crate::floor::Catalogue;

/// Where printed files go.
#[derive(Debug, Clone)]
pub struct Printer {
    folder: PathBuf,
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The rows do not say enough.
    #[error(transparent)]
    Rows(#[from] FromRowsError),
    /// Something does not fit the paper.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A font cannot be read.
    #[error(transparent)]
    Font(#[from] FaceError),
    /// The words cannot be read.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// The file cannot be written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// A row is not on the floor.
    #[error("{0} is not known on this terminal")]
    Unknown(&'static str),
    /// The document cannot be made.
    #[error("{0}")]
    Pdf(String),
}

impl Printer {
    /// Prints into this folder, which is made when it is first needed.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Writes a file whole or not at all.
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.folder)?;
        let file = self.folder.join(name);
        let beside = self.folder.join(format!("{name}.part"));
        let mut part = fs::File::create(&beside)?;
        part.write_all(bytes)?;
        part.sync_all()?;
        fs::rename(&beside, &file)?;
        Ok(file)
    }
}

/// Prints the label (ZPL, and PDF where this build makes it) and the packing slip of a sealed parcel.
///
/// # Errors
/// See [`PrintError`].
pub fn parcel(
    printer: &Printer,
    rows: &Floor,
    files: &Files,
    parcel: Id<Parcel>,
    now: Millis,
) -> Result<Vec<PathBuf>, PrintError> {
    let parcel = rows.find::<Parcel>(&parcel).ok_or(PrintError::Unknown("the parcel"))?;
    let order = rows.find::<FulfilmentOrder>(&parcel.fulfilment).ok_or(PrintError::Unknown("the order"))?;
    let site = site(rows)?;
    let others: Vec<Parcel> =
        order.parcels.iter().filter_map(|id| rows.find::<Parcel>(id)).cloned().collect();
    let (faces, words) = (embedded::faces()?, embedded::words("en")?);
    let label = from_rows::parcel_label(site, order, parcel)?.sheet(&words, &faces, Stock::A6)?;
    let stamp = local::stamp(site, now);
    let slip = from_rows::packing_slip(site, order, parcel, &others, &|code| files.item(code), Some(stamp));
    let sscc = parcel.sscc.as_deref().unwrap_or("unsealed");
    let zpl = zpl::of(std::slice::from_ref(&label), &faces, Dpi::D203, 1)?;
    let mut written = vec![printer.put(&format!("label-{sscc}.zpl"), zpl.as_bytes())?];
    let slip = slip.sheets(&words, &faces, aisle_core::label::doc::Paper::A4)?;
    written.extend(pdf(printer, &format!("label-{sscc}.pdf"), &[label], &faces, stamp)?);
    written.extend(pdf(printer, &format!("slip-{sscc}.pdf"), &slip, &faces, stamp)?);
    Ok(written)
}

/// Prints the list that a driver signs.
///
/// # Errors
/// See [`PrintError`].
pub fn manifest(
    printer: &Printer,
    rows: &Floor,
    manifest: Id<Manifest>,
    now: Millis,
) -> Result<Vec<PathBuf>, PrintError> {
    let manifest = rows.find::<Manifest>(&manifest).ok_or(PrintError::Unknown("the manifest"))?;
    let site = site(rows)?;
    let parcels: Vec<(Parcel, FulfilmentOrder)> = manifest
        .parcels
        .iter()
        .filter_map(|id| rows.find::<Parcel>(id))
        .filter_map(|p| Some((p.clone(), rows.find::<FulfilmentOrder>(&p.fulfilment)?.clone())))
        .collect();
    let stamp = local::stamp(site, now);
    let due = manifest.due.map(|due| local::stamp(site, due));
    let (faces, words) = (embedded::faces()?, embedded::words("en")?);
    let doc = from_rows::manifest(site, manifest, &parcels, due, stamp)?;
    let sheets = doc.sheets(&words, &faces)?;
    pdf(printer, &format!("manifest-{}.pdf", manifest.number), &sheets, &faces, stamp)
}

fn site(rows: &Floor) -> Result<&Site, PrintError> {
    rows.all::<Site>().next().ok_or(PrintError::Unknown("the site"))
}

#[cfg(feature = "pdf")]
fn pdf(
    printer: &Printer,
    name: &str,
    sheets: &[aisle_core::label::Sheet],
    faces: &Faces<'_>,
    created: Stamp,
) -> Result<Vec<PathBuf>, PrintError> {
    use aisle_core::label::pdf;
    let meta = pdf::Meta { title: name.to_owned(), language: "en".to_owned(), created };
    let bytes = pdf::of(sheets, faces, &meta).map_err(|error| PrintError::Pdf(error.to_string()))?;
    Ok(vec![printer.put(name, &bytes)?])
}

#[cfg(not(feature = "pdf"))]
#[expect(clippy::unnecessary_wraps, reason = "the build that makes PDF can fail")]
fn pdf(
    _: &Printer,
    _: &str,
    _: &[aisle_core::label::Sheet],
    _: &Faces<'_>,
    _: Stamp,
) -> Result<Vec<PathBuf>, PrintError> {
    Ok(Vec::new())
}
