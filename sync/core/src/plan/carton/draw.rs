//! The carton as the packing screen draws it: a pure isometric projection, integers only.
//!
//! In: one packed carton, its carton, how many pieces are in, and the size of the picture. Out: plain
//! polygons in painter's order, in 1/100 dp. Colours and strokes are the screen's business; this module
//! only says what role each face plays.

use super::{Carton, Packed, Placement};

/// What a face shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The carton's floor and its two far walls; drawn first.
    Carton,
    /// A piece that is in already.
    In,
    /// The piece to put in now.
    Next,
    /// A piece still to come.
    Later,
}

/// One visible face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// What it shows.
    pub role: Role,
    /// The piece it belongs to; none for the carton.
    pub piece: Option<usize>,
    /// Its corners in 1/100 dp, right and down, around the face.
    pub corners: [(i32, i32); 4],
}

/// The picture asked for, in dp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Width in dp.
    pub width_dp: u32,
    /// Height in dp.
    pub height_dp: u32,
}

/// Largest picture, in dp; a larger view is drawn at this size.
const MAX_VIEW_DP: u32 = 100_000;
/// cos 30° in 1/65536.
const COS: i64 = 56_756;
/// sin 30° in 1/65536.
const SIN: i64 = 32_768;
const ONE: i64 = 65_536;

/// Draws the carton with its first `done` pieces in and the one after them next; the last face drawn lies
/// in front. The picture is centred and as large as the view allows.
pub fn isometric(packed: &Packed, carton: &Carton, done: usize, view: View) -> Vec<Face> {
    let frame = Frame::new(carton, view);
    let room = [carton.w, carton.l, carton.d];
    let mut faces = Vec::with_capacity(3 + 3 * packed.placements.len());
    for corners in far_sides(room) {
        faces.push(Face { role: Role::Carton, piece: None, corners: corners.map(|at| frame.at(at)) });
    }
    for index in painters_order(&packed.placements) {
        let placed = &packed.placements[index];
        let role = match index.cmp(&done) {
            std::cmp::Ordering::Less => Role::In,
            std::cmp::Ordering::Equal => Role::Next,
            std::cmp::Ordering::Greater => Role::Later,
        };
        for corners in near_sides(placed) {
            faces.push(Face { role, piece: Some(placed.piece), corners: corners.map(|at| frame.at(at)) });
        }
    }
    faces
}

/// Millimetres to 1/100 dp: x runs right and down, y left and down, z up.
struct Frame {
    /// 1/100 dp per mm, in 1/65536.
    scale: i64,
    left: i64,
    top: i64,
}

impl Frame {
    fn new(carton: &Carton, view: View) -> Self {
        let [w, l, d] = [carton.w, carton.l, carton.d].map(i64::from);
        // Extent of the unscaled picture in mm × 65536.
        let (wide, high) = ((w + l) * COS, (w + l) * SIN + d * ONE);
        let [width, height] =
            [view.width_dp, view.height_dp].map(|side| i64::from(side.min(MAX_VIEW_DP)) * 100);
        let by =
            |side: i64, extent: i64| i128::from(side) * i128::from(ONE * ONE) / i128::from(extent.max(1));
        let scale = by(width, wide).min(by(height, high)) as i64;
        let part = |extent: i64| ((i128::from(extent) * i128::from(scale)) >> 32) as i64;
        Self {
            scale,
            left: part(l * COS) + (width - part(wide)) / 2,
            top: part(d * ONE) + (height - part(high)) / 2,
        }
    }

    fn at(&self, [x, y, z]: [u32; 3]) -> (i32, i32) {
        let [x, y, z] = [x, y, z].map(i64::from);
        let part = |extent: i64| ((i128::from(extent) * i128::from(self.scale)) >> 32) as i64;
        let right = self.left + part((x - y) * COS);
        let down = self.top + part((x + y) * SIN - z * ONE);
        (right as i32, down as i32)
    }
}

type Side = [[u32; 3]; 4];

/// Floor and the walls at x = 0 and y = 0, seen from inside.
fn far_sides([w, l, d]: [u32; 3]) -> [Side; 3] {
    [
        [[0, 0, 0], [w, 0, 0], [w, l, 0], [0, l, 0]],
        [[0, 0, 0], [0, l, 0], [0, l, d], [0, 0, d]],
        [[0, 0, 0], [w, 0, 0], [w, 0, d], [0, 0, d]],
    ]
}

/// Top and the sides facing +x and +y.
fn near_sides(placed: &Placement) -> [Side; 3] {
    let (x, y, z) = (placed.x, placed.y, placed.z);
    let (u, v, t) = (x + placed.w, y + placed.l, z + placed.d);
    [
        [[x, y, t], [u, y, t], [u, v, t], [x, v, t]],
        [[u, y, z], [u, v, z], [u, v, t], [u, y, t]],
        [[x, v, z], [u, v, z], [u, v, t], [x, v, t]],
    ]
}

/// Whether `a` must be drawn before `b`: it lies beyond `b` and the two meet on the screen.
///
/// The eye looks along (1, 1, 1), so a box shows as a hexagon: three strips, of x - y, x - z and y - z.
fn behind(a: &Placement, b: &Placement) -> bool {
    let ends = |at: &Placement| {
        let from = [at.x, at.y, at.z].map(i64::from);
        let size = [at.w, at.l, at.d].map(i64::from);
        (from, [from[0] + size[0], from[1] + size[1], from[2] + size[2]])
    };
    let ((a_from, a_to), (b_from, b_to)) = (ends(a), ends(b));
    let meet = [(0, 1), (0, 2), (1, 2)].iter().all(|&(u, v)| {
        a_from[u] - a_to[v] < b_to[u] - b_from[v] && b_from[u] - b_to[v] < a_to[u] - a_from[v]
    });
    meet && (0..3).any(|axis| a_to[axis] <= b_from[axis])
}

/// Far pieces first. Boxes may block each other in a ring, which no order draws right; the ring is then
/// broken at the piece nearest the far bottom corner.
fn painters_order(placements: &[Placement]) -> Vec<usize> {
    let far = |at: &Placement| u64::from(at.x) + u64::from(at.y) + u64::from(at.z);
    let mut left: Vec<usize> = (0..placements.len()).collect();
    left.sort_by_key(|&index| (far(&placements[index]), index));
    let blocks = |first: usize, then: usize| first != then && behind(&placements[first], &placements[then]);
    let mut waits: Vec<usize> = (0..placements.len())
        .map(|index| left.iter().filter(|&&other| blocks(other, index)).count())
        .collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let next = left.iter().position(|&index| waits[index] == 0).unwrap_or(0);
        let drawn = left.remove(next);
        order.push(drawn);
        for &index in left.iter().filter(|&&index| blocks(drawn, index)) {
            waits[index] -= 1;
        }
    }
    order
}
