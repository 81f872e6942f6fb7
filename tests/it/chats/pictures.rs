//! The pictures that people send in chats.

use std::{io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, imageops};

/// Side of a square of two-coloured pictures, in pixels.
const SQUARE: u32 = 3;

/// What is done to a picture before it is sent.
enum Edit {
    None,
    /// Out of focus.
    Blur(f32),
    /// So much of its light.
    Light(f32),
    /// A lamp in the plastic.
    Glare,
    /// Without its right part.
    Cut,
}

/// Pictures that show something: name, file below the project's folder, and what became of it.
const SHOWN: &[(&str, &str, Edit)] = &[
    ("证人像面", "examples/data/photos/SPECIMEN_face_side.jpg", Edit::None),
    ("证国徽面", "examples/data/photos/SPECIMEN_emblem_side.jpg", Edit::None),
    ("证手持", "examples/data/photos/SPECIMEN_held.jpg", Edit::None),
    ("证人像面反光", "examples/data/photos/SPECIMEN_face_side.jpg", Edit::Glare),
    ("证人像面模糊", "examples/data/photos/SPECIMEN_face_side.jpg", Edit::Blur(6.0)),
    ("证人像面太暗", "examples/data/photos/SPECIMEN_face_side.jpg", Edit::Light(0.15)),
    ("证人像面没拍全", "examples/data/photos/SPECIMEN_face_side.jpg", Edit::Cut),
    ("别人的人像面", "tests/photos/SPECIMEN_A_front_photo.jpg", Edit::None),
    ("证人像面再拍", "examples/data/photos/SPECIMEN_face_side.jpg", Edit::Light(0.9)),
    ("一页纸", "tests/photos/SPECIMEN_text_page.jpg", Edit::None),
    ("手里没有证", "tests/photos/SPECIMEN_A_handheld_no_card.jpg", Edit::None),
    ("像合格", "tests/photos/p_calm_raw_landscape.jpg", Edit::None),
    ("像合格二", "tests/photos/p_calm_raw_offcentre.jpg", Edit::None),
    ("像蓝底", "tests/photos/p_calm_bg_blue.jpg", Edit::None),
    ("像有影子", "tests/photos/p_calm_bg_shadow.jpg", Edit::None),
    ("像太远", "tests/photos/p_calm_raw_far.jpg", Edit::None),
    ("像太近", "tests/photos/p_calm_raw_no_room.jpg", Edit::None),
    ("像闭眼", "tests/photos/p_calm_eyes_closed.jpg", Edit::None),
    ("像墨镜", "tests/photos/p_calm_sunglasses.jpg", Edit::None),
    ("像歪头", "tests/photos/p_calm_tilt.jpg", Edit::None),
    ("像模糊", "tests/photos/p_calm_raw_landscape.jpg", Edit::Blur(7.0)),
    ("像太暗", "tests/photos/p_calm_raw_landscape.jpg", Edit::Light(0.25)),
    ("像两个人", "tests/photos/p_calm_two_people.jpg", Edit::None),
    ("像水印", "tests/photos/p_calm_watermark.jpg", Edit::None),
    ("像偏亮", "tests/photos/p_calm_raw_landscape.jpg", Edit::Light(1.1)),
    ("风景照", "tests/photos/p_calm_no_face.jpg", Edit::None),
];

/// A picture by name. Those of the table show something; of the others each has its own colours and nothing else:
/// `小图` is too small, `坏图` is none, `人像…` stands upright, all others lie.
pub(crate) fn picture(name: &str) -> Vec<u8> {
    match SHOWN.iter().find(|(known, ..)| *known == name) {
        Some((_, file, edit)) => shown(file, edit),
        None => colours(name),
    }
}

fn shown(file: &str, edit: &Edit) -> Vec<u8> {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    if matches!(edit, Edit::None) {
        return bytes;
    }
    let mut image = image::load_from_memory(&bytes).unwrap().into_rgb8();
    let (width, height) = image.dimensions();
    match edit {
        Edit::None => {}
        Edit::Blur(sigma) => image = DynamicImage::from(image).fast_blur(*sigma).into_rgb8(),
        Edit::Light(share) => image.iter_mut().for_each(|value| *value = (f32::from(*value) * share) as u8),
        Edit::Glare => shine(&mut image),
        Edit::Cut => image = imageops::crop_imm(&image, 0, 0, width * 6 / 10, height).to_image(),
    }
    let mut jpeg = Cursor::new(Vec::new());
    image.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

/// An ellipse of white across the middle.
fn shine(image: &mut RgbImage) {
    let (width, height) = (image.width() as f32, image.height() as f32);
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let (across, down) = ((x as f32 / width - 0.45) / 0.2, (y as f32 / height - 0.5) / 0.13);
        if across * across + down * down < 1.0 {
            *pixel = Rgb([255, 255, 255]);
        }
    }
}

fn colours(name: &str) -> Vec<u8> {
    let (width, height) = match name {
        "小图" => (200, 150),
        name if name.starts_with("人像面") => (1_000, 640),
        name if name.starts_with("人像") => (600, 800),
        _ => (1_000, 640),
    };
    let seed = name.bytes().fold(7_u8, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte));
    // Squares of two colours: sharp and light enough for whoever has no models and looks at that alone.
    let is_dark = |x: u32, y: u32| (x / SQUARE + y / SQUARE).is_multiple_of(2);
    let image = RgbImage::from_fn(width, height, |x, y| {
        Rgb(if is_dark(x, y) {
            [40, seed.wrapping_mul(37) / 2, 160]
        } else {
            [seed.wrapping_mul(101) | 0x80, 200, 90]
        })
    });
    let mut jpeg = Cursor::new(Vec::new());
    image.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let mut bytes = jpeg.into_inner();
    if name == "坏图" {
        bytes.truncate(200);
    }
    bytes
}
