//! PURE. Faces in a picture: where they are, 478 points of one, what its features do, and where the person is.
//!
//! Four networks of `MediaPipe`, run as its own graphs run them (vision §3). The detector sees the whole picture as a
//! small square (`face/detection.rs`). The landmarks see one face, cut out with a margin and turned until the eyes are
//! level (`face/landmarks.rs`), so that a tilted head is measured as well as an upright one. Which way up a picture is
//! they do not know: somebody who wonders turns it and looks which turn has a face.
//!
//! An error is a model that is not the one this was written for, never a picture; without a face there is none found.

mod detection;
mod input;
mod landmarks;

#[cfg(test)]
mod tests;

use image::{GrayImage, RgbImage};

use super::measure::{self, Kernel};
use super::models::{
    network::{Network, NetworkError, Rten},
    tflite::to_onnx,
};

pub use self::{
    detection::Detection,
    landmarks::{Landmarks, POINTS},
};

/// How many features are judged, 0..1 each. The order is that of `kBlendshapeNames` in `MediaPipe`'s
/// `face_blendshapes_graph.cc`; the few that are used here have names below.
pub const BLENDSHAPES: usize = 52;
/// The left eye is closed.
pub const EYE_BLINK_LEFT: usize = 9;
/// The right eye is closed.
pub const EYE_BLINK_RIGHT: usize = 10;
/// The upper lip is raised on the left, showing teeth.
pub const MOUTH_UPPER_UP_LEFT: usize = 48;
/// The upper lip is raised on the right.
pub const MOUTH_UPPER_UP_RIGHT: usize = 49;

/// So many detections are worth a look, the surest first: a picture full of faces is wrong after the second.
pub const MOST_FACES: usize = 6;

const MASK_SIDE: u32 = 256;

/// The networks about faces.
pub struct FaceModels {
    detection: Box<dyn Network>,
    landmarks: Box<dyn Network>,
    blendshapes: Box<dyn Network>,
    mask: Box<dyn Network>,
}

impl FaceModels {
    /// Reads the .tflite files of all four.
    pub fn read(
        detection: &[u8],
        landmarks: &[u8],
        blendshapes: &[u8],
        mask: &[u8],
    ) -> Result<Self, NetworkError> {
        Ok(Self {
            detection: network(detection)?,
            landmarks: network(landmarks)?,
            blendshapes: network(blendshapes)?,
            mask: network(mask)?,
        })
    }

    /// The faces, the surest first; faces that overlap much are one, and those beside the picture none. What the detector takes for a face may be none:
    /// [`Landmarks::flag`] tells.
    pub fn detect(&self, image: &RgbImage) -> Result<Vec<Detection>, NetworkError> {
        let (input, square) = input::square(image, detection::SIDE);
        let outputs = run(&*self.detection, &detection::SHAPE, input)?;
        let faces = detection::find(&outputs, square);
        let mut faces = faces.ok_or_else(|| NetworkError::unlike("the face detector gave something else"))?;
        faces.retain(|face| landmarks::Cut::of(face).part(image).is_some());
        Ok(faces)
    }

    /// The points of a detected face.
    pub fn landmarks(&self, image: &RgbImage, face: &Detection) -> Result<Landmarks, NetworkError> {
        let cut = landmarks::Cut::of(face);
        let outputs = run(&*self.landmarks, &landmarks::SHAPE, cut.input(image)?)?;
        cut.read(&outputs).ok_or_else(|| NetworkError::unlike("the face landmarks are something else"))
    }

    /// What the features of a face do, see [`BLENDSHAPES`].
    pub fn blendshapes(&self, landmarks: &Landmarks) -> Result<[f32; BLENDSHAPES], NetworkError> {
        let outputs = run(&*self.blendshapes, &landmarks::FEATURES_SHAPE, landmarks.features())?;
        let scores = outputs.first().and_then(|scores| scores.as_slice().try_into().ok());
        scores.ok_or_else(|| NetworkError::unlike("the blendshapes are something else"))
    }

    /// Where the person is. The network sees the picture squeezed into a square, whatever its shape.
    pub fn mask(&self, image: &RgbImage) -> Result<Mask, NetworkError> {
        let small = measure::scaled(image, MASK_SIDE, MASK_SIDE, Kernel::Smooth);
        let side = MASK_SIDE as usize;
        let outputs = run(&*self.mask, &[1, side, side, 3], input::unit(&small))?;
        let values = outputs.into_iter().next().unwrap_or_default();
        let values = values.into_iter().map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8).collect();
        let small = GrayImage::from_raw(MASK_SIDE, MASK_SIDE, values);
        Ok(Mask {
            small: small.ok_or_else(|| NetworkError::unlike("the person mask is something else"))?,
            of: image.dimensions(),
        })
    }
}

/// Where the person is in a picture: hair, clothes and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    small: GrayImage,
    of: (u32, u32),
}

impl Mask {
    /// How surely a pixel of the picture is the person, 0..1; outside the picture as at its edge.
    pub fn at(&self, x: u32, y: u32) -> f32 {
        let place = |at: u32, size: u32| {
            (u64::from(at.min(size - 1)) * u64::from(MASK_SIDE) / u64::from(size)) as u32
        };
        f32::from(self.small.get_pixel(place(x, self.of.0), place(y, self.of.1))[0]) / 255.0
    }

    /// The mask as a picture of this size, 255 where it is surely the person; smooth between.
    pub fn sized(&self, width: u32, height: u32) -> GrayImage {
        measure::scaled_grey(&self.small, width, height)
    }
}

fn network(tflite: &[u8]) -> Result<Box<dyn Network>, NetworkError> {
    let onnx = to_onnx(tflite).map_err(|error| NetworkError::Model(error.to_string()))?;
    Ok(Box::new(Rten::read(onnx)?))
}

/// The numbers of all outputs.
fn run(network: &dyn Network, shape: &[usize], input: Vec<f32>) -> Result<Vec<Vec<f32>>, NetworkError> {
    Ok(network.run(shape, input)?.into_iter().map(|output| output.data).collect())
}
