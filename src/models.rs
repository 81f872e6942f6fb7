//! EDGE. The photo models from their folder: read once a process, in the background, when their hashes are right.
//!
//! `models/manifest.toml` is part of the program: a file that is not the one it names is not used, because what a
//! network says about faces cannot be told right from wrong by looking. Without some of them the bot serves all the
//! same: one line in the log says which are missing and what to do, and the checks that need them are left to people.
//!
//! Reading takes a fifth of a second and some forty megabytes. So it is done once for a folder, however many bots
//! a process holds, on a thread of its own; the first photo waits for it.
//!
//! Deliberately elsewhere: bringing the files (`models/fetch.sh`), what the networks say (`validation::photo`).

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread,
};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::validation::photo::models::{ModelFile, Models};

const MANIFEST: &str = include_str!("../models/manifest.toml");
const ADVICE: &str = "run models/fetch.sh, or name their folder by models_dir";

/// The models of a folder; clones, and all others of the same folder in this process, are the same.
#[derive(Clone)]
pub struct PhotoModels {
    shelf: Arc<Shelf>,
}

struct Shelf {
    folder: PathBuf,
    models: OnceLock<Models>,
}

impl PhotoModels {
    /// Those of this folder. Nothing is read yet.
    pub fn of(folder: &Path) -> Self {
        static SHELVES: Mutex<BTreeMap<PathBuf, Arc<Shelf>>> = Mutex::new(BTreeMap::new());
        let mut shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Shelf { folder: folder.to_owned(), models: OnceLock::new() });
        Self { shelf: Arc::clone(shelves.entry(folder.to_owned()).or_insert_with(new)) }
    }

    /// Begins to read them on a thread of its own, unless that was done.
    pub fn begin(&self) {
        let models = self.clone();
        let reader = thread::Builder::new().name("photo models".to_owned());
        if let Err(error) = reader.spawn(move || _ = models.get()) {
            tracing::warn!(%error, "The photo models will be read when the first photo comes: there is no thread to spare.");
        }
    }

    /// The models, read if they are not yet. Takes up to a second then: never call it where others are served.
    pub fn get(&self) -> &Models {
        self.shelf.models.get_or_init(|| read(&self.shelf.folder))
    }
}

#[derive(Deserialize)]
struct Manifest {
    file: Vec<Entry>,
}

/// A file of the manifest, as far as it matters here.
#[derive(Deserialize)]
struct Entry {
    r#use: ModelFile,
    file: PathBuf,
    inside: Option<PathBuf>,
    bytes: u64,
    sha256: String,
}

impl Entry {
    /// Where it lies in the folder.
    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.inside.as_ref().unwrap_or(&self.file).file_name().unwrap_or_default())
    }
}

/// Why a file is not used.
enum Fault {
    Missing,
    Wrong,
    Unreadable(std::io::Error),
}

fn entries() -> Vec<Entry> {
    let manifest: Manifest =
        toml::from_str(MANIFEST).expect("the manifest is part of the program, and a test reads it");
    manifest.file
}

fn read(folder: &Path) -> Models {
    let mut files = BTreeMap::new();
    let (mut missing, mut wrong) = (Vec::new(), Vec::new());
    for entry in entries() {
        let path = entry.path(folder);
        let name = path.display().to_string();
        match bytes(&entry, &path) {
            Ok(bytes) => {
                files.insert(entry.r#use, bytes);
            }
            Err(Fault::Missing) => missing.push(name),
            Err(Fault::Wrong) => wrong.push(name),
            Err(Fault::Unreadable(error)) => wrong.push(format!("{name} ({error})")),
        }
    }
    for (files, what) in [(missing, "missing"), (wrong, "not the files that models/manifest.toml names")] {
        if !files.is_empty() {
            let files = files.join(", ");
            tracing::warn!(%files, advice = ADVICE, "Photo models are {what}: the checks that need them are left to people.");
        }
    }
    let (models, errors) = Models::read(files);
    for error in errors {
        tracing::error!(%error, "A photo model cannot be read: the checks that need it are left to people.");
    }
    models
}

fn bytes(entry: &Entry, path: &Path) -> Result<Vec<u8>, Fault> {
    let size = match File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Fault::Missing),
        Err(error) => return Err(Fault::Unreadable(error)),
    };
    if size != entry.bytes {
        return Err(Fault::Wrong);
    }
    let bytes = fs::read(path).map_err(Fault::Unreadable)?;
    if crate::secrets::hex(&Sha256::digest(&bytes)) == entry.sha256 { Ok(bytes) } else { Err(Fault::Wrong) }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
