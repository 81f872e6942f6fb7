//! What judging a photo costs: milliseconds on one core and the process's peak memory, a row for each kind.
//!
//! `cargo bench --bench photos -- --rounds 20`. One picture after another; an inference uses one thread, so that is one
//! core. Besides the kinds that people send there are the largest and oddest files that are taken or refused. The models
//! must be there (`models/fetch.sh`). Memory is what Linux counts as the highest resident size since the row began.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::{io::Cursor, path::Path, time::Instant};

use graduation_bot::{
    config,
    inbound::PhotoSource,
    models::PhotoModels,
    validation::photo::{
        self, Asked, Kind,
        card::{Side, Wanted},
    },
};
use image::{RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};
use jiff::civil::date;

struct Row {
    name: &'static str,
    kind: Kind,
    file: Vec<u8>,
}

fn main() {
    let rounds = rounds();
    let models = PhotoModels::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/weights"));
    let begun = Instant::now();
    let all = models.get();
    assert!(all.face.is_some() && all.text.is_some(), "the models are missing: run models/fetch.sh");
    println!("models read in {} ms, {} MB resident", begun.elapsed().as_millis(), memory("VmRSS:"));
    println!("| picture | verdict | codes | median ms | worst ms | peak MB |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for row in rows() {
        measure(&row, &models, rounds);
    }
}

fn rounds() -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--rounds");
    arguments.nth(1).map_or(20, |rounds| rounds.parse().expect("--rounds takes a number"))
}

fn measure(row: &Row, models: &PhotoModels, rounds: usize) {
    let rules = config::Photo::default().rules();
    let (checks, _) = photo::named(&["readable", "portrait", "document"]);
    let asked = Asked {
        kind: row.kind,
        source: PhotoSource::CameraPage,
        number: None,
        name: None,
        today: date(2026, 6, 15),
        for_people: false,
    };
    // The highest size is counted from here (proc(5)); where that may not be written, from the start.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let mut times: Vec<f64> = Vec::new();
    let mut said = (String::new(), String::new());
    for _ in 0..rounds {
        let begun = Instant::now();
        let report = photo::check(&row.file, &asked, &checks, &rules, models.get());
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        said = (report.verdict().name().to_owned(), report.codes().join(" "));
    }
    times.sort_by(f64::total_cmp);
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    let (verdict, codes) = said;
    println!("| {} | {verdict} | {codes} | {median:.0} | {worst:.0} | {} |", row.name, memory("VmHWM:"));
}

/// Megabytes of a line of `/proc/self/status`.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|said| said.strip_prefix(line));
    let kilobytes = found.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) >> 10
}

fn rows() -> Vec<Row> {
    use Kind::{Document, Portrait, PortraitFile};
    let face_side = Document(Wanted::Card(Side::Face));
    let row = |name, kind, file| Row { name, kind, file };
    vec![
        row("portrait_file 480×640", PortraitFile, file("p_calm_ok_white.jpg")),
        row("portrait 1600×1200", Portrait, file("p_calm_raw_landscape.jpg")),
        row("portrait 12 MP", Portrait, larger("p_calm_raw_landscape.jpg", 4000)),
        row("id_front 1280×900", face_side, file("SPECIMEN_A_front_photo.jpg")),
        row("id_front 12 MP", face_side, larger("SPECIMEN_A_front_photo.jpg", 4120)),
        row("id_front upside down", face_side, file("SPECIMEN_A_front_upside_down.jpg")),
        row("id_back 1280×900", Document(Wanted::Card(Side::Emblem)), file("SPECIMEN_A_back_photo.jpg")),
        row("handheld 900×1100", Document(Wanted::Handheld), file("SPECIMEN_A_handheld.jpg")),
        row("a page of text", face_side, file("SPECIMEN_text_page.jpg")),
        row("noise, 12 MP", face_side, jpeg(&noise(4000, 3000), 60)),
        row("portrait 50 MP", Portrait, larger("p_calm_raw_landscape.jpg", 8160)),
        row("strip 10000×10", Portrait, jpeg(&RgbImage::new(10_000, 10), 90)),
        row("cut short", Portrait, file("p_calm_raw_landscape.jpg")[..50_000].to_vec()),
    ]
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/photos").join(name)).unwrap()
}

/// The same picture so wide, as a larger sensor would have it.
fn larger(name: &str, width: u32) -> Vec<u8> {
    let image = image::load_from_memory(&file(name)).unwrap();
    let height = image.height() * width / image.width();
    jpeg(&image.resize_exact(width, height, FilterType::CatmullRom).into_rgb8(), 85)
}

fn jpeg(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).unwrap();
    bytes.into_inner()
}

/// Nothing that could be read, everywhere.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 1_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    RgbImage::from_fn(width, height, |_, _| image::Rgb([draw(), draw(), draw()]))
}
