//! From a picture to the detector's input, and from its map of probabilities to quads.
//!
//! The numbers are those of the published model (vision §3): a pixel is text from 0.3 on, an area from a mean of 0.5 on,
//! and areas are drawn smaller than the text, so that each grows by area · 1.6 / perimeter.

use image::{GrayImage, Luma, RgbImage};
use imageproc::geometry::convex_hull;
use imageproc::point::Point;
use imageproc::region_labelling::{Connectivity, connected_components};

use super::super::measure::{Kernel, scaled};
use super::super::models::network::Output;
use super::{MOST_AREAS, Quad};

const PIXEL_MIN: f32 = 0.3;
const AREA_MIN: f32 = 0.5;
const GROWTH: f32 = 1.6;
/// Shortest side of an area in pixels of the map before it grows, and after.
const SIDE_MIN: f32 = 3.0;
const GROWN_SIDE_MIN: f32 = 5.0;
/// The network halves its picture five times.
const STEP: u32 = 32;
/// A quad this much higher than wide is a line that runs down.
const UPRIGHT_RATIO: f32 = 1.5;

/// The detector's input: blue, green, red planes, each normalised, sides multiples of 32.
pub(super) fn input(image: &RgbImage, longest_side: u32) -> (Vec<usize>, Vec<f32>) {
    let (width, height) = image.dimensions();
    let scale = (longest_side as f32 / width.max(height) as f32).min(1.0);
    let side = |length: u32| ((length as f32 * scale / STEP as f32).round() as u32).max(1) * STEP;
    let (width, height) = (side(width), side(height));
    let small = scaled(image, width, height, Kernel::Smooth);
    let planes = [(2, 0.406, 0.225), (1, 0.456, 0.224), (0, 0.485, 0.229)];
    let normalised = planes.iter().flat_map(|&(channel, mean, deviation)| {
        let values: Vec<f32> = (0..=255_u8).map(|v| (f32::from(v) / 255.0 - mean) / deviation).collect();
        small.as_raw().iter().skip(channel).step_by(3).map(move |&v| values[usize::from(v)])
    });
    (vec![1, 3, height as usize, width as usize], normalised.collect())
}

/// Quads in pixels of the picture, from top to bottom. `None` when this is no map.
pub(super) fn find(map: &Output, picture: (u32, u32)) -> Option<Vec<Quad>> {
    let [.., height, width] = map.shape[..] else { return None };
    if height * width != map.data.len() || map.data.is_empty() {
        return None;
    }
    let map = Map { width, height, values: &map.data };
    let mut rectangles: Vec<Rectangle> =
        map.outlines().iter().filter_map(|outline| map.rectangle(outline)).collect();
    rectangles.sort_by(|a, b| b.area().total_cmp(&a.area()));
    rectangles.truncate(MOST_AREAS);
    let scale = [picture.0 as f32 / width as f32, picture.1 as f32 / height as f32];
    let mut quads: Vec<Quad> = rectangles
        .iter()
        .map(|rectangle| begun(&rectangle.quad().map(|[x, y]| [x * scale[0], y * scale[1]])))
        .collect();
    quads.sort_by(|a, b| a.centre()[1].total_cmp(&b.centre()[1]));
    Some(quads)
}

/// Begins a quad where its line probably does: on the left, or at the top when it is clearly higher than wide.
fn begun(quad: &Quad) -> Quad {
    let mut begun = *quad;
    for _ in 0..4 {
        let [from, to, ..] = begun.corners;
        let rightward = to[0] - from[0] >= (to[1] - from[1]).abs();
        if rightward {
            break;
        }
        begun = begun.advanced();
    }
    if begun.height() > UPRIGHT_RATIO * begun.width() { begun.advanced() } else { begun }
}

/// What the detector gave: how probably each pixel is text.
struct Map<'a> {
    width: usize,
    height: usize,
    values: &'a [f32],
}

