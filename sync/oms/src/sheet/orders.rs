//! Orders from a file: rows of one line each, gathered by the order's reference.
//!
//! A row that cannot be read parks its order; a row without a reference is reported alone. Codes that are no
//! goods become charges; a reference that begins with `C` is a return, as the exports of the trade have it.
//! An item that is named twice in an order becomes one line with both quantities.

use std::collections::BTreeMap;

use aisle_core::{
    id::Code,
    item::Item,
    order::Address,
    quantity::{QUANTITY_MAX, Quantity},
    time::Millis,
};
use jiff::{civil::DateTime, fmt::strtime, tz::TimeZone};

use super::{Problem, Row, Sheet, SheetError, Wrong};
use crate::{
    order::intake::{Incoming, IncomingCharge, IncomingLine},
    store::record::OrderKind,
};

/// Our names of the columns, with the headers they have by default.
pub const COLUMNS: [(&str, &str); 9] = [
    ("reference", "InvoiceNo"),
    ("sku", "StockCode"),
    ("description?", "Description"),
    ("quantity", "Quantity"),
    ("placed", "InvoiceDate"),
    ("price?", "UnitPrice"),
    ("customer?", "CustomerID"),
    ("country?", "Country"),
    ("service?", "Service"),
];

/// The ways a date may be written: month first with two or four digits of the year, or ISO 8601.
const DATES: [&str; 6] = [
    "%m/%d/%y %H:%M",
    "%m/%d/%Y %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
];

/// Orders read from a file.
#[derive(Debug, Default)]
pub struct OrdersRead {
    /// The orders, in the order of their first rows.
    pub orders: Vec<Incoming>,
    /// Rows with something wrong.
    pub problems: Vec<Problem>,
    /// How many rows there were.
    pub rows: usize,
}

/// Reads a file of orders.
///
/// # Errors
/// When it is no sheet, or lacks a column.
pub fn read(
    bytes: &[u8],
    map: &BTreeMap<String, String>,
    charges: &[String],
    zone: &TimeZone,
) -> Result<OrdersRead, SheetError> {
    let sheet = Sheet::read(bytes, &COLUMNS, map)?;
    let mut read = OrdersRead { rows: sheet.len(), ..OrdersRead::default() };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in sheet.rows() {
        let reference = row.text("reference").to_owned();
        if reference.is_empty() || reference.chars().any(char::is_control) {
            read.problems.push(Problem {
                row: row.number,
                about: String::new(),
                what: Wrong::Missing("reference"),
            });
            continue;
        }
        let place = *places.entry(reference.clone()).or_insert_with(|| {
            read.orders.push(blank(&reference));
            read.orders.len() - 1
        });
        if let Err(what) = add(&mut read.orders[place], &row, charges, zone) {
            let problem = Problem { row: row.number, about: reference, what };
            let order = &mut read.orders[place];
            order.unreadable.get_or_insert_with(|| crate::words::problem(&problem));
            read.problems.push(problem);
        }
    }
    Ok(read)
}

fn blank(reference: &str) -> Incoming {
    let kind = if reference.starts_with('C') { OrderKind::Return } else { OrderKind::Order };
    Incoming {
        reference: reference.to_owned(),
        kind,
        placed: Millis(0),
        customer: String::new(),
        ship_to: Address::default(),
        service: None,
        lines: Vec::new(),
        charges: Vec::new(),
        unreadable: None,
    }
}

fn add(order: &mut Incoming, row: &Row<'_>, charges: &[String], zone: &TimeZone) -> Result<(), Wrong> {
    row.whole()?;
    let placed = moment(row.needed("placed")?, zone)?;
    if order.placed == Millis(0) {
        order.placed = placed;
        order.customer = row.text("customer").to_owned();
        order.ship_to = Address {
            name: order.customer.clone(),
            country: row.text("country").to_owned(),
            ..Address::default()
        };
        order.service = match row.text("service") {
            "" => None,
            _ => Some(row.parsed("service")?),
        };
    }
    let sku = row.needed("sku")?;
    let price = match row.text("price") {
        "" => 0,
        text => millionths(text).ok_or_else(|| Wrong::Unreadable("price", text.to_owned()))?,
    };
    if charges.iter().any(|charge| charge == sku) {
        let quantity = row.number("quantity", -QUANTITY_MAX..=QUANTITY_MAX)?;
        order.charges.push(IncomingCharge {
            code: sku.to_owned(),
            description: row.text("description").to_owned(),
            quantity,
            amount_minor: minor(price, quantity),
        });
        return Ok(());
    }
    let item = Code::parse(sku).map_err(|_| Wrong::Unreadable("sku", sku.to_owned()))?;
    let quantity = match order.kind {
        OrderKind::Order => row.number("quantity", 1..=QUANTITY_MAX)?,
        OrderKind::Return => -row.number("quantity", -QUANTITY_MAX..=-1)?,
    };
    if price < 0 {
        return Err(Wrong::OutOfRange("price", row.text("price").to_owned()));
    }
    add_line(order, item, row.text("description"), quantity, minor(price, quantity))
}

