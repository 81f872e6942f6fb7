//! The pixels of a face: sharpness, light, and what covers it.

use std::{collections::HashMap, ops::RangeInclusive};

use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::{
    drawing::draw_polygon_mut,
    point::Point as Corner,
    region_labelling::{Connectivity, connected_components},
};

use super::features::{Point, at, width};
use crate::validation::photo::{
    code::Measures,
    face::Landmarks,
    measure::{Area, Histogram, Kernel, cut, grey, laplacian_variance, luma, step_ratio},
};

/// The outline of a face, from the top clockwise.
const OVAL: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/// The middle of the forehead, close above the brows: hair often hangs over what is higher.
const FOREHEAD: usize = 151;
/// Three places of the cheek in the person's right half, then in the left one. Foreheads have hair over them.
const HALVES: [[usize; 3]; 2] = [[50, 117, 205], [280, 346, 425]];
/// The middles of the irises, the right one first.
const IRISES: [usize; 2] = [468, 473];
/// Under the nose, under the lower lip, and beside the corners of the mouth.
const AROUND_MOUTH: [usize; 4] = [164, 18, 205, 425];
/// The cheeks where no mask and no beard reaches.
const UNDER_EYES: [usize; 2] = [117, 346];
/// From the top of the forehead to the chin: what parts the halves.
const MIDLINE: [usize; 2] = [10, 152];
/// A face is measured at most this wide.
const WIDTH: f64 = 160.0;
/// Its steps of grey are measured at most this wide: what a face has in a certificate.
const STEPS_WIDTH: f64 = 222.0;
/// Greys at which a camera's picture has noise.
const LIT: RangeInclusive<u8> = 8..=245;
/// A channel from this value on is at its end.
const FULL: u8 = 252;

/// A face cut out of its picture and scaled.
struct Patch {
    image: RgbImage,
    area: Area,
    scale: f64,
}

impl Patch {
    fn of(view: &RgbImage, face: &Landmarks, at_most: f64) -> Self {
        let area = bounds(face).on(view);
        let scale = (at_most / area.width).min(1.0);
        let scaled = |length: f64| ((length * scale).round() as u32).max(1);
        Self { image: cut(view, area, scaled(area.width), scaled(area.height), Kernel::Mean), area, scale }
    }

    fn place(&self, (x, y): Point) -> Point {
        ((x - self.area.left) * self.scale, (y - self.area.top) * self.scale)
    }

    /// The pixels of a square with this half-side, given as a share of the face's width.
    fn square(&self, face: &Landmarks, middle: Point, half: f64) -> Vec<&Rgb<u8>> {
        let (x, y) = self.place(middle);
        let half = half * width(face) * self.scale;
        self.pixels(move |at| (at.0 - x).abs() <= half && (at.1 - y).abs() <= half)
    }

    fn pixels(&self, wanted: impl Fn(Point) -> bool) -> Vec<&Rgb<u8>> {
        let at = |x: u32, y: u32| (f64::from(x) + 0.5, f64::from(y) + 0.5);
        self.image
            .enumerate_pixels()
            .filter(|(x, y, _)| wanted(at(*x, *y)))
            .map(|(_, _, pixel)| pixel)
            .collect()
    }

    /// 255 inside the face's outline.
    fn oval(&self, face: &Landmarks) -> GrayImage {
        let corner = |&point: &usize| {
            let (x, y) = self.place(at(face, point));
            Corner::new(x.round() as i32, y.round() as i32)
        };
        let mut corners: Vec<_> = OVAL.iter().map(corner).collect();
        // A polygon is closed by itself, and a repeated first corner is refused.
        while corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        let mut oval = GrayImage::new(self.image.width(), self.image.height());
        if corners.len() > 2 {
            draw_polygon_mut(&mut oval, &corners, Luma([255]));
        }
        oval
    }
}

