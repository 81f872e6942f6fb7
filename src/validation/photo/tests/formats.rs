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
