//! A list that lives as long as the window: new rows come in, and only what differs is changed.

use std::rc::Rc;

use slint::{Model, ModelRc, VecModel};

use crate::view::diff::{Step, steps};

/// The rows of one list on a screen.
pub(super) struct Rows<T>(Rc<VecModel<T>>);

impl<T: Clone + 'static> Default for Rows<T> {
    fn default() -> Self {
        Self(Rc::new(VecModel::default()))
    }
}

impl<T: Clone + PartialEq + 'static> Rows<T> {
    /// What the screen is given, once.
    pub(super) fn model(&self) -> ModelRc<T> {
        ModelRc::from(Rc::clone(&self.0))
    }

    /// Makes the list these rows. `key` names a row: one that stays keeps its place on the screen.
    pub(super) fn set<K: Ord>(&self, new: &[T], key: impl Fn(&T) -> K) {
        let old: Vec<T> = self.0.iter().collect();
        for step in steps(&old, new, key) {
            match step {
                Step::Remove(at) => drop(self.0.remove(at)),
                Step::Insert(at, row) => self.0.insert(at, row),
                Step::Set(at, row) => self.0.set_row_data(at, row),
            }
        }
    }

    /// Makes the list these rows, where a row is named by nothing but its place.
    pub(super) fn set_by_place(&self, new: &[T]) {
        for (at, row) in new.iter().enumerate() {
            match self.0.row_data(at) {
                Some(old) if old == *row => {}
                Some(_) => self.0.set_row_data(at, row.clone()),
                None => self.0.push(row.clone()),
            }
        }
        while self.0.row_count() > new.len() {
            self.0.remove(self.0.row_count() - 1);
        }
    }
}
