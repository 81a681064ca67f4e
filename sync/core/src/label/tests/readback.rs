//! What other readers read: pages as pixels, through `zbarimg` and `ZXingReader`.
//!
//! Each symbol is also cut out at its nominal quiet zone and framed in black, so that a label whose quiet
//! zone is too narrow fails here.

use std::path::Path;
use std::process::Command;

use super::sample::*;
use crate::code::{Gtin, setup};
use crate::label::doc::*;
use crate::label::layout::{Align, Item};
use crate::label::pattern::SymbolSpec;
use crate::label::raster::{self, Bitmap};
use crate::label::{Area, Dpi, Len, Page, Sheet};

fn write_png(path: &Path, width: usize, height: usize, grey: &[u8]) {
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(grey).unwrap();
}

fn save(name: &str, bitmap: &Bitmap, dpi: Dpi) -> std::path::PathBuf {
    let path = folder("readback").join(format!("{name}.png"));
    std::fs::write(&path, bitmap.png(dpi)).unwrap();
    path
}

/// What ZXing reads, symbology identifier included. Scaled-down copies are not tried: that way the
/// distribution's version (1.4) stops on an assertion of its own.
fn zxing(path: &Path) -> String {
    let out = Command::new("ZXingReader").arg("-noscale").arg(path).output();
    String::from_utf8_lossy(&out.expect("ZXingReader (zxing-cpp-tools) is needed").stdout).into_owned()
}

fn zbar(path: &Path) -> String {
    let out = Command::new("zbarimg").args(["-q", "--raw"]).arg(path).output();
    String::from_utf8_lossy(&out.expect("zbarimg (zbar-tools) is needed").stdout).into_owned()
}

fn page(sheet: &Sheet, dpi: Dpi) -> Page {
    sheet.lay_out(&faces(), dpi).unwrap()
}

#[test]
fn the_parcel_label_is_read_at_both_resolutions_by_both_readers() {
    for stock in [Stock::A6, Stock::FourBySix] {
        for dpi in [Dpi::D203, Dpi::D300] {
            let label = parcel();
            let page = page(&label.sheet(&words("en"), &faces(), stock).unwrap(), dpi);
            let path = save(&format!("parcel-{stock:?}-{dpi:?}"), &raster::draw(&page, &faces()), dpi);
            let wanted = format!("00{}", label.sscc);
            assert!(zbar(&path).contains(&wanted));
            let read = zxing(&path);
            assert!(read.contains("]C1") && read.contains(&label.sscc.to_string()), "{read}");
        }
    }
}

/// The symbol of a spec alone on a page, with a black frame that touches its quiet zones.
fn framed(name: &str, spec: SymbolSpec, quiet: (i32, i32, i32), dpi: Dpi) -> std::path::PathBuf {
    let mut sheet = Sheet::new(Len::mm(130), Len::mm(60), false);
    sheet.symbol(Area::new(Len::mm(10), Len::mm(10), Len::mm(110), Len::mm(40)), Align::Middle, spec);
    let page = page(&sheet, dpi);
    let (x, y, w, h, module) = symbol_box(&page);
    let (left, right) = (x - quiet.0 * module, x + w + quiet.1 * module);
    let (top, bottom) = (y - quiet.2 * module, y + h + quiet.2 * module);
    let bitmap = raster::draw(&page, &faces());
    let edge = 12;
    let (width, height) = ((right - left + 2 * edge) as usize, (bottom - top + 2 * edge) as usize);
    let mut grey = vec![0u8; width * height];
    for row in 0..(bottom - top) {
        for column in 0..(right - left) {
            let dark = bitmap.is_black((left + column) as usize, (top + row) as usize);
            let at = (row + edge) as usize * width + (column + edge) as usize;
            grey[at] = if dark { 0 } else { 255 };
        }
    }
    let path = folder("readback").join(format!("framed-{name}-{dpi:?}.png"));
    write_png(&path, width, height, &grey);
    path
}

