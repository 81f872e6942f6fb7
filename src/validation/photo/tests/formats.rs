//! Files that are no picture, or none that is taken.

use super::*;

#[test]
fn what_is_no_picture_is_unreadable() {
    let whole = jpeg(&corners(128, 96), None);
    let mut empty_scan = whole[..20].to_vec();
    empty_scan.extend([0xFF, 0xD9]);
    let rows: &[(&str, &[u8])] = &[
        ("nothing", b""),
        ("text", "这不是照片".as_bytes()),
        ("JSON", br#"{"errcode":40007,"errmsg":"invalid media_id"}"#),
        ("the beginning of a JPEG", b"\xff\xd8\xff"),
        ("the beginning of a PNG", b"\x89PNG\r\n\x1a\n"),
        ("a JPEG without a scan", &empty_scan),
    ];
    for (what, bytes) in rows {
        assert_eq!(look(bytes), Err(vec!["UNREADABLE"]), "{what}");
    }
}

#[test]
fn what_is_not_taken_is_called_so() {
    let rows: &[(&str, &[u8])] = &[
        ("GIF", b"GIF89a\x80\0\x60\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x80\0\x60\0\0\x02\x02\x44\x01\0;"),
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("a film", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        ("WebP", b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0"),
        ("PDF", b"%PDF-1.7"),
        ("a GIF that ends as a ZIP", b"GIF89aPK\x05\x06"),
    ];
    for (what, bytes) in rows {
        assert_eq!(look(bytes), Err(vec!["WRONG_FORMAT"]), "{what}");
    }
    // What hides behind a picture is not kept with it.
    let picture = jpeg(&corners(128, 96), None);
    let polyglot = [&picture, b"PK\x03\x04 a whole archive".as_slice()].concat();
    let kept = run(&polyglot, Chat, DOCUMENT, &BOUNDS).unwrap_or_else(|codes| panic!("{codes:?}"));
    assert!(!kept.jpeg.windows(4).any(|four| four == b"PK\x03\x04"));
}

/// What a progressive picture's headers claim, without any of its pixels.
fn progressive(width: u16, height: u16, scans: usize) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xC2, 0, 17, 8];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    for _ in 0..scans {
        bytes.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x55]);
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

#[test]
fn progressive_pictures_that_are_too_much_work_are_not_begun() {
    let bounds = Bounds { max_pixels: 50_000_000, ..BOUNDS };
    let rows = [(8_000, 6_250, 1, "TOO_LARGE"), (6_000, 4_500, 1, "TOO_LARGE"), (100, 100, 21, "TOO_LARGE")];
    for (width, height, scans, expected) in rows {
        let told = run(&progressive(width, height, scans), Chat, DOCUMENT, &bounds).err();
        assert_eq!(told, Some(vec![expected]), "{width}×{height} in {scans} scans");
    }
}
