//! A page as ZPL II text.
//!
//! Enters: a [`Page`] laid out for the printer's resolution. Leaves: `^XA … ^XZ` in plain ASCII. Text in
//! Latin-1 that surely has room is set in the printer's own font, by its baseline; any other text, shapes and
//! matrix symbols are drawn here and sent as `^GF`, so that nothing depends on what a printer has installed or which
//! symbol size its firmware would choose. Data can never become a command: every field goes through
//! `^FH_` and each byte that is not plain text is written as its hex code. `^BC` mode D and bare
//! `^FD` are never used.

use std::fmt::Write;

use super::face::Faces;
use super::graphic;
use super::layout::{Item, LayoutError, Page, Sheet};
use super::measure::{Dpi, Ink};
use super::pattern::Grid;
use super::raster::{self, Bitmap};

/// Widest print head of the usual four-inch printers, in dots, at 203 and 300 dpi.
const HEAD: (i32, i32) = (832, 1248);

/// Lays sheets out for a printer and writes them, one label each, printed `copies` times.
///
/// # Errors
/// The first text or symbol that does not fit.
pub fn of(sheets: &[Sheet], faces: &Faces, dpi: Dpi, copies: u16) -> Result<String, LayoutError> {
    sheets.iter().map(|sheet| Ok(emit(&sheet.lay_out(faces, dpi)?, faces, copies))).collect()
}

/// Writes a page as one label, printed `copies` times (at least once).
pub fn emit(page: &Page, faces: &Faces, copies: u16) -> String {
    let mut out = String::from("^XA\n^CI28\n^LH0,0\n^LS0\n");
    let head = if page.dpi == Dpi::D203 { HEAD.0 } else { HEAD.1 };
    push(&mut out, format_args!("^PW{}\n^LL{}\n", page.width.min(head), page.height));
    for item in &page.items {
        emit_item(&mut out, item, page, faces);
    }
    push(&mut out, format_args!("^PQ{}\n^XZ\n", copies.max(1)));
    out
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("writing into a string cannot fail");
}

fn emit_item(out: &mut String, item: &Item, page: &Page, faces: &Faces) {
    match item {
        Item::Line { x, baseline, size, room, anchor, line, ink, .. }
            if is_native(&line.text, *size, room.1) =>
        {
            let reverse = if ink.is_dark() { "" } else { "^FR" };
            if *anchor < 0 {
                push(out, format_args!("^FT{x},{baseline}^A0N,{size},{size}{reverse}"));
            } else {
                // The printer's font has other widths than ours: a block of the box's width holds its side.
                let side = if *anchor == 0 { 'C' } else { 'R' };
                let (left, width) = room;
                push(
                    out,
                    format_args!("^FT{left},{baseline}^A0N,{size},{size}{reverse}^FB{width},1,0,{side},0"),
                );
            }
            out.push_str("^FH_^FD");
            field(out, &line.text);
            out.push_str("^FS\n");
        }
        Item::Bar { x, y, w, h, ink } => {
            let colour = if ink.is_dark() { "B" } else { "W" };
            push(out, format_args!("^FO{x},{y}^GB{w},{h},{},{colour},0^FS\n", w.min(h)));
        }
        Item::Symbol { x, y, module, height, grid } => match grid.code128().and_then(code128) {
            Some(data) => push(
                out,
                format_args!("^BY{module},3,{height}^FO{x},{y}^BCN,{height},N,N,N,N^FH_^FD{data}^FS\n"),
            ),
            None => drawn(out, item, page, faces, symbol_box(*x, *y, *module, *height, grid)),
        },
        Item::Line { x, baseline, size, width, .. } => {
            // Marks above and tails below the capitals, Arabic included, stay within one size.
            drawn(
                out,
                item,
                page,
                faces,
                (x - size / 4, baseline - size * 5 / 4, width + size / 2, size * 2),
            );
        }
        Item::Shape { corners, .. } => {
            let x = corners.iter().map(|c| c.0);
            let y = corners.iter().map(|c| c.1);
            let (x0, y0) = (x.clone().min().unwrap_or(0), y.clone().min().unwrap_or(0));
            let (w, h) = (x.max().unwrap_or(0) - x0 + 1, y.max().unwrap_or(0) - y0 + 1);
            drawn(out, item, page, faces, (x0, y0, w, h));
        }
    }
}

