//! The scanner matrix: every layout, lock, separator form and terminator, more than 4·10⁵ scans in all.

use super::*;
use aisle_core::code::setup;

/// A small generator with a fixed seed, so that a failure is the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// How a simulated scanner is set up.
struct Scanner {
    keys: Keys,
    layout: Layout,
    caps: Caps,
    separator: &'static str,
    terminator: Terminator,
    aim: bool,
    prefix: &'static str,
    suffix: &'static str,
}

impl Scanner {
    /// What arrives when it reads a symbol. A printable separator goes through the layout as keys do.
    fn read(&self, aim: &str, symbol: &[u8]) -> Option<Vec<u8>> {
        let keys = |text: &[u8]| self.keys.type_text(text);
        let separator = match self.separator.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
            true => keys(self.separator.as_bytes())?,
            false => self.separator.to_owned(),
        };
        let mut out = keys(self.prefix.as_bytes())?;
        let front = if self.aim { aim.as_bytes() } else { b"" };
        // Keys are pressed one after the other: a dead key reaches over whatever is typed, not over a control.
        let body = [front, symbol].concat();
        let parts: Option<Vec<String>> = body.split(|byte| *byte == GS).map(keys).collect();
        out += &parts?.join(&separator);
        out += &keys(self.suffix.as_bytes())?;
        out += self.terminator.text();
        Some(out.into_bytes())
    }
}

const SEPARATORS: [&str; 9] = ["\u{1D}", "^]", "\u{F70B}", "\u{F701}", "~", "|", "{GS}", "\u{241D}", ""];

const TERMINATORS: [Terminator; 6] =
    [Terminator::None, Terminator::Cr, Terminator::Lf, Terminator::CrLf, Terminator::Tab, Terminator::Etx];

