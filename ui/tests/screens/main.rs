//! Every screen, drawn: in three themes, at three text sizes, in all languages and in the pseudo-locale.
//!
//! The pictures land in `target/screens/`; the tests look at what a picture cannot show: cut text, missing
//! labels, contrast, missing translations, and pixels that depend on the machine.

mod contrast;
mod fonts;
mod gallery;
mod harness;
mod labels;
mod lang;
mod photo;
mod render;
mod scene;
mod scene_look;
mod scene_task;
mod stage;
mod text;
