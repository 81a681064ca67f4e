//! Filling glyphs and polygons, in integers.
//!
//! Enters: shaped lines or corners. Leaves: black or white dots on a bitmap. A dot is painted when its
//! centre is inside by the non-zero winding rule. Positions are in 1/256 of a dot.

use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};

use super::face::{Faces, Line, Run};
use super::raster::Bitmap;

/// Parts of a dot.
const FINE: i64 = 256;
/// Straight pieces a curve is cut into: at 40-dot capitals the error is under a tenth of a dot.
const PIECES: i64 = 8;

/// Closed contours as directed edges.
#[derive(Debug, Default)]
pub(crate) struct Path {
    edges: Vec<(i64, i64, i64, i64)>,
}

impl Path {
    /// A polygon with corners on the dot grid.
    pub(crate) fn polygon(&mut self, corners: impl Iterator<Item = (i32, i32)>) {
        let points: Vec<(i64, i64)> =
            corners.map(|(x, y)| (i64::from(x) * FINE, i64::from(y) * FINE)).collect();
        let after = points.iter().cycle().skip(1);
        for ((x0, y0), (x1, y1)) in points.iter().zip(after) {
            self.edges.push((*x0, *y0, *x1, *y1));
        }
    }
}

/// The outline of a line of text with its left edge at `x`.
pub(crate) fn of_line(line: &Line, faces: &Faces, x: i32, baseline: i32, size: i32) -> Path {
    let mut path = Path::default();
    let mut micros = i64::from(x) * 1_000_000;
    for run in &line.runs {
        let Some(face) = faces.face(run.face) else { continue };
        let outlines = face.font.outline_glyphs();
        for glyph in &run.glyphs {
            let left = micros + run.scale(i64::from(glyph.dx), size);
            let up = run.scale(i64::from(glyph.dy), size);
            let mut pen = Pen {
                path: &mut path,
                run,
                size: i64::from(size),
                left: left * FINE / 1_000_000,
                base: i64::from(baseline) * FINE - up * FINE / 1_000_000,
                start: (0, 0),
                at: (0, 0),
            };
            if let Some(outline) = outlines.get(skrifa::GlyphId::new(glyph.id)) {
                // A broken glyph draws nothing; its advance still stands.
                let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                drop(outline.draw(settings, &mut pen));
            }
            micros += run.scale(i64::from(glyph.advance), size);
        }
    }
    path
}

struct Pen<'p> {
    path: &'p mut Path,
    run: &'p Run,
    size: i64,
    left: i64,
    base: i64,
    start: (i64, i64),
    at: (i64, i64),
}

impl Pen<'_> {
    /// Font units to fine dots. Outline points are whole or half units, so 64ths lose nothing.
    fn point(&self, x: f32, y: f32) -> (i64, i64) {
        let units = i64::from(self.run.units_per_em) * 64 * 1000;
        let scale = |v: f32| {
            ((v * 64.0).round() as i64 * self.size * i64::from(self.run.permille) * FINE).div_euclid(units)
        };
        (self.left + scale(x), self.base - scale(y))
    }

    fn to(&mut self, to: (i64, i64)) {
        if to != self.at {
            self.path.edges.push((self.at.0, self.at.1, to.0, to.1));
            self.at = to;
        }
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.close();
        self.at = self.point(x, y);
        self.start = self.at;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        self.to(to);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (from, control, to) = (self.at, self.point(cx, cy), self.point(x, y));
        for t in 1..=PIECES {
            let s = PIECES - t;
            let mix = |a: i64, b: i64, c: i64| (s * s * a + 2 * s * t * b + t * t * c) / (PIECES * PIECES);
            self.to((mix(from.0, control.0, to.0), mix(from.1, control.1, to.1)));
        }
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (from, a, b, to) = (self.at, self.point(ax, ay), self.point(bx, by), self.point(x, y));
        for t in 1..=PIECES {
            let s = PIECES - t;
            let mix = |p: i64, q: i64, r: i64, u: i64| {
                (s * s * s * p + 3 * s * s * t * q + 3 * s * t * t * r + t * t * t * u)
                    / (PIECES * PIECES * PIECES)
            };
            self.to((mix(from.0, a.0, b.0, to.0), mix(from.1, a.1, b.1, to.1)));
        }
    }

    fn close(&mut self) {
        let start = self.start;
        self.to(start);
    }
}

/// Fills a path: row by row, crossings with the row's middle line, by winding.
pub(crate) fn fill(path: &Path, bitmap: &mut Bitmap, black: bool) {
    let top = path.edges.iter().map(|e| e.1.min(e.3)).min().unwrap_or(0).div_euclid(FINE);
    let bottom = path.edges.iter().map(|e| e.1.max(e.3)).max().unwrap_or(0).div_euclid(FINE);
    let (top, bottom) = (top.max(0), bottom.min(bitmap.height() as i64 - 1));
    let mut crossings: Vec<(i64, i32)> = Vec::new();
    let mut edges = path.edges.clone();
    edges.sort_unstable_by_key(|e| e.1.min(e.3));
    for row in top..=bottom {
        let middle = row * FINE + FINE / 2;
        crossings.clear();
        for (x0, y0, x1, y1) in edges.iter().take_while(|e| e.1.min(e.3) <= middle) {
            let direction = match (*y0 <= middle, *y1 <= middle) {
                (true, false) => 1,
                (false, true) => -1,
                _ => continue,
            };
            crossings.push((x0 + (x1 - x0) * (middle - y0) / (y1 - y0), direction));
        }
        crossings.sort_unstable();
        paint(&crossings, row as i32, bitmap, black);
    }
}

fn paint(crossings: &[(i64, i32)], row: i32, bitmap: &mut Bitmap, black: bool) {
    let mut winding = 0;
    let mut from = 0;
    for (x, direction) in crossings {
        if winding == 0 {
            from = *x;
        }
        winding += direction;
        if winding == 0 {
            bitmap.span(first_centre(from), first_centre(*x), row, black);
        }
    }
}

/// The first dot whose centre is at or right of a position.
fn first_centre(x: i64) -> i32 {
    i32::try_from((x - FINE / 2 + FINE - 1).div_euclid(FINE)).unwrap_or(0)
}
