//! The labelled pictures, and variations of the good ones.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp};
use imageproc::noise::gaussian_noise;

use super::super::super::code::Weight;
use super::super::super::models::Models;
use super::super::super::turn::Turn;
use super::super::{CardLimits, Document, Judged, Shown, Side, Wanted, judge};

use Shown::{Flat, Held};

const FACE: Wanted = Wanted::Card(Side::Face);
const EMBLEM: Wanted = Wanted::Card(Side::Emblem);

/// A holder's number and name, and a number that the application may have instead.
struct Holder {
    letter: char,
    number: &'static str,
    name: &'static str,
    other_number: &'static str,
}

const HOLDERS: [Holder; 2] = [
    Holder {
        letter: 'A', number: "990101198503142375", name: "陈建国", other_number: "990101198513142375"
    },
    Holder {
        letter: 'B',
        number: "990204199711220488",
        name: "欧阳晓婷",
        other_number: "990204199721220488",
    },
];

/// The pictures of each holder: what they show, as what they were sent, the verdict, the least codes.
const LABELS: [(&str, Wanted, &str, &[&str]); 19] = [
    ("front_flat", FACE, "accept", &[]),
    ("front_photo", FACE, "accept", &[]),
    ("front_rot", FACE, "accept", &[]),
    ("front_upside_down", FACE, "accept", &[]),
    ("front_glare", FACE, "reject", &["GLARE"]),
    ("front_blur", FACE, "reject", &["BLUR"]),
    ("front_dark", FACE, "reject", &["UNDEREXPOSED"]),
    ("front_cropped", FACE, "reject", &["CARD_CROPPED"]),
    ("front_small", FACE, "reject", &["TOO_SMALL"]),
    ("front_number_mismatch", FACE, "reject", &["ID_MISMATCH"]),
    ("front_occluded", FACE, "reject", &["ID_UNREADABLE"]),
    ("back_as_front", FACE, "reject", &["WRONG_SIDE"]),
    ("back_flat", EMBLEM, "accept", &[]),
    ("back_photo", EMBLEM, "accept", &[]),
    ("front_as_back", EMBLEM, "reject", &["WRONG_SIDE"]),
    ("handheld", Wanted::Handheld, "accept", &[]),
    ("handheld_no_card", Wanted::Handheld, "reject", &["NO_CARD"]),
    ("handheld_no_face", Wanted::Handheld, "reject", &["NO_FACE"]),
    ("handheld_face_covered", Wanted::Handheld, "reject", &["NO_FACE"]),
];

fn picture(name: &str) -> RgbImage {
    let path = format!("{}/tests/photos/SPECIMEN_{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    image::open(path).unwrap().into_rgb8()
}

fn judged(models: &Models, holder: &Holder, image: &RgbImage, wanted: Wanted) -> Judged {
    let document = Document { image, wanted, number: Some(holder.number), name: Some(holder.name) };
    judge(&document, models, &CardLimits::default())
}

fn verdict(judged: &Judged) -> &'static str {
    match judged.findings.first().map(|finding| finding.weight) {
        Some(Weight::Hard) => "reject",
        Some(Weight::Advisory) => "review",
        None => "accept",
    }
}

fn codes(judged: &Judged) -> Vec<&'static str> {
    judged.findings.iter().map(|finding| finding.code).collect()
}

fn check_labels(holder: &Holder) {
    let Some(models) = crate::models::testing::models() else { return };
    for (shows, wanted, expected, least) in LABELS {
        let image = picture(&format!("{}_{shows}", holder.letter));
        let number = if least == ["ID_MISMATCH"] { holder.other_number } else { holder.number };
        let document = Document { image: &image, wanted, number: Some(number), name: Some(holder.name) };
        let judged = judge(&document, models, &CardLimits::default());
        let found = codes(&judged);
        assert_eq!(verdict(&judged), expected, "{} {shows}: {found:?} {:?}", holder.letter, judged.measures);
        assert!(least.iter().all(|code| found.contains(code)), "{} {shows}: {found:?}", holder.letter);
        let turn = if shows == "front_upside_down" { Turn::Half } else { Turn::None };
        assert_eq!(judged.turn, turn, "{} {shows}", holder.letter);
    }
}

