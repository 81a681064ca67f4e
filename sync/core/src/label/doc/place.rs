//! Labels of places and things that stay: location, cart, lane, station. 100 × 60 mm.
//!
//! A matrix symbol large enough to be read from two metres, the bars for laser scanners below, the place in
//! words, and the check digits that a person speaks or keys when the label is torn.

use super::super::fit::Style;
use super::super::layout::{Align, Stand};
use super::super::pattern::SymbolSpec;
use super::super::words::{Word, Words};
use super::super::{Area, Ink, LayoutError, Len, Sheet, Weight};
use super::CAPTION;

/// What the label is stuck on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A location.
    Location,
    /// A cart.
    Cart,
    /// A staging lane.
    Lane,
    /// A packing station.
    Station,
}

impl PlaceKind {
    fn word(self) -> Word {
        match self {
            PlaceKind::Location => Word::Location,
            PlaceKind::Cart => Word::Cart,
            PlaceKind::Lane => Word::Lane,
            PlaceKind::Station => Word::Station,
        }
    }
}

/// What stands on a place's label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLabel {
    /// What it is stuck on.
    pub kind: PlaceKind,
    /// Its name, as people say it: `A-01-02-3`.
    pub name: String,
    /// The code, as scanned.
    pub code: String,
    /// Check digits; empty for none.
    pub check: String,
}

/// The most characters of a name on one line.
const ONE_LINE: usize = 12;

impl PlaceLabel {
    /// The label.
    ///
    /// # Errors
    /// The code or name is too long for the label.
    pub fn sheet(&self, words: &Words) -> Result<Sheet, LayoutError> {
        let (width, height) = (Len::mm(100), Len::mm(60));
        let mut sheet = Sheet::new(width, height, words.is_rtl());
        let (margin, matrix) = (Len::mm(4), Len::mm(33));
        let area = Area::new(margin, margin, matrix, matrix);
        sheet.symbol(area, Align::Start, SymbolSpec::data_matrix(&self.code)?);
        let x = margin + matrix + Len::mm(4);
        let w = width - x - margin;
        sheet.text(Area::new(x, margin, w, Len::mm(3)), CAPTION, words.get(self.kind.word()));
        // A place is one word: it shrinks, and only a very long one takes two lines.
        let rows = if self.name.chars().count() > ONE_LINE { 2 } else { 1 };
        let name = Style::code(Len::mm(15), Weight::ExtraBold).over(rows).floor(Len::tenths(70));
        let tall = if self.check.is_empty() { Len::mm(27) } else { Len::mm(13) };
        let place = Area::new(x, margin + Len::tenths(55), w, tall);
        sheet.set(place, name, Align::Start, Stand::Middle, Ink::BLACK, &self.name);
        if !self.check.is_empty() {
            let plate = Area::new(x, margin + Len::mm(21), w, Len::mm(12));
            sheet.bar(plate, Ink::BLACK);
            let text = plate.inset(Len::mm(3));
            let caption = Style::line(Len::tenths(38), Weight::Medium);
            let left = Area::new(text.x, plate.y, text.w / 2, plate.h);
            sheet.set(left, caption, Align::Start, Stand::Middle, Ink::WHITE, words.get(Word::Check));
            let digits = Style::code(Len::mm(10), Weight::ExtraBold);
            let right = Area::new(text.x + text.w / 2, plate.y, text.w / 2, plate.h);
            sheet.set(right, digits, Align::End, Stand::Middle, Ink::WHITE, &self.check);
        }
        let top = margin + matrix + Len::mm(4);
        let bars = Area::new(Len::mm(2), top, width - Len::mm(4), height - top - Len::tenths(70));
        sheet.symbol(bars, Align::Middle, SymbolSpec::code_128(&self.code)?);
        let under = Area::new(margin, bars.bottom() + Len::tenths(15), width - margin * 2, Len::mm(3));
        let style = Style::code(Len::tenths(34), Weight::Medium);
        sheet.set(under, style, Align::Middle, Stand::Top, Ink::BLACK, &self.code);
        Ok(sheet)
    }
}
