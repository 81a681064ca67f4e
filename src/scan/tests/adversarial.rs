//! A million codes of each kind that others misread, against a site where every misreading would hit something.
//!
//! The site is the worst there can be: every trade item number is an item, every SSCC a container, every label of
//! ours exists, every GS1 reading would be a lot. A code is accepted as something else than its owner never; where two
//! things remain, the answer is a question.

use super::resolve::{Resolution, resolve};
use aisle_core::code::{Candidate, Gtin, Kind, Scanned, Sscc, Symbology};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Item(u64),
    Container(u64),
    Label(char, String),
    Alias(Vec<u8>),
}

/// A small generator with a fixed seed, so that a failure is the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn digits(&mut self, count: usize, out: &mut Vec<u8>) {
        out.extend((0..count).map(|_| b'0' + self.roll(10) as u8));
    }

    fn letters_and_digits(&mut self, count: usize, out: &mut Vec<u8>) {
        out.extend((0..count).map(|_| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[self.roll(36) as usize]));
    }
}

/// Codes of each kind.
const EACH: usize = 1_000_000;

fn attack(seed: u64, make: impl Fn(&mut Dice, &mut Vec<u8>), owner: impl Fn(&[u8]) -> Thing) {
    let (mut dice, mut asked) = (Dice(seed), 0);
    for _ in 0..EACH / 1000 {
        let code = |dice: &mut Dice| {
            let mut code = Vec::new();
            make(dice, &mut code);
            code
        };
        let codes: Vec<Vec<u8>> = (0..1000).map(|_| code(&mut dice)).collect();
        let mut scanned = Scanned::new();
        for code in &codes {
            scanned.read(code, Symbology::Unknown);
            asked += usize::from(judge(&scanned, code, owner(code)));
        }
    }
    assert!(asked < EACH, "a question every time is no answer");
}

/// Whether a question was asked; anything accepted must be the code's owner.
fn judge(scanned: &Scanned<'_>, code: &[u8], truth: Thing) -> bool {
    assert!(scanned.kind() != Kind::Gs1 && scanned.elements().is_empty(), "{code:?} is no GS1 data");
    let found = scanned.candidates().filter_map(|candidate| match candidate {
        Candidate::Raw(raw) => matches!(truth, Thing::Alias(_)).then(|| Thing::Alias(raw.to_vec())),
        Candidate::House(label) => {
            Some(Thing::Label(char::from(label.kind().letter()), label.body().to_owned()))
        }
        Candidate::Gtin(gtin) => Some(Thing::Item(gtin.key())),
        Candidate::Sscc(sscc) => Some(Thing::Container(sscc.key())),
    });
    match resolve(found, |_| true) {
        Resolution::One(thing) => assert_eq!(thing, truth, "{:?}", String::from_utf8_lossy(code)),
        Resolution::Ask(things) => {
            assert!(things.contains(&truth));
            return true;
        }
        other => panic!("{other:?} for {:?}", String::from_utf8_lossy(code)),
    }
    false
}

fn alias(code: &[u8]) -> Thing {
    Thing::Alias(code.to_vec())
}

fn item(code: &[u8]) -> Thing {
    Thing::Item(Gtin::parse(code).unwrap().key())
}

fn checked(dice: &mut Dice, digits: usize, out: &mut Vec<u8>) {
    dice.digits(digits - 1, out);
    if out.iter().all(|digit| *digit == b'0') {
        out[0] = b'9';
    }
    let gtin = Gtin::with_check_digit(&out[..]).unwrap();
    out.push(b'0' + (gtin.key() % 10) as u8);
}

#[test]
fn retail_codes_of_eight_digits() {
    attack(1, |dice, out| checked(dice, 8, out), item);
}

#[test]
fn retail_codes_of_twelve_digits() {
    attack(2, |dice, out| checked(dice, 12, out), item);
}

#[test]
fn retail_codes_of_thirteen_digits() {
    attack(3, |dice, out| checked(dice, 13, out), item);
}

#[test]
fn cases_of_fourteen_digits() {
    let make = |dice: &mut Dice, out: &mut Vec<u8>| {
        out.push(b'1' + dice.roll(8) as u8);
        dice.digits(12, out);
        let gtin = Gtin::with_check_digit(&out[..]).unwrap();
        out.push(b'0' + (gtin.key() % 10) as u8);
    };
    attack(4, make, item);
}

#[test]
fn containers_without_their_identifier() {
    let make = |dice: &mut Dice, out: &mut Vec<u8>| {
        let sscc = Sscc::mint("9521234", dice.roll(10) as u8, dice.roll(1_000_000_000)).unwrap();
        out.extend(sscc.digits());
    };
    attack(5, make, |code| Thing::Container(Sscc::parse(code).unwrap().key()));
}

#[test]
fn locations_of_ten_digits() {
    attack(6, |dice, out| dice.digits(10, out), alias);
}

#[test]
fn locations_with_dashes() {
    let make = |dice: &mut Dice, out: &mut Vec<u8>| {
        for (at, digits) in [2, 2, 2, 1].into_iter().enumerate() {
            if at > 0 {
                out.push(b'-');
            }
            dice.digits(digits, out);
        }
    };
    attack(7, make, alias);
}

#[test]
fn lots_that_begin_with_digits() {
    let make = |dice: &mut Dice, out: &mut Vec<u8>| {
        dice.digits(2, out);
        dice.letters_and_digits(3, out);
    };
    attack(8, make, alias);
}

#[test]
fn item_numbers_of_letters_and_digits() {
    let make = |dice: &mut Dice, out: &mut Vec<u8>| {
        dice.letters_and_digits(7, out);
        // At least one letter, or it is a number of eight digits and tested above.
        out.push(b'A' + dice.roll(26) as u8);
    };
    attack(9, make, alias);
}

#[test]
fn codes_that_begin_with_a_letter() {
    let make = |dice: &mut Dice, out: &mut Vec<u8>| {
        out.push(b'A' + dice.roll(26) as u8);
        dice.letters_and_digits(9, out);
    };
    attack(10, make, alias);
}
