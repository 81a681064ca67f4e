//! Carriers' tracking numbers, to look a parcel up by what the carrier printed.
//!
//! Bytes enter; the carriers whose format and check digit they satisfy leave. Nothing is concluded from a match: the
//! number must be that of a parcel the centre knows. Blanks are not skipped, letters not raised: a symbol has none.

use super::{gtin::weighed, house::mod_37_36};

/// A carrier, or the family its numbers belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are the carriers' own
pub enum Carrier {
    Postal,
    Ups,
    Usps,
    FedEx,
    Dhl,
    Dpd,
    CanadaPost,
    Amazon,
    OnTrac,
    LaserShip,
    Landmark,
    OldDominion,
    Yodel,
    Purolator,
    Canpar,
    YunExpress,
    SpeeDee,
    Gofo,
}

impl Carrier {
    /// Every carrier, the most telling formats first.
    pub const ALL: [Carrier; 18] = [
        Carrier::Postal,
        Carrier::Ups,
        Carrier::Amazon,
        Carrier::Landmark,
        Carrier::Yodel,
        Carrier::YunExpress,
        Carrier::SpeeDee,
        Carrier::Gofo,
        Carrier::Canpar,
        Carrier::LaserShip,
        Carrier::OnTrac,
        Carrier::Dpd,
        Carrier::Usps,
        Carrier::FedEx,
        Carrier::CanadaPost,
        Carrier::Dhl,
        Carrier::OldDominion,
        Carrier::Purolator,
    ];

    /// Whether a number has this carrier's format and its check digit is right.
    pub fn fits(self, number: &[u8]) -> bool {
        match self {
            Carrier::Postal => postal(number),
            Carrier::Ups => ups(number),
            Carrier::Usps => usps(number),
            Carrier::FedEx => fedex(number),
            Carrier::Dhl => dhl(number),
            Carrier::Dpd => dpd(number),
            Carrier::CanadaPost => number.len() == 16 && weighted_ten(number, 3, 1),
            Carrier::Amazon => {
                number.strip_prefix(b"TBA").is_some_and(|rest| rest.len() == 12 && digits(rest))
            }
            Carrier::OnTrac => ontrac(number),
            Carrier::LaserShip => lasership(number),
            Carrier::Landmark => landmark(number),
            Carrier::OldDominion => old_dominion(number),
            Carrier::Yodel => ["JJD", "JD"].iter().any(|prefix| lettered(number, prefix, 16)),
            Carrier::Purolator => purolator(number),
            Carrier::Canpar => number.split_first().is_some_and(|(letter, rest)| {
                b"CDKLSUXZ".contains(letter) && rest.len() == 21 && digits(rest)
            }),
            Carrier::YunExpress => lettered(number, "YT", 16),
            Carrier::SpeeDee => lettered(number, "SP", 18),
            Carrier::Gofo => lettered(number, "GFUS", 14),
        }
    }
}

/// The carriers a number may be of.
pub fn carriers(number: &[u8]) -> impl Iterator<Item = Carrier> + '_ {
    Carrier::ALL.into_iter().filter(|carrier| (8..=42).contains(&number.len()) && carrier.fits(number))
}

/// Whether a number is so like one carrier's that it is hardly anything else: letters in their places and, but for
/// the few carriers that have none, a check digit.
pub fn telling(number: &[u8]) -> Option<Carrier> {
    [Carrier::Postal, Carrier::Ups, Carrier::Amazon, Carrier::Landmark, Carrier::OnTrac]
        .into_iter()
        .find(|carrier| carrier.fits(number))
}

/// Whether a number is these letters and so many digits.
fn lettered(number: &[u8], letters: &str, count: usize) -> bool {
    number.strip_prefix(letters.as_bytes()).is_some_and(|rest| rest.len() == count && digits(rest))
}

fn digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

/// Whether the last digit makes the sum, weighted by turns from the left, a multiple of ten.
fn weighted_ten(number: &[u8], evens: u32, odds: u32) -> bool {
    let Some((check, body)) = number.split_last() else { return false };
    let weight = |(at, byte): (usize, &u8)| u32::from(byte - b'0') * if at % 2 == 0 { evens } else { odds };
    digits(number)
        && (body.iter().enumerate().map(weight).sum::<u32>() + u32::from(check - b'0')).is_multiple_of(10)
}

/// The weights FedEx uses, by turns, over the digits before the last; modulo 11, then 10.
fn fedex_check(number: &[u8], weights: [u32; 3]) -> bool {
    let Some((check, body)) = number.split_last() else { return false };
    let sum: u32 =
        body.iter().zip(weights.iter().cycle()).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum();
    digits(number) && sum % 11 % 10 == u32::from(check - b'0')
}

/// UPU S10: two letters, eight digits, a check digit, the country.
pub(crate) fn postal(number: &[u8]) -> bool {
    if number.len() != 13 || !digits(&number[2..11]) {
        return false;
    }
    let letters = |text: &[u8]| text.iter().all(u8::is_ascii_uppercase);
    let sum: u32 =
        number[2..10].iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    letters(&number[..2])
        && service(number[0], number[1])
        && super::gs1::Linter::Iso3166alpha2.check(&number[11..]).is_ok()
        && check == u32::from(number[10] - b'0')
}

