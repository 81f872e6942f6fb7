//! The picture of a QR code, drawn here: the camera page's link must not travel through another service.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Luma};
use qrcode::{EcLevel, QrCode};

/// Pixels of a side at least: large enough to be scanned from another screen.
const SIDE: u32 = 480;

/// A PNG of a code that says `content`; `None` when it is too long for any code (about 2,300 bytes).
pub(super) fn draw(content: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(content, EcLevel::M).ok()?;
    let picture = code.render::<Luma<u8>>().min_dimensions(SIDE, SIDE).build();
    let mut png = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(picture)
        .write_to(&mut png, ImageFormat::Png)
        .expect("a grey picture in memory can be written as PNG");
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_large_enough_with_its_quiet_zone() {
        let png = draw("https://bot.example/camera/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_luma8();
        assert!(picture.width() >= SIDE && picture.width() == picture.height());
        let module = picture.width() / 50;
        assert!((0..picture.width()).all(|x| picture.get_pixel(x, module).0 == [255]), "quiet zone");
        assert!(picture.pixels().any(|pixel| pixel.0 == [0]));
    }

    #[test]
    fn what_no_code_can_say_is_no_picture() {
        assert!(draw(&"长".repeat(2_000)).is_none());
    }
}
