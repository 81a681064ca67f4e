//! The demo's own morning, worked by hands that make mistakes, and the books after it.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id},
    quantity::Quantity,
    task::{
        op::{Fact, Op, Origin, Request},
        state::{
            FulfilmentOrder, FulfilmentState, ListState, Manifest, Operator, Parcel, ParcelState, PickList,
            PickTask, Role, ShortReason, Tote,
        },
        trouble::Trouble,
    },
    wire::v1::RequestVerdict,
};
use aisle_oms::{
    demo,
    order::intake::take_in,
    settings::Settings,
    sheet::orders,
    site::{item, people, place, stock},
    store::{record::Bucket, sqlite::Sqlite},
    work,
};

use crate::house::{House, code, picked};

/// A morning under way.
struct Morning {
    house: House,
    pickers: Vec<String>,
    packer: String,
    lead: String,
    totes: u32,
}

impl Morning {
    fn new(sheet: &str, seed: u64) -> Self {
        let site = demo::generate(sheet, demo::SIZES, seed).unwrap();
        let files: BTreeMap<&str, String> = site.files().into_iter().collect();
        let settings = Settings::read(&files["aisle-oms.toml"]).unwrap();
        let mut word = [0; 32];
        word[..8].copy_from_slice(&seed.to_le_bytes());
        let mut house = House::bare(Sqlite::in_memory([5; 16]).unwrap(), settings, word);
        house.act(|tx, context| {
            let map = BTreeMap::new();
            let file = |name: &str| files[name].as_bytes();
            for done in [
                item::import_items(tx, file("items.csv"), &map).unwrap(),
                place::import_locations(tx, context, file("locations.csv"), &map).unwrap(),
                item::import_cartons(tx, file("cartons.csv"), &map).unwrap(),
                place::import_carts(tx, file("carts.csv"), &map).unwrap(),
                people::import_operators(tx, context, file("operators.csv"), &map).unwrap(),
                stock::import_stock(tx, context, file("stock.csv"), &map).unwrap(),
            ] {
                assert_eq!(done.problems, []);
            }
            Ok(())
        });
        let of = |role: Role| -> Vec<String> {
            site.people.iter().filter(|p| p.role == role).map(|p| p.badge.to_string()).collect()
        };
        let (packer, lead) = (of(Role::Packer).remove(0), of(Role::Lead).remove(0));
        Self { house, pickers: of(Role::Picker), packer, lead, totes: 0 }
    }

    fn dice(&mut self, sides: u64) -> u64 {
        self.house.mint.bits() % sides
    }

    /// Takes the orders in; how many there are, and how many of them are parked.
    fn take_orders(&mut self, sheet: &str) -> (usize, usize) {
        self.house.act(|tx, context| {
            let charges = &context.settings.import.charges;
            let zone = jiff::tz::TimeZone::UTC;
            let read = orders::read(sheet.as_bytes(), &BTreeMap::new(), charges, &zone).unwrap();
            assert_eq!(read.problems, []);
            for order in &read.orders {
                take_in(tx, context, "shop", order)?;
            }
            let parked = tx.orders()?.iter().filter(|order| order.parked.is_some()).count();
            Ok((read.orders.len(), parked))
        })
    }

    /// Works one list from the cart to the lane, with slips of the hand on the way.
    fn walk(&mut self, who: &str, list: &PickList) {
        let cart = format!("C{who}");
        let house = &mut self.house;
        house.fact(who, Fact::ListStarted { list: list.id, cart: code(&cart) });
        let mut totes: BTreeMap<u8, String> = BTreeMap::new();
        for slot in &list.slots {
            self.totes += 1;
            let tote = format!("T{}", self.totes);
            let assigned =
                Fact::ToteAssigned { list: list.id, slot: slot.number, tote: code(&tote), undoes: None };
            house.fact(who, assigned);
            totes.insert(slot.number, tote);
        }
        for id in &list.tasks {
            let task = self.house.row::<PickTask>(id);
            self.stop(who, &cart, &totes[&task.slot], &task);
        }
        for tote in totes.values() {
            self.house.fact(who, Fact::ToteDropped { list: list.id, tote: code(tote), lane: code("PACK-1") });
        }
        self.house.complete(who, list);
    }

    fn stop(&mut self, who: &str, cart: &str, tote: &str, task: &PickTask) {
        let wanted = task.remaining().0;
        if wanted == 0 {
            return;
        }
        match self.dice(40) {
            0 => {
                self.house.short(who, task, wanted);
            }
            1 if wanted > 1 => {
                self.take(who, cart, tote, task, wanted - 1);
                self.house.short(who, task, 1);
            }
            2 => {
                self.take(who, cart, tote, task, wanted);
                self.take(who, cart, tote, task, 1);
            }
            3 => {
                self.house.pick(who, task, cart, wanted);
                let undone = self.house.mint.id(self.house.now);
                self.house.fact(who, picked(task, cart, wanted, Some(undone)));
                self.take(who, cart, tote, task, wanted);
            }
            4 => self.handed_over(who, cart, tote, task),
            5 => self.found_after_all(who, cart, tote, task, wanted),
            _ => self.take(who, cart, tote, task, wanted),
        }
    }

