//! The ways from a picture into a network and back, with networks that look for a bright spot instead of a face.

use image::Rgb;

use super::*;
use crate::validation::photo::{measure::Area, models::network::Output};

/// Gives what it is told for any input.
struct Always(Vec<Output>);

impl Network for Always {
    fn run(&self, _: &[usize], _: Vec<f32>) -> Result<Vec<Output>, NetworkError> {
        Ok(self.0.clone())
    }
}

/// Takes the middle of what is bright in its input for every point of a face.
struct Spot;

impl Network for Spot {
    fn run(&self, shape: &[usize], input: Vec<f32>) -> Result<Vec<Output>, NetworkError> {
        let [x, y] = spot(shape[2], &input);
        let points = std::iter::repeat_n([x, y, 0.0], POINTS).flatten().collect();
        Ok(vec![numbers(points), numbers(vec![9.0]), numbers(vec![0.0])])
    }
}

/// Sees one face, in the cell with the middle of what is bright: its box and its points are there.
struct SpotDetector;

impl Network for SpotDetector {
    fn run(&self, shape: &[usize], input: Vec<f32>) -> Result<Vec<Output>, NetworkError> {
        let [x, y] = spot(shape[2], &input);
        let [column, row] = [x, y].map(|at| (at / 4.0) as usize);
        let mut scores = vec![-20.0; 48 * 48];
        scores[row * 48 + column] = 20.0;
        let [dx, dy] = [x - (column as f32 + 0.5) * 4.0, y - (row as f32 + 0.5) * 4.0];
        let mut boxes = vec![0.0; 48 * 48 * 16];
        boxes[(row * 48 + column) * 16..][..16].copy_from_slice(&[dx, dy].repeat(8));
        boxes[(row * 48 + column) * 16 + 2..][..2].copy_from_slice(&[19.2, 38.4]);
        Ok(vec![numbers(boxes), numbers(scores)])
    }
}

fn numbers(data: Vec<f32>) -> Output {
    Output { shape: vec![data.len()], data }
}

/// The middle of what is bright, in pixels from the corner.
fn spot(width: usize, input: &[f32]) -> [f32; 2] {
    let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
    for (at, pixel) in input.chunks(3).enumerate().filter(|(_, pixel)| pixel[0] > 0.2) {
        sum += pixel[0];
        x += pixel[0] * ((at % width) as f32 + 0.5);
        y += pixel[0] * ((at / width) as f32 + 0.5);
    }
    [x / sum, y / sum]
}

fn models(network: impl Fn() -> Box<dyn Network>) -> FaceModels {
    FaceModels { detection: network(), landmarks: network(), blendshapes: network(), mask: network() }
}

/// Black, with a white disc around a place.
fn picture(width: u32, height: u32, at: [f32; 2], radius: f32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let is_near = (x as f32 + 0.5 - at[0]).hypot(y as f32 + 0.5 - at[1]) < radius;
        Rgb([if is_near { 255 } else { 0 }; 3])
    })
}

fn assert_near(actual: [f32; 2], expected: [f32; 2], most: f32, what: &str) {
    let distance = (actual[0] - expected[0]).hypot(actual[1] - expected[1]);
    assert!(distance <= most, "{what}: {actual:?} is {distance} away from {expected:?}");
}

#[test]
fn a_detected_face_is_where_it_stands_in_the_picture() {
    let models = models(|| Box::new(SpotDetector));
    for (width, height, at) in
        [(480, 640, [300.0, 500.0]), (1600, 900, [1500.0, 60.0]), (100, 100, [50.0, 20.0])]
    {
        let image = picture(width, height, at, width as f32 / 40.0);
        let faces = models.detect(&image).unwrap();
        let [face] = faces[..] else { panic!("{} faces", faces.len()) };
        let what = format!("{width}x{height}");
        let pixel = width.max(height) as f32 / 192.0;
        let bounds = face.bounds;
        assert_near(bounds.middle().map(|at| at as f32), at, pixel, &what);
        assert_near(face.points[0], at, pixel, &what);
        assert_near(face.points[5], at, pixel, &what);
        let size = [bounds.width, bounds.height].map(|size| size as f32);
        assert_near(size, [19.2 * pixel, 38.4 * pixel], 0.1, &what);
    }
}

