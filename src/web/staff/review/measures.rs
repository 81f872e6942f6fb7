//! What the automatic checks measured, in words, and as lines on the portrait where it is a place.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::inbound::StoredPhoto;

/// The standard's picture; a certificate's measures are its pixels.
const WIDE: f64 = 480.0;
const HIGH: f64 = 640.0;
/// From the top, and from edge to edge: the image standard (domain.md §6).
const EYES: [f64; 2] = [200.0, 300.0];
const HAIRLINE: [f64; 2] = [50.0, 110.0];
const FACE: [f64; 2] = [180.0, 300.0];

/// Measures that a reviewer can weigh: name, words, and what the standard says of it. The others are the checks' own.
const KNOWN: &[(&str, &str, &str)] = &[
    ("face_width", "脸宽（像素）", "标准 180–300"),
    ("eye_line", "眼睛离上边（像素）", "标准 200–300"),
    ("hair_top", "头顶离上边（像素）", "标准：发际 50–110"),
    ("off_centre", "偏离正中（像素）", ""),
    ("head_tilt", "头歪（度）", ""),
    ("head_turn", "头转（度）", ""),
    ("faces", "脸的数量", ""),
    ("background_deviation", "背景不均匀", ""),
    ("age_days", "拍摄于几天前", ""),
    ("longer_side", "长边（像素）", ""),
    ("characters", "认出的字数", ""),
    ("holder_faces", "持证人的脸", ""),
    ("card_width", "证件宽（像素）", ""),
    ("glare", "反光", ""),
    ("fields_hidden", "看不到的栏目", ""),
    ("fields_cut", "没拍全的栏目", ""),
];

/// A line of the list below a picture.
#[derive(Serialize)]
pub(super) struct Measure {
    words: &'static str,
    value: String,
    standard: &'static str,
}

/// Lines on the portrait, in the pixels of a picture 480 wide, as an SVG has them.
#[derive(Serialize)]
pub(super) struct Marks {
    /// Of the drawing, which is 480 wide.
    height: f64,
    /// The standard's bands: eyes, hairline, and the face's edges at its narrowest and widest.
    eyes: [f64; 2],
    hairline: [f64; 2],
    edges: [f64; 4],
    /// What was measured of the face; nothing where no face was.
    face: Option<Face>,
    /// The top of the hair.
    hair: Option<f64>,
}

#[derive(Serialize)]
struct Face {
    left: f64,
    right: f64,
    middle: f64,
    eyes: f64,
}

/// The measures with words, in the order of the list.
pub(super) fn measures(photo: &StoredPhoto) -> Vec<Measure> {
    let found = read(photo);
    let known = KNOWN.iter().filter_map(|&(name, words, standard)| {
        let value = found.get(name)?;
        Some(Measure { words, value: format!("{}", (value * 10.0).round() / 10.0), standard })
    });
    known.collect()
}

/// The lines for a portrait that has the standard's form; places mean nothing on any other.
pub(super) fn marks(photo: &StoredPhoto) -> Option<Marks> {
    let height = WIDE * f64::from(photo.height) / f64::from(photo.width.max(1));
    if (height - HIGH).abs() > 1.0 {
        return None;
    }
    let found = read(photo);
    let get = |name: &str| found.get(name).map(|value| (value * 10.0).round() / 10.0);
    let face = || {
        let (wide, middle, eyes) = (get("face_width")?, WIDE / 2.0 + get("off_centre")?, get("eye_line")?);
        Some(Face { left: middle - wide / 2.0, right: middle + wide / 2.0, middle, eyes })
    };
    let (edge, half) = (WIDE / 2.0, FACE.map(|wide| wide / 2.0));
    Some(Marks {
        height,
        eyes: EYES,
        hairline: HAIRLINE,
        edges: [edge - half[1], edge - half[0], edge + half[0], edge + half[1]],
        face: face(),
        hair: get("hair_top"),
    })
}

/// `name=number` with blanks between, as they are kept.
fn read(photo: &StoredPhoto) -> BTreeMap<&str, f64> {
    let pairs = photo.precheck.measures.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(name, value)| Some((name, value.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound::{PhotoSource, Precheck};

    fn photo(width: u32, height: u32, measures: &str) -> StoredPhoto {
        StoredPhoto {
            name: String::new(),
            width,
            height,
            source: PhotoSource::CameraPage,
            shows: None,
            precheck: Precheck { codes: Vec::new(), measures: measures.to_owned() },
        }
    }

    #[test]
    fn lines_stand_where_the_checks_measured() {
        let measured = "eye_line=250.04 face_width=222 hair_top=80 off_centre=-6 strange=1 broken=x";
        let marks = marks(&photo(480, 640, measured)).unwrap();
        let drawn = serde_json::to_value(&marks).unwrap();
        let face = serde_json::json!({ "left": 123.0, "right": 345.0, "middle": 234.0, "eyes": 250.0 });
        assert_eq!((&drawn["face"], &drawn["hair"]), (&face, &80.0.into()));
        assert_eq!(drawn["edges"], serde_json::json!([90.0, 150.0, 330.0, 390.0]));
        let words: Vec<_> =
            super::measures(&photo(480, 640, measured)).into_iter().map(|one| one.value).collect();
        assert_eq!(words, ["222", "250", "80", "-6"]);
    }

    #[test]
    fn places_mean_something_in_the_standard_s_form_only() {
        assert!(marks(&photo(1600, 1200, "eye_line=250 face_width=222 off_centre=0")).is_none());
        assert!(marks(&photo(960, 1280, "")).is_some_and(|marks| marks.face.is_none()));
    }
}
