//! Improving a cart plan by moving and exchanging orders, worse plans being accepted less and less often
//! (simulated annealing), each measured by the exact walk.

use super::cost::Costs;
use super::pool::Pool;
use super::state::{Cart, State};
use super::{CartError, Job, Order, Plan, Size, savings};
use crate::plan::route::Dice;

/// The first heat is this fraction of the mean cart's walk.
const HEAT: u64 = 40;
/// Partners that an order prefers: those it saves most with.
const NEAR: usize = 12;
/// Most orders for which partners are worked out pair by pair, where a walk is measured in a blink and where it
/// is not.
const MOST_PAIRED: [usize; 2] = [400, 150];
/// One move in this many opens a new cart.
const OPENING: usize = 64;
/// Walks this much longer than the best, in thousandths, are not worth keeping batches of.
const POOLED: u64 = 15;

/// A cart plan that can be improved step by step, for callers with a clock of their own.
pub struct Planner<'a> {
    job: &'a Job<'a>,
    costs: Costs<'a>,
    state: State,
    dice: Dice,
    /// Per order, the cart it is on.
    on: Vec<usize>,
    /// Per cart, what is on it.
    sizes: Vec<Size>,
    /// Per cart, the number that stands for its orders.
    keys: Vec<u64>,
    /// Whether anything but size limits a cart.
    limited: bool,
    movable: Vec<usize>,
    near: Vec<Vec<usize>>,
    now_mm: u64,
    best: Vec<Cart>,
    best_mm: u64,
    heat: u64,
    pool: Pool,
    first: Vec<usize>,
    second: Vec<usize>,
}

impl<'a> Planner<'a> {
    /// The plan that merging carts by savings makes.
    ///
    /// # Errors
    /// When an order is off the layout or cut off, or running carts contradict each other.
    pub fn new(job: &'a Job<'a>, seed: u64) -> Result<Self, CartError> {
        let mut costs = Costs::new(job);
        let mut state = State::new(job, &mut costs)?;
        savings::merge(job, &mut costs, &mut state);
        state.carts.retain(|cart| cart.running.is_some() || !cart.orders.is_empty());
        let mut on = vec![usize::MAX; job.orders.len()];
        let (mut sizes, mut keys) = (Vec::new(), Vec::new());
        for (number, cart) in state.carts.iter().enumerate() {
            cart.orders.iter().for_each(|order| on[*order] = number);
            sizes.push(size(job, &cart.orders));
            keys.push(costs.key(&cart.orders));
        }
        let movable: Vec<usize> =
            (0..on.len()).filter(|order| on[*order] != usize::MAX && !state.locked[*order]).collect();
        let near = near(job, &mut costs, &movable, &state);
        let now_mm = state.length_mm();
        let heat = now_mm / HEAT / state.carts.len().max(1) as u64;
        let mut planner = Self {
            job,
            costs,
            best: state.carts.clone(),
            best_mm: now_mm,
            state,
            dice: Dice::new(seed),
            on,
            sizes,
            keys,
            limited: limited(job),
            movable,
            near,
            now_mm,
            heat,
            pool: Pool::default(),
            first: Vec::new(),
            second: Vec::new(),
        };
        for cart in 0..planner.state.carts.len() {
            planner.remember(cart);
        }
        Ok(planner)
    }

    /// Length of all walks of the best plan found, in millimetres.
    pub fn length_mm(&self) -> u64 {
        self.best_mm
    }

    /// Tries so many moves. `left` is the part of the search still ahead, in thousandths: the search settles as
    /// it falls from 1,000 to 0.
    pub fn improve(&mut self, steps: u64, left: u64) {
        if self.movable.len() < 2 {
            return;
        }
        let left = left.min(1_000);
        let heat = self.heat * left * left / 1_000_000;
        for _ in 0..steps {
            self.step(heat);
        }
    }

