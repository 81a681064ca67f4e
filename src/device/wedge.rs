//! Keyboard wedges: a scanner that types. A burst of keystrokes becomes the bytes of one scan; what a person
//! types stays keys. Pure: times are given.
//!
//! Keys without a character are strokes like any other, since some scanners type one where a code has its group
//! separator: each is given as a character of Unicode's private use ([`function_key`], [`ARROWS`]), as some
//! systems do themselves. Whether such a stroke was a key or part of a code, the burst tells.
//!
//! A scanner types faster than a person (under 30 ms between characters, mostly under 5, some by radio under 60)
//! and ends with Enter or Tab, or stops. Only an ending or a silence ends a burst, never the time at which the next
//! character was read: a window that draws reads late. A single character, or characters apart, are keys.

/// A burst without an ending is over after this silence, in milliseconds.
pub const SILENCE_MS: u64 = 60;
/// An ending so soon after the last stroke of a scan that had none is its own, in milliseconds: some scanners
/// type it late, and it must press nothing. A hand is slower from the trigger to Enter.
pub const LATE_MS: u64 = 150;
/// Fewer characters than this are keys that were pressed, however fast.
pub const SHORTEST: usize = 3;
/// The most bytes of one scan: a full GS1 DataMatrix holds 3,116 digits, a PDF417 2,710.
pub const LONGEST: usize = 4_096;

/// The arrows up, down, left and right as characters.
pub const ARROWS: [char; 4] = ['\u{F700}', '\u{F701}', '\u{F702}', '\u{F703}'];

/// The function key of this number, 1 to 12, as a character.
#[must_use]
pub fn function_key(number: u8) -> Option<char> {
    (1..=12).contains(&number).then(|| char::from_u32(0xF703 + u32::from(number)))?
}

/// The number of the function key that a character stands for.
#[must_use]
pub fn number_of(character: char) -> Option<u8> {
    (1..=12).find(|number| function_key(*number) == Some(character))
}

/// What keystrokes came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A scan.
    Scan {
        /// Its bytes without the ending, as the scanner typed them.
        raw: Vec<u8>,
        /// When its last stroke came.
        came: Came,
    },
    /// Keys that a person pressed, in order; the ending is `\r` or `\t`.
    Keys(Vec<char>),
    /// More than a scan can have: nothing of it is used.
    TooLong {
        /// When its last stroke came.
        came: Came,
    },
}

/// When a stroke came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Came {
    /// At the earliest, in milliseconds: since when strokes may have been waiting to be read.
    pub from_ms: u64,
    /// At the latest: when it was read.
    pub at_ms: u64,
}

impl Came {
    /// A stroke that was read as it came.
    #[must_use]
    pub const fn at(at_ms: u64) -> Self {
        Self { from_ms: at_ms, at_ms }
    }
}

/// Gathers keystrokes.
#[derive(Debug, Clone, Default)]
pub struct Wedge {
    text: String,
    last: Came,
    overflow: bool,
    /// When the last stroke of a scan was read whose ending did not come with it.
    open_ms: Option<u64>,
    /// The last stroke was a carriage return: a line feed after it is the second half of one ending. No person
    /// types one.
    returned: bool,
}

impl Wedge {
    /// A character was typed. Answers what is complete with it.
    pub fn typed(&mut self, character: char, came: Came) -> Option<Typed> {
        let second_half = character == '\n' && self.returned;
        self.last = came;
        self.returned = character == '\r';
        if second_half {
            return None;
        }
        let open_ms = self.open_ms.take();
        if matches!(character, '\r' | '\n' | '\t') {
            let late = open_ms.is_some_and(|last| came.from_ms.saturating_sub(last) <= LATE_MS);
            return if late && self.text.is_empty() { None } else { self.end(character) };
        }
        if self.text.len() >= LONGEST {
            self.overflow = true;
        } else {
            self.text.push(character);
        }
        None
    }

