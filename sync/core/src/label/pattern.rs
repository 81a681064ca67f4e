//! A symbol in its box: what it says, how wide its modules may be, and where its dark runs lie.
//!
//! Enters: content, and a box in dots. Leaves: the symbol at the widest whole-dot module its use allows,
//! quiet zones inside the box, or "does not fit". Never scales, never squeezes.

use super::layout::{Item, LayoutError};
use super::measure::{Dpi, Ink, Len};
use super::symbol::code128::{plan_gs1, plan_text};
use super::symbol::{DoesNotFit, Resolution, Symbol, SymbolError, Symbology, XRange};
use crate::code::Gtin;

/// A symbol to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolSpec {
    content: String,
    grid: Grid,
    range: XRange,
    tallest: Option<Len>,
    hang: Len,
}

impl SymbolSpec {
    /// Code 128 with plain content, for our own labels at arm's length.
    ///
    /// # Errors
    /// Content that Code 128 cannot carry.
    pub fn code_128(content: &str) -> Result<SymbolSpec, LayoutError> {
        let values = plan_text(content.as_bytes()).ok().map(|plan| plan.values().to_vec());
        SymbolSpec::of(content, Symbol::code_128(content.as_bytes()), values, XRange::HOUSE)
    }

    /// GS1-128 from an element string, 0x1D between elements, at the module widths of logistics.
    ///
    /// # Errors
    /// Content that GS1-128 cannot carry.
    pub fn gs1_128(element_string: &str) -> Result<SymbolSpec, LayoutError> {
        let bytes = element_string.as_bytes();
        let values = plan_gs1(bytes).ok().map(|plan| plan.values().to_vec());
        SymbolSpec::of(element_string, Symbol::gs1_128(bytes), values, XRange::LOGISTICS)
    }

    /// EAN-13.
    ///
    /// # Errors
    /// A number with an indicator digit.
    pub fn ean_13(gtin: Gtin) -> Result<SymbolSpec, LayoutError> {
        SymbolSpec::of(&digits(gtin), Symbol::ean_13(gtin), None, XRange::RETAIL)
    }

    /// ITF-14 with bearer bars.
    ///
    /// # Errors
    /// None today; the encoder's own bounds.
    pub fn itf_14(gtin: Gtin) -> Result<SymbolSpec, LayoutError> {
        SymbolSpec::of(&digits(gtin), Symbol::itf_14(gtin), None, XRange::LOGISTICS)
    }

    /// Data Matrix with plain content, for our own labels.
    ///
    /// # Errors
    /// Empty content, or more than fits the largest symbol.
    pub fn data_matrix(content: &str) -> Result<SymbolSpec, LayoutError> {
        SymbolSpec::of(content, Symbol::data_matrix(content.as_bytes()), None, XRange::HOUSE_MATRIX)
    }

    /// GS1 DataMatrix from an element string, 0x1D between elements.
    ///
    /// # Errors
    /// Empty content, or more than fits the largest symbol.
    pub fn gs1_data_matrix(element_string: &str) -> Result<SymbolSpec, LayoutError> {
        let symbol = Symbol::gs1_data_matrix(element_string.as_bytes());
        SymbolSpec::of(element_string, symbol, None, XRange::HOUSE_MATRIX)
    }

    /// QR code.
    ///
    /// # Errors
    /// More than fits the largest symbol.
    pub fn qr(text: &str) -> Result<SymbolSpec, LayoutError> {
        SymbolSpec::of(text, Symbol::qr(text), None, XRange::HOUSE_MATRIX)
    }

    /// The same with other module widths.
    pub fn with_range(self, range: XRange) -> SymbolSpec {
        SymbolSpec { range, ..self }
    }

    /// The same, its bars no higher than this however high the box.
    pub fn no_taller_than(self, tallest: Len) -> SymbolSpec {
        SymbolSpec { tallest: Some(tallest), ..self }
    }

    /// The same, its quiet zone reaching up to this far out of the box on the side it stands at, so that the
    /// bars, not the white before them, line up with text. What lies there must be white.
    pub fn hanging(self, by: Len) -> SymbolSpec {
        SymbolSpec { hang: by, ..self }
    }

    fn of(
        content: &str,
        symbol: Result<Symbol, SymbolError>,
        values: Option<Vec<u8>>,
        range: XRange,
    ) -> Result<SymbolSpec, LayoutError> {
        let content = content.to_owned();
        match symbol {
            Ok(symbol) => Ok(SymbolSpec {
                content,
                grid: Grid { symbol, values },
                range,
                tallest: None,
                hang: Len::ZERO,
            }),
            Err(why) => Err(LayoutError::NoSymbol { content, reason: why.to_string() }),
        }
    }
}

