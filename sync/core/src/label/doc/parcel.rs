//! The GS1 logistic label of one parcel.
//!
//! Three blocks, as the GS1 Logistic Label Guideline orders them: addresses and carrier in free form on
//! top, data in words in the middle, the SSCC symbol lowest with its digits under it. It prints no tracking
//! number and no rate: it has none.

use super::super::fit::Style;
use super::super::layout::{Align, Stand};
use super::super::pattern::SymbolSpec;
use super::super::words::{Word, Words};
use super::super::{Area, Ink, LayoutError, Len, Sheet, Weight};
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
    pub fn sheet(&self, words: &Words, stock: Stock) -> Result<Sheet, LayoutError> {
        let (width, height) = stock.size();
        let mut sheet = Sheet::new(width, height, words.is_rtl());
        let inner = width - MARGIN * 2;
        // From the bottom up: digits, bars, data, plate; the addresses take what is left.
        let symbol_top = height - Len::tenths(95) - BARS;
        let data_top = symbol_top - Len::mm(24);
        let plate_top = data_top - Len::tenths(175);
        self.addresses(&mut sheet, words, inner, plate_top);
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

    fn addresses(&self, sheet: &mut Sheet, words: &Words, inner: Len, end: Len) {
        let small = Style::line(Len::tenths(32), Weight::Regular);
        let line = |y, h| Area::new(MARGIN, y, inner, h);
        let mut y = MARGIN;
        let name = Style { weight: Weight::SemiBold, ..small };
        sheet.text(line(y, Len::mm(3)), CAPTION, words.get(Word::From));
        y = y + Len::tenths(38);
        sheet.text(line(y, Len::mm(3)), name, &self.from.name);
        y = y + Len::tenths(41);
        sheet.text(line(y, Len::tenths(64)), small.over(2), self.from.below().join(", "));
        y = y + Len::tenths(75);
        sheet.bar(line(y, Len::tenths(4)), Ink::BLACK);
        y = y + Len::tenths(37);
        sheet.text(line(y, Len::mm(3)), CAPTION, words.get(Word::To));
        y = y + Len::tenths(45);
        self.destination(sheet, Area::new(MARGIN, y, inner, end - Len::tenths(35) - y));
    }

    /// Name, street, town and country share the block; the town is the largest, the sorter reads it.
    fn destination(&self, sheet: &mut Sheet, area: Area) {
        let line = |y: Len, h: Len| Area::new(area.x, y, area.w, h);
        let name = Style::line(Len::tenths(54), Weight::Bold).over(2).floor(Len::tenths(42));
        let street = Style::line(Len::tenths(46), Weight::Medium).floor(Len::tenths(36));
        let town = Style::line(Len::tenths(68), Weight::ExtraBold).floor(Len::tenths(44));
        let country = Style::line(Len::tenths(50), Weight::SemiBold);
        let foot = if self.to.country.is_empty() { Len::ZERO } else { Len::tenths(68) };
        let town_y = area.bottom() - foot - Len::tenths(46);
        sheet.text(line(area.y, Len::tenths(96)), name, &self.to.name);
        let street_y = area.y + Len::tenths(120);
        let room = town_y - street_y - Len::tenths(20);
        let rows = i32::try_from(self.to.street.len()).unwrap_or(i32::MAX).clamp(1, 3);
        let street =
            if self.to.street.len() > 3 || room < Len::tenths(62) * rows { street.over(3) } else { street };
        if street.lines > 1 {
            sheet.text(line(street_y, room), street, self.to.street.join(", "));
        } else {
            for (row, text) in (0..).zip(&self.to.street) {
                sheet.text(line(street_y + Len::tenths(62) * row, Len::tenths(40)), street, text);
            }
        }
        sheet.text(line(town_y, Len::tenths(46)), town, &self.to.town);
        sheet.text(line(area.bottom() - Len::tenths(36), Len::tenths(36)), country, &self.to.country);
    }

    /// The one inverse band: what the carrier's people sort by.
    fn plate(&self, sheet: &mut Sheet, area: Area) {
        sheet.bar(area, Ink::BLACK);
        let text = area.inset(Len::mm(3));
        let left = Area::new(text.x, area.y, text.w / 2 - Len::mm(1), area.h);
        let right = Area::new(text.x + text.w / 2 + Len::mm(1), area.y, text.w / 2 - Len::mm(1), area.h);
        let style = Style::line(Len::tenths(62), Weight::Bold).over(2).floor(Len::tenths(36));
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
