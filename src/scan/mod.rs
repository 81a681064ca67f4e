//! From a raw read to what it means here. Pure: no clock, no store, no screen.
//!
//! A [`Scan`] (bytes as a driver gave them, and what the driver knows) enters. Four steps, each its own file
//! ([`scanners`] keeps what was learned of each):
//! * [`profile`]: what this scanner does to the bytes on the way, learned from one setup scan, is undone exactly, or
//!   the scan is refused;
//! * [`repeat`]: the same trigger delivered twice counts once; everything else counts;
//! * [`candidates`]: every meaning the bytes and the evidence admit (the parsing is `aisle_core`'s);
//! * [`resolve`]: what the store found for the candidates against what the task expects: one, one question, or no.
//!
//! It never picks the first match, and never changes a byte in silence.

#[cfg(test)]
#[path = "tests/adversarial.rs"]
mod adversarial;
pub mod candidates;
pub mod layout;
pub mod profile;
pub mod repeat;
pub mod resolve;
pub mod scanners;

/// Which driver a scan came through, and which device behind it: two scanners are two sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An Android broadcast or intent.
    Broadcast(u16),
    /// A HID point-of-sale scanner.
    HidPos(u16),
    /// A serial line.
    Serial(u16),
    /// A Linux input device, read exclusively.
    Evdev(u16),
    /// Keystrokes into the window.
    Wedge(u16),
    /// A camera.
    Camera(u16),
    /// Typed by hand.
    Typed,
}

/// One read, before anything is known about it. The bytes are kept as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The bytes as the driver gave them (UTF-8 where it was keystrokes).
    pub raw: Vec<u8>,
    /// Where they came from.
    pub source: Source,
    /// The label type the driver told, such as `LABEL-TYPE-EAN128`.
    pub label_type: Option<String>,
    /// The driver's own number or timestamp of the decode, where it has one.
    pub decode_id: Option<u64>,
    /// When it came at the earliest, by a clock that only goes forward, in milliseconds: a driver that was held up
    /// reads late.
    pub from_ms: u64,
    /// When it came at the latest: when it was read.
    pub at_ms: u64,
}

impl Source {
    /// The stable word, for files.
    #[must_use]
    pub fn word(self) -> String {
        let (driver, device) = match self {
            Self::Broadcast(device) => ("broadcast", device),
            Self::HidPos(device) => ("hid", device),
            Self::Serial(device) => ("serial", device),
            Self::Evdev(device) => ("evdev", device),
            Self::Wedge(device) => ("wedge", device),
            Self::Camera(device) => ("camera", device),
            Self::Typed => ("typed", 0),
        };
        format!("{driver}-{device}")
    }

    /// The source of a word; none where no driver is called so.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let (driver, device) = word.rsplit_once('-')?;
        let device = device.parse().ok()?;
        Some(match driver {
            "broadcast" => Self::Broadcast(device),
            "hid" => Self::HidPos(device),
            "serial" => Self::Serial(device),
            "evdev" => Self::Evdev(device),
            "wedge" => Self::Wedge(device),
            "camera" => Self::Camera(device),
            "typed" if device == 0 => Self::Typed,
            _ => return None,
        })
    }
}

impl Scan {
    /// A read through a driver that tells no more than the bytes and when the last of them came.
    pub fn new(raw: impl Into<Vec<u8>>, source: Source, at_ms: u64) -> Self {
        Self { raw: raw.into(), source, label_type: None, decode_id: None, from_ms: at_ms, at_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_reads_back_from_its_word() {
        let devices = [
            Source::Broadcast(1),
            Source::HidPos(2),
            Source::Serial(3),
            Source::Evdev(4),
            Source::Wedge(0),
            Source::Camera(65_535),
            Source::Typed,
        ];
        for source in devices {
            assert_eq!(Source::of_word(&source.word()), Some(source));
        }
        for word in ["", "wedge", "wedge-x", "wedge-70000", "typed-1", "mouse-0"] {
            assert_eq!(Source::of_word(word), None, "{word:?}");
        }
    }
}