fn symbol_box(x: i32, y: i32, module: i32, height: i32, grid: &Grid) -> (i32, i32, i32, i32) {
    let high = if grid.is_linear() { height } else { grid.rows() * module };
    (x, y, grid.columns() * module, high)
}

/// Whether the printer's own font writes this in the room there is: printable ASCII and Latin-1, by a
/// generous width. A backslash is left to us, because `^FB` reads `\&` as a line break.
fn is_native(text: &str, size: i32, room: i32) -> bool {
    let known = |c: char| matches!(c, ' '..='~' | '\u{A0}'..='\u{AC}' | '\u{AE}'..='\u{FF}') && c != '\\';
    let permille: i64 = text.chars().map(printer_width).sum();
    text.chars().all(known) && permille * i64::from(size) * 21 / 20_000 <= i64::from(room)
}

/// At most how wide the printer's scalable font 0 sets a character, in thousandths of its height. Measured
/// on an emulation of that font; its hyphen is as wide as a dash. Kept generous, 5 % are added on top.
fn printer_width(c: char) -> i64 {
    match c {
        'M' | 'W' | 'm' | '@' | '%' | '-' | '©' | '®' | 'Æ' | 'æ' | '¼' | '½' | '¾' => 840,
        'w' | '&' => 670,
        'A'..='Z' | 'À'..='Þ' => 615,
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '\u{A0}' | '.' | ',' | ':' | ';' | '\'' | '(' | ')'
        | '/' => 340,
        _ => 505,
    }
}

/// Field data under `^FH_`: ASCII without the three command characters and the hex mark stays, every
/// other byte of the UTF-8 form is `_HH`. Control characters are dropped.
fn field(out: &mut String, text: &str) {
    for c in text.chars().filter(|c| !c.is_control()) {
        let c = if c == '\u{A0}' { ' ' } else { c };
        if matches!(c, ' '..='}') && !matches!(c, '^' | '~' | '_') {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            push(out, format_args!("_{byte:02X}"));
        }
    }
}

/// `^BC` in mode N with every code value spelled out, so that the printer chooses nothing and adds only the
/// check character: pairs of digits in set C, characters in set B, `>5` and `>6` between them, `>8` for
/// FNC1. `None` for a symbol that uses set A or shifts: those are drawn.
fn code128(values: &[u8]) -> Option<String> {
    let mut out = String::new();
    let mut set_c = false;
    for value in values {
        match (*value, set_c) {
            (104, _) => out.push_str(">:"),
            (105, _) => out.push_str(">;"),
            (102, _) => out.push_str(">8"),
            (100, true) => out.push_str(">6"),
            (99, false) => out.push_str(">5"),
            (pair @ 0..=99, true) => push(&mut out, format_args!("{pair:02}")),
            (62, false) => out.push_str("><"),
            (30, false) => out.push_str(">0"),
            (94, false) => out.push_str(">="),
            (letter @ 0..=93, false) => field(&mut out, char::from(letter + 32).encode_utf8(&mut [0; 4])),
            _ => return None,
        }
        set_c = match value {
            99 | 105 => true,
            100 | 104 => false,
            _ => set_c,
        };
    }
    Some(out)
}

/// Draws an item here and sends the dots.
fn drawn(out: &mut String, item: &Item, page: &Page, faces: &Faces, frame: (i32, i32, i32, i32)) {
    let (x, y) = (frame.0.max(0), frame.1.max(0));
    let (w, h) = ((frame.0 + frame.2).min(page.width) - x, (frame.1 + frame.3).min(page.height) - y);
    let mut bitmap = Bitmap::new(w, h);
    let white = match item {
        Item::Line { ink, .. } | Item::Shape { ink, .. } => !ink.is_dark(),
        Item::Bar { .. } | Item::Symbol { .. } => false,
    };
    raster::draw_item(&blackened(item), faces, &mut bitmap, -x, -y);
    let reverse = if white { "^FR" } else { "" };
    push(out, format_args!("^FO{x},{y}{reverse}^GFA,"));
    graphic::ascii_hex(out, &bitmap);
    out.push_str("^FS\n");
}

/// White ink on black is printed by reversing black dots.
fn blackened(item: &Item) -> Item {
    let mut item = item.clone();
    match &mut item {
        Item::Line { ink, .. } | Item::Shape { ink, .. } | Item::Bar { ink, .. } => *ink = Ink::BLACK,
        Item::Symbol { .. } => {}
    }
    item
}
