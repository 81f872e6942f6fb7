//! The photo models for tests: as `models/fetch.sh` leaves them in the tree.

use std::path::{Path, PathBuf};

use graduation_bot::models::PhotoModels;

use super::db::setting;

/// Where they are; `None`, with a word on standard error, when they are not there and need not be.
pub(crate) fn weights() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/weights");
    let models = PhotoModels::of(&folder);
    let are_there = models.get().face.is_some() && models.get().text.is_some();
    let is_required = setting("BOT_TEST_MODELS").as_deref() == Some("required");
    assert!(are_there || !is_required, "BOT_TEST_MODELS=required, but models/weights is not complete");
    if !are_there {
        eprintln!("left out: the photo models are not there, models/fetch.sh fetches them");
    }
    are_there.then_some(folder)
}
