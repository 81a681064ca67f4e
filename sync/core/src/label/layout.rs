//! A document as data, and its places on one device.
//!
//! Enters: a [`Sheet`] of elements in hundredths of a millimetre, the typefaces, and the resolution.
//! Leaves: a [`Page`] of lines, bars, shapes and symbols in whole dots, which `zpl`, `raster` and `pdf`
//! all draw alike. Text that does not fit wraps, shrinks to a floor, then is cut (names) or refused
//! (codes); a symbol that does not fit is refused, never squeezed. Nothing here draws or names a device.

use thiserror::Error;

use super::face::{Faces, Line};
use super::fit::{Style, caps, fit};
use super::measure::{Area, Dpi, Ink, Len};
use super::pattern::{self, Grid, SymbolSpec};

/// One page to be laid out.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Width of the paper.
    pub width: Len,
    /// Height of the paper.
    pub height: Len,
    /// Whether the page runs from right to left: every `x` then counts from the right edge.
    pub rtl: bool,
    /// What is on it, in painting order.
    pub elements: Vec<Element>,
}

/// Where text stands in the width of its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the leading edge.
    Start,
    /// In the middle.
    Middle,
    /// At the trailing edge.
    End,
    /// Figures in a column: units below units, whichever way the page runs.
    Figures,
}

/// Where text stands in the height of its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Capitals touch the upper edge.
    Top,
    /// Capitals in the middle: text on plates.
    Middle,
    /// The last baseline is the lower edge.
    Bottom,
}

/// Text in a box.
#[derive(Debug, Clone)]
pub struct Text {
    /// The box; its upper edge is the top of the capitals.
    pub area: Area,
    /// The words.
    pub content: String,
    /// How it is set.
    pub style: Style,
    /// Where it stands across.
    pub align: Align,
    /// Where it stands down.
    pub stand: Stand,
    /// Its colour.
    pub ink: Ink,
}

/// What a page is made of.
#[derive(Debug, Clone)]
pub enum Element {
    /// Text.
    Text(Text),
    /// A filled rectangle: a rule, or a plate behind text.
    Bar {
        /// Where.
        area: Area,
        /// Its colour.
        ink: Ink,
    },
    /// An empty rectangle whose edge lies inside the area.
    Frame {
        /// Where.
        area: Area,
        /// Thickness of the edge.
        edge: Len,
        /// Its colour.
        ink: Ink,
    },
    /// A filled polygon.
    Shape {
        /// Its corners (leading edge, top), in order.
        corners: Vec<(Len, Len)>,
        /// Its colour.
        ink: Ink,
    },
    /// A barcode symbol with its quiet zones inside the area.
    Symbol {
        /// Where.
        area: Area,
        /// What it says, in which symbology, and how large its modules may be.
        spec: SymbolSpec,
        /// Where it stands across.
        align: Align,
    },
}

/// A page laid out for one device, in dots from its upper left corner.
#[derive(Debug, Clone)]
pub struct Page {
    /// The device's resolution.
    pub dpi: Dpi,
    /// Width in dots.
    pub width: i32,
    /// Height in dots.
    pub height: i32,
    /// What to draw, in painting order.
    pub items: Vec<Item>,
    /// Texts that had to be cut, in full: the caller may say so.
    pub cut: Vec<String>,
    /// Characters that no typeface given can write.
    pub missing: Vec<char>,
}

/// A thing on a laid-out page.
#[derive(Debug, Clone)]
pub enum Item {
    /// A line of text.
    Line {
        /// Its left edge.
        x: i32,
        /// Its baseline.
        baseline: i32,
        /// Size of type.
        size: i32,
        /// Its width.
        width: i32,
        /// Left edge and width of its box: what a device's own font may take.
        room: (i32, i32),
        /// The side of the box at which it stands: -1 left, 0 middle, 1 right.
        anchor: i32,
        /// The glyphs.
        line: Line,
        /// Its colour.
        ink: Ink,
    },
    /// A filled rectangle.
    Bar {
        /// Left edge.
        x: i32,
        /// Upper edge.
        y: i32,
        /// Width.
        w: i32,
        /// Height.
        h: i32,
        /// Its colour.
        ink: Ink,
    },
    /// A filled polygon.
    Shape {
        /// Its corners.
        corners: Vec<(i32, i32)>,
        /// Its colour.
        ink: Ink,
    },
    /// A symbol, quiet zones not included.
    Symbol {
        /// Left edge of the first module.
        x: i32,
        /// Upper edge.
        y: i32,
        /// Dots per module.
        module: i32,
        /// Height of the bars of a linear symbol; a matrix symbol is as high as its modules.
        height: i32,
        /// The modules.
        grid: Grid,
    },
}

/// Why a page cannot be laid out.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum LayoutError {
    /// A text that may not be cut is too long for its box.
    #[error("“{content}” does not fit: it needs smaller type than {floor_um10} hundredths of a millimetre")]
    TextDoesNotFit {
        /// The text.
        content: String,
        /// The floor it may not go under.
        floor_um10: i32,
    },
    /// A symbol is wider or higher than its box at the smallest module its reader needs.
    #[error(
        "symbol “{content}” does not fit: it needs {needed_um10} of {given_um10} hundredths of a millimetre"
    )]
    SymbolDoesNotFit {
        /// What it says.
        content: String,
        /// The length needed, quiet zones included.
        needed_um10: i32,
        /// The length given.
        given_um10: i32,
    },
    /// The content cannot be written in that symbology.
    #[error("“{content}” cannot be a symbol: {reason}")]
    NoSymbol {
        /// What it should say.
        content: String,
        /// What the encoder found.
        reason: String,
    },
}

