//! The 478 points of a face, and the 146 of them that tell what its features do.

use image::RgbImage;
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

use super::{Detection, NetworkError, detection::sigmoid, input::unit};
use crate::validation::photo::measure::{Area, Kernel, cut};

/// How many points a face has.
pub const POINTS: usize = 478;

const SIDE: u32 = 256;
pub(super) const SHAPE: [usize; 4] = [1, SIDE as usize, SIDE as usize, 3];
/// The face is cut out with this much of its longer side (`face_landmarker_graph.cc`).
const MARGIN: f32 = 1.5;
/// A larger face is scaled down before it is turned, for turning takes single pixels.
const LARGEST: f32 = 2.0 * SIDE as f32;

/// The points of one face.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// In pixels of the picture: right, down, and away from the camera in the same measure, from the middle of the head.
    /// Always [`POINTS`], numbered as in `MediaPipe`'s face mesh; the last ten are the irises.
    pub points: Vec<[f32; 3]>,
    /// How surely there is a face at all, 0..1.
    pub flag: f32,
}

impl Landmarks {
    /// What the blendshapes look at.
    pub(super) fn features(&self) -> Vec<f32> {
        FEATURES.iter().flat_map(|&point| [self.points[point][0], self.points[point][1]]).collect()
    }
}

/// The square around a face that the network sees, turned so that the eyes are level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cut {
    centre: [f32; 2],
    side: f32,
    /// Of the line through the eyes, clockwise.
    angle: f32,
}

impl Cut {
    pub(super) fn of(face: &Detection) -> Self {
        let [width, height] = [face.bounds.width, face.bounds.height].map(|size| size as f32);
        let [right_eye, left_eye, ..] = face.points;
        Self {
            centre: face.bounds.middle().map(|at| at as f32),
            side: (width.max(height) * MARGIN).max(1.0),
            angle: (left_eye[1] - right_eye[1]).atan2(left_eye[0] - right_eye[0]),
        }
    }

    /// What the network sees: outside the picture as at its edge.
    pub(super) fn input(&self, image: &RgbImage) -> Result<Vec<f32>, NetworkError> {
        let part = self.part(image);
        let [left, top, width, height] =
            part.ok_or_else(|| NetworkError::unlike("no face is beside its picture"))?;
        let shrink = (LARGEST / self.side).min(1.0);
        let size = [width, height].map(|size| (size * shrink).ceil().max(1.0));
        let [x, y, wide, high] = [left, top, width, height].map(f64::from);
        let area = Area { left: x, top: y, width: wide, height: high };
        let small = cut(image, area, size[0] as u32, size[1] as u32, Kernel::Smooth);
        // A pixel's centre is half a pixel from its corner, in the small picture as in the cut.
        let zoom = SIDE as f32 / self.side;
        let middle = (SIDE as f32 - 1.0) / 2.0;
        let turn = Projection::translate(0.5, 0.5)
            .and_then(Projection::scale(width / size[0], height / size[1]))
            .and_then(Projection::translate(left - self.centre[0], top - self.centre[1]))
            .and_then(Projection::rotate(-self.angle))
            .and_then(Projection::scale(zoom, zoom))
            .and_then(Projection::translate(middle, middle));
        let mut face = RgbImage::new(SIDE, SIDE);
        warp_into(&small, turn, Interpolation::Bilinear, Border::Replicate, &mut face);
        Ok(unit(&face))
    }

    /// The part of the picture (left, top, width, height) that holds the turned square, as far as there is picture.
    pub(super) fn part(&self, image: &RgbImage) -> Option<[f32; 4]> {
        let reach = self.side / 2.0 * (self.angle.cos().abs() + self.angle.sin().abs()) + 1.0;
        let range = |centre: f32, size: u32| {
            let [from, to] = [centre - reach, centre + reach].map(|at| at.clamp(0.0, size as f32));
            (to - from >= 1.0).then_some((from, to - from))
        };
        let (left, width) = range(self.centre[0], image.width())?;
        let (top, height) = range(self.centre[1], image.height())?;
        Some([left, top, width, height])
    }

    /// The points in the picture, from the network's outputs: points, then the flag. None if they are not its.
    pub(super) fn read(&self, outputs: &[Vec<f32>]) -> Option<Landmarks> {
        let [points, flag, ..] = outputs else { return None };
        let &[flag] = flag.as_slice() else { return None };
        let (points, rest) = points.as_chunks::<3>();
        let points = points.iter().map(|&point| self.in_picture(point)).collect::<Vec<_>>();
        (points.len() == POINTS && rest.is_empty()).then_some(Landmarks { points, flag: sigmoid(flag) })
    }

    fn in_picture(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let zoom = self.side / SIDE as f32;
        let middle = SIDE as f32 / 2.0;
        let [x, y] = [(x - middle) * zoom, (y - middle) * zoom];
        let (sin, cos) = self.angle.sin_cos();
        [self.centre[0] + x * cos - y * sin, self.centre[1] + x * sin + y * cos, z * zoom]
    }
}

pub(super) const FEATURES_SHAPE: [usize; 3] = [1, FEATURES.len(), 2];

/// `kLandmarksSubsetIdxs` of `MediaPipe`'s `face_blendshapes_graph.cc`.
const FEATURES: [usize; 146] = [
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70,
    78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149,
    150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195,
    197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300,
    308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375,
    377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454,
    466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
];
