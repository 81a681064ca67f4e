//! The packing slip: what is in this parcel, what is in the others, what is still to come.
//!
//! Prices are printed only when given: a gift wholesaler's customers do not want them in the box. Amounts
//! are minor units; the total is that of the lines in this parcel, nothing else.

use super::super::fit::Style;
use super::super::layout::{Align, Stand};
use super::super::pattern::SymbolSpec;
use super::super::words::{Stamp, Word, Words};
use super::super::{Area, Faces, Ink, LayoutError, Len, Sheet, Weight};
use super::Address;
use super::flow::{Flow, Frame};

/// The paper a slip is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 105 × 148 mm.
    A6,
}

/// One line of a slip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlipLine {
    /// The item's number.
    pub item: String,
    /// Its description.
    pub description: String,
    /// Pieces, in base units.
    pub quantity: u64,
    /// Price of one piece in minor units, where prices are shown.
    pub price_minor: Option<i64>,
}

/// How prices are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Currency, as printed: `GBP`.
    pub currency: String,
    /// Digits after the decimal mark.
    pub decimals: u32,
}

/// What stands on a packing slip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackingSlip {
    /// The shop, as the heading.
    pub shop: String,
    /// The shop's address or website, one line.
    pub shop_note: String,
    /// Who gets it.
    pub to: Address,
    /// The channel's order reference.
    pub order: String,
    /// When it was ordered.
    pub ordered: Option<Stamp>,
    /// When it leaves.
    pub shipped: Option<Stamp>,
    /// Which parcel of the shipment, from 1.
    pub parcel: u16,
    /// How many there are; 0 while nobody knows.
    pub parcels: u16,
    /// Carrier and service.
    pub carrier: String,
    /// Weight in grams; 0 when not weighed.
    pub weight_g: u64,
    /// The code that brings this shipment up when scanned; empty for none.
    pub code: String,
    /// What is in this parcel.
    pub lines: Vec<SlipLine>,
    /// What is in the shipment's other parcels.
    pub elsewhere: Vec<SlipLine>,
    /// What was ordered and is not shipped yet.
    pub to_follow: Vec<SlipLine>,
    /// How prices are written; `None` prints none.
    pub prices: Option<Prices>,
    /// A closing sentence from the shop.
    pub message: String,
}

/// Sizes of type and columns for one paper.
#[derive(Clone, Copy)]
struct Cut {
    frame: Frame,
    title: Len,
    body: Len,
    caption: Len,
    row: Len,
    next: Len,
    quantity: Len,
    item: Len,
    money: Len,
    matrix: Len,
}

const A4: Cut = Cut {
    frame: Frame::A4,
    title: Len::points10(280),
    body: Len::points10(105),
    caption: Len::points10(85),
    row: Len::tenths(78),
    next: Len::tenths(46),
    quantity: Len::mm(14),
    item: Len::mm(30),
    money: Len::mm(25),
    matrix: Len::mm(22),
};

const A6: Cut = Cut {
    frame: Frame::A6,
    title: Len::points10(170),
    body: Len::points10(80),
    caption: Len::points10(65),
    row: Len::tenths(56),
    next: Len::tenths(34),
    quantity: Len::mm(9),
    item: Len::mm(19),
    money: Len::mm(16),
    matrix: Len::mm(15),
};

impl PackingSlip {
    /// The slip's pages.
    ///
    /// # Errors
    /// The code cannot be a symbol. Text never fails: it wraps, shrinks, and is cut at the end.
    pub fn sheets(&self, words: &Words, faces: &Faces, paper: Paper) -> Result<Vec<Sheet>, LayoutError> {
        let cut = if paper == Paper::A4 { A4 } else { A6 };
        let mut flow = Flow::new(cut.frame, faces, words.is_rtl());
        self.head(&mut flow, words, cut)?;
        self.table(&mut flow, words, cut, words.get(Word::PackingSlip), &self.lines, true);
        self.totals(&mut flow, words, cut);
        self.section(&mut flow, words, cut, Word::Elsewhere, &self.elsewhere);
        self.section(&mut flow, words, cut, Word::ToFollow, &self.to_follow);
        self.closing(&mut flow, cut);
        Ok(flow.finish(words, &format!("{} {}", words.get(Word::Order), self.order)))
    }

