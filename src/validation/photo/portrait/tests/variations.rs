//! What is made from the samples: good pictures stay good however they came, defects are found in a camera's picture too.

use image::{DynamicImage, Rgb, imageops::flip_horizontal, metadata::Orientation};

use super::{Text::Left, *};

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
    for name in ["p_calm_raw_landscape", "p_calm_raw_offcentre"] {
        let (image, file) = sample(name);
        agree(turns.map(|(turn, expected)| {
            let mut turned = DynamicImage::ImageRgb8(image.clone());
            turned.apply_orientation(turn);
            let judged = look_at(models, &turned.into_rgb8(), &file, false, Left);
            assert_eq!(judged.certificate.is_some(), expected.is_empty(), "{name} {turn:?}");
            (format!("{name} {turn:?}"), judged, expected.to_owned())
        }));
    }
}

#[test]
fn defects_are_found_in_a_camera_picture_unless_the_crop_mends_them() {
    let Some(models) = models() else { return };
    let rows = [
        ("p_calm_bg_blue", "BG_COLOUR"),
        ("p_calm_bg_shadow", "BG_UNEVEN"),
        ("p_calm_motion_blur", "BLUR"),
        ("p_calm_low_res_upscaled", "BLUR"),
        ("p_calm_dark", "UNDEREXPOSED BG_COLOUR"),
        ("p_calm_half_lit", "UNEVEN_LIGHT"),
        ("p_calm_tilt", "HEAD_TILT"),
        ("p_calm_gray", "GRAYSCALE"),
        ("p_calm_eyes_closed", "EYES_CLOSED"),
        ("p_calm_hat", "HEAD_COVERED"),
        ("p_calm_sunglasses", "EYES_COVERED"),
        ("p_calm_off_centre", "NO_ROOM"),
        ("p_calm_face_large_close", "NO_ROOM"),
        ("p_calm_two_people", "MULTIPLE_FACES"),
        ("p_calm_no_face", "NO_FACE"),
        ("p_calm_red_eye", "RED_EYE"),
        ("p_astronaut_smile_white", "MOUTH_OPEN"),
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
