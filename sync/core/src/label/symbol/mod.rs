//! Symbols as module patterns: what is dark and what is light, before any printer.
//!
//! Content enters; modules, quiet zones and the AIM identifier a reader should answer leave. Linear symbols are a
//! row of modules, matrix symbols a grid. It draws nothing, knows no printer (see [`fit`]), and never changes the
//! content to make it fit: what cannot be encoded is refused.

pub mod code128;
pub mod fit;

use crate::code::Gtin;
use barcoders::sym::{ean13::EAN13, tf::TF};
use code128::{Plan, PlanError};
use datamatrix::{DataMatrixBuilder, SymbolList};
use qrcodegen::{QrCode, QrCodeEcc};

pub use fit::{DoesNotFit, Fit, Resolution, XRange};

/// The most data characters of a GS1-128 symbol, FNC1 between element strings counted (General Specifications 5.4.4).
pub const GS1_128_MAX: usize = 48;

/// The kinds of symbol we print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// Code 128 with plain content.
    Code128,
    /// Code 128 with FNC1 first: GS1 element strings.
    Gs1128,
    /// EAN-13.
    Ean13,
    /// ITF-14: fourteen digits, interleaved 2 of 5, with bearer bars.
    Itf14,
    /// Data Matrix ECC 200 with plain content.
    DataMatrix,
    /// Data Matrix with FNC1 first: GS1 element strings.
    Gs1DataMatrix,
    /// QR code with plain content, such as a Digital Link URI.
    Qr,
}

impl Symbology {
    /// The symbology identifier a reader that sends them should put before the content.
    pub const fn aim(self) -> &'static str {
        match self {
            Symbology::Code128 => "]C0",
            Symbology::Gs1128 => "]C1",
            Symbology::Ean13 => "]E0",
            Symbology::Itf14 => "]I1",
            Symbology::DataMatrix => "]d1",
            Symbology::Gs1DataMatrix => "]d2",
            Symbology::Qr => "]Q1",
        }
    }

    /// The light margin on each side that the symbology asks for.
    pub const fn quiet(self) -> Quiet {
        match self {
            Symbology::Code128 | Symbology::Gs1128 | Symbology::Itf14 => Quiet::sides(10, 10, 0),
            Symbology::Ean13 => Quiet::sides(11, 7, 0),
            Symbology::DataMatrix | Symbology::Gs1DataMatrix => Quiet::sides(1, 1, 1),
            Symbology::Qr => Quiet::sides(4, 4, 4),
        }
    }

    /// The bars' height GS1 asks for where there is room, in micrometres; `None` for a matrix symbol.
    pub const fn nominal_height_um(self) -> Option<u32> {
        match self {
            Symbology::Gs1128 | Symbology::Itf14 => Some(31_750),
            Symbology::Ean13 => Some(22_850),
            Symbology::Code128 => Some(15_000),
            _ => None,
        }
    }

    /// The thickness of the bars along the top and the bottom, in modules (ITF-14 only; two modules is the least
    /// for a symbol that is not printed from a plate). They touch the bars and run on through the quiet zones.
    pub const fn bearer_modules(self) -> u32 {
        match self {
            Symbology::Itf14 => 2,
            _ => 0,
        }
    }
}

/// Light margins, in modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// On the left.
    pub left: u32,
    /// On the right.
    pub right: u32,
    /// Above and below.
    pub above: u32,
}

impl Quiet {
    const fn sides(left: u32, right: u32, above: u32) -> Self {
        Self { left, right, above }
    }
}

/// One symbol, ready to be scaled to whole dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    symbology: Symbology,
    width: u32,
    modules: Vec<bool>,
}

/// Why there is no symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// Code 128 cannot carry this.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// More than the symbology, or the standard that uses it, allows.
    #[error("too much for one symbol")]
    TooLong,
    /// An EAN-13 symbol carries no indicator digit.
    #[error("an EAN-13 symbol cannot carry an indicator digit")]
    Indicator,
}

impl Symbol {
    /// Code 128 with plain content.
    pub fn code_128(content: &[u8]) -> Result<Self, SymbolError> {
        Ok(Self::planned(Symbology::Code128, &code128::plan_text(content)?))
    }

    /// GS1-128 from an element string with 0x1D between elements of variable length.
    pub fn gs1_128(element_string: &[u8]) -> Result<Self, SymbolError> {
        let plan = code128::plan_gs1(element_string)?;
        if element_string.len() > GS1_128_MAX {
            return Err(SymbolError::TooLong);
        }
        Ok(Self::planned(Symbology::Gs1128, &plan))
    }

    /// EAN-13, for a trade item number without an indicator digit.
    pub fn ean_13(gtin: Gtin) -> Result<Self, SymbolError> {
        let digits = gtin.ean13().ok_or(SymbolError::Indicator)?;
        let code = EAN13::new(String::from_utf8_lossy(&digits)).map_err(|_| SymbolError::TooLong)?;
        Ok(Self::linear(Symbology::Ean13, code.encode()))
    }

    /// ITF-14, for any trade item number. The bearer bars are the label's to draw, see
    /// [`Symbology::bearer_modules`].
    pub fn itf_14(gtin: Gtin) -> Result<Self, SymbolError> {
        let digits = gtin.digits();
        let code = TF::interleaved(String::from_utf8_lossy(&digits)).map_err(|_| SymbolError::TooLong)?;
        let mut modules = code.encode();
        // The encoder draws wide bars three modules wide, but that of the stop pattern only two.
        modules.splice(modules.len() - 4.., [1, 1, 1, 0, 1]);
        Ok(Self::linear(Symbology::Itf14, modules))
    }

    /// Data Matrix, square, with plain content.
    pub fn data_matrix(content: &[u8]) -> Result<Self, SymbolError> {
        Self::matrix(Symbology::DataMatrix, content)
    }

