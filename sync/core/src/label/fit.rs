//! Making text fit its box: wrap first, then shrink to a floor, then cut with an ellipsis or refuse.
//!
//! Enters: text, how it is set, and a box in dots. Leaves: a size and shaped lines that fit, or nothing.
//! Never draws over the box, never shrinks under the floor.

use super::face::{CAPS_PERMILLE, Faces, Line, Weight};
use super::measure::{Dpi, Len};

/// How text is set in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Size of type, in em.
    pub size: Len,
    /// The smallest size it may shrink to.
    pub floor: Len,
    /// Weight.
    pub weight: Weight,
    /// The most lines it may take.
    pub lines: u8,
    /// Baseline to baseline, in hundredths of the size.
    pub pitch: u8,
    /// Whether text too long for the floor size is cut with an ellipsis. Codes, places and quantities
    /// are never cut: for them it is an error.
    pub cut: bool,
}

impl Style {
    /// One line that may shrink to two thirds and be cut.
    pub const fn line(size: Len, weight: Weight) -> Style {
        Style { size, floor: Len::hundredths(size.get() * 2 / 3), weight, lines: 1, pitch: 130, cut: true }
    }

    /// One line that may shrink to half and is never cut.
    pub const fn code(size: Len, weight: Weight) -> Style {
        Style { size, floor: Len::hundredths(size.get() / 2), weight, lines: 1, pitch: 120, cut: false }
    }

    /// The same over several lines.
    pub const fn over(self, lines: u8) -> Style {
        Style { lines, ..self }
    }

    /// The same, shrinking no further than this.
    pub const fn floor(self, floor: Len) -> Style {
        Style { floor, ..self }
    }
}

/// Text that was made to fit.
pub(crate) struct Fitted {
    pub(crate) size: i32,
    pub(crate) pitch: i32,
    pub(crate) lines: Vec<Line>,
    pub(crate) cut: bool,
}

impl Fitted {
    /// From the top of the first line's capitals to the last baseline.
    pub(crate) fn height(&self) -> i32 {
        caps(self.size) + self.pitch * (self.lines.len().max(1) as i32 - 1)
    }
}

/// Height of capitals at a size, both in dots, rounded up.
pub(crate) fn caps(size: i32) -> i32 {
    (size * CAPS_PERMILLE + 999) / 1000
}

/// The most characters of one text that are looked at: more than fits any page of ours, and a bound for
/// the work when a field from outside holds a book.
const LONGEST: usize = 2_000;

/// Sizes tried between the wished one and the floor.
const STEPS: i32 = 8;

/// Fits text into a box in dots; `None` when even the floor is too large and it may not be cut.
pub(crate) fn fit(
    faces: &Faces,
    text: &str,
    style: &Style,
    width: i32,
    height: i32,
    dpi: Dpi,
) -> Option<Fitted> {
    let whole = text;
    let text = text.char_indices().nth(LONGEST).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    let (top, floor) = (style.size.dots(dpi), style.floor.min(style.size).dots(dpi).max(1));
    let mut last = 0;
    for step in 0..=STEPS {
        let size = top - (top - floor) * step / STEPS;
        if size == last {
            continue;
        }
        last = size;
        let pitch = size * i32::from(style.pitch) / 100;
        let room = rows(size, pitch, height, style.lines);
        if let Some(lines) = wrap(faces, text, style.weight, size, width, room, false) {
            return Some(Fitted { size, pitch, lines, cut: whole != text });
        }
    }
    let pitch = floor * i32::from(style.pitch) / 100;
    let room = rows(floor, pitch, height, style.lines);
    if !style.cut || room == 0 {
        return None;
    }
    if let Some(lines) = wrap(faces, text, style.weight, floor, width, room, true) {
        return Some(Fitted { size: floor, pitch, lines, cut: whole != text });
    }
    Some(Fitted { size: floor, pitch, lines: cut(faces, text, style.weight, floor, width, room), cut: true })
}

