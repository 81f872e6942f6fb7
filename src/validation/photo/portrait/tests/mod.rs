//! Portraits: the table on measures alone, the certificate's place without a picture, then labelled pictures and what is
//! made from them, which need the models.

mod judging;
mod places;
mod samples;
mod variations;

use image::{ImageDecoder, ImageReader};
use jiff::civil::date;

use super::*;
use crate::{models::testing::models, validation::photo::code::Weight};

/// Whether text is looked for: it takes longer than all else.
#[derive(Clone, Copy, PartialEq)]
enum Text {
    Read,
    Left,
}

const TODAY: Date = date(2026, 6, 15);

/// A sample's picture, upright, and what its file says.
fn sample(name: &str) -> (RgbImage, FileFacts) {
    let path = format!("{}/tests/photos/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let reader = ImageReader::new(std::io::Cursor::new(&bytes)).with_guessed_format().unwrap();
    let mut decoder = reader.into_decoder().unwrap();
    let orientation = decoder.orientation().unwrap();
    let mut image = image::DynamicImage::from_decoder(decoder).unwrap();
    image.apply_orientation(orientation);
    (image.into_rgb8(), FileFacts::read(&bytes))
}

fn look_at(models: &Models, image: &RgbImage, file: &FileFacts, finished: bool, text: Text) -> Judged {
    let portrait = Portrait { image, file, today: TODAY, finished };
    let text = models.text.as_ref().filter(|_| text == Text::Read);
    judge_by(&portrait, models.face.as_ref(), text, &PortraitLimits::default())
}

/// What was found, worst first; an advisory code has a question mark. That text was left out by the test is no finding.
fn told(judged: &Judged) -> String {
    let findings = judged.findings.iter().filter(|finding| finding.code != code::PRECHECK_UNAVAILABLE);
    let told = findings.map(|finding| match finding.weight {
        Weight::Hard => finding.code.to_owned(),
        Weight::Advisory => format!("{}?", finding.code),
    });
    told.collect::<Vec<_>>().join(" ")
}

/// Why each picture that is not told as expected is wrong.
fn agree(rows: impl IntoIterator<Item = (String, Judged, String)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, judged, expected)| told(judged) != *expected)
        .map(|(name, judged, expected)| {
            let measures = serde_json::to_string(&judged.measures).unwrap();
            format!("{name}: expected [{expected}], found [{}] {measures}", told(&judged))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
