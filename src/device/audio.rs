//! Sounds: short clips by name, played without waiting, silent without hardware.
//!
//! In: WAV bytes under names, and what to play. Out: sound, or a log of what would have been heard. Which
//! sound means what is not known here.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How loud, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loudness(u8);

impl Loudness {
    /// As loud as it goes.
    pub const FULL: Self = Self(100);
    /// Nothing.
    pub const OFF: Self = Self(0);

    /// The next setting of the key that cycles it: full, half, off.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.0 {
            51.. => Self(50),
            1..=50 => Self::OFF,
            0 => Self::FULL,
        }
    }

    /// In percent.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }
}

/// Plays clips by name.
pub trait Speaker: Send {
    /// Begins to play; does nothing when the name is not known or there is no sound.
    fn play(&mut self, name: &str);
    /// How loud from now on.
    fn set(&mut self, loudness: Loudness);
}

/// What would have been heard: for runs without a sound device, and for tests.
#[derive(Debug, Clone, Default)]
pub struct Log {
    heard: Arc<Mutex<Vec<String>>>,
}

/// The most entries a log keeps: the oldest half goes.
pub const LOG_MAX: usize = 4_096;

impl Log {
    /// What was played since this was last asked.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Speaker for Log {
    fn play(&mut self, name: &str) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() >= LOG_MAX {
            heard.drain(..LOG_MAX / 2);
        }
        heard.push(name.to_owned());
    }

    fn set(&mut self, _: Loudness) {}
}

/// Clips by name: WAV files, whole.
pub type Clips = BTreeMap<&'static str, Vec<u8>>;

/// Why nothing is heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no sound: {0}")]
pub struct Silent(String);

/// The machine's sound device; a log where it has none, with the reason, to be told once.
#[must_use]
pub fn open(clips: Clips) -> (Box<dyn Speaker>, Option<Silent>) {
    or_log(device::open(clips))
}

fn or_log(opened: Result<Box<dyn Speaker>, Silent>) -> (Box<dyn Speaker>, Option<Silent>) {
    match opened {
        Ok(speaker) => (speaker, None),
        Err(why) => (Box::new(Log::default()), Some(why)),
    }
}

#[cfg(not(feature = "sound"))]
mod device {
    use super::{Clips, Silent, Speaker};

    pub(super) fn open(_: Clips) -> Result<Box<dyn Speaker>, Silent> {
        Err(Silent("this build has none".into()))
    }
}

#[cfg(feature = "sound")]
mod device {
    //! The machine's sound device.

    use std::{io::Cursor, sync::mpsc, thread};

    use rodio::{Decoder, DeviceSinkBuilder, Source};

    use super::{Clips, Loudness, Silent, Speaker};

    pub(super) fn open(clips: Clips) -> Result<Box<dyn Speaker>, Silent> {
        Device::open(clips).map(|device| Box::new(device) as _)
    }

    enum Told {
        Play(String),
        Set(Loudness),
    }

    /// A thread of its own plays: a device that stalls never holds a turn up.
    struct Device {
        told: mpsc::SyncSender<Told>,
    }

    /// The most clips that may wait: one that comes late says nothing, so more are dropped.
    const WAITING_MAX: usize = 8;

    impl Device {
        fn open(clips: Clips) -> Result<Self, Silent> {
            let (told, heard) = mpsc::sync_channel(WAITING_MAX);
            let (opened, answer) = mpsc::channel();
            let run = move || {
                let sink = match DeviceSinkBuilder::open_default_sink() {
                    Ok(sink) => sink,
                    Err(error) => {
                        let _ = opened.send(Err(Silent(error.to_string())));
                        return;
                    }
                };
                let _ = opened.send(Ok(()));
                let mut loudness = Loudness::FULL;
                for told in heard {
                    match told {
                        Told::Set(new) => loudness = new,
                        Told::Play(name) => {
                            let Some(clip) = clips.get(name.as_str()) else { continue };
                            if let Ok(source) = Decoder::new(Cursor::new(clip.clone())) {
                                let gain = f32::from(loudness.percent()) / 100.0;
                                sink.mixer().add(source.amplify(gain));
                            }
                        }
                    }
                }
            };
            let thread = thread::Builder::new().name("sound".into()).spawn(run);
            thread.map_err(|error| Silent(error.to_string()))?;
            answer.recv().unwrap_or_else(|gone| Err(Silent(gone.to_string())))?;
            Ok(Self { told })
        }
    }

    impl Speaker for Device {
        fn play(&mut self, name: &str) {
            // A full queue means that the device stands still: a late sound would only mislead.
            let _ = self.told.try_send(Told::Play(name.to_owned()));
        }

        fn set(&mut self, loudness: Loudness) {
            let _ = self.told.try_send(Told::Set(loudness));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_sound_logs_what_it_would_have_played() {
        let log = Log::default();
        let mut speaker: Box<dyn Speaker> = Box::new(log.clone());
        speaker.play("good");
        speaker.set(Loudness::OFF);
        assert_eq!(log.take(), ["good"]);
        assert!(log.take().is_empty());
    }

    #[test]
    fn without_a_device_the_terminal_is_silent_and_says_why() {
        let (mut speaker, silent) = or_log(Err(Silent("no card".into())));
        speaker.play("good");
        speaker.set(Loudness::FULL);
        assert_eq!(silent.map(|why| why.to_string()), Some("no sound: no card".into()));
    }

    #[test]
    fn the_machine_as_it_is_plays_or_says_why_and_never_fails() {
        let (mut speaker, _) = open(Clips::new());
        speaker.play("good");
        speaker.set(Loudness::OFF);
    }

    #[test]
    fn the_sound_key_goes_round_through_off() {
        let full = Loudness::FULL;
        assert_eq!(full.next().percent(), 50);
        assert_eq!(full.next().next(), Loudness::OFF);
        assert_eq!(full.next().next().next(), full);
    }
}
