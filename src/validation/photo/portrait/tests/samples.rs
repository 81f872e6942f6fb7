//! The labelled pictures: every defect found, none made up.

use super::{Text::*, *};

#[test]
fn labelled_pictures_are_told_all_their_defects() {
    let Some(models) = models() else { return };
    let finished = [
        ("p_calm_ok_white", Read, ""),
        ("p_calm_ok_grey", Read, ""),
        ("p_calm_bg_blue", Left, "BG_COLOUR"),
        ("p_calm_bg_red", Left, "BG_COLOUR"),
        ("p_calm_bg_gradient", Left, "BG_UNEVEN"),
        ("p_calm_bg_shadow", Left, "BG_UNEVEN"),
        ("p_calm_bg_object", Left, "BG_UNEVEN"),
        ("p_calm_blur", Left, "BLUR"),
        ("p_calm_motion_blur", Left, "BLUR"),
        ("p_calm_low_res_upscaled", Left, "BLUR"),
        ("p_calm_dark", Left, "UNDEREXPOSED BG_COLOUR"),
        ("p_calm_overexposed", Left, "OVEREXPOSED"),
        ("p_calm_half_lit", Left, "UNEVEN_LIGHT"),
        ("p_calm_rot90", Left, "ROTATED DIMENSIONS"),
        ("p_calm_upside_down", Left, "ROTATED"),
        ("p_calm_tilt", Left, "HEAD_TILT"),
        ("p_calm_border", Left, "BG_UNEVEN BORDER"),
        ("p_calm_text", Read, "TEXT_OVERLAY"),
        ("p_calm_watermark", Read, "TEXT_OVERLAY"),
        ("p_calm_gray", Left, "GRAYSCALE"),
        ("p_calm_eyes_closed", Left, "EYES_CLOSED"),
        ("p_calm_hat", Left, "HEAD_COVERED"),
        ("p_calm_sunglasses", Left, "EYES_COVERED"),
        ("p_calm_small_file", Left, "DIMENSIONS FILE_SIZE"),
        ("p_calm_heavy_jpeg", Left, "FILE_SIZE JPEG_QUALITY"),
        ("p_calm_big_file_no_dpi", Left, "DIMENSIONS FILE_SIZE DPI?"),
        ("p_calm_face_small", Left, "FACE_SIZE"),
        ("p_calm_face_large_close", Left, "FACE_SIZE HAIRLINE?"),
        ("p_calm_off_centre", Left, "OFF_CENTRE"),
        ("p_calm_eyes_low", Left, "EYE_LINE HAIRLINE?"),
        ("p_calm_two_people", Left, "MULTIPLE_FACES"),
        ("p_calm_no_face", Left, "NO_FACE"),
        ("p_calm_red_eye", Left, "RED_EYE"),
        ("p_astronaut_smile_white", Left, "MOUTH_OPEN"),
        ("p_astronaut_original_scene", Read, "FILE_SIZE FACE_SIZE EYE_LINE BG_COLOUR BG_UNEVEN"),
        ("p_not_a_person", Read, "NO_FACE"),
    ];
    agree(finished.map(|(name, text, expected)| {
        let (image, file) = sample(name);
        (name.to_owned(), look_at(models, &image, &file, true, text), expected.to_owned())
    }));
}

#[test]
fn camera_pictures_become_certificates() {
    let Some(models) = models() else { return };
    let rows = [
        ("p_calm_raw_offcentre", Read, "", true),
        ("p_calm_raw_landscape", Left, "", true),
        ("p_calm_raw_exif6", Left, "", true),
        ("p_calm_raw_no_room", Left, "NO_ROOM", false),
        ("p_calm_raw_far", Left, "FACE_SMALL", false),
    ];
    agree(rows.map(|(name, text, expected, has_certificate)| {
        let (image, file) = sample(name);
        let judged = look_at(models, &image, &file, false, text);
        assert_eq!(judged.certificate.is_some(), has_certificate, "{name}");
        if let Some(certificate) = &judged.certificate {
            let finished = image::load_from_memory(certificate).unwrap().into_rgb8();
            let again = look_at(models, &finished, &FileFacts::read(certificate), true, Left);
            assert_eq!(told(&again), "", "{name}: the certificate is judged as a finished file");
            let [face, eyes] = ["face_width", "eye_line"].map(|name| again.measures.get(name).unwrap());
            assert!((face - 222.0).abs() < 6.0 && (eyes - 255.0).abs() < 6.0, "{name}: {face} {eyes}");
        }
        (name.to_owned(), judged, expected.to_owned())
    }));
}
