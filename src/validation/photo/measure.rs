//! Small measures of pictures that the checks of portraits share.
//!
//! Pictures are scaled to the size at which they are measured before anything walks over pixels, so that a limit means
//! the same for every camera and the time does not depend on it.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::filter::laplacian_filter;

/// Part of a picture, in pixels that need not be whole; it may reach beyond the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

impl Area {
    /// All of a picture.
    pub(super) fn of(image: &RgbImage) -> Self {
        Self { left: 0.0, top: 0.0, width: f64::from(image.width()), height: f64::from(image.height()) }
    }

    /// Its middle.
    pub(super) fn middle(&self) -> [f64; 2] {
        [self.left + self.width / 2.0, self.top + self.height / 2.0]
    }

    /// What it shares with another, of what both cover together.
    pub(super) fn overlap(&self, other: &Self) -> f64 {
        let shared = |at: f64, size: f64, other_at: f64, other_size: f64| {
            ((at + size).min(other_at + other_size) - at.max(other_at)).max(0.0)
        };
        let both = shared(self.left, self.width, other.left, other.width)
            * shared(self.top, self.height, other.top, other.height);
        let all = self.width * self.height + other.width * other.height - both;
        if all > 0.0 { both / all } else { 0.0 }
    }

    /// What of it lies on a picture, at least one pixel.
    pub(super) fn on(self, image: &RgbImage) -> Self {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let left = self.left.clamp(0.0, width - 1.0);
        let top = self.top.clamp(0.0, height - 1.0);
        let right = (self.left + self.width).clamp(left + 1.0, width);
        let bottom = (self.top + self.height).clamp(top + 1.0, height);
        Self { left, top, width: length(left, right), height: length(top, bottom) }
    }
}

/// From one place to another, and never a rounding beyond it.
fn length(from: f64, to: f64) -> f64 {
    let length = to - from;
    if from + length > to { length - 1e-9 } else { length }
}

/// How pixels are made from more or fewer of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kernel {
    /// The mean of the area that a pixel covers: for measuring.
    Mean,
    /// The mean of the area that a pixel covers, the nearer the more: for networks, which were trained with it.
    Smooth,
    /// The sharpest one that does not ring visibly: for keeping.
    Sharp,
}

/// A part of a picture, scaled to this size.
pub(super) fn cut(image: &RgbImage, area: Area, width: u32, height: u32, kernel: Kernel) -> RgbImage {
    let Area { left, top, width: wide, height: high } = area.on(image);
    let options = kernel.options().crop(left, top, wide, high);
    let bytes = resized(image.as_raw(), image.dimensions(), PixelType::U8x3, &options, (width, height));
    RgbImage::from_raw(width, height, bytes).expect("a picture has three bytes a pixel")
}

/// All of a picture, scaled to this size; not copied through when it has it.
pub(super) fn scaled(image: &RgbImage, width: u32, height: u32, kernel: Kernel) -> RgbImage {
    if image.dimensions() == (width, height) {
        return image.clone();
    }
    cut(image, Area::of(image), width, height, kernel)
}

/// All of a grey picture, scaled to this size.
pub(super) fn scaled_grey(image: &GrayImage, width: u32, height: u32) -> GrayImage {
    let options = Kernel::Smooth.options();
    let bytes = resized(image.as_raw(), image.dimensions(), PixelType::U8, &options, (width, height));
    GrayImage::from_raw(width, height, bytes).expect("a grey picture has a byte a pixel")
}

impl Kernel {
    fn options(self) -> ResizeOptions {
        let filter = match self {
            Self::Mean => FilterType::Box,
            Self::Smooth => FilterType::Bilinear,
            Self::Sharp => FilterType::Lanczos3,
        };
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter))
    }
}

fn resized(
    bytes: &[u8],
    (from_width, from_height): (u32, u32),
    pixels: PixelType,
    options: &ResizeOptions,
    (width, height): (u32, u32),
) -> Vec<u8> {
    let from = ImageRef::new(from_width, from_height, bytes, pixels).expect("a picture has its bytes");
    let mut to = Image::new(width, height, pixels);
    Resizer::new().resize(&from, &mut to, options).expect("the area lies on the picture");
    to.into_vec()
}

