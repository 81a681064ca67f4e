//! The ground the planners walk on: a rectangular picking area of parallel aisles and cross-aisles.
//!
//! A site's layout enters once, is checked once, and is then only read. Positions are millimetres along an
//! aisle from its front end. What an aisle looks like (racks, bays, pick height) is not known here, and
//! nothing here knows which stock stands where.

mod rule;
mod space;

pub(crate) use rule::Limits;
pub use rule::{Rule, Way};

use serde::{Deserialize, Serialize};

/// Most aisles a layout may have: more than any known site, few enough for planning in a blink.
pub const MOST_AISLES: usize = 1_000;
/// Most cross-aisles a layout may have.
pub const MOST_CROSS_AISLES: usize = 64;
/// Longest aisle and widest picking area, in millimetres: no tour can then overflow a planner's counter.
pub const MOST_MM: u32 = 2_000_000;
/// Most millimetres of aisle in all: 250 km.
pub const MOST_MM_IN_ALL: u64 = 250_000_000;
/// Most restrictions on one layout.
pub const MOST_RULES: usize = 10_000;

/// Where the picker's feet are when picking: an aisle and the distance from its front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    /// Aisle, counted from 0 at the left as seen from the front.
    pub aisle: u16,
    /// Distance from the front end of the aisle, in millimetres.
    pub along_mm: u32,
}

impl Point {
    /// The point `along_mm` from the front end of `aisle`.
    pub const fn new(aisle: u16, along_mm: u32) -> Self {
        Self { aisle, along_mm }
    }
}

/// Why a layout was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// No aisles, or more than [`MOST_AISLES`].
    #[error("a layout needs 1 to {MOST_AISLES} aisles, not {0}")]
    Aisles(usize),
    /// No cross-aisle, or more than [`MOST_CROSS_AISLES`].
    #[error("a layout needs 1 to {MOST_CROSS_AISLES} cross-aisles, not {0}")]
    CrossAisles(usize),
    /// Cross-aisles must rise along the aisle and lie on it.
    #[error("cross-aisle {0} is not beyond the one before it, or not on the aisles")]
    CrossAislePlace(usize),
    /// Two neighbouring aisles at the same place.
    #[error("aisles {0} and {next} are at the same place", next = .0 + 1)]
    Pitch(usize),
    /// Longer or wider than [`MOST_MM`], more aisle than [`MOST_MM_IN_ALL`], or of no length.
    #[error("aisles must be 1 to {MOST_MM} mm long, within {MOST_MM} mm, and {MOST_MM_IN_ALL} mm in all")]
    Size,
    /// A point that is not on any aisle.
    #[error("aisle {aisle} at {along_mm} mm is not in the layout", aisle = .0.aisle, along_mm = .0.along_mm)]
    Off(Point),
    /// A restriction that names a place that is not there, or contradicts another one.
    #[error("a restriction names a place that is not in the layout, or contradicts another: {0:?}")]
    Rule(Rule),
    /// More than [`MOST_RULES`] restrictions.
    #[error("more than {MOST_RULES} restrictions")]
    Rules,
}

/// A checked rectangular layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct Layout {
    at_mm: Vec<u32>,
    cross_mm: Vec<u32>,
    length_mm: u32,
    depot: Point,
    rules: Vec<Rule>,
    limits: Limits,
}

/// A layout as it is written on disk and on the wire, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Distance between neighbouring aisles, centre to centre, in millimetres; one fewer than there are aisles.
    pub gaps_mm: Vec<u32>,
    /// Where the cross-aisles cross the aisles, rising, in millimetres from the front end.
    pub cross_mm: Vec<u32>,
    /// Length of every aisle in millimetres; beyond the last cross-aisle they are dead ends.
    pub length_mm: u32,
    /// Where walks begin and end unless told otherwise.
    pub depot: Point,
    /// Restrictions; none in most sites.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

impl TryFrom<Form> for Layout {
    type Error = LayoutError;

