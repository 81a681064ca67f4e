//! The practice sheet: all the barcodes a person needs to work a day without goods, grouped by heading.
//!
//! Codes of any kind, in three columns; one that needs more width takes two or three. Each is printed in
//! letters too, so that it can be keyed.

use super::super::fit::Style;
use super::super::layout::{Align, Stand};
use super::super::measure::Dpi;
use super::super::pattern::{self, SymbolSpec};
use super::super::symbol::XRange;
use super::super::words::{Word, Words};
use super::super::{Area, Faces, Ink, LayoutError, Len, Sheet, Weight};
use super::flow::{Flow, Frame};
use crate::code::{Gtin, setup};

/// What an entry's symbol says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PracticeCode {
    /// Code 128: our own labels.
    House(String),
    /// EAN-13, or ITF-14 when the number has an indicator digit.
    Item(Gtin),
    /// GS1 DataMatrix, 0x1D between elements.
    Gs1(String),
    /// The scanners' setup symbol.
    Setup,
}

/// One barcode with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeEntry {
    /// What it is: an item's name, a location.
    pub caption: String,
    /// A second line; may be empty.
    pub note: String,
    /// The code.
    pub code: PracticeCode,
}

/// Entries under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeGroup {
    /// The heading.
    pub heading: String,
    /// The barcodes, in the order they are needed.
    pub entries: Vec<PracticeEntry>,
}

/// What stands on a practice sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// The site or day, under the title.
    pub about: String,
    /// The groups.
    pub groups: Vec<PracticeGroup>,
}

const FRAME: Frame = Frame { margin: Len::mm(15), ..Frame::A4 };
const GAP: Len = Len::mm(6);
const COLUMNS: i32 = 3;
/// Module widths of linear symbols: read in the hand, and the quiet zone stays within the gap.
const NEAR: XRange = XRange { min_um: 250, max_um: 510 };
/// Height of one line of a caption, and of a note.
const CAPTION_DROP: Len = Len::tenths(41);
const NOTE_DROP: Len = Len::tenths(40);
const CAPTION: Style =
    Style { pitch: 120, ..Style::line(Len::points10(95), Weight::Bold).over(2).floor(Len::points10(90)) };
const BARS: Len = Len::mm(15);

impl PracticeEntry {
    fn symbol(&self) -> Result<SymbolSpec, LayoutError> {
        let spec = match &self.code {
            PracticeCode::House(text) => SymbolSpec::code_128(text)?.with_range(NEAR),
            PracticeCode::Item(gtin) if gtin.ean13().is_some() => SymbolSpec::ean_13(*gtin)?,
            PracticeCode::Item(gtin) => SymbolSpec::itf_14(*gtin)?.with_range(NEAR),
            PracticeCode::Gs1(elements) => SymbolSpec::gs1_data_matrix(elements)?,
            PracticeCode::Setup => SymbolSpec::data_matrix(&setup::content())?.with_range(NEAR),
        };
        Ok(spec)
    }

    fn human(&self) -> String {
        match &self.code {
            PracticeCode::House(text) => text.clone(),
            PracticeCode::Item(gtin) => match gtin.ean13() {
                Some(digits) => String::from_utf8_lossy(&digits).into_owned(),
                None => String::from_utf8_lossy(&gtin.digits()).into_owned(),
            },
            PracticeCode::Gs1(elements) => elements.replace('\u{1D}', " "),
            // No key types it: the scanner itself is what it asks.
            PracticeCode::Setup => setup::HEAD.to_owned(),
        }
    }
}

impl Practice {
    /// The sheet's pages.
    ///
    /// # Errors
    /// A code that no symbol of the page's width can carry.
    pub fn sheets(&self, words: &Words, faces: &Faces) -> Result<Vec<Sheet>, LayoutError> {
        let mut flow = Flow::new(FRAME, faces, words.is_rtl());
        let (x, w) = (FRAME.margin, FRAME.inner());
        let title = Style::line(Len::points10(260), Weight::ExtraBold);
        let y = flow.y;
        let sheet = flow.sheet();
        sheet.text(Area::new(x, y, w, Len::mm(9)), title, words.get(Word::PracticeSheet));
        let about = Style::line(Len::points10(110), Weight::Medium);
        sheet.text(Area::new(x, y + Len::mm(12), w, Len::mm(5)), about, &self.about);
        let hint = Style::line(Len::points10(95), Weight::Regular);
        let area = Area::new(x, y + Len::mm(18), w, Len::mm(4));
        sheet.set(area, hint, Align::Start, Stand::Top, Ink::SOFT, words.get(Word::PracticeHint));
        flow.y = y + Len::mm(28);
        for group in &self.groups {
            group_into(&mut flow, words, group)?;
        }
        Ok(flow.finish(words, &self.about))
    }
}

