//! Where the pictures of a test lie.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, sync::Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use graduation_bot::{
    files::{Files, FilesError},
    time::Millis,
};

/// Pictures in memory.
#[derive(Default)]
pub(super) struct Shelf {
    photos: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Shelf {
    /// Of all that are there.
    pub(super) fn names(&self) -> Vec<String> {
        self.photos.lock().unwrap().keys().cloned().collect()
    }
}

impl Files for Shelf {
    fn put<'a>(&'a self, name: &'a str, content: &'a [u8]) -> BoxFuture<'a, Result<(), FilesError>> {
        self.photos.lock().unwrap().insert(name.to_owned(), content.to_vec());
        async { Ok(()) }.boxed()
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, FilesError>> {
        let found = self.photos.lock().unwrap().get(name).cloned();
        async { Ok(found) }.boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), FilesError>> {
        self.photos.lock().unwrap().remove(name);
        async { Ok(()) }.boxed()
    }

    // Nothing on it grows old.
    fn aged(&self, _shelf: u8, _before: Millis) -> BoxFuture<'_, Result<Vec<String>, FilesError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn delete_aged<'a>(&'a self, _name: &'a str, _before: Millis) -> BoxFuture<'a, Result<bool, FilesError>> {
        async { Ok(false) }.boxed()
    }
}
