//! Pictures as the networks take them: small, channels last, as numbers.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::{GrayImage, RgbImage};

use super::NetworkError;

/// Where a picture lies in the square that it was fitted into.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Square {
    /// Pixels of the picture for one of the square.
    pub(super) scale: f32,
    /// The picture's corner in the square, in pixels of the square.
    pub(super) left: f32,
    pub(super) top: f32,
}

/// The picture in the middle of a black square of this side, as numbers from -1 to 1.
pub(super) fn square(image: &RgbImage, side: u32) -> Result<(Vec<f32>, Square), NetworkError> {
    let (width, height) = image.dimensions();
    let scale = width.max(height) as f32 / side as f32;
    let fitted = |size: u32| ((size as f32 / scale).round() as u32).clamp(1, side);
    let small = scaled(image, None, (fitted(width), fitted(height)))?;
    let [left, top] = [small.width(), small.height()].map(|size| (side - size) / 2);
    let mut square = RgbImage::new(side, side);
    image::imageops::replace(&mut square, &small, i64::from(left), i64::from(top));
    let numbers = square.as_raw().iter().map(|&byte| f32::from(byte) / 127.5 - 1.0).collect();
    Ok((numbers, Square { scale, left: left as f32, top: top as f32 }))
}

/// A picture as numbers from 0 to 1.
pub(super) fn unit(image: &RgbImage) -> Vec<f32> {
    image.as_raw().iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

/// A part of a picture (left, top, width, height), or all of it, scaled to this size. What is made smaller is averaged.
pub(super) fn scaled(
    image: &RgbImage,
    part: Option<[f32; 4]>,
    (width, height): (u32, u32),
) -> Result<RgbImage, NetworkError> {
    let options = match part.map(|part| part.map(f64::from)) {
        // What was rounded may end a hair's breadth outside.
        Some([left, top, width, height]) => {
            let [right, bottom] = [image.width(), image.height()].map(f64::from);
            linear().crop(left, top, width.min(right - left), height.min(bottom - top))
        }
        None => linear(),
    };
    let bytes = resized(image.as_raw(), image.dimensions(), PixelType::U8x3, &options, (width, height))?;
    RgbImage::from_raw(width, height, bytes).ok_or_else(|| unlike("a scaled picture has another size"))
}

/// The same for all of a grey picture.
pub(super) fn scaled_grey(image: &GrayImage, (width, height): (u32, u32)) -> Result<GrayImage, NetworkError> {
    let bytes = resized(image.as_raw(), image.dimensions(), PixelType::U8, &linear(), (width, height))?;
    GrayImage::from_raw(width, height, bytes).ok_or_else(|| unlike("a scaled mask has another size"))
}

fn linear() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
}

fn resized(
    bytes: &[u8],
    (from_width, from_height): (u32, u32),
    pixels: PixelType,
    options: &ResizeOptions,
    (width, height): (u32, u32),
) -> Result<Vec<u8>, NetworkError> {
    let from = ImageRef::new(from_width, from_height, bytes, pixels);
    let from = from.map_err(|error| unlike(&error.to_string()))?;
    let mut to = Image::new(width, height, pixels);
    Resizer::new().resize(&from, &mut to, options).map_err(|error| unlike(&error.to_string()))?;
    Ok(to.into_vec())
}

/// The model runs, but is not the one that this code was written for.
pub(super) fn unlike(what: &str) -> NetworkError {
    NetworkError::Run(what.to_owned())
}
