//! Every row of the table, on both sides of its limits.

use std::collections::BTreeSet;

use super::*;
use crate::validation::photo::code::judge as judge_table;

const ALL: Has = Has { face: true, text: true };

fn found(given: &[(&'static str, f64)]) -> String {
    let mut measures = Measures::default();
    for (name, value) in given {
        measures.set(name, *value);
    }
    let findings = judge_table(PORTRAIT, &measures, &PortraitLimits::default(), ALL);
    told(&Judged { findings, measures, certificate: None })
}

type Case = (&'static [(&'static str, f64)], &'static str);

const fn file(width: f64, height: f64, bits: f64) -> [(&'static str, f64); 3] {
    [("width", width), ("height", height), ("bits", bits)]
}

const fn eyes(grey: f64, contrast: f64, opening: f64) -> [(&'static str, f64); 3] {
    [("eye_grey", grey), ("eye_contrast", contrast), ("eye_opening", opening)]
}

const fn covered(unlike: f64, uneven: f64, plateau: f64) -> [(&'static str, f64); 3] {
    [("mouth_unlike_cheeks", unlike), ("mouth_unevenness", uneven), ("face_plateau", plateau)]
}

const fn mouth(gap: f64, lip: f64) -> [(&'static str, f64); 2] {
    [("lip_gap", gap), ("upper_lip", lip)]
}

const fn forehead(distance: f64, unlike: f64, texture: f64) -> [(&'static str, f64); 3] {
    [("forehead", distance), ("forehead_unlike_hair", unlike), ("forehead_texture", texture)]
}

const fn sharp(ratio: f64, variance: f64) -> [(&'static str, f64); 2] {
    [("step_ratio", ratio), ("sharpness", variance)]
}

const fn dark(grey: f64, highlight: f64, background: f64) -> [(&'static str, f64); 3] {
    [("face_grey", grey), ("face_highlight", highlight), ("background_distance", background)]
}

const fn bright(grey: f64, clipped: f64) -> [(&'static str, f64); 2] {
    [("face_grey", grey), ("face_clipped", clipped)]
}

const fn uneven(range: f64, deviation: f64, spots: f64) -> [(&'static str, f64); 3] {
    [("background_range", range), ("background_deviation", deviation), ("background_spots", spots)]
}

/// The file, and where the face is.
const FRAME: &[Case] = &[
    (&[], ""),
    (&[("faces", 0.0)], "NO_FACE"),
    (&[("faces", 1.0)], ""),
    (&[("faces", 2.0)], "MULTIPLE_FACES"),
    (&[("turned", 0.0), ("roll", 3.0)], ""),
    (&[("turned", 180.0), ("roll", 0.0)], "ROTATED"),
    (&[("turned", 0.0), ("roll", -60.0)], "ROTATED"),
    (&[("face_pixels", 179.0)], "FACE_SMALL"),
    (&[("face_pixels", 185.0)], "FACE_SMALL?"),
    (&[("face_pixels", 222.0)], ""),
    (&[("room", 0.0)], "NO_ROOM"),
    (&[("room", 1.0)], ""),
    (&file(480.0, 640.0, 24.0), ""),
    (&file(640.0, 480.0, 24.0), "DIMENSIONS"),
    (&file(480.0, 640.0, 8.0), "FILE_KIND"),
    (&[("width", 480.0), ("height", 640.0)], "FILE_KIND"),
    (&[("file_bytes", 19_999.0)], "FILE_SIZE"),
    (&[("file_bytes", 40_961.0)], "FILE_SIZE"),
    (&[("file_bytes", 30_000.0)], ""),
    (&[("quantisation", 46.125)], ""),
    (&[("quantisation", 47.2)], "JPEG_QUALITY"),
    (&[("colour", 0.4)], "GRAYSCALE"),
    (&[("colour", 2.9)], ""),
    (&[("face_width", 179.0)], "FACE_SIZE"),
    (&[("face_width", 301.0)], "FACE_SIZE"),
    (&[("eye_line", 199.0)], "EYE_LINE"),
    (&[("eye_line", 301.0)], "EYE_LINE"),
    (&[("face_width", 222.0), ("eye_line", 255.0), ("off_centre", -39.0)], ""),
    (&[("off_centre", -41.0)], "OFF_CENTRE"),
    (&[("head_tilt", -6.5)], "HEAD_TILT"),
    (&[("head_tilt", 5.5), ("head_turn", 17.0)], ""),
    (&[("head_turn", -19.0)], "HEAD_TURNED?"),
];

/// The face, and what is around it.
const CONTENT: &[Case] = &[
    (&eyes(0.39, 0.2, 0.2), "EYES_COVERED"),
    (&eyes(0.65, 0.2, 0.14), "EYES_CLOSED"),
    (&eyes(0.2, 0.2, 0.14), "EYES_COVERED"),
    (&eyes(0.9, 0.03, 0.14), "EYES_COVERED"),
    (&eyes(0.9, 0.1, 0.19), "EYES_COVERED?"),
    (&eyes(0.65, 0.2, 0.19), ""),
    (&[("eye_grey", 0.9), ("eye_contrast", 0.03), ("step_ratio", 1.1), ("sharpness", 4.0)], "BLUR"),
    (&covered(13.0, 10.0, 0.07), ""),
    (&covered(83.0, 2.0, 0.07), "FACE_COVERED?"),
    (&covered(83.0, 26.0, 0.01), ""),
    (&covered(0.0, 130.0, 0.2), "FACE_COVERED?"),
    (&mouth(0.14, 0.18), ""),
    (&mouth(0.17, 0.18), "MOUTH_OPEN?"),
    (&mouth(0.02, 0.5), "MOUTH_OPEN?"),
    (&mouth(0.17, 0.64), "MOUTH_OPEN"),
    (&mouth(0.31, 0.1), "MOUTH_OPEN"),
    (&forehead(25.0, 90.0, 1.0), ""),
    (&forehead(135.0, 0.0, 30.0), ""),
    (&forehead(135.0, 0.0, 2.0), "HEAD_COVERED?"),
    (&forehead(135.0, 70.0, 30.0), "HEAD_COVERED?"),
    (&forehead(135.0, 70.0, 9.0), "HEAD_COVERED"),
    (&sharp(1.45, 36.0), ""),
    (&sharp(1.45, 24.0), "BLUR?"),
    (&sharp(1.29, 36.0), "BLUR"),
    (&dark(88.0, 130.0, 0.0), ""),
    (&dark(62.0, 82.0, 144.0), "UNDEREXPOSED BG_COLOUR"),
    (&dark(62.0, 130.0, 144.0), "BG_COLOUR UNDEREXPOSED?"),
    (&dark(62.0, 82.0, 2.0), "UNDEREXPOSED?"),
    (&dark(38.0, 60.0, 2.0), "UNDEREXPOSED"),
    (&[("face_grey", 62.0), ("face_highlight", 82.0)], "UNDEREXPOSED"),
    (&bright(165.0, 0.02), ""),
    (&bright(175.0, 0.1), "OVEREXPOSED?"),
    (&bright(175.0, 0.3), "OVEREXPOSED"),
    (&bright(201.0, 0.1), "OVEREXPOSED"),
    (&[("light_difference", 0.2)], ""),
    (&[("light_difference", 0.43)], "UNEVEN_LIGHT"),
    (&[("red_eye", 0.05)], ""),
    (&[("red_eye", 0.25)], "RED_EYE?"),
    (&[("red_eye", 0.44)], "RED_EYE"),
    (&[("background_distance", 8.0)], ""),
    (&[("background_distance", 9.0)], "BG_COLOUR"),
    (&uneven(6.0, 2.5, 0.02), ""),
    (&uneven(7.0, 0.0, 0.0), "BG_UNEVEN"),
    (&uneven(0.0, 2.6, 0.0), "BG_UNEVEN"),
    (&uneven(0.0, 0.0, 0.03), "BG_UNEVEN"),
    (&[("border", 40.0)], ""),
    (&[("border", 41.0)], "BORDER"),
    (&[("text_found", 0.0)], ""),
    (&[("text_found", 1.0)], "TEXT_OVERLAY"),
    (&[("dpi", 299.7)], ""),
    (&[("dpi", 0.0)], "DPI?"),
    (&[("hair_top", 40.0)], ""),
    (&[("hair_top", 12.0)], "HAIRLINE?"),
    (&[("hair_top", 121.0)], "HAIRLINE?"),
    (&[("age_days", 366.0)], ""),
    (&[("age_days", 367.0)], "OLD_PHOTO?"),
];

#[test]
fn each_code_has_its_limits() {
    let rows = || FRAME.iter().chain(CONTENT);
    for (given, expected) in rows() {
        assert_eq!(found(given), *expected, "{given:?}");
    }
    let tried = rows().flat_map(|(_, codes)| codes.split_whitespace().map(|code| code.trim_end_matches('?')));
    let tried: BTreeSet<&str> = tried.collect();
    let known = PORTRAIT.iter().map(|row| row.code).collect();
    assert_eq!(tried, known, "every code is tried here");
}

#[test]
fn limits_come_from_configuration() {
    let read = |text: &str| toml::from_str::<PortraitLimits>(text);
    assert_eq!(read("").unwrap(), PortraitLimits::default());
    let blue = PortraitLimits { backgrounds: vec![240], tilt: 8.0, ..PortraitLimits::default() };
    assert_eq!(read("backgrounds = [240]\ntilt = 8.0").unwrap(), blue);
    assert!(read("slant = 8.0").is_err(), "an unknown name is a mistake");
}

#[test]
fn without_models_the_reviewer_decides() {
    let image = RgbImage::from_pixel(640, 480, image::Rgb([255, 250, 240]));
    let file =
        FileFacts { bytes: 90_000, taken: Some(jiff::civil::date(2025, 6, 13)), ..FileFacts::default() };
    let limits = PortraitLimits::default();
    let rows = [(true, "FILE_KIND DIMENSIONS FILE_SIZE DPI? OLD_PHOTO?"), (false, "OLD_PHOTO?")];
    for (finished, expected) in rows {
        let portrait = Portrait { image: &image, file: &file, today: TODAY, finished };
        let judged = judge(&portrait, &Models::default(), &limits);
        assert_eq!(told(&judged), expected, "finished: {finished}");
        let last = judged.findings.last().unwrap();
        assert_eq!((last.code, last.weight), (code::PRECHECK_UNAVAILABLE, Weight::Advisory));
        assert_eq!(judged.certificate, None);
    }
}

/// A face that was found and lost again left all this unmeasured, and was accepted.
#[test]
fn what_was_not_measured_is_not_accepted() {
    let hard = |code| Finding { code, weight: Weight::Hard };
    let unchecked = Finding { code: code::PRECHECK_UNAVAILABLE, weight: Weight::Advisory };
    let mut whole = Measures::default();
    for name in table::ALWAYS {
        whole.set(name, 1.0);
    }
    for missing in [None].into_iter().chain(table::ALWAYS.iter().map(Some)) {
        let mut measures = Measures::default();
        let there = whole.iter().filter(|(name, _)| missing != Some(name));
        there.for_each(|(name, value)| measures.set(name, value));
        let mut findings = Vec::new();
        table::settle(&mut findings, &measures, true);
        let expected = if missing.is_some() { vec![unchecked] } else { vec![] };
        assert_eq!(findings, expected, "without {missing:?}");
        let mut findings = vec![hard("NO_FACE")];
        table::settle(&mut findings, &measures, true);
        assert_eq!(findings, [hard("NO_FACE")], "without {missing:?}");
    }
}

#[test]
fn a_file_that_we_make_is_told_only_when_nothing_explains_it() {
    let hard = |code| Finding { code, weight: Weight::Hard };
    let rows: [(&[&'static str], bool, &[&str]); 4] = [
        (&["FILE_SIZE", "BG_UNEVEN"], false, &["BG_UNEVEN"]),
        (&["FILE_SIZE", "BG_UNEVEN"], true, &["FILE_SIZE", "BG_UNEVEN"]),
        (&["FILE_SIZE"], false, &["FILE_SIZE"]),
        (&["FILE_KIND", "DIMENSIONS"], true, &["FILE_KIND", "DIMENSIONS"]),
    ];
    for (given, is_finished, expected) in rows {
        let mut findings = given.iter().map(|code| hard(code)).collect();
        table::settle(&mut findings, &Measures::default(), is_finished);
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, expected, "{given:?} finished: {is_finished}");
    }
}