/// A picture with at most this longer side.
pub(super) fn within(image: &RgbImage, side: u32) -> RgbImage {
    let longer = image.width().max(image.height());
    if longer <= side {
        return image.clone();
    }
    let shorter = |length: u32| ((u64::from(length) * u64::from(side) / u64::from(longer)) as u32).max(1);
    scaled(image, shorter(image.width()), shorter(image.height()), Kernel::Mean)
}

/// Brightness as television has weighed it since ITU-R 601; the limits of vision §4 are in it.
pub(super) fn luma(pixel: Rgb<u8>) -> u8 {
    let [red, green, blue] = pixel.0.map(u32::from);
    ((299 * red + 587 * green + 114 * blue + 500) / 1000) as u8
}

/// The picture's brightness.
pub(super) fn grey(image: &RgbImage) -> GrayImage {
    let pixels = image.pixels().copied().map(luma).collect();
    GrayImage::from_raw(image.width(), image.height(), pixels).expect("one byte a pixel")
}

/// How far channels lie from the pixel's mean, on average: 0 without any colour.
pub(super) fn colourfulness(image: &RgbImage) -> f64 {
    let apart = |pixel: &Rgb<u8>| {
        let channels = pixel.0.map(i32::from);
        let sum: i32 = channels.iter().sum();
        channels.iter().map(|channel| (3 * channel - sum).unsigned_abs()).sum::<u32>()
    };
    let sum: u64 = image.pixels().map(|pixel| u64::from(apart(pixel))).sum();
    sum as f64 / 9.0 / f64::from(image.width() * image.height())
}

/// Horizontal grey steps of the picture, over those that are left after a mean of nine pixels. What is sharp loses most
/// of its steps by it, what was blurred or enlarged before keeps them (ratio near 1).
pub(super) fn step_ratio(grey: &GrayImage) -> f64 {
    let (mut steps, mut smooth) = (0_u64, 0_u64);
    for row in grey.rows() {
        let row: Vec<u8> = row.map(|pixel| pixel.0[0]).collect();
        // The mean of nine pixels moves by a ninth of what enters minus what leaves.
        for nine in row.windows(10) {
            steps += u64::from(nine[4].abs_diff(nine[5]));
            smooth += u64::from(nine[0].abs_diff(nine[9]));
        }
    }
    9.0 * steps as f64 / smooth as f64
}

/// The variance of the Laplacian: small where nothing is sharp.
pub(super) fn laplacian_variance(grey: &GrayImage) -> f64 {
    let filtered = laplacian_filter(grey);
    let count = f64::from(grey.width() * grey.height());
    let (mut sum, mut squares) = (0.0, 0.0);
    for Luma([value]) in filtered.pixels() {
        let value = f64::from(*value);
        sum += value;
        squares += value * value;
    }
    squares / count - (sum / count).powi(2)
}

/// How often each value of a byte was seen.
#[derive(Debug, Clone)]
pub(super) struct Histogram([u32; 256]);

impl FromIterator<u8> for Histogram {
    fn from_iter<I: IntoIterator<Item = u8>>(values: I) -> Self {
        let mut counts = [0; 256];
        values.into_iter().for_each(|value| counts[usize::from(value)] += 1);
        Self(counts)
    }
}

impl Histogram {
    pub(super) fn count(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The mean; not a number of nothing.
    pub(super) fn mean(&self) -> f64 {
        self.sum(|value| value) / f64::from(self.count())
    }

    /// The standard deviation; not a number of nothing.
    pub(super) fn deviation(&self) -> f64 {
        let mean = self.mean();
        (self.sum(|value| (value - mean).powi(2)) / f64::from(self.count())).sqrt()
    }

    /// The value below which this share lies; not a number of nothing.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let wanted = share * f64::from(self.count());
        let mut seen = 0.0;
        for (value, &count) in (0_u32..).zip(&self.0) {
            seen += f64::from(count);
            if count > 0 && seen >= wanted {
                return f64::from(value);
            }
        }
        f64::NAN
    }

    fn sum(&self, of: impl Fn(f64) -> f64) -> f64 {
        (0_u32..).zip(&self.0).map(|(value, &count)| of(f64::from(value)) * f64::from(count)).sum()
    }
}

#[cfg(test)]
mod tests {
    use imageproc::filter::gaussian_blur_f32;
    use proptest::prelude::*;

    use super::*;