fn symbol_box(page: &Page) -> (i32, i32, i32, i32, i32) {
    let found = page.items.iter().find_map(|item| match item {
        Item::Symbol { x, y, module, height, grid } => {
            let h = if grid.is_linear() { *height } else { grid.rows() * module };
            Some((*x, *y, grid.columns() * module, h, *module))
        }
        _ => None,
    });
    found.unwrap()
}

#[test]
fn symbols_are_read_at_their_nominal_quiet_zone_inside_a_black_frame() {
    let gtin = Gtin::parse("9521234543213").unwrap();
    let linear = [
        ("code128", SymbolSpec::code_128("LA-01-02-39").unwrap(), (10, 10, 0), "LA-01-02-39"),
        ("gs1", SymbolSpec::gs1_128("00395212340000047118").unwrap(), (10, 10, 0), "00395212340000047118"),
        ("ean", SymbolSpec::ean_13(gtin).unwrap(), (11, 7, 0), "9521234543213"),
    ];
    for dpi in [Dpi::D203, Dpi::D300, Dpi::D600] {
        for (name, spec, quiet, wanted) in linear.clone() {
            let path = framed(name, spec, quiet, dpi);
            assert!(zbar(&path).contains(wanted), "zbar, {name} at {dpi:?}");
            let read = zxing(&path).replace(['(', ')'], "");
            assert!(read.contains(wanted), "zxing, {name} at {dpi:?}: {read}");
        }
        let matrix = framed("matrix", SymbolSpec::data_matrix("T0042E").unwrap(), (1, 1, 1), dpi);
        assert!(zxing(&matrix).contains("T0042E"), "{dpi:?}");
        let setup = framed("setup", SymbolSpec::data_matrix(&setup::content()).unwrap(), (1, 1, 1), dpi);
        assert!(zxing(&setup).contains(setup::TAIL), "{dpi:?}");
        let qr =
            framed("qr", SymbolSpec::qr("https://example.org/01/09521234543213").unwrap(), (4, 4, 4), dpi);
        assert!(zxing(&qr).contains("example.org") && zbar(&qr).contains("example.org"), "{dpi:?}");
    }
}

#[test]
fn badge_place_and_tote_labels_are_read() {
    let words = words("en");
    let place = PlaceLabel {
        kind: PlaceKind::Location,
        name: "A-01-02-3".into(),
        code: "LA-01-02-39".into(),
        check: "47".into(),
    };
    let tote = ToteSticker { number: 12, code: "T0012E".into() };
    for dpi in [Dpi::D203, Dpi::D300] {
        for (name, sheet, wanted) in [
            ("badge", badge(false).sheet(&words).unwrap(), "B7K2R9XN4VH30TCJ5LP"),
            ("place", place.sheet(&words).unwrap(), "LA-01-02-39"),
            ("tote", tote.sheet(&words).unwrap(), "T0012E"),
        ] {
            let path = save(&format!("{name}-{dpi:?}"), &raster::of(&sheet, &faces(), dpi).unwrap(), dpi);
            assert!(zbar(&path).contains(wanted), "zbar, {name} at {dpi:?}");
            let read = zxing(&path);
            assert!(read.contains(wanted), "zxing, {name} at {dpi:?}: {read}");
        }
    }
}

#[test]
fn every_code_of_the_practice_sheet_is_read_from_the_page() {
    let practice = practice();
    let sheets = practice.sheets(&words("en"), &faces()).unwrap();
    let mut read = String::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let path =
            save(&format!("practice-{number}"), &raster::of(sheet, &faces(), Dpi::D300).unwrap(), Dpi::D300);
        read += &zbar(&path);
    }
    for entry in practice.groups.iter().flat_map(|group| &group.entries) {
        let wanted = match &entry.code {
            PracticeCode::House(text) => text.clone(),
            PracticeCode::Item(gtin) => {
                let digits = String::from_utf8_lossy(&gtin.digits()).into_owned();
                digits.strip_prefix('0').map_or(digits.clone(), str::to_owned)
            }
            // zbar reads no Data Matrix.
            PracticeCode::Gs1(_) | PracticeCode::Setup => continue,
        };
        assert!(read.contains(&wanted), "{wanted} of “{}”", entry.caption);
    }
}
