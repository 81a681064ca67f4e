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
        state::{Cart, Operator, Parcel},
    },
    time::Millis,
    wire::v1::Enrolment,
};

use super::{setups::Setups, turn::Record};
use crate::{
    floor::Catalogue,
    scan::Source,
    store::{Receipt, Store, StoreError},
};

/// The terminal's two files, shared by the turn and the sync engine, which run on one thread.
#[derive(Clone)]
pub struct Files {
    store: Rc<RefCell<Store>>,
    setups: Rc<RefCell<Setups>>,
    range: Option<Range>,
}

#[derive(Clone)]
struct Range {
    prefix: String,
    extension: u8,
    first: u64,
    last: u64,
}

impl Range {
    /// The serial of an SSCC of this range; none for another's.
    fn serial(&self, sscc: &str) -> Option<u64> {
        let digits = sscc.get(1..17)?.strip_prefix(&self.prefix)?;
        digits.parse().ok().filter(|serial| (self.first..=self.last).contains(serial))
    }
}

impl Files {
    /// Over an open store. Without an enrolment no SSCC can be minted.
    #[must_use]
    pub fn new(store: Store, enrolment: Option<&Enrolment>, setups: Setups) -> Self {
        let range = enrolment.map(|e| Range {
            prefix: e.sscc_prefix.clone(),
            extension: e.sscc_extension,
            first: e.sscc_first,
            last: e.sscc_last,
        });
        Self { store: Rc::new(RefCell::new(store)), setups: Rc::new(RefCell::new(setups)), range }
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

    /// Takes note of the SSCCs of this terminal's own range on parcels that were sealed already, so that none is
    /// minted twice by a terminal that came back from older files.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn spare_sealed(&self, rows: &Floor) -> Result<(), StoreError> {
        let Some(range) = &self.range else { return Ok(()) };
        let serials = rows.all::<Parcel>().filter_map(|parcel| range.serial(parcel.sscc.as_deref()?));
        let Some(last) = serials.max() else { return Ok(()) };
        self.write().journal.spare_serial(&range.prefix, last)
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

    fn keep_setup(&mut self, source: Source, arrived: Option<&str>) -> Result<(), StoreError> {
        Ok(self.setups.borrow_mut().keep(source, arrived)?)
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

#[cfg(test)]
mod tests {
    use aisle_core::{
        id::Mint,
        task::{rows::Rows, state::ParcelState},
    };
    use tempfile::TempDir;

    use super::*;
    use crate::store::Durability;

    fn sealed(mint: &mut Mint, serial: u64) -> Parcel {
        Parcel {
            id: mint.id(Millis(1)),
            fulfilment: mint.id(Millis(1)),
            number: 1,
            state: ParcelState::Sealed,
            carton: Code::parse("M").unwrap(),
            contents: Vec::new(),
            weight_g: Some(1),
            sscc: Some(Sscc::mint("9521234", 3, serial).unwrap().to_string()),
            service: Code::parse("OWN").unwrap(),
            lane: None,
            manifest: None,
            labelled: true,
        }
    }

    #[test]
    fn a_terminal_that_came_back_from_older_files_mints_no_sscc_twice() {
        let folder = TempDir::new().unwrap();
        let mut mint = Mint::new([1; 32]);
        let enrolment = Enrolment {
            terminal: Code::parse("H1").unwrap(),
            token: String::new(),
            centre: String::new(),
            sscc_prefix: "9521234".into(),
            sscc_extension: 3,
            sscc_first: 100,
            sscc_last: 199,
        };
        let open = |mint: &mut Mint| {
            Store::open(folder.path(), &enrolment.terminal, Durability::Off, Millis(1), mint).unwrap()
        };
        let files = Files::new(open(&mut mint), Some(&enrolment), Setups::open(folder.path()));
        let next = |files: &Files| files.next_sscc().unwrap();
        assert_eq!(next(&files), Sscc::mint("9521234", 3, 100).unwrap());
        let mut rows = Floor::default();
        for serial in [104, 107, 250] {
            let Ok(()) = rows.keep(sealed(&mut mint, serial));
        }
        files.spare_sealed(&rows).unwrap();
        assert_eq!(next(&files), Sscc::mint("9521234", 3, 108).unwrap(), "250 is another terminal's");
        drop(files);
        let files = Files::new(open(&mut mint), Some(&enrolment), Setups::open(folder.path()));
        assert_eq!(next(&files), Sscc::mint("9521234", 3, 108).unwrap());
    }
}
