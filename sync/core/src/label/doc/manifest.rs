//! The manifest: which parcels a carrier's driver takes, and the driver's signature for them.

use super::super::fit::Style;
use super::super::layout::{Align, Stand};
use super::super::pattern::SymbolSpec;
use super::super::words::{Stamp, Word, Words};
use super::super::{Area, Faces, Ink, LayoutError, Len, Sheet, Weight};
use super::flow::{Flow, Frame};
use super::grouped;
use crate::code::Sscc;

/// One parcel on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestParcel {
    /// The parcel's number.
    pub sscc: Sscc,
    /// The channel's order reference.
    pub order: String,
    /// Where it goes: postcode and town, or country.
    pub town: String,
    /// Weight in grams; 0 when not weighed.
    pub weight_g: u64,
}

/// What stands on a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestDoc {
    /// The shop that hands over.
    pub shop: String,
    /// Carrier.
    pub carrier: String,
    /// Service; may be empty.
    pub service: String,
    /// The manifest's number, printed and as a barcode.
    pub number: String,
    /// The cut-off it was closed for.
    pub cut_off: Option<Stamp>,
    /// When it was closed.
    pub closed: Stamp,
    /// The parcels, in the order they should be called out.
    pub parcels: Vec<ManifestParcel>,
}

const BODY: Len = Len::points10(100);
const CAPTION: Len = Len::points10(85);
const ROW: Len = Len::tenths(70);
/// Totals and signatures stay together.
const SIGN_HEIGHT: Len = Len::mm(62);

/// Leading edge and width of each column, from the margin.
const COLUMNS: [(Len, Len); 5] = [
    (Len::ZERO, Len::mm(9)),
    (Len::mm(12), Len::mm(53)),
    (Len::mm(67), Len::mm(34)),
    (Len::mm(103), Len::mm(46)),
    (Len::mm(149), Len::mm(25)),
];

impl ManifestDoc {
    /// The manifest's pages.
    ///
    /// # Errors
    /// The number cannot be a barcode, or is too long for one.
    pub fn sheets(&self, words: &Words, faces: &Faces) -> Result<Vec<Sheet>, LayoutError> {
        let mut flow = Flow::new(Frame::A4, faces, words.is_rtl());
        self.head(&mut flow, words)?;
        self.table_head(&mut flow, words);
        for (at, parcel) in self.parcels.iter().enumerate() {
            if !flow.has_room(ROW) {
                flow.turn();
                self.again(&mut flow, words);
                self.table_head(&mut flow, words);
            }
            row(&mut flow, words, at + 1, parcel);
        }
        self.totals(&mut flow, words);
        Ok(flow.finish(words, &format!("{} {}", words.get(Word::ManifestNumber), self.number)))
    }

    /// Grams of all parcels.
    fn weight(&self) -> u64 {
        self.parcels.iter().map(|parcel| parcel.weight_g).fold(0, u64::saturating_add)
    }

    fn head(&self, flow: &mut Flow, words: &Words) -> Result<(), LayoutError> {
        let (x, inner) = (flow.frame.margin, flow.frame.inner());
        let mut y = flow.y;
        let half = inner * 5 / 9;
        let sheet = flow.sheet();
        let code = Area::new(x + half, y, inner - half, Len::mm(15));
        sheet.symbol(code, Align::End, SymbolSpec::code_128(&self.number)?.hanging(Len::mm(10)));
        let under = Area::new(x + half, y + Len::tenths(165), inner - half, Len::mm(4));
        let number = Style::code(BODY, Weight::SemiBold);
        sheet.set(under, number, Align::End, Stand::Top, Ink::BLACK, &self.number);
        let shop = Style::line(BODY, Weight::SemiBold);
        sheet.text(Area::new(x, y, half, Len::mm(5)), shop, &self.shop);
        y = y + Len::mm(13);
        let title = Style::line(Len::points10(280), Weight::ExtraBold);
        sheet.text(Area::new(x, y, half, Len::mm(9)), title, words.get(Word::Manifest));
        y = y + Len::mm(12);
        let band = Area::new(x, y, inner, Len::mm(15));
        sheet.bar(band, Ink::BLACK);
        let text = Area::new(x + Len::mm(5), y, inner / 2 - Len::mm(6), band.h);
        let large = Style::line(Len::points10(180), Weight::Bold).over(2);
        sheet.set(text, large, Align::Start, Stand::Middle, Ink::WHITE, &self.carrier);
        let right = Area { x: x + inner / 2 + Len::mm(1), ..text };
        sheet.set(right, large, Align::End, Stand::Middle, Ink::WHITE, &self.service);
        y = y + band.h + Len::mm(6);
        let facts = [
            (Word::CutOff, self.cut_off.map(|at| words.moment(at)).unwrap_or_default()),
            (Word::Closed, words.moment(self.closed)),
            (Word::Parcels, self.parcels.len().to_string()),
            (Word::TotalWeight, words.kilograms(self.weight())),
        ];
        let quarter = inner / 4;
        let facts = facts.iter().filter(|(_, value)| !value.is_empty());
        for (at, (word, value)) in (0..).zip(facts) {
            fact(
                sheet,
                Area::new(x + quarter * at, y, quarter - Len::mm(2), Len::mm(10)),
                words.get(*word),
                value,
            );
        }
        flow.y = y + Len::mm(17);
        Ok(())
    }

