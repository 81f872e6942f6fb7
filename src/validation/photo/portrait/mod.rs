//! PURE. Is this a portrait as the image standard wants it?
//!
//! A finished file is judged as it is. A camera's picture is judged by the certificate file that is made from it: what
//! the crop leaves out is no defect, and a picture taken with twelve megapixels is held to the same limits as one taken
//! with two. Where no certificate can be made the same part of the picture is looked at, as far as the picture goes, so
//! that every defect is told at once.
//!
//! Stages: `find` (which way up, whose face), `certificate` (place and make), then measures of one view about 480 wide:
//! `features` (points), `light` (the face's pixels), `background`. `table` judges them by `limits`.
//!
//! Left to the reviewer (vision §6): whether it is the same person, whether the photo is genuine, earrings, reflections,
//! clothes against the background.

mod background;
mod certificate;
mod features;
mod find;
mod light;
mod limits;
mod table;

#[cfg(test)]
mod tests;

use image::RgbImage;
use jiff::civil::Date;

use self::{certificate::Head, find::Faces};
pub use self::{limits::PortraitLimits, table::PORTRAIT};
use super::{
    code::{self, Finding, Has, Measures},
    face::{FaceModels, Landmarks},
    file::FileFacts,
    measure::{Area, Kernel, colourfulness, cut, within},
    models::{Models, network::NetworkError},
    text::{COLUMNS_MAX, Reading, TextModels},
    turn::Turn,
};

/// Faces are looked for in a picture no larger than this.
const SEARCHED: u32 = 960;
/// Text is looked for with this longer side.
const READ: u32 = 640;

/// A portrait to judge.
pub struct Portrait<'a> {
    /// The picture, upright by its EXIF.
    pub image: &'a RgbImage,
    /// What its file says of itself.
    pub file: &'a FileFacts,
    /// The day on which it is judged.
    pub today: Date,
    /// Whether it claims to be finished; otherwise it comes from a camera.
    pub finished: bool,
}

/// The judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// All defects, worst first.
    pub findings: Vec<Finding>,
    /// What was measured.
    pub measures: Measures,
    /// The certificate file (JPEG), of an upright camera picture with a face that is large enough and has room,
    /// whatever else was found.
    pub certificate: Option<Vec<u8>>,
}

/// What is looked at: about as wide as a certificate, the face upright.
struct View {
    image: RgbImage,
    certificate: Option<Vec<u8>>,
    /// Whether it has the frame of a finished file, so that the face's place in it means something.
    framed: bool,
}

/// Judges a portrait.
pub fn judge(portrait: &Portrait, models: &Models, limits: &PortraitLimits) -> Judged {
    judge_by(portrait, models.face.as_ref(), models.text.as_ref(), limits)
}

fn judge_by(
    portrait: &Portrait,
    faces: Option<&FaceModels>,
    text: Option<&TextModels>,
    limits: &PortraitLimits,
) -> Judged {
    let mut measures = Measures::default();
    if let Some(taken) = portrait.file.taken {
        let age = portrait.today.since(taken).map_or(0, |age| age.get_days());
        measures.set("age_days", f64::from(age));
    }
    let seen = faces.map(|faces| look(portrait, faces, limits, &mut measures));
    // A model that fails is a model that is missing: nothing is accepted by default.
    let has_face = matches!(seen, Some(Ok(_)));
    let view = seen.and_then(Result::ok).unwrap_or_else(|| whole(portrait.image, limits));
    measures.set("colour", colourfulness(&view.image));
    if view.framed {
        measures.set("border", background::border(&view.image));
    }
    match &view.certificate {
        Some(file) => describe(&FileFacts::read(file), (limits.width, limits.height), &mut measures),
        None if portrait.finished => describe(portrait.file, portrait.image.dimensions(), &mut measures),
        None => {}
    }
    // Writing where nobody is tells nothing more.
    let is_empty = measures.get("faces") == Some(0.0);
    let has_text = text.is_some_and(|text| is_empty || find_text(text, &view.image, limits, &mut measures));
    let has = Has { face: has_face, text: has_text };
    let mut findings = code::judge(PORTRAIT, &measures, limits, has);
    table::settle(&mut findings, &measures, portrait.finished);
    Judged { findings, measures, certificate: view.certificate }
}

/// Finds the face and measures all that has to do with it.
fn look(
    portrait: &Portrait,
    models: &FaceModels,
    limits: &PortraitLimits,
    measures: &mut Measures,
) -> Result<View, NetworkError> {
    let small = within(portrait.image, SEARCHED);
    let (turn, faces) = find::upright(models, &small, limits)?;
    measures.set("faces", faces.count as f64);
    let Some(face) = &faces.main else {
        return Ok(View { framed: portrait.finished, ..whole(portrait.image, limits) });
    };
    measures.set("turned", f64::from(turn.degrees()));
    measures.set("roll", features::roll(face));
    let image = &*turn.of(portrait.image);
    let view = if portrait.finished {
        View { framed: true, ..whole(image, limits) }
    } else {
        let head = head(models, image, face, f64::from(portrait.image.width()) / f64::from(small.width()))?;
        crop(image, &head, turn == Turn::None, limits, measures)
    };
    let near = find::faces(models, &view.image, limits)?;
    // A face that is lost when it is looked at closely was none, or hardly any of it can be seen.
    let count = if near.main.is_some() { faces.count.max(near.count) } else { 0 };
    measures.set("faces", count as f64);
    measure_view(models, &view, &near, limits, measures)?;
    Ok(view)
}

