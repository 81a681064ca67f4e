//! What a scan may mean: every reading its bytes and its evidence admit.
//!
//! Bytes as the scanner gave them enter; candidates leave, and GS1 data with what is wrong with it. Nothing here
//! decides between candidates: that takes what the task expects and what the site knows. The payload itself is
//! always a candidate, and the bytes stay as they were: [`Scanned::raw`] has every one of them.
//!
//! What surrounds a payload is set aside, never altered: leading BOM, STX and NULs, one trailing terminator (CR, LF,
//! CRLF, TAB or ETX), the AIM identifier.

use super::{
    digital_link,
    gs1::{self, Buffer, Elements, Error, Fault},
    gtin::{Gtin, GtinError},
    house::House,
    sscc::Sscc,
    symbology::{Aim, Symbology},
    tracking,
};

/// One thing a scan may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate<'a> {
    /// The payload as it stands: an alias, a lot written bare, a carrier's number, a name of somebody else's.
    Raw(&'a [u8]),
    /// One of our own labels.
    House(House<'a>),
    /// A trade item number: from digits, from an element string or from a Digital Link.
    Gtin(Gtin),
    /// An SSCC: from digits or from an element string.
    Sscc(Sscc),
}

/// What a scan is at first sight. A name for logs and examples; who resolves looks at all candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// A GS1 element string, sound or not.
    Gs1,
    /// A trade item number.
    Gtin,
    /// An SSCC.
    Sscc,
    /// A GS1 Digital Link, sound or not.
    DigitalLink,
    /// One of our own labels.
    House,
    /// A carrier's tracking number.
    Tracking,
    /// An ISO 15434 envelope: recognised, not opened.
    Envelope,
    /// Anything else.
    #[default]
    Opaque,
}

impl Kind {
    /// A short stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Gs1 => "gs1",
            Kind::Gtin => "gtin",
            Kind::Sscc => "sscc",
            Kind::DigitalLink => "digital_link",
            Kind::House => "house",
            Kind::Tracking => "tracking",
            Kind::Envelope | Kind::Opaque => "opaque",
        }
    }
}

/// A scan and all it may mean.
#[derive(Debug, Clone)]
pub struct Scanned<'a> {
    raw: &'a [u8],
    from: usize,
    to: usize,
    aim: Option<Aim>,
    symbology: Symbology,
    kind: Kind,
    error: Option<Error>,
    house: Option<House<'a>>,
    gtins: [Option<Gtin>; 2],
    sscc: Option<Sscc>,
    buffer: Buffer,
}

/// Everything these bytes may mean, with no evidence but what they carry themselves.
pub fn candidates(raw: &[u8]) -> Scanned<'_> {
    let mut scanned = Scanned::new();
    scanned.read(raw, Symbology::Unknown);
    scanned
}

