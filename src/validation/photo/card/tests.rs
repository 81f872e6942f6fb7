//! What was measured decides, and how it is measured; then the pictures themselves.

mod pictures;
mod print;

use image::{Rgb, RgbImage};
use imageproc::drawing::{draw_filled_ellipse_mut, draw_hollow_rect_mut};
use imageproc::filter::gaussian_blur_f32;
use imageproc::rect::Rect;

use super::super::code::{PRECHECK_UNAVAILABLE, Weight};
use super::layout::Anchor;
use super::*;

const ALL: Has = Has { face: true, text: true };

#[test]
fn each_code_has_its_limit() {
    use Weight::{Advisory, Hard};
    let cases: [(&str, f64, &str, Option<Weight>); 36] = [
        ("document_seen", 0.0, "NO_CARD", Some(Hard)),
        ("document_seen", 1.0, "NO_CARD", None),
        ("side_wrong", 1.0, "WRONG_SIDE", Some(Hard)),
        ("number_differs", 1.0, "ID_MISMATCH", Some(Hard)),
        ("number_differs", 0.0, "ID_MISMATCH", None),
        ("number_read", 0.0, "ID_UNREADABLE", Some(Hard)),
        ("number_read", 1.0, "ID_UNREADABLE", None),
        ("fields_cut", 1.0, "CARD_CROPPED", Some(Hard)),
        ("fields_cut", 0.0, "CARD_CROPPED", None),
        ("card_beyond", 0.1, "CARD_CROPPED", Some(Advisory)),
        ("card_beyond", 0.2, "CARD_CROPPED", Some(Hard)),
        ("card_beyond", 0.05, "CARD_CROPPED", None),
        ("lines_at_edge", 1.0, "CARD_CROPPED", Some(Advisory)),
        ("fields_hidden", 2.0, "OCCLUDED", Some(Hard)),
        ("fields_hidden", 1.0, "OCCLUDED", Some(Advisory)),
        ("fields_hidden", 0.0, "OCCLUDED", None),
        ("portrait_printed", 0.0, "OCCLUDED", Some(Advisory)),
        ("portrait_printed", 1.0, "OCCLUDED", None),
        ("emblem_red", 0.01, "OCCLUDED", Some(Advisory)),
        ("emblem_red", 0.4, "OCCLUDED", None),
        ("layout_known", 0.0, "CARD_DOUBTFUL", Some(Advisory)),
        ("print_elsewhere", 1.0, "CARD_DOUBTFUL", Some(Advisory)),
        ("holder_faces", 0.0, "NO_FACE", Some(Hard)),
        ("holder_faces", 2.0, "NO_FACE", None),
        ("light", 46.0, "UNDEREXPOSED", Some(Hard)),
        ("light", 184.0, "UNDEREXPOSED", None),
        ("sharpness", 1.26, "BLUR", Some(Hard)),
        ("sharpness", 2.1, "BLUR", None),
        ("glare", 0.06, "GLARE", Some(Hard)),
        ("glare", 0.005, "GLARE", None),
        ("longer_side", 599.0, "TOO_SMALL", Some(Hard)),
        ("longer_side", 600.0, "TOO_SMALL", None),
        ("card_width", 300.0, "TOO_SMALL", Some(Advisory)),
        ("name_differs", 1.0, "NAME_MISMATCH", Some(Advisory)),
        ("page_characters", 11.0, "ILLEGIBLE", Some(Advisory)),
        ("page_characters", 12.0, "ILLEGIBLE", None),
    ];
    for (name, value, code, weight) in cases {
        let mut measures = Measures::default();
        measures.set(name, value);
        let found = code::judge(CARD, &measures, &CardLimits::default(), ALL);
        let expected: Vec<_> = weight.map(|weight| Finding { code, weight }).into_iter().collect();
        assert_eq!(found, expected, "{name} = {value}");
    }
}