    fn try_from(form: Form) -> Result<Self, LayoutError> {
        let aisles = form.gaps_mm.len() + 1;
        if aisles > MOST_AISLES {
            return Err(LayoutError::Aisles(aisles));
        }
        let crossings = form.cross_mm.len();
        if crossings == 0 || crossings > MOST_CROSS_AISLES {
            return Err(LayoutError::CrossAisles(crossings));
        }
        let in_all = aisles as u64 * u64::from(form.length_mm);
        if form.length_mm == 0 || form.length_mm > MOST_MM || in_all > MOST_MM_IN_ALL {
            return Err(LayoutError::Size);
        }
        for (row, place) in form.cross_mm.iter().enumerate() {
            let after_previous = row == 0 || form.cross_mm[row - 1] < *place;
            if !after_previous || *place > form.length_mm {
                return Err(LayoutError::CrossAislePlace(row));
            }
        }
        let mut at_mm = vec![0_u32];
        for (gap, width) in form.gaps_mm.iter().enumerate() {
            if *width == 0 {
                return Err(LayoutError::Pitch(gap));
            }
            let next = at_mm[gap].checked_add(*width).filter(|place| *place <= MOST_MM);
            at_mm.push(next.ok_or(LayoutError::Size)?);
        }
        if form.rules.len() > MOST_RULES {
            return Err(LayoutError::Rules);
        }
        let mut layout = Self {
            at_mm,
            cross_mm: form.cross_mm,
            length_mm: form.length_mm,
            depot: form.depot,
            rules: Vec::new(),
            limits: Limits::default(),
        };
        layout.check(form.depot)?;
        layout.restrict(form.rules)?;
        Ok(layout)
    }
}

impl From<Layout> for Form {
    fn from(layout: Layout) -> Self {
        let gaps_mm = layout.at_mm.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let Layout { cross_mm, length_mm, depot, rules, .. } = layout;
        Self { gaps_mm, cross_mm, length_mm, depot, rules }
    }
}

impl Layout {
    /// Equal aisles `pitch_mm` apart, crossed at each of `cross_mm` (the last one is the aisles' back end).
    ///
    /// # Errors
    /// When there are no aisles, or the cross-aisles do not rise, or the depot is not on an aisle.
    pub fn rectangular(
        aisles: u16,
        pitch_mm: u32,
        cross_mm: &[u32],
        depot: Point,
    ) -> Result<Self, LayoutError> {
        let gaps = usize::from(aisles).checked_sub(1).ok_or(LayoutError::Aisles(0))?;
        let length_mm = cross_mm.last().copied().ok_or(LayoutError::CrossAisles(0))?;
        let gaps_mm = vec![pitch_mm; gaps];
        Self::try_from(Form { gaps_mm, cross_mm: cross_mm.to_vec(), length_mm, depot, rules: Vec::new() })
    }

    /// The same layout under more restrictions.
    ///
    /// # Errors
    /// When a restriction names a place that is not there.
    pub fn with(mut self, rules: &[Rule]) -> Result<Self, LayoutError> {
        self.restrict(rules.to_vec())?;
        Ok(self)
    }

    /// How many aisles there are.
    pub fn aisles(&self) -> usize {
        self.at_mm.len()
    }

    /// How many blocks the cross-aisles cut the aisles into.
    pub fn blocks(&self) -> usize {
        self.cross_mm.len() - 1
    }

    /// Where the cross-aisles are, in millimetres from the front end.
    pub fn cross_mm(&self) -> &[u32] {
        &self.cross_mm
    }

    /// Where an aisle is, in millimetres from the first one.
    pub fn aisle_mm(&self, aisle: usize) -> u32 {
        self.at_mm[aisle]
    }

    /// Distance from an aisle to the next one, in millimetres.
    pub fn gap_mm(&self, aisle: usize) -> u32 {
        self.at_mm[aisle + 1] - self.at_mm[aisle]
    }

    /// Length of every aisle in millimetres.
    pub fn length_mm(&self) -> u32 {
        self.length_mm
    }

    /// Where walks begin and end unless told otherwise.
    pub fn depot(&self) -> Point {
        self.depot
    }

    /// The restrictions in force.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether every aisle and cross-aisle may be walked freely.
    pub fn free(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether any aisle may only be walked in one direction.
    pub fn one_way(&self) -> bool {
        self.limits.any_one_way()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Refuses a point that is not on an aisle.
    ///
    /// # Errors
    /// [`LayoutError::Off`] with the point.
    pub fn check(&self, point: Point) -> Result<(), LayoutError> {
        let on = usize::from(point.aisle) < self.aisles() && point.along_mm <= self.length_mm;
        if on { Ok(()) } else { Err(LayoutError::Off(point)) }
    }

    fn restrict(&mut self, rules: Vec<Rule>) -> Result<(), LayoutError> {
        if self.rules.len() + rules.len() > MOST_RULES {
            return Err(LayoutError::Rules);
        }
        self.rules.extend(rules);
        self.limits = Limits::read(self, &self.rules)?;
        Ok(())
    }
}
