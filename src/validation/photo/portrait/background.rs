//! What is behind the person, and around the picture.

use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::{distance_transform::Norm, morphology::dilate_mut};

use super::limits::PortraitLimits;
use crate::validation::photo::{
    code::Measures,
    measure::{Area, Histogram, Kernel, cut, luma},
};

/// The background is measured this wide: a pixel is the mean of sixteen, which takes the noise of a camera away and
/// leaves what an eye sees.
const WIDTH: u32 = 120;
/// Mask values above which a pixel may be the person (vision §4), of 255.
const PERHAPS: u8 = 25;
/// Mask values above which a pixel is the person.
const SURELY: u8 = 127;
/// Lower parts are shoulders, at whose edges the mask errs.
const UPPER: f64 = 0.55;
/// Greys off the median that make a spot.
const SPOT: f64 = 12.0;

/// The size of the mask that [`background`] wants.
pub(super) fn mask_size(view: &RgbImage) -> (u32, u32) {
    let high = u64::from(view.height()) * u64::from(WIDTH) / u64::from(view.width());
    (WIDTH, high.clamp(1, u64::from(8 * WIDTH)) as u32)
}

/// The first row of a mask in which the person is, as a share of its height.
pub(super) fn hair_top(mask: &GrayImage) -> Option<f64> {
    let row = mask.rows().position(|mut row| row.any(|value| value.0[0] > SURELY))?;
    Some(row as f64 / f64::from(mask.height()))
}

/// Measures the part of the view that is not the person.
pub(super) fn background(
    view: &RgbImage,
    mask: &GrayImage,
    limits: &PortraitLimits,
    measures: &mut Measures,
) {
    let small = cut(view, Area::of(view), mask.width(), mask.height(), Kernel::Mean);
    let mut person = GrayImage::from_fn(mask.width(), mask.height(), |x, y| {
        Luma([if mask.get_pixel(x, y).0[0] > PERHAPS { 255 } else { 0 }])
    });
    dilate_mut(&mut person, Norm::L2, (WIDTH / 16) as u8);
    let rows = (f64::from(mask.height()) * UPPER) as usize * WIDTH as usize;
    let behind: Vec<&Rgb<u8>> = small
        .pixels()
        .zip(person.pixels())
        .take(rows)
        .filter(|(_, person)| person.0[0] == 0)
        .map(|(pixel, _)| pixel)
        .collect();
    measures.set("background_share", behind.len() as f64 / rows.max(1) as f64);
    // A hundredth of the picture tells nothing.
    if behind.len() <= rows / 100 {
        return;
    }
    let median = [0, 1, 2].map(|channel| channel_of(&behind, channel).quantile(0.5));
    let from = |grey: &u8| median.iter().map(|value| (value - f64::from(*grey)).abs()).fold(0.0, f64::max);
    let distance = limits.backgrounds.iter().map(from).fold(f64::INFINITY, f64::min);
    let greys: Histogram = behind.iter().map(|pixel| luma(**pixel)).collect();
    let spots = behind.iter().filter(|pixel| {
        let apart = pixel.0.iter().zip(median).map(|(value, median)| (f64::from(*value) - median).abs());
        apart.fold(0.0, f64::max) > SPOT
    });
    measures.set("background_distance", distance);
    measures.set("background_range", greys.quantile(0.98) - greys.quantile(0.02));
    measures.set("background_deviation", greys.deviation());
    measures.set("background_spots", spots.count() as f64 / behind.len() as f64);
}

fn channel_of(pixels: &[&Rgb<u8>], channel: usize) -> Histogram {
    pixels.iter().map(|pixel| pixel.0[channel]).collect()
}

/// How much the outermost pixels differ from those a little further in: along the top and both sides, the least of the
/// three, for a border goes all the way round and what stands at one side is no border.
pub(super) fn border(view: &RgbImage) -> f64 {
    let (width, height) = (f64::from(view.width()), f64::from(view.height()));
    let unit = width / 480.0;
    let upper = height * UPPER;
    let side = |outer: f64, inner: f64| {
        let strip = |left: f64, wide: f64| Area { left, top: 0.0, width: wide, height: upper };
        apart(view, strip(outer, 3.0 * unit), strip(inner, 6.0 * unit))
    };
    let row = |top: f64, high: f64| Area { left: 0.0, top, width, height: high };
    let top = apart(view, row(0.0, 3.0 * unit), row(24.0 * unit, 6.0 * unit));
    let left = side(0.0, 24.0 * unit);
    let right = side(width - 3.0 * unit, width - 30.0 * unit);
    top.min(left).min(right)
}

/// The largest difference of a channel between the medians of two areas.
fn apart(view: &RgbImage, one: Area, other: Area) -> f64 {
    let medians = [one, other].map(|area| {
        let area = area.on(view);
        let (width, height) = (area.width.min(160.0), area.height.min(160.0));
        let strip = cut(view, area, width.ceil() as u32, height.ceil() as u32, Kernel::Mean);
        let pixels: Vec<_> = strip.pixels().collect();
        [0, 1, 2].map(|channel| channel_of(&pixels, channel).quantile(0.5))
    });
    let [one, other] = medians;
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}