impl Sheet {
    /// An empty page.
    pub fn new(width: Len, height: Len, rtl: bool) -> Sheet {
        Sheet { width, height, rtl, elements: Vec::new() }
    }

    /// Adds text at the top and leading edge of a box.
    pub fn text(&mut self, area: Area, style: Style, content: impl Into<String>) {
        self.set(area, style, Align::Start, Stand::Top, Ink::BLACK, content);
    }

    /// Adds text, with everything said.
    pub fn set(
        &mut self,
        area: Area,
        style: Style,
        align: Align,
        stand: Stand,
        ink: Ink,
        content: impl Into<String>,
    ) {
        self.elements.push(Element::Text(Text { area, content: content.into(), style, align, stand, ink }));
    }

    /// Adds a filled rectangle.
    pub fn bar(&mut self, area: Area, ink: Ink) {
        self.elements.push(Element::Bar { area, ink });
    }

    /// Adds a frame.
    pub fn frame(&mut self, area: Area, edge: Len, ink: Ink) {
        self.elements.push(Element::Frame { area, edge, ink });
    }

    /// Adds a symbol.
    pub fn symbol(&mut self, area: Area, align: Align, spec: SymbolSpec) {
        self.elements.push(Element::Symbol { area, spec, align });
    }

    /// Lays the page out for a device.
    ///
    /// # Errors
    /// The first text or symbol that does not fit, or content no symbol can carry.
    pub fn lay_out(&self, faces: &Faces, dpi: Dpi) -> Result<Page, LayoutError> {
        let mut page = Page {
            dpi,
            width: self.width.dots(dpi),
            height: self.height.dots(dpi),
            items: Vec::new(),
            cut: Vec::new(),
            missing: Vec::new(),
        };
        for element in &self.elements {
            self.place(element, faces, &mut page)?;
        }
        Ok(page)
    }

    fn place(&self, element: &Element, faces: &Faces, page: &mut Page) -> Result<(), LayoutError> {
        match element {
            Element::Text(text) => self.place_text(text, faces, page),
            Element::Bar { area, ink } => {
                let (x, y, w, h) = self.dots(*area, page);
                page.items.push(Item::Bar { x, y, w, h, ink: *ink });
                Ok(())
            }
            Element::Frame { area, edge, ink } => {
                let (x, y, w, h) = self.dots(*area, page);
                let (e, ink) = (edge.dots(page.dpi).max(1), *ink);
                page.items.push(Item::Bar { x, y, w, h: e, ink });
                page.items.push(Item::Bar { x, y: y + h - e, w, h: e, ink });
                page.items.push(Item::Bar { x, y, w: e, h, ink });
                page.items.push(Item::Bar { x: x + w - e, y, w: e, h, ink });
                Ok(())
            }
            Element::Shape { corners, ink } => {
                let x = |x: &Len| if self.rtl { self.width - *x } else { *x };
                let corners = corners.iter().map(|(cx, cy)| (x(cx).dots(page.dpi), cy.dots(page.dpi)));
                page.items.push(Item::Shape { corners: corners.collect(), ink: *ink });
                Ok(())
            }
            Element::Symbol { area, spec, align } => {
                let frame = self.dots(*area, page);
                page.items.extend(pattern::place(spec, frame, self.across(*align), page.dpi)?);
                Ok(())
            }
        }
    }

    /// Left, top, width and height in dots; edges are rounded, so that neighbours meet exactly.
    fn dots(&self, area: Area, page: &Page) -> (i32, i32, i32, i32) {
        let left = if self.rtl { self.width - area.right() } else { area.x };
        let (x0, x1) = (left.dots(page.dpi), (left + area.w).dots(page.dpi));
        let (y0, y1) = (area.y.dots(page.dpi), area.bottom().dots(page.dpi));
        let thin = |length: Len| i32::from(length > Len::ZERO);
        (x0, y0, (x1 - x0).max(thin(area.w)), (y1 - y0).max(thin(area.h)))
    }

    /// The physical side: -1 left, 0 middle, 1 right.
    fn across(&self, align: Align) -> i32 {
        match (align, self.rtl) {
            (Align::Middle, _) => 0,
            (Align::Start, false) | (Align::End, true) => -1,
            (Align::End, false) | (Align::Start, true) | (Align::Figures, _) => 1,
        }
    }

    fn place_text(&self, text: &Text, faces: &Faces, page: &mut Page) -> Result<(), LayoutError> {
        if text.content.trim().is_empty() {
            return Ok(());
        }
        let (left, y, w, h) = self.dots(text.area, page);
        let Some(fitted) = fit(faces, &text.content, &text.style, w, h, page.dpi) else {
            return Err(LayoutError::TextDoesNotFit {
                content: text.content.clone(),
                floor_um10: text.style.floor.get(),
            });
        };
        if fitted.cut {
            page.cut.push(text.content.clone());
        }
        let first = match text.stand {
            Stand::Top => y,
            Stand::Middle => y + (h - fitted.height()) / 2,
            Stand::Bottom => y + h - fitted.height(),
        } + caps(fitted.size);
        for (number, line) in fitted.lines.into_iter().enumerate() {
            page.missing.extend(line.missing.iter().copied());
            let width = line.width(fitted.size);
            let anchor = self.across(text.align);
            let x = match anchor {
                -1 => left,
                0 => left + (w - width) / 2,
                _ => left + w - width,
            };
            let baseline = first + fitted.pitch * number as i32;
            page.items.push(Item::Line {
                x,
                baseline,
                size: fitted.size,
                width,
                room: (left, w),
                anchor,
                line,
                ink: text.ink,
            });
        }
        Ok(())
    }
}
