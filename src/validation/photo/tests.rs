//! Pictures made here: every orientation, every cut, claims of absurd size, and noise.

mod formats;

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    metadata::Orientation,
};
use proptest::prelude::*;

use super::*;
use crate::inbound::{
    PhotoSource::{CameraPage, Chat, MenuCamera},
    Precheck,
};

/// Small enough to be quick, large enough to tell apart.
const BOUNDS: Bounds =
    Bounds { max_bytes: 200_000, max_pixels: 20_000, min_portrait_width: 96, min_portrait_height: 128 };

/// Red at the top left, green at the top right, blue at the bottom left, white at the bottom right.
fn corners(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => [255, 0, 0],
            (false, true) => [0, 255, 0],
            (true, false) => [0, 0, 255],
            (false, false) => [255, 255, 255],
        })
    })
}

fn jpeg(image: &RgbImage, exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).unwrap();
    }
    encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn png(image: &RgbImage, exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).unwrap();
    }
    encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// The smallest TIFF block that names an orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

const DOCUMENT: &[&str] = &["readable"];
const PORTRAIT: &[&str] = &["live", "readable", "portrait_size"];

fn run(
    bytes: &[u8],
    source: PhotoSource,
    names: &[&str],
    bounds: &Bounds,
) -> Result<Picture, Vec<&'static str>> {
    let asked = Asked {
        kind: Kind::Portrait,
        source,
        number: None,
        name: None,
        today: jiff::civil::date(2026, 6, 15),
        for_people: false,
    };
    let rules = Rules { bounds: *bounds, portrait: PortraitLimits::default(), card: CardLimits::default() };
    let report = check(bytes, &asked, &named(names).0, &rules, &Models::default());
    let codes = report.codes();
    report.picture.filter(|_| codes.is_empty()).ok_or(codes)
}

fn look(bytes: &[u8]) -> Result<(u32, u32), Vec<&'static str>> {
    run(bytes, Chat, DOCUMENT, &BOUNDS).map(|picture| (picture.width, picture.height))
}

fn nearest(pixel: Rgb<u8>) -> &'static str {
    match pixel.0.map(|channel| channel > 127) {
        [true, false, false] => "red",
        [false, true, false] => "green",
        [false, false, true] => "blue",
        [true, true, true] => "white",
        _ => "other",
    }
}

#[test]
fn every_orientation_ends_upright_and_without_metadata() {
    // What was done to the upright picture before it was stored, by EXIF number.
    let undo = [
        Orientation::NoTransforms,
        Orientation::FlipHorizontal,
        Orientation::Rotate180,
        Orientation::FlipVertical,
        Orientation::Rotate90FlipH,
        Orientation::Rotate270,
        Orientation::Rotate270FlipH,
        Orientation::Rotate90,
    ];
    for (number, undo) in (1..).zip(undo) {
        let mut turned = DynamicImage::ImageRgb8(corners(128, 96));
        turned.apply_orientation(undo);
        let turned = turned.into_rgb8();
        for file in [jpeg(&turned, Some(exif(number))), png(&turned, Some(exif(number)))] {
            let picture = run(&file, Chat, DOCUMENT, &BOUNDS)
                .unwrap_or_else(|codes| panic!("orientation {number}: {codes:?}"));
            assert_eq!((picture.width, picture.height), (128, 96), "orientation {number}");
            let kept = image::load_from_memory(&picture.jpeg).unwrap().into_rgb8();
            let colours = [(5, 5), (120, 5), (5, 90), (120, 90)].map(|(x, y)| nearest(*kept.get_pixel(x, y)));
            assert_eq!(colours, ["red", "green", "blue", "white"], "orientation {number}");
            assert!(!picture.jpeg.windows(4).any(|bytes| bytes == b"Exif"), "orientation {number}");
        }
    }
}

#[test]
fn a_picture_cut_short_is_unreadable() {
    let image = corners(128, 96);
    for whole in [jpeg(&image, Some(exif(1))), png(&image, None)] {
        assert_eq!(look(&whole), Ok((128, 96)));
        // A PNG needs its pixels, not its last chunk.
        let last = if whole[0] == 0xFF { whole.len() - 1 } else { whole.len() - 16 };
        for cut in (0..last).step_by(7).chain([last]) {
            assert_eq!(look(&whole[..cut]), Err(vec!["UNREADABLE"]), "cut at {cut} of {}", whole.len());
        }
        let followed = [whole.as_slice(), b"\xff\xd8 a film behind the picture"].concat();
        assert_eq!(look(&followed), Ok((128, 96)), "what follows the picture does not matter");
    }
}

#[test]
fn a_thumbnails_end_is_not_the_pictures() {
    let mut with_thumbnail = exif(1);
    with_thumbnail.extend(jpeg(&corners(16, 12), None));
    let whole = jpeg(&corners(128, 96), Some(with_thumbnail));
    assert_eq!(look(&whole), Ok((128, 96)));
    assert_eq!(look(&whole[..whole.len() - 2]), Err(vec!["UNREADABLE"]));
}

