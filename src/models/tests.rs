//! The files of the manifest, and what the networks in them give beside what others compute with the same.

use super::*;
use crate::validation::photo::models::{
    network::{Network as _, Output, Rten},
    tflite::to_onnx,
};

#[derive(Deserialize)]
struct Reference {
    file: String,
    input: Vec<usize>,
    outputs: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    shape: Vec<usize>,
    values: Vec<(usize, f32)>,
}

/// As in tests/data/models/reference.py.
fn picture(shape: &[usize]) -> Vec<f32> {
    let scaled = |whole: u64| whole as f32 / 250.0;
    match *shape {
        [1, points, numbers] => {
            (0..(points * numbers) as u64).map(|at| scaled(at * at / 9973 % 251)).collect()
        }
        [1, height, width, 3] => {
            pixels(width, height).flat_map(|(x, y)| [scaled((x * x + y * y) / 41 % 251); 3]).collect()
        }
        [1, 3, height, width] => {
            let is_dark = |x: u64, y: u64| {
                y.abs_diff(height as u64 / 2) < height as u64 / 6
                    && ((x / 5) * (x / 7) + (y / 4) * (x / 3)).is_multiple_of(3)
            };
            let channel: Vec<_> =
                pixels(width, height).map(|(x, y)| scaled(if is_dark(x, y) { 10 } else { 240 })).collect();
            channel.repeat(3)
        }
        _ => panic!("no picture of this shape: {shape:?}"),
    }
}

fn pixels(width: usize, height: usize) -> impl Iterator<Item = (u64, u64)> {
    (0..height as u64).flat_map(move |y| (0..width as u64).map(move |x| (x, y)))
}

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/models");

fn run(file: &str, input: &[usize]) -> Vec<Output> {
    // The small one is nobody's weights and lies with the tests.
    let folder = if file == "small.tflite" { OWN } else { testing::WEIGHTS };
    let bytes = fs::read(Path::new(folder).join(file)).unwrap();
    let onnx = if file.ends_with(".tflite") { to_onnx(&bytes).unwrap() } else { bytes };
    Rten::read(onnx).unwrap().run(input, picture(input)).unwrap()
}

#[test]
fn converted_models_give_what_their_own_runtimes_give() {
    if testing::models().is_none() {
        return;
    }
    let text = include_str!("../../tests/data/models/reference.json");
    let references: Vec<Reference> = serde_json::from_str(text).unwrap();
    for Reference { file, input, outputs } in &references {
        let found = run(file, input);
        let shapes: Vec<_> = found.iter().map(|output| &output.shape).collect();
        assert_eq!(shapes, outputs.iter().map(|output| &output.shape).collect::<Vec<_>>(), "{file}");
        for (found, expected) in found.iter().zip(outputs) {
            for &(at, value) in &expected.values {
                let difference = (found.data[at] - value).abs();
                assert!(difference <= 1e-3, "{file}: number {at} is {} instead of {value}", found.data[at]);
            }
        }
    }
    // Every network is among them.
    let mut tested: Vec<_> = references.iter().map(|reference| reference.file.as_str()).collect();
    tested.push("ppocrv5_dict.txt");
    for entry in entries() {
        let path = entry.path(Path::new(""));
        assert!(tested.iter().any(|file| Path::new(file) == path), "{} is not tested", path.display());
    }
}

#[test]
fn all_files_of_the_manifest_make_both_halves() {
    let Some(models) = testing::models() else { return };
    assert!(models.face.is_some() && models.text.is_some());
}

#[test]
fn a_half_without_all_its_files_is_not_there() {
    let empty = tempfile::tempdir().unwrap();
    let models = read(empty.path());
    assert!(models.face.is_none() && models.text.is_none());
    let shelf = PhotoModels::of(empty.path());
    shelf.begin();
    assert!(shelf.get().face.is_none());
    assert!(std::ptr::eq(shelf.get(), PhotoModels::of(empty.path()).get()), "read twice");
}

#[test]
fn a_file_is_used_only_when_its_hash_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let entry = |bytes: u64, sha256: &str| Entry {
        r#use: ModelFile::PersonMask,
        file: "a/b/model".into(),
        inside: None,
        bytes,
        sha256: sha256.to_owned(),
    };
    // SHA-256 of "abc", the example of FIPS 180-2.
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let right = entry(3, hash);
    assert_eq!(right.path(folder.path()), path);
    assert!(matches!(bytes(&right, &path), Err(Fault::Missing)));
    fs::write(&path, "abc").unwrap();
    assert_eq!(bytes(&right, &path).ok().as_deref(), Some(b"abc".as_slice()));
    fs::write(&path, "abd").unwrap();
    assert!(matches!(bytes(&right, &path), Err(Fault::Wrong)));
    fs::write(&path, "abcd").unwrap();
    assert!(matches!(bytes(&right, &path), Err(Fault::Wrong)));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(bytes(&entry(fs::metadata(&path).unwrap().len(), hash), &path).is_err());
}
