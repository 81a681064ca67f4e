//! The store as the turn sees it: where operations become durable, and master data.

use std::{
    cell::{Ref, RefCell, RefMut},
    rc::Rc,
};

use aisle_core::{
    code::Sscc,
    id::{Code, Id},
    item::{BarcodeKey, CartonType, Item},
    place::Location,
    quantity::Quantity,
    task::{
        op::Op,
        rows::{Floor, Kept},
        state::{Cart, Operator},
    },
    time::Millis,
    wire::v1::Enrolment,
};

use super::turn::Record;
use crate::{
    floor::Catalogue,
    store::{Receipt, Store, StoreError},
};

/// The terminal's two files, shared by the turn and the sync engine, which run on one thread.
#[derive(Clone)]
pub struct Files {
    store: Rc<RefCell<Store>>,
    range: Option<Range>,
}

#[derive(Clone)]
struct Range {
    prefix: String,
    extension: u8,
    first: u64,
    last: u64,
}

impl Files {
    /// Over an open store. Without an enrolment no SSCC can be minted.
    #[must_use]
    pub fn new(store: Store, enrolment: Option<&Enrolment>) -> Self {
        let range = enrolment.map(|e| Range {
            prefix: e.sscc_prefix.clone(),
            extension: e.sscc_extension,
            first: e.sscc_first,
            last: e.sscc_last,
        });
        Self { store: Rc::new(RefCell::new(store)), range }
    }

    /// The store, to read.
    #[must_use]
    pub fn read(&self) -> Ref<'_, Store> {
        self.store.borrow()
    }

    /// The store, to write.
    #[must_use]
    pub fn write(&self) -> RefMut<'_, Store> {
        self.store.borrow_mut()
    }

    fn find<T: Kept>(&self, name: &T::Name) -> Option<T> {
        self.store.borrow().view.find(name).unwrap_or_else(|error| {
            tracing::error!(%error, "the cache cannot be read");
            None
        })
    }

    fn all<T: Kept>(&self) -> Vec<T> {
        self.store.borrow().view.all().unwrap_or_else(|error| {
            tracing::error!(%error, "the cache cannot be read");
            Vec::new()
        })
    }
}

impl Record for Files {
    type Receipt = Receipt;
    type Error = StoreError;

    fn append(
        &mut self,
        now: Millis,
        operator: &Code<Operator>,
        ops: &[(Id<Op>, Op)],
    ) -> Result<Receipt, StoreError> {
        self.store.borrow_mut().append(now, operator, ops)
    }

    fn next_sscc(&self) -> Option<Sscc> {
        let range = self.range.as_ref()?;
        let serial = self.store.borrow().journal.next_serial(&range.prefix, range.first);
        if serial > range.last {
            return None;
        }
        Sscc::mint(&range.prefix, range.extension, serial).ok()
    }
}

impl Catalogue for Files {
    fn item(&self, code: &Code<Item>) -> Option<Item> {
        self.find(code)
    }

    fn items_of(&self, key: &BarcodeKey) -> Vec<(Code<Item>, Quantity)> {
        let items = self.store.borrow().view.items_of(key).unwrap_or_else(|error| {
            tracing::error!(%error, "the cache cannot be read");
            Vec::new()
        });
        items.into_iter().map(|(item, quantity)| (item, Quantity(quantity))).collect()
    }

    fn location(&self, code: &Code<Location>) -> Option<Location> {
        self.find(code)
    }

    fn cart(&self, code: &Code<Cart>) -> Option<Cart> {
        self.find(code)
    }

    fn operator(&self, badge: &Code<Operator>) -> Option<Operator> {
        self.find(badge)
    }

    fn operators(&self) -> Vec<Operator> {
        self.all()
    }

    fn cartons(&self) -> Vec<CartonType> {
        let mut cartons: Vec<CartonType> = self.all();
        cartons.sort_by_key(|carton| carton.rank);
        cartons
    }
}

/// Rows of the floor with the catalogue's own kinds left out, for what is folded anew after a feed.
///
/// # Errors
/// When a file fails.
pub fn floor(files: &Files) -> Result<Floor, StoreError> {
    files.read().floor()
}
