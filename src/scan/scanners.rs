//! What was learned of each scanner of this terminal.

use std::collections::BTreeMap;

use super::{Source, profile::Profile};

/// The profile of each source; one that never read the setup symbol gives the bytes as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanners {
    learned: BTreeMap<Source, Profile>,
    as_it_came: Profile,
    last: Source,
}

impl Default for Scanners {
    fn default() -> Self {
        Self { learned: BTreeMap::new(), as_it_came: Profile::bytes(), last: Source::Wedge(0) }
    }
}

impl Scanners {
    /// What is known of a source.
    pub fn of(&self, source: Source) -> &Profile {
        self.learned.get(&source).unwrap_or(&self.as_it_came)
    }

    /// A source read something: it is the scanner in her hand.
    pub const fn read_by(&mut self, source: Source) {
        self.last = source;
    }

    /// The scanner that read last.
    pub const fn last(&self) -> Source {
        self.last
    }

    /// What was learned of the scanner that read last; none where it never read the setup symbol.
    pub fn in_hand(&self) -> Option<&Profile> {
        self.learned.get(&self.last)
    }

    /// From here on this is how the source reads.
    pub fn learn(&mut self, source: Source, profile: Profile) {
        self.learned.insert(source, profile);
    }

    /// From here on the source gives the bytes as they are.
    pub fn forget(&mut self, source: Source) {
        self.learned.remove(&source);
    }
}
