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
        let (width, height) = (i64::from(view.width_dp) * 100, i64::from(view.height_dp) * 100);
        let scale = (width * ONE * ONE / wide.max(1)).min(height * ONE * ONE / high.max(1));
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

/// Whether `a` lies wholly beyond `b` as seen from the near top corner, so that `a` is drawn first.
fn behind(a: &Placement, b: &Placement) -> bool {
    a.x + a.w <= b.x || a.y + a.l <= b.y || a.z + a.d <= b.z
}

/// Far pieces first. Boxes may block each other in a ring, which no order draws right; the ring is then
/// broken at the piece nearest the far bottom corner.
fn painters_order(placements: &[Placement]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..placements.len()).collect();
    left.sort_by_key(|&index| {
        let placed = &placements[index];
        (u64::from(placed.x) + u64::from(placed.y) + u64::from(placed.z), index)
    });
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let clear = |&index: &usize| {
            left.iter().all(|&other| {
                let (a, b) = (&placements[index], &placements[other]);
                other == index || !behind(b, a) || behind(a, b)
            })
        };
        let next = left.iter().position(clear).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}
