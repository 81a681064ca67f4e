//! The terminal with a window: this thread only draws, another one turns.
//!
//! In: keystrokes, which become scans or keys whatever is on the screen, and taps, which are keys. Out: views,
//! always the newest, and cues. Nothing is shown green and nothing is heard before the turn's answer, and that
//! comes once the operation is on the disk.

use std::{
    cell::RefCell,
    io,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use aisle_core::wire::v1::Enrolment;
use aisle_ui::App;
use slint::{ComponentHandle, LogicalSize, PlatformError, Weak};

use super::{
    input::{Input, Inputs},
    place::Place,
    shell::{Shell, StartError, Turned},
};
use crate::{
    device::{
        audio::{self, Clips, Loudness, Speaker},
        clock::Clock,
        tone,
        wedge::{self, Came, Typed, Wedge},
    },
    floor::{Cue, Key, Setting},
    scan::{Scan, Source},
    ui::Face,
    view::{self, NotSaved, View},
};

/// Time goes by for the floor at least so often.
const TICK: Duration = Duration::from_secs(2);
/// A desk's window, in dp.
const DESK: LogicalSize = LogicalSize { width: 1_280.0, height: 800.0 };

/// Why there is no window, or no more.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The terminal does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The system gives no window.
    #[error("no window: {0}")]
    Platform(#[from] PlatformError),
    /// The system gives no thread.
    #[error("no thread to work on: {0}")]
    Thread(#[from] io::Error),
}

thread_local! {
    /// The screens, on the window's thread: what other threads post finds them here.
    static FACE: RefCell<Option<Face>> = const { RefCell::new(None) };
}

/// What the turn's thread wants shown; a newer one takes the place of one that still waits.
struct Shown {
    view: View,
    settings: Vec<Setting>,
    not_saved: Option<NotSaved>,
}

/// Works until the window is closed.
///
/// # Errors
/// See [`WindowError`].
pub fn run(
    place: Place,
    enrolment: Option<&Enrolment>,
    seed: [u8; 32],
    wide: bool,
) -> Result<(), WindowError> {
    let inputs = Arc::new(Inputs::default());
    let face = Face::open()?;
    let app = face.app().clone_strong();
    if wide {
        app.window().set_size(DESK);
    }
    let taps = Arc::clone(&inputs);
    face.on_key(move |key| give(&taps, Input::Key(key)));
    FACE.with_borrow_mut(|kept| *kept = Some(face));
    keyboard::listen(&app, &inputs);

    let (started, start) = mpsc::channel();
    let desk = Desk { inputs: Arc::clone(&inputs), next: Arc::default(), window: app.as_weak() };
    let place = if enrolment.is_none() { place.for_practice() } else { place };
    let enrolment = enrolment.cloned();
    let turning = thread::Builder::new().name("turn".into()).spawn(move || {
        match desk.start(place, enrolment.as_ref(), seed) {
            Ok(shell) => {
                drop(started.send(Ok(())));
                desk.work(shell);
            }
            Err(error) => drop(started.send(Err(error))),
        }
    })?;
    // Gone without an answer means that the thread panicked: joining tells.
    if let Ok(answer) = start.recv() {
        answer?;
        app.run()?;
    }
    let _ = inputs.push(Input::Stop);
    if turning.join().is_err() {
        return Err(io::Error::other("the turn stopped").into());
    }
    FACE.with_borrow_mut(|kept| *kept = None);
    Ok(())
}

/// Hands an input to the turn. One that is not taken is told, never dropped in silence.
fn give(inputs: &Inputs, input: Input) {
    if let Err(full) = inputs.push(input) {
        tracing::error!(%full, "an input was not taken");
        FACE.with_borrow(|face| face.as_ref().map(|face| face.not_saved(NotSaved::Unknown)));
    }
}

/// The turn's thread.
struct Desk {
    inputs: Arc<Inputs>,
    next: Arc<Mutex<Option<Shown>>>,
    window: Weak<App>,
}

impl Desk {
    fn start(
        &self,
        place: Place,
        enrolment: Option<&Enrolment>,
        seed: [u8; 32],
    ) -> Result<Shell, StartError> {
        let waker = Arc::clone(&self.inputs);
        // A queue that is full wakes the turn anyway.
        let wake = Arc::new(move || {
            let _ = waker.push(Input::Fed);
        });
        Shell::start(place, enrolment, Clock::system(), seed, wake)
    }

    fn work(&self, mut shell: Shell) {
        let mut sound = Sound::open();
        self.show(&mut shell, None, &mut sound);
        loop {
            let input = self.inputs.next(patience(&shell));
            if input == Some(Input::Stop) {
                return;
            }
            let mut turned = shell.hear();
            if input != Some(Input::Fed) {
                turned.push(shell.input(input.unwrap_or(Input::Tick)));
            }
            let mut not_saved = None;
            for turned in &turned {
                not_saved = not_saved.max(turned.not_saved());
                sound.hear(turned);
            }
            self.show(&mut shell, not_saved, &mut sound);
        }
    }

    /// Posts the view. While one waits to be drawn, the newer one takes its place.
    fn show(&self, shell: &mut Shell, not_saved: Option<NotSaved>, sound: &mut Sound) {
        let mut settings = shell.take_settings();
        settings.retain(|setting| !sound.set(*setting));
        let view = view::build(shell.view_input());
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = next.take();
        let posted = waiting.is_some();
        let (mut before, told) = waiting.map_or_else(Default::default, |one| (one.settings, one.not_saved));
        before.extend(settings);
        *next = Some(Shown { view, settings: before, not_saved: not_saved.max(told) });
        drop(next);
        if posted {
            return;
        }
        let slot = Arc::clone(&self.next);
        // The window is gone only when the program ends.
        drop(self.window.upgrade_in_event_loop(move |_| {
            let shown = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(shown) = shown {
                FACE.with_borrow_mut(|face| {
                    if let Some(face) = face {
                        draw(face, &shown);
                    }
                });
            }
        }));
    }
}

fn draw(face: &mut Face, shown: &Shown) {
    for setting in &shown.settings {
        face.cycle(*setting);
    }
    face.show(&shown.view);
    if let Some(why) = shown.not_saved {
        face.not_saved(why);
    }
}

/// Until the engine wants to go on, and at most a tick.
fn patience(shell: &Shell) -> Duration {
    let left = shell.wake_at().map(|at| at.since(shell.now()).max(1));
    left.and_then(|ms| u64::try_from(ms).ok()).map_or(TICK, |ms| Duration::from_millis(ms).min(TICK))
}

/// Cues, heard on the sound device's own thread.
struct Sound {
    speaker: Box<dyn Speaker>,
    loudness: Loudness,
}

impl Sound {
    fn open() -> Self {
        let (speaker, silent) = audio::open(clips());
        if let Some(why) = silent {
            tracing::warn!(%why, "cues are not heard");
        }
        Self { speaker, loudness: Loudness::FULL }
    }

    fn hear(&mut self, turned: &Turned) {
        if let Some(cue) = turned.answer.cue {
            self.speaker.play(cue.word());
        }
    }

    /// Takes the next loudness, if that is the setting.
    fn set(&mut self, setting: Setting) -> bool {
        let mine = setting == Setting::Sound;
        if mine {
            self.loudness = self.loudness.next();
            self.speaker.set(self.loudness);
        }
        mine
    }
}

fn clips() -> Clips {
    Cue::ALL.into_iter().map(|cue| (cue.word(), tone::wav(cue.tones()))).collect()
}

mod keyboard {
    //! Keystrokes, before any widget sees them: a burst is a scan, the rest are keys.

    use slint::{
        Timer, TimerMode,
        winit_030::{
            EventResult, WinitWindowAccessor,
            winit::{
                event::{ElementState, KeyEvent, WindowEvent},
                keyboard::{Key as Logical, NamedKey},
                platform::modifier_supplement::KeyEventExtModifierSupplement,
            },
        },
    };

    use super::{
        App, Arc, Came, Clock, ComponentHandle, Duration, Input, Inputs, Key, Rc, RefCell, Scan, Source,
        Typed, Wedge, give, wedge,
    };

    /// Takes every keystroke of the window.
    pub(super) fn listen(app: &App, inputs: &Arc<Inputs>) {
        let desk = Rc::new(Keys {
            keyboard: RefCell::default(),
            silence: Timer::default(),
            drawn: Timer::default(),
            inputs: Arc::clone(inputs),
            clock: Clock::system(),
        });
        app.window().on_winit_window_event(move |window, event| match event {
            WindowEvent::RedrawRequested => {
                desk.drawing();
                EventResult::Propagate
            }
            WindowEvent::KeyboardInput { event, .. } => {
                if matches!(event.logical_key, Logical::Dead(_)) {
                    // An accent must not wait for a letter: it would swallow what it does not join.
                    window.with_winit_window(|window| window.reset_dead_keys());
                }
                for stroke in strokes(event) {
                    let came = desk.keyboard.borrow_mut().stroke(stroke, desk.now_ms());
                    came.into_iter().for_each(|it| give(&desk.inputs, it));
                }
                desk.wait();
                EventResult::PreventDefault
            }
            _ => EventResult::Propagate,
        });
    }

    /// The keyboard with what it needs of the window.
    struct Keys {
        keyboard: RefCell<Keyboard>,
        silence: Timer,
        drawn: Timer,
        inputs: Arc<Inputs>,
        clock: Clock,
    }

    impl Keys {
        fn now_ms(&self) -> u64 {
            u64::try_from(self.clock.now_ms()).unwrap_or(0)
        }

        /// Comes back when a burst without an ending must be over.
        fn wait(self: &Rc<Self>) {
            let Some(due) = self.keyboard.borrow().wedge.due_ms() else { return self.silence.stop() };
            let after = Duration::from_millis(due.saturating_sub(self.now_ms()));
            let desk = Rc::clone(self);
            self.silence.start(TimerMode::SingleShot, after, move || {
                // Timers are asked before strokes that waited while the window drew are read: those come first.
                let again = Rc::clone(&desk);
                desk.silence.start(TimerMode::SingleShot, Duration::ZERO, move || again.waited());
            });
        }

        fn waited(self: &Rc<Self>) {
            let came = self.keyboard.borrow_mut().waited(self.now_ms());
            came.into_iter().for_each(|it| give(&self.inputs, it));
            self.wait();
        }

        /// The window draws now. Strokes may wait from here until those that did are read: after the next round of
        /// the window's events, so after two rounds of timers.
        fn drawing(self: &Rc<Self>) {
            self.keyboard.borrow_mut().held_up(self.now_ms());
            let desk = Rc::clone(self);
            self.drawn.start(TimerMode::SingleShot, Duration::ZERO, move || {
                let again = Rc::clone(&desk);
                desk.drawn.start(TimerMode::SingleShot, Duration::ZERO, move || {
                    again.keyboard.borrow_mut().caught_up();
                });
            });
        }
    }

    /// What the keyboard did.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Stroke {
        /// A key was struck: its character, or that which stands for it.
        Text(char),
        /// Alt went down: digits until it comes up are the number of one character, as some scanners type it.
        AltDown,
        /// Alt came up.
        AltUp,
    }

    fn strokes(event: &KeyEvent) -> Vec<Stroke> {
        let pressed = event.state == ElementState::Pressed;
        if event.logical_key == Logical::Named(NamedKey::Alt) {
            return if event.repeat {
                Vec::new()
            } else {
                vec![if pressed { Stroke::AltDown } else { Stroke::AltUp }]
            };
        }
        if !pressed || event.repeat {
            return Vec::new();
        }
        let textless = match &event.logical_key {
            Logical::Named(named) => without_text(*named),
            Logical::Dead(accent) => *accent,
            _ => None,
        };
        match (textless, &event.logical_key, event.text_with_all_modifiers()) {
            (Some(character), ..) => vec![Stroke::Text(character)],
            // Control and a key is how some scanners type the group separator.
            (None, _, Some(text)) => text.chars().map(Stroke::Text).collect(),
            // Something was typed, and a code that it is missing from must not pass for whole.
            (None, Logical::Dead(None) | Logical::Unidentified(_), None) => {
                vec![Stroke::Text(char::REPLACEMENT_CHARACTER)]
            }
            (None, _, None) => Vec::new(),
        }
    }

    /// The system's back, and Backspace.
    const BACK: char = '\u{8}';

    /// The character that stands for a key which types none.
    fn without_text(named: NamedKey) -> Option<char> {
        use NamedKey as N;
        const F: [N; 12] =
            [N::F1, N::F2, N::F3, N::F4, N::F5, N::F6, N::F7, N::F8, N::F9, N::F10, N::F11, N::F12];
        const ARROW: [N; 4] = [N::ArrowUp, N::ArrowDown, N::ArrowLeft, N::ArrowRight];
        match named {
            N::Escape | N::Backspace | N::BrowserBack => Some(BACK),
            _ => {
                let function = (1u8..).zip(F).find(|(_, key)| *key == named);
                let arrow = wedge::ARROWS.into_iter().zip(ARROW).find(|(_, key)| *key == named);
                function.and_then(|(number, _)| wedge::function_key(number)).or(arrow.map(|(arrow, _)| arrow))
            }
        }
    }

    /// Gathers strokes into inputs.
    #[derive(Debug, Default)]
    pub(super) struct Keyboard {
        wedge: Wedge,
        /// The digits struck while Alt is down.
        alt: Option<String>,
        /// Since when strokes may have been waiting.
        held_ms: Option<u64>,
    }

    impl Keyboard {
        pub(super) fn stroke(&mut self, stroke: Stroke, now_ms: u64) -> Vec<Input> {
            let character = match (stroke, &mut self.alt) {
                (Stroke::AltDown, alt) => {
                    *alt = Some(String::new());
                    None
                }
                (Stroke::Text(digit @ '0'..='9'), Some(digits)) => {
                    digits.push(digit);
                    None
                }
                (Stroke::Text(character), _) => Some(character),
                (Stroke::AltUp, alt) => {
                    alt.take().and_then(|digits| digits.parse::<u8>().ok()).map(char::from)
                }
            };
            let came = Came { from_ms: self.held_ms.map_or(now_ms, |held| held.min(now_ms)), at_ms: now_ms };
            let typed = character.and_then(|character| self.wedge.typed(character, came));
            typed.into_iter().flat_map(inputs).collect()
        }

        /// From now on strokes may wait before they are read.
        pub(super) fn held_up(&mut self, now_ms: u64) {
            self.held_ms.get_or_insert(now_ms);
        }

        /// All that waited are read.
        pub(super) const fn caught_up(&mut self) {
            self.held_ms = None;
        }

        pub(super) fn waited(&mut self, now_ms: u64) -> Vec<Input> {
            self.wedge.waited(now_ms).into_iter().flat_map(inputs).collect()
        }
    }

    fn inputs(typed: Typed) -> Vec<Input> {
        match typed {
            Typed::Scan { raw, came } => vec![scan(raw, came)],
            Typed::Keys(keys) => keys.into_iter().filter_map(key).map(Input::Key).collect(),
            // Nothing of it is used, and an empty scan is refused aloud.
            Typed::TooLong { came } => vec![scan(Vec::new(), came)],
        }
    }

    fn scan(raw: Vec<u8>, came: Came) -> Input {
        Input::Scan(Scan { from_ms: came.from_ms, ..Scan::new(raw, Source::Wedge(0), came.at_ms) })
    }

    fn key(character: char) -> Option<Key> {
        match character {
            '\r' => Some(Key::Enter),
            BACK => Some(Key::Back),
            _ => match wedge::number_of(character) {
                Some(number) => Some(Key::F(number)),
                None => character.to_string().parse().ok(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        keyboard::{Keyboard, Stroke},
        *,
    };

    fn scan(raw: &str, at_ms: u64) -> Input {
        Input::Scan(Scan::new(raw, Source::Wedge(0), at_ms))
    }

    fn text(keyboard: &mut Keyboard, text: &str, from_ms: u64, step_ms: u64) -> Vec<Input> {
        let times = (0u64..).map(|n| from_ms + n * step_ms);
        let stroke = |(c, at)| {
            let silence = keyboard.waited(at);
            silence.into_iter().chain(keyboard.stroke(Stroke::Text(c), at)).collect::<Vec<_>>()
        };
        text.chars().zip(times).flat_map(stroke).collect()
    }

    #[test]
    fn every_cue_has_a_clip_that_plays_is_short_and_is_heard() {
        let clips = clips();
        for cue in Cue::ALL {
            let clip = io::Cursor::new(clips[cue.word()].clone());
            let source = rodio::Decoder::new(clip).expect("a clip that decodes");
            let rate = usize::try_from(u32::from(rodio::Source::sample_rate(&source))).unwrap();
            let samples: Vec<f32> = source.collect();
            let ms = samples.len() * 1_000 / rate;
            assert!((30..=180).contains(&ms), "{cue:?} lasts {ms} ms");
            let loudest = samples.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()));
            assert!((0.5..=1.0).contains(&loudest), "{cue:?} is as loud as {loudest}");
        }
    }

    #[test]
    fn a_burst_is_a_scan_and_single_strokes_are_keys() {
        let mut keyboard = Keyboard::default();
        assert_eq!(text(&mut keyboard, "T0042E\r", 0, 2), [scan("T0042E", 12)]);
        assert_eq!(text(&mut keyboard, "3", 1_000, 2), []);
        assert_eq!(keyboard.waited(2_000), [Input::Key(Key::Digit(3))]);
    }

    #[test]
    fn a_function_key_does_not_overtake_what_was_typed_before_it() {
        let mut keyboard = Keyboard::default();
        assert_eq!(text(&mut keyboard, "7\u{F707}", 0, 1), []);
        assert_eq!(keyboard.waited(1_000), [Key::Digit(7), Key::F(4)].map(Input::Key));
        assert_eq!(text(&mut keyboard, "\u{8}", 2_000, 1), []);
        assert_eq!(keyboard.waited(3_000), [Input::Key(Key::Back)]);
    }

    #[test]
    fn a_group_separator_inside_a_burst_stays_in_the_scan() {
        let mut keyboard = Keyboard::default();
        let came = text(&mut keyboard, "10A\u{1d}21B\r", 0, 2);
        assert_eq!(came, [scan("10A\u{1d}21B", 14)]);
    }

    #[test]
    fn a_separator_typed_as_a_function_key_or_by_its_number_stays_in_the_scan() {
        let mut keyboard = Keyboard::default();
        assert_eq!(text(&mut keyboard, "10A\u{F70B}21B\r", 0, 2), [scan("10A\u{F70B}21B", 14)]);
        assert_eq!(text(&mut keyboard, "10A", 1_000, 2), []);
        for (stroke, at) in
            [Stroke::AltDown, Stroke::Text('0'), Stroke::Text('2'), Stroke::Text('9'), Stroke::AltUp]
                .into_iter()
                .zip(1_006u64..)
        {
            assert_eq!(keyboard.stroke(stroke, at), []);
        }
        assert_eq!(text(&mut keyboard, "21B\r", 1_011, 2), [scan("10A\u{1d}21B", 1_017)]);
    }

    #[test]
    fn a_scan_that_waited_while_the_window_drew_tells_since_when() {
        let mut keyboard = Keyboard::default();
        keyboard.held_up(5);
        keyboard.held_up(9);
        let held = text(&mut keyboard, "T0042E\r", 200, 0);
        assert_eq!(held, [Input::Scan(Scan { from_ms: 5, ..Scan::new("T0042E", Source::Wedge(0), 200) })]);
        keyboard.caught_up();
        assert_eq!(text(&mut keyboard, "T0042E\r", 300, 0), [scan("T0042E", 300)]);
    }
}
