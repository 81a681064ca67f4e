//! A shift that was worked without a network and told late ends as the same shift told at once.
//!
//! Each shift is drawn from a number: two pickers take, put, report shorts and take back, each on a list of her own.
//! It is told to one house as it happens, and to another house terminal after terminal. `SHIFTS=n` plays so many,
//! `SHIFT=n` that one.

use std::collections::BTreeMap;

use aisle_core::{
    id::{Code, Id, Mint},
    quantity::Quantity,
    task::{
        op::{Fact, Op, Origin, Request},
        rows::Kept,
        state::{Cart, FulfilmentOrder, Operator, PickList, PickTask, ShortReason, Tote},
        trouble::{Trouble, TroubleKind},
    },
    time::Millis,
    wire::v1::Verdict,
};
use aisle_oms::{
    context::Context,
    order::cancel::cancel,
    settings::Settings,
    store::{Store, memory::Memory},
    work::{self, Badge},
};

use super::house::{House, code};

/// Shifts played in a run of the tests.
const SHIFTS: u64 = 200;
/// Things that people do in a shift.
const STEPS: i64 = 70;
const PICKERS: [&str; 2] = ["PA", "PB"];
const CARTS: [&str; 2] = ["C1", "C2"];
const ORDERS: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

/// Something that happened, as it is told to a house.
#[derive(Clone)]
enum Step {
    /// A picker's fact about the stop that this one was handed on to, so many times.
    Told { who: usize, origin: Origin, fact: Fact, heirs: usize },
    /// What remains of a list goes to the other picker.
    HandedOn { list: Id<PickList>, at: Millis },
    /// A customer takes an order back.
    Cancelled { reference: &'static str, at: Millis },
}

type Hall = House<Memory>;

/// A house with two lists under way.
fn hall() -> (Hall, Vec<PickList>) {
    let mut house = House::over(Memory::new([7; 16]));
    house.settings = Settings::read("[site]\ncode = \"S\"\n[release]\ncart_slots = 3\n").unwrap();
    house.stock("sku,location,quantity\nMUG,A01,90\nCUP,A02,90\nTIN,A03,90\n");
    for (reference, order) in (2..).zip(ORDERS) {
        house.order(order, &[("MUG", reference), ("CUP", 9 - reference), ("TIN", 4)]);
    }
    house.release();
    let totes = [["T1", "T2", "T3"], ["T4", "T5", "T6"]];
    let start = |(who, totes): (usize, [&str; 3])| house.start(PICKERS[who], CARTS[who], &totes);
    let lists = totes.into_iter().enumerate().map(start).collect();
    (house, lists)
}

impl Hall {
    fn told(&mut self, origin: &Origin, fact: &Fact) {
        let (origin, op) = (origin.clone(), Op::Fact(fact.clone()));
        let verdict =
            self.at(origin.at, |tx, context| work::apply(tx, context, &origin, &op, Badge::Checked));
        assert!(
            matches!(verdict, Verdict::Fact(_)) && !format!("{verdict:?}").contains("Parked"),
            "{verdict:?}"
        );
    }

    fn at<T>(
        &mut self,
        now: Millis,
        work: impl FnOnce(&mut aisle_oms::store::Tx<'_>, &mut Context<'_>) -> aisle_oms::store::Result<T>,
    ) -> T {
        let (settings, mint) = (&self.settings, &mut self.mint);
        self.store.transact(|tx| work(tx, &mut Context { now, settings, mint })).unwrap()
    }

    /// The stop that continues this one, so many times handed on.
    fn heir(&mut self, task: Id<PickTask>, heirs: usize) -> PickTask {
        let mut row = self.row::<PickTask>(&task);
        for _ in 0..heirs {
            row = self.row::<PickTask>(&row.continued_by.unwrap());
        }
        row
    }

    fn take(&mut self, step: &Step) {
        match step.clone() {
            Step::Told { origin, mut fact, heirs, .. } => {
                if let Fact::Picked { task, .. } | Fact::Put { task, .. } | Fact::Shorted { task, .. } =
                    &mut fact
                {
                    *task = self.heir(*task, heirs).id;
                }
                self.told(&origin, &fact);
            }
            Step::HandedOn { list, at } => {
                let epoch = self.row::<PickList>(&list).epoch;
                let request = Request::Reassign { list, epoch, tasks: Vec::new(), to: code(PICKERS[1]) };
                let origin =
                    Origin { op: Id::from_bytes([9; 16]), operator: code("LD"), terminal: code("H3"), at };
                self.at(at, |tx, context| {
                    work::apply(tx, context, &origin, &Op::Request(request), Badge::Checked)
                });
            }
            Step::Cancelled { reference, at } => {
                self.at(at, |tx, context| cancel(tx, context, "csv", reference, &code("CENTRE")));
            }
        }
    }
}

/// A shift being made up while the first house is told of it.
struct Shift {
    house: Hall,
    lists: Vec<PickList>,
    luck: Mint,
    now: Millis,
    steps: Vec<Step>,
    /// What each picker did and may take back.
    done: [Vec<(Id<Op>, Fact)>; 2],
}

impl Shift {
    fn new(number: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_le_bytes());
        let (house, lists) = hall();
        let now = Millis(house.now.0 + 1_000_000);
        Self { house, lists, luck: Mint::new(key), now, steps: Vec::new(), done: Default::default() }
    }

