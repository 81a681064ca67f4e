//! What is true without a network, a disk or a screen, shared by both ends.
//!
//! Nothing here reads a clock, draws a random number, opens a file or a socket,
//! or names a database type: `now` and random bytes are parameters.
//!
//! * [`id`], [`time`], [`quantity`], [`place`], [`item`], [`order`]: the words both ends use.
//! * [`task`]: the floor as rows, the operations, and the one fold that applies them.
//! * [`wire`]: what terminals and the centre say to each other, one module per protocol version.
//! * [`code`]: what a label says (GTIN, SSCC, GS1, our own labels).
//! * [`plan`]: route, cart and carton planners.
//! * [`label`]: labels and documents as layouts, ZPL and PDF.
//! * [`canary`]: deliberate faults that the fleet simulator must catch; constant `false` in what is shipped.
//!
//! # The protocol in short
//! An operator's action becomes an operation ([`task::op`]). The terminal appends it to its journal, a
//! dense hash chain per `(terminal, incarnation)`, and only then confirms it. Batches of operations go to
//! the centre ([`wire::v1::Batch`]), which applies each once, in order, and answers with a verdict for each
//! and with `applied_hi`. Rows flow back through a feed ([`wire::v1::FeedPage`]) that tells, from the same
//! transaction, how many of the terminal's own operations the rows contain. The floor that the operator
//! sees is always: the centre's rows as last fed, with her own operations beyond that mark applied in order.

pub mod canary;
pub mod code;
pub mod id;
pub mod item;
pub mod label;
pub mod order;
pub mod place;
pub mod plan;
pub mod quantity;
pub mod task;
pub mod time;
pub mod wire;
