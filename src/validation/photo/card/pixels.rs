//! Light, sharpness and reflections: of the card alone where it was found, else of the whole picture.

use image::imageops::{self, rotate90};
use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::distance_transform::Norm;
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};
use imageproc::morphology::{dilate, open};
use imageproc::region_labelling::{Connectivity, connected_components};

use super::super::code::Measures;
use super::super::measure::{Area, Histogram, Kernel, cut, grey, step_ratio, within};
use super::Side;
use super::layout::{HEIGHT, Layout};

/// The longer side at which all of it is measured (vision §5).
const SIDE: u32 = 1_000;
/// What is left out along the card's edges, in card widths: perspective moves them, and nothing is printed there.
const INSET: f32 = 0.04;
/// The share of pixels that are darker than what a picture's light is.
const BRIGHT: f64 = 0.95;
/// From which value of every channel on a pixel may be a reflection, and how far it must reach at least (vision §5).
const WHITE: u8 = 252;
const REACH: u8 = 4;
/// A reflection is brighter than what is around it, between these distances; a white that hardly is so is the picture's
/// own.
const RING: [u8; 2] = [12, 30];
const AROUND_MAX: f64 = 242.0;
/// A reflection wipes print out: white with this many lines in it, each with this many of its corners, was exposed too
/// long, which print survives.
const LINES_IN_WHITE: usize = 2;
const CORNERS_IN_WHITE: usize = 3;
/// White that is more of a picture without a card is what the document lies on, or its paper.
const PAPER: f64 = 0.4;

/// Where the emblem is: left, right, top and bottom, in card widths.
const EMBLEM: [f32; 4] = [0.05, 0.25, 0.04, 0.25];
/// How much stronger red must be than the other channels there, as a share of the card's light.
const RED: f64 = 0.2;

/// What is measured: the card, or all of a picture in which none was found.
struct Part {
    picture: RgbImage,
    side: Option<Side>,
    /// The corners of the lines that were surely read.
    lines: Vec<[[f32; 2]; 4]>,
}

/// Measures the card, or all of a picture in which none was found. `lines` are those that were surely read.
pub(super) fn measure(
    image: &RgbImage,
    card: Option<(&Layout, Side)>,
    lines: &[[[f32; 2]; 4]],
    measures: &mut Measures,
) {
    let part = match card {
        Some((layout, side)) => Part::card(image, layout, side, lines),
        None => Part::whole(image, lines),
    };
    let greys = grey(&part.picture);
    measures.set("light", greys.as_raw().iter().copied().collect::<Histogram>().quantile(BRIGHT));
    measures.set("sharpness", step_ratio(&greys).min(step_ratio(&rotate90(&greys))));
    measures.set("glare", glare(&part, &greys));
    if part.side == Some(Side::Emblem) {
        measures.set("emblem_red", emblem_red(&part.picture));
    }
}

impl Part {
    fn whole(image: &RgbImage, lines: &[[[f32; 2]; 4]]) -> Self {
        let picture = within(image, SIDE);
        let scale = picture.width() as f32 / image.width() as f32;
        let lines = lines.iter().map(|corners| corners.map(|corner| corner.map(|at| at * scale)));
        Self { lines: lines.collect(), side: None, picture }
    }

    fn card(image: &RgbImage, layout: &Layout, side: Side, lines: &[[[f32; 2]; 4]]) -> Self {
        let picture = upright_card(image, layout);
        let scale = picture.width() as f32 / (1.0 - 2.0 * INSET);
        let place = |corner: [f32; 2]| layout.card(corner).map(|at| (at - INSET) * scale);
        Self { lines: lines.iter().map(|corners| corners.map(place)).collect(), side: Some(side), picture }
    }
}

/// The card alone, upright, without its edges.
fn upright_card(image: &RgbImage, layout: &Layout) -> RgbImage {
    let scale = (SIDE as f32 / layout.width()).min(1.0);
    let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    let small = cut(image, Area::of(image), side(image.width()), side(image.height()), Kernel::Mean);
    let corner = |x: f32, y: f32| {
        let [x, y] = layout.place([x, y]).map(|at| at * scale);
        (x, y)
    };
    let (right, bottom) = (1.0 - INSET, HEIGHT - INSET);
    let from = [corner(INSET, INSET), corner(right, INSET), corner(right, bottom), corner(INSET, bottom)];
    let length = |share: f32| ((layout.width() * scale * share) as u32).max(1);
    let mut card = RgbImage::new(length(right - INSET), length(bottom - INSET));
    let (width, height) = (card.width() as f32, card.height() as f32);
    let to = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    if let Some(projection) = Projection::from_control_points(from, to) {
        warp_into(&small, projection, Interpolation::Bilinear, Border::Constant(Rgb([0; 3])), &mut card);
    }
    card
}