/// A symbol: an element string, a label of ours, digits, or anything printable.
fn symbol(dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let any = |dice: &mut Dice, from: &[u8], most: usize| -> Vec<u8> {
        (0..=dice.roll(most)).map(|_| from[dice.roll(from.len())]).collect()
    };
    let printable: Vec<u8> = (0x20..0x7F).collect();
    let set82 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/.,:;!?%&()*<>='+\"";
    match dice.roll(4) {
        0 => {
            let lot = any(dice, set82, 18);
            let serial = any(dice, set82, 18);
            ("]C1", [b"010952123454321310".as_slice(), &lot, &[GS], b"21", &serial].concat())
        }
        1 => ("]C0", [b"L".as_slice(), &any(dice, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", 12)].concat()),
        2 => ("]E0", any(dice, b"0123456789", 13)),
        _ => ("]C0", [b"#".as_slice(), &any(dice, &printable, 20)].concat()),
    }
}

#[test]
fn a_scan_comes_back_exactly_or_is_refused() {
    let mut dice = Dice(0x5EED_C0DE);
    let mut counts = (0, 0);
    let each = 20_000 / (SEPARATORS.len() * TERMINATORS.len()) + 1;
    for layout in Layout::ALL {
        for (caps, apart) in Caps::ALL.into_iter().flat_map(|caps| [(caps, false), (caps, true)]) {
            let mut scans = 0;
            for separator in SEPARATORS {
                for terminator in TERMINATORS {
                    let aim = dice.roll(2) == 0;
                    let (prefix, suffix) = [("", ""), ("S1", ""), ("", "X9")][dice.roll(3)];
                    let scanner = Scanner {
                        keys: if apart { Keys::apart(layout, caps) } else { Keys::new(layout, caps) },
                        layout,
                        caps,
                        separator,
                        terminator,
                        aim,
                        prefix,
                        suffix,
                    };
                    let Some(setup) = scanner.read("]d1", setup::content().as_bytes()) else { continue };
                    let Ok(profile) = Profile::learn(&setup) else { continue };
                    for _ in 0..each {
                        let (aim, symbol) = symbol(&mut dice);
                        one(&scanner, &profile, aim, &symbol, &mut counts);
                        scans += 1;
                    }
                }
            }
            assert!(scans > 0, "{layout:?} {caps:?} {apart} learned nothing");
        }
    }
    // Refusing everything would be exact too; most must come through.
    assert!(counts.0 > 4 * counts.1, "{counts:?}");
}

fn one(scanner: &Scanner, profile: &Profile, aim: &str, symbol: &[u8], counts: &mut (u64, u64)) {
    let arrived = scanner.read(aim, symbol).expect("all printable");
    let mut wanted = if scanner.aim { aim.as_bytes().to_vec() } else { Vec::new() };
    wanted.extend_from_slice(symbol);
    match profile.decode(&arrived) {
        Err(_) => counts.1 += 1,
        Ok(decoded) => {
            counts.0 += 1;
            if decoded.separators_lost {
                wanted.retain(|byte| *byte != GS);
            }
            assert_eq!(
                decoded.bytes,
                wanted,
                "{:?} {:?} separator {:?} {:?}",
                scanner.layout,
                scanner.caps,
                scanner.separator,
                String::from_utf8_lossy(&arrived)
            );
        }
    }
}

#[test]
fn the_setup_scan_learns_the_scanner() {
    let scanner = Scanner {
        keys: Keys::new(Layout::Fr, Caps::Letters),
        layout: Layout::Fr,
        caps: Caps::Letters,
        separator: "\u{F70B}",
        terminator: Terminator::Tab,
        aim: true,
        prefix: "S1",
        suffix: "",
    };
    let profile = Profile::learn(&scanner.read("]d1", setup::content().as_bytes()).unwrap()).unwrap();
    assert_eq!(profile.path(), Path::Keys { layout: Layout::Fr, caps: Caps::Letters });
    assert_eq!(profile.separator(), "\u{F70B}");
    assert_eq!((profile.terminator(), profile.sends_aim()), (Terminator::Tab, true));
    assert_eq!(profile.unmapped(), b"[{");
}

#[test]
fn accents_that_join_the_next_letter_are_told_from_those_that_do_not() {
    for (layout, accents) in
        [(Layout::De, "=+`"), (Layout::Fr, "[{"), (Layout::Es, "[{'\""), (Layout::Se, "=+]}")]
    {
        let joined = Keys::new(layout, Caps::Off).type_text(setup::content().replace('\x1d', "").as_bytes());
        let apart = Keys::apart(layout, Caps::Off).type_text(setup::content().replace('\x1d', "").as_bytes());
        assert_ne!(joined, apart, "{layout:?}");
        let joined = Profile::learn(joined.unwrap().as_bytes()).unwrap();
        let apart = Profile::learn(apart.unwrap().as_bytes()).unwrap();
        assert!(accents.bytes().all(|accent| joined.unmapped().contains(&accent)), "{layout:?}");
        assert!(apart.unmapped().len() < joined.unmapped().len(), "{layout:?}");
    }
}

#[test]
fn another_symbol_teaches_nothing() {
    assert_eq!(Profile::learn(b"9521234543213\r"), Err(SetupError::NotRecognised));
    assert_eq!(Profile::learn(&[b'x'; 200]), Err(SetupError::NotRecognised));
    assert_eq!(Profile::learn(b"\xFF\xFE"), Err(SetupError::NotRecognised));
    let long = [&[b'x'; 40][..], setup::content().as_bytes()].concat();
    assert_eq!(Profile::learn(&long), Err(SetupError::TooMuchAround));
}

#[test]
fn a_character_that_cannot_come_through_fails_loudly() {
    let scanner = Scanner {
        keys: Keys::new(Layout::Es, Caps::Off),
        layout: Layout::Es,
        caps: Caps::Off,
        separator: "\u{1D}",
        terminator: Terminator::Cr,
        aim: false,
        prefix: "",
        suffix: "",
    };
    let profile = Profile::learn(&scanner.read("", setup::content().as_bytes()).unwrap()).unwrap();
    assert!(profile.unmapped().contains(&b'\''));
    let arrived = scanner.read("", b"A'e").unwrap();
    assert_eq!(profile.decode(&arrived), Err(Refused::Character(1)));
    assert_eq!(profile.decode(b"ABC"), Err(Refused::Frame));
    assert_eq!(profile.decode(b"A\xFFC\r"), Err(Refused::NotText));
}

#[test]
fn raw_bytes_stay_as_they_are() {
    let profile = Profile::bytes();
    for raw in [&b"]C1010952\x1D10AB"[..], b"", b"\xFF\x00~^"] {
        assert_eq!(profile.decode(raw).map(|decoded| decoded.bytes), Ok(raw.to_vec()));
    }
}

#[test]
fn whatever_arrives_nothing_panics() {
    let scanner = Scanner {
        keys: Keys::new(Layout::De, Caps::Off),
        layout: Layout::De,
        caps: Caps::Off,
        separator: "~",
        terminator: Terminator::CrLf,
        aim: true,
        prefix: "S1",
        suffix: "X9",
    };
    let setup = scanner.read("]d1", setup::content().as_bytes()).unwrap();
    let scan = scanner.read("]C1", b"010952123454321310ABC\x1D21XYZ").unwrap();
    let profile = Profile::learn(&setup).unwrap();
    assert!(profile.decode(&scan).is_ok());
    let mut dice = Dice(0xFACE);
    for round in 0..100_000 {
        let mut bytes = if round % 10 == 0 { setup.clone() } else { scan.clone() };
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(bytes.len() + 1);
            match dice.roll(3) {
                0 => bytes.insert(at, dice.roll(256) as u8),
                1 if at < bytes.len() => bytes[at] = dice.roll(256) as u8,
                _ => bytes.truncate(at),
            }
        }
        let _ = profile.decode(&bytes);
        if round % 100 == 0 {
            let _ = Profile::learn(&bytes);
        }
    }
}

#[test]
fn the_setup_symbol_can_be_printed() {
    use aisle_core::label::symbol::{Resolution, Symbol, XRange};
    let symbol = Symbol::data_matrix(setup::content().as_bytes()).unwrap();
    let room = Resolution::DPI_203.dots_within_um(50_000);
    assert!(symbol.fit(XRange::HOUSE_MATRIX, Resolution::DPI_203, room, room).is_ok());
}
