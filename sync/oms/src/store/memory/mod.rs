//! The store in maps: for tests and simulations, which need thousands of centres and no file.
//!
//! It keeps what the SQLite store keeps and guards what its schema guards; one suite runs on both. Each change
//! notes how to take it back, so that savepoints nest and a rollback leaves nothing behind.
//! Never here: anything that outlives the process.

/// How to take one change back.
type Undo<T> = Box<dyn FnOnce(&mut T) + Send>;

/// The changes of an open transaction, oldest first, and where its savepoints began.
pub(super) struct Log<T> {
    changes: Vec<Undo<T>>,
    marks: Vec<usize>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { changes: Vec::new(), marks: Vec::new() }
    }
}
