//! A page as one-bit pixels: what a label printer burns, a screen previews and `^GF` carries.
//!
//! Enters: a [`Page`] and its typefaces. Leaves: a [`Bitmap`]. Integers throughout, so that the same page
//! gives the same pixels on every machine. No greys: ink darker than middle grey is black.

use super::face::Faces;
use super::layout::{Item, LayoutError, Page, Sheet};
use super::measure::{Dpi, Ink};
use super::outline::{self, Path};
use super::pattern::Grid;

/// One bit per dot, rows padded to bytes, the leftmost dot in the highest bit, 1 is black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    stride: usize,
    bits: Vec<u8>,
}

/// Longest side of a bitmap: A3 at 600 dpi, beyond any label.
const SIDE_MAX: i32 = 10_000;

impl Bitmap {
    /// A white bitmap. Sides are kept within 0 and 10,000 dots.
    pub fn new(width: i32, height: i32) -> Bitmap {
        let width = width.clamp(0, SIDE_MAX) as usize;
        let height = height.clamp(0, SIDE_MAX) as usize;
        let stride = width.div_ceil(8);
        Bitmap { width, height, stride, bits: vec![0; stride * height] }
    }

    /// Width in dots.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in dots.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes per row.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The rows, one after another.
    pub fn bytes(&self) -> &[u8] {
        &self.bits
    }

    /// Whether a dot is black; outside is white.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width && self.bits.get(y * self.stride + x / 8).is_some_and(|b| b & (0x80 >> (x % 8)) != 0)
    }

    /// One byte per dot, 0 black and 255 white: what PNG encoders take.
    pub fn grey8(&self) -> Vec<u8> {
        let row = |y: usize| (0..self.width).map(move |x| if self.is_black(x, y) { 0 } else { 255 });
        (0..self.height).flat_map(row).collect()
    }

    /// Paints the dots from `x0` up to, not including, `x1` of one row.
    pub(crate) fn span(&mut self, x0: i32, x1: i32, y: i32, black: bool) {
        if y < 0 || y >= self.height as i32 {
            return;
        }
        let (from, to) = (x0.max(0) as usize, (x1.max(0) as usize).min(self.width));
        for x in from..to {
            if let Some(byte) = self.bits.get_mut(y as usize * self.stride + x / 8) {
                let bit = 0x80 >> (x % 8);
                *byte = if black { *byte | bit } else { *byte & !bit };
            }
        }
    }

    fn rectangle(&mut self, x: i32, y: i32, w: i32, h: i32, black: bool) {
        for row in y.max(0)..(y + h).min(self.height as i32) {
            self.span(x, x + w, row, black);
        }
    }
}

/// Lays a sheet out and draws it.
///
/// # Errors
/// The first text or symbol that does not fit.
pub fn of(sheet: &Sheet, faces: &Faces, dpi: Dpi) -> Result<Bitmap, LayoutError> {
    Ok(draw(&sheet.lay_out(faces, dpi)?, faces))
}

/// Draws a page.
pub fn draw(page: &Page, faces: &Faces) -> Bitmap {
    let mut bitmap = Bitmap::new(page.width, page.height);
    for item in &page.items {
        draw_item(item, faces, &mut bitmap, 0, 0);
    }
    bitmap
}

/// Draws one item with its origin moved by (`dx`, `dy`).
pub(crate) fn draw_item(item: &Item, faces: &Faces, bitmap: &mut Bitmap, dx: i32, dy: i32) {
    match item {
        Item::Line { x, baseline, size, line, ink, .. } => {
            let path = outline::of_line(line, faces, x + dx, baseline + dy, *size);
            outline::fill(&path, bitmap, ink.is_dark());
        }
        Item::Bar { x, y, w, h, ink } => bitmap.rectangle(x + dx, y + dy, *w, *h, ink.is_dark()),
        Item::Shape { corners, ink } => shape(corners, *ink, bitmap, dx, dy),
        Item::Symbol { x, y, module, height, grid } => {
            symbol(bitmap, grid, x + dx, y + dy, *module, *height);
        }
    }
}

fn shape(corners: &[(i32, i32)], ink: Ink, bitmap: &mut Bitmap, dx: i32, dy: i32) {
    let mut path = Path::default();
    path.polygon(corners.iter().map(|(x, y)| (x + dx, y + dy)));
    outline::fill(&path, bitmap, ink.is_dark());
}

fn symbol(bitmap: &mut Bitmap, grid: &Grid, x: i32, y: i32, module: i32, height: i32) {
    let row_height = if grid.is_linear() { height } else { module };
    for (row, column, run) in grid.runs() {
        let (left, top) = (x + column * module, y + row * row_height);
        bitmap.rectangle(left, top, run * module, row_height, true);
    }
}
