//! What every decision of the centre is made with, besides the transaction: the time, the settings, new ids.

use aisle_core::{
    id::{Code, Mint},
    place::Site,
    time::Millis,
};

use crate::settings::Settings;

/// The surroundings of one business operation. Nothing in the domain reads a clock or draws randomness:
/// both come from here.
pub struct Context<'a> {
    /// The centre's clock.
    pub now: Millis,
    /// The settings in force.
    pub settings: &'a Settings,
    /// Makes ids.
    pub mint: &'a mut Mint,
}

impl Context<'_> {
    /// The site that this centre runs.
    #[must_use]
    pub const fn site(&self) -> &Code<Site> {
        &self.settings.site.code
    }
}
