//! Pixels and keys without a display.
//!
//! What enters: a size in pixels, a scale, key presses and the passing of time. What leaves: RGB pixels, the
//! region that was repainted, PNG files. Used by the screen tests, by the scripted demo and by the latency
//! bench, so that all three see what a terminal would draw: same renderer, same fonts, same partial redraw.
//!
//! Everything here belongs to one thread: Slint's windows are not `Send`, and each thread that calls
//! [`install`] has its own platform, its own windows and its own virtual clock. The clock never reads the
//! system's; time passes only through [`advance`].

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    path::Path,
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use slint::{
    LogicalPosition, PhysicalSize, PlatformError, Rgb8Pixel, SharedString,
    platform::{
        EventLoopProxy, Key, Platform, PointerEventButton, WindowAdapter, WindowEvent,
        software_renderer::{MinimalSoftwareWindow, RepaintBufferType},
        update_timers_and_animations,
    },
};

pub use crate::pin_fonts;

/// Step of [`advance`] in milliseconds: chained timers fire one after another, as on a 60 Hz screen.
const STEP_MS: u64 = 16;

thread_local! {
    static WINDOWS: RefCell<Vec<Rc<MinimalSoftwareWindow>>> = const { RefCell::new(Vec::new()) };
    static CLOCK: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static GEOMETRY: Cell<(u32, u32, f32)> = const { Cell::new((480, 800, 1.5)) };
    static OWNS_QUEUE: Cell<bool> = const { Cell::new(false) };
}

type Posted = Box<dyn FnOnce() + Send>;
/// What other threads posted with `invoke_from_event_loop`; unbounded because each poster coalesces.
static POSTED: Mutex<VecDeque<Posted>> = Mutex::new(VecDeque::new());
/// Slint keeps one event loop proxy per process: the first thread that installs gets the posts.
static QUEUE_TAKEN: AtomicBool = AtomicBool::new(false);

/// The platform behind [`install`]: software windows of one size, and the virtual clock.
struct Headless;

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let (width, height, scale_factor) = GEOMETRY.get();
        window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor });
        window.set_size(PhysicalSize::new(width, height));
        window.dispatch_event(WindowEvent::WindowActiveChanged(true));
        WINDOWS.with_borrow_mut(|all| all.push(window.clone()));
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        CLOCK.get()
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        // A second proxy would make `set_platform` fail for its whole thread.
        if QUEUE_TAKEN.swap(true, Ordering::SeqCst) {
            return None;
        }
        OWNS_QUEUE.set(true);
        Some(Box::new(Queue))
    }
}

/// Takes what other threads post; [`pump`] runs it.
struct Queue;

impl EventLoopProxy for Queue {
    fn quit_event_loop(&self) -> Result<(), slint::EventLoopError> {
        Ok(())
    }

    fn invoke_from_event_loop(&self, event: Posted) -> Result<(), slint::EventLoopError> {
        POSTED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push_back(event);
        Ok(())
    }
}

/// Makes this thread headless. Windows created from now on are `width_px` × `height_px` device pixels at
/// `scale` device pixels per dp. May be called again to change the size of the next window.
///
/// # Errors
/// When this thread already has another Slint platform, for example a real window.
pub fn install(width_px: u32, height_px: u32, scale: f32) -> Result<(), PlatformError> {
    thread_local!(static INSTALLED: Cell<bool> = const { Cell::new(false) });
    let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
    GEOMETRY.set((width_px.max(1), height_px.max(1), scale));
    if !INSTALLED.get() {
        slint::platform::set_platform(Box::new(Headless))
            .map_err(|other| PlatformError::Other(other.to_string()))?;
        INSTALLED.set(true);
    }
    Ok(())
}

/// Milliseconds of virtual time since this thread's start.
#[must_use]
pub fn now_ms() -> u64 {
    u64::try_from(CLOCK.get().as_millis()).unwrap_or(u64::MAX)
}

/// Lets `ms` milliseconds of virtual time pass: timers and animations run, posted closures too.
pub fn advance(ms: u64) {
    let mut rest = ms;
    loop {
        let step = rest.min(STEP_MS);
        CLOCK.set(CLOCK.get() + Duration::from_millis(step));
        pump();
        rest -= step;
        if rest == 0 {
            return;
        }
    }
}

/// Runs what is due now: closures posted from other threads, then timers and animations. Returns how many
/// closures ran.
pub fn pump() -> usize {
    let mut ran = 0;
    while OWNS_QUEUE.get() {
        let next = POSTED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).pop_front();
        let Some(run) = next else { break };
        run();
        ran += 1;
    }
    update_timers_and_animations();
    ran
}

/// A rectangle in device pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width; 0 when nothing was repainted.
    pub width: u32,
    /// Height; 0 when nothing was repainted.
    pub height: u32,
}

/// One headless window and its pixels.
pub struct Canvas {
    window: Rc<MinimalSoftwareWindow>,
    pixels: Vec<Rgb8Pixel>,
    width: u32,
    height: u32,
}

