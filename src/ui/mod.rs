//! The screens: what a view says, copied into the globals that the `.slint` files read, and keys back out.
//!
//! In: a [`View`]. Out: keys, by the one callback that every control of every screen shares. One adapter per
//! screen; a list lives as long as the window and is changed row by row, so that nothing jumps. It must never
//! decide, never know a store, a network or a device, and never make a word.

mod lead;
mod load;
mod look;
mod pack;
mod pick;
pub mod refusal;
mod route;
mod rows;
mod run;
mod shell;
mod things;
mod work;

use aisle_ui::{App, Dir, RefusalKind, Shell, ThemeMode};
use slint::{ComponentHandle, Global, PlatformError};

use self::rows::Rows;
use crate::{
    floor::{Key, Setting},
    view::{NotSaved, Screen, View},
};

/// Text sizes that the key goes round, as a factor of the look's own.
const TEXT_SIZES: [f32; 4] = [1.0, 1.5, 2.0, 0.7];
/// How long "Taken back" is shown.
const TAKEN_BACK_MS: u64 = 2_000;

/// The window's contents. It belongs to the thread that draws.
pub struct Face {
    app: App,
    lists: Lists,
    shown: Option<View>,
    language: String,
    forget: slint::Timer,
}

/// The lists of all screens.
struct Lists {
    work: Rows<aisle_ui::WorkRow>,
    slots: Rows<bool>,
    tote: Rows<aisle_ui::ToteLine>,
    dropped: Rows<aisle_ui::DropTote>,
    map: route::Map,
    messages: Rows<aisle_ui::Message>,
    facts: Rows<aisle_ui::Fact>,
    pack: pack::Lists,
    vehicles: Rows<aisle_ui::LoadRow>,
    lead: lead::Lists,
    help: Rows<aisle_ui::HelpAction>,
}

impl Face {
    /// Makes the window, with our fonts and nothing on it yet.
    ///
    /// # Errors
    /// When there is no display to make it on.
    pub fn open() -> Result<Self, PlatformError> {
        let app = App::new()?;
        aisle_ui::pin_fonts();
        let lists = Lists::tied(&app);
        let face = Self { app, lists, shown: None, language: String::new(), forget: slint::Timer::default() };
        face.speak("en");
        Ok(face)
    }

    /// The component, for the window that shows it.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Calls `pressed` for every key and every tap on what shows one.
    pub fn on_key(&self, pressed: impl Fn(Key) + 'static) {
        Shell::get(&self.app).on_key(move |name| {
            if let Ok(key) = name.parse() {
                pressed(key);
            }
        });
    }

    /// Puts a view on the screen; what has not changed is left alone.
    pub fn show(&mut self, view: &View) {
        let before = self.shown.replace(view.clone());
        let before = before.as_ref();
        if !view.frame.language.is_empty() && view.frame.language != self.language {
            self.language.clone_from(&view.frame.language);
            self.speak(&view.frame.language);
        }
        let app = &self.app;
        if before.is_none_or(|before| before.screen != view.screen) {
            screen(app, &self.lists, view);
            self.forget_taken_back(view);
        }
        shell::frame(app, &view.frame);
        shell::screen(app, &self.lists.help, view);
        refusal::banner(app, view.banner.as_ref());
    }

    /// Tells that the disk did not take the last action, and why. The next view takes it away.
    pub fn not_saved(&self, why: NotSaved) {
        aisle_ui::Refusal::get(&self.app).set_kind(match why {
            NotSaved::Unknown => RefusalKind::NotSaved,
            NotSaved::Full => RefusalKind::DiskFull,
            NotSaved::ReadOnly => RefusalKind::ReadOnly,
        });
    }

