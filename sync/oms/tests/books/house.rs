//! A small house with a picker, a packer and a lead, and hands that report what they do.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id, Mint},
    place::{Location, Place},
    quantity::Quantity,
    task::{
        op::{Fact, Op, Origin, Request},
        rows::{Kept, Rows},
        state::{
            Content, FulfilmentOrder, ListState, Manifest, Operator, Parcel, PickList, PickTask, Role,
            ShortReason, Terminal, Tote,
        },
        trouble::{Remedy, Trouble},
    },
    time::Millis,
    wire::v1::{FactVerdict, RequestVerdict, Verdict},
};
use aisle_oms::{
    context::Context,
    order::intake::{Taken, take_in},
    settings::Settings,
    sheet::orders,
    site::{item, place, stock},
    stock::verify::{self, Report},
    store::{Result, Store, Tx, record::LineRecord, sqlite::Sqlite},
    work::{self, release},
};

pub(crate) fn code<T>(text: &str) -> Code<T> {
    Code::parse(text).unwrap()
}

const ITEMS: &str = "sku,name,width_mm,length_mm,height_mm,weight_g\n\
    MUG,Mug,80,80,100,300\nCUP,Cup,70,70,90,200\nTIN,Tin,60,60,60,100\n";
const LOCATIONS: &str = "code,usage,pick_sequence\nA01,pick_face,1\nA02,pick_face,2\nA03,pick_face,3\n\
    R01,storage,9\nPACK-1,packing,20\nSTAGE-1,staging,30\n";
/// Eight mugs in two places, five cups, twenty tins.
pub(crate) const STOCK: &str = "sku,location,quantity\nMUG,A01,6\nMUG,R01,2\nCUP,A02,5\nTIN,A03,20\n";

/// The house.
pub(crate) struct House<S: Store + 'static = Sqlite> {
    pub(crate) store: S,
    pub(crate) mint: Mint,
    pub(crate) now: Millis,
    pub(crate) settings: Settings,
}

impl House {
    /// Items, places, people; no stock yet.
    pub(crate) fn empty() -> Self {
        Self::over(Sqlite::in_memory([7; 16]).unwrap())
    }

    /// With [`STOCK`].
    pub(crate) fn stocked() -> Self {
        let mut house = Self::empty();
        house.stock(STOCK);
        house
    }
}

