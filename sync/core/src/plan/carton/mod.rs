//! Cartons: the pieces of one order into the fewest, then the cheapest, real cartons.
//!
//! In: pieces (size, weight, what may be done with them), the site's cartons, and limits. Out: which
//! carton, where each piece lies and in which order to put them in, with a proof or a lower bound.
//! It must never answer a plan that breaks a rule below, never look at a clock, and never stop for want
//! of budget: with no budget at all the answer is plainer, not absent.
//!
//! Axes: x runs along a carton's `w`, y along its `l`, z along its `d` and up; (0, 0, 0) is a bottom corner.
//! Rules every plan keeps:
//! * pieces stay inside the inner size and never overlap; edges stay parallel to the carton's;
//! * contents and the empty carton together weigh at most `max_g`;
//! * a `this_side_up` piece keeps its `d` upright (it may still turn about z);
//! * `support_percent` of each base rests on the carton's floor or on pieces below it;
//! * on a `fragile` piece rests nothing but fragile pieces that weigh no more than it does;
//! * the placements of a carton are listed so that each piece goes in from above after all it rests on.
//!
//! The objective is lexicographic: number of cartons, sum of their `cost`, sum of their inner volume.
//! Deliberately absent: pieces that bend, nest or lean, and load-bearing limits in newtons.

mod assign;
mod bound;
mod draw;
mod exact;
mod fill;
mod item;
mod kit;
mod search;
mod seed;
mod stack;

pub use draw::{Face, Role, View, isometric};

/// Longest edge of a piece or a carton, in mm. Longer is a typing error or a pallet.
pub const MAX_EDGE_MM: u32 = 10_000;
/// Heaviest piece or carton, in g: one tonne.
pub const MAX_WEIGHT_G: u32 = 1_000_000;
/// Most pieces in one order; an order beyond it is a pallet load and is planned elsewhere.
pub const MAX_PIECES: usize = 20_000;
/// Most carton types a site may offer at once.
pub const MAX_CARTONS: usize = 200;

/// One physical piece to pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The caller's name for it; refusals name it.
    pub id: String,
    /// Width in mm.
    pub w: u32,
    /// Length in mm.
    pub l: u32,
    /// Depth in mm: its height while it stands as its label says.
    pub d: u32,
    /// Weight in g.
    pub weight_g: u32,
    /// Its `d` must stay upright.
    pub this_side_up: bool,
    /// Only lighter or equally heavy fragile pieces may rest on it.
    pub fragile: bool,
}

/// One carton type the site has, in any number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carton {
    /// The name printed on it.
    pub code: String,
    /// Inner width in mm.
    pub w: u32,
    /// Inner length in mm.
    pub l: u32,
    /// Inner depth (height) in mm.
    pub d: u32,
    /// Weight of the empty carton in g.
    pub empty_g: u32,
    /// Most it may weigh with its contents, in g.
    pub max_g: u32,
    /// What sending it costs, in any one unit (minor money, or outer volume).
    pub cost: u64,
}

/// How long and how strictly to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Work to spend, in box comparisons (some three nanoseconds each on a desk). Never a clock.
    pub steps: u64,
    /// Same seed, same input, same budget: same plan.
    pub seed: u64,
    /// Share of each base that must rest on something, 0 to 100.
    pub support_percent: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 3_000_000, seed: 1, support_percent: 70 }
    }
}

/// Where one piece lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Index into the pieces given.
    pub piece: usize,
    /// Near corner along the carton's `w`, mm.
    pub x: u32,
    /// Near corner along the carton's `l`, mm.
    pub y: u32,
    /// Underside above the carton's floor, mm.
    pub z: u32,
    /// Size along x as it lies, mm.
    pub w: u32,
    /// Size along y as it lies, mm.
    pub l: u32,
    /// Size along z as it lies, mm.
    pub d: u32,
}

/// One carton of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Index into the cartons given.
    pub carton: usize,
    /// The pieces, in the order to put them in.
    pub placements: Vec<Placement>,
    /// Share of the inner volume used, per mille, rounded down.
    pub fill_permille: u32,
    /// Carton and contents, in g.
    pub gross_g: u64,
}

/// What is known about the number of cartons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// No plan has fewer cartons.
    Minimal,
    /// Every plan has at least so many; this one has more.
    AtLeast(u32),
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The cartons to fill, in no particular order; empty when there was nothing to pack.
    pub cartons: Vec<Packed>,
    /// What is known about their number.
    pub proven: Proof,
}

impl Plan {
    /// The proven lower bound on the number of cartons.
    pub fn bound(&self) -> u32 {
        match self.proven {
            Proof::Minimal => u32::try_from(self.cartons.len()).unwrap_or(u32::MAX),
            Proof::AtLeast(least) => least,
        }
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There are pieces, and no carton to put them in.
    #[error("no carton is offered")]
    NoCartons,
    /// More than [`MAX_PIECES`].
    #[error("{0} pieces are more than one order may have")]
    TooManyPieces(usize),
    /// More than [`MAX_CARTONS`].
    #[error("{0} carton types are more than can be offered at once")]
    TooManyCartons(usize),
    /// An edge is zero or beyond [`MAX_EDGE_MM`], or the weight is beyond [`MAX_WEIGHT_G`].
    #[error("piece {0} has an impossible size or weight")]
    AbsurdPiece(String),
    /// An edge is zero or beyond [`MAX_EDGE_MM`], a weight beyond [`MAX_WEIGHT_G`], or it is too weak for itself.
    #[error("carton {0} has an impossible size or weight")]
    AbsurdCarton(String),
    /// These pieces fit no carton even alone, by size or by weight; each id once, sorted.
    #[error("no carton takes {}", .0.join(", "))]
    FitsNoCarton(Vec<String>),
    /// More than 100 % of a base cannot be supported.
    #[error("{0} % is no share of a base")]
    AbsurdSupport(u32),
}

/// Plans one order.
///
/// # Errors
/// [`Refusal`] for input that no plan can answer; never for want of budget.
pub fn pack(pieces: &[Piece], cartons: &[Carton], limits: Limits) -> Result<Plan, Refusal> {
    if limits.support_percent > 100 {
        return Err(Refusal::AbsurdSupport(limits.support_percent));
    }
    let load = item::Load::read(pieces, cartons)?;
    if pieces.is_empty() {
        return Ok(Plan { cartons: Vec::new(), proven: Proof::Minimal });
    }
    Ok(assign::plan(&load, limits))
}

#[cfg(test)]
mod check;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_published;
#[cfg(test)]
mod tests_random;
