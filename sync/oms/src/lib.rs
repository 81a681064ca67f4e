//! The centre: orders, stock, work and dispatch in one program on one database.
//!
//! * [`store`]: the tables, behind a synchronous trait; one writer owns them.

pub mod store;