    fn head(&self, flow: &mut Flow, words: &Words, cut: Cut) -> Result<(), LayoutError> {
        let frame = cut.frame;
        let (x, inner) = (frame.margin, frame.inner());
        let free = inner - cut.matrix - Len::mm(4);
        let shop = Style::line(cut.body * 5 / 4, Weight::Bold);
        let sheet = flow.sheet();
        if !self.code.is_empty() {
            let spec = SymbolSpec::data_matrix(&self.code)?.hanging(Len::mm(2));
            let area = Area::new(x + inner - cut.matrix, frame.margin, cut.matrix, cut.matrix);
            sheet.symbol(area, Align::End, spec);
        }
        let mut y = frame.margin;
        sheet.text(Area::new(x, y, free, cut.body * 2), shop, &self.shop);
        y = y + cut.body * 7 / 4;
        let note = Style::line(cut.caption, Weight::Regular);
        sheet.set(
            Area::new(x, y, free, cut.body),
            note,
            Align::Start,
            Stand::Top,
            Ink::SOFT,
            &self.shop_note,
        );
        y = (frame.margin + cut.matrix).max(y + cut.body) - cut.title * 2 / 3;
        let title = Style::line(cut.title, Weight::ExtraBold);
        sheet.text(Area::new(x, y, free, cut.title), title, words.get(Word::PackingSlip));
        flow.y = y + cut.title + cut.body * 2 / 3;
        flow.rule(Len::ZERO, Len::tenths(5), Ink::BLACK);
        flow.y = flow.y + cut.body * 3 / 2;
        self.facts(flow, words, cut);
        Ok(())
    }

    /// The address on the leading half, order facts in two columns on the other.
    fn facts(&self, flow: &mut Flow, words: &Words, cut: Cut) {
        let (x, y, inner) = (cut.frame.margin, flow.y, cut.frame.inner());
        let half = inner / 2;
        let name = Style { pitch: 122, ..Style::line(cut.body, Weight::Bold).over(2) };
        let rows = flow.lines(&self.to.name, &name, half - Len::mm(4));
        let sheet = flow.sheet();
        caption(sheet, cut, x, y, half, words.get(Word::To));
        let mut line_y = y + cut.caption * 8 / 5;
        sheet.text(Area::new(x, line_y, half - Len::mm(4), cut.next * (rows + 1)), name, &self.to.name);
        line_y = line_y + cut.next * rows;
        let plain = Style::line(cut.body, Weight::Regular);
        for line in self.to.below() {
            sheet.text(Area::new(x, line_y, half - Len::mm(4), cut.next), plain, line);
            line_y = line_y + cut.next;
        }
        let parcel = match self.parcels {
            0 => self.parcel.to_string(),
            all => words.of(Word::ParcelOf, usize::from(self.parcel), usize::from(all)),
        };
        let facts = [
            (Word::Order, self.order.clone()),
            (Word::OrderDate, self.ordered.map(|at| words.date(at)).unwrap_or_default()),
            (Word::Parcel, parcel),
            (Word::Shipped, self.shipped.map(|at| words.date(at)).unwrap_or_default()),
            (Word::Carrier, self.carrier.clone()),
            (Word::Weight, if self.weight_g > 0 { words.kilograms(self.weight_g) } else { String::new() }),
        ];
        let facts = facts.iter().filter(|(_, value)| !value.is_empty());
        let column = half / 2;
        let value = Style::line(cut.body, Weight::SemiBold);
        let mut fact_y = y;
        for (at, (word, text)) in facts.enumerate() {
            let left = x + half + if at % 2 == 0 { Len::ZERO } else { column };
            fact_y = y + (cut.next * 2 + cut.body / 2) * (at as i32 / 2);
            caption(sheet, cut, left, fact_y, column - Len::mm(2), words.get(*word));
            let area = Area::new(left, fact_y + cut.caption * 8 / 5, column - Len::mm(2), cut.next);
            sheet.text(area, value, text);
        }
        flow.y = line_y.max(fact_y + cut.next * 2 + cut.body / 2) + cut.row * 2 / 3;
    }

