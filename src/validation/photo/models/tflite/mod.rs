//! A .tflite file as ONNX, which is what the engine reads.
//!
//! Done in memory when a model is loaded: the file is a flatbuffer (`flat.rs`, `graph.rs`), its operators are written
//! as those of ONNX (`lower.rs`, `onnx.rs`). TensorFlow keeps channels last, ONNX wants them first, so that most of the
//! work is to turn weights once and pictures as seldom as possible. Only what the models of `models/manifest.toml` use
//! is known; anything else is an error, never a guess. Every offset and length of a file is checked: damaged bytes are
//! an error, too. *Lost:* converting the files beforehand, which needs a converter and trust in it for each machine.

mod constants;
mod flat;
mod graph;
mod lower;
mod onnx;
#[cfg(test)]
mod tests;

/// Why a .tflite file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TfliteError {
    /// It is no .tflite file, or was damaged.
    #[error("the .tflite file is damaged: {0}")]
    Damaged(&'static str),
    /// It does something that none of the known models does.
    #[error("the .tflite file uses what is not known here: {0}")]
    Unsupported(String),
}

/// The ONNX model that computes the same. Inputs and outputs keep their order and their shapes, channels last.
pub fn to_onnx(file: &[u8]) -> Result<Vec<u8>, TfliteError> {
    lower::lower(&graph::Graph::read(file)?)
}
