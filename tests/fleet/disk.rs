//! A disk that fails: a file system for SQLite that knows what of each file has reached the platter.
//!
//! It stands before SQLite's own, as the default one of this program, so that production code opens its databases as
//! it always does. Files in a folder with a [`Disk`] keep, beside the file that everybody reads, the content that was
//! synced and the ordered writes since. A power cut keeps, loses, tears (in sectors of 512 bytes) or reorders those
//! writes, as the seed says. Writes and syncs may fail, and what a failed sync was to keep may be lost though it reads
//! back. Files elsewhere are not touched. All state is the calling thread's own, as its connections are.

#![allow(
    unsafe_code,
    reason = "SQLite takes a file system as a table of C functions: in this file alone, for tests"
)]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ffi::{CStr, c_char, c_int, c_void},
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    ptr,
    sync::{
        Once,
        atomic::{AtomicPtr, Ordering},
    },
};

use rusqlite::ffi;

use super::platter::{Cut, Image, Write, roll, settle};

/// How often calls fail, per ten thousand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// A write fails.
    pub eio: u64,
    /// A write finds no room.
    pub full: u64,
    /// A sync fails; half of those lose what they were to keep.
    pub sync: u64,
}

#[derive(Debug)]
struct State {
    files: BTreeMap<String, Image>,
    rates: Rates,
    luck: u64,
    /// After so many more writes and syncs the power goes.
    left: Option<u64>,
    /// The power goes in place of the call of this number, and so.
    aim: Option<(u64, Cut)>,
    /// It went there, and is not back.
    struck: bool,
    /// It ever went there.
    was_struck: bool,
    dead: bool,
    faults: u64,
    calls: u64,
}

#[derive(Clone)]
struct Open {
    methods: *const ffi::sqlite3_io_methods,
    disk: String,
    path: String,
}

thread_local! {
    static DISKS: RefCell<BTreeMap<String, State>> = const { RefCell::new(BTreeMap::new()) };
    static OPEN: RefCell<BTreeMap<usize, Open>> = const { RefCell::new(BTreeMap::new()) };
}

/// The disk under a folder, until it is dropped.
#[derive(Debug)]
pub struct Disk {
    folder: String,
}

impl Disk {
    /// A disk under this folder, whose luck follows from `seed`.
    pub fn new(folder: &Path, seed: u64) -> Self {
        install();
        let folder = format!("{}/", folder.display());
        let state = State {
            files: BTreeMap::new(),
            rates: Rates::default(),
            luck: seed | 1,
            left: None,
            aim: None,
            struck: false,
            was_struck: false,
            dead: false,
            faults: 0,
            calls: 0,
        };
        DISKS.with_borrow_mut(|disks| disks.insert(folder.clone(), state));
        Self { folder }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        DISKS.with_borrow_mut(|disks| work(disks.get_mut(&self.folder).expect("the disk is there")))
    }

    /// Sets how often calls fail.
    pub fn set_rates(&self, rates: Rates) {
        self.with(|state| state.rates = rates);
    }

    /// The power goes after so many more writes and syncs; never when none.
    pub fn cut_after(&self, calls: Option<u64>) {
        self.with(|state| state.left = calls);
    }

    /// The power goes in place of the call of this number, counted from one, and this is what it does.
    pub fn aim(&self, call: u64, cut: Cut) {
        self.with(|state| {
            state.aim = Some((call, cut));
            state.luck = call.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        });
    }

    /// What the power does that went where it was aimed at, until it is back.
    pub fn struck(&self) -> Option<Cut> {
        self.with(|state| state.aim.filter(|_| state.struck).map(|(_, cut)| cut))
    }

    /// Whether it ever went where it was aimed at.
    pub fn was_struck(&self) -> bool {
        self.with(|state| state.was_struck)
    }

    /// Whether the power is gone: nothing works until [`Disk::power_up`].
    pub fn is_dead(&self) -> bool {
        self.with(|state| state.dead)
    }

    /// The power goes now.
    pub fn die(&self) {
        self.with(|state| state.dead = true);
    }

    /// How many calls failed, and how many writes, truncations, syncs and deletions there were.
    pub fn counted(&self) -> (u64, u64) {
        self.with(|state| (state.faults, state.calls))
    }

    /// Power is back: every file is what the disk has of it; where the power went as it was aimed, what was aimed.
    /// Nothing may be open.
    pub fn power_up(&self, cut: Cut) {
        self.with(|state| {
            let aimed = if std::mem::take(&mut state.struck) { state.aim.take() } else { None };
            let cut = aimed.map_or(cut, |(_, cut)| cut);
            state.dead = false;
            state.left = None;
            let files = std::mem::take(&mut state.files);
            for (path, image) in files {
                if fs::metadata(&path).is_ok_and(|there| there.ino() == image.inode) {
                    let left = settle(image, cut, &mut state.luck);
                    fs::write(&path, left).expect("a file of the test can be written");
                }
            }
        });
        for file in fs::read_dir(&self.folder).expect("a folder").flatten() {
            if file.file_name().to_string_lossy().ends_with("-shm") {
                fs::remove_file(file.path()).expect("an index in memory can go");
            }
        }
    }

