//! What she hears. Seven cues that differ blind; how they sound is the device's.

use serde::Serialize;

/// A cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// Right, go on. Only after it is recorded.
    Good,
    /// The line is done.
    LineDone,
    /// A tote, an order or a run is done.
    ToteDone,
    /// Not this one.
    Wrong,
    /// A rule forbids it.
    Stop,
    /// Somebody, or the centre, has something to say.
    Message,
    /// Saving or sending does not work as it should.
    SyncTrouble,
}

impl Cue {
    /// Every cue, in the order the self-test plays them.
    pub const ALL: [Self; 7] = [
        Self::Good,
        Self::LineDone,
        Self::ToteDone,
        Self::Wrong,
        Self::Stop,
        Self::Message,
        Self::SyncTrouble,
    ];

    /// The stable word, for sound files and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::LineDone => "line_done",
            Self::ToteDone => "tote_done",
            Self::Wrong => "wrong",
            Self::Stop => "stop",
            Self::Message => "message",
            Self::SyncTrouble => "sync_trouble",
        }
    }
}
