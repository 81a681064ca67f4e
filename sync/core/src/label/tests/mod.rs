//! Labels and documents, end to end: laid out, written, and read back by readers that are not ours.

mod documents;
mod fitting;
mod from_rows;
mod readback;
mod sample;
mod zpl;