    fn draw(&mut self, below: i64) -> i64 {
        i64::try_from(self.luck.bits() % u64::try_from(below.max(1)).unwrap()).unwrap()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let one = self.draw(i64::try_from(all.len()).unwrap());
        all[usize::try_from(one).unwrap()]
    }

    fn step(&mut self, step: Step) {
        self.house.take(&step);
        self.steps.push(step);
    }

    fn tell(&mut self, who: usize, fact: Fact, heirs: usize) -> Id<Op> {
        self.now = self.now.plus(1_000);
        let (at, operator): (_, Code<Operator>) = (self.now, code(PICKERS[who]));
        let origin = Origin { op: self.luck.id(at), operator, terminal: code("H1"), at };
        let op = origin.op;
        self.step(Step::Told { who, origin, fact, heirs });
        op
    }

    /// A picker does one thing at one of her stops.
    fn work(&mut self, who: usize) {
        let stops = self.lists[who].tasks.clone();
        let stop = self.one_of(&stops);
        let task = self.house.row::<PickTask>(&stop);
        let cart = code(CARTS[who]);
        let (id, item, location) = (task.id, task.item.clone(), task.location.clone());
        let left = task.remaining().0;
        let fact = match self.draw(10) {
            0..=3 if left > 0 => {
                let quantity = Quantity(1 + self.draw(left));
                taken(&task, id, cart, quantity, false)
            }
            4 => {
                let quantity = Quantity(left + 1);
                taken(&task, id, cart, quantity, true)
            }
            5 if left > 0 => {
                let (quantity, reason) = (Quantity(1 + self.draw(left)), ShortReason::Unreachable);
                Fact::Shorted { task: id, item, location, quantity, reason, undoes: None }
            }
            6 => return self.take_back(who),
            _ if task.in_hand().is_some() => {
                let quantity = Quantity(1 + self.draw(task.in_hand().0));
                let tote = self.lists[who].slots.iter().position(|slot| slot.number == task.slot).unwrap();
                let tote = code(&format!("T{}", 3 * who + tote + 1));
                Fact::Put { task: id, item, cart, tote, quantity, undoes: None, lot: None }
            }
            _ => return,
        };
        let op = self.tell(who, fact.clone(), 0);
        self.done[who].push((op, fact));
    }

    /// Takes the last step back, where the goods allow it.
    fn take_back(&mut self, who: usize) {
        let Some((op, mut fact)) = self.done[who].pop() else { return };
        match &mut fact {
            Fact::Picked { task, quantity, undoes, .. } => {
                if self.house.row::<PickTask>(task).in_hand() < *quantity {
                    return;
                }
                *undoes = Some(op);
            }
            Fact::Put { undoes, .. } | Fact::Shorted { undoes, .. } => *undoes = Some(op),
            _ => return,
        }
        self.tell(who, fact, 0);
    }
}

/// So many pieces taken at a stop, told under the name of this one.
fn taken(stop: &PickTask, named: Id<PickTask>, cart: Code<Cart>, quantity: Quantity, keyed: bool) -> Fact {
    let (item, location) = (stop.item.clone(), stop.location.clone());
    Fact::Picked { task: named, item, location, cart, quantity, keyed, undoes: None, lot: None }
}

/// The numbers of the shifts to play.
fn shifts() -> Vec<u64> {
    let number = |name| std::env::var(name).ok().map(|n| n.parse::<u64>().unwrap());
    number("SHIFT").map_or_else(|| (1..=number("SHIFTS").unwrap_or(SHIFTS)).collect(), |one| vec![one])
}

/// Tells a house the same steps: those of one picker after everything else.
fn told_late(steps: &[Step], late: usize) -> Hall {
    let (mut house, _) = hall();
    let is_late = |step: &&Step| matches!(step, Step::Told { who, .. } if *who == late);
    for step in steps.iter().filter(|step| !is_late(step)) {
        house.take(step);
    }
    for step in steps.iter().filter(is_late) {
        house.take(step);
    }
    house
}

