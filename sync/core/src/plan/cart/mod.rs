//! Which orders go on one cart: orders enter, pick lists leave, each within the limits of a cart, all of them
//! together with as little walking as can be found.
//!
//! Sizes are whole numbers; time enters as milliseconds left, never as a clock. What is already scanned stays
//! where it is. Nothing here may split an order or drop one: what fits no cart is named, not left out silently.

mod anneal;
mod cost;
mod pool;
mod savings;
mod state;

use crate::plan::layout::{Layout, Point};
pub use crate::plan::route::Effort;
use crate::plan::route::{RouteError, Stop};
pub use anneal::Planner;
use serde::{Deserialize, Serialize};

/// How often the heat is lowered.
const SLICES: u64 = 100;
/// Most orders planned in one call.
pub const MOST_ORDERS: usize = 10_000;

/// What an order takes up on a cart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Totes (or any other unit of capacity).
    pub totes: u64,
    /// Weight in grams.
    pub weight_g: u64,
    /// Volume in cubic millimetres.
    pub volume_mm3: u64,
}

impl Size {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            totes: self.totes.saturating_add(other.totes),
            weight_g: self.weight_g.saturating_add(other.weight_g),
            volume_mm3: self.volume_mm3.saturating_add(other.volume_mm3),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            totes: self.totes.saturating_sub(other.totes),
            weight_g: self.weight_g.saturating_sub(other.weight_g),
            volume_mm3: self.volume_mm3.saturating_sub(other.volume_mm3),
        }
    }

    /// Whether it is no more than a limit in any respect.
    #[must_use]
    pub fn within(self, limit: Self) -> bool {
        self.totes <= limit.totes && self.weight_g <= limit.weight_g && self.volume_mm3 <= limit.volume_mm3
    }
}

/// An order to be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Where its open lines are picked.
    pub stops: Vec<Stop>,
    /// What it takes up.
    pub size: Size,
    /// How urgent it is; 0 is the most urgent.
    pub priority: u8,
    /// Time left until its cut-off, in milliseconds, if it has one.
    pub left_ms: Option<u64>,
}

/// What a cart can carry, and what may go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What fits on a cart.
    pub size: Size,
    /// Most orders on a cart.
    pub orders: usize,
    /// How far priorities on one cart may lie apart.
    pub priorities_apart: u8,
    /// Walking speed in millimetres per second, for cut-offs.
    pub speed_mm_s: u64,
    /// Time at one stop in milliseconds, for cut-offs.
    pub stop_ms: u64,
}

impl Limits {
    /// Limits of size alone.
    pub const fn of(size: Size) -> Self {
        Self { size, orders: usize::MAX, priorities_apart: u8::MAX, speed_mm_s: 1_000, stop_ms: 0 }
    }
}

/// A cart on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Where its picker stands.
    pub start: Point,
    /// Orders that stay: something of them is scanned. Their stops are those still open.
    pub locked: Vec<usize>,
    /// Orders that were planned on it and may move.
    pub planned: Vec<usize>,
}

/// Everything a cart plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The ground.
    pub layout: &'a Layout,
    /// Where new carts start.
    pub start: Point,
    /// Where every cart ends.
    pub end: Point,
    /// The open orders.
    pub orders: &'a [Order],
    /// What a cart can carry.
    pub limits: Limits,
    /// Carts on their way.
    pub running: &'a [Running],
}

/// The orders of one cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The running cart it is, if it is one.
    pub running: Option<usize>,
    /// Its orders, as numbers in the list given, rising.
    pub orders: Vec<usize>,
    /// Length of its shortest walk in millimetres.
    pub length_mm: u64,
}

/// A cart plan, the most urgent cart first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The carts.
    pub batches: Vec<Batch>,
    /// Orders that no cart can carry, each with all of a cart to itself.
    pub too_large: Vec<usize>,
    /// Length of all walks in millimetres.
    pub length_mm: u64,
}

/// Why there is no cart plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// More than [`MOST_ORDERS`].
    #[error("{0} orders are more than {MOST_ORDERS}")]
    TooMany(usize),
    /// A running cart names an order that is not there, or one that is on another cart too.
    #[error("running cart {cart} names order {order}, which is not there or is on two carts")]
    Running {
        /// The running cart.
        cart: usize,
        /// The order.
        order: usize,
    },
    /// An order cannot be walked to.
    #[error("order {order}: {source}")]
    Walk {
        /// The order.
        order: usize,
        /// What is wrong.
        source: RouteError,
    },
}

/// Makes a cart plan. With no steps the plan is the one that merging carts by savings makes.
///
/// # Errors
/// When an order is off the layout or cut off, or running carts contradict each other.
pub fn batch(job: &Job<'_>, effort: Effort) -> Result<Plan, CartError> {
    let mut planner = Planner::new(job, effort.seed)?;
    let slice = effort.steps / SLICES;
    for left in (0..SLICES).rev() {
        planner.improve(slice, left * 1_000 / SLICES);
    }
    planner.recombine(effort.steps / 4);
    Ok(planner.finish())
}
