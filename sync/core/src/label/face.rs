//! Typefaces and shaped lines.
//!
//! Enter: the bytes of the font files, and text. Leave: lines of positioned glyphs, in font units, that
//! every emitter draws alike. Latin is set in Aisle Sans and Arabic in IBM Plex Sans Arabic at 0.96 of
//! the size; a run changes face only where the script does. Never reads a file; never fails on text.

use std::ops::Range;

use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::MetadataProvider;
use thiserror::Error;
use unicode_bidi::BidiInfo;

/// How heavy text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// 400.
    Regular,
    /// 500.
    Medium,
    /// 600.
    SemiBold,
    /// 700.
    Bold,
    /// 800.
    ExtraBold,
}

/// Height of capitals of Aisle Sans in thousandths of the size.
pub const CAPS_PERMILLE: i32 = 668;
/// Size of Arabic beside Latin, in thousandths.
const ARABIC_PERMILLE: i32 = 960;

/// The bytes of the font files, as the caller read or embedded them.
#[derive(Debug, Clone, Copy)]
pub struct FaceFiles<'a> {
    /// Aisle Sans 400, 500, 600, 700, 800.
    pub latin: [&'a [u8]; 5],
    /// IBM Plex Sans Arabic 500, 600, 700.
    pub arabic: [&'a [u8]; 3],
}

/// A font file that cannot be used.
#[derive(Debug, Error)]
pub enum FaceError {
    /// The bytes are not an OpenType font.
    #[error("font file {index} cannot be read: {reason}")]
    Unreadable {
        /// Its place among the files given.
        index: usize,
        /// What the font reader found.
        reason: String,
    },
}

pub(crate) struct Face<'a> {
    /// The file, for embedding.
    #[cfg(feature = "pdf")]
    pub(crate) bytes: &'a [u8],
    pub(crate) font: FontRef<'a>,
    shaper: ShaperData,
    units_per_em: i32,
}

impl<'a> Face<'a> {
    fn parse(index: usize, bytes: &'a [u8]) -> Result<Face<'a>, FaceError> {
        let font = FontRef::new(bytes).map_err(|e| FaceError::Unreadable { index, reason: e.to_string() })?;
        let shaper = ShaperData::new(&font);
        let units_per_em = shaper.shaper(&font).build().units_per_em().max(1);
        Ok(Face {
            #[cfg(feature = "pdf")]
            bytes,
            font,
            shaper,
            units_per_em,
        })
    }

    fn has(&self, c: char) -> bool {
        self.font.charmap().map(c).is_some_and(|glyph| glyph.to_u32() != 0)
    }
}

/// The typefaces of one document, ready to shape with.
pub struct Faces<'a> {
    faces: Vec<Face<'a>>,
}

const ARABIC_FIRST: usize = 5;
const SPARE_FIRST: usize = 8;

