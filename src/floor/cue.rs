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

    /// What it sounds like: pitches in hertz and lengths in milliseconds, 0 for a pause. They differ in
    /// number, rhythm and direction, so that no ear for pitch is needed.
    #[must_use]
    pub const fn tones(self) -> &'static [(u16, u16)] {
        match self {
            Self::Good => &[(2_000, 60)],
            Self::LineDone => &[(1_600, 60), (2_400, 80)],
            Self::ToteDone => &[(1_600, 45), (2_000, 45), (2_700, 80)],
            Self::Wrong => &[(1_000, 170)],
            Self::Stop => &[(1_100, 70), (0, 35), (1_100, 70)],
            Self::Message => &[(3_000, 30), (0, 30), (3_000, 30), (0, 30), (3_000, 30)],
            Self::SyncTrouble => &[(2_400, 80), (1_200, 95)],
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_short_audible_in_a_hall_and_differ_from_one_another() {
        for cue in Cue::ALL {
            let tones = cue.tones();
            assert!(tones.iter().map(|(_, ms)| *ms).sum::<u16>() <= 180, "{cue:?} is too long");
            assert!(tones.iter().all(|(hz, _)| *hz == 0 || (1_000..=4_000).contains(hz)), "{cue:?}");
            assert_eq!(Cue::ALL.iter().filter(|other| other.tones() == tones).count(), 1);
        }
    }
}
