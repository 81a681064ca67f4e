//! The documents: each a plain struct of what is printed, and how it is set.
//!
//! Enter: texts, numbers and codes that the caller chose. Leave: [`Sheet`]s, one a page. A document looks
//! nothing up, and knows neither orders nor tasks. Sizes: captions 2 mm capitals, what is read at arm's
//! length 3 mm and more, on labels all in black.

pub mod badge;
pub mod flow;
pub mod manifest;
pub mod parcel;
pub mod place;
pub mod practice;
pub mod slip;
pub mod sticker;

use super::fit::Style;
use super::layout::Sheet;
use super::{Area, Ink, Len, Weight};

pub use badge::{Badge, Role, badge_pages};
pub use manifest::{ManifestDoc, ManifestParcel};
pub use parcel::{ParcelLabel, Stock};
pub use place::{PlaceKind, PlaceLabel};
pub use practice::{Practice, PracticeCode, PracticeEntry, PracticeGroup};
pub use slip::{PackingSlip, Paper, Prices, SlipLine};
pub use sticker::ToteSticker;

/// Who something comes from or goes to, as it should be printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Person or company.
    pub name: String,
    /// Street, building, floor: one printed line each.
    pub street: Vec<String>,
    /// Postcode and town, in the order of the country.
    pub town: String,
    /// Country; empty at home.
    pub country: String,
}

impl Address {
    /// The lines under the name, the country last, empty ones left out.
    fn below(&self) -> Vec<&str> {
        let lines = self.street.iter().map(String::as_str);
        lines.chain([self.town.as_str(), self.country.as_str()]).filter(|line| !line.is_empty()).collect()
    }
}

/// Small words that name what stands below them.
const CAPTION: Style = Style::line(Len::hundredths(290), Weight::Medium);

/// Distance from a caption's capitals to those of its value.
const CAPTION_DROP: Len = Len::hundredths(380);

/// A caption and its value below.
fn pair(sheet: &mut Sheet, area: Area, caption: &str, style: Style, value: &str) {
    let head = Area::new(area.x, area.y, area.w, Len::mm(3));
    sheet.set(head, CAPTION, super::layout::Align::Start, super::layout::Stand::Top, Ink::BLACK, caption);
    let rest = Area::new(area.x, area.y + CAPTION_DROP, area.w, area.h - CAPTION_DROP);
    sheet.text(rest, style, value);
}

/// Digits in groups of four from the left, parted by no-break spaces.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push('\u{A0}');
        }
        out.push(c);
    }
    out
}
