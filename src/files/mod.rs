//! EDGE. Photos: encrypted objects, by name, outside the database.
//!
//! A name is [`Secrets::photo_name`](crate::secrets::Secrets::photo_name): an HMAC of case and content, so an object
//! never changes, writing it twice is harmless, and the place betrays neither whose it is nor what it shows. The
//! row that names a photo is committed after the photo is stored: a crash leaves an object nobody names, never a name
//! without an object.
//!
//! [`Folder`] is for one machine; a bucket behind several is another implementation of [`Files`], not built yet.

mod folder;

use std::sync::Arc;

use futures_util::future::BoxFuture;

pub use folder::Folder;

use crate::{
    secrets::{Keyring, SecretsError},
    time::Millis,
};

/// Bytes of a photo at most: what the platform's uploads may have (10 MB, issue-wide limit of chat pictures).
pub const MAX_PHOTO: usize = 10 * 1024 * 1024;

/// A place for photos.
pub trait Files: Send + Sync {
    /// Stores a photo durably. Storing the same name again changes nothing but when it was last stored.
    fn put<'a>(&'a self, name: &'a str, content: &'a [u8]) -> BoxFuture<'a, Result<(), FilesError>>;

    /// The photo of a name; `None` when there is none.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, FilesError>>;

    /// Deletes a photo; nothing happens when there is none.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), FilesError>>;

    /// Photos whose names begin with this byte and that were last stored before a moment (wire time).
    fn aged(&self, first: u8, before: Millis) -> BoxFuture<'_, Result<Vec<String>, FilesError>>;

    /// Deletes a photo if it still is one of [`Files::aged`]; whether it was.
    fn delete_aged<'a>(&'a self, name: &'a str, before: Millis) -> BoxFuture<'a, Result<bool, FilesError>>;
}

/// Why a photo could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// `files_url` cannot be used; the text says why.
    #[error("files_url: {0}")]
    Url(String),
    /// The name is not one of ours.
    #[error("a photo's name is 64 hexadecimal digits")]
    Name,
    /// Larger than [`MAX_PHOTO`].
    #[error("a photo has at most {MAX_PHOTO} bytes")]
    TooLarge,
    /// The key is missing or the object is damaged.
    #[error("photo: {0}")]
    Sealed(#[from] SecretsError),
    /// The disk refused.
    #[error("photos: {0}")]
    Io(#[from] std::io::Error),
}

impl FilesError {
    /// Whether the same call may succeed later: the disk, but not a wrong name or key.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Io(_))
    }
}

/// Opens the place that `files_url` names: `file:FOLDER`, created when missing.
pub fn open_files(url: &str, keyring: Keyring) -> Result<Arc<dyn Files>, FilesError> {
    let Some(path) = url.strip_prefix("file:") else {
        return Err(FilesError::Url("it must be file:FOLDER".to_owned()));
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err(FilesError::Url("it names no folder".to_owned()));
    }
    Ok(Arc::new(Folder::open(path, keyring)?))
}

/// Names come from our own rows, but a path is never built from anything else.
fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
