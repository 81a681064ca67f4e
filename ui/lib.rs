//! Every pixel.
