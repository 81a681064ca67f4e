//! All good carts ever tried, and the best plan that can be put together from them (set partitioning).
//!
//! Every order gets a price, such that the prices of a cart's orders never add up to more than its walk. Whatever
//! orders are still open then cost at least their prices, which cuts the search short.

/// Most carts kept.
const MOST_CARTS: usize = 60_000;
/// Slots of the table of known carts: a power of two, twice the carts.
const SLOTS: usize = 1 << 17;
/// Rounds in which prices are settled.
const ROUNDS: u32 = 120;

/// Carts by number: their orders lie one after the other.
#[derive(Debug, Default)]
pub(super) struct Pool {
    orders: Vec<u16>,
    ends: Vec<u32>,
    lengths: Vec<u64>,
    known: Vec<u64>,
}

impl Pool {
    /// Adds a cart unless it is known or the pool is full.
    pub(super) fn add(&mut self, key: u64, orders: &[usize], length_mm: u64) {
        if self.known.is_empty() {
            self.known = vec![0; SLOTS];
        }
        let key = key | 1;
        let mut slot = (key >> 32) as usize % SLOTS;
        while self.known[slot] != 0 {
            if self.known[slot] == key {
                return;
            }
            slot = (slot + 1) % SLOTS;
        }
        if self.lengths.len() == MOST_CARTS {
            return;
        }
        self.known[slot] = key;
        self.orders.extend(orders.iter().map(|order| *order as u16));
        self.ends.push(self.orders.len() as u32);
        self.lengths.push(length_mm);
    }

    fn cart(&self, number: usize) -> &[u16] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.orders[start as usize..self.ends[number] as usize]
    }

    /// Carts that hold each of the open orders once and walk less than `goal` together, if they are found within
    /// `steps` trials. `count` is the number of all orders.
    pub(super) fn partition(
        &self,
        open: &[usize],
        count: usize,
        goal: u64,
        steps: u64,
    ) -> Option<Vec<(Vec<usize>, u64)>> {
        let mut wanted = vec![false; count];
        open.iter().for_each(|order| wanted[*order] = true);
        let whole = |cart: &usize| self.cart(*cart).iter().all(|order| wanted[usize::from(*order)]);
        let carts: Vec<usize> = (0..self.lengths.len()).filter(whole).collect();
        let prices = self.prices(&carts, open, count, goal);
        let paid: i64 = open.iter().map(|order| prices[*order]).sum();
        // A cart that costs more beyond its prices than there is to gain cannot help.
        let spare = goal as i64 - paid;
        let over = |cart: usize| self.lengths[cart] as i64 - self.paid(cart, &prices);
        let mut useful: Vec<(i64, usize)> = carts.iter().map(|cart| (over(*cart), *cart)).collect();
        useful.retain(|(over, _)| *over < spare);
        useful.sort_unstable();
        let mut by_order: Vec<Vec<(i64, usize)>> = vec![Vec::new(); count];
        for (over, cart) in useful {
            for order in self.cart(cart) {
                by_order[usize::from(*order)].push((over, cart));
            }
        }
        let mut search = Search {
            pool: self,
            by_order,
            open: wanted,
            left: open.len(),
            chosen: Vec::new(),
            best: None,
            spare,
            steps,
        };
        search.descend(0);
        let best = search.best?;
        let told = |cart: &usize| {
            (self.cart(*cart).iter().map(|order| usize::from(*order)).collect(), self.lengths[*cart])
        };
        Some(best.iter().map(told).collect())
    }

    fn paid(&self, cart: usize, prices: &[i64]) -> i64 {
        self.cart(cart).iter().map(|order| prices[usize::from(*order)]).sum()
    }

    /// Prices that no cart's orders exceed its walk with, as high in all as can quickly be found: raised by
    /// subgradient steps, then lowered where a cart is overpaid.
    fn prices(&self, carts: &[usize], open: &[usize], count: usize, goal: u64) -> Vec<i64> {
        let mut prices = vec![0_i64; count];
        let mut best = vec![0_i64; count];
        let mut best_paid = 0;
        let fair = goal as i64 / open.len().max(1) as i64;
        open.iter().for_each(|order| prices[*order] = fair);
        let mut step = 1_000_i64;
        for _ in 0..ROUNDS {
            let feasible = self.lower(carts, prices.clone());
            let paid: i64 = open.iter().map(|order| feasible[*order]).sum();
            if paid > best_paid {
                best_paid = paid;
                best = feasible;
            } else {
                step = step * 19 / 20;
            }
            let mut missing = vec![1_i64; count];
            let mut value: i64 = open.iter().map(|order| prices[*order]).sum();
            for cart in carts {
                let over = self.lengths[*cart] as i64 - self.paid(*cart, &prices);
                if over < 0 {
                    value += over;
                    self.cart(*cart).iter().for_each(|order| missing[usize::from(*order)] -= 1);
                }
            }
            let norm: i64 = open.iter().map(|order| missing[*order] * missing[*order]).sum();
            if norm == 0 {
                break;
            }
            let gap = (goal as i64 - value).max(1);
            for order in open {
                let change = i128::from(gap) * i128::from(step) * i128::from(missing[*order]);
                prices[*order] += (change / (1_000 * i128::from(norm))) as i64;
                prices[*order] = prices[*order].max(0);
            }
        }
        best
    }

    /// Lowers prices until no cart is overpaid.
    fn lower(&self, carts: &[usize], mut prices: Vec<i64>) -> Vec<i64> {
        for cart in carts {
            let paid = self.paid(*cart, &prices);
            let most = self.lengths[*cart] as i64;
            if paid > most {
                for order in self.cart(*cart) {
                    let price = &mut prices[usize::from(*order)];
                    *price = (i128::from(*price) * i128::from(most) / i128::from(paid)) as i64;
                }
            }
        }
        prices
    }
}