/// The service indicators in use (UPU S10, annex A): F, I, J, K, O, S, T, W, X and Y begin none.
fn service(first: u8, _second: u8) -> bool {
    !matches!(first, b'F' | b'I' | b'J' | b'K' | b'O' | b'S' | b'T' | b'W' | b'X' | b'Y')
}

/// `1Z`, fifteen letters and digits, a check digit; letters count as the last digit of their number less 63.
fn ups(number: &[u8]) -> bool {
    let Some(body) = number.strip_prefix(b"1Z").filter(|body| body.len() == 16) else { return false };
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some((u32::from(byte) - 3) % 10),
        _ => None,
    };
    let mut sum = 0;
    for (at, byte) in body[..15].iter().enumerate() {
        let Some(value) = value(*byte) else { return false };
        sum += value * if at % 2 == 0 { 1 } else { 2 };
    }
    body[15].is_ascii_digit() && (sum + u32::from(body[15] - b'0')).is_multiple_of(10)
}

/// 20 digits, or IMpb with and without the routing by postcode.
fn usps(number: &[u8]) -> bool {
    if !digits(number) {
        return false;
    }
    let impb = |body: &[u8]| {
        let known = matches!(body, [b'9', b'1'..=b'5', ..]);
        match (body.len(), known) {
            (22 | 26, true) => weighted_ten(body, 3, 1),
            // Older labels leave the 91 out, and the check digit still counts it.
            (20, false) => weighed(body).is_some_and(|(_, sum)| (sum + 9 * 3 + 1).is_multiple_of(10)),
            _ => false,
        }
    };
    match number.len() {
        20 => weighted_ten(number, 3, 1) || impb(number),
        22 | 26 => impb(number),
        30 if number.starts_with(b"420") => impb(&number[8..]),
        34 if number.starts_with(b"420") => impb(&number[12..]) || impb(&number[8..]),
        _ => false,
    }
}

fn fedex(number: &[u8]) -> bool {
    if !digits(number) {
        return false;
    }
    match number.len() {
        12 => fedex_check(number, [3, 1, 7]),
        15 => weighted_ten(number, 1, 3),
        18 => weighted_ten(number, 3, 1),
        20 => weighed(number).is_some_and(|(_, sum)| (sum + 9 * 3 + 2).is_multiple_of(10)),
        22 if number.starts_with(b"92") => weighted_ten(number, 3, 1),
        22 if number.starts_with(b"96") => weighted_ten(&number[7..], 1, 3),
        34 if number.starts_with(b"100") || number.starts_with(b"96") => {
            fedex_check(&number[20..], [1, 7, 3])
        }
        _ => false,
    }
}

fn dhl(number: &[u8]) -> bool {
    if digits(number) {
        let Some((check, body)) = number.split_last() else { return false };
        return matches!(number.len(), 10 | 11)
            && weighed(body).is_some_and(|(value, _)| value % 7 == u64::from(check - b'0'));
    }
    let letters = number.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (prefix, rest) = number.split_at(letters);
    let commerce = [b"GM", b"LX", b"RX", b"UV", b"CN", b"SG", b"TH", b"IN", b"HK", b"MY"];
    digits(rest)
        && match prefix {
            [b'J', _, _] | [b'J', _, _, _] => matches!(rest.len(), 9 | 10),
            [a, b] => commerce.contains(&&[*a, *b]) && (10..=39).contains(&rest.len()),
            _ => false,
        }
}

/// 27 digits (postcode, number, service, country) and a check character.
fn dpd(number: &[u8]) -> bool {
    let Some((check, body)) = number.split_last().filter(|(_, body)| body.len() == 27) else { return false };
    digits(body) && mod_37_36(body.iter().copied()) == *check
}

/// `C` or `D`, thirteen digits and a check digit that counts the letter as 4 or 5.
fn ontrac(number: &[u8]) -> bool {
    let (first, body) = match number {
        [b'C', body @ ..] => (4, body),
        [b'D', body @ ..] => (5, body),
        _ => return false,
    };
    if body.len() != 14 || !digits(body) {
        return false;
    }
    let weight = |(at, byte): (usize, &u8)| u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
    let sum: u32 = first + body[..13].iter().enumerate().map(weight).sum::<u32>();
    (sum + u32::from(body[13] - b'0')).is_multiple_of(10)
}

fn lasership(number: &[u8]) -> bool {
    match number {
        [b'L', b'X', b'1', b'3'..=b'8', rest @ ..] => rest.len() == 6 && digits(rest),
        [b'1', b'L', b'S', b'7', b'1' | b'2', rest @ ..] => match rest {
            [body @ .., b'-', b'1'] => {
                body.len() == 11 && digits(body) && &body[2..4] == b"01" && matches!(body[4], b'1'..=b'4')
            }
            body => body.len() == 10 && digits(body),
        },
        _ => false,
    }
}

