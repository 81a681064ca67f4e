//! The hash chain of a journal: tamper evidence, fork detection, end-to-end integrity.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::v1::WireOp;
use crate::{
    id::Code,
    task::{op::Family, state::Terminal},
};

/// One link: BLAKE3 over the link before and the operation. Written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link(pub [u8; 32]);

impl Link {
    /// The link before the first operation of an incarnation.
    #[must_use]
    pub fn origin(terminal: &Code<Terminal>, incarnation: Incarnation) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("aisle journal 1 origin");
        field(&mut hasher, terminal.as_str().as_bytes());
        hasher.update(&incarnation.0.to_le_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// The link after this operation: every field that is sent is covered, the body byte for byte.
    #[must_use]
    pub fn then(&self, op: &WireOp) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("aisle journal 1 operation");
        hasher.update(&self.0);
        hasher.update(&op.seq.to_le_bytes());
        hasher.update(op.id.as_bytes());
        hasher.update(&[match op.family {
            Family::Fact => 0,
            Family::Request => 1,
            Family::Note => 2,
        }]);
        field(&mut hasher, op.kind.as_bytes());
        hasher.update(&op.v.to_le_bytes());
        hasher.update(&op.at.0.to_le_bytes());
        field(&mut hasher, op.operator.as_str().as_bytes());
        field(&mut hasher, op.body.get().as_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

fn field(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        blake3::Hash::from_hex(&text).map(|hash| Self(*hash.as_bytes())).map_err(de::Error::custom)
    }
}

/// One life of a journal file: a new one begins when the file is made, restored or forked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Incarnation(pub u64);

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
impl Serialize for Incarnation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Incarnation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Self).map_err(de::Error::custom)
    }
}