    /// Puts the plan together anew from all good carts ever tried, trying at most so many combinations.
    pub fn recombine(&mut self, steps: u64) {
        let running: usize = self.best.iter().filter(|cart| cart.running.is_some()).count();
        let fixed: Vec<Cart> = self.best.iter().take(running).cloned().collect();
        let open: Vec<usize> =
            self.best.iter().skip(running).flat_map(|cart| cart.orders.iter().copied()).collect();
        let goal: u64 = self.best.iter().skip(running).map(|cart| cart.length_mm).sum();
        let Some(found) = self.pool.partition(&open, self.job.orders.len(), goal, steps) else { return };
        let carts = found.into_iter().map(|(orders, length_mm)| Cart { running: None, orders, length_mm });
        let carts: Vec<Cart> = fixed.into_iter().chain(carts).collect();
        let length = carts.iter().map(|cart| cart.length_mm).sum();
        if length < self.best_mm {
            self.best_mm = length;
            self.best = carts;
            self.restart();
        }
    }

    /// Goes on from the best plan found.
    pub fn restart(&mut self) {
        self.state.carts.clone_from(&self.best);
        self.now_mm = self.best_mm;
        self.sizes.clear();
        self.keys.clear();
        for (number, cart) in self.state.carts.iter().enumerate() {
            cart.orders.iter().for_each(|order| self.on[*order] = number);
            self.sizes.push(size(self.job, &cart.orders));
            self.keys.push(self.costs.key(&cart.orders));
        }
    }

    /// The best plan found.
    pub fn finish(mut self) -> Plan {
        self.state.carts = self.best;
        self.state.plan(self.job)
    }

    fn step(&mut self, heat: u64) {
        let order = self.movable[self.dice.roll(self.movable.len())];
        let from = self.on[order];
        if self.dice.roll(OPENING) == 0 {
            return self.open(order, from, heat);
        }
        let near = self.near.get(order).filter(|near| !near.is_empty());
        let partner = match near {
            Some(near) if self.dice.roll(4) > 0 => near[self.dice.roll(near.len())],
            _ => self.movable[self.dice.roll(self.movable.len())],
        };
        let to = self.on[partner];
        if from == to {
            return;
        }
        let room = self.sizes[to].plus(self.job.orders[order].size).within(self.job.limits.size);
        if room && self.dice.roll(4) > 0 {
            return self.try_change(from, to, &[order], &[], heat);
        }
        // The partner's cart gives another order, so that the two stay together.
        let gives = self.state.carts[to].orders[self.dice.roll(self.state.carts[to].orders.len())];
        if self.state.locked[gives] {
            return;
        }
        let too = self.state.carts[from].orders[self.dice.roll(self.state.carts[from].orders.len())];
        if self.dice.roll(4) == 0 && too != order && !self.state.locked[too] {
            return self.try_change(from, to, &[order, too], &[gives], heat);
        }
        self.try_change(from, to, &[order], &[gives], heat);
    }

    /// Puts an order on a cart of its own.
    fn open(&mut self, order: usize, from: usize, heat: u64) {
        if self.state.carts[from].orders.len() < 2 {
            return;
        }
        let empty = self.state.carts.iter().position(|cart| cart.running.is_none() && cart.orders.is_empty());
        let to = empty.unwrap_or_else(|| {
            self.state.carts.push(Cart::default());
            self.sizes.push(Size::default());
            self.keys.push(0);
            self.state.carts.len() - 1
        });
        self.try_change(from, to, &[order], &[], heat);
    }