#[test]
fn the_pictures_of_the_first_card_are_judged_as_labelled() {
    check_labels(&HOLDERS[0]);
}

#[test]
fn the_pictures_of_the_second_card_are_judged_as_labelled() {
    check_labels(&HOLDERS[1]);
}

#[test]
fn what_is_no_card_is_none() {
    let Some(models) = crate::models::testing::models() else { return };
    let cases = [
        ("not_a_card", FACE),
        ("not_a_card", Wanted::OneOfThree(Shown::Flat(Side::Emblem))),
        ("text_page", EMBLEM),
        ("text_page", Wanted::Handheld),
    ];
    for (name, wanted) in cases {
        let judged = judged(models, &HOLDERS[0], &picture(name), wanted);
        assert_eq!(codes(&judged).first(), Some(&"NO_CARD"), "{name} {wanted:?}");
        assert_eq!((verdict(&judged), judged.shown), ("reject", None), "{name} {wanted:?}");
    }
}

#[test]
fn a_photo_is_judged_as_the_one_of_three_that_it_is() {
    let Some(models) = crate::models::testing::models() else { return };
    let cases = [
        ("A_back_photo", Flat(Side::Face), Flat(Side::Emblem)),
        ("A_front_photo", Flat(Side::Emblem), Flat(Side::Face)),
        ("B_front_photo", Flat(Side::Face), Flat(Side::Face)),
        ("A_front_photo", Held, Flat(Side::Face)),
        ("B_back_photo", Held, Flat(Side::Emblem)),
        ("A_handheld", Flat(Side::Face), Held),
        ("B_handheld", Flat(Side::Emblem), Held),
        ("B_handheld", Held, Held),
    ];
    for (name, asked, shown) in cases {
        let holder = &HOLDERS[usize::from(name.starts_with('B'))];
        let judged = judged(models, holder, &picture(name), Wanted::OneOfThree(asked));
        assert_eq!((codes(&judged), judged.shown), (vec![], Some(shown)), "{name}");
    }
    // The holder of the one card sends the other's.
    let judged =
        judged(models, &HOLDERS[1], &picture("A_front_photo"), Wanted::OneOfThree(Shown::Flat(Side::Emblem)));
    assert_eq!(codes(&judged), ["ID_MISMATCH", "NAME_MISMATCH"]);
}

#[test]
fn the_person_who_holds_a_card_decides_how_it_is_turned() {
    let Some(models) = crate::models::testing::models() else { return };
    let lying = imageops::rotate90(&picture("A_handheld"));
    let judged_lying = judged(models, &HOLDERS[0], &lying, Wanted::Handheld);
    assert_eq!((codes(&judged_lying), judged_lying.turn), (vec![], Turn::ThreeQuarters));
    // The side without a number is not the one to hold.
    let emblem = judged(models, &HOLDERS[0], &picture("A_back_photo"), Wanted::Handheld);
    assert_eq!(codes(&emblem), ["WRONG_SIDE", "NO_FACE"]);
    // A number that can be read is compared.
    let other = judged(models, &HOLDERS[1], &picture("A_handheld_no_face"), Wanted::Handheld);
    assert_eq!(codes(&other), ["ID_MISMATCH", "NO_FACE", "NAME_MISMATCH"]);
}