    fn take(&mut self, who: &str, cart: &str, tote: &str, task: &PickTask, quantity: i64) {
        self.house.pick(who, task, cart, quantity);
        self.house.put(who, task, cart, tote, quantity);
    }

    /// The lead hands the stop on while the picker is out of reach and takes it all the same.
    fn handed_over(&mut self, who: &str, cart: &str, tote: &str, task: &PickTask) {
        let to: Code<Operator> = code(&self.pickers[0].clone());
        let epoch = self.house.row::<PickList>(&task.list).epoch;
        let lead = self.lead.clone();
        let reassign = Request::Reassign { list: task.list, epoch, tasks: vec![task.id], to };
        assert_eq!(self.house.ask(&lead, reassign), RequestVerdict::Accepted);
        if self.dice(2) == 0 {
            self.take(who, cart, tote, task, task.remaining().0);
        }
    }

    /// A short that is taken back once the pieces turn up.
    fn found_after_all(&mut self, who: &str, cart: &str, tote: &str, task: &PickTask, wanted: i64) {
        let short = |undoes| Fact::Shorted {
            task: task.id,
            item: task.item.clone(),
            location: task.location.clone(),
            quantity: Quantity(wanted),
            reason: ShortReason::Unreachable,
            undoes,
        };
        let op: Id<Op> = self.house.mint.id(self.house.now);
        let (first, operator) = (short(None), code(who));
        self.house.act(|tx, context| {
            let origin = Origin { op, operator, terminal: code("H1"), at: context.now };
            work::apply(tx, context, &origin, &Op::Fact(first), work::Badge::Checked)
        });
        self.house.fact(who, short(Some(op)));
        self.take(who, cart, tote, task, wanted);
    }

    /// Works until nobody has a list left; whether there was any.
    fn pick_everything(&mut self) -> bool {
        let mut any = false;
        loop {
            let mut worked = false;
            for who in self.pickers.clone() {
                let claim = self.house.ask(&who, Request::Claim { lists: 1 });
                if claim == RequestVerdict::Accepted {
                    let list = self.house.held(&who);
                    self.walk(&who, &list);
                    worked = true;
                }
            }
            if !worked {
                return any;
            }
            any = true;
        }
    }

    /// The lead settles what there is, as well as it can be settled.
    fn settle_everything(&mut self) {
        let lead = self.lead.clone();
        for trouble in self.house.all::<Trouble>() {
            if trouble.settled.is_some() {
                continue;
            }
            let first = self.dice(trouble.remedies.len() as u64) as usize;
            for turn in 0..trouble.remedies.len() {
                let remedy = trouble.remedies[(first + turn) % trouble.remedies.len()];
                let request = Request::Settle { exception: trouble.id, remedy };
                if self.house.ask(&lead, request) == RequestVerdict::Accepted {
                    break;
                }
            }
        }
    }

    fn pack_everything(&mut self) {
        let packer = self.packer.clone();
        let mut full: BTreeMap<Id<FulfilmentOrder>, Vec<Tote>> = BTreeMap::new();
        for tote in self.house.all::<Tote>().into_iter().filter(|tote| !tote.contents.is_empty()) {
            if let Some(order) = tote.fulfilment {
                full.entry(order).or_default().push(tote);
            }
        }
        for (id, totes) in full {
            let order = self.house.row::<FulfilmentOrder>(&id);
            let parcel = self.house.mint.id(self.house.now);
            self.house.fact(&packer, Fact::PackStarted { fulfilment: order.id, tote: totes[0].code.clone() });
            let opened = Fact::CartonOpened { fulfilment: order.id, parcel, carton: code("M") };
            self.house.fact(&packer, opened);
            for tote in totes {
                self.empty(&packer, &order, parcel, &tote);
            }
            // All of it broke: nobody seals an empty carton.
            if self.house.row::<Parcel>(&parcel).contents.is_empty() {
                continue;
            }
            let sscc = format!("{:018}", 395_200_000_000_000_000 + self.house.mint.bits() % 1_000_000);
            self.house.fact(&packer, Fact::Sealed { parcel, sscc, weight_g: 1_000 });
            self.house.fact(&packer, Fact::Staged { parcel, lane: code("STAGE-1") });
        }
    }