    /// Time went by and no keystroke waits to be read: a burst without an ending may be over.
    pub fn waited(&mut self, at_ms: u64) -> Option<Typed> {
        if self.due_ms().is_none_or(|due| at_ms < due) {
            return None;
        }
        let last_ms = self.last.at_ms;
        let typed = self.take();
        self.open_ms = matches!(typed, Some(Typed::Scan { .. } | Typed::TooLong { .. })).then_some(last_ms);
        typed
    }

    /// When to call [`Wedge::waited`], if anything waits.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        (!self.text.is_empty()).then(|| self.last.at_ms + SILENCE_MS + 1)
    }

    fn end(&mut self, ending: char) -> Option<Typed> {
        let key = if ending == '\n' { '\r' } else { ending };
        match self.take() {
            None => Some(Typed::Keys(vec![key])),
            Some(Typed::Keys(mut keys)) => {
                keys.push(key);
                Some(Typed::Keys(keys))
            }
            scan => scan,
        }
    }

    fn take(&mut self) -> Option<Typed> {
        let text = std::mem::take(&mut self.text);
        if std::mem::take(&mut self.overflow) {
            return Some(Typed::TooLong { came: self.last });
        }
        match text.chars().count() {
            0 => None,
            count if count < SHORTEST => Some(Typed::Keys(text.chars().collect())),
            _ => Some(Typed::Scan { raw: text.into_bytes(), came: self.last }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(raw: &[u8], at_ms: u64) -> Typed {
        Typed::Scan { raw: raw.to_vec(), came: Came::at(at_ms) }
    }

    /// One stroke, by a window that is never held up.
    fn stroke(wedge: &mut Wedge, character: char, at_ms: u64) -> Vec<Typed> {
        let silence = wedge.waited(at_ms);
        silence.into_iter().chain(wedge.typed(character, Came::at(at_ms))).collect()
    }

    fn burst(wedge: &mut Wedge, text: &str, from_ms: u64, step_ms: u64) -> Vec<Typed> {
        let times = (0u64..).map(|n| from_ms + n * step_ms);
        text.chars().zip(times).flat_map(|(character, at)| stroke(wedge, character, at)).collect()
    }

    #[test]
    fn a_fast_burst_with_an_ending_is_one_scan() {
        let mut wedge = Wedge::default();
        assert_eq!(burst(&mut wedge, "LB07-14-C\r", 100, 3), [scan(b"LB07-14-C", 127)]);
        assert_eq!(wedge.waited(1_000), None);
    }

    #[test]
    fn a_fast_burst_without_an_ending_is_a_scan_after_a_silence() {
        let mut wedge = Wedge::default();
        assert_eq!(burst(&mut wedge, "9521234543213", 100, 3), []);
        assert_eq!(wedge.waited(150), None);
        assert_eq!(wedge.waited(wedge.due_ms().unwrap()), Some(scan(b"9521234543213", 136)));
    }

    #[test]
    fn what_a_person_types_stays_keys() {
        let mut wedge = Wedge::default();
        let keys = burst(&mut wedge, "12\r", 100, 180);
        let single = |c| Typed::Keys(vec![c]);
        assert_eq!(keys, [single('1'), single('2'), single('\r')]);
    }

    #[test]
    fn two_scans_in_a_row_are_two() {
        let mut wedge = Wedge::default();
        let scans = burst(&mut wedge, "T0042E\rT0043C\r", 100, 1);
        assert_eq!(scans, [scan(b"T0042E", 106), scan(b"T0043C", 113)]);
    }

    #[test]
    fn carriage_return_and_line_feed_are_one_ending() {
        let mut wedge = Wedge::default();
        let two = burst(&mut wedge, "T0042E\r\nT0043C\r\n", 100, 3);
        assert_eq!(two, [scan(b"T0042E", 118), scan(b"T0043C", 142)]);
        assert_eq!(burst(&mut wedge, "7\r\n", 1_000, 3), [Typed::Keys(vec!['7', '\r'])]);
        assert_eq!(burst(&mut wedge, "T0042E\n", 2_000, 3), [scan(b"T0042E", 2_018)]);
        // However late the window reads the second half.
        assert_eq!(burst(&mut wedge, "T0042E\r", 3_000, 3), [scan(b"T0042E", 3_018)]);
        assert_eq!(burst(&mut wedge, "\n", 4_000, 3), []);
        assert_eq!(burst(&mut wedge, "\r", 5_000, 3), [Typed::Keys(vec!['\r'])]);
    }

    #[test]
    fn a_function_key_within_a_burst_is_part_of_the_scan_and_alone_it_is_a_key() {
        let (mut wedge, f8) = (Wedge::default(), function_key(8).unwrap());
        let come = burst(&mut wedge, &format!("{f8}10A{f8}21B\r"), 100, 3);
        assert_eq!(come, [scan(format!("{f8}10A{f8}21B").as_bytes(), 124)]);
        assert_eq!(burst(&mut wedge, &format!("7{f8}"), 1_000, 3), []);
        assert_eq!(wedge.waited(2_000), Some(Typed::Keys(vec!['7', f8])));
        assert_eq!((number_of(f8), number_of('8'), function_key(13)), (Some(8), None, None));
    }

    #[test]
    fn an_ending_that_comes_late_is_still_the_ending_of_its_scan() {
        let mut wedge = Wedge::default();
        let key = |c| Typed::Keys(vec![c]);
        assert_eq!(burst(&mut wedge, "T0042E", 100, 3), []);
        assert_eq!(wedge.waited(176), Some(scan(b"T0042E", 115)));
        assert_eq!(stroke(&mut wedge, '\r', 115 + LATE_MS), []);
        assert_eq!(stroke(&mut wedge, '\n', 117 + LATE_MS), []);
        // Once only, and a person's Enter comes later.
        assert_eq!(stroke(&mut wedge, '\r', 120 + LATE_MS), [key('\r')]);
        assert_eq!(burst(&mut wedge, "T0042E", 1_000, 3), []);
        assert_eq!(stroke(&mut wedge, '\r', 1_016 + LATE_MS), [scan(b"T0042E", 1_015), key('\r')]);
        // Read late by a window that was busy since 2,100, it came in time.
        assert_eq!(burst(&mut wedge, "T0042E", 2_000, 3), []);
        assert_eq!(wedge.waited(2_076), Some(scan(b"T0042E", 2_015)));
        assert_eq!(wedge.typed('\r', Came { from_ms: 2_100, at_ms: 2_400 }), None);
        // After another key it is that key's.
        assert_eq!(burst(&mut wedge, "T0042E", 3_000, 3), []);
        assert_eq!(stroke(&mut wedge, '5', 3_100), [scan(b"T0042E", 3_015)]);
        assert_eq!(stroke(&mut wedge, '\r', 3_110), [Typed::Keys(vec!['5', '\r'])]);
    }

    #[test]
    fn a_window_that_reads_late_cuts_no_scan() {
        let mut wedge = Wedge::default();
        assert_eq!(burst(&mut wedge, "T00", 100, 3), []);
        // It drew for a fifth of a second; the strokes that waited are read before the silence is asked about.
        let came = Came { from_ms: 107, at_ms: 310 };
        assert_eq!("42E".chars().find_map(|character| wedge.typed(character, came)), None);
        assert_eq!(wedge.typed('\r', came), Some(Typed::Scan { raw: b"T0042E".to_vec(), came }));
    }

    #[test]
    fn a_cat_on_the_keyboard_is_no_scan() {
        let mut wedge = Wedge::default();
        let done = burst(&mut wedge, &("x".repeat(LONGEST + 10) + "\r"), 0, 1);
        assert_eq!(done, [Typed::TooLong { came: Came::at(4_106) }]);
    }
}
