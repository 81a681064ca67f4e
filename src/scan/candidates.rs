//! The meanings a scan admits, after this scanner's habits are undone.

use super::{
    Scan,
    profile::{Decoded, Profile, Refused},
};
use aisle_core::code::{Scanned, Symbology};

/// Undoes what the scanner did. What comes out is what [`meanings`] reads.
pub fn decode(scan: &Scan, profile: &Profile) -> Result<Decoded, Refused> {
    profile.decode(&scan.raw)
}

/// Every meaning of a decoded scan, with the driver's label type as evidence where there is no AIM identifier.
pub fn meanings<'a>(decoded: &'a Decoded, scan: &Scan) -> Scanned<'a> {
    let evidence = scan.label_type.as_deref().map_or(Symbology::Unknown, Symbology::of_label_type);
    let mut scanned = Scanned::new();
    scanned.read(&decoded.bytes, evidence);
    scanned
}
