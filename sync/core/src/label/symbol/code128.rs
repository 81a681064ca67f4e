//! Plans a Code 128 symbol: the shortest run of code sets A, B and C that carries the data.
//!
//! Data enters as characters of ISO 646 and explicit FNC1; a plan of symbol values leaves. It is shortest by
//! dynamic programming over the three sets, so no rule of thumb is ever beaten by a longer choice. It never drops
//! or replaces a character: what Code 128 cannot carry here is refused by its offset.

use barcoders::sym::code128::Code128;

/// The most characters and FNC1 a plan takes: far beyond any label's width, and a bound for the work.
pub const MAX_LENGTH: usize = 256;

/// One thing to be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A character, 0 to 127.
    Char(u8),
    /// Function 1: first it says GS1-128, later it separates element strings.
    Fnc1,
}

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to encode.
    #[error("nothing to encode")]
    Empty,
    /// More than [`MAX_LENGTH`] characters.
    #[error("too long for Code 128")]
    TooLong,
    /// A byte above 127 at this offset.
    #[error("Code 128 does not carry the byte at offset {0}")]
    Character(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    A,
    B,
    C,
}

const SETS: [Set; 3] = [Set::A, Set::B, Set::C];

/// What the cheapest way does next from a position in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    End,
    One,
    Pair,
    Shift,
    Switch(Set),
}

/// A planned symbol: its values from the start character to the last data value, without check and stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    values: Vec<u8>,
    text: String,
}

impl Plan {
    /// How many symbol characters: start, data and set changes, check (stop not counted).
    pub fn characters(&self) -> usize {
        self.values.len() + 1
    }

    /// The width in modules without quiet zones: 11 a character, 13 for the stop.
    pub fn modules(&self) -> usize {
        11 * self.characters() + 13
    }

    /// The symbol values, start first.
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The modules, dark as `true`.
    pub(super) fn pattern(&self) -> Vec<bool> {
        let code = Code128::new(&self.text).expect("a plan names only characters of its sets");
        code.encode().into_iter().map(|module| module == 1).collect()
    }

    fn push(&mut self, value: u8, mark: char) {
        self.values.push(value);
        self.text.push(mark);
    }
}

/// Plans plain text, one byte a character.
pub fn plan_text(data: &[u8]) -> Result<Plan, PlanError> {
    let tokens: Vec<Token> = data.iter().map(|byte| Token::Char(*byte)).collect();
    plan(&tokens)
}

/// Plans a GS1 element string: FNC1 goes in front, and every 0x1D becomes FNC1.
pub fn plan_gs1(element_string: &[u8]) -> Result<Plan, PlanError> {
    if element_string.is_empty() {
        return Err(PlanError::Empty);
    }
    let separate = |byte: &u8| if *byte == 0x1D { Token::Fnc1 } else { Token::Char(*byte) };
    let tokens: Vec<Token> =
        std::iter::once(Token::Fnc1).chain(element_string.iter().map(separate)).collect();
    plan(&tokens)
}

/// Plans any tokens with the fewest symbol characters.
pub fn plan(tokens: &[Token]) -> Result<Plan, PlanError> {
    if tokens.is_empty() {
        return Err(PlanError::Empty);
    }
    if tokens.len() > MAX_LENGTH {
        return Err(PlanError::TooLong);
    }
    if let Some(at) = tokens.iter().position(|token| matches!(token, Token::Char(128..))) {
        return Err(PlanError::Character(at));
    }
    let steps = cheapest(tokens);
    Ok(walk(tokens, &steps))
}

/// For every position and set, the cost of the rest and its first step, worked out from the end.
fn cheapest(tokens: &[Token]) -> Vec<[(u16, Step); 3]> {
    const NO_WAY: u16 = u16::MAX / 2;
    let mut table = vec![[(0, Step::End); 3]; tokens.len() + 1];
    for at in (0..tokens.len()).rev() {
        let mut row = [(NO_WAY, Step::End); 3];
        for (slot, set) in row.iter_mut().zip(SETS) {
            let next = table[at + 1][set as usize].0;
            if carries(set, tokens[at]) {
                *slot = (1 + next, Step::One);
            }
            if set == Set::C && pair(tokens, at).is_some() {
                *slot = (1 + table[at + 2][set as usize].0, Step::Pair);
            }
            if other(set).is_some_and(|other| carries(other, tokens[at])) && 2 + next < slot.0 {
                *slot = (2 + next, Step::Shift);
            }
        }
        // One change of set is enough: two in a row never pay.
        let before = row;
        for (slot, set) in row.iter_mut().zip(SETS) {
            for to in SETS {
                let cost = 1 + before[to as usize].0;
                if to != set && cost < slot.0 {
                    *slot = (cost, Step::Switch(to));
                }
            }
        }
        table[at] = row;
    }
    table
}

