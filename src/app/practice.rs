//! The training sandbox: the whole app on a small site, without a centre.
//!
//! The site travels inside the program (`assets/demo/practice.json`): a few released pick lists that belong to
//! the practice picker, with everything they need. Deleting the practice folder begins it anew.

use aisle_core::{
    id::Code,
    task::{rows::Key, state::Terminal},
    time::Millis,
    wire::{chain::Incarnation, v1::FeedRow},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::store::{Position, Store, StoreError};

const SITE: &str = include_str!("../../assets/demo/practice.json");
/// The feed of the sandbox never changes; its epoch only has to differ from a centre's random one.
const EPOCH: Incarnation = Incarnation(1);

#[derive(Deserialize)]
struct PracticeRow {
    key: Key,
    body: Box<RawValue>,
}

/// What a terminal is called before it is enrolled.
///
/// # Panics
/// Never: the code is a constant.
#[must_use]
pub fn terminal() -> Code<Terminal> {
    Code::parse("PRACTICE").expect("a constant code")
}

/// Fills an empty cache with the practice site. A sandbox that was worked on is left as it is.
///
/// # Errors
/// When the store fails.
pub fn fill(store: &mut Store, now: Millis) -> Result<(), StoreError> {
    if store.view.position()?.epoch.is_some() {
        return Ok(());
    }
    let rows: Vec<PracticeRow> = serde_json::from_str(SITE).map_err(std::io::Error::from)?;
    let rows: Vec<FeedRow> =
        rows.into_iter().map(|row| FeedRow { key: row.key, seq: 0, body: Some(row.body) }).collect();
    let position =
        Position { epoch: Some(EPOCH), cursor: 0, incarnation: None, applied_hi: 0, heard_at: now };
    store.view.take(&rows, position, true)
}