    fn again(&self, flow: &mut Flow, words: &Words) {
        let (x, y, w) = (flow.frame.margin, flow.y, flow.frame.inner());
        let text = format!("{}, {}", words.get(Word::Manifest), words.get(Word::Continued));
        let style = Style::line(BODY, Weight::Bold);
        let sheet = flow.sheet();
        sheet.text(Area::new(x, y, w / 2, ROW), style, text);
        let right = Area::new(x + w / 2, y, w / 2, ROW);
        sheet.set(right, style, Align::End, Stand::Top, Ink::BLACK, &self.carrier);
        flow.y = flow.y + Len::mm(10);
    }

    fn table_head(&self, flow: &mut Flow, words: &Words) {
        let heads = ["", words.get(Word::Sscc), words.get(Word::Order), words.get(Word::To), ""];
        let weight = format!("{} ({})", words.get(Word::Weight), words.get(Word::Kilograms));
        let style = Style::line(CAPTION, Weight::SemiBold);
        let (x, y) = (flow.frame.margin, flow.y);
        let sheet = flow.sheet();
        for (at, ((left, width), head)) in COLUMNS.iter().zip(heads).enumerate() {
            let area = Area::new(x + *left, y, *width, ROW);
            let (align, head) =
                if at == 4 { (Align::Figures, weight.as_str()) } else { (Align::Start, head) };
            sheet.set(area, style, align, Stand::Top, Ink::SOFT, head);
        }
        flow.y = flow.y + Len::mm(4);
        flow.rule(Len::ZERO, Len::hundredths(35), Ink::BLACK);
    }

    fn totals(&self, flow: &mut Flow, words: &Words) {
        if !flow.has_room(SIGN_HEIGHT) {
            flow.turn();
            self.again(flow, words);
        }
        let (x, inner) = (flow.frame.margin, flow.frame.inner());
        let y = flow.y + Len::tenths(24);
        let bold = Style::code(BODY, Weight::ExtraBold);
        let count = format!("{} {}", self.parcels.len(), words.get(Word::Parcels));
        let sheet = flow.sheet();
        let area = |at: usize| {
            let (left, width) = COLUMNS.get(at).copied().unwrap_or_default();
            Area::new(x + left, y, width, ROW)
        };
        sheet.text(area(1), bold, count);
        let total = words.thousandths(self.weight());
        sheet.set(area(4), bold, Align::Figures, Stand::Top, Ink::BLACK, total);
        let y = y + Len::mm(15);
        let third = (inner - Len::mm(8)) / 3;
        for (at, word) in (0..).zip([Word::Driver, Word::Vehicle, Word::HandedOver]) {
            let left = x + (third + Len::mm(4)) * at;
            field(sheet, Area::new(left, y, third, Len::mm(15)), words.get(word));
        }
        let sign = Area::new(x, y + Len::mm(19), inner, Len::mm(24));
        field(sheet, sign, words.get(Word::Signature));
        flow.y = sign.bottom();
    }
}

fn row(flow: &mut Flow, words: &Words, number: usize, parcel: &ManifestParcel) {
    let weight = if parcel.weight_g == 0 { "–".to_owned() } else { words.thousandths(parcel.weight_g) };
    let cells = [
        (number.to_string(), Style::code(CAPTION, Weight::Medium), Ink::SOFT),
        (grouped(&parcel.sscc.to_string()), Style::code(BODY, Weight::SemiBold), Ink::BLACK),
        (parcel.order.clone(), Style::line(BODY, Weight::Medium), Ink::BLACK),
        (parcel.town.clone(), Style::line(BODY, Weight::Regular), Ink::BLACK),
        (weight, Style::code(BODY, Weight::Medium), Ink::BLACK),
    ];
    let (x, y) = (flow.frame.margin, flow.y);
    let sheet = flow.sheet();
    for (at, ((left, width), (text, style, ink))) in COLUMNS.iter().zip(cells).enumerate() {
        let area = Area::new(x + *left, y, *width, ROW);
        let align = if at == 0 || at == 4 { Align::Figures } else { Align::Start };
        sheet.set(area, style, align, Stand::Middle, ink, text);
    }
    flow.y = flow.y + ROW;
    flow.rule(Len::mm(12), Len::hundredths(18), Ink::HAIR);
}

fn fact(sheet: &mut Sheet, area: Area, caption: &str, value: &str) {
    let style = Style::line(CAPTION, Weight::Medium);
    sheet.set(area, style, Align::Start, Stand::Top, Ink::SOFT, caption);
    let below = Area::new(area.x, area.y + Len::tenths(48), area.w, area.h);
    sheet.text(below, Style::line(Len::points10(120), Weight::Bold), value);
}

/// A box to write in.
fn field(sheet: &mut Sheet, area: Area, caption: &str) {
    sheet.frame(area, Len::hundredths(35), Ink::BLACK);
    let inside = area.inset(Len::tenths(22));
    let style = Style::line(CAPTION, Weight::Medium);
    sheet.set(inside, style, Align::Start, Stand::Top, Ink::SOFT, caption);
}