/// Claims 60000 × 60000 pixels in the header of a small file.
fn claims() -> [(&'static str, Vec<u8>); 2] {
    let image = corners(128, 96);
    let mut huge_jpeg = jpeg(&image, None);
    let frame = huge_jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    huge_jpeg[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    let mut huge_png = png(&image, None);
    huge_png[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let checksum = crc(&huge_png[12..29]);
    huge_png[29..33].copy_from_slice(&checksum.to_be_bytes());
    [("JPEG", huge_jpeg), ("PNG", huge_png)]
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

#[test]
fn absurd_claims_are_refused_from_the_header() {
    let bounds = Bounds { max_pixels: 50_000_000, ..BOUNDS };
    for (format, bytes) in claims() {
        let told = run(&bytes, Chat, DOCUMENT, &bounds).err();
        assert_eq!(told, Some(vec!["TOO_LARGE"]), "{format}");
    }
}

#[test]
fn limits_are_met_exactly() {
    let file = jpeg(&corners(160, 125), None);
    let size = file.len();
    let rows = [
        ("as many pixels as may be", Bounds { max_pixels: 160 * 125, ..BOUNDS }, None),
        ("a pixel more", Bounds { max_pixels: 160 * 125 - 1, ..BOUNDS }, Some("TOO_LARGE")),
        ("as many bytes as may be", Bounds { max_bytes: size, ..BOUNDS }, None),
        ("a byte more", Bounds { max_bytes: size - 1, ..BOUNDS }, Some("TOO_LARGE")),
    ];
    for (what, bounds, expected) in rows {
        let told = run(&file, Chat, DOCUMENT, &bounds).err();
        assert_eq!(told, expected.map(|code| vec![code]), "{what}");
    }
}

#[test]
fn a_portrait_needs_a_camera_width_and_height() {
    let rows = [
        ((96, 128), None, MenuCamera, None),
        ((96, 128), None, CameraPage, None),
        ((96, 128), None, Chat, Some("NOT_LIVE")),
        ((160, 120), None, MenuCamera, Some("TOO_SMALL")),
        ((140, 128), None, MenuCamera, None),
        ((95, 160), None, MenuCamera, Some("TOO_SMALL")),
        ((96, 127), None, CameraPage, Some("TOO_SMALL")),
        ((128, 96), Some(6), CameraPage, None),
        ((96, 128), Some(6), CameraPage, Some("TOO_SMALL")),
    ];
    for ((width, height), turned, source, expected) in rows {
        let file = jpeg(&corners(width, height), turned.map(exif));
        let told = run(&file, source, PORTRAIT, &BOUNDS).err();
        assert_eq!(told, expected.map(|code| vec![code]), "{width}×{height} {turned:?} {source:?}");
    }
}

#[test]
fn a_portrait_from_the_album_is_not_even_decoded() {
    let told = run(b"", Chat, PORTRAIT, &BOUNDS).err();
    assert_eq!(told, Some(vec!["NOT_LIVE"]));
}

#[test]
fn grey_and_transparent_pictures_become_plain_ones() {
    let clear = RgbaImage::from_pixel(128, 96, Rgba([255, 0, 0, 0]));
    let grey = image::GrayImage::from_pixel(128, 96, image::Luma([200]));
    let deep = image::ImageBuffer::from_pixel(128, 96, Rgb([0u16, 0, 65_535]));
    let rows: [(DynamicImage, [u8; 3]); 3] =
        [(clear.into(), [255, 255, 255]), (grey.into(), [200, 200, 200]), (deep.into(), [0, 0, 255])];
    for (image, expected) in rows {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, image::ImageFormat::Png).unwrap();
        let picture = run(file.get_ref(), Chat, DOCUMENT, &BOUNDS).unwrap_or_else(|e| panic!("{e:?}"));
        let kept = image::load_from_memory(&picture.jpeg).unwrap().into_rgb8();
        let off = kept.get_pixel(60, 40).0.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off < Some(4), "{expected:?}");
    }
}

#[test]
fn noise_is_kept_smaller_than_it_may_be() {
    let noise = RgbImage::from_fn(160, 120, |x, y| {
        let mixed = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761);
        Rgb([mixed as u8, (mixed >> 8) as u8, (mixed >> 16) as u8])
    });
    let sizes = [92, 80, 60].map(|quality| {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&noise).unwrap();
        bytes.len()
    });
    for (room, expected) in [(sizes[0], Ok(sizes[0])), (sizes[1], Ok(sizes[1])), (sizes[2], Ok(sizes[2]))] {
        let bounds = Bounds { max_bytes: room, ..BOUNDS };
        assert_eq!(decode::encode(&noise, &bounds).map(|jpeg| jpeg.len()), expected);
    }
    let bounds = Bounds { max_bytes: sizes[2] - 1, ..BOUNDS };
    assert_eq!(decode::encode(&noise, &bounds), Err(Fault::TooLarge));
}

