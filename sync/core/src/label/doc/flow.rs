//! Filling pages from top to bottom.
//!
//! Enters: blocks of known height. Leaves: as many sheets as they take, each numbered. A block is never
//! torn: it goes whole to the next page.

use super::super::fit::{Style, lines_needed};
use super::super::layout::{Align, Stand};
use super::super::words::{Word, Words};
use super::super::{Area, Faces, Ink, Len, Sheet, Weight};

/// Paper and margins of a document of several pages.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Width of the paper.
    pub width: Len,
    /// Height of the paper.
    pub height: Len,
    /// Margin at the sides and on top.
    pub margin: Len,
    /// Where the foot begins, from the lower edge.
    pub foot: Len,
    /// Size of type in the foot.
    pub small: Len,
}

impl Frame {
    /// A4.
    pub const A4: Frame = Frame {
        width: Len::mm(210),
        height: Len::mm(297),
        margin: Len::mm(18),
        foot: Len::mm(16),
        small: Len::points10(90),
    };
    /// A6.
    pub const A6: Frame = Frame {
        width: Len::mm(105),
        height: Len::mm(148),
        margin: Len::mm(7),
        foot: Len::mm(9),
        small: Len::points10(70),
    };

    /// The width between the margins.
    pub fn inner(&self) -> Len {
        self.width - self.margin * 2
    }
}

/// Pages being filled.
pub(super) struct Flow<'f, 'a> {
    pub(super) frame: Frame,
    pub(super) faces: &'f Faces<'a>,
    rtl: bool,
    sheets: Vec<Sheet>,
    open: Sheet,
    /// Where the next block goes.
    pub(super) y: Len,
}

impl<'f, 'a> Flow<'f, 'a> {
    pub(super) fn new(frame: Frame, faces: &'f Faces<'a>, rtl: bool) -> Flow<'f, 'a> {
        let open = Sheet::new(frame.width, frame.height, rtl);
        Flow { frame, faces, rtl, sheets: Vec::new(), open, y: frame.margin }
    }

    /// The page being filled.
    pub(super) fn sheet(&mut self) -> &mut Sheet {
        &mut self.open
    }

    /// Whether a block of this height still goes on the page.
    pub(super) fn has_room(&self, height: Len) -> bool {
        self.y + height <= self.frame.height - self.frame.foot - Len::mm(3)
    }

    /// Starts the next page.
    pub(super) fn turn(&mut self) {
        let next = Sheet::new(self.frame.width, self.frame.height, self.rtl);
        self.sheets.push(std::mem::replace(&mut self.open, next));
        self.y = self.frame.margin;
    }

    /// How many lines a text takes in a width.
    pub(super) fn lines(&self, text: &str, style: &Style, width: Len) -> i32 {
        lines_needed(self.faces, text, style, width)
    }

    /// A line across at the present height.
    pub(super) fn rule(&mut self, from: Len, thick: Len, ink: Ink) {
        let (margin, width, y) = (self.frame.margin, self.frame.inner(), self.y);
        self.open.bar(Area::new(margin + from, y, width - from, thick), ink);
    }

    /// Closes the last page and writes the foot of each: what it belongs to, and page n of m.
    pub(super) fn finish(mut self, words: &Words, about: &str) -> Vec<Sheet> {
        let frame = self.frame;
        self.sheets.push(self.open);
        let count = self.sheets.len();
        let y = frame.height - frame.foot;
        let style = Style::line(frame.small, Weight::Medium);
        let half = frame.inner() / 2;
        for (at, sheet) in self.sheets.iter_mut().enumerate() {
            sheet.bar(Area::new(frame.margin, y, frame.inner(), Len::hundredths(18)), Ink::HAIR);
            let text = Area::new(frame.margin, y + frame.small * 9 / 10, half, frame.small);
            sheet.set(text, style, Align::Start, Stand::Top, Ink::SOFT, about);
            let right = Area { x: frame.margin + half, ..text };
            let page = words.of(Word::PageOf, at + 1, count);
            sheet.set(right, style, Align::End, Stand::Top, Ink::SOFT, page);
        }
        self.sheets
    }
}