    /// Moves `give` to cart `to` and `take` back, if that is allowed and not much longer.
    fn try_change(&mut self, from: usize, to: usize, give: &[usize], take: &[usize], heat: u64) {
        let sum = |orders: &[usize]| size(self.job, orders);
        let (given, taken) = (sum(give), sum(take));
        let fits =
            |have: Size, more: Size, less: Size| have.plus(more).minus(less).within(self.job.limits.size);
        if !fits(self.sizes[to], given, taken) || !fits(self.sizes[from], taken, given) {
            return;
        }
        let before = self.state.carts[from].length_mm + self.state.carts[to].length_mm;
        let most = before + self.dice.slack(heat);
        exchange(&self.state.carts[from].orders, give, take, &mut self.first);
        let change = give.iter().chain(take).fold(0, |key, order| key ^ self.costs.key(&[*order]));
        let (left, right) = (self.state.carts[from].running, self.state.carts[to].running);
        let Ok(first) = self.costs.length_keyed(left, self.keys[from] ^ change, &self.first) else { return };
        if first > most {
            return;
        }
        exchange(&self.state.carts[to].orders, take, give, &mut self.second);
        let Ok(second) = self.costs.length_keyed(right, self.keys[to] ^ change, &self.second) else { return };
        if first + second > most || !self.allowed(first, second) {
            return;
        }
        self.keys[from] ^= change;
        self.keys[to] ^= change;
        std::mem::swap(&mut self.state.carts[from].orders, &mut self.first);
        std::mem::swap(&mut self.state.carts[to].orders, &mut self.second);
        (self.state.carts[from].length_mm, self.state.carts[to].length_mm) = (first, second);
        self.sizes[from] = self.sizes[from].plus(taken).minus(given);
        self.sizes[to] = self.sizes[to].plus(given).minus(taken);
        give.iter().for_each(|order| self.on[*order] = to);
        take.iter().for_each(|order| self.on[*order] = from);
        self.now_mm = self.now_mm + first + second - before;
        if self.now_mm < self.best_mm {
            self.best_mm = self.now_mm;
            self.best.clone_from(&self.state.carts);
        }
        if self.now_mm <= self.best_mm + self.best_mm * POOLED / 1_000 {
            self.remember(from);
            self.remember(to);
        }
    }

    /// Whether the two carts in hand keep the limits other than size.
    fn allowed(&self, first: u64, second: u64) -> bool {
        if !self.limited {
            return true;
        }
        let may = |orders: &[usize], length_mm| {
            self.state.fits(self.job, orders) && self.state.in_time(self.job, orders, length_mm)
        };
        may(&self.first, first) && may(&self.second, second)
    }

    fn remember(&mut self, number: usize) {
        let cart = &self.state.carts[number];
        if cart.running.is_none() && !cart.orders.is_empty() {
            self.pool.add(self.keys[number], &cart.orders, cart.length_mm);
        }
    }
}

/// Whether anything but size limits a cart.
fn limited(job: &Job<'_>) -> bool {
    let apart = job.orders.iter().any(|order| order.priority.abs_diff(job.orders[0].priority) > 0);
    let timed = job.orders.iter().any(|order| order.left_ms.is_some());
    apart || timed || job.limits.orders < job.orders.len()
}

fn size(job: &Job<'_>, orders: &[usize]) -> Size {
    orders.iter().fold(Size::default(), |sum, order| sum.plus(job.orders[*order].size))
}

/// The orders without `less`, with `more`.
fn exchange(orders: &[usize], less: &[usize], more: &[usize], into: &mut Vec<usize>) {
    into.clear();
    into.extend(orders.iter().filter(|order| !less.contains(order)));
    into.extend_from_slice(more);
}

/// Per order, the orders it saves most with.
fn near(job: &Job<'_>, costs: &mut Costs<'_>, movable: &[usize], state: &State) -> Vec<Vec<usize>> {
    if movable.len() > MOST_PAIRED[usize::from(!costs.quick())] {
        return Vec::new();
    }
    let mut alone = vec![0; job.orders.len()];
    for order in movable {
        alone[*order] = costs.length_mm(None, &[*order]).unwrap_or(0);
    }
    let mut near = vec![Vec::new(); job.orders.len()];
    for order in movable {
        let mut saves: Vec<(u64, usize)> = Vec::new();
        for other in movable.iter().filter(|other| *other != order) {
            let pair = [*order.min(other), *order.max(other)];
            if state.fits(job, &pair) {
                let together = costs.length_mm(None, &pair).unwrap_or(u64::MAX);
                saves.push(((alone[*order] + alone[*other]).saturating_sub(together), *other));
            }
        }
        saves.sort_unstable_by_key(|(saves, other)| (std::cmp::Reverse(*saves), *other));
        near[*order] = saves.into_iter().take(NEAR).map(|(_, other)| other).collect();
    }
    near
}

/// How urgent an order is: what is smaller goes first.
pub(super) fn urgency(order: &Order) -> (u8, u64) {
    (order.priority, order.left_ms.unwrap_or(u64::MAX))
}
