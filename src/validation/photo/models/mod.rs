//! PURE. The photo models: networks from bytes that somebody else has read and whose hashes were checked.
//!
//! There are two halves, faces and text. A half that lacks a file is not there at all, and the checks that need it are
//! left to people; nothing is ever accepted because nobody could look.

pub mod network;
pub mod tflite;

use std::collections::BTreeMap;

use serde::Deserialize;

use self::network::NetworkError;
use super::{face::FaceModels, text::TextModels};

/// What a file of `models/manifest.toml` is for, by the names that stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelFile {
    /// Finds faces, near and far.
    FaceDetection,
    /// The 478 points of one.
    FaceLandmarks,
    /// What its features do.
    FaceBlendshapes,
    /// Where the person is.
    PersonMask,
    /// Finds lines of text.
    TextDetection,
    /// Reads one.
    TextRecognition,
    /// The characters that the reader knows, one a line.
    TextCharacters,
}

/// The models of a process.
#[derive(Default)]
pub struct Models {
    /// Faces, if all four files were there.
    pub face: Option<FaceModels>,
    /// Text, if all three files were there.
    pub text: Option<TextModels>,
}

impl Models {
    /// Reads what the files are enough for, and says which halves cannot be read although they are there.
    pub fn read(mut files: BTreeMap<ModelFile, Vec<u8>>) -> (Self, Vec<NetworkError>) {
        let mut errors = Vec::new();
        let face = face(&mut files).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        let text = text(&mut files).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        (Self { face, text }, errors)
    }
}

/// Files are taken out, so that the large ones are not kept beside the networks.
fn face(files: &mut BTreeMap<ModelFile, Vec<u8>>) -> Result<Option<FaceModels>, NetworkError> {
    use ModelFile::{FaceBlendshapes, FaceDetection, FaceLandmarks, PersonMask};
    let taken = [FaceDetection, FaceLandmarks, FaceBlendshapes, PersonMask].map(|file| files.remove(&file));
    let [Some(detection), Some(landmarks), Some(blendshapes), Some(mask)] = taken else { return Ok(None) };
    FaceModels::read(&detection, &landmarks, &blendshapes, &mask).map(Some)
}

fn text(files: &mut BTreeMap<ModelFile, Vec<u8>>) -> Result<Option<TextModels>, NetworkError> {
    use ModelFile::{TextCharacters, TextDetection, TextRecognition};
    let taken = [TextDetection, TextRecognition, TextCharacters].map(|file| files.remove(&file));
    let [Some(detection), Some(recognition), Some(characters)] = taken else { return Ok(None) };
    let characters = String::from_utf8(characters)
        .map_err(|_| NetworkError::Model("the characters are not UTF-8".to_owned()))?;
    TextModels::read(detection, recognition, &characters).map(Some)
}