impl<'a> Faces<'a> {
    /// Reads the font files.
    ///
    /// # Errors
    /// The first file that is not a font.
    pub fn parse(files: &FaceFiles<'a>) -> Result<Faces<'a>, FaceError> {
        let all = files.latin.iter().chain(files.arabic.iter()).enumerate();
        Ok(Faces { faces: all.map(|(i, bytes)| Face::parse(i, bytes)).collect::<Result<_, _>>()? })
    }

    /// Adds a font for what neither Aisle Sans nor Plex Arabic can write (Greek, Cyrillic, Chinese …).
    ///
    /// # Errors
    /// The bytes are not a font.
    pub fn with_spare(mut self, bytes: &'a [u8]) -> Result<Faces<'a>, FaceError> {
        self.faces.push(Face::parse(self.faces.len(), bytes)?);
        Ok(self)
    }

    pub(crate) fn face(&self, index: usize) -> Option<&Face<'a>> {
        self.faces.get(index)
    }

    /// Shapes one line. Control characters and direction overrides are dropped, so that text from
    /// outside can neither break a line nor reverse its neighbours.
    pub fn line(&self, text: &str, weight: Weight) -> Line {
        let text = clean(text);
        let mut line = Line { text, runs: Vec::new(), missing: Vec::new() };
        let info = BidiInfo::new(&line.text, None);
        let Some(paragraph) = info.paragraphs.first() else { return line };
        let (levels, ranges) = info.visual_runs(paragraph, paragraph.range.clone());
        for range in ranges {
            let Some(level) = levels.get(range.start) else { continue };
            let mut parts = self.split_by_face(&line.text, range, weight);
            if level.is_rtl() {
                parts.reverse();
            }
            for (face, part) in parts {
                let run = self.shape(&line.text, part, face, level.is_rtl());
                line.runs.push(run);
            }
        }
        line.missing = line.text.chars().filter(|c| !self.has(*c)).collect();
        line
    }

    fn has(&self, c: char) -> bool {
        c.is_whitespace() || self.faces.iter().any(|face| face.has(c))
    }

    fn split_by_face(&self, text: &str, range: Range<usize>, weight: Weight) -> Vec<(usize, Range<usize>)> {
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        for (offset, c) in text.get(range.clone()).unwrap_or_default().char_indices() {
            let at = range.start + offset;
            let end = at + c.len_utf8();
            let wanted = self.choose(c, weight, parts.last().map(|(face, _)| *face));
            match parts.last_mut() {
                Some((face, part)) if *face == wanted => part.end = end,
                _ => parts.push((wanted, at..end)),
            }
        }
        parts
    }

    /// Spaces and marks stay in the face they follow; the rest goes by script, then by who has it.
    fn choose(&self, c: char, weight: Weight, before: Option<usize>) -> usize {
        let latin = weight as usize;
        let arabic = ARABIC_FIRST + (weight as usize).clamp(1, 3) - 1;
        if c.is_whitespace() || is_joining_mark(c) {
            return before.unwrap_or(latin);
        }
        let first = if is_arabic(c) { arabic } else { latin };
        let holds = |index: &usize| self.faces.get(*index).is_some_and(|face| face.has(c));
        let spare = SPARE_FIRST..self.faces.len();
        [first, latin, arabic].into_iter().chain(spare).find(holds).unwrap_or(first)
    }

    fn shape(&self, text: &str, range: Range<usize>, index: usize, rtl: bool) -> Run {
        let arabic = (ARABIC_FIRST..SPARE_FIRST).contains(&index);
        let permille = if arabic { ARABIC_PERMILLE } else { 1000 };
        let mut run =
            Run { face: index, permille, units_per_em: 1000, range: range.clone(), glyphs: Vec::new() };
        let Some(face) = self.faces.get(index) else { return run };
        run.units_per_em = face.units_per_em;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text.get(range.clone()).unwrap_or_default());
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        let shaped = face.shaper.shaper(&face.font).build().shape(buffer, ShapeOptions::new());
        let infos = shaped.glyph_infos();
        let mut starts: Vec<usize> = infos.iter().map(|i| i.cluster as usize).collect();
        starts.sort_unstable();
        starts.push(range.len());
        for (info, position) in infos.iter().zip(shaped.glyph_positions()) {
            let from = info.cluster as usize;
            let after = starts.partition_point(|start| *start <= from);
            let to = starts.get(after).copied().unwrap_or(range.len());
            run.glyphs.push(Glyph {
                id: info.glyph_id,
                advance: position.x_advance,
                dx: position.x_offset,
                dy: position.y_offset,
                from: range.start + from,
                to: range.start + to,
            });
        }
        run
    }
}

/// One shaped line of text, in visual order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text, cleaned.
    pub text: String,
    pub(crate) runs: Vec<Run>,
    /// Characters no face can write: they print as empty boxes, and the caller should say so.
    pub missing: Vec<char>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) face: usize,
    pub(crate) permille: i32,
    pub(crate) units_per_em: i32,
    pub(crate) range: Range<usize>,
    pub(crate) glyphs: Vec<Glyph>,
}

/// A glyph, positions in font units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) advance: i32,
    pub(crate) dx: i32,
    pub(crate) dy: i32,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Line {
    /// Width at a size in dots, rounded up.
    pub fn width(&self, size: i32) -> i32 {
        let micros: i64 = self.runs.iter().map(|run| run.micros(size)).sum();
        i32::try_from((micros + 999_999).div_euclid(1_000_000)).unwrap_or(i32::MAX)
    }
}

impl Run {
    /// Advance of the whole run in millionths of a dot.
    pub(crate) fn micros(&self, size: i32) -> i64 {
        let units: i64 = self.glyphs.iter().map(|g| i64::from(g.advance)).sum();
        self.scale(units, size)
    }

    /// Font units at a size, in millionths of a dot.
    pub(crate) fn scale(&self, units: i64, size: i32) -> i64 {
        units * i64::from(size) * i64::from(self.permille) * 1000 / i64::from(self.units_per_em)
    }
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{08A0}'..='\u{08FF}'
        | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}')
}

fn is_joining_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{200C}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}')
}
