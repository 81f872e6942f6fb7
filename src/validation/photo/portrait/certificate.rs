//! The certificate file: cut out of the camera's picture, scaled down and compressed, and nothing else.
//!
//! The standard leaves ranges for the face's width and place. The middle of them is aimed at; where the picture ends too
//! early the nearest place within the ranges is taken, and only when there is none has the picture no room. Pixels are
//! never made up: a face is not enlarged, and nothing is added at an edge.

use image::{
    ExtendedColorType, ImageEncoder, RgbImage,
    codecs::jpeg::{JpegEncoder, PixelDensity},
};

use super::limits::PortraitLimits;
use crate::validation::photo::measure::{Area, Kernel, cut};

/// A head in the camera's picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Head {
    /// From one edge of the face to the other.
    pub(super) width: f64,
    /// Of its middle, from the left.
    pub(super) middle: f64,
    /// Of the eyes, from the top.
    pub(super) eyes: f64,
    /// Of the hair's top, from the top; none when the picture's edge cuts it off.
    pub(super) hair: Option<f64>,
}

/// Where the eyes are aimed at, of 640 (vision §4).
const EYE_LINE: f64 = 255.0;
/// Where the hair's top belongs if possible, of 640: the hairline is a little lower, at 50 to 110 (standard).
const HAIR: (f64, f64) = (30.0, 100.0);
/// What a place costs for which pixels must be made anew instead of being taken as they are.
const RESAMPLING: f64 = 0.05;
/// Kept from every limit, for the finished file is measured anew and not to the pixel.
const SPARE: f64 = 6.0;
/// Steps in which places are tried, in pixels.
const STEP: usize = 3;
/// The lowest quality of the standard.
const WORST: u8 = 60;
/// A file is never larger than 40 000 bytes: 40 KB however a kilobyte is counted.
const MOST_BYTES: usize = 40_000;

/// The part of a picture that the certificate is made of, if there is one. It has the certificate's proportions.
pub(super) fn place(head: &Head, picture: (u32, u32), limits: &PortraitLimits) -> Option<Area> {
    let widest = (limits.face_max - SPARE).min(head.width);
    let narrowest = (limits.face_min + SPARE).min(widest);
    let widths =
        [limits.face_aim.clamp(narrowest, widest), widest].into_iter().chain(steps(narrowest, widest));
    let places = widths.flat_map(|width| placed(head, width, picture, limits));
    places.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, area)| area)
}

/// The area aimed at, whether or not the picture reaches so far; a face is not enlarged.
pub(super) fn aimed(head: &Head, limits: &PortraitLimits) -> Area {
    area(head, (limits.face_aim / head.width).min(1.0), EYE_LINE, 0.0, limits)
}

/// The places with this width of the face that the picture and the standard allow, each with how far it is from what
/// is aimed at.
fn placed(
    head: &Head,
    width: f64,
    picture: (u32, u32),
    limits: &PortraitLimits,
) -> impl Iterator<Item = (f64, Area)> {
    let scale = width / head.width;
    let (wide, high) = (f64::from(picture.0) * scale, f64::from(picture.1) * scale);
    let (middle, eyes) = (head.middle * scale, head.eyes * scale);
    let half = f64::from(limits.width) / 2.0;
    // Moving the area right moves the face left: the offset is the face's.
    let offsets = (half + middle - wide).max(SPARE - limits.off_centre)
        ..=(middle - half).min(limits.off_centre - SPARE);
    let lines = (f64::from(limits.height) + eyes - high).max(limits.eyes_min + SPARE)
        ..=eyes.min(limits.eyes_max - SPARE);
    let offset = (offsets.start() <= offsets.end()).then(|| 0.0_f64.clamp(*offsets.start(), *offsets.end()));
    let tried = steps(*lines.start(), *lines.end()).chain(lines.contains(&EYE_LINE).then_some(EYE_LINE));
    let (head, limits) = (*head, limits.clone());
    tried.filter_map(move |line| {
        let hair = line - (head.eyes - head.hair?) * scale;
        let offset = offset?;
        let beyond = (HAIR.0 - hair).max(hair - HAIR.1).max(0.0) / 20.0;
        let miss = [
            (width - limits.face_aim) / (limits.face_max - limits.face_aim),
            (line - EYE_LINE) / (limits.eyes_max - EYE_LINE),
            offset / limits.off_centre,
            beyond,
        ];
        let resampled = if scale < 1.0 { RESAMPLING } else { 0.0 };
        let cost = miss.iter().map(|part| part * part).sum::<f64>() + resampled;
        (hair > 0.0).then(|| (cost, area(&head, scale, line, offset, &limits)))
    })
}

fn steps(from: f64, to: f64) -> impl Iterator<Item = f64> {
    let count = (to - from).max(-1.0).floor();
    (0..(count + 1.0) as usize).step_by(STEP).map(move |step| from + step as f64)
}

fn area(head: &Head, scale: f64, line: f64, offset: f64, limits: &PortraitLimits) -> Area {
    let area = Area {
        left: head.middle - (f64::from(limits.width) / 2.0 + offset) / scale,
        top: head.eyes - line / scale,
        width: f64::from(limits.width) / scale,
        height: f64::from(limits.height) / scale,
    };
    // Unscaled pixels stay whole.
    if scale < 1.0 { area } else { Area { left: area.left.floor(), top: area.top.floor(), ..area } }
}

/// The finished file: the best quality that is small enough. Colour is never subsampled, and nothing but pixels and
/// density is in it.
pub(super) fn make(picture: &RgbImage, area: Area, limits: &PortraitLimits) -> Vec<u8> {
    encode(&cut(picture, area, limits.width, limits.height, Kernel::Sharp), limits)
}

fn encode(image: &RgbImage, limits: &PortraitLimits) -> Vec<u8> {
    let most = MOST_BYTES.min(limits.file_max as usize);
    let (mut best, mut low, mut high) = (jpeg(image, WORST, limits), WORST + 1, 100);
    while low <= high {
        let quality = u8::midpoint(low, high);
        let file = jpeg(image, quality, limits);
        if file.len() <= most {
            (best, low) = (file, quality + 1);
        } else {
            high = quality - 1;
        }
    }
    best
}

fn jpeg(image: &RgbImage, quality: u8, limits: &PortraitLimits) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    encoder.set_pixel_density(PixelDensity::dpi(limits.dpi as u16));
    encoder
        .write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8)
        .expect("a vector takes everything, and the size is the standard's");
    bytes
}
