//! How long to wait: after a failure, full jitter over a doubling bound; when the centre names a time, that time.

use aisle_core::id::Mint;

/// The first bound, in milliseconds.
pub const BASE_MS: u64 = 500;
/// The last bound, in milliseconds: a terminal that comes back is heard within half a minute.
pub const CAP_MS: u64 = 30_000;
/// The most failures in a row that count while nobody answers at all: a network that comes back is noticed within
/// two seconds, and calls that go nowhere cost the centre nothing.
pub const UNREACHED_MAX: u32 = 3;
/// The longest wait that the centre may ask for, in milliseconds: two thousand terminals that return at once have
/// all had their turn in half that time, and who asks for more is no centre with a queue.
pub const SLOT_MAX_MS: u64 = 60_000;
/// How far those spread that were given the same second, in milliseconds: the header knows only whole ones.
pub const SPREAD_MS: u64 = 1_000;

/// A random wait after `failures` failures in a row, in milliseconds: uniform up to a bound that doubles
/// from [`BASE_MS`] to [`CAP_MS`] ("full jitter"), so that a fleet does not return in step.
pub fn wait_ms(failures: u32, mint: &mut Mint) -> u64 {
    let doubled = BASE_MS.saturating_mul(1u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX));
    let bound = doubled.min(CAP_MS);
    mint.bits() % (bound + 1)
}

/// The wait that the centre asked for, in milliseconds: at most [`SLOT_MAX_MS`], and a little more at random.
pub fn slot_ms(asked_ms: u64, mint: &mut Mint) -> u64 {
    asked_ms.min(SLOT_MAX_MS) + mint.bits() % SPREAD_MS
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

    #[test]
    fn a_turn_is_waited_for_whole_but_never_for_longer_than_a_queue_can_last() {
        let mut mint = Mint::new([1; 32]);
        for asked in [0, 7_000, 86_400_000, u64::MAX] {
            let least = asked.min(SLOT_MAX_MS);
            let waits: Vec<u64> = (0..200).map(|_| slot_ms(asked, &mut mint)).collect();
            assert!(waits.iter().all(|w| (least..least + SPREAD_MS).contains(w)));
            assert!(waits.iter().collect::<std::collections::BTreeSet<_>>().len() > 50);
        }
    }
}