fn walk(tokens: &[Token], steps: &[[(u16, Step); 3]]) -> Plan {
    // With equal costs C is the start GS1-128 expects for digits, then B for text.
    let mut set = Set::C;
    for candidate in [Set::B, Set::A] {
        if steps[0][candidate as usize].0 < steps[0][set as usize].0 {
            set = candidate;
        }
    }
    // A start in one set and a change at once is no better than the other start.
    while let Step::Switch(to) = steps[0][set as usize].1 {
        set = to;
    }
    let mut plan = Plan { values: Vec::with_capacity(tokens.len() + 2), text: String::new() };
    plan.push(103 + set as u8, mark(set));
    let mut at = 0;
    while at < tokens.len() {
        match steps[at][set as usize].1 {
            Step::Switch(to) => {
                plan.push([101, 100, 99][to as usize], mark(to));
                set = to;
            }
            Step::Pair => {
                let value = pair(tokens, at).expect("planned as a pair");
                plan.values.push(value);
                plan.text.push(char::from(b'0' + value / 10));
                plan.text.push(char::from(b'0' + value % 10));
                at += 2;
            }
            Step::Shift => {
                plan.push(98, '\u{017D}');
                let value = value_in(other(set).expect("only A and B shift"), tokens[at]);
                plan.push(value, character_of(set, value));
                at += 1;
            }
            Step::One | Step::End => {
                match tokens[at] {
                    Token::Fnc1 => plan.push(102, '\u{0179}'),
                    token => plan.push(value_in(set, token), character_of(set, value_in(set, token))),
                }
                at += 1;
            }
        }
    }
    plan
}

fn other(set: Set) -> Option<Set> {
    match set {
        Set::A => Some(Set::B),
        Set::B => Some(Set::A),
        Set::C => None,
    }
}

fn carries(set: Set, token: Token) -> bool {
    match (set, token) {
        (_, Token::Fnc1) => true,
        (Set::A, Token::Char(byte)) => byte < 96,
        (Set::B, Token::Char(byte)) => byte >= 32,
        (Set::C, Token::Char(_)) => false,
    }
}

fn pair(tokens: &[Token], at: usize) -> Option<u8> {
    match tokens.get(at..at + 2)? {
        [Token::Char(a @ b'0'..=b'9'), Token::Char(b @ b'0'..=b'9')] => Some((a - b'0') * 10 + (b - b'0')),
        _ => None,
    }
}

fn value_in(set: Set, token: Token) -> u8 {
    match (set, token) {
        (Set::A, Token::Char(byte)) if byte < 32 => byte + 64,
        (_, Token::Char(byte)) => byte - 32,
        (_, Token::Fnc1) => 102,
    }
}

/// The character that stands for a value in a set.
fn character_of(set: Set, value: u8) -> char {
    match set {
        Set::A if value >= 64 => char::from(value - 64),
        // The encoder's own sign for DEL.
        Set::B if value == 95 => '\u{00F7}',
        _ => char::from(value + 32),
    }
}

fn mark(set: Set) -> char {
    match set {
        Set::A => '\u{00C0}',
        Set::B => '\u{0181}',
        Set::C => '\u{0106}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sscc_takes_sixteen_characters_less_one_pair_a_digit() {
        // Start C, FNC1, ten pairs, check: 13 characters, 156 modules.
        let plan = plan_gs1(b"00395212340000047119").unwrap();
        assert_eq!((plan.characters(), plan.modules()), (13, 156));
        assert_eq!(plan.values()[..2], [105, 102]);
    }

    #[test]
    fn the_plan_is_the_shortest() {
        for (text, characters) in [
            ("A", 3),
            ("12", 3),
            ("1234", 4),
            ("123", 5),
            ("A1234B", 8),
            ("A123456", 7),
            ("AB123456CD", 11),
            ("a\nb", 6),
            ("\n\na", 6),
            ("12345", 6),
        ] {
            assert_eq!(plan_text(text.as_bytes()).unwrap().characters(), characters, "{text:?}");
        }
    }

    #[test]
    fn no_other_way_is_shorter() {
        // Every string of up to six characters over an alphabet that provokes all sets.
        let alphabet = [b'1', b'A', b'a', b'\n'];
        for length in 1..=6u32 {
            for number in 0..4usize.pow(length) {
                let text: Vec<u8> =
                    (0..length).map(|place| alphabet[number / 4usize.pow(place) % 4]).collect();
                let tokens: Vec<Token> = text.iter().map(|byte| Token::Char(*byte)).collect();
                let best = SETS.iter().map(|set| 1 + exhaustive(&tokens, 0, *set, true)).min().unwrap();
                assert_eq!(plan_text(&text).unwrap().values().len(), best, "{text:?}");
            }
        }
    }

    fn exhaustive(tokens: &[Token], at: usize, set: Set, may_switch: bool) -> usize {
        if at == tokens.len() {
            return 0;
        }
        let mut best = usize::MAX / 2;
        if carries(set, tokens[at]) {
            best = best.min(1 + exhaustive(tokens, at + 1, set, true));
        }
        if other(set).is_some_and(|other| carries(other, tokens[at])) {
            best = best.min(2 + exhaustive(tokens, at + 1, set, true));
        }
        if set == Set::C && pair(tokens, at).is_some() {
            best = best.min(1 + exhaustive(tokens, at + 2, set, true));
        }
        if may_switch {
            for to in SETS.into_iter().filter(|to| *to != set) {
                best = best.min(1 + exhaustive(tokens, at, to, false));
            }
        }
        best
    }

    #[test]
    fn every_character_of_iso_646_is_encoded_and_none_beyond() {
        for byte in 0..128 {
            let plan = plan_text(&[byte, b'a', b'A', 7]).unwrap();
            assert_eq!(plan.pattern().len(), plan.modules());
        }
        assert_eq!(plan_text(b"caf\xC3\xA9"), Err(PlanError::Character(3)));
        assert_eq!(plan_text(b""), Err(PlanError::Empty));
        assert_eq!(plan_text(&[b'1'; MAX_LENGTH + 1]), Err(PlanError::TooLong));
    }
}
