//! The full-range detector: a grid of cells, each of which may see one face.

use super::input::Square;
use crate::validation::photo::measure::Area;

/// The side of the square that it sees.
pub(super) const SIDE: u32 = 192;
pub(super) const SHAPE: [usize; 4] = [1, SIDE as usize, SIDE as usize, 3];

/// Cells in a row and rows of cells.
const CELLS: usize = 48;
/// For each cell: centre and size of the box, then six points, two numbers each.
const NUMBERS: usize = 16;
/// What is less sure is no face. `MediaPipe`'s own default; whoever needs more looks at [`Detection::score`].
const LEAST_SCORE: f32 = 0.5;
/// Boxes that share more than this part of what they cover together are one face (`min_suppression_threshold`).
const SAME: f64 = 0.3;

/// A face that the detector saw. Places are in pixels of the picture and may lie outside of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// From the eyebrows to the chin, about.
    pub bounds: Area,
    /// How sure it is, 0..1.
    pub score: f32,
    /// Right eye, left eye (of the person), nose, mouth, right ear, left ear.
    pub points: [[f32; 2]; 6],
}

/// The faces in the detector's outputs: boxes, then scores. None if they are not the detector's.
pub(super) fn find(outputs: &[Vec<f32>], square: Square) -> Option<Vec<Detection>> {
    let [boxes, scores] = outputs else { return None };
    let (boxes, rest) = boxes.as_chunks::<NUMBERS>();
    if !rest.is_empty() || [boxes.len(), scores.len()] != [CELLS * CELLS; 2] {
        return None;
    }
    let mut faces: Vec<_> = boxes
        .iter()
        .zip(scores)
        .enumerate()
        .map(|(cell, (numbers, &score))| (cell, numbers, sigmoid(score)))
        .filter(|(_, _, score)| *score >= LEAST_SCORE)
        .map(|(cell, numbers, score)| detection(cell, numbers, score, square))
        .collect();
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    Some(distinct(faces))
}

fn detection(cell: usize, numbers: &[f32; NUMBERS], score: f32, square: Square) -> Detection {
    let side = SIDE as f32;
    let anchor = [cell % CELLS, cell / CELLS].map(|at| (at as f32 + 0.5) / CELLS as f32 * side);
    let place = |at: usize| {
        let [x, y] = [anchor[0] + numbers[at], anchor[1] + numbers[at + 1]];
        [(x - square.left) * square.scale, (y - square.top) * square.scale]
    };
    let [width, height] = [numbers[2], numbers[3]].map(|size| size.max(0.0) * square.scale);
    let [x, y] = place(0);
    let [left, top, width, height] = [x - width / 2.0, y - height / 2.0, width, height].map(f64::from);
    let bounds = Area { left, top, width, height };
    Detection { bounds, score, points: std::array::from_fn(|point| place(4 + 2 * point)) }
}

/// The surest of those that overlap; they come surest first.
fn distinct(faces: Vec<Detection>) -> Vec<Detection> {
    let mut kept: Vec<Detection> = Vec::new();
    for face in faces {
        if kept.iter().all(|other| other.bounds.overlap(&face.bounds) <= SAME) {
            kept.push(face);
        }
    }
    kept
}

pub(super) fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}
