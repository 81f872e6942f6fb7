//! One neural network, behind a trait so that the engine can be swapped.
//!
//! The engine is `rten`: pure Rust, reads ONNX from memory. A photo uses one core: each run takes a pool of one thread
//! out of a small store and puts it back, so that as many cores are busy as photos are looked at, and no more.

use std::sync::{Arc, Mutex, PoisonError};

use rten::{Model, ModelOptions, RunOptions, ThreadPool, Value};
use rten_tensor::{Layout, Tensor as RtenTensor};

/// A network with one input of numbers.
pub trait Network: Send + Sync {
    /// Runs it on an input of this shape, row by row; gives all outputs in the order of the model.
    fn run(&self, shape: &[usize], input: Vec<f32>) -> Result<Vec<Output>, NetworkError>;
}

/// One output of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Its numbers, the last dimension fastest.
    pub data: Vec<f32>,
}

/// Why a network gives nothing. Both are faults of a model or of our use of it, never of a picture.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The model cannot be read.
    #[error("the model cannot be read: {0}")]
    Model(String),
    /// It does not take such an input, or an operation of it failed.
    #[error("the model cannot be run: {0}")]
    Run(String),
}

impl NetworkError {
    /// The model runs, but is not the one that the code was written for.
    pub(in crate::validation::photo) fn unlike(what: &str) -> Self {
        Self::Run(what.to_owned())
    }
}

/// A network that `rten` runs.
pub struct Rten {
    model: Model,
    threads: Mutex<Vec<Arc<ThreadPool>>>,
}

impl Rten {
    /// Reads a model from ONNX bytes. The weights are laid out for speed once, here.
    pub fn read(onnx: Vec<u8>) -> Result<Self, NetworkError> {
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load(onnx)
            .map_err(|error| NetworkError::Model(error.to_string()))?;
        Ok(Self { model, threads: Mutex::default() })
    }

    fn thread(&self) -> Arc<ThreadPool> {
        let spare = self.threads.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)))
    }
}

impl Network for Rten {
    fn run(&self, shape: &[usize], input: Vec<f32>) -> Result<Vec<Output>, NetworkError> {
        let said = |error: &dyn std::fmt::Display| NetworkError::Run(error.to_string());
        let input = RtenTensor::try_from_data(shape, input).map_err(|error| said(&error))?;
        let &[id] = self.model.input_ids() else { return Err(said(&"it has not exactly one input")) };
        let thread = self.thread();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&thread)));
        let ran = self.model.run(vec![(id, input.into())], self.model.output_ids(), Some(options));
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        ran.map_err(|error| said(&error))?.into_iter().map(output).collect()
    }
}

fn output(value: Value) -> Result<Output, NetworkError> {
    let tensor: RtenTensor<f32> =
        value.try_into().map_err(|_| NetworkError::Run("an output is not of numbers".to_owned()))?;
    Ok(Output { shape: tensor.shape().to_vec(), data: tensor.into_data() })
}
