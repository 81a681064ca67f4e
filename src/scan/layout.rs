//! Keyboard layouts, as far as they change what a keyboard wedge types.
//!
//! A wedge presses the keys of a US keyboard; the machine shows the characters of its own layout. For each layout the
//! table below says what becomes of the 47 keys that print, without and with shift, in the order of the US keys. A
//! dead key prints nothing by itself and changes the next character.

/// The US keyboard, row by row: digits, then letters' rows. The other layouts are written in this order.
const US: [&str; 2] =
    ["`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./", "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"];

/// A layout a machine may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// United States: what was printed is what is typed.
    Us,
    /// United Kingdom.
    Uk,
    /// German, QWERTZ.
    De,
    /// French, AZERTY.
    Fr,
    /// Spanish.
    Es,
    /// Italian.
    It,
    /// Swedish and Finnish.
    Se,
}

impl Layout {
    /// Every layout, the likeliest first.
    pub const ALL: [Layout; 7] =
        [Layout::Us, Layout::Uk, Layout::De, Layout::Fr, Layout::Es, Layout::It, Layout::Se];

    /// The country, by its two letters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Layout::Us => "US",
            Layout::Uk => "UK",
            Layout::De => "DE",
            Layout::Fr => "FR",
            Layout::Es => "ES",
            Layout::It => "IT",
            Layout::Se => "SE",
        }
    }

    /// What the keys print, without and with shift, in the order of [`US`]'s keys.
    const fn rows(self) -> [&'static str; 2] {
        match self {
            Layout::Us => US,
            Layout::Uk => [
                "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./",
                "¬!\"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?",
            ],
            Layout::De => [
                "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-",
                "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
            ],
            Layout::Fr => [
                "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!",
                "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
            ],
            Layout::Es => [
                "º1234567890'¡qwertyuiop`+çasdfghjklñ´zxcvbnm,.-",
                "ª!\"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_",
            ],
            Layout::It => [
                "\\1234567890'ìqwertyuiopè+ùasdfghjklòàzxcvbnm,.-",
                "|!\"£$%&/()=?^QWERTYUIOPé*§ASDFGHJKLç°ZXCVBNM;:_",
            ],
            Layout::Se => [
                "§1234567890+´qwertyuiopå¨'asdfghjklöäzxcvbnm,.-",
                "½!\"#¤%&/()=?`QWERTYUIOPÅ^*ASDFGHJKLÖÄZXCVBNM;:_",
            ],
        }
    }

    /// The accents that are dead keys in this layout.
    const fn dead(self) -> &'static str {
        match self {
            Layout::Us | Layout::Uk | Layout::It => "",
            Layout::De => "^´`",
            Layout::Fr => "^¨",
            Layout::Es => "`^´¨",
            Layout::Se => "´`¨^",
        }
    }
}

/// The shift-like state of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caps {
    /// Nothing locked.
    Off,
    /// Caps lock: letters, and only they, are the other case.
    Letters,
    /// Shift lock, as on French keyboards of some systems: every key is as with shift, and shift undoes it.
    Shift,
}

impl Caps {
    /// Every state, the likeliest first.
    pub const ALL: [Caps; 3] = [Caps::Off, Caps::Letters, Caps::Shift];

    /// Whether anything is locked.
    #[must_use]
    pub const fn is_on(self) -> bool {
        !matches!(self, Caps::Off)
    }
}

/// What one key becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// This character.
    Is(char),
    /// A dead key with this accent: what shows depends on what comes next.
    Dead(char),
}

/// What becomes of every printable ASCII character, in one layout and one state of the locks.
pub struct Keys([Option<Typed>; 128]);

impl Keys {
    /// The same where accents do not join the next letter: a driver told of each key by itself.
    #[must_use]
    pub fn apart(layout: Layout, caps: Caps) -> Self {
        let Self(mut table) = Self::new(layout, caps);
        for slot in &mut table {
            if let Some(Typed::Dead(mark)) = *slot {
                *slot = Some(Typed::Is(mark));
            }
        }
        Self(table)
    }

