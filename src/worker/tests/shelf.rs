//! Where the pictures of a test lie.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::future::{BoxFuture, FutureExt};

use crate::{
    files::{Files, FilesError},
    time::Millis,
};

/// Pictures in memory.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) photos: Mutex<HashMap<String, Vec<u8>>>,
    pub(super) full: AtomicBool,
    /// Nothing on it can be opened.
    pub(super) damaged: AtomicBool,
}

impl Shelf {
    pub(super) fn names(&self) -> Vec<String> {
        self.photos.lock().unwrap().keys().cloned().collect()
    }
}

impl Files for Shelf {
    fn put<'a>(&'a self, name: &'a str, content: &'a [u8]) -> BoxFuture<'a, Result<(), FilesError>> {
        async {
            if self.full.load(Ordering::SeqCst) {
                return Err(FilesError::TooLarge);
            }
            self.photos.lock().unwrap().insert(name.to_owned(), content.to_owned());
            Ok(())
        }
        .boxed()
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, FilesError>> {
        async {
            if self.damaged.load(Ordering::SeqCst) {
                return Err(FilesError::Sealed(crate::secrets::SecretsError::Damaged));
            }
            Ok(self.photos.lock().unwrap().get(name).cloned())
        }
        .boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), FilesError>> {
        async {
            self.photos.lock().unwrap().remove(name);
            Ok(())
        }
        .boxed()
    }

    // Nothing on it grows old.
    fn aged(&self, _shelf: u8, _before: Millis) -> BoxFuture<'_, Result<Vec<String>, FilesError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn delete_aged<'a>(&'a self, _name: &'a str, _before: Millis) -> BoxFuture<'a, Result<bool, FilesError>> {
        async { Ok(false) }.boxed()
    }
}