    /// GS1 DataMatrix from an element string with 0x1D between elements of variable length.
    pub fn gs1_data_matrix(element_string: &[u8]) -> Result<Self, SymbolError> {
        Self::matrix(Symbology::Gs1DataMatrix, element_string)
    }

    /// QR code with error correction M, for text such as a URI or an enrolment.
    pub fn qr(text: &str) -> Result<Self, SymbolError> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| SymbolError::TooLong)?;
        let side = code.size();
        let modules = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        Ok(Self {
            symbology: Symbology::Qr,
            width: side.unsigned_abs(),
            modules: modules.map(|(x, y)| code.get_module(x, y)).collect(),
        })
    }

    /// The kind of symbol.
    pub const fn symbology(&self) -> Symbology {
        self.symbology
    }

    /// The width in modules, without quiet zones.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The rows of modules: 1 for a linear symbol.
    pub fn height(&self) -> u32 {
        self.modules.len() as u32 / self.width
    }

    /// Whether the symbol is one row of bars.
    pub fn is_linear(&self) -> bool {
        self.symbology.nominal_height_um().is_some()
    }

    /// Whether a module is dark; outside the symbol all is light.
    pub fn dark(&self, x: u32, y: u32) -> bool {
        x < self.width && self.modules.get((y * self.width + x) as usize).copied().unwrap_or(false)
    }

    /// The dark runs of a row as (first module, number of modules).
    pub fn runs(&self, y: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut x = 0;
        std::iter::from_fn(move || {
            while x < self.width && !self.dark(x, y) {
                x += 1;
            }
            let start = x;
            while self.dark(x, y) {
                x += 1;
            }
            (x > start).then_some((start, x - start))
        })
    }

    /// The light margins, in modules.
    pub const fn quiet(&self) -> Quiet {
        self.symbology.quiet()
    }

    /// The width in modules with quiet zones.
    pub const fn width_with_quiet(&self) -> u32 {
        self.quiet().left + self.width + self.quiet().right
    }

    /// The height in modules with quiet zones; 0 for a linear symbol, whose height is free.
    pub fn height_with_quiet(&self) -> u32 {
        if self.is_linear() { 0 } else { self.height() + 2 * self.quiet().above }
    }

    /// Whether a module of an EAN-13 belongs to a guard pattern, whose bars reach lower than the others by five
    /// modules.
    pub fn is_guard(&self, x: u32) -> bool {
        self.symbology == Symbology::Ean13 && matches!(x, 0..=2 | 45..=49 | 92..=94)
    }

    fn planned(symbology: Symbology, plan: &Plan) -> Self {
        let modules = plan.pattern();
        Self { symbology, width: modules.len() as u32, modules }
    }

    fn linear(symbology: Symbology, modules: Vec<u8>) -> Self {
        let modules: Vec<bool> = modules.into_iter().map(|module| module == 1).collect();
        Self { symbology, width: modules.len() as u32, modules }
    }

    fn matrix(symbology: Symbology, content: &[u8]) -> Result<Self, SymbolError> {
        if content.is_empty() {
            return Err(PlanError::Empty.into());
        }
        let code = DataMatrixBuilder::new()
            .with_symbol_list(SymbolList::default().enforce_square())
            .with_macros(false)
            .with_fnc1_start(symbology == Symbology::Gs1DataMatrix)
            .encode(content)
            .map_err(|_| SymbolError::TooLong)?;
        let bitmap = code.bitmap();
        let mut modules = vec![false; bitmap.width() * bitmap.height()];
        for (x, y) in bitmap.pixels() {
            modules[y * bitmap.width() + x] = true;
        }
        Ok(Self { symbology, width: bitmap.width() as u32, modules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_standards() {
        let gtin = Gtin::parse("9521234543213").unwrap();
        assert_eq!(Symbol::ean_13(gtin).unwrap().width(), 95);
        // Start 4, seven pairs of 18 at a ratio of 3:1, stop 5.
        assert_eq!(Symbol::itf_14(gtin).unwrap().width(), 4 + 7 * 18 + 5);
        assert_eq!(Symbol::gs1_128(b"00395212340000047119").unwrap().width(), 156);
        assert_eq!(Symbol::qr("HTTPS://A").unwrap().width(), 21);
        let matrix = Symbol::gs1_data_matrix(b"0109521234543213").unwrap();
        assert_eq!((matrix.width(), matrix.height()), (16, 16));
    }

    #[test]
    fn runs_tell_the_same_as_modules() {
        let symbol = Symbol::data_matrix(b"LA-01-02-39").unwrap();
        for y in 0..symbol.height() {
            let mut dark = vec![false; symbol.width() as usize];
            for (start, length) in symbol.runs(y) {
                dark[start as usize..(start + length) as usize].fill(true);
            }
            assert!((0..symbol.width()).all(|x| dark[x as usize] == symbol.dark(x, y)));
        }
    }

    #[test]
    fn what_does_not_belong_in_a_symbol_is_refused() {
        let case = Gtin::with_check_digit("1952123454321").unwrap();
        assert_eq!(Symbol::ean_13(case), Err(SymbolError::Indicator));
        assert!(Symbol::itf_14(case).is_ok());
        assert_eq!(Symbol::gs1_128(&[b'9'; 49]), Err(SymbolError::TooLong));
        assert_eq!(Symbol::gs1_128(b""), Err(SymbolError::Plan(PlanError::Empty)));
        assert_eq!(Symbol::qr(&"x".repeat(3000)), Err(SymbolError::TooLong));
        assert_eq!(Symbol::data_matrix(&[b'x'; 4000]), Err(SymbolError::TooLong));
    }
}