    /// The files were moved or copied over by other means: what lies there now is what the disk has.
    pub fn forget(&self) {
        self.with(|state| state.files.clear());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The thread may be ending.
        let _ = DISKS.try_with(|disks| disks.borrow_mut().remove(&self.folder));
    }
}

/// What a call is answered with.
enum Fate {
    Goes,
    Fails(c_int),
}

/// Counts a call that changes the disk, with which the power may go.
fn count(state: &mut State) {
    state.calls += 1;
    if state.aim.is_some_and(|(call, _)| call == state.calls) {
        (state.dead, state.struck, state.was_struck) = (true, true, true);
    }
    if let Some(left) = &mut state.left {
        if *left == 0 {
            state.dead = true;
        }
        *left = left.saturating_sub(1);
    }
}

fn fate(state: &mut State, is_sync: bool) -> Fate {
    count(state);
    let broken = if is_sync { ffi::SQLITE_IOERR_FSYNC } else { ffi::SQLITE_IOERR_WRITE };
    if state.dead {
        return Fate::Fails(broken);
    }
    let Rates { eio, full, sync } = state.rates;
    if eio + full + sync == 0 {
        return Fate::Goes;
    }
    let drawn = roll(&mut state.luck) % 10_000;
    let answer = match is_sync {
        true if drawn < sync => broken,
        false if drawn < eio => broken,
        false if drawn < eio + full => ffi::SQLITE_FULL,
        _ => return Fate::Goes,
    };
    state.faults += 1;
    Fate::Fails(answer)
}

fn opened(file: *mut ffi::sqlite3_file) -> Option<Open> {
    OPEN.with_borrow(|open| open.get(&(file as usize)).cloned())
}

/// Runs `work` on the disk of an open file, and tells its own methods.
fn on<T>(
    file: *mut ffi::sqlite3_file,
    work: impl FnOnce(&mut State, &str) -> T,
) -> Option<(Open, Option<T>)> {
    let open = opened(file)?;
    let done = DISKS.with_borrow_mut(|disks| disks.get_mut(&open.disk).map(|state| work(state, &open.path)));
    Some((open, done))
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let Some(open) = OPEN.with_borrow_mut(|open| open.remove(&(file as usize))) else {
        return ffi::SQLITE_IOERR_CLOSE;
    };
    unsafe {
        (*file).pMethods = open.methods;
        (*open.methods).xClose.map_or(ffi::SQLITE_OK, |close| close(file))
    }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, length: c_int, at: i64) -> c_int {
    match on(file, |state, _| state.dead) {
        Some((open, dead)) if dead != Some(true) => unsafe {
            (*open.methods).xRead.map_or(ffi::SQLITE_IOERR_READ, |read| read(file, to, length, at))
        },
        _ => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    let bytes =
        unsafe { std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(length).unwrap_or(0)) };
    let offset = usize::try_from(at).unwrap_or(0);
    let Some((open, done)) = on(file, |state, path| {
        let fate = fate(state, false);
        if matches!(fate, Fate::Goes)
            && let Some(image) = state.files.get_mut(path)
        {
            image.unsynced.push(Write::At(offset, bytes.to_vec()));
        }
        fate
    }) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    match done {
        Some(Fate::Fails(code)) => code,
        _ => unsafe {
            (*open.methods).xWrite.map_or(ffi::SQLITE_IOERR_WRITE, |write| write(file, from, length, at))
        },
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let Some((open, done)) = on(file, |state, path| {
        let fate = fate(state, false);
        if matches!(fate, Fate::Goes)
            && let Some(image) = state.files.get_mut(path)
        {
            image.unsynced.push(Write::Truncate(usize::try_from(size).unwrap_or(0)));
        }
        fate
    }) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    match done {
        Some(Fate::Fails(_)) => ffi::SQLITE_IOERR_TRUNCATE,
        _ => unsafe {
            (*open.methods).xTruncate.map_or(ffi::SQLITE_IOERR_TRUNCATE, |truncate| truncate(file, size))
        },
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    let done = on(file, |state, path| {
        let fate = fate(state, true);
        let dead = state.dead;
        let lost = matches!(fate, Fate::Fails(_)) && roll(&mut state.luck).is_multiple_of(2);
        if let Some(image) = state.files.get_mut(path) {
            match fate {
                Fate::Goes => {
                    for write in image.unsynced.drain(..) {
                        write.on(&mut image.durable);
                    }
                }
                // The pages are taken for written, and are not.
                Fate::Fails(_) if lost && !dead => image.unsynced.clear(),
                Fate::Fails(_) => {}
            }
        }
        fate
    });
    match done {
        Some((_, Some(Fate::Fails(code)))) => code,
        Some(_) => ffi::SQLITE_OK,
        None => ffi::SQLITE_IOERR_FSYNC,
    }
}

/// Passes a call on to SQLite's own methods.
macro_rules! pass {
    ($name:ident, $method:ident, $answer:ty, $else:expr, $($arg:ident: $kind:ty),*) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($arg: $kind),*) -> $answer {
            match opened(file) {
                Some(open) => unsafe { (*open.methods).$method.map_or($else, |call| call(file, $($arg),*)) },
                None => $else,
            }
        }
    };
}
pass!(file_size, xFileSize, c_int, ffi::SQLITE_IOERR, size: *mut i64);
pass!(lock, xLock, c_int, ffi::SQLITE_IOERR, level: c_int);
pass!(unlock, xUnlock, c_int, ffi::SQLITE_IOERR, level: c_int);
pass!(is_reserved, xCheckReservedLock, c_int, ffi::SQLITE_IOERR, out: *mut c_int);
pass!(control, xFileControl, c_int, ffi::SQLITE_NOTFOUND, op: c_int, arg: *mut c_void);
pass!(sector_size, xSectorSize, c_int, 4096,);
pass!(traits, xDeviceCharacteristics, c_int, 0,);
pass!(shm_map, xShmMap, c_int, ffi::SQLITE_IOERR, page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void);
pass!(shm_lock, xShmLock, c_int, ffi::SQLITE_IOERR, offset: c_int, n: c_int, flags: c_int);
pass!(shm_barrier, xShmBarrier, (), (),);
pass!(shm_unmap, xShmUnmap, c_int, ffi::SQLITE_IOERR, delete: c_int);

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(traits),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// SQLite's own file system, which ours hands everything on to.
static OWN: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// Puts ours before SQLite's own, once in the life of the program.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| unsafe {
        assert_eq!(ffi::sqlite3_initialize(), ffi::SQLITE_OK, "SQLite starts");
        let own = ffi::sqlite3_vfs_find(ptr::null());
        assert!(!own.is_null(), "SQLite has a file system");
        OWN.store(own, Ordering::SeqCst);
        let ours = ffi::sqlite3_vfs {
            pNext: ptr::null_mut(),
            zName: c"aisle-fault".as_ptr(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..*own
        };
        let ours: *mut ffi::sqlite3_vfs = Box::leak(Box::new(ours));
        assert_eq!(ffi::sqlite3_vfs_register(ours, 1), ffi::SQLITE_OK, "SQLite takes a file system");
    });
}

