//! Typed identities.
//!
//! [`Id`] is a UUIDv7 minted where the thing happens (an operation, a parcel sealed offline).
//! [`Code`] is a name that people and labels carry (an item, a tote, a location, a badge).
//! [`Mint`] makes ids from a seed and the time it is given: nothing here reads a clock or asks the
//! system for randomness.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::time::Millis;

/// A UUIDv7 that names one `T`.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// The id with exactly these bits.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The id stored as 16 bytes, most significant first.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_uuid(Uuid::from_bytes(bytes))
    }

    /// The 16 bytes of the id, most significant first.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The `n`-th id that follows from this one: for rows that a request brings into being, so that the same
    /// request makes the same rows wherever it is applied (UUIDv8 over BLAKE3, RFC 9562 section 5.8).
    #[must_use]
    pub fn derived<U>(&self, n: u32) -> Id<U> {
        let mut hasher = blake3::Hasher::new_derive_key("aisle derived id 1");
        hasher.update(self.as_bytes());
        hasher.update(&n.to_le_bytes());
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Id::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The same bits, naming something else: for ids that derive from one another
    /// (the exception that an operation raised).
    #[must_use]
    pub const fn retyped<U>(self) -> Id<U> {
        Id::from_uuid(self.0)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::from_uuid)
    }
}

/// Why a text is no [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing was given.
    #[error("a code cannot be empty")]
    Empty,
    /// More than [`CODE_MAX_BYTES`].
    #[error("a code has at most {CODE_MAX_BYTES} bytes")]
    TooLong,
    /// White space at an end, or a control character.
    #[error("a code has no control characters and no blank at its ends")]
    Unprintable,
}

/// The longest code in bytes: a GS1-128 symbol carries 48 characters, and no name on a label is longer.
pub const CODE_MAX_BYTES: usize = 48;

/// A name that people and labels carry, unique among the `T` of a site.
pub struct Code<T>(Box<str>, PhantomData<fn() -> T>);

impl<T> Code<T> {
    /// Takes a text as a code.
    ///
    /// # Errors
    /// When it is empty, too long, blank at an end or unprintable.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.is_empty() {
            return Err(CodeError::Empty);
        }
        if text.len() > CODE_MAX_BYTES {
            return Err(CodeError::TooLong);
        }
        if text.chars().any(char::is_control) || text.trim() != text {
            return Err(CodeError::Unprintable);
        }
        Ok(Self(text.into(), PhantomData))
    }

    /// The text of the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T> Clone for Code<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<T> PartialEq for Code<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Code<T> {}
impl<T> PartialOrd for Code<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Code<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> hash::Hash for Code<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Code<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<T> fmt::Display for Code<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl<T> Serialize for Code<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
impl<'de, T> Deserialize<'de> for Code<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}
impl<T> FromStr for Code<T> {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Makes ids that rise: the time given, never stepping back, and bits drawn from a seed with BLAKE3.
///
/// Seeded by the system's randomness in production, by a number in a simulation.
#[derive(Clone)]
pub struct Mint {
    seed: [u8; 32],
    drawn: u64,
    last: Millis,
    /// The random part of the last id of `last`, [`TAIL_BITS`] wide; none before the first id.
    tail: Option<u128>,
}

/// Bits of a UUIDv7 that are neither time nor version nor variant.
const TAIL_BITS: u32 = 74;

impl Mint {
    /// A mint over this seed. Two mints must never share one.
    #[must_use]
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0, last: Millis(0), tail: None }
    }

    /// The next id, greater than every one before it. Its time is `now`, or the last id's when the clock
    /// stands still or stepped back; within one time the random part grows by a random step of 1 to 2^32
    /// (RFC 9562 section 6.2, method 2). When the random part runs over, the id's time moves on by one
    /// millisecond and the part is drawn anew: an id may then be ahead of the clock, never behind its forerunner.
    pub fn id<T>(&mut self, now: Millis) -> Id<T> {
        let drawn = self.draw();
        let step = u128::from(u32::from_le_bytes([drawn[16], drawn[17], drawn[18], drawn[19]])) + 1;
        let mut fresh = [0u8; 16];
        fresh.copy_from_slice(&drawn[..16]);
        let fresh = u128::from_le_bytes(fresh) >> (u128::BITS - TAIL_BITS);
        let grown = self.tail.map(|tail| tail + step).filter(|_| now <= self.last);
        let tail = match grown {
            Some(tail) if tail >> TAIL_BITS == 0 => tail,
            Some(_) => {
                self.last = Millis(self.last.0.saturating_add(1));
                fresh
            }
            None => {
                self.last = self.last.max(now);
                fresh
            }
        };
        self.tail = Some(tail);
        let ms = u64::try_from(self.last.0).unwrap_or(0);
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(ms, &spread(tail)).into_uuid())
    }

    /// The next 64 random bits, for jitter and incarnations.
    pub fn bits(&mut self) -> u64 {
        let mut word = [0u8; 8];
        word.copy_from_slice(&self.draw()[..8]);
        u64::from_le_bytes(word)
    }

    fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        *blake3::keyed_hash(&self.seed, &self.drawn.to_le_bytes()).as_bytes()
    }
}