/// How many lines a text takes in a width: at least one, at most what the style allows.
pub(crate) fn lines_needed(faces: &Faces, text: &str, style: &Style, width: Len) -> i32 {
    let dpi = Dpi::D600;
    let tall = (style.size * i32::from(style.lines) * 2).dots(dpi);
    let fitted = fit(faces, text, style, width.dots(dpi), tall, dpi);
    fitted.map_or(i32::from(style.lines), |fitted| fitted.lines.len().max(1) as i32)
}

fn rows(size: i32, pitch: i32, height: i32, most: u8) -> usize {
    let spare = height - caps(size);
    if spare < 0 {
        return 0;
    }
    ((spare / pitch.max(1)) as usize + 1).min(usize::from(most))
}

/// Greedy lines of at most `width` dots, at most `room` of them; words are broken only if `split`.
fn wrap(
    faces: &Faces,
    text: &str,
    weight: Weight,
    size: i32,
    width: i32,
    room: usize,
    split: bool,
) -> Option<Vec<Line>> {
    if room == 0 {
        return None;
    }
    let whole = faces.line(text.trim(), weight);
    if whole.width(size) <= width {
        return Some(vec![whole]);
    }
    if room == 1 {
        return None;
    }
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if lines.len() == room {
            return None;
        }
        let (line, after) = first_line(faces, rest, weight, size, width, split)?;
        lines.push(line);
        rest = after.trim_start();
    }
    Some(lines)
}

/// As many words as fit on one line, and what is left.
fn first_line<'t>(
    faces: &Faces,
    text: &'t str,
    weight: Weight,
    size: i32,
    width: i32,
    split: bool,
) -> Option<(Line, &'t str)> {
    let mut best: Option<(Line, &str)> = None;
    for end in break_points(text) {
        let (head, rest) = text.split_at_checked(end)?;
        let line = faces.line(head.trim_end(), weight);
        if line.width(size) > width {
            break;
        }
        best = Some((line, rest));
    }
    if best.is_none() && split {
        let end = longest_prefix(faces, text, weight, size, width, "")?;
        let (head, rest) = text.split_at_checked(end)?;
        best = Some((faces.line(head, weight), rest));
    }
    best
}

/// Byte offsets after which a line may end: after spaces, hyphens and slashes, and the end.
/// A no-break space is no break.
fn break_points(text: &str) -> impl Iterator<Item = usize> + '_ {
    let after = text.char_indices().filter_map(|(at, c)| {
        (c != '\u{A0}' && (c.is_whitespace() || matches!(c, '-' | '/'))).then_some(at + c.len_utf8())
    });
    after.filter(|end| *end < text.len()).chain(std::iter::once(text.len()))
}

/// The longest prefix that, with `tail` behind it, is not wider than `width`. Binary search over
/// characters; `None` when not even one fits.
fn longest_prefix(
    faces: &Faces,
    text: &str,
    weight: Weight,
    size: i32,
    width: i32,
    tail: &str,
) -> Option<usize> {
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let fits = |end: &usize| {
        let head = text.get(..*end).unwrap_or_default();
        faces.line(&format!("{}{tail}", head.trim_end()), weight).width(size) <= width
    };
    let count = ends.partition_point(fits);
    count.checked_sub(1).and_then(|last| ends.get(last).copied())
}

/// The lines that fit, the last one ending in an ellipsis.
fn cut(faces: &Faces, text: &str, weight: Weight, size: i32, width: i32, room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while lines.len() + 1 < room {
        let Some((line, after)) = first_line(faces, rest, weight, size, width, true) else { break };
        lines.push(line);
        rest = after.trim_start();
    }
    let end = longest_prefix(faces, rest, weight, size, width, "…").unwrap_or(0);
    let head = rest.get(..end).unwrap_or_default().trim_end();
    lines.push(faces.line(&format!("{head}…"), weight));
    lines
}