impl<S: Store + 'static> House<S> {
    /// With nothing in it.
    pub(crate) fn bare(store: S, settings: Settings, seed: [u8; 32]) -> Self {
        Self { store, mint: Mint::new(seed), now: Millis(1_291_190_000_000), settings }
    }

    pub(crate) fn over(store: S) -> Self {
        let mut house = Self::bare(store, Settings::read("[site]\ncode = \"S\"\n").unwrap(), [3; 32]);
        house.furnish(ITEMS, LOCATIONS, &ROLES);
        house
    }

    /// Takes in these sheets of a site, with three totes and two carts. Nobody here signs on with a PIN, whose hash
    /// alone would take most of the time of a test.
    pub(crate) fn furnish(&mut self, items: &str, locations: &str, people: &[(&str, Role)]) {
        self.act(|tx, context| {
            let map = BTreeMap::new();
            tx.keep(context.settings.site_row())?;
            let imported = [
                item::import_items(tx, items.as_bytes(), &map).unwrap(),
                place::import_locations(tx, context, locations.as_bytes(), &map).unwrap(),
                place::import_totes(tx, b"code\nT1\nT2\nT3\n", &map).unwrap(),
                place::import_carts(tx, b"code,columns,shelves\nC1,4,3\nC2,4,3\n", &map).unwrap(),
            ];
            for done in imported {
                assert_eq!(done.problems, []);
            }
            for (badge, role) in people {
                let (badge, name) = (code(badge), (*badge).to_owned());
                let (pin_verifier, language, active) = ("none".to_owned(), "en".to_owned(), true);
                tx.keep(Operator { badge, name, role: *role, pin_verifier, language, active })?;
            }
            Ok(())
        });
    }

    pub(crate) fn act<T>(&mut self, work: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> Result<T>) -> T {
        self.now = self.now.plus(1_000);
        let (now, settings, mint) = (self.now, &self.settings, &mut self.mint);
        self.store.transact(|tx| work(tx, &mut Context { now, settings, mint })).unwrap()
    }

    pub(crate) fn stock(&mut self, sheet: &str) {
        let sheet = sheet.to_owned();
        self.act(|tx, context| {
            let done = stock::import_stock(tx, context, sheet.as_bytes(), &BTreeMap::new()).unwrap();
            assert_eq!(done.problems, []);
            Ok(())
        });
    }

    /// Takes an order in: its reference and what it is for.
    pub(crate) fn order(&mut self, reference: &str, lines: &[(&str, i64)]) -> Taken {
        let mut sheet =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n".to_owned();
        for (item, quantity) in lines {
            sheet += &format!("{reference},{item},x,{quantity},12/1/10 8:26,1.25,17,France\n");
        }
        self.import(&sheet).remove(0)
    }

    /// Takes a file of orders in.
    pub(crate) fn import(&mut self, sheet: &str) -> Vec<Taken> {
        self.act(|tx, context| {
            let read = orders::read(
                sheet.as_bytes(),
                &BTreeMap::new(),
                &context.settings.import.charges,
                &jiff::tz::TimeZone::UTC,
            )
            .unwrap();
            read.orders.iter().map(|order| take_in(tx, context, "csv", order)).collect()
        })
    }

    pub(crate) fn release(&mut self) -> release::Released {
        self.act(release::run)
    }

    pub(crate) fn apply(&mut self, who: &str, op: &Op) -> Verdict {
        let (operator, terminal): (_, Code<Terminal>) = (code(who), code("H1"));
        self.act(|tx, context| {
            let id = context.mint.id(context.now);
            let origin = Origin { op: id, operator, terminal, at: context.now };
            work::apply(tx, context, &origin, op, work::Badge::Checked)
        })
    }

    pub(crate) fn fact(&mut self, who: &str, fact: Fact) -> FactVerdict {
        match self.apply(who, &Op::Fact(fact)) {
            Verdict::Fact(verdict) => verdict,
            other => panic!("a fact got {other:?}"),
        }
    }

    /// A fact, and the id it was reported under, so that it can be undone.
    pub(crate) fn ask(&mut self, who: &str, request: Request) -> RequestVerdict {
        match self.apply(who, &Op::Request(request)) {
            Verdict::Request(verdict) => verdict,
            other => panic!("a request got {other:?}"),
        }
    }

    pub(crate) fn all<T: Kept>(&mut self) -> Vec<T> {
        self.act(|tx, _| tx.all::<T>())
    }

    pub(crate) fn row<T: Kept>(&mut self, name: &T::Name) -> T {
        self.act(|tx, _| tx.fetch::<T>(name)).unwrap()
    }

    pub(crate) fn lines(&mut self, reference: &str) -> Vec<LineRecord> {
        self.act(|tx, _| {
            let order = tx.order_by_reference("csv", reference)?.unwrap();
            tx.lines(order.id)
        })
    }

    /// The seven parts of a line, in the order of I5.
    pub(crate) fn parts(&mut self, reference: &str) -> [i64; 7] {
        self.lines(reference)[0].parts.map(|part| part.0)
    }

    pub(crate) fn level(&mut self, item: &str, place: &str) -> i64 {
        let place: Place = place.parse().unwrap();
        self.act(|tx, _| tx.level((&code(item), None), &place)).on_hand.0
    }

    pub(crate) fn level_of_lot(&mut self, item: &str, lot: &str, place: &str) -> i64 {
        let place: Place = place.parse().unwrap();
        self.act(|tx, _| tx.level((&code(item), Some(&code(lot))), &place)).on_hand.0
    }

    pub(crate) fn verify(&mut self) -> Report {
        self.act(|tx, _| verify::verify(tx))
    }

    pub(crate) fn proved(&mut self) {
        let report = self.verify();
        let told: Vec<String> = report.violations.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{told:#?}");
    }

    /// The list an operator holds and has not finished.
    pub(crate) fn held(&mut self, who: &str) -> PickList {
        let mut lists = self.all::<PickList>();
        lists.retain(|list| {
            list.state != ListState::Closed
                && list.holder.as_ref().is_some_and(|holder| holder.operator == code::<Operator>(who))
        });
        lists.pop().unwrap()
    }

    /// Claims a list, takes a cart and sets a tote into each slot.
    pub(crate) fn start(&mut self, who: &str, cart: &str, totes: &[&str]) -> PickList {
        assert_eq!(self.ask(who, Request::Claim { lists: 1 }), RequestVerdict::Accepted);
        let list = self.held(who);
        self.begin(who, &list, cart, totes);
        list
    }

    pub(crate) fn begin(&mut self, who: &str, list: &PickList, cart: &str, totes: &[&str]) {
        self.fact(who, Fact::ListStarted { list: list.id, cart: code(cart) });
        for (slot, tote) in list.slots.iter().zip(totes) {
            let fact =
                Fact::ToteAssigned { list: list.id, slot: slot.number, tote: code(tote), undoes: None };
            assert_eq!(self.fact(who, fact), FactVerdict::Accepted);
        }
    }

    pub(crate) fn tasks(&mut self, list: &PickList) -> Vec<PickTask> {
        list.tasks.iter().map(|id| self.row::<PickTask>(id)).collect()
    }

    /// Takes pieces at a stop.
    pub(crate) fn pick(&mut self, who: &str, task: &PickTask, cart: &str, quantity: i64) -> FactVerdict {
        self.fact(who, picked(task, cart, quantity, None))
    }

    /// Puts what is in hand of a stop into a tote.
    pub(crate) fn put(
        &mut self,
        who: &str,
        task: &PickTask,
        cart: &str,
        tote: &str,
        quantity: i64,
    ) -> FactVerdict {
        self.fact(who, put(task, cart, tote, quantity))
    }

    pub(crate) fn short(&mut self, who: &str, task: &PickTask, quantity: i64) -> FactVerdict {
        self.fact(
            who,
            Fact::Shorted {
                task: task.id,
                item: task.item.clone(),
                location: task.location.clone(),
                quantity: Quantity(quantity),
                reason: ShortReason::Empty,
                undoes: None,
            },
        )
    }

    /// Drops a tote at packing.
    pub(crate) fn drop_tote(&mut self, who: &str, list: &PickList, tote: &str) {
        self.fact(
            who,
            Fact::ToteDropped { list: list.id, tote: code(tote), lane: code::<Location>("PACK-1") },
        );
    }

    /// Picks everything of a list into the totes, drops them and closes the list.
    pub(crate) fn pick_all(&mut self, who: &str, cart: &str, totes: &[&str]) -> PickList {
        let list = self.start(who, cart, totes);
        for task in self.tasks(&list) {
            let tote = totes[usize::from(task.slot) - 1];
            let quantity = task.wanted.0;
            assert_eq!(self.pick(who, &task, cart, quantity), FactVerdict::Accepted);
            assert_eq!(self.put(who, &task, cart, tote, quantity), FactVerdict::Accepted);
        }
        for tote in totes.iter().take(list.slots.len()) {
            self.drop_tote(who, &list, tote);
        }
        self.complete(who, &list);
        list
    }

    pub(crate) fn complete(&mut self, who: &str, list: &PickList) {
        let epoch = self.row::<PickList>(&list.id).epoch;
        let done = self.ask(who, Request::Complete { list: list.id, epoch });
        assert_eq!(done, RequestVerdict::Accepted);
    }

    /// Packs what the order's totes hold into one parcel, up to the vehicle.
    pub(crate) fn pack_all(&mut self, order: &Id<FulfilmentOrder>) -> Id<Parcel> {
        let row = self.row::<FulfilmentOrder>(order);
        let parcel = self.mint.id(self.now);
        self.fact("PK", Fact::PackStarted { fulfilment: *order, tote: row.totes[0].clone() });
        self.fact("PK", Fact::CartonOpened { fulfilment: *order, parcel, carton: code("M") });
        for code in &row.totes {
            for content in self.row::<Tote>(code).contents {
                self.pack(&row, parcel, code, &content);
            }
        }
        let sscc = format!("{:018}", 395_200_000_000_000_000u64 + u64::from(row.number.len() as u32));
        self.fact("PK", Fact::Sealed { parcel, sscc, weight_g: 900 });
        self.fact("PK", Fact::Staged { parcel, lane: code("STAGE-1") });
        parcel
    }

    fn pack(&mut self, order: &FulfilmentOrder, parcel: Id<Parcel>, tote: &Code<Tote>, content: &Content) {
        let Content { item, quantity, lot } = content.clone();
        let line = order.lines.iter().find(|line| line.item == item).unwrap().line;
        let (fulfilment, item, tote) = (order.id, item.clone(), tote.clone());
        let fact = Fact::Packed { fulfilment, line, item, tote, parcel, quantity, undoes: None, lot };
        assert_eq!(self.fact("PK", fact), FactVerdict::Accepted);
    }

    /// Loads parcels and closes the manifest.
    pub(crate) fn ship(&mut self, parcels: &[Id<Parcel>]) -> RequestVerdict {
        let manifest = self.all::<Manifest>().into_iter().find(|m| !m.closed).unwrap().id;
        for parcel in parcels {
            self.fact("PK", Fact::Loaded { parcel: *parcel, manifest });
        }
        self.ask("PK", Request::CloseManifest { manifest })
    }

    pub(crate) fn trouble(&mut self) -> Trouble {
        let mut open = self.all::<Trouble>();
        open.retain(|trouble| trouble.settled.is_none());
        assert_eq!(open.len(), 1, "{open:?}");
        open.remove(0)
    }

    pub(crate) fn settle(&mut self, remedy: Remedy) -> RequestVerdict {
        let exception = self.trouble().id;
        self.ask("LD", Request::Settle { exception, remedy })
    }
}

/// The people of the house.
pub(crate) const ROLES: [(&str, Role); 4] =
    [("PA", Role::Picker), ("PB", Role::Picker), ("PK", Role::Packer), ("LD", Role::Lead)];

pub(crate) fn picked(task: &PickTask, cart: &str, quantity: i64, undoes: Option<Id<Op>>) -> Fact {
    Fact::Picked {
        task: task.id,
        item: task.item.clone(),
        location: task.location.clone(),
        cart: code(cart),
        quantity: Quantity(quantity),
        keyed: false,
        undoes,
        lot: task.lot.clone(),
    }
}

pub(crate) fn put(task: &PickTask, cart: &str, tote: &str, quantity: i64) -> Fact {
    Fact::Put {
        task: task.id,
        item: task.item.clone(),
        cart: code(cart),
        tote: code(tote),
        quantity: Quantity(quantity),
        undoes: None,
        lot: task.lot.clone(),
    }
}