/// Measures sharpness.
pub(super) fn sharpness(view: &RgbImage, face: &Landmarks, measures: &mut Measures) {
    measures.set("step_ratio", step_ratio(&grey(&Patch::of(view, face, STEPS_WIDTH).image)));
    let patch = grey(&Patch::of(view, face, WIDTH).image);
    let mean = patch.pixels().map(|pixel| pixel.0[0]).collect::<Histogram>().mean();
    measures.set("sharpness", laplacian_variance(&patch) / (mean / 100.0).powi(2));
}

/// Measures the light on a face and what covers it.
pub(super) fn light(view: &RgbImage, face: &Landmarks, measures: &mut Measures) {
    let patch = Patch::of(view, face, WIDTH);
    let oval = patch.oval(face);
    let inside = |(x, y): Point| oval.get_pixel(x as u32, y as u32).0[0] > 0;
    let skin = patch.pixels(inside);
    let greys = greys(&skin);
    // Red alone is soon at its end on skin; with a second channel the skin's colour is lost.
    let is_clipped = |pixel: &&&Rgb<u8>| pixel.0.iter().filter(|&&value| value >= FULL).count() >= 2;
    let clipped = skin.iter().filter(is_clipped).count();
    measures.set("face_grey", greys.mean());
    measures.set("face_highlight", greys.quantile(0.95));
    measures.set("face_clipped", clipped as f64 / f64::from(greys.count()));
    measures.set("light_difference", difference(&patch, face));
    let [grey, contrast] = eyes(&patch, face, inside);
    measures.set("eye_grey", grey);
    measures.set("eye_contrast", contrast);
    measures.set("face_plateau", f64::from(plateau(&patch, &oval)) / f64::from(greys.count()));
    mouth(&patch, face, measures);
    let reds = IRISES.map(|iris| redness(&patch, face, iris));
    measures.set("red_eye", reds[0].max(reds[1]));
    forehead(&patch, face, measures);
}

fn greys(pixels: &[&Rgb<u8>]) -> Histogram {
    pixels.iter().map(|pixel| luma(**pixel)).collect()
}

fn difference(patch: &Patch, face: &Landmarks) -> f64 {
    let [right, left] = HALVES.map(|points| {
        let squares = points.map(|point| greys(&patch.square(face, at(face, point), 0.06)).mean());
        squares.iter().sum::<f64>() / 3.0
    });
    (right - left).abs() / right.max(left)
}

/// The grey around each iris over that of its own half of the face, so that light from one side covers no eye, and how
/// much it differs there; the lesser of both eyes.
fn eyes(patch: &Patch, face: &Landmarks, inside: impl Fn(Point) -> bool) -> [f64; 2] {
    let [top, chin] = MIDLINE.map(|point| patch.place(at(face, point)));
    let is_right = |(x, y): Point| (chin.0 - top.0) * (y - top.1) - (chin.1 - top.1) * (x - top.0) > 0.0;
    let [right, left] = IRISES.map(|iris| {
        let middle = at(face, iris);
        let right = is_right(patch.place(middle));
        let half = greys(&patch.pixels(|at| inside(at) && is_right(at) == right)).quantile(0.5);
        let eye = greys(&patch.square(face, middle, 0.07));
        [eye.quantile(0.5) / half, eye.deviation() / half]
    });
    [right[0].min(left[0]), right[1].min(left[1])]
}

/// The most pixels of a face that hang together and have one grey: what was painted over it has no pores and no noise.
/// What is too bright or too dark to have any is left out.
fn plateau(patch: &Patch, oval: &GrayImage) -> u32 {
    let greys = grey(&patch.image);
    let is_inside =
        |x: u32, y: u32| oval.get_pixel(x, y).0[0] > 0 && LIT.contains(&greys.get_pixel(x, y).0[0]);
    // Grey 0 is the background of the areas.
    let inside = GrayImage::from_fn(greys.width(), greys.height(), |x, y| {
        Luma([if is_inside(x, y) { greys.get_pixel(x, y).0[0] } else { 0 }])
    });
    let areas = connected_components(&inside, Connectivity::Four, Luma([0]));
    let mut sizes: HashMap<u32, u32> = HashMap::new();
    areas.as_raw().iter().filter(|&&area| area > 0).for_each(|&area| *sizes.entry(area).or_default() += 1);
    sizes.into_values().max().unwrap_or(0)
}

