//! A cart plan in the making: which order is on which cart, and what each cart may still take.

use super::anneal::urgency;
use super::cost::Costs;
use super::{Batch, CartError, Job, MOST_ORDERS, Plan, Size};

/// One cart.
#[derive(Debug, Clone, Default)]
pub(super) struct Cart {
    /// The running cart it is.
    pub(super) running: Option<usize>,
    pub(super) orders: Vec<usize>,
    pub(super) length_mm: u64,
}

/// All carts.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) carts: Vec<Cart>,
    /// Per order, whether it must stay on its cart.
    pub(super) locked: Vec<bool>,
    /// Orders too large for any cart.
    pub(super) too_large: Vec<usize>,
    /// Per order, how long its own walk takes at least, in milliseconds.
    alone_ms: Vec<u64>,
}

impl State {
    /// Running carts as they stand, and every other order on a cart of its own.
    pub(super) fn new(job: &Job<'_>, costs: &mut Costs<'_>) -> Result<Self, CartError> {
        let count = job.orders.len();
        if count > MOST_ORDERS {
            return Err(CartError::TooMany(count));
        }
        let mut state = Self {
            carts: Vec::new(),
            locked: vec![false; count],
            too_large: Vec::new(),
            alone_ms: Vec::new(),
        };
        for (number, order) in job.orders.iter().enumerate() {
            let length = costs.length_mm(None, &[number]);
            let length = length.map_err(|source| CartError::Walk { order: number, source })?;
            state.alone_ms.push(duration_ms(job, length, order.stops.len()));
        }
        let mut placed = vec![false; count];
        for (number, running) in job.running.iter().enumerate() {
            state.run(costs, number, running, &mut placed)?;
        }
        for number in (0..count).filter(|number| !placed[*number]) {
            if !job.orders[number].size.within(job.limits.size) {
                state.too_large.push(number);
                continue;
            }
            let length = costs.length_mm(None, &[number]);
            let length_mm = length.map_err(|source| CartError::Walk { order: number, source })?;
            state.carts.push(Cart { running: None, orders: vec![number], length_mm });
        }
        Ok(state)
    }

    fn run(
        &mut self,
        costs: &mut Costs<'_>,
        number: usize,
        running: &super::Running,
        placed: &mut [bool],
    ) -> Result<(), CartError> {
        let mut orders = Vec::new();
        for order in running.locked.iter().chain(&running.planned) {
            match placed.get_mut(*order) {
                Some(free) if !*free => *free = true,
                _ => return Err(CartError::Running { cart: number, order: *order }),
            }
            orders.push(*order);
        }
        for order in &running.locked {
            self.locked[*order] = true;
        }
        let first = orders.first().copied().unwrap_or(0);
        let length = costs.length_mm(Some(number), &orders);
        let length_mm = length.map_err(|source| CartError::Walk { order: first, source })?;
        self.carts.push(Cart { running: Some(number), orders, length_mm });
        Ok(())
    }

    /// Whether these orders fit on one cart, before anything is known about the walk.
    pub(super) fn fits(&self, job: &Job<'_>, orders: &[usize]) -> bool {
        let mut size = Size::default();
        let (mut low, mut high) = (u8::MAX, 0);
        for order in orders {
            let order = &job.orders[*order];
            size = size.plus(order.size);
            low = low.min(order.priority);
            high = high.max(order.priority);
        }
        let near = orders.is_empty() || high - low <= job.limits.priorities_apart;
        near && orders.len() <= job.limits.orders && size.within(job.limits.size)
    }

    /// Whether every order makes its cut-off; one that cannot even alone must not be delayed further.
    pub(super) fn in_time(&self, job: &Job<'_>, orders: &[usize], length_mm: u64) -> bool {
        let stops = orders.iter().map(|order| job.orders[*order].stops.len()).sum();
        let mut left =
            orders.iter().filter_map(|order| Some(job.orders[*order].left_ms?.max(self.alone_ms[*order])));
        let Some(first) = left.next() else { return true };
        let tightest = left.fold(first, u64::min);
        duration_ms(job, length_mm, stops) <= tightest
    }

    /// Length of all walks.
    pub(super) fn length_mm(&self) -> u64 {
        self.carts.iter().map(|cart| cart.length_mm).sum()
    }

    /// The plan as it leaves, the most urgent cart first.
    pub(super) fn plan(self, job: &Job<'_>) -> Plan {
        let length_mm = self.length_mm();
        let mut batches: Vec<Batch> = self
            .carts
            .into_iter()
            .filter(|cart| !cart.orders.is_empty() || cart.running.is_some())
            .map(|cart| {
                let mut orders = cart.orders;
                orders.sort_unstable();
                Batch { running: cart.running, orders, length_mm: cart.length_mm }
            })
            .collect();
        batches.sort_by_cached_key(|batch| {
            let first = batch.orders.iter().map(|order| urgency(&job.orders[*order])).min();
            (
                batch.running.is_none(),
                batch.running,
                first.unwrap_or((u8::MAX, u64::MAX)),
                batch.orders.clone(),
            )
        });
        Plan { batches, too_large: self.too_large, length_mm }
    }
}

/// How long a walk with its stops takes.
fn duration_ms(job: &Job<'_>, length_mm: u64, stops: usize) -> u64 {
    let walking = length_mm.saturating_mul(1_000) / job.limits.speed_mm_s.max(1);
    walking.saturating_add(job.limits.stop_ms.saturating_mul(stops as u64))
}
