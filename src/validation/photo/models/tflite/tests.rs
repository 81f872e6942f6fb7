//! A small file with a few of each operator: what it computes, and what damage does to it.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::validation::photo::models::network::{Network as _, Rten};

const SMALL: &[u8] = include_bytes!("../../../../../tests/data/models/small.tflite");

#[test]
fn a_small_network_gives_what_its_own_runtime_gives() {
    let references: Vec<Value> =
        serde_json::from_str(include_str!("../../../../../tests/data/models/reference.json")).unwrap();
    let reference = references.iter().find(|reference| reference["file"] == "small.tflite").unwrap();
    // Rings, as tests/data/models/reference.py draws them.
    let ring = |x: u16, y: u16| [f32::from((x * x + y * y) / 41 % 251) / 250.0; 3];
    let picture = (0..9).flat_map(|y| (0..10).flat_map(move |x| ring(x, y))).collect();
    let found = Rten::read(to_onnx(SMALL).unwrap()).unwrap().run(&[1, 9, 10, 3], picture).unwrap();
    let expected = reference["outputs"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(serde_json::json!(found.shape), expected["shape"]);
        let values: Vec<(usize, f32)> = serde_json::from_value(expected["values"].clone()).unwrap();
        assert_eq!(values.len(), found.data.len(), "the sample is whole");
        for (at, value) in values {
            assert!(
                (found.data[at] - value).abs() < 1e-4,
                "number {at} is {} instead of {value}",
                found.data[at]
            );
        }
    }
}

#[test]
fn a_cut_file_is_damaged() {
    for length in 0..SMALL.len() {
        let cut = to_onnx(&SMALL[..length]);
        // The end holds what is read last or not at all.
        assert!(length > SMALL.len() - 64 || cut.is_err(), "{length} bytes are enough");
    }
    assert!(matches!(to_onnx(b""), Err(TfliteError::Damaged(_))));
    assert!(matches!(to_onnx(&[0xff; 64]), Err(TfliteError::Damaged(_))));
}

#[test]
fn each_byte_may_be_damaged() {
    let mut file = SMALL.to_vec();
    for at in 0..file.len() {
        let right = file[at];
        for wrong in [0, 1, 0x7f, 0x80, 0xff, right ^ 1, right.wrapping_add(4)] {
            file[at] = wrong;
            // Whatever comes of it: no panic.
            let _ = to_onnx(&file);
        }
        file[at] = right;
    }
}

#[test]
fn what_is_not_known_is_an_error() {
    // The code of the file's convolution, as one that no model here uses.
    let position = SMALL.windows(4).position(|bytes| bytes == b"TFL3");
    assert_eq!(position, Some(4));
    let unknown = (0..SMALL.len()).filter_map(|at| {
        let mut file = SMALL.to_vec();
        file[at] = 120;
        to_onnx(&file).err()
    });
    let operator = TfliteError::Unsupported("operator 120".to_owned());
    assert!(unknown.into_iter().any(|error| error == operator));
}

proptest! {
    #[test]
    fn damage_is_never_a_panic(places in prop::collection::vec((0..SMALL.len(), any::<u8>()), 1..20)) {
        let mut file = SMALL.to_vec();
        for (at, byte) in places {
            file[at] = byte;
        }
        let _ = to_onnx(&file);
    }

    #[test]
    fn other_bytes_are_never_a_panic(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = to_onnx(&file);
    }
}
