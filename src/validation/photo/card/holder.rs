//! Whether the holder's own face is in a picture, beside the one that the document prints.

use image::RgbImage;

use super::super::face::{Detection, FaceModels, MOST_FACES};
use super::super::measure::{Area, Kernel, cut, within};
use super::super::models::network::NetworkError;
use super::super::turn::Turn;
use super::CardLimits;
use super::layout::Layout;
use super::look::{reach, size_of};

/// Where a card prints its portrait, with some of the card around it, in card widths.
const PORTRAIT: [[f32; 2]; 4] = [[0.58, 0.04], [0.98, 0.04], [0.98, 0.5], [0.58, 0.5]];
/// The longer side of what is looked at for it: more is no surer.
const PORTRAIT_SIDE: u32 = 480;

/// Where the document is, in the picture turned so that its text is upright.
pub(super) struct Document<'a> {
    /// How that picture was turned.
    pub(super) turn: Turn,
    /// Where its card lies, if it is one.
    pub(super) layout: Option<Layout>,
    /// The corners of what was read.
    pub(super) text: &'a [[f32; 2]],
}

/// The holder's faces.
pub(super) struct Holder {
    pub(super) count: usize,
    /// The turn in which the first was found: the person stands upright in it.
    pub(super) turn: Turn,
}

/// Counts the faces that are wide enough and not printed on the document. `upright` is the picture in which the text
/// stands upright; the person may stand otherwise, so all turns are tried, the one as sent first.
pub(super) fn find(
    upright: &RgbImage,
    document: &Document,
    models: &FaceModels,
    limits: &CardLimits,
) -> Result<Holder, NetworkError> {
    for turn in Turn::ALL {
        // From the picture as sent, which is the upright one turned back.
        let from_upright = document.turn.back().then(turn);
        let picture = from_upright.of(upright);
        let faces = faces(&picture, models, limits)?;
        let upright_faces = faces.iter().filter(|face| stands(face));
        let size = size_of(&picture);
        let placed = upright_faces.map(|face| {
            let middle = face.bounds.middle().map(|at| at as f32);
            (from_upright.back().point(middle, size), face.bounds.width as f32)
        });
        let count =
            placed.filter(|&(middle, width)| is_holder(middle, width, upright, document, limits)).count();
        if count > 0 {
            return Ok(Holder { count, turn });
        }
    }
    Ok(Holder { count: 0, turn: document.turn })
}

/// Whether a card has its portrait. The face of one that fills a picture is a few pixels for the detector, so it is looked
/// for in its own part of the picture.
pub(super) fn is_printed(
    upright: &RgbImage,
    card: &Layout,
    models: &FaceModels,
    limits: &CardLimits,
) -> Result<bool, NetworkError> {
    let corners = PORTRAIT.map(|corner| card.place(corner));
    let (Some([left, right]), Some([top, bottom])) = (reach(&corners, 0), reach(&corners, 1)) else {
        return Ok(false);
    };
    let [left, right, top, bottom] = [left, right, top, bottom].map(f64::from);
    let area = Area { left, top, width: right - left, height: bottom - top }.on(upright);
    let (width, height) = (area.width.ceil() as u32, area.height.ceil() as u32);
    let part = within(&cut(upright, area, width, height, Kernel::Mean), PORTRAIT_SIDE);
    Ok(!faces(&part, models, limits)?.is_empty())
}

/// Whether there is any face, the document standing upright: the portrait that a data page prints.
pub(super) fn any(
    upright: &RgbImage,
    models: &FaceModels,
    limits: &CardLimits,
) -> Result<usize, NetworkError> {
    Ok(faces(upright, models, limits)?.len())
}

/// The faces of a picture that both networks take for one: the detector alone fires on covered ones (vision §4).
fn faces(
    picture: &RgbImage,
    models: &FaceModels,
    limits: &CardLimits,
) -> Result<Vec<Detection>, NetworkError> {
    let mut faces = Vec::new();
    for face in models.detect(picture)?.into_iter().take(MOST_FACES) {
        if face.score >= limits.face_score && models.landmarks(picture, &face)?.flag >= 0.5 {
            faces.push(face);
        }
    }
    Ok(faces)
}

/// Whether a face stands upright: the detector also finds those that lie on their side.
fn stands(face: &Detection) -> bool {
    let [right_eye, left_eye, ..] = face.points;
    left_eye[0] - right_eye[0] >= (left_eye[1] - right_eye[1]).abs()
}

fn is_holder(
    middle: [f32; 2],
    width: f32,
    upright: &RgbImage,
    document: &Document,
    limits: &CardLimits,
) -> bool {
    if let Some(layout) = document.layout {
        return width >= limits.holder_to_card * layout.width() && !layout.holds(middle);
    }
    let wide_enough = width >= limits.holder_width * upright.width() as f32;
    let (Some(x), Some(y)) = (reach(document.text, 0), reach(document.text, 1)) else { return wide_enough };
    let is_within = (x[0]..=x[1]).contains(&middle[0]) && (y[0]..=y[1]).contains(&middle[1]);
    wide_enough && (!is_within || width >= limits.holder_to_text * (x[1] - x[0]))
}
