//! How long to wait after a failure: full jitter over a doubling bound.

use aisle_core::id::Mint;

/// The first bound, in milliseconds.
pub const BASE_MS: u64 = 500;
/// The last bound, in milliseconds: a terminal that comes back is heard within half a minute.
pub const CAP_MS: u64 = 30_000;

/// A random wait after `failures` failures in a row, in milliseconds: uniform up to a bound that doubles
/// from [`BASE_MS`] to [`CAP_MS`] ("full jitter"), so that a fleet does not return in step.
pub fn wait_ms(failures: u32, mint: &mut Mint) -> u64 {
    let doubled = BASE_MS.saturating_mul(1u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX));
    let bound = doubled.min(CAP_MS);
    mint.bits() % (bound + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_spread_and_never_pass_the_cap() {
        let mut mint = Mint::new([1; 32]);
        for failures in [1, 2, 5, 40, u32::MAX] {
            let waits: Vec<u64> = (0..200).map(|_| wait_ms(failures, &mut mint)).collect();
            let bound = if failures == 1 { BASE_MS } else { CAP_MS };
            assert!(waits.iter().all(|w| *w <= bound));
            assert!(waits.iter().collect::<std::collections::BTreeSet<_>>().len() > 50);
        }
    }
}
