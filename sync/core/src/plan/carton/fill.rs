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

    fn ends(&self) -> [u32; 3] {
        [self.end(0), self.end(1), self.end(2)]
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

impl Rule {
    fn axes(self) -> [usize; 3] {
        match self {
            Self::Near(axes) | Self::Far(axes) => axes,
            Self::Touch => [2, 1, 0],
        }
    }
}

/// A carton being filled.
#[derive(Debug)]
pub(super) struct Space {
    size: [u32; 3],
    support: u64,
    rule: Rule,
    pub(super) boxes: Vec<Placed>,
    /// Sorted along the rule's axes; 16 bits per coordinate, the first axis highest.
    points: Vec<u64>,
    volume: u64,
    weight: u64,
    room: u64,
    load: u64,
}

impl Space {
    /// No carton yet.
    pub(super) fn new() -> Self {
        let (boxes, points) = (Vec::new(), Vec::new());
        Self {
            size: [0; 3],
            support: 0,
            rule: Rule::Touch,
            boxes,
            points,
            volume: 0,
            weight: 0,
            room: 0,
            load: 0,
        }
    }

    /// Empties it and makes it a carton of this kind, to be filled by this rule.
    pub(super) fn open(&mut self, bin: &Bin, support_percent: u32, rule: Rule) {
        self.size = bin.size;
        self.support = support_percent.into();
        self.rule = rule;
        self.boxes.clear();
        self.points.clear();
        self.points.push(0);
        self.volume = 0;
        self.weight = 0;
        self.room = bin.volume;
        self.load = bin.load;
    }

    /// Puts the item on its best place; false when it has none.
    pub(super) fn place(&mut self, index: usize, item: &Item, meter: &mut Meter) -> bool {
        if self.volume + item.volume > self.room || self.weight + item.weight > self.load {
            return false;
        }
        let Some((at, size)) = self.best(item, meter) else { return false };
        self.put(index, item, at, size, meter);
        true
    }

    fn best(&self, item: &Item, meter: &mut Meter) -> Option<([u32; 3], [u32; 3])> {
        let touch = self.rule == Rule::Touch;
        let first = self.rule.axes()[0];
        let thinnest = item.turns.iter().map(|turn| turn[first]).min().unwrap_or(0);
        let mut best: Option<(u64, [u32; 3], [u32; 3])> = None;
        for &point in &self.points {
            let at = self.unpacked(point);
            if let Some((least, ..)) = best {
                let done = match self.rule {
                    Rule::Near(_) => least >> 16 < point,
                    Rule::Far(_) => least >> 32 < u64::from(at[first] + thinnest),
                    Rule::Touch => false,
                };
                if done {
                    break;
                }
            }
            meter.spend(item.turns.len());
            for &size in &item.turns {
                if (0..3).any(|axis| at[axis] + size[axis] > self.size[axis]) {
                    continue;
                }
                let key = self.key(at, size);
                if !touch && best.is_some_and(|(least, ..)| key >= least) {
                    continue;
                }
                let Some(touched) = self.fits(at, size, item, touch, meter) else { continue };
                let key = if touch { u64::MAX - touched } else { key };
                if best.is_none_or(|(least, ..)| key < least) {
                    best = Some((key, at, size));
                }
            }
        }
        best.map(|(_, at, size)| (at, size))
    }

    fn packed(&self, at: [u32; 3]) -> u64 {
        self.rule.axes().iter().fold(0, |key, &axis| key << 16 | u64::from(at[axis]))
    }

    fn unpacked(&self, point: u64) -> [u32; 3] {
        let mut at = [0; 3];
        for (place, axis) in self.rule.axes().into_iter().enumerate() {
            at[axis] = (point >> (32 - 16 * place) & 0xffff) as u32;
        }
        at
    }

    fn key(&self, at: [u32; 3], size: [u32; 3]) -> u64 {
        match self.rule {
            Rule::Near(_) => {
                let gap = (0..3).map(|axis| self.size[axis] - at[axis] - size[axis]).min().unwrap_or(0);
                self.packed(at) << 16 | u64::from(gap)
            }
            Rule::Far(_) => self.packed([at[0] + size[0], at[1] + size[1], at[2] + size[2]]),
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
        let axes = self.rule.axes();
        let [from, to] = [at, new.ends()].map(|corner| axes.map(|axis| u64::from(corner[axis])));
        // The first axis is the highest part, so only a run of the sorted points can lie inside.
        let (low, high) = (from[0] << 32, to[0] << 32);
        let inside = |point: u64, place: usize| {
            let value = point >> (32 - 16 * place) & 0xffff;
            from[place] <= value && value < to[place]
        };
        let start = self.points.partition_point(|&point| point < low);
        let stop = self.points.partition_point(|&point| point < high);
        let mut kept = start;
        for at in start..stop {
            let point = self.points[at];
            if !(inside(point, 1) && inside(point, 2)) {
                self.points[kept] = point;
                kept += 1;
            }
        }
        self.points.drain(kept..stop);
        self.boxes.push(new);
        for axis in 0..3 {
            let mut corner = at;
            corner[axis] = new.end(axis);
            if corner[axis] >= self.size[axis] {
                continue;
            }
            for slide in [(axis + 1) % 3, (axis + 2) % 3] {
                let point = self.packed(self.slid(corner, slide));
                if let Err(place) = self.points.binary_search(&point) {
                    self.points.insert(place, point);
                }
            }
        }
        meter.spend(6 * self.boxes.len());
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
