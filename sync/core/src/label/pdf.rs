//! Pages as a PDF file.
//!
//! Enters: pages laid out at [`Dpi::D600`](super::Dpi), the typefaces, and what the file says about
//! itself, its date included. Leaves: the bytes. The same input gives the same bytes. Fonts are embedded
//! as subsets, text stays text, symbols are black rectangles on the 600-dot grid.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use thiserror::Error;

use super::face::{Faces, Line, Run};
use super::layout::{Item, LayoutError, Page, Sheet};
use super::measure::{Dpi, Ink};
use super::pattern::Grid;
use super::words::Stamp;

/// What the file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Title, shown by viewers.
    pub title: String,
    /// Language tag of the words.
    pub language: String,
    /// When the document was made, given by the caller.
    pub created: Stamp,
}

/// Why no file was made.
#[derive(Debug, Error)]
pub enum PdfError {
    /// Something does not fit.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A page has no size.
    #[error("page {0} is empty")]
    EmptyPage(usize),
    /// A font could not be embedded.
    #[error("a font cannot be embedded")]
    Font,
    /// The writer refused.
    #[error("the PDF writer refused: {0}")]
    Writer(String),
}

/// Lays sheets out and writes them as one file.
///
/// # Errors
/// The first text or symbol that does not fit, and what [`emit`] refuses.
pub fn of(sheets: &[Sheet], faces: &Faces, meta: &Meta) -> Result<Vec<u8>, PdfError> {
    let pages: Vec<Page> =
        sheets.iter().map(|sheet| sheet.lay_out(faces, Dpi::D600)).collect::<Result<_, _>>()?;
    emit(&pages, faces, meta)
}

/// Writes pages as one file.
///
/// # Errors
/// A page without size, or a font the writer cannot embed.
pub fn emit(pages: &[Page], faces: &Faces, meta: &Meta) -> Result<Vec<u8>, PdfError> {
    let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..Default::default() });
    let mut fonts = Fonts { faces, ready: Vec::new() };
    for (number, page) in pages.iter().enumerate() {
        let size = PageSettings::from_wh(points(page.width, page.dpi), points(page.height, page.dpi));
        let mut open = document.start_page_with(size.ok_or(PdfError::EmptyPage(number + 1))?);
        let mut surface = open.surface();
        for item in &page.items {
            draw(&mut surface, item, page.dpi, &mut fonts)?;
        }
        surface.finish();
        open.finish();
    }
    let at = meta.created;
    let created =
        DateTime::new(at.year).month(at.month).day(at.day).hour(at.hour).minute(at.minute).second(0);
    document.set_metadata(
        Metadata::new()
            .title(meta.title.clone())
            .language(meta.language.clone())
            .creator("Aisle".to_owned())
            .creation_date(created.utc_offset_hour(0).utc_offset_minute(0)),
    );
    document.finish().map_err(|e| PdfError::Writer(format!("{e:?}")))
}

/// Fonts are handed to the writer when first used.
struct Fonts<'f, 'a> {
    faces: &'f Faces<'a>,
    ready: Vec<(usize, Font)>,
}

impl Fonts<'_, '_> {
    fn get(&mut self, index: usize) -> Result<Font, PdfError> {
        if let Some((_, font)) = self.ready.iter().find(|(i, _)| *i == index) {
            return Ok(font.clone());
        }
        let bytes = self.faces.face(index).ok_or(PdfError::Font)?.bytes.to_vec();
        let font = Font::new(bytes.into(), 0).ok_or(PdfError::Font)?;
        self.ready.push((index, font.clone()));
        Ok(font)
    }
}

/// Dots to points. This is the one place where paper becomes a float: the file format asks for it.
fn points(dots: i32, dpi: Dpi) -> f32 {
    dots as f32 * 720.0 / f32::from(dpi.per_254mm())
}

fn draw(surface: &mut Surface, item: &Item, dpi: Dpi, fonts: &mut Fonts) -> Result<(), PdfError> {
    match item {
        Item::Line { x, baseline, size, line, ink, .. } => {
            fill(surface, *ink);
            text(surface, line, (*x, *baseline), *size, dpi, fonts)?;
        }
        Item::Bar { x, y, w, h, ink } => {
            let mut path = PathBuilder::new();
            rectangle(&mut path, *x, *y, *w, *h, dpi);
            paint(surface, path.finish(), *ink);
        }
        Item::Shape { corners, ink } => {
            let mut path = PathBuilder::new();
            for (number, (x, y)) in corners.iter().enumerate() {
                let (x, y) = (points(*x, dpi), points(*y, dpi));
                if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
            }
            path.close();
            paint(surface, path.finish(), *ink);
        }
        Item::Symbol { x, y, module, height, grid } => {
            paint(surface, symbol(grid, (*x, *y), *module, *height, dpi), Ink::BLACK);
        }
    }
    Ok(())
}

fn fill(surface: &mut Surface, ink: Ink) {
    surface.set_fill(Some(Fill { paint: rgb::Color::new(ink.r, ink.g, ink.b).into(), ..Fill::default() }));
}

fn paint(surface: &mut Surface, path: Option<Path>, ink: Ink) {
    if let Some(path) = path {
        fill(surface, ink);
        surface.draw_path(&path);
    }
}

fn rectangle(path: &mut PathBuilder, x: i32, y: i32, w: i32, h: i32, dpi: Dpi) {
    let edges = (points(x, dpi), points(y, dpi), points(x + w, dpi), points(y + h, dpi));
    if let Some(rect) = Rect::from_ltrb(edges.0, edges.1, edges.2, edges.3) {
        path.push_rect(rect);
    }
}

fn symbol(grid: &Grid, at: (i32, i32), module: i32, height: i32, dpi: Dpi) -> Option<Path> {
    let row_height = if grid.is_linear() { height } else { module };
    let mut path = PathBuilder::new();
    for (row, column, run) in grid.runs() {
        rectangle(&mut path, at.0 + column * module, at.1 + row * row_height, run * module, row_height, dpi);
    }
    path.finish()
}

fn text(
    surface: &mut Surface,
    line: &Line,
    at: (i32, i32),
    size: i32,
    dpi: Dpi,
    fonts: &mut Fonts,
) -> Result<(), PdfError> {
    let mut x = points(at.0, dpi);
    let y = points(at.1, dpi);
    for run in &line.runs {
        let glyphs: Vec<KrillaGlyph> = run.glyphs.iter().map(|glyph| krilla_glyph(run, glyph)).collect();
        let em = points(size, dpi) * run.permille as f32 / 1000.0;
        let font = fonts.get(run.face)?;
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &line.text, em, false);
        x += points(1, dpi) * (run.micros(size) as f32) / 1_000_000.0;
    }
    Ok(())
}

fn krilla_glyph(run: &Run, glyph: &super::face::Glyph) -> KrillaGlyph {
    let em = run.units_per_em as f32;
    let unit = |v: i32| v as f32 / em;
    let range = glyph.from..glyph.to;
    KrillaGlyph::new(
        GlyphId::new(glyph.id),
        unit(glyph.advance),
        unit(glyph.dx),
        unit(glyph.dy),
        0.0,
        range,
        None,
    )
}
