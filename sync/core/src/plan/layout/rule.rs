//! Restrictions on where and how a picker may walk: one way, no turning, blocked.

use super::{Layout, LayoutError};
use serde::{Deserialize, Serialize};

/// The direction a one-way aisle is walked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From the front to the back.
    Back,
    /// From the back to the front.
    Front,
}

/// One restriction. Blocks count from 0 at the front; block `b` lies between cross-aisles `b` and `b + 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// The aisle is walked in one direction only within this block; turning round in it is not allowed either.
    OneWay {
        /// The aisle.
        aisle: u16,
        /// The block.
        block: u16,
        /// The direction allowed.
        way: Way,
    },
    /// Whoever enters the aisle in this block leaves it at the other end (a truck cannot turn).
    NoTurn {
        /// The aisle.
        aisle: u16,
        /// The block.
        block: u16,
    },
    /// Nobody gets past this stretch of the aisle. What stands on its edge can still be reached from outside.
    Blocked {
        /// The aisle.
        aisle: u16,
        /// Where the stretch begins, in millimetres from the front end.
        from_mm: u32,
        /// Where it ends.
        to_mm: u32,
    },
    /// Nobody gets from this aisle to the next one along this cross-aisle.
    BlockedCross {
        /// The cross-aisle, counted from 0 at the front.
        cross: u16,
        /// The aisle on the left of the stretch.
        aisle: u16,
    },
}

/// The restrictions, laid out for quick looking up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    blocks: usize,
    ways: Vec<Option<Way>>,
    no_turn: Vec<bool>,
    blocked: Vec<Vec<(u32, u32)>>,
    cross: Vec<u64>,
}

impl Limits {
    pub(super) fn read(layout: &Layout, rules: &[Rule]) -> Result<Self, LayoutError> {
        let (aisles, blocks) = (layout.aisles(), layout.blocks());
        if rules.is_empty() {
            return Ok(Self::default());
        }
        let mut limits = Self {
            blocks,
            ways: vec![None; aisles * blocks],
            no_turn: vec![false; aisles * blocks],
            blocked: vec![Vec::new(); aisles],
            cross: vec![0; aisles],
        };
        for rule in rules {
            limits.add(layout, *rule).ok_or(LayoutError::Rule(*rule))?;
        }
        for stretches in &mut limits.blocked {
            stretches.sort_unstable();
        }
        Ok(limits)
    }

    fn add(&mut self, layout: &Layout, rule: Rule) -> Option<()> {
        match rule {
            Rule::OneWay { aisle, block, way } => {
                let at = self.place(aisle, block)?;
                // Two directions for one aisle contradict each other.
                if self.ways[at].replace(way).is_some_and(|before| before != way) {
                    return None;
                }
                self.no_turn[at] = true;
            }
            Rule::NoTurn { aisle, block } => {
                let at = self.place(aisle, block)?;
                self.no_turn[at] = true;
            }
            Rule::Blocked { aisle, from_mm, to_mm } => {
                if from_mm >= to_mm || to_mm > layout.length_mm() {
                    return None;
                }
                self.blocked.get_mut(usize::from(aisle))?.push((from_mm, to_mm));
            }
            Rule::BlockedCross { cross, aisle } => {
                let (cross, aisle) = (usize::from(cross), usize::from(aisle));
                if cross >= layout.cross_mm().len() || aisle + 1 >= layout.aisles() {
                    return None;
                }
                self.cross[aisle] |= 1 << cross;
            }
        }
        Some(())
    }

    fn place(&self, aisle: u16, block: u16) -> Option<usize> {
        let at = usize::from(aisle) * self.blocks + usize::from(block);
        (usize::from(block) < self.blocks && at < self.ways.len()).then_some(at)
    }

    pub(super) fn any_one_way(&self) -> bool {
        self.ways.iter().any(Option::is_some)
    }

    pub(crate) fn way(&self, aisle: usize, block: usize) -> Option<Way> {
        self.ways.get(aisle * self.blocks + block).copied().flatten()
    }

    pub(crate) fn may_turn(&self, aisle: usize, block: usize) -> bool {
        !self.no_turn.get(aisle * self.blocks + block).copied().unwrap_or(false)
    }

    /// Whether the aisle is blocked somewhere between the two places.
    pub(crate) fn blocked(&self, aisle: usize, from_mm: u32, to_mm: u32) -> bool {
        let stretches = self.blocked.get(aisle).map_or(&[][..], Vec::as_slice);
        stretches.iter().any(|(start, end)| (*start).max(from_mm) < (*end).min(to_mm))
    }

    /// Where the blocked stretches of an aisle begin and end.
    pub(crate) fn blocked_ends(&self, aisle: usize) -> impl Iterator<Item = u32> + '_ {
        self.blocked.get(aisle).into_iter().flatten().flat_map(|(start, end)| [*start, *end])
    }

    /// Bit mask of the cross-aisles blocked between this aisle and the next.
    pub(crate) fn blocked_cross(&self, aisle: usize) -> u64 {
        self.cross.get(aisle).copied().unwrap_or(0)
    }
}
