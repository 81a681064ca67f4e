//! The rows of the floor: latest states, each under one key.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    id::{Code, Id},
    item::{CartonType, Item, Lot},
    order::{Address, CarrierService, Order},
    place::{Location, Site},
    quantity::Quantity,
    time::Millis,
};

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Walks and picks.
    Picker,
    /// Verifies, packs, labels, loads.
    Packer,
    /// Sees trouble, reassigns, settles.
    Lead,
}

/// A person with a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The badge.
    pub badge: Code<Operator>,
    /// First name and initial, as others call her.
    pub name: String,
    /// What she may do.
    pub role: Role,
    /// Argon2id PHC string of the PIN, for sign-on without a network.
    pub pin_verifier: String,
    /// IETF language tag of her screen.
    pub language: String,
    /// Whether the badge is valid.
    pub active: bool,
}

/// A handheld or bench as the centre knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Its code.
    pub code: Code<Terminal>,
    /// Who is signed on.
    pub operator: Option<Code<Operator>>,
    /// Last contact, by the centre's clock.
    pub heard: Millis,
    /// Operations it still held after its last upload.
    pub pending: u64,
    /// Battery in percent, where it has one.
    pub battery: Option<u8>,
}

/// A cart and its slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Its code.
    pub code: Code<Cart>,
    /// Slots side by side.
    pub columns: u8,
    /// Shelves, counted from the top.
    pub shelves: u8,
}

/// Who holds a pick list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The operator.
    pub operator: Code<Operator>,
    /// The terminal she signed on at when she got it.
    pub terminal: Code<Terminal>,
}

/// How far a pick list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// Released, not begun.
    Open,
    /// On a cart.
    Started,
    /// Over.
    Closed,
}

/// One operator's run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickList {
    /// Its id.
    pub id: Id<PickList>,
    /// The number that people say.
    pub number: u32,
    /// The site.
    pub site: Code<Site>,
    /// How far it is.
    pub state: ListState,
    /// Rises at every change of holder; gates requests, never facts.
    pub epoch: u32,
    /// Who has it.
    pub holder: Option<Holder>,
    /// The cart, once scanned.
    pub cart: Option<Code<Cart>>,
    /// Which order goes into which slot.
    pub slots: Vec<Slot>,
    /// The stops in walking order.
    pub tasks: Vec<Id<PickTask>>,
    /// When the first of its shipments must leave the building.
    pub due: Option<Millis>,
    /// Planned walk, in millimetres.
    pub walk_mm: u64,
    /// The walk as it was confirmed; the centre keeps it.
    #[serde(default, skip_serializing_if = "Walked::is_none")]
    pub walked: Walked,
}

/// How far an operator walked on a run: from the depot along the locations she confirmed, in the order she came
/// to them, each time by the shortest way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// In millimetres.
    pub mm: u64,
    /// The location confirmed last.
    pub at: Option<Code<Location>>,
}

impl Walked {
    /// Whether nothing was confirmed yet.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.at.is_none()
    }
}

impl PickList {
    /// Puts these of its stops last, in this order; the others stay before them as they were. What is no stop
    /// of the list is passed over, and so is what is named again.
    pub fn reorder(&mut self, last: &[Id<PickTask>]) {
        let own: BTreeSet<Id<PickTask>> = self.tasks.iter().copied().collect();
        let mut moved = BTreeSet::new();
        let tail: Vec<Id<PickTask>> =
            last.iter().filter(|task| own.contains(task) && moved.insert(**task)).copied().collect();
        self.tasks.retain(|task| !moved.contains(task));
        self.tasks.extend(tail);
    }
}

/// One slot of a cart during a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its number on the cart, from 1.
    pub number: u8,
    /// The fulfilment order that goes into it.
    pub fulfilment: Id<FulfilmentOrder>,
    /// The order's name, as people say it.
    pub order: String,
    /// The tote that stands there now.
    pub tote: Option<Code<Tote>>,
}

/// Why fewer were found than wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShortReason {
    /// Nothing more is there.
    Empty,
    /// What is there is broken.
    Damaged,
    /// Something else lies there.
    OtherItem,
    /// It is there, out of reach.
    Unreachable,
}