fn add_line(
    order: &mut Incoming,
    item: Code<Item>,
    description: &str,
    quantity: i64,
    amount_minor: i64,
) -> Result<(), Wrong> {
    if let Some(line) = order.lines.iter_mut().find(|line| line.item == item) {
        let both = Quantity::counted(line.quantity.0 + quantity)
            .ok_or_else(|| Wrong::OutOfRange("quantity", quantity.to_string()))?;
        line.quantity = both;
        line.amount_minor = line.amount_minor.saturating_add(amount_minor);
        return Ok(());
    }
    order.lines.push(IncomingLine {
        item,
        description: description.to_owned(),
        quantity: Quantity(quantity),
        amount_minor,
    });
    Ok(())
}

/// A moment written in one of [`DATES`], by the site's clock.
fn moment(text: &str, zone: &TimeZone) -> Result<Millis, Wrong> {
    let wrong = || Wrong::Unreadable("placed", text.to_owned());
    let date: DateTime = DATES
        .iter()
        .find_map(|form| strtime::parse(form, text).and_then(|read| read.to_datetime()).ok())
        .ok_or_else(wrong)?;
    let zoned = date.to_zoned_datetime(zone.clone()).map_err(|_| wrong())?;
    Ok(Millis(zoned.timestamp().as_millisecond()))
}

/// A decimal number of at most six places, in millionths.
fn millionths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 6 || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<6}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(part).map(|value| sign * value)
}

/// A price in millionths times a quantity, in hundredths, halves rounded away from zero.
fn minor(price: i64, quantity: i64) -> i64 {
    let product = i128::from(price) * i128::from(quantity);
    let half = if product < 0 { -5_000 } else { 5_000 };
    i64::try_from((product + half) / 10_000).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    fn orders(rows: &str) -> OrdersRead {
        let text = format!("{HEADER}{rows}");
        let charges = ["POST".to_owned()];
        read(text.as_bytes(), &BTreeMap::new(), &charges, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn a_date_of_the_trade_is_month_first_with_two_digits_of_the_year() {
        let read = orders("1,A,x,1,12/1/10 8:26,1,7,France\n");
        let at: jiff::Timestamp = "2010-12-01T08:26:00Z".parse().unwrap();
        assert_eq!(read.orders[0].placed, Millis(at.as_millisecond()));
        assert_eq!(read.orders[0].ship_to.country, "France");
    }

    #[test]
    fn an_item_named_twice_is_one_line_with_both_quantities() {
        let read = orders(
            "1,A,x,1,12/1/10 8:26,2.55,7,F\n1,B,y,1,12/1/10 8:26,1,7,F\n1,A,x,3,12/1/10 8:26,2.55,7,F\n",
        );
        let lines: Vec<_> =
            read.orders[0].lines.iter().map(|l| (l.item.as_str(), l.quantity.0, l.amount_minor)).collect();
        assert_eq!(lines, [("A", 4, 1_020), ("B", 1, 100)]);
    }

    #[test]
    fn charges_are_no_goods_and_returns_come_back() {
        let read = orders("1,POST,POSTAGE,3,12/1/10 8:26,18,7,F\nC2,A,x,-4,12/1/10 9:00,1,7,F\n");
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        assert!(read.orders[0].lines.is_empty());
        assert_eq!(read.orders[0].charges[0].amount_minor, 5_400);
        assert_eq!((read.orders[1].kind, read.orders[1].lines[0].quantity), (OrderKind::Return, Quantity(4)));
    }

    #[test]
    fn a_row_that_cannot_be_read_parks_its_order_and_is_reported() {
        for (row, what) in [
            ("1,A,x,-1,12/1/10 8:26,1,7,F", Wrong::OutOfRange("quantity", "-1".into())),
            ("1,A,x,0,12/1/10 8:26,1,7,F", Wrong::OutOfRange("quantity", "0".into())),
            ("1,A,x,5012345678900,12/1/10 8:26,1,7,F", Wrong::OutOfRange("quantity", "5012345678900".into())),
            ("1,A,x,six,12/1/10 8:26,1,7,F", Wrong::Unreadable("quantity", "six".into())),
            ("1,A,x,1,yesterday,1,7,F", Wrong::Unreadable("placed", "yesterday".into())),
            ("1,A,x,1,12/1/10 8:26,1e3,7,F", Wrong::Unreadable("price", "1e3".into())),
            ("1,A,x,1,12/1/10 8:26,-1,7,F", Wrong::OutOfRange("price", "-1".into())),
            ("1,,x,1,12/1/10 8:26,1,7,F", Wrong::Missing("sku")),
            ("1,A,x", Wrong::Fields(3, 8)),
            ("1,A,x,1,12/1/10 8:26,1,7,F,G", Wrong::Fields(9, 8)),
        ] {
            let read = orders(&format!("1,B,y,2,12/1/10 8:26,1,7,F\n{row}\n"));
            assert_eq!(read.problems, [Problem { row: 3, about: "1".into(), what }], "{row}");
            assert!(read.orders[0].unreadable.is_some());
            assert_eq!(read.orders[0].lines.len(), 1, "what could be read is kept");
        }
    }

    #[test]
    fn a_row_of_no_order_is_reported_alone() {
        let read = orders(",A,x,1,12/1/10 8:26,1,7,F\n1,B,y,2,12/1/10 8:26,1,7,F\n");
        assert_eq!(read.problems[0].what, Wrong::Missing("reference"));
        assert_eq!(read.orders.len(), 1);
        assert_eq!(read.orders[0].unreadable, None);
    }
}
