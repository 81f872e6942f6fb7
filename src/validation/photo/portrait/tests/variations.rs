//! What is made from the samples: good pictures stay good however they came, defects are found in a camera's picture too.

use image::{DynamicImage, Rgb, imageops::flip_horizontal, metadata::Orientation};

use super::{
    Text::{Left, Read},
    *,
};

/// Enlarged or made smaller, as by another camera.
fn scaled(image: &RgbImage, by: f64) -> RgbImage {
    let size = |length: u32| (f64::from(length) * by) as u32;
    cut(image, Area::of(image), size(image.width()), size(image.height()), Kernel::Sharp)
}

fn changed(image: &RgbImage, mut change: impl FnMut(f64) -> f64) -> RgbImage {
    let mut changed = image.clone();
    for pixel in changed.pixels_mut() {
        pixel.0 = pixel.0.map(|value| change(f64::from(value)).round() as u8);
    }
    changed
}

/// Even noise of this standard deviation, always the same.
fn noisy(image: &RgbImage, deviation: f64) -> RgbImage {
    let mut state = 1_u64;
    changed(image, |value| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        value + ((state >> 40) as f64 / f64::from(1 << 24) - 0.5) * 12.0_f64.sqrt() * deviation
    })
}

/// The person darker, what is white or grey as it was.
fn darker_skin(image: &RgbImage, by: f64) -> RgbImage {
    let mut darker = image.clone();
    for Rgb(channels) in darker.pixels_mut() {
        let colour = f64::from(channels.iter().max().unwrap() - channels.iter().min().unwrap());
        let keep = 1.0 - (colour / 40.0).min(1.0) * (1.0 - by);
        *channels = channels.map(|value| (f64::from(value) * keep) as u8);
    }
    darker
}

#[test]
fn good_pictures_stay_good() {
    let Some(models) = models() else { return };
    let (camera, _) = sample("p_calm_raw_offcentre");
    let (finished, file) = sample("p_calm_ok_grey");
    let nothing = FileFacts::default();
    let from_camera = [
        ("mirrored", flip_horizontal(&camera), ""),
        ("smaller", scaled(&camera, 0.9), ""),
        ("too small", scaled(&camera, 0.8), "FACE_SMALL"),
        ("of 12 megapixels", scaled(&camera, 2.5), ""),
        ("noisy", noisy(&camera, 5.0), ""),
        ("darker by gamma", changed(&camera, |value| (value / 255.0).powf(1.2) * 255.0), ""),
        ("brighter", changed(&camera, |value| value * 1.1), "OVEREXPOSED?"),
        ("finished, twice as large", scaled(&finished, 2.0), ""),
    ];
    agree(from_camera.map(|(name, image, expected)| {
        (name.to_owned(), look_at(models, &image, &nothing, false, Left), expected.to_owned())
    }));
    let as_file = [
        ("mirrored", flip_horizontal(&finished), ""),
        ("noisy", noisy(&finished, 4.0), ""),
        ("with darker skin", darker_skin(&finished, 0.45), ""),
        ("with very dark skin", darker_skin(&finished, 0.35), "UNDEREXPOSED?"),
        ("a grey that is not allowed", changed(&finished, |value| value * 0.9), "BG_COLOUR"),
    ];
    agree(as_file.map(|(name, image, expected)| {
        (name.to_owned(), look_at(models, &image, &file, true, Left), expected.to_owned())
    }));
}

/// A rectangle of one colour over part of a face.
fn covered(image: &RgbImage, [left, top, right, bottom]: [u32; 4], colour: [u8; 3]) -> RgbImage {
    let mut covered = image.clone();
    for (x, y) in (left..right).flat_map(|x| (top..bottom).map(move |y| (x, y))) {
        covered.put_pixel(x, y, Rgb(colour));
    }
    covered
}