impl Canvas {
    /// The window of the component created last on this thread; `None` before any.
    ///
    /// The component must also be shown (`component.show()`): a hidden window draws nothing.
    #[must_use]
    pub fn newest() -> Option<Self> {
        let window = WINDOWS.with_borrow(|all| all.last().cloned())?;
        let PhysicalSize { width, height, .. } = window.size();
        let pixels = vec![Rgb8Pixel::default(); width as usize * height as usize];
        Some(Self { window, pixels, width, height })
    }

    /// Size in device pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Row after row, from the top left.
    #[must_use]
    pub fn pixels(&self) -> &[Rgb8Pixel] {
        &self.pixels
    }

    /// Draws what changed into the pixels and returns the bounding box of what was repainted; `None` when
    /// nothing was dirty.
    pub fn frame(&mut self) -> Option<Area> {
        pump();
        let PhysicalSize { width, height, .. } = self.window.size();
        if (width, height) != (self.width, self.height) {
            (self.width, self.height) = (width, height);
            self.pixels = vec![Rgb8Pixel::default(); width as usize * height as usize];
        }
        let (pixels, stride) = (&mut self.pixels, self.width as usize);
        let mut area = None;
        self.window.draw_if_needed(|renderer| {
            let region = renderer.render(pixels, stride);
            let (origin, size) = (region.bounding_box_origin(), region.bounding_box_size());
            area = Some(Area { x: origin.x, y: origin.y, width: size.width, height: size.height });
        });
        area
    }

    /// Draws and hands out the pixels: red, green, blue, one byte each.
    pub fn rgb(&mut self) -> Vec<u8> {
        self.frame();
        self.pixels.iter().flat_map(|p| [p.r, p.g, p.b]).collect()
    }

    /// Draws and writes a PNG; the folder is created when missing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_png(&mut self, path: &Path) -> Result<(), SaveError> {
        let bytes = self.rgb();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish()?;
        Ok(())
    }

    /// Presses and releases one key. `name` is what a keycap shows: a single character, `F1`–`F12`, `Enter`,
    /// `Back`, `Tab`, `Escape`, `Backspace`, `Up`, `Down`, `Left`, `Right`. Returns false for any other word,
    /// and then nothing is pressed.
    pub fn press_key(&self, name: &str) -> bool {
        let Some(text) = key_text(name) else { return false };
        self.window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        self.window.dispatch_event(WindowEvent::KeyReleased { text });
        true
    }

    /// Presses one key per character, as a wedge scanner does. `\n` is Enter.
    pub fn type_text(&self, text: &str) {
        for c in text.chars() {
            let text = SharedString::from(c);
            self.window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
            self.window.dispatch_event(WindowEvent::KeyReleased { text });
        }
    }

    /// Taps at a place given in dp from the top left.
    pub fn tap(&self, x_dp: f32, y_dp: f32) {
        let position = LogicalPosition::new(x_dp, y_dp);
        let button = PointerEventButton::Left;
        self.window.dispatch_event(WindowEvent::PointerMoved { position });
        self.window.dispatch_event(WindowEvent::PointerPressed { position, button });
        self.window.dispatch_event(WindowEvent::PointerReleased { position, button });
        self.window.dispatch_event(WindowEvent::PointerExited);
    }
}

/// Why a picture could not be written.
#[derive(Debug)]
pub enum SaveError {
    /// The file system said no.
    Io(std::io::Error),
    /// The encoder said no.
    Png(png::EncodingError),
}

impl std::fmt::Display for SaveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(source) => write!(f, "picture not written: {source}"),
            Self::Png(source) => write!(f, "picture not encoded: {source}"),
        }
    }
}

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(source) => Some(source),
            Self::Png(source) => Some(source),
        }
    }
}

impl From<std::io::Error> for SaveError {
    fn from(source: std::io::Error) -> Self {
        Self::Io(source)
    }
}

impl From<png::EncodingError> for SaveError {
    fn from(source: png::EncodingError) -> Self {
        Self::Png(source)
    }
}

/// What Slint calls the key with this name.
fn key_text(name: &str) -> Option<SharedString> {
    const F_KEYS: [Key; 12] = [
        Key::F1,
        Key::F2,
        Key::F3,
        Key::F4,
        Key::F5,
        Key::F6,
        Key::F7,
        Key::F8,
        Key::F9,
        Key::F10,
        Key::F11,
        Key::F12,
    ];
    let key = match name {
        "Enter" => Key::Return,
        "Back" => Key::Back,
        "Tab" => Key::Tab,
        "Escape" => Key::Escape,
        "Backspace" => Key::Backspace,
        "Up" => Key::UpArrow,
        "Down" => Key::DownArrow,
        "Left" => Key::LeftArrow,
        "Right" => Key::RightArrow,
        _ => {
            let mut chars = name.chars();
            if let (Some(only), None) = (chars.next(), chars.next()) {
                return Some(SharedString::from(only));
            }
            let number: usize = name.strip_prefix('F')?.parse().ok()?;
            *F_KEYS.get(number.checked_sub(1)?)?
        }
    };
    Some(SharedString::from(key))
}
