//! Pictures of the screens while the terminal works without a window: one file for each state that was shown.
//!
//! In: views. Out: PNG files, drawn by the renderer and with the fonts of a real terminal. A build without
//! screens draws nothing and says so when pictures are asked for.

#[cfg(not(feature = "ui"))]
use std::path::Path;

use super::headless::HeadlessError;
use crate::view::View;

#[cfg(feature = "ui")]
pub use drawn::Pictures;

/// Draws nothing: this build has no screens.
#[cfg(not(feature = "ui"))]
#[derive(Debug)]
pub struct Pictures;

#[cfg(not(feature = "ui"))]
impl Pictures {
    /// Takes no folder.
    ///
    /// # Errors
    /// When pictures are asked for.
    pub fn open(folder: Option<&Path>, _: bool) -> Result<Self, HeadlessError> {
        match folder {
            None => Ok(Self),
            Some(_) => Err(HeadlessError::Screen("this build draws no screens".into())),
        }
    }

    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    pub fn draw(&mut self, _: &View) -> Result<(), HeadlessError> {
        Ok(())
    }
}

#[cfg(feature = "ui")]
mod drawn {
    //! Screens on a window of the harness.

    use std::{
        collections::BTreeSet,
        path::{Path, PathBuf},
    };

    use aisle_ui::harness::{self, Canvas};
    use slint::ComponentHandle;

    use super::{HeadlessError, View};
    use crate::{
        ui::Face,
        view::{
            Screen, lead::ReassignStep, load::LoadStep, pack::PackStep, pick::PickStep, work::SignOnStep,
        },
    };

    /// A handheld: 320 by 533 dp at 1.5.
    const HANDHELD: (u32, u32, f32) = (480, 800, 1.5);
    /// A desk.
    const DESK: (u32, u32, f32) = (1_280, 800, 1.0);

    /// Draws views, and keeps a picture of each state.
    pub struct Pictures(Option<Drawing>);

    struct Drawing {
        folder: PathBuf,
        face: Face,
        canvas: Canvas,
        kept: BTreeSet<String>,
    }

    impl Pictures {
        /// Gets ready to draw into a folder; without one nothing is ever drawn.
        ///
        /// # Errors
        /// When this thread cannot draw, or the folder cannot be made.
        pub fn open(folder: Option<&Path>, wide: bool) -> Result<Self, HeadlessError> {
            let Some(folder) = folder else { return Ok(Self(None)) };
            std::fs::create_dir_all(folder)?;
            let (width, height, scale) = if wide { DESK } else { HANDHELD };
            harness::install(width, height, scale).map_err(failed)?;
            let face = Face::open().map_err(failed)?;
            face.app().show().map_err(failed)?;
            let canvas = Canvas::newest().ok_or_else(|| failed("no window was made"))?;
            let (folder, kept) = (folder.to_owned(), BTreeSet::new());
            Ok(Self(Some(Drawing { folder, face, canvas, kept })))
        }

        /// Draws a view; the first of each state is kept as a file.
        ///
        /// # Errors
        /// When the file cannot be written.
        pub fn draw(&mut self, view: &View) -> Result<(), HeadlessError> {
            let Some(drawing) = &mut self.0 else { return Ok(()) };
            drawing.face.show(view);
            drawing.canvas.frame();
            let name = state(view);
            if drawing.kept.contains(&name) {
                return Ok(());
            }
            drawing.canvas.save_png(&drawing.folder.join(format!("{name}.png"))).map_err(failed)?;
            drawing.kept.insert(name);
            Ok(())
        }

        /// The pixels shown last, row after row: red, green, blue. None when nothing is drawn.
        pub fn pixels(&mut self) -> Option<Vec<u8>> {
            self.0.as_mut().map(|drawing| drawing.canvas.rgb())
        }
    }

    fn failed(error: impl ToString) -> HeadlessError {
        HeadlessError::Screen(error.to_string())
    }

    /// The name of a state: the screen, then the refusal over it or the step it is at.
    #[must_use]
    pub(super) fn state(view: &View) -> String {
        let (screen, step) = named(&view.screen);
        let more = match (&view.banner, view.help) {
            (_, true) => "help",
            (Some(banner), false) => banner.kind.as_str(),
            (None, false) => step,
        };
        let name = if more.is_empty() { screen.to_owned() } else { format!("{screen}-{more}") };
        name.replace(['_', ' ', '/'], "-")
    }

    const fn named(screen: &Screen) -> (&'static str, &'static str) {
        match screen {
            Screen::SignOn(at) => (
                "sign-on",
                match at.step {
                    SignOnStep::Badge => "badge",
                    SignOnStep::Pin => "pin",
                },
            ),
            Screen::MyWork(_) => ("my-work", ""),
            Screen::Nothing(_) => ("nothing", ""),
            Screen::Cart(_) => ("cart", ""),
            Screen::Pick(at) => (
                "pick",
                match at.step {
                    PickStep::Place => "place",
                    PickStep::Item => "item",
                    PickStep::Tote => "tote",
                    PickStep::ToteFull => "tote-full",
                },
            ),
            Screen::Short(_) => ("short", ""),
            Screen::Route(_) => ("route", ""),
            Screen::Tote(_) => ("tote", ""),
            Screen::Drop(at) => ("drop", if at.lane.is_some() { "totes" } else { "lane" }),
            Screen::Messages(_) => ("messages", ""),
            Screen::Inquiry(_) => ("inquiry", ""),
            Screen::Scanner(at) => ("scanner", if at.set_up { "set-up" } else { "" }),
            Screen::Pack(at) => (
                "pack",
                match at.step {
                    PackStep::Tote => "tote",
                    PackStep::Grab => "grab",
                    PackStep::Box => "box",
                    PackStep::Weigh => "weigh",
                    PackStep::Label => "label",
                },
            ),
            Screen::Load(at) => (
                "load",
                match at.step {
                    LoadStep::Parcel => "parcel",
                    LoadStep::Lane => "lane",
                    LoadStep::Done => "done",
                    LoadStep::Close => "close",
                },
            ),
            Screen::Trouble(at) => ("trouble", if at.rows.is_empty() { "quiet" } else { "" }),
            Screen::Reassign(at) => (
                "reassign",
                match at.step {
                    ReassignStep::From => "from",
                    ReassignStep::Lines => "lines",
                    ReassignStep::To => "to",
                    ReassignStep::Asked => "asked",
                    ReassignStep::Done => "done",
                },
            ),
            Screen::Board(_) => ("board", ""),
        }
    }
}
