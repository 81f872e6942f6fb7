//! What an image file says of itself, without decoding its pixels.
//!
//! A finished portrait must be a JPEG of 24 bits, 300 dpi and a certain quality and size, and a photo may say when it
//! was taken. All of it is a claim of whoever made the file: good enough to refuse a file that claims the wrong thing,
//! never proof. Reading is bounded by the file's length and takes anything for an answer.

use std::io::Cursor;

use exif::{In, Tag, Value};
use jiff::civil::Date;

/// What was read. A fact that the file does not state is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileFacts {
    /// Its length in bytes.
    pub bytes: usize,
    /// Whether it is a JPEG.
    pub jpeg: bool,
    /// Bits of a pixel over all channels, as the JPEG's frame header has them.
    pub bits: Option<u32>,
    /// Pixels per inch, the same in both directions: of the JFIF header, else of EXIF.
    pub dpi: Option<f64>,
    /// Mean of the 64 divisors of the luminance quantisation table. The lower, the better the quality.
    pub quantisation: Option<f64>,
    /// The day it was taken, by EXIF (`DateTimeOriginal`, else `DateTimeDigitized`), which a PNG may have, too.
    pub taken: Option<Date>,
}

const START: &[u8] = &[0xFF, 0xD8];
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const INCH: f64 = 2.54;

impl FileFacts {
    /// Reads a file's own words about itself.
    pub fn read(bytes: &[u8]) -> Self {
        let mut facts =
            Self { bytes: bytes.len(), jpeg: bytes.starts_with(&[0xFF, 0xD8]), ..Self::default() };
        if bytes.starts_with(PNG)
            && let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(bytes))
        {
            facts.taken = taken(&exif);
        }
        let mut tables = [None; 4];
        let mut luminance = None;
        for (marker, body) in Segments::of(bytes) {
            match marker {
                0xE0 => facts.dpi = jfif_density(body).or(facts.dpi),
                0xE1 => facts.read_exif(body),
                0xDB => read_tables(body, &mut tables),
                // Frame headers; C4, C8 and CC are tables and a reserved one.
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    if let &[precision, _, _, _, _, channels, _, _, table, ..] = body {
                        facts.bits = Some(u32::from(precision) * u32::from(channels));
                        luminance = Some(usize::from(table));
                    }
                }
                _ => {}
            }
        }
        facts.quantisation = luminance.and_then(|table| *tables.get(table)?);
        facts
    }

    fn read_exif(&mut self, body: &[u8]) {
        let Some(tiff) = body.strip_prefix(b"Exif\0\0") else { return };
        let Ok(exif) = exif::Reader::new().read_raw(tiff.to_vec()) else { return };
        let number = |tag| exif.get_field(tag, In::PRIMARY).and_then(|field| number(&field.value));
        let per_inch = match number(Tag::ResolutionUnit) {
            Some(3.0) => INCH,
            _ => 1.0,
        };
        let density = (number(Tag::XResolution), number(Tag::YResolution));
        if let (Some(x), Some(y), None) = (density.0, density.1, self.dpi) {
            self.dpi = same(x * per_inch, y * per_inch);
        }
        self.taken = taken(&exif).or(self.taken);
    }
}

fn taken(exif: &exif::Exif) -> Option<Date> {
    let day = |tag| exif.get_field(tag, In::PRIMARY).and_then(|field| day(&field.value));
    day(Tag::DateTimeOriginal).or_else(|| day(Tag::DateTimeDigitized))
}

/// The segments before the first scan: marker and body. Cut-short ones end it.
struct Segments<'a> {
    rest: &'a [u8],
}

impl<'a> Segments<'a> {
    fn of(jpeg: &'a [u8]) -> Self {
        Self { rest: jpeg.strip_prefix(START).unwrap_or_default() }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        // Any number of FF may stand before a marker.
        while let [0xFF, 0xFF, ..] = self.rest {
            self.rest = &self.rest[1..];
        }
        let &[0xFF, marker, high, low, ..] = self.rest else { return None };
        // Start of scan and end of image: what follows is not segments.
        if matches!(marker, 0xD9 | 0xDA) {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([high, low])).max(2);
        let body = self.rest.get(4..2 + length)?;
        self.rest = &self.rest[2 + length..];
        Some((marker, body))
    }
}

fn jfif_density(body: &[u8]) -> Option<f64> {
    let &[_, _, unit, x_high, x_low, y_high, y_low, ..] = body.strip_prefix(b"JFIF\0")? else { return None };
    let per_inch = match unit {
        1 => 1.0,
        2 => INCH,
        _ => return None,
    };
    let density = |high, low| f64::from(u16::from_be_bytes([high, low])) * per_inch;
    same(density(x_high, x_low), density(y_high, y_low))
}

/// One density, where both directions have it.
fn same(x: f64, y: f64) -> Option<f64> {
    (x.is_finite() && (x - y).abs() < 0.5).then_some(x)
}

/// The mean divisor of each table of a segment; one segment may define several.
fn read_tables(mut body: &[u8], tables: &mut [Option<f64>; 4]) {
    while let Some((&head, rest)) = body.split_first() {
        let width = if head >> 4 == 0 { 1 } else { 2 };
        let Some((divisors, rest)) = rest.split_at_checked(64 * width) else { return };
        let sum: u32 = match width {
            1 => divisors.iter().map(|&divisor| u32::from(divisor)).sum(),
            _ => divisors.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum(),
        };
        if let Some(table) = tables.get_mut(usize::from(head & 15)) {
            *table = Some(f64::from(sum) / 64.0);
        }
        body = rest;
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Short(numbers) => numbers.first().map(|&number| f64::from(number)),
        Value::Rational(numbers) => numbers.first().map(exif::Rational::to_f64),
        _ => None,
    }
}

