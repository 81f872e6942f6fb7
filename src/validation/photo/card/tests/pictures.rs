//! The labelled pictures, and variations of the good ones.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp};
use imageproc::noise::gaussian_noise;

use super::super::super::code::PRECHECK_UNAVAILABLE;
use super::super::super::code::Weight;
use super::super::super::models::Models;
use super::super::super::turn::Turn;
use super::super::{CardLimits, Document, Judged, Seen, Shown, Side, Wanted, judge, judge_seen};

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

/// What is seen in a sample, looked at once for all tests: reading takes far longer than judging. How long a look is taken
/// depends on what is asked for.
fn seen(models: &Models, name: &str, wanted: Wanted) -> Arc<OnceLock<(RgbImage, Seen)>> {
    type Samples = HashMap<(String, &'static str), Arc<OnceLock<(RgbImage, Seen)>>>;
    static SAMPLES: LazyLock<Mutex<Samples>> = LazyLock::new(Mutex::default);
    let kind = match wanted {
        Wanted::Page { .. } | Wanted::HeldPage => "page",
        Wanted::Handheld | Wanted::OneOfThree(Held) => "held",
        Wanted::Card(_) | Wanted::OneOfThree(Flat(_)) => "flat",
    };
    let sample = Arc::clone(SAMPLES.lock().unwrap().entry((name.to_owned(), kind)).or_default());
    sample.get_or_init(|| {
        let image = picture(name);
        let document = Document { image: &image, wanted, number: None, name: None };
        let seen = Seen::of(&document, models.text.as_ref().unwrap(), &CardLimits::default()).unwrap();
        (image, seen)
    });
    sample
}

/// A sample as sent for somebody with this number and name.
fn sample(models: &Models, holder: &Holder, number: &str, name: &str, wanted: Wanted) -> Judged {
    let sample = seen(models, name, wanted);
    let (image, seen) = sample.get().unwrap();
    let document = Document { image, wanted, number: Some(number), name: Some(holder.name) };
    judge_seen(&document, Some(seen), models.face.as_ref(), &CardLimits::default())
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

/// Judged as what they were sent, and as one of three photos, whichever that is.
fn check_labels(holder: &Holder) {
    let Some(models) = crate::models::testing::models() else { return };
    for (shows, wanted, expected, least) in LABELS {
        let number = if least == ["ID_MISMATCH"] { holder.other_number } else { holder.number };
        let judged = sample(models, holder, number, &format!("{}_{shows}", holder.letter), wanted);
        let found = codes(&judged);
        assert_eq!(verdict(&judged), expected, "{} {shows}: {found:?} {:?}", holder.letter, judged.measures);
        assert!(least.iter().all(|code| found.contains(code)), "{} {shows}: {found:?}", holder.letter);
        let turn = if shows == "front_upside_down" { Turn::Half } else { Turn::None };
        assert_eq!((judged.turn, judged.shown), (turn, None), "{} {shows}", holder.letter);
    }
}

/// Which of the three photos those are that are judged as another when any of them may be sent.
const SHOWN: [(&str, Shown, Option<Shown>, &[&str]); 6] = [
    ("front_glare", Flat(Side::Emblem), Some(Flat(Side::Face)), &["GLARE"]),
    ("back_as_front", Flat(Side::Face), Some(Flat(Side::Emblem)), &[]),
    ("front_as_back", Flat(Side::Emblem), Some(Flat(Side::Face)), &[]),
    ("handheld_no_card", Held, None, &["NO_CARD"]),
    // A card that fills its picture was laid flat, whatever was asked for.
    ("handheld_no_face", Held, Some(Flat(Side::Face)), &[]),
    // A card in somebody's hands is none.
    ("handheld_face_covered", Held, None, &["NO_FACE"]),
];

#[test]
fn labelled_pictures_are_judged_as_the_one_of_three_that_they_are() {
    let Some(models) = crate::models::testing::models() else { return };
    for (shows, asked, shown, least) in SHOWN {
        let holder = &HOLDERS[0];
        let name = format!("A_{shows}");
        let judged = sample(models, holder, holder.number, &name, Wanted::OneOfThree(asked));
        let found = codes(&judged);
        assert_eq!(judged.shown, shown, "{shows}: {found:?}");
        assert!(least.iter().all(|code| found.contains(code)), "{shows}: {found:?}");
        assert_eq!(found.is_empty(), least.is_empty(), "{shows}: {found:?}");
    }
}

/// Who wears a hood and holds a card near enough for its number to be read has not photographed the card.
#[test]
fn a_held_card_without_its_holder_is_not_one_laid_flat() {
    let Some(models) = crate::models::testing::models() else { return };
    let mut wall = RgbImage::from_pixel(1_800, 2_200, Rgb([173, 184, 198]));
    imageops::overlay(&mut wall, &picture("A_front_flat"), 400, 1_200);
    let judged = judged(models, &HOLDERS[0], &wall, Wanted::OneOfThree(Held));
    assert_eq!((codes(&judged), judged.shown), (vec!["NO_FACE"], None), "{:?}", judged.measures);
}

/// Half of the models: which of the three photos it is cannot be told, so that no side is a wrong one.
#[test]
fn without_models_of_faces_a_side_stays_where_it_was_asked_for() {
    let Some(models) = crate::models::testing::models() else { return };
    let cases = [
        ("A_back_photo", Flat(Side::Face)),
        ("A_front_photo", Flat(Side::Emblem)),
        ("A_front_photo", Flat(Side::Face)),
        ("A_back_photo", Held),
    ];
    for (name, asked) in cases {
        let (holder, wanted) = (&HOLDERS[0], Wanted::OneOfThree(asked));
        let sample = seen(models, name, wanted);
        let (image, seen) = sample.get().unwrap();
        let document = Document { image, wanted, number: Some(holder.number), name: Some(holder.name) };
        let judged = judge_seen(&document, Some(seen), None, &CardLimits::default());
        assert_eq!((codes(&judged), judged.shown), (vec![PRECHECK_UNAVAILABLE], None), "{name} {asked:?}");
    }
    // Who asks for one side alone does not care for faces.
    let sample = seen(models, "A_back_photo", FACE);
    let (image, seen) = sample.get().unwrap();
    let document = Document { image, wanted: FACE, number: None, name: None };
    let judged = judge_seen(&document, Some(seen), None, &CardLimits::default());
    assert_eq!(codes(&judged), ["WRONG_SIDE", PRECHECK_UNAVAILABLE]);
}

/// The card's words, each row moved to another height of a page of the card's colour.
fn words_on_paper(rows: &[(u32, u32)]) -> RgbImage {
    let card = picture("A_front_flat");
    let mut page = RgbImage::from_pixel(1_012, 1_400, Rgb([228, 236, 244]));
    for &(from, to) in rows {
        // The portrait stands beside all rows but the last.
        let width = if from > 500 { 1_012 } else { 620 };
        let row = imageops::crop_imm(&card, 0, from, width, 60).to_image();
        imageops::replace(&mut page, &row, 0, i64::from(to));
    }
    page
}

fn without(name: &str, [x, y, width, height]: [i64; 4]) -> RgbImage {
    let mut card = picture(name);
    let paper = RgbImage::from_pixel(width as u32, height as u32, *card.get_pixel(20, 20));
    imageops::replace(&mut card, &paper, x, y);
    card
}

#[test]
fn what_only_says_a_cards_words_is_for_the_reviewer() {
    let Some(models) = crate::models::testing::models() else { return };
    // Name, sex, birth, address in two lines, number: where they are on the card, and on the page.
    let listed = [(60, 60), (140, 260), (220, 460), (305, 700), (360, 760), (530, 1_000)];
    let shuffled = [(530, 60), (305, 260), (360, 320), (220, 520), (60, 720), (140, 900)];
    let cases = [
        ("a list", words_on_paper(&listed), FACE, "CARD_DOUBTFUL"),
        ("a list in another order", words_on_paper(&shuffled), FACE, "CARD_DOUBTFUL"),
        ("without portrait", without("A_front_flat", [620, 90, 330, 400]), FACE, "OCCLUDED"),
        ("without emblem", without("A_back_flat", [40, 30, 230, 230]), EMBLEM, "OCCLUDED"),
    ];
    for (name, image, wanted, expected) in cases {
        let judged = judged(models, &HOLDERS[0], &image, wanted);
        assert_eq!(codes(&judged), [expected], "{name}: {:?}", judged.measures);
        assert_eq!(verdict(&judged), "review", "{name}");
    }
    let few = [(60, 60), (220, 700), (530, 900)];
    let judged = judged(models, &HOLDERS[0], &words_on_paper(&few), FACE);
    assert_eq!(codes(&judged).first(), Some(&"NO_CARD"), "{:?}", judged.measures);
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
        let judged = sample(models, holder, holder.number, name, Wanted::OneOfThree(asked));
        assert_eq!((codes(&judged), judged.shown), (vec![], Some(shown)), "{name}");
    }
    // The holder of the one card sends the other's.
    let (other, wanted) = (&HOLDERS[1], Wanted::OneOfThree(Flat(Side::Emblem)));
    let judged = sample(models, other, other.number, "A_front_photo", wanted);
    assert_eq!(codes(&judged), ["ID_MISMATCH", "NAME_MISMATCH"]);
}

#[test]
fn the_person_who_holds_a_card_decides_how_it_is_turned() {
    let Some(models) = crate::models::testing::models() else { return };
    let lying = imageops::rotate90(&picture("A_handheld"));
    let judged_lying = judged(models, &HOLDERS[0], &lying, Wanted::Handheld);
    assert_eq!((codes(&judged_lying), judged_lying.turn), (vec![], Turn::ThreeQuarters));
    // The side without a number is not the one to hold.
    let [a, b] = &HOLDERS;
    let emblem = sample(models, a, a.number, "A_back_photo", Wanted::Handheld);
    assert_eq!(codes(&emblem), ["WRONG_SIDE", "NO_FACE"]);
    // A number that can be read is compared.
    let other = sample(models, b, b.number, "A_handheld_no_face", Wanted::Handheld);
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
        let judged = sample(models, &HOLDERS[1], HOLDERS[1].number, name, wanted);
        assert_eq!(codes(&judged), expected, "{name} {wanted:?}: {:?}", judged.measures);
        // A data page with a face and words of a card is not one of a card's photos: it stays in its place.
        assert_eq!(judged.shown, None, "{name} {wanted:?}");
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