/// What covers it, where, in which colour, and what may be told.
type Cover = (&'static str, [u32; 4], [u8; 3], &'static [&'static str]);

#[test]
fn a_covered_face_is_never_accepted() {
    let Some(models) = models() else { return };
    let (image, file) = sample("p_calm_ok_white");
    let grey = [118, 116, 114];
    let rows: [Cover; 9] = [
        ("both eyes", [125, 210, 355, 290], grey, &["EYES_COVERED"]),
        ("eyes and nose", [125, 210, 355, 330], grey, &["EYES_COVERED", "NO_FACE"]),
        ("from the brows to the lips", [125, 180, 355, 350], grey, &["FACE_COVERED", "NO_FACE"]),
        ("most of it", [125, 150, 355, 380], grey, &["NO_FACE"]),
        ("hair over one eye", [160, 200, 238, 300], [70, 46, 28], &["EYES_COVERED"]),
        ("a black mask", [150, 300, 330, 420], [28, 28, 32], &["FACE_COVERED"]),
        ("a blue mask", [150, 300, 330, 420], [168, 205, 228], &["FACE_COVERED"]),
        ("a white mask", [150, 300, 330, 420], [240, 240, 240], &["FACE_COVERED"]),
        ("the nose", [150, 270, 330, 320], grey, &["FACE_COVERED"]),
    ];
    for (name, area, colour, one_of) in rows {
        let image = covered(&image, area, colour);
        for finished in [true, false] {
            let judged = look_at(models, &image, &file, finished, Left);
            let found = told(&judged);
            assert!(one_of.iter().any(|code| found.contains(code)), "{name}, finished {finished}: [{found}]");
        }
    }
}

#[test]
fn writing_where_nobody_is_is_not_read() {
    let Some(models) = models() else { return };
    let path = format!("{}/tests/photos/SPECIMEN_text_page.jpg", env!("CARGO_MANIFEST_DIR"));
    let image = image::open(path).unwrap().into_rgb8();
    let judged = look_at(models, &image, &FileFacts::default(), false, Read);
    assert_eq!((told(&judged).as_str(), judged.measures.get("text_found")), ("NO_FACE", None));
}

#[test]
fn a_picture_on_its_side_is_told_nothing_else() {
    let Some(models) = models() else { return };
    let turns = [
        (Orientation::NoTransforms, ""),
        (Orientation::FlipHorizontal, ""),
        (Orientation::Rotate180, "ROTATED"),
        (Orientation::FlipVertical, "ROTATED"),
        (Orientation::Rotate90, "ROTATED"),
        (Orientation::Rotate270, "ROTATED"),
    ];
    let (image, file) = sample("p_calm_raw_landscape");
    agree(turns.map(|(turn, expected)| {
        let mut turned = DynamicImage::ImageRgb8(image.clone());
        turned.apply_orientation(turn);
        let judged = look_at(models, &turned.into_rgb8(), &file, false, Left);
        assert_eq!(judged.certificate.is_some(), expected.is_empty(), "{turn:?}");
        (format!("{turn:?}"), judged, expected.to_owned())
    }));
}

#[test]
fn defects_are_found_in_a_camera_picture_unless_the_crop_mends_them() {
    let Some(models) = models() else { return };
    let rows = [
        ("p_calm_bg_shadow", "BG_UNEVEN"),
        ("p_calm_motion_blur", "BLUR"),
        ("p_calm_low_res_upscaled", "BLUR"),
        ("p_calm_tilt", "HEAD_TILT"),
        ("p_calm_eyes_closed", "EYES_CLOSED"),
        ("p_calm_sunglasses", "EYES_COVERED"),
        ("p_calm_off_centre", "NO_ROOM"),
        ("p_calm_face_large_close", "NO_ROOM"),
        ("p_calm_two_people", "MULTIPLE_FACES"),
        ("p_calm_no_face", "NO_FACE"),
        ("p_calm_face_small", ""),
        ("p_calm_eyes_low", ""),
        ("p_calm_heavy_jpeg", ""),
    ];
    agree(rows.map(|(name, expected)| {
        let (image, file) = sample(name);
        let judged = look_at(models, &scaled(&image, 2.0), &file, false, Left);
        (name.to_owned(), judged, expected.to_owned())
    }));
}