/// How far what is around the mouth is from the cheeks under the eyes, and from one another.
fn mouth(patch: &Patch, face: &Landmarks, measures: &mut Measures) {
    let colour = |&point: &usize| medians(&patch.square(face, at(face, point), 0.05));
    let around = AROUND_MOUTH.each_ref().map(colour);
    let [right, left] = UNDER_EYES.each_ref().map(colour);
    let cheeks = [0, 1, 2].map(|channel| right[channel].midpoint(left[channel]));
    let unlike = around.iter().map(|colour| apart(colour, &cheeks)).fold(f64::INFINITY, f64::min);
    let pairs = around.iter().flat_map(|one| around.iter().map(|other| apart(one, other)));
    measures.set("mouth_unlike_cheeks", unlike);
    measures.set("mouth_unevenness", pairs.fold(0.0, f64::max));
}

/// The share of an iris that is red as no iris is.
fn redness(patch: &Patch, face: &Landmarks, iris: usize) -> f64 {
    let (x, y) = patch.place(at(face, iris));
    let rim = (1..5).map(|step| patch.place(at(face, iris + step)));
    let radius = rim.map(|(rim_x, rim_y)| (rim_x - x).hypot(rim_y - y)).sum::<f64>() / 4.0;
    let pixels = patch.pixels(|at| (at.0 - x).hypot(at.1 - y) <= radius);
    let is_red = |pixel: &&&Rgb<u8>| {
        let [red, green, blue] = pixel.0.map(f64::from);
        red > 100.0 && red > 1.9 * green && red > 1.9 * blue
    };
    pixels.iter().filter(is_red).count() as f64 / pixels.len() as f64
}

/// How far the forehead's colour is from the cheeks', how much of it no hair has, and how even it is.
fn forehead(patch: &Patch, face: &Landmarks, measures: &mut Measures) {
    let brow = patch.square(face, at(face, FOREHEAD), 0.05);
    let [right, left] = HALVES.map(|[cheek, ..]| medians(&patch.square(face, at(face, cheek), 0.06)));
    let cheeks = [0, 1, 2].map(|channel| right[channel].midpoint(left[channel]));
    let colour = medians(&brow);
    measures.set("forehead", apart(&colour, &cheeks));
    measures.set("forehead_unlike_hair", unlike_hair(colour));
    measures.set("forehead_texture", greys(&brow).deviation());
}

/// How strong a colour is that is none of hair: from black over brown to red and yellow, red leads and blue is last.
fn unlike_hair([red, green, blue]: [f64; 3]) -> f64 {
    let least = red.min(green).min(blue);
    let chroma = red.max(green).max(blue) - least;
    let is_hair = red >= green && green >= blue && (green - blue) * 8.0 >= chroma;
    if is_hair { 0.0 } else { chroma }
}

/// How far two colours are from each other.
fn apart(one: &[f64; 3], other: &[f64; 3]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

fn medians(pixels: &[&Rgb<u8>]) -> [f64; 3] {
    [0, 1, 2].map(|channel| pixels.iter().map(|pixel| pixel.0[channel]).collect::<Histogram>().quantile(0.5))
}

fn bounds(face: &Landmarks) -> Area {
    let points = OVAL.map(|point| at(face, point));
    let (mut left, mut top) = points[0];
    let (mut right, mut bottom) = points[0];
    for (x, y) in points {
        (left, right) = (left.min(x), right.max(x));
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    Area { left, top, width: right - left, height: bottom - top }
}