impl Default for Scanned<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Scanned<'a> {
    /// Room for a scan; made once, read into for every scan.
    pub const fn new() -> Self {
        Self {
            raw: &[],
            from: 0,
            to: 0,
            aim: None,
            symbology: Symbology::Unknown,
            kind: Kind::Opaque,
            error: None,
            house: None,
            gtins: [None; 2],
            sscc: None,
            buffer: Buffer::new(),
        }
    }

    /// Reads a scan. `symbology` is what a driver's label type says, or [`Symbology::Unknown`]; an AIM identifier in
    /// the scan goes before it.
    pub fn read(&mut self, raw: &'a [u8], symbology: Symbology) {
        (self.raw, self.kind, self.error) = (raw, Kind::Opaque, None);
        (self.house, self.gtins, self.sscc) = (None, [None; 2], None);
        self.buffer.clear();
        (self.from, self.to) = payload(raw);
        self.aim = Aim::at_start(&raw[self.from..self.to]);
        self.symbology = self.aim.map_or(symbology, Aim::symbology);
        self.from += if self.aim.is_some() { 3 } else { 0 };
        match self.symbology {
            Symbology::Retail | Symbology::Retail8 => self.retail(),
            Symbology::RetailWithAddOn => self.retail_with_add_on(),
            Symbology::Interleaved | Symbology::InterleavedStripped => self.interleaved(),
            Symbology::ElementString => self.element_string(),
            Symbology::Code39 => {
                if let [b'*', _, .., b'*'] = self.payload() {
                    (self.from, self.to) = (self.from + 1, self.to - 1);
                }
                self.text();
            }
            Symbology::Unknown | Symbology::Matrix | Symbology::Plain => self.text(),
        }
    }

    /// The bytes as scanned, untouched.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The bytes without what surrounds them.
    pub fn payload(&self) -> &'a [u8] {
        &self.raw[self.from..self.to]
    }

    /// The AIM identifier the scan began with.
    pub const fn aim(&self) -> Option<Aim> {
        self.aim
    }

    /// What the evidence said.
    pub const fn symbology(&self) -> Symbology {
        self.symbology
    }

    /// What the scan is at first sight.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What is wrong with it, where it is GS1 data and unsound.
    pub const fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The elements of an element string or a Digital Link; none where there are none, or they are unsound.
    pub fn elements(&self) -> Elements<'_> {
        self.buffer.elements(self.raw)
    }

    /// The trade item it names at first sight.
    pub fn gtin(&self) -> Option<Gtin> {
        self.gtins[0]
    }

    /// The carriers whose number it may be.
    pub fn carriers(&self) -> impl Iterator<Item = tracking::Carrier> + 'a {
        tracking::carriers(self.payload())
    }

    /// The candidates, the payload itself first.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let list = [
            Some(Candidate::Raw(self.payload())),
            self.house.map(Candidate::House),
            self.gtins[0].map(Candidate::Gtin),
            self.gtins[1].map(Candidate::Gtin),
            self.sscc.map(Candidate::Sscc),
        ];
        list.into_iter().flatten()
    }

    fn fail(&mut self, fault: Fault, at: usize, length: usize) {
        self.error = Some(Error { fault, ai: None, at: self.from + at, length });
    }

    /// EAN-13, UPC-A, UPC-E, EAN-8; a composite part after `|]e0` is read as an element string.
    fn retail(&mut self) {
        self.kind = Kind::Gtin;
        let whole = self.to;
        // Digits alone are the rule; what is longer may be composite.
        let long = self.to - self.from > 14;
        let composite =
            long.then(|| self.payload().windows(4).position(|window| window == b"|]e0")).flatten();
        if let Some(at) = composite {
            self.to = self.from + at;
        }
        let digits = self.payload();
        let eight = self.symbology == Symbology::Retail8;
        let result = match digits.len() {
            8 if eight => Gtin::parse(digits),
            8 => Gtin::from_upc_e(digits),
            12 | 13 if !eight => Gtin::parse(digits),
            _ => Err(GtinError::Length),
        };
        match result {
            Ok(gtin) => self.gtins[0] = Some(gtin),
            Err(error) => self.retail_error(error, if eight { 8 } else { 13 }),
        }
        if composite.is_some() && self.error.is_none() {
            let from = self.to + 4;
            self.error = gs1::parse(self.raw, from, whole, &mut self.buffer).err();
        }
        self.to = whole;
    }

    fn retail_error(&mut self, error: GtinError, wanted: usize) {
        let digits = self.payload();
        let bad = digits.iter().position(|byte| !byte.is_ascii_digit());
        match (error, bad) {
            (GtinError::Length, _) if digits.len() < wanted => {
                self.fail(Fault::PRIMARY_SCAN_DATA_IS_TOO_SHORT, 0, digits.len());
            }
            (GtinError::Length, _) => self.fail(Fault::PRIMARY_MESSAGE_IS_TOO_LONG, 0, digits.len()),
            (_, Some(at)) => self.fail(Fault::PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS, at, 1),
            _ => self.fail(Fault::PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT, digits.len().max(1) - 1, 1),
        }
    }

    /// The main symbol counts, the add-on of two or five digits does not.
    fn retail_with_add_on(&mut self) {
        self.kind = Kind::Gtin;
        let digits = self.payload();
        let main = match digits.len() {
            12 | 14 | 17 => 12,
            13 | 15 | 18 => 13,
            _ => return self.retail_error(GtinError::Length, 13),
        };
        match Gtin::parse(&digits[..main]) {
            Ok(gtin) => self.gtins[0] = Some(gtin),
            Err(error) => self.retail_error(error, 13),
        }
    }

    /// Fourteen digits are a trade item; other lengths are somebody's own numbers.
    fn interleaved(&mut self) {
        let digits = self.payload();
        let gtin = match (self.symbology, digits.len()) {
            (Symbology::InterleavedStripped, 13) => Gtin::with_check_digit(digits),
            (_, 14) => Gtin::parse(digits),
            _ => return self.text(),
        };
        match gtin {
            Ok(gtin) => (self.kind, self.gtins[0]) = (Kind::Gtin, Some(gtin)),
            Err(_) => self.text(),
        }
    }

    fn element_string(&mut self) {
        self.kind = Kind::Gs1;
        let data = self.payload();
        let read = match gs1::is_bracketed(data) {
            true => gs1::parse_bracketed(self.raw, self.from, self.to, &mut self.buffer),
            false => gs1::parse(self.raw, self.from, self.to, &mut self.buffer),
        };
        match read {
            Ok(elements) => (self.gtins[0], self.sscc) = (elements.gtin(), elements.sscc()),
            Err(error) => self.error = Some(error),
        }
    }

    /// Text that may be anything; what it says of itself is tried.
    fn text(&mut self) {
        let data = self.payload();
        if data.starts_with(b"[)>") {
            self.kind = Kind::Envelope;
            return;
        }
        if digital_link::is_web_address(data) {
            if let Some(link) = digital_link::parse(self.raw, self.from, self.to, &mut self.buffer) {
                self.kind = Kind::DigitalLink;
                match link {
                    Ok(elements) => (self.gtins[0], self.sscc) = (elements.gtin(), elements.sscc()),
                    Err(error) => self.error = Some(error),
                }
            }
            return;
        }
        let evident = self.symbology == Symbology::Unknown && data.contains(&gs1::SEPARATOR);
        let leading = data.first() == Some(&gs1::SEPARATOR);
        if gs1::is_bracketed(data) || leading || (evident && gs1::prefix(data).is_some()) {
            self.element_string();
            return;
        }
        self.numbers(data);
        self.house = House::parse_bytes(data).ok();
        let telling = tracking::telling(data).is_some();
        self.kind = match (self.house, self.gtins[0], self.sscc) {
            _ if telling => Kind::Tracking,
            (Some(_), _, _) => Kind::House,
            (_, Some(_), _) => Kind::Gtin,
            (_, _, Some(_)) => Kind::Sscc,
            _ if tracking::carriers(data).next().is_some() => Kind::Tracking,
            _ => Kind::Opaque,
        };
    }

    fn numbers(&mut self, data: &[u8]) {
        match data.len() {
            8 => {
                let (ean, upc) = (Gtin::parse(data).ok(), Gtin::from_upc_e(data).ok());
                self.gtins = if ean.is_some() { [ean, upc.filter(|_| upc != ean)] } else { [upc, None] };
            }
            12..=14 => self.gtins[0] = Gtin::parse(data).ok(),
            18 => self.sscc = Sscc::parse(data).ok(),
            20 => self.sscc = data.strip_prefix(b"00").and_then(|digits| Sscc::parse(digits).ok()),
            _ => {}
        }
    }
}

/// Where the payload lies between what readers put around it.
#[inline]
fn payload(raw: &[u8]) -> (usize, usize) {
    // Nearly always there is nothing around it.
    let plain = |first: u8, last: u8| first > 0x02 && first != 0xEF && last > b'\r';
    if raw.first().zip(raw.last()).is_some_and(|(first, last)| plain(*first, *last)) {
        return (0, raw.len());
    }
    let mut from = if raw.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    from += raw[from..].iter().take_while(|byte| matches!(byte, 0 | 0x02)).count();
    let mut to = raw.len() - raw[from..].iter().rev().take_while(|byte| **byte == 0).count();
    to -= match &raw[from..to] {
        [.., b'\r', b'\n'] => 2,
        [.., b'\r' | b'\n' | b'\t' | 0x03] => 1,
        _ => 0,
    };
    (from, to)
}