impl Map<'_> {
    /// The outermost pixels of every connected area: in each of its rows the first and the last.
    fn outlines(&self) -> Vec<Vec<Point<f32>>> {
        let is_text = |x: u32, y: u32| self.values[y as usize * self.width + x as usize] > PIXEL_MIN;
        let marks =
            GrayImage::from_fn(self.width as u32, self.height as u32, |x, y| Luma([u8::from(is_text(x, y))]));
        let labels = connected_components(&marks, Connectivity::Eight, Luma([0]));
        let mut outlines: Vec<Vec<Point<f32>>> = Vec::new();
        for (y, row) in labels.as_raw().chunks(self.width).enumerate() {
            for run in runs(row) {
                let index = run.label as usize - 1;
                if outlines.len() <= index {
                    outlines.resize(index + 1, Vec::new());
                }
                let (left, right, top) = (run.from as f32, run.to as f32, y as f32);
                let bottom = top + 1.0;
                outlines[index].extend([
                    Point::new(left, top),
                    Point::new(right, top),
                    Point::new(left, bottom),
                    Point::new(right, bottom),
                ]);
            }
        }
        outlines
    }

    /// The smallest rectangle around an outline, grown to the size of its text; `None` when it is no text.
    fn rectangle(&self, outline: &[Point<f32>]) -> Option<Rectangle> {
        let tight = Rectangle::around(&convex_hull(outline))?;
        if tight.shorter() < SIDE_MIN || self.mean(&tight) < AREA_MIN {
            return None;
        }
        let grown = tight.grown(tight.area() * GROWTH / tight.perimeter());
        (grown.shorter() >= GROWN_SIDE_MIN).then_some(grown)
    }

    fn mean(&self, rectangle: &Rectangle) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        let corners = rectangle.quad().corners;
        let range = |axis: usize, most: usize| {
            let least = corners.iter().fold(f32::MAX, |least, corner| least.min(corner[axis])).max(0.0);
            let furthest = corners.iter().fold(0.0_f32, |most, corner| most.max(corner[axis]));
            least as usize..(furthest.ceil() as usize).min(most)
        };
        for y in range(1, self.height) {
            for x in range(0, self.width) {
                if rectangle.holds([x as f32 + 0.5, y as f32 + 0.5]) {
                    sum += self.values[y * self.width + x];
                    count += 1.0;
                }
            }
        }
        if count > 0.0 { sum / count } else { 0.0 }
    }
}

/// Pixels of one row and one area that stand side by side.
struct Run {
    label: u32,
    from: usize,
    to: usize,
}

fn runs(row: &[u32]) -> impl Iterator<Item = Run> {
    let mut at = 0;
    row.chunk_by(|a, b| a == b).filter_map(move |chunk| {
        let from = at;
        at += chunk.len();
        (chunk[0] > 0).then_some(Run { label: chunk[0], from, to: at })
    })
}

/// A rectangle at any angle.
struct Rectangle {
    centre: [f32; 2],
    /// Direction of its first side, of length one; the second is a quarter turn clockwise from it.
    along: [f32; 2],
    /// Half of its two sides.
    half: [f32; 2],
}

impl Rectangle {
    /// The one of least area: it shares the direction of one of the hull's edges.
    fn around(hull: &[Point<f32>]) -> Option<Self> {
        let edges = hull.iter().zip(hull.iter().cycle().skip(1));
        let rectangles = edges.filter_map(|(from, to)| {
            let (x, y) = (to.x - from.x, to.y - from.y);
            let length = x.hypot(y);
            (length > 0.0).then(|| Self::along(hull, [x / length, y / length]))
        });
        rectangles.min_by(|a, b| a.area().total_cmp(&b.area()))
    }

    fn along(hull: &[Point<f32>], along: [f32; 2]) -> Self {
        let reach = |direction: [f32; 2]| {
            let places = hull.iter().map(|point| point.x * direction[0] + point.y * direction[1]);
            places.fold((f32::MAX, f32::MIN), |(least, most), place| (least.min(place), most.max(place)))
        };
        let across = [-along[1], along[0]];
        let (u, v) = (reach(along), reach(across));
        let (middle_u, middle_v) = (f32::midpoint(u.0, u.1), f32::midpoint(v.0, v.1));
        Self {
            centre: [middle_u * along[0] + middle_v * across[0], middle_u * along[1] + middle_v * across[1]],
            along,
            half: [(u.1 - u.0) / 2.0, (v.1 - v.0) / 2.0],
        }
    }

    fn area(&self) -> f32 {
        4.0 * self.half[0] * self.half[1]
    }

    fn perimeter(&self) -> f32 {
        4.0 * (self.half[0] + self.half[1])
    }

    fn shorter(&self) -> f32 {
        2.0 * self.half[0].min(self.half[1])
    }

    fn grown(&self, by: f32) -> Self {
        Self { half: self.half.map(|half| half + by), ..*self }
    }

    fn holds(&self, place: [f32; 2]) -> bool {
        let (x, y) = (place[0] - self.centre[0], place[1] - self.centre[1]);
        let u = x * self.along[0] + y * self.along[1];
        let v = y * self.along[0] - x * self.along[1];
        u.abs() <= self.half[0] && v.abs() <= self.half[1]
    }

    fn quad(&self) -> Quad {
        let [x, y] = self.along;
        let corner = |u: f32, v: f32| {
            let (u, v) = (u * self.half[0], v * self.half[1]);
            [self.centre[0] + u * x - v * y, self.centre[1] + u * y + v * x]
        };
        Quad { corners: [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)] }
    }
}
