//! Every symbol we make is read back by two readers that are not ours: ZXing's and zbar's.
//!
//! Each is drawn with a black frame at its nominal quiet zone, so a quiet zone that is too narrow fails here and
//! not on a shelf. Content is compared byte for byte, and the AIM identifier with it.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use aisle_core::{
    code::{Gtin, Sscc},
    label::symbol::{Symbol, SymbolError, Symbology},
};
use std::{fs, path::PathBuf, process::Command};

/// Dots a module in the drawn image.
const X: u32 = 4;
/// Height of linear bars and thickness of the frame, in modules.
const BARS: u32 = 60;
const FRAME: u32 = 4;

#[test]
fn zxing_reads_every_symbol_with_its_identifier() {
    for (number, (symbol, content)) in symbols().into_iter().chain(drawn_by_lot()).enumerate() {
        let answer = read("ZXingReader", &[], &format!("zxing-{number}"), &symbol);
        let line = |name: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{number}: {content:?} {:?}: {answer}", symbol.symbology())).trim()
        };
        let bytes: Vec<u8> =
            line("Bytes:").split(' ').map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect();
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&content), "{number}");
        assert_eq!(line("Identifier:"), symbol.symbology().aim(), "{number}: {content:?}");
    }
}

#[test]
fn zbar_reads_every_linear_and_qr_symbol() {
    for (number, (symbol, content)) in symbols().into_iter().enumerate() {
        if matches!(symbol.symbology(), Symbology::DataMatrix | Symbology::Gs1DataMatrix) {
            continue;
        }
        let answer = read("zbarimg", &["--quiet", "--raw"], &format!("zbar-{number}"), &symbol);
        assert_eq!(answer.trim_end_matches('\n').as_bytes(), content, "{number}");
    }
}

fn symbols() -> Vec<(Symbol, Vec<u8>)> {
    let each = Gtin::parse("9521234543213").unwrap();
    let case = Gtin::with_check_digit("1952123454321").unwrap();
    let sscc = format!("00{}", Sscc::mint("9521234", 3, 4711).unwrap()).into_bytes();
    let item = b"0109521234543213";
    let uri = "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC";
    let made = |symbol: Result<Symbol, SymbolError>, content: &[u8]| (symbol.unwrap(), content.to_vec());
    vec![
        made(Symbol::code_128(b"LA-01-02-39"), b"LA-01-02-39"),
        made(Symbol::code_128(b"a1234567B-12c"), b"a1234567B-12c"),
        made(Symbol::gs1_128(&sscc), &sscc),
        made(Symbol::gs1_128(item), item),
        made(Symbol::ean_13(each), b"9521234543213"),
        made(Symbol::itf_14(case), case.to_string().as_bytes()),
        made(Symbol::data_matrix(b"T0042E"), b"T0042E"),
        made(Symbol::gs1_data_matrix(item), item),
        made(Symbol::qr(uri), uri.as_bytes()),
    ]
}

/// Contents nobody chose: every set of Code 128 and its changes, separators in GS1 symbols, every item number.
fn drawn_by_lot() -> Vec<(Symbol, Vec<u8>)> {
    let mut state = 0xA15Eu64;
    let mut roll = move |sides: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % sides as u64) as usize
    };
    let alphabets: [&[u8]; 4] =
        [b"0123456789", b"ABCxyz019-", b"aB1\x02\x09\x1Bz9", b"!\"%&'()*+,-./:;<=>?_09Az"];
    let mut list = Vec::new();
    for round in 0..60 {
        let alphabet = alphabets[round % 4];
        let text: Vec<u8> = (0..2 + roll(14)).map(|_| alphabet[roll(alphabet.len())]).collect();
        let lot: Vec<u8> = (0..1 + roll(8)).map(|_| alphabets[1][roll(10)]).collect();
        let elements = [b"010952123454321310".as_slice(), &lot, b"\x1D21", &lot].concat();
        let digits: String =
            (0..12).map(|at| char::from(b'0' + if at == 0 { 9 } else { roll(10) as u8 })).collect();
        let gtin = Gtin::with_check_digit(&digits).unwrap();
        list.push((Symbol::code_128(&text).unwrap(), text.clone()));
        list.push((Symbol::gs1_128(&elements).unwrap(), elements.clone()));
        list.push((Symbol::gs1_data_matrix(&elements).unwrap(), elements));
        list.push((Symbol::data_matrix(&text).unwrap(), text));
        list.push((Symbol::ean_13(gtin).unwrap(), gtin.ean13().unwrap().to_vec()));
        list.push((Symbol::itf_14(gtin).unwrap(), gtin.digits().to_vec()));
    }
    list
}

fn read(tool: &str, arguments: &[&str], name: &str, symbol: &Symbol) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pgm"));
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