#[test]
fn the_same_picture_is_kept_the_same() {
    let kept = |file: &[u8]| {
        let picture = run(file, Chat, DOCUMENT, &BOUNDS);
        picture.unwrap_or_else(|codes| panic!("{codes:?}")).jpeg
    };
    let image = corners(128, 96);
    assert_eq!(kept(&png(&image, None)), kept(&png(&image, Some(exif(1)))), "whatever its metadata say");
}

#[test]
fn sample_pictures_within_the_usual_bounds() {
    let bounds = Bounds {
        max_bytes: 10 << 20,
        max_pixels: 50_000_000,
        min_portrait_width: 480,
        min_portrait_height: 640,
    };
    let rows = [
        ("SPECIMEN_A_front_photo", DOCUMENT, Chat, Ok((1280, 900))),
        ("SPECIMEN_A_handheld", DOCUMENT, Chat, Ok((900, 1100))),
        ("p_calm_ok_white", PORTRAIT, MenuCamera, Ok((480, 640))),
        ("p_calm_ok_white", PORTRAIT, Chat, Err(vec!["NOT_LIVE"])),
        ("p_calm_raw_landscape", PORTRAIT, CameraPage, Ok((1600, 1200))),
        ("p_calm_raw_exif6", PORTRAIT, MenuCamera, Ok((1200, 1600))),
    ];
    for (name, checks, source, expected) in rows {
        let path = format!("{}/tests/photos/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
        let told = run(&std::fs::read(path).unwrap(), source, checks, &bounds);
        assert_eq!(
            told.map(|picture| (picture.width, picture.height)),
            expected,
            "{name} {checks:?} {source:?}"
        );
    }
}

#[test]
fn the_names_given_decide_what_is_found() {
    let small = jpeg(&corners(64, 48), None);
    let rows: [(&[&str], PhotoSource, Option<&str>); 6] = [
        (&["readable"], Chat, None),
        (&[], Chat, None),
        (&["live", "portrait_size"], Chat, Some("NOT_LIVE")),
        (&["live", "portrait_size"], CameraPage, Some("TOO_SMALL")),
        (&["live", "of a newer program"], MenuCamera, None),
        (&["not_repeated"], Chat, None),
    ];
    for (names, source, expected) in rows {
        let told = run(&small, source, names, &BOUNDS).err();
        assert_eq!(told, expected.map(|code| vec![code]), "{names:?} {source:?}");
        let told = run(b"no picture", source, &names[..names.len().min(1)], &BOUNDS).err();
        assert!(told.is_some(), "{names:?}: what is no picture is never kept");
    }
}

#[test]
fn names_are_found_in_the_order_of_the_table() {
    let names = ["not_repeated", "sharp", "readable", "live", "readable"];
    let (checks, unknown) = named(&names);
    let found: Vec<_> = checks.iter().map(|check| check.name).collect();
    assert_eq!(
        (found.as_slice(), unknown.as_slice()),
        (&["live", "readable", "not_repeated"][..], &["sharp"][..])
    );
}

#[test]
fn a_picture_is_repeated_when_the_case_holds_its_equal() {
    let photo = |name: &str| StoredPhoto {
        name: name.to_owned(),
        width: 1,
        height: 1,
        source: Chat,
        shows: None,
        precheck: Precheck::default(),
    };
    let (one, two) = (photo("one"), StoredPhoto { source: MenuCamera, ..photo("two") });
    let rows = [
        ("one", vec![&one, &two], "not_repeated", vec!["REPEATED"]),
        ("two", vec![&one, &two], "not_repeated", vec!["REPEATED"]),
        ("three", vec![&one, &two], "not_repeated", vec![]),
        ("one", vec![], "not_repeated", vec![]),
        ("one", vec![&one], "readable", vec![]),
    ];
    for (name, others, check, expected) in rows {
        assert_eq!(compare(&photo(name), &others, &named(&[check]).0), expected, "{name} {check}");
    }
}

#[test]
fn check_names_are_unique_and_have_codes() {
    for (n, check) in CHECKS.iter().enumerate() {
        assert!(!check.codes().is_empty(), "{}", check.name);
        assert!(CHECKS[..n].iter().all(|other| other.name != check.name), "{}", check.name);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = look(&bytes);
    }

    #[test]
    fn damaged_pictures_never_panic(
        is_png in any::<bool>(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let image = corners(128, 96);
        let mut bytes = if is_png { png(&image, Some(exif(3))) } else { jpeg(&image, Some(exif(3))) };
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Err(codes) = look(&bytes) {
            prop_assert!(!codes.is_empty());
        }
    }
}
