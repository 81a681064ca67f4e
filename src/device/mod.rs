//! Drivers: bytes, samples and the time. No word of the warehouse is known here.

pub mod audio;
pub mod clock;
pub mod tone;
pub mod wedge;