#[test]
fn faces_that_overlap_are_one_and_unsure_ones_none() {
    let row = |x: f32, size: f32| [x, 0.0, size, size].into_iter().chain([0.0; 12]);
    let mut boxes: Vec<f32> =
        row(0.0, 40.0).chain(row(4.0, 40.0)).chain(row(92.0, 40.0)).chain(row(150.0, 40.0)).collect();
    boxes.resize(48 * 48 * 16, 0.0);
    let mut scores = vec![1.0, 2.0, 3.0, -0.1];
    scores.resize(48 * 48, -9.0);
    let models = models(|| Box::new(Always(vec![numbers(boxes.clone()), numbers(scores.clone())])));
    let faces = models.detect(&RgbImage::new(192, 192)).unwrap();
    let found: Vec<_> = faces.iter().map(|face| (face.bounds.left, (face.score * 100.0).round())).collect();
    assert_eq!(found, [(82.0, 95.0), (-10.0, 88.0)]);
}

/// The networks are free to see a face beside the picture: nobody is there, and nothing is wrong.
#[test]
fn a_face_beside_the_picture_is_none() {
    let row = |x: f32| [x, 0.0, 8.0, 8.0].into_iter().chain([0.0; 12]);
    let mut boxes: Vec<f32> = row(-60.0).chain(row(40.0)).collect();
    boxes.resize(48 * 48 * 16, 0.0);
    let mut scores = vec![4.0, 3.0];
    scores.resize(48 * 48, -9.0);
    let models = models(|| Box::new(Always(vec![numbers(boxes.clone()), numbers(scores.clone())])));
    let faces = models.detect(&RgbImage::new(192, 192)).unwrap();
    assert_eq!(faces.iter().map(|face| face.bounds.left.round()).collect::<Vec<_>>(), [42.0]);
}

#[test]
fn points_come_back_from_the_turned_square() {
    let models = models(|| Box::new(Spot));
    let at = [330.0, 260.0];
    // The face around it: upright, tilted, on its side, upside down, large enough to be scaled, over the edge.
    for (angle, size, centre) in [
        (0.0, 200.0, [320.0, 240.0]),
        (0.4, 200.0, [320.0, 240.0]),
        (1.6, 150.0, [340.0, 250.0]),
        (3.1, 180.0, [320.0, 280.0]),
        (-0.3, 700.0, [320.0, 240.0]),
        (0.2, 400.0, [500.0, 400.0]),
    ] {
        let image = picture(640, 480, at, size / 30.0);
        let [left, top, width, height] =
            [centre[0] - size / 2.0, centre[1] - size / 2.5, size, size * 0.8].map(f64::from);
        let bounds = Area { left, top, width, height };
        let eye = [size * 0.2 * f32::cos(angle), size * 0.2 * f32::sin(angle)];
        let [right, left] =
            [[centre[0] - eye[0], centre[1] - eye[1]], [centre[0] + eye[0], centre[1] + eye[1]]];
        let face = Detection { bounds, score: 1.0, points: [right, left, centre, centre, right, left] };
        let found = models.landmarks(&image, &face).unwrap();
        let point = [found.points[7][0], found.points[7][1]];
        assert_near(point, at, size / 200.0, &format!("angle {angle}, size {size}"));
        assert!(found.flag > 0.99);
    }
}

#[test]
fn the_mask_is_read_at_pixels_of_the_picture() {
    // The left half is the person.
    let values: Vec<f32> = (0..256 * 256).map(|at| if at % 256 < 128 { 1.0 } else { 0.0 }).collect();
    let models = models(|| Box::new(Always(vec![numbers(values.clone())])));
    let mask = models.mask(&RgbImage::new(480, 640)).unwrap();
    for (x, y, expected) in [(0, 0, 1.0), (239, 639, 1.0), (240, 0, 0.0), (479, 639, 0.0), (9999, 9999, 0.0)]
    {
        assert!((mask.at(x, y) - expected).abs() < 1e-6, "{x} {y}");
    }
    let sized = mask.sized(48, 64);
    assert_eq!((sized.dimensions(), sized[(10, 60)][0], sized[(40, 3)][0]), ((48, 64), 255, 0));
}

#[test]
fn another_model_is_an_error_and_no_face() {
    let models = models(|| Box::new(Always(vec![numbers(vec![0.5; 3])])));
    let image = RgbImage::new(64, 64);
    let bounds = Area { left: 10.0, top: 10.0, width: 20.0, height: 20.0 };
    let face = Detection { bounds, score: 1.0, points: [[15.0, 15.0]; 6] };
    assert!(models.detect(&image).is_err());
    assert!(models.landmarks(&image, &face).is_err());
    assert!(models.blendshapes(&Landmarks { points: vec![[0.0; 3]; POINTS], flag: 1.0 }).is_err());
    assert!(models.mask(&image).is_err());
    let outside = Detection { bounds: Area { left: 900.0, ..bounds }, ..face };
    assert!(models.landmarks(&image, &outside).is_err());
}
