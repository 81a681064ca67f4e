//! The GS1 logistic label of one parcel.
//!
//! Three blocks, as the GS1 Logistic Label Guideline orders them: addresses and carrier in free form on
//! top, data in words in the middle, the SSCC symbol lowest with its digits under it. It prints no tracking
//! number and no rate: it has none.

use super::super::fit::{Style, lines_needed};
use super::super::layout::{Align, Stand};
use super::super::pattern::SymbolSpec;
use super::super::words::{Word, Words};
use super::super::{Area, Faces, Ink, LayoutError, Len, Sheet, Weight};
use super::{Address, CAPTION, pair};
use crate::code::Sscc;

/// The label paper in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// 105 × 148 mm.
    A6,
    /// 4 × 6 inches.
    FourBySix,
}

impl Stock {
    /// Width and height.
    pub const fn size(self) -> (Len, Len) {
        match self {
            Stock::A6 => (Len::mm(105), Len::mm(148)),
            Stock::FourBySix => (Len::hundredths(10_160), Len::hundredths(15_240)),
        }
    }
}

/// What stands on a parcel's label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelLabel {
    /// The shop.
    pub from: Address,
    /// The customer.
    pub to: Address,
    /// Carrier, as the sorter knows it.
    pub carrier: String,
    /// Service, route or drop: what the carrier sorts by.
    pub service: String,
    /// The parcel's number.
    pub sscc: Sscc,
    /// Which parcel of the shipment, from 1.
    pub parcel: u16,
    /// How many there are; 0 while packing goes on and nobody knows.
    pub parcels: u16,
    /// Weight in grams; 0 when it was not weighed.
    pub weight_g: u64,
    /// The channel's order reference.
    pub order: String,
}

/// Margin left and right.
const MARGIN: Len = Len::mm(5);
/// Height of bars GS1 asks for.
const BARS: Len = Len::hundredths(3175);

impl ParcelLabel {
    /// The label as a page.
    ///
    /// # Errors
    /// Never for an SSCC on these stocks; the symbol's own refusals.
    pub fn sheet(&self, words: &Words, faces: &Faces, stock: Stock) -> Result<Sheet, LayoutError> {
        let (width, height) = stock.size();
        let mut sheet = Sheet::new(width, height, words.is_rtl());
        let inner = width - MARGIN * 2;
        // From the bottom up: digits, bars, data, plate; the addresses take what is left.
        let symbol_top = height - Len::tenths(95) - BARS;
        let data_top = symbol_top - Len::mm(24);
        let plate_top = data_top - Len::tenths(175);
        self.addresses(&mut sheet, words, faces, inner, plate_top);
        self.plate(&mut sheet, Area::new(MARGIN, plate_top, inner, Len::mm(14)));
        self.data(&mut sheet, words, Area::new(MARGIN, data_top, inner, Len::mm(21)));
        sheet.bar(Area::new(MARGIN, symbol_top - Len::tenths(30), inner, Len::tenths(4)), Ink::BLACK);
        let spec = SymbolSpec::gs1_128(&format!("00{}", self.sscc))?;
        let full = Area::new(Len::mm(2), symbol_top, width - Len::mm(4), BARS);
        sheet.symbol(full, Align::Middle, spec);
        let digits = Area::new(MARGIN, symbol_top + BARS + Len::tenths(15), inner, Len::mm(4));
        let style = Style::code(Len::tenths(45), Weight::SemiBold);
        let human = format!("(00)\u{A0}{}", self.sscc);
        sheet.set(digits, style, Align::Middle, Stand::Top, Ink::BLACK, human);
        Ok(sheet)
    }

    fn addresses(&self, sheet: &mut Sheet, words: &Words, faces: &Faces, inner: Len, end: Len) {
        let line = |y, h| Area::new(MARGIN, y, inner, h);
        let small = Style::line(Len::tenths(32), Weight::Regular);
        let mut y = MARGIN;
        sheet.text(line(y, Len::mm(3)), CAPTION, words.get(Word::From));
        y = y + Len::tenths(38);
        sheet.text(line(y, Len::mm(3)), Style { weight: Weight::SemiBold, ..small }, &self.from.name);
        y = y + Len::tenths(41);
        sheet.text(line(y, Len::mm(3)), small, self.from.below().join(", "));
        y = y + Len::tenths(48);
        sheet.bar(line(y, Len::tenths(4)), Ink::BLACK);
        y = y + Len::tenths(34);
        sheet.text(line(y, Len::mm(3)), CAPTION, words.get(Word::To));
        y = y + Len::tenths(43);
        self.destination(sheet, faces, Area::new(MARGIN, y, inner, end - Len::tenths(35) - y));
    }

