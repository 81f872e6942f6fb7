//! Which way up a picture is, and the faces in it.

use image::RgbImage;

use super::{
    features::{roll, width},
    limits::PortraitLimits,
};
use crate::validation::photo::{
    face::{FaceModels, Landmarks, MOST_FACES},
    models::network::NetworkError,
    turn::Turn,
};

/// A point network that is less sure sees no face (vision §4).
const FLAG: f32 = 0.5;
/// A face that leans more, in degrees, may lie on its side: the networks, which know upright ones, see it half turned.
const LEVEL: f64 = 10.0;

/// The faces of a picture.
#[derive(Default)]
pub(super) struct Faces {
    /// The widest face.
    pub(super) main: Option<Landmarks>,
    /// How many faces at least half as wide there are with it.
    pub(super) count: usize,
}

/// The faces of a picture as it is.
pub(super) fn faces(
    models: &FaceModels,
    image: &RgbImage,
    limits: &PortraitLimits,
) -> Result<Faces, NetworkError> {
    let mut seen = Vec::new();
    for detection in models.detect(image)?.iter().take(MOST_FACES) {
        let face = models.landmarks(image, detection)?;
        if face.flag >= FLAG {
            seen.push((f64::from(detection.score), face));
        }
    }
    let widest = seen.iter().map(|(_, face)| width(face)).fold(0.0, f64::max);
    let counts =
        |(score, face): &&(f64, Landmarks)| *score >= limits.face_score && width(face) >= widest / 2.0;
    let count = seen.iter().filter(counts).count().max(usize::from(!seen.is_empty()));
    let main =
        seen.into_iter().map(|(_, face)| face).max_by(|one, other| width(one).total_cmp(&width(other)));
    Ok(Faces { main, count })
}

/// The turn that has a face most nearly upright, and the faces then. A picture whose face is level is not turned.
pub(super) fn upright(
    models: &FaceModels,
    image: &RgbImage,
    limits: &PortraitLimits,
) -> Result<(Turn, Faces), NetworkError> {
    let lean = |faces: &Faces| faces.main.as_ref().map_or(f64::INFINITY, |face| roll(face).abs());
    let mut best = (Turn::None, faces(models, image, limits)?);
    for turn in [Turn::Half, Turn::Quarter, Turn::ThreeQuarters] {
        if lean(&best.1) <= LEVEL {
            break;
        }
        let seen = faces(models, &turn.of(image), limits)?;
        if lean(&seen) < lean(&best.1) {
            best = (turn, seen);
        }
    }
    Ok(best)
}
