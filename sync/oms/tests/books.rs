//! The books of the centre under the floor's life: stories told through operations, each ending in a proof.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "books/cancelled.rs"]
mod cancelled;
#[path = "books/carts.rs"]
mod carts;
#[path = "books/house.rs"]
mod house;
#[path = "books/intake.rs"]
mod intake;
#[path = "books/late.rs"]
mod late;
#[path = "books/lots.rs"]
mod lots;
#[path = "books/morning.rs"]
mod morning;
#[path = "books/stories.rs"]
mod stories;
#[path = "books/tamper.rs"]
mod tamper;
#[path = "books/walks.rs"]
mod walks;