/// Depth-first, always the open order with the fewest carts left.
struct Search<'a> {
    pool: &'a Pool,
    by_order: Vec<Vec<(i64, usize)>>,
    open: Vec<bool>,
    left: usize,
    chosen: Vec<usize>,
    best: Option<Vec<usize>>,
    /// What may be spent beyond prices and still be better.
    spare: i64,
    steps: u64,
}

impl Search<'_> {
    fn descend(&mut self, spent: i64) {
        if self.left == 0 {
            if spent < self.spare {
                self.spare = spent;
                self.best = Some(self.chosen.clone());
            }
            return;
        }
        let Some(order) = self.tightest() else { return };
        for at in 0..self.by_order[order].len() {
            let (over, cart) = self.by_order[order][at];
            if self.steps == 0 || spent + over >= self.spare {
                return;
            }
            self.steps -= 1;
            if self.fits(cart) {
                self.set(cart, false);
                self.chosen.push(cart);
                self.descend(spent + over);
                self.chosen.pop();
                self.set(cart, true);
            }
        }
    }

    fn fits(&self, cart: usize) -> bool {
        self.pool.cart(cart).iter().all(|order| self.open[usize::from(*order)])
    }

    fn set(&mut self, cart: usize, open: bool) {
        for order in self.pool.cart(cart) {
            self.open[usize::from(*order)] = open;
        }
        let count = self.pool.cart(cart).len();
        self.left = if open { self.left + count } else { self.left - count };
    }

    /// The open order that the fewest carts can still take, counting few.
    fn tightest(&mut self) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for order in 0..self.open.len() {
            if !self.open[order] {
                continue;
            }
            let most = best.map_or(usize::MAX, |best| best.0);
            let fitting = self.by_order[order].iter().filter(|(_, cart)| self.fits(*cart)).take(most).count();
            if fitting < most {
                best = Some((fitting, order));
                if fitting == 0 {
                    return None;
                }
            }
        }
        best.map(|best| best.1)
    }
}
