//! Where a certificate is cut from, and how it is compressed: heads and pictures without a face.

use image::Rgb;
use proptest::prelude::*;

use super::*;
use crate::validation::photo::portrait::certificate::{aimed, make, place};

const HEAD: Head = Head { width: 444.0, middle: 1000.0, eyes: 1000.0, hair: Some(570.0) };

/// Face width, eye line, offset and top of the hair in a certificate cut there.
fn seen(head: &Head, area: Area) -> [f64; 4] {
    let scale = 480.0 / area.width;
    [
        head.width * scale,
        (head.eyes - area.top) * scale,
        (head.middle - area.left) * scale - 240.0,
        (head.hair.unwrap() - area.top) * scale,
    ]
}

#[test]
fn room_is_looked_for_within_the_standard() {
    let limits = PortraitLimits::default();
    let shifted = |x: f64, y: f64| Head {
        middle: HEAD.middle + x,
        eyes: HEAD.eyes + y,
        hair: HEAD.hair.map(|hair| hair + y),
        ..HEAD
    };
    let rows = [
        ("in the middle", HEAD, Some([222.0, 255.0, 0.0, 40.0])),
        ("a little left", shifted(-540.0, 0.0), Some([231.0, 255.0, 0.0, 31.0])),
        ("too far left", shifted(-800.0, 0.0), None),
        ("a little high", shifted(0.0, -520.0), Some([237.0, 255.0, 0.0, 25.0])),
        ("too high", shifted(0.0, -700.0), None),
        ("cut at the top", Head { hair: None, ..HEAD }, None),
        (
            "no larger than needed",
            Head { width: 222.0, hair: Some(800.0), ..HEAD },
            Some([222.0, 255.0, 0.0, 55.0]),
        ),
        ("not enlarged", Head { width: 200.0, hair: Some(800.0), ..HEAD }, Some([200.0, 255.0, 0.0, 55.0])),
    ];
    for (name, head, expected) in rows {
        let place = place(&head, (2000, 2600), &limits);
        let Some(expected) = expected else {
            assert_eq!(place, None, "{name}");
            continue;
        };
        let found = seen(&head, place.unwrap_or_else(|| panic!("{name}: no room")));
        let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 8.0);
        assert!(near, "{name}: {found:?}, expected about {expected:?}");
    }
    // Where nothing else is possible the area aimed at is what is looked at.
    let [width, eyes, offset, _] = seen(&HEAD, aimed(&HEAD, &limits));
    assert_eq!([width, eyes, offset].map(|pixels| pixels.round() as i32), [222, 255, 0]);
}

#[test]
fn unscaled_pixels_are_taken_as_they_are() {
    let limits = PortraitLimits::default();
    let head = Head { width: 222.0, middle: 400.3, eyes: 500.7, hair: Some(290.0) };
    let area = place(&head, (800, 1000), &limits).unwrap();
    assert_eq!((area.width, area.height), (480.0, 640.0));
    assert!(area.left.fract() == 0.0 && area.top.fract() == 0.0);
}

proptest! {
    #[test]
    fn a_place_lies_on_the_picture_and_in_the_standard(
        width in 20.0..900.0_f64, middle in -50.0..2100.0_f64, eyes in -50.0..2700.0_f64, hair in 0.5..1.6_f64,
    ) {
        let limits = PortraitLimits::default();
        let head = Head { width, middle, eyes, hair: Some(eyes - hair * width) };
        if let Some(area) = place(&head, (2000, 2600), &limits) {
            let [face, line, offset, top] = seen(&head, area);
            prop_assert!(area.left >= -1.0 && area.left + area.width <= 2001.0);
            prop_assert!(area.top >= -1.0 && area.top + area.height <= 2601.0);
            prop_assert!(face <= 300.0 && face <= width + 1.0);
            prop_assert!((200.0..=300.0).contains(&line) && offset.abs() <= 40.0 && top > -1.0);
        }
    }
}

#[test]
fn the_file_is_as_the_standard_wants_it() {
    let limits = PortraitLimits::default();
    // Noise on a gradient has many details, a soft gradient few.
    let busy = RgbImage::from_fn(960, 1280, |x, y| {
        let noise = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 27;
        Rgb([(x / 4) as u8, (y / 5) as u8, noise as u8 * 2])
    });
    let soft = RgbImage::from_fn(960, 1280, |x, y| Rgb([(x / 4) as u8, (y / 5) as u8, 128]));
    for (name, picture) in [("busy", &busy), ("soft", &soft)] {
        let file = make(picture, Area::of(picture), &limits);
        let facts = FileFacts::read(&file);
        assert_eq!((facts.dpi, facts.bits), (Some(300.0), Some(24)), "{name}");
        assert!(facts.quantisation.unwrap() <= limits.quantisation, "{name}: {facts:?}");
        assert!(facts.bytes <= 40_000, "{name}: {} bytes", facts.bytes);
        assert_eq!(image::load_from_memory(&file).unwrap().into_rgb8().dimensions(), (480, 640), "{name}");
        // JFIF's own header is the only application segment, and nobody comments.
        let segments =
            file.windows(2).filter(|pair| pair[0] == 0xFF && matches!(pair[1], 0xE1..=0xEF | 0xFE));
        assert_eq!(segments.count(), 0, "{name}");
    }
}
