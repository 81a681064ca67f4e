//! The plain plan: pieces in stacks, stacks in rows. Near-linear, needs no budget, always keeps the rules.
//!
//! A stack is built so that each base lies wholly on the one below; stacks stand in rows on the floor of a
//! carton until it is full. It is what an order of thousands of pieces or a budget of zero gets, and what
//! the search starts from.

use super::{
    fill::Placed,
    item::{Bin, Item, Load},
};

/// One filled carton.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) bin: usize,
    pub(super) boxes: Vec<Placed>,
}

/// How many open stacks a piece is offered before it starts its own.
const OPEN_STACKS: usize = 64;
/// How many open cartons a stack is offered before it opens its own.
const OPEN_CARTONS: usize = 32;

struct Stack {
    base: [u32; 2],
    top: [u32; 2],
    height: u32,
    weight: u64,
    /// What may still be put on top: `u64::MAX` anything, else fragile pieces up to this weight.
    bears: u64,
    layers: Vec<(usize, [u32; 3], u32)>,
}

struct Floor {
    bin: usize,
    boxes: Vec<Placed>,
    weight: u64,
    row_y: u32,
    row_depth: u32,
    x: u32,
}

/// Packs the whole set, one carton type per piece: the largest that takes it.
pub(super) fn cartons(load: &Load, set: &[usize]) -> Vec<Group> {
    let mut by_bin: Vec<Vec<usize>> = vec![Vec::new(); load.bins.len()];
    let mut roomy: Vec<usize> = (0..load.bins.len()).collect();
    roomy.sort_by_key(|&bin| (std::cmp::Reverse(load.bins[bin].volume), load.bins[bin].cost, bin));
    for &index in set {
        let item = &load.items[index];
        if let Some(&bin) = roomy.iter().find(|&&bin| load.bins[bin].takes(item)) {
            by_bin[bin].push(index);
        }
    }
    let mut groups = Vec::new();
    for (bin, indices) in by_bin.into_iter().enumerate() {
        groups.extend(one_kind(load, bin, indices));
    }
    groups
}

fn flattest(item: &Item, bin: &Bin) -> Option<[u32; 3]> {
    item.turns.iter().copied().filter(|turn| bin.holds(turn)).min_by_key(|turn| (turn[2], turn[1]))
}

fn one_kind(load: &Load, bin: usize, mut indices: Vec<usize>) -> Vec<Group> {
    let room = &load.bins[bin];
    indices.sort_by_key(|&index| {
        let item = &load.items[index];
        let flat = flattest(item, room).unwrap_or([0; 3]);
        let base = u64::from(flat[0]) * u64::from(flat[1]);
        (item.fragile, std::cmp::Reverse(base), std::cmp::Reverse(item.weight), index)
    });
    let mut stacks: Vec<Stack> = Vec::new();
    for index in indices {
        let item = &load.items[index];
        let from = stacks.len().saturating_sub(OPEN_STACKS);
        if !stacks[from..].iter_mut().any(|stack| stack.add(index, item, room)) {
            let Some(size) = flattest(item, room) else { continue };
            stacks.push(Stack::new(index, item, size));
        }
    }
    stacks.sort_by_key(|stack| std::cmp::Reverse((stack.base[1], stack.base[0])));
    let mut floors: Vec<Floor> = Vec::new();
    for stack in &stacks {
        let from = floors.len().saturating_sub(OPEN_CARTONS);
        if !floors[from..].iter_mut().any(|floor| floor.add(stack, room)) {
            let mut floor = Floor { bin, boxes: Vec::new(), weight: 0, row_y: 0, row_depth: 0, x: 0 };
            let stood = floor.add(stack, room);
            assert!(stood, "a stack is never larger than the carton it was built for");
            floors.push(floor);
        }
    }
    floors.into_iter().map(|floor| Group { bin: floor.bin, boxes: floor.boxes }).collect()
}

impl Stack {
    fn new(index: usize, item: &Item, size: [u32; 3]) -> Self {
        let base = [size[0], size[1]];
        let bears = if item.fragile { item.weight } else { u64::MAX };
        Self { base, top: base, height: size[2], weight: item.weight, bears, layers: vec![(index, size, 0)] }
    }

    fn add(&mut self, index: usize, item: &Item, room: &Bin) -> bool {
        if self.weight + item.weight > room.load
            || (self.bears != u64::MAX && (!item.fragile || item.weight > self.bears))
        {
            return false;
        }
        let fits = |turn: &&[u32; 3]| {
            turn[0] <= self.top[0] && turn[1] <= self.top[1] && self.height + turn[2] <= room.size[2]
        };
        let Some(&size) = item.turns.iter().filter(fits).min_by_key(|turn| turn[2]) else { return false };
        self.layers.push((index, size, self.height));
        self.height += size[2];
        self.top = [size[0], size[1]];
        self.weight += item.weight;
        self.bears = if item.fragile { item.weight } else { u64::MAX };
        true
    }
}

impl Floor {
    fn add(&mut self, stack: &Stack, room: &Bin) -> bool {
        if self.weight + stack.weight > room.load {
            return false;
        }
        let [w, l] = stack.base;
        let in_row = self.x + w <= room.size[0] && self.row_y + l <= room.size[1];
        if !in_row {
            if self.row_y + self.row_depth + l > room.size[1] || w > room.size[0] {
                return false;
            }
            self.row_y += self.row_depth;
            self.row_depth = 0;
            self.x = 0;
        }
        for &(item, size, z) in &stack.layers {
            self.boxes.push(Placed { item, at: [self.x, self.row_y, z], size, bears: u64::MAX });
        }
        self.x += w;
        self.row_depth = self.row_depth.max(l);
        self.weight += stack.weight;
        true
    }
}
