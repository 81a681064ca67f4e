//! A bitmap as the data of `^GFA`: hexadecimal with ZPL's run lengths.
//!
//! `G`…`Y` repeat the next digit 1 to 19 times, `g`…`z` 20 to 400; `,` fills a row with white, `:` repeats
//! the row before (ZPL II Programming Guide, alternative data compression scheme). `!`, filling with black,
//! is not used: implementations differ on it.

use std::fmt::Write;

use super::raster::Bitmap;

/// Appends `total,total,stride,data`.
pub(crate) fn ascii_hex(out: &mut String, bitmap: &Bitmap) {
    let (stride, total) = (bitmap.stride(), bitmap.bytes().len());
    write!(out, "{total},{total},{stride},").expect("writing into a string cannot fail");
    let mut before: Option<&[u8]> = None;
    for row in bitmap.bytes().chunks(stride.max(1)) {
        if before == Some(row) {
            out.push(':');
        } else {
            row_hex(out, row);
        }
        before = Some(row);
    }
}

fn row_hex(out: &mut String, row: &[u8]) {
    let digits: Vec<u8> = row.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect();
    let mut at = 0;
    while let Some(digit) = digits.get(at).copied() {
        let run = digits.iter().skip(at).take_while(|d| **d == digit).count();
        if at + run == digits.len() && digit == 0 {
            out.push(',');
            return;
        }
        repeat(out, run);
        out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
        at += run;
    }
}

/// The letters for a run; a run of one needs none.
fn repeat(out: &mut String, mut run: usize) {
    if run == 1 {
        return;
    }
    while run >= 400 {
        out.push('z');
        run -= 400;
    }
    if run >= 20 {
        out.push(char::from(b'f' + (run / 20) as u8));
        run %= 20;
    }
    if run > 0 {
        out.push(char::from(b'F' + run as u8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_repeated_rows_are_written_short() {
        let mut bitmap = Bitmap::new(64, 3);
        bitmap.span(4, 20, 0, true);
        bitmap.span(4, 20, 1, true);
        let mut out = String::new();
        ascii_hex(&mut out, &bitmap);
        assert_eq!(out, "24,24,8,0JF,:,");
    }
}
