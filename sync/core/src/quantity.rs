//! Quantities, weights and lengths as whole numbers of a stated unit.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use serde::{Deserialize, Serialize};

/// The most pieces one line, task or scan may name: above it a number is a scanned barcode, not a count.
pub const QUANTITY_MAX: i64 = 1_000_000;

/// Base units of an item (pieces, unless the item's unit says otherwise). May be negative in a sum or a
/// ledger, never in an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(pub i64);

impl Quantity {
    /// None.
    pub const ZERO: Self = Self(0);
    /// One base unit.
    pub const ONE: Self = Self(1);

    /// A count as an operation may carry it: 1 to [`QUANTITY_MAX`].
    #[must_use]
    pub const fn counted(count: i64) -> Option<Self> {
        if count >= 1 && count <= QUANTITY_MAX { Some(Self(count)) } else { None }
    }

    /// Whether it is more than nothing.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 > 0
    }

    /// Whether it is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// What lies above zero.
    #[must_use]
    pub const fn or_zero(self) -> Self {
        if self.0 < 0 { Self(0) } else { self }
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Quantity {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}
impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Quantity {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
