//! The demo site: a whole warehouse grown from one file of orders.
//!
//! Enter: any file of orders, a sample of real sizes and weights, a seed. Leaves a site that can ship most of
//! these orders: items, locations, stock, cartons, totes, carts, operators, settings. The same input makes the
//! same bytes. Never here: a clock, a random number that the seed does not decide, a size made up to fit.

/// GS1's prefix for demonstrations: no item of the world has a GTIN that begins so.
pub const DEMO_PREFIX: u64 = 952;

/// The GTIN-13 of the `n`th item under the demonstration prefix, as a number.
///
/// The check digit is GS1's: digits weighted 1 and 3 by turns from the left, up to the next ten.
#[must_use]
pub fn demo_gtin(n: u32) -> u64 {
    let payload = DEMO_PREFIX * 1_000_000_000 + u64::from(n) % 1_000_000_000;
    let mut rest = payload;
    let mut sum = 0;
    for weight in [3, 1].iter().cycle().take(12) {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    payload * 10 + (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_core::code::Gtin;

    #[test]
    fn demo_gtins_carry_their_check_digit() {
        for n in [0, 1, 7, 999, 123_456_789] {
            let text = format!("{:013}", demo_gtin(n));
            assert!(text.starts_with("952"));
            assert!(Gtin::parse(&text).is_ok(), "{text}");
        }
    }
}
