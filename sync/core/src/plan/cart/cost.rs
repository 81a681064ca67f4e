//! What a cart walks. In one free block a tour is a few bit operations an aisle (Ratliff and Rosenthal's
//! recurrence); elsewhere the exact router answers, and answers are remembered.

use super::Job;
use crate::plan::layout::{Layout, Point};
use crate::plan::route::{Dice, End, RouteError, Router, Stop};

/// Remembered tours: a power of two, small enough for a terminal's cache.
const REMEMBERED: usize = 1 << 15;

/// The exact length of any cart's walk.
pub(super) struct Costs<'a> {
    job: &'a Job<'a>,
    block: Option<OneBlock>,
    router: Router,
    stops: Vec<Stop>,
    keys: Vec<u64>,
    memory: Vec<(u64, u64)>,
}

impl<'a> Costs<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        let mut dice = Dice::new(0);
        let count = job.orders.len() + job.running.len();
        Self {
            job,
            block: OneBlock::new(job),
            router: Router::default(),
            stops: Vec::new(),
            keys: (0..count).map(|_| dice.bits()).collect(),
            memory: vec![(0, 0); REMEMBERED],
        }
    }

    /// The shortest walk of a cart in millimetres. `running` is the cart it is, if it is on its way.
    pub(super) fn length_mm(&mut self, running: Option<usize>, orders: &[usize]) -> Result<u64, RouteError> {
        let key = self.key(orders);
        self.length_keyed(running, key, orders)
    }

    /// The same, when the number that stands for the orders is known.
    pub(super) fn length_keyed(
        &mut self,
        running: Option<usize>,
        key: u64,
        orders: &[usize],
    ) -> Result<u64, RouteError> {
        let mark = running.map_or(0, |cart| self.keys[self.job.orders.len() + cart]);
        let key = (mark ^ key) | 1;
        let slot = (key >> 40) as usize % REMEMBERED;
        if self.memory[slot].0 == key {
            return Ok(self.memory[slot].1);
        }
        let length = match (&mut self.block, running) {
            (Some(block), None) => u64::from(block.length_mm(orders)),
            _ => self.routed(running, orders)?,
        };
        self.memory[slot] = (key, length);
        Ok(length)
    }

    fn routed(&mut self, running: Option<usize>, orders: &[usize]) -> Result<u64, RouteError> {
        self.stops.clear();
        for order in orders {
            self.stops.extend_from_slice(&self.job.orders[*order].stops);
        }
        let start = running.map_or(self.job.start, |cart| self.job.running[cart].start);
        self.router.length_mm(self.job.layout, start, End::At(self.job.end), &self.stops)
    }

    /// Whether a walk is measured in a blink.
    pub(super) fn quick(&self) -> bool {
        self.block.is_some()
    }

    /// A number that stands for a set of orders.
    pub(super) fn key(&self, orders: &[usize]) -> u64 {
        orders.iter().fold(0, |key, order| key ^ self.keys[*order])
    }
}

/// Tours in one block, from a depot at the front or back of an aisle and back to it. Places are numbered within
/// their aisle, so that the places of an order are bits, and those of a cart are all its orders' bits together.
struct OneBlock {
    aisles: usize,
    depot: usize,
    length: u32,
    gaps: Vec<u32>,
    /// Places of each aisle, rising, as seen from the depot's side.
    places: Vec<Vec<u32>>,
    /// Per order, per aisle.
    bits: Vec<u64>,
    cart: Vec<u64>,
}