#[test]
fn other_documents_must_be_legible_and_show_a_face() {
    let Some(models) = crate::models::testing::models() else { return };
    let cases: [(&str, Wanted, &[&str]); 6] = [
        ("text_page", Wanted::Page { face: false }, &[]),
        ("text_page", Wanted::Page { face: true }, &["NO_FACE"]),
        ("text_page", Wanted::HeldPage, &["NO_FACE"]),
        ("A_front_photo", Wanted::Page { face: true }, &[]),
        ("A_front_photo", Wanted::HeldPage, &["NO_FACE"]),
        ("A_handheld", Wanted::HeldPage, &[]),
    ];
    for (name, wanted, expected) in cases {
        let judged = judged(models, &HOLDERS[1], &picture(name), wanted);
        assert_eq!(codes(&judged), expected, "{name} {wanted:?}: {:?}", judged.measures);
    }
    let judged = judged(models, &HOLDERS[1], &picture("not_a_card"), Wanted::Page { face: false });
    assert!(codes(&judged).contains(&"NO_CARD"), "{:?}", codes(&judged));
}

/// A card as it may be sent: turned, tilted, seen from the side, small on a table, large, compressed, dim.
fn varied(name: &str, image: &RgbImage) -> RgbImage {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let moved = |projection: Projection| warp(image, projection, Interpolation::Bilinear, Border::Replicate);
    match name {
        "turned" => imageops::rotate270(image),
        "tilted" => moved(
            Projection::translate(width / 2.0, height / 2.0)
                * Projection::rotate(-0.2)
                * Projection::scale(0.9, 0.9)
                * Projection::translate(-width / 2.0, -height / 2.0),
        ),
        "aslant" => {
            let from = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
            let to =
                [(0.12 * width, 0.07 * height), (0.96 * width, 0.0), (width, height), (0.0, 0.94 * height)];
            moved(Projection::from_control_points(from, to).unwrap())
        }
        "far" => {
            let mut table = RgbImage::from_fn(3_200, 2_400, |x, y| {
                Rgb(if (x / 37 + y / 37).is_multiple_of(2) { [90, 80, 60] } else { [170, 150, 120] })
            });
            imageops::overlay(&mut table, image, 1_500, 400);
            table
        }
        "small" => imageops::resize(image, 700, (700.0 * height / width) as u32, FilterType::Triangle),
        "noisy" => gaussian_noise(image, 0.0, 12.0, 7),
        "dim" => RgbImage::from_fn(image.width(), image.height(), |x, y| {
            Rgb(image.get_pixel(x, y).0.map(|v| v / 2))
        }),
        "bright" => RgbImage::from_fn(image.width(), image.height(), |x, y| {
            Rgb(image.get_pixel(x, y).0.map(|v| v.saturating_add(v / 5)))
        }),
        _ => panic!("{name} is no variation"),
    }
}

#[test]
fn good_cards_are_accepted_however_they_lie() {
    let Some(models) = crate::models::testing::models() else { return };
    for (at, name) in
        ["turned", "tilted", "aslant", "far", "small", "noisy", "dim", "bright"].into_iter().enumerate()
    {
        let holder = &HOLDERS[at % 2];
        let image = varied(name, &picture(&format!("{}_front_photo", holder.letter)));
        let judged = judged(models, holder, &image, FACE);
        assert_eq!(codes(&judged), Vec::<&str>::new(), "{name}: {:?}", judged.measures);
        assert_eq!(judged.measures.get("number_read"), Some(1.0), "{name}");
    }
}

#[test]
fn a_card_cut_at_any_side_is_found() {
    let Some(models) = crate::models::testing::models() else { return };
    let image = picture("B_front_photo");
    let (width, height) = image.dimensions();
    // From where, how wide and how high, in hundredths.
    let cuts = [
        ("left", [20, 0, 80, 100]),
        ("right", [0, 0, 75, 100]),
        ("top", [0, 30, 100, 70]),
        ("bottom", [0, 0, 100, 70]),
    ];
    for (name, cut) in cuts {
        let [x, y, w, h] = cut.map(|share: u32| share);
        let part =
            imageops::crop_imm(&image, width * x / 100, height * y / 100, width * w / 100, height * h / 100);
        let judged = judged(models, &HOLDERS[1], &part.to_image(), FACE);
        let found = codes(&judged);
        assert!(
            found.contains(&"CARD_CROPPED") && verdict(&judged) == "reject",
            "{name}: {found:?} {:?}",
            judged.measures
        );
    }
}
