//! The centre's end of the protocol, as step functions over a transaction.
//!
//! [`receive`] takes a batch of operations, [`quarantine`] keeps what cannot be applied, [`feed`] tells rows that
//! changed, [`feed::snapshot`] tells all rows.
//! Each takes an open transaction and the time and returns the answer; the shell commits, then sends it.
//! Nothing here knows a socket, a clock or SQL.

pub mod feed;
pub mod quarantine;
pub mod receive;

/// What a bearer token is looked up by: its BLAKE3 hash. The token itself is never kept.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}