#[test]
fn words_in_other_places_are_no_card_when_others_are_missing() {
    type Row = (&'static [(&'static str, f64)], &'static [&'static str]);
    let rows: [Row; 7] = [
        (&[("print_elsewhere", 1.0), ("fields_hidden", 2.0)], &["NO_CARD", "OCCLUDED"]),
        (&[("print_elsewhere", 1.0), ("fields_hidden", 1.0)], &["OCCLUDED", "CARD_DOUBTFUL"]),
        (&[("layout_known", 0.0), ("fields_hidden", 2.0)], &["OCCLUDED", "CARD_DOUBTFUL"]),
        // Cut or blurred, there is too little of it to tell its place.
        (&[("layout_known", 0.0), ("fields_cut", 1.0)], &["CARD_CROPPED"]),
        (&[("layout_known", 0.0), ("sharpness", 1.1)], &["BLUR"]),
        (&[("portrait_printed", 0.0), ("fields_cut", 1.0)], &["CARD_CROPPED"]),
        (&[("portrait_printed", 0.0), ("light", 40.0)], &["UNDEREXPOSED"]),
    ];
    for (given, expected) in rows {
        let mut measures = Measures::default();
        for (name, value) in given {
            measures.set(name, *value);
        }
        let found = code::judge(CARD, &measures, &CardLimits::default(), ALL);
        assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), expected, "{given:?}");
    }
}

#[test]
fn without_models_pixels_are_judged_and_the_rest_is_left_to_the_reviewer() {
    let mut image = drawn_card(1_000, 640);
    image.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|channel| channel / 6));
    for wanted in [Wanted::Card(Side::Face), Wanted::Handheld, Wanted::Page { face: true }, Wanted::HeldPage]
    {
        let document = Document { image: &image, wanted, number: None, name: None };
        let judged = judge(&document, &Models::default(), &CardLimits::default());
        let codes: Vec<_> = judged.findings.iter().map(|finding| (finding.code, finding.weight)).collect();
        let expected = [("UNDEREXPOSED", Weight::Hard), (PRECHECK_UNAVAILABLE, Weight::Advisory)];
        assert_eq!(codes, expected, "{wanted:?}");
        assert_eq!((judged.shown, judged.turn), (None, Turn::None), "{wanted:?}");
    }
}

/// Lines of print on something bright, without any white.
fn drawn_card(width: u32, height: u32) -> RgbImage {
    let mut image = RgbImage::from_pixel(width, height, Rgb([225, 230, 235]));
    for at in 0..width * height / 2_000 {
        let (x, y) = (at * 37 % (width - 20), at * 91 % (height - 20));
        draw_hollow_rect_mut(&mut image, Rect::at(x as i32, y as i32).of_size(12, 14), Rgb([30, 30, 40]));
    }
    image
}

#[test]
fn light_sharpness_and_reflections_are_measured() {
    let good = drawn_card(1_000, 640);
    let mut reflection = good.clone();
    draw_filled_ellipse_mut(&mut reflection, (500, 320), 120, 70, Rgb([255; 3]));
    let mut glitter = good.clone();
    for at in 0..200 {
        draw_filled_ellipse_mut(&mut glitter, (at * 53 % 1_000, at * 29 % 640), 3, 3, Rgb([255; 3]));
    }
    let mut dark = good.clone();
    dark.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|channel| channel / 5));
    let blurred = gaussian_blur_f32(&good, 5.0);
    let cases: [(&str, &RgbImage, &[&str]); 5] = [
        ("good", &good, &[]),
        ("reflection", &reflection, &["GLARE"]),
        ("glitter", &glitter, &[]),
        ("dark", &dark, &["UNDEREXPOSED"]),
        ("blurred", &blurred, &["BLUR"]),
    ];
    for (name, image, expected) in cases {
        let mut measures = Measures::default();
        pixels::measure(image, None, &[], &mut measures);
        let found = code::judge(CARD, &measures, &CardLimits::default(), ALL);
        let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, expected, "{name}: {measures:?}");
    }
}

#[test]
fn white_in_which_print_survives_was_exposed_too_long() {
    let mut image = drawn_card(1_000, 640);
    draw_filled_ellipse_mut(&mut image, (500, 320), 200, 100, Rgb([255; 3]));
    let line = |y: f32| [[400.0, y], [600.0, y], [600.0, y + 20.0], [400.0, y + 20.0]];
    let beside = [[0.0, 0.0], [90.0, 0.0], [90.0, 20.0], [0.0, 20.0]];
    for (lines, is_glare) in
        [(vec![], true), (vec![line(300.0), beside], true), (vec![line(280.0), line(330.0)], false)]
    {
        let mut measures = Measures::default();
        pixels::measure(&image, None, &lines, &mut measures);
        assert_eq!(measures.get("glare").unwrap() > 0.01, is_glare, "{lines:?}");
    }
}

