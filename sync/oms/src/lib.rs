//! The centre.
