//! Every symbol we make is read back by two readers that are not ours: ZXing's and zbar's.
//!
//! Each is drawn with a black frame at its nominal quiet zone, so a quiet zone that is too narrow fails here and
//! not on a shelf.

use aisle_core::{
    code::{Gtin, Sscc},
    label::symbol::{Symbol, Symbology},
};
use std::{fs, path::PathBuf, process::Command};

/// Dots a module in the drawn image.
const X: u32 = 4;
/// Height of linear bars and thickness of the frame, in modules.
const BARS: u32 = 60;
const FRAME: u32 = 4;

#[test]
fn zxing_reads_every_symbol_with_its_identifier() {
    for (name, symbol, content) in symbols() {
        let answer = read("ZXingReader", &["-1"], &name, &symbol, "zxing");
        assert!(answer.contains(&content), "{name}: wanted {content:?} in {answer}");
    }
}

#[test]
fn zxing_names_the_symbology() {
    for (name, symbol, _) in symbols() {
        let answer = read("ZXingReader", &[], &name, &symbol, "zxing-long");
        assert!(answer.contains(symbol.symbology().aim()), "{name}: {answer}");
    }
}

#[test]
fn zbar_reads_every_linear_and_qr_symbol() {
    for (name, symbol, content) in symbols() {
        if matches!(symbol.symbology(), Symbology::DataMatrix | Symbology::Gs1DataMatrix) {
            continue;
        }
        let answer = read("zbarimg", &["--quiet", "--raw"], &name, &symbol, "zbar");
        assert_eq!(answer.trim_end_matches('\n'), content, "{name}");
    }
}

fn symbols() -> Vec<(String, Symbol, String)> {
    let each = Gtin::parse("9521234543213").unwrap();
    let case = Gtin::with_check_digit("1952123454321").unwrap();
    let sscc = Sscc::mint("9521234", 3, 4711).unwrap();
    let uri = "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC";
    let sscc_string = format!("00{sscc}");
    let lot = "0109521234543213";
    vec![
        ("location".into(), Symbol::code_128(b"LA-01-02-39").unwrap(), "LA-01-02-39".into()),
        ("mixed".into(), Symbol::code_128(b"a1234567B-12c").unwrap(), "a1234567B-12c".into()),
        ("sscc".into(), Symbol::gs1_128(sscc_string.as_bytes()).unwrap(), sscc_string),
        ("gtin128".into(), Symbol::gs1_128(lot.as_bytes()).unwrap(), lot.into()),
        ("ean13".into(), Symbol::ean_13(each).unwrap(), "9521234543213".into()),
        ("itf14".into(), Symbol::itf_14(case).unwrap(), case.to_string()),
        ("dm".into(), Symbol::data_matrix(b"T0042E").unwrap(), "T0042E".into()),
        ("gs1dm".into(), Symbol::gs1_data_matrix(lot.as_bytes()).unwrap(), lot.into()),
        ("qr".into(), Symbol::qr(uri).unwrap(), uri.into()),
    ]
}

fn read(tool: &str, arguments: &[&str], name: &str, symbol: &Symbol, by: &str) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{by}-{name}.pgm"));
    fs::write(&file, draw(symbol)).expect("the test's own folder can be written");
    let output = Command::new(tool).args(arguments).arg(&file).output().unwrap_or_else(|error| {
        panic!("{tool} is needed to read symbols back ({error}): install zbar-tools and zxing-cpp-tools")
    });
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The symbol in black within its quiet zone, within a black frame, as a greyscale picture.
fn draw(symbol: &Symbol) -> Vec<u8> {
    let quiet = symbol.quiet();
    let bars = if symbol.is_linear() { BARS } else { symbol.height() };
    let above = if symbol.is_linear() { 4 } else { quiet.above };
    let width = symbol.width_with_quiet() + 2 * FRAME;
    let height = bars + 2 * above + 2 * FRAME;
    let mut picture = format!("P5\n{} {}\n255\n", width * X, height * X).into_bytes();
    for y in 0..height * X {
        for x in 0..width * X {
            let (x, y) = (x / X, y / X);
            let frame = x < FRAME || y < FRAME || x >= width - FRAME || y >= height - FRAME;
            let row = (y.wrapping_sub(FRAME + above) < bars).then(|| y.wrapping_sub(FRAME + above));
            let column = x.wrapping_sub(FRAME + quiet.left);
            let dark = row.is_some_and(|row| symbol.dark(column, if symbol.is_linear() { 0 } else { row }));
            picture.push(if frame || dark { 0 } else { 255 });
        }
    }
    picture
}
