//! How hard a search may try, and its source of variety. Both are given from outside: the same effort on the
//! same task makes the same plan on every machine.

/// A search budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Most moves to try.
    pub steps: u64,
    /// Where the sequence of moves begins.
    pub seed: u64,
}

impl Effort {
    /// A budget of `steps` moves.
    pub const fn steps(steps: u64) -> Self {
        Self { steps, seed: 1 }
    }
}

/// Numbers that look drawn by lot, all settled by the seed (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `sides`; 0 if there are none.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        ((u128::from(self.bits()) * sides as u128) >> 64) as usize
    }

    /// How much worse a move may be at this heat: small mostly, large now and then (exponential, in base 2,
    /// with the logarithm straight between powers of two, so that no machine rounds differently).
    pub(crate) fn slack(&mut self, heat: u64) -> u64 {
        let bits = self.bits() | 1;
        let zeros = u64::from(bits.leading_zeros());
        let rest = (bits << zeros) >> 55 & 0xFF;
        heat.saturating_mul(zeros * 256 + 256 - rest) / 256
    }
}