/// One stop of a pick list: so many of an item, from a location, into a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickTask {
    /// Its id.
    pub id: Id<PickTask>,
    /// The list it belongs to.
    pub list: Id<PickList>,
    /// The slot of the cart.
    pub slot: u8,
    /// What it is for.
    pub fulfilment: Id<FulfilmentOrder>,
    /// The line of the fulfilment order.
    pub line: u32,
    /// What to take.
    pub item: Code<Item>,
    /// Where from.
    pub location: Code<Location>,
    /// How many were asked for.
    pub wanted: Quantity,
    /// Taken from the location, so far.
    pub picked: Quantity,
    /// Of these, put into a tote.
    pub put: Quantity,
    /// Reported missing.
    pub short: Quantity,
    /// Why.
    pub short_reason: Option<ShortReason>,
    /// No longer wanted here: withdrawn, cancelled or handed on.
    pub withdrawn: Quantity,
    /// Who continues, when the rest was handed on.
    pub continued_by: Option<Id<PickTask>>,
    /// How often it was put off; stops put off most come last.
    pub skipped: u16,
    /// Of which lot, where the item is kept by lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Code<Lot>>,
}

impl PickTask {
    /// How many are still to take.
    #[must_use]
    pub fn remaining(&self) -> Quantity {
        (self.wanted - self.withdrawn - self.picked - self.short).or_zero()
    }

    /// How many were taken beyond what is wanted.
    #[must_use]
    pub fn excess(&self) -> Quantity {
        (self.picked + self.short - (self.wanted - self.withdrawn)).or_zero()
    }

    /// How many lie on the cart, in no tote yet.
    #[must_use]
    pub fn in_hand(&self) -> Quantity {
        (self.picked - self.put).or_zero()
    }

    /// Whether nothing is left to do at this stop.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.remaining().is_zero() && self.in_hand().is_zero()
    }
}

/// Where a tote is in its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToteState {
    /// Empty, anybody's.
    Free,
    /// On a cart, open.
    InUse,
    /// Full or dropped, waiting for packing.
    Closed,
}

/// A tote and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tote {
    /// Its code.
    pub code: Code<Tote>,
    /// Where it is in its round.
    pub state: ToteState,
    /// Whose goods it carries.
    pub fulfilment: Option<Id<FulfilmentOrder>>,
    /// The run it is on.
    pub list: Option<Id<PickList>>,
    /// The slot it stands in, or stood in last.
    pub slot: Option<u8>,
    /// Where it was dropped.
    pub lane: Option<Code<Location>>,
    /// What is in it.
    pub contents: Vec<Content>,
}

impl Tote {
    /// An empty tote with this code.
    #[must_use]
    pub const fn empty(code: Code<Self>) -> Self {
        Self {
            code,
            state: ToteState::Free,
            fulfilment: None,
            list: None,
            slot: None,
            lane: None,
            contents: Vec::new(),
        }
    }
}

/// So many of an item, in a tote or parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The item.
    pub item: Code<Item>,
    /// How many.
    pub quantity: Quantity,
    /// Of which lot, where the item is kept by lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Code<Lot>>,
}

/// Adds `by` (possibly negative) of a lot of an item to contents and drops the entry when nothing is left of it.
pub fn shift(contents: &mut Vec<Content>, item: &Code<Item>, lot: Option<&Code<Lot>>, by: Quantity) {
    match contents.iter_mut().find(|c| c.item == *item && c.lot.as_ref() == lot) {
        Some(content) => content.quantity += by,
        None => contents.push(Content { item: item.clone(), quantity: by, lot: lot.cloned() }),
    }
    contents.retain(|c| !c.quantity.is_zero());
}

/// How many of an item the contents hold, of all its lots.
#[must_use]
pub fn held(contents: &[Content], item: &Code<Item>) -> Quantity {
    contents.iter().filter(|c| c.item == *item).map(|c| c.quantity).sum()
}

/// How many of a lot of an item the contents hold; with no lot, of what is kept by none.
#[must_use]
pub fn held_of(contents: &[Content], item: &Code<Item>, lot: Option<&Code<Lot>>) -> Quantity {
    contents.iter().filter(|c| c.item == *item && c.lot.as_ref() == lot).map(|c| c.quantity).sum()
}

/// How far a fulfilment order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentState {
    /// Allocated, waiting for release.
    Open,
    /// On pick lists.
    Released,
    /// A packer has it.
    Packing,
    /// All its pieces are in sealed parcels.
    Packed,
    /// Handed to the carrier.
    Shipped,
    /// Nothing of it ships.
    Cancelled,
}

