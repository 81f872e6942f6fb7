//! Why, who and when, burnt into a picture that staff look at (domain.md §8.4).
//!
//! The words stand in slanting lines all over it, so that no crop that still shows something is without them, and so
//! faint and thin that a face or a number is read through them: darker where the picture is light, lighter where it is
//! dark.

use image::RgbImage;

use super::glyphs::{CELL, Line};

/// The lines' slope: they rise to the right by so much for each pixel, 23°.
const SIN: f64 = 0.390_731;
const COS: f64 = 0.920_505;
/// A picture with this longer side has letters as they are drawn; others in proportion, within bounds.
const USUAL_SIDE: f64 = 900.0;
const SCALES: [f64; 2] = [0.6, 2.0];
/// From one line to the next, in letters.
const PITCH: f64 = 4.5;
/// Between the words and their repetition, in letters.
const GAP: f64 = 2.0;
/// Each line begins so much further, as a part of the words' length: no two stand below each other.
const SHIFT: f64 = 0.382;
/// How much of a pixel is the letter's.
const STRENGTH: f64 = 0.2;
/// Above it a pixel is light.
const LIGHT: f64 = 128.0;

/// Writes the words all over a picture.
pub(super) fn draw(image: &mut RgbImage, words: &str) {
    let line = Line::of(words).0;
    let longer = f64::from(image.width().max(image.height()));
    let scale = (longer / USUAL_SIDE).clamp(SCALES[0], SCALES[1]);
    let cell = f64::from(CELL);
    let (pitch, period) = (PITCH * cell, f64::from(line.width()) + GAP * cell);
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let (x, y) = (f64::from(x) / scale, f64::from(y) / scale);
        let down = x * SIN + y * COS;
        let row = (down / pitch).floor();
        let within = down - row * pitch;
        if within >= cell {
            continue;
        }
        let along = (x * COS - y * SIN + row * SHIFT * period).rem_euclid(period);
        let ink = ink(&line, along, within) * STRENGTH;
        if ink > 0.0 {
            let [red, green, blue] = pixel.0.map(f64::from);
            let towards = if 0.299 * red + 0.587 * green + 0.114 * blue > LIGHT { 0.0 } else { 255.0 };
            pixel.0 = [red, green, blue].map(|value| (value + (towards - value) * ink) as u8);
        }
    }
}

/// How much of a letter is at a place of the line, 0 to 1, between its pixels in proportion.
fn ink(line: &image::GrayImage, x: f64, y: f64) -> f64 {
    let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
    let (right_share, low_share) = (x - 0.5 - left, y - 0.5 - top);
    let at = |x: f64, y: f64| {
        let is_inside = x >= 0.0 && y >= 0.0 && x < f64::from(line.width()) && y < f64::from(line.height());
        if is_inside { f64::from(line.get_pixel(x as u32, y as u32).0[0]) / 255.0 } else { 0.0 }
    };
    let across = |y: f64| at(left, y) * (1.0 - right_share) + at(left + 1.0, y) * right_share;
    across(top) * (1.0 - low_share) + across(top + 1.0) * low_share
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const WORDS: &str = "仅供毕业审核 王老师 2026-06-15 09:30";

    fn marked(width: u32, height: u32, grey: u8) -> RgbImage {
        let mut image = RgbImage::from_pixel(width, height, Rgb([grey; 3]));
        draw(&mut image, WORDS);
        image
    }

    #[test]
    fn every_part_of_a_picture_has_some_of_it_and_keeps_what_it_shows() {
        for (width, height) in [(480, 640), (1600, 1200), (240, 320)] {
            for grey in [0, 90, 200, 255] {
                let image = marked(width, height, grey);
                let (across, down) = (width / 4, height / 4);
                for part in 0..16 {
                    let (left, top) = (part % 4 * across, part / 4 * down);
                    let pixels = (left..left + across).flat_map(|x| (top..top + down).map(move |y| (x, y)));
                    let changed = pixels.filter(|&(x, y)| image.get_pixel(x, y).0 != [grey; 3]).count();
                    let share = changed as f64 / f64::from(across * down);
                    assert!((0.02..0.25).contains(&share), "{width}x{height}, part {part}: {share}");
                }
                let most = image.pixels().map(|pixel| pixel.0[0].abs_diff(grey)).max().unwrap();
                assert!((20..=64).contains(&most), "{grey}: {most}");
            }
        }
    }

    #[test]
    fn the_words_are_the_picture_s_own() {
        let mut other = RgbImage::from_pixel(480, 640, Rgb([200; 3]));
        draw(&mut other, "仅供毕业审核 李老师 2026-06-15 09:30");
        assert_ne!(other, marked(480, 640, 200));
    }
}
