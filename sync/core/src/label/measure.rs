//! Lengths on paper and dots on a device.
//!
//! Documents are written in hundredths of a millimetre; layout turns them into whole dots of one device
//! once, so that every emitter draws the same integers. Never a float.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A length on paper, in hundredths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Len(i32);

impl Len {
    /// No length.
    pub const ZERO: Len = Len(0);

    /// Whole millimetres.
    pub const fn mm(value: i32) -> Len {
        Len(value * 100)
    }

    /// Tenths of a millimetre.
    pub const fn tenths(value: i32) -> Len {
        Len(value * 10)
    }

    /// Hundredths of a millimetre.
    pub const fn hundredths(value: i32) -> Len {
        Len(value)
    }

    /// Tenths of a typographic point (1/720 inch), the unit type sizes are thought in.
    pub const fn points10(value: i32) -> Len {
        Len((value * 2540 + 360) / 720)
    }

    /// The number of hundredths of a millimetre.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// Whole dots of the device, rounded to the nearest.
    pub fn dots(self, dpi: Dpi) -> i32 {
        let scaled = i64::from(self.0) * i64::from(dpi.per_254mm());
        let half = if scaled < 0 { -12_700 } else { 12_700 };
        i32::try_from((scaled + half) / 25_400).unwrap_or(i32::MAX)
    }

    /// The length of this many dots of a device, rounded up to the next hundredth.
    pub fn of_dots(dots: i32, dpi: Dpi) -> Len {
        let per = i64::from(dpi.per_254mm());
        let scaled = i64::from(dots) * 25_400;
        Len(i32::try_from((scaled + per - 1).div_euclid(per)).unwrap_or(i32::MAX))
    }

    /// The longer of two.
    pub fn max(self, other: Len) -> Len {
        Ord::max(self, other)
    }
}

impl Add for Len {
    type Output = Len;
    fn add(self, other: Len) -> Len {
        Len(self.0.saturating_add(other.0))
    }
}

impl Sub for Len {
    type Output = Len;
    fn sub(self, other: Len) -> Len {
        Len(self.0.saturating_sub(other.0))
    }
}

impl Mul<i32> for Len {
    type Output = Len;
    fn mul(self, factor: i32) -> Len {
        Len(self.0.saturating_mul(factor))
    }
}

impl Div<i32> for Len {
    type Output = Len;
    fn div(self, divisor: i32) -> Len {
        Len(self.0 / divisor.max(1))
    }
}

impl Neg for Len {
    type Output = Len;
    fn neg(self) -> Len {
        Len(-self.0)
    }
}

/// The resolution of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dpi {
    /// Eight dots a millimetre: the common label printer.
    D203,
    /// 300 dots an inch: the fine label printer.
    D300,
    /// 600 dots an inch: the grid PDF documents are laid out on, which office printers of 300, 600 and
    /// 1,200 dots hit exactly.
    D600,
}

impl Dpi {
    /// Dots in 254 mm (ten inches): 203 dpi printers have exactly eight dots a millimetre.
    pub const fn per_254mm(self) -> u16 {
        match self {
            Dpi::D203 => 2032,
            Dpi::D300 => 3000,
            Dpi::D600 => 6000,
        }
    }
}

/// A rectangle on paper: leading edge, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Area {
    /// Distance from the leading edge of the page (left, or right in a right-to-left document).
    pub x: Len,
    /// Distance from the top of the page.
    pub y: Len,
    /// Width.
    pub w: Len,
    /// Height.
    pub h: Len,
}

impl Area {
    /// A rectangle.
    pub const fn new(x: Len, y: Len, w: Len, h: Len) -> Area {
        Area { x, y, w, h }
    }

    /// The same rectangle, smaller by a margin on all sides.
    pub fn inset(self, by: Len) -> Area {
        Area::new(self.x + by, self.y + by, self.w - by * 2, self.h - by * 2)
    }

    /// The trailing edge.
    pub fn right(self) -> Len {
        self.x + self.w
    }

    /// The lower edge.
    pub fn bottom(self) -> Len {
        self.y + self.h
    }
}

/// A colour of ink. Label printers have one: there, what is darker than middle grey prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ink {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

impl Ink {
    /// Pure black: symbols and all text on labels.
    pub const BLACK: Ink = Ink::rgb(0x000000);
    /// Paper white, on black.
    pub const WHITE: Ink = Ink::rgb(0xFFFFFF);
    /// Captions on documents.
    pub const SOFT: Ink = Ink::rgb(0x464B4F);
    /// Row separators on documents.
    pub const HAIR: Ink = Ink::rgb(0xB9B7AE);

    /// From 0xRRGGBB.
    pub const fn rgb(value: u32) -> Ink {
        Ink { r: (value >> 16) as u8, g: (value >> 8) as u8, b: value as u8 }
    }

    /// Whether a one-colour printer prints it: luma (ITU-R BT.601 weights) below one half.
    pub fn is_dark(self) -> bool {
        299 * u32::from(self.r) + 587 * u32::from(self.g) + 114 * u32::from(self.b) < 127_500
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_the_nearest_whole_dot() {
        assert_eq!(Len::mm(105).dots(Dpi::D203), 840);
        assert_eq!(Len::mm(105).dots(Dpi::D300), 1240);
        assert_eq!(Len::tenths(-15).dots(Dpi::D203), -12);
        assert_eq!(Len::points10(720).get(), 2540);
        assert_eq!(Len::of_dots(4, Dpi::D203).get(), 50);
    }

    #[test]
    fn of_the_tote_colours_yellow_and_sky_stay_white_on_a_label() {
        assert!(!Ink::rgb(0xFFD400).is_dark() && !Ink::rgb(0x5CC8EA).is_dark());
        assert!(Ink::rgb(0x9A2478).is_dark() && Ink::rgb(0x14256B).is_dark());
    }
}
