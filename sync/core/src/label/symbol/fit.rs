//! The X dimension in whole printer dots: whether a symbol has room, and how wide its modules may be.
//!
//! A symbol's modules and a printer's resolution enter; a width of module in whole dots leaves, or "does not
//! fit". A fraction of a dot is never an answer: it halves what a scanner can read.

use super::Symbol;

/// A printer's resolution, in dots per ten inches (so that 203.2 dpi, which is 8 dots a millimetre, is exact).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resolution(u32);

impl Resolution {
    /// 8 dots a millimetre, sold as 203 dpi.
    pub const DPI_203: Self = Self(2032);
    /// 300 dpi.
    pub const DPI_300: Self = Self(3000);
    /// 600 dpi.
    pub const DPI_600: Self = Self(6000);

    /// Any other resolution from 50 to 5000 dpi, in dots per ten inches.
    pub fn per_ten_inches(dots: u32) -> Option<Self> {
        (500..=50_000).contains(&dots).then_some(Self(dots))
    }

    /// How many whole dots lie within a length in micrometres.
    pub fn dots_within_um(self, length_um: u32) -> u32 {
        (u64::from(length_um) * u64::from(self.0) / 254_000) as u32
    }

    /// The fewest whole dots that span a length in micrometres.
    pub fn dots_spanning_um(self, length_um: u32) -> u32 {
        (u64::from(length_um) * u64::from(self.0)).div_ceil(254_000) as u32
    }

    /// The length of so many dots in micrometres, rounded down.
    pub fn um_of_dots(self, dots: u32) -> u32 {
        (u64::from(dots) * 254_000 / u64::from(self.0)) as u32
    }
}

/// The X dimensions a use allows, in micrometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XRange {
    /// The narrowest module.
    pub min_um: u32,
    /// The widest module.
    pub max_um: u32,
}

impl XRange {
    /// Retail point of sale, linear symbols (GS1 General Specifications, symbol table 1: 0.264–0.660 mm).
    pub const RETAIL: Self = Self { min_um: 264, max_um: 660 };
    /// Logistics, linear symbols (symbol tables 2 and 5: 0.495–1.016 mm).
    pub const LOGISTICS: Self = Self { min_um: 495, max_um: 1016 };
    /// Logistics, matrix symbols (1.5 times the linear X of 0.495 mm).
    pub const LOGISTICS_MATRIX: Self = Self { min_um: 743, max_um: 1520 };
    /// Matrix symbols on our own labels and documents, read at arm's length.
    pub const HOUSE_MATRIX: Self = Self { min_um: 375, max_um: 2000 };
    /// Linear symbols on our own labels, read at arm's length.
    pub const HOUSE: Self = Self { min_um: 250, max_um: 1016 };
    /// Location labels read at one to three metres.
    pub const FAR: Self = Self { min_um: 1000, max_um: 3000 };
}

/// How a symbol is to be printed: all lengths in whole dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// The width of one module.
    pub x_dots: u32,
    /// The symbol's width with its quiet zones.
    pub width_dots: u32,
    /// The left quiet zone, within the width.
    pub quiet_left_dots: u32,
    /// For a matrix symbol its height with quiet zones; 0 for a linear one, whose height is free.
    pub height_dots: u32,
}

/// Why a symbol cannot be printed in this room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoesNotFit {
    /// At the narrowest module allowed it still needs this much.
    #[error("needs {needed_dots} dots and has {available_dots}")]
    Room {
        /// Dots needed with quiet zones at the narrowest module.
        needed_dots: u32,
        /// Dots there are.
        available_dots: u32,
    },
    /// No whole number of dots lies in the range at this resolution.
    #[error("no whole number of dots lies between {min_um} and {max_um} µm")]
    NoWholeDots {
        /// The narrowest module allowed.
        min_um: u32,
        /// The widest module allowed.
        max_um: u32,
    },
}

impl Symbol {
    /// The widest module in whole dots within `range` at which the symbol and its quiet zones have room.
    ///
    /// `height_dots` bounds a matrix symbol; a linear symbol's height is the label's to choose.
    pub fn fit(
        &self,
        range: XRange,
        resolution: Resolution,
        width_dots: u32,
        height_dots: u32,
    ) -> Result<Fit, DoesNotFit> {
        let narrowest = resolution.dots_spanning_um(range.min_um).max(1);
        let widest = resolution.dots_within_um(range.max_um);
        if narrowest > widest {
            return Err(DoesNotFit::NoWholeDots { min_um: range.min_um, max_um: range.max_um });
        }
        let (across, down) = (self.width_with_quiet(), self.height_with_quiet());
        let by_height = height_dots.checked_div(down).unwrap_or(widest);
        let x_dots = widest.min(width_dots / across).min(by_height);
        if x_dots < narrowest {
            let by_width = width_dots / across < narrowest;
            let (modules, available_dots) = if by_width { (across, width_dots) } else { (down, height_dots) };
            return Err(DoesNotFit::Room { needed_dots: modules * narrowest, available_dots });
        }
        Ok(Fit {
            x_dots,
            width_dots: across * x_dots,
            quiet_left_dots: self.quiet().left * x_dots,
            height_dots: down * x_dots,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gs1_logistics_is_four_dots_at_203_and_six_at_300() {
        assert_eq!(Resolution::DPI_203.dots_spanning_um(XRange::LOGISTICS.min_um), 4);
        assert_eq!(Resolution::DPI_300.dots_spanning_um(XRange::LOGISTICS.min_um), 6);
        assert_eq!(Resolution::DPI_203.um_of_dots(4), 500);
        assert_eq!(Resolution::DPI_300.um_of_dots(6), 508);
    }

    #[test]
    fn an_sscc_fits_a_four_inch_label_and_a_long_lot_does_not() {
        let sscc = Symbol::gs1_128(b"00395212340000047119").unwrap();
        let four_inches = Resolution::DPI_203.dots_within_um(101_600);
        let fit = sscc.fit(XRange::LOGISTICS, Resolution::DPI_203, four_inches, 0).unwrap();
        assert_eq!((fit.x_dots, fit.width_dots, fit.quiet_left_dots), (4, 704, 40));
        let long = Symbol::gs1_128(b"010952123454321310ABCDEFG").unwrap();
        assert_eq!(
            long.fit(XRange::LOGISTICS, Resolution::DPI_203, four_inches, 0),
            Err(DoesNotFit::Room { needed_dots: 4 * long.width_with_quiet(), available_dots: 812 })
        );
    }

    #[test]
    fn a_range_without_a_whole_dot_is_refused() {
        let symbol = Symbol::code_128(b"A1").unwrap();
        let range = XRange { min_um: 260, max_um: 300 };
        assert!(matches!(
            symbol.fit(range, Resolution::DPI_203, 9999, 0),
            Err(DoesNotFit::NoWholeDots { .. })
        ));
    }

    #[test]
    fn a_matrix_is_bounded_by_its_height_too() {
        let symbol = Symbol::data_matrix(b"T0042E").unwrap();
        let side = symbol.width_with_quiet();
        let fit = symbol.fit(XRange::HOUSE_MATRIX, Resolution::DPI_203, 9999, side * 5).unwrap();
        assert_eq!((fit.x_dots, fit.height_dots), (5, side * 5));
        assert!(symbol.fit(XRange::HOUSE_MATRIX, Resolution::DPI_203, 9999, side).is_err());
    }
}