/// The random part as the bytes after the time: 12 bits beside the version, 62 beside the variant, so that
/// the ids sort as their random parts do.
fn spread(tail: u128) -> [u8; 10] {
    let beside_variant = tail & ((1 << 62) - 1);
    let bytes = (((tail >> 62) << 64) | beside_variant).to_be_bytes();
    let mut spread = [0u8; 10];
    spread.copy_from_slice(&bytes[6..]);
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing;

    #[test]
    fn ids_rise_within_a_millisecond_step_and_survive_a_clock_that_steps_back() {
        let mut mint = Mint::new([7; 32]);
        let first: Id<Thing> = mint.id(Millis(1_000));
        let second: Id<Thing> = mint.id(Millis(10));
        assert_eq!(first.as_bytes()[..6], second.as_bytes()[..6]);
        assert_ne!(first, second);
        let third: Id<Thing> = mint.id(Millis(1_001));
        assert!(third > first && third > second);
    }

    #[test]
    fn ids_of_one_millisecond_rise() {
        let mut mint = Mint::new([7; 32]);
        let ids: Vec<Id<Thing>> = (0..10_000).map(|_| mint.id(Millis(1_000))).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.as_bytes()[..6] == ids[0].as_bytes()[..6]));
        assert!(
            ids.iter().all(|id| id.0.get_version_num() == 7 && id.0.get_variant() == uuid::Variant::RFC4122)
        );
    }

    #[test]
    fn a_random_part_that_runs_over_moves_the_time_on() {
        let mut mint = Mint::new([7; 32]);
        let before: Id<Thing> = mint.id(Millis(1_000));
        mint.tail = Some((1 << TAIL_BITS) - 1);
        let over: Id<Thing> = mint.id(Millis(1_000));
        let after: Id<Thing> = mint.id(Millis(1_000));
        assert!(before < over && over < after);
        let time = |id: Id<Thing>| id.0.get_timestamp().map(|time| time.to_unix());
        assert_eq!(time(over), Some((1, 1_000_000)));
        assert_eq!(time(after), time(over));
    }

    #[test]
    fn the_same_seed_makes_the_same_ids() {
        let draw = || Mint::new([3; 32]).id::<Thing>(Millis(5));
        assert_eq!(draw(), draw());
        assert_ne!(draw(), Mint::new([4; 32]).id::<Thing>(Millis(5)));
    }

    #[test]
    fn codes_refuse_what_no_label_carries() {
        assert_eq!(Code::<Thing>::parse(""), Err(CodeError::Empty));
        assert_eq!(Code::<Thing>::parse(" A"), Err(CodeError::Unprintable));
        assert_eq!(Code::<Thing>::parse("A\u{1d}B"), Err(CodeError::Unprintable));
        assert_eq!(Code::<Thing>::parse(&"A".repeat(49)), Err(CodeError::TooLong));
        assert_eq!(Code::<Thing>::parse("B07-14-C").map(|c| c.to_string()), Ok("B07-14-C".into()));
    }
}
