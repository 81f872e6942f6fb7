//! The geometry of a face: what its 478 points tell. Numbers of points are those of `MediaPipe`'s face mesh.

use image::RgbImage;

use super::certificate::Head;
use crate::validation::photo::{
    code::Measures,
    face::{
        BLENDSHAPES, EYE_BLINK_LEFT, EYE_BLINK_RIGHT, Landmarks, MOUTH_UPPER_UP_LEFT, MOUTH_UPPER_UP_RIGHT,
    },
};

/// The edges of the face at the height of the eyes: the person's right, then left.
const EDGES: [usize; 2] = [234, 454];
/// Outer and inner corner of the right eye, then inner and outer of the left one.
const EYE_CORNERS: [usize; 4] = [33, 133, 362, 263];
/// For each eye: two pairs of upper and lower lid, then its corners.
const LIDS: [[usize; 6]; 2] = [[159, 145, 158, 153, 33, 133], [386, 374, 385, 380, 263, 362]];
/// Upper and lower lip inside, then the corners of the mouth inside.
const LIPS: [usize; 4] = [13, 14, 78, 308];

/// A point of a picture.
pub(super) type Point = (f64, f64);

/// Where a point of the face is.
pub(super) fn at(face: &Landmarks, point: usize) -> Point {
    let [x, y, _] = face.points[point];
    (f64::from(x), f64::from(y))
}

/// The middle of some points.
pub(super) fn middle(face: &Landmarks, points: &[usize]) -> Point {
    let count = points.len() as f64;
    let (x, y) =
        points.iter().map(|&point| at(face, point)).fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
    (x / count, y / count)
}

/// From one edge of the face to the other.
pub(super) fn width(face: &Landmarks) -> f64 {
    apart(face, EDGES[0], EDGES[1])
}

/// The angle of the line through the eyes, clockwise in degrees: 0 when they are level.
pub(super) fn roll(face: &Landmarks) -> f64 {
    let (right, left) = (middle(face, &EYE_CORNERS[..2]), middle(face, &EYE_CORNERS[2..]));
    (left.1 - right.1).atan2(left.0 - right.0).to_degrees()
}

/// The head of a face, its hair apart.
pub(super) fn head(face: &Landmarks) -> Head {
    Head {
        width: width(face),
        middle: middle(face, &EDGES).0,
        eyes: middle(face, &EYE_CORNERS).1,
        hair: None,
    }
}

/// Measures how the head is held.
pub(super) fn pose(face: &Landmarks, measures: &mut Measures) {
    let depth = f64::from(face.points[EDGES[1]][2] - face.points[EDGES[0]][2]);
    measures.set("head_tilt", roll(face));
    measures.set("head_turn", depth.atan2(width(face)).to_degrees());
}

/// Measures where the face is in a finished picture, as if that were as wide as the standard wants.
pub(super) fn framing(face: &Landmarks, view: &RgbImage, wide: u32, measures: &mut Measures) {
    let head = head(face);
    let scale = f64::from(wide) / f64::from(view.width());
    measures.set("face_width", head.width * scale);
    measures.set("eye_line", head.eyes * scale);
    measures.set("off_centre", (head.middle - f64::from(view.width()) / 2.0) * scale);
}

/// Measures eyes and mouth.
pub(super) fn expression(face: &Landmarks, shapes: &[f32; BLENDSHAPES], measures: &mut Measures) {
    let opening = |[upper, lower, upper2, lower2, outer, inner]: [usize; 6]| {
        let height = (at(face, lower).1 - at(face, upper).1 + at(face, lower2).1 - at(face, upper2).1) / 2.0;
        height / apart(face, outer, inner)
    };
    let mean = |one: usize, other: usize| f64::from(shapes[one] + shapes[other]) / 2.0;
    measures.set("eye_opening", LIDS.map(opening).into_iter().fold(f64::INFINITY, f64::min));
    measures.set("eye_blink", mean(EYE_BLINK_LEFT, EYE_BLINK_RIGHT));
    measures.set("lip_gap", apart(face, LIPS[0], LIPS[1]) / apart(face, LIPS[2], LIPS[3]));
    measures.set("upper_lip", mean(MOUTH_UPPER_UP_LEFT, MOUTH_UPPER_UP_RIGHT));
}

fn apart(face: &Landmarks, one: usize, other: usize) -> f64 {
    let (one, other) = (at(face, one), at(face, other));
    (one.0 - other.0).hypot(one.1 - other.1)
}