fn sorted<T: Kept + std::fmt::Debug>(house: &mut Hall) -> Vec<String> {
    let mut rows: Vec<String> = house.all::<T>().iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

/// Everything that is told of the floor and of the stock.
fn whole(house: &mut Hall) -> Vec<String> {
    let mut told = sorted::<PickTask>(house);
    told.extend(sorted::<FulfilmentOrder>(house));
    told.extend(sorted::<Tote>(house));
    told.extend(sorted::<Trouble>(house));
    told.extend(sorted::<PickList>(house));
    told.extend(stock(house));
    told
}

/// What lies where, and what became of each ordered piece.
fn stock(house: &mut Hall) -> Vec<String> {
    let mut told: Vec<String> = house
        .act(|tx, _| tx.levels())
        .into_iter()
        .filter(|level| !level.on_hand.is_zero() || !level.assigned.is_zero())
        .map(|level| format!("{level:?}"))
        .collect();
    told.sort();
    for order in ORDERS {
        told.extend(house.lines(order).iter().map(|line| format!("{order} {} {:?}", line.line, line.parts)));
    }
    told
}

/// What is still to take, and what must go back, of each line: whoever does it.
fn due(house: &mut Hall) -> BTreeMap<(Id<FulfilmentOrder>, u32), (Quantity, Quantity)> {
    let mut due = BTreeMap::new();
    for task in house.all::<PickTask>() {
        let entry = due.entry((task.fulfilment, task.line)).or_insert((Quantity::ZERO, Quantity::ZERO));
        *entry = (entry.0 + task.remaining(), entry.1 + task.excess());
    }
    due
}

/// So many pieces of each line that a lead must have put back.
fn to_put_back(house: &mut Hall) -> BTreeMap<String, Quantity> {
    let mut sums = BTreeMap::new();
    for trouble in house.all::<Trouble>().into_iter().filter(|row| row.kind == TroubleKind::ExcessPick) {
        let line = format!("{:?} {:?}", trouble.fulfilment, trouble.item);
        *sums.entry(line).or_insert(Quantity::ZERO) += trouble.quantity;
    }
    sums
}

#[test]
fn facts_told_late_end_as_facts_told_at_once() {
    for number in shifts() {
        let mut shift = Shift::new(number);
        for _ in 0..STEPS {
            let who = usize::try_from(shift.draw(2)).unwrap();
            shift.work(who);
        }
        let Shift { mut house, steps, .. } = shift;
        house.proved();
        let once = whole(&mut house);
        for (late, name) in PICKERS.into_iter().enumerate() {
            let mut other = told_late(&steps, late);
            other.proved();
            assert_eq!(whole(&mut other), once, "shift {number}, {name} told late");
        }
    }
}

impl Shift {
    /// The first picker has no network: she takes what her own list wants, whatever the centre decided since.
    fn work_unaware(&mut self) {
        let stops = self.lists[0].tasks.clone();
        let id = self.one_of(&stops);
        let task = self.house.row::<PickTask>(&id);
        let left = task.wanted.0 - task.picked.0;
        if left > 0 {
            self.pick(0, &task, id, 0, left);
        }
    }

    /// The second picker sees what was handed on to her, and works on that.
    fn work_as_heir(&mut self) {
        let stops = self.lists[0].tasks.clone();
        let id = self.one_of(&stops);
        if self.house.row::<PickTask>(&id).continued_by.is_none() {
            return;
        }
        let heir = self.house.heir(id, 1);
        if heir.remaining().is_some() {
            self.pick(1, &heir, id, 1, heir.remaining().0);
        }
    }

    fn pick(&mut self, who: usize, task: &PickTask, named: Id<PickTask>, heirs: usize, most: i64) {
        let quantity = Quantity(1 + self.draw(most));
        self.tell(who, taken(task, named, code(CARTS[who]), quantity, false), heirs);
    }
}

#[test]
fn picks_told_after_a_hand_over_and_cancellations_come_to_the_same_goods_and_promises() {
    let (mut by_heirs, mut to_put_back_in_all) = (0, Quantity::ZERO);
    for number in shifts() {
        let mut shift = Shift::new(number);
        let hand_over = shift.draw(STEPS);
        let cancelled = [shift.draw(STEPS), shift.draw(STEPS)];
        for step in 0..STEPS {
            shift.now = shift.now.plus(1_000);
            let at = shift.now;
            if step == hand_over {
                let list = shift.lists[0].id;
                shift.step(Step::HandedOn { list, at });
            }
            if cancelled.contains(&step) {
                let reference = shift.one_of(&ORDERS);
                shift.step(Step::Cancelled { reference, at });
            }
            match shift.draw(3) {
                0 => shift.work_as_heir(),
                _ => shift.work_unaware(),
            }
        }
        let Shift { mut house, steps, .. } = shift;
        house.proved();
        let mut other = told_late(&steps, 0);
        other.proved();
        assert_eq!(stock(&mut other), stock(&mut house), "shift {number}: goods and promises");
        assert_eq!(due(&mut other), due(&mut house), "shift {number}: what is due");
        let back = to_put_back(&mut house);
        assert_eq!(to_put_back(&mut other), back, "shift {number}: what goes back");
        by_heirs += steps.iter().filter(|step| matches!(step, Step::Told { heirs: 1, .. })).count();
        to_put_back_in_all += back.values().copied().sum();
    }
    let met = by_heirs > 0 && to_put_back_in_all.is_some();
    assert!(met, "{by_heirs} picks by heirs, {to_put_back_in_all} to put back");
}
