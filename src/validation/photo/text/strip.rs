//! From a quad of a picture to the recogniser's input: an upright strip, 48 pixels high.

use image::{Rgb, RgbImage};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

use super::super::measure::{Kernel, scaled};
use super::Quad;

/// The height that the recogniser was trained with.
const HEIGHT: u32 = 48;
/// The widest strip: over forty characters. A longer line is narrowed.
const WIDTH_MAX: u32 = 1_920;
/// The recogniser gives one character for each eight columns at most.
const STEP: u32 = 8;
/// A strip that is narrower gets empty columns: the recogniser hardly saw shorter ones when it was trained.
const WIDTH_MIN: u32 = 160;
/// A text up to this much higher than the strip is cut out at a multiple of its height and then made smaller, since
/// picking single pixels would lose thin strokes.
const OVERSAMPLING_MAX: u32 = 4;

/// The recogniser's input: blue, green, red planes from -1 to 1.
pub(super) fn input(image: &RgbImage, quad: &Quad) -> (Vec<usize>, Vec<f32>) {
    let strip = cut(image, quad);
    let (width, height) = (strip.width(), strip.height());
    let padded = width.next_multiple_of(STEP).max(WIDTH_MIN);
    let mut input = Vec::with_capacity(3 * (padded * height) as usize);
    for channel in [2, 1, 0] {
        for row in strip.as_raw().chunks(3 * width as usize) {
            input.extend(row.iter().skip(channel).step_by(3).map(|&v| f32::from(v) / 127.5 - 1.0));
            input.extend(std::iter::repeat_n(0.0, (padded - width) as usize));
        }
    }
    (vec![1, 3, height as usize, padded as usize], input)
}

fn cut(image: &RgbImage, quad: &Quad) -> RgbImage {
    let height = quad.height().max(1.0);
    let width = ((quad.width() / height * HEIGHT as f32).round() as u32).clamp(STEP, WIDTH_MAX);
    let times = ((height / HEIGHT as f32).round() as u32).clamp(1, OVERSAMPLING_MAX);
    let mut cut = RgbImage::new(width * times, HEIGHT * times);
    let (right, bottom) = ((width * times) as f32, (HEIGHT * times) as f32);
    let to = [(0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)];
    // A quad without any area has no projection: its strip stays empty and nothing is read in it.
    if let Some(projection) = Projection::from_control_points(quad.corners.map(|[x, y]| (x, y)), to) {
        warp_into(image, projection, Interpolation::Bilinear, Border::Constant(Rgb([127; 3])), &mut cut);
    }
    scaled(&cut, width, HEIGHT, Kernel::Smooth)
}
