//! The sticker of a tote: colour is the column, shape is the shelf, the number says both. 100 × 60 mm.
//!
//! Up to twelve slots are four columns of three shelves; above, the tag is hollow with its number. On a
//! one-colour printer the shape and the number remain.

use super::super::fit::Style;
use super::super::layout::{Align, Element, Stand};
use super::super::pattern::SymbolSpec;
use super::super::words::{Word, Words};
use super::super::{Area, Ink, LayoutError, Len, Sheet, Weight};
use super::CAPTION;

/// What stands on a tote's sticker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToteSticker {
    /// The slot it belongs to on a cart, from 1.
    pub number: u16,
    /// The tote's code, as scanned.
    pub code: String,
}

/// Fill and number of the four columns.
const COLUMNS: [(Ink, Ink); 4] = [
    (Ink::rgb(0xFFD400), Ink::BLACK),
    (Ink::rgb(0x5CC8EA), Ink::BLACK),
    (Ink::rgb(0x9A2478), Ink::WHITE),
    (Ink::rgb(0x14256B), Ink::WHITE),
];

/// The three outlines, in thousandths of the tag's width (it is 1,120 high): outer corners, inner corners
/// 35 further in all round, and the top of the number's box.
struct Outline {
    outer: &'static [(i32, i32)],
    inner: &'static [(i32, i32)],
    top: i32,
}

const UP: Outline = Outline {
    outer: &[(500, 40), (960, 300), (960, 1080), (40, 1080), (40, 300)],
    inner: &[(500, 80), (925, 320), (925, 1045), (75, 1045), (75, 320)],
    top: 320,
};
const FLAT: Outline = Outline {
    outer: &[(40, 80), (960, 80), (960, 1040), (40, 1040)],
    inner: &[(75, 115), (925, 115), (925, 1005), (75, 1005)],
    top: 200,
};
const DOWN: Outline = Outline {
    outer: &[(40, 40), (960, 40), (960, 820), (500, 1080), (40, 820)],
    inner: &[(75, 75), (925, 75), (925, 800), (500, 1040), (75, 800)],
    top: 80,
};

impl ToteSticker {
    /// The sticker.
    ///
    /// # Errors
    /// The code cannot be a symbol of the sticker's width.
    pub fn sheet(&self, words: &Words) -> Result<Sheet, LayoutError> {
        let (width, height) = (Len::mm(100), Len::mm(60));
        let mut sheet = Sheet::new(width, height, words.is_rtl());
        let tag = Len::mm(43);
        self.tag(&mut sheet, Len::mm(3), Len::mm(6), tag);
        let x = Len::mm(50);
        let w = width - x - Len::mm(4);
        let matrix = Len::mm(24);
        sheet.symbol(
            Area::new(x, Len::mm(4), matrix, matrix),
            Align::Start,
            SymbolSpec::data_matrix(&self.code)?,
        );
        let word = Area::new(x + matrix + Len::mm(2), Len::mm(4), w - matrix - Len::mm(2), Len::mm(6));
        sheet.text(word, CAPTION.over(2), words.get(Word::Tote));
        let bars = Area::new(x - Len::mm(2), Len::mm(32), w + Len::mm(4), Len::mm(17));
        sheet.symbol(bars, Align::Middle, SymbolSpec::code_128(&self.code)?);
        let under = Area::new(x, Len::tenths(510), w, Len::mm(4));
        let style = Style::code(Len::tenths(42), Weight::SemiBold);
        sheet.set(under, style, Align::Middle, Stand::Top, Ink::BLACK, &self.code);
        Ok(sheet)
    }

    fn tag(&self, sheet: &mut Sheet, x: Len, y: Len, size: Len) {
        let slot = usize::from(self.number.max(1)) - 1;
        let known = slot < 12;
        let (fill, ink) = match COLUMNS.get(slot % 4) {
            Some(colours) if known => *colours,
            _ => (Ink::WHITE, Ink::BLACK),
        };
        let outline = match slot / 4 {
            0 => UP,
            2 => DOWN,
            _ => FLAT,
        };
        let at = |(cx, cy): &(i32, i32)| (x + size * *cx / 1000, y + size * *cy / 1000);
        for (corners, ink) in [(outline.outer, Ink::BLACK), (outline.inner, fill)] {
            sheet.elements.push(Element::Shape { corners: corners.iter().map(at).collect(), ink });
        }
        let scale = if self.number > 9 { 58 } else { 68 };
        let number = Style::code(size * scale / 100, Weight::ExtraBold);
        let area =
            Area::new(x + size * 10 / 100, y + size * outline.top / 1000, size * 80 / 100, size * 72 / 100);
        sheet.set(area, number, Align::Middle, Stand::Middle, ink, self.number.to_string());
    }
}
