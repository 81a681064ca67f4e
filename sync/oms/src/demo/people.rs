//! Operators, totes and carts of the demo site.

use aisle_core::{
    code::house,
    id::Code,
    task::state::{Cart, Operator, Role, Tote},
};

use super::key;
use crate::settings::known;

/// Totes of the site.
const TOTES: u32 = 60;
/// Carts of the site.
const CARTS: u32 = 6;
/// Length of a badge of the demo: short enough to key, long enough not to be met by chance.
const BADGE_LENGTH: usize = 8;

/// An operator, with the PIN in the clear: this is a place to practise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The badge.
    pub badge: Code<Operator>,
    /// The name.
    pub name: String,
    /// What she may do.
    pub role: Role,
    /// The PIN.
    pub pin: String,
}

/// Three pickers, two packers, one lead. Their PINs are the same on every demo site; their badges are drawn.
pub(super) fn people(seed: u64) -> Vec<Person> {
    let staff = [
        ("Picker 1", Role::Picker, "1111"),
        ("Picker 2", Role::Picker, "2222"),
        ("Picker 3", Role::Picker, "3333"),
        ("Packer 1", Role::Packer, "4444"),
        ("Packer 2", Role::Packer, "5555"),
        ("Lead 1", Role::Lead, "9999"),
    ];
    let person = |(name, role, pin): (&str, Role, &str)| Person {
        badge: badge(seed, name),
        name: name.to_owned(),
        role,
        pin: pin.to_owned(),
    };
    staff.map(person).to_vec()
}

fn badge(seed: u64, name: &str) -> Code<Operator> {
    let mut random = [0_u8; 64];
    blake3::Hasher::new_keyed(&key(seed, "badge")).update(name.as_bytes()).finalize_xof().fill(&mut random);
    // Of 64 bytes, fewer than 8 usable ones come up less than once in 10^50 draws.
    known(&house::token(&random, BADGE_LENGTH).expect("64 random bytes make eight characters"))
}

/// `T001` to `T060`.
pub(super) fn totes() -> Vec<Code<Tote>> {
    (1..=TOTES).map(|n| known(&format!("T{n:03}"))).collect()
}

/// `C1` to `C6`, four slots side by side on three shelves.
pub(super) fn carts() -> Vec<Cart> {
    (1..=CARTS).map(|n| Cart { code: known(&format!("C{n}")), columns: 4, shelves: 3 }).collect()
}