fn day(value: &Value) -> Option<Date> {
    let Value::Ascii(texts) = value else { return None };
    let taken = exif::DateTime::from_ascii(texts.first()?).ok()?;
    Date::new(i16::try_from(taken.year).ok()?, taken.month.try_into().ok()?, taken.day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use image::{
        ExtendedColorType, ImageEncoder, RgbImage,
        codecs::{
            jpeg::{JpegEncoder, PixelDensity},
            png::PngEncoder,
        },
    };
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn jpeg(quality: u8, density: Option<PixelDensity>, exif: Option<Vec<u8>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        if let Some(density) = density {
            encoder.set_pixel_density(density);
        }
        if let Some(exif) = exif {
            encoder.set_exif_metadata(exif).unwrap();
        }
        encoder.write_image(&RgbImage::new(16, 16), 16, 16, ExtendedColorType::Rgb8).unwrap();
        bytes
    }

    /// An EXIF block with a resolution and the day it was taken, little-endian.
    fn exif(dots: u32, unit: u16, taken: &str) -> Vec<u8> {
        dated(dots, unit, 0x9003, taken)
    }

    /// The same with the day under this tag.
    fn dated(dots: u32, unit: u16, tag: u16, taken: &str) -> Vec<u8> {
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            let mut bytes = tag.to_le_bytes().to_vec();
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value.to_le_bytes());
            bytes
        };
        // Header 8, four entries and the next link: 8 + 2 + 48 + 4 = 62; a rational; then the inner directory.
        let mut tiff = b"II*\0\x08\0\0\0\x04\0".to_vec();
        tiff.extend(entry(0x011A, 5, 1, 62));
        tiff.extend(entry(0x011B, 5, 1, 62));
        tiff.extend(entry(0x0128, 3, 1, u32::from(unit)));
        tiff.extend(entry(0x8769, 4, 1, 70));
        tiff.extend([0; 4]);
        tiff.extend(dots.to_le_bytes());
        tiff.extend(1_u32.to_le_bytes());
        tiff.extend(1_u16.to_le_bytes());
        tiff.extend(entry(tag, 2, 20, 88));
        tiff.extend([0; 4]);
        tiff.extend(taken.as_bytes());
        tiff.push(0);
        tiff
    }

    #[test]
    fn density_comes_from_jfif_or_exif() {
        let cases = [
            (None, None, None),
            (Some(PixelDensity::dpi(300)), None, Some(300.0)),
            (Some(PixelDensity::dpi(72)), Some((300, 2)), Some(72.0)),
            (None, Some((300, 2)), Some(300.0)),
            (None, Some((118, 3)), Some(118.0 * INCH)),
        ];
        for (jfif, resolution, expected) in cases {
            let block = resolution.map(|(dots, unit)| exif(dots, unit, "2026:05:01 08:00:00"));
            let facts = FileFacts::read(&jpeg(90, jfif, block));
            assert_eq!(facts.dpi, expected, "{jfif:?} {resolution:?}");
        }
    }

    #[test]
    fn the_day_comes_from_exif() {
        let cases = [
            ("2026:05:01 08:00:00", Some(date(2026, 5, 1))),
            ("2026:02:30 08:00:00", None),
            ("    :  :     :  :  ", None),
            ("yesterday at eight ", None),
        ];
        for (said, expected) in cases {
            for tag in [0x9003, 0x9004] {
                let block = dated(72, 2, tag, said);
                let mut png = Vec::new();
                let mut encoder = PngEncoder::new(&mut png);
                encoder.set_exif_metadata(block.clone()).unwrap();
                encoder.write_image(&RgbImage::new(16, 16), 16, 16, ExtendedColorType::Rgb8).unwrap();
                for file in [jpeg(90, None, Some(block)), png] {
                    assert_eq!(FileFacts::read(&file).taken, expected, "{said:?} {tag:x}");
                }
            }
        }
    }

    #[test]
    fn quality_and_depth_come_from_the_headers() {
        for (quality, at_most, at_least) in
            [(95, 7.0, 4.0), (60, 46.2, 45.0), (59, 48.0, 46.6), (10, 300.0, 120.0)]
        {
            let facts = FileFacts::read(&jpeg(quality, None, None));
            let mean = facts.quantisation.unwrap();
            assert!((at_least..=at_most).contains(&mean), "quality {quality}: {mean}");
            assert_eq!((facts.jpeg, facts.bits), (true, Some(24)));
        }
        let mut grey = Vec::new();
        JpegEncoder::new(&mut grey).write_image(&[0; 64], 8, 8, ExtendedColorType::L8).unwrap();
        assert_eq!(FileFacts::read(&grey).bits, Some(8));
        let png = FileFacts::read(b"\x89PNG\r\n\x1a\nwhatever");
        assert_eq!(png, FileFacts { bytes: 16, ..FileFacts::default() });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(FileFacts::read(&bytes).bytes, bytes.len());
        }

        #[test]
        fn a_damaged_file_is_read(at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
            let mut bytes = jpeg(80, Some(PixelDensity::dpi(300)), Some(exif(300, 2, "2026:05:01 08:00:00")));
            let place = at.index(bytes.len());
            bytes[place] = byte;
            bytes.truncate(end.index(bytes.len()) + 1);
            prop_assert!(FileFacts::read(&bytes).bytes > 0);
        }
    }
}
