//! The dialog files, read from their folder once: the dialog module itself is pure.

use std::{fs, path::Path};

use super::AppError;
use crate::{
    dialog::{self, Scripts},
    turn::known,
};

/// The texts as they were when the process started; a new world is built from the same ones.
#[derive(Debug, Clone)]
pub struct Dialogs {
    files: Vec<(String, String)>,
}

impl Dialogs {
    /// Reads every `*.toml` of a folder, in the order of their names.
    pub fn read(folder: &Path) -> Result<Self, AppError> {
        let unreadable = |path: &Path, error: &std::io::Error| {
            AppError::DialogFiles(format!(
                "读不到对话文件 {}：{error}。dialogs_dir 应指向放着 _global.toml、main.toml 等文件的文件夹。",
                path.display()
            ))
        };
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unreadable(folder, &error))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let files = paths.into_iter().map(|path| {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            Ok((path.display().to_string(), text))
        });
        Ok(Self { files: files.collect::<Result<_, AppError>>()? })
    }

    /// The scripts, or the report of every mistake with its place.
    pub fn scripts(&self) -> Result<Scripts, AppError> {
        dialog::load(&self.files, &known())
            .map_err(|found| AppError::Dialogs { count: found.len(), report: dialog::report(&found) })
    }
}
