//! What kind of symbol a scan came from, as far as the reader tells: the evidence.
//!
//! An AIM identifier at the very start of a scan, or the label type a vendor's driver gives, enters; what the data
//! may therefore be leaves. Without evidence everything stays possible and nothing is certain.

/// What the evidence says the data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Symbology {
    /// No evidence.
    #[default]
    Unknown,
    /// EAN-13, UPC-A or UPC-E: a trade item number with its check digit.
    Retail,
    /// The same with an add-on of two or five digits after it.
    RetailWithAddOn,
    /// EAN-8.
    Retail8,
    /// Interleaved 2 of 5; the check digit is in the data.
    Interleaved,
    /// Interleaved 2 of 5; the reader checked the last digit and kept it to itself.
    InterleavedStripped,
    /// A GS1 element string.
    ElementString,
    /// A matrix symbol without FNC1: web addresses, envelopes, anything.
    Matrix,
    /// Code 39, whose start and stop signs some readers send.
    Code39,
    /// Code 128 without FNC1, or another symbology: anything.
    Plain,
}

/// An AIM symbology identifier: `]`, a letter, a modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Aim([u8; 3]);

impl Aim {
    /// The identifier at the start of a scan, if there is one.
    #[inline]
    pub fn at_start(scan: &[u8]) -> Option<Self> {
        match scan {
            [b']', letter, modifier, ..]
                if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                Some(Self([b']', *letter, *modifier]))
            }
            _ => None,
        }
    }

    /// The three characters.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    /// What it says the data is (ISO/IEC 15424, as GS1 uses it).
    pub const fn symbology(self) -> Symbology {
        match (self.0[1], self.0[2]) {
            (b'C', b'1')
            | (b'e', b'0')
            | (b'd', b'2' | b'5')
            | (b'Q', b'3' | b'4')
            | (b'J', b'1')
            | (b'z', b'1') => Symbology::ElementString,
            (b'E', b'0') => Symbology::Retail,
            (b'E', b'3') => Symbology::RetailWithAddOn,
            (b'E', b'4') => Symbology::Retail8,
            (b'I', b'0' | b'1') => Symbology::Interleaved,
            (b'I', b'3') => Symbology::InterleavedStripped,
            (b'd' | b'Q' | b'J' | b'z', _) => Symbology::Matrix,
            (b'A', _) => Symbology::Code39,
            _ => Symbology::Plain,
        }
    }
}

/// Label types that drivers on handhelds give instead of an AIM identifier, and what each says.
const LABEL_TYPES: [(&str, Symbology); 22] = [
    ("EAN128", Symbology::ElementString),
    ("UCCEAN128", Symbology::ElementString),
    ("GS1-128", Symbology::ElementString),
    ("GS1-DATABAR", Symbology::ElementString),
    ("GS1-DATABAR-EXP", Symbology::ElementString),
    ("GS1-DATABAR-LIM", Symbology::ElementString),
    ("GS1-DATAMATRIX", Symbology::ElementString),
    ("GS1-QRCODE", Symbology::ElementString),
    ("EAN13", Symbology::Retail),
    ("UPCA", Symbology::Retail),
    ("UPCE0", Symbology::Retail),
    ("UPCE1", Symbology::Retail),
    ("UPCE", Symbology::Retail),
    ("EAN8", Symbology::Retail8),
    ("I2OF5", Symbology::Interleaved),
    ("ITF14", Symbology::Interleaved),
    ("CODE39", Symbology::Code39),
    ("DATAMATRIX", Symbology::Matrix),
    ("QRCODE", Symbology::Matrix),
    ("AZTEC", Symbology::Matrix),
    ("DOTCODE", Symbology::Matrix),
    ("CODE128", Symbology::Plain),
];

impl Symbology {
    /// What a vendor's label type says: `LABEL-TYPE-EAN128` and the like, with or without the prefix.
    pub fn of_label_type(label_type: &str) -> Self {
        let name = label_type.strip_prefix("LABEL-TYPE-").unwrap_or(label_type);
        LABEL_TYPES.iter().find(|(known, _)| *known == name).map_or(Symbology::Unknown, |(_, is)| *is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_counts_only_at_the_start_and_whole() {
        assert_eq!(Aim::at_start(b"]C1010952").map(Aim::symbology), Some(Symbology::ElementString));
        assert_eq!(Aim::at_start(b"]C0ABC").map(Aim::symbology), Some(Symbology::Plain));
        assert_eq!(Aim::at_start(b"]E4").map(Aim::symbology), Some(Symbology::Retail8));
        assert_eq!(Aim::at_start(b"]Q1").map(Aim::symbology), Some(Symbology::Matrix));
        assert_eq!(Aim::at_start(b" ]C1"), None);
        assert_eq!(Aim::at_start(b"]1C"), None);
        assert_eq!(Aim::at_start(b"]C"), None);
        assert_eq!(Aim::at_start(b"]C "), None);
    }

    #[test]
    fn a_label_type_is_as_good_an_evidence() {
        assert_eq!(Symbology::of_label_type("LABEL-TYPE-EAN128"), Symbology::ElementString);
        assert_eq!(Symbology::of_label_type("CODE128"), Symbology::Plain);
        assert_eq!(Symbology::of_label_type("LABEL-TYPE-SOMETHING"), Symbology::Unknown);
    }
}