    /// Stripes of a certain width, as a sharp edge at every change.
    fn stripes(width: u32) -> GrayImage {
        GrayImage::from_fn(200, 50, |x, _| Luma([if (x / width).is_multiple_of(2) { 40 } else { 200 }]))
    }

    #[test]
    fn blur_takes_steps_and_edges() {
        let sharp = stripes(6);
        let blurred = gaussian_blur_f32(&stripes(24), 5.0);
        assert!(step_ratio(&sharp) > 2.0, "{}", step_ratio(&sharp));
        assert!(step_ratio(&blurred) < 1.2, "{}", step_ratio(&blurred));
        assert!(step_ratio(&GrayImage::new(200, 50)).is_nan());
        assert!(laplacian_variance(&sharp) > 100.0 * laplacian_variance(&blurred));
    }

    #[test]
    fn histograms_count() {
        let histogram: Histogram = [10, 10, 20, 40].into_iter().collect();
        assert_eq!((histogram.count(), histogram.mean()), (4, 20.0));
        let quantiles = [0.0, 0.5, 0.75, 1.0].map(|share| histogram.quantile(share) as u32);
        assert_eq!(quantiles, [10, 10, 20, 40]);
        assert!((histogram.deviation() - 150.0_f64.sqrt()).abs() < 1e-9);
        let empty: Histogram = [].into_iter().collect();
        assert!(empty.mean().is_nan() && empty.quantile(0.5).is_nan());
    }

    #[test]
    fn colour_is_what_channels_differ_by() {
        let cases = [([90, 90, 90], 0.0), ([255, 0, 0], 340.0 / 3.0), ([100, 103, 106], 2.0)];
        for (colour, expected) in cases {
            let measured = colourfulness(&RgbImage::from_pixel(4, 4, Rgb(colour)));
            assert!((measured - expected).abs() < 1e-6, "{colour:?}: {measured}");
        }
    }

    #[test]
    fn cutting_keeps_what_is_there() {
        let image = RgbImage::from_fn(40, 20, |x, _| Rgb([if x < 20 { 0 } else { 200 }; 3]));
        // A sharp kernel looks a few pixels beyond the area.
        let right = Area { left: 28.0, top: 0.0, width: 12.0, height: 12.0 };
        for kernel in [Kernel::Mean, Kernel::Sharp] {
            let part = cut(&image, right, 10, 10, kernel);
            assert!(part.pixels().all(|pixel| pixel.0 == [200; 3]), "{kernel:?}");
        }
        assert_eq!(within(&image, 10).dimensions(), (10, 5));
        assert_eq!(within(&image, 40), image);
        // An area beside the picture is moved onto it.
        let beside = Area { left: 90.0, top: -9.0, width: 5.0, height: 5.0 };
        assert_eq!(cut(&image, beside, 1, 1, Kernel::Mean).get_pixel(0, 0).0, [200; 3]);
    }

    #[test]
    fn areas_share_what_lies_in_both() {
        let area = |left, top, width, height| Area { left, top, width, height };
        let rows = [
            (area(0.0, 0.0, 2.0, 2.0), area(0.0, 0.0, 2.0, 2.0), 1.0),
            (area(0.0, 0.0, 2.0, 2.0), area(1.0, 0.0, 2.0, 2.0), 1.0 / 3.0),
            (area(0.0, 0.0, 2.0, 2.0), area(2.0, 0.0, 2.0, 2.0), 0.0),
            (area(0.0, 0.0, 2.0, 2.0), area(5.0, 5.0, 2.0, 2.0), 0.0),
            (area(0.0, 0.0, 0.0, 0.0), area(0.0, 0.0, 0.0, 0.0), 0.0),
        ];
        for (a, b, expected) in rows {
            assert!((a.overlap(&b) - expected).abs() < 1e-6, "{a:?} {b:?}");
            assert!((b.overlap(&a) - expected).abs() < 1e-6, "{b:?} {a:?}");
        }
    }

    proptest! {
        #[test]
        fn any_area_can_be_cut(
            left in -50.0..150.0_f64, top in -50.0..150.0_f64, width in 0.0..200.0_f64, height in 0.0..200.0_f64,
        ) {
            let image = RgbImage::new(97, 61);
            let part = cut(&image, Area { left, top, width, height }, 3, 2, Kernel::Mean);
            prop_assert_eq!(part.dimensions(), (3, 2));
        }
    }
}
