//! Dispatch: carrier services, manifests, parcels that leave.

pub mod manifest;
pub mod service;