/// The share of the emblem's place that is red beside the rest of the card, whatever the light.
fn emblem_red(card: &RgbImage) -> f64 {
    let unit = card.width() as f32 / (1.0 - 2.0 * INSET);
    let [left, right, top, bottom] = EMBLEM.map(|at| ((at - INSET) * unit) as u32);
    let red = |pixel: &Rgb<u8>| {
        let [red, green, blue] = pixel.0.map(i32::from);
        red - green.max(blue)
    };
    let light = grey(card).as_raw().iter().copied().collect::<Histogram>().quantile(BRIGHT);
    // The light's own colour is on all of the card; what is less red than grey counts as grey.
    let own = card.pixels().map(|pixel| red(pixel).clamp(0, 255) as u8).collect::<Histogram>().quantile(0.5);
    let is_red = |pixel: &Rgb<u8>| f64::from(red(pixel)) > own + RED * light;
    let place = imageops::crop_imm(card, left, top, right - left, bottom - top).to_image();
    place.pixels().filter(|pixel| is_red(pixel)).count() as f64
        / f64::from((place.width() * place.height()).max(1))
}

/// The share that the largest reflection covers: a white area without any drawing in it.
fn glare(part: &Part, greys: &GrayImage) -> f64 {
    let image = &part.picture;
    let is_white = |pixel: &Rgb<u8>| pixel.0.iter().all(|&channel| channel >= WHITE);
    let white: Vec<u8> = image.pixels().map(|pixel| if is_white(pixel) { 255 } else { 0 }).collect();
    if white.iter().all(|&value| value == 0) {
        return 0.0;
    }
    let white = GrayImage::from_raw(image.width(), image.height(), white).expect("one byte a pixel");
    let Some((largest, size)) = largest(&open(&white, Norm::LInf, REACH)) else { return 0.0 };
    let share = f64::from(size) / f64::from(image.width() * image.height());
    let [near, far] = RING.map(|distance| dilate(&largest, Norm::LInf, distance));
    let is_paper = part.side.is_none() && share > PAPER;
    let is_own = around(&near, &far, greys, part.side) > AROUND_MAX;
    if is_paper || is_own || survives(&part.lines, &near) { 0.0 } else { share }
}

/// Whether lines stand in an area.
fn survives(lines: &[[[f32; 2]; 4]], area: &GrayImage) -> bool {
    let is_in = |corner: &&[f32; 2]| {
        let [x, y] = corner.map(|at| at.max(0.0) as u32);
        area.get_pixel_checked(x, y).is_some_and(|pixel| pixel.0[0] > 0)
    };
    let stands_in = |corners: &&[[f32; 2]; 4]| corners.iter().filter(is_in).count() >= CORNERS_IN_WHITE;
    lines.iter().filter(stands_in).count() >= LINES_IN_WHITE
}

/// The largest connected area of a mask, and its size.
fn largest(mask: &GrayImage) -> Option<(GrayImage, u32)> {
    let areas = connected_components(mask, Connectivity::Eight, Luma([0]));
    let mut sizes: Vec<u32> = Vec::new();
    for &label in areas.as_raw().iter().filter(|&&label| label > 0) {
        let at = label as usize - 1;
        if sizes.len() <= at {
            sizes.resize(at + 1, 0);
        }
        sizes[at] += 1;
    }
    let (label, size) = (1_u32..).zip(sizes).max_by_key(|&(_, size)| size)?;
    let pixels = areas.as_raw().iter().map(|&other| if other == label { 255 } else { 0 }).collect();
    Some((GrayImage::from_raw(mask.width(), mask.height(), pixels)?, size))
}

/// The median grey around a white area, far without near, the portrait and the emblem left out: they are dark beside any
/// white. Not a number when there is nothing around.
fn around(near: &GrayImage, far: &GrayImage, greys: &GrayImage, side: Option<Side>) -> f64 {
    let (width, height) = (near.width() as f32, near.height() as f32);
    let coloured = match side {
        Some(Side::Face) => Some([0.56..0.97, 0.02..0.84]),
        Some(Side::Emblem) => Some([0.0..0.26, 0.0..0.46]),
        None => None,
    };
    let is_coloured = |x: u32, y: u32| {
        coloured.as_ref().is_some_and(|[across, down]| {
            across.contains(&(x as f32 / width)) && down.contains(&(y as f32 / height))
        })
    };
    let ring = greys.enumerate_pixels().filter(|&(x, y, _)| {
        far.get_pixel(x, y).0[0] > 0 && near.get_pixel(x, y).0[0] == 0 && !is_coloured(x, y)
    });
    ring.map(|(_, _, pixel)| pixel.0[0]).collect::<Histogram>().quantile(0.5)
}