fn landmark(number: &[u8]) -> bool {
    match number.strip_prefix(b"LTN") {
        Some([body @ .., b'N', b'1']) => body.len() == 8 && digits(body),
        _ => false,
    }
}

fn old_dominion(number: &[u8]) -> bool {
    let known = [&b"777"[..], b"778", b"072", b"80"].iter().any(|prefix| number.starts_with(prefix));
    if number.len() != 11 || !known || !digits(number) {
        return false;
    }
    luhn(number)
}

/// Twelve digits of which the first is at most 5, or three letters and nine digits without a check.
fn purolator(number: &[u8]) -> bool {
    let (letters, rest) = number.split_at(number.len().min(3));
    let old = letters.iter().all(u8::is_ascii_uppercase) && rest.len() == 9 && digits(rest);
    old || (number.len() == 12 && digits(number) && number[0] <= b'5' && luhn(number))
}

/// Every second digit from the right doubled, the digits of all of them summed, a multiple of ten.
fn luhn(number: &[u8]) -> bool {
    let value = |(at, byte): (usize, &u8)| {
        let digit = u32::from(byte - b'0');
        if at % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
    };
    number.iter().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: &str) -> Vec<Carrier> {
        carriers(number.as_bytes()).collect()
    }

    #[test]
    fn published_examples_are_their_carriers() {
        for (number, carrier) in [
            ("RB123456785GB", Carrier::Postal),
            ("1Z5R89390357567127", Carrier::Ups),
            ("1Z8V92A70367203024", Carrier::Ups),
            ("71123456789123456787", Carrier::Usps),
            ("420221539101026837331000039521", Carrier::Usps),
            ("4201002334249200190132607600833457", Carrier::Usps),
            ("71969010756003077385", Carrier::Usps),
            ("92748931507708513018050063", Carrier::Usps),
            ("986578788855", Carrier::FedEx),
            ("1001921334250001000300779017972697", Carrier::FedEx),
            ("61299998820821171811", Carrier::FedEx),
            ("041441760228964", Carrier::FedEx),
            ("9611020987654312345672", Carrier::FedEx),
            ("9622001900000000000000776632517510", Carrier::FedEx),
            ("3318810025", Carrier::Dhl),
            ("JVGL0999999990", Carrier::Dhl),
            ("GM295117494011169042", Carrier::Dhl),
            ("008182709980000020033350276C", Carrier::Dpd),
            ("0073938000549297", Carrier::CanadaPost),
            ("TBA502887274000", Carrier::Amazon),
            ("C11031500001879", Carrier::OnTrac),
            ("D10011354453707", Carrier::OnTrac),
            ("LX17635036", Carrier::LaserShip),
            ("1LS717793482164", Carrier::LaserShip),
            ("1LS7119013618127-1", Carrier::LaserShip),
            ("LTN74207623N1", Carrier::Landmark),
            ("07209562763", Carrier::OldDominion),
            ("80993847369", Carrier::OldDominion),
            ("JJD0002257639032011", Carrier::Yodel),
            ("JD0002242617644732", Carrier::Yodel),
            ("320595463938", Carrier::Purolator),
            ("KYV009956937", Carrier::Purolator),
            ("D576002440000001718010", Carrier::Canpar),
            ("YT2229521272164446", Carrier::YunExpress),
            ("SP029692510000920746", Carrier::SpeeDee),
            ("GFUS01011884214464", Carrier::Gofo),
        ] {
            assert!(of(number).contains(&carrier), "{number}: {:?}", of(number));
        }
    }

    #[test]
    fn a_wrong_check_digit_is_nobodys() {
        for (number, carrier) in [
            ("RB123456786US", Carrier::Postal),
            ("RB123456785XX", Carrier::Postal),
            ("1Z1111111111111111", Carrier::Ups),
            ("03071790000523483742", Carrier::Usps),
            ("4201028200009261290113185417468511", Carrier::Usps),
            ("996578788855", Carrier::FedEx),
            ("9261292700768711948020", Carrier::FedEx),
            ("9600000000000000000001", Carrier::FedEx),
            ("3318810034", Carrier::Dhl),
            ("GS295117494011169041", Carrier::Dhl),
            ("008182709980000020033350276A", Carrier::Dpd),
            ("0073938000549292", Carrier::CanadaPost),
            ("TBA50288727400A", Carrier::Amazon),
            ("C11031500001889", Carrier::OnTrac),
            ("LA17635036", Carrier::LaserShip),
            ("1LS7119013618127-2", Carrier::LaserShip),
            ("LSN74209518N1", Carrier::Landmark),
            ("80003280389", Carrier::OldDominion),
            ("JD000225440506099", Carrier::Yodel),
            ("320595463939", Carrier::Purolator),
            ("M576002440000002510003", Carrier::Canpar),
            ("GFUS0101188421446", Carrier::Gofo),
        ] {
            assert!(!of(number).contains(&carrier), "{number}");
        }
    }
}
