//! What other readers read.