    fn table(&self, flow: &mut Flow, words: &Words, cut: Cut, title: &str, lines: &[SlipLine], money: bool) {
        if lines.is_empty() {
            return;
        }
        let columns = Columns::of(cut, money && self.prices.is_some());
        self.table_head(flow, words, cut, &columns);
        let style = Style::line(cut.body, Weight::Regular).over(2).floor(cut.body * 5 / 6);
        for line in lines {
            let rows = flow.lines(&line.description, &style, columns.description.1);
            let height = cut.row + cut.next * (rows - 1);
            if !flow.has_room(height) {
                flow.turn();
                let again = Style::line(cut.body, Weight::Bold);
                let (x, y, w) = (cut.frame.margin, flow.y, cut.frame.inner());
                let text = format!("{title}, {}", words.get(Word::Continued));
                flow.sheet().text(Area::new(x, y, w, cut.next), again, text);
                flow.y = flow.y + cut.row;
                self.table_head(flow, words, cut, &columns);
            }
            self.row(flow, words, cut, &columns, line, height, style);
        }
    }

    fn table_head(&self, flow: &mut Flow, words: &Words, cut: Cut, columns: &Columns) {
        let y = flow.y;
        let style = Style::line(cut.caption, Weight::SemiBold);
        let currency = self.prices.as_ref().map_or("", |prices| prices.currency.as_str());
        let amount = format!("{} {currency}", words.get(Word::Amount));
        let sheet = flow.sheet();
        let mut put = |(x, w): (Len, Len), align, text: &str| {
            sheet.set(Area::new(x, y, w, cut.next), style, align, Stand::Top, Ink::SOFT, text);
        };
        put(columns.quantity, Align::Figures, words.get(Word::Quantity));
        put(columns.item, Align::Start, words.get(Word::Item));
        put(columns.description, Align::Start, words.get(Word::Description));
        if let Some((price, total)) = columns.money {
            put(price, Align::Figures, words.get(Word::Price));
            put(total, Align::Figures, &amount);
        }
        flow.y = flow.y + cut.caption + cut.body / 3;
        flow.rule(Len::ZERO, Len::hundredths(35), Ink::BLACK);
    }

    #[expect(clippy::too_many_arguments, reason = "one row's place, columns and words")]
    fn row(
        &self,
        flow: &mut Flow,
        words: &Words,
        cut: Cut,
        columns: &Columns,
        line: &SlipLine,
        height: Len,
        style: Style,
    ) {
        let y = flow.y + (cut.row - cut.body * 2 / 3) / 2;
        let tall = height - (y - flow.y);
        let number = Style::code(cut.body, Weight::Bold);
        let code = Style::line(cut.body, Weight::Medium).floor(cut.body / 2);
        let sheet = flow.sheet();
        let mut put = |(x, w): (Len, Len), align, style, text: &str| {
            sheet.set(Area::new(x, y, w, tall), style, align, Stand::Top, Ink::BLACK, text);
        };
        put(columns.quantity, Align::Figures, number, &line.quantity.to_string());
        put(columns.item, Align::Start, code, &line.item);
        put(columns.description, Align::Start, style, &line.description);
        if let (Some((price, total)), Some(prices), Some(minor)) =
            (columns.money, &self.prices, line.price_minor)
        {
            let amount = i64::try_from(line.quantity).unwrap_or(i64::MAX).saturating_mul(minor);
            put(price, Align::Figures, code, &words.money(minor, prices.decimals));
            put(total, Align::Figures, code, &words.money(amount, prices.decimals));
        }
        flow.y = flow.y + height;
        flow.rule(columns.item.0 - cut.frame.margin, Len::hundredths(18), Ink::HAIR);
    }

