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

/// The machine's sound device, or a log when it has none.
#[must_use]
pub fn open(clips: Clips) -> Box<dyn Speaker> {
    #[cfg(feature = "sound")]
    if let Some(device) = device::Device::open(clips.clone()) {
        return Box::new(device);
    }
    drop(clips);
    Box::new(Log::default())
}

#[cfg(feature = "sound")]
mod device {
    //! The machine's sound device.

    use std::{io::Cursor, sync::mpsc, thread};

    use rodio::{Decoder, DeviceSinkBuilder, Source};

    use super::{Clips, Loudness, Speaker};

    enum Told {
        Play(String),
        Set(Loudness),
    }

    /// A thread of its own plays: a device that stalls never holds a turn up.
    pub(super) struct Device {
        told: mpsc::SyncSender<Told>,
    }

    /// The most clips that may wait: one that comes late says nothing, so more are dropped.
    const WAITING_MAX: usize = 8;

    impl Device {
        pub(super) fn open(clips: Clips) -> Option<Self> {
            let (told, heard) = mpsc::sync_channel(WAITING_MAX);
            let (opened, answer) = mpsc::channel();
            let run = move || {
                let Ok(sink) = DeviceSinkBuilder::open_default_sink() else {
                    let _ = opened.send(false);
                    return;
                };
                let _ = opened.send(true);
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
            thread::Builder::new().name("sound".into()).spawn(run).ok()?;
            answer.recv().unwrap_or(false).then_some(Self { told })
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
    fn the_sound_key_goes_round_through_off() {
        let full = Loudness::FULL;
        assert_eq!(full.next().percent(), 50);
        assert_eq!(full.next().next(), Loudness::OFF);
        assert_eq!(full.next().next().next(), full);
    }
}
