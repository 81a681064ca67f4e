//! Rows of the floor that the open transaction has read or written, so that none is read from the file twice.
//!
//! A transaction of the centre takes in hundreds of operations that touch the same stops, orders and people. Nobody
//! else writes while it is open; what an undone savepoint may have changed is read anew.

use std::{cell::RefCell, collections::BTreeMap};

/// A row that is there, with its seal; none when there is none.
pub(super) type Live = Option<(String, [u8; 32])>;

/// The most rows that are remembered: a batch touches some hundreds.
const ROWS_MAX: usize = 4_096;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    open: bool,
    rows: RefCell<BTreeMap<String, Live>>,
}

impl Read {
    /// A transaction begins.
    pub(super) fn open(&mut self) {
        self.rows.get_mut().clear();
        self.open = true;
    }

    /// It ends: others may write.
    pub(super) fn close(&mut self) {
        self.rows.get_mut().clear();
        self.open = false;
    }

    /// Some of what was written was undone.
    pub(super) fn forget(&mut self) {
        self.rows.get_mut().clear();
    }

    /// The row under a key, when it was read before.
    pub(super) fn find(&self, key: &str) -> Option<Live> {
        self.rows.borrow().get(key).cloned()
    }

    /// The row under a key is this.
    pub(super) fn keep(&self, key: &str, row: Live) {
        if !self.open {
            return;
        }
        let mut rows = self.rows.borrow_mut();
        if rows.len() >= ROWS_MAX {
            rows.clear();
        }
        rows.insert(key.to_owned(), row);
    }
}