/// What the cells of one group have in common, so that their bars stand in rows.
#[derive(Clone, Copy)]
struct Cell {
    captions: i32,
    bars: Len,
    height: Len,
}

impl Cell {
    fn of(flow: &Flow, group: &PracticeGroup) -> Cell {
        let needed = |entry: &PracticeEntry| flow.lines(&entry.caption, &CAPTION, width(1));
        let captions = group.entries.iter().map(needed).max().unwrap_or(1);
        let note = group.entries.iter().any(|entry| !entry.note.is_empty());
        let words = CAPTION_DROP * captions + if note { NOTE_DROP } else { Len::ZERO };
        Cell { captions, bars: words, height: words + BARS + Len::tenths(95) }
    }
}

fn group_into(flow: &mut Flow, words: &Words, group: &PracticeGroup) -> Result<(), LayoutError> {
    let shape = Cell::of(flow, group);
    if !flow.has_room(shape.height + Len::mm(12)) {
        flow.turn();
    }
    heading(flow, &group.heading);
    let mut column = 0;
    for entry in &group.entries {
        let spec = entry.symbol()?;
        let span = span(&spec)?;
        if column + span > COLUMNS {
            flow.y = flow.y + shape.height;
            column = 0;
        }
        if column == 0 && !flow.has_room(shape.height) {
            flow.turn();
            heading(flow, &format!("{}, {}", group.heading, words.get(Word::Continued)));
        }
        let x = FRAME.margin + (width(1) + GAP) * column;
        let area = Area::new(x, flow.y, width(span), shape.height);
        cell(flow.sheet(), area, shape, entry, spec);
        column += span;
    }
    flow.y = flow.y + shape.height + Len::mm(3);
    Ok(())
}

fn width(span: i32) -> Len {
    let one = (FRAME.inner() - GAP * (COLUMNS - 1)) / COLUMNS;
    one * span + GAP * (span - 1)
}

/// How many columns a symbol needs.
fn span(spec: &SymbolSpec) -> Result<i32, LayoutError> {
    let dpi = Dpi::D600;
    let fits = |span: i32| {
        let frame = (0, 0, width(span).dots(dpi), BARS.dots(dpi));
        pattern::place(&spec.clone().hanging(GAP), frame, -1, dpi).map(|_| span)
    };
    fits(1).or_else(|_| fits(2)).or_else(|_| fits(3))
}

fn heading(flow: &mut Flow, text: &str) {
    let style = Style::line(Len::points10(140), Weight::Bold);
    let (x, y, w) = (FRAME.margin, flow.y, FRAME.inner());
    flow.sheet().text(Area::new(x, y, w, Len::mm(5)), style, text);
    flow.y = flow.y + Len::tenths(60);
    flow.rule(Len::ZERO, Len::hundredths(35), Ink::BLACK);
    flow.y = flow.y + Len::mm(5);
}

fn cell(sheet: &mut Sheet, area: Area, shape: Cell, entry: &PracticeEntry, spec: SymbolSpec) {
    let tall = CAPTION_DROP * shape.captions;
    let caption = Area::new(area.x, area.y, area.w, tall - Len::tenths(14));
    sheet.set(caption, CAPTION, Align::Start, Stand::Bottom, Ink::BLACK, &entry.caption);
    let note = Style::line(Len::points10(85), Weight::Regular);
    let second = Area::new(area.x, area.y + tall, area.w, Len::mm(3));
    sheet.set(second, note, Align::Start, Stand::Top, Ink::SOFT, &entry.note);
    let bars = Area::new(area.x, area.y + shape.bars, area.w, BARS);
    sheet.symbol(bars, Align::Start, spec.hanging(GAP));
    let under = Area::new(area.x, bars.bottom() + Len::tenths(14), area.w, Len::mm(3));
    let human = Style::code(Len::points10(85), Weight::Medium).floor(Len::points10(50));
    sheet.text(under, Style { cut: true, ..human }, entry.human());
}
