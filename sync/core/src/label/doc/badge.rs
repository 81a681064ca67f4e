//! An operator's badge: a card of ID-1 size (85.60 × 53.98 mm), one by one or eight on A4 with cut marks.
//!
//! The badge code is a key: it is printed as a barcode, and in letters only when asked for (practice sites).

use super::super::fit::Style;
use super::super::layout::{Align, Element, Stand, Text};
use super::super::pattern::SymbolSpec;
use super::super::words::{Word, Words};
use super::super::{Area, Ink, LayoutError, Len, Sheet, Weight};

/// What an operator may do, as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Picks.
    Picker,
    /// Packs.
    Packer,
    /// Leads the shift.
    Lead,
}

impl Role {
    fn word(self) -> Word {
        match self {
            Role::Picker => Word::Picker,
            Role::Packer => Word::Packer,
            Role::Lead => Word::Lead,
        }
    }
}

/// What stands on a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The site or company.
    pub site: String,
    /// The operator's name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The badge code, as scanned.
    pub code: String,
    /// Whether the code is printed in letters too.
    pub show_code: bool,
}

/// ID-1 (ISO/IEC 7810).
const CARD: (Len, Len) = (Len::hundredths(8560), Len::hundredths(5398));

impl Badge {
    /// The card.
    ///
    /// # Errors
    /// The code cannot be a symbol of the card's width.
    pub fn sheet(&self, words: &Words) -> Result<Sheet, LayoutError> {
        let mut sheet = Sheet::new(CARD.0, CARD.1, words.is_rtl());
        self.draw(&mut sheet, words, Len::ZERO, Len::ZERO)?;
        Ok(sheet)
    }

    fn draw(&self, sheet: &mut Sheet, words: &Words, x: Len, y: Len) -> Result<(), LayoutError> {
        let (width, height) = CARD;
        let margin = Len::mm(5);
        let inner = width - margin * 2;
        sheet.bar(Area::new(x, y, width, Len::mm(11)), Ink::BLACK);
        let head = Area::new(x + margin, y, inner, Len::mm(11));
        let half = Area { w: inner * 11 / 20, ..head };
        let style = Style::line(Len::tenths(38), Weight::SemiBold);
        sheet.set(half, style, Align::Start, Stand::Middle, Ink::WHITE, &self.site);
        let rest = Area { x: head.x + inner * 12 / 20, w: inner * 8 / 20, ..head };
        let role = Style::line(Len::tenths(42), Weight::Bold);
        sheet.set(rest, role, Align::End, Stand::Middle, Ink::WHITE, words.get(self.role.word()));
        let name = Style::line(Len::tenths(66), Weight::ExtraBold).over(2).floor(Len::tenths(42));
        let name = Style { pitch: 122, ..name };
        let area = Area::new(x + margin, y + Len::tenths(142), inner, Len::tenths(144));
        let content = self.name.clone();
        let (align, stand, ink) = (Align::Start, Stand::Middle, Ink::BLACK);
        sheet.elements.push(Element::Text(Text { area, content, style: name, align, stand, ink }));
        let foot = if self.show_code { Len::tenths(85) } else { Len::mm(5) };
        let top = y + Len::tenths(325);
        let bars = Area::new(x + Len::mm(1), top, width - Len::mm(2), y + height - foot - top);
        sheet.symbol(bars, Align::Middle, SymbolSpec::code_128(&self.code)?);
        if self.show_code {
            let text = Area::new(x + margin, bars.bottom() + Len::tenths(20), inner, Len::mm(3));
            let style = Style::code(Len::tenths(34), Weight::Medium);
            sheet.set(text, style, Align::Middle, Stand::Top, Ink::BLACK, &self.code);
        }
        Ok(())
    }
}

/// Badges on A4, two across and four down, with cut marks.
///
/// # Errors
/// As for [`Badge::sheet`].
pub fn badge_pages(badges: &[Badge], words: &Words) -> Result<Vec<Sheet>, LayoutError> {
    let (width, height) = (Len::mm(210), Len::mm(297));
    let gap = Len::mm(8);
    let left = (width - CARD.0 * 2 - gap) / 2;
    let top = (height - CARD.1 * 4 - gap * 3) / 2;
    let mut sheets = Vec::new();
    for page in badges.chunks(8) {
        let mut sheet = Sheet::new(width, height, words.is_rtl());
        for (at, badge) in (0..).zip(page) {
            let x = left + (CARD.0 + gap) * (at % 2);
            let y = top + (CARD.1 + gap) * (at / 2);
            badge.draw(&mut sheet, words, x, y)?;
            marks(&mut sheet, x, y);
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Short lines outside each corner.
fn marks(sheet: &mut Sheet, x: Len, y: Len) {
    let (length, away, thin) = (Len::tenths(25), Len::tenths(6), Len::hundredths(15));
    for cx in [x, x + CARD.0] {
        for cy in [y, y + CARD.1] {
            let across = if cx == x { cx - away - length } else { cx + away };
            let down = if cy == y { cy - away - length } else { cy + away };
            sheet.bar(Area::new(across, cy, length, thin), Ink::SOFT);
            sheet.bar(Area::new(cx, down, thin, length), Ink::SOFT);
        }
    }
}