impl OneBlock {
    fn new(job: &Job<'_>) -> Option<Self> {
        let layout = job.layout;
        let length = layout.length_mm();
        let plain = layout.free() && layout.cross_mm() == [0, length] && job.start == job.end;
        let at_end = job.start.along_mm == 0 || job.start.along_mm == length;
        let all = job.orders.iter().flat_map(|order| &order.stops);
        if !plain || !at_end || all.clone().any(|stop| layout.check(stop.at).is_err()) {
            return None;
        }
        let aisles = layout.aisles();
        let turned = job.start.along_mm != 0;
        let seen = |at: Point| if turned { length - at.along_mm } else { at.along_mm };
        let mut places = vec![Vec::new(); aisles];
        for stop in all {
            places[usize::from(stop.at.aisle)].push(seen(stop.at));
        }
        for aisle in &mut places {
            aisle.sort_unstable();
            aisle.dedup();
        }
        if places.iter().any(|aisle| aisle.len() > 64) {
            return None;
        }
        let mut bits = vec![0; aisles * job.orders.len()];
        for (number, order) in job.orders.iter().enumerate() {
            for stop in &order.stops {
                let aisle = usize::from(stop.at.aisle);
                let bit = places[aisle].binary_search(&seen(stop.at)).ok()?;
                bits[number * aisles + aisle] |= 1 << bit;
            }
        }
        let gaps = gaps(layout);
        let depot = usize::from(job.start.aisle);
        Some(Self { aisles, depot, length, gaps, places, bits, cart: vec![0; aisles] })
    }

    fn length_mm(&mut self, orders: &[usize]) -> u32 {
        self.cart.fill(0);
        for order in orders {
            let bits = &self.bits[order * self.aisles..(order + 1) * self.aisles];
            for (cart, bits) in self.cart.iter_mut().zip(bits) {
                *cart |= bits;
            }
        }
        let first = self.cart.iter().position(|bits| *bits != 0);
        let last = self.cart.iter().rposition(|bits| *bits != 0);
        let (Some(first), Some(last)) = (first, last) else { return 0 };
        self.tour(first.min(self.depot), last.max(self.depot))
    }

    /// The classes are named by what happened at the back and the front: both odd, even at the back only, at the
    /// front only, at both in one piece, at both in two pieces, nothing yet.
    fn tour(&self, first: usize, last: usize) -> u32 {
        const FAR: u32 = u32::MAX / 2;
        let length = self.length;
        let (mut odd, mut back, mut front, mut one, mut two, mut none) = (FAR, FAR, FAR, FAR, FAR, 0);
        for aisle in first..=last {
            if aisle == self.depot {
                front = front.min(none);
                two = two.min(back);
                (back, none) = (FAR, FAR);
            }
            let bits = self.cart[aisle];
            let any = back.min(front).min(one).min(two).min(none);
            if bits == 0 {
                let through = odd + length;
                odd = odd.min(any + length);
                one = one.min(through);
            } else {
                let (from_front, from_back, split) = self.returns(aisle, bits);
                let best = from_front.min(from_back).min(split);
                let through = odd + length;
                odd = (odd + best).min(any + length);
                let parted =
                    (back + from_front.min(split)).min(front + from_back.min(split)).min(none + split);
                two = (two + best).min(parted);
                one = (one + best).min(through);
                back = back.min(none) + from_back;
                front = front.min(none) + from_front;
                none = FAR;
            }
            if aisle < last {
                let gap = 2 * self.gaps[aisle];
                two = back.min(front).min(two) + 2 * gap;
                back = back.min(one) + gap;
                front = front.min(one) + gap;
                (one, odd) = (one + 2 * gap, odd + gap);
            }
        }
        one.min(front).min(back)
    }

    /// Walking in and out again: from the front, from the back, from both leaving out the widest gap.
    fn returns(&self, aisle: usize, bits: u64) -> (u32, u32, u32) {
        let places = &self.places[aisle];
        let low = bits.trailing_zeros() as usize;
        let high = 63 - bits.leading_zeros() as usize;
        let mut left = bits & (bits - 1);
        let mut before = places[low];
        let mut widest = 0;
        while left != 0 {
            let place = places[left.trailing_zeros() as usize];
            widest = widest.max(place - before);
            before = place;
            left &= left - 1;
        }
        (2 * places[high], 2 * (self.length - places[low]), 2 * (self.length - widest))
    }
}

fn gaps(layout: &Layout) -> Vec<u32> {
    (1..layout.aisles()).map(|aisle| layout.aisle_mm(aisle) - layout.aisle_mm(aisle - 1)).collect()
}
