//! Why a command did not do what it was asked, as the operator reads it.

use std::{fmt, process::ExitCode};

use crate::{app::AppError, config::ConfigError, office::ReviewError, store::StoreError};

/// The end of a command that did not go well. The text says what, where, and what to do.
#[derive(Debug)]
pub enum Failure {
    /// What was asked cannot be: a wrong flag, row, name or setting. Nothing was changed. Exit code 2.
    Mistake(String),
    /// Something outside failed. Exit code 1.
    Failed(String),
}

impl Failure {
    /// A mistake of the person who typed the command or wrote the file.
    pub fn mistake(text: impl Into<String>) -> Self {
        Self::Mistake(text.into())
    }

    /// A failure that the same command may not meet next time.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    /// An act of an office's that was refused with these words, or failed.
    pub(super) fn of_act(error: &ReviewError, refused: Option<String>) -> Self {
        refused.map_or_else(|| Self::failed(format!("没有存下来：{error}。请再运行一次。")), Self::Mistake)
    }

    /// 1 or 2, as the contract has it.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Mistake(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Mistake(text) | Self::Failed(text)) = self;
        f.write_str(text)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Mistake(error.to_string())
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        if error.is_mistake() { Self::Mistake(error.to_string()) } else { Self::Failed(error.to_string()) }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}