#[test]
fn a_blur_in_either_direction_is_a_blur() {
    let good = drawn_card(1_000, 640);
    let shaken = |step: (u32, u32)| {
        RgbImage::from_fn(1_000, 640, |x, y| {
            let at = |n: u32| {
                good.get_pixel((x + n * step.0).min(999), (y + n * step.1).min(639)).0.map(u32::from)
            };
            let sum = (0..16)
                .map(at)
                .fold([0; 3], |sum, pixel| [0, 1, 2].map(|channel| sum[channel] + pixel[channel]));
            Rgb(sum.map(|total| (total / 16) as u8))
        })
    };
    for step in [(1, 0), (0, 1)] {
        let mut measures = Measures::default();
        let image = shaken(step);
        pixels::measure(&image, None, &[], &mut measures);
        let sharpness = measures.get("sharpness").unwrap();
        assert!(sharpness < CardLimits::default().sharpness, "{step:?}: {sharpness}");
    }
}

#[test]
fn turns_move_points_as_they_move_pixels() {
    let mut image = RgbImage::new(7, 4);
    image.put_pixel(5, 1, Rgb([255; 3]));
    for turn in Turn::ALL {
        let turned = turn.picture(image.clone());
        let size = (7.0, 4.0);
        assert_eq!(turn.size(size), size_of(&turned), "{turn:?}");
        let [x, y] = turn.point([5.5, 1.5], size);
        assert_eq!(turned.get_pixel(x as u32, y as u32).0, [255; 3], "{turn:?}");
        let [x, y] = turn.back().point([x, y], turn.size(size));
        assert!((x - 5.5).abs() < 0.01 && (y - 1.5).abs() < 0.01, "{turn:?}: {x} {y}");
        assert_eq!(turn.then(turn.back()), Turn::None, "{turn:?}");
    }
    assert_eq!(Turn::Quarter.then(Turn::Half).degrees(), 270);
}

#[test]
fn the_layout_is_where_the_print_is() {
    // A card 800 wide, turned by 10°, its corner at (100, 50).
    let (sine, cosine) = 10_f32.to_radians().sin_cos();
    let place =
        |[x, y]: [f32; 2]| [100.0 + 800.0 * (x * cosine - y * sine), 50.0 + 800.0 * (x * sine + y * cosine)];
    let anchors = |points: &[[f32; 2]]| -> Vec<Anchor> {
        points.iter().map(|&card| Anchor { card, picture: place(card) }).collect()
    };
    let layout = Layout::of(&anchors(&[[0.05, 0.1], [0.05, 0.3], [0.9, 0.55]])).unwrap();
    assert!((layout.width() - 800.0).abs() < 0.1);
    assert!(
        layout.holds(place([0.5, 0.3]))
            && !layout.holds(place([1.05, 0.3]))
            && !layout.holds(place([0.5, 0.7]))
    );
    for (found, expected) in
        layout.corners().iter().zip([[0.0, 0.0], [1.0, 0.0], [1.0, layout::HEIGHT]].map(place))
    {
        assert!((found[0] - expected[0]).hypot(found[1] - expected[1]) < 0.5, "{found:?} {expected:?}");
    }
    // One place, or two that are one, do not tell; print elsewhere is of another document.
    assert_eq!(Layout::of(&[]), Err(Misfit::Unknown));
    assert_eq!(Layout::of(&anchors(&[[0.05, 0.1]])), Err(Misfit::Unknown));
    assert_eq!(Layout::of(&anchors(&[[0.05, 0.1], [0.05, 0.12]])), Err(Misfit::Unknown));
    let mut other = anchors(&[[0.05, 0.1], [0.05, 0.3], [0.9, 0.55]]);
    other[1].picture[1] += 300.0;
    assert_eq!(Layout::of(&other), Err(Misfit::Elsewhere));
}