/// The head in the picture's pixels, found in one that is so much smaller, with the top of its hair.
fn head(models: &FaceModels, image: &RgbImage, face: &Landmarks, larger: f64) -> Result<Head, NetworkError> {
    let found = features::head(face);
    let head = Head {
        width: found.width * larger,
        middle: found.middle * larger,
        eyes: found.eyes * larger,
        hair: None,
    };
    let around = Area {
        left: head.middle - 1.3 * head.width,
        top: head.eyes - 1.7 * head.width,
        width: 2.6 * head.width,
        height: 3.4 * head.width,
    };
    let around = around.on(image);
    let part = cut(image, around, 256, 256, Kernel::Mean);
    let top = background::hair_top(&models.mask(&part)?.sized(256, 256));
    // Hair that reaches the picture's edge ends somewhere beyond it.
    let is_cut = |share: f64| share == 0.0 && around.top < 1.0;
    Ok(Head {
        hair: top.filter(|share| !is_cut(*share)).map(|share| around.top + share * around.height),
        ..head
    })
}

/// Makes the certificate where there is room for it, else looks at what there is of it.
fn crop(
    image: &RgbImage,
    head: &Head,
    upright: bool,
    limits: &PortraitLimits,
    measures: &mut Measures,
) -> View {
    measures.set("face_pixels", head.width);
    let place = certificate::place(head, image.dimensions(), limits);
    if head.width >= limits.face_min {
        measures.set("room", f64::from(u8::from(place.is_some())));
    }
    match place {
        // Turning is not among what may be done to a picture.
        Some(area) if upright && head.width >= limits.face_min => {
            let file = certificate::make(image, area, limits);
            let decoded = image::load_from_memory(&file).expect("it was encoded a moment ago");
            View { image: decoded.into_rgb8(), certificate: Some(file), framed: true }
        }
        _ => {
            let scale = (limits.face_aim / head.width).min(1.0);
            let area = certificate::aimed(head, limits).on(image);
            let scaled = |length: f64| ((length * scale).round() as u32).max(1);
            let view = cut(image, area, scaled(area.width), scaled(area.height), Kernel::Sharp);
            View { image: view, certificate: None, framed: false }
        }
    }
}

/// All of a picture, at most as wide as a finished one.
fn whole(image: &RgbImage, limits: &PortraitLimits) -> View {
    let scale = (f64::from(limits.width) / f64::from(image.width())).min(1.0);
    let scaled = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let size = (scaled(image.width()), scaled(image.height()));
    let image = if size == image.dimensions() {
        image.clone()
    } else {
        cut(image, Area::of(image), size.0, size.1, Kernel::Sharp)
    };
    View { image, certificate: None, framed: false }
}

fn measure_view(
    models: &FaceModels,
    view: &View,
    near: &Faces,
    limits: &PortraitLimits,
    measures: &mut Measures,
) -> Result<(), NetworkError> {
    // Of several faces it is not known whose place is meant, and the others are what is uneven behind one of them.
    let alone = measures.get("faces") == Some(1.0);
    let (width, height) = background::mask_size(&view.image);
    let mask = models.mask(&view.image)?.sized(width, height);
    if alone {
        background::background(&view.image, &mask, limits, measures);
    }
    let Some(face) = &near.main else { return Ok(()) };
    features::pose(face, measures);
    if view.framed && alone {
        features::framing(face, &view.image, limits.width, measures);
        let unit = f64::from(limits.width) / f64::from(view.image.width());
        let top = background::hair_top(&mask).unwrap_or(f64::NAN);
        measures.set("hair_top", top * f64::from(view.image.height()) * unit);
    }
    if features::width(face) >= limits.face_judged {
        features::expression(face, &models.blendshapes(face)?, measures);
        light::sharpness(&view.image, face, measures);
        light::light(&view.image, face, measures);
    }
    Ok(())
}

/// What a finished file is.
fn describe(file: &FileFacts, (width, height): (u32, u32), measures: &mut Measures) {
    measures.set("width", f64::from(width));
    measures.set("height", f64::from(height));
    measures.set("file_bytes", file.bytes as f64);
    measures.set("bits", file.bits.map_or(f64::NAN, f64::from));
    measures.set("quantisation", file.quantisation.unwrap_or(f64::NAN));
    // A file without a density has none that is right.
    measures.set("dpi", file.dpi.unwrap_or(0.0));
}

/// Looks for a line of two characters or more that is surely read; one is as bad as many. False when that cannot be told:
/// the model fails, or there is so much to read that none was found in time.
fn find_text(text: &TextModels, view: &RgbImage, limits: &PortraitLimits, measures: &mut Measures) -> bool {
    let Ok(areas) = text.areas(view, READ) else { return false };
    let mut columns = COLUMNS_MAX;
    for quad in &areas {
        columns -= quad.columns();
        if columns < 0.0 {
            return false;
        }
        let Ok(Reading { text, confidence }) = text.reading(view, quad) else { return false };
        let is_line = text.chars().filter(|character| !character.is_whitespace()).count() >= 2;
        if is_line && f64::from(confidence) >= limits.text_confidence {
            measures.set("text_found", 1.0);
            return true;
        }
    }
    measures.set("text_found", 0.0);
    true
}
