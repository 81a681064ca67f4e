//! Labels and documents: what is printed, as data; then as ZPL, pixels or PDF.
//!
//! Enter: plain structs from [`doc`] (or rows, by [`from_rows`]) and the words of one language ([`words`]). Leave: bytes for a printer
//! or a file. Everything goes one way:
//!
//! ```text
//! doc → Sheet (hundredths of a millimetre) → lay_out(faces, dpi) → Page (dots) → zpl | raster | pdf
//!                                 in one step: zpl::of, raster::of, pdf::of
//! ```
//!
//! Nothing here opens a file, knows the date, or talks to a printer; what cannot be read when printed is
//! refused, not printed.

pub mod doc;
pub mod embedded;
pub mod face;
pub mod fit;
pub mod from_rows;
pub mod layout;
pub mod measure;
pub mod pattern;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod raster;
pub mod symbol;
pub mod words;
pub mod zpl;

mod graphic;
mod outline;
mod picture;
#[cfg(test)]
mod tests;

pub use face::{FaceError, FaceFiles, Faces, Weight};
pub use layout::{LayoutError, Page, Sheet};
pub use measure::{Area, Dpi, Ink, Len};
pub use words::{Stamp, Word, Words, WordsError};