    /// Name, street, town and country share the block; the town is the largest, the sorter reads it.
    fn destination(&self, sheet: &mut Sheet, faces: &Faces, area: Area) {
        let line = |y: Len, h: Len| Area::new(area.x, y, area.w, h);
        let name = Style::line(Len::tenths(52), Weight::Bold).over(2).floor(Len::tenths(42));
        let town = Style::line(Len::tenths(68), Weight::ExtraBold).floor(Len::tenths(44));
        let country = Style::line(Len::tenths(48), Weight::SemiBold);
        let foot = if self.to.country.is_empty() { Len::ZERO } else { Len::tenths(66) };
        let town_y = area.bottom() - foot - Len::tenths(46);
        let rows = lines_needed(faces, &self.to.name, &name, area.w);
        let name_height = Len::tenths(35) + Len::tenths(68) * (rows - 1);
        sheet.text(line(area.y, name_height), name, &self.to.name);
        let street_y = area.y + name_height + Len::tenths(28);
        self.street(sheet, line(street_y, town_y - Len::tenths(26) - street_y));
        sheet.text(line(town_y, Len::tenths(46)), town, &self.to.town);
        sheet.text(line(area.bottom() - Len::tenths(33), Len::tenths(33)), country, &self.to.country);
    }

    /// Up to three lines as given, closer together where there is little room; more run on.
    fn street(&self, sheet: &mut Sheet, area: Area) {
        let (widest, size) = (Len::tenths(56), Len::tenths(43));
        let rows = i32::try_from(self.to.street.len()).unwrap_or(i32::MAX);
        let pitch = Ord::min(widest, (area.h - Len::tenths(29)) / (rows - 1).max(1));
        let style = Style { pitch: 122, ..Style::line(size, Weight::Medium).floor(Len::tenths(26)) };
        if rows > 3 || pitch < Len::tenths(44) {
            sheet.text(area, style.over(4), self.to.street.join(", "));
            return;
        }
        for (row, text) in (0..).zip(&self.to.street) {
            sheet.text(Area::new(area.x, area.y + pitch * row, area.w, Len::tenths(30)), style, text);
        }
    }

    /// The one inverse band: what the carrier's people sort by.
    fn plate(&self, sheet: &mut Sheet, area: Area) {
        sheet.bar(area, Ink::BLACK);
        let text = area.inset(Len::mm(3));
        let left = Area::new(text.x, area.y, text.w / 2 - Len::mm(1), area.h);
        let right = Area::new(text.x + text.w / 2 + Len::mm(1), area.y, text.w / 2 - Len::mm(1), area.h);
        let style = Style::line(Len::tenths(52), Weight::Bold).over(2).floor(Len::tenths(36));
        let style = Style { pitch: 120, ..style };
        sheet.set(left, style, Align::Start, Stand::Middle, Ink::WHITE, &self.carrier);
        sheet.set(right, style, Align::End, Stand::Middle, Ink::WHITE, &self.service);
    }

    fn data(&self, sheet: &mut Sheet, words: &Words, area: Area) {
        let third = area.w / 3;
        let parcel = match self.parcels {
            0 => self.parcel.to_string(),
            all => format!("{}/{all}", self.parcel),
        };
        let count = Style::code(Len::tenths(105), Weight::ExtraBold);
        pair(sheet, Area::new(area.x, area.y, third, area.h), words.get(Word::Parcel), count, &parcel);
        let value = Style::code(Len::tenths(52), Weight::SemiBold).over(2);
        let second = Area::new(area.x + third, area.y, third - Len::mm(2), Len::tenths(100));
        if self.weight_g > 0 {
            pair(sheet, second, words.get(Word::Weight), value, &words.kilograms(self.weight_g));
        }
        let last = Area::new(area.x + third * 2, area.y, third, Len::tenths(110));
        pair(sheet, last, words.get(Word::Order), Style { cut: true, ..value }, &self.order);
        let below = Area::new(area.x + third, area.y + Len::tenths(108), third * 2, Len::tenths(90));
        let number = Style::code(Len::tenths(50), Weight::SemiBold);
        pair(sheet, below, words.get(Word::Sscc), number, &self.sscc.to_string());
    }
}