    /// Takes the next value of a setting of the screen; sound is none.
    pub fn cycle(&self, setting: Setting) {
        let shell = Shell::get(&self.app);
        match setting {
            Setting::Theme => shell.set_theme(match shell.get_theme() {
                ThemeMode::Day => ThemeMode::Dark,
                ThemeMode::Dark => ThemeMode::Sunlight,
                ThemeMode::Sunlight => ThemeMode::Day,
            }),
            Setting::Text => {
                let now = shell.get_text_scale();
                let at = TEXT_SIZES.iter().position(|size| (size - now).abs() < 0.01).unwrap_or(0);
                shell.set_text_scale(TEXT_SIZES[(at + 1) % TEXT_SIZES.len()]);
            }
            Setting::Sound => {}
        }
    }

    /// Turns the screens to a language; one that is not bundled leaves them English.
    fn speak(&self, language: &str) {
        let known = slint::select_bundled_translation(language).is_ok();
        if !known {
            // English is the source of every text and always there.
            let _ = slint::select_bundled_translation("en");
        }
        let arabic = known && language == "ar";
        Shell::get(&self.app).set_language(if known { language } else { "en" }.into());
        Dir::get(&self.app).set_arabic(arabic);
        Dir::get(&self.app).set_rtl(arabic || (known && language == "pseudo"));
    }

    fn forget_taken_back(&self, view: &View) {
        if !matches!(&view.screen, Screen::Pick(pick) if pick.taken_back) {
            return;
        }
        let weak = self.app.as_weak();
        let after = std::time::Duration::from_millis(TAKEN_BACK_MS);
        self.forget.start(slint::TimerMode::SingleShot, after, move || {
            if let Some(app) = weak.upgrade() {
                aisle_ui::Pick::get(&app).set_taken_back(false);
            }
        });
    }
}

impl Lists {
    fn tied(app: &App) -> Self {
        let lists = Self {
            work: Rows::default(),
            slots: Rows::default(),
            tote: Rows::default(),
            dropped: Rows::default(),
            map: route::Map::tied(app),
            messages: Rows::default(),
            facts: Rows::default(),
            pack: pack::Lists::tied(app),
            vehicles: Rows::default(),
            lead: lead::Lists::tied(app),
            help: Rows::default(),
        };
        aisle_ui::SignOn::get(app).set_people(slint::ModelRc::default());
        aisle_ui::MyWork::get(app).set_rows(lists.work.model());
        aisle_ui::Cart::get(app).set_filled(lists.slots.model());
        aisle_ui::ToteView::get(app).set_lines(lists.tote.model());
        aisle_ui::CartDrop::get(app).set_totes(lists.dropped.model());
        aisle_ui::Messages::get(app).set_rows(lists.messages.model());
        aisle_ui::Inquiry::get(app).set_facts(lists.facts.model());
        aisle_ui::Load::get(app).set_rows(lists.vehicles.model());
        aisle_ui::Help::get(app).set_actions(lists.help.model());
        lists
    }
}

fn screen(app: &App, lists: &Lists, view: &View) {
    match &view.screen {
        Screen::SignOn(sign_on) => work::sign_on(app, sign_on),
        Screen::MyWork(mine) => work::mine(app, &lists.work, mine),
        Screen::Nothing(nothing) => work::nothing(app, nothing),
        Screen::Cart(cart) => run::cart(app, &lists.slots, cart),
        Screen::Pick(pick) => pick::show(app, pick),
        Screen::Short(short) => run::short(app, short),
        Screen::Route(route) => lists.map.show(app, route),
        Screen::Tote(tote) => run::tote(app, &lists.tote, tote),
        Screen::Drop(drop) => run::drop(app, &lists.dropped, drop),
        Screen::Messages(messages) => look::messages(&lists.messages, messages),
        Screen::Inquiry(inquiry) => look::inquiry(app, &lists.facts, inquiry),
        Screen::Scanner(learned) => look::scanner(app, learned),
        Screen::Pack(pack) => lists.pack.show(app, pack),
        Screen::Load(load) => load::show(app, &lists.vehicles, load),
        Screen::Trouble(troubles) => lists.lead.troubles(app, troubles),
        Screen::Reassign(reassign) => lists.lead.reassign(app, reassign, view.frame.online),
        Screen::Board(board) => lists.lead.board(app, board),
    }
}