    /// The keys of a layout in a state of the locks.
    pub fn new(layout: Layout, caps: Caps) -> Self {
        let mut table = [None; 128];
        for (byte, slot) in (0..128).zip(&mut table) {
            *slot = typed(layout, caps, byte);
        }
        Self(table)
    }

    /// What becomes of one character; `None` for what no key prints.
    pub(super) fn typed(&self, byte: u8) -> Option<Typed> {
        self.0.get(usize::from(byte)).copied().flatten()
    }

    /// What shows when a wedge types a text: dead keys join the next character where there is such a letter.
    pub fn type_text(&self, text: &[u8]) -> Option<String> {
        let mut out = String::new();
        let mut accent = None;
        for byte in text {
            match (accent.take(), self.typed(*byte)?) {
                (None, Typed::Is(shown)) => out.push(shown),
                (None, Typed::Dead(mark)) => accent = Some(mark),
                (Some(mark), Typed::Is(' ')) => out.push(mark),
                (Some(mark), Typed::Is(letter)) => match composed(mark, letter) {
                    Some(letter) => out.push(letter),
                    None => out.extend([mark, letter]),
                },
                (Some(before), Typed::Dead(mark)) => out.extend([before, mark]),
            }
        }
        out.extend(accent);
        Some(out)
    }
}

/// What becomes of a printable ASCII character that a wedge types as on a US keyboard.
fn typed(layout: Layout, caps: Caps, byte: u8) -> Option<Typed> {
    if byte == b' ' {
        return Some(Typed::Is(' '));
    }
    let wanted = char::from(byte);
    let (shift, key) =
        (0..2).find_map(|shift| Some((shift, US[shift].chars().position(|c| c == wanted)?)))?;
    let shift = if caps == Caps::Shift { 1 - shift } else { shift };
    let shown = layout.rows()[shift].chars().nth(key)?;
    if layout.dead().contains(shown) {
        return Some(Typed::Dead(shown));
    }
    Some(Typed::Is(if caps == Caps::Letters { other_case(shown) } else { shown }))
}

/// A letter in its other case, where that is one character.
fn other_case(letter: char) -> char {
    let one = |mut letters: Box<dyn Iterator<Item = char>>| match (letters.next(), letters.next()) {
        (Some(only), None) => only,
        _ => letter,
    };
    if letter.is_lowercase() {
        one(Box::new(letter.to_uppercase()))
    } else if letter.is_uppercase() {
        one(Box::new(letter.to_lowercase()))
    } else {
        letter
    }
}

/// The letter an accent and a letter make.
pub(super) fn composed(accent: char, letter: char) -> Option<char> {
    const TABLE: [(char, &str, &str); 4] = [
        ('´', "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
        ('`', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        ('^', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        ('¨', "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
    ];
    let (_, letters, made) = TABLE.iter().find(|(mark, ..)| *mark == accent)?;
    made.chars().nth(letters.chars().position(|known| known == letter)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_has_every_key() {
        for layout in Layout::ALL {
            for row in layout.rows() {
                assert_eq!(row.chars().count(), 47, "{layout:?}");
            }
        }
    }

    #[test]
    fn known_misreadings_come_out() {
        let shown = |layout, caps, text: &[u8]| Keys::new(layout, caps).type_text(text).unwrap();
        assert_eq!(shown(Layout::Fr, Caps::Off, b"HA112"), "HA&&é".replace("HA", "HQ"));
        assert_eq!(shown(Layout::De, Caps::Off, b"LZ-01/Y"), "LYß01-Z");
        assert_eq!(shown(Layout::Us, Caps::Letters, b"aB1"), "Ab1");
        assert_eq!(shown(Layout::Fr, Caps::Shift, b"A12"), "q12");
        assert_eq!(shown(Layout::Es, Caps::Off, b"'a'1' "), "á´1´");
    }
}
