//! Pictures as the networks take them: small, channels last, as numbers.

use image::RgbImage;

use crate::validation::photo::measure::{Kernel, scaled};

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
pub(super) fn square(image: &RgbImage, side: u32) -> (Vec<f32>, Square) {
    let (width, height) = image.dimensions();
    let scale = width.max(height) as f32 / side as f32;
    let fitted = |size: u32| ((size as f32 / scale).round() as u32).clamp(1, side);
    let small = scaled(image, fitted(width), fitted(height), Kernel::Smooth);
    let [left, top] = [small.width(), small.height()].map(|size| (side - size) / 2);
    let mut square = RgbImage::new(side, side);
    image::imageops::replace(&mut square, &small, i64::from(left), i64::from(top));
    let numbers = square.as_raw().iter().map(|&byte| f32::from(byte) / 127.5 - 1.0).collect();
    (numbers, Square { scale, left: left as f32, top: top as f32 })
}

/// A picture as numbers from 0 to 1.
pub(super) fn unit(image: &RgbImage) -> Vec<f32> {
    image.as_raw().iter().map(|&byte| f32::from(byte) / 255.0).collect()
}