/// The disk that a path lies on, and whether it is dead.
fn disk_of(path: &str) -> Option<(String, bool)> {
    DISKS.with_borrow(|disks| {
        let found = disks.iter().find(|(folder, _)| path.starts_with(folder.as_str()));
        found.map(|(folder, state)| (folder.clone(), state.dead))
    })
}

unsafe extern "C" fn open(
    _vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let path = if name.is_null() { String::new() } else { text(name) };
    let disk = disk_of(&path);
    if disk.as_ref().is_some_and(|(_, dead)| *dead) {
        unsafe { (*file).pMethods = ptr::null() };
        return ffi::SQLITE_CANTOPEN;
    }
    let real = OWN.load(Ordering::SeqCst);
    let done =
        unsafe { (*real).xOpen.map_or(ffi::SQLITE_CANTOPEN, |open| open(real, name, file, flags, out)) };
    let Some((disk, _)) = disk.filter(|_| done == ffi::SQLITE_OK) else { return done };
    let inode = fs::metadata(&path).map_or(0, |there| there.ino());
    DISKS.with_borrow_mut(|disks| {
        let Some(state) = disks.get_mut(&disk) else { return };
        if state.files.get(&path).is_none_or(|image| image.inode != inode) {
            let durable = fs::read(&path).unwrap_or_default();
            state.files.insert(path.clone(), Image { inode, durable, unsynced: Vec::new() });
        }
    });
    OPEN.with_borrow_mut(|open| unsafe {
        open.insert(file as usize, Open { methods: (*file).pMethods, disk, path });
        (*file).pMethods = &raw const METHODS;
    });
    ffi::SQLITE_OK
}

fn text(name: *const c_char) -> String {
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

unsafe extern "C" fn delete(_vfs: *mut ffi::sqlite3_vfs, name: *const c_char, dir: c_int) -> c_int {
    let path = text(name);
    if let Some((disk, _)) = disk_of(&path) {
        let dead = DISKS.with_borrow_mut(|disks| {
            let state = disks.get_mut(&disk)?;
            count(state);
            if !state.dead {
                state.files.remove(&path);
            }
            Some(state.dead)
        });
        if dead == Some(true) {
            return ffi::SQLITE_IOERR_DELETE;
        }
    }
    let real = OWN.load(Ordering::SeqCst);
    unsafe { (*real).xDelete.map_or(ffi::SQLITE_IOERR_DELETE, |delete| delete(real, name, dir)) }
}
