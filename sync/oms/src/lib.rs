//! The centre: orders, stock, work and dispatch in one program on one database.
//!
//! * [`store`]: the tables, behind a synchronous trait; one writer owns them.
//! * [`order`], [`stock`], [`work`], [`dispatch`], [`site`]: the domain, plain functions over a transaction and a
//!   [`context::Context`]. They know no socket, no clock and no database.
//! * [`sync`]: batches, feed and snapshot as step functions; [`http`]: the door, and the writer's thread.
//! * [`backup`]: every commit in a folder elsewhere, within a second.
//! * [`settings`]: `aisle-oms.toml`. [`sheet`]: what the world sends as CSV. [`words`]: the command line's words.

pub mod backup;
pub mod context;
pub mod demo;
pub mod dispatch;
pub mod http;
pub mod order;
pub mod paper;
pub mod settings;
pub mod sheet;
pub mod site;
pub mod stock;
pub mod store;
pub mod sync;
pub mod terminal;
pub mod words;
pub mod work;
