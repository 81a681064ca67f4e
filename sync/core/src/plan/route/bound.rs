//! A length that no walk past all places can be shorter than.
//!
//! A walk is a spanning tree in which the start and the end have one neighbour and every other place two. The
//! cheapest tree under prices on neighbours, less what the right numbers of neighbours pay, is a bound; prices
//! rise where the tree has too many neighbours and fall where it has one (Held and Karp 1970).

use super::Effort;
use super::local::Matrix;

/// Most rounds.
const ROUNDS: u64 = 120;
/// Prices are kept in so many parts of a millimetre.
const PARTS: i64 = 16;

/// The bound; `length_mm` is the length of a walk known.
pub(super) fn tree(matrix: &Matrix, length_mm: u64, effort: Effort) -> u64 {
    let count = matrix.count();
    let trial = (count * count) as u64 / 8;
    let rounds = ROUNDS.min(1 + effort.steps / trial.max(1));
    let mut prices = vec![0_i64; count];
    let mut best = 0;
    let mut step = 1_000_i64;
    let mut tree = Tree::default();
    for _ in 0..rounds {
        let value = tree.grow(matrix, &prices);
        if value > best {
            best = value;
        } else {
            step = step * 9 / 10;
        }
        let off =
            |place: usize, neighbours: i64| neighbours - if place == 0 || place + 1 == count { 1 } else { 2 };
        let norm: i64 = (0..count).map(|place| off(place, tree.neighbours[place]).pow(2)).sum();
        if norm == 0 {
            break;
        }
        let gap = (length_mm as i64 * PARTS - value).max(1);
        for (place, price) in prices.iter_mut().enumerate() {
            let change = i128::from(gap) * i128::from(step) * i128::from(off(place, tree.neighbours[place]));
            *price += (change / (1_000 * i128::from(norm))) as i64;
        }
    }
    let best = u64::try_from(best).unwrap_or(0);
    best.div_ceil(PARTS as u64).min(length_mm)
}

/// The cheapest spanning tree (Prim), without a link from the start straight to the end.
#[derive(Debug, Default)]
struct Tree {
    neighbours: Vec<i64>,
    nearest: Vec<(i64, usize)>,
}

impl Tree {
    /// Grows the tree; answers its value less what the right numbers of neighbours pay.
    fn grow(&mut self, matrix: &Matrix, prices: &[i64]) -> i64 {
        let count = matrix.count();
        self.neighbours.clear();
        self.neighbours.resize(count, 0);
        self.nearest.clear();
        self.nearest.resize(count, (i64::MAX, 0));
        let mut left: Vec<usize> = (0..count - 1).collect();
        let mut at = count - 1;
        let mut value = 0;
        while !left.is_empty() {
            for place in &left {
                if count > 2 && (at == 0 && place + 1 == count || at + 1 == count && *place == 0) {
                    continue;
                }
                let length = i64::from(matrix.either(at, *place)) * PARTS + prices[at] + prices[*place];
                if length < self.nearest[*place].0 {
                    self.nearest[*place] = (length, at);
                }
            }
            let next = (0..left.len()).min_by_key(|place| (self.nearest[left[*place]].0, left[*place]));
            let next = left.swap_remove(next.unwrap_or(0));
            let (length, from) = self.nearest[next];
            value += length;
            self.neighbours[next] += 1;
            self.neighbours[from] += 1;
            at = next;
        }
        let paid: i64 = prices.iter().sum::<i64>() * 2 - prices[0] - prices[count - 1];
        value - paid
    }
}