/// What one site sends to one address under one promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentOrder {
    /// Its id.
    pub id: Id<FulfilmentOrder>,
    /// The order it fulfils.
    pub order: Id<Order>,
    /// The channel's name for the order, as people say it.
    pub number: String,
    /// The site.
    pub site: Code<Site>,
    /// How far it is.
    pub state: FulfilmentState,
    /// Its lines, by line number.
    pub lines: Vec<FulfilmentLine>,
    /// Totes that carry or carried its goods.
    pub totes: Vec<Code<Tote>>,
    /// Its parcels, in the order they were begun.
    pub parcels: Vec<Id<Parcel>>,
    /// Where it goes.
    pub ship_to: Address,
    /// How it goes.
    pub service: Code<CarrierService>,
    /// When it must be with the carrier.
    pub due: Option<Millis>,
    /// Why it may not leave: named holds.
    pub holds: BTreeSet<String>,
    /// Who packs it.
    pub packer: Option<Code<Operator>>,
}

impl FulfilmentOrder {
    /// The line with this number.
    pub fn line_mut(&mut self, line: u32) -> Option<&mut FulfilmentLine> {
        self.lines.iter_mut().find(|l| l.line == line)
    }

    /// Whether every piece that will come has been picked and every picked piece is in a parcel.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.lines.iter().all(|l| l.to_pick().is_zero() && l.to_pack().is_zero())
    }

    /// Whether nothing is left to pick.
    #[must_use]
    pub fn is_picked(&self) -> bool {
        self.lines.iter().all(|l| l.to_pick().is_zero())
    }
}

/// One line of a fulfilment order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentLine {
    /// The line's number in the order, from 1.
    pub line: u32,
    /// The item.
    pub item: Code<Item>,
    /// How many this fulfilment order promised.
    pub wanted: Quantity,
    /// Taken from locations and now in totes, on carts or in parcels.
    pub picked: Quantity,
    /// Not found at the pick face.
    pub short: Quantity,
    /// Picked, but missing or broken at packing.
    pub lost: Quantity,
    /// In parcels.
    pub packed: Quantity,
    /// Handed to the carrier.
    pub shipped: Quantity,
}

impl FulfilmentLine {
    /// How many are still to come from the pick faces.
    #[must_use]
    pub fn to_pick(&self) -> Quantity {
        (self.wanted - self.picked - self.short).or_zero()
    }

    /// How many were picked and are in no parcel.
    #[must_use]
    pub fn to_pack(&self) -> Quantity {
        (self.picked - self.lost - self.packed).or_zero()
    }
}

/// Where a parcel is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// Being filled.
    Open,
    /// Closed, with its SSCC.
    Sealed,
    /// In a staging lane.
    Staged,
    /// On the vehicle.
    Loaded,
    /// With the carrier: its manifest is closed.
    Dispatched,
}

/// A carton on its way to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Its id.
    pub id: Id<Parcel>,
    /// What it carries goods of.
    pub fulfilment: Id<FulfilmentOrder>,
    /// Which parcel of the fulfilment order, from 1.
    pub number: u16,
    /// Where it is in its life.
    pub state: ParcelState,
    /// The carton.
    pub carton: Code<CartonType>,
    /// What is in it.
    pub contents: Vec<Content>,
    /// Weighed, in grams.
    pub weight_g: Option<u32>,
    /// Its SSCC, 18 digits, from the sealing on.
    pub sscc: Option<String>,
    /// How it goes.
    pub service: Code<CarrierService>,
    /// The staging lane.
    pub lane: Option<Code<Location>>,
    /// The manifest it was loaded for.
    pub manifest: Option<Id<Manifest>>,
    /// Whether its label has been printed.
    pub labelled: bool,
}

/// What one vehicle takes for one carrier service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its id.
    pub id: Id<Manifest>,
    /// The number that people say.
    pub number: u32,
    /// The carrier service.
    pub service: Code<CarrierService>,
    /// Where its parcels are staged.
    pub lane: Code<Location>,
    /// When the vehicle leaves.
    pub due: Option<Millis>,
    /// Parcels loaded.
    pub parcels: Vec<Id<Parcel>>,
    /// Whether it is handed over: no parcel may be added.
    pub closed: bool,
}
