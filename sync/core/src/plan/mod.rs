//! Planners: pure, deterministic for a seed and a budget counted in steps.

pub mod bin;
pub mod cart;
pub mod carton;
pub mod ground;
pub mod layout;
pub mod route;