fn digits(gtin: Gtin) -> String {
    String::from_utf8_lossy(&gtin.digits()).into_owned()
}

/// A symbol's modules, and for Code 128 the code values behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    symbol: Symbol,
    values: Option<Vec<u8>>,
}

impl Grid {
    /// Whether it is one row of bars.
    pub fn is_linear(&self) -> bool {
        self.symbol.is_linear()
    }

    /// Modules across, without quiet zones.
    pub fn columns(&self) -> i32 {
        self.symbol.width() as i32
    }

    /// Rows of modules.
    pub fn rows(&self) -> i32 {
        self.symbol.height() as i32
    }

    /// The dark runs: row, first column, number of modules.
    pub fn runs(&self) -> impl Iterator<Item = (i32, i32, i32)> + '_ {
        let row = |y| self.symbol.runs(y).map(move |(x, n)| (y as i32, x as i32, n as i32));
        (0..self.symbol.height()).flat_map(row)
    }

    /// Code 128 values from the start character on, without the check; `None` for other symbologies.
    pub fn code128(&self) -> Option<&[u8]> {
        self.values.as_deref()
    }
}

/// Places a symbol in a box (left, top, width, height in dots), at its left (-1), middle (0) or right (1).
pub(crate) fn place(
    spec: &SymbolSpec,
    frame: (i32, i32, i32, i32),
    across: i32,
    dpi: Dpi,
) -> Result<Vec<Item>, LayoutError> {
    let (x, y, w, h) = frame;
    let hang = if across == 0 { 0 } else { spec.hang.dots(dpi) };
    let symbol = &spec.grid.symbol;
    let resolution = match dpi {
        Dpi::D203 => Resolution::DPI_203,
        Dpi::D300 => Resolution::DPI_300,
        Dpi::D600 => Resolution::DPI_600,
    };
    let room = (u32::try_from(w + hang).unwrap_or(0), u32::try_from(h).unwrap_or(0));
    let fit = symbol.fit(spec.range, resolution, room.0, room.1).map_err(|why| refuse(spec, why, dpi))?;
    let (module, width) = (fit.x_dots as i32, fit.width_dots as i32);
    let quiet = symbol.quiet();
    let left = match across {
        -1 => x - hang.min(quiet.left as i32 * module),
        0 => x + (w - width) / 2,
        _ => x + w - width + hang.min(quiet.right as i32 * module),
    };
    let bearer = symbol.symbology().bearer_modules() as i32 * module;
    let mut items = Vec::new();
    let (top, height) = if symbol.is_linear() {
        let height = spec.tallest.map_or(h, |most| most.dots(dpi).min(h)) - 2 * bearer;
        (y + bearer, height.max(1))
    } else {
        (y + quiet.above as i32 * module, symbol.height() as i32 * module)
    };
    if bearer > 0 {
        let bar = |y| Item::Bar { x: left, y, w: width, h: bearer, ink: Ink::BLACK };
        items.extend([bar(top - bearer), bar(top + height)]);
    }
    let first = left + fit.quiet_left_dots as i32;
    if symbol.symbology() == Symbology::Ean13 {
        return Ok(ean(spec, first, top, module, height));
    }
    items.push(Item::Symbol { x: first, y: top, module, height, grid: spec.grid.clone() });
    Ok(items)
}

/// The guard bars of EAN-13 reach five modules lower than the others.
fn ean(spec: &SymbolSpec, x: i32, y: i32, module: i32, height: i32) -> Vec<Item> {
    let short = (height - 5 * module).max(1);
    let mut items = vec![Item::Symbol { x, y, module, height: short, grid: spec.grid.clone() }];
    let guards = spec.grid.runs().filter(|(_, column, _)| spec.grid.symbol.is_guard(*column as u32));
    items.extend(guards.map(|(_, column, run)| Item::Bar {
        x: x + column * module,
        y,
        w: run * module,
        h: height,
        ink: Ink::BLACK,
    }));
    items
}

fn refuse(spec: &SymbolSpec, why: DoesNotFit, dpi: Dpi) -> LayoutError {
    let length = |dots: u32| Len::of_dots(i32::try_from(dots).unwrap_or(i32::MAX), dpi).get();
    let content = spec.content.clone();
    match why {
        DoesNotFit::Room { needed_dots, available_dots } => LayoutError::SymbolDoesNotFit {
            content,
            needed_um10: length(needed_dots),
            given_um10: length(available_dots),
        },
        DoesNotFit::NoWholeDots { .. } => LayoutError::NoSymbol { content, reason: why.to_string() },
    }
}