    /// Packs what the order wants of a tote; an excess stays in it, and now and then a piece is broken.
    fn empty(&mut self, packer: &str, order: &FulfilmentOrder, parcel: Id<Parcel>, tote: &Tote) {
        for content in &tote.contents {
            let mut left = content.quantity;
            let lines: Vec<u32> =
                order.lines.iter().filter(|line| line.item == content.item).map(|line| line.line).collect();
            for line in lines {
                let mut row = self.house.row::<FulfilmentOrder>(&order.id);
                let open = row.line_mut(line).map_or(Quantity::ZERO, |line| line.to_pack());
                let mut take = Quantity(left.0.min(open.0));
                let (fulfilment, item) = (order.id, content.item.clone());
                if take.is_some() && self.dice(60) == 0 {
                    let (quantity, reason) = (Quantity::ONE, ShortReason::Damaged);
                    let tote = tote.code.clone();
                    let item = item.clone();
                    let lost = Fact::PackShorted {
                        fulfilment,
                        line,
                        item,
                        tote,
                        quantity,
                        reason,
                        lot: content.lot.clone(),
                    };
                    self.house.fact(packer, lost);
                    take -= Quantity::ONE;
                    left -= Quantity::ONE;
                }
                if take.is_some() {
                    let tote = tote.code.clone();
                    let quantity = take;
                    let packed = Fact::Packed {
                        fulfilment,
                        line,
                        item,
                        tote,
                        parcel,
                        quantity,
                        undoes: None,
                        lot: content.lot.clone(),
                    };
                    self.house.fact(packer, packed);
                    left -= take;
                }
            }
        }
    }

    fn ship_everything(&mut self) {
        let packer = self.packer.clone();
        for manifest in self.house.all::<Manifest>() {
            let staged = self.house.all::<Parcel>().into_iter();
            let here: Vec<_> = staged
                .filter(|p| {
                    p.state == ParcelState::Staged && p.service == manifest.service && !manifest.closed
                })
                .collect();
            for parcel in &here {
                self.house.fact(&packer, Fact::Loaded { parcel: parcel.id, manifest: manifest.id });
            }
            if !here.is_empty() {
                let close = Request::CloseManifest { manifest: manifest.id };
                assert_eq!(self.house.ask(&packer, close), RequestVerdict::Accepted);
            }
        }
    }
}

fn play(seed: u64) {
    let sheet: Vec<&str> = demo::ORDERS.lines().take(300).collect();
    let sheet = sheet.join("\n");
    let mut morning = Morning::new(&sheet, seed);
    morning.take_orders(&sheet);
    // Settling may open new lists, and they new troubles: it ends because stock does.
    while morning.pick_everything() {
        morning.settle_everything();
        morning.pack_everything();
        morning.house.proved();
    }
    morning.settle_everything();
    morning.ship_everything();
    morning.house.proved();
    assert!(morning.house.all::<PickList>().iter().all(|list| list.state == ListState::Closed));
    let ended = |order: &FulfilmentOrder| {
        matches!(order.state, FulfilmentState::Shipped | FulfilmentState::Cancelled)
    };
    let stuck: Vec<FulfilmentOrder> =
        morning.house.all::<FulfilmentOrder>().into_iter().filter(|order| !ended(order)).collect();
    assert!(stuck.is_empty(), "seed {seed}: {stuck:#?}");
    let lines = morning.house.act(|tx, _| {
        let mut lines = Vec::new();
        for order in tx.orders()?.into_iter().filter(|order| order.parked.is_none()) {
            lines.extend(tx.lines(order.id)?);
        }
        Ok(lines)
    });
    for line in &lines {
        let rest = [Bucket::Unrouted, Bucket::Allocated, Bucket::Picked, Bucket::Packed];
        assert!(rest.iter().all(|part| line.part(*part).is_zero()), "seed {seed}: {line:?}");
    }
    let shipped: i64 = lines.iter().map(|line| line.part(Bucket::Shipped).0).sum();
    let ordered: i64 = lines.iter().map(|line| line.ordered.0).sum();
    assert!(shipped * 10 > ordered * 9, "seed {seed}: {shipped} of {ordered}");
}

#[test]
fn the_file_of_a_real_morning_is_taken_in_whole_and_once() {
    let mut morning = Morning::new(demo::ORDERS, 1);
    assert_eq!(morning.take_orders(demo::ORDERS), (66, 4));
    let before = morning.house.all::<FulfilmentOrder>();
    assert_eq!(morning.take_orders(demo::ORDERS), (66, 4));
    assert_eq!(morning.house.all::<FulfilmentOrder>(), before);
    morning.house.proved();
}

#[test]
fn a_morning_of_slips_ends_with_every_piece_shipped_or_accounted_for() {
    for seed in 1..=3 {
        play(seed);
    }
}