    fn totals(&self, flow: &mut Flow, words: &Words, cut: Cut) {
        if !flow.has_room(cut.row * 2) {
            flow.turn();
        }
        let pieces: u64 = self.lines.iter().map(|line| line.quantity).fold(0, u64::saturating_add);
        let columns = Columns::of(cut, self.prices.is_some());
        let y = flow.y + (cut.row - cut.body * 2 / 3) / 2;
        let bold = Style::code(cut.body, Weight::ExtraBold);
        let sheet = flow.sheet();
        let area = |(x, w): (Len, Len)| Area::new(x, y, w, cut.row);
        sheet.set(area(columns.quantity), bold, Align::Figures, Stand::Top, Ink::BLACK, pieces.to_string());
        let text =
            format!("{}   ·   {}: {}", words.get(Word::Pieces), words.get(Word::Lines), self.lines.len());
        let wide = (columns.item.0, columns.item.1 + columns.description.1);
        sheet.text(area(wide), Style::line(cut.body, Weight::SemiBold), text);
        if let (Some((_, total)), Some(prices)) = (columns.money, &self.prices) {
            let amount = |line: &SlipLine| {
                let pieces = i64::try_from(line.quantity).unwrap_or(i64::MAX);
                pieces.saturating_mul(line.price_minor.unwrap_or(0))
            };
            let sum = self.lines.iter().map(amount).fold(0, i64::saturating_add);
            let text = words.money(sum, prices.decimals);
            sheet.set(area(total), bold, Align::Figures, Stand::Top, Ink::BLACK, text);
        }
        flow.y = flow.y + cut.row * 2;
    }

    fn section(&self, flow: &mut Flow, words: &Words, cut: Cut, head: Word, lines: &[SlipLine]) {
        if lines.is_empty() {
            return;
        }
        if !flow.has_room(cut.row * 3) {
            flow.turn();
        }
        let (x, y, w) = (cut.frame.margin, flow.y, cut.frame.inner());
        let style = Style::line(cut.body * 5 / 4, Weight::Bold);
        flow.sheet().text(Area::new(x, y, w, cut.row), style, words.get(head));
        flow.y = flow.y + cut.row;
        self.table(flow, words, cut, words.get(head), lines, false);
        flow.y = flow.y + cut.row;
    }

    fn closing(&self, flow: &mut Flow, cut: Cut) {
        if self.message.is_empty() {
            return;
        }
        let style = Style::line(cut.body, Weight::Medium).over(4);
        let rows = flow.lines(&self.message, &style, cut.frame.inner());
        if !flow.has_room(cut.next * rows) {
            flow.turn();
        }
        let area = Area::new(cut.frame.margin, flow.y, cut.frame.inner(), cut.next * (rows + 1));
        flow.sheet().text(area, style, &self.message);
    }
}

fn caption(sheet: &mut Sheet, cut: Cut, x: Len, y: Len, w: Len, text: &str) {
    let style = Style::line(cut.caption, Weight::Medium);
    sheet.set(Area::new(x, y, w, cut.caption), style, Align::Start, Stand::Top, Ink::SOFT, text);
}

/// Leading edge and width of each column.
struct Columns {
    quantity: (Len, Len),
    item: (Len, Len),
    description: (Len, Len),
    money: Option<((Len, Len), (Len, Len))>,
}

impl Columns {
    fn of(cut: Cut, money: bool) -> Columns {
        let gap = cut.body;
        let (x, end) = (cut.frame.margin, cut.frame.margin + cut.frame.inner());
        let item = x + cut.quantity + gap;
        let description = item + cut.item + gap;
        let last = if money { end - cut.money * 2 } else { end };
        Columns {
            quantity: (x, cut.quantity),
            item: (item, cut.item),
            description: (description, last - description - Len::mm(1)),
            money: money.then_some(((last, cut.money - Len::mm(2)), (end - cut.money, cut.money))),
        }
    }
}
