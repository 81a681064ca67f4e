//! One carton being filled: extreme points (Crainic, Perboli and Tadei 2008).
//!
//! A new box lies with its near corner on one of the points; it adds its three far corners, each slid
//! back along the two other axes until it meets a box or a wall. In: items one at a time and a rule that
//! says which place is best. Out: placed boxes that keep every rule of the module above. The buffers are
//! reused from fill to fill; nothing is allocated while a fill runs once they have grown.

use super::item::{Bin, Item};

/// Work left, in box comparisons.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) left: u64,
}

impl Meter {
    pub(super) fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(steps as u64);
    }

    pub(super) fn spent(&self) -> bool {
        self.left == 0
    }
}

/// A box in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) item: usize,
    pub(super) at: [u32; 3],
    pub(super) size: [u32; 3],
    /// Heaviest fragile item that may rest on it; `u64::MAX` when it is not fragile at all.
    pub(super) bears: u64,
}

impl Placed {
    pub(super) fn end(&self, axis: usize) -> u32 {
        self.at[axis] + self.size[axis]
    }
}

/// Which place is the best one: lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Near corner, compared along the axes in this order; ties by the smallest gap left.
    Near([usize; 3]),
    /// Far corner, compared along the axes in this order.
    Far([usize; 3]),
    /// Largest share of its surface touching walls and boxes.
    Touch,
}

/// A carton being filled.
#[derive(Debug, Default)]
pub(super) struct Space {
    size: [u32; 3],
    support: u64,
    pub(super) boxes: Vec<Placed>,
    points: Vec<[u32; 3]>,
    pub(super) volume: u64,
    pub(super) weight: u64,
    room: u64,
    load: u64,
}

impl Space {
    /// Empties it and makes it a carton of this kind.
    pub(super) fn open(&mut self, bin: &Bin, support_percent: u32) {
        self.size = bin.size;
        self.support = support_percent.into();
        self.boxes.clear();
        self.points.clear();
        self.points.push([0; 3]);
        self.volume = 0;
        self.weight = 0;
        self.room = bin.volume;
        self.load = bin.load;
    }

    /// Puts the item on its best place; false when it has none.
    pub(super) fn place(&mut self, index: usize, item: &Item, rule: Rule, meter: &mut Meter) -> bool {
        if self.volume + item.volume > self.room || self.weight + item.weight > self.load {
            return false;
        }
        let mut best: Option<(u64, [u32; 3], [u32; 3])> = None;
        meter.spend(item.turns.len() * self.points.len());
        for &size in &item.turns {
            for &at in &self.points {
                if (0..3).any(|axis| at[axis] + size[axis] > self.size[axis]) {
                    continue;
                }
                let mut key = self.key(at, size, rule);
                if rule != Rule::Touch && best.is_some_and(|(least, ..)| key >= least) {
                    continue;
                }
                let Some(touch) = self.fits(at, size, item, rule == Rule::Touch, meter) else { continue };
                if rule == Rule::Touch {
                    key = u64::MAX - touch;
                    if best.is_some_and(|(least, ..)| key >= least) {
                        continue;
                    }
                }
                best = Some((key, at, size));
            }
        }
        let Some((_, at, size)) = best else { return false };
        self.put(index, item, at, size, meter);
        true
    }

    fn key(&self, at: [u32; 3], size: [u32; 3], rule: Rule) -> u64 {
        let part = |value: u32, shift: u32| u64::from(value) << shift;
        match rule {
            Rule::Near([a, b, c]) => {
                let gap = (0..3).map(|i| self.size[i] - at[i] - size[i]).min().unwrap_or(0);
                part(at[a], 48) | part(at[b], 32) | part(at[c], 16) | u64::from(gap)
            }
            Rule::Far([a, b, c]) => {
                part(at[a] + size[a], 32) | part(at[b] + size[b], 16) | u64::from(at[c] + size[c])
            }
            Rule::Touch => 0,
        }
    }

    /// Whether the box may lie there: no overlap, enough support, nothing fragile below. The answer is the
    /// share of its surface that touches, scaled to 2^32 (0 unless asked for).
    pub(super) fn fits(
        &self,
        at: [u32; 3],
        size: [u32; 3],
        item: &Item,
        touch: bool,
        meter: &mut Meter,
    ) -> Option<u64> {
        let mut below = 0u64;
        let mut area = 0u64;
        let end = [at[0] + size[0], at[1] + size[1], at[2] + size[2]];
        for (seen, other) in self.boxes.iter().enumerate() {
            let shared =
                |axis: usize| end[axis].min(other.end(axis)) as i32 - at[axis].max(other.at[axis]) as i32;
            let (x, y, z) = (shared(0), shared(1), shared(2));
            if x < 0 || y < 0 || z < 0 {
                continue;
            }
            if x > 0 && y > 0 && z > 0 {
                meter.spend(seen + 1);
                return None;
            }
            if z == 0 && x > 0 && y > 0 {
                let face = x as u64 * y as u64;
                if other.end(2) == at[2] {
                    if other.bears != u64::MAX && (!item.fragile || item.weight > other.bears) {
                        meter.spend(seen + 1);
                        return None;
                    }
                    below += face;
                } else if item.fragile && (other.bears == u64::MAX || item.weight < other.bears) {
                    meter.spend(seen + 1);
                    return None;
                }
                area += face;
            } else if touch && (x == 0) != (y == 0) && z > 0 {
                area += (x as u64 + y as u64) * z as u64;
            }
        }
        meter.spend(self.boxes.len() + 1);
        let base = u64::from(size[0]) * u64::from(size[1]);
        if at[2] > 0 && below * 100 < base * self.support {
            return None;
        }
        if !touch {
            return Some(0);
        }
        for axis in 0..3 {
            let face = u64::from(size[(axis + 1) % 3]) * u64::from(size[(axis + 2) % 3]);
            area += face * (u64::from(at[axis] == 0) + u64::from(end[axis] == self.size[axis]));
        }
        let surface = 2 * (base + u64::from(size[2]) * (u64::from(size[0]) + u64::from(size[1])));
        Some((area << 24) / surface)
    }

    /// Puts a box where [`Space::fits`] allowed it.
    pub(super) fn put(&mut self, index: usize, item: &Item, at: [u32; 3], size: [u32; 3], meter: &mut Meter) {
        let bears = if item.fragile { item.weight } else { u64::MAX };
        let new = Placed { item: index, at, size, bears };
        self.volume += item.volume;
        self.weight += item.weight;
        self.points
            .retain(|point| !(0..3).all(|axis| point[axis] >= at[axis] && point[axis] < new.end(axis)));
        self.boxes.push(new);
        for axis in 0..3 {
            let mut corner = at;
            corner[axis] = new.end(axis);
            if corner[axis] >= self.size[axis] {
                continue;
            }
            for slide in [(axis + 1) % 3, (axis + 2) % 3] {
                let point = self.slid(corner, slide);
                if !self.points.contains(&point) {
                    self.points.push(point);
                }
            }
        }
        meter.spend(6 * (self.boxes.len() + self.points.len()));
    }

    /// The point moved back along one axis to the nearest face it meets.
    fn slid(&self, mut point: [u32; 3], axis: usize) -> [u32; 3] {
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        let mut stop = 0;
        for other in &self.boxes {
            let faces = |along: usize| other.at[along] <= point[along] && point[along] < other.end(along);
            if other.end(axis) <= point[axis] && other.end(axis) > stop && faces(u) && faces(v) {
                stop = other.end(axis);
            }
        }
        point[axis] = stop;
        point
    }
}
