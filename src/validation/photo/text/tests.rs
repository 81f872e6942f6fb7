use image::{Rgb, RgbImage};

use super::super::models::network::Output;
use super::areas;
use super::characters::Characters;
use super::*;

/// The text models of the tree, where they are.
fn models() -> Option<&'static TextModels> {
    crate::models::testing::models()?.text.as_ref()
}

/// All lines of a picture.
fn read(models: &TextModels, image: &RgbImage) -> Vec<Line> {
    models.areas(image, 960).unwrap().iter().map(|quad| models.line(image, quad).unwrap()).collect()
}

/// A map with text where `is_text` says so.
fn map(width: usize, height: usize, is_text: impl Fn(f32, f32) -> bool) -> Output {
    let value =
        |at: usize| f32::from(u8::from(is_text((at % width) as f32 + 0.5, (at / width) as f32 + 0.5)));
    Output { shape: vec![1, 1, height, width], data: (0..width * height).map(value).collect() }
}

#[test]
fn an_area_becomes_a_quad_that_begins_where_its_line_does() {
    let middle = [160.0, 96.0];
    // The angle of a bar of 100 by 12 in degrees, and where its line begins and ends.
    let cases = [
        (0.0_f32, [110.0, 96.0], [210.0, 96.0]),
        (30.0, [116.7, 71.0], [203.3, 121.0]),
        (-30.0, [116.7, 121.0], [203.3, 71.0]),
        (90.0, [160.0, 46.0], [160.0, 146.0]),
    ];
    for (angle, begin, end) in cases {
        let (sine, cosine) = angle.to_radians().sin_cos();
        let bar = map(320, 192, |x, y| {
            let (x, y) = (x - middle[0], y - middle[1]);
            (x * cosine + y * sine).abs() <= 50.0 && (y * cosine - x * sine).abs() <= 6.0
        });
        let quads = areas::find(&bar, (320, 192)).unwrap();
        let [quad] = quads[..] else { panic!("{angle}°: {quads:?}") };
        let [a, b, c, d] = quad.corners;
        let middle_of = |p: [f32; 2], q: [f32; 2]| [f32::midpoint(p[0], q[0]), f32::midpoint(p[1], q[1])];
        // Grown by area · 1.6 / perimeter, which is 8.6 pixels here.
        for (found, expected) in [(middle_of(a, d), begin), (middle_of(b, c), end)] {
            let away = (found[0] - expected[0]).hypot(found[1] - expected[1]);
            assert!((7.0..11.0).contains(&away), "{angle}°: {found:?} is {away} from {expected:?}");
        }
        assert!((quad.height() - 30.0).abs() < 3.0, "{angle}°: {quad:?}");
    }
}

#[test]
fn specks_and_faint_areas_are_no_text_and_the_number_of_areas_is_bounded() {
    let cases = [
        ("nothing", map(64, 64, |_, _| false), 0),
        ("a speck", map(64, 64, |x, y| x < 2.0 && y < 2.0), 0),
        ("a square", map(64, 64, |x, y| x < 20.0 && y < 20.0), 1),
        ("too many", map(960, 960, |x, y| x % 60.0 < 30.0 && y % 60.0 < 12.0), MOST_AREAS),
    ];
    for (name, map, expected) in cases {
        assert_eq!(areas::find(&map, (64, 64)).unwrap().len(), expected, "{name}");
    }
    let mut faint = map(64, 64, |x, y| x < 20.0 && y < 20.0);
    faint.data.iter_mut().for_each(|value| *value *= 0.45);
    assert_eq!(areas::find(&faint, (64, 64)).unwrap(), [], "a faint square");
    let broken = Output { shape: vec![1, 1, 8, 8], data: vec![0.0; 63] };
    assert_eq!(areas::find(&broken, (64, 64)), None);
}

#[test]
fn characters_are_the_best_of_each_step_without_repeats_and_blanks() {
    let characters = Characters::read("姓\r\n名\n1\n");
    let steps = |classes: &[(usize, f32)]| Output {
        shape: vec![1, classes.len(), 5],
        data: classes
            .iter()
            .flat_map(|&(class, sure)| (0..5).map(move |at| if at == class { sure } else { 0.01 }))
            .collect(),
    };
    let cases: [(&[_], &str, f32); 5] = [
        (&[], "", 0.0),
        (&[(0, 1.0), (0, 1.0)], "", 0.0),
        (&[(1, 1.0), (1, 0.9), (0, 1.0), (2, 0.5)], "姓名", 0.75),
        (&[(3, 1.0), (0, 1.0), (3, 1.0), (3, 1.0)], "11", 1.0),
        (&[(3, 1.0), (4, 1.0), (3, 0.4)], "1 1", 0.8),
    ];
    for (classes, text, confidence) in cases {
        let reading = characters.decode(&steps(classes)).unwrap();
        assert_eq!(reading.text, text, "{classes:?}");
        assert!((reading.confidence - confidence).abs() < 1e-6, "{classes:?}: {}", reading.confidence);
    }
    assert_eq!(characters.decode(&Output { shape: vec![1, 1, 6], data: vec![0.0; 6] }), None);
}

#[test]
fn a_card_is_read_line_by_line() {
    let Some(models) = models() else { return };
    let path = format!("{}/tests/photos/SPECIMEN_A_front_photo.jpg", env!("CARGO_MANIFEST_DIR"));
    let image = image::open(path).unwrap().into_rgb8();
    let lines = read(models, &image);
    let sure: Vec<&str> = lines.iter().filter(|line| line.confidence > 0.9).map(|line| &*line.text).collect();
    for expected in ["陈建国", "出生1985年3月14日", "路128号3栋502室", "公民身份号码", "990101198503142375"]
    {
        assert!(sure.contains(&expected), "{expected} is not among {sure:?}");
    }
    let empty = RgbImage::from_pixel(640, 400, Rgb([120, 130, 140]));
    assert_eq!(read(models, &empty), []);
}

#[test]
fn pictures_and_quads_of_any_shape_are_bounded_work() {
    let Some(models) = models() else { return };
    for (width, height) in [(1, 1), (3, 900), (4000, 2)] {
        let image = RgbImage::from_pixel(width, height, Rgb([200; 3]));
        assert_eq!(read(models, &image), [], "{width}×{height}");
    }
    let image = RgbImage::from_pixel(64, 64, Rgb([200; 3]));
    let flat = Quad { corners: [[5.0, 5.0]; 4] };
    let far = Quad { corners: [[-900.0, -900.0], [9000.0, -900.0], [9000.0, -890.0], [-900.0, -890.0]] };
    for quad in [flat, far] {
        assert!(models.reading(&image, &quad).unwrap().text.chars().count() < 200, "{quad:?}");
    }
    // No weights are no model, and neither are other bytes.
    assert!(TextModels::read(Vec::new(), b"not a model".to_vec(), "").is_err());
}
